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

/// The log as the real schema has it, and nothing else.
const INDEXES: &str = "CREATE INDEX event_session ON event (session, seq);
    CREATE UNIQUE INDEX event_capture ON event (session, data ->> 'capture') WHERE kind = 'reply_captured';";
/// What keeps the sums, so that all is left that is measured of one session or attempt.
const SUMMING: &str = "SELECT 'DROP TRIGGER ' || name FROM sqlite_schema
    WHERE type = 'trigger' AND (name GLOB 'count_*' OR name GLOB 'recount_*' OR name = 'move_steps')";
/// What is written beside the real schema, and what its ratio is called: the least that each part of it takes.
const PARTS: [&str; 3] = ["one_count_ratio", "log_alone_ratio", "without_sums_ratio"];

/// The real schema, a bare table, and between the two those of [`PARTS`].
fn all(places: &Places) -> [Connection; 5] {
    let full = real(places);
    let table: String =
        full.query_row("SELECT sql FROM sqlite_schema WHERE name = 'event'", [], |row| row.get(0)).unwrap();
    let bare = |name: &str, more: &str| {
        let database = connect(&places.data.join(name)).unwrap();
        database.pragma_update(None, "journal_mode", "wal").unwrap();
        database.execute_batch(&table).unwrap();
        database.execute_batch(more).unwrap();
        database
    };
    let summless = real(&Places { data: places.data.join("without-sums"), ..places.clone() });
    let mut found = summless.prepare(SUMMING).unwrap();
    let drops: Vec<String> = found.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    drop(found);
    summless.execute_batch(&drops.join(";")).unwrap();
    [full, bare("plain.db", ""), bare("counted.db", COUNTER), bare("log.db", INDEXES), summless]
}

fn real(places: &Places) -> Connection {
    drop(Runner::open(places).unwrap());
    let database = connect(&places.data.join(DATABASE)).unwrap();
    keep_texts(&database).unwrap();
    database
}

/// Writes a history into each, so many rows at once, and says how fast.
fn write(databases: &mut [Connection; 5], seed: u64, events: u64, at_once: usize) -> Value {
    let mut spent = [Duration::ZERO; 5];
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
    let [full, plain, parts @ ..] = spent.map(|spent| events as f64 / spent.as_secs_f64());
    let ratio = |rate: f64| (rate / plain * 1e3).round() / 1e3;
    let mut written = json!({
        "events": events, "plain_per_s": plain.round(), "full_per_s": full.round(), "ratio": ratio(full),
    });
    for (part, rate) in PARTS.iter().zip(parts) {
        written[*part] = json!(ratio(rate));
    }
    written
}

/// Makes the record of so many events, and says how fast; then how fast single events come to it.
pub(crate) fn measure(places: &Places, events: u64) -> Value {
    let mut databases = all(places);
    let bulk = write(&mut databases, 1, events, usize::MAX);
    for database in &databases {
        database.pragma_update(None, "synchronous", "full").unwrap();
    }
    json!({ "bulk": bulk, "single": write(&mut databases, 2, SINGLE, 1) })
}

/// Makes the record alone.
pub(crate) fn make(places: &Places, events: u64) {
    let mut database = real(places);
    fill(&mut History::new(1, events, END_MS), |rows| insert(&mut database, rows)).unwrap();
}
