//! The template of a phase: the project's own, else the developer's own, else the built-in one. A project may come from
//! anybody, so its folder is read without following a link out of it: a template ends up in a chat.

mod work;

pub(crate) use self::work::{holds, render, try_condition, try_out, work};

use crate::atomic_file::{self, For};
use crate::bounded;
use crate::project;
use prompt_runner_core::phase::Phase;
use prompt_runner_core::template::{SOURCE_MAX, built_in};
use std::fs::File;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// Where a template comes from; the later ones go before the earlier ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Layer {
    /// It came with the program.
    BuiltIn,
    /// From the definition of the session's workflow.
    Workflow,
    /// From the developer's configuration directory.
    User,
    /// From the project's `.prompt-runner/templates/`.
    Project,
}

impl Layer {
    /// Its name for people and in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::BuiltIn => "built-in",
            Self::Workflow => "workflow",
            Self::User => "user",
            Self::Project => "project",
        }
    }
}

/// A template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Template {
    /// Where it comes from.
    pub layer: Layer,
    /// Its file; the built-in ones have none.
    pub path: Option<PathBuf>,
    /// Its text.
    pub source: String,
}

/// Trouble with a template's file.
#[derive(Debug, thiserror::Error)]
#[error("{path} cannot be {done}: {source}")]
pub struct TemplateError {
    path: PathBuf,
    done: &'static str,
    source: io::Error,
}

/// The two folders in which a developer may keep templates.
#[derive(Clone, Debug)]
pub(crate) struct Templates {
    user: PathBuf,
    project: Option<PathBuf>,
}

impl Templates {
    /// The templates of this configuration directory and this project.
    #[must_use]
    pub(crate) fn new(config: &Path, project: Option<&Path>) -> Self {
        Self { user: config.to_owned(), project: project.map(Path::to_owned) }
    }

    /// The file in which this layer keeps the template of a phase, whether it is there or not; the built-in layer has none.
    #[must_use]
    pub(crate) fn path(&self, layer: Layer, phase: Phase) -> Option<PathBuf> {
        let folder = match layer {
            Layer::BuiltIn | Layer::Workflow => return None,
            Layer::User => self.user.join(FOLDER),
            Layer::Project => self.project.as_ref()?.join(PROJECT).join(FOLDER),
        };
        Some(folder.join(file_name(phase)))
    }

    /// The template that holds for a phase: the project's, else the developer's, else the one that its workflow brings, else the built-in one
    /// of its name. Nothing where there is none of these.
    ///
    /// # Errors
    /// A file that is there and cannot be read, is not text, or is larger than a template may be.
    pub(crate) fn find(&self, phase: Phase, of_workflow: Option<&str>) -> Result<Option<Template>, TemplateError> {
        for layer in [Layer::Project, Layer::User] {
            if let Some(template) = self.of(layer, phase)? {
                return Ok(Some(template));
            }
        }
        let (layer, source) = match of_workflow {
            Some(source) => (Layer::Workflow, Some(source)),
            None => (Layer::BuiltIn, built_in(phase)),
        };
        Ok(source.map(|source| Template { layer, path: None, source: source.to_owned() }))
    }

    /// The template of one layer, if it has one.
    ///
    /// # Errors
    /// As [`Templates::find`].
    pub(crate) fn of(&self, layer: Layer, phase: Phase) -> Result<Option<Template>, TemplateError> {
        let Some(path) = self.path(layer, phase) else {
            return Ok(None);
        };
        let opened = match (layer, &self.project) {
            (Layer::Project, Some(root)) => beneath(root, &Path::new(PROJECT).join(FOLDER).join(file_name(phase))),
            _ => bounded::open(&path),
        };
        match opened.and_then(read) {
            Ok(source) => Ok(Some(Template { layer, path: Some(path), source })),
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(None),
            Err(source) => Err(TemplateError { path, done: "read", source }),
        }
    }
}

impl Templates {
    /// Keeps a text as the template of a phase, and gives its file. The built-in layer keeps nothing.
    ///
    /// # Errors
    /// A folder that cannot be written.
    pub(crate) fn write(&self, layer: Layer, phase: Phase, source: &str) -> Result<PathBuf, TemplateError> {
        self.put(layer, phase, "", source)
    }

    /// Writes a text beside the template of a phase, for an editor to work on.
    ///
    /// # Errors
    /// A folder that cannot be written.
    pub(crate) fn draft(&self, layer: Layer, phase: Phase, source: &str) -> Result<PathBuf, TemplateError> {
        self.put(layer, phase, ".draft", source)
    }

