//! The phase machine: what may be asked when. `decide` turns a wish into events or refuses it; it changes nothing itself.

mod rate;

pub use self::rate::WORD_MAX;

use crate::event::{
    Estimated, Event, Origin, Part, PhaseState, PhaseStatus, Repair, SessionStatus, Source, State, Timing, is_time,
};
use crate::phase::Phase;
use crate::refusal::{Code, Refusal};
use crate::reply::{Problem, Verdict};
use crate::workflow::WorkflowOutline;

/// The longest feature text, in characters.
pub const FEATURE_MAX: usize = 20_000;
/// The largest reply, in bytes of markdown.
pub const REPLY_MAX: u64 = 16 << 20;

/// A wish about a session that exists, with all that the world had to add: nonces, hashes, counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Hand over a freshly rendered prompt.
    Prompt {
        /// For this phase.
        phase: Phase,
        /// With this nonce.
        nonce: String,
        /// SHA-256 of its text.
        text: String,
        /// Bytes of its text.
        bytes: u64,
        /// The earlier part that it asks the rest of.
        part: Option<Part>,
        /// SHA-256 of the template that it was rendered from.
        template: String,
    },
    /// Note that the prompt stands in a composer.
    Placed {
        /// The phase.
        phase: Phase,
        /// The prompt.
        nonce: String,
    },
    /// Note that the prompt was sent.
    Sent {
        /// The phase.
        phase: Phase,
        /// The prompt.
        nonce: String,
        /// When, in milliseconds since 1970.
        sent_ms: i64,
        /// In which conversation.
        conversation: Option<String>,
    },
    /// Keep a reply.
    Capture(Box<Capture>),
    /// Take the incomplete reply of this phase as it is.
    Accept {
        /// The phase.
        phase: Phase,
    },
    /// Note that the site answers no more for a while.
    Limit {
        /// Until when, in milliseconds since 1970, where that is known.
        resets_ms: Option<i64>,
    },
    /// Close the session.
    Complete,
    /// Note that a provider gave no reply to the prompt.
    Failed {
        /// The phase.
        phase: Phase,
        /// The prompt.
        nonce: String,
        /// Why.
        error: Code,
    },
    /// Leave a phase out.
    Skip {
        /// The phase.
        phase: Phase,
    },
    /// Take a phase and those after it up anew.
    Redo {
        /// The phase.
        phase: Phase,
    },
    /// Give the session up.
    Abandon,
    /// Say how the session went.
    Rate {
        /// 1 (badly) to 5 (well).
        rating: u8,
        /// In the developer's words.
        word: Option<String>,
        /// Minutes that the developer says were saved.
        saved_minutes: Option<u32>,
    },
}

/// A reply to be kept, read and measured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capture {
    /// The client's id.
    pub capture: String,
    /// The phase it answers.
    pub phase: Phase,
    /// The nonce of the prompt that its verdict was read for.
    pub nonce: String,
    /// SHA-256 of its body.
    pub text: String,
    /// SHA-256 of what came now, where the body is that joined to an earlier part.
    pub piece: Option<String>,
    /// Bytes as markdown.
    pub bytes: u64,
    /// Lines as markdown.
    pub lines: u64,
    /// Estimated tokens.
    pub tokens_estimated: u64,
    /// Where it came from.
    pub source: Source,
    /// What was read in it.
    pub verdict: Verdict,
    /// Its times.
    pub timing: Timing,
    /// The conversation it was read in.
    pub conversation: Option<String>,
    /// Who was asked, where that was no chat page.
    pub by: Option<Origin>,
    /// What it estimates, where it is a plan that does.
    pub estimate: Option<Estimated>,
}

