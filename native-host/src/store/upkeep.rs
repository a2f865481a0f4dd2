//! Upkeep of the file: a copy of it while others write, and the texts that nobody will read again. The log itself is never touched.

use super::{Store, StoreError, with_patience};
use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};
use std::path::Path;

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
    /// Copies the database, as it is at one moment, into an empty file that is there already, and has the copy examined. The copy is
    /// one file: no log beside it belongs to it.
    ///
    /// # Errors
    /// Trouble with either file, or [`StoreError::Unsound`].
    pub fn back_up(&self, into: &Path) -> Result<(), StoreError> {
        let mut copy = Connection::open(into)?;
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
        let found: String = copy.pragma_query_value(None, "integrity_check", |row| row.get(0))?;
        if found == "ok" { Ok(()) } else { Err(StoreError::Unsound { path: into.to_owned(), found }) }
    }

    /// What [`Store::prune`] would drop.
    ///
    /// # Errors
    /// Trouble with the database.
    pub fn prunable(&self, before_ms: i64) -> Result<Pruning, StoreError> {
        survey(&self.connection, before_ms).map(|(pruning, _)| pruning)
    }

    /// Drops the texts of sessions that ended before this time, and notes that it did. Events and read models stay.
    ///
    /// # Errors
    /// Trouble with the database; nothing was changed then.
    pub fn prune(&mut self, before_ms: i64, now_ms: i64) -> Result<Pruning, StoreError> {
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
    pub fn shrink(&self) -> Result<(), StoreError> {
        with_patience(|| Ok(self.connection.execute_batch("VACUUM")?))?;
        // The file itself shrinks when the log beside it is written back; if somebody reads now, the next one to close does that.
        Ok(self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?)
    }

    /// When a text was dropped on purpose.
    ///
    /// # Errors
    /// Trouble with the database.
    pub fn pruned_ms(&self, hash: &str) -> Result<Option<i64>, StoreError> {
        let mut statement = self.connection.prepare_cached("SELECT at_ms FROM pruned WHERE hash = ?1")?;
        Ok(statement.query_row(params![hash], |row| row.get(0)).optional()?)
    }
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
