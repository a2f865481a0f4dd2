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
const WHOLE: &str = "T000 the start\nT001 the first task\nT002 the second task\nT003 the third task";

fn expect() -> Expect {
    Expect::known(SessionId::parse("20261122_141129_1a2b3c4d").unwrap(), Phase::ANALYSIS, "0123456789abcdef".into())
}

fn joined(first: &str, second: &str) -> Reading {
    let join = if markdown::ends_with_fence_closed(first) { join_closed } else { join };
    reply::read(&join(&markdown::blocks(first), &markdown::blocks(second), &expect()), &expect())
}

fn patched(first: &str, second: &str) -> Reading {
    reply::read(&replace_sections(&markdown::blocks(first), &markdown::blocks(second), &expect()), &expect())
}

fn texts(reading: &Reading) -> Vec<&str> {
    reading.sections.iter().map(|section| section.text.as_str()).collect()
}

/// The first message is cut in DESIGN, in the middle of a fence.
#[test]
fn a_reply_that_was_cut_inside_a_fence_goes_on() {
    let first = format!("{FINDINGS}### DESIGN\n````\nT000 the start\nT001 the first task\nT002 the second ta");
    let line = format!("{first}sk");
    let again =
        format!("````\nT001 the first task\nT002 the second task\nT003 the third task\n````\n\n{TASKS}{TRAILER}");
    for (what, first, second) in [
        ("two lines again, the last of which was cut", &first, again.clone()),
        ("two lines again", &line, again.clone()),
        (
            "all lines again",
            &first,
            again.replace("T001 the first task\nT002", "T000 the start\nT001 the first task\nT002"),
        ),
        ("after some talk", &first, format!("Going on:\n\n{again}")),
        ("with its heading and the last lines", &first, format!("### DESIGN\n{again}")),
        (
            "with the section from its start",
            &first,
            format!("Sorry!\n\n### DESIGN\n````\n{WHOLE}\n````\n\n{TASKS}{TRAILER}"),
        ),
        ("all of it again", &first, format!("{FINDINGS}### DESIGN\n````\n{WHOLE}\n````\n\n{TASKS}{TRAILER}")),
        ("with a stale trailer on the first", &format!("{first}\n````\n\n{STALE}"), again.clone()),
    ] {
        let reading = joined(first, &second);
        assert_eq!(reading.problem(), None, "{what}: {reading:#?}");
        assert_eq!(texts(&reading), ["What is there already.", WHOLE, "T001 the first task"], "{what}");
    }
}

#[test]
fn a_reply_that_was_cut_between_blocks_goes_on() {
    let design = "### DESIGN\n````\nd\n````\n\n";
    let all = format!("{FINDINGS}{design}{TASKS}");
    let header = STALE.split("PROMPT-RUNNER/END").next().unwrap();
    for (what, first, second, expected) in [
        ("between sections", FINDINGS.to_owned(), format!("{design}{TASKS}{TRAILER}"), "d"),
        ("between sections, with talk", FINDINGS.to_owned(), format!("Now the rest.\n\n{design}{TASKS}{TRAILER}"), "d"),
        ("before the trailer", all.clone(), TRAILER.to_owned(), "d"),
        ("in the trailer", format!("{all}{header}"), TRAILER.to_owned(), "d"),
        ("after a heading", format!("{FINDINGS}### DESIGN\n"), format!("````\nd\n````\n\n{TASKS}{TRAILER}"), "d"),
        (
            "inside a long line",
            format!(
                "{FINDINGS}### DESIGN\n````\na\nEach page of the exporter asks for the rows of one month, of which ther"
            ),
            format!(
                "````\nEach page of the exporter asks for the rows of one month, of which there are few.\n````\n\n{TASKS}{TRAILER}"
            ),
            "a\nEach page of the exporter asks for the rows of one month, of which there are few.",
        ),
        (
            "inside a list",
            format!("{FINDINGS}### DESIGN\n\n- none is too few\n- one is enough\n- two are en"),
            format!("- one is enough\n- two are enough\n- three\n\n{TASKS}{TRAILER}"),
            "- none is too few\n- one is enough\n- two are enough\n- three",
        ),
        (
            "inside a file of several",
            format!("{FINDINGS}### DESIGN\n\n#### src/settings/main.rs\n\n```rust\nfn ma"),
            format!("#### src/settings/main.rs\n\n```rust\nfn main() {{}}\n```\n\n{TASKS}{TRAILER}"),
            "#### src/settings/main.rs\n\n```rust\nfn main() {}\n```",
        ),
        (
            "inside the second file",
            format!(
                "{FINDINGS}### DESIGN\n\n#### src/a.rs\n\n```rust\na\n```\n\n#### src/settings/main.rs\n\n```rust\nfn ma"
            ),
            format!("#### src/settings/main.rs\n\n```rust\nfn main() {{}}\n```\n\n{TASKS}{TRAILER}"),
            "#### src/a.rs\n\n```rust\na\n```\n\n#### src/settings/main.rs\n\n```rust\nfn main() {}\n```",
        ),
    ] {
        let reading = joined(&first, &second);
        assert_eq!(reading.problem(), None, "{what}: {reading:#?}");
        assert_eq!(reading.sections[1].text, expected, "{what}");
    }
}

