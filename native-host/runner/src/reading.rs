//! From the body of a reply to what is known about it, and from the store back to its sections.

use super::{Runner, current, upkeep};
use crate::hex::hash;
use crate::store::Text;
use crate::tokens;
use prompt_runner_core::block::{Block, to_markdown};
use prompt_runner_core::estimate::estimate;
use prompt_runner_core::event::{Repair, Source, State, Timing};
use prompt_runner_core::machine::{self, Capture, fits};
use prompt_runner_core::name::Name;
use prompt_runner_core::phase::Phase;
use prompt_runner_core::protocol::{Body, Other};
use prompt_runner_core::refusal::{Code, Refusal};
use prompt_runner_core::reply::{self, Expect, Oddity, Problem, Reading, Section, SectionState, Trailer, Verdict};
use prompt_runner_core::{markdown, plain, repair, status};
use std::sync::Arc;

/// A capture of which nothing is known yet but where and when.
pub(super) const fn unread(source: Source, timing: Timing) -> Capture {
    Capture {
        capture: String::new(),
        phase: Phase::PLANNING,
        nonce: String::new(),
        text: String::new(),
        piece: None,
        bytes: 0,
        lines: 0,
        tokens_estimated: 0,
        source,
        verdict: Verdict { sections: Vec::new(), trailer: Trailer::Absent, problem: None, oddities: Vec::new() },
        timing,
        conversation: None,
        by: None,
        estimate: None,
    }
}

/// The phase that a capture means: the one it names, else the one that holds this capture already, else the current one.
pub(super) fn phase_of_capture(state: &State, phase: Option<Phase>, capture: &str) -> Result<Phase, Refusal> {
    let holds = || state.captures.iter().find(|(_, kept)| kept == capture).map(|(phase, _)| *phase);
    current(state, phase.or_else(holds))
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
    Refusal::new(Code::StoreBroken, format!("A stored reply cannot be read: {error}.")).of_this_request()
}

/// A reply as it was given, and as it will be kept.
struct ReplyInput {
    blocks: Vec<Block>,
    text: String,
    kept: Text,
}

impl ReplyInput {
    fn markdown(text: &str) -> Self {
        Self { blocks: markdown::blocks(text), text: text.to_owned(), kept: Self::kept(text) }
    }

    fn kept(text: &str) -> Text {
        Text { hash: hash(text), format: "markdown", body: text.to_owned() }
    }

    fn kept_blocks(blocks: &[Block]) -> Result<Text, Refusal> {
        let json = serde_json::to_string(blocks).map_err(|error| unreadable(&error))?;
        Ok(Text { hash: hash(&json), format: "blocks", body: json })
    }

    fn blocks(blocks: Vec<Block>) -> Result<Self, Refusal> {
        let kept = Self::kept_blocks(&blocks)?;
        Ok(Self { text: to_markdown(&blocks), blocks, kept })
    }

    /// What it holds; of a text that somebody wrote, to the byte.
    fn reading(&self, expect: &Expect) -> Reading {
        if self.kept.format == "blocks" {
            reply::read(&self.blocks, expect)
        } else {
            reply::read_markdown(&self.text, expect)
        }
    }
}

/// A stored text: its format, and what it says.
type Kept = (String, String);

/// A prompt, by which a reply to it is read.
struct ExpectedReply {
    expect: Expect,
    /// An earlier part of the reply as it is kept, and how it was gone on with.
    part: Option<(Repair, Result<Kept, Refusal>)>,
}

/// A reply that came in, and all that it takes to read it: for a thread that has no database.
struct Received {
    phase: Phase,
    /// The section that may hold an estimate.
    estimates: Option<Name>,
    body: Body,
    others: Vec<Other>,
    asked: Option<ExpectedReply>,
    capture: Capture,
}

impl Received {
    fn given(&self) -> Result<ReplyInput, Refusal> {
        match &self.body {
            Body::Markdown(text) => Ok(ReplyInput::markdown(text)),
            Body::Blocks(blocks) => ReplyInput::blocks(blocks.clone()),
        }
    }

