//! A developer's own workflows as something to work on: which there are, what each says, and how one is made, changed and tried out. None
//! takes its place before it was examined.

use crate::places::Places;
use crate::project::Project;
use crate::template_library::TriedTemplate;
use crate::templates::{self, Layer, Templates, try_out};
use crate::workflows::{Definition, PhaseDefinition, Workflow, Workflows};
use prompt_runner_core::insight;
use prompt_runner_core::name::Name;
use prompt_runner_core::phase::Phase;
use prompt_runner_core::refusal::{Code, Refusal};
use prompt_runner_core::workflow::{DEFAULT, known};
use std::fs;
use std::path::{Path, PathBuf};

/// The workflows of this user and of one project.
#[derive(Clone, Debug)]
pub struct WorkflowLibrary {
    workflows: Workflows,
    templates: Templates,
    project: Project,
}

/// A phase of a workflow that was tried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TriedPhase {
    /// The phase.
    pub phase: Phase,
    /// Where its template comes from.
    pub layer: Layer,
    /// The prompt that it makes of sample material.
    pub prompt: TriedTemplate,
    /// Whether its condition would leave it out, with that material; nothing where it has none.
    pub skipped: Option<bool>,
}

impl WorkflowLibrary {
    /// The workflows in these places, and of the project around a folder; else of the one around the current folder.
    ///
    /// # Errors
    /// `file.unreadable` for the folder.
    pub fn open(places: &Places, folder: Option<&Path>) -> Result<Self, Refusal> {
        let project = Project::at(folder)?;
        let workflows = Workflows::new(&places.config, Some(project.root()));
        let templates = Templates::new(&places.config, Some(project.root()));
        Ok(Self { workflows, templates, project })
    }

    /// Every workflow by its name, or why it cannot be used.
    #[must_use]
    pub fn list(&self) -> Vec<(String, Result<Workflow, Refusal>)> {
        self.workflows.list()
    }

    /// The workflow that holds for a name.
    ///
    /// # Errors
    /// `workflow.unknown` and `workflow.invalid`.
    pub fn show(&self, name: &str) -> Result<Workflow, Refusal> {
        self.workflows.find(name)
    }

    /// The sections that a phase of this name asks for.
    ///
    /// # Errors
    /// `phase.unknown` where no workflow has such a phase.
    pub fn sections(&self, phase: Phase) -> Result<Vec<Name>, Refusal> {
        if Phase::FULL.contains(&phase) {
            return Ok(known(phase).names());
        }
        let defined = self.workflows.defining(phase).map(|(_, of)| of.outline.names());
        defined.ok_or_else(|| Refusal {
            hint: "Run `prompt-runner workflow list` to see the phases that there are.".to_owned(),
            ..Refusal::new(Code::PhaseUnknown, format!("No workflow has a phase “{}”.", phase.name()))
        })
    }

    /// Makes a workflow as a copy of another one, and gives its file.
    ///
    /// # Errors
    /// `workflow.unknown` for a name that no workflow can have, `workflow.invalid` where there is one of this name, `project.read_only`.
    pub fn new_workflow(&self, layer: Layer, name: &str, like: Option<&str>) -> Result<PathBuf, Refusal> {
        if layer == Layer::Project {
            self.project.prepare()?;
        }
        self.workflows.make(layer, name, like.unwrap_or(DEFAULT))
    }

    /// Has the workflow of a name edited, and keeps what becomes of it; nothing where it was left as it is. The editor gets a draft in a file,
    /// and gives what it holds afterwards.
    ///
    /// # Errors
    /// What the editor refuses, and what [`WorkflowLibrary::check`] does. The draft stays then, and the hint says where.
    pub fn edit_workflow(
        &self,
        layer: Layer,
        name: &str,
        editor: impl FnOnce(&Path) -> Result<String, Refusal>,
    ) -> Result<Option<PathBuf>, Refusal> {
        let before = self.workflows.find(name)?.source;
        let Some(path) = self.workflows.path(layer, name) else { return Ok(None) };
        if layer == Layer::Project {
            self.project.prepare()?;
        }
        let draft = path.with_extension("toml.draft");
        self.workflows.write(layer, &draft, &before)?;
        let after = editor(&draft)?;
        let changed = after != before;
        if changed {
            let keep = || {
                self.check(&after, name, &draft.display().to_string())?;
                self.workflows.write(layer, &path, &after)
            };
            keep().map_err(|refusal| Refusal {
                hint: format!(
                    "Your text is in {}; correct it there, then move it to {} and run `prompt-runner workflow check`.",
                    draft.display(),
                    path.display()
                ),
                ..refusal
            })?;
        }
        fs::remove_file(&draft).map_err(|error| {
            Refusal::new(Code::FileUnreadable, format!("{} cannot be removed: {error}.", draft.display()))
        })?;
        Ok(changed.then_some(path))
    }

