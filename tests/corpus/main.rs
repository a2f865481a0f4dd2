//! The contract reader against replies as models write them: tests/replies is the data, and this is all that judges it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops at the first surprise")]

mod attacks;
mod cases;
mod changes;
mod grid;
#[cfg(unix)]
mod linear;
mod properties;
mod seams;

use cases::{Case, Text};
use prompt_runner_core::reply::{self, Reading, SectionState};
use serde_json::json;
use std::path::Path;

/// What differs between a reading and what the case expects of it.
fn differences(case: &Case, reading: &Reading) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut same = |what: &str, found: String, expected: String| {
        if found != expected {
            wrong.push(format!("  {what}: found {found}, expected {expected}"));
        }
    };
    let expect = &case.expect;
    same("problem", format!("{:?}", reading.problem()), format!("{:?}", expect.problem));
    same("trailer", format!("{:?}", reading.trailer), format!("{:?}", expect.trailer));
    same("oddities", format!("{:?}", reading.oddities), format!("{:?}", expect.oddities));
    same("sections", reading.sections.len().to_string(), expect.sections.len().to_string());
    for section in &reading.sections {
        let Some(expected) = expect.sections.get(section.name.as_str()) else {
            same("section", section.name.to_string(), "none of that name".to_owned());
            continue;
        };
        same(&section.name, format!("{:?}", section.state), format!("{:?}", expected.state()));
        if let Some(text) = expected.text().map(Text::written) {
            same(&section.name, format!("{:?}", section.text), format!("{text:?}"));
        }
        // What is missing has no text, whatever the case says of it.
        if section.state == SectionState::Missing {
            same(&section.name, format!("{:?}", section.text.trim()), format!("{:?}", ""));
        }
    }
    wrong
}

#[test]
fn every_reply_is_read_as_its_case_says() {
    let cases = cases::all();
    let mut right = 0;
    let mut grid = (0, 0);
    let mut wrong = Vec::new();
    for case in &cases {
        let differences = differences(case, &reply::read_markdown(&case.reply, &case.expected_proof()));
        right += usize::from(differences.is_empty());
        if case.category == "grid" {
            grid = (grid.0 + usize::from(differences.is_empty()), grid.1 + 1);
        }
        if !differences.is_empty() {
            wrong.push(format!("{}/{}\n{}", case.category, case.name, differences.join("\n")));
        }
    }
    if let Some(folder) = std::env::var_os("PROMPT_RUNNER_FIDELITY_DIR") {
        let summary = json!({ "cases": cases.len(), "right": right, "grid": format!("{}/{}", grid.0, grid.1) });
        std::fs::write(Path::new(&folder).join("corpus.json"), format!("{summary}\n")).unwrap();
    }
    assert!(cases.len() >= 200, "the corpus has shrunk to {} cases", cases.len());
    assert_eq!(grid.1, 24, "the grid has 24 shapes");
    assert!(wrong.is_empty(), "{} of {} replies are read wrongly:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}
