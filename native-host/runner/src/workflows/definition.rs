//! The text of a workflow: what it says, and what can be wrong with it, with the line and column at which it stands.

use prompt_runner_core::name::Name;
use prompt_runner_core::phase::Phase;
use prompt_runner_core::refusal::{Code, Refusal};
use prompt_runner_core::template::SOURCE_MAX;
use prompt_runner_core::unseen::is_blank;
use prompt_runner_core::workflow::{PhaseOutline, SectionOutline, WorkflowOutline};
use serde::Deserialize;
use std::collections::HashSet;
use toml::Spanned;

/// How many phases a workflow has at most: each is a column of the bar.
const PHASES_MAX: usize = 12;
/// How many sections a phase asks for at most.
const SECTIONS_MAX: usize = 12;
/// The longest title, in characters.
const TITLE_MAX: usize = 40;

/// A workflow that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("The workflow cannot be used. {place}: {finding}.")]
pub(crate) struct WorkflowError {
    /// The file, with line and column where they are known.
    place: String,
    /// What is wrong.
    finding: String,
}

impl WorkflowError {
    /// What is wrong with a file as a whole.
    pub(super) fn of_file(file: &str, finding: impl Into<String>) -> Self {
        Self { place: file.to_owned(), finding: finding.into() }
    }
}

impl From<WorkflowError> for Refusal {
    fn from(error: WorkflowError) -> Self {
        Self::new(Code::WorkflowInvalid, error.to_string())
    }
}

/// A workflow as its text defines it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Definition {
    /// The name that is typed after `--workflow`.
    pub name: String,
    /// What people call it.
    pub title: String,
    /// Its phases, first to last.
    pub phases: Vec<PhaseDefinition>,
}

/// A phase as the text defines it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PhaseDefinition {
    /// What everything but the prompt needs to know.
    pub outline: PhaseOutline,
    /// The template of its prompt, where the text has one; else the template of its name holds.
    pub template: Option<String>,
    /// An expression over the feature and the replies so far; where it is true, the phase is left out.
    pub skip_if: Option<String>,
}

/// The text as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    name: Spanned<String>,
    title: Spanned<String>,
    #[serde(default)]
    phase: Vec<Spanned<Row>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    name: Spanned<Phase>,
    title: Spanned<String>,
    letter: Spanned<String>,
    sections: Vec<Spanned<SectionOutline>>,
    template: Option<Spanned<String>>,
    skip_if: Option<Spanned<String>>,
}

impl Definition {
    /// Reads a text. `file` is what it is called in an error.
    ///
    /// # Errors
    /// The first thing that is wrong, with its line and column.
    pub(crate) fn read(text: &str, file: &str) -> Result<Self, WorkflowError> {
        let wrong = |at: usize, finding: String| WorkflowError { place: place(text, at, file), finding };
        let table: Table = toml::from_str(text).map_err(|error| {
            let finding = error.message().lines().next().unwrap_or_default().trim_end_matches('.').to_owned();
            match error.span() {
                Some(span) => wrong(span.start, finding),
                None => WorkflowError::of_file(file, finding),
            }
        })?;
        let title = |title: Spanned<String>| {
            let at = title.span().start;
            is_title(title.get_ref()).then_some(()).ok_or_else(|| {
                wrong(at, format!("a title is one line of 1 to {TITLE_MAX} characters, and does not begin with “@”"))
            })?;
            Ok::<_, WorkflowError>(title.into_inner())
        };
        if table.phase.is_empty() || table.phase.len() > PHASES_MAX {
            let at = table.phase.get(PHASES_MAX).map_or_else(|| table.name.span().start, |row| row.span().start);
            return Err(wrong(at, format!("a workflow has 1 to {PHASES_MAX} phases, each under [[phase]]")));
        }
        let mut phases: Vec<PhaseDefinition> = Vec::new();
        for row in table.phase {
            let Row { name, title: called, letter, sections, template, skip_if } = row.into_inner();
            if phases.iter().any(|other| other.outline.name == *name.get_ref()) {
                return Err(wrong(name.span().start, format!("there is a phase “{}” already", name.get_ref().name())));
            }
            if let Some(meant) = Phase::of_verb(name.get_ref().name()) {
                let (verb, meant) = (name.get_ref().name(), meant.name());
                return Err(wrong(
                    name.span().start,
                    format!("“{verb}” is the command for the phase {meant}; choose another name"),
                ));
            }
            if letter.get_ref().chars().count() != 1 || is_blank(letter.get_ref()) {
                return Err(wrong(letter.span().start, "`letter` is one letter or sign, for the badge".to_owned()));
            }
            let sections = checked(sections, name.span().start).map_err(|(at, finding)| wrong(at, finding))?;
            if let Some(template) = template.as_ref().filter(|template| template.get_ref().len() as u64 > SOURCE_MAX) {
                return Err(wrong(template.span().start, format!("a template has {SOURCE_MAX} bytes at most")));
            }
            let outline =
                PhaseOutline { name: name.into_inner(), title: title(called)?, letter: letter.into_inner(), sections };
            let (template, skip_if) = (template.map(Spanned::into_inner), skip_if.map(Spanned::into_inner));
            phases.push(PhaseDefinition { outline, template, skip_if });
        }
        Ok(Self { name: table.name.into_inner(), title: title(table.title)?, phases })
    }

    /// What everything but the prompts needs to know of it.
    #[must_use]
    pub fn outline(&self) -> WorkflowOutline {
        let phases = self.phases.iter().map(|phase| phase.outline.clone()).collect();
        WorkflowOutline { name: self.name.clone(), phases }
    }

