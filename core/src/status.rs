//! The one view-model: what the bar, the badge, the popup and `status --json` show is this and nothing else.

use crate::event::{Imported, Limit, PhaseState, PhaseStatus, Repair, SessionStatus, State};
use crate::machine;
use crate::phase::Phase;
use crate::refusal::Code;
use crate::reply::{Expect, Oddity, Problem, SectionState};
use crate::session::SessionId;
use crate::words::{self, UiMessage};
use crate::workflow::PhaseOutline;
use serde::{Deserialize, Serialize};

/// A session, ready to be shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct View {
    /// Its id.
    pub session: SessionId,
    /// What the developer wants.
    pub feature: String,
    /// The absolute path of the project.
    pub project: Option<String>,
    /// The name of the workflow.
    pub workflow: String,
    /// Active, complete or abandoned.
    pub standing: SessionStatus,
    /// Site and path of the conversation it lives in.
    pub conversation: Option<String>,
    /// The site's usage limit, while it holds.
    pub limit: Option<Limit>,
    /// How the developer rated it, 1 to 5.
    pub rating: Option<u8>,
    /// The place of its newest event in the log: a view with a smaller one is older.
    #[cfg_attr(feature = "types", ts(type = "number"))]
    pub seq: i64,
    /// When it started, milliseconds since 1970.
    #[cfg_attr(feature = "types", ts(type = "number"))]
    pub started_ms: i64,
    /// Its phases, in order.
    pub phases: Vec<PhaseView>,
    /// The phase that is worked on.
    pub current: Option<Phase>,
    /// What comes next.
    pub next: Next,
    /// What the badge shows.
    pub badge: Badge,
    /// The proof that the awaited reply must carry.
    pub expect: Option<Expect>,
    /// The awaited reply goes on from an earlier part, so it need not begin with a section.
    pub part: bool,
    /// What the predecessor knew it as, where it comes from there.
    pub imported: Option<Imported>,
}

/// One phase, ready to be shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct PhaseView {
    /// Which.
    pub phase: Phase,
    /// What people call it; `@key` stands for words of the reader's language.
    #[serde(default)]
    pub title: String,
    /// Where it stands.
    pub stand: PhaseStatus,
    /// Why its reply is not complete.
    pub problem: Option<Problem>,
    /// The developer took that reply as it is.
    pub accepted: bool,
    /// Why the provider that was asked last gave no reply.
    pub trouble: Option<Code>,
    /// How often it was asked for again.
    pub retries: u32,
    /// When its prompt was rendered, milliseconds since 1970.
    #[cfg_attr(feature = "types", ts(type = "number | null"))]
    pub prompted_ms: Option<i64>,
    /// When its prompt was sent.
    #[cfg_attr(feature = "types", ts(type = "number | null"))]
    pub sent_ms: Option<i64>,
    /// When the first text of the reply came.
    #[cfg_attr(feature = "types", ts(type = "number | null"))]
    pub first_token_ms: Option<i64>,
    /// When the last text of the reply came.
    #[cfg_attr(feature = "types", ts(type = "number | null"))]
    pub last_token_ms: Option<i64>,
    /// When the reply was recorded.
    #[cfg_attr(feature = "types", ts(type = "number | null"))]
    pub captured_ms: Option<i64>,
    /// From sent (or else prompted) to the last token (or else recorded), in milliseconds.
    #[cfg_attr(feature = "types", ts(type = "number | null"))]
    pub duration_ms: Option<u64>,
    /// True when one process saw both ends by a monotonic clock; false means "about".
    pub trusted: bool,
    /// Bytes of the reply.
    #[cfg_attr(feature = "types", ts(type = "number"))]
    pub bytes: u64,
    /// Lines of the reply.
    #[cfg_attr(feature = "types", ts(type = "number"))]
    pub lines: u64,
    /// Tokens of the reply, estimated.
    #[cfg_attr(feature = "types", ts(type = "number"))]
    pub tokens_estimated: u64,
    /// Sections found whole.
    pub sections_ok: u32,
    /// Sections asked for.
    pub sections_of: u32,
    /// What was accepted in the reply although the contract says otherwise.
    #[serde(default)]
    pub oddities: Vec<Oddity>,
}

