//! The phase machine: what may be asked when. `decide` turns a wish into events or refuses it; it changes nothing itself.

use crate::event::{Event, PhaseState, Source, Stand, Standing, State, Timing, is_time};
use crate::phase::Phase;
use crate::refusal::{Code, Refusal};
use crate::reply::{Problem, Verdict};
use crate::workflow;

/// The longest feature text, in characters.
pub const FEATURE_MAX: usize = 20_000;
/// The largest reply, in bytes of markdown.
pub const REPLY_MAX: u64 = 16 << 20;

/// A wish about a session that exists, with all that the world had to add: nonces, hashes, counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ask {
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
    /// Close the session.
    Complete,
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
}

/// The first event of a session, or why there can be none.
///
/// # Errors
/// `feature.invalid` and `workflow.unknown`.
pub fn start(feature: &str, project: Option<String>, workflow: Option<&str>) -> Result<Event, Refusal> {
    let feature = feature.trim();
    if feature.is_empty() || feature.chars().count() > FEATURE_MAX {
        return Err(Refusal::new(Code::FeatureInvalid, "The feature has no text, or too much of it."));
    }
    let name = workflow.unwrap_or(workflow::BUILT_IN[0].name);
    let Some(workflow) = workflow::named(name) else {
        return Err(Refusal::new(Code::WorkflowUnknown, format!("There is no workflow “{name}”.")));
    };
    Ok(Event::SessionStarted {
        feature: feature.to_owned(),
        project,
        workflow: workflow.name.to_owned(),
        phases: workflow.phases.to_vec(),
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

/// Whether a phase may be prompted now, and how.
///
/// # Errors
/// `session.closed`, `phase.unknown`, `phase.out_of_order`, `phase.closed`.
pub fn prompting(state: &State, phase: Phase) -> Result<Prompting, Refusal> {
    let at = open_phase(state, phase)?;
    if at.stand == Stand::Replied {
        return Err(Refusal::new(Code::PhaseClosed, format!("The {} phase has its reply already.", phase.name())));
    }
    if let Some(current) = state.current().filter(|current| current.phase != phase) {
        return Err(Refusal::new(
            Code::PhaseOutOfOrder,
            format!("The {} phase has no reply yet, so {} cannot begin.", current.phase.name(), phase.name()),
        ));
    }
    Ok(match (&at.asked, at.stand) {
        (Some(asked), Stand::Prompted | Stand::Awaiting) => {
            Prompting::Again { nonce: asked.nonce.clone(), text: asked.text.clone() }
        }
        _ => Prompting::Fresh,
    })
}

/// The events that a wish leads to; none where the wish is fulfilled already.
///
/// # Errors
/// Every refusal of the phase machine; nothing was changed then.
pub fn decide(state: &State, ask: Ask) -> Result<Vec<Event>, Refusal> {
    match ask {
        Ask::Prompt { phase, nonce, text, bytes } => {
            Ok(match prompting(state, phase)? {
                // Somebody else was faster: theirs is the prompt.
                Prompting::Again { .. } => Vec::new(),
                Prompting::Fresh => vec![Event::PromptRendered { phase, nonce, text, bytes }],
            })
        }
        Ask::Placed { phase, nonce } => {
            let placed = asked(open_phase(state, phase)?, &nonce)?.placed;
            Ok(if placed { Vec::new() } else { vec![Event::PromptPlaced { phase, nonce }] })
        }
        Ask::Sent { phase, nonce, sent_ms, conversation } => {
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
        Ask::Capture(capture) => keep(state, *capture),
        Ask::Complete => match (state.standing, state.current()) {
            (Standing::Complete, _) => Ok(Vec::new()),
            (Standing::Abandoned, _) => Err(closed(state)),
            (Standing::Active, None) => Ok(vec![Event::SessionCompleted {}]),
            (Standing::Active, Some(current)) => Err(Refusal::new(
                Code::PhaseOutOfOrder,
                format!("The {} phase has no reply yet, so the session is not complete.", current.phase.name()),
            )),
        },
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
    if state.standing != Standing::Active {
        return Err(closed(state));
    }
    let nonce = asked(at, &capture.nonce)?.nonce.clone();
    if at.stand == Stand::Replied && state.phases.iter().any(|later| later.phase > at.phase && later.asked.is_some()) {
        return Err(Refusal::new(
            Code::PhaseClosed,
            format!("The next phase was built on another reply of the {} phase.", at.phase.name()),
        ));
    }
    usable(&capture)?;
    let phase = capture.phase;
    let complete = capture.verdict.problem.is_none();
    if !complete && at.stand == Stand::Replied {
        return Err(Refusal::new(
            Code::ReplyIncomplete,
            "A complete reply is stored already; this one is not complete.",
        ));
    }
    let last =
        state.phases.iter().all(|other| other.phase == phase || matches!(other.stand, Stand::Replied | Stand::Skipped));
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
    });
    if complete && last {
        events.push(Event::SessionCompleted {});
    }
    Ok(events)
}

/// Whether a reply may enter the log. A cut reply out of a page is kept as what it is, because the page may forget it;
/// a file is still there after a refusal, so it is turned down whole.
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
        Some(_) if capture.source == Source::Page => Ok(()),
        Some(problem) => Err(Refusal::new(Code::ReplyIncomplete, incomplete(problem, &capture.verdict))),
    }
}

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

fn incomplete(problem: Problem, verdict: &Verdict) -> String {
    let lacking: Vec<&str> = verdict
        .sections
        .iter()
        .filter(|section| section.state != crate::reply::SectionState::Ok)
        .map(|section| section.name.as_str())
        .collect();
    let of = if lacking.is_empty() { String::new() } else { format!(" Not whole: {}.", lacking.join(", ")) };
    match problem {
        Problem::SectionDuplicate => format!("A section came twice with different texts.{of}"),
        Problem::SectionMissing => format!("A section is missing.{of}"),
        _ => format!("The reply ends before its proof, the promptrunner block.{of}"),
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
    if state.standing != Standing::Active {
        return Err(closed(state));
    }
    phase_of(state, phase)
}

fn closed(state: &State) -> Refusal {
    Refusal::new(Code::SessionClosed, format!("The session {} is closed.", state.id))
}

/// The prompt that a phase waits on, if it is this one.
fn asked<'a>(at: &'a PhaseState, nonce: &str) -> Result<&'a crate::event::Asked, Refusal> {
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
mod tests {
    use super::*;
    use crate::event::{Recorded, evolve, fold};
    use crate::reply::Trailer;
    use crate::session::SessionId;

    fn id() -> SessionId {
        SessionId::parse("20261122_141129_1a2b3c4d").unwrap()
    }

    struct Story(State);

    impl Story {
        fn begin() -> Self {
            let event = start("Dark mode", None, None).unwrap();
            Self(fold(&id(), &[Recorded { seq: 1, at_ms: 1_000, event }]).unwrap())
        }

        fn ask(&mut self, ask: Ask) -> Result<usize, Code> {
            let events = decide(&self.0, ask).map_err(|refusal| refusal.code)?;
            let count = events.len();
            for event in events {
                let recorded = Recorded { seq: self.0.seq + 1, at_ms: 2_000 + self.0.seq, event };
                self.0 = evolve(&id(), Some(self.0.clone()), &recorded).unwrap();
            }
            Ok(count)
        }

        fn prompt(&mut self, phase: Phase) -> Result<usize, Code> {
            self.ask(Ask::Prompt { phase, nonce: format!("n-{}", phase.name()), text: "t".into(), bytes: 1 })
        }

        fn reply(&mut self, phase: Phase, text: &str, problem: Option<Problem>, source: Source) -> Result<usize, Code> {
            self.ask(Ask::Capture(Box::new(Capture {
                capture: format!("c-{text}"),
                phase,
                nonce: format!("n-{}", phase.name()),
                text: text.into(),
                bytes: 10,
                lines: 1,
                tokens_estimated: 3,
                source,
                verdict: Verdict { sections: vec![], trailer: Trailer::Proven, problem, oddities: vec![] },
                timing: Timing::default(),
                conversation: None,
            })))
        }
    }

    #[test]
    fn a_feature_goes_through_its_phases_and_is_complete_with_the_last_reply() {
        let mut story = Story::begin();
        for phase in [Phase::Planning, Phase::Analysis, Phase::Implementation] {
            assert_eq!(story.0.current().unwrap().phase, phase);
            story.prompt(phase).unwrap();
            story.reply(phase, phase.name(), None, Source::Page).unwrap();
        }
        assert_eq!(story.0.standing, Standing::Complete);
        assert_eq!(story.ask(Ask::Complete), Ok(0));
    }

    #[test]
    fn what_comes_too_early_or_too_late_is_refused_and_changes_nothing() {
        let mut story = Story::begin();
        let before = story.0.clone();
        assert_eq!(story.prompt(Phase::Analysis), Err(Code::PhaseOutOfOrder));
        assert_eq!(story.prompt(Phase::Testing), Err(Code::PhaseUnknown));
        assert_eq!(story.reply(Phase::Planning, "r", None, Source::Page), Err(Code::PhaseNotPrompted));
        assert_eq!(story.ask(Ask::Complete), Err(Code::PhaseOutOfOrder));
        assert_eq!(story.0, before);
        story.prompt(Phase::Planning).unwrap();
        story.reply(Phase::Planning, "r", None, Source::Page).unwrap();
        assert_eq!(story.prompt(Phase::Planning), Err(Code::PhaseClosed));
        story.prompt(Phase::Analysis).unwrap();
        assert_eq!(story.reply(Phase::Planning, "another", None, Source::Page), Err(Code::PhaseClosed));
    }

    #[test]
    fn the_same_reply_twice_is_one() {
        let mut story = Story::begin();
        story.prompt(Phase::Planning).unwrap();
        assert_eq!(story.reply(Phase::Planning, "r", None, Source::Page), Ok(1));
        assert_eq!(story.reply(Phase::Planning, "r", None, Source::Page), Ok(0));
    }

    #[test]
    fn a_cut_reply_is_kept_from_a_page_and_refused_from_a_file() {
        let mut story = Story::begin();
        story.prompt(Phase::Planning).unwrap();
        assert_eq!(story.reply(Phase::Planning, "r", Some(Problem::Cut), Source::File), Err(Code::ReplyIncomplete));
        assert_eq!(story.reply(Phase::Planning, "r", Some(Problem::Foreign), Source::Page), Err(Code::ReplyForeign));
        assert_eq!(story.reply(Phase::Planning, "r", Some(Problem::Cut), Source::Page), Ok(1));
        assert_eq!(story.0.current().unwrap().stand, Stand::Failed);
        assert_eq!(prompting(&story.0, Phase::Planning), Ok(Prompting::Fresh));
        story.prompt(Phase::Planning).unwrap();
        assert_eq!(story.0.current().unwrap().retries, 1);
        assert_eq!(story.reply(Phase::Planning, "whole", None, Source::Page), Ok(1));
        assert_eq!(story.0.current().unwrap().phase, Phase::Analysis);
    }

    #[test]
    fn a_prompt_asked_for_twice_is_the_same_prompt() {
        let mut story = Story::begin();
        story.prompt(Phase::Planning).unwrap();
        assert!(matches!(prompting(&story.0, Phase::Planning), Ok(Prompting::Again { .. })));
        let placed = || Ask::Placed { phase: Phase::Planning, nonce: "n-planning".into() };
        assert_eq!(story.ask(placed()), Ok(1));
        assert_eq!(story.ask(placed()), Ok(0), "a page that got no answer says it again");
        story
            .ask(Ask::Sent {
                phase: Phase::Planning,
                nonce: "n-planning".into(),
                sent_ms: 5,
                conversation: Some("claude.ai/chat/x".into()),
            })
            .unwrap();
        assert_eq!(story.0.current().unwrap().stand, Stand::Awaiting);
        assert_eq!(story.0.conversation.as_deref(), Some("claude.ai/chat/x"));
        assert_eq!(
            story.ask(Ask::Sent { phase: Phase::Planning, nonce: "old".into(), sent_ms: 5, conversation: None }),
            Err(Code::ReplyForeign)
        );
    }
}
