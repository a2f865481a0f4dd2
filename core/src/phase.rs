//! The five phases, because everything else is said in terms of them.

use serde::{Deserialize, Serialize};

/// One step of a workflow: one prompt, one reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS, schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// From an idea to the templates of the later phases.
    Planning,
    /// From the analysis template to findings, a design and tasks.
    Analysis,
    /// From the design to whole files.
    Implementation,
    /// Tests for what was implemented.
    Testing,
    /// Tidying of what was implemented and tested.
    Cleaning,
}

impl Phase {
    /// Every phase, in the order in which a full workflow runs them.
    pub const ALL: [Self; 5] = [Self::Planning, Self::Analysis, Self::Implementation, Self::Testing, Self::Cleaning];

    /// The name on the wire, in the database and in the trailer of a reply.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Planning => "planning",
            Self::Analysis => "analysis",
            Self::Implementation => "implementation",
            Self::Testing => "testing",
            Self::Cleaning => "cleaning",
        }
    }

    /// The phase of that name, if there is one.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|phase| phase.name() == name)
    }

    /// The letter that the toolbar badge shows.
    #[must_use]
    pub const fn letter(self) -> &'static str {
        match self {
            Self::Planning => "P",
            Self::Analysis => "A",
            Self::Implementation => "I",
            Self::Testing => "T",
            Self::Cleaning => "C",
        }
    }

    /// The sections that a reply of this phase must have, in the order in which the prompt asks for them (docs/CONTRACT.md).
    #[must_use]
    pub const fn sections(self) -> &'static [&'static str] {
        match self {
            Self::Planning => &["ANALYSIS_TEMPLATE", "IMPLEMENTATION_TEMPLATE", "EXECUTION_NOTES"],
            Self::Analysis => &["FINDINGS", "DESIGN", "TASKS"],
            Self::Implementation | Self::Testing | Self::Cleaning => &["FILES", "NOTES"],
        }
    }

    /// The verb of the command line that asks for this phase's prompt.
    #[must_use]
    pub const fn verb(self) -> &'static str {
        match self {
            Self::Planning => "plan",
            Self::Analysis => "analyze",
            Self::Implementation => "implement",
            Self::Testing => "test",
            Self::Cleaning => "clean",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_the_names_on_the_wire() {
        for phase in Phase::ALL {
            assert_eq!(serde_json::to_string(&phase).unwrap(), format!("\"{}\"", phase.name()));
            assert_eq!(Phase::from_name(phase.name()), Some(phase));
        }
        assert_eq!(Phase::from_name("Planning"), None);
    }
}