#[test]
fn what_cannot_be_joined_for_sure_is_not_complete() {
    let cut = format!("{FINDINGS}### DESIGN\n````\nT000 the start\nT001 the first task");
    let open = format!("{FINDINGS}### DESIGN\n````\n");
    let last = format!("{FINDINGS}### DESIGN\n````\nd\n````\n\n### TASKS\n````\nT001 the fi");
    let rest = |lines: &str| format!("````\n{lines}\n````\n\n{TASKS}{TRAILER}");
    let early = "### FINDINGS\n````\nWhat is there alr";
    let others = format!("### DESIGN\n````\nd\n````\n\n{TASKS}{TRAILER}");
    for (what, first, second) in [
        ("a seam that may be anywhere in a line", &cut, format!("s, and more\n````\n\n{TASKS}{TRAILER}")),
        ("the fence again, with the next line or the next letter", &cut, rest("T002")),
        ("the next section", &cut, format!("{TASKS}{TRAILER}")),
        ("some talk and the next section", &cut, format!("Now the rest.\n\n{TASKS}{TRAILER}")),
        ("the trailer alone", &last, TRAILER.to_owned()),
        ("the next section, of the first", &early.to_owned(), others.clone()),
        (
            "the next line under the heading of the first",
            &early.to_owned(),
            format!("### FINDINGS\n````\nmore\n````\n\n{others}"),
        ),
        (
            "a fence of three that is closed and may be an inner one",
            &format!("{FINDINGS}### DESIGN\n```\na\n```\n"),
            format!("{TASKS}{TRAILER}"),
        ),
        (
            "a fence of which the end may be the beginning of an inner one",
            &format!("{open}a\n````"),
            format!("{TASKS}{TRAILER}"),
        ),
        (
            "an inner fence that ended the outer one",
            &format!("{open}a\n````md\nb\n````\n"),
            format!("{TASKS}{TRAILER}"),
        ),
        (
            "a file after which others may come",
            &format!("{FINDINGS}### DESIGN\n\n#### a.rs\n\n````\na\n````\n"),
            format!("{TASKS}{TRAILER}"),
        ),
        (
            "a sentence after which others may come",
            &format!("{FINDINGS}### DESIGN\n\nIt is done."),
            format!("{TASKS}{TRAILER}"),
        ),
        (
            "a sentence, and another that may be talk",
            &format!("{FINDINGS}### DESIGN\n\nIt is done."),
            format!("Here you are.\n\n{TASKS}{TRAILER}"),
        ),
        ("a heading that was cut", &format!("{FINDINGS}### DESIGN\n\n#### src/ma"), rest("fn main() {}")),
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
        (
            "all of it, the first section in a word",
            &cut,
            format!("### FINDINGS\n````\n(as above)\n````\n\n### DESIGN\n````\n{WHOLE}\n````\n\n{TASKS}{TRAILER}"),
        ),
        (
            "all of it, the open section from its middle",
            &cut,
            format!("{FINDINGS}### DESIGN\n````\nT002 the second task\n````\n\n{TASKS}{TRAILER}"),
        ),
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
        ("one line again, which may stand there twice", &cut, rest("T001 the first task\nT002 the second task")),
        ("a short repetition", &format!("{open}{{\n}}"), rest("}\n}")),
        (
            "lines of signs again",
            &format!("{open}a\n---\n| --- | --- |\n}});\n}}"),
            rest("---\n| --- | --- |\n});\n}\nb"),
        ),
        ("a short line of words again", &format!("{open}a\n    return None;\n}}"), rest("    return None;\n}\nb")),
        (
            "lines again that stand there more than once",
            &format!("{open}let value = read(input)?;\n}}\nlet value = read(input)?;\n}}"),
            rest("let value = read(input)?;\n}\nb"),
        ),
        (
            "lines again that come once more",
            &format!("{open}a\nlet value = read(input)?;\n}}"),
            rest("let value = read(input)?;\n}\nlet value = read(input)?;\n}"),
        ),
        ("no proof", &cut, format!("````\nT002\n````\n\n{TASKS}")),
        ("a stale proof", &cut, format!("````\nT002\n````\n\n{TASKS}{STALE}")),
    ] {
        let reading = joined(first, &second);
        assert!(reading.problem().is_some(), "{what}: {reading:#?}");
    }
}