/// The first event of a session, or why there can be none.
///
/// # Errors
/// `feature.invalid`.
pub fn start(
    feature: &str,
    project: Option<String>,
    workflow: WorkflowOutline,
    definition: Option<String>,
) -> Result<Event, Refusal> {
    let feature = feature.trim();
    if crate::unseen::is_blank(feature) || feature.chars().count() > FEATURE_MAX {
        return Err(Refusal::new(Code::FeatureInvalid, "The feature has no text, or too much of it."));
    }
    Ok(Event::SessionStarted {
        feature: feature.to_owned(),
        project,
        workflow: workflow.name,
        phases: workflow.phases.iter().map(|outline| outline.name).collect(),
        // Of a workflow that every version knows, the names say all.
        outlines: if definition.is_some() { workflow.phases } else { Vec::new() },
        definition,
    })
}

/// What a request for a prompt means in this state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Prompting {
    /// The prompt was rendered already and its reply is awaited: hand over the same text.
    Again {
        /// Its nonce.
        nonce: String,
        /// SHA-256 of its text.
        text: String,
    },
    /// Render a new one.
    Fresh,
}

/// Whether a phase may be prompted now, and how; with a repair only for the rest of its incomplete reply.
///
/// # Errors
/// `session.closed`, `phase.unknown`, `phase.out_of_order`, `phase.closed`, `phase.nothing_to_repair`.
pub fn prompting(state: &State, phase: Phase, repair: Option<Repair>) -> Result<Prompting, Refusal> {
    let at = open_phase(state, phase)?;
    if at.stand == PhaseStatus::Skipped {
        return Err(Refusal::new(Code::PhaseClosed, format!("The {} phase was left out.", phase.name())));
    }
    if at.stand == PhaseStatus::Replied {
        return Err(Refusal::new(Code::PhaseClosed, format!("The {} phase has its reply already.", phase.name())));
    }
    if let Some(current) = state.current().filter(|current| current.phase != phase) {
        return Err(Refusal::new(
            Code::PhaseOutOfOrder,
            format!("The {} phase has no reply yet, so {} cannot begin.", current.phase.name(), phase.name()),
        ));
    }
    Ok(match (&at.asked, at.stand) {
        // Who wants only the rest is not served with a prompt for all of it.
        (Some(asked), PhaseStatus::Prompted | PhaseStatus::Awaiting)
            if asked.is_provable() && (repair.is_none() || asked.part.is_some()) =>
        {
            Prompting::Again { nonce: asked.nonce.clone(), text: asked.text.clone() }
        }
        _ if repair.is_none_or(|repair| repairs(at).contains(&repair)) => Prompting::Fresh,
        _ => return Err(nothing_to_repair(phase)),
    })
}

/// The earlier part to which what comes in may belong: the incomplete reply itself, which the page may let go on, or the one
/// whose rest was asked for.
#[must_use]
pub fn earlier(at: &PhaseState) -> Option<Part> {
    let failed = at.answered.as_ref().filter(|_| at.stand == PhaseStatus::Failed);
    match failed {
        Some(answered) => Some(Part { repair: Repair::Continue, text: answered.text.clone() }),
        None => at.asked.as_ref().and_then(|asked| asked.part.clone()),
    }
}

/// How the rest of this phase's reply may be asked for, the fitting way first.
#[must_use]
pub fn repairs(at: &PhaseState) -> Vec<Repair> {
    let problem =
        at.answered.as_ref().filter(|_| at.stand == PhaseStatus::Failed).and_then(|answered| answered.problem);
    match problem {
        Some(Problem::Cut) => vec![Repair::Continue],
        Some(Problem::SectionMissing | Problem::SectionDuplicate) => vec![Repair::Sections],
        _ => Vec::new(),
    }
}

