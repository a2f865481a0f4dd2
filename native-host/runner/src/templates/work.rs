//! A template becomes a prompt. One that came with the program is rendered here; any other may come from anybody, and a confined
//! process renders it: references to itself, deep expressions and lists that double end that one.

use super::{Layer, Template};
use crate::confined;
use prompt_runner_core::phase::Phase;
use prompt_runner_core::reply::{Expect, Section, SectionState};
use prompt_runner_core::template::{self, Flaw, Material};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// A section: the number of its name in the contract of its phase, and its text.
type Numbered<'a> = (usize, Cow<'a, str>);

/// What a confined process is asked, as JSON.
#[derive(Serialize, Deserialize)]
enum Task<'a> {
    /// A prompt of sample material.
    TryOut { phase: Phase, source: Cow<'a, str> },
    /// A prompt of this material.
    Render {
        source: Cow<'a, str>,
        feature: Cow<'a, str>,
        project: Option<Cow<'a, str>>,
        expect: Expect,
        /// What the replies so far say.
        sections: Vec<(Phase, Vec<Numbered<'a>>)>,
    },
}

/// The prompt that this template makes.
///
/// # Errors
/// Why it makes none, as a sentence.
pub fn render(material: &Material<'_>, template: &Template) -> Result<String, String> {
    if template.layer == Layer::BuiltIn {
        return template::render(material, &template.source).map_err(|error| Flaw::Broken(error).to_string());
    }
    let numbered = |(phase, sections): &'_ (Phase, Vec<Section>)| {
        let number = |section: &Section| phase.sections().iter().position(|name| *name == section.name);
        let texts = sections.iter().filter_map(|section| Some((number(section)?, section.text.clone().into())));
        (*phase, texts.collect())
    };
    asked(&Task::Render {
        source: template.source.as_str().into(),
        feature: material.feature.into(),
        project: material.project.map(Cow::from),
        expect: material.expect.clone(),
        sections: material.sections.iter().map(numbered).collect(),
    })
}

/// The prompt that a template makes of sample material, if it can be used.
///
/// # Errors
/// Why it cannot, as a sentence.
pub fn try_out(phase: Phase, source: &str) -> Result<String, String> {
    asked(&Task::TryOut { phase, source: source.into() })
}

fn asked(task: &Task<'_>) -> Result<String, String> {
    let input = serde_json::to_vec(task).map_err(|error| format!("It cannot be passed on: {error}."))?;
    confined::ask(input)
}

/// What the confined process does.
///
/// # Errors
/// Why there is no prompt, as a sentence.
pub fn work(input: &[u8]) -> Result<String, String> {
    let task = serde_json::from_slice(input).map_err(|error| format!("The task cannot be read: {error}."))?;
    let outcome = match task {
        Task::TryOut { phase, source } => template::try_out(phase, &source),
        Task::Render { source, feature, project, expect, sections } => {
            let named = |(phase, texts): (Phase, Vec<Numbered<'_>>)| {
                let section = |(number, text): Numbered<'_>| {
                    let name = phase.sections().get(number).copied()?;
                    Some(Section { name, text: text.into_owned(), state: SectionState::Ok })
                };
                (phase, texts.into_iter().filter_map(section).collect())
            };
            let sections: Vec<(Phase, Vec<Section>)> = sections.into_iter().map(named).collect();
            let (feature, project) = (feature.as_ref(), project.as_deref());
            template::render(&Material { feature, project, expect: &expect, sections: &sections }, &source)
                .map_err(Flaw::Broken)
        }
    };
    outcome.map_err(|flaw| flaw.to_string())
}
