//! What the read models cost when events are written: the same rows into the real schema and into a bare table, turn by turn, so that
//! whatever else the machine does meets both.

use crate::DATABASE;
use crate::seed::{END_MS, History, connect, fill, insert, keep_texts};
use prompt_runner::places::Places;
use prompt_runner::runner::Runner;
use rusqlite::Connection;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// Makes the record, and says how fast.
pub(crate) fn measure(places: &Places, events: u64) -> Value {
    let runner = Runner::open(places).unwrap();
    let mut full = connect(&places.data.join(DATABASE)).unwrap();
    drop(runner);
    keep_texts(&full).unwrap();
    let table: String =
        full.query_row("SELECT sql FROM sqlite_schema WHERE name = 'event'", [], |row| row.get(0)).unwrap();
    let mut plain = connect(&places.data.join("plain.db")).unwrap();
    plain.pragma_update(None, "journal_mode", "wal").unwrap();
    plain.execute_batch(&table).unwrap();

    let mut spent = [Duration::ZERO; 2];
    let timed = |connection: &mut Connection, rows: &[_], spent: &mut Duration| {
        let begun = Instant::now();
        insert(connection, rows)?;
        *spent += begun.elapsed();
        Ok(())
    };
    fill(&mut History::new(1, events, END_MS), |rows| {
        timed(&mut full, rows, &mut spent[0])?;
        timed(&mut plain, rows, &mut spent[1])
    })
    .unwrap();
    let [full, plain] = spent.map(|spent| events as f64 / spent.as_secs_f64());
    json!({ "plain_per_s": plain.round(), "full_per_s": full.round(), "ratio": (full / plain * 1e3).round() / 1e3 })
}
