//! Where the verbs work: the runner, and which session and project are meant.

use super::give::{self, Given, Hand};
use super::{At, Shown};
use crate::cli::input;
use prompt_runner_core::event::{Repair, Timing};
use prompt_runner_core::phase::Phase;
use prompt_runner_core::protocol::answer::{SessionRecord, SessionView};
use prompt_runner_core::protocol::{Body, Handler as _, ask};
use prompt_runner_core::refusal::{Code, Refusal};
use prompt_runner_core::session::SessionId;
use prompt_runner_core::status::View;
use runner::Runner;
use runner::places::Places;
use runner::project::{self, Project};
use std::path::Path;

/// The runner and the places it works in.
pub(super) struct Desk {
    pub(super) runner: Runner,
    pub(super) places: Places,
}

impl Desk {
    pub(super) fn open() -> Result<Self, Refusal> {
        let places = Places::here()?;
        Ok(Self { runner: Runner::open(&places)?, places })
    }

    /// Starts a session and makes it the active one of the project.
    pub(super) fn start(&mut self, feature: String, workflow: Option<String>, at: &At) -> Result<View, Refusal> {
        let project = project(at.project.as_deref())?;
        project.check_writable()?;
        let root = project::named(project.root());
        // Nothing takes a session back, so what its first prompt needs is tried before there is one.
        self.runner.rehearse(&feature, Some(&root), workflow.as_deref())?;
        let request = ask::Start { feature, workflow, project: Some(root), conversation: None };
        let SessionView { view } = self.runner.ask(request)?;
        project.activate(&view.session)?;
        Ok(view)
    }

    pub(super) fn plan(
        &mut self,
        feature: String,
        workflow: Option<String>,
        hand: &Hand,
        at: &At,
    ) -> Result<Shown, Refusal> {
        hand.check(&project(at.project.as_deref())?)?;
        let view = self.start(feature, workflow, at)?;
        self.hand_over(ask::Prompt { session: view.session, phase: Some(Phase::Planning), repair: None }, hand)
    }

    pub(super) fn prompt(&mut self, phase: Phase, hand: &Hand, at: &At) -> Result<Shown, Refusal> {
        let session = self.session(at)?;
        self.hand_over(ask::Prompt { session, phase: Some(phase), repair: None }, hand)
    }

    pub(super) fn repair(&mut self, hand: &Hand, at: &At) -> Result<Shown, Refusal> {
        let session = self.session(at)?;
        let fitting = self.view(&session)?.next.repairs.first().copied();
        // Where nothing is to be repaired, it is the machine that says so.
        let repair = Some(fitting.unwrap_or(Repair::Continue));
        self.hand_over(ask::Prompt { session, phase: None, repair }, hand)
    }

    fn hand_over(&mut self, request: ask::Prompt, hand: &Hand) -> Result<Shown, Refusal> {
        let prompt = self.runner.ask(request)?;
        hand.over(&prompt.view, prompt.phase, &prompt.text)?;
        Ok(Shown::of(prompt))
    }

    pub(super) fn accept(&mut self, at: &At) -> Result<Shown, Refusal> {
        let session = self.session(at)?;
        Ok(Shown::of(self.runner.ask(ask::Accept { session, phase: None })?))
    }

    pub(super) fn skip(&mut self, phase: Option<Phase>, at: &At) -> Result<Shown, Refusal> {
        let session = self.session(at)?;
        Ok(Shown::of(self.runner.ask(ask::Skip { session, phase })?))
    }

    pub(super) fn redo(&mut self, phase: Phase, at: &At) -> Result<Shown, Refusal> {
        let session = self.session(at)?;
        Ok(Shown::of(self.runner.ask(ask::Redo { session, phase })?))
    }

    pub(super) fn abandon(&mut self, at: &At) -> Result<Shown, Refusal> {
        let session = self.session(at)?;
        Ok(Shown::of(self.runner.ask(ask::Abandon { session })?))
    }

    pub(super) fn rate(
        &mut self,
        rating: u8,
        word: Option<String>,
        saved_minutes: Option<u32>,
        at: &At,
    ) -> Result<Shown, Refusal> {
        let session = self.session(at)?;
        Ok(Shown::of(self.runner.ask(ask::Rate { session, rating, word, saved_minutes })?))
    }

    pub(super) fn capture(&mut self, phase: Option<Phase>, given: &Given, at: &At) -> Result<Shown, Refusal> {
        let session = self.session(at)?;
        let view = self.view(&session)?;
        let (text, source) = given.take(&view, phase)?;
        // The store knows the same text again by its hash, so the name of the capture only has to be this process's own.
        let capture = format!("cli-{}-{}", std::process::id(), runner::clock::now().as_nanosecond());
        let reply = ask::Capture {
            capture,
            session,
            phase,
            body: Body::Markdown(text),
            source,
            timing: Timing::default(),
            conversation: None,
            others: Vec::new(),
            by: None,
        };
        Ok(Shown::of(self.runner.ask(reply)?))
    }

