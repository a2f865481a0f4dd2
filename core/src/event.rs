//! What happened: the facts of the append-only log, and the state that they fold to.
//! Every state that any surface shows comes from `fold`; nothing is stored that contradicts it.

use crate::phase::Phase;
use crate::reply::{Problem, SectionMark, Trailer};
use crate::session::SessionId;
use serde::{Deserialize, Serialize};

/// One fact. Kinds and fields are only ever added: a log written today must fold for ever.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Event {
    /// A feature was taken up.
    SessionStarted {
        /// What the developer wants, in the developer's words.
        feature: String,
        /// The absolute path of the project, if there is one.
        project: Option<String>,
        /// The name of the workflow.
        workflow: String,
        /// Its phases, frozen here so that a later change of the workflow leaves the session alone.
        phases: Vec<Phase>,
    },
    /// The prompt of a phase was rendered and handed over.
    PromptRendered {
        /// The phase it asks for.
        phase: Phase,
        /// Fresh per prompt: the reply proves with it that it answers this one.
        nonce: String,
        /// SHA-256 of the text, under which the store keeps it.
        text: String,
        /// UTF-8 bytes of the text.
        bytes: u64,
        /// The earlier part that it asks the rest of, where it does.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        part: Option<Part>,
    },
    /// The prompt stands in the composer of a chat page, read back and equal.
    PromptPlaced {
        /// The phase.
        phase: Phase,
        /// The prompt.
        nonce: String,
    },
    /// The developer sent the prompt.
    PromptSent {
        /// The phase.
        phase: Phase,
        /// The prompt.
        nonce: String,
        /// When the page saw it, in milliseconds since 1970 by the page's clock.
        sent_ms: i64,
    },
    /// The session lives in this conversation of a chat site, such as `claude.ai/chat/<uuid>`.
    ConversationBound {
        /// Site and path of the conversation.
        conversation: String,
    },
    /// A reply was stored; `complete` only with proof.
    ReplyCaptured {
        /// The phase it answers.
        phase: Phase,
        /// The prompt it answers.
        nonce: String,
        /// Made by the client, so that a capture sent twice is stored once.
        capture: String,
        /// SHA-256 of the stored body.
        text: String,
        /// UTF-8 bytes of the reply as markdown.
        bytes: u64,
        /// Lines of the reply as markdown.
        lines: u64,
        /// Estimated tokens of the reply; nobody counted them.
        tokens_estimated: u64,
        /// Where it came from.
        source: Source,
        /// What was found of each section.
        sections: Vec<SectionMark>,
        /// How far the reply proves itself.
        trailer: Trailer,
        /// The reason why it is not complete; `None` is complete.
        problem: Option<Problem>,
        /// When it was sent, began and ended.
        timing: Timing,
        /// SHA-256 of what came now, where `text` is that joined to an earlier part.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        piece: Option<String>,
    },
    /// The developer takes an incomplete reply as it is.
    ReplyAccepted {
        /// The phase it answers.
        phase: Phase,
        /// The capture that is taken.
        capture: String,
    },
    /// The site answers no more for a while.
    LimitReached {
        /// When it does again, milliseconds since 1970; `None` where the site did not say it in words that can be read.
        resets_ms: Option<i64>,
    },
    /// Every phase is done.
    SessionCompleted {},
}

/// How the rest of an incomplete reply is asked for. The third way, asking for all of it anew, is an ordinary prompt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Repair {
    /// Go on where it stopped.
    Continue,
    /// Send only the sections that are not whole.
    Sections,
}

/// An earlier part of a reply, and how the rest of it is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// How.
    pub repair: Repair,
    /// SHA-256 of the part, under which the store keeps it.
    pub text: String,
}

/// Where a reply came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Read out of a chat page.
    Page,
    /// From a message's own copy button.
    Copy,
    /// From the site's record of the conversation.
    Record,
    /// Given as a file.
    File,
    /// Given on standard input.
    Stdin,
}

/// Times of a reply as one process saw them. Wall-clock values are milliseconds since 1970.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS))]
#[serde(default)]
pub struct Timing {
    /// When the prompt was seen to be sent.
    #[cfg_attr(feature = "types", ts(type = "number | null"))]
    pub sent_ms: Option<i64>,
    /// When the first text of the reply was seen.
    #[cfg_attr(feature = "types", ts(type = "number | null"))]
    pub first_token_ms: Option<i64>,
    /// When the last text of the reply was seen.
    #[cfg_attr(feature = "types", ts(type = "number | null"))]
    pub last_token_ms: Option<i64>,
    /// From sent to last token by a monotonic clock, only where one process saw both ends: the one duration to trust.
    #[cfg_attr(feature = "types", ts(type = "number | null"))]
    pub span_ms: Option<u64>,
}

