//! From a session's state to the prompt of a phase: which template, what it is made of, and the log's word on which one holds.

use super::{Runner, current, random};
use crate::hex::hash;
use crate::project;
use crate::store::{Addition, Text};
use crate::templates::{self, Template, TemplateError, Templates};
use prompt_runner_core::event::{Part, Repair};
use prompt_runner_core::machine::{self, Ask, Prompting};
use prompt_runner_core::phase::Phase;
use prompt_runner_core::protocol::Reply;
use prompt_runner_core::refusal::{Code, Refusal};
use prompt_runner_core::reply::Expect;
use prompt_runner_core::session::SessionId;
use prompt_runner_core::status::{self, view};
use prompt_runner_core::template::{self, Material};
use std::path::Path;

impl Runner {
    pub(super) fn prompt(
        &mut self,
        session: &SessionId,
        phase: Option<Phase>,
        repair: Option<Repair>,
    ) -> Result<Reply, Refusal> {
        let state = self.state(session)?;
        let phase = current(&state, phase)?;
        if let Prompting::Again { nonce, text } = machine::prompting(&state, phase, repair)? {
            let text = self.body(&text)?;
            return Ok(Reply::Prompt { view: view(&state), phase, nonce, text });
        }
        let nonce = format!("{:016x}", u64::from_be_bytes(random()?));
        let expect = Expect { session: session.clone(), phase, nonce: nonce.clone() };
        let part = repair.and_then(|repair| {
            let text = state.phase(phase)?.answered.as_ref()?.text.clone();
            Some(Part { repair, text })
        });
        let (text, template) = match &part {
            // What is there was read by the proof that was asked for then.
            Some(part) => {
                let before = state.phase(phase).and_then(|at| status::expect(session, at));
                let sections = self.sections_of(before.as_ref().unwrap_or(&expect), &part.text)?;
                let text = template::render_repair(part.repair, &expect, &sections);
                (text.map_err(|error| broken(phase, &error)), template::repair_source(part.repair).to_owned())
            }
            None => {
                let project = state.project.as_deref().map(project::folder);
                let template = Templates::new(&self.config, project.as_deref()).find(phase)?;
                let folder = project.as_deref().and_then(Path::file_name).and_then(|name| name.to_str());
                let sections = &self.sections(&state)?;
                let material = Material { feature: &state.feature, project: folder, expect: &expect, sections };
                let text = templates::render(&material, &template);
                (text.map_err(|why| unusable(&template, phase, &why)), template.source)
            }
        };
        let text = text?;
        let template = Text { hash: hash(&template), format: "markdown", body: template };
        let kept = Text { hash: hash(&text), format: "prompt", body: text.clone() };
        let state = self.append(session, |state| {
            let ask = Ask::Prompt {
                phase,
                nonce: nonce.clone(),
                text: kept.hash.clone(),
                bytes: text.len() as u64,
                part: part.clone(),
                template: template.hash.clone(),
            };
            let events = machine::decide(state, ask)?;
            Ok(Addition {
                texts: if events.is_empty() { Vec::new() } else { vec![kept.clone(), template.clone()] },
                events,
            })
        })?;
        // Of two that ask at once, one renders and both get what it rendered.
        let asked = state.phase(phase).and_then(|phase| phase.asked.clone());
        match asked {
            Some(asked) if asked.nonce != nonce => {
                Ok(Reply::Prompt { view: view(&state), phase, text: self.body(&asked.text)?, nonce: asked.nonce })
            }
            _ => Ok(Reply::Prompt { view: view(&state), phase, nonce, text }),
        }
    }
}

/// A template that came with the program cannot be rendered.
fn broken(phase: Phase, error: &impl std::fmt::Display) -> Refusal {
    Refusal::new(Code::StoreBroken, format!("The {} prompt cannot be rendered: {error}.", phase.name()))
}

/// The developer's own template cannot be rendered, which is no fault of the program.
fn unusable(template: &Template, phase: Phase, why: &str) -> Refusal {
    match &template.path {
        Some(path) => {
            let message = format!("The {} template {} cannot be used. {why}", phase.name(), path.display());
            Refusal::new(Code::TemplateInvalid, message)
        }
        None => broken(phase, &why),
    }
}

impl From<TemplateError> for Refusal {
    fn from(error: TemplateError) -> Self {
        Self::new(Code::TemplateInvalid, format!("The template {error}."))
    }
}
