//! What the file on disk promises: nobody rewrites history, nobody else reads it, newer files stay as they are, and a
//! fresh one can be made by many at once.

use crate::home::{Home, start};
use prompt_runner_core::refusal::Code;
use runner::Runner;
use rusqlite::Connection;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::sync::Barrier;

#[test]
fn the_log_cannot_be_rewritten() {
    let home = Home::new();
    start(&mut home.runner(), "Dark mode", None).unwrap();
    let database = home.database();
    for sql in [
        "UPDATE event SET at_ms = 0",
        "UPDATE event SET data = '{}' WHERE seq = 1",
        "UPDATE event SET seq = 99",
        "DELETE FROM event",
        "DELETE FROM event WHERE seq = 1",
        "REPLACE INTO event (seq, session, at_ms, kind, data) VALUES (1, 's', 0, 'x', '{}')",
    ] {
        // REPLACE fires delete triggers only with this; any program could leave it off, so it is tried both ways.
        for recursive in [true, false] {
            database.pragma_update(None, "recursive_triggers", recursive).unwrap();
            let before = dump(&database);
            let outcome = database.execute(sql, []);
            assert!(outcome.is_err(), "{sql} (recursive triggers: {recursive})");
            assert_eq!(dump(&database), before, "{sql}");
        }
    }
}

fn dump(database: &Connection) -> Vec<(i64, i64, String)> {
    let mut statement = database.prepare("SELECT seq, at_ms, data FROM event ORDER BY seq").unwrap();
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).unwrap();
    rows.map(Result::unwrap).collect()
}

#[test]
fn a_file_of_a_newer_program_is_refused_and_left_as_it_is() {
    for mode in ["wal", "delete"] {
        let home = Home::new();
        let database = home.database();
        database.pragma_update(None, "journal_mode", mode).unwrap();
        database
            .execute_batch(
                "CREATE TABLE of_the_future (x); INSERT INTO of_the_future VALUES (1); PRAGMA user_version = 9999",
            )
            .unwrap();
        drop(database);
        let before = files(&home.directory());
        let refusal = Runner::open(&home.places()).map(drop).unwrap_err();
        assert_eq!(refusal.code, Code::StoreNewer, "{refusal}");
        assert!(refusal.message.contains("9999"), "{refusal}");
        assert_eq!(files(&home.directory()), before, "journal mode {mode}: byte for byte as it was");
    }
}

fn files(directory: &Path) -> BTreeMap<std::ffi::OsString, Vec<u8>> {
    let entries = std::fs::read_dir(directory).unwrap().map(Result::unwrap);
    entries.map(|entry| (entry.file_name(), std::fs::read(entry.path()).unwrap())).collect()
}

#[test]
fn a_fresh_file_can_be_made_by_many_at_once() {
    for round in 0..6 {
        let home = Home::new();
        let gate = Barrier::new(8);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    gate.wait();
                    home.runner();
                });
                scope.spawn(|| {
                    let mut list = Command::new(env!("CARGO_BIN_EXE_prompt-runner"));
                    list.args(["orchestrate", "list"]).env("PROMPT_RUNNER_DATA_DIR", home.directory());
                    gate.wait();
                    let output = list.output().unwrap();
                    assert!(output.status.success(), "round {round}: {}", String::from_utf8_lossy(&output.stderr));
                });
            }
        });
        let database = home.database();
        let made: (i64, i64) = database
            .query_row("SELECT (SELECT user_version FROM pragma_user_version), (SELECT count(*) FROM pragma_table_list WHERE name = 'event')", [], |row| Ok((row.get(0)?, row.get(1)?)))
            .unwrap();
        assert!(made.0 >= 1 && made.1 == 1, "{made:?}");
        start(&mut home.runner(), "Dark mode", None).unwrap();
    }
}

#[test]
fn the_file_is_strict_and_its_library_is_sound() {
    let home = Home::new();
    drop(home.runner());
    let database = home.database();
    let pragma = |name: &str| database.pragma_query_value(None, name, |row| row.get::<_, String>(0)).unwrap();
    assert_eq!((pragma("journal_mode").as_str(), pragma("integrity_check").as_str()), ("wal", "ok"));
    let mut statement = database.prepare("SELECT name, strict FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite%'").unwrap();
    let tables: Vec<(String, bool)> =
        statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap().map(Result::unwrap).collect();
    assert!(tables.len() >= 4, "{tables:?}");
    for (name, strict) in tables {
        assert!(strict, "{name} takes values of any type");
    }
    // Before 3.51.3 a write-ahead log that several processes check-point can be corrupted (sqlite.org/wal.html).
    assert!(rusqlite::version_number() >= 3_053_000, "SQLite {}", rusqlite::version());
}

/// Whatever the umask says. A shell sets it, because a test may not for its neighbours.
#[cfg(unix)]
#[test]
fn only_the_owner_can_look() {
    use std::os::unix::fs::PermissionsExt;
    let home = tempfile::tempdir().unwrap();
    let directory = home.path().join("made/on/the/way");
    // The host holds the database open, so that the files beside it are there too.
    let script = r#"umask 000; "$0" orchestrate plan 'Dark mode' --project "$1" >/dev/null 2>&1; exec "$2" "chrome-extension://$3/""#;
    let mut host = Command::new("sh")
        .args(["-c", script, env!("CARGO_BIN_EXE_prompt-runner")])
        .arg(home.path())
        .args([env!("CARGO_BIN_EXE_prompt-runner-host"), include_str!("../../extension/id.txt").trim()])
        .env("PROMPT_RUNNER_DATA_DIR", &directory)
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let ping = br#"{"v":1,"id":"x","request":{"type":"ping"}}"#;
    let mut stdin = host.stdin.take().unwrap();
    std::io::Write::write_all(&mut stdin, &[&u32::try_from(ping.len()).unwrap().to_ne_bytes()[..], ping].concat())
        .unwrap();
    // Its first byte says that it is up.
    std::io::Read::read_exact(host.stdout.as_mut().unwrap(), &mut [0]).unwrap();
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    for directory in directory.ancestors().take(4) {
        assert_eq!(mode(directory), 0o700, "{}", directory.display());
    }
    let names: Vec<_> = std::fs::read_dir(&directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(names.len(), 3, "the database, its log and its index: {names:?}");
    for file in names {
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }
    drop(stdin);
    assert!(host.wait().unwrap().success());
}
