//! From a session's state to the prompt of a phase: which template, what it is made of, and the log's word on which one holds.

use super::{Runner, current, new_id, random};
use crate::clock;
use crate::hex::hash;
use crate::project;
use crate::store::{Addition, Text};
use crate::templates::{self, Template, TemplateError, Templates};
use prompt_runner_core::event::Part;
use prompt_runner_core::machine::{self, Command, Prompting};
use prompt_runner_core::phase::Phase;
use prompt_runner_core::protocol::{Handler, answer::RenderedPrompt, ask};
use prompt_runner_core::refusal::{Code, Refusal};
use prompt_runner_core::reply::{Expect, Section};
use prompt_runner_core::status::{self, view};
use prompt_runner_core::template::{self, Material};
use std::path::Path;

impl Handler<ask::Prompt> for Runner {
    type Refusal = Refusal;

    fn ask(&mut self, ask::Prompt { session, phase, repair }: ask::Prompt) -> Result<RenderedPrompt, Refusal> {
        let state = self.state(&session)?;
        let phase = current(&state, phase)?;
        if let Prompting::Again { nonce, text } = machine::prompting(&state, phase, repair)? {
            let text = self.body(&text)?;
            return Ok(RenderedPrompt { view: view(&state), phase, nonce, text });
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
                let before = state.phase(phase).and_then(|at| status::expect(&session, at));
                let sections = self.sections_of(before.as_ref().unwrap_or(&expect), &part.text)?;
                let text = template::render_repair(part.repair, &expect, &sections);
                (text.map_err(|error| broken(phase, &error)), template::repair_source(part.repair).to_owned())
            }
            None => {
                let (text, template) =
                    self.rendered(&state.feature, state.project.as_deref(), &expect, &self.sections(&state)?)?;
                (Ok(text), template)
            }
        };
        let text = text?;
        let template = Text { hash: hash(&template), format: "markdown", body: template };
        let kept = Text { hash: hash(&text), format: "prompt", body: text.clone() };
        let state = self.append(&session, |state| {
            let command = Command::Prompt {
                phase,
                nonce: nonce.clone(),
                text: kept.hash.clone(),
                bytes: text.len() as u64,
                part: part.clone(),
                template: template.hash.clone(),
            };
            let events = machine::decide(state, command)?;
            Ok(Addition {
                texts: if events.is_empty() { Vec::new() } else { vec![kept.clone(), template.clone()] },
                events,
            })
        })?;
        // Of two that ask at once, one renders and both get what it rendered.
        let asked = state.phase(phase).and_then(|phase| phase.asked.clone());
        match asked {
            Some(asked) if asked.nonce != nonce => {
                Ok(RenderedPrompt { view: view(&state), phase, text: self.body(&asked.text)?, nonce: asked.nonce })
            }
            _ => Ok(RenderedPrompt { view: view(&state), phase, nonce, text }),
        }
    }
}

impl Runner {
    /// Whether a session of this feature would get its first prompt here; nothing is written.
    ///
    /// # Errors
    /// What starting it, or asking for that prompt, would refuse.
    pub fn rehearse(&self, feature: &str, project: Option<&str>, workflow: Option<&str>) -> Result<(), Refusal> {
        machine::start(feature, project.map(str::to_owned), workflow)?;
        let expect = Expect { session: new_id(clock::now())?, phase: Phase::Planning, nonce: "0".repeat(16) };
        self.rendered(feature, project, &expect, &[]).map(drop)
    }

    /// The prompt of a phase, and the template that it was made of.
    fn rendered(
        &self,
        feature: &str,
        project: Option<&str>,
        expect: &Expect,
        sections: &[(Phase, Vec<Section>)],
    ) -> Result<(String, String), Refusal> {
        let project = project.map(project::folder);
        let template = Templates::new(&self.config, project.as_deref()).find(expect.phase)?;
        let folder = project.as_deref().and_then(Path::file_name).and_then(|name| name.to_str());
        let material = Material { feature, project: folder, expect, sections };
        match templates::render(&material, &template) {
            Ok(text) => Ok((text, template.source)),
            Err(why) => Err(unusable(&template, expect.phase, &why)),
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