impl PhaseView {
    /// The oddities of a reply that was taken; of one that was not, what it lacks is said instead.
    #[must_use]
    pub fn although(&self) -> &[Oddity] {
        if self.stand == PhaseStatus::Replied { &self.oddities } else { &[] }
    }
}

/// What comes next, and how to say it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct Next {
    /// The step.
    pub step: NextStep,
    /// In words.
    pub say: UiMessage,
    /// On the command line, where it can be done there.
    pub command: Option<String>,
    /// How the rest of an incomplete reply may be asked for, besides asking for all of it again or accepting it as it is.
    pub repairs: Vec<Repair>,
}

/// The step that comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS, schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum NextStep {
    /// Put the prompt of the current phase into the composer.
    #[serde(rename = "place")]
    Insert,
    /// Send it.
    Send,
    /// Wait for the reply.
    Await,
    /// Ask again: the reply was not complete.
    Again,
    /// Nothing is left to do.
    Done,
}

/// The toolbar badge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct Badge {
    /// One letter or mark.
    pub text: String,
    /// What its colour means.
    pub tone: Tone,
    /// The tooltip, in words.
    pub title: UiMessage,
}

/// What a colour means; never said by colour alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS, schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Tone {
    /// The model is at work.
    Working,
    /// The developer's turn.
    Ready,
    /// Something is wrong.
    Attention,
    /// Nothing left to do.
    Done,
}

/// What a phase is called where only its name is known, as a value of a placeholder: its name as a word.
#[must_use]
pub fn phase_name(phase: Phase) -> String {
    let key = format!("phase_{}", phase.name());
    if words::CATALOGUE.iter().any(|(its, _)| *its == key) {
        return format!("@{key}");
    }
    let (first, rest) = phase.name().split_at(phase.name().chars().next().map_or(0, char::len_utf8));
    [&first.to_uppercase(), rest].concat().replace(['-', '_'], " ")
}

/// The title of a phase as a value of a placeholder: `@key` is looked up in the catalogue of the reader's language. A title that
/// a person wrote into a workflow stands for itself.
#[must_use]
pub fn title(outline: &PhaseOutline) -> String {
    let key = format!("phase_{}", outline.name.name());
    let is_ours = words::CATALOGUE.iter().any(|(its, text)| *its == key && *text == outline.title);
    if is_ours { format!("@{key}") } else { outline.title.clone() }
}

impl View {
    /// The title of one of its phases, as a value of a placeholder.
    #[must_use]
    pub fn title(&self, phase: Phase) -> String {
        let row = self.phases.iter().find(|row| row.phase == phase).map(|row| row.title.as_str());
        // A host that is older than titles has no other phases than those of the catalogue.
        row.filter(|title| !title.is_empty()).map_or_else(|| format!("@phase_{}", phase.name()), str::to_owned)
    }
}

/// The view of a session.
#[must_use]
pub fn view(state: &State) -> View {
    let current = state.current();
    View {
        session: state.id.clone(),
        feature: state.feature.clone(),
        project: state.project.clone(),
        workflow: state.workflow.clone(),
        standing: state.standing,
        conversation: state.conversation.clone(),
        limit: state.limit,
        rating: state.rating.as_ref().map(|rating| rating.rating),
        seq: state.seq,
        started_ms: state.started_ms,
        phases: state.phases.iter().map(phase_view).collect(),
        current: current.map(|phase| phase.phase),
        next: next(state),
        badge: badge(state.standing, current),
        expect: current.filter(|phase| !is_unprovable(phase)).and_then(|phase| expect(&state.id, phase)),
        part: current.and_then(machine::earlier).is_some(),
        imported: state.imported.clone(),
    }
}

/// The proof that the reply to a phase's newest prompt must carry.
#[must_use]
pub fn expect(session: &SessionId, phase: &PhaseState) -> Option<Expect> {
    phase.asked.as_ref().map(|asked| Expect {
        session: session.clone(),
        phase: phase.phase,
        nonce: asked.nonce.clone(),
        sections: phase.outline.names(),
    })
}

/// Its newest prompt asked for no proof, so no reply to it is awaited: the phase is asked for anew.
fn is_unprovable(phase: &PhaseState) -> bool {
    phase.asked.as_ref().is_some_and(|asked| !asked.is_provable())
}

