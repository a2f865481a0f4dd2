//! What the contract reader makes of a reply, for whoever wants to try one. Nothing is stored, and no record is needed.

use prompt_runner_core::block::{Block, to_markdown};
use prompt_runner_core::machine::fits;
use prompt_runner_core::name::Name;
use prompt_runner_core::phase::Phase;
use prompt_runner_core::refusal::{Code, Refusal};
use prompt_runner_core::reply::{self, Expect, Reading, Trailer};
use prompt_runner_core::session::SessionId;

/// How a reply is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReplyFormat {
    /// As markdown.
    Markdown,
    /// As JSON: the blocks that a page sends.
    Blocks,
}

/// What a reply is read as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proof {
    /// As one that must prove that it is this one.
    Expected(Expect),
    /// As one to this phase with these sections, whatever its trailer says; then the trailer proves nothing, and counts as foreign.
    Unknown(Phase, Vec<Name>),
}

/// Reads a reply.
///
/// # Errors
/// `reply.too_large`, and `request.invalid` where it is to be blocks and is none.
pub fn read_reply(text: String, format: ReplyFormat, proof: &Proof) -> Result<Reading, Refusal> {
    fits(text.len() as u64)?;
    let reply = Reply::new(text, format)?;
    match proof {
        Proof::Expected(expect) => Ok(reply.read(expect)),
        Proof::Unknown(phase, sections) => {
            let expect = Expect { sections: sections.clone(), ..claimed(&reply.text, *phase)? };
            Ok(unproven(reply.read(&expect)))
        }
    }
}

/// A reply as text, and as blocks where a page sent it.
struct Reply {
    text: String,
    blocks: Option<Vec<Block>>,
}

impl Reply {
    fn new(text: String, format: ReplyFormat) -> Result<Self, Refusal> {
        if format == ReplyFormat::Markdown {
            return Ok(Self { text, blocks: None });
        }
        let blocks: Vec<Block> = serde_json::from_str(&text).map_err(|error| Refusal {
            hint: "Give a list of blocks, as docs/PROTOCOL.md has them, or leave --blocks out for markdown.".into(),
            ..Refusal::new(Code::RequestInvalid, format!("These are no blocks: {error}."))
        })?;
        Ok(Self { text: to_markdown(&blocks), blocks: Some(blocks) })
    }

    fn read(&self, expect: &Expect) -> Reading {
        match &self.blocks {
            Some(blocks) => reply::read(blocks, expect),
            None => reply::read_markdown(&self.text, expect),
        }
    }
}

/// What the last trailer of this phase says that it proves. Where none says anything, nothing is proven whatever was asked.
fn claimed(text: &str, phase: Phase) -> Result<Expect, Refusal> {
    let says = |trailer: &str| {
        let mut words = trailer.split_whitespace();
        let session = SessionId::parse(words.next()?)?;
        (words.next()? == phase.name()).then_some(())?;
        Some(Expect::known(session, phase, words.next()?.to_owned()))
    };
    let nobody =
        || SessionId::new("00000000_000000", [0; 4]).map(|session| Expect::known(session, phase, String::new()));
    let found = text.split("PROMPT-RUNNER/1").skip(1).filter_map(says).last();
    found.or_else(nobody).ok_or_else(|| Refusal::new(Code::SessionUnknown, "There is no session to read for."))
}

/// The same reading, without the proof that nobody could check.
fn unproven(reading: Reading) -> Reading {
    match reading.trailer {
        Trailer::Proven => Reading { trailer: Trailer::Foreign, ..reading },
        _ => reading,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use prompt_runner_core::reply::Problem;
    use prompt_runner_core::workflow::known;

    #[test]
    fn a_trailer_proves_what_was_expected_and_else_nothing() {
        let session = SessionId::parse("20261122_141129_1a2b3c4d").unwrap();
        let expect = |nonce: &str| Expect::known(session.clone(), Phase::PLANNING, nonce.into());
        let unknown = |phase| Proof::Unknown(phase, known(phase).names());
        let text = format!("PROMPT-RUNNER/1 {session} planning 00ff00ff00ff00ff\nPROMPT-RUNNER/END 00ff00ff00ff00ff");
        let read = |proof| read_reply(text.clone(), ReplyFormat::Markdown, &proof).unwrap();
        assert_eq!(read(Proof::Expected(expect("00ff00ff00ff00ff"))).trailer, Trailer::Proven);
        assert_eq!(read(Proof::Expected(expect("1111111111111111"))).trailer, Trailer::Foreign);
        assert_eq!(read(unknown(Phase::PLANNING)).trailer, Trailer::Foreign);
        assert_ne!(read(unknown(Phase::ANALYSIS)).trailer, Trailer::Proven);
        assert_eq!(read(Proof::Expected(expect("00ff00ff00ff00ff"))).problem(), Some(Problem::SectionMissing));
        let refused = read_reply(text.clone(), ReplyFormat::Blocks, &unknown(Phase::PLANNING));
        assert_eq!(refused.unwrap_err().code, Code::RequestInvalid);
    }
}
