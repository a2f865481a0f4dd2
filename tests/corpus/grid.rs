//! Replies put together out of shapes of headings, bodies, trailers and what stands around them: any two shapes meet. Each is read as it
//! was meant or refused by name, and no text is changed without a word. tests/replies/shapes.json is the data.

use crate::cases::{NONCE, SESSION};
use prompt_runner_core::phase::Phase;
use prompt_runner_core::reply::{self, Expect, Oddity, Problem, Reading};
use prompt_runner_core::session::SessionId;
use prompt_runner_core::workflow::known;
use serde::Deserialize;
use std::path::Path;

/// So many of the ten thousand are turned down by name.
const FEW: usize = 10;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Shapes {
    headings: Vec<String>,
    /// What stands above them belongs to a body that has no fence, so they meet no such body.
    headings_under_html: Vec<String>,
    /// For names of more than one word.
    planning_headings: Vec<String>,
    bodies: Vec<Body>,
    trailers: Vec<String>,
    around: Vec<Around>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    text: String,
    want: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Around {
    before: String,
    after: String,
}

impl Shapes {
    fn load() -> Self {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/replies/shapes.json");
        serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap()
    }
}

/// One reply out of these shapes.
struct Reply {
    text: String,
    want: Vec<String>,
    expect: Expect,
    made_of: String,
}

/// A shape with what stands for its signs in braces.
fn filled(shape: &str, values: &[(&str, &str)]) -> String {
    values.iter().fold(shape.to_owned(), |text, (sign, value)| text.replace(&format!("{{{sign}}}"), value))
}

fn heading(shape: &str, name: &str, at: usize) -> String {
    let words: Vec<&str> = name.split('_').collect();
    let title = |word: &str| format!("{}{}", &word[..1], word[1..].to_lowercase());
    let wide = |ch: char| char::from_u32(u32::from(ch) + 0xfee0).unwrap();
    let values = [
        ("NAME", name),
        ("Name", &words.iter().map(|word| title(word)).collect::<Vec<_>>().join(" ")),
        ("Title", &title(name).replace('_', " ")),
        ("name", &name.to_lowercase().replace('_', " ")),
        ("WIDE", &name.chars().map(wide).collect::<String>()),
        ("FIRST", words[0]),
        ("LAST", words[words.len() - 1]),
        ("n", ["1", "2", "3"][at]),
        ("R", ["I", "II", "III"][at]),
        ("L", ["A", "B", "C"][at]),
    ];
    filled(shape, &values)
}

fn trailer(shape: &str, phase: Phase) -> String {
    let header = format!("PROMPT-RUNNER/1 {SESSION} {} {NONCE}", phase.name());
    // Every section in a line like the one that stands for all of them.
    let of_line = |line: &str| match line.contains("{sections}") {
        true => known(phase)
            .names()
            .iter()
            .map(|name| line.replace("{sections}", &format!("section: {name}")))
            .collect::<Vec<_>>()
            .join("\n"),
        false => line.to_owned(),
    };
    let values = [
        ("header", header.as_str()),
        ("hyphen", &header.replace('-', "\u{2011}")),
        ("endash", &header.replace('-', "–")),
        ("escaped", &header.replace('_', "\\_").replace('-', "\\-")),
        ("wrapped", &header.replace("1129_", "1129_\n").replace("abc", "\nabc")),
        ("end", &format!("PROMPT-RUNNER/END {NONCE}")),
    ];
    filled(&shape.lines().map(of_line).collect::<Vec<_>>().join("\n"), &values)
}

impl Reply {
    fn of(phase: Phase, heading_shape: &str, body: &Body, trailer_shape: &str, around: &Around) -> Self {
        let mut text = around.before.clone();
        let mut want = Vec::new();
        for (at, name) in known(phase).names().iter().enumerate() {
            let its = |text: &str| filled(text, &[("body", &format!("Words of part {at}"))]);
            text.push_str(&format!("{}\n\n{}\n\n", heading(heading_shape, name, at), its(&body.text)));
            want.push(its(&body.want));
        }
        text.push_str(&trailer(trailer_shape, phase));
        text.push_str(&around.after);
        let expect = Expect::known(SessionId::parse(SESSION).unwrap(), phase, NONCE.into());
        let made_of =
            format!("{heading_shape:?} {:?} {trailer_shape:?} {:?} {:?}", body.text, around.before, around.after);
        Self { text, want, expect, made_of }
    }

    fn read(&self) -> Reading {
        reply::read_markdown(&self.text, &self.expect)
    }
}

/// Every reply in which two shapes meet that are not the first of their kind.
fn replies() -> Vec<Reply> {
    let shapes = Shapes::load();
    let mut out = Vec::new();
    let (body, trailer, around) = (&shapes.bodies[0], &shapes.trailers[0], &shapes.around[0]);
    for heading in &shapes.headings {
        let mut add = |body, trailer, around| out.push(Reply::of(Phase::ANALYSIS, heading, body, trailer, around));
        shapes.bodies.iter().for_each(|body| add(body, trailer, around));
        shapes.trailers.iter().for_each(|trailer| add(body, trailer, around));
        shapes.around.iter().for_each(|around| add(body, trailer, around));
    }
    for heading in &shapes.headings_under_html {
        let mut add = |trailer, around| out.push(Reply::of(Phase::ANALYSIS, heading, body, trailer, around));
        shapes.trailers.iter().for_each(|trailer| add(trailer, around));
        shapes.around.iter().for_each(|around| add(trailer, around));
    }
    for heading in &shapes.planning_headings {
        shapes.bodies.iter().for_each(|body| out.push(Reply::of(Phase::PLANNING, heading, body, trailer, around)));
    }
    for body in &shapes.bodies {
        let mut add =
            |trailer, around| out.push(Reply::of(Phase::ANALYSIS, &shapes.headings[0], body, trailer, around));
        shapes.trailers.iter().for_each(|trailer| add(trailer, around));
        shapes.around.iter().for_each(|around| add(trailer, around));
    }
    for trailer in &shapes.trailers {
        shapes
            .around
            .iter()
            .for_each(|around| out.push(Reply::of(Phase::ANALYSIS, &shapes.headings[0], body, trailer, around)));
    }
    out
}

#[test]
fn every_shape_is_read_as_it_was_meant_or_refused_by_name() {
    let replies = replies();
    let mut refused = Vec::new();
    let mut wrong = Vec::new();
    for reply in &replies {
        let reading = reply.read();
        let texts: Vec<&str> = reading.sections.iter().map(|section| section.text.as_str()).collect();
        match reading.problem() {
            None if texts == reply.want => {}
            None => wrong.push(format!("{}\n  {texts:?}\n  {:?}", reply.made_of, reading.oddities)),
            Some(problem) => refused.push(format!("{}\n  {problem:?} {:?}", reply.made_of, reading.oddities)),
        }
    }
    assert!(replies.len() >= 5_000, "the grid has shrunk to {}", replies.len());
    assert!(wrong.is_empty(), "{} of {} are read wrongly:\n{}", wrong.len(), replies.len(), wrong.join("\n"));
    // Words above an underlined name are a part of it, and a list may go on in what is indented below: nobody can tell.
    assert!(refused.len() <= FEW, "{} of {} are refused:\n{}", refused.len(), replies.len(), refused.join("\n"));
}

#[test]
fn no_text_is_changed_without_a_word() {
    for reply in replies() {
        let reading = reply.read();
        let written = |text: &str| reply.text.replace("\r\n", "\n").contains(text);
        let named = reading.oddities.contains(&Oddity::Rendered);
        assert!(
            named || reading.sections.iter().all(|section| written(&section.text)),
            "{}\n{reading:#?}",
            reply.made_of
        );
    }
}

#[test]
fn no_shape_proves_itself_with_another_nonce_or_without_its_end() {
    for mut reply in replies() {
        reply.expect.nonce = "fedcba9876543210".into();
        let problem = reply.read().problem();
        assert!(matches!(problem, Some(Problem::Foreign | Problem::Cut)), "{}: {problem:?}", reply.made_of);
        reply.expect.nonce = NONCE.into();
        reply.text = reply.text.replace("PROMPT-RUNNER/END", "PROMPT-RUNNER/EN");
        assert!(reply.read().problem().is_some(), "{}", reply.made_of);
    }
}