/// The events that a wish leads to; none where the wish is fulfilled already.
///
/// # Errors
/// Every refusal of the phase machine; nothing was changed then.
pub fn decide(state: &State, command: Command) -> Result<Vec<Event>, Refusal> {
    match command {
        Command::Prompt { phase, nonce, text, bytes, part, template } => {
            Ok(match prompting(state, phase, part.as_ref().map(|part| part.repair))? {
                // Somebody else was faster: theirs is the prompt.
                Prompting::Again { .. } => Vec::new(),
                Prompting::Fresh => {
                    vec![Event::PromptRendered { phase, nonce, text, bytes, part, template: Some(template) }]
                }
            })
        }
        Command::Placed { phase, nonce } => {
            let placed = asked(open_phase(state, phase)?, &nonce)?.placed_ms.is_some();
            Ok(if placed { Vec::new() } else { vec![Event::PromptPlaced { phase, nonce }] })
        }
        Command::Sent { phase, nonce, sent_ms, conversation } => {
            let at = phase_of(state, phase)?;
            if !is_time(sent_ms) {
                return Err(Refusal::new(
                    Code::RequestInvalid,
                    format!("{sent_ms} is no time, in milliseconds since 1970."),
                ));
            }
            let seen = asked(at, &nonce)?.sent_ms.is_some();
            let mut events = bind(state, conversation);
            if !seen {
                events.push(Event::PromptSent { phase, nonce, sent_ms });
            }
            Ok(events)
        }
        Command::Capture(capture) => keep(state, *capture),
        Command::Accept { phase } => accept(state, phase),
        Command::Limit { resets_ms } => {
            let known = state.limit.is_some_and(|limit| limit.resets_ms == resets_ms);
            let resets_ms = resets_ms.filter(|ms| is_time(*ms));
            Ok(if known || state.standing != SessionStatus::Active {
                Vec::new()
            } else {
                vec![Event::LimitReached { resets_ms }]
            })
        }
        Command::Complete => match (state.standing, state.current()) {
            (SessionStatus::Complete, _) => Ok(Vec::new()),
            (SessionStatus::Abandoned, _) => Err(closed(state)),
            (SessionStatus::Active, None) => Ok(vec![Event::SessionCompleted {}]),
            (SessionStatus::Active, Some(current)) => Err(Refusal::new(
                Code::PhaseOutOfOrder,
                format!("The {} phase has no reply yet, so the session is not complete.", current.phase.name()),
            )),
        },
        Command::Failed { phase, nonce, error } => {
            let at = open_phase(state, phase)?;
            asked(at, &nonce)?;
            // The reply came from elsewhere meanwhile, so nothing is wrong any more.
            let waits = matches!(at.stand, PhaseStatus::Prompted | PhaseStatus::Awaiting);
            Ok(if waits { vec![Event::AskFailed { phase, nonce, error }] } else { Vec::new() })
        }
        Command::Skip { phase } => skip(state, phase),
        Command::Redo { phase } => {
            if state.standing == SessionStatus::Abandoned {
                return Err(closed(state));
            }
            let begun = phase_of(state, phase)?.stand != PhaseStatus::Pending;
            Ok(if begun { vec![Event::PhaseReopened { phase }] } else { Vec::new() })
        }
        Command::Abandon => match state.standing {
            SessionStatus::Active => Ok(vec![Event::SessionAbandoned {}]),
            SessionStatus::Abandoned => Ok(Vec::new()),
            SessionStatus::Complete => Err(closed(state)),
        },
        Command::Rate { rating, word, saved_minutes } => rate::rate(state, rating, word, saved_minutes),
    }
}

/// Whether the same reply is stored already: then keeping it again changes nothing.
#[must_use]
pub fn is_kept(state: &State, phase: Phase, capture: &str, text: &str) -> bool {
    state.captures.iter().any(|(_, kept)| kept == capture)
        || state.phase(phase).and_then(|phase| phase.answered.as_ref()).is_some_and(|answered| answered.text == text)
}

