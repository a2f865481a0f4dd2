//! `prompt-runner read`: anyone can try a reply, and nothing is stored.

use crate::desk::{Desk, Said, said};
use serde_json::{Value, json};
use std::path::Path;

const SESSION: &str = "20261122_141129_1a2b3c4d";
const NONCE: &str = "0123456789abcdef";

/// A reply of the corpus.
fn reply(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/replies").join(name).display().to_string()
}

fn read(desk: &Desk, words: &[&str]) -> Said {
    said(&desk.command(&[&["read"], words].concat()).output().unwrap())
}

#[test]
fn a_reply_is_read_for_anyone_and_its_exit_code_says_whether_it_is_complete() {
    let desk = Desk::new();
    let (whole, cut) = (reply("fences/end-missing-first.md"), reply("cut/in-second-body.md"));
    let asked = ["--phase", "analysis", "--session", SESSION, "--nonce", NONCE];
    let found = read(&desk, &[&[whole.as_str()][..], &asked, &["--json"]].concat());
    let json: Value = serde_json::from_str(&found.out).unwrap();
    assert_eq!((found.code, &json["complete"], &json["trailer"]), (Some(0), &json!(true), &json!("proven")));
    assert_eq!(json["problem"], Value::Null);
    assert_eq!(json["oddities"], json!(["body_unfenced", "fence_broken"]));
    assert_eq!(
        json["sections"][1],
        json!({ "name": "DESIGN", "state": "ok", "lines": 1, "bytes": 24, "text": "A button above the list." })
    );
    let said = read(&desk, &[&[cut.as_str()][..], &asked].concat());
    assert_eq!(said.code, Some(1));
    let states: Vec<Vec<&str>> = said.out.lines().map(|line| line.split_whitespace().take(2).collect()).collect();
    assert_eq!(
        states,
        [
            vec!["FINDINGS", "ok"],
            vec!["DESIGN", "cut"],
            vec!["TASKS", "missing"],
            vec!["trailer", "absent"],
            vec!["Not", "complete:"]
        ]
    );
    assert!(!desk.data().exists(), "nothing is stored");
}

#[test]
fn without_a_nonce_a_trailer_proves_nothing() {
    let desk = Desk::new();
    let whole = reply("encoding/crlf.md");
    let found = read(&desk, &[&whole, "--phase", "analysis", "--json"]);
    let json: Value = serde_json::from_str(&found.out).unwrap();
    assert_eq!((found.code, &json["trailer"], &json["problem"]), (Some(1), &json!("foreign"), &json!("foreign")));
    let states: Vec<&Value> = json["sections"].as_array().unwrap().iter().map(|section| &section["state"]).collect();
    assert_eq!(states, ["ok", "ok", "ok"], "the sections are read as if it were the one that was asked for");
    let none = read(&desk, &[&reply("trailers/absent.md"), "--phase", "analysis"]);
    assert_eq!(none.code, Some(1));
    assert!(none.out.contains("Not complete: cut."), "{}", none.out);
}

#[test]
fn bad_use_is_named() {
    let desk = Desk::new();
    let whole = reply("encoding/crlf.md");
    for words in [
        &[whole.as_str()][..],
        &[&whole, "--phase", "No name"],
        &[&whole, "--phase", "analysis", "--nonce", NONCE],
        &[&whole, "--phase", "analysis", "--session", "yesterday", "--nonce", NONCE],
        &["no-such-file.md", "--phase", "analysis"],
    ] {
        let said = read(&desk, words);
        assert_eq!(said.code, Some(2), "{words:?}: {said:?}");
        assert!(said.out.is_empty() && !said.err.is_empty(), "{words:?}: {said:?}");
    }
}
