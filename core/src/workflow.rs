//! Workflows as data: which phases a feature goes through, in which order.

use crate::phase::Phase;

/// A named, ordered list of phases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Workflow {
    /// The name that a user types after `--workflow`.
    pub name: &'static str,
    /// The phases, first to last.
    pub phases: &'static [Phase],
}

/// The workflows that come with the program; the first is the default.
pub const BUILT_IN: &[Workflow] = &[
    Workflow { name: "feature", phases: &[Phase::Planning, Phase::Analysis, Phase::Implementation] },
    Workflow { name: "full", phases: &Phase::ALL },
];

/// The built-in workflow of that name.
#[must_use]
pub fn named(name: &str) -> Option<Workflow> {
    BUILT_IN.iter().copied().find(|workflow| workflow.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_workflow_starts_with_planning_and_repeats_no_phase() {
        for workflow in BUILT_IN {
            assert_eq!(workflow.phases.first(), Some(&Phase::Planning), "{}", workflow.name);
            assert!(workflow.phases.windows(2).all(|pair| pair[0] < pair[1]), "{}", workflow.name);
        }
    }
}
