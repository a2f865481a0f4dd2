//! Histories as bare rows of the table of the log: for one that stands alone, and for a schema whose triggers make every other row.

use crate::seed::Entry;
use rusqlite::{Connection, Result, params};

/// An event as the log keeps it.
pub(crate) struct Row {
    session: String,
    at_ms: i64,
    kind: String,
    data: String,
}

impl From<&Entry> for Row {
    fn from(entry: &Entry) -> Self {
        let data = serde_json::to_string(&entry.event).unwrap();
        // The tag comes first: {"kind":"session_started",…
        let kind = data.split('"').nth(3).unwrap().to_owned();
        Self { session: entry.session.to_string(), at_ms: entry.at_ms, kind, data }
    }
}

/// Inserts rows in one transaction.
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
