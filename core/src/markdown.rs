//! Markdown to blocks, by a CommonMark parser: files, the clipboard and standard input come this way. Each block knows its place, so
//! that what stands in a body can be taken as it was written.

mod mask;

use crate::block::{Block, RULE};
use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag};
use std::borrow::Cow;
use std::ops::Range;

/// The top-level blocks of a markdown text.
#[must_use]
pub fn blocks(markdown: &str) -> Vec<Block> {
    parts(&with_line_ends(markdown)).into_iter().map(|(block, _)| block).collect()
}

/// A text without a byte order mark, whose lines end with a line feed. A carriage return alone ends a line, too: left as it is, it and
/// the line end that is written after it would be read as one.
pub(crate) fn with_line_ends(markdown: &str) -> Cow<'_, str> {
    let source = markdown.trim_start_matches('\u{feff}');
    if source.contains('\r') { source.replace("\r\n", "\n").replace('\r', "\n").into() } else { source.into() }
}

/// The top-level blocks of a text that ends its lines so, and where each stands.
pub(crate) fn parts(source: &str) -> Vec<(Block, Range<usize>)> {
    let shown = mask::masked(source);
    let mut events = Parser::new_ext(&shown, Options::empty()).into_offset_iter();
    let mut out = Vec::new();
    let mut done = 0;
    while let Some((event, range)) = events.next() {
        tags(source, done..range.start, &mut out);
        done = range.end;
        let tag = match event {
            Event::Start(tag) => tag,
            Event::Rule => {
                out.push((Block::Other { text: RULE.to_owned() }, range));
                continue;
            }
            _ => continue,
        };
        let code = inside(source, &shown, &mut events);
        let whole = dedented(source, range.clone());
        let block = match tag {
            Tag::Heading { level, .. } => Block::Heading { level: level as u8, text: heading(&whole).to_owned() },
            Tag::CodeBlock(kind) => Block::Code {
                lang: match kind {
                    CodeBlockKind::Fenced(_) => label(&whole).to_owned(),
                    CodeBlockKind::Indented => String::new(),
                },
                text: code.trim_end_matches('\n').to_owned(),
            },
            Tag::Paragraph => Block::Paragraph { text: bold(&whole).unwrap_or(whole) },
            _ => Block::Other { text: whole },
        };
        out.push((block, range));
    }
    tags(source, done..source.len(), &mut out);
    out
}

/// Tags that stand alone between two blocks, which the parser does not get to see.
fn tags(source: &str, place: Range<usize>, out: &mut Vec<(Block, Range<usize>)>) {
    let text = source.get(place.clone()).unwrap_or_default();
    let begins = place.start + (text.len() - text.trim_start().len());
    let text = text.trim();
    if !text.is_empty() {
        out.push((Block::Other { text: text.to_owned() }, begins..begins + text.len()));
    }
}

/// What a heading says. Emphasis over the whole of it is style; any other markup is part of what was written.
fn heading(block: &str) -> &str {
    let text = match block.trim_end().rsplit_once('\n') {
        // Underlined.
        Some((text, _)) => text,
        None => {
            let text = block.trim_start_matches('#').trim();
            let open = text.trim_end_matches('#');
            if open.is_empty() || open.ends_with([' ', '\t']) { open } else { text }
        }
    };
    unmarked(text.trim())
}

/// A text without the emphasis, or the signs of code, that stand around the whole of it.
fn unmarked(text: &str) -> &str {
    let around = |mark: &str| {
        let inner = text.strip_prefix(mark)?.strip_suffix(mark)?;
        (!inner.is_empty() && !inner.contains(mark)).then_some(inner)
    };
    ["**", "__", "*", "_", "`"].into_iter().find_map(around).map_or(text, |inner| unmarked(inner.trim()))
}

/// All that stands behind the marks of a fence.
fn label(block: &str) -> &str {
    let first = block.lines().next().unwrap_or_default();
    fence(first).map_or("", |(_, _, label)| label)
}

