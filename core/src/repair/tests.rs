//! Two messages and what they make, as tables.

use super::*;
use crate::markdown;
use crate::phase::Phase;
use crate::reply::Reading;
use crate::session::SessionId;

const TRAILER: &str = "```promptrunner\nPROMPT-RUNNER/1 20261122_141129_1a2b3c4d analysis 0123456789abcdef\nPROMPT-RUNNER/END 0123456789abcdef\n```\n";
const STALE: &str = "```promptrunner\nPROMPT-RUNNER/1 20261122_141129_1a2b3c4d analysis fedcba9876543210\nPROMPT-RUNNER/END fedcba9876543210\n```\n";
const FINDINGS: &str = "### FINDINGS\n````\nWhat is there already.\n````\n\n";
const TASKS: &str = "### TASKS\n````\nT001 the first task\n````\n\n";
const WHOLE: &str = "T000 the start\nT001 the first task\nT002 the second task";

fn expect() -> Expect {
    Expect {
        session: SessionId::parse("20261122_141129_1a2b3c4d").unwrap(),
        phase: Phase::Analysis,
        nonce: "0123456789abcdef".into(),
    }
}

fn stitched(first: &str, second: &str) -> Reading {
    reply::read(&stitch(&markdown::blocks(first), &markdown::blocks(second), &expect()), &expect())
}

fn patched(first: &str, second: &str) -> Reading {
    reply::read(&patch(&markdown::blocks(first), &markdown::blocks(second), &expect()), &expect())
}

fn texts(reading: &Reading) -> Vec<&str> {
    reading.sections.iter().map(|section| section.text.as_str()).collect()
}

/// The first message is cut in DESIGN, in the middle of a fence.
#[test]
fn a_reply_that_was_cut_inside_a_fence_goes_on() {
    let first = format!("{FINDINGS}### DESIGN\n````\nT000 the start\nT001 the first ta");
    let line = format!("{FINDINGS}### DESIGN\n````\nT000 the start\nT001 the first task");
    let rest = format!("````\n\n{TASKS}{TRAILER}");
    for (what, first, second) in [
        ("the cut line again, in a fence", &first, format!("````\nT001 the first task\nT002 the second task\n{rest}")),
        ("the last line again, in a fence", &line, format!("````\nT001 the first task\nT002 the second task\n{rest}")),
        ("two lines again", &first, format!("````\nT000 the start\nT001 the first task\nT002 the second task\n{rest}")),
        ("after some talk", &first, format!("Going on:\n\n````\nT001 the first task\nT002 the second task\n{rest}")),
        (
            "with its heading and the last line",
            &first,
            format!("### DESIGN\n````\nT001 the first task\nT002 the second task\n{rest}"),
        ),
        ("with the section from its start", &first, format!("Sorry!\n\n### DESIGN\n````\n{WHOLE}\n{rest}")),
        ("all of it again", &first, format!("{FINDINGS}### DESIGN\n````\n{WHOLE}\n{rest}")),
        (
            "with a stale trailer on the first",
            &format!("{first}\n````\n\n{STALE}"),
            format!("````\nT001 the first task\nT002 the second task\n{rest}"),
        ),
    ] {
        let reading = stitched(first, &second);
        assert_eq!(reading.problem(), None, "{what}: {reading:#?}");
        assert_eq!(texts(&reading), ["What is there already.", WHOLE, "T001 the first task"], "{what}");
    }
}

#[test]
fn a_reply_that_was_cut_between_blocks_goes_on() {
    let design = "### DESIGN\n````\nd\n````\n\n";
    for (what, first, second, expected) in [
        ("between sections", FINDINGS.to_owned(), format!("{design}{TASKS}{TRAILER}"), "d"),
        ("between sections, with talk", FINDINGS.to_owned(), format!("Now the rest.\n\n{design}{TASKS}{TRAILER}"), "d"),
        ("before the trailer", format!("{FINDINGS}{design}{TASKS}"), TRAILER.to_owned(), "d"),
        ("after a heading", format!("{FINDINGS}### DESIGN\n"), format!("````\nd\n````\n\n{TASKS}{TRAILER}"), "d"),
        (
            "after a sentence",
            format!("{FINDINGS}### DESIGN\n\nThe reader is liberal."),
            format!("It is never silent.\n\n{TASKS}{TRAILER}"),
            "The reader is liberal.\n\nIt is never silent.",
        ),
        (
            "inside a list",
            format!("{FINDINGS}### DESIGN\n\n- one is enough\n- two are en"),
            format!("- two are enough\n- three\n\n{TASKS}{TRAILER}"),
            "- one is enough\n- two are enough\n- three",
        ),
        (
            "inside a file of several",
            format!("{FINDINGS}### DESIGN\n\n#### src/main.rs\n\n```rust\nfn ma"),
            format!("#### src/main.rs\n\n```rust\nfn main() {{}}\n```\n\n{TASKS}{TRAILER}"),
            "#### src/main.rs\n\n```rust\nfn main() {}\n```",
        ),
    ] {
        let reading = stitched(&first, &second);
        assert_eq!(reading.problem(), None, "{what}: {reading:#?}");
        assert_eq!(reading.sections[1].text, expected, "{what}");
    }
}

