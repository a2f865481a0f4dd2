//! The schema, by migrations that are only ever added: a file that was written by any released program opens for ever.

use super::{StoreError, replay};
use rusqlite::{Connection, TransactionBehavior};
use std::path::Path;

const MIGRATIONS: &[&str] = &[
    include_str!("migrations/0001_log.sql"),
    include_str!("migrations/0002_repairs.sql"),
    include_str!("migrations/0003_pages.sql"),
    include_str!("migrations/0004_steps.sql"),
    include_str!("migrations/0005_legacy.sql"),
    include_str!("migrations/0006_numbers.sql"),
    include_str!("migrations/0007_rollups.sql"),
    include_str!("migrations/0008_upkeep.sql"),
    include_str!("migrations/0009_branches.sql"),
    include_str!("migrations/0010_unknown_times.sql"),
    include_str!("migrations/0011_one_fold.sql"),
    include_str!("migrations/0012_images.sql"),
];

/// Says in the file's head whose it is: the letters `PRnr`.
const APPLICATION: i32 = i32::from_be_bytes(*b"PRnr");

/// Whose a file is, in which something stands or nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Owner {
    /// Ours, and it says so.
    Us,
    /// It says nothing: it is empty, or a program of ours made it before they said so.
    Nobody,
}

/// Whose this file is; nothing is changed.
///
/// # Errors
/// [`StoreError::Foreign`] where it is another program's, [`StoreError::Newer`] where it is a newer one of ours.
pub(super) fn owner(connection: &mut Connection, path: &Path) -> Result<Owner, StoreError> {
    // One moment of it, for another process may be making it.
    let now = connection.transaction()?;
    let said: i32 = now.pragma_query_value(None, "application_id", |row| row.get(0))?;
    if said != APPLICATION && said != 0 {
        return Err(StoreError::Foreign(path.to_owned()));
    }
    let found = known(&now, path)?;
    if said == APPLICATION {
        return Ok(Owner::Us);
    }
    let fresh = Connection::open_in_memory()?;
    fresh.execute_batch(&MIGRATIONS[..found].concat())?;
    if drawn(&now)? == drawn(&fresh)? { Ok(Owner::Nobody) } else { Err(StoreError::Foreign(path.to_owned())) }
}

/// Has the file say that it is ours.
pub(super) fn claim(connection: &Connection) -> Result<(), StoreError> {
    Ok(connection.pragma_update(None, "application_id", APPLICATION)?)
}

/// Every table, index and trigger as it was made, but for what SQLite itself adds.
fn drawn(connection: &Connection) -> Result<Vec<(String, String, Option<String>)>, StoreError> {
    let sql =
        "SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY type, name";
    let mut statement = connection.prepare(sql)?;
    Ok(statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?.collect::<Result<_, _>>()?)
}

/// Brings the database to the newest schema, one migration and one version number per transaction.
pub(super) fn migrate(connection: &mut Connection, path: &Path) -> Result<(), StoreError> {
    loop {
        let found = known(connection, path)?;
        let Some(migration) = MIGRATIONS.get(found) else {
            return Ok(());
        };
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        // Another process may have migrated while this one waited for the lock.
        if known(&transaction, path)? == found {
            transaction.execute_batch(migration)?;
            transaction.pragma_update(None, "user_version", found as i64 + 1)?;
            // What was recorded before has to be in the new read models too.
            let recorded = || transaction.query_row("SELECT EXISTS (SELECT 1 FROM event)", [], |row| row.get(0));
            if found + 1 == MIGRATIONS.len() && recorded()? {
                replay::replace(&transaction, path)?;
            }
        }
        transaction.commit()?;
    }
}

/// The newest schema in an empty database.
pub(super) fn make(connection: &Connection) -> Result<(), StoreError> {
    Ok(connection.execute_batch(&MIGRATIONS.concat())?)
}

/// How many migrations the database has seen, where this program knows them all.
pub(super) fn known(connection: &Connection, path: &Path) -> Result<usize, StoreError> {
    let found: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let known = MIGRATIONS.len();
    usize::try_from(found).ok().filter(|found| *found <= known).ok_or_else(|| StoreError::Newer {
        path: path.to_owned(),
        found,
        known,
    })
}
