//! What the reader makes of a list of blocks; complete replies as texts are in tests/replies.

use super::*;

fn expect() -> Expect {
    Expect::known(SessionId::parse("20261122_141129_1a2b3c4d").unwrap(), Phase::ANALYSIS, "0123456789abcdef".into())
}

fn heading(text: &str) -> Block {
    Block::Heading { level: 2, text: text.into() }
}

fn code(text: &str) -> Block {
    Block::Code { lang: String::new(), text: text.into() }
}

fn trailer(nonce: &str) -> Block {
    code(&format!(
        "PROMPT-RUNNER/1 20261122_141129_1a2b3c4d analysis {nonce}\nsection: FINDINGS\nsection: DESIGN\nsection: TASKS\nPROMPT-RUNNER/END {nonce}"
    ))
}

fn whole() -> Vec<Block> {
    vec![
        heading("FINDINGS"),
        code("f"),
        heading("DESIGN"),
        code("d"),
        heading("TASKS"),
        code("t"),
        trailer("0123456789abcdef"),
    ]
}

#[test]
fn a_reply_to_the_letter_is_complete_and_has_no_oddities() {
    let reading = read(&whole(), &expect());
    assert_eq!(reading.problem(), None);
    assert_eq!(reading.oddities, []);
    assert_eq!(reading.sections.iter().map(|section| section.text.as_str()).collect::<Vec<_>>(), ["f", "d", "t"]);
}

#[test]
fn a_reply_cut_anywhere_is_never_complete() {
    for cut in 0..whole().len() {
        assert!(read(&whole()[..cut], &expect()).problem().is_some(), "cut after {cut} blocks");
    }
}

#[test]
fn a_section_of_which_the_page_lacks_a_part_is_never_whole() {
    let mut blocks = whole();
    blocks.insert(4, Block::Other { text: crate::block::GAP.into() });
    let reading = read(&blocks, &expect());
    assert_eq!(reading.problem(), Some(Problem::SectionMissing));
    let states: Vec<_> = reading.sections.iter().map(|section| section.state).collect();
    assert_eq!(states, [SectionState::Ok, SectionState::Cut, SectionState::Ok]);
}

#[test]
fn another_nonce_is_foreign_and_a_quoted_trailer_is_nothing() {
    let mut blocks = whole();
    blocks[6] = trailer("fedcba9876543210");
    assert_eq!(read(&blocks, &expect()).problem(), Some(Problem::Foreign));
    blocks[6] = code(
        "An example:\nPROMPT-RUNNER/1 20261122_141129_1a2b3c4d analysis 0123456789abcdef\nPROMPT-RUNNER/END 0123456789abcdef",
    );
    assert_eq!(read(&blocks, &expect()).trailer, Trailer::Absent);
}

#[test]
fn harmless_shapes_are_read_and_named() {
    for (shape, first) in [
        ("numbered", heading("1. FINDINGS")),
        ("lower case", heading("Findings:")),
        ("bold", Block::Paragraph { text: "**FINDINGS**".into() }),
        ("bullet", Block::Paragraph { text: "● FINDINGS".into() }),
        ("list item", Block::Other { text: "1. FINDINGS".into() }),
    ] {
        let mut blocks = whole();
        blocks[0] = first;
        let reading = read(&blocks, &expect());
        assert_eq!(reading.problem(), None, "{shape}");
        assert_eq!(reading.oddities, [Oddity::HeadingStyle], "{shape}");
    }
    let mut blocks = whole();
    blocks[6] = Block::Paragraph {
        text: "promptrunnerCopy PROMPT-RUNNER/1 20261122_141129_1a2b3c4d analysis 0123456789abcdef section: FINDINGS PROMPT-RUNNER/END 0123456789abcdef".into(),
    };
    assert_eq!(read(&blocks, &expect()).oddities, [Oddity::TrailerUnfenced]);
}

#[test]
fn an_echo_of_the_prompt_is_no_answer_and_does_not_spoil_one() {
    let mut blocks: Vec<_> =
        expect().sections.iter().flat_map(|name| [heading(name), code(&placeholder(name))]).collect();
    blocks.push(Block::Paragraph { text: "Write the answer in the chat itself.".into() });
    blocks.push(trailer("0123456789abcdef"));
    let echo = read(&blocks, &expect());
    assert_eq!(echo.problem(), Some(Problem::SectionMissing));
    assert!(echo.sections.iter().all(|section| section.state == SectionState::Missing), "{echo:?}");
    blocks.extend(whole());
    assert_eq!(read(&blocks, &expect()).problem(), None);
}

#[test]
fn two_different_texts_under_one_name_are_a_problem() {
    let mut blocks = whole();
    blocks.splice(2..2, [heading("FINDINGS"), code("other")]);
    assert_eq!(read(&blocks, &expect()).problem(), Some(Problem::SectionDuplicate));
}

#[test]
fn a_trailer_before_the_last_section_proves_nothing() {
    let mut blocks = whole();
    let proof = blocks.remove(6);
    blocks.insert(0, proof);
    assert_eq!(read(&blocks, &expect()).problem(), Some(Problem::Cut));
}
