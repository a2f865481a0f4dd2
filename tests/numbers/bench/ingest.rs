//! What the read models cost when events are written: the same events by the program's way into the real schema, and as rows into a bare
//! table, turn by turn, so that whatever else the machine does meets both. Once one by one, where every event is on the disk before the next;
//! once thousands at a time, as nobody does but an upgrade; and once by whole requests, which have more to do than to write an event.

use crate::DATABASE;
use crate::answer::{self, Fault};
use crate::bare::{Row, insert};
use crate::seed::{END_MS, Entry, History, connect, fill, keep_texts, write};
use prompt_runner_core::event::{Source, Timing};
use prompt_runner_core::protocol::answer::{Captured, RenderedPrompt, SessionFound};
use prompt_runner_core::protocol::{Body, Reply, Request, ask};
use runner::Runner;
use runner::places::Places;
use runner::testing::StoreError;
use rusqlite::Connection;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// Events that are written one by one.
const SINGLE: u64 = 2_000;
/// Features that the program plays, each with a start and four requests for each of three phases.
const FEATURES: u64 = 200;
const REQUESTS: u64 = 13;
/// Bytes in each section of a reply, which makes one of about 10 KB.
const BODY: usize = 3_000;
/// The least that a read model can be: a trigger that keeps one count.
const COUNTER: &str =
    "CREATE TABLE counter (kind TEXT NOT NULL PRIMARY KEY, count INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TRIGGER counted AFTER INSERT ON event BEGIN
        INSERT INTO counter VALUES (NEW.kind, 1) ON CONFLICT DO UPDATE SET count = count + 1;
    END";

/// What keeps the sums, so that all is left that is measured of one session or attempt.
const SUMS: &str = "name GLOB 'count_*' OR name GLOB 'recount_*' OR name = 'move_steps'";
/// The record without any trigger: its log, and where a request writes it the rows that its sessions fold to.
const LOG: &str = "log";
/// Which of [`all`] have the real schema, so that events come into them as the program writes them. The others are given bare rows.
const REAL: [usize; 2] = [0, 4];
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
    let (log, measured) = (without(&beside(places, LOG), "true"), without(&beside(places, "without-sums"), SUMS));
    [full, bare("plain.db", ""), bare("counted.db", COUNTER), log, measured]
}

/// A record of its own in the same directory.
fn beside(places: &Places, name: &str) -> Places {
    Places { data: places.data.join(name), ..places.clone() }
}

/// The real schema without these triggers.
fn without(places: &Places, which: &str) -> Connection {
    let database = real(places);
    let sql = format!("SELECT 'DROP TRIGGER ' || name FROM sqlite_schema WHERE type = 'trigger' AND ({which})");
    let mut found = database.prepare(&sql).unwrap();
    let drops: Vec<String> = found.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    drop(found);
    database.execute_batch(&drops.join(";")).unwrap();
    database
}

fn real(places: &Places) -> Connection {
    drop(Runner::open(places).unwrap());
    let database = connect(&places.data.join(DATABASE)).unwrap();
    keep_texts(&database).unwrap();
    database
}

/// Writes a history into each, so many events at once, and says how fast.
fn written(databases: &mut [Connection; 5], seed: u64, events: u64, at_once: usize) -> Value {
    let mut spent = [Duration::ZERO; 5];
    let each = |entries: &[Entry]| -> Result<(), StoreError> {
        let rows: Vec<Row> = entries.iter().map(Row::from).collect();
        for (entries, rows) in entries.chunks(at_once).zip(rows.chunks(at_once)) {
            for (nth, (database, spent)) in databases.iter_mut().zip(&mut spent).enumerate() {
                let begun = Instant::now();
                if REAL.contains(&nth) {
                    write(database, entries)?
                } else {
                    insert(database, rows)?
                }
                *spent += begun.elapsed();
            }
        }
        Ok(())
    };
    fill(&mut History::new(seed, events, END_MS), each).unwrap();
    let [full, plain, parts @ ..] = spent;
    let mut speeds = speeds(events, full, plain);
    for (part, spent) in PARTS.iter().zip(parts) {
        speeds[*part] = json!(ratio(spent, plain));
    }
    speeds
}