    /// Examines the text of a workflow that is to have this name: what it says, and the prompt of each of its phases.
    ///
    /// # Errors
    /// `workflow.invalid` with the line and column, `template.invalid` and `template.unknown` for its prompts.
    pub fn check(&self, source: &str, name: &str, file: &str) -> Result<Vec<TriedPhase>, Refusal> {
        let definition = Definition::read(source, file)?;
        if definition.name != name {
            let message = format!("The name in {file} is “{}”, and must be “{name}”.", definition.name);
            return Err(Refusal::new(Code::WorkflowInvalid, message));
        }
        definition.phases.iter().map(|phase| self.tried(&definition, phase)).collect()
    }

    /// Examines a workflow of these, and makes the prompt of each of its phases of sample material.
    ///
    /// # Errors
    /// As [`WorkflowLibrary::check`], and `workflow.unknown`.
    pub fn try_out(&self, name: &str) -> Result<Vec<TriedPhase>, Refusal> {
        let Workflow { path, source, .. } = self.workflows.find(name)?;
        let file = path.map_or_else(|| format!("the built-in workflow {name}"), |path| path.display().to_string());
        self.check(&source, name, &file)
    }

    fn tried(&self, definition: &Definition, phase: &PhaseDefinition) -> Result<TriedPhase, Refusal> {
        let PhaseDefinition { outline, template, skip_if } = phase;
        let name = outline.name.name();
        let found = self.templates.find(outline.name, template.as_deref())?.ok_or_else(|| Refusal {
            hint: format!("Give the phase a `template`, or run `prompt-runner template add {name} --file FILE`."),
            ..Refusal::new(Code::TemplateUnknown, format!("There is no template for the phase {name}."))
        })?;
        let earlier = definition.before(outline.name);
        let unusable = |what: &str, why: String| {
            Refusal::new(Code::WorkflowInvalid, format!("The {what} of the phase {name} cannot be used. {why}"))
        };
        let prompt = try_out(&earlier, outline, &found.source).map_err(|why| unusable("template", why))?;
        let skipped = skip_if
            .as_deref()
            .map(|condition| templates::try_condition(&earlier, condition).map_err(|why| unusable("condition", why)));
        let prompt = TriedTemplate { bytes: prompt.len(), tokens: insight::tokens(&prompt), prompt };
        Ok(TriedPhase { phase: outline.name, layer: found.layer, prompt, skipped: skipped.transpose()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_workflow_is_made_edited_and_never_kept_broken() {
        let home = tempfile::tempdir().unwrap();
        let places = Places { data: home.path().join("data"), config: home.path().join("config") };
        let library = WorkflowLibrary::open(&places, Some(home.path())).unwrap();
        let file = library.new_workflow(Layer::User, "ours", Some("quick")).unwrap();
        assert_eq!(library.show("ours").unwrap().path.as_deref(), Some(file.as_path()));
        assert_eq!(
            library.new_workflow(Layer::User, "ours", None).unwrap_err().code,
            Code::WorkflowInvalid,
            "not overwritten"
        );
        let edit = |text: &str| library.edit_workflow(Layer::User, "ours", |_| Ok(text.to_owned()));
        let before = library.show("ours").unwrap().source;
        assert_eq!(edit(&before), Ok(None), "left as it is");
        let broken = before.replace("letter = \"Q\"", "letter = \"QQ\"");
        let refusal = edit(&broken).unwrap_err();
        assert!(refusal.code == Code::WorkflowInvalid && refusal.message.contains("column"), "{refusal}");
        assert!(refusal.hint.contains("ours.toml.draft"), "{}", refusal.hint);
        assert_eq!(library.show("ours").unwrap().source, before);
        let renamed = before.replace("name = \"ours\"", "name = \"theirs\"");
        assert_eq!(edit(&renamed).unwrap_err().code, Code::WorkflowInvalid);
        assert_eq!(library.show("ours").unwrap().source, before, "nothing of it was kept");
    }
}
