//! Histories into a database, by the program's own way and in few and large transactions.

use super::world::Texts;
use super::{Entry, History};
use prompt_runner_core::phase::Phase;
use runner::testing::{Ledger, StoreError};
use rusqlite::{Connection, Result, TransactionBehavior, params};
use std::path::Path;

/// Events in a transaction: enough that a commit costs nothing beside them.
const AT_ONCE: usize = 10_000;

/// A connection to a database that the program has made, for this process alone: nothing waits for the disk.
pub(crate) fn connect(file: &Path) -> Result<Connection> {
    let connection = Connection::open(file)?;
    connection.pragma_update(None, "synchronous", "off")?;
    connection.pragma_update(None, "temp_store", "memory")?;
    connection.pragma_update(None, "cache_size", -200_000)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

/// Writes events in one transaction, with the rows that follow from them.
pub(crate) fn write(connection: &mut Connection, entries: &[Entry]) -> Result<(), StoreError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut ledger = Ledger::new(&transaction)?;
    for Entry { session, at_ms, event } in entries {
        ledger.write(session, *at_ms, event.clone())?;
    }
    drop(ledger);
    Ok(transaction.commit()?)
}

/// Writes the texts that histories name.
pub(crate) fn keep_texts(connection: &Connection) -> Result<()> {
    for texts in Phase::FULL.map(Texts::of) {
        for text in texts.all() {
            let sql = "INSERT OR IGNORE INTO text (hash, format, body) VALUES (?1, ?2, ?3)";
            connection.execute(sql, params![text.hash, text.format, text.body])?;
        }
    }
    Ok(())
}

/// Hands a history out in as many events as belong into one transaction.
pub(crate) fn fill<E>(
    history: &mut History,
    mut write: impl FnMut(&[Entry]) -> std::result::Result<(), E>,
) -> std::result::Result<(), E> {
    loop {
        let entries: Vec<Entry> = history.by_ref().take(AT_ONCE).collect();
        if entries.is_empty() {
            return Ok(());
        }
        write(&entries)?;
    }
}
