//! Markdown to blocks, by a CommonMark parser: files, the clipboard and standard input come this way.

use crate::block::Block;
use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag};

/// The top-level blocks of a markdown text.
#[must_use]
pub fn blocks(markdown: &str) -> Vec<Block> {
    let source = markdown.trim_start_matches('\u{feff}').replace("\r\n", "\n");
    let mut events = Parser::new_ext(&source, Options::ENABLE_TABLES).into_offset_iter();
    let mut out = Vec::new();
    while let Some((event, range)) = events.next() {
        let Event::Start(tag) = event else {
            continue;
        };
        let inside = inside(&mut events);
        let whole = source[range].trim_end();
        out.push(match tag {
            Tag::Heading { level, .. } => Block::Heading { level: level as u8, text: inside.text.trim().to_owned() },
            Tag::CodeBlock(kind) => Block::Code {
                lang: match kind {
                    CodeBlockKind::Fenced(info) => info.split_whitespace().next().unwrap_or_default().to_owned(),
                    CodeBlockKind::Indented => String::new(),
                },
                text: inside.text.strip_suffix('\n').unwrap_or(&inside.text).to_owned(),
            },
            Tag::Paragraph if inside.is_bold() => Block::Paragraph { text: format!("**{}**", inside.text.trim()) },
            Tag::Paragraph => Block::Paragraph { text: whole.to_owned() },
            _ => Block::Other { text: whole.to_owned() },
        });
    }
    out
}

/// What a block holds: its text without markup, and how much of it is bold.
#[derive(Default)]
struct Inside {
    text: String,
    bold_bytes: usize,
}

impl Inside {
    fn is_bold(&self) -> bool {
        self.bold_bytes > 0 && self.bold_bytes == self.text.len()
    }
}

/// Reads on to the end of the block that was just begun.
fn inside<'a>(events: &mut impl Iterator<Item = (Event<'a>, std::ops::Range<usize>)>) -> Inside {
    let mut inside = Inside::default();
    let mut open = vec![false];
    for (event, _) in events {
        let piece = match event {
            Event::Start(tag) => {
                open.push(matches!(tag, Tag::Strong) || open.last() == Some(&true));
                continue;
            }
            Event::End(_) => {
                open.pop();
                if open.is_empty() {
                    break;
                }
                continue;
            }
            Event::Text(piece) | Event::Code(piece) | Event::Html(piece) | Event::InlineHtml(piece) => piece,
            Event::SoftBreak | Event::HardBreak => "\n".into(),
            _ => continue,
        };
        inside.text.push_str(&piece);
        if open.last() == Some(&true) {
            inside.bold_bytes += piece.len();
        }
    }
    inside
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::block::to_markdown;

    #[test]
    fn blocks_are_read_with_their_exact_text() {
        let text = "Hi **there**.\n\n## 1. DESIGN\n\n````markdown\na\n```rust\nfn x() {}\n```\n\n\tb\n````\n\n**NOTES**\n\n1. one\n2. two\n";
        let read = blocks(text);
        assert_eq!(
            read,
            [
                Block::Paragraph { text: "Hi **there**.".into() },
                Block::Heading { level: 2, text: "1. DESIGN".into() },
                Block::Code { lang: "markdown".into(), text: "a\n```rust\nfn x() {}\n```\n\n\tb".into() },
                Block::Paragraph { text: "**NOTES**".into() },
                Block::Other { text: "1. one\n2. two".into() },
            ]
        );
        assert_eq!(blocks(&to_markdown(&read)), read);
    }
}