fn keep(state: &State, capture: Capture) -> Result<Vec<Event>, Refusal> {
    let at = phase_of(state, capture.phase)?;
    if is_kept(state, capture.phase, &capture.capture, &capture.text) {
        return Ok(bind(state, capture.conversation));
    }
    if state.standing != SessionStatus::Active {
        return Err(closed(state));
    }
    let nonce = asked(at, &capture.nonce)?.nonce.clone();
    let done = matches!(at.stand, PhaseStatus::Replied | PhaseStatus::Skipped);
    let mut later = state.phases.iter().skip_while(|other| other.phase != at.phase).skip(1);
    if done && later.any(|later| later.asked.is_some()) {
        return Err(Refusal::new(
            Code::PhaseClosed,
            format!("The next phase was built without this reply of the {} phase.", at.phase.name()),
        ));
    }
    usable(&capture)?;
    let phase = capture.phase;
    let complete = capture.verdict.problem.is_none();
    if !complete && at.stand == PhaseStatus::Replied {
        return Err(Refusal::new(
            Code::ReplyIncomplete,
            "A complete reply is stored already; this one is not complete.",
        ));
    }
    let mut events = bind(state, capture.conversation);
    events.push(Event::ReplyCaptured {
        phase,
        nonce,
        capture: capture.capture,
        text: capture.text,
        bytes: capture.bytes,
        lines: capture.lines,
        tokens_estimated: capture.tokens_estimated,
        source: capture.source,
        sections: capture.verdict.sections,
        trailer: capture.verdict.trailer,
        problem: capture.verdict.problem,
        timing: capture.timing.plausible(),
        piece: capture.piece,
        by: capture.by.map(Origin::plausible),
        estimate: capture.estimate,
        oddities: capture.verdict.oddities,
    });
    if complete && is_last(state, phase) {
        events.push(Event::SessionCompleted {});
    }
    Ok(events)
}

/// Whether every other phase is done.
fn is_last(state: &State, phase: Phase) -> bool {
    state
        .phases
        .iter()
        .all(|other| other.phase == phase || matches!(other.stand, PhaseStatus::Replied | PhaseStatus::Skipped))
}

fn skip(state: &State, phase: Phase) -> Result<Vec<Event>, Refusal> {
    let at = phase_of(state, phase)?;
    if at.stand == PhaseStatus::Skipped {
        return Ok(Vec::new());
    }
    let at = open_phase(state, phase)?;
    if at.stand == PhaseStatus::Replied {
        return Err(Refusal::new(Code::PhaseClosed, format!("The {} phase has its reply already.", phase.name())));
    }
    let mut events = vec![Event::PhaseSkipped { phase }];
    if is_last(state, phase) {
        events.push(Event::SessionCompleted {});
    }
    Ok(events)
}

fn nothing_to_repair(phase: Phase) -> Refusal {
    let message = format!("The {} phase has no incomplete reply to which this fits.", phase.name());
    Refusal::new(Code::PhaseNothingToRepair, message)
}

fn accept(state: &State, phase: Phase) -> Result<Vec<Event>, Refusal> {
    let at = phase_of(state, phase)?;
    let answered = at.answered.as_ref();
    if at.stand == PhaseStatus::Replied && answered.is_some_and(|answered| answered.accepted) {
        return Ok(Vec::new());
    }
    if state.standing != SessionStatus::Active {
        return Err(closed(state));
    }
    let Some(answered) = answered.filter(|_| at.stand == PhaseStatus::Failed) else {
        return Err(nothing_to_repair(phase));
    };
    let mut events = vec![Event::ReplyAccepted { phase, capture: answered.capture.clone() }];
    if is_last(state, phase) {
        events.push(Event::SessionCompleted {});
    }
    Ok(events)
}

