//! From the body of a reply to what is known about it, and from the store back to its sections.

use super::{Runner, current};
use crate::store::Text;
use prompt_runner_core::block::{Block, to_markdown};
use prompt_runner_core::event::{Source, State, Timing};
use prompt_runner_core::machine::{Capture, fits};
use prompt_runner_core::phase::Phase;
use prompt_runner_core::protocol::Body;
use prompt_runner_core::refusal::{Code, Refusal};
use prompt_runner_core::reply::{self, Section, Trailer, Verdict};
use prompt_runner_core::{insight, markdown, status};
use sha2::{Digest, Sha256};
use std::borrow::Cow;

/// SHA-256 in hex: the name of a text.
pub(super) fn hash(text: &str) -> String {
    use std::fmt::Write as _;
    Sha256::digest(text.as_bytes()).iter().fold(String::with_capacity(64), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// A capture of which nothing is known yet but where and when.
pub(super) const fn unread(source: Source, timing: Timing) -> Capture {
    Capture {
        capture: String::new(),
        phase: Phase::Planning,
        nonce: String::new(),
        text: String::new(),
        bytes: 0,
        lines: 0,
        tokens_estimated: 0,
        source,
        verdict: Verdict { sections: Vec::new(), trailer: Trailer::Absent, problem: None, oddities: Vec::new() },
        timing,
        conversation: None,
    }
}

/// The phase that a capture means: the one it names, else the one that holds this capture already, else the current one.
pub(super) fn phase_of_capture(state: &State, phase: Option<Phase>, capture: &str) -> Result<Phase, Refusal> {
    let holds = || state.captures.iter().find(|(_, kept)| kept == capture).map(|(phase, _)| *phase);
    current(state, phase.or_else(holds))
}

/// Reads and measures a reply.
pub(super) fn measure(state: &State, phase: Phase, body: &Body, capture: Capture) -> Result<(Capture, Text), Refusal> {
    fits(size(body))?;
    let (blocks, text, format, kept) = match body {
        Body::Markdown(text) => {
            (Cow::Owned(markdown::blocks(text)), Cow::Borrowed(text.as_str()), "markdown", text.clone())
        }
        Body::Blocks(blocks) => {
            let json = serde_json::to_string(blocks).map_err(|error| unreadable(&error))?;
            (Cow::Borrowed(blocks.as_slice()), Cow::Owned(to_markdown(blocks)), "blocks", json)
        }
    };
    let kept = Text { hash: hash(&kept), format, body: kept };
    let asked = state.phase(phase).and_then(|phase| status::expect(&state.id, phase));
    let (nonce, verdict) = asked.map_or((capture.nonce, capture.verdict), |expect| {
        let verdict = reply::read(&blocks, &expect).verdict();
        (expect.nonce, verdict)
    });
    let lines = text.lines().count() as u64;
    Ok((
        Capture {
            phase,
            nonce,
            text: kept.hash.clone(),
            bytes: text.len() as u64,
            lines,
            tokens_estimated: insight::tokens(&text),
            verdict,
            ..capture
        },
        kept,
    ))
}

/// The bytes of a body, without what joins its blocks.
fn size(body: &Body) -> u64 {
    let bytes = match body {
        Body::Markdown(text) => text.len(),
        Body::Blocks(blocks) => blocks.iter().map(Block::text).map(str::len).sum(),
    };
    bytes as u64
}

fn unreadable(error: &serde_json::Error) -> Refusal {
    Refusal::new(Code::StoreBroken, format!("A stored reply cannot be read: {error}."))
}

impl Runner {
    /// The sections of every reply of a session, read again from the stored texts.
    pub(super) fn sections(&self, state: &State) -> Result<Vec<(Phase, Vec<Section>)>, Refusal> {
        let mut sections = Vec::new();
        for phase in &state.phases {
            if let (Some(answered), Some(expect)) = (&phase.answered, status::expect(&state.id, phase)) {
                sections.push((phase.phase, reply::read(&self.blocks(&answered.text)?, &expect).sections));
            }
        }
        Ok(sections)
    }

    /// A stored text as it is.
    pub(super) fn body(&self, hash: &str) -> Result<String, Refusal> {
        self.kept(hash).map(|(_, body)| body)
    }

    /// A stored reply as markdown.
    pub(super) fn markdown(&self, hash: &str) -> Result<String, Refusal> {
        let (format, body) = self.kept(hash)?;
        if format == "blocks" {
            return Ok(to_markdown(&blocks_of(&body)?));
        }
        Ok(body)
    }

    fn blocks(&self, hash: &str) -> Result<Vec<Block>, Refusal> {
        let (format, body) = self.kept(hash)?;
        if format == "blocks" { blocks_of(&body) } else { Ok(markdown::blocks(&body)) }
    }

    fn kept(&self, hash: &str) -> Result<(String, String), Refusal> {
        let text = self.store.text(hash)?;
        text.ok_or_else(|| Refusal::new(Code::StoreBroken, format!("The text {hash} is missing from the database.")))
    }
}

fn blocks_of(json: &str) -> Result<Vec<Block>, Refusal> {
    serde_json::from_str(json).map_err(|error| unreadable(&error))
}
