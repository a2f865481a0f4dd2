//! A developer's own templates as something to work on: which holds, how it differs, whether it is sound, and how another one takes its
//! place. None takes a place before it was tried out.

use crate::hex::hash;
use crate::places::Places;
use crate::project::Project;
use crate::templates::{Layer, Template, Templates, try_out};
use crate::workflows::Workflows;
use prompt_runner_core::insight;
use prompt_runner_core::phase::Phase;
use prompt_runner_core::refusal::{Code, Refusal};
use prompt_runner_core::template::built_in;
use prompt_runner_core::workflow::known;
use std::fs;
use std::path::{Path, PathBuf};

/// The templates of this user and of one project.
#[derive(Clone, Debug)]
pub struct TemplateLibrary {
    templates: Templates,
    workflows: Workflows,
    project: Project,
}

/// The template that holds for a phase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateRecord {
    /// The phase.
    pub phase: Phase,
    /// Where it comes from.
    pub layer: Layer,
    /// Its file; the built-in ones have none.
    pub path: Option<PathBuf>,
    /// The SHA-256 of its text, in hex.
    pub hash: String,
    /// Its text.
    pub source: String,
}

/// A template that was tried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TriedTemplate {
    /// The prompt that it makes of sample material.
    pub prompt: String,
    /// How many bytes that has.
    pub bytes: usize,
    /// About how many tokens.
    pub tokens: u64,
}

/// What a layer was relieved of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateReset {
    /// The file that is gone; nothing where there was none.
    pub removed: Option<PathBuf>,
    /// Where the template comes from that holds now.
    pub now: Layer,
}

impl TemplateLibrary {
    /// The templates in these places, and of the project around a folder; else of the one around the current folder.
    ///
    /// # Errors
    /// `file.unreadable` for the folder.
    pub fn open(places: &Places, folder: Option<&Path>) -> Result<Self, Refusal> {
        let project = Project::at(folder)?;
        let templates = Templates::new(&places.config, Some(project.root()));
        let workflows = Workflows::new(&places.config, Some(project.root()));
        Ok(Self { templates, workflows, project })
    }

    /// The template that holds for each phase: those of the workflow `full`, then those of the developer's and the project's own workflows.
    ///
    /// # Errors
    /// `template.invalid` where one cannot be read.
    pub fn list(&self) -> Result<Vec<TemplateRecord>, Refusal> {
        let mut phases = Phase::FULL.to_vec();
        for workflow in self.workflows.list().into_iter().filter_map(|(_, workflow)| workflow.ok()) {
            let own = workflow.layer != Layer::BuiltIn;
            let named = workflow.definition.phases.iter().map(|phase| phase.outline.name).filter(|_| own);
            let new: Vec<Phase> = named.filter(|phase| !phases.contains(phase)).collect();
            phases.extend(new);
        }
        phases.into_iter().map(|phase| self.show(phase)).collect()
    }

    /// The template that holds for a phase, and the one that it would be without the files of the developer and the project.
    fn find(&self, phase: Phase) -> Result<(Template, String), Refusal> {
        let of_workflow = match built_in(phase) {
            Some(_) => None,
            None => Some(self.workflows.defining(phase).ok_or_else(|| unknown(phase))?.1.template),
        };
        let of_workflow = of_workflow.flatten();
        let found = self.templates.find(phase, of_workflow.as_deref())?.ok_or_else(|| unknown(phase))?;
        let below = of_workflow.or_else(|| built_in(phase).map(str::to_owned)).unwrap_or_default();
        Ok((found, below))
    }

    /// The template that holds for a phase.
    ///
    /// # Errors
    /// `template.invalid` where it cannot be read.
    pub fn show(&self, phase: Phase) -> Result<TemplateRecord, Refusal> {
        let (Template { layer, path, source }, _) = self.find(phase)?;
        Ok(TemplateRecord { phase, layer, path, hash: hash(&source), source })
    }

    /// How the template that holds for a phase differs from the built-in one, as a unified diff; empty where it does not.
    ///
    /// # Errors
    /// `template.invalid` where it cannot be read.
    pub fn diff(&self, phase: Phase) -> Result<(Layer, String), Refusal> {
        let (template, below) = self.find(phase)?;
        let lines = similar::TextDiff::from_lines(&below, &template.source);
        let diff = lines.unified_diff().context_radius(3).header("built-in", "yours").to_string();
        Ok((template.layer, diff))
    }

