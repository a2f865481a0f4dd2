//! Requests that start, find, list and show sessions, and what is stored of one.

use super::{LIST, LIST_MAX, Runner, new_id, work};
use crate::clock;
use crate::hex::hash;
use crate::store::{Addition, Text};
use prompt_runner_core::event::Event;
use prompt_runner_core::machine;
use prompt_runner_core::phase::Phase;
use prompt_runner_core::protocol::answer::{
    AttachmentRecord, PhaseRecord, Pong, SessionFound, SessionList, SessionRecord, SessionView,
};
use prompt_runner_core::protocol::{Handler, ask};
use prompt_runner_core::refusal::{Code, Refusal};
use prompt_runner_core::session::SessionId;
use prompt_runner_core::status::{View, view};

impl Handler<ask::Ping> for Runner {
    type Refusal = Refusal;

    fn ask(&mut self, _: ask::Ping) -> Result<Pong, Refusal> {
        Ok(Pong {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            sqlite: rusqlite::version().to_owned(),
            database: self.store.path().display().to_string(),
            files_bytes: self.store.images_bytes()?,
        })
    }
}

impl Handler<ask::Start> for Runner {
    type Refusal = Refusal;

    fn ask(&mut self, request: ask::Start) -> Result<SessionView, Refusal> {
        let ask::Start { feature, project, workflow, conversation } = request;
        let now = clock::now();
        let workflow = self.workflow(project.as_deref(), workflow.as_deref())?;
        let definition = Text { hash: hash(&workflow.source), format: "markdown", body: workflow.source };
        let outline = workflow.definition.outline();
        let event = machine::start(&feature, project.clone(), outline, Some(definition.hash.clone()))?;
        work::check(project.as_deref())?;
        let id = new_id(now)?;
        let seen = work::at_begin(project.as_deref());
        let bound = conversation.map(|conversation| Event::ConversationBound { conversation });
        let events: Vec<_> = std::iter::once(event).chain(seen).chain(bound).collect();
        let state = self.store.append(&id, now.as_millisecond(), |_| {
            Ok::<_, Refusal>(Addition {
                events: events.clone(),
                texts: vec![definition.clone()],
                ..Addition::default()
            })
        })?;
        let state =
            state.ok_or_else(|| Refusal::new(Code::StoreBroken, "The session was written and is not there."))?;
        Ok(SessionView { view: view(&state) })
    }
}

impl Handler<ask::Status> for Runner {
    type Refusal = Refusal;

    fn ask(&mut self, ask::Status { session, conversation }: ask::Status) -> Result<SessionFound, Refusal> {
        let state = match (session, conversation) {
            (Some(session), _) => Some(self.state(&session)?),
            (None, Some(conversation)) => self.store.of_conversation(&conversation)?,
            (None, None) => self.store.unbound()?,
        };
        Ok(SessionFound { view: state.as_ref().map(view) })
    }
}

impl Handler<ask::List> for Runner {
    type Refusal = Refusal;

    fn ask(&mut self, ask::List { project, limit }: ask::List) -> Result<SessionList, Refusal> {
        let limit = limit.unwrap_or(LIST).clamp(1, LIST_MAX);
        let states = self.store.newest(project.as_deref(), limit)?;
        Ok(SessionList { sessions: states.iter().map(view).collect() })
    }
}

impl Handler<ask::Show> for Runner {
    type Refusal = Refusal;

    fn ask(&mut self, ask::Show { session }: ask::Show) -> Result<SessionRecord, Refusal> {
        let state = self.state(&session)?;
        let mut phases = Vec::new();
        for phase in &state.phases {
            if let Some(asked) = &phase.asked {
                let answered = phase.answered.as_ref();
                phases.push(PhaseRecord {
                    phase: phase.phase,
                    prompt: Some(self.body(&asked.text)?),
                    reply: answered.map(|answered| self.markdown(&answered.text)).transpose()?,
                });
            }
        }
        let kept = |name: &str, text: &str| Ok(AttachmentRecord { name: name.to_owned(), text: self.body(text)? });
        let attachments = state.attachments.iter().map(|attachment| kept(&attachment.name, &attachment.text));
        let attachments = attachments.collect::<Result<_, Refusal>>()?;
        Ok(SessionRecord { view: view(&state), phases, attachments })
    }
}

/// One text of a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoredText {
    /// The prompt of a phase.
    Prompt(Phase),
    /// The reply to it.
    Reply(Phase),
    /// What is kept beside the session under this name.
    Attachment(String),
}

impl Runner {
    /// How a session stands.
    ///
    /// # Errors
    /// `session.unknown`.
    pub fn view(&self, session: &SessionId) -> Result<View, Refusal> {
        self.state(session).map(|state| view(&state))
    }

    /// One text of a session; a reply as markdown.
    ///
    /// # Errors
    /// `session.unknown`, `phase.not_prompted` and `attachment.unknown` where it is not stored, and `text.pruned` where it was dropped.
    pub fn text(&self, session: &SessionId, which: &StoredText) -> Result<String, Refusal> {
        let state = self.state(session)?;
        let asked = |phase| state.phase(phase).and_then(|at| Some((at, at.asked.as_ref()?)));
        let found = match which {
            StoredText::Prompt(phase) => asked(*phase).map(|(_, asked)| self.body(&asked.text)),
            StoredText::Reply(phase) => {
                let answered = asked(*phase).and_then(|(at, _)| at.answered.as_ref());
                answered.map(|answered| self.markdown(&answered.text))
            }
            StoredText::Attachment(name) => {
                let kept = state.attachments.iter().find(|kept| kept.name == *name);
                kept.map(|kept| self.body(&kept.text))
            }
        };
        found.unwrap_or_else(|| Err(which.missing()))
    }
}

impl StoredText {
    fn missing(&self) -> Refusal {
        match self {
            Self::Prompt(phase) | Self::Reply(phase) => {
                let message = format!("Nothing of that kind is stored for the {} phase.", phase.name());
                Refusal::new(Code::PhaseNotPrompted, message)
            }
            Self::Attachment(_) => {
                Refusal::new(Code::AttachmentUnknown, "No text of this name is kept beside the session.")
            }
        }
    }
}
