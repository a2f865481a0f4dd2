//! T12: secrets in replies. There is no filter for them, because what was captured goes nowhere by itself: it stands in the record, and
//! its owner's own terminal, pipe and next prompt get it. This holds that to be so: 62 kinds of keys and tokens stand in every reply of a
//! record, and nothing that is made to be shown or passed on (figures, exports, reports, lists) has one of them.

use crate::answer::{self, Fault};
use crate::desk::{Desk, said};
use crate::report::tell;
use prompt_runner_core::protocol::{Reply, Request, ask};
use prompt_runner_core::stats::{Filter, Panel};
use runner::Runner;

const HEX: &str = "0123456789abcdef";
const UPPER: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const WORD: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// How a kind begins, of which letters it goes on, and how many of them.
const KINDS: [(&str, &str, usize); 62] = [
    ("AKIA", UPPER, 16),
    ("ASIA", UPPER, 16),
    ("ghp_", WORD, 36),
    ("gho_", WORD, 36),
    ("ghu_", WORD, 36),
    ("ghs_", WORD, 36),
    ("ghr_", WORD, 36),
    ("github_pat_", WORD, 82),
    ("glpat-", WORD, 20),
    ("gldt-", WORD, 20),
    ("glrt-", WORD, 20),
    ("glcbt-", WORD, 20),
    ("xoxb-", WORD, 40),
    ("xoxp-", WORD, 40),
    ("xapp-1-", WORD, 40),
    ("https://hooks.slack.com/services/T", WORD, 40),
    ("sk-ant-api03-", WORD, 93),
    ("sk-proj-", WORD, 48),
    ("sk-", WORD, 48),
    ("sk_live_", WORD, 24),
    ("sk_test_", WORD, 24),
    ("rk_live_", WORD, 24),
    ("whsec_", WORD, 32),
    ("AIza", WORD, 35),
    ("ya29.", WORD, 60),
    ("GOCSPX-", WORD, 28),
    ("1//0", WORD, 40),
    ("npm_", WORD, 36),
    ("pypi-AgEIcHlwaS5vcmc", WORD, 60),
    ("cio", WORD, 32),
    ("rubygems_", HEX, 48),
    ("dckr_pat_", WORD, 27),
    ("hf_", WORD, 34),
    ("gsk_", WORD, 52),
    ("r8_", WORD, 37),
    ("pplx-", WORD, 48),
    ("xai-", WORD, 80),
    ("dop_v1_", HEX, 64),
    ("doo_v1_", HEX, 64),
    ("SG.", WORD, 66),
    ("key-", HEX, 32),
    ("SK", HEX, 32),
    ("AC", HEX, 32),
    ("shpat_", HEX, 32),
    ("shpss_", HEX, 32),
    ("sq0csp-", WORD, 43),
    ("EAAA", WORD, 60),
    ("lin_api_", WORD, 40),
    ("secret_", WORD, 43),
    ("ntn_", WORD, 46),
    ("figd_", WORD, 40),
    ("pat", WORD, 50),
    ("PMAK-", HEX, 59),
    ("dapi", HEX, 32),
    ("hvs.", WORD, 90),
    ("s.", WORD, 24),
    ("glsa_", WORD, 32),
    ("NRAK-", UPPER, 27),
    ("sntrys_", WORD, 64),
    ("eyJhbGciOiJIUzI1NiJ9.", WORD, 80),
    ("AGE-SECRET-KEY-1", UPPER, 58),
    ("-----BEGIN OPENSSH PRIVATE KEY-----\n", WORD, 70),
];
const SURROUNDINGS: [(&str, &str); 3] = [
    ("", ""),
    ("export TOKEN=\"", "\" # of production"),
    ("curl -H 'Authorization: Bearer ", "' https://api.example/?x=1"),
];

/// The part of a token that stands nowhere else.
fn rest(at: usize, alphabet: &str, length: usize) -> String {
    let letters = alphabet.as_bytes();
    (0..length)
        .map(|place| char::from(letters[(place * 7 + at * 13 + place * place * (at + 3)) % letters.len()]))
        .collect()
}

#[test]
fn what_is_meant_to_be_shared_holds_nothing_of_what_was_captured() {
    let desk = Desk::new();
    let mut marks = Vec::new();
    let mut body = String::new();
    for (at, (prefix, alphabet, length)) in KINDS.iter().enumerate() {
        for (turn, (before, after)) in SURROUNDINGS.iter().enumerate() {
            let rest = rest(at * 3 + turn, alphabet, *length);
            body.push_str(&format!("{before}{prefix}{rest}{after}\n"));
            marks.push(rest);
        }
    }
    let prompt = desk.ok(&["plan", "Dark mode"]);
    let mut next = prompt;
    let mut session = String::new();
    for verb in ["analyze", "implement", "complete"] {
        desk.run_with(&["process", "--file", "-"], answer::markdown(&next, &body, Fault::None)).ok(&[verb]);
        let given = desk.json(&[verb]);
        session = given["view"]["session"].as_str().unwrap().to_owned();
        next = given["text"].as_str().unwrap_or_default().to_owned();
    }
    // It is all in the record, and its owner can have it.
    let shown = desk.ok(&["show", &session]);
    assert!(marks.iter().all(|mark| shown.contains(mark)), "the record has them to the letter");

    let mut shared: Vec<(String, String)> = Vec::new();
    let mut outputs: Vec<Vec<&str>> = vec![
        vec!["status"],
        vec!["status", "--json"],
        vec!["status", "--short"],
        vec!["list"],
        vec!["list", "--json"],
        vec!["stats"],
        vec!["stats", "--json"],
        vec!["stats", "--csv"],
        vec!["stats", "session", &session],
        vec!["stats", "session", &session, "--json"],
        vec!["doctor"],
        vec!["doctor", "--json"],
        vec!["doctor", "--page"],
        vec!["db", "verify"],
        vec!["db", "verify", "--json"],
        vec!["db", "prune", "--older-than", "0"],
    ];
    for by in ["phase", "day", "branch", "project", "template", "model"] {
        outputs.extend([
            vec!["stats", "--by", by],
            vec!["stats", "--by", by, "--csv"],
            vec!["stats", "--by", by, "--json"],
        ]);
    }
    for words in &outputs {
        let said = said(&desk.command(words).output().unwrap());
        shared.push((words.join(" "), said.out + &said.err));
    }
    let mut runner = Runner::open(&desk.places()).unwrap();
    let mut ask = |name: String, request: Request| {
        let reply: Reply = runner.handle(request).unwrap();
        shared.push((name, serde_json::to_string(&reply).unwrap()));
    };
    for panel in Panel::ALL {
        ask(format!("the panel {panel:?}"), Request::Panel(ask::Panel { panel, filter: Filter::default() }));
    }
    let id = session.clone().try_into().unwrap();
    ask("the timeline".into(), Request::Timeline(ask::Timeline { session: id }));
    for (what, text) in &shared {
        let found = marks.iter().filter(|mark| text.contains(*mark)).count();
        assert_eq!(found, 0, "{what} holds {found} of them");
    }
    let tried = format!(
        "outputs that are made to be shared, over a record with {} tokens of {} kinds",
        marks.len(),
        KINDS.len()
    );
    tell("T12", shared.len(), &tried, "0 tokens in them; the owner's `show` has all");
}