    /// Reads and measures it. Where it is not complete by itself and an earlier part is kept, it is joined to that part if something whole
    /// comes of it; what came now is kept as well.
    fn read(&self, joins: bool) -> Result<(Capture, Vec<Text>), Refusal> {
        let (mut source, mut given) = (self.capture.source, self.given()?);
        let (mut verdict, mut piece, mut planned) = (self.capture.verdict.clone(), None, None);
        if let Some(ExpectedReply { expect, part }) = &self.asked {
            verdict = given.reading(expect).verdict();
            if verdict.problem.is_some()
                && source.is_by_hand()
                && let Some((blocks, its)) = plain::read(&given.text, expect)
            {
                (given, verdict) = (ReplyInput::blocks(blocks)?, its);
            }
            for other in self.others.iter().filter(|other| fits(other.text.len() as u64).is_ok()) {
                let also = ReplyInput::markdown(&other.text);
                let its = also.reading(expect).verdict();
                // It has to prove itself: two sources of a cut reply agree with each other, and it is cut.
                if its.problem.is_none() && verdict.problem.is_some() {
                    (given, verdict, source) = (also, its, other.source);
                }
            }
            if let Some((repair, first)) = part.as_ref().filter(|_| joins && verdict.trailer != Trailer::Foreign) {
                let first = first.as_ref().map_err(Clone::clone)?;
                let blocks = joined(*repair, first, &given.blocks, expect)?;
                let joined = reply::read(&blocks, expect).verdict();
                // What goes on under the heading of the first section looks whole by itself, and is not.
                let looked_whole = verdict.problem.is_none() && *repair == Repair::Continue;
                if worth(&joined) > worth(&verdict) || looked_whole && blocks != given.blocks {
                    piece = Some(given.kept);
                    (given, verdict) = (ReplyInput::blocks(blocks)?, joined);
                }
            }
            if let Some(name) = self.estimates {
                let notes = given.reading(expect).sections.into_iter().find(|its| its.name == name);
                planned = notes.and_then(|notes| estimate(&notes.text));
            }
        }
        let measured = Capture { source, verdict, estimate: planned, ..self.capture.clone() };
        Ok(self.counted(measured, &given.text, (piece, given.kept)))
    }

    /// The same without a look at what is in it. Whoever still has the text is refused; of any other nothing is lost.
    fn unread(&self) -> Result<(Capture, Vec<Text>), Refusal> {
        if !self.capture.source.is_fleeting() {
            return Err(Refusal::new(Code::ReplyUnread, "The reply could not be read in time."));
        }
        let (text, kept) = match &self.body {
            Body::Markdown(text) => (text.clone(), ReplyInput::kept(text)),
            Body::Blocks(blocks) => (to_markdown(blocks), ReplyInput::kept_blocks(blocks)?),
        };
        let mut verdict = match &self.asked {
            Some(asked) => reply::read(&[], &asked.expect).verdict(),
            None => self.capture.verdict.clone(),
        };
        verdict.problem = Some(Problem::SectionMissing);
        verdict.oddities = vec![Oddity::Unread];
        Ok(self.counted(Capture { verdict, ..self.capture.clone() }, &text, (None, kept)))
    }

    fn counted(&self, read: Capture, text: &str, (piece, kept): (Option<Text>, Text)) -> (Capture, Vec<Text>) {
        let model = read.by.as_ref().and_then(|by| by.model.as_deref());
        let capture = Capture {
            phase: self.phase,
            nonce: self.asked.as_ref().map_or_else(|| read.nonce.clone(), |asked| asked.expect.nonce.clone()),
            text: kept.hash.clone(),
            piece: piece.as_ref().map(|piece: &Text| piece.hash.clone()),
            bytes: text.len() as u64,
            lines: text.lines().count() as u64,
            tokens_estimated: tokens::estimate(text, model),
            ..read
        };
        (capture, piece.into_iter().chain([kept]).collect())
    }
}

/// What came now, joined to an earlier part of the reply.
fn joined(repair: Repair, (format, body): &Kept, second: &[Block], expect: &Expect) -> Result<Vec<Block>, Refusal> {
    let first = in_blocks(format, body)?;
    Ok(match repair {
        Repair::Sections => repair::replace_sections(&first, second, expect),
        // A source shows fences, a page does not.
        Repair::Continue if format != "blocks" && markdown::ends_with_fence_closed(body) => {
            repair::join_closed(&first, second, expect)
        }
        Repair::Continue => repair::join(&first, second, expect),
    })
}