/// The last millisecond of the year 9999.
const TIME_MAX: i64 = 253_402_300_799_999;

/// Whether this can be a time: a page's clock may say anything, and differences must not overflow.
#[must_use]
pub const fn is_time(ms: i64) -> bool {
    matches!(ms, 0..=TIME_MAX)
}

impl Timing {
    /// Without the values that cannot be times; a reply is not lost over them.
    #[must_use]
    pub fn plausible(self) -> Self {
        let time = |ms: Option<i64>| ms.filter(|ms| is_time(*ms));
        Self {
            sent_ms: time(self.sent_ms),
            first_token_ms: time(self.first_token_ms),
            last_token_ms: time(self.last_token_ms),
            span_ms: self.span_ms.filter(|ms| *ms <= TIME_MAX.unsigned_abs()),
        }
    }
}

/// An event as the log keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// Its place in the log, over all sessions.
    pub seq: i64,
    /// When it was recorded, milliseconds since 1970.
    pub at_ms: i64,
    /// What happened.
    pub event: Event,
}

/// Where a phase stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Stand {
    /// Not begun.
    #[default]
    Pending,
    /// The prompt was rendered and handed over.
    Prompted,
    /// The prompt was sent; the reply is awaited.
    Awaiting,
    /// The reply is stored, proven complete or accepted as it is.
    Replied,
    /// The reply that came cannot be used.
    Failed,
    /// Left out on purpose.
    Skipped,
}

/// The prompt that a phase waits on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Its nonce.
    pub nonce: String,
    /// SHA-256 of its text.
    pub text: String,
    /// When it was rendered, milliseconds since 1970.
    pub at_ms: i64,
    /// It was seen to stand in a composer.
    pub placed: bool,
    /// When it was sent, as far as anybody saw.
    pub sent_ms: Option<i64>,
    /// The earlier part that it asks the rest of.
    pub part: Option<Part>,
}

/// The reply that a phase got.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// The client's id of the capture.
    pub capture: String,
    /// SHA-256 of the stored body.
    pub text: String,
    /// Bytes of it as markdown.
    pub bytes: u64,
    /// Lines of it as markdown.
    pub lines: u64,
    /// Estimated tokens.
    pub tokens_estimated: u64,
    /// What was found.
    pub sections: Vec<SectionMark>,
    /// Why it is not complete.
    pub problem: Option<Problem>,
    /// Its times.
    pub timing: Timing,
    /// When it was recorded, milliseconds since 1970.
    pub at_ms: i64,
    /// The developer took it as it is.
    pub accepted: bool,
}

/// One phase of a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PhaseState {
    /// Which.
    pub phase: Phase,
    /// Where it stands.
    pub stand: Stand,
    /// How often it was prompted anew after a failure.
    pub retries: u32,
    /// The newest prompt.
    pub asked: Option<Asked>,
    /// The newest reply.
    pub answered: Option<Answered>,
}

/// Where a session stands as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Under way.
    Active,
    /// Every phase is done.
    Complete,
    /// Given up on purpose.
    Abandoned,
}

/// A usage limit of the site.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS))]
pub struct Limit {
    /// When it ends, milliseconds since 1970, where the site said so.
    #[cfg_attr(feature = "types", ts(type = "number | null"))]
    pub resets_ms: Option<i64>,
}

/// One session: the fold over its events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    /// Its id.
    pub id: SessionId,
    /// What the developer wants.
    pub feature: String,
    /// The absolute path of the project.
    pub project: Option<String>,
    /// The name of the workflow.
    pub workflow: String,
    /// Active, complete or abandoned.
    pub standing: Standing,
    /// The conversation it lives in.
    pub conversation: Option<String>,
    /// The site's usage limit, until a prompt is sent or a reply comes again.
    pub limit: Option<Limit>,
    /// Its phases, in order.
    pub phases: Vec<PhaseState>,
    /// Every capture that was ever stored, with the phase it answered: a client may send an old one again.
    pub captures: Vec<(Phase, String)>,
    /// When it started, milliseconds since 1970.
    pub started_ms: i64,
    /// The place of its newest event in the log.
    pub seq: i64,
}