    pub(super) fn complete(&mut self, given: &Given, at: &At) -> Result<Shown, Refusal> {
        if given.is_any() {
            self.capture(None, given, at)?;
        }
        let session = self.session(at)?;
        Ok(Shown::of(self.runner.ask(ask::Complete { session })?))
    }

    pub(super) fn status(&mut self, at: &At) -> Result<Shown, Refusal> {
        let session = self.session(at)?;
        Ok(Shown::of(self.runner.ask(ask::Status { session: Some(session), conversation: None })?))
    }

    pub(super) fn list(&mut self, folder: Option<&Path>, limit: u32) -> Result<Shown, Refusal> {
        let project = folder.map(|folder| project(Some(folder))).transpose()?;
        let project = project.map(|project| project::named(project.root()));
        Ok(Shown::of(self.runner.ask(ask::List { project, limit: Some(limit) })?))
    }

    pub(super) fn show(
        &mut self,
        id: Option<String>,
        prompt: Option<Phase>,
        reply: Option<Phase>,
        attachment: Option<String>,
        at: &At,
    ) -> Result<Shown, Refusal> {
        let session = match id {
            Some(id) => self.runner.resolve(&id)?,
            None => self.session(at)?,
        };
        let record = self.runner.ask(ask::Show { session })?;
        let phase = prompt.or(reply);
        if phase.is_none() && attachment.is_none() {
            return Ok(Shown::of(record));
        }
        let SessionRecord { phases, attachments, .. } = record;
        let Some(phase) = phase else {
            let kept = attachments.into_iter().find(|kept| Some(&kept.name) == attachment.as_ref());
            return kept.map(|kept| Shown::Text(kept.text)).ok_or_else(|| {
                Refusal::new(Code::AttachmentUnknown, "No text of this name is kept beside the session.")
            });
        };
        let text = phases
            .into_iter()
            .find(|record| record.phase == phase)
            .and_then(|record| if prompt.is_some() { record.prompt } else { record.reply });
        text.map(Shown::Text).ok_or_else(|| {
            Refusal::new(
                Code::PhaseNotPrompted,
                format!("Nothing of that kind is stored for the {} phase.", phase.name()),
            )
        })
    }

    pub(super) fn use_session(&mut self, words: &[String], at: &At) -> Result<Shown, Refusal> {
        let session = match (words, at.names_one()) {
            ([], true) => self.session(at)?,
            ([], false) => give::chosen(&self.newest(None)?)?,
            (words, _) => self.runner.closest(&words.join(" "))?,
        };
        project(at.project.as_deref())?.activate(&session)?;
        Ok(Shown::of(self.runner.ask(ask::Status { session: Some(session), conversation: None })?))
    }

    /// The view of a session.
    pub(super) fn view(&mut self, session: &SessionId) -> Result<View, Refusal> {
        let found = self.runner.ask(ask::Status { session: Some(session.clone()), conversation: None })?;
        found.view.ok_or_else(|| Refusal::new(Code::SessionUnknown, format!("There is no session “{session}”.")))
    }

    fn newest(&mut self, project: Option<String>) -> Result<Vec<View>, Refusal> {
        Ok(self.runner.ask(ask::List { project, limit: None })?.sessions)
    }

    /// The session that is meant: the named one, else the active one of the project, else the one that the predecessor left active
    /// in the home folder, else the newest of the project.
    pub(super) fn session(&mut self, at: &At) -> Result<SessionId, Refusal> {
        if let Some(part) = at.named() {
            return self.runner.resolve(&part);
        }
        let project = project(at.project.as_deref())?;
        if let Some(active) = project.active() {
            return self.runner.resolve(active.as_str());
        }
        if let Some(left) = project::left_at_home() {
            return self.runner.resolve(&left);
        }
        let newest = self.newest(Some(project::named(project.root())))?.into_iter().next();
        newest.map(|view| view.session).ok_or_else(|| {
            Refusal::new(Code::SessionNone, format!("No session is active in {}.", project.root().display()))
        })
    }
}

impl At {
    pub(super) const fn names_one(&self) -> bool {
        self.session.is_some() || self.session_file.is_some()
    }

    /// The session that is named, by whichever option.
    pub(super) fn named(&self) -> Option<String> {
        let by_file = || Some(self.session_file.as_ref()?.file_stem()?.to_string_lossy().into_owned());
        self.session.clone().or_else(by_file)
    }
}

/// The project around a folder, by its real path.
pub(in crate::cli) fn project(folder: Option<&Path>) -> Result<Project, Refusal> {
    let folder = folder.unwrap_or_else(|| Path::new("."));
    let real = folder.canonicalize().map_err(|error| input::unreadable(folder, &error))?;
    if !real.is_dir() {
        return Err(Refusal::new(Code::FileUnreadable, format!("{} is not a folder.", folder.display())));
    }
    Ok(Project::around(&real))
}
