//! Upkeep of the file: a copy of it while others write, and the texts that nobody will read again. The log itself is never touched.

use super::schema::{self, Owner};
use super::{Store, StoreError, connect, private, with_patience};
use crate::atomic_file::{self, For};
use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// The texts that only old sessions name: each `(hash, bytes)`. A session is old when it has ended and nothing happened in it since
/// then. What any other session names stays, and so do templates: figures call them by their words.
const DOOMED: &str = "
    WITH old (id) AS (
        SELECT id FROM session JOIN event ON event.seq = session.seq WHERE standing <> 'active' AND at_ms < ?1),
    named (hash, doomed) AS (
        SELECT data ->> '$.text', session IN old FROM event
            WHERE kind IN ('prompt_rendered', 'reply_captured', 'attachment_kept')
        UNION ALL SELECT data ->> '$.part.text', session IN old FROM event WHERE kind = 'prompt_rendered'
        UNION ALL SELECT data ->> '$.piece', session IN old FROM event WHERE kind = 'reply_captured'
        UNION ALL SELECT data ->> '$.template', 0 FROM event WHERE kind = 'prompt_rendered')
    SELECT hash, octet_length(body) FROM named JOIN text USING (hash) GROUP BY hash HAVING min(doomed) = 1";

/// How many sessions are old.
const OLD: &str =
    "SELECT count(*) FROM session JOIN event ON event.seq = session.seq WHERE standing <> 'active' AND at_ms < ?1";

/// What a pruning drops, or would drop.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pruning {
    /// Sessions that ended before the given time.
    pub sessions: i64,
    /// Texts that no other session names.
    pub texts: i64,
    /// UTF-8 bytes of those texts.
    pub bytes: i64,
}

impl Store {
    /// Copies the database, as it is at one moment, into a new file that is this user's alone, and has the copy examined: that it is
    /// sound, ours, as long as it says, and holds what was there when the copying began. No log beside it belongs to it. Gives its
    /// size in bytes; where the copy fails, no file is left behind.
    ///
    /// # Errors
    /// [`StoreError::Copy`] where the file is there or cannot be made, trouble with either file, or [`StoreError::Unsound`].
    pub(crate) fn back_up(&self, into: &Path) -> Result<u64, StoreError> {
        let file = free(into).map_err(|source| StoreError::Copy { path: into.to_owned(), source })?;
        self.copy(&file, into).inspect_err(|_| {
            // What cannot be removed is empty or unsound, and the next try says that it is there.
            let _ = std::fs::remove_file(&file);
        })
    }

    fn copy(&self, file: &Path, into: &Path) -> Result<u64, StoreError> {
        let before = self.last_seq()?;
        let mut copy = connect(file)?;
        with_patience(|| {
            let backup = Backup::new(&self.connection, &mut copy)?;
            // All pages in one step: one look at the database, which no writer waits for. In several steps it would begin anew
            // whenever somebody has written in between.
            match backup.step(-1)? {
                StepResult::Done => Ok(()),
                _ => Err(StoreError::Interrupted),
            }
        })?;
        copy.pragma_update(None, "journal_mode", "delete")?;
        let unsound = |found: String| StoreError::Unsound { path: into.to_owned(), found };
        let found: String = copy.pragma_query_value(None, "integrity_check", |row| row.get(0))?;
        if found != "ok" {
            return Err(unsound(found));
        }
        if schema::owner(&mut copy, into)? != Owner::Us {
            return Err(unsound("it does not say whose it is".to_owned()));
        }
        let (last, pages): (i64, i64) = copy.query_row(
            "SELECT (SELECT coalesce(max(seq), 0) FROM event), page_count * page_size FROM pragma_page_count, pragma_page_size",
            [],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        copy.close().map_err(|(_, error)| error)?;
        let trouble = |source| StoreError::Copy { path: into.to_owned(), source };
        let bytes = std::fs::symlink_metadata(file).map_err(trouble)?.len();
        let pages = u64::try_from(pages).unwrap_or_default();
        if last < before || bytes != pages || bytes == 0 {
            return Err(unsound(format!("{bytes} of {pages} bytes, up to event {last} of {before}")));
        }
        Ok(bytes)
    }

    /// What [`Store::prune`] would drop.
    ///
    /// # Errors
    /// Trouble with the database.
    pub(crate) fn prunable(&self, before_ms: i64) -> Result<Pruning, StoreError> {
        survey(&self.connection, before_ms).map(|(pruning, _)| pruning)
    }

    /// Drops the texts of sessions that ended before this time, and notes that it did. Events and read models stay.
    ///
    /// # Errors
    /// Trouble with the database; nothing was changed then.
    pub(crate) fn prune(&mut self, before_ms: i64, now_ms: i64) -> Result<Pruning, StoreError> {
        with_patience(|| {
            let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let (pruning, hashes) = survey(&transaction, before_ms)?;
            for hash in &hashes {
                transaction
                    .prepare_cached("INSERT OR REPLACE INTO pruned (hash, at_ms) VALUES (?1, ?2)")?
                    .execute(params![hash, now_ms])?;
                transaction.prepare_cached("DELETE FROM text WHERE hash = ?1")?.execute(params![hash])?;
            }
            transaction.commit()?;
            Ok(pruning)
        })
    }

    /// Gives the room of what was dropped back to the disk.
    ///
    /// # Errors
    /// Trouble with the database; what is in it is the same then.
    pub(crate) fn shrink(&self) -> Result<(), StoreError> {
        with_patience(|| Ok(self.connection.execute_batch("VACUUM")?))?;
        // The file itself shrinks when the log beside it is written back; if somebody reads now, the next one to close does that.
        Ok(self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?)
    }

    /// When a text was dropped on purpose.
    ///
    /// # Errors
    /// Trouble with the database.
    pub(crate) fn pruned_ms(&self, hash: &str) -> Result<Option<i64>, StoreError> {
        let mut statement = self.connection.prepare_cached("SELECT at_ms FROM pruned WHERE hash = ?1")?;
        Ok(statement.query_row(params![hash], |row| row.get(0)).optional()?)
    }
}

/// Makes an empty file for a copy, where no file is and none that SQLite would take for a part of it, or it for a part of another one.
fn free(into: &Path) -> io::Result<PathBuf> {
    let refused = |why: &str| Err(io::Error::new(ErrorKind::InvalidInput, why));
    if into == Path::new("-") {
        return refused("a copy is a file, not an output");
    }
    let file = std::path::absolute(into)?;
    let taken = |path: &PathBuf| path.symlink_metadata().is_ok();
    if private::beside(&file).iter().any(taken) {
        return refused("beside it is what another database of this name left");
    }
    if private::part_of(&file).as_ref().is_some_and(taken) {
        return refused("it would be taken for a part of the database beside it");
    }
    atomic_file::new(&file, For::Owner)?;
    Ok(file)
}

fn survey(connection: &Connection, before_ms: i64) -> Result<(Pruning, Vec<String>), StoreError> {
    let sessions = connection.query_row(OLD, params![before_ms], |row| row.get(0))?;
    let mut statement = connection.prepare(DOOMED)?;
    let rows = statement.query_map(params![before_ms], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let doomed = rows.collect::<Result<Vec<(String, i64)>, _>>()?;
    let (hashes, sizes): (Vec<_>, Vec<_>) = doomed.into_iter().unzip();
    let texts = i64::try_from(hashes.len()).unwrap_or(i64::MAX);
    Ok((Pruning { sessions, texts, bytes: sizes.iter().sum() }, hashes))
}
