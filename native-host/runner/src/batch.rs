//! Many features through all their phases, one after the other. One that fails stops no other, and its session can be gone on with.

use super::flow::resumable;
use super::{Flow, FlowOptions, FlowStep, NewSession, Runner};
use crate::provider;
use prompt_runner_core::refusal::{Code, Refusal};
use prompt_runner_core::status::View;
use std::path::PathBuf;

/// Features that somebody wants to have built.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewBatch {
    /// What each is, in their order.
    pub features: Vec<String>,
    /// The name of the workflow; else the usual one.
    pub workflow: Option<String>,
    /// A folder of the project; else the current one.
    pub folder: Option<PathBuf>,
}

/// What happens on the way.
#[derive(Debug)]
pub enum BatchStep<'a> {
    /// The next feature is taken up.
    Begun {
        /// Which it is; the first is 1.
        number: usize,
        /// How many there are.
        of: usize,
        /// The feature.
        feature: &'a str,
    },
    /// Something happens to it.
    Flow(FlowStep<'a>),
    /// It did not come to its end.
    Failed(&'a Refusal),
}

/// What became of one feature.
#[derive(Clone, Debug)]
pub struct BatchRow {
    /// Its session when it began.
    pub begun: View,
    /// Its session at its end, or why it did not come there.
    pub outcome: Result<View, Refusal>,
}

/// What became of a batch.
#[derive(Clone, Debug)]
pub struct BatchOutcome {
    /// Each feature, in their order.
    pub rows: Vec<BatchRow>,
    /// Why the first of those failed that did, with how to go on with each.
    pub refusal: Option<Refusal>,
}

impl Runner {
    /// Takes each feature to its end.
    ///
    /// # Errors
    /// `provider.*` where the provider cannot be had, and what beginning a session refuses; what was done until then is in the log. What stops
    /// the flow of one feature is in its row.
    pub fn batch(
        &mut self,
        batch: &NewBatch,
        options: &FlowOptions,
        notify: &mut dyn FnMut(BatchStep<'_>),
    ) -> Result<BatchOutcome, Refusal> {
        let mut chosen = provider::provider(&options.provider, &self.config)?;
        let mut rows = Vec::new();
        for (index, feature) in batch.features.iter().enumerate() {
            notify(BatchStep::Begun { number: index + 1, of: batch.features.len(), feature });
            let begun = self.begin(NewSession {
                feature: feature.clone(),
                workflow: batch.workflow.clone(),
                folder: batch.folder.clone(),
                keeps_prompts: false,
            })?;
            let mut flow =
                Flow { provider: chosen.provider.as_mut(), name: &chosen.name, attempts: options.attempts.max(1) };
            let outcome = self
                .run_flow(&begun.session, &mut flow, &mut |step| notify(BatchStep::Flow(step)))
                .map_err(|refusal| resumable(&begun.session, refusal));
            if let Err(refusal) = &outcome {
                notify(BatchStep::Failed(refusal));
            }
            rows.push(BatchRow { begun, outcome });
        }
        let first = rows.iter().find_map(|row| row.outcome.as_ref().err()).cloned();
        let refusal = first.map(|first| Refusal {
            hint: "Go on with each by `prompt-runner orchestrate resume --session ID`.".into(),
            ..first
        });
        Ok(BatchOutcome { rows, refusal })
    }
}

/// The features of a list: parted by lines of `---` where there are any, else one a line.
///
/// # Errors
/// `feature.invalid` where there is none. `name` is what the list is called.
pub fn features(name: &str, text: &str) -> Result<Vec<String>, Refusal> {
    let found = parted(text);
    if found.is_empty() {
        return Err(Refusal::new(Code::FeatureInvalid, format!("{name} names no feature.")));
    }
    Ok(found)
}

fn parted(text: &str) -> Vec<String> {
    let is_rule = |line: &str| line.trim_end() == "---";
    let by_rules = text.lines().any(is_rule);
    let mut features = vec![String::new()];
    for line in text.lines() {
        if !by_rules || is_rule(line) {
            features.push(String::new());
        }
        if !is_rule(line)
            && let Some(feature) = features.last_mut()
        {
            feature.push_str(line);
            feature.push('\n');
        }
    }
    features.iter().map(|feature| feature.trim().to_owned()).filter(|feature| !feature.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn features_stand_one_a_line_or_between_rules() {
        let found = |text| features("The list", text).unwrap();
        assert_eq!(found("Dark mode\n\n  Login \n"), ["Dark mode", "Login"]);
        assert_eq!(found("Dark mode\nfor all pages\n---\nLogin\n---\n\n"), ["Dark mode\nfor all pages", "Login"]);
        assert_eq!(features("x.txt", "\n---\n").unwrap_err().message, "x.txt names no feature.");
    }
}
