//! Takes blocks apart that hold what should stand in blocks of its own: a section name with its text behind it, a list of sections, a
//! trailer right under a text or broken into paragraphs. It is tried only where a reply is not complete without it.

use super::name::{is_alone, start};
use super::source::{Part, Source};
use super::trailer::{is_header, is_line, is_placeholder, parse};
use crate::block::Block;
use crate::markdown::{self, fence};
use crate::name::Name;
use std::ops::Range;

/// A trailer that is broken into paragraphs has not more of them.
const PIECES: usize = 12;

/// The same reply in more blocks, if there is anything to take apart.
pub(super) fn split(source: &Source, names: &[Name]) -> Option<Source> {
    // The prompt itself says in a list what its sections are, and its echo is no answer.
    let is_echo = |part: &Part| names.iter().any(|name| is_placeholder(&part.block, name));
    if source.parts.iter().any(is_echo) {
        return None;
    }
    let mut out = Vec::new();
    let mut changed = false;
    let mut at = 0;
    while let Some(part) = source.parts.get(at) {
        at += 1;
        let pieces = trailer_in_pieces(source, at - 1);
        if let Some((trailer, count)) = pieces {
            out.push(trailer);
            at += count;
            changed = true;
            continue;
        }
        match apart(source, part, names) {
            Some(parts) => {
                out.extend(parts);
                changed = true;
            }
            None => out.push(part.clone()),
        }
    }
    changed.then(|| source.with(out))
}

fn apart(source: &Source, part: &Part, names: &[Name]) -> Option<Vec<Part>> {
    let place = part.place.clone()?;
    match &part.block {
        Block::Paragraph { .. } => paragraph(source, place, names),
        Block::Other { .. } => list(source.slice(part), names).or_else(|| under(source, place)),
        Block::Heading { .. } | Block::Code { .. } => None,
    }
}

/// The lines of a place, each with where it stands.
fn lines(source: &Source, place: Range<usize>) -> impl Iterator<Item = (&str, Range<usize>)> {
    let mut at = place.start;
    source.text[place].split_inclusive('\n').map(move |line| {
        let begins = at;
        at += line.len();
        (line.trim_end_matches('\n'), begins..at)
    })
}

/// A paragraph with lines that begin sections, and with a trailer for its last ones.
fn paragraph(source: &Source, place: Range<usize>, names: &[Name]) -> Option<Vec<Part>> {
    let end = place.end;
    let trailer = tail(source, place.clone());
    let text_ends = trailer.unwrap_or(end);
    let mut out = Vec::new();
    let mut body = place.start;
    for (line, its) in lines(source, place.start..text_ends) {
        let head = Block::Paragraph { text: line.trim().to_owned() };
        let (head, name_ends) = if is_marked(&head, names) {
            (head, its.end)
        } else if let Some((name, length)) = inline(line, names) {
            (Block::Paragraph { text: name.to_owned() }, its.start + length)
        } else {
            continue;
        };
        out.extend(text(source, body..its.start));
        out.push(Part { block: head, place: Some(its.start..name_ends) });
        body = name_ends;
    }
    if out.is_empty() && trailer.is_none() {
        return None;
    }
    out.extend(text(source, body..text_ends));
    out.extend(trailer.and_then(|at| text(source, at..end)));
    (out.len() > 1).then_some(out)
}

/// A list or quote with a trailer right under its text.
fn under(source: &Source, place: Range<usize>) -> Option<Vec<Part>> {
    let at = tail(source, place.clone())?;
    let above = Block::Other { text: source.text[place.start..at].trim_end().to_owned() };
    let above = Part { block: above, place: Some(place.start..at) };
    Some([Some(above), text(source, at..place.end)].into_iter().flatten().collect())
}

/// Where the lines of a trailer begin that are the last ones of a text.
fn tail(source: &Source, place: Range<usize>) -> Option<usize> {
    let all: Vec<_> = lines(source, place.clone()).collect();
    let first = all.iter().rposition(|(line, _)| !is_line(line)).map_or(0, |at| at + 1);
    let header = first + all.iter().skip(first).position(|(line, _)| is_header(line))?;
    let opens = header.checked_sub(1).filter(|above| opens_trailer(all[*above].0));
    let begins = all[opens.unwrap_or(header)].1.start;
    (begins > place.start).then_some(begins)
}

