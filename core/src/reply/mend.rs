//! Reads replies whose fences are broken: one without its end, with two of them, or ended early by a fence of the same length
//! inside it. From there on a renderer takes inside for outside. Seen as lines, such a reply still shows where its sections
//! begin; it is taken only if that leaves a single way to read it, and if it is complete.

use super::marks::{Proof, parse_trailer, section_start};
use super::{Expect, Oddity, Reading, as_it_stands, section_named};
use crate::block::Block;
use crate::markdown::{self, fence};
use crate::phase::Phase;
use std::borrow::Cow;

/// Reads a reply as it stands, or, where that is not complete, mended.
pub(super) fn read(blocks: &[Block], expect: &Expect) -> Reading {
    let reading = as_it_stands(blocks, expect);
    let complete = |reading: &Reading| reading.problem().is_none();
    let sound = !blocks.iter().any(ends_early);
    // What the page did not have is not found by reading in another way.
    if reading.empty || blocks.iter().any(Block::has_gap) || (sound && complete(&reading)) {
        return reading;
    }
    let Some(split) = split(blocks, expect.phase) else {
        return mended(blocks, expect).filter(complete).unwrap_or(reading);
    };
    let other = as_it_stands(&split, expect);
    if sound && complete(&other) {
        return other;
    }
    let mended = mended(&split, expect);
    [mended, Some(other)].into_iter().flatten().find(complete).unwrap_or(reading)
}

/// A fence begins in this code and does not end in it: it may have ended the code.
fn ends_early(block: &Block) -> bool {
    matches!(block, Block::Code { text, .. } if markdown::ends_in_fence(text))
}

/// The reply with those blocks in parts that hold section names and bodies in one, if there are any: a paragraph that goes on
/// under a bold name, a list of sections.
fn split(blocks: &[Block], phase: Phase) -> Option<Vec<Block>> {
    let parts = |block: &Block| match block {
        Block::Paragraph { text } => paragraph(text, phase),
        Block::Other { text } => list(text, phase),
        Block::Heading { .. } | Block::Code { .. } => None,
    };
    let first = blocks.iter().position(|block| parts(block).is_some())?;
    let mut out = blocks[..first].to_vec();
    for block in &blocks[first..] {
        match parts(block) {
            Some(parts) => out.extend(parts),
            None => out.push(block.clone()),
        }
    }
    Some(out)
}

fn paragraph(text: &str, phase: Phase) -> Option<Vec<Block>> {
    let (first, rest) = text.split_once('\n')?;
    let first = Block::Paragraph { text: first.trim_end().to_owned() };
    is_capital(&first, phase).then(|| vec![first, Block::Paragraph { text: rest.trim_start().to_owned() }])
}

/// A list of which every item is a section, with its body inside the item.
fn list(text: &str, phase: Phase) -> Option<Vec<Block>> {
    let mut out = Vec::new();
    let mut body = String::new();
    let mut indent = 0;
    for line in text.lines() {
        let inner = line.trim_start_matches(' ');
        if line.len() - inner.len() >= 2.max(indent) && indent > 0 || inner.is_empty() {
            body.push_str(line.get(indent..).unwrap_or_default());
            body.push('\n');
            continue;
        }
        let head = Block::Other { text: line.to_owned() };
        if !is_capital(&head, phase) {
            return None;
        }
        out.extend(markdown::blocks(&std::mem::take(&mut body)));
        indent = inner.find(' ')? + 1;
        out.push(head);
    }
    out.extend(markdown::blocks(&body));
    (out.len() > 1).then_some(out)
}

/// Begins a section whose name stands there in capitals, and not alone.
fn is_capital(block: &Block, phase: Phase) -> bool {
    section_start(block, phase).is_some_and(|(name, _)| block.text().contains(name) && block.text().trim() != name)
}

/// A reply seen as lines.
enum Line<'a> {
    /// A line of text, and whether it is exact: what came through code is, what came through a paragraph may have lost spaces.
    Text(Cow<'a, str>, bool),
    /// The fence around a block of code, and its label.
    Fence(&'a str),
    /// What begins a section.
    Head(&'static str),
}

fn lines(blocks: &[Block], phase: Phase) -> Vec<Line<'_>> {
    let mut out = Vec::new();
    for block in blocks {
        if let Some((name, _)) = section_start(block, phase) {
            out.push(Line::Head(name));
            continue;
        }
        match block {
            Block::Code { lang, text } => {
                out.push(Line::Fence(lang));
                out.extend(
                    text.split('\n')
                        .map(|line| head(line, phase).map_or_else(|| Line::Text(line.into(), true), Line::Head)),
                );
                out.push(Line::Fence(""));
            }
            Block::Heading { level, text } => {
                out.push(Line::Text(format!("{} {text}", "#".repeat(usize::from(*level))).into(), false));
            }
            Block::Paragraph { text } | Block::Other { text } => {
                out.extend(text.split('\n').map(|line| Line::Text(line.into(), false)));
            }
        }
        out.push(Line::Text("".into(), false));
    }
    out
}

/// The section that a line of code begins, if it turns out that its fence was broken: a heading, or a bold name.
fn head(line: &str, phase: Phase) -> Option<&'static str> {
    let text = line.trim_start_matches(' ');
    if line.len() - text.len() > 3 || !text.starts_with(['#', '*']) {
        return None;
    }
    section_named(text, phase).filter(|name| text.contains(name))
}

