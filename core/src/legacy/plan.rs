//! A session of the predecessor, ready for our log: which of its files is which event.

use super::Environment;
use super::draft::Draft;
use super::record::Record;
use super::text::Text;
use crate::event::{Event, Recorded, State, fold};
use crate::phase::Phase;
use crate::session::SessionId;

/// Each phase with the kinds of the files that hold its prompt and its answer.
const STEPS: [(Phase, &str, &[&str]); 3] = [
    (Phase::PLANNING, "orchestrator_prompt", &["analysis_template", "implementation_template", "execution_notes"]),
    (Phase::ANALYSIS, "analysis_prompt", &["analysis_output"]),
    (Phase::IMPLEMENTATION, "implementation_prompt", &["implementation_output"]),
];

/// A session, ready to be written into the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The id that the predecessor knew it by.
    pub old: String,
    /// The id that it gets.
    pub id: SessionId,
    /// Its status there.
    pub status: String,
    /// Its events with their times, in milliseconds since 1970.
    pub events: Vec<(i64, Event)>,
    /// The texts that they name.
    pub texts: Vec<Kept>,
    /// What is odd about it, in sentences.
    pub notes: Vec<String>,
}

/// A text of a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// SHA-256 of it, in hex.
    pub hash: String,
    /// The text.
    pub body: String,
    /// It is a prompt.
    pub prompt: bool,
    /// The files that it comes from, by their paths from the workspace.
    pub files: Vec<String>,
}

impl Plan {
    pub(super) fn new(record: Record, files: Vec<Text>, environment: &Environment<'_>) -> Self {
        let mut draft = Draft::new(record, files, environment);
        let status = draft.status();
        draft.start(STEPS.map(|(phase, ..)| phase).to_vec());
        for (at, (phase, prompt, answer)) in STEPS.into_iter().enumerate() {
            let answered = at < status.answered;
            if answered || (at == status.answered && status.asked) {
                draft.prompt(phase, prompt, if answered { answer } else { &[] });
            } else {
                draft.beyond(&[prompt]);
            }
            if answered {
                draft.answer(phase, answer);
            } else {
                draft.beyond(answer);
            }
        }
        if status.answered == STEPS.len() {
            draft.complete();
        }
        draft.finish()
    }

    /// What the session is once it is in the log.
    #[must_use]
    pub fn state(&self) -> Option<State> {
        let recorded =
            self.events.iter().map(|(at_ms, event)| Recorded { seq: 0, at_ms: *at_ms, event: event.clone() });
        fold(&self.id, &recorded.collect::<Vec<_>>())
    }
}
