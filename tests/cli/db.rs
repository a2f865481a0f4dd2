//! `prompt-runner db`: a copy of the record while it is written, and the texts of long ago.

use crate::answer::{self, Fault};
use crate::desk::{Desk, Said, said};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, params};
use serde_json::{Value, json};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

const DAY_MS: i64 = 86_400_000;

fn db(desk: &Desk, words: &[&str]) -> Said {
    said(&desk.command(&[&["db"], words].concat()).output().unwrap())
}

fn db_json(desk: &Desk, words: &[&str]) -> Value {
    let words = [words, &["--json"]].concat();
    serde_json::from_str(&db(desk, &words).ok(&words)).unwrap()
}

fn database(desk: &Desk) -> Connection {
    Connection::open(desk.data().join("prompt-runner.db")).unwrap()
}

/// A whole feature; its session.
fn whole(desk: &Desk, feature: &str) -> String {
    let plan = desk.json(&["plan", feature]);
    let (session, mut prompt) = (plan["view"]["session"].as_str().unwrap().to_owned(), plan["text"].clone());
    for verb in ["analyze", "implement", "complete"] {
        let reply = answer::markdown(prompt.as_str().unwrap(), feature, Fault::None);
        desk.run_with(&["process", "--file", "-", "--session", &session], reply).ok(&[verb]);
        prompt = desk.json(&[verb, "--session", &session])["text"].clone();
    }
    session
}

/// Brings a session of another desk over, under this id and as if it had been played so many days earlier.
fn bring(desk: &Desk, other: &Desk, session: &str, id: &str, days: i64) {
    let database = database(desk);
    // The log alone, as it would be copied by hand; what follows from it is made below.
    database.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false).unwrap();
    let file = other.data().join("prompt-runner.db");
    database.execute("ATTACH ?1 AS other", [file.to_str()]).unwrap();
    let sql = "INSERT INTO event (session, at_ms, kind, data)
        SELECT ?2, at_ms - ?3, kind, data FROM other.event WHERE session = ?1 ORDER BY seq";
    assert!(database.execute(sql, params![session, id, days * DAY_MS]).unwrap() > 0);
    database.execute("INSERT OR IGNORE INTO text SELECT * FROM other.text", []).unwrap();
    drop(database);
    db(desk, &["rebuild"]).ok(&["rebuild"]);
}

fn log(desk: &Desk) -> Vec<(i64, String, i64, String)> {
    let database = database(desk);
    let mut statement = database.prepare("SELECT seq, session, at_ms, data FROM event ORDER BY seq").unwrap();
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))).unwrap();
    rows.map(Result::unwrap).collect()
}

fn sessions(file: &Path) -> i64 {
    let sql = "SELECT count(*) FROM session";
    Connection::open(file).unwrap().query_row(sql, [], |row| row.get(0)).unwrap()
}

/// Ends the writer, whatever becomes of the rest of the test.
struct Ends<'a>(&'a AtomicBool);

impl Drop for Ends<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Backs up so many times while somebody writes; each copy is whole, of one moment, and can be gone on with.
pub(crate) fn backups_while_others_write(rounds: u32) {
    let desk = Desk::new();
    let session = whole(&desk, "Dark mode");
    let shown = desk.json(&["show", &session]);
    let file = desk.data().join("prompt-runner.db");
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let _ends = Ends(&stop);
        scope.spawn(|| {
            while !stop.load(Ordering::Relaxed) {
                desk.ok(&["plan", "One more"]);
            }
        });
        for round in 0..rounds {
            let restored = Desk::new();
            std::fs::create_dir(restored.data()).unwrap();
            let copy = restored.data().join("prompt-runner.db");
            let before = sessions(&file);
            let said = db_json(&desk, &["backup", copy.to_str().unwrap()]);
            let after = sessions(&file);
            assert_eq!(said["bytes"], json!(std::fs::metadata(&copy).unwrap().len()));
            let beside = std::fs::read_dir(restored.data()).unwrap().count();
            assert_eq!(beside, 1, "round {round}: a backup is one file");
            #[cfg(unix)]
            {
                let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&copy).unwrap().permissions());
                assert_eq!(mode & 0o777, 0o600);
            }
            assert!((before..=after).contains(&sessions(&copy)), "round {round}");
            assert_eq!(restored.json(&["show", &session]), shown, "round {round}");
            restored.ok(&["plan", "It can be gone on with"]);
        }
    });
}

