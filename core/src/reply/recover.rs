//! Reads replies whose fences are broken: one without its end, with two of them, or ended early by a fence of the same length
//! inside it. From there on a renderer takes inside for outside. Seen as lines, such a reply still shows where its sections
//! begin; it is taken only if that leaves a single way to read it, and if it is complete.

use super::judge::as_it_stands;
use super::name::{section_start, start};
use super::source::{Part, Source};
use super::split::split;
use super::trailer::{is_header, parse_trailer};
use super::{Expect, Oddity, Reading, SectionState, section_named};
use crate::block::Block;
use crate::markdown::{self, fence};
use crate::name::Name;
use std::borrow::Cow;

/// Reads a reply as it stands, or, where that is not complete, mended.
pub(super) fn read(source: &Source, expect: &Expect) -> Reading {
    let reading = as_it_stands(source, expect);
    let complete = |reading: &Reading| reading.problem().is_none();
    let early = source.parts.iter().any(|part| ends_early(source, part));
    // A fence inside of a body may have ended it, but not where every body is one fence and nothing besides.
    let swallowed = source.parts.iter().any(|part| holds_fenced_trailer(&part.block));
    let sound = |reading: &Reading| complete(reading) && (!early || (is_to_the_letter(reading) && !swallowed));
    // What the page did not have is not found by reading in another way.
    if reading.empty || source.parts.iter().any(|part| part.block.has_gap()) || sound(&reading) {
        return reading;
    }
    let Some(split) = split(source, &expect.sections) else {
        return mended(source, expect).filter(complete).unwrap_or_else(|| doubted(reading));
    };
    let other = as_it_stands(&split, expect);
    if sound(&other) {
        return other;
    }
    let mended = mended(&split, expect).filter(complete);
    mended.unwrap_or_else(|| doubted(if complete(&other) { other } else { reading }))
}

/// A reading that may have taken inside for outside: a section in which a fence was left open ended where that one should have.
fn doubted(mut reading: Reading) -> Reading {
    if reading.problem().is_some() {
        return reading;
    }
    for section in &mut reading.sections {
        if section.state == SectionState::Ok && markdown::open_fence(&section.text).is_some() {
            section.state = SectionState::Cut;
        }
    }
    reading
}

/// A fence begins in this code and does not end in it: it may have ended the code, if that one's own is not longer. Of a page nobody
/// knows how long it was.
fn ends_early(source: &Source, part: &Part) -> bool {
    let Block::Code { text, .. } = &part.block else { return false };
    let own = fence(source.slice(part).lines().next().unwrap_or_default()).filter(|_| !source.drawn);
    markdown::open_fence(text).is_some_and(|(_, inner)| own.is_none_or(|(_, run, _)| inner >= run))
}

/// The fence of this trailer was taken for text: another one began before it.
fn holds_fenced_trailer(block: &Block) -> bool {
    matches!(block, Block::Code { text, .. } if fence(text.trim_start().lines().next().unwrap_or_default()).is_some())
        && parse_trailer(block).is_some()
}

fn is_to_the_letter(reading: &Reading) -> bool {
    !reading.oddities.iter().any(|oddity| matches!(oddity, Oddity::BodyUnfenced | Oddity::TalkLeftOut))
}

/// A reply seen as lines.
enum Line<'a> {
    /// A line of text, and whether it is one of code.
    Text(Cow<'a, str>, bool),
    /// The fence around a block of code that a page has drawn, and its label.
    Fence(&'a str),
    /// What begins a section.
    Head(Name),
}

fn lines<'a>(source: &'a Source, names: &[Name]) -> Vec<Line<'a>> {
    let mut out = Vec::new();
    for (at, part) in source.parts.iter().enumerate() {
        let is_head = start(&part.block, names).map(|start| Line::Head(start.name));
        match part.place.clone().filter(|_| !source.drawn) {
            Some(place) => {
                let next =
                    source.parts.get(at + 1).map_or(Some(source.text.len()), |next| Some(next.place.clone()?.start));
                let in_code = matches!(part.block, Block::Code { .. });
                let begins = if is_head.is_some() { place.end } else { source.line_of(place.start) };
                out.extend(is_head);
                written(source, begins..next.unwrap_or(place.end), in_code, names, &mut out);
            }
            None => drawn(part, is_head, names, &mut out),
        }
    }
    out
}

