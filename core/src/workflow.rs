//! Workflows as data: which phases a feature goes through, in which order, and what each asks for. A session keeps the outline that it
//! was started with, so a workflow that is edited later leaves it alone.

use crate::name::Name;
use crate::phase::Phase;
use serde::{Deserialize, Serialize};

/// What a section of a reply is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS, schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Text, for the prompts of later phases.
    #[default]
    Text,
    /// A list of tasks.
    Tasks,
    /// Files with their paths.
    Files,
    /// Notes that may hold an estimate of the work.
    Estimate,
}

/// A section that a reply must have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SectionOutline {
    /// Its name, in capitals.
    pub name: Name,
    /// What it is for.
    #[serde(default)]
    pub role: Role,
    /// The prompts of later phases stand on it most.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub main: bool,
}

/// A phase as everything but its prompt needs to know it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PhaseOutline {
    /// Its name.
    pub name: Phase,
    /// What people call it.
    pub title: String,
    /// The letter that the toolbar badge shows.
    pub letter: String,
    /// The sections of its reply, in the order in which the prompt asks for them.
    pub sections: Vec<SectionOutline>,
}

impl PhaseOutline {
    /// The names of its sections.
    #[must_use]
    pub fn names(&self) -> Vec<Name> {
        self.sections.iter().map(|section| section.name).collect()
    }

    /// The section on which the prompts of later phases stand most, where a reply that was taken as it is stands as a whole: the one that is said
    /// to be the main one, else the files, else the first.
    #[must_use]
    pub fn main_section(&self) -> Option<Name> {
        let find = |is_it: fn(&SectionOutline) -> bool| self.sections.iter().find(|section| is_it(section));
        let found = find(|section| section.main).or_else(|| find(|section| section.role == Role::Files));
        found.or_else(|| self.sections.first()).map(|section| section.name)
    }

    /// The sections that hold files.
    pub fn files_sections(&self) -> impl Iterator<Item = Name> {
        self.sections.iter().filter(|section| section.role == Role::Files).map(|section| section.name)
    }

    /// The section that may hold an estimate.
    #[must_use]
    pub fn estimate_section(&self) -> Option<Name> {
        self.sections.iter().find(|section| section.role == Role::Estimate).map(|section| section.name)
    }
}

/// A workflow as everything but its prompts needs to know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkflowOutline {
    /// The name that a user types after `--workflow`.
    pub name: String,
    /// Its phases, first to last.
    pub phases: Vec<PhaseOutline>,
}

/// The workflow of who names none.
pub const DEFAULT: &str = "feature";

/// The two workflows that there were before workflows were data.
#[must_use]
pub fn classic(name: &str) -> Option<WorkflowOutline> {
    let phases = match name {
        DEFAULT => &Phase::FULL[..3],
        "full" => &Phase::FULL[..],
        _ => return None,
    };
    Some(WorkflowOutline { name: name.to_owned(), phases: phases.iter().copied().map(known).collect() })
}

/// What a phase asked for that stands in a log without an outline: before workflows were data, every phase was one of five.
#[must_use]
pub fn known(phase: Phase) -> PhaseOutline {
    let (_, title, letter, sections) =
        KNOWN.iter().find(|(name, ..)| *name == phase).copied().unwrap_or((phase, "", "", &[]));
    let title = if title.is_empty() { phase.name() } else { title };
    let outline = |(name, role): &(&str, Role)| {
        Some(SectionOutline { name: Name::new(name)?, role: *role, main: *name == "DESIGN" })
    };
    let sections = sections.iter().filter_map(outline);
    PhaseOutline { name: phase, title: title.to_owned(), letter: letter.to_owned(), sections: sections.collect() }
}

/// A known phase: name, title, letter, sections.
type Known = (Phase, &'static str, &'static str, &'static [(&'static str, Role)]);

const KNOWN: [Known; 5] = [
    (
        Phase::PLANNING,
        "Planning",
        "P",
        &[
            ("ANALYSIS_TEMPLATE", Role::Text),
            ("IMPLEMENTATION_TEMPLATE", Role::Text),
            ("EXECUTION_NOTES", Role::Estimate),
        ],
    ),
    (Phase::ANALYSIS, "Analysis", "A", &[("FINDINGS", Role::Text), ("DESIGN", Role::Text), ("TASKS", Role::Tasks)]),
    (Phase::IMPLEMENTATION, "Implementation", "I", &[("FILES", Role::Files), ("NOTES", Role::Text)]),
    (Phase::TESTING, "Testing", "T", &[("FILES", Role::Files), ("NOTES", Role::Text)]),
    (Phase::CLEANING, "Cleaning", "C", &[("FILES", Role::Files), ("NOTES", Role::Text)]),
];
