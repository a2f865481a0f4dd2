//! Prompts: one template per phase and one tail that asks for the contract. Rendering is strict: a name that is not there is an error,
//! and a model's text enters as a value only, so nothing in it is ever read as a template. A developer's own template may take the
//! place of a built-in one; it has fuel, a depth and a size, and must ask for the proof. These bound an honest mistake; who renders what
//! somebody else wrote has to bound stack and memory from outside, because nothing in here can.

mod sample;

pub use self::sample::{Flaw, try_condition, try_out};

use crate::block::longest_run;
use crate::event::Repair;
use crate::phase::Phase;
use crate::repair::{lacking, lines_to_repeat};
use crate::reply::{Expect, Section, SectionState};
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{Environment, UndefinedBehavior, context};
use std::collections::BTreeMap;

/// Steps that a rendering may take; the built-in templates need a few hundred.
const FUEL: u64 = 100_000;
/// Writing 64 bytes is a step, too, so what a prompt is made of brings the fuel for being written four times.
const BYTES_A_STEP: u64 = 64 / 4;
/// How deep templates and macros may call each other; the built-in ones include one that includes none.
const DEPTH: usize = 50;
/// The largest template, in bytes; the built-in ones have about 1,500.
pub const SOURCE_MAX: u64 = 256 << 10;

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

/// The built-in template of a phase, where one came with the program.
#[must_use]
pub fn built_in(phase: Phase) -> Option<&'static str> {
    match phase {
        Phase::PLANNING => Some(include_str!("planning.md.jinja")),
        Phase::ANALYSIS => Some(include_str!("analysis.md.jinja")),
        Phase::IMPLEMENTATION => Some(include_str!("implementation.md.jinja")),
        Phase::TESTING => Some(include_str!("testing.md.jinja")),
        Phase::CLEANING => Some(include_str!("cleaning.md.jinja")),
        _ => None,
    }
}

/// The prompt of a phase, from this template.
///
/// # Errors
/// A template that names something that is not there, or that does not end; with the built-in templates neither happens.
pub fn render(material: &Material<'_>, source: &str) -> Result<String, minijinja::Error> {
    let phase = material.expect.phase;
    let texts = material.sections.iter().flat_map(|(_, sections)| sections).map(|section| section.text.len());
    let environment = environment(PROMPT, source, material.feature.len() + texts.sum::<usize>())?;
    environment.get_template(PROMPT)?.render(context! {
        feature => material.feature,
        project => material.project,
        session => material.expect.session.as_str(),
        phase => phase.name(),
        nonce => material.expect.nonce.as_str(),
        names => Serde(&material.expect.sections),
        reply => Serde(replies(material.sections)),
    })
}

/// The replies so far, as templates and conditions name them: by phase, then by section.
fn replies(sections: &[(Phase, Vec<Section>)]) -> BTreeMap<&str, BTreeMap<&str, &str>> {
    let mut replies = BTreeMap::new();
    for (phase, sections) in sections {
        let texts = sections.iter().map(|section| (section.name.as_str(), section.text.as_str()));
        replies.insert(phase.name(), texts.collect());
    }
    replies
}

/// Whether a condition holds for a feature and the replies so far, such as `reply.analysis.TASKS is undefined` or `'docs' in feature`.
///
/// # Errors
/// An expression that cannot be read, or names what is not there.
pub fn holds(condition: &str, feature: &str, sections: &[(Phase, Vec<Section>)]) -> Result<bool, minijinja::Error> {
    let texts = sections.iter().flat_map(|(_, sections)| sections).map(|section| section.text.len());
    let environment = environment("condition", "", feature.len() + texts.sum::<usize>())?;
    let expression = environment.compile_expression(condition)?;
    Ok(expression.eval(context! { feature => feature, reply => Serde(replies(sections)) })?.is_true())
}

/// What the template of a prompt is called among those that it may include: no phase has such a name.
const PROMPT: &str = "the prompt";

/// Lines of the earlier part that a prompt for the rest repeats, so that the model knows the place; and at most so many characters.
const TAIL_LINES: usize = 12;
const TAIL_CHARS: usize = 1_200;

/// The template of a prompt for the rest of a reply.
#[must_use]
pub const fn repair_source(repair: Repair) -> &'static str {
    match repair {
        Repair::Continue => include_str!("continue.md.jinja"),
        Repair::Sections => include_str!("sections.md.jinja"),
    }
}

/// The prompt for the rest of a reply of which these sections are there.
///
/// # Errors
/// As [`render`].
pub fn render_repair(repair: Repair, expect: &Expect, sections: &[Section]) -> Result<String, minijinja::Error> {
    let (name, source) = ("repair", repair_source(repair));
    let mut names = lacking(sections);
    let open = sections.iter().rfind(|section| section.state == SectionState::Cut && !section.text.trim().is_empty());
    let open = open.filter(|_| repair == Repair::Continue);
    // What was cut before stays to be asked for when the end is there.
    if let Some(open) = open {
        names = names.into_iter().skip_while(|name| *name != open.name).collect();
    }
    let tail = open.map(|section| tail(&section.text)).unwrap_or_default();
    environment(name, source, 0)?.get_template(name)?.render(context! {
        session => expect.session.as_str(),
        phase => expect.phase.name(),
        nonce => expect.nonce.as_str(),
        names => Serde(names),
        open => open.map(|section| section.name.as_str()),
        fence => "`".repeat(longest_run(tail).max(3) + 1),
        tail => tail,
        seam => open.map_or(0, |section| lines_to_repeat(&section.text)).min(tail.lines().count()),
    })
}

