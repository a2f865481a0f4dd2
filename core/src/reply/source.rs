//! A reply as the reader sees it: its blocks, and the text in which each has its place. What stands in a body is taken from that text,
//! never put together from the blocks.

use crate::block::{self, Block};
use std::ops::Range;

/// A text and its blocks.
pub(super) struct Source {
    pub(super) text: String,
    pub(super) parts: Vec<Part>,
    /// The text was written anew from what a page shows.
    pub(super) drawn: bool,
}

/// A block and its place.
#[derive(Clone)]
pub(super) struct Part {
    pub(super) block: Block,
    /// `None` where it was taken out of another block, with the indentation taken away.
    pub(super) place: Option<Range<usize>>,
}

impl Source {
    /// Of blocks whose source nobody has.
    pub(super) fn of_blocks(blocks: &[Block]) -> Self {
        let (text, places) = block::placed(blocks);
        let part = |(block, place): (&Block, _)| Part { block: block.clone(), place: Some(place) };
        Self { text, parts: blocks.iter().zip(places).map(part).collect(), drawn: true }
    }

    /// Of a markdown text.
    #[cfg(feature = "native")]
    pub(super) fn of_markdown(text: String) -> Self {
        let part = |(block, place)| Part { block, place: Some(place) };
        Self { parts: crate::markdown::parts(&text).into_iter().map(part).collect(), text, drawn: false }
    }

    /// The same text in other parts.
    #[cfg(feature = "native")]
    pub(super) fn with(&self, parts: Vec<Part>) -> Self {
        Self { text: self.text.clone(), parts, drawn: self.drawn }
    }

    /// What a block was written as.
    pub(super) fn slice(&self, part: &Part) -> &str {
        part.place.clone().and_then(|place| self.text.get(place)).unwrap_or_default()
    }

    /// What stands between two blocks, without the indentation that the first has. Where one of those between has no place of its own,
    /// they are written anew.
    pub(super) fn between(&self, head: usize, end: usize) -> String {
        let parts = self.parts.get(head + 1..end).unwrap_or_default();
        let begins = self.parts.get(head).and_then(|part| part.place.clone());
        let ends = match self.parts.get(end) {
            Some(part) => part.place.clone().map(|place| place.start),
            None => Some(self.text.len()),
        };
        let (Some(begins), Some(ends)) = (begins, ends) else { return anew(parts) };
        if parts.iter().any(|part| part.place.is_none()) {
            return anew(parts);
        }
        let text = self.text.get(begins.end..ends).unwrap_or_default();
        let indent = self.indent(begins.start);
        let text = without_blank_lines(text);
        if indent == 0 { text.to_owned() } else { outdented(text, indent) }
    }

    /// How many blanks stand before a block in its line.
    fn indent(&self, at: usize) -> usize {
        let begins = self.line_of(at);
        let line = self.text.get(begins..).unwrap_or_default();
        if begins == at || self.text.get(begins..at).is_some_and(|before| before.trim().is_empty()) {
            line.len() - line.trim_start_matches(' ').len()
        } else {
            0
        }
    }

    /// Where the line begins in which this is.
    pub(super) fn line_of(&self, at: usize) -> usize {
        self.text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |end| end + 1)
    }
}

fn anew(parts: &[Part]) -> String {
    without_blank_lines(&block::to_markdown(parts.iter().map(|part| &part.block))).to_owned()
}

/// A text without the blank lines at its beginning and without what cannot be seen at its end.
fn without_blank_lines(text: &str) -> &str {
    let text = text.trim_end();
    let visible = text.len() - text.trim_start().len();
    let begins = text.get(..visible).and_then(|blank| blank.rfind('\n')).map_or(0, |at| at + 1);
    text.get(begins..).unwrap_or_default()
}

fn outdented(text: &str, indent: usize) -> String {
    let blanks = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let lines = text.split('\n').map(|line| line.get(blanks(line).min(indent)..).unwrap_or_default());
    lines.collect::<Vec<_>>().join("\n")
}