/// The lines of a place, as they were written.
fn written<'a>(
    source: &'a Source,
    place: std::ops::Range<usize>,
    in_code: bool,
    names: &[Name],
    out: &mut Vec<Line<'a>>,
) {
    let text = source.text.get(place).unwrap_or_default();
    for line in text.split_inclusive('\n') {
        // What is left of a line is the indentation of the next block.
        let Some(line) = line.strip_suffix('\n').or_else(|| Some(line).filter(|line| !line.trim().is_empty())) else {
            continue;
        };
        let head = if in_code { head(line, names) } else { None };
        out.push(head.map_or_else(|| Line::Text(line.into(), in_code), Line::Head));
    }
}

/// The lines that a page shows of a block.
fn drawn<'a>(part: &'a Part, is_head: Option<Line<'a>>, names: &[Name], out: &mut Vec<Line<'a>>) {
    if let Some(head) = is_head {
        out.push(head);
        return;
    }
    match &part.block {
        Block::Code { lang, text } => {
            out.push(Line::Fence(lang));
            let line = |line: &'a str| head(line, names).map_or_else(|| Line::Text(line.into(), true), Line::Head);
            out.extend(text.split('\n').map(line));
            out.push(Line::Fence(""));
        }
        Block::Heading { level, text } => {
            out.push(Line::Text(format!("{} {text}", "#".repeat(usize::from((*level).clamp(1, 6)))).into(), false));
        }
        Block::Paragraph { text } | Block::Other { text } => {
            out.extend(text.split('\n').map(|line| Line::Text(line.into(), false)));
        }
    }
    out.push(Line::Text("".into(), false));
}

/// The section that a line of code begins, if it turns out that its fence was broken: a heading, or a bold name.
fn head(line: &str, names: &[Name]) -> Option<Name> {
    let text = line.trim_start_matches(' ');
    if line.len() - text.len() > 3 || !text.starts_with(['#', '*']) {
        return None;
    }
    section_named(text, names).filter(|name| text.contains(name.as_str()))
}

/// The reading of a reply by its lines: every section once and in order, each in a fence, and the trailer once, at the end.
fn mended(source: &Source, expect: &Expect) -> Option<Reading> {
    let mut begun: Vec<Name> = Vec::new();
    for (name, _) in source.parts.iter().filter_map(|part| section_start(&part.block, &expect.sections)) {
        if begun.contains(&name) {
            return None;
        }
        begun.push(name);
    }
    let lines = lines(source, &expect.sections);
    let heads: Vec<(usize, Name)> = lines
        .iter()
        .enumerate()
        .filter_map(|(at, line)| if let Line::Head(name) = line { Some((at, *name)) } else { None })
        .collect();
    // A reply that stands in a fence as a whole may be an example of one.
    let begins = lines.iter().find(|line| matches!(line, Line::Head(_)) || mark(line).is_some());
    if !matches!(begins, Some(Line::Head(_))) || !heads.iter().map(|(_, name)| name).eq(&expect.sections) {
        return None;
    }
    let (trailer, proof, is_last) = trailer(&lines, expect)?;
    let ends = heads.iter().skip(1).map(|(at, _)| *at).chain([trailer]);
    let mut out = Vec::new();
    let mut in_code = true;
    let mut broken = 0;
    let mut left_open = false;
    for ((from, name), to) in heads.iter().zip(ends) {
        let Body { text, in_code: its, ends } = body(lines.get(from + 1..to)?, source.drawn)?;
        in_code &= its;
        broken += ends.abs_diff(1);
        left_open = ends == 0;
        out.push(Block::Heading { level: 3, text: (*name).into() });
        out.push(Block::Code { lang: String::new(), text });
    }
    // One body without its end and another with two of them is a section that is quoted, with its fence, in another.
    // Where the last one has no end and the text goes on after the trailer, that is quoted in it.
    if broken > 1 || (left_open && !is_last) {
        return None;
    }
    out.push(proof);
    let mut reading = as_it_stands(&Source::of_blocks(&out), expect);
    if !in_code {
        reading.note(Oddity::BodyUnfenced);
    }
    if !in_code && source.drawn {
        reading.note(Oddity::Rendered);
    }
    reading.note(Oddity::FenceBroken);
    Some(reading)
}

