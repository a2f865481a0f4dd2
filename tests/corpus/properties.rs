//! What holds for every reply there could be: no panic, no proof out of nothing, no text that nobody wrote, no early end.

use crate::cases;
use prompt_runner_core::block::{Block, to_markdown};
use prompt_runner_core::capture::{Action, Now, Signal, Watcher};
use prompt_runner_core::phase::Phase;
use prompt_runner_core::reply::{self, Expect, Reading, SectionState};
use prompt_runner_core::session::SessionId;
use prompt_runner_core::{markdown, repair};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use std::collections::HashSet;

const NONCE: &str = "0123456789abcdef";
const HEADER: &str = "PROMPT-RUNNER/1 20261122_141129_1a2b3c4d analysis 0123456789abcdef";
const END: &str = "PROMPT-RUNNER/END 0123456789abcdef";

fn expect(phase: Phase) -> Expect {
    Expect::known(SessionId::parse("20261122_141129_1a2b3c4d").unwrap(), phase, NONCE.into())
}

/// Lines out of which replies are made, and some that only look like it.
fn line() -> impl Strategy<Value = String> {
    let known = select(vec![
        "### FINDINGS",
        "### DESIGN",
        "### TASKS",
        "**DESIGN**",
        "● TASKS",
        "1. FINDINGS",
        "- TASKS",
        "    ### DESIGN",
        "> ### TASKS",
        "````",
        "```",
        "```rust",
        "~~~",
        "````md",
        "  ```",
        "---",
        "***",
        "",
        "",
        "| a | b |",
        "|---|---|",
        "(body of DESIGN)",
        "```promptrunner",
        HEADER,
        "section: FINDINGS",
        END,
        "PROMPT-RUNNER/1 x analysis y",
        "promptrunnerCopy",
        "- a",
        "  - b",
        "1. c",
    ]);
    prop_oneof![8 => known.prop_map(str::to_owned), 1 => "[ -~]{0,12}", 1 => "\\PC{0,8}"]
}

fn text() -> impl Strategy<Value = String> {
    vec(line(), 0..40).prop_map(|lines| lines.join("\n"))
}

fn block() -> impl Strategy<Value = Block> {
    let text = || vec(line(), 0..6).prop_map(|lines| lines.join("\n"));
    prop_oneof![
        (any::<u8>(), line()).prop_map(|(level, text)| Block::Heading { level, text }),
        (select(vec!["", "rust", "plain"]), text()).prop_map(|(lang, text)| Block::Code { lang: lang.into(), text }),
        text().prop_map(|text| Block::Paragraph { text }),
        text().prop_map(|text| Block::Other { text }),
    ]
}