    /// The phase of this name.
    #[must_use]
    pub fn phase(&self, name: Phase) -> Option<&PhaseDefinition> {
        self.phases.iter().find(|phase| phase.outline.name == name)
    }

    /// The outlines of the phases before this one.
    #[must_use]
    pub fn before(&self, name: Phase) -> Vec<PhaseOutline> {
        self.phases.iter().map(|phase| &phase.outline).take_while(|outline| outline.name != name).cloned().collect()
    }

    /// The same text under another name.
    pub(super) fn renamed(text: &str, name: &str) -> String {
        let named = |line: &str| line.trim_start().starts_with("name") && !line.trim_start().starts_with('[');
        let at = text.lines().position(named);
        let line = |(number, line): (usize, &str)| {
            if Some(number) == at { format!("name = \"{name}\"\n") } else { format!("{line}\n") }
        };
        text.lines().enumerate().map(line).collect()
    }
}

/// The sections of a phase, or what is wrong with them and where.
fn checked(sections: Vec<Spanned<SectionOutline>>, at: usize) -> Result<Vec<SectionOutline>, (usize, String)> {
    if sections.is_empty() || sections.len() > SECTIONS_MAX {
        return Err((at, format!("a phase asks for 1 to {SECTIONS_MAX} sections")));
    }
    let mut seen: HashSet<Name> = HashSet::new();
    for section in &sections {
        let name = section.get_ref().name;
        if !name.is_capital() {
            return Err((section.span().start, format!("the section “{name}” is not named in capitals")));
        }
        if !seen.insert(name) {
            return Err((section.span().start, format!("there is a section “{name}” already")));
        }
    }
    Ok(sections.into_iter().map(Spanned::into_inner).collect())
}

fn is_title(text: &str) -> bool {
    let length = text.chars().count();
    (1..=TITLE_MAX).contains(&length)
        && !is_blank(text)
        && !text.starts_with('@')
        && !text.contains(|ch: char| ch.is_control())
}

fn place(text: &str, at: usize, file: &str) -> String {
    let before = text.get(..at).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    format!("{file}, line {line}, column {column}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"name = "two"
title = "Two steps"

[[phase]]
name = "sketch"
title = "Sketch"
letter = "S"
sections = [{ name = "OPTIONS" }, { name = "CHOICE", role = "text" }]
template = "Sketch {{ feature }}.\n{% include 'contract' %}"

[[phase]]
name = "build"
title = "Build"
letter = "B"
sections = [{ name = "FILES", role = "files" }]
skip_if = "'no code' in feature"
"#;

    #[test]
    fn a_workflow_says_its_phases_and_their_sections() {
        let two = Definition::read(GOOD, "two.toml").unwrap();
        let names: Vec<_> = two.phases.iter().map(|phase| phase.outline.name.name().to_owned()).collect();
        assert_eq!(names, ["sketch", "build"]);
        assert_eq!(two.outline().phases[1].main_section(), Name::new("FILES"));
        assert_eq!(two.before(two.phases[1].outline.name), [two.phases[0].outline.clone()]);
        let other = Definition::read(&Definition::renamed(GOOD, "three"), "three.toml").unwrap();
        assert_eq!((other.name.as_str(), other.phases), ("three", two.phases));
    }

    /// What is written in the place of what, where the error stands, and what it says.
    const WRONG: &[(&str, &str, &str, &str)] = &[
        ("title = \"Two steps\"", "titel = \"x\"", "line 2, column 1", "unknown field `titel`"),
        ("name = \"sketch\"", "name = \"Sketch\"", "line 5, column 8", "small letters"),
        ("name = \"build\"", "name = \"sketch\"", "line 12, column 8", "already"),
        ("name = \"sketch\"", "name = \"plan\"", "line 5, column 8", "is the command for the phase planning"),
        ("letter = \"S\"", "letter = \"SK\"", "line 7, column 10", "one letter"),
        ("letter = \"S\"", "letter = \" \"", "line 7, column 10", "one letter"),
        ("title = \"Sketch\"", "title = \"@sketch\"", "line 6, column 9", "does not begin with"),
        ("title = \"Sketch\"", "title = \"a\\nb\"", "line 6, column 9", "one line"),
        ("{ name = \"OPTIONS\" }", "{ name = \"Options\" }", "line 8, column 13", "capitals"),
        ("{ name = \"OPTIONS\" }", "{ name = \"CHOICE\" }", "line 8, column 34", "already"),
        ("{ name = \"OPTIONS\" }", "{ name = \"A B\" }", "line 8, column 22", "a name is a letter"),
        ("role = \"text\"", "role = \"poem\"", "line 8", "unknown variant `poem`"),
        ("[{ name = \"FILES\", role = \"files\" }]", "[]", "line 12, column 8", "1 to 12 sections"),
        ("letter = \"B\"\n", "", "line 11, column 1", "missing field `letter`"),
        ("name = \"two\"", "name = two", "line 1, column 8", ""),
    ];

    #[test]
    fn what_is_wrong_is_said_with_line_and_column() {
        for (good, wrong, at, finding) in WRONG {
            assert!(GOOD.contains(good), "{good}");
            let error = Definition::read(&GOOD.replacen(good, wrong, 1), "two.toml").unwrap_err().to_string();
            assert!(error.contains(&format!("two.toml, {at}")) && error.contains(finding), "{wrong}: {error}");
        }
        let none = Definition::read("name = \"x\"\ntitle = \"X\"\n", "x.toml").unwrap_err().to_string();
        assert!(none.contains("line 1, column 8: a workflow has 1 to 12 phases"), "{none}");
    }
}
