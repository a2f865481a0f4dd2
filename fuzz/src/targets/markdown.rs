//! Any text as markdown: its blocks hold no more than it holds, and code comes back from the markdown of its blocks to the letter.

use prompt_runner_core::block::{Block, RULE, to_markdown};
use prompt_runner_core::markdown::{blocks, ends_in_fence};

pub(super) fn check(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let read = blocks(&text);
    // A carriage return alone ends a line, too.
    let lines = text.split(['\n', '\r']).count();
    assert!(read.len() <= lines, "{} blocks of {lines} lines", read.len());
    let held: usize = read.iter().map(|block| block.text().len()).sum();
    // A rule is written anew, and so are the stars around a bold line.
    assert!(held <= text.len() + RULE.len().max("****".len()) * read.len(), "{held} bytes of {}", text.len());
    for block in &read {
        if let Block::Code { .. } = block {
            comes_back(block);
        }
    }
    // Read again, so that what is written of blocks is no surprise to the parser either.
    let _ = ends_in_fence(&to_markdown(&blocks(&to_markdown(&read))));
    comes_back(&Block::Code { lang: String::new(), text: text.replace('\r', "\n").trim_end_matches('\n').to_owned() });
}

/// The label is read without its escapes and written without them, so it may be another one then.
fn comes_back(code: &Block) {
    let written = to_markdown([code]);
    let read = blocks(&written);
    let [Block::Code { text, .. }] = read.as_slice() else { panic!("{read:?} of {written}") };
    assert_eq!(text, code.text(), "{written}");
}
