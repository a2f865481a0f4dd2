//! The contract reader: what a reply holds of what was asked, and how far it proves itself (docs/CONTRACT.md).
//! Writer strict, reader liberal, never silent: whatever is accepted besides the letter of the contract is named as an oddity.

mod marks;
#[cfg(feature = "native")]
mod mend;

pub(crate) use self::marks::{parse_trailer, parted, section_start};
pub use self::marks::{placeholder, section_named};

use self::marks::{Proof, is_placeholder};
use crate::block::{Block, RULE, to_markdown};
use crate::phase::Phase;
use crate::session::SessionId;
use serde::{Deserialize, Serialize};

/// The proof that a reply must carry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct Expect {
    /// The session.
    pub session: SessionId,
    /// The phase.
    pub phase: Phase,
    /// Fresh per prompt: an echo, a quoted example or an old reply cannot know it.
    pub nonce: String,
}

impl Expect {
    /// Whether a text carries the nonce: the prompt, or what quotes it.
    #[must_use]
    pub fn is_in(&self, text: &str) -> bool {
        parted(text, &self.nonce).is_some()
    }
}

/// What was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// One for each section that was asked for, in the order of the contract.
    pub sections: Vec<Section>,
    /// How far the reply proves itself.
    pub trailer: Trailer,
    /// What was accepted although the contract says otherwise.
    pub oddities: Vec<Oddity>,
    /// There was no text at all.
    pub empty: bool,
}

/// One section of a reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// Its name.
    pub name: &'static str,
    /// Its body; empty where it is missing.
    pub text: String,
    /// How much of it is there.
    pub state: SectionState,
}

/// How much of a section is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS, schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum SectionState {
    /// All of it.
    Ok,
    /// The reply ended inside it, or the page had no text of a part of it.
    Cut,
    /// None of it.
    Missing,
    /// It came twice, with different texts.
    Duplicate,
}

/// How far the trailer proves a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS, schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Trailer {
    /// It is there, whole, last, and carries the nonce of this prompt.
    Proven,
    /// There is none.
    Absent,
    /// It belongs to another prompt.
    Foreign,
    /// It begins and does not end.
    Cut,
}

/// Something that the contract does not ask for, and that does no harm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS, schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Oddity {
    /// A section name that is not a heading, or not written exactly.
    HeadingStyle,
    /// A section body without a fence, or with more than one.
    BodyUnfenced,
    /// Sections in another order.
    Order,
    /// A section that came twice with the same text, or once more as the prompt shows it.
    Repeated,
    /// The trailer stands as plain text.
    TrailerUnfenced,
    /// A trailer that is not the last thing before the end of the sections.
    TrailerEarly,
    /// A fence without its end, with two of them, or ended early by one inside it.
    FenceBroken,
    /// A section with the mark that stands for bytes or characters that were damaged on the way.
    BytesReplaced,
}

impl Oddity {
    /// Every oddity, in the order in which they are named.
    const ALL: [Self; 8] = [
        Self::HeadingStyle,
        Self::BodyUnfenced,
        Self::Order,
        Self::Repeated,
        Self::TrailerUnfenced,
        Self::TrailerEarly,
        Self::FenceBroken,
        Self::BytesReplaced,
    ];
}

/// Why a reply is not complete.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS, schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Problem {
    /// There is no text.
    Empty,
    /// It answers another prompt.
    Foreign,
    /// It ends before its proof.
    Cut,
    /// A section is missing although the reply ends as it should.
    SectionMissing,
    /// A section came twice, and nobody can say which one holds.
    SectionDuplicate,
}

/// A reading without its texts, for surfaces and for the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct Verdict {
    /// What was found of each section.
    pub sections: Vec<SectionMark>,
    /// How far the reply proves itself.
    pub trailer: Trailer,
    /// Why it is not complete; `None` is complete.
    pub problem: Option<Problem>,
    /// What was accepted besides.
    pub oddities: Vec<Oddity>,
}

/// What was found of one section.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct SectionMark {
    /// Its name.
    pub name: String,
    /// How much of it is there.
    pub state: SectionState,
    /// Its lines.
    pub lines: u32,
}

impl Reading {
    /// Why the reply is not complete; `None` only with every section whole and the trailer proven.
    #[must_use]
    pub fn problem(&self) -> Option<Problem> {
        let any = |state| self.sections.iter().any(|section| section.state == state);
        if self.empty {
            return Some(Problem::Empty);
        }
        match self.trailer {
            Trailer::Foreign => Some(Problem::Foreign),
            Trailer::Absent | Trailer::Cut => Some(Problem::Cut),
            Trailer::Proven if any(SectionState::Missing) || any(SectionState::Cut) => Some(Problem::SectionMissing),
            Trailer::Proven if any(SectionState::Duplicate) => Some(Problem::SectionDuplicate),
            Trailer::Proven => None,
        }
    }

    /// The reading without its texts.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        let mark = |section: &Section| SectionMark {
            name: section.name.to_owned(),
            state: section.state,
            lines: u32::try_from(section.text.lines().count()).unwrap_or(u32::MAX),
        };
        Verdict {
            sections: self.sections.iter().map(mark).collect(),
            trailer: self.trailer,
            problem: self.problem(),
            oddities: self.oddities.clone(),
        }
    }
}

