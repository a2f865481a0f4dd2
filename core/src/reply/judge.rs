//! What a reply holds as it stands: which blocks begin its sections, where each ends, and what its trailer proves.

use super::name::{Start, start};
use super::source::{Part, Source};
use super::trailer::{Proof, is_placeholder, parse_trailer};
use super::{Expect, Oddity, Reading, Section, SectionState, Trailer};
use crate::block::{Block, RULE, is_tags, longest_run};
use crate::name::Name;
use crate::parted::holds;
use std::ops::Range;

/// How much may stand beside the fence of a section and still be talk.
const TALK_BLOCKS: usize = 3;
const TALK_BYTES: usize = 300;
/// The contract asks for a fence of so many marks.
const OWN_FENCES: [&str; 2] = ["````", "~~~~"];

/// Stands for what was damaged on the way.
const DAMAGED: &str = "\u{fffd}";

/// Reads a reply as it stands.
pub(super) fn as_it_stands(source: &Source, expect: &Expect) -> Reading {
    let mut walk = Walk::of(source, expect);
    for at in 0..source.parts.len() {
        walk.take(at);
    }
    walk.judge()
}

/// What a block is to the reader.
enum Mark {
    /// It begins a section; as the prompt shows it, it is an echo and no answer.
    Start(Start, bool),
    /// A trailer, of this prompt or of another.
    Trailer(Proof, bool),
    /// Neither.
    Text,
}

/// A walk over the blocks of a reply.
struct Walk<'a> {
    source: &'a Source,
    expect: &'a Expect,
    marks: Vec<Mark>,
    /// The last trailer of this prompt that has its end: nothing goes on after it.
    last: Option<usize>,
    found: Vec<Found>,
    /// The last trailer of this prompt, as long as no section follows.
    proof: Option<bool>,
    /// There was a trailer of another prompt, and no section after it.
    foreign: bool,
    /// Where a trailer stands and what follows it: the end of the reply, unless the reply goes on; then it was text.
    held: Option<Range<usize>>,
    oddities: Vec<Oddity>,
}

struct Found {
    name: Name,
    /// As the prompt shows it: an echo, and no answer.
    echoed: bool,
    /// Its heading, and where its body ends.
    place: Range<usize>,
}

impl<'a> Walk<'a> {
    fn of(source: &'a Source, expect: &'a Expect) -> Self {
        let parts = &source.parts;
        let mark = |(at, part): (usize, &Part)| {
            if let Some(trailer) = parse_trailer(&part.block) {
                let answers = trailer.answers(expect);
                return Mark::Trailer(trailer, answers);
            }
            start(&part.block, &expect.sections).map_or(Mark::Text, |start| {
                let echoed = parts.get(at + 1).is_some_and(|next| is_placeholder(&next.block, &start.name));
                Mark::Start(start, echoed)
            })
        };
        let mut marks: Vec<Mark> = parts.iter().enumerate().map(mark).collect();
        demote(&mut marks, &expect.sections);
        let last = marks.iter().rposition(|mark| matches!(mark, Mark::Trailer(proof, true) if proof.ended));
        let (found, held, oddities) = (Vec::new(), None, Vec::new());
        Self { source, expect, marks, last, found, proof: None, foreign: false, held, oddities }
    }

    fn take(&mut self, at: usize) {
        match self.marks[at] {
            Mark::Trailer(Proof { ended, .. }, true) => {
                if self.proof.is_none() {
                    self.keep_held();
                } else if self.holds_words() {
                    self.oddities.push(Oddity::TalkLeftOut);
                }
                if !matches!(self.source.parts[at].block, Block::Code { .. }) {
                    self.oddities.push(Oddity::TrailerUnfenced);
                }
                self.proof = Some(ended);
                self.hold(at);
            }
            Mark::Trailer(_, false) => {
                self.foreign |= self.proof.is_none();
                self.hold(at);
            }
            Mark::Start(start, echoed) => self.begin(at, start, echoed),
            Mark::Text => match (&mut self.held, self.found.last_mut()) {
                (Some(held), _) => held.end = at + 1,
                (None, Some(section)) => section.place.end = at + 1,
                (None, None) => {}
            },
        }
    }

