//! From a session to its end: a prompt, a reply, the next prompt. Every step is in the log before the next one begins, so whoever
//! is stopped goes on from there, and nothing is asked for twice that has its reply.

use super::by_hand::check_proof;
use super::{NewSession, Runner, SessionChoice};
use crate::project;
use crate::provider::{self, Outcome, Provider, ProviderChoice, ProviderEvent, ProviderReply, Question, Watch};
use prompt_runner_core::event::{Origin, PhaseStatus, SessionStatus, State};
use prompt_runner_core::machine::Command;
use prompt_runner_core::phase::Phase;
use prompt_runner_core::protocol::answer::{RenderedPrompt, SessionView};
use prompt_runner_core::protocol::{Body, Handler as _, ask};
use prompt_runner_core::refusal::{Code, Refusal};
use prompt_runner_core::reply::{Expect, Verdict};
use prompt_runner_core::session::SessionId;
use prompt_runner_core::status::View;

/// Where a flow sets in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FlowStart {
    /// With a new session.
    New(NewSession),
    /// Where a session stands.
    Session(SessionChoice),
    /// With a phase that is asked for anew, and those after it; else the current one.
    Retry(SessionChoice, Option<Phase>),
}

/// Who is asked, and how often.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlowOptions {
    /// The provider.
    pub provider: ProviderChoice,
    /// How often a phase is asked for before an incomplete reply ends the flow; at least once.
    pub attempts: u32,
}

/// The same, with a provider that was made.
pub struct Flow<'a> {
    /// The provider.
    pub provider: &'a mut dyn Provider,
    /// Its name, for the record.
    pub name: &'a str,
    /// How often a phase is asked for.
    pub attempts: u32,
}

/// What happens on the way.
#[derive(Debug)]
pub enum FlowStep<'a> {
    /// The prompt of a phase is in the log.
    Prompted {
        /// Which phase.
        phase: Phase,
        /// The prompt.
        text: &'a str,
    },
    /// The provider says how far it is.
    Provider(&'a ProviderEvent),
    /// A reply is in the log.
    Stored {
        /// To which phase.
        phase: Phase,
        /// What was read in it; nothing where another program stored it.
        verdict: Option<&'a Verdict>,
    },
}

