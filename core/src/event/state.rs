//! The state that the facts fold to. Every state that any surface shows comes from `fold`; nothing is stored that contradicts it.

use super::{Cause, Event, Moment, Part, Timing};
use crate::phase::Phase;
use crate::refusal::Code;
use crate::reply::{Oddity, Problem, SectionMark};
use crate::session::SessionId;
use crate::workflow::{self, PhaseOutline};
use serde::{Deserialize, Serialize};

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
#[cfg_attr(feature = "types", derive(ts_rs::TS, schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum PhaseStatus {
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
pub struct PromptState {
    /// Its nonce.
    pub nonce: String,
    /// SHA-256 of its text.
    pub text: String,
    /// UTF-8 bytes of its text.
    pub bytes: u64,
    /// When it was rendered, milliseconds since 1970.
    pub at_ms: i64,
    /// When it was last said to stand in a composer.
    pub placed_ms: Option<i64>,
    /// When it was sent, as far as anybody saw.
    pub sent_ms: Option<i64>,
    /// The earlier part that it asks the rest of.
    pub part: Option<Part>,
}

impl PromptState {
    /// Whether a reply can prove that it answers this prompt. The predecessor's prompts asked for no proof.
    #[must_use]
    pub fn is_provable(&self) -> bool {
        !self.nonce.is_empty()
    }
}

/// The reply that a phase got.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplyState {
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
    /// What was accepted in it although the contract says otherwise.
    pub oddities: Vec<Oddity>,
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
    /// What it asks for.
    pub outline: PhaseOutline,
    /// Where it stands.
    pub stand: PhaseStatus,
    /// How often it was prompted anew after a failure.
    pub retries: u32,
    /// When it was prompted for the first time; it stays when the phase is taken up anew.
    pub started_ms: Option<i64>,
    /// The newest prompt.
    pub asked: Option<PromptState>,
    /// The newest reply.
    pub answered: Option<ReplyState>,
    /// Why the provider that was asked last gave no reply.
    pub last_error: Option<Code>,
}

impl PhaseState {
    /// A phase of which nothing happened yet.
    const fn pending(outline: PhaseOutline) -> Self {
        let (phase, stand) = (outline.name, PhaseStatus::Pending);
        Self { phase, outline, stand, retries: 0, started_ms: None, asked: None, answered: None, last_error: None }
    }

    /// The reply to the newest prompt. Once the phase is asked for again, the reply to the prompt before says nothing of it any more.
    #[must_use]
    pub fn reply(&self) -> Option<&ReplyState> {
        self.answered.as_ref().filter(|_| matches!(self.stand, PhaseStatus::Replied | PhaseStatus::Failed))
    }
}

/// Where a session stands as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS, schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum SessionStatus {
    /// Under way.
    Active,
    /// Every phase is done.
    Complete,
    /// Given up on purpose.
    Abandoned,
}

/// A usage limit of the site.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct Limit {
    /// When it ends, milliseconds since 1970, where the site said so.
    #[cfg_attr(feature = "types", ts(type = "number | null"))]
    pub resets_ms: Option<i64>,
}

/// What the predecessor knew a session as.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct Imported {
    /// Its id there.
    pub id: String,
    /// Its status there.
    pub status: String,
}

/// A text that is kept beside a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// Its name.
    pub name: String,
    /// SHA-256 of it.
    pub text: String,
    /// UTF-8 bytes of it.
    pub bytes: u64,
}

/// How the developer said that a session went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rating {
    /// 1 (badly) to 5 (well).
    pub rating: u8,
    /// In the developer's words.
    pub word: Option<String>,
    /// Minutes that the developer says were saved.
    pub saved_minutes: Option<u32>,
}