/// The sections of a text that is kept.
fn sections(format: &str, body: &str, expect: &Expect) -> Result<Vec<Section>, Refusal> {
    let reading = match format {
        "blocks" => reply::read(&blocks_of(body)?, expect),
        _ => reply::read_markdown(body, expect),
    };
    Ok(reading.sections)
}

/// How good a reading is: complete before anything else, then the more whole sections the better.
fn worth(verdict: &Verdict) -> (bool, usize) {
    (verdict.problem.is_none(), verdict.sections.iter().filter(|mark| mark.state == SectionState::Ok).count())
}

impl Runner {
    /// Reads and measures a reply, in the time that this may take; after it, the reply is kept as it came.
    pub(super) fn measure(
        &self,
        state: &State,
        phase: Phase,
        (body, others): (Body, Vec<Other>),
        capture: Capture,
    ) -> Result<(Capture, Vec<Text>), Refusal> {
        fits(size(&body))?;
        let asked = state.phase(phase).and_then(|at| Some((at, status::expect(&state.id, at)?)));
        let asked = asked.map(|(at, expect)| {
            let part = machine::earlier(at).map(|part| (part.repair, self.kept(&part.text)));
            ExpectedReply { expect, part }
        });
        let estimates = state.phase(phase).and_then(|at| at.outline.estimate_section());
        let received = Arc::new(Received { phase, estimates, body, others, asked, capture });
        let read = |joins| {
            let received = Arc::clone(&received);
            self.patience.wait(move || received.read(joins))
        };
        // What is there of the reply may be what takes so long; then what came now is read by itself.
        let again = received.asked.as_ref().is_some_and(|asked| asked.part.is_some());
        let outcome = read(true).or_else(|| if again { read(false) } else { None });
        outcome.unwrap_or_else(|| received.unread())
    }

    /// The sections of every reply of a session, read again from the stored texts.
    pub(super) fn sections(&self, state: &State) -> Result<Vec<(Phase, Vec<Section>)>, Refusal> {
        let mut sections = Vec::new();
        for phase in &state.phases {
            if let (Some(answered), Some(expect)) = (&phase.answered, status::expect(&state.id, phase)) {
                let mut its = self.sections_of(&expect, &answered.text)?;
                // Taken as it is, and without a section: then all of it stands where the next prompts look first.
                if answered.accepted && its.iter().all(|section| section.state == SectionState::Missing) {
                    let whole = self.markdown(&answered.text)?;
                    let main = phase.outline.main_section();
                    its.iter_mut().filter(|section| Some(section.name) == main).for_each(|section| {
                        section.text.clone_from(&whole);
                    });
                }
                sections.push((phase.phase, its));
            }
        }
        Ok(sections)
    }

    /// The sections of one stored reply.
    pub(super) fn sections_of(&self, expect: &Expect, hash: &str) -> Result<Vec<Section>, Refusal> {
        let (format, body) = self.kept(hash)?;
        let asked = expect.clone();
        // Of what cannot be read in time there is no section, and what was accepted so is given on as a whole.
        let read = self.patience.wait(move || sections(&format, &body, &asked));
        read.unwrap_or_else(|| Ok(reply::read(&[], expect).sections))
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

    fn kept(&self, hash: &str) -> Result<Kept, Refusal> {
        match (self.store.text(hash)?, self.store.pruned_ms(hash)?) {
            (Some(text), _) => Ok(text),
            (None, Some(at_ms)) => Err(upkeep::gone(at_ms)),
            (None, None) => {
                let message = format!("The text {hash} is missing from the database.");
                Err(Refusal::new(Code::StoreBroken, message).of_this_request())
            }
        }
    }
}

fn in_blocks(format: &str, body: &str) -> Result<Vec<Block>, Refusal> {
    if format == "blocks" { blocks_of(body) } else { Ok(markdown::blocks(body)) }
}

fn blocks_of(json: &str) -> Result<Vec<Block>, Refusal> {
    serde_json::from_str(json).map_err(|error| unreadable(&error))
}