/// Whether a reply may enter the log. A cut reply is kept as what it is where it would be gone otherwise; a file is still
/// there after a refusal, so it is turned down whole.
fn usable(capture: &Capture) -> Result<(), Refusal> {
    fits(capture.bytes)?;
    let problem = capture.verdict.problem;
    match problem {
        None => Ok(()),
        Some(Problem::Empty) => Err(Refusal::new(Code::ReplyEmpty, "The reply is empty.")),
        Some(Problem::Foreign) => Err(Refusal::new(
            Code::ReplyForeign,
            format!("The reply proves that it answers another prompt than the one of {}.", capture.phase.name()),
        )),
        Some(_) if capture.source.is_fleeting() => Ok(()),
        Some(problem) => {
            let refusal = Refusal::new(Code::ReplyIncomplete, incomplete(problem, &capture.verdict));
            Err(match capture.source {
                Source::Selection => Refusal { hint: FROM_SELECTION.to_owned(), ..refusal },
                Source::Paste => Refusal { hint: FROM_PASTE.to_owned(), ..refusal },
                _ => refusal,
            })
        }
    }
}

/// What to do instead where a page's own text does not prove itself.
const FROM_SELECTION: &str = "Press the answer's own copy button, click the Prompt-Runner icon and use “Paste a reply”; or select from the first section's name to the end of the last block.";
/// What to do where a pasted text does not.
const FROM_PASTE: &str = "Press the answer's own copy button and paste again: it copies the complete answer, from its first line to its last.";

/// Whether a reply of so many bytes may enter the log; asked before it is read, because reading takes a multiple of them.
///
/// # Errors
/// `reply.too_large`.
pub fn fits(bytes: u64) -> Result<(), Refusal> {
    if bytes > REPLY_MAX {
        return Err(Refusal::new(Code::ReplyTooLarge, "The reply is larger than 16 MiB."));
    }
    Ok(())
}

/// Why a reply is not complete, as a sentence.
#[must_use]
pub fn incomplete(problem: Problem, verdict: &Verdict) -> String {
    let lacking: Vec<&str> = verdict
        .sections
        .iter()
        .filter(|section| section.state != crate::reply::SectionState::Ok)
        .map(|section| section.name.as_str())
        .collect();
    let of = if lacking.is_empty() { String::new() } else { format!(" Not whole: {}.", lacking.join(", ")) };
    match problem {
        Problem::Empty => "The text is empty.".to_owned(),
        Problem::Foreign => "The text answers another prompt.".to_owned(),
        Problem::SectionDuplicate => format!("A section came twice with different texts.{of}"),
        Problem::SectionMissing => format!("A section is missing.{of}"),
        Problem::Cut => format!("The reply ends before its proof, the promptrunner block.{of}"),
    }
}

fn bind(state: &State, conversation: Option<String>) -> Vec<Event> {
    conversation
        .filter(|conversation| state.conversation.as_ref() != Some(conversation))
        .map(|conversation| Event::ConversationBound { conversation })
        .into_iter()
        .collect()
}

fn phase_of(state: &State, phase: Phase) -> Result<&PhaseState, Refusal> {
    state.phase(phase).ok_or_else(|| {
        Refusal::new(Code::PhaseUnknown, format!("The workflow “{}” has no {} phase.", state.workflow, phase.name()))
    })
}

fn open_phase(state: &State, phase: Phase) -> Result<&PhaseState, Refusal> {
    if state.standing != SessionStatus::Active {
        return Err(closed(state));
    }
    phase_of(state, phase)
}

fn closed(state: &State) -> Refusal {
    Refusal::new(Code::SessionClosed, format!("The session {} is closed.", state.id))
}

/// The prompt that a phase waits on, if it is this one.
fn asked<'a>(at: &'a PhaseState, nonce: &str) -> Result<&'a crate::event::PromptState, Refusal> {
    let name = at.phase.name();
    let Some(asked) = &at.asked else {
        return Err(Refusal::new(Code::PhaseNotPrompted, format!("The {name} phase has not been prompted.")));
    };
    if asked.nonce != nonce {
        return Err(Refusal::new(Code::ReplyForeign, format!("The {name} phase waits on another prompt.")));
    }
    Ok(asked)
}

#[cfg(test)]
mod tests;
