//! Replies that somebody wrote to find where the reader is wrong: tests/replies/attacks.json says of each what it is. A text is never
//! called complete where it is cut, and nothing that stands in a section is lost without a word.

use crate::cases::{NONCE, SESSION};
use prompt_runner_core::phase::Phase;
use prompt_runner_core::reply::{self, Expect, Oddity, Problem};
use prompt_runner_core::session::SessionId;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    phase: Phase,
    /// With `{trailer}`, `{header}` and `{end}` in the place of the proof and of its first and its last line.
    reply: String,
    problem: Option<Problem>,
    /// Nothing is said of these where the reply is not complete.
    oddities: Option<Vec<Oddity>>,
    #[serde(default)]
    sections: BTreeMap<String, String>,
}

#[test]
fn what_was_written_to_mislead_the_reader_does_not() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/replies/attacks.json");
    let cases: Vec<Case> = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    let mut wrong = Vec::new();
    for case in &cases {
        let header = format!("PROMPT-RUNNER/1 {SESSION} {} {NONCE}", case.phase.name());
        let end = format!("PROMPT-RUNNER/END {NONCE}");
        let expect = Expect::known(SessionId::parse(SESSION).unwrap(), case.phase, NONCE.to_owned());
        let names: String = expect.sections.iter().map(|name| format!("section: {name}\n")).collect();
        let trailer = format!("```promptrunner\n{header}\n{names}{end}\n```");
        let reply = case.reply.replace("{trailer}", &trailer).replace("{header}", &header).replace("{end}", &end);
        let reading = reply::read_markdown(&reply, &expect);
        let found: BTreeMap<_, _> =
            reading.sections.iter().map(|its| (its.name.to_string(), its.text.clone())).collect();
        let same = reading.problem() == case.problem
            && case.oddities.as_ref().is_none_or(|oddities| *oddities == reading.oddities)
            && (case.sections.is_empty() || found == case.sections);
        if !same {
            wrong.push(format!("{}: {:?} {:?} {found:#?}", case.name, reading.problem(), reading.oddities));
        }
    }
    assert!(wrong.is_empty(), "{} of {} are read wrongly:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}
