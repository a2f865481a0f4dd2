//! Two messages into one reply: a second one goes on where the first was cut, or gives some sections anew.
//! Nothing is guessed: where the second message does not show how the section that was open goes on, that section stays cut.

mod seam;

pub(crate) use self::seam::lines_to_repeat;

use self::seam::{restarts, run, shared};
use crate::block::{Block, CUT};
use crate::markdown::ends_in_fence;
use crate::name::Name;
use crate::reply::{self, Expect, Problem, Section, SectionState, Trailer, parse_trailer, section_start};

/// How many blocks of talk may stand before the second message comes to the point ("Continuing where I stopped:").
const TALK: usize = 2;

/// The reply that two messages make, of which the second continues the first. Whatever trailer the first had is stale.
#[must_use]
pub fn join(first: &[Block], second: &[Block], expect: &Expect) -> Vec<Block> {
    joined(first, second, expect, false)
}

/// As [`join`], where the source of the first message shows that its last block is a fence with its end
/// ([`crate::markdown::ends_with_fence_closed`]). A page shows no fences.
#[must_use]
pub fn join_closed(first: &[Block], second: &[Block], expect: &Expect) -> Vec<Block> {
    joined(first, second, expect, true)
}

fn joined(first: &[Block], second: &[Block], expect: &Expect, closed: bool) -> Vec<Block> {
    let kept = unproven(first, expect);
    let Some((open, name)) = open_section(&kept, expect) else {
        let whole = reply::read(second, expect).problem().is_none();
        return if whole { second.to_vec() } else { [kept.as_slice(), second].concat() };
    };
    let begun = Begun { first: &kept, open, name, proven: trailer_follows(first, expect), closed };
    let goes_on = reply::read(second, expect).trailer != Trailer::Proven;
    let holds = |blocks: &Vec<Block>| {
        let reading = reply::read(blocks, expect);
        let once = reading.sections.iter().all(|section| section.state != SectionState::Duplicate);
        match reading.problem() {
            None => true,
            Some(Problem::SectionMissing) => once,
            // The second message was cut as well; a third may follow.
            Some(Problem::Cut) => goes_on && once,
            Some(_) => false,
        }
    };
    let joined = JOINS.iter().filter_map(|join| join(&begun, second, expect)).find(holds);
    joined.unwrap_or_else(|| [kept.as_slice(), &[cut()], second].concat())
}

/// What stands where nobody knows how a section went on.
fn cut() -> Block {
    Block::Other { text: CUT.to_owned() }
}

/// A first message, and the section in which it ended.
struct Begun<'a> {
    first: &'a [Block],
    /// Where the open section begins.
    open: usize,
    name: Name,
    /// A trailer stood after the section.
    proven: bool,
    /// The last block is a fence with its end.
    closed: bool,
}

impl Begun<'_> {
    /// What there is of the open section, without its heading.
    fn body(&self) -> &[Block] {
        &self.first[self.open + 1..]
    }

    /// Whether nothing of the section can be missing: a trailer came after it, or it is the one fence that was asked for, with its end.
    fn is_whole(&self) -> bool {
        self.proven
            || self.closed
                && matches!(self.body(), [Block::Code { text, .. }] if !is_blank(self.body()) && !ends_in_fence(text))
    }
}

