//! Databases that an earlier program wrote, kept as they were: each opens, says what it said then, and has the rows that it had.

use crate::home::{Home, open};
use lzma_rust2::XzReader;
use prompt_runner_core::protocol::{Reply, Request};
use runner::Runner;
use rusqlite::types::Value as Sql;
use rusqlite::{Connection, Row};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// Those of the last program whose triggers kept `session` and `phase`: schema 10, 5,000 events each.
const KEPT: [u32; 3] = [1, 2, 3];

fn unpacked(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/databases").join(name);
    let mut bytes = Vec::new();
    XzReader::new(File::open(path).unwrap(), false).read_to_end(&mut bytes).unwrap();
    bytes
}

/// Every table with its rows, in no order: those that people's own SQL reads, the sums, and the log itself.
fn rows(database: &Connection) -> BTreeMap<String, Vec<String>> {
    let sql = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'";
    let mut tables = database.prepare(sql).unwrap();
    let names: Vec<String> = tables.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    let of = |name: &String| {
        let mut statement = database.prepare(&format!("SELECT * FROM {name}")).unwrap();
        let columns = statement.column_count();
        let row = |row: &Row<'_>| (0..columns).map(|at| row.get(at)).collect::<Result<Vec<Sql>, _>>();
        let mut rows: Vec<_> = statement.query_map([], row).unwrap().map(|row| format!("{:?}", row.unwrap())).collect();
        rows.sort_unstable();
        rows
    };
    names.iter().map(|name| (name.clone(), of(name))).collect()
}

/// What stood there must stand there still; what came since may stand beside it.
fn assert_contained(was: &Value, is: &Value, at: &str) {
    match (was, is) {
        (Value::Object(was), Value::Object(is)) => {
            for (key, was) in was {
                assert_contained(was, is.get(key).unwrap_or(&Value::Null), &format!("{at}.{key}"));
            }
        }
        (Value::Array(was), Value::Array(is)) => {
            assert_eq!(was.len(), is.len(), "{at}");
            for (nth, (was, is)) in was.iter().zip(is).enumerate() {
                assert_contained(was, is, &format!("{at}[{nth}]"));
            }
        }
        _ => assert_eq!(was, is, "{at}"),
    }
}

fn ask(runner: &mut Runner, request: Value) -> Value {
    let request: Request = serde_json::from_value(request).unwrap();
    let reply: Reply = runner.handle(request).unwrap();
    serde_json::to_value(reply).unwrap()
}

/// Every session with its view, every panel, and the timelines that were asked for.
fn said(runner: &mut Runner, as_before: &Value) -> Value {
    let sessions = ask(runner, json!({ "type": "list", "limit": 500 }))["sessions"].take();
    let mut said = json!({ "sessions": sessions, "panels": {}, "timelines": {} });
    for name in as_before["panels"].as_object().unwrap().keys() {
        said["panels"][name] = ask(runner, json!({ "type": "panel", "panel": name }))["figures"].take();
    }
    for session in as_before["timelines"].as_object().unwrap().keys() {
        said["timelines"][session] = ask(runner, json!({ "type": "timeline", "session": session }))["timeline"].take();
    }
    said
}

#[test]
fn what_an_earlier_program_wrote_opens_and_says_the_same() {
    for nth in KEPT {
        let home = Home::new();
        std::fs::write(home.file(), unpacked(&format!("{nth}.db.xz"))).unwrap();
        let database = open(&home.file());
        let count = |sql: &str| database.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
        assert_eq!((count("PRAGMA user_version"), count("SELECT count(*) FROM event")), (10, 5_000));
        let before = rows(&database);

        let mut runner = home.runner();
        assert!(count("PRAGMA user_version") > 10, "it was upgraded");
        for (table, after) in rows(&database) {
            // One that is new has nothing in it.
            assert!(
                before.get(&table).unwrap_or(&Vec::new()) == &after,
                "table {table} of database {nth} is another one"
            );
        }
        assert_eq!(runner.verify().unwrap(), [], "database {nth}");
        let as_before: Value = serde_json::from_slice(&unpacked(&format!("{nth}.json.xz"))).unwrap();
        assert!(as_before["sessions"].as_array().unwrap().len() > 200, "there is something to compare");
        assert_contained(&as_before, &said(&mut runner, &as_before), &format!("database {nth}"));
    }
}

/// It has the file open since before the upgrade, and would write events without the rows that its triggers made.
#[test]
fn a_program_of_before_the_upgrade_is_refused_and_changes_nothing() {
    let home = Home::new();
    std::fs::write(home.file(), unpacked("1.db.xz")).unwrap();
    let older = open(&home.file());
    let sql = "INSERT INTO event (session, at_ms, kind, data) VALUES (?1, 0, ?2, ?3)";
    let mut insert = older.prepare(sql).unwrap();
    let known: String = older.query_row("SELECT id FROM session LIMIT 1", [], |row| row.get(0)).unwrap();
    let started =
        r#"{"kind":"session_started","feature":"x","project":null,"workflow":"feature","phases":["planning"]}"#;
    let rated = r#"{"kind":"rated","rating":1,"word":null,"saved_minutes":null}"#;
    let mut events = [(known.as_str(), "rated", rated), ("20261129_000000_00000000", "session_started", started)];
    insert.execute(events[0]).unwrap();

    let runner = home.runner();
    let before = rows(&older);
    events.reverse();
    for event in events {
        let refused = insert.execute(event).unwrap_err().to_string();
        assert!(refused.contains("restart what still runs of the older version"), "{refused}");
    }
    assert!(rows(&older) == before);
    assert_eq!(runner.verify().unwrap(), []);
}
