//! Markdown to blocks, by a CommonMark parser: files, the clipboard and standard input come this way.

use crate::block::{Block, RULE};
use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag};

/// The top-level blocks of a markdown text.
#[must_use]
pub fn blocks(markdown: &str) -> Vec<Block> {
    // A carriage return alone ends a line, too: left as it is, it and the line end that is written after it would be read as one.
    let source = markdown.trim_start_matches('\u{feff}').replace("\r\n", "\n").replace('\r', "\n");
    let mut events = Parser::new_ext(&source, Options::ENABLE_TABLES).into_offset_iter();
    let mut out = Vec::new();
    while let Some((event, range)) = events.next() {
        let tag = match event {
            Event::Start(tag) => tag,
            Event::Rule => {
                out.push(Block::Other { text: RULE.to_owned() });
                continue;
            }
            _ => continue,
        };
        let inside = inside(&mut events);
        let whole = dedented(&source, range);
        out.push(match tag {
            Tag::Heading { level, .. } => Block::Heading { level: level as u8, text: inside.text.trim().to_owned() },
            Tag::CodeBlock(kind) => Block::Code {
                lang: match kind {
                    CodeBlockKind::Fenced(info) => info.split_whitespace().next().unwrap_or_default().to_owned(),
                    CodeBlockKind::Indented => String::new(),
                },
                text: inside.text.trim_end_matches('\n').to_owned(),
            },
            Tag::Paragraph if inside.is_bold() => Block::Paragraph { text: format!("**{}**", inside.text.trim()) },
            Tag::Paragraph => Block::Paragraph { text: whole },
            _ => Block::Other { text: whole },
        });
    }
    out
}

/// A block as it stands in the source, without the indentation that it has as a whole.
fn dedented(source: &str, range: std::ops::Range<usize>) -> String {
    let begins = source[..range.start].rfind('\n').map_or(0, |at| at + 1);
    let indented = source[begins..range.start].bytes().all(|byte| byte == b' ');
    let block = source[if indented { begins } else { range.start }..range.end].trim_end();
    let spaces = |line: &str| line.len() - line.trim_start_matches(' ').len();
    match spaces(block) {
        0 => block.to_owned(),
        indent => block.split('\n').map(|line| &line[spaces(line).min(indent)..]).collect::<Vec<_>>().join("\n"),
    }
}

/// Whether a text ends inside a fence that was opened in it.
#[must_use]
pub fn ends_in_fence(text: &str) -> bool {
    let mut open = None;
    for line in text.lines() {
        match (open, fence(line)) {
            (None, Some(begins)) => open = Some(begins),
            (Some((mark, length, _)), Some((its, run, ""))) if its == mark && run >= length => open = None,
            _ => {}
        }
    }
    open.is_some()
}

/// Whether a text ends with a fence of four marks or more and the whole line that closes it. One of three may be an inner one.
#[must_use]
pub fn ends_with_fence_closed(markdown: &str) -> bool {
    let source = markdown.replace("\r\n", "\n").replace('\r', "\n");
    let mut depth = 0;
    let mut last = None;
    for (event, range) in Parser::new_ext(&source, Options::ENABLE_TABLES).into_offset_iter() {
        match event {
            Event::Start(tag) => {
                if depth == 0 {
                    last = matches!(tag, Tag::CodeBlock(CodeBlockKind::Fenced(_))).then_some(range);
                }
                depth += 1;
            }
            Event::End(_) => depth -= 1,
            _ if depth == 0 => last = None,
            _ => {}
        }
    }
    let Some(range) = last.filter(|range| source[range.start..].contains('\n') && source.ends_with('\n')) else {
        return false;
    };
    let block = source[range].trim_end();
    let ends =
        block.split_once('\n').and_then(|(begins, rest)| Some((fence(begins)?, fence(rest.lines().next_back()?)?)));
    matches!(ends, Some(((mark, run, _), (its, length, ""))) if run >= 4 && its == mark && length >= run)
}

/// The mark, the length and the label of the fence that a line is.
pub(crate) fn fence(line: &str) -> Option<(char, usize, &str)> {
    let bare = line.trim_start_matches(' ');
    let mark = bare.chars().next().filter(|mark| matches!(mark, '`' | '~'))?;
    let label = bare.trim_start_matches(mark);
    let run = bare.len() - label.len();
    let label = label.trim();
    (run >= 3 && line.len() - bare.len() <= 3 && !(mark == '`' && label.contains('`'))).then_some((mark, run, label))
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

    #[test]
    fn code_comes_back_to_the_letter_whatever_its_label_and_its_end() {
        for (text, label, code) in [
            ("~~~ a`b\nx\n~~~\n", "a", "x"),
            ("~~~ `\nx\n~~~\n", "", "x"),
            ("```\nx\r", "", "x"),
            ("```\nx\r\r\ny\rz\r\n```", "", "x\n\ny\nz"),
        ] {
            let written = to_markdown(&blocks(text));
            assert_eq!(blocks(&written), [Block::Code { lang: label.into(), text: code.into() }], "{text}");
        }
    }
}
