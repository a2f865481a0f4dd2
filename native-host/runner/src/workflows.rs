//! The workflows that there are: the project's own, the developer's own, and those that came with the program. Each is a TOML file; what is
//! wrong in one is said with its line and column. A project may come from anybody, so its folder is read without following a link out.

mod built_in;
mod definition;

pub(crate) use self::definition::WorkflowError;
pub use self::definition::{Definition, PhaseDefinition};

use self::built_in::BUILT_IN;
use crate::atomic_file::{self, For};
use crate::bounded;
use crate::project::within;
use crate::templates::{Layer, beneath};
use prompt_runner_core::phase::Phase;
use prompt_runner_core::refusal::{Code, Refusal};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

const PROJECT: &str = ".prompt-runner";
const FOLDER: &str = "workflows";
/// The largest file, in bytes.
const MAX: u64 = 256 << 10;
/// How many files of a folder are looked at.
const FILES_MAX: usize = 200;
/// The longest name of a workflow, in bytes.
const NAME_MAX: usize = 40;

/// A workflow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Workflow {
    /// Where it comes from.
    pub layer: Layer,
    /// Its file; the built-in ones have none.
    pub path: Option<PathBuf>,
    /// Its text, as a session keeps it.
    pub source: String,
    /// What the text says.
    pub definition: Definition,
}

/// The folders in which workflows may lie.
#[derive(Clone, Debug)]
pub struct Workflows {
    user: PathBuf,
    project: Option<PathBuf>,
}

impl Workflows {
    /// The workflows of this configuration directory and this project.
    #[must_use]
    pub fn new(config: &Path, project: Option<&Path>) -> Self {
        Self { user: config.to_owned(), project: project.map(Path::to_owned) }
    }

    /// The workflow of this name: the project's, else the developer's, else the built-in one.
    ///
    /// # Errors
    /// `workflow.unknown` where there is none, `workflow.invalid` where it cannot be used.
    pub fn find(&self, name: &str) -> Result<Workflow, Refusal> {
        for layer in [Layer::Project, Layer::User] {
            if let Some(workflow) = self.of(layer, name)? {
                return Ok(workflow);
            }
        }
        built_in(name)?.ok_or_else(|| unknown(name))
    }

    /// The workflow of this name in one layer, if it has one.
    ///
    /// # Errors
    /// `workflow.invalid`.
    pub fn of(&self, layer: Layer, name: &str) -> Result<Option<Workflow>, Refusal> {
        if layer == Layer::BuiltIn {
            return built_in(name);
        }
        let Some(path) = self.path(layer, name).filter(|_| is_name(name)) else { return Ok(None) };
        let opened = match (layer, &self.project) {
            (Layer::Project, Some(root)) => beneath(root, &Path::new(PROJECT).join(FOLDER).join(file_name(name))),
            _ => bounded::open(&path),
        };
        let read = opened.and_then(bounded::ordinary).and_then(|file| bounded::utf8(bounded::all(file, MAX)?));
        let source = match read {
            Ok(source) => source,
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => return Ok(None),
            Err(error) => return Err(unreadable(&path, &error)),
        };
        let definition = Definition::read(&source, &path.display().to_string())?;
        if definition.name != name {
            let finding =
                format!("its name is “{}”, and its file's is “{name}”; both must be the same", definition.name);
            return Err(WorkflowError::of_file(&path.display().to_string(), finding).into());
        }
        Ok(Some(Workflow { layer, path: Some(path), source, definition }))
    }

    /// Every workflow once: the one that holds for its name. What cannot be used is there with the reason.
    #[must_use]
    pub fn list(&self) -> Vec<(String, Result<Workflow, Refusal>)> {
        let mut names: Vec<String> = BUILT_IN.iter().map(|(name, _)| (*name).to_owned()).collect();
        for layer in [Layer::User, Layer::Project] {
            let mut own = self.names(layer);
            own.retain(|name| !names.contains(name));
            own.sort_unstable();
            names.extend(own);
        }
        names.into_iter().map(|name| (name.clone(), self.find(&name))).collect()
    }

