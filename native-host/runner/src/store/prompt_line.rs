//! A look at one session's rows for whoever cannot wait: nothing is made, migrated, folded or waited for.

use super::private;
use crate::bounded;
use rusqlite::{Connection, OpenFlags, params};
use std::io::{ErrorKind, Read};
use std::path::Path;
use std::time::UNIX_EPOCH;

/// Where a session stands, as the read models have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PromptLine {
    /// Its phases, in order.
    pub phases: Vec<LinePhase>,
    /// It was given up.
    pub abandoned: bool,
}

/// One phase of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LinePhase {
    /// The letter that stands for it.
    pub letter: String,
    /// It has its reply, or was left out.
    pub done: bool,
    /// Its reply is not complete, or nobody gave one.
    pub failed: bool,
    /// Its prompt waits for the reply.
    pub asked: bool,
}

/// The letter stands in the event that began the session; before workflows were data every phase had the first of its name.
const SQL: &str = "SELECT coalesce(
        (SELECT outline.value ->> '$.letter' FROM event, json_each(event.data, '$.outlines') AS outline
            WHERE event.session = ?1 AND event.kind = 'session_started' AND outline.value ->> '$.name' = phase.phase),
        upper(substr(phase.phase, 1, 1))), success IS 1 OR skipped, success IS 0 OR trouble IS NOT NULL, nonce IS NOT NULL, standing = 'abandoned'
    FROM phase JOIN session ON id = session WHERE session = ?1 ORDER BY position";

/// The rows of a session. Whatever is in the way (no file, an older or newer schema, a lock) means that there is nothing to see now.
#[must_use]
pub(crate) fn prompt_line(path: &Path, session: &str) -> Option<PromptLine> {
    let file = private::look(&super::absolute(path).ok()?).ok()?;
    let connection = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY).ok()?;
    let mut statement = connection.prepare(SQL).ok()?;
    let rows = statement.query_map(params![session], |row| {
        let phase = LinePhase { letter: row.get(0)?, done: row.get(1)?, failed: row.get(2)?, asked: row.get(3)? };
        Ok((phase, row.get::<_, bool>(4)?))
    });
    let rows: Vec<(LinePhase, bool)> = rows.ok()?.collect::<Result<_, _>>().ok()?;
    let abandoned = rows.first()?.1;
    Some(PromptLine { phases: rows.into_iter().map(|(phase, _)| phase).collect(), abandoned })
}

/// What tells one fingerprint of the database from another without asking SQLite: the head of its WAL index, which every commit changes
/// (<https://sqlite.org/walformat.html>, section 2), the head, the size and the time of its file. To ask takes longer: SQLite reads the
/// whole schema first, half of all that a prompt_line costs.
#[must_use]
pub(crate) fn fingerprint(path: &Path) -> Option<Vec<u8>> {
    const FILE_HEAD: u64 = 100;
    const INDEX_HEAD: u64 = 48;
    let mut fingerprint = Vec::with_capacity(192);
    let file = bounded::open(path).ok()?;
    let meta = file.metadata().ok()?;
    let modified = meta.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    fingerprint.extend(meta.len().to_le_bytes());
    fingerprint.extend(modified.as_nanos().to_le_bytes());
    file.take(FILE_HEAD).read_to_end(&mut fingerprint).ok()?;
    let mut index = path.as_os_str().to_owned();
    index.push("-shm");
    match bounded::open(Path::new(&index)) {
        Ok(index) => index.take(INDEX_HEAD).read_to_end(&mut fingerprint).ok().map(|_| fingerprint),
        // Nobody has it open, so all that was committed is in the file.
        Err(error) if error.kind() == ErrorKind::NotFound => Some(fingerprint),
        Err(_) => None,
    }
}