/// A way to read two messages as one, where the second one shows that it holds.
type Join = fn(&Begun<'_>, &[Block], &Expect) -> Option<Vec<Block>>;

/// From the surest to the least sure.
const JOINS: [Join; 5] = [alone, restarted, overlapped, headed, next];

/// The reply in which the sections of the second message replace those of the first, and the second one's trailer is the proof.
/// A section that the first had only in part, and that the second does not give, is left out: the proof must not cover it.
#[must_use]
pub fn replace_sections(first: &[Block], second: &[Block], expect: &Expect) -> Vec<Block> {
    let before = reply::read(first, &asked_then(first, expect));
    let anew = reply::read(second, expect);
    let first = unproven(first, expect);
    let asked = lacking(&before.sections);
    let state = |name: Name| anew.sections.iter().find(|section| section.name == name).map(|section| section.state);
    let is_given = |name: Name| {
        // What was whole and was not asked for again stays as it was.
        (asked.is_empty() || asked.contains(&name)) && state(name).is_some_and(|state| state != SectionState::Missing)
    };
    let was_cut =
        |name: Name| before.sections.iter().any(|section| section.name == name && section.state == SectionState::Cut);
    let (talk, old) = parts(&first, expect);
    let (_, new) = parts(second, expect);
    let mut out = talk.to_vec();
    for &name in &expect.sections {
        let given = is_given(name);
        let from = if given { &new } else { &old };
        let kept = from.iter().filter(|(its, _)| *its == name && (given || !was_cut(name)));
        out.extend(kept.flat_map(|(_, blocks)| blocks.iter().filter(|block| !is_stale(block, expect))).cloned());
        // It need not be the last one here, and only the last is known to be cut by the lack of a trailer.
        if given && state(name) == Some(SectionState::Cut) {
            out.push(cut());
        }
    }
    out.extend(second.iter().rfind(|block| is_stale(block, expect)).cloned());
    out
}

/// The sections that have to be asked for again.
#[must_use]
pub fn lacking(sections: &[Section]) -> Vec<Name> {
    let whole = |state| state == SectionState::Ok;
    sections.iter().filter(|section| !whole(section.state)).map(|section| section.name).collect()
}

/// The second message is a complete reply. One that goes on under the heading of the first section looks like that, too; so it must
/// begin the open section as the first message did, or give what stood before that section in other words.
fn alone(begun: &Begun<'_>, second: &[Block], expect: &Expect) -> Option<Vec<Block>> {
    if reply::read(second, expect).problem().is_some() {
        return None;
    }
    let (old, new) = (begun.body(), body_of(second, &begun.name, expect)?);
    let before = |blocks| {
        let (_, sections) = parts(blocks, expect);
        let names = expect.sections.iter().take_while(|name| **name != begun.name);
        let text = |name: &Name| sections.iter().find(|(its, _)| its == name).map(|(_, body)| text_of(&body[1..]));
        names.map(text).collect::<Vec<_>>()
    };
    let (first, again) = (before(begun.first), before(second));
    let given_again = !first.is_empty() && first == again;
    // In a word ("as above") nothing is given.
    let much = |(old, new): (&Option<String>, &Option<String>)| matches!((old, new), (Some(old), Some(new)) if new.len() * 2 >= old.len());
    if !first.iter().zip(&again).all(much) {
        return None;
    }
    let is_another = !first.is_empty() && first != again;
    let holds = begun.proven
        || is_blank(old)
        || shared(old, new)
        || restarts(old, new) && (given_again || seam::all_tells(old, new))
        || is_another && run(old, new).is_none();
    holds.then(|| second.to_vec())
}

/// The second message begins the open section again: from its start, or with its last lines under the repeated heading.
fn restarted(begun: &Begun<'_>, second: &[Block], expect: &Expect) -> Option<Vec<Block>> {
    let at = to_the_point(second, expect)?;
    if section_start(&second[at], &expect.sections)?.0 != begun.name {
        return None;
    }
    let (old, new) = (begun.body(), body_of(second, &begun.name, expect)?);
    if is_blank(old) || restarts(old, new) && (begun.is_whole() || seam::all_tells(old, new)) {
        return Some([&begun.first[..begun.open], &second[at..]].concat());
    }
    overlapped(begun, &second[at + 1..], expect)
}

/// The second message repeats the end of the first, the last line of which may have been cut.
fn overlapped(begun: &Begun<'_>, second: &[Block], expect: &Expect) -> Option<Vec<Block>> {
    let old = begun.body();
    for at in 0..second.len().min(TALK + 1) {
        let new = &second[at..];
        let new = &new[..until_section(new, expect)];
        if let Some(seam) = run(old, new) {
            let (kept, broken) = (&old[..seam.block], &old[seam.block]);
            let lines = broken.text().split('\n').take(seam.line).chain([new[0].text()]);
            let joined = with_text(broken, lines.collect::<Vec<_>>().join("\n"));
            return Some([&begun.first[..=begun.open], kept, &[joined], &second[at + 1..]].concat());
        }
        if !is_talk(&second[at]) {
            return None;
        }
    }
    None
}

/// The first message ended right after the section's heading, and the second begins with the fence under it, and nothing else.
fn headed(begun: &Begun<'_>, second: &[Block], expect: &Expect) -> Option<Vec<Block>> {
    let fenced = matches!(&second[..until_section(second, expect)], [Block::Code { .. }]);
    (begun.body().is_empty() && fenced).then(|| [begun.first, second].concat())
}

/// The first message ended with a section, and the second begins with the next one, or with the trailer.
fn next(begun: &Begun<'_>, second: &[Block], expect: &Expect) -> Option<Vec<Block>> {
    let at = to_the_point(second, expect)?;
    let names = &expect.sections;
    let next = names.iter().skip_while(|name| **name != begun.name).nth(1).copied();
    let begins = section_start(&second[at], &expect.sections).map(|(name, _)| name);
    (begun.is_whole() && next == begins).then(|| [begun.first, &second[at..]].concat())
}

/// Where the second message begins a section or its trailer, if not more than a little talk stands before it.
fn to_the_point(second: &[Block], expect: &Expect) -> Option<usize> {
    let at = until_section(second, expect);
    (at < second.len() && at <= TALK && second[..at].iter().all(is_talk)).then_some(at)
}

/// A rest of the text that is left over may be as short, and stops anywhere.
fn is_talk(block: &Block) -> bool {
    matches!(block, Block::Paragraph { text } if text.ends_with(['.', '!', '?', '。', '！', '？', ':', '：', '…']))
}

/// How many blocks stand before the next section or trailer.
fn until_section(blocks: &[Block], expect: &Expect) -> usize {
    let begins = |block: &Block| section_start(block, &expect.sections).is_some() || parse_trailer(block).is_some();
    blocks.iter().position(begins).unwrap_or(blocks.len())
}

/// The body of the first section of this name.
fn body_of<'a>(blocks: &'a [Block], name: &str, expect: &Expect) -> Option<&'a [Block]> {
    let is_it = |block: &Block| section_start(block, &expect.sections).is_some_and(|(its, _)| its == name);
    let body = &blocks[blocks.iter().position(is_it)? + 1..];
    Some(&body[..until_section(body, expect)])
}