/// The reading of a reply by its lines: every section once and in order, each in a fence, and the trailer once, at the end.
fn mended(blocks: &[Block], expect: &Expect) -> Option<Reading> {
    let mut begun: Vec<&str> = Vec::new();
    for (name, _) in blocks.iter().filter_map(|block| section_start(block, expect.phase)) {
        if begun.contains(&name) {
            return None;
        }
        begun.push(name);
    }
    let lines = lines(blocks, expect.phase);
    let heads: Vec<(usize, &'static str)> = lines
        .iter()
        .enumerate()
        .filter_map(|(at, line)| if let Line::Head(name) = line { Some((at, *name)) } else { None })
        .collect();
    // A reply that stands in a fence as a whole may be an example of one.
    let begins = lines.iter().find(|line| matches!(line, Line::Fence(_) | Line::Head(_)));
    if !matches!(begins, Some(Line::Head(_))) || !heads.iter().map(|(_, name)| name).eq(expect.phase.sections()) {
        return None;
    }
    let (trailer, proof) = trailer(&lines, expect)?;
    let ends = heads.iter().skip(1).map(|(at, _)| *at).chain([trailer]);
    let mut out = Vec::new();
    let mut exact = true;
    let mut broken = 0;
    for ((from, name), to) in heads.iter().zip(ends) {
        let Body { text, exact: its, ends } = body(lines.get(from + 1..to)?)?;
        exact &= its;
        broken += ends.abs_diff(1);
        out.push(Block::Heading { level: 3, text: (*name).to_owned() });
        out.push(Block::Code { lang: String::new(), text });
    }
    // One body without its end and another with two of them is a section that is quoted, with its fence, in another.
    if broken > 1 {
        return None;
    }
    out.push(proof);
    let mut reading = as_it_stands(&out, expect);
    if !exact {
        reading.oddities.push(Oddity::BodyUnfenced);
    }
    reading.oddities.push(Oddity::FenceBroken);
    Some(reading)
}

/// Where the one trailer of this prompt begins with its fence, and the trailer.
fn trailer(lines: &[Line<'_>], expect: &Expect) -> Option<(usize, Block)> {
    let parse = |at: usize| -> Option<(Block, Proof)> {
        let until_fence = lines[at..].iter().map_while(|line| match line {
            Line::Text(text, _) if fence(text).is_none() => Some(text.as_ref()),
            _ => None,
        });
        let block: Vec<&str> = until_fence.collect();
        let block = Block::Code { lang: String::new(), text: block.join("\n") };
        let proof = parse_trailer(&block).filter(|proof| proof.answers(expect))?;
        Some((block, proof))
    };
    let begins = |line: &Line| matches!(line, Line::Text(text, _) if text.trim_start().starts_with("PROMPT-RUNNER/1"));
    let mut found = (1..lines.len()).filter(|at| begins(&lines[*at])).filter_map(|at| Some((at, parse(at)?)));
    let (at, (block, proof)) = found.next()?;
    let fenced = match &lines[at - 1] {
        Line::Fence(_) => true,
        Line::Text(text, _) => fence(text).is_some(),
        Line::Head(_) => false,
    };
    (fenced && proof.ended && found.next().is_none()).then_some((at - 1, block))
}

/// A body that began with its fence.
struct Body {
    text: String,
    /// All of it came through code.
    exact: bool,
    /// How often its fence ends.
    ends: usize,
}

fn body(lines: &[Line<'_>]) -> Option<Body> {
    let begins = lines.iter().position(|line| !is_blank(line))?;
    mark(&lines[begins])?;
    let lines = &lines[begins + 1..];
    // Between blocks stand blank lines that nobody wrote.
    let lines =
        &lines[lines.iter().take_while(|line| matches!(line, Line::Text(_, false)) && is_blank(line)).count()..];
    let mut text: Vec<Cow<'_, str>> = Vec::new();
    let mut inner: Option<(char, usize)> = None;
    let mut exact = true;
    let mut ends = 0;
    for (at, line) in lines.iter().enumerate() {
        match (inner, mark(line)) {
            (Some((sign, run)), Some((its, length, label)))
                if matches!(line, Line::Fence(_)) || (its == sign && length >= run && label.is_empty()) =>
            {
                text.push(sign.to_string().repeat(run).into());
                inner = None;
            }
            (None, Some(_)) if lines[at..].iter().all(|line| is_blank(line) || is_bare(line)) => {
                ends = lines[at..].iter().filter(|line| is_bare(line)).count();
                break;
            }
            (None, Some((sign, run, label))) => {
                text.push(format!("{}{label}", sign.to_string().repeat(run)).into());
                inner = Some((sign, run));
            }
            _ => {
                let Line::Text(line, its) = line else {
                    return None;
                };
                // A code that was taken for prose has lost its spaces.
                if inner.is_some() && !its {
                    return None;
                }
                // Blank lines between blocks are nobody's text.
                exact &= *its || line.is_empty();
                text.push(line.clone());
            }
        }
    }
    let mut text = text.join("\n");
    text.truncate(text.trim_end().len());
    inner.is_none().then_some(Body { text, exact, ends })
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