/// Something that was done to files of the project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The place of its event in the log, by which it is called.
    pub seq: i64,
    /// When, milliseconds since 1970.
    pub at_ms: i64,
    /// What for.
    pub cause: Cause,
    /// How many files.
    pub files: usize,
    /// What became of it; nothing while it is under way, or since it was interrupted.
    pub done: Option<bool>,
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
    /// SHA-256 of its definition, where the log has one.
    pub definition: Option<String>,
    /// Active, complete or abandoned.
    pub standing: SessionStatus,
    /// The conversation it lives in.
    pub conversation: Option<String>,
    /// The site's usage limit, until a prompt is sent or a reply comes again.
    pub limit: Option<Limit>,
    /// Its phases, in order.
    pub phases: Vec<PhaseState>,
    /// Every capture that was ever stored, with the phase it answered: a client may send an old one again.
    pub captures: Vec<(Phase, String)>,
    /// What the predecessor knew it as, where it comes from there.
    pub imported: Option<Imported>,
    /// What is kept beside its prompts and replies.
    pub attachments: Vec<Attachment>,
    /// The commit of the project when it began, where git knew one.
    pub commit: Option<String>,
    /// How the developer rated it last.
    pub rating: Option<Rating>,
    /// What was done to files of the project, in order.
    pub steps: Vec<Step>,
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
        self.phases.iter().find(|state| !matches!(state.stand, PhaseStatus::Replied | PhaseStatus::Skipped))
    }

    /// The step that was begun and of which nobody said what became of it: it is under way, or a program ended in its middle.
    #[must_use]
    pub fn open_step(&self) -> Option<&Step> {
        self.steps.iter().find(|step| step.done.is_none())
    }

    /// Whether a step was done and is not taken back.
    #[must_use]
    pub fn stands(&self, seq: i64) -> bool {
        let done = self.steps.iter().filter(|step| step.done == Some(true));
        let undone = done.clone().any(|step| step.cause == (Cause::Undo { step: seq }) && self.stands(step.seq));
        done.clone().any(|step| step.seq == seq) && !undone
    }

    /// The newest step that is no undoing and stands.
    #[must_use]
    pub fn newest_step(&self) -> Option<&Step> {
        self.steps.iter().rev().find(|step| !matches!(step.cause, Cause::Undo { .. }) && self.stands(step.seq))
    }

    fn phase_mut(&mut self, phase: Phase) -> Option<&mut PhaseState> {
        self.phases.iter_mut().find(|state| state.phase == phase)
    }
}

