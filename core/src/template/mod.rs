//! Prompts: one template per phase and one tail that asks for the contract. Rendering is strict: a name that is not there is an error,
//! and a model's text enters as a value only, so nothing in it is ever read as a template.

use crate::phase::Phase;
use crate::reply::{Expect, Section};
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{Environment, UndefinedBehavior, context};
use std::collections::BTreeMap;

/// Steps that a rendering may take; the built-in templates need a few hundred.
const FUEL: u64 = 100_000;

/// What a prompt is made of.
#[derive(Clone, Debug)]
pub struct Material<'a> {
    /// What the developer wants.
    pub feature: &'a str,
    /// The name of the project's folder, if there is a project.
    pub project: Option<&'a str>,
    /// The proof that the reply must carry.
    pub expect: &'a Expect,
    /// The sections of the replies so far.
    pub sections: &'a [(Phase, Vec<Section>)],
}

const fn source(phase: Phase) -> &'static str {
    match phase {
        Phase::Planning => include_str!("planning.md.jinja"),
        Phase::Analysis => include_str!("analysis.md.jinja"),
        Phase::Implementation => include_str!("implementation.md.jinja"),
        Phase::Testing => include_str!("testing.md.jinja"),
        Phase::Cleaning => include_str!("cleaning.md.jinja"),
    }
}

/// The prompt of a phase.
///
/// # Errors
/// A template that names something that is not there, or that does not end; with the built-in templates neither happens.
pub fn render(material: &Material<'_>) -> Result<String, minijinja::Error> {
    let phase = material.expect.phase;
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
    environment.set_fuel(Some(FUEL));
    environment.add_template("contract", include_str!("contract.md.jinja"))?;
    environment.add_template(phase.name(), source(phase))?;
    let sections: BTreeMap<&str, BTreeMap<&str, &str>> = material
        .sections
        .iter()
        .map(|(phase, sections)| {
            (phase.name(), sections.iter().map(|section| (section.name, section.text.as_str())).collect())
        })
        .collect();
    environment.get_template(phase.name())?.render(context! {
        feature => material.feature,
        project => material.project,
        session => material.expect.session.as_str(),
        phase => phase.name(),
        nonce => material.expect.nonce.as_str(),
        names => Serde(phase.sections()),
        reply => Serde(sections),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reply::{Problem, SectionState, read};
    use crate::session::SessionId;

    #[test]
    fn every_built_in_template_renders_and_asks_for_its_proof() {
        let mut so_far = Vec::new();
        for phase in Phase::ALL {
            let expect = Expect {
                session: SessionId::parse("20261122_141129_1a2b3c4d").unwrap(),
                phase,
                nonce: "0123456789abcdef".into(),
            };
            let feature = "Dark mode with {{ nonce }} and {% raw %}";
            let material = Material { feature, project: Some("shop"), expect: &expect, sections: &so_far };
            let prompt = render(&material).unwrap();
            assert!(prompt.contains(feature), "{phase:?} must hold the feature to the letter");
            assert!(
                prompt.contains(&format!("PROMPT-RUNNER/1 {} {} {}", expect.session, phase.name(), expect.nonce)),
                "{phase:?}"
            );
            for name in phase.sections() {
                assert!(prompt.contains(&format!("section: {name}")), "{phase:?} {name}");
            }
            let echo = read(&crate::markdown::blocks(&prompt), &expect);
            assert_eq!(
                echo.problem(),
                Some(Problem::SectionMissing),
                "{phase:?}: an echo of the prompt is no answer to it"
            );
            let section = |name: &&'static str| Section { name, text: format!("the {name}"), state: SectionState::Ok };
            so_far.push((phase, phase.sections().iter().map(section).collect()));
        }
    }
}