fn phase_view(state: &PhaseState) -> PhaseView {
    let asked = state.asked.as_ref();
    let answered = state.reply();
    let timing = answered.map(|answered| answered.timing).unwrap_or_default();
    let sent_ms = asked.and_then(|asked| asked.sent_ms);
    let prompted_ms = asked.map(|asked| asked.at_ms);
    let captured_ms = answered.map(|answered| answered.at_ms);
    let by_wall_clock = || {
        let begin = sent_ms.or(prompted_ms)?;
        let end = timing.last_token_ms.or(captured_ms)?;
        // A phase that was brought over, and of which only one time is known, stands at that.
        let known = end != begin || !is_unprovable(state);
        u64::try_from(end.checked_sub(begin)?).ok().filter(|_| known)
    };
    PhaseView {
        phase: state.phase,
        title: title(&state.outline),
        stand: state.stand,
        problem: answered.and_then(|answered| answered.problem),
        accepted: answered.is_some_and(|answered| answered.accepted),
        trouble: state.last_error,
        retries: state.retries,
        prompted_ms,
        sent_ms,
        first_token_ms: timing.first_token_ms,
        last_token_ms: timing.last_token_ms,
        captured_ms,
        duration_ms: answered.and_then(|_| timing.span_ms.or_else(by_wall_clock)),
        trusted: timing.span_ms.is_some(),
        bytes: answered.map_or(0, |answered| answered.bytes),
        lines: answered.map_or(0, |answered| answered.lines),
        tokens_estimated: answered.map_or(0, |answered| answered.tokens_estimated),
        sections_ok: answered.map_or(0, |answered| {
            let whole = answered.sections.iter().filter(|section| section.state == SectionState::Ok).count();
            u32::try_from(whole).unwrap_or(u32::MAX)
        }),
        sections_of: u32::try_from(state.outline.sections.len()).unwrap_or(u32::MAX),
        oddities: answered.map_or_else(Vec::new, |answered| answered.oddities.clone()),
    }
}

fn next(state: &State) -> Next {
    let nothing = |say| Next { step: NextStep::Done, say, command: None, repairs: Vec::new() };
    if state.standing == SessionStatus::Abandoned {
        return nothing(UiMessage::new("next_abandoned", []));
    }
    let Some(current) = state.current() else {
        return nothing(UiMessage::new("next_done", [state.phases.len().to_string()]));
    };
    let ask = format!("prompt-runner orchestrate {} --session {}", current.phase.verb(), state.id);
    let give = format!("prompt-runner orchestrate process --session {} --file REPLY.md", state.id);
    let repairs = machine::repairs(current);
    let repair = format!("prompt-runner orchestrate repair --session {}", state.id);
    let resume = format!("prompt-runner orchestrate resume --session {}", state.id);
    let (step, key, command) = match current.stand {
        PhaseStatus::Prompted if current.last_error.is_some() => (NextStep::Send, "next_trouble", resume),
        // Nobody but the page says that it placed or sent a prompt; the command line only ever gives the reply.
        PhaseStatus::Pending => (NextStep::Insert, "next_place", ask),
        PhaseStatus::Prompted if is_unprovable(current) => (NextStep::Insert, "next_place", ask),
        PhaseStatus::Prompted => (NextStep::Send, "next_send", give),
        PhaseStatus::Failed => (NextStep::Again, "next_again", if repairs.is_empty() { ask } else { repair }),
        PhaseStatus::Awaiting | PhaseStatus::Replied | PhaseStatus::Skipped => (NextStep::Await, "next_await", give),
    };
    Next { step, say: UiMessage::new(key, [title(&current.outline)]), command: Some(command), repairs }
}

fn badge(standing: SessionStatus, current: Option<&PhaseState>) -> Badge {
    if standing == SessionStatus::Abandoned {
        return Badge { text: "–".to_owned(), tone: Tone::Done, title: UiMessage::new("badge_abandoned", []) };
    }
    let Some(current) = current else {
        return Badge { text: "✓".to_owned(), tone: Tone::Done, title: UiMessage::new("badge_done", []) };
    };
    let (tone, key) = match current.stand {
        PhaseStatus::Awaiting => (Tone::Working, "badge_working"),
        PhaseStatus::Failed => (Tone::Attention, "badge_attention"),
        _ => (Tone::Ready, "badge_ready"),
    };
    Badge { text: current.outline.letter.clone(), tone, title: UiMessage::new(key, [title(&current.outline)]) }
}
