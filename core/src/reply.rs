//! The contract reader: what a reply holds of what was asked, and how far it proves itself (docs/CONTRACT.md).
//! Writer strict, reader liberal, never silent: whatever is accepted besides the letter of the contract is named as an oddity.

use crate::block::{Block, to_markdown};
use crate::phase::Phase;
use crate::session::SessionId;
use serde::{Deserialize, Serialize};

const HEADER: &str = "PROMPT-RUNNER/1";
const END: &str = "PROMPT-RUNNER/END";

/// The proof that a reply must carry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS))]
pub struct Expect {
    /// The session.
    pub session: SessionId,
    /// The phase.
    pub phase: Phase,
    /// Fresh per prompt: an echo, a quoted example or an old reply cannot know it.
    pub nonce: String,
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
#[cfg_attr(feature = "types", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum SectionState {
    /// All of it.
    Ok,
    /// The reply ended inside it.
    Cut,
    /// None of it.
    Missing,
    /// It came twice, with different texts.
    Duplicate,
}

/// How far the trailer proves a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS))]
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
#[cfg_attr(feature = "types", derive(ts_rs::TS))]
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
}

impl Oddity {
    /// Every oddity, in the order in which they are named.
    const ALL: [Self; 6] = [
        Self::HeadingStyle,
        Self::BodyUnfenced,
        Self::Order,
        Self::Repeated,
        Self::TrailerUnfenced,
        Self::TrailerEarly,
    ];
}

/// Why a reply is not complete.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS))]
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
#[cfg_attr(feature = "types", derive(ts_rs::TS))]
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
#[cfg_attr(feature = "types", derive(ts_rs::TS))]
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
            Trailer::Proven if any(SectionState::Missing) => Some(Problem::SectionMissing),
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

/// Reads a reply to the prompt of `expect`.
#[must_use]
pub fn read(blocks: &[Block], expect: &Expect) -> Reading {
    let names = expect.phase.sections();
    let mut found: Vec<Found<'_>> = Vec::new();
    let mut proof: Option<Proof> = None;
    let mut foreign = false;
    let mut oddities = Vec::new();
    for block in blocks {
        if let Some(trailer) = parse_trailer(block) {
            if trailer.answers(expect) {
                if matches!(block, Block::Paragraph { .. } | Block::Other { .. }) {
                    oddities.push(Oddity::TrailerUnfenced);
                }
                proof = Some(trailer);
            } else {
                foreign = true;
            }
            continue;
        }
        if let Some((name, exact)) = section_start(block, expect.phase) {
            if proof.take().is_some() {
                oddities.push(Oddity::TrailerEarly);
            }
            if !exact {
                oddities.push(Oddity::HeadingStyle);
            }
            found.push(Found { name, body: Vec::new() });
        } else if proof.is_none()
            && let Some(section) = found.last_mut()
        {
            section.body.push(block);
        }
    }
    let trailer = match &proof {
        Some(proof) if proof.ended => Trailer::Proven,
        Some(_) => Trailer::Cut,
        None if foreign => Trailer::Foreign,
        None => Trailer::Absent,
    };
    if !found.is_sorted_by_key(|section| names.iter().position(|name| *name == section.name)) {
        oddities.push(Oddity::Order);
    }
    let open = (trailer != Trailer::Proven).then(|| found.last().map(|section| section.name)).flatten();
    let sections = names.iter().map(|name| gather(name, &found, open, &mut oddities)).collect();
    let oddities = Oddity::ALL.into_iter().filter(|oddity| oddities.contains(oddity)).collect();
    Reading { sections, trailer, oddities, empty: to_markdown(blocks).trim().is_empty() }
}

struct Found<'a> {
    name: &'static str,
    body: Vec<&'a Block>,
}

/// All that was found under one name, judged.
fn gather(name: &'static str, found: &[Found<'_>], open: Option<&str>, oddities: &mut Vec<Oddity>) -> Section {
    let mut texts = Vec::new();
    let mut echoed = false;
    for section in found.iter().filter(|section| section.name == name) {
        if section.body.first().is_some_and(|block| is_placeholder(block, name)) {
            echoed = true;
            continue;
        }
        let (text, fenced) = body_text(&section.body);
        if !fenced {
            oddities.push(Oddity::BodyUnfenced);
        }
        texts.push(text);
    }
    let (text, state) = match texts.as_slice() {
        [] => (String::new(), SectionState::Missing),
        [first, rest @ ..] => {
            if echoed || !rest.is_empty() {
                oddities.push(Oddity::Repeated);
            }
            let state = if rest.iter().any(|text| text != first) {
                SectionState::Duplicate
            } else if open == Some(name) {
                SectionState::Cut
            } else if first.trim().is_empty() {
                SectionState::Missing
            } else {
                SectionState::Ok
            };
            (first.clone(), state)
        }
    };
    Section { name, text, state }
}