    fn begin(&mut self, at: usize, start: Start, echoed: bool) {
        if echoed && self.held.is_some() {
            // After the trailer it does not go on, it is quoted.
            self.oddities.push(Oddity::Repeated);
            self.hold(at);
            return;
        }
        if self.is_over(at) {
            self.oddities.push(Oddity::AfterTrailer);
            self.hold(at);
            return;
        }
        let early = self.proof.take().is_some();
        // A trailer alone between two sections is no text of the first.
        let is_trailer = |at| matches!(self.marks.get(at), Some(Mark::Trailer(..)));
        if early && self.held.clone().is_some_and(|mut held| held.all(is_trailer)) {
            self.held = None;
        }
        if early {
            self.oddities.push(Oddity::TrailerEarly);
        }
        if !start.exact {
            self.oddities.push(Oddity::HeadingStyle);
        }
        self.keep_held();
        self.foreign = false;
        self.found.push(Found { name: start.name, echoed, place: at..at + 1 });
    }

    /// Whether every section has come and was proven, and no other proof follows.
    fn is_over(&self, at: usize) -> bool {
        let has_come = |name: &Name| self.found.iter().any(|section| section.name == *name && !section.echoed);
        self.proof == Some(true) && self.last.is_some_and(|last| last < at) && self.expect.sections.iter().all(has_come)
    }

    /// Whether what is held back is more than trailers, and no echo of the prompt.
    fn holds_words(&self) -> bool {
        let held = || self.marks.get(self.held.clone().unwrap_or_default()).unwrap_or_default().iter();
        held().any(|mark| matches!(mark, Mark::Text)) && !held().any(|mark| matches!(mark, Mark::Start(..)))
    }

    fn hold(&mut self, at: usize) {
        self.held.get_or_insert(at..at).end = at + 1;
    }

    /// What was held back turns out to be text of the open section.
    fn keep_held(&mut self) {
        if let (Some(held), Some(section)) = (self.held.take(), self.found.last_mut()) {
            section.place.end = held.end;
        }
    }

    fn judge(mut self) -> Reading {
        let names = &self.expect.sections;
        let trailer = match self.proof {
            Some(true) => Trailer::Proven,
            Some(false) => Trailer::Cut,
            None if self.foreign => Trailer::Foreign,
            None => Trailer::Absent,
        };
        let mut answered = self.found.iter().filter(|section| !section.echoed).map(|section| section.name);
        let open = if trailer == Trailer::Proven { None } else { answered.clone().next_back() };
        if !answered.by_ref().is_sorted_by_key(|name| names.iter().position(|its| *its == name)) {
            self.oddities.push(Oddity::Order);
        }
        let sections = names.iter().map(|name| self.gather(*name, open)).collect();
        let oddities = Oddity::ALL.into_iter().filter(|oddity| self.oddities.contains(oddity)).collect();
        let empty = self.source.parts.iter().all(|part| part.block.text().trim().is_empty());
        Reading { sections, trailer, oddities, empty }
    }

