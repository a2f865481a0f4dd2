//! Wrong words with `--json`: whoever reads JSON gets JSON, wherever the flag stands.

use crate::desk::Desk;
use serde_json::Value;

/// Words that are wrong in one thing; the flag is put into every place behind the program.
const WRONG: [&[&str]; 19] = [
    &["dance"],
    &["orchestrate", "dance"],
    &["orchestrate"],
    &["status", "more"],
    &["status", "--loud"],
    &["status", "--session"],
    &["status", "-x"],
    &["list", "--limit", "many"],
    &["list", "--limit=-1"],
    &["plan", "x", "y"],
    &["rate", "much"],
    &["rate"],
    &["show", "--prompt", "Dance"],
    &["template", "list", "x"],
    &["db", "prune"],
    &["completions", "dance"],
    &["doctor", "now"],
    &["retry", "planning", "testing"],
    &["man", "page"],
];

#[test]
fn wrong_words_are_refused_as_json_wherever_the_flag_stands() {
    let desk = Desk::new();
    for wrong in WRONG {
        for at in 0..=wrong.len() {
            let mut words = wrong.to_vec();
            words.insert(at, "--json");
            let output = desk.command(&[]).args(&words).output().unwrap();
            assert_eq!(output.status.code(), Some(2), "{words:?}");
            let out = String::from_utf8(output.stdout).unwrap();
            let said: Value = serde_json::from_str(&out).unwrap_or_else(|error| panic!("{words:?}: {error}: {out}"));
            assert_eq!(said["refusal"]["code"], "usage.invalid", "{words:?}");
            assert_eq!(said["refusal"]["again"], "never");
            assert!(said["refusal"]["message"].as_str().unwrap().ends_with('.'), "{said}");
            assert!(!output.stderr.is_empty(), "people are told as well: {words:?}");
        }
    }
}

#[test]
fn without_the_flag_nothing_is_on_standard_output_and_help_is_no_refusal() {
    let desk = Desk::new();
    for words in [vec!["dance"], vec!["status", "--", "--json"], vec!["status", "--loud"]] {
        let output = desk.command(&[]).args(&words).output().unwrap();
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{words:?}");
    }
    for words in [["status", "--json", "--help"], ["--help", "--json", "x"], ["--version", "--json", "x"]] {
        let output = desk.command(&[]).args(words).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{words:?}");
        assert!(String::from_utf8(output.stdout).unwrap().contains("prompt-runner"), "{words:?}");
    }
}
