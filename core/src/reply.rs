//! The contract reader: what a reply holds of what was asked, and how far it proves itself (docs/CONTRACT.md).
//! Writer strict, reader liberal, never silent: whatever is accepted besides the letter of the contract is named as an oddity.

#[cfg(feature = "native")]
mod clean;
mod judge;
mod name;
#[cfg(feature = "native")]
mod recover;
mod source;
#[cfg(feature = "native")]
mod split;
mod trailer;

pub use self::name::section_named;
#[cfg(feature = "native")]
pub(crate) use self::name::section_start;
#[cfg(feature = "native")]
pub(crate) use self::trailer::parse_trailer;
pub use self::trailer::{END, placeholder};

use self::source::Source;
use crate::block::Block;
use crate::name::Name;
use crate::names::Named as _;
use crate::parted::holds;
use crate::phase::Phase;
use crate::session::SessionId;
use crate::workflow;
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
    /// The sections that the reply must have, in order. A host that is older than workflows as data leaves them out.
    #[serde(default)]
    #[cfg_attr(feature = "types", ts(as = "Vec<String>"))]
    pub sections: Vec<Name>,
}

impl Expect {
    /// The proof of a phase that a log or an older host names without its sections.
    #[must_use]
    pub fn known(session: SessionId, phase: Phase, nonce: String) -> Self {
        Self { session, phase, nonce, sections: workflow::known(phase).names() }
    }

    /// Whether a text carries the nonce: the prompt, or what quotes it.
    #[must_use]
    pub fn is_in(&self, text: &str) -> bool {
        holds(text, &self.nonce)
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
    pub name: Name,
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
    /// A body that is not to the byte what was written: a page has drawn it, two messages were joined, or it was indented as a whole.
    Rendered,
    /// Words beside the fence of a section, or before the trailer, that are no part of it.
    TalkLeftOut,
    /// A section name after the trailer, under which nothing was taken.
    AfterTrailer,
    /// The model's thoughts stood in the reply, and count for nothing.
    ThoughtsLeftOut,
    /// Codes for a terminal were taken out before the reply could be read.
    TerminalCodes,
    /// A section with the mark that stands for bytes or characters that were damaged on the way.
    BytesReplaced,
    /// It was not read in the time that a reading may take, so nobody knows what is in it.
    Unread,
}

impl Oddity {
    /// Every oddity, in the order in which they are named.
    const ALL: [Self; 14] = [
        Self::HeadingStyle,
        Self::BodyUnfenced,
        Self::Order,
        Self::Repeated,
        Self::TrailerUnfenced,
        Self::TrailerEarly,
        Self::FenceBroken,
        Self::Rendered,
        Self::TalkLeftOut,
        Self::AfterTrailer,
        Self::ThoughtsLeftOut,
        Self::TerminalCodes,
        Self::BytesReplaced,
        Self::Unread,
    ];

    /// Its words in the catalogue.
    #[must_use]
    pub fn key(self) -> String {
        let name = Self::NAMES.iter().find(|(its, _)| *its == self).map_or("", |(_, name)| name);
        ["oddity_", name].concat()
    }
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

    /// Names what else was accepted.
    #[cfg(feature = "native")]
    fn note(&mut self, oddity: Oddity) {
        if let Err(at) = self.oddities.binary_search(&oddity) {
            self.oddities.insert(at, oddity);
        }
    }

    /// The reading without its texts.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        let mark = |section: &Section| SectionMark {
            name: section.name.into(),
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

/// Reads a reply to the prompt of `expect`, of which there are blocks and nothing else. The page, which may be slow but not big, reads
/// only what stands there as it should; a native program also mends broken fences.
#[must_use]
pub fn read(blocks: &[Block], expect: &Expect) -> Reading {
    let source = Source::of_blocks(blocks);
    #[cfg(feature = "native")]
    return recover::read(&source, expect);
    #[cfg(not(feature = "native"))]
    return judge::as_it_stands(&source, expect);
}

/// Reads a reply as it was written: what its sections hold is taken from the text, byte for byte, or an oddity says that it is not.
#[cfg(feature = "native")]
#[must_use]
pub fn read_markdown(markdown: &str, expect: &Expect) -> Reading {
    clean::read(markdown, expect)
}

#[cfg(test)]
mod tests;
