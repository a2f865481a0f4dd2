//! Phases by their names, because everything else is said in terms of them. What a phase asks for is in its workflow.

use crate::name::Name;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The name of a phase: one step of a workflow, one prompt, one reply.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS, schemars::JsonSchema), ts(type = "string"), schemars(with = "Name"))]
#[serde(try_from = "Name")]
pub struct Phase(Name);

impl Phase {
    /// From an idea to the templates of the later phases.
    pub const PLANNING: Self = Self::literal("planning");
    /// From the analysis template to findings, a design and tasks.
    pub const ANALYSIS: Self = Self::literal("analysis");
    /// From the design to whole files.
    pub const IMPLEMENTATION: Self = Self::literal("implementation");
    /// Tests for what was implemented.
    pub const TESTING: Self = Self::literal("testing");
    /// Tidying of what was implemented and tested.
    pub const CLEANING: Self = Self::literal("cleaning");

    /// The phases of the workflow `full`, in its order. Logs of before workflows were data name no others.
    pub const FULL: [Self; 5] = [Self::PLANNING, Self::ANALYSIS, Self::IMPLEMENTATION, Self::TESTING, Self::CLEANING];

    #[allow(clippy::panic, reason = "it is evaluated while this is compiled")]
    const fn literal(text: &'static str) -> Self {
        match Name::literal(text) {
            Some(name) => Self(name),
            None => panic!("a literal name of a phase is one"),
        }
    }

    /// The phase of that name; nothing where it is no name in small letters.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Name::new(name).and_then(|name| Self::try_from(name).ok())
    }

    /// The name on the wire, in the database and in the trailer of a reply.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.as_str()
    }

    /// Where figures over all workflows show it: the phases of `full` in their order, then all others.
    #[must_use]
    pub fn rank(self) -> usize {
        Self::FULL.iter().position(|its| *its == self).unwrap_or(Self::FULL.len())
    }

    /// What is typed after `prompt-runner orchestrate` for this phase's prompt.
    #[must_use]
    pub fn verb(self) -> String {
        let verb = VERBS.iter().find(|(phase, _)| *phase == self).map(|(_, verb)| (*verb).to_owned());
        verb.unwrap_or_else(|| format!("phase {}", self.name()))
    }

    /// The phase whose prompt this verb asks for.
    #[must_use]
    pub fn of_verb(verb: &str) -> Option<Self> {
        VERBS.iter().find(|(_, its)| *its == verb).map(|(phase, _)| *phase)
    }
}

/// Verbs of the command line that are older than `phase NAME`.
const VERBS: [(Phase, &str); 5] = [
    (Phase::PLANNING, "plan"),
    (Phase::ANALYSIS, "analyze"),
    (Phase::IMPLEMENTATION, "implement"),
    (Phase::TESTING, "test"),
    (Phase::CLEANING, "clean"),
];

impl TryFrom<Name> for Phase {
    type Error = &'static str;

    fn try_from(name: Name) -> Result<Self, Self::Error> {
        if name.is_small() { Ok(Self(name)) } else { Err("a phase is named in small letters") }
    }
}

impl fmt::Debug for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phase_is_its_name_on_the_wire_and_its_verb_at_a_terminal() {
        for phase in Phase::FULL {
            assert_eq!(serde_json::to_string(&phase).unwrap(), format!("\"{}\"", phase.name()));
            assert_eq!(Phase::from_name(phase.name()), Some(phase));
            assert_eq!(Phase::of_verb(&phase.verb()), Some(phase));
        }
        assert_eq!(Phase::from_name("Planning"), None);
        assert!(serde_json::from_str::<Phase>("\"PLANNING\"").is_err());
        assert_eq!(Phase::from_name("reproduce").map(Phase::verb).as_deref(), Some("phase reproduce"));
    }
}