/// How fast so many were written, with everything and plainly.
fn speeds(events: u64, full: Duration, plain: Duration) -> Value {
    let rate = |spent: Duration| (events as f64 / spent.as_secs_f64()).round();
    json!({ "events": events, "plain_per_s": rate(plain), "full_per_s": rate(full), "ratio": ratio(full, plain) })
}

/// The speed of what took so long, of a plain insert's, in thousandths.
fn ratio(spent: Duration, plain: Duration) -> f64 {
    (plain.as_secs_f64() / spent.as_secs_f64() * 1e3).round() / 1e3
}

/// Makes the record of so many events, and says how fast; then how fast single events come to it.
pub(crate) fn measure(places: &Places, events: u64) -> Value {
    let mut databases = all(places);
    let bulk = written(&mut databases, 1, events, usize::MAX);
    for database in &databases {
        database.pragma_update(None, "synchronous", "full").unwrap();
    }
    let single = written(&mut databases, 2, SINGLE, 1);
    let size = size(&databases[0]);
    json!({ "bulk": bulk, "single": single, "program": played(places), "size": size })
}

/// Bytes of the file, and of the rows of the log as lines of JSON would have them. Prompts and replies are left out of both.
fn size(database: &Connection) -> Value {
    let of = |sql: &str| -> f64 { database.query_row(sql, [], |row| row.get(0)).unwrap() };
    let file = of("SELECT 1.0 * (page_count - freelist_count) * page_size
        FROM pragma_page_count, pragma_freelist_count, pragma_page_size");
    let rows = of("SELECT 1.0 * sum(octet_length(json_object(
        'seq', seq, 'session', session, 'at_ms', at_ms, 'kind', kind, 'data', json(data))) + 1) FROM event");
    json!({ "file_bytes": file, "rows_bytes": rows, "file_over_rows": (file / rows * 1e2).round() / 1e2 })
}

/// Features from their start to their end through the runner, as the host plays them: with every read model, and with no trigger.
fn played(places: &Places) -> Value {
    let mut runners = [Runner::open(places).unwrap(), Runner::open(&beside(places, LOG)).unwrap()];
    let mut spent = [Duration::ZERO; 2];
    for _ in 0..FEATURES {
        for (runner, spent) in runners.iter_mut().zip(&mut spent) {
            let begun = Instant::now();
            feature(runner);
            *spent += begun.elapsed();
        }
    }
    speeds(FEATURES * REQUESTS, spent[0], spent[1])
}

fn feature(runner: &mut Runner) {
    let start =
        Request::Start(ask::Start { feature: "Dark mode".into(), project: None, workflow: None, conversation: None });
    let Reply::Session(SessionFound { view: Some(view) }) = runner.handle(start).unwrap() else {
        panic!("nothing was started")
    };
    let session = view.session;
    for _ in view.phases {
        let ask = Request::Prompt(ask::Prompt { session: session.clone(), phase: None, repair: None });
        let Reply::Prompt(RenderedPrompt { phase, nonce, text, .. }) = runner.handle(ask).unwrap() else {
            panic!("no prompt")
        };
        runner.handle(Request::Placed(ask::Placed { session: session.clone(), phase, nonce: nonce.clone() })).unwrap();
        let sent =
            Request::Sent(ask::Sent { session: session.clone(), phase, nonce, sent_ms: END_MS, conversation: None });
        runner.handle(sent).unwrap();
        let capture = Request::Capture(ask::Capture {
            capture: phase.name().to_owned(),
            session: session.clone(),
            phase: Some(phase),
            body: Body::Markdown(answer::markdown(&text, &"word ".repeat(BODY / 5), Fault::None)),
            source: Source::Page,
            timing: Timing::default(),
            conversation: None,
            others: Vec::new(),
            by: None,
        });
        assert!(matches!(runner.handle(capture).unwrap(), Reply::Captured(Captured { duplicate: false, .. })));
    }
}

/// Makes the record alone.
pub(crate) fn make(places: &Places, events: u64) {
    let mut database = real(places);
    fill(&mut History::new(1, events, END_MS), |entries| write(&mut database, entries)).unwrap();
}
