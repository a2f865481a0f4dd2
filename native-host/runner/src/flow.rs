//! From a session to its end: a prompt, a reply, the next prompt. Every step is in the log before the next one begins, so whoever
//! is stopped goes on from there, and nothing is asked for twice that has its reply.

use super::Runner;
use crate::project;
use crate::provider::{Answer, Outcome, Progress, Provider, Question, Watch};
use prompt_runner_core::event::{Origin, Stand, Standing, State};
use prompt_runner_core::machine::Command;
use prompt_runner_core::phase::Phase;
use prompt_runner_core::plain;
use prompt_runner_core::protocol::answer::{RenderedPrompt, SessionView};
use prompt_runner_core::protocol::{Body, Handler as _, ask};
use prompt_runner_core::refusal::{Code, Refusal};
use prompt_runner_core::reply::{self, Expect, Verdict};
use prompt_runner_core::session::SessionId;
use prompt_runner_core::status::View;

/// Who is asked, and how often.
pub struct Flow<'a> {
    /// The provider.
    pub provider: &'a mut dyn Provider,
    /// Its name, for the record.
    pub name: &'a str,
    /// How often a phase is asked for before an incomplete reply ends the flow; at least once.
    pub attempts: u32,
}

/// What happens on the way.
#[derive(Debug)]
pub enum Step<'a> {
    /// The prompt of a phase is in the log.
    Prompted {
        /// Which phase.
        phase: Phase,
        /// The prompt.
        text: &'a str,
    },
    /// The provider says how far it is.
    Progress(&'a Progress),
    /// A reply is in the log.
    Stored {
        /// To which phase.
        phase: Phase,
        /// What was read in it; nothing where another program stored it.
        verdict: Option<&'a Verdict>,
    },
}

impl Runner {
    /// Takes a session from where it stands to its end.
    ///
    /// # Errors
    /// The refusals of its steps. What was done until then is in the log; the same call goes on from there.
    pub fn flow(
        &mut self,
        session: &SessionId,
        flow: &mut Flow<'_>,
        tell: &mut dyn FnMut(Step<'_>),
    ) -> Result<View, Refusal> {
        let mut tries = (Phase::Planning, 0);
        loop {
            let state = self.state(session)?;
            let Some(phase) = state.current().map(|current| current.phase) else {
                return self.ask(ask::Complete { session: session.clone() }).map(|SessionView { view }| view);
            };
            tries = if tries.0 == phase { (phase, tries.1 + 1) } else { (phase, 1) };
            let prompt = ask::Prompt { session: session.clone(), phase: Some(phase), repair: None };
            let RenderedPrompt { nonce, text, .. } = self.ask(prompt)?;
            tell(Step::Prompted { phase, text: &text });
            let expect = Expect { session: session.clone(), phase, nonce };
            let folder = state.project.as_deref().map(project::folder);
            let outcome = {
                let question = Question { prompt: &text, expect: &expect, folder: folder.as_deref() };
                flow.provider.ask(&question, &mut Waiting { runner: self, expect: &expect, tell, version: 0 })
            };
            match outcome {
                Ok(Outcome::Stored) => tell(Step::Stored { phase, verdict: None }),
                Ok(Outcome::Answer(answer)) => {
                    let verdict = self.keep(&expect, *answer, flow.name)?;
                    tell(Step::Stored { phase, verdict: Some(&verdict) });
                    if verdict.problem.is_some() && tries.1 >= flow.attempts {
                        return Err(incomplete(phase, tries.1));
                    }
                }
                Err(error) => {
                    let refusal = Refusal::from(error);
                    let failed = Command::Failed { phase, nonce: expect.nonce.clone(), error: refusal.code };
                    self.note(session, failed)?;
                    return Err(refusal);
                }
            }
        }
    }

    fn keep(&mut self, expect: &Expect, answer: Answer, provider: &str) -> Result<Verdict, Refusal> {
        let by = Origin { provider: provider.to_owned(), model: answer.model, usage: answer.usage };
        let reply = ask::Capture {
            // A provider answers a prompt once; the same text again is known by its hash.
            capture: format!("flow-{}-{}", expect.nonce, crate::clock::now().as_nanosecond()),
            session: expect.session.clone(),
            phase: Some(expect.phase),
            body: Body::Markdown(answer.text),
            source: answer.source,
            timing: answer.timing,
            conversation: None,
            others: Vec::new(),
            by: Some(by),
        };
        self.ask(reply).map(|captured| captured.verdict)
    }
}

fn incomplete(phase: Phase, tries: u32) -> Refusal {
    let times = if tries == 1 { "once".to_owned() } else { format!("{tries} times") };
    let message = format!(
        "The {} phase was asked for {times}, and no reply to it is complete. The last one is kept.",
        phase.name()
    );
    let hint = "Look at it with `prompt-runner orchestrate show`, then `retry` it or `accept` it as it is.";
    Refusal { hint: hint.to_owned(), ..Refusal::new(Code::ReplyIncomplete, message) }
}

/// The runner, while a provider is asked.
struct Waiting<'a> {
    runner: &'a mut Runner,
    expect: &'a Expect,
    tell: &'a mut dyn FnMut(Step<'_>),
    /// Of the database, when this looked last.
    version: i64,
}

impl Waiting<'_> {
    /// Nothing is left to wait for: the reply is there, or nobody wants it any more.
    fn is_over(&self, state: &State) -> bool {
        let done = |stand| matches!(stand, Stand::Replied | Stand::Skipped);
        state.standing != Standing::Active || state.phase(self.expect.phase).is_none_or(|phase| done(phase.stand))
    }
}

impl Watch for Waiting<'_> {
    fn progress(&mut self, progress: Progress) {
        if progress == Progress::Sent {
            let (phase, nonce) = (self.expect.phase, self.expect.nonce.clone());
            let sent_ms = crate::clock::now().as_millisecond();
            let sent = Command::Sent { phase, nonce, sent_ms, conversation: None };
            // The reply brings the time along, too; without this, others only learn later that it is awaited.
            let _ = self.runner.note(&self.expect.session, sent);
        }
        (self.tell)(Step::Progress(&progress));
    }

    fn stored(&mut self) -> bool {
        // Trouble with the database is not for the provider; whoever stores the reply meets it, and says so.
        let Ok(version) = self.runner.store.data_version() else {
            return false;
        };
        if std::mem::replace(&mut self.version, version) == version {
            return false;
        }
        self.runner.state(&self.expect.session).is_ok_and(|state| self.is_over(&state))
    }

    fn judge(&mut self, text: &str) -> Result<(), String> {
        let verdict = reply::read_markdown(text, self.expect).verdict();
        match verdict.problem {
            // Copied out of a page without its copy button it has no marks.
            Some(problem) if plain::read(text, self.expect).is_none() => {
                Err(prompt_runner_core::machine::incomplete(problem, &verdict))
            }
            _ => Ok(()),
        }
    }
}