/// Where the one trailer of this prompt begins with its fence, the trailer, and whether nothing follows it but the end of that fence.
fn trailer(lines: &[Line<'_>], expect: &Expect) -> Option<(usize, Block, bool)> {
    let begins = |line: &Line| matches!(line, Line::Text(text, _) if is_header(text));
    let headers: Vec<usize> = (1..lines.len()).filter(|at| begins(&lines[*at])).collect();
    let mut found = None;
    for (number, at) in headers.iter().enumerate() {
        // Up to the next one at most, so that many of them are not read over and over.
        let end = headers.get(number + 1).copied().unwrap_or(lines.len());
        let until_fence = lines[*at..end].iter().map_while(|line| match line {
            Line::Text(text, _) if fence(text).is_none() => Some(text.as_ref()),
            _ => None,
        });
        let text = until_fence.collect::<Vec<_>>().join("\n");
        let block = Block::Code { lang: String::new(), text };
        let Some(proof) = parse_trailer(&block).filter(|proof| proof.answers(expect)) else { continue };
        if found.is_some() {
            return None;
        }
        let until = lines[at + block.text().split('\n').count()..].iter();
        // A page ends the fence around everything, whether it was ended or not.
        let mut rest = until.filter(|line| !is_blank(line) && !matches!(line, Line::Fence("")));
        let is_last = rest.next().is_none_or(is_bare) && rest.next().is_none();
        found = Some((*at, block, proof, is_last));
    }
    let (at, block, proof, is_last) = found?;
    (mark(&lines[at - 1]).is_some() && proof.ended).then_some((at - 1, block, is_last))
}

/// A body that began with its fence.
struct Body {
    text: String,
    /// All of it came through code.
    in_code: bool,
    /// How often its fence ends.
    ends: usize,
}

fn body(lines: &[Line<'_>], drawn: bool) -> Option<Body> {
    let begins = lines.iter().position(|line| !is_blank(line))?;
    let (_, outer, _) = mark(&lines[begins])?;
    let lines = &lines[begins + 1..];
    // Between the blocks of a page stand blank lines that nobody wrote.
    let blank = |line: &&Line| drawn && matches!(line, Line::Text(_, false)) && is_blank(line);
    let lines = &lines[lines.iter().take_while(blank).count()..];
    // From here on stands nothing but ends of fences.
    let tail = lines.iter().rposition(|line| !is_blank(line) && !is_bare(line)).map_or(0, |at| at + 1);
    let mut text: Vec<Cow<'_, str>> = Vec::new();
    let mut inner: Option<(char, usize)> = None;
    let mut in_code = true;
    let mut ends = 0;
    for (at, line) in lines.iter().enumerate() {
        let is_end = |(sign, run): (char, usize)| {
            mark(line).is_some_and(|(its, length, label)| {
                matches!(line, Line::Fence(_)) || (its == sign && length >= run && label.is_empty())
            })
        };
        // An end as long as the fence around everything ends that one, whatever was left open in it.
        let longer = |(_, run)| !drawn && run < outer && mark(line).is_some_and(|(_, length, _)| length >= outer);
        if at < tail && is_bare(line) && inner.is_some_and(longer) {
            return None;
        }
        match (inner, mark(line)) {
            (its, Some(_)) if at >= tail && its.is_none_or(longer) => {
                ends = lines[at..].iter().filter(|line| is_bare(line)).count();
                inner = None;
                break;
            }
            (Some(open), Some(_)) if is_end(open) => {
                text.push(as_written(line, &open.0.to_string().repeat(open.1)));
                inner = None;
            }
            (None, Some((sign, run, label))) => {
                text.push(as_written(line, &format!("{}{label}", sign.to_string().repeat(run))));
                inner = Some((sign, run));
            }
            _ => {
                let Line::Text(line, its) = line else {
                    return None;
                };
                // A code that a page took for prose has lost its spaces.
                if inner.is_some() && !its && drawn {
                    return None;
                }
                in_code &= *its || line.trim().is_empty();
                text.push(line.clone());
            }
        }
    }
    let mut text = text.join("\n");
    text.truncate(text.trim_end().len());
    inner.is_none().then_some(Body { text, in_code, ends })
}

/// The line of a fence; one that a page has drawn is not there any more.
fn as_written<'a>(line: &Line<'a>, drawn: &str) -> Cow<'a, str> {
    match line {
        Line::Text(text, _) => text.clone(),
        Line::Fence(_) | Line::Head(_) => drawn.to_owned().into(),
    }
}

fn is_blank(line: &Line<'_>) -> bool {
    matches!(line, Line::Text(text, _) if text.trim().is_empty())
}

/// The mark, length and label of a fence, whether it is one of a block or stands in a text.
fn mark<'a>(line: &'a Line<'_>) -> Option<(char, usize, &'a str)> {
    match line {
        Line::Fence(label) => Some(('`', 3, label)),
        Line::Text(text, _) => fence(text),
        Line::Head(_) => None,
    }
}

fn is_bare(line: &Line<'_>) -> bool {
    mark(line).is_some_and(|(_, _, label)| label.is_empty())
}