/// The section that was open when a message ended: where it begins, and its name.
fn open_section(blocks: &[Block], expect: &Expect) -> Option<(usize, Name)> {
    let starts = |(at, block)| section_start(block, &expect.sections).map(|(name, _)| (at, name));
    blocks.iter().enumerate().rev().find_map(starts)
}

/// Whether a trailer of this phase stands after the last section: then nothing of that section is missing.
fn trailer_follows(blocks: &[Block], expect: &Expect) -> bool {
    let last = open_section(blocks, expect).map(|(at, _)| at);
    last.is_some_and(|last| blocks[last..].iter().any(|block| is_stale(block, expect)))
}

/// Nothing, or a fence that was just opened.
fn is_blank(blocks: &[Block]) -> bool {
    blocks.iter().all(|block| matches!(block, Block::Code { text, .. } if text.trim().is_empty()))
}

/// The text of a body, whatever it is made of.
fn text_of(blocks: &[Block]) -> String {
    blocks.iter().map(|block| block.text().trim()).collect::<Vec<_>>().join("\n")
}

/// What stands before the first section, and the sections with their headings. A trailer ends a section.
fn parts<'a>(blocks: &'a [Block], expect: &Expect) -> (&'a [Block], Vec<(Name, &'a [Block])>) {
    let starts: Vec<(usize, Name)> = blocks
        .iter()
        .enumerate()
        .filter_map(|(at, block)| Some((at, section_start(block, &expect.sections)?.0)))
        .collect();
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
        } else if section_start(block, &expect.sections).is_some() {
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

fn with_text(block: &Block, text: String) -> Block {
    match block {
        Block::Code { lang, .. } => Block::Code { lang: lang.clone(), text },
        Block::Heading { level, .. } => Block::Heading { level: *level, text },
        Block::Paragraph { .. } => Block::Paragraph { text },
        Block::Other { .. } => Block::Other { text },
    }
}

#[cfg(test)]
mod tests;
