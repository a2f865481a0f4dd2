//! Two messages into one reply: a second one goes on where the first was cut, or gives some sections anew.
//! Nothing is guessed: what cannot be joined for sure stays two texts under one name, which reads as incomplete.

use crate::block::Block;
use crate::markdown::ends_in_fence;
use crate::reply::{self, Expect, Problem, Section, SectionState, Trailer, parse_trailer, section_start};

/// A repeated piece with fewer visible characters may be chance: a closing brace, a lone word.
const TELLING: usize = 8;
/// Nobody repeats more lines than this before going on; it also bounds the search.
const OVERLAP_LINES: usize = 1_000;
/// How many blocks of talk may stand before the second message comes to the point ("Continuing where I stopped:").
const TALK: usize = 2;

/// A way to read two messages as one, where it applies.
type Join = fn(&[Block], &[Block], &Expect) -> Option<Vec<Block>>;

/// From the surest to the least sure.
const JOINS: [Join; 6] = [alone, restarted, overlapped, headed, prose, between];

/// The reply that two messages make, of which the second continues the first. Whatever trailer the first had is stale.
#[must_use]
pub fn stitch(first: &[Block], second: &[Block], expect: &Expect) -> Vec<Block> {
    let first = unproven(first, expect);
    let goes_on = reply::read(second, expect).trailer != Trailer::Proven;
    let holds = |blocks: &Vec<Block>| {
        let reading = reply::read(blocks, expect);
        match reading.problem() {
            None => true,
            // The second message was cut as well; a third may follow.
            Some(Problem::Cut) => {
                goes_on && reading.sections.iter().all(|section| section.state != SectionState::Duplicate)
            }
            Some(_) => false,
        }
    };
    if let Some(joined) = JOINS.iter().filter_map(|join| join(&first, second, expect)).find(holds) {
        return joined;
    }
    let plain = [first.as_slice(), second].concat();
    match open_section(&first, expect) {
        // It would read as complete, with a seam that nobody vouches for.
        Some((at, _)) if reply::read(&plain, expect).problem().is_none() => {
            [first.as_slice(), &first[at..=at], second].concat()
        }
        _ => plain,
    }
}

/// The reply in which the sections of the second message replace those of the first, and the second one's trailer is the proof.
/// A section that the first had only in part, and that the second does not give, is left out: the proof must not cover it.
#[must_use]
pub fn patch(first: &[Block], second: &[Block], expect: &Expect) -> Vec<Block> {
    let before = reply::read(first, &asked_then(first, expect));
    let anew = reply::read(second, expect);
    let first = unproven(first, expect);
    let is_given =
        |name: &str| anew.sections.iter().any(|section| section.name == name && section.state != SectionState::Missing);
    let was_cut =
        |name: &str| before.sections.iter().any(|section| section.name == name && section.state == SectionState::Cut);
    let (talk, old) = parts(&first, expect);
    let (_, new) = parts(second, expect);
    let mut out = talk.to_vec();
    for name in expect.phase.sections() {
        let given = is_given(name);
        let from = if given { &new } else { &old };
        let kept = from.iter().filter(|(its, _)| its == name && (given || !was_cut(name)));
        out.extend(kept.flat_map(|(_, blocks)| blocks.iter().filter(|block| !is_stale(block, expect))).cloned());
    }
    out.extend(second.iter().rfind(|block| is_stale(block, expect)).cloned());
    out
}

/// The sections that have to be asked for again.
#[must_use]
pub fn lacking(sections: &[Section]) -> Vec<&'static str> {
    let whole = |state| state == SectionState::Ok;
    sections.iter().filter(|section| !whole(section.state)).map(|section| section.name).collect()
}

/// The second message is a whole reply.
fn alone(_: &[Block], second: &[Block], expect: &Expect) -> Option<Vec<Block>> {
    reply::read(second, expect).problem().is_none().then(|| second.to_vec())
}

/// The second message begins the open section again: from its start, or with its last lines under the repeated heading.
fn restarted(first: &[Block], second: &[Block], expect: &Expect) -> Option<Vec<Block>> {
    let (open, name) = open_section(first, expect)?;
    let at = to_the_point(second, expect)?;
    if section_start(&second[at], expect.phase)?.0 != name {
        return None;
    }
    let (old, new) = (&first[open + 1..], &second[at + 1..]);
    if restarts(old, new) {
        return Some([&first[..open], &second[at..]].concat());
    }
    overlapped(first, new, expect)
}