/// What the prompt itself shows in place of a body: an echo of the prompt carries the right nonce, and is no answer.
#[must_use]
pub fn placeholder(name: &str) -> String {
    format!("(body of {name})")
}

/// Whether a body begins as the prompt shows it; after the last section the prompt goes on, and so does its echo.
fn is_placeholder(block: &Block, name: &str) -> bool {
    matches!(block, Block::Code { text, .. } | Block::Paragraph { text } if text.trim() == placeholder(name))
}

/// The text of a body, and whether it was the one fence that the contract asks for.
fn body_text(body: &[&Block]) -> (String, bool) {
    if let [Block::Code { text, .. }] = body {
        return (text.clone(), true);
    }
    let owned: Vec<Block> = body.iter().map(|&block| block.clone()).collect();
    (to_markdown(&owned).trim_end().to_owned(), false)
}

/// The section that this block begins, and whether it is written as the contract asks.
fn section_start(block: &Block, phase: Phase) -> Option<(&'static str, bool)> {
    let (text, heading) = match block {
        Block::Heading { text, .. } => (text.as_str(), true),
        // A body may speak of "notes" in a line of its own: outside a heading only bold, bulleted or capital names count.
        Block::Paragraph { text } | Block::Other { text } if !text.trim().contains('\n') => (text.as_str(), false),
        _ => return None,
    };
    let name = section_named(text, phase)?;
    let exact = text.trim() == name;
    (heading || exact || text.trim_start().starts_with(['*', '-', '●', '•', '+', '1', '2', '3']))
        .then_some((name, heading && exact))
}

/// The section of a phase that a heading of this text begins.
#[must_use]
pub fn section_named(text: &str, phase: Phase) -> Option<&'static str> {
    phase.sections().iter().copied().find(|name| normalised(text) == *name)
}

/// A heading text without numbering, bullets, emphasis and invisible characters; words joined by `_`, in capitals.
fn normalised(text: &str) -> String {
    let visible: String = text.chars().filter(|ch| !is_invisible(*ch)).collect();
    let core = visible
        .trim_start_matches(|ch: char| ch.is_ascii_digit() || ch.is_whitespace() || "#*-+●•.)(:_`".contains(ch))
        .trim_end_matches(|ch: char| ch.is_whitespace() || "#*:_`.".contains(ch));
    core.split(|ch: char| ch.is_whitespace() || ch == '_' || ch == '-')
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_uppercase)
        .collect::<Vec<_>>()
        .join("_")
}

/// Zero-width characters and byte-order marks, which copies bring along.
const fn is_invisible(ch: char) -> bool {
    matches!(ch, '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}')
}

struct Proof {
    session: String,
    phase: String,
    nonce: String,
    ended: bool,
}

impl Proof {
    fn answers(&self, expect: &Expect) -> bool {
        self.session == expect.session.as_str() && self.phase == expect.phase.name() && self.nonce == expect.nonce
    }
}