    /// What a phase of this name asks for, and the workflow that says so: one of the developer's or the project's own before any that came with
    /// the program. Nothing where no workflow has such a phase.
    #[must_use]
    pub fn defining(&self, phase: Phase) -> Option<(Definition, PhaseDefinition)> {
        let usable = self.list().into_iter().rev().filter_map(|(_, workflow)| Some(workflow.ok()?.definition));
        usable.filter_map(|definition| definition.phase(phase).cloned().map(|of| (definition, of))).next()
    }

    fn names(&self, layer: Layer) -> Vec<String> {
        let Some(folder) = self.folder(layer) else { return Vec::new() };
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten().take(FILES_MAX);
        let name = |entry: std::fs::DirEntry| {
            let file = entry.file_name().into_string().ok()?;
            file.strip_suffix(".toml").filter(|name| is_name(name)).map(str::to_owned)
        };
        entries.filter_map(name).collect()
    }

    fn folder(&self, layer: Layer) -> Option<PathBuf> {
        match layer {
            Layer::User => Some(self.user.join(FOLDER)),
            Layer::Project => Some(self.project.as_ref()?.join(PROJECT).join(FOLDER)),
            Layer::BuiltIn | Layer::Workflow => None,
        }
    }

    /// The file in which this layer keeps a workflow, whether it is there or not.
    #[must_use]
    pub fn path(&self, layer: Layer, name: &str) -> Option<PathBuf> {
        Some(self.folder(layer)?.join(file_name(name)))
    }

    /// Writes a new workflow for a person to edit, as a copy of another one under its own name.
    ///
    /// # Errors
    /// `workflow.unknown` for a name that none can have, `workflow.invalid` where there is one already, `project.read_only` where the folder
    /// cannot be written.
    pub fn make(&self, layer: Layer, name: &str, like: &str) -> Result<PathBuf, Refusal> {
        if !is_name(name) {
            return Err(unknown(name));
        }
        let source = self.find(like)?.source;
        let Some(path) = self.path(layer, name) else { return Err(unknown(name)) };
        if path.symlink_metadata().is_ok() {
            let message = format!("There is a workflow “{name}” already: {}.", path.display());
            let hint = format!("Edit it with `prompt-runner workflow edit {name}`.");
            return Err(Refusal { hint, ..Refusal::new(Code::WorkflowInvalid, message) });
        }
        self.write(layer, &path, &Definition::renamed(&source, name))?;
        Ok(path)
    }

    /// Keeps the text of a workflow that was examined.
    ///
    /// # Errors
    /// `project.read_only` where the folder cannot be written.
    pub fn write(&self, layer: Layer, path: &Path, source: &str) -> Result<(), Refusal> {
        let folder = path.parent().unwrap_or_else(|| Path::new("."));
        let written = std::fs::create_dir_all(folder)
            .and_then(|()| match (layer, &self.project) {
                (Layer::Project, Some(root)) => within(root, folder),
                _ => Ok(()),
            })
            .and_then(|()| atomic_file::put(path, source, For::All));
        written.map_err(|error| {
            Refusal::new(Code::ProjectReadOnly, format!("{} cannot be written: {error}.", path.display()))
        })
    }
}

/// Whether a workflow may have this name: it is the name of a file, too.
fn is_name(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_');
    (1..=NAME_MAX).contains(&name.len()) && name.bytes().all(plain)
}

fn file_name(name: &str) -> String {
    format!("{name}.toml")
}

fn built_in(name: &str) -> Result<Option<Workflow>, Refusal> {
    let Some((_, source)) = BUILT_IN.iter().find(|(its, _)| *its == name) else { return Ok(None) };
    let definition = Definition::read(source, &format!("the built-in workflow {name}"))?;
    Ok(Some(Workflow { layer: Layer::BuiltIn, path: None, source: (*source).to_owned(), definition }))
}