/// Whether everything in `old` stands at the beginning of `new`, so that nothing is lost without it.
fn restarts(old: &[Block], new: &[Block]) -> bool {
    let Some((last, whole)) = old.split_last() else {
        return true;
    };
    new.starts_with(whole) && new.get(whole.len()).is_some_and(|block| begins_with(block, last))
}

fn begins_with(block: &Block, beginning: &Block) -> bool {
    std::mem::discriminant(block) == std::mem::discriminant(beginning)
        && block.text().starts_with(beginning.text().trim_end())
}

/// The second message repeats the end of the first: blocks, lines, or a last line that was cut.
fn overlapped(first: &[Block], second: &[Block], expect: &Expect) -> Option<Vec<Block>> {
    // A heading and the fence after it, both begun again; but no more than the open section.
    let open = first.iter().rev().take_while(|block| section_start(block, expect.phase).is_none());
    for repeated in (2..=open.take(OVERLAP_LINES).count().min(second.len())).rev() {
        let from = first.len() - repeated;
        if restarts(&first[from..], second) && visible(first[from].text()) > 2 {
            return Some([&first[..from], second].concat());
        }
    }
    let (last, kept) = first.split_last()?;
    for at in 0..second.len().min(TALK + 1) {
        let block = &second[at];
        if section_start(block, expect.phase).is_some() || parse_trailer(block).is_some() {
            return None;
        }
        let text = match (last, block) {
            (Block::Code { .. }, Block::Code { .. }) => joined_by_overlap(last.text(), block.text()),
            (Block::Paragraph { .. } | Block::Other { .. }, Block::Paragraph { .. } | Block::Other { .. }) => {
                joined_by_overlap(last.text(), block.text())
            }
            _ => None,
        };
        if let Some(text) = text {
            return Some([kept, &[with_text(last, text)], &second[at + 1..]].concat());
        }
    }
    None
}

/// The first message ended right after a heading, and the second begins with the fence under it.
fn headed(first: &[Block], second: &[Block], expect: &Expect) -> Option<Vec<Block>> {
    let last = first.last()?;
    let heads = matches!(last, Block::Heading { .. }) || section_start(last, expect.phase).is_some();
    let fenced = second.first().is_some_and(|next| matches!(next, Block::Code { .. }) && parse_trailer(next).is_none());
    (heads && fenced).then(|| [first, second].concat())
}

/// A body without a fence goes on.
fn prose(first: &[Block], second: &[Block], expect: &Expect) -> Option<Vec<Block>> {
    let (last, next) = (first.last()?, second.first()?);
    let is_prose = |block: &Block| {
        matches!(block, Block::Paragraph { .. } | Block::Other { .. })
            && section_start(block, expect.phase).is_none()
            && parse_trailer(block).is_none()
    };
    // What ends with a colon may as well be talk about what comes.
    if !is_prose(last) || !is_prose(next) || next.text().ends_with([':', '：', '…']) {
        return None;
    }
    // What stopped in the middle of a sentence, or of a word, has a seam that nobody knows.
    is_ended(last).then(|| [first, second].concat())
}

/// The first message ended with a section, and the second begins with the next one, or with the trailer.
fn between(first: &[Block], second: &[Block], expect: &Expect) -> Option<Vec<Block>> {
    let (_, open) = open_section(first, expect)?;
    let at = to_the_point(second, expect)?;
    let names = expect.phase.sections();
    let next = names.iter().skip_while(|name| **name != open).nth(1).copied();
    if next != section_start(&second[at], expect.phase).map(|(name, _)| name) {
        return None;
    }
    let ends_whole = first.last().is_some_and(|last| match last {
        Block::Code { text, .. } => !ends_in_fence(text),
        Block::Heading { .. } => false,
        Block::Paragraph { .. } | Block::Other { .. } => section_start(last, expect.phase).is_none() && is_ended(last),
    });
    ends_whole.then(|| [first, &second[at..]].concat())
}

/// Where the second message begins a section or its trailer, if not more than a little talk stands before it.
fn to_the_point(second: &[Block], expect: &Expect) -> Option<usize> {
    let at = second
        .iter()
        .position(|block| section_start(block, expect.phase).is_some() || parse_trailer(block).is_some())?;
    // A rest of the text that is left over may be as short, and stops anywhere.
    let is_talk = |block: &Block| matches!(block, Block::Paragraph { text } if is_ended(block) || text.ends_with([':', '：', '…']));
    let talk = second[..at].iter().all(is_talk);
    (talk && at <= TALK).then_some(at)
}