    /// Keeps a text as the template of a phase, and gives its file.
    ///
    /// # Errors
    /// `template.invalid` where it cannot be used or written, and `project.read_only`.
    pub fn add(&self, layer: Layer, phase: Phase, source: &str) -> Result<PathBuf, Refusal> {
        self.try_out(phase, source, "The template")?;
        if layer == Layer::Project {
            self.project.prepare()?;
        }
        Ok(self.templates.write(layer, phase, source)?)
    }

    /// Has the template that holds for a phase edited, and keeps what becomes of it; nothing where it was left as it is. The editor gets a
    /// draft in a file, and gives what it holds afterwards.
    ///
    /// # Errors
    /// What the editor refuses, and as [`TemplateLibrary::add`]. The draft stays then, so that no word of it is lost, and the hint says where.
    pub fn edit(
        &self,
        layer: Layer,
        phase: Phase,
        editor: impl FnOnce(&Path) -> Result<String, Refusal>,
    ) -> Result<Option<PathBuf>, Refusal> {
        let before = self.find(phase)?.0.source;
        let draft = self.templates.draft(layer, phase, &before)?;
        let after = editor(&draft)?;
        let add = || {
            self.add(layer, phase, &after).map_err(|refusal| Refusal {
                hint: format!(
                    "Your text is in {}; correct it there, then run `prompt-runner template add {} --file` with it.",
                    draft.display(),
                    phase.name()
                ),
                ..refusal
            })
        };
        let kept = if after == before { None } else { Some(add()?) };
        fs::remove_file(&draft).map_err(|error| {
            Refusal::new(Code::FileUnreadable, format!("{} cannot be removed: {error}.", draft.display()))
        })?;
        Ok(kept)
    }

    /// Takes the template of a layer away.
    ///
    /// # Errors
    /// `template.invalid` where it cannot be removed, or the one below not be read.
    pub fn reset(&self, layer: Layer, phase: Phase) -> Result<TemplateReset, Refusal> {
        let removed = self.templates.remove(layer, phase)?;
        Ok(TemplateReset { removed, now: self.find(phase)?.0.layer })
    }

    /// Tries a template out with sample material: a reply in each phase that its workflow has before it. `name` is what it is called where it
    /// cannot be used.
    ///
    /// # Errors
    /// `template.invalid` where it cannot be used.
    pub fn try_out(&self, phase: Phase, source: &str, name: &str) -> Result<TriedTemplate, Refusal> {
        let (earlier, outline) = match self.workflows.defining(phase) {
            _ if Phase::FULL.contains(&phase) => {
                let earlier = Phase::FULL.into_iter().take_while(|its| *its != phase).map(known);
                (earlier.collect(), known(phase))
            }
            Some((definition, of)) => (definition.before(phase), of.outline),
            None => return Err(unknown(phase)),
        };
        let prompt = try_out(&earlier, &outline, source).map_err(|why| {
            Refusal::new(Code::TemplateInvalid, format!("{name} cannot be used for {}. {why}", phase.name()))
        })?;
        Ok(TriedTemplate { bytes: prompt.len(), tokens: insight::tokens(&prompt), prompt })
    }
}

fn unknown(phase: Phase) -> Refusal {
    let message = format!("There is no template “{}”: no workflow has a phase of this name.", phase.name());
    Refusal::new(Code::TemplateUnknown, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edited_template_is_kept_if_it_is_sound_and_else_its_draft_is() {
        let home = tempfile::tempdir().unwrap();
        let places = Places { data: home.path().join("data"), config: home.path().join("config") };
        let library = TemplateLibrary::open(&places, Some(home.path())).unwrap();
        let edit = |text: &str| {
            library.edit(Layer::User, Phase::PLANNING, |draft| {
                assert_eq!(fs::read_to_string(draft).unwrap(), built_in(Phase::PLANNING).unwrap());
                Ok(text.to_owned())
            })
        };
        let draft = places.config.join("templates/planning.md.jinja.draft");
        assert_eq!(edit(built_in(Phase::PLANNING).unwrap()), Ok(None), "left as it is");
        assert!(!draft.exists());
        let other = |_: &Path| Err(Refusal::new(Code::TemplateInvalid, "The editor is gone."));
        assert!(library.edit(Layer::User, Phase::PLANNING, other).is_err());
        assert!(draft.exists());
        assert_eq!(library.show(Phase::PLANNING).unwrap().layer, Layer::BuiltIn);
        assert_eq!(library.diff(Phase::PLANNING).unwrap(), (Layer::BuiltIn, String::new()));
        assert_eq!(library.list().unwrap().len(), Phase::FULL.len());
        let reset = library.reset(Layer::User, Phase::PLANNING).unwrap();
        assert_eq!(reset, TemplateReset { removed: None, now: Layer::BuiltIn });
    }
}
