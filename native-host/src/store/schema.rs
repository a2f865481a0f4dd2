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
];

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
