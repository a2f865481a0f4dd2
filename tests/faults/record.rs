//! A record from outside: whether its file is sound, whether its read models follow from its log, and what the log says.

use runner::Runner;
use runner::places::Places;
use rusqlite::Connection;
use std::path::Path;

/// The file in a data directory.
pub(crate) const DATABASE: &str = "prompt-runner.db";

/// An event as it lies in the file: seq, session, time, data.
pub(crate) type Row = (i64, String, i64, String);

pub(crate) fn places(data: &Path) -> Places {
    Places { data: data.to_owned(), config: data.join("config") }
}

pub(crate) fn database(data: &Path) -> Connection {
    Connection::open(data.join(DATABASE)).unwrap()
}

/// The log, oldest first.
pub(crate) fn log(data: &Path) -> Vec<Row> {
    let database = database(data);
    let mut statement = database.prepare("SELECT seq, session, at_ms, data FROM event ORDER BY seq").unwrap();
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))).unwrap();
    rows.map(Result::unwrap).collect()
}

pub(crate) fn count(data: &Path, sql: &str) -> i64 {
    database(data).query_row(sql, [], |row| row.get(0)).unwrap()
}

/// What is wrong with a record that our program has opened: its file, its read models, texts that are named and not there.
pub(crate) fn flaws(data: &Path) -> Vec<String> {
    let runner = match Runner::open(&places(data)) {
        Ok(runner) => runner,
        Err(refusal) => return vec![format!("it does not open: {refusal}")],
    };
    let differences = runner.verify().unwrap().len();
    let database = database(data);
    let sound: String = database.pragma_query_value(None, "integrity_check", |row| row.get(0)).unwrap();
    let nameless = count(
        data,
        "SELECT count(*) FROM event WHERE kind IN ('prompt_rendered', 'reply_captured')
            AND data ->> 'text' NOT IN (SELECT hash FROM text)",
    );
    let mut flaws = Vec::new();
    if sound != "ok" {
        flaws.push(format!("integrity: {sound}"));
    }
    if differences > 0 {
        flaws.push(format!("{differences} rows are not what the log says"));
    }
    if nameless > 0 {
        flaws.push(format!("{nameless} events name texts that are not there"));
    }
    flaws
}
