//! From a session's state to the prompt of a phase: which template, what it is made of, and the log's word on which one holds.

use super::{Runner, current, random};
use crate::hex::hash;
use crate::project;
use crate::store::{Addition, Text};
use crate::templates::{self, Layer, Template, TemplateError, Templates};
use crate::workflows;
use prompt_runner_core::event::Part;
use prompt_runner_core::machine::{self, Command, Prompting};
use prompt_runner_core::phase::Phase;
use prompt_runner_core::protocol::{Handler, answer::RenderedPrompt, ask};
use prompt_runner_core::refusal::{Code, Refusal};
use prompt_runner_core::reply::{Expect, Section};
use prompt_runner_core::status::{self, view};
use prompt_runner_core::template::{self, Flaw, Material};
use std::path::Path;

impl Handler<ask::Prompt> for Runner {
    type Refusal = Refusal;

    fn ask(&mut self, ask::Prompt { session, phase, repair }: ask::Prompt) -> Result<RenderedPrompt, Refusal> {
        let state = if phase.is_none() { self.pass_over(&session)? } else { self.state(&session)? };
        let phase = current(&state, phase)?;
        if let Prompting::Again { nonce, text } = machine::prompting(&state, phase, repair)? {
            let text = self.body(&text)?;
            return Ok(RenderedPrompt { view: view(&state), phase, nonce, text });
        }
        let nonce = format!("{:016x}", u64::from_be_bytes(random()?));
        let sections = state.phase(phase).map(|at| at.outline.names()).unwrap_or_default();
        let expect = Expect { session: session.clone(), phase, nonce: nonce.clone(), sections };
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
                (
                    text.map_err(|error| broken(phase, &Flaw::Broken(error).to_string())),
                    template::repair_source(part.repair).to_owned(),
                )
            }
            None => {
                let own = self.definition(&state)?.and_then(|definition| definition.phase(phase)?.template.clone());
                let (project, sections) = (state.project.as_deref(), self.sections(&state)?);
                let (text, template) = self.rendered(&state.feature, project, &expect, &sections, own.as_deref())?;
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
                ..Addition::default()
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
    /// The prompt of a phase, and the template that it was made of.
    pub(super) fn rendered(
        &self,
        feature: &str,
        project: Option<&str>,
        expect: &Expect,
        sections: &[(Phase, Vec<Section>)],
        of_workflow: Option<&str>,
    ) -> Result<(String, String), Refusal> {
        let project = project.map(project::folder);
        let template = Templates::new(&self.config, project.as_deref()).find(expect.phase, of_workflow)?;
        let mut template = template.ok_or_else(|| no_template(expect.phase))?;
        if template.layer == Layer::Workflow && workflows::came_with_the_program(&template.source) {
            template.layer = Layer::BuiltIn;
        }
        let folder = project.as_deref().and_then(Path::file_name).and_then(|name| name.to_str());
        let material = Material { feature, project: folder, expect, sections };
        match templates::render(&material, &template) {
            Ok(text) => Ok((text, template.source)),
            Err(why) => Err(unusable(&template, expect.phase, &why)),
        }
    }
}

/// Neither the workflow nor anybody else has a template for this phase.
fn no_template(phase: Phase) -> Refusal {
    let name = phase.name();
    Refusal {
        hint: format!(
            "Give the workflow a `template` for the phase, or run `prompt-runner template add {name} --file FILE`."
        ),
        ..Refusal::new(Code::TemplateUnknown, format!("There is no template for the {name} phase."))
    }
}

/// A template that came with the program cannot be rendered.
fn broken(phase: Phase, why: &str) -> Refusal {
    Refusal::new(Code::StoreBroken, format!("The {} prompt cannot be rendered. {why}", phase.name()))
}

/// Whose template cannot be rendered: one that did not come with the program is no fault of it.
fn unusable(template: &Template, phase: Phase, why: &str) -> Refusal {
    let name = phase.name();
    let whose = match (template.layer, &template.path) {
        (Layer::BuiltIn, _) => return broken(phase, why),
        (_, Some(path)) => format!("The {name} template {}", path.display()),
        (_, None) => format!("The template of the phase {name} in this session's workflow"),
    };
    Refusal::new(Code::TemplateInvalid, format!("{whose} cannot be used. {why}"))
}

impl From<TemplateError> for Refusal {
    fn from(error: TemplateError) -> Self {
        Self::new(Code::TemplateInvalid, format!("The template {error}."))
    }
}