    fn put(&self, layer: Layer, phase: Phase, suffix: &str, source: &str) -> Result<PathBuf, TemplateError> {
        let mut path = self.path(layer, phase).unwrap_or_default();
        path.as_mut_os_string().push(suffix);
        let written = path
            .parent()
            .map_or(Ok(()), std::fs::create_dir_all)
            .and_then(|()| self.keeps(layer, &path))
            .and_then(|()| atomic_file::put(&path, source, For::All));
        written.map(|()| path.clone()).map_err(|source| TemplateError { path, done: "written", source })
    }

    /// Takes the template of a layer away, and gives the file that is gone; nothing where there was none.
    ///
    /// # Errors
    /// A file that cannot be removed.
    pub(crate) fn remove(&self, layer: Layer, phase: Phase) -> Result<Option<PathBuf>, TemplateError> {
        let Some(path) = self.path(layer, phase) else {
            return Ok(None);
        };
        match self.keeps(layer, &path).and_then(|()| std::fs::remove_file(&path)) {
            Ok(()) => Ok(Some(path)),
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(None),
            Err(source) => Err(TemplateError { path, done: "removed", source }),
        }
    }
}

impl Templates {
    /// Whether the folder of a template is where it seems to be.
    fn keeps(&self, layer: Layer, path: &Path) -> io::Result<()> {
        match (layer, &self.project, path.parent()) {
            (Layer::Project, Some(root), Some(folder)) => project::within(root, folder),
            _ => Ok(()),
        }
    }
}

const PROJECT: &str = ".prompt-runner";
const FOLDER: &str = "templates";

fn file_name(phase: Phase) -> String {
    format!("{}.md.jinja", phase.name())
}

fn read(file: File) -> io::Result<String> {
    let large = |_| io::Error::new(ErrorKind::FileTooLarge, format!("a template has {SOURCE_MAX} bytes at most"));
    let ordinary = bounded::ordinary(file)?;
    let read = bounded::all(ordinary, SOURCE_MAX);
    bounded::utf8(read.map_err(|error| if error.kind() == ErrorKind::FileTooLarge { large(error) } else { error })?)
}

/// Opens a file below a folder; the kernel refuses a path that leaves it.
#[cfg(target_os = "linux")]
pub(crate) fn beneath(root: &Path, inside: &Path) -> io::Result<File> {
    use rustix::fs::{Mode, OFlags, ResolveFlags};
    let root = rustix::fs::open(root, OFlags::RDONLY | OFlags::CLOEXEC | OFlags::DIRECTORY, Mode::empty())?;
    let how = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK;
    let file =
        rustix::fs::openat2(root, inside, how, Mode::empty(), ResolveFlags::BENEATH | ResolveFlags::NO_MAGICLINKS)?;
    Ok(File::from(file))
}

/// Opens a file below a folder if its real path is below it.
#[cfg(not(target_os = "linux"))]
pub(crate) fn beneath(root: &Path, inside: &Path) -> io::Result<File> {
    let path = root.join(inside);
    project::within(root, &path)?;
    bounded::open(&path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_template_holds_and_none_leads_out_of_the_project() {
        let home = tempfile::tempdir().unwrap();
        let (config, project) = (home.path().join("config"), home.path().join("shop"));
        let templates = Templates::new(&config, Some(&project));
        let layer = || {
            templates.find(Phase::PLANNING, None).map(|found| found.map(|found| (found.layer, found.source)).unwrap())
        };
        assert_eq!(layer().unwrap().0, Layer::BuiltIn);
        let write = |layer, text: &str| {
            let path = templates.path(layer, Phase::PLANNING).unwrap();
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        write(Layer::User, "mine");
        assert_eq!(layer().unwrap(), (Layer::User, "mine".to_owned()));
        write(Layer::Project, "ours");
        assert_eq!(layer().unwrap(), (Layer::Project, "ours".to_owned()));
        write(Layer::Project, &"x".repeat(300 << 10));
        assert!(layer().unwrap_err().to_string().contains("a template has 262144 bytes at most"));
        #[cfg(unix)]
        {
            let file = templates.path(Layer::Project, Phase::PLANNING).unwrap();
            let secret = home.path().join("secret");
            std::fs::write(&secret, "a key").unwrap();
            std::fs::remove_file(&file).unwrap();
            std::os::unix::fs::symlink(&secret, &file).unwrap();
            let error = layer().unwrap_err().to_string();
            assert!(!error.contains("a key"), "{error}");
        }
    }
}
