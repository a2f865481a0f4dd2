//! Replies of any kind into the contract reader. Two messages, parted by a form feed, are joined as a repair joins them.
//! Nothing proves itself without the nonce of its prompt, and what is complete is whole.

use super::{NONCE, PART, expect};
use prompt_runner_core::block::Block;
use prompt_runner_core::phase::Phase;
use prompt_runner_core::reply::{Expect, Reading, SectionState, Verdict, read};
use prompt_runner_core::{markdown, repair};

/// Of another prompt.
const STRANGE: &str = "fedcba9876543210";

pub(super) fn check(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let (first, second) = text.split_once(PART).unwrap_or((&text, ""));
    let (first, second) = (markdown::blocks(first), markdown::blocks(second));
    for phase in Phase::FULL {
        let expect = expect(phase);
        is_sound(&read(&first, &expect), &expect, &first);
        if !second.is_empty() {
            // The proof of the first is stale.
            is_sound(&read(&repair::join(&first, &second, &expect), &expect), &expect, &second);
            is_sound(&read(&repair::replace_sections(&first, &second, &expect), &expect), &expect, &second);
        }
    }
}

/// What holds of every reading; the proof, if there is one, stands in `proving`.
fn is_sound(reading: &Reading, expect: &Expect, proving: &[Block]) {
    assert!(reading.sections.iter().map(|section| section.name).eq(expect.sections.iter().copied()));
    let verdict = reading.verdict();
    let json = serde_json::to_string(&verdict).expect("a verdict is JSON");
    assert_eq!(serde_json::from_str::<Verdict>(&json).ok().as_ref(), Some(&verdict));
    if reading.problem().is_some() {
        return;
    }
    for section in &reading.sections {
        assert!(section.state == SectionState::Ok && !section.text.trim().is_empty(), "{section:?}");
    }
    assert!(proving.iter().any(|block| expect.is_in(block.text())), "complete without the nonce");
    let strange: Vec<Block> =
        proving.iter().map(|block| with_text(block, block.text().replace(NONCE, STRANGE))).collect();
    assert!(read(&strange, expect).problem().is_some(), "complete with another nonce");
}

fn with_text(block: &Block, text: String) -> Block {
    match block.clone() {
        Block::Heading { level, .. } => Block::Heading { level, text },
        Block::Code { lang, .. } => Block::Code { lang, text },
        Block::Paragraph { .. } => Block::Paragraph { text },
        Block::Other { .. } => Block::Other { text },
    }
}