/// Whether a template stands in a workflow that came with the program, so that nobody else wrote it.
pub(crate) fn came_with_the_program(template: &str) -> bool {
    static TEMPLATES: OnceLock<Vec<String>> = OnceLock::new();
    let templates = || {
        let workflows = BUILT_IN.iter().filter_map(|(name, _)| built_in(name).ok().flatten());
        workflows.flat_map(|workflow| workflow.definition.phases).filter_map(|phase| phase.template).collect()
    };
    TEMPLATES.get_or_init(templates).iter().any(|ours| ours == template)
}

fn unknown(name: &str) -> Refusal {
    Refusal::new(Code::WorkflowUnknown, format!("There is no workflow “{name}”."))
}

fn unreadable(path: &Path, error: &io::Error) -> Refusal {
    let finding = if error.kind() == ErrorKind::FileTooLarge {
        format!("a workflow has {MAX} bytes at most")
    } else {
        format!("it cannot be read: {error}")
    };
    WorkflowError::of_file(&path.display().to_string(), finding).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use prompt_runner_core::template::built_in as template_of;
    use prompt_runner_core::workflow::{DEFAULT, classic};

    #[test]
    fn the_built_in_workflows_can_be_used_and_the_old_ones_are_as_old_logs_have_them() {
        assert_eq!(BUILT_IN[0].0, DEFAULT);
        let none = Workflows::new(Path::new("/nowhere"), None);
        for (name, workflow) in none.list() {
            let workflow = workflow.unwrap();
            assert_eq!(workflow.definition.name, name);
            if let Some(classic) = classic(&name) {
                assert_eq!(workflow.definition.outline(), classic, "{name}");
            }
            for phase in &workflow.definition.phases {
                assert!(phase.template.is_some() || template_of(phase.outline.name).is_some(), "{name}: {phase:?}");
            }
        }
    }

    #[test]
    fn the_nearest_workflow_holds_and_none_leads_out_of_the_project() {
        let home = tempfile::tempdir().unwrap();
        let (config, root) = (home.path().join("config"), home.path().join("shop"));
        let workflows = Workflows::new(&config, Some(&root));
        let write = |layer, name: &str, text: &str| {
            let path = workflows.path(layer, name).unwrap();
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, text).unwrap();
            path
        };
        let text = |title: &str| {
            format!(
                "name = \"two\"\ntitle = \"{title}\"\n[[phase]]\nname = \"planning\"\ntitle = \"Planning\"\nletter = \"P\"\n\
                 sections = [{{ name = \"NOTES\" }}]\ntemplate = \"{{% include 'contract' %}}\"\n"
            )
        };
        let title = || workflows.find("two").map(|workflow| (workflow.layer, workflow.definition.title));
        assert_eq!(title().unwrap_err().code, Code::WorkflowUnknown);
        write(Layer::User, "two", &text("Mine"));
        assert_eq!(title().unwrap(), (Layer::User, "Mine".to_owned()));
        let file = write(Layer::Project, "two", &text("Ours"));
        assert_eq!(title().unwrap(), (Layer::Project, "Ours".to_owned()));
        write(Layer::Project, "other", &text("Misnamed"));
        assert_eq!(workflows.find("other").unwrap_err().code, Code::WorkflowInvalid);
        assert_eq!(workflows.list().len(), BUILT_IN.len() + 2);
        for name in ["../two", "Two", "", "a/b", &"x".repeat(NAME_MAX + 1)] {
            assert_eq!(workflows.find(name).unwrap_err().code, Code::WorkflowUnknown, "{name}");
        }
        #[cfg(unix)]
        {
            let secret = home.path().join("secret.toml");
            std::fs::write(&secret, text("A key")).unwrap();
            std::fs::remove_file(&file).unwrap();
            std::os::unix::fs::symlink(&secret, &file).unwrap();
            let error = title().unwrap_err();
            assert_eq!(error.code, Code::WorkflowInvalid);
            assert!(!error.message.contains("A key"), "{error}");
        }
        assert_eq!(Phase::from_name("planning"), Some(Phase::PLANNING));
    }
}
