//! Histories into a database: through the schema that is there, with its triggers, in few and large transactions.

use super::world::Texts;
use super::{Entry, History};
use prompt_runner_core::phase::Phase;
use rusqlite::{Connection, Result, params};
use std::path::Path;

/// Rows in a transaction: enough that a commit costs nothing beside them.
const AT_ONCE: usize = 10_000;

/// An event as the log keeps it.
pub(crate) struct Row {
    session: String,
    at_ms: i64,
    kind: String,
    data: String,
}

impl From<Entry> for Row {
    fn from(entry: Entry) -> Self {
        let data = serde_json::to_string(&entry.event).unwrap();
        // The tag comes first: {"kind":"session_started",…
        let kind = data.split('"').nth(3).unwrap().to_owned();
        Self { session: entry.session.to_string(), at_ms: entry.at_ms, kind, data }
    }
}

/// A connection to a database that the program has made, for this process alone: nothing waits for the disk.
pub(crate) fn connect(file: &Path) -> Result<Connection> {
    let connection = Connection::open(file)?;
    connection.pragma_update(None, "synchronous", "off")?;
    connection.pragma_update(None, "temp_store", "memory")?;
    connection.pragma_update(None, "cache_size", -200_000)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

/// Writes rows in one transaction.
pub(crate) fn insert(connection: &mut Connection, rows: &[Row]) -> Result<()> {
    let transaction = connection.transaction()?;
    {
        let sql = "INSERT INTO event (session, at_ms, kind, data) VALUES (?1, ?2, ?3, ?4)";
        let mut statement = transaction.prepare_cached(sql)?;
        for row in rows {
            statement.execute(params![row.session, row.at_ms, row.kind, row.data])?;
        }
    }
    transaction.commit()
}

/// Writes the texts that histories name.
pub(crate) fn keep_texts(connection: &Connection) -> Result<()> {
    for texts in Phase::ALL.map(Texts::of) {
        for text in texts.all() {
            let sql = "INSERT OR IGNORE INTO text (hash, format, body) VALUES (?1, ?2, ?3)";
            connection.execute(sql, params![text.hash, text.format, text.body])?;
        }
    }
    Ok(())
}

/// Hands a history out in as many rows as belong into one transaction.
pub(crate) fn fill(history: &mut History, mut write: impl FnMut(&[Row]) -> Result<()>) -> Result<()> {
    loop {
        let rows: Vec<Row> = history.by_ref().take(AT_ONCE).map(Row::from).collect();
        if rows.is_empty() {
            return Ok(());
        }
        write(&rows)?;
    }
}