    /// All that was found under one name, judged.
    fn gather(&mut self, name: Name, open: Option<Name>) -> Section {
        let mut texts = Vec::new();
        let mut echoed = false;
        let mut gap = false;
        for section in self.found.iter().filter(|section| section.name == name) {
            if section.echoed {
                echoed = true;
                continue;
            }
            let Range { start, end } = section.place;
            gap |= self.source.parts[start + 1..end].iter().any(|part| part.block.has_gap());
            let next = match self.marks.get(end) {
                Some(Mark::Trailer(_, true)) => Next::Trailer,
                Some(_) => Next::Section,
                None => Next::Nothing,
            };
            let text = body(self.source, start..end, next, &mut self.oddities);
            if holds(&text, DAMAGED) {
                self.oddities.push(Oddity::BytesReplaced);
            }
            texts.push(text);
        }
        let repeated = texts.len() > 1;
        let mut texts = texts.into_iter();
        let Some(text) = texts.next() else {
            return Section { name, text: String::new(), state: SectionState::Missing };
        };
        if echoed || repeated {
            self.oddities.push(Oddity::Repeated);
        }
        let state = if texts.any(|other| other != text) {
            SectionState::Duplicate
        } else if gap || open == Some(name) {
            SectionState::Cut
        } else if text.trim().is_empty() {
            SectionState::Missing
        } else {
            SectionState::Ok
        };
        Section { name, text, state }
    }
}

/// Takes those for text that are headings inside of a body: sections begin at one level, and what has the same name at another one
/// begins none. Where two levels have as much to say for themselves, nobody can tell, and both stay.
fn demote(marks: &mut [Mark], names: &[Name]) {
    let starts: Vec<Start> = marks
        .iter()
        .filter_map(|mark| match mark {
            Mark::Start(start, false) => Some(*start),
            _ => None,
        })
        .collect();
    let at_level =
        |level: u8, name: Name| starts.iter().filter(move |start| start.level == level && start.name == name);
    // How many sections begin at a level, and how many of them as they should be written.
    let worth = |level: u8| {
        let came = names.iter().filter(|name| at_level(level, **name).next().is_some()).count();
        let capital = names.iter().filter(|name| at_level(level, **name).any(|start| start.capital)).count();
        (came, capital)
    };
    let Some(best) = (1..=8).map(worth).max().filter(|(came, _)| *came > 0) else { return };
    let mut levels = (1..=8).filter(|level| worth(*level) == best);
    let Some(main) = levels.next() else { return };
    let twofold = best.0 == names.len() && levels.next().is_some();
    let at_main: Vec<Name> = names.iter().copied().filter(|name| at_level(main, *name).next().is_some()).collect();
    let meant = |name: Name| starts.iter().rposition(|its| its.name == name && its.capital && its.level == main);
    let meant: Vec<Option<usize>> = names.iter().map(|name| meant(*name)).collect();
    let comes_at = |name: Name| names.iter().position(|its| *its == name).and_then(|at| meant[at]);
    let real = marks.iter_mut().filter(|mark| matches!(mark, Mark::Start(_, false)));
    for (number, mark) in real.enumerate() {
        let Mark::Start(start, _) = mark else { continue };
        let is_named = at_main.contains(&start.name);
        // Before its section, a name in small letters is a word.
        if !start.capital && comes_at(start.name).is_some_and(|at| at > number) {
            *mark = Mark::Text;
            continue;
        }
        // A smaller heading in small letters is one of the text, even where the section has no other.
        let is_word = start.is_heading() && start.level > main && !start.capital;
        if start.level != main && (is_word || (is_named && !twofold)) {
            *mark = Mark::Text;
        }
    }
}

/// What ends a body.
#[derive(Clone, Copy, PartialEq)]
enum Next {
    Section,
    Trailer,
    /// The reply was cut in it.
    Nothing,
}