impl State {
    /// That phase, if the workflow has it.
    #[must_use]
    pub fn phase(&self, phase: Phase) -> Option<&PhaseState> {
        self.phases.iter().find(|state| state.phase == phase)
    }

    /// The phase that is worked on: the first that is neither replied nor skipped.
    #[must_use]
    pub fn current(&self) -> Option<&PhaseState> {
        self.phases.iter().find(|state| !matches!(state.stand, Stand::Replied | Stand::Skipped))
    }

    fn phase_mut(&mut self, phase: Phase) -> Option<&mut PhaseState> {
        self.phases.iter_mut().find(|state| state.phase == phase)
    }
}

/// The state after one more event. The first event must be `SessionStarted`; before it there is no session to change.
#[must_use]
pub fn evolve(id: &SessionId, state: Option<State>, recorded: &Recorded) -> Option<State> {
    let at_ms = recorded.at_ms;
    if let Event::SessionStarted { feature, project, workflow, phases } = &recorded.event {
        return Some(State {
            id: id.clone(),
            feature: feature.clone(),
            project: project.clone(),
            workflow: workflow.clone(),
            standing: Standing::Active,
            conversation: None,
            limit: None,
            phases: phases
                .iter()
                .map(|&phase| PhaseState { phase, stand: Stand::Pending, retries: 0, asked: None, answered: None })
                .collect(),
            captures: Vec::new(),
            started_ms: at_ms,
            seq: recorded.seq,
        });
    }
    let mut state = state?;
    state.seq = recorded.seq;
    match &recorded.event {
        Event::SessionStarted { .. } => {}
        Event::PromptRendered { phase, nonce, text, part, .. } => {
            if let Some(phase) = state.phase_mut(*phase) {
                phase.retries += u32::from(phase.stand == Stand::Failed);
                phase.stand = Stand::Prompted;
                phase.asked = Some(Asked {
                    nonce: nonce.clone(),
                    text: text.clone(),
                    at_ms,
                    placed: false,
                    sent_ms: None,
                    part: part.clone(),
                });
            }
        }
        Event::PromptPlaced { phase, nonce } => {
            if let Some(asked) = state.phase_mut(*phase).and_then(|phase| phase.asked.as_mut())
                && asked.nonce == *nonce
            {
                asked.placed = true;
            }
        }
        Event::PromptSent { phase, nonce, sent_ms } => {
            state.limit = None;
            if let Some(phase) = state.phase_mut(*phase)
                && let Some(asked) = phase.asked.as_mut().filter(|asked| asked.nonce == *nonce)
            {
                asked.sent_ms.get_or_insert(*sent_ms);
                if phase.stand == Stand::Prompted {
                    phase.stand = Stand::Awaiting;
                }
            }
        }
        Event::ConversationBound { conversation } => state.conversation = Some(conversation.clone()),
        Event::ReplyCaptured {
            phase,
            capture,
            text,
            bytes,
            lines,
            tokens_estimated,
            sections,
            problem,
            timing,
            ..
        } => {
            state.limit = None;
            state.captures.push((*phase, capture.clone()));
            if let Some(phase) = state.phase_mut(*phase) {
                phase.stand = if problem.is_none() { Stand::Replied } else { Stand::Failed };
                if let Some(asked) = phase.asked.as_mut() {
                    asked.sent_ms = timing.sent_ms.or(asked.sent_ms);
                }
                phase.answered = Some(Answered {
                    capture: capture.clone(),
                    text: text.clone(),
                    bytes: *bytes,
                    lines: *lines,
                    tokens_estimated: *tokens_estimated,
                    sections: sections.clone(),
                    problem: *problem,
                    timing: *timing,
                    at_ms,
                    accepted: false,
                });
            }
        }
        Event::ReplyAccepted { phase, capture } => {
            if let Some(phase) = state.phase_mut(*phase)
                && let Some(answered) = phase.answered.as_mut().filter(|answered| answered.capture == *capture)
            {
                answered.accepted = true;
                phase.stand = Stand::Replied;
            }
        }
        Event::LimitReached { resets_ms } => state.limit = Some(Limit { resets_ms: *resets_ms }),
        Event::SessionCompleted {} => state.standing = Standing::Complete,
    }
    Some(state)
}

/// The state after all events of a session, oldest first.
#[must_use]
pub fn fold<'a>(id: &SessionId, events: impl IntoIterator<Item = &'a Recorded>) -> Option<State> {
    events.into_iter().fold(None, |state, recorded| evolve(id, state, recorded))
}