#[test]
fn a_section_that_was_cut_stays_cut_and_those_around_it_are_whole() {
    let cut = format!("{FINDINGS}### DESIGN\n````\nT000 the start\nT001 the first ta");
    let reading = joined(&cut, &format!("{TASKS}{TRAILER}"));
    let states: Vec<SectionState> = reading.sections.iter().map(|section| section.state).collect();
    assert_eq!(states, [SectionState::Ok, SectionState::Cut, SectionState::Ok]);
    assert_eq!(
        (reading.problem(), lacking(&reading.sections)),
        (Some(Problem::SectionMissing), vec![Name::new("DESIGN").unwrap()])
    );
}

/// Where the first message came out of a page, nobody knows whether its last fence was closed.
#[test]
fn only_a_source_shows_that_a_fence_was_closed() {
    let (first, second) = (markdown::blocks(FINDINGS), format!("### DESIGN\n````\nd\n````\n\n{TASKS}{TRAILER}"));
    let second = markdown::blocks(&second);
    let problem = |blocks: Vec<Block>| reply::read(&blocks, &expect()).problem();
    assert_eq!(problem(join(&first, &second, &expect())), Some(Problem::SectionMissing));
    assert_eq!(problem(join_closed(&first, &second, &expect())), None);
}

#[test]
fn a_second_message_that_was_cut_too_leaves_a_reply_that_goes_on() {
    let first = format!("{FINDINGS}### DESIGN\n````\nT000 the start\nT001 the first ta");
    let second = "````\nT000 the start\nT001 the first task\nT002 the sec";
    let third =
        format!("````\nT001 the first task\nT002 the second task\nT003 the third task\n````\n\n{TASKS}{TRAILER}");
    let two = join(&markdown::blocks(&first), &markdown::blocks(second), &expect());
    let three = reply::read(&join(&two, &markdown::blocks(&third), &expect()), &expect());
    assert_eq!(three.problem(), None, "{three:#?}");
    assert_eq!(three.sections[1].text, WHOLE);
}

#[test]
fn a_third_message_makes_no_whole_of_two_that_do_not_fit() {
    let first = "### FINDINGS\n````\nWhat is there alr";
    let second = "### DESIGN\n````\nT000 the start\nT001 the first ta";
    let third = format!("### DESIGN\n````\nT000 the start\nT001 the first task\n````\n\n{TASKS}{TRAILER}");
    let two = join(&markdown::blocks(first), &markdown::blocks(second), &expect());
    let three = reply::read(&join(&two, &markdown::blocks(&third), &expect()), &expect());
    assert_eq!(
        (three.problem(), lacking(&three.sections)),
        (Some(Problem::SectionMissing), vec![Name::new("FINDINGS").unwrap()]),
        "{three:#?}"
    );
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
fn a_section_that_was_sent_again_and_cut_is_not_whole_because_it_is_not_the_last() {
    let first = format!("{FINDINGS}{TASKS}{STALE}");
    let reading = patched(&first, "### DESIGN\n````\nT000 the start\nT001 the fi");
    assert_eq!((reading.problem(), reading.sections[1].state), (Some(Problem::Cut), SectionState::Cut), "{reading:#?}");
}

#[test]
fn what_was_whole_and_not_asked_for_again_stays_as_it_was() {
    let first = format!("{FINDINGS}{TASKS}{STALE}");
    let second = format!("### FINDINGS\n````\n(unchanged)\n````\n\n### DESIGN\n````\nd\n````\n\n{TRAILER}");
    assert_eq!(texts(&patched(&first, &second)), ["What is there already.", "d", "T001 the first task"]);
}

#[test]
fn what_is_not_whole_is_asked_for_again() {
    let read = |text: &str| lacking(&reply::read(&markdown::blocks(text), &expect()).sections);
    assert_eq!(read(&format!("{FINDINGS}{TASKS}{TRAILER}")), ["DESIGN"]);
    assert_eq!(read(&format!("{FINDINGS}### DESIGN\n````\nd")), ["DESIGN", "TASKS"]);
    assert_eq!(read(""), ["FINDINGS", "DESIGN", "TASKS"]);
}