/// The last lines of a text.
fn tail(text: &str) -> &str {
    let text = text.trim_end();
    let by_lines = text.rmatch_indices('\n').nth(TAIL_LINES - 1).map_or(0, |(at, _)| at + 1);
    let by_chars = text.char_indices().rev().nth(TAIL_CHARS - 1).map_or(0, |(at, _)| at);
    &text[by_lines.max(by_chars)..]
}

fn environment<'a>(name: &'a str, source: &'a str, bytes: usize) -> Result<Environment<'a>, minijinja::Error> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
    environment.set_recursion_limit(DEPTH);
    environment.set_fuel(Some(FUEL + bytes as u64 / BYTES_A_STEP));
    environment.add_template("contract", include_str!("contract.md.jinja"))?;
    environment.add_template(name, source)?;
    Ok(environment)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::name::Name;
    use crate::reply::{Problem, read};
    use crate::workflow::known;

    #[test]
    fn a_reply_of_any_size_goes_into_the_next_prompt() {
        let expect = sample::expect(&known(Phase::ANALYSIS));
        let text = "word ".repeat((16 << 20) / 5);
        let section = |name| Section { name, text: text.clone(), state: SectionState::Ok };
        let sections = [(Phase::PLANNING, known(Phase::PLANNING).names().into_iter().map(section).collect())];
        let material = Material { feature: "Dark mode", project: None, expect: &expect, sections: &sections };
        let prompt = render(&material, built_in(Phase::ANALYSIS).unwrap()).unwrap();
        assert!(prompt.len() > 2 * text.len());
    }

    #[test]
    fn a_phase_can_be_asked_for_without_those_before_it() {
        for phase in Phase::FULL {
            let expect = sample::expect(&known(phase));
            let material = Material { feature: "Dark mode", project: None, expect: &expect, sections: &[] };
            let prompt = render(&material, built_in(phase).unwrap()).unwrap();
            assert!(!prompt.contains("\n\n\n"), "{phase:?}: what is left out leaves no hole: {prompt}");
        }
    }

    use crate::session::SessionId;

    #[test]
    fn a_prompt_for_the_rest_shows_where_it_stopped_and_asks_for_what_is_not_whole() {
        let expect = Expect::known(
            SessionId::parse("20261122_141129_1a2b3c4d").unwrap(),
            Phase::ANALYSIS,
            "0123456789abcdef".into(),
        );
        let section = |name, text: String, state| Section { name: Name::new(name).unwrap(), text, state };
        let lines: String = (1..=40).map(|at| format!("line {at} ````\n")).collect();
        let sections = [
            section("FINDINGS", "whole".into(), SectionState::Ok),
            section("DESIGN", lines, SectionState::Cut),
            section("TASKS", String::new(), SectionState::Missing),
        ];
        let rest = render_repair(Repair::Continue, &expect, &sections).unwrap();
        assert!(rest.contains("`````\nline 29 ````\n") && rest.contains("line 40 ````\n`````"), "{rest}");
        for prompt in [rest, render_repair(Repair::Sections, &expect, &sections).unwrap()] {
            assert!(prompt.contains("section: DESIGN\nsection: TASKS\nPROMPT-RUNNER/END 0123456789abcdef"), "{prompt}");
            assert!(!prompt.contains("FINDINGS"), "{prompt}");
        }
    }

    #[test]
    fn every_built_in_template_renders_and_asks_for_its_proof() {
        let mut so_far = Vec::new();
        for phase in Phase::FULL {
            let expect =
                Expect::known(SessionId::parse("20261122_141129_1a2b3c4d").unwrap(), phase, "0123456789abcdef".into());
            let feature = "Dark mode with {{ nonce }} and {% raw %}";
            let material = Material { feature, project: Some("shop"), expect: &expect, sections: &so_far };
            let prompt = render(&material, built_in(phase).unwrap()).unwrap();
            assert!(prompt.contains(feature), "{phase:?} must hold the feature to the letter");
            assert!(
                prompt.contains(&format!("PROMPT-RUNNER/1 {} {} {}", expect.session, phase.name(), expect.nonce)),
                "{phase:?}"
            );
            for name in &expect.sections {
                assert!(prompt.contains(&format!("section: {name}")), "{phase:?} {name}");
            }
            let echo = read(&crate::markdown::blocks(&prompt), &expect);
            assert_eq!(
                echo.problem(),
                Some(Problem::SectionMissing),
                "{phase:?}: an echo of the prompt is no answer to it"
            );
            let section = |name: &Name| Section { name: *name, text: format!("the {name}"), state: SectionState::Ok };
            so_far.push((phase, expect.sections.iter().map(section).collect()));
        }
    }
}