/// The section that was open when a message ended: where it begins, and its name.
fn open_section(blocks: &[Block], expect: &Expect) -> Option<(usize, &'static str)> {
    let starts = |(at, block)| section_start(block, expect.phase).map(|(name, _)| (at, name));
    blocks.iter().enumerate().rev().find_map(starts)
}

/// What stands before the first section, and the sections with their headings. A trailer ends a section.
fn parts<'a>(blocks: &'a [Block], expect: &Expect) -> (&'a [Block], Vec<(&'static str, &'a [Block])>) {
    let starts: Vec<(usize, &'static str)> =
        blocks.iter().enumerate().filter_map(|(at, block)| Some((at, section_start(block, expect.phase)?.0))).collect();
    let ends = starts.iter().skip(1).map(|(at, _)| *at).chain([blocks.len()]);
    let until_trailer = |from: usize, to: usize| {
        let trailer = blocks[from..to].iter().position(|block| is_stale(block, expect));
        &blocks[from..trailer.map_or(to, |at| from + at)]
    };
    let sections = starts.iter().zip(ends).map(|((from, name), to)| (*name, until_trailer(*from, to))).collect();
    (until_trailer(0, starts.first().map_or(blocks.len(), |(at, _)| *at)), sections)
}

/// A message without its trailers of this phase, and without what was said after them.
fn unproven(blocks: &[Block], expect: &Expect) -> Vec<Block> {
    let mut ended = false;
    let keeps = |block: &&Block| {
        if is_stale(block, expect) {
            ended = true;
        } else if section_start(block, expect.phase).is_some() {
            ended = false;
        }
        !ended
    };
    blocks.iter().filter(keeps).cloned().collect()
}

fn is_stale(block: &Block, expect: &Expect) -> bool {
    parse_trailer(block).is_some_and(|trailer| trailer.is_of_phase(expect))
}

/// What the first message was to prove: it may answer an earlier prompt of this phase.
fn asked_then(first: &[Block], expect: &Expect) -> Expect {
    let mut trailers = first.iter().filter_map(parse_trailer).filter(|trailer| trailer.is_of_phase(expect));
    let nonce = trailers.next_back().map_or_else(|| expect.nonce.clone(), |trailer| trailer.nonce);
    Expect { nonce, ..expect.clone() }
}

/// A sentence ends here, and not in its middle.
fn is_ended(block: &Block) -> bool {
    block.text().ends_with(['.', '!', '?', '。', '！', '？'])
}

fn with_text(block: &Block, text: String) -> Block {
    match block {
        Block::Code { lang, .. } => Block::Code { lang: lang.clone(), text },
        Block::Heading { level, .. } => Block::Heading { level: *level, text },
        Block::Paragraph { .. } => Block::Paragraph { text },
        Block::Other { .. } => Block::Other { text },
    }
}

/// Both texts with what the second repeats only once, where what it repeats is telling.
fn joined_by_overlap(first: &str, second: &str) -> Option<String> {
    let lines = overlap(first, second, TELLING)?;
    let old: Vec<&str> = first.trim_end().split('\n').collect();
    Some(old[..old.len() - lines].iter().copied().chain(second.split('\n')).collect::<Vec<_>>().join("\n"))
}

/// How many lines at the end of the first text begin the second, of which the last may have been cut; the longest run of them
/// that has a line of so many visible characters.
fn overlap(first: &str, second: &str, least: usize) -> Option<usize> {
    let old: Vec<&str> = first.trim_end().split('\n').collect();
    let new: Vec<&str> = second.split('\n').take(OVERLAP_LINES).collect();
    (1..=old.len().min(new.len())).rev().find(|lines| {
        let end = &old[old.len() - lines..];
        let (whole, last) = end.split_at(lines - 1);
        last.iter().all(|last| new[lines - 1].starts_with(last.trim_end()))
            && whole.iter().zip(&new).all(|(old, new)| old.trim_end() == new.trim_end())
            && end.iter().any(|line| visible(line) >= least)
    })
}

fn visible(text: &str) -> usize {
    text.chars().filter(|ch| !ch.is_whitespace()).count()
}

#[cfg(test)]
mod tests;