/// The text of a body. One fence alone is what the contract asks for; anything else is taken as it was written.
fn body(source: &Source, place: Range<usize>, next: Next, oddities: &mut Vec<Oddity>) -> String {
    let (first, mut last) = (place.start + 1, place.end);
    while first < last && is_rule(source, last - 1) {
        last -= 1;
    }
    let is_code = |at: &usize| is_fence(source, *at);
    let mut codes = (first..last).filter(is_code);
    if let (Some(at), None) = (codes.next(), codes.next()) {
        let beside = || (first..last).filter(|its| *its != at && !is_decoration(source, *its));
        let talk = next != Next::Nothing && beside().count() <= TALK_BLOCKS && beside().all(|at| is_talk(source, at));
        // “Here is the proof:”
        let announced =
            next == Next::Trailer && beside().eq([last - 1]) && ends_with_colon(&source.parts[last - 1].block);
        let alone = beside().next().is_none();
        if alone || (talk && (announced || is_own(source, at))) {
            if !alone {
                oddities.push(Oddity::TalkLeftOut);
            }
            return source.parts[at].block.text().to_owned();
        }
    }
    if next == Next::Trailer
        && last > first + 1
        && is_talk(source, last - 1)
        && ends_with_colon(&source.parts[last - 1].block)
    {
        oddities.push(Oddity::TalkLeftOut);
        last -= 1;
    }
    oddities.push(Oddity::BodyUnfenced);
    if source.drawn {
        oddities.push(Oddity::Rendered);
    }
    source.between(first - 1, last)
}

/// Whether a fence stands there, whose info string says nothing that would be lost without it.
fn is_fence(source: &Source, at: usize) -> bool {
    let part = &source.parts[at];
    let Block::Code { lang, .. } = &part.block else { return false };
    let written = source.slice(part).trim_start();
    let indented = !source.drawn && part.place.is_some() && !written.starts_with(['`', '~']);
    !indented && !lang.split_whitespace().any(is_file)
}

fn is_rule(source: &Source, at: usize) -> bool {
    matches!(&source.parts[at].block, Block::Other { text } if text == RULE)
}

/// What stands there for the eye alone: a rule, a line break, a comment, tags without words.
fn is_decoration(source: &Source, at: usize) -> bool {
    let (Block::Paragraph { text } | Block::Other { text }) = &source.parts[at].block else { return false };
    is_rule(source, at) || (is_tags(text) && !inside_tags(text).any(is_file))
}

/// Words that a model says beside what it was asked for.
fn is_talk(source: &Source, at: usize) -> bool {
    let block = &source.parts[at].block;
    let text = block.text();
    let is_said = match block {
        Block::Paragraph { .. } | Block::Heading { .. } => true,
        // The summary of what can be folded away.
        Block::Other { .. } => text.starts_with('<'),
        Block::Code { .. } => false,
    };
    is_said
        && text.len() <= TALK_BYTES
        && !holds(text, "PROMPT-RUNNER/")
        && !super::name::seen(text).split_whitespace().any(is_file)
        && !inside_tags(text).any(is_file)
}

/// The words that stand in tags and comments.
fn inside_tags(text: &str) -> impl Iterator<Item = &str> {
    let tags = text.split('<').skip(1).map(|tag| tag.split('>').next().unwrap_or_default());
    tags.flat_map(|tag| tag.trim_start_matches(['/', '!', '-']).trim_end_matches(['/', '-']).split_whitespace())
}

/// Whether a word may name a file: then it is no talk, for without it nobody knows whose text the fence holds.
fn is_file(word: &str) -> bool {
    let word = word.trim_matches(|ch: char| ch.is_ascii_punctuation() && ch != '/');
    holds(word, "/") || word.split('.').filter(|part| !part.is_empty()).count() > 1
}

fn ends_with_colon(block: &Block) -> bool {
    matches!(block, Block::Paragraph { text } if text.trim_end().trim_end_matches('*').ends_with([':', '：', '…']))
}

/// Whether a fence is the one that the contract asks for, and not one of a text: it is long, or says that it holds a text. How long one
/// was, a page does not show; there it must hold another one.
fn is_own(source: &Source, at: usize) -> bool {
    let part = &source.parts[at];
    let Block::Code { lang, text } = &part.block else { return false };
    let long = if source.drawn {
        longest_run(text) >= 3
    } else {
        OWN_FENCES.iter().any(|fence| source.slice(part).trim_start().starts_with(fence))
    };
    long || matches!(lang.split_whitespace().next(), Some("markdown" | "md"))
}
