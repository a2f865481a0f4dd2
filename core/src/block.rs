//! Blocks: the shape that a page's DOM and markdown have in common. The contract reader sees nothing else.

use crate::parted::{holds, parted};
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// A rule across the page, whatever it was written with.
pub const RULE: &str = "---";

/// Stands in the place of a part that the page shows and has no text of: a drawing, or lines of code that are not mounted.
pub const GAP: &str = "[not in the page]";

/// Stands where a message was cut and no other one shows how it went on.
pub const CUT: &str = "[cut here]";

/// One block of a reply, in document order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS, schemars::JsonSchema))]
#[serde(tag = "block", rename_all = "snake_case")]
pub enum Block {
    /// A heading line.
    Heading {
        /// 1 to 6.
        level: u8,
        /// Its text without markup.
        text: String,
    },
    /// A code block.
    Code {
        /// The language label, empty where there is none.
        lang: String,
        /// The exact text, without the blank lines at its end: some pages drop the last one, and nobody can say how many there were.
        text: String,
    },
    /// A paragraph; bold over the whole of it is kept as `**…**`.
    Paragraph {
        /// Its text.
        text: String,
    },
    /// A list, quote, table or anything else that is neither of the above, as markdown.
    Other {
        /// Its text.
        text: String,
    },
}

impl Block {
    /// Whether a part of it was not in the page, or was cut off.
    #[must_use]
    pub fn has_gap(&self) -> bool {
        matches!(self, Self::Other { text } if text == CUT || holds(text, GAP))
    }

    /// What it says.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Self::Heading { text, .. } | Self::Code { text, .. } | Self::Paragraph { text } | Self::Other { text } => {
                text
            }
        }
    }
}

/// The blocks as markdown that reads back as the same blocks.
#[must_use]
pub fn to_markdown<'a>(blocks: impl IntoIterator<Item = &'a Block>) -> String {
    placed(blocks).0
}

/// The same, and where each block stands in it.
pub(crate) fn placed<'a>(blocks: impl IntoIterator<Item = &'a Block>) -> (String, Vec<Range<usize>>) {
    let mut out = String::new();
    let mut places = Vec::new();
    for block in blocks {
        if !out.is_empty() {
            out.push('\n');
        }
        let begins = out.len();
        write(&mut out, block);
        places.push(begins..out.len());
    }
    (out, places)
}

/// Puts one more block at the end of a markdown text.
fn write(out: &mut String, block: &Block) {
    match block {
        Block::Heading { level, text } => {
            out.extend(std::iter::repeat_n('#', usize::from((*level).clamp(1, 6))));
            out.push(' ');
            out.push_str(text);
            out.push('\n');
        }
        Block::Code { lang, text } => {
            let fence = "`".repeat(longest_run(text).max(2) + 1);
            // Behind a tilde fence may stand what makes one of backticks no fence at all.
            let label = lang.split(['`', '\n', '\r']).next().unwrap_or_default();
            for part in [&fence, label, "\n", text, "\n", &fence, "\n"] {
                out.push_str(part);
            }
        }
        Block::Paragraph { text } | Block::Other { text } => {
            out.push_str(text);
            out.push('\n');
        }
    }
}

/// Tags or comments, and no words.
pub(crate) fn is_tags(text: &str) -> bool {
    let mut rest = text.trim();
    if rest.is_empty() {
        return false;
    }
    while !rest.is_empty() {
        let cdata = ["<![CDATA[", "]]>"].into_iter().find_map(|mark| rest.strip_prefix(mark));
        let tag = || {
            let tag = rest.strip_prefix('<')?;
            let opens = |ch: char| ch.is_ascii_alphabetic() || matches!(ch, '/' | '!' | '?');
            let (_, after) = parted(tag, if tag.starts_with("!--") { "-->" } else { ">" })?;
            // An address in angle brackets is a text.
            let name = tag.split(|ch: char| ch.is_whitespace() || matches!(ch, '>' | '/')).next()?;
            (tag.starts_with(opens) && !name.ends_with(':')).then_some(after)
        };
        let Some(after) = cdata.or_else(tag) else { return false };
        rest = after.trim_start();
    }
    true
}

/// The longest run of backticks: the fence around the text must be longer.
#[must_use]
pub fn longest_run(text: &str) -> usize {
    text.split(|ch| ch != '`').map(str::len).max().unwrap_or(0)
}