impl Runner {
    /// Takes a session to its end.
    ///
    /// # Errors
    /// `provider.*` where the provider cannot be had, before anything else is done; what beginning or finding the session refuses; and the
    /// refusals of the steps. What was done until then is in the log, and the hint says how to go on from there.
    pub fn flow(
        &mut self,
        start: FlowStart,
        options: &FlowOptions,
        notify: &mut dyn FnMut(FlowStep<'_>),
    ) -> Result<View, Refusal> {
        let mut chosen = provider::provider(&options.provider, &self.config)?;
        let session = match start {
            FlowStart::New(new) => self.begin(new)?.session,
            FlowStart::Session(choice) => self.find(&choice)?,
            FlowStart::Retry(choice, phase) => {
                let session = self.find(&choice)?;
                self.take_up(&session, phase)?;
                session
            }
        };
        let mut flow =
            Flow { provider: chosen.provider.as_mut(), name: &chosen.name, attempts: options.attempts.max(1) };
        self.run_flow(&session, &mut flow, notify).map_err(|refusal| resumable(&session, refusal))
    }

    /// Makes a phase the current one again, so that it is asked for anew.
    fn take_up(&mut self, session: &SessionId, phase: Option<Phase>) -> Result<(), Refusal> {
        let view = self.view(session)?;
        let meant = phase.and_then(|phase| view.phases.iter().find(|its| its.phase == phase));
        // A reply that is stored stands in the way of another one.
        if let Some(done) = meant.filter(|its| matches!(its.stand, PhaseStatus::Replied | PhaseStatus::Skipped)) {
            self.ask(ask::Redo { session: session.clone(), phase: done.phase })?;
        } else if let Some(other) = phase.filter(|phase| view.current != Some(*phase)) {
            // It is the machine that says why not.
            self.ask(ask::Prompt { session: session.clone(), phase: Some(other), repair: None })?;
        }
        Ok(())
    }
}

/// A refusal with how to go on, where going on makes sense.
pub(super) fn resumable(session: &SessionId, refusal: Refusal) -> Refusal {
    match refusal.code {
        Code::SessionClosed | Code::SessionUnknown | Code::ReplyIncomplete => refusal,
        _ => {
            let go_on = format!("prompt-runner orchestrate resume --session {session}");
            Refusal { hint: format!("{} Then go on with `{go_on}`.", refusal.hint), ..refusal }
        }
    }
}

impl Runner {
    /// Takes a session from where it stands to its end, over a provider that was made.
    ///
    /// # Errors
    /// The refusals of its steps. What was done until then is in the log; the same call goes on from there.
    pub fn run_flow(
        &mut self,
        session: &SessionId,
        flow: &mut Flow<'_>,
        notify: &mut dyn FnMut(FlowStep<'_>),
    ) -> Result<View, Refusal> {
        let mut tries = (None, 0);
        loop {
            let state = self.pass_over(session)?;
            let Some(phase) = state.current().map(|current| current.phase) else {
                return self.ask(ask::Complete { session: session.clone() }).map(|SessionView { view }| view);
            };
            tries = (Some(phase), if tries.0 == Some(phase) { tries.1 + 1 } else { 1 });
            let prompt = ask::Prompt { session: session.clone(), phase: Some(phase), repair: None };
            let RenderedPrompt { nonce, text, .. } = self.ask(prompt)?;
            notify(FlowStep::Prompted { phase, text: &text });
            let sections = state.phase(phase).map(|at| at.outline.names()).unwrap_or_default();
            let expect = Expect { session: session.clone(), phase, nonce, sections };
            let folder = state.project.as_deref().map(project::folder);
            let outcome = {
                let question = Question { prompt: &text, expect: &expect, folder: folder.as_deref() };
                flow.provider.ask(&question, &mut Waiting { runner: self, expect: &expect, notify, version: 0 })
            };
            match outcome {
                Ok(Outcome::Stored) => notify(FlowStep::Stored { phase, verdict: None }),
                Ok(Outcome::Reply(reply)) => {
                    let verdict = self.keep(&expect, *reply, flow.name)?;
                    notify(FlowStep::Stored { phase, verdict: Some(&verdict) });
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

    fn keep(&mut self, expect: &Expect, reply: ProviderReply, provider: &str) -> Result<Verdict, Refusal> {
        let by = Origin { provider: provider.to_owned(), model: reply.model, usage: reply.usage };
        let capture = ask::Capture {
            // A provider answers a prompt once; the same text again is known by its hash.
            capture: format!("flow-{}-{}", expect.nonce, crate::clock::now().as_nanosecond()),
            session: expect.session.clone(),
            phase: Some(expect.phase),
            body: Body::Markdown(reply.text),
            source: reply.source,
            timing: reply.timing,
            conversation: None,
            others: Vec::new(),
            by: Some(by),
        };
        self.ask(capture).map(|captured| captured.verdict)
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
    notify: &'a mut dyn FnMut(FlowStep<'_>),
    /// Of the database, when this looked last.
    version: i64,
}

impl Waiting<'_> {
    /// Nothing is left to wait for: the reply is there, or nobody wants it any more.
    fn is_over(&self, state: &State) -> bool {
        let done = |stand| matches!(stand, PhaseStatus::Replied | PhaseStatus::Skipped);
        state.standing != SessionStatus::Active || state.phase(self.expect.phase).is_none_or(|phase| done(phase.stand))
    }
}

impl Watch for Waiting<'_> {
    fn progress(&mut self, progress: ProviderEvent) {
        if progress == ProviderEvent::Sent {
            let (phase, nonce) = (self.expect.phase, self.expect.nonce.clone());
            let sent_ms = crate::clock::now().as_millisecond();
            let sent = Command::Sent { phase, nonce, sent_ms, conversation: None };
            // The reply brings the time along, too; without this, others only learn later that it is awaited.
            let _ = self.runner.note(&self.expect.session, sent);
        }
        (self.notify)(FlowStep::Provider(&progress));
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
        check_proof(self.expect, text)
    }
}