/// A paragraph that is bold as a whole, written in the one way that the reader knows.
fn bold(text: &str) -> Option<String> {
    let inner = ["**", "__"].into_iter().find_map(|mark| {
        let inner = text.strip_prefix(mark)?.strip_suffix(mark)?;
        (!inner.trim().is_empty() && !inner.contains(mark)).then_some(inner)
    })?;
    Some(format!("**{}**", inner.trim()))
}

/// A block as it stands in the source, without the indentation that it has as a whole.
fn dedented(source: &str, range: Range<usize>) -> String {
    let begins = source[..range.start].rfind('\n').map_or(0, |at| at + 1);
    let indented = source[begins..range.start].bytes().all(|byte| byte == b' ');
    without_indent(source[if indented { begins } else { range.start }..range.end].trim_end())
}

/// A text without the blanks before its first line, and without as many before every other.
pub(crate) fn without_indent(text: &str) -> String {
    let spaces = |line: &str| line.len() - line.trim_start_matches(' ').len();
    match spaces(text) {
        0 => text.to_owned(),
        indent => text.split('\n').map(|line| &line[spaces(line).min(indent)..]).collect::<Vec<_>>().join("\n"),
    }
}

/// Whether a text ends inside a fence that was opened in it.
#[must_use]
pub fn ends_in_fence(text: &str) -> bool {
    open_fence(text).is_some()
}

/// The mark and the length of the fence that a text opens and does not end.
pub(crate) fn open_fence(text: &str) -> Option<(char, usize)> {
    let mut open = None;
    for line in text.lines() {
        match (open, fence(line)) {
            (None, Some((mark, length, _))) => open = Some((mark, length)),
            (Some((mark, length)), Some((its, run, ""))) if its == mark && run >= length => open = None,
            _ => {}
        }
    }
    open
}

/// Whether a text ends with a fence of four marks or more and the whole line that closes it. One of three may be an inner one.
#[must_use]
pub fn ends_with_fence_closed(markdown: &str) -> bool {
    let source = with_line_ends(markdown);
    let Some((Block::Code { .. }, place)) = parts(&source).pop().filter(|_| source.ends_with('\n')) else {
        return false;
    };
    // Code that is indented may show a fence.
    let line = source[..place.start].rfind('\n').map_or(0, |at| at + 1);
    let block = source[line..place.end].trim_end();
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

/// Reads on to the end of the block that was just begun: its code, as it was written.
fn inside<'a>(source: &str, shown: &str, events: &mut impl Iterator<Item = (Event<'a>, Range<usize>)>) -> String {
    let mut code = String::new();
    let mut open = 1;
    for (event, range) in events {
        match event {
            Event::Start(_) => open += 1,
            Event::End(_) => open -= 1,
            // A tab that is indentation in part is put there by the parser.
            Event::Text(piece) => code.push_str(if shown[range.clone()] == *piece { &source[range] } else { &piece }),
            _ => {}
        }
        if open == 0 {
            break;
        }
    }
    code
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
    fn a_fence_is_closed_by_a_whole_line_of_its_own_marks_at_the_end() {
        for closed in [
            "````\nx\n````\n",
            "````\r\nx\r\n````\r\n",
            "````\rx\r````\r",
            "~~~~~\nx\n~~~~~~\n",
            "  ````a\nx\n   ````  \n",
            "Some [text](x) | *and* `more`.\n\n````\n```\nx\n````\n\n",
            "| a |\n|---|\n````\nx\n````\n",
            "<script>a()</script>\n````\nx\n````\n",
            "- a\n\n````\nx\n````\n",
        ] {
            assert!(ends_with_fence_closed(closed), "{closed}");
        }
        for open in [
            "",
            "\n",
            "````",
            "````\n",
            "````\nx\n````",
            "```\nx\n```\n",
            "````\nx\n```\n",
            "````\nx\n~~~~\n",
            "````\nx\n````x\n",
            "````\nx\n    ````\n",
            "    ````\n    x\n    ````\n",
            "    ````\n    x\n\n   ````\n",
            "````\nx\n````\ny\n",
            "````\nx\n````\n---\n",
            "````\nx\n````\n<br>\n",
            "- ````\n  x\n  ````\n",
            "> ````\n> x\n> ````\n",
        ] {
            assert!(!ends_with_fence_closed(open), "{open}");
        }
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