/// Whether a line opens the fence of a trailer, and does not end one of the text above: it has its label, or begins an item.
fn opens_trailer(line: &str) -> bool {
    let bare = line
        .trim_start_matches(|ch: char| matches!(ch, ' ' | '>' | '-' | '*' | '+' | '.' | ')') || ch.is_ascii_digit());
    let marks = line.get(..line.len() - bare.len()).unwrap_or_default();
    fence(bare).is_some_and(|(_, _, label)| label.starts_with("prompt") || marks.contains(['-', '*', '+', '.', ')']))
}

fn text(source: &Source, place: Range<usize>) -> Option<Part> {
    let text = source.text.get(place.clone())?.trim();
    (!text.is_empty()).then(|| Part { block: Block::Paragraph { text: text.to_owned() }, place: Some(place) })
}

/// The trailer that begins here and goes on in the next paragraphs, and in how many.
fn trailer_in_pieces(source: &Source, at: usize) -> Option<(Part, usize)> {
    let begins = &source.parts[at];
    let place = begins.place.clone()?;
    if matches!(begins.block, Block::Code { .. } | Block::Heading { .. }) || parse(begins.block.text())?.ended {
        return None;
    }
    for (count, next) in source.parts[at + 1..].iter().take(PIECES).enumerate() {
        let text = next.block.text();
        if matches!(next.block, Block::Code { .. }) || is_header(text) || !text.lines().all(is_line) {
            return None;
        }
        let place = place.start..next.place.clone()?.end;
        let whole = source.text.get(place.clone())?;
        if parse(whole)?.ended {
            let block = Block::Paragraph { text: whole.trim().to_owned() };
            return Some((Part { block, place: Some(place) }, count + 1));
        }
    }
    None
}

/// The bold name that a line begins with, and where its text begins: `**NAME:** text`.
fn inline<'a>(line: &'a str, names: &[Name]) -> Option<(&'a str, usize)> {
    let bare = line.trim_start();
    let mark = ["**", "__"].into_iter().find(|mark| bare.starts_with(mark))?;
    let length = bare[2..].find(mark)? + 4;
    let (name, rest) = bare.split_at(length);
    let is_joint = |ch: char| matches!(ch, ':' | '：' | '-' | '–' | '—');
    let inner = name.trim_matches(['*', '_']).trim_end();
    let text = rest.trim_start().trim_start_matches(is_joint).trim_start();
    let joined = inner.ends_with(is_joint) || rest.trim_start().starts_with(is_joint);
    (joined && !text.is_empty() && is_alone(inner, names)).then_some((name, line.len() - text.len()))
}

/// A list of which every item is a section, with its body inside the item.
fn list(text: &str, names: &[Name]) -> Option<Vec<Part>> {
    let mut out: Vec<Part> = Vec::new();
    let mut body = String::new();
    let mut indent = 0;
    let own = |block: Block| Part { block, place: None };
    for line in text.lines() {
        let bare = line.trim_start_matches(' ');
        if line.len() - bare.len() >= 2.max(indent) && indent > 0 || bare.is_empty() {
            body.push_str(line.get(indent..).unwrap_or_default());
            body.push('\n');
            continue;
        }
        let marker = bare.find(' ')? + 1;
        let head = Block::Other { text: line.to_owned() };
        let inline = if is_marked(&head, names) { None } else { Some(inline(bare.get(marker..)?, names)?) };
        out.extend(markdown::blocks(&std::mem::take(&mut body)).into_iter().map(own));
        indent = marker;
        match inline {
            None => out.push(own(head)),
            Some((name, length)) => {
                out.push(own(Block::Paragraph { text: name.to_owned() }));
                body.push_str(bare.get(marker + length..)?);
                body.push('\n');
            }
        }
    }
    out.extend(markdown::blocks(&body).into_iter().map(own));
    // Names alone are a table of contents.
    let is_name = |part: &Part| start(&part.block, names).is_some();
    (out.len() > 1 && !out.iter().all(is_name)).then_some(out)
}

/// Begins a section whose name stands there in capitals, and not alone.
fn is_marked(block: &Block, names: &[Name]) -> bool {
    start(block, names).is_some_and(|start| start.capital && start.name != block.text().trim())
}