#[test]
fn what_cannot_be_joined_for_sure_is_not_complete() {
    let cut = format!("{FINDINGS}### DESIGN\n````\nT001 the first task");
    let last = format!("{FINDINGS}### DESIGN\n````\nd\n````\n\n### TASKS\n````\nT001 the fi");
    for (what, first, second) in [
        ("a seam that may be anywhere in a line", &cut, format!("s, and more\n````\n\n{TASKS}{TRAILER}")),
        (
            "the fence again, with the next line or the next letter",
            &cut,
            format!("````\nT002\n````\n\n{TASKS}{TRAILER}"),
        ),
        (
            "the last line again, without the fence: what stands outside of one has lost its blanks and marks",
            &cut,
            format!("T001 the first task\nT002 the second task\n````\n\n{TASKS}{TRAILER}"),
        ),
        (
            "in the middle of a sentence",
            &format!("{FINDINGS}### DESIGN\n\nThe reader is"),
            format!("liberal.\n\n{TASKS}{TRAILER}"),
        ),
        ("talk that may be text", &last, format!("Going on:\n\n````\nT002\n````\n\n{TRAILER}")),
        ("the section anew, with other words", &cut, format!("### DESIGN\n````\nThe plan\n````\n\n{TASKS}{TRAILER}")),
        ("the next section but one", &format!("{FINDINGS}Too"), format!("{TASKS}{TRAILER}")),
        (
            "cut in an inner fence, then the next section",
            &format!("{cut}\n```rust\nfn x()"),
            format!("{TASKS}{TRAILER}"),
        ),
        (
            "an inner fence opened again",
            &format!("{cut}\n```rust\nfn x()"),
            format!("```rust\n{{}}\n```\n\n{TASKS}{TRAILER}"),
        ),
        (
            "code that came out as prose",
            &format!("{cut}\n```rust\nfn x()"),
            format!("{{}}\n```\n````\n\n{TASKS}{TRAILER}"),
        ),
        (
            "a short repetition",
            &format!("{FINDINGS}### DESIGN\n````\n{{\n}}"),
            format!("````\n}}\n}}\n````\n\n{TASKS}{TRAILER}"),
        ),
        ("no proof", &cut, format!("````\nT002\n````\n\n{TASKS}")),
        ("a stale proof", &cut, format!("````\nT002\n````\n\n{TASKS}{STALE}")),
    ] {
        assert!(stitched(first, &second).problem().is_some(), "{what}: {:#?}", stitched(first, &second));
    }
}

#[test]
fn a_second_message_that_was_cut_too_leaves_a_reply_that_goes_on() {
    let first = format!("{FINDINGS}### DESIGN\n````\nT001 the first ta");
    let second = "````\nT001 the first task\nT002 the sec";
    let third = format!("````\nT002 the second task\n````\n\n{TASKS}{TRAILER}");
    let two = stitch(&markdown::blocks(&first), &markdown::blocks(second), &expect());
    let three = reply::read(&stitch(&two, &markdown::blocks(&third), &expect()), &expect());
    assert_eq!(three.problem(), None, "{three:#?}");
    assert_eq!(three.sections[1].text, "T001 the first task\nT002 the second task");
}

#[test]
fn sections_that_were_sent_again_replace_the_old_ones() {
    let design = |text: &str| format!("### DESIGN\n````\n{text}\n````\n\n");
    let (old, new) = (design("old"), design("new"));
    let placeholder = design("(body of DESIGN)");
    for (what, first) in [
        ("missing", format!("{FINDINGS}{TASKS}{STALE}")),
        ("duplicate", format!("{FINDINGS}{old}{}{TASKS}{STALE}", design("other"))),
        ("a placeholder", format!("{FINDINGS}{placeholder}{TASKS}{STALE}")),
        ("out of order", format!("{TASKS}{old}{FINDINGS}{STALE}")),
        ("cut, and the others whole", format!("{FINDINGS}{TASKS}### DESIGN\n````\nol")),
    ] {
        let reading = patched(&first, &format!("Here it is.\n\n{new}{TRAILER}"));
        assert_eq!(reading.problem(), None, "{what}: {reading:#?}");
        assert_eq!(texts(&reading), ["What is there already.", "new", "T001 the first task"], "{what}");
    }
}

#[test]
fn a_proof_never_covers_what_was_cut_or_not_sent() {
    let cut = format!("{FINDINGS}### DESIGN\n````\nd\n````\n\n### TASKS\n````\nT001 the fi");
    let design = format!("### DESIGN\n````\nnew\n````\n\n{TRAILER}");
    assert_eq!(patched(&cut, &design).problem(), Some(Problem::SectionMissing));
    assert_eq!(patched(FINDINGS, &design).problem(), Some(Problem::SectionMissing));
    assert_eq!(patched(&cut, "### TASKS\n````\nT001\n````\n").problem(), Some(Problem::Cut));
    let echo = format!("### TASKS\n````\n(body of TASKS)\n````\n\n{TRAILER}");
    assert_eq!(patched(&cut, &echo).problem(), Some(Problem::SectionMissing));
}

#[test]
fn what_is_not_whole_is_asked_for_again() {
    let read = |text: &str| lacking(&reply::read(&markdown::blocks(text), &expect()).sections);
    assert_eq!(read(&format!("{FINDINGS}{TASKS}{TRAILER}")), ["DESIGN"]);
    assert_eq!(read(&format!("{FINDINGS}### DESIGN\n````\nd")), ["DESIGN", "TASKS"]);
    assert_eq!(read(""), ["FINDINGS", "DESIGN", "TASKS"]);
}