/// Nothing in a complete reading is made up: there was a proof, and every line of every section was in the reply.
fn is_sound(reading: &Reading, replies: &[&[Block]]) -> Result<(), TestCaseError> {
    if reading.problem().is_some() {
        return Ok(());
    }
    let all: String = replies.iter().map(|blocks| to_markdown(*blocks)).collect::<Vec<_>>().join("\n");
    prop_assert!(all.contains(HEADER) && all.contains(END), "complete without its proof: {reading:#?}");
    // A fence in a text may have been put there for one that was elsewhere.
    let bare = |line: &str| line.trim_matches(|ch: char| ch.is_whitespace() || "`~#>".contains(ch)).to_owned();
    let written: HashSet<String> = all.lines().map(bare).collect();
    for section in &reading.sections {
        prop_assert!(!section.text.trim().is_empty(), "an empty section is complete: {reading:#?}");
        for line in section.text.lines() {
            prop_assert!(written.contains(&bare(line)), "nobody wrote {line:?}: {reading:#?}");
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read_without_a_panic_and_soundly(text in text()) {
        let blocks = markdown::blocks(&text);
        for phase in Phase::FULL {
            let reading = reply::read(&blocks, &expect(phase));
            prop_assert_eq!(repair::lacking(&reading.sections).is_empty(), reading.sections.iter().all(|section| section.state == SectionState::Ok));
            is_sound(&reading, &[&blocks])?;
        }
    }

    #[test]
    fn any_blocks_are_read_without_a_panic_and_soundly(blocks in vec(block(), 0..16)) {
        is_sound(&reply::read(&blocks, &expect(Phase::ANALYSIS)), &[&blocks])?;
        prop_assert!(markdown::blocks(&to_markdown(&blocks)).len() < 10_000);
    }

    #[test]
    fn any_two_messages_make_one_without_a_panic_and_soundly(first in text(), second in text()) {
        let (first, second, expect) = (markdown::blocks(&first), markdown::blocks(&second), expect(Phase::ANALYSIS));
        is_sound(&reply::read(&repair::join(&first, &second, &expect), &expect), &[&first, &second])?;
        is_sound(&reply::read(&repair::replace_sections(&first, &second, &expect), &expect), &[&first, &second])?;
    }

    #[test]
    fn blocks_come_back_from_their_markdown(parts in vec((0..4_usize, "[a-zA-Z][a-zA-Z0-9 ]{0,20}[a-z]", vec("[ -~]{0,16}", 0..6)), 0..12)) {
        let blocks: Vec<Block> = parts
            .into_iter()
            .map(|(kind, words, lines)| match kind {
                0 => Block::Heading { level: 3, text: words },
                1 => Block::Code { lang: "rust".into(), text: lines.join("\n").trim_end_matches('\n').to_owned() },
                2 => Block::Paragraph { text: words },
                _ => Block::Other { text: format!("> {words}") },
            })
            .collect();
        prop_assert_eq!(markdown::blocks(&to_markdown(&blocks)), blocks);
    }

    #[test]
    fn no_beginning_of_a_reply_is_complete(case in select(cases::all()), cut in any::<prop::sample::Index>()) {
        let reply = &case.reply;
        let cut = reply.floor_char_boundary(cut.index(reply.len() + 1));
        let ended = reply[..cut].trim_end().ends_with(|_: char| reply[cut..].trim().trim_matches('`').trim().is_empty());
        let reading = reply::read(&markdown::blocks(&reply[..cut]), &case.expected_proof());
        // Words after the proof are not waited for.
        let proven = reply[..cut].contains(END) || ended;
        prop_assert!(reading.problem().is_some() || proven, "{}/{} is complete after {cut} bytes", case.category, case.name);
    }

    #[test]
    fn however_an_answer_comes_in_it_is_captured_once_and_the_same(pauses in vec(1.0..900.0_f64, 0..40)) {
        let markdown = format!("### FINDINGS\n\nf\n\n### DESIGN\n\nd\n\n### TASKS\n\nt\n\n```promptrunner\n{HEADER}\n{END}\n```\n");
        let blocks = markdown::blocks(&markdown);
        let mut watcher = Watcher::default();
        let mut now = Now { wall_ms: 1e12, monotonic_ms: 0.0 };
        let mut captured = Vec::new();
        let mut hear = |signal, now| {
            captured.extend(watcher.observe(signal, now).into_iter().filter(|action| matches!(action, Action::Capture { .. })));
        };
        hear(Signal::Expecting { expect: Some(expect(Phase::ANALYSIS)), part: false }, now);
        hear(Signal::Streaming { key: "k".into(), streaming: Some(true) }, now);
        for pause in pauses {
            now.monotonic_ms += pause;
            hear(Signal::Grew { key: "k".into() }, now);
            hear(Signal::Tick, now);
        }
        hear(Signal::Streaming { key: "k".into(), streaming: Some(false) }, now);
        for _ in 0..2 {
            hear(Signal::Read { key: "k".into(), blocks: blocks.clone(), busy: false, follows: true }, now);
        }
        prop_assert_eq!(captured.len(), 1);
        let Action::Capture { blocks: its, verdict, .. } = &captured[0] else { unreachable!("only captures were kept") };
        prop_assert_eq!((its, verdict.problem), (&blocks, None));
    }
}
