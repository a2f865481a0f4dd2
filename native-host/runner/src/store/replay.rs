//! The read models made anew from the log. There is one way to make them: every event is written as it was at first, with the rows that its
//! session folds to and with the triggers of the schema, into an empty database. What comes of it is compared with what there is, or put in
//! its place.

use super::log::Ledger;
use super::{StoreError, schema};
use rusqlite::config::DbConfig;
use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior, params, params_from_iter};
use std::path::Path;

/// Every table that follows from the log and the prices; one that points at another stands after it.
const MODELS: &[&str] = &[
    "session",
    "phase",
    "imported",
    "attachment",
    "dimension",
    "orchestration_sessions",
    "orchestration_metrics",
    "orchestration_code_metrics",
    "rollup_attempt",
    "rollup_time",
    "rollup_error",
    "rollup_session",
    "rollup_step",
    "rollup_branch",
];
/// As many rows of a table are named each way; more help nobody.
const NAMED: u32 = 100;

/// A row of a read model that is not what the log says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The read model.
    pub table: &'static str,
    /// The row, as a JSON array of its columns.
    pub row: String,
    /// True where the row is there and does not follow from the log; false where it follows and is not there.
    pub stray: bool,
}

/// Plays the log of this file, as others see it now, into an empty database. A transaction is left open: what is read through the schema
/// `log` afterwards is of the same moment.
fn play(path: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let fresh = Connection::open_with_flags("", flags)?;
    // Nothing of it outlives this program, so nothing has to reach the disk.
    fresh.pragma_update(None, "journal_mode", "off")?;
    fresh.pragma_update(None, "synchronous", "off")?;
    schema::make(&fresh)?;
    // A path need not be text.
    fresh.execute("ATTACH CAST(?1 AS TEXT) AS log", params![path.as_os_str().as_encoded_bytes()])?;
    fresh.execute_batch("BEGIN")?;
    // A file that is being migrated has no prices yet.
    let priced = "SELECT EXISTS (SELECT 1 FROM log.sqlite_schema WHERE name = 'price')";
    if fresh.query_row(priced, [], |row| row.get(0))? {
        fresh.execute_batch("INSERT INTO main.price SELECT * FROM log.price")?;
    }
    copy(&fresh)?;
    Ok(fresh)
}

fn copy(fresh: &Connection) -> Result<(), StoreError> {
    let mut ledger = Ledger::new(fresh)?;
    let mut events = fresh.prepare("SELECT seq, session, at_ms, kind, data FROM log.event ORDER BY seq")?;
    let mut rows = events.query([])?;
    while let Some(row) = rows.next()? {
        let (session, kind, data): (String, String, String) = (row.get(1)?, row.get(3)?, row.get(4)?);
        ledger.copy(row.get(0)?, &session, row.get(2)?, &kind, &data)?;
    }
    Ok(())
}

/// Where the read models of this file differ from what its log says; at most 100 rows of each table each way.
pub(super) fn verify(path: &Path) -> Result<Vec<Difference>, StoreError> {
    let fresh = play(path)?;
    let mut differences = Vec::new();
    for table in MODELS {
        let columns = columns(&fresh, table)?.join(", ");
        for (stray, left, right) in [(true, "log", "main"), (false, "main", "log")] {
            let sql = format!(
                "SELECT json_array({columns}) FROM (
                    SELECT {columns} FROM {left}.{table} EXCEPT SELECT {columns} FROM {right}.{table}) LIMIT {NAMED}"
            );
            let mut statement = fresh.prepare(&sql)?;
            let rows = statement.query_map([], |row| Ok(Difference { table, row: row.get(0)?, stray }))?;
            differences.extend(rows.collect::<Result<Vec<_>, _>>()?);
        }
    }
    Ok(differences)
}

/// Makes the read models anew, in one transaction.
pub(super) fn rebuild(connection: &mut Connection, path: &Path) -> Result<(), StoreError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    replace(&transaction, path)?;
    Ok(transaction.commit()?)
}

/// Makes them anew in a transaction that holds the write lock, so that the log stays as it is meanwhile.
pub(super) fn replace(transaction: &Transaction<'_>, path: &Path) -> Result<(), StoreError> {
    let fresh = play(path)?;
    // The rows are finished: nothing follows from their being put in place.
    transaction.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false)?;
    let outcome = put(&fresh, transaction);
    transaction.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, true)?;
    outcome
}

fn put(fresh: &Connection, transaction: &Transaction<'_>) -> Result<(), StoreError> {
    for table in MODELS.iter().rev() {
        transaction.execute(&format!("DELETE FROM {table}"), [])?;
    }
    for table in MODELS {
        let columns = columns(fresh, table)?;
        let (names, places) = (columns.join(", "), vec!["?"; columns.len()].join(", "));
        let mut write = transaction.prepare(&format!("INSERT INTO {table} ({names}) VALUES ({places})"))?;
        let mut read = fresh.prepare(&format!("SELECT {names} FROM main.{table}"))?;
        let mut rows = read.query([])?;
        while let Some(row) = rows.next()? {
            let values: Vec<Value> = (0..columns.len()).map(|at| row.get(at)).collect::<Result<_, _>>()?;
            write.execute(params_from_iter(values))?;
        }
    }
    Ok(())
}

/// The columns that hold something; those that are generated are left out.
fn columns(connection: &Connection, table: &str) -> Result<Vec<String>, StoreError> {
    let mut statement = connection.prepare("SELECT '\"' || name || '\"' FROM pragma_table_info(?1, 'main')")?;
    Ok(statement.query_map(params![table], |row| row.get(0))?.collect::<Result<_, _>>()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A table that is neither would be made wrong by an older program's log, and nobody would see it.
    #[test]
    fn every_table_is_given_or_follows_from_the_log() {
        let connection = Connection::open_in_memory().unwrap();
        schema::make(&connection).unwrap();
        let given =
            ["event", "text", "page", "image", "price", "pruned", "bucket", "rollup_level", "rollup_branch_level"];
        let sql = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'";
        let mut statement = connection.prepare(sql).unwrap();
        let tables: Vec<String> = statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
        let unknown: Vec<_> =
            tables.iter().filter(|name| !given.contains(&name.as_str()) && !MODELS.contains(&name.as_str())).collect();
        assert!(unknown.is_empty(), "{unknown:?} belongs into MODELS, or is given");
        assert_eq!(tables.len(), given.len() + MODELS.len());
    }
}
