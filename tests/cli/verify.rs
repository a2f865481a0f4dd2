//! `prompt-runner db`: whether the database is what its log says, and what to do where it is not.

use crate::desk::{Desk, said};
use rusqlite::Connection;
use serde_json::{Value, json};

#[test]
fn a_row_that_the_log_does_not_say_is_named_and_made_anew() {
    let desk = Desk::new();
    desk.ok(&["plan", "Dark mode"]);
    let db = |words: &[&str]| said(&desk.command(&[&["db"], words].concat()).output().unwrap());
    assert_eq!(db(&["verify"]).ok(&["verify"]), "Every row is what the log says.\n");

    let database = Connection::open(desk.data().join("prompt-runner.db")).unwrap();
    database
        .execute_batch("UPDATE rollup_session SET started = 7; UPDATE session SET feature = 'evil \u{1b}[2J'")
        .unwrap();
    let before = desk.record();
    let found = db(&["verify"]);
    assert_eq!(found.code, Some(6), "{}", found.out);
    assert!(found.err.contains("[store.broken]") && found.err.contains("db rebuild"), "{}", found.err);
    // The sum at each of its seven levels and the session, as they are and as they should be.
    assert_eq!(found.out.matches("rollup_session: ").count(), 14, "{}", found.out);
    assert!(found.out.contains("session: [") && !found.out.contains('\u{1b}'), "{}", found.out);
    let found = db(&["verify", "--json"]);
    let json: Value = serde_json::from_str(&found.out).unwrap();
    assert_eq!((found.code, &json["refusal"]["code"]), (Some(6), &json!("store.broken")));
    // And what follows from the finest sum: that of its branch, by day, by month and for all time.
    assert_eq!(json["differences"].as_array().unwrap().len(), 14 + 6 + 2, "{json}");

    db(&["rebuild"]).ok(&["rebuild"]);
    let json: Value = serde_json::from_str(&db(&["verify", "--json"]).ok(&["verify"])).unwrap();
    assert_eq!(json, json!({ "differences": [], "refusal": null }));
    assert_eq!(desk.record(), before, "the log is as it was");
}