/// The trailer that this block is. It must begin with the header, at most after the label that some renderers glue to it,
/// so that a trailer quoted inside a longer text never counts.
fn parse_trailer(block: &Block) -> Option<Proof> {
    let (Block::Code { text, .. } | Block::Paragraph { text } | Block::Other { text }) = block else {
        return None;
    };
    let start = text.find(HEADER)?;
    let label = text[..start].trim_matches(|ch: char| ch.is_whitespace() || is_invisible(ch) || ch == '`' || ch == '~');
    if label.len() > 24 || !label.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'-') {
        return None;
    }
    let visible: String = text[start + HEADER.len()..].chars().filter(|ch| !is_invisible(*ch)).collect();
    let mut words = visible.split_whitespace();
    let mut word = || words.next().unwrap_or_default().to_owned();
    let (session, phase, nonce) = (word(), word(), word());
    let ended = words.skip_while(|word| *word != END).nth(1) == Some(nonce.as_str()) && !nonce.is_empty();
    Some(Proof { session, phase, nonce, ended })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expect() -> Expect {
        Expect {
            session: SessionId::parse("20261122_141129_1a2b3c4d").unwrap(),
            phase: Phase::Analysis,
            nonce: "0123456789abcdef".into(),
        }
    }

    fn heading(text: &str) -> Block {
        Block::Heading { level: 2, text: text.into() }
    }

    fn code(text: &str) -> Block {
        Block::Code { lang: String::new(), text: text.into() }
    }

    fn trailer(nonce: &str) -> Block {
        code(&format!(
            "PROMPT-RUNNER/1 20261122_141129_1a2b3c4d analysis {nonce}\nsection: FINDINGS\nsection: DESIGN\nsection: TASKS\nPROMPT-RUNNER/END {nonce}"
        ))
    }

    fn whole() -> Vec<Block> {
        vec![
            heading("FINDINGS"),
            code("f"),
            heading("DESIGN"),
            code("d"),
            heading("TASKS"),
            code("t"),
            trailer("0123456789abcdef"),
        ]
    }

    #[test]
    fn a_reply_to_the_letter_is_complete_and_has_no_oddities() {
        let reading = read(&whole(), &expect());
        assert_eq!(reading.problem(), None);
        assert_eq!(reading.oddities, []);
        assert_eq!(reading.sections.iter().map(|section| section.text.as_str()).collect::<Vec<_>>(), ["f", "d", "t"]);
    }

    #[test]
    fn a_reply_cut_anywhere_is_never_complete() {
        for cut in 0..whole().len() {
            assert!(read(&whole()[..cut], &expect()).problem().is_some(), "cut after {cut} blocks");
        }
    }

    #[test]
    fn another_nonce_is_foreign_and_a_quoted_trailer_is_nothing() {
        let mut blocks = whole();
        blocks[6] = trailer("fedcba9876543210");
        assert_eq!(read(&blocks, &expect()).problem(), Some(Problem::Foreign));
        blocks[6] = code(
            "An example:\nPROMPT-RUNNER/1 20261122_141129_1a2b3c4d analysis 0123456789abcdef\nPROMPT-RUNNER/END 0123456789abcdef",
        );
        assert_eq!(read(&blocks, &expect()).trailer, Trailer::Absent);
    }

    #[test]
    fn harmless_shapes_are_read_and_named() {
        for (shape, first) in [
            ("numbered", heading("1. FINDINGS")),
            ("lower case", heading("Findings:")),
            ("bold", Block::Paragraph { text: "**FINDINGS**".into() }),
            ("bullet", Block::Paragraph { text: "● FINDINGS".into() }),
            ("list item", Block::Other { text: "1. FINDINGS".into() }),
        ] {
            let mut blocks = whole();
            blocks[0] = first;
            let reading = read(&blocks, &expect());
            assert_eq!(reading.problem(), None, "{shape}");
            assert_eq!(reading.oddities, [Oddity::HeadingStyle], "{shape}");
        }
        let mut blocks = whole();
        blocks[6] = Block::Paragraph {
            text: "promptrunnerCopy PROMPT-RUNNER/1 20261122_141129_1a2b3c4d analysis 0123456789abcdef section: FINDINGS PROMPT-RUNNER/END 0123456789abcdef".into(),
        };
        assert_eq!(read(&blocks, &expect()).oddities, [Oddity::TrailerUnfenced]);
    }

    #[test]
    fn an_echo_of_the_prompt_is_no_answer_and_does_not_spoil_one() {
        let mut blocks: Vec<_> =
            Phase::Analysis.sections().iter().flat_map(|name| [heading(name), code(&placeholder(name))]).collect();
        blocks.push(Block::Paragraph { text: "Write the answer in the chat itself.".into() });
        blocks.push(trailer("0123456789abcdef"));
        let echo = read(&blocks, &expect());
        assert_eq!(echo.problem(), Some(Problem::SectionMissing));
        assert!(echo.sections.iter().all(|section| section.state == SectionState::Missing), "{echo:?}");
        blocks.extend(whole());
        assert_eq!(read(&blocks, &expect()).problem(), None);
    }

    #[test]
    fn two_different_texts_under_one_name_are_a_problem() {
        let mut blocks = whole();
        blocks.splice(2..2, [heading("FINDINGS"), code("other")]);
        assert_eq!(read(&blocks, &expect()).problem(), Some(Problem::SectionDuplicate));
    }

    #[test]
    fn a_trailer_before_the_last_section_proves_nothing() {
        let mut blocks = whole();
        let proof = blocks.remove(6);
        blocks.insert(0, proof);
        assert_eq!(read(&blocks, &expect()).problem(), Some(Problem::Cut));
    }
}
