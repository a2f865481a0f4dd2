//! What a person carries between a model and the record: prompts that leave for elsewhere, and replies that come back from there.

use super::Runner;
use crate::clock;
use crate::project::{self, Project};
use prompt_runner_core::event::{Repair, Source, Timing};
use prompt_runner_core::machine::incomplete;
use prompt_runner_core::phase::Phase;
use prompt_runner_core::plain;
use prompt_runner_core::protocol::answer::{Captured, RenderedPrompt, SessionView};
use prompt_runner_core::protocol::{Body, Handler as _, ask};
use prompt_runner_core::refusal::Refusal;
use prompt_runner_core::reply::{self, Expect};
use prompt_runner_core::session::SessionId;
use prompt_runner_core::status::View;
use std::path::PathBuf;

/// A reply that a person brings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BroughtReply {
    /// The phase that it answers; else the current one.
    pub phase: Option<Phase>,
    /// The reply as it came.
    pub text: String,
    /// Where it came from.
    pub source: Source,
}

impl Runner {
    /// The prompt that asks for what the reply of the current phase lacks, in the way that fits it.
    ///
    /// # Errors
    /// As the request `prompt`; where nothing is to be repaired, the phase machine says so.
    pub fn repair(&mut self, session: &SessionId) -> Result<RenderedPrompt, Refusal> {
        let fitting = self.view(session)?.next.repairs.first().copied();
        let repair = Some(fitting.unwrap_or(Repair::Continue));
        self.ask(ask::Prompt { session: session.clone(), phase: None, repair })
    }

    /// Stores a reply that a person brings.
    ///
    /// # Errors
    /// As the request `capture`.
    pub fn bring(&mut self, session: &SessionId, reply: BroughtReply) -> Result<Captured, Refusal> {
        let BroughtReply { phase, text, source } = reply;
        // The store knows the same text again by its hash, so the name of the capture only has to be this process's own.
        let capture = format!("cli-{}-{}", std::process::id(), clock::now().as_nanosecond());
        self.ask(ask::Capture {
            capture,
            session: session.clone(),
            phase,
            body: Body::Markdown(text),
            source,
            timing: Timing::default(),
            conversation: None,
            others: Vec::new(),
            by: None,
        })
    }

    /// Closes a session, with the reply to its last phase where one is brought.
    ///
    /// # Errors
    /// As [`Runner::bring`] and the request `complete`.
    pub fn complete(&mut self, session: &SessionId, reply: Option<BroughtReply>) -> Result<SessionView, Refusal> {
        if let Some(reply) = reply {
            self.bring(session, reply)?;
        }
        self.ask(ask::Complete { session: session.clone() })
    }
}

/// Whether a text is a complete reply to the prompt that a session waits on, and not that prompt itself. Anything may be in a clipboard.
///
/// # Errors
/// Why it is not, as a sentence.
pub fn check_reply(view: &View, text: &str) -> Result<(), String> {
    match &view.expect {
        Some(expect) => check_proof(expect, text),
        None => Err("No prompt waits for one.".to_owned()),
    }
}

/// Whether a text is a complete reply with this proof.
pub(crate) fn check_proof(expect: &Expect, text: &str) -> Result<(), String> {
    let verdict = reply::read_markdown(text, expect).verdict();
    match verdict.problem {
        // Copied out of a page without its copy button it has no marks.
        Some(problem) if plain::read(text, expect).is_none() => Err(incomplete(problem, &verdict)),
        _ => Ok(()),
    }
}

/// Keeps a prompt in the folder of its project, and gives the file.
///
/// # Errors
/// `file.unreadable` where the project is gone, and `project.read_only`.
pub fn keep_prompt(prompt: &RenderedPrompt) -> Result<PathBuf, Refusal> {
    let folder = prompt.view.project.as_deref().map_or_else(|| PathBuf::from("."), project::folder);
    let project = Project::at(Some(&folder))?;
    project.keep_prompt(&prompt.view.session, prompt.phase, &prompt.text)
}
