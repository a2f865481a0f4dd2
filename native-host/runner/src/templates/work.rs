//! A template becomes a prompt. One that came with the program is rendered here; any other may come from anybody, and a confined
//! process renders it: references to itself, deep expressions and lists that double end that one.

use super::{Layer, Template};
use crate::confined;
use prompt_runner_core::name::Name;
use prompt_runner_core::phase::Phase;
use prompt_runner_core::reply::{Expect, Section, SectionState};
use prompt_runner_core::template::{self, Flaw, Material};
use prompt_runner_core::workflow::PhaseOutline;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// A section: its name, and its text.
type Named<'a> = (Name, Cow<'a, str>);

/// What a confined process is asked, as JSON.
#[derive(Serialize, Deserialize)]
enum Task<'a> {
    /// A prompt of sample material.
    TryOut { earlier: Cow<'a, [PhaseOutline]>, outline: Cow<'a, PhaseOutline>, source: Cow<'a, str> },
    /// A prompt of this material.
    Render {
        source: Cow<'a, str>,
        feature: Cow<'a, str>,
        project: Option<Cow<'a, str>>,
        expect: Expect,
        /// What the replies so far say.
        sections: Vec<(Phase, Vec<Named<'a>>)>,
    },
    /// Whether a condition holds for sample material.
    TryCondition { earlier: Cow<'a, [PhaseOutline]>, condition: Cow<'a, str> },
    /// Whether a condition holds for this material.
    Judge { condition: Cow<'a, str>, feature: Cow<'a, str>, sections: Vec<(Phase, Vec<Named<'a>>)> },
}

/// The prompt that this template makes.
///
/// # Errors
/// Why it makes none, as a sentence.
pub(crate) fn render(material: &Material<'_>, template: &Template) -> Result<String, String> {
    if template.layer == Layer::BuiltIn {
        return template::render(material, &template.source).map_err(|error| Flaw::Broken(error).to_string());
    }
    asked(&Task::Render {
        source: template.source.as_str().into(),
        feature: material.feature.into(),
        project: material.project.map(Cow::from),
        expect: material.expect.clone(),
        sections: passed_on(material.sections),
    })
}

/// The prompt that a template makes of sample material, with a reply in each of these earlier phases, if it can be used.
///
/// # Errors
/// Why it cannot, as a sentence.
pub(crate) fn try_out(earlier: &[PhaseOutline], outline: &PhaseOutline, source: &str) -> Result<String, String> {
    asked(&Task::TryOut { earlier: earlier.into(), outline: Cow::Borrowed(outline), source: source.into() })
}

/// Whether a condition of a workflow holds. It may come from anybody, as a template may.
///
/// # Errors
/// Why that cannot be said, as a sentence.
pub(crate) fn holds(condition: &str, feature: &str, sections: &[(Phase, Vec<Section>)]) -> Result<bool, String> {
    let task = Task::Judge { condition: condition.into(), feature: feature.into(), sections: passed_on(sections) };
    asked(&task).map(|word| word == "true")
}

/// Whether a condition holds for sample material, with a reply in each of these earlier phases.
///
/// # Errors
/// Why that cannot be said, as a sentence.
pub(crate) fn try_condition(earlier: &[PhaseOutline], condition: &str) -> Result<bool, String> {
    asked(&Task::TryCondition { earlier: earlier.into(), condition: condition.into() }).map(|word| word == "true")
}

fn passed_on(sections: &[(Phase, Vec<Section>)]) -> Vec<(Phase, Vec<Named<'_>>)> {
    let named = |section: &'_ Section| (section.name, Cow::Owned(section.text.clone()));
    sections.iter().map(|(phase, sections)| (*phase, sections.iter().map(named).collect())).collect()
}

fn taken_over(sections: Vec<(Phase, Vec<Named<'_>>)>) -> Vec<(Phase, Vec<Section>)> {
    let section = |(name, text): Named<'_>| Section { name, text: text.into_owned(), state: SectionState::Ok };
    sections.into_iter().map(|(phase, texts)| (phase, texts.into_iter().map(section).collect())).collect()
}

fn asked(task: &Task<'_>) -> Result<String, String> {
    let input = serde_json::to_vec(task).map_err(|error| format!("It cannot be passed on: {error}."))?;
    confined::ask(input)
}

/// What the confined process does.
///
/// # Errors
/// Why there is no prompt, as a sentence.
pub(crate) fn work(input: &[u8]) -> Result<String, String> {
    let task = serde_json::from_slice(input).map_err(|error| format!("The task cannot be read: {error}."))?;
    let outcome = match task {
        Task::TryOut { earlier, outline, source } => template::try_out(&earlier, &outline, &source),
        Task::TryCondition { earlier, condition } => {
            template::try_condition(&earlier, &condition).map(|holds| holds.to_string()).map_err(Flaw::Broken)
        }
        Task::Judge { condition, feature, sections } => template::holds(&condition, &feature, &taken_over(sections))
            .map(|holds| holds.to_string())
            .map_err(Flaw::Broken),
        Task::Render { source, feature, project, expect, sections } => {
            let sections = taken_over(sections);
            let (feature, project) = (feature.as_ref(), project.as_deref());
            template::render(&Material { feature, project, expect: &expect, sections: &sections }, &source)
                .map_err(Flaw::Broken)
        }
    };
    outcome.map_err(|flaw| flaw.to_string())
}