#[test]
fn a_backup_taken_while_others_write_is_the_whole_record_of_one_moment() {
    backups_while_others_write(4);
}

#[test]
fn a_backup_overwrites_nothing_and_leaves_nothing_behind_when_it_fails() {
    let desk = Desk::new();
    let nothing = db(&desk, &["backup", "copy.db"]);
    assert_eq!(nothing.code, Some(3), "{nothing:?}");
    assert!(!desk.data().exists() && !desk.project().join("copy.db").exists(), "a look makes nothing");
    desk.ok(&["plan", "Dark mode"]);
    let there = desk.file("there.db", "mine");
    for file in [there.as_str(), "no/such/folder/copy.db", "."] {
        let refused = db(&desk, &["backup", file]);
        assert_eq!(refused.code, Some(2), "{file}: {refused:?}");
        assert!(refused.err.contains("[file.unreadable]"), "{file}: {}", refused.err);
    }
    assert_eq!(std::fs::read_to_string(&there).unwrap(), "mine");
    let said = db(&desk, &["backup", "copy.db"]).ok(&["backup"]);
    assert!(said.starts_with("copy.db holds the whole record: ") && said.ends_with("examined and sound.\n"), "{said}");
}

#[test]
fn pruning_drops_the_texts_of_long_ago_and_nothing_else() {
    let (desk, other) = (Desk::new(), Desk::new());
    let young = whole(&desk, "Dark mode");
    let (old, shared) = (whole(&other, "Old news"), whole(&other, "Read by two"));
    let given_up = other.json(&["plan", "Given up"])["view"]["session"].as_str().unwrap().to_owned();
    other.ok(&["abandon", "--session", &given_up]);
    let open = other.json(&["plan", "Still open"])["view"]["session"].as_str().unwrap().to_owned();
    for session in [&old, &shared, &given_up, &open] {
        bring(&desk, &other, session, session, 100);
    }
    let again = "20260101_000000_00000001";
    bring(&desk, &other, &shared, again, 10);
    let keep = [young.as_str(), &shared, again, &open];
    let shown = keep.map(|session| desk.json(&["show", session]));
    let (before, record, standing) = (log(&desk), desk.record(), desk.json(&["status", "--session", &old]));

    let said = db_json(&desk, &["prune", "--older-than", "30"]);
    // Three prompts with their replies, and the one that was given up.
    assert_eq!((&said["pruned"], &said["sessions"], &said["texts"]), (&json!(false), &json!(3), &json!(7)), "{said}");
    assert_eq!((desk.record(), log(&desk)), (record, before.clone()), "it only says what it would do");
    assert!(db(&desk, &["prune", "--older-than", "30"]).ok(&[]).ends_with("Nothing was changed; --yes does it.\n"));
    assert_eq!(db_json(&desk, &["prune", "--older-than", "101"])["texts"], 0);

    let done = db_json(&desk, &["prune", "--older-than", "30", "--yes"]);
    assert_eq!((&done["pruned"], &done["texts"], &done["bytes"]), (&json!(true), &json!(7), &said["bytes"]), "{done}");
    assert_eq!(log(&desk), before, "the log is never touched");
    assert_eq!(desk.record().1, record.1 - 7);
    for words in [&["show", &old][..], &["show", &old, "--reply", "analysis"], &["show", &given_up]] {
        let gone = desk.run(words);
        assert_eq!(gone.code, Some(3), "{words:?}: {gone:?}");
        assert!(gone.err.contains("by `prompt-runner db prune`. [text.pruned]"), "{words:?}: {}", gone.err);
    }
    assert_eq!(keep.map(|session| desk.json(&["show", session])), shown, "what others name stays");
    assert_eq!(desk.json(&["status", "--session", &old]), standing, "what happened is still known");
    assert_eq!(db_json(&desk, &["prune", "--older-than", "30", "--yes"])["texts"], 0, "what is gone is gone once");
}