/// The state after one more event. The first event must be `SessionStarted`; before it there is no session to change.
#[must_use]
pub fn evolve(id: &SessionId, state: Option<State>, recorded: &Recorded) -> Option<State> {
    let at_ms = recorded.at_ms;
    if let Event::SessionStarted { feature, project, workflow, phases, outlines, definition } = &recorded.event {
        let outline = |phase: &Phase| outlines.iter().find(|outline| outline.name == *phase).cloned();
        let outline = |phase: &Phase| outline(phase).unwrap_or_else(|| workflow::known(*phase));
        return Some(State {
            id: id.clone(),
            feature: feature.clone(),
            project: project.clone(),
            workflow: workflow.clone(),
            standing: SessionStatus::Active,
            conversation: None,
            limit: None,
            definition: definition.clone(),
            phases: phases.iter().map(|phase| PhaseState::pending(outline(phase))).collect(),
            captures: Vec::new(),
            imported: None,
            attachments: Vec::new(),
            commit: None,
            rating: None,
            steps: Vec::new(),
            started_ms: at_ms,
            seq: recorded.seq,
        });
    }
    let mut state = state?;
    state.seq = recorded.seq;
    match &recorded.event {
        Event::SessionStarted { .. } => {}
        Event::PromptRendered { phase, nonce, text, bytes, part, .. } => {
            if let Some(phase) = state.phase_mut(*phase) {
                phase.retries += u32::from(phase.stand == PhaseStatus::Failed);
                phase.stand = PhaseStatus::Prompted;
                phase.started_ms.get_or_insert(at_ms);
                phase.last_error = None;
                phase.asked = Some(PromptState {
                    nonce: nonce.clone(),
                    text: text.clone(),
                    bytes: *bytes,
                    at_ms,
                    placed_ms: None,
                    sent_ms: None,
                    part: part.clone(),
                });
            }
        }
        Event::PromptPlaced { phase, nonce } => {
            if let Some(asked) = state.phase_mut(*phase).and_then(|phase| phase.asked.as_mut())
                && asked.nonce == *nonce
            {
                asked.placed_ms = Some(at_ms);
            }
        }
        Event::PromptSent { phase, nonce, sent_ms } => {
            state.limit = None;
            if let Some(phase) = state.phase_mut(*phase)
                && let Some(asked) = phase.asked.as_mut().filter(|asked| asked.nonce == *nonce)
            {
                asked.sent_ms.get_or_insert(*sent_ms);
                phase.last_error = None;
                if phase.stand == PhaseStatus::Prompted {
                    phase.stand = PhaseStatus::Awaiting;
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
            oddities,
            ..
        } => {
            state.limit = None;
            state.captures.push((*phase, capture.clone()));
            if let Some(phase) = state.phase_mut(*phase) {
                phase.stand = if problem.is_none() { PhaseStatus::Replied } else { PhaseStatus::Failed };
                phase.last_error = None;
                if let Some(asked) = phase.asked.as_mut() {
                    asked.sent_ms = timing.sent_ms.or(asked.sent_ms);
                }
                phase.answered = Some(ReplyState {
                    capture: capture.clone(),
                    text: text.clone(),
                    bytes: *bytes,
                    lines: *lines,
                    tokens_estimated: *tokens_estimated,
                    sections: sections.clone(),
                    problem: *problem,
                    oddities: oddities.clone(),
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
                phase.stand = PhaseStatus::Replied;
            }
        }
        Event::LimitReached { resets_ms } => state.limit = Some(Limit { resets_ms: *resets_ms }),
        Event::SessionCompleted {} => state.standing = SessionStatus::Complete,
        Event::AskFailed { phase, nonce, error } => {
            if let Some(phase) = state.phase_mut(*phase)
                && let Some(asked) = phase.asked.as_mut().filter(|asked| asked.nonce == *nonce)
            {
                // Nobody is waiting any more, so what is sent next is sent anew.
                asked.sent_ms = None;
                phase.last_error = Some(*error);
                if phase.stand == PhaseStatus::Awaiting {
                    phase.stand = PhaseStatus::Prompted;
                }
            }
        }
        Event::PhaseSkipped { phase } => {
            if let Some(phase) = state.phase_mut(*phase) {
                phase.stand = PhaseStatus::Skipped;
            }
        }
        Event::PhaseReopened { phase } => {
            state.standing = SessionStatus::Active;
            let from = state.phases.iter().position(|state| state.phase == *phase).unwrap_or(state.phases.len());
            for later in &mut state.phases[from..] {
                if later.phase == *phase || later.stand != PhaseStatus::Skipped {
                    // The retries happened, and so did the first prompt.
                    let (retries, started_ms, outline) = (later.retries, later.started_ms, later.outline.clone());
                    *later = PhaseState { retries, started_ms, ..PhaseState::pending(outline) };
                }
            }
        }
        Event::SessionAbandoned {} => state.standing = SessionStatus::Abandoned,
        Event::SessionImported { id, status, .. } => {
            state.imported = Some(Imported { id: id.clone(), status: status.clone() });
        }
        Event::WorkSeen { moment: Moment::Begin, commit, .. } => state.commit.clone_from(commit),
        Event::WorkSeen { moment: Moment::End, .. } | Event::CodeMeasured { .. } => {}
        Event::FilesChanging { cause, files, .. } => {
            state.steps.push(Step { seq: recorded.seq, at_ms, cause: cause.clone(), files: files.len(), done: None });
        }
        Event::FilesChanged { step, done, .. } => {
            if let Some(step) = state.steps.iter_mut().find(|known| known.seq == *step) {
                step.done = Some(*done);
            }
        }
        Event::Rated { rating, word, saved_minutes } => {
            state.rating = Some(Rating { rating: *rating, word: word.clone(), saved_minutes: *saved_minutes });
        }
        Event::AttachmentKept { name, text, bytes } => {
            state.attachments.push(Attachment { name: name.clone(), text: text.clone(), bytes: *bytes });
        }
    }
    Some(state)
}

/// The state after all events of a session, oldest first.
#[must_use]
pub fn fold<'a>(id: &SessionId, events: impl IntoIterator<Item = &'a Recorded>) -> Option<State> {
    events.into_iter().fold(None, |state, recorded| evolve(id, state, recorded))
}
