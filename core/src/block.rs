//! Blocks: the shape that a page's DOM and markdown have in common. The contract reader sees nothing else.

use serde::{Deserialize, Serialize};

/// One block of a reply, in document order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS))]
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
        /// The exact text, without a last line break.
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
pub fn to_markdown(blocks: &[Block]) -> String {
    let mut out = String::new();
    for block in blocks {
        if !out.is_empty() {
            out.push('\n');
        }
        match block {
            Block::Heading { level, text } => {
                out.extend(std::iter::repeat_n('#', usize::from((*level).clamp(1, 6))));
                out.push(' ');
                out.push_str(text);
                out.push('\n');
            }
            Block::Code { lang, text } => {
                let fence = "`".repeat(longest_run(text).max(2) + 1);
                for part in [&fence, lang, "\n", text, "\n", &fence, "\n"] {
                    out.push_str(part);
                }
            }
            Block::Paragraph { text } | Block::Other { text } => {
                out.push_str(text);
                out.push('\n');
            }
        }
    }
    out
}

/// The longest run of backticks: the fence around the text must be longer.
fn longest_run(text: &str) -> usize {
    text.split(|ch| ch != '`').map(str::len).max().unwrap_or(0)
}
