//! What a verb works with: the runner, and the session that its words mean. Each method puts one question to the runner.

use super::give::{self, PromptOutput, ReplyInput};
use super::{At, Output};
use prompt_runner_core::phase::Phase;
use prompt_runner_core::protocol::answer::{RenderedPrompt, SessionList, SessionView};
use prompt_runner_core::protocol::{Handler as _, ask};
use prompt_runner_core::refusal::Refusal;
use prompt_runner_core::session::SessionId;
use prompt_runner_core::status::View;
use runner::places::Places;
use runner::project::{self, Project};
use runner::{BroughtReply, NewSession, Runner, SessionChoice, StoredText};
use std::path::Path;

/// The runner and the places it works in.
pub(super) struct SessionContext {
    pub(super) runner: Runner,
    pub(super) places: Places,
}

impl SessionContext {
    pub(super) fn open() -> Result<Self, Refusal> {
        let places = Places::here()?;
        Ok(Self { runner: Runner::open(&places)?, places })
    }

    pub(super) fn plan(
        &mut self,
        feature: String,
        workflow: Option<String>,
        output: &PromptOutput,
        at: &At,
    ) -> Result<Output, Refusal> {
        let keeps_prompts = output.save_to_file;
        let new = NewSession { feature, workflow, folder: at.project.clone(), keeps_prompts };
        let prompt = self.runner.plan(new)?;
        hand_over(prompt, output)
    }

    pub(super) fn prompt(&mut self, phase: Phase, output: &PromptOutput, at: &At) -> Result<Output, Refusal> {
        let session = self.session(at)?;
        let prompt = self.runner.ask(ask::Prompt { session, phase: Some(phase), repair: None })?;
        hand_over(prompt, output)
    }

    pub(super) fn repair(&mut self, output: &PromptOutput, at: &At) -> Result<Output, Refusal> {
        let session = self.session(at)?;
        let prompt = self.runner.repair(&session)?;
        hand_over(prompt, output)
    }

    pub(super) fn accept(&mut self, at: &At) -> Result<Output, Refusal> {
        let session = self.session(at)?;
        Ok(Output::of(self.runner.ask(ask::Accept { session, phase: None })?))
    }

    pub(super) fn skip(&mut self, phase: Option<Phase>, at: &At) -> Result<Output, Refusal> {
        let session = self.session(at)?;
        Ok(Output::of(self.runner.ask(ask::Skip { session, phase })?))
    }

    pub(super) fn redo(&mut self, phase: Phase, at: &At) -> Result<Output, Refusal> {
        let session = self.session(at)?;
        Ok(Output::of(self.runner.ask(ask::Redo { session, phase })?))
    }

    pub(super) fn abandon(&mut self, at: &At) -> Result<Output, Refusal> {
        let session = self.session(at)?;
        Ok(Output::of(self.runner.ask(ask::Abandon { session })?))
    }

    pub(super) fn rate(
        &mut self,
        rating: u8,
        word: Option<String>,
        saved_minutes: Option<u32>,
        at: &At,
    ) -> Result<Output, Refusal> {
        let session = self.session(at)?;
        Ok(Output::of(self.runner.ask(ask::Rate { session, rating, word, saved_minutes })?))
    }

    pub(super) fn process(&mut self, phase: Option<Phase>, input: &ReplyInput, at: &At) -> Result<Output, Refusal> {
        let session = self.session(at)?;
        let reply = self.read(&session, phase, input)?;
        Ok(Output::of(self.runner.bring(&session, reply)?))
    }

    pub(super) fn complete(&mut self, input: &ReplyInput, at: &At) -> Result<Output, Refusal> {
        let session = self.session(at)?;
        let reply = if input.is_any() { Some(self.read(&session, None, input)?) } else { None };
        Ok(Output::of(self.runner.complete(&session, reply)?))
    }

    fn read(&self, session: &SessionId, phase: Option<Phase>, input: &ReplyInput) -> Result<BroughtReply, Refusal> {
        let (text, source) = input.read(&self.view(session)?, phase)?;
        Ok(BroughtReply { phase, text, source })
    }

    pub(super) fn status(&self, at: &At) -> Result<Output, Refusal> {
        let session = self.session(at)?;
        Ok(Output::of(SessionView { view: self.view(&session)? }))
    }

    pub(super) fn list(&mut self, folder: Option<&Path>, limit: u32) -> Result<Output, Refusal> {
        let project = folder.map(|folder| Project::at(Some(folder))).transpose()?;
        let project = project.map(|project| project::named(project.root()));
        Ok(Output::of(self.newest(project, Some(limit))?))
    }

    fn newest(&mut self, project: Option<String>, limit: Option<u32>) -> Result<SessionList, Refusal> {
        self.runner.ask(ask::List { project, limit })
    }

    /// All that is stored of a session, or the one text that is wanted.
    pub(super) fn show(&mut self, id: Option<String>, text: Option<&StoredText>, at: &At) -> Result<Output, Refusal> {
        let choice = SessionChoice { named: id.or_else(|| at.named()), ..at.choice() };
        let session = self.runner.find(&choice)?;
        match text {
            Some(text) => self.runner.text(&session, text).map(Output::Text),
            None => Ok(Output::of(self.runner.ask(ask::Show { session })?)),
        }
    }

    pub(super) fn use_session(&mut self, words: &[String], at: &At) -> Result<Output, Refusal> {
        let session = match (words, at.names_one()) {
            ([], true) => self.session(at)?,
            ([], false) => give::chosen(&self.newest(None, None)?.sessions)?,
            (words, _) => self.runner.closest(&words.join(" "))?,
        };
        let view = self.runner.use_session(&session, at.project.as_deref())?;
        Ok(Output::of(SessionView { view }))
    }

    /// The view of a session.
    pub(super) fn view(&self, session: &SessionId) -> Result<View, Refusal> {
        self.runner.view(session)
    }

    /// The session that is meant.
    pub(super) fn session(&self, at: &At) -> Result<SessionId, Refusal> {
        self.runner.find(&at.choice())
    }
}

fn hand_over(prompt: RenderedPrompt, output: &PromptOutput) -> Result<Output, Refusal> {
    output.deliver(&prompt)?;
    Ok(Output::of(prompt))
}

impl At {
    const fn names_one(&self) -> bool {
        self.session.is_some() || self.session_file.is_some()
    }

    /// The session that is named, by whichever option.
    fn named(&self) -> Option<String> {
        let by_file = || Some(self.session_file.as_ref()?.file_stem()?.to_string_lossy().into_owned());
        self.session.clone().or_else(by_file)
    }

    /// Which session is meant.
    pub(super) fn choice(&self) -> SessionChoice {
        SessionChoice { named: self.named(), folder: self.project.clone() }
    }
}