/// Reads a reply to the prompt of `expect`. The page, which may be slow but not big, reads only what stands there as it should;
/// a native program also mends broken fences.
#[must_use]
pub fn read(blocks: &[Block], expect: &Expect) -> Reading {
    #[cfg(feature = "native")]
    return mend::read(blocks, expect);
    #[cfg(not(feature = "native"))]
    return as_it_stands(blocks, expect);
}

fn as_it_stands(blocks: &[Block], expect: &Expect) -> Reading {
    let mut walk = Walk::default();
    for (at, block) in blocks.iter().enumerate() {
        walk.take(block, blocks.get(at + 1), expect);
    }
    walk.judge(expect, blocks.iter().all(|block| block.text().trim().is_empty()))
}

/// A walk over the blocks of a reply.
#[derive(Default)]
struct Walk<'a> {
    found: Vec<Found<'a>>,
    /// The last trailer of this prompt, as long as no section follows.
    proof: Option<Proof>,
    /// There was a trailer of another prompt, and no section after it.
    foreign: bool,
    /// A trailer and what follows it: the end of the reply, unless the reply goes on; then it was text.
    held: Vec<&'a Block>,
    oddities: Vec<Oddity>,
}

struct Found<'a> {
    name: &'static str,
    /// As the prompt shows it: an echo, and no answer.
    echoed: bool,
    body: Vec<&'a Block>,
}

impl<'a> Walk<'a> {
    fn take(&mut self, block: &'a Block, next: Option<&Block>, expect: &Expect) {
        if let Some(trailer) = parse_trailer(block) {
            if trailer.answers(expect) {
                if self.proof.is_none() {
                    self.keep_held();
                }
                if !matches!(block, Block::Code { .. }) {
                    self.oddities.push(Oddity::TrailerUnfenced);
                }
                self.proof = Some(trailer);
            } else {
                self.foreign |= self.proof.is_none();
            }
            self.held.push(block);
        } else if let Some((name, exact)) = section_start(block, expect.phase) {
            let echoed = next.is_some_and(|next| is_placeholder(next, name));
            if echoed && !self.held.is_empty() {
                // After the trailer it does not go on, it is quoted.
                self.oddities.push(Oddity::Repeated);
                self.held.push(block);
                return;
            }
            let early = self.proof.take().is_some();
            // A trailer alone between two sections is no text of the first.
            if early && self.held.iter().all(|block| parse_trailer(block).is_some()) {
                self.held.clear();
            }
            if early {
                self.oddities.push(Oddity::TrailerEarly);
            }
            if !exact {
                self.oddities.push(Oddity::HeadingStyle);
            }
            self.keep_held();
            self.foreign = false;
            self.found.push(Found { name, echoed, body: Vec::new() });
        } else if !self.held.is_empty() {
            self.held.push(block);
        } else if let Some(section) = self.found.last_mut() {
            section.body.push(block);
        }
    }

    /// What was held back turns out to be text of the open section.
    fn keep_held(&mut self) {
        let held = std::mem::take(&mut self.held);
        if let Some(section) = self.found.last_mut() {
            section.body.extend(held);
        }
    }

    fn judge(self, expect: &Expect, empty: bool) -> Reading {
        let Self { found, proof, foreign, mut oddities, .. } = self;
        let names = expect.phase.sections();
        let trailer = match proof {
            Some(proof) if proof.ended => Trailer::Proven,
            Some(_) => Trailer::Cut,
            None if foreign => Trailer::Foreign,
            None => Trailer::Absent,
        };
        let answered = || found.iter().filter(|section| !section.echoed).map(|section| section.name);
        if !answered().is_sorted_by_key(|name| names.iter().position(|its| *its == name)) {
            oddities.push(Oddity::Order);
        }
        let open = if trailer == Trailer::Proven { None } else { answered().next_back() };
        let sections = names.iter().map(|name| gather(name, &found, open, &mut oddities)).collect();
        let oddities = Oddity::ALL.into_iter().filter(|oddity| oddities.contains(oddity)).collect();
        Reading { sections, trailer, oddities, empty }
    }
}

/// All that was found under one name, judged.
fn gather(name: &'static str, found: &[Found<'_>], open: Option<&str>, oddities: &mut Vec<Oddity>) -> Section {
    let mut texts = Vec::new();
    let mut echoed = false;
    let mut gap = false;
    for section in found.iter().filter(|section| section.name == name) {
        if section.echoed {
            echoed = true;
            continue;
        }
        gap |= section.body.iter().any(|block| block.has_gap());
        let (text, fenced) = body_text(&section.body);
        if parted(&text, "\u{fffd}").is_some() {
            oddities.push(Oddity::BytesReplaced);
        }
        if !fenced {
            oddities.push(Oddity::BodyUnfenced);
        }
        texts.push(text);
    }
    let repeated = texts.len() > 1;
    let mut texts = texts.into_iter();
    let Some(text) = texts.next() else {
        return Section { name, text: String::new(), state: SectionState::Missing };
    };
    if echoed || repeated {
        oddities.push(Oddity::Repeated);
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

/// The text of a body, and whether it was the one fence that the contract asks for.
fn body_text(body: &[&Block]) -> (String, bool) {
    let mut body = body;
    // A rule below a section only parts it from the next.
    while let [above @ .., Block::Other { text }] = body
        && text == RULE
    {
        body = above;
    }
    if let [Block::Code { text, .. }] = body {
        return (text.clone(), true);
    }
    let mut text = to_markdown(body.iter().copied());
    text.truncate(text.trim_end().len());
    (text, false)
}

#[cfg(test)]
mod tests;
