//! What the read models cost when events are written: the same rows into the real schema and into a bare table, turn by turn, so that
//! whatever else the machine does meets both. Once as the program writes, where every event is on the disk before anybody is answered; and
//! once thousands at a time, as nobody does but an upgrade.

use crate::DATABASE;
use crate::seed::{END_MS, History, connect, fill, insert, keep_texts};
use prompt_runner::places::Places;
use prompt_runner::runner::Runner;
use rusqlite::Connection;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// Events that are written one by one.
const SINGLE: u64 = 2_000;
/// The least that a read model can be: a trigger that keeps one count.
const COUNTER: &str =
    "CREATE TABLE counter (kind TEXT NOT NULL PRIMARY KEY, count INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TRIGGER counted AFTER INSERT ON event BEGIN
        INSERT INTO counter VALUES (NEW.kind, 1) ON CONFLICT DO UPDATE SET count = count + 1;
    END";

/// The real schema, a bare table, and a bare table with one count.
fn three(places: &Places) -> [Connection; 3] {
    drop(Runner::open(places).unwrap());
    let full = connect(&places.data.join(DATABASE)).unwrap();
    keep_texts(&full).unwrap();
    let table: String =
        full.query_row("SELECT sql FROM sqlite_schema WHERE name = 'event'", [], |row| row.get(0)).unwrap();
    let bare = |name: &str, more: &str| {
        let database = connect(&places.data.join(name)).unwrap();
        database.pragma_update(None, "journal_mode", "wal").unwrap();
        database.execute_batch(&table).unwrap();
        database.execute_batch(more).unwrap();
        database
    };
    [full, bare("plain.db", ""), bare("counted.db", COUNTER)]
}

/// Writes a history into each, so many rows at once, and says how fast.
fn write(databases: &mut [Connection; 3], seed: u64, events: u64, at_once: usize) -> Value {
    let mut spent = [Duration::ZERO; 3];
    let each = |rows: &[_]| {
        for rows in rows.chunks(at_once) {
            for (database, spent) in databases.iter_mut().zip(&mut spent) {
                let begun = Instant::now();
                insert(database, rows)?;
                *spent += begun.elapsed();
            }
        }
        Ok(())
    };
    fill(&mut History::new(seed, events, END_MS), each).unwrap();
    let [full, plain, counted] = spent.map(|spent| events as f64 / spent.as_secs_f64());
    let ratio = |rate: f64| (rate / plain * 1e3).round() / 1e3;
    json!({
        "events": events, "plain_per_s": plain.round(), "full_per_s": full.round(), "ratio": ratio(full),
        "one_count_ratio": ratio(counted),
    })
}

/// Makes the record of so many events, and says how fast; then how fast single events come to it.
pub(crate) fn measure(places: &Places, events: u64) -> Value {
    let mut databases = three(places);
    let bulk = write(&mut databases, 1, events, usize::MAX);
    for database in &databases {
        database.pragma_update(None, "synchronous", "full").unwrap();
    }
    json!({ "bulk": bulk, "single": write(&mut databases, 2, SINGLE, 1) })
}

/// Makes the record alone.
pub(crate) fn make(places: &Places, events: u64) {
    drop(Runner::open(places).unwrap());
    let mut database = connect(&places.data.join(DATABASE)).unwrap();
    keep_texts(&database).unwrap();
    fill(&mut History::new(1, events, END_MS), |rows| insert(&mut database, rows)).unwrap();
}
