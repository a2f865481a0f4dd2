//! The project: a folder with `.prompt-runner/`, found by walking up as git does, and the session that is active in it.

mod name;

pub use name::{folder, named};

use crate::atomic_file::{self, For};
use crate::bounded;
use prompt_runner_core::phase::Phase;
use prompt_runner_core::refusal::{Code, Refusal};
use prompt_runner_core::session::SessionId;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

const FOLDER: &str = ".prompt-runner";
const ACTIVE: &str = "active-session";
const PROMPTS: &str = "prompts";

/// A project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Project {
    root: PathBuf,
}

impl Project {
    /// The project around a folder that somebody named, by its real path; else around the current folder.
    ///
    /// # Errors
    /// `file.unreadable` where there is no such folder.
    pub fn at(folder: Option<&Path>) -> Result<Self, Refusal> {
        let folder = folder.unwrap_or_else(|| Path::new("."));
        let refused = |message| Refusal::new(Code::FileUnreadable, message);
        let real =
            folder.canonicalize().map_err(|error| refused(format!("{} cannot be read: {error}.", folder.display())))?;
        if !real.is_dir() {
            return Err(refused(format!("{} is not a folder.", folder.display())));
        }
        Ok(Self::around(&real))
    }

    /// The project that holds this folder: the nearest folder upwards with `.prompt-runner` or `.git`, else the folder itself.
    #[must_use]
    pub fn around(folder: &Path) -> Self {
        let is_root = |folder: &&Path| folder.join(FOLDER).is_dir() || folder.join(".git").exists();
        Self { root: folder.ancestors().find(is_root).unwrap_or(folder).to_owned() }
    }

    /// The folder.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The session that is active here. What is not a session id is no session.
    #[must_use]
    pub fn active(&self) -> Option<SessionId> {
        SessionId::parse(name_in(&self.root.join(FOLDER).join(ACTIVE))?.trim())
    }

    /// Whether a session can be made the active one here; leaves nothing behind.
    ///
    /// # Errors
    /// `project.read_only`.
    pub fn check_writable(&self) -> Result<(), Refusal> {
        let folder = self.root.join(FOLDER);
        // Another process may be making the folder at this moment, so it is not tried with the folder itself.
        let tried = match folder.symlink_metadata() {
            Ok(_) => self.try_folder(&folder).and_then(|()| no_folder(&folder.join(ACTIVE))),
            Err(_) => try_file(&folder),
        };
        tried.map_err(|error| self.read_only(&error))
    }

    /// Makes `.prompt-runner`, of which git is told to ignore all but the templates: those are for everybody who works here.
    ///
    /// # Errors
    /// `project.read_only`.
    pub fn prepare(&self) -> Result<(), Refusal> {
        let folder = self.root.join(FOLDER);
        let made =
            fs::create_dir_all(&folder).and_then(|()| within(&self.root, &folder)).and_then(
                |()| match atomic_file::new(&folder.join(".gitignore"), For::All) {
                    Ok(mut ignore) => ignore.write_all(b"/*\n!/templates/\n!/workflows/\n"),
                    Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
                    Err(error) => Err(error),
                },
            );
        made.map_err(|error| self.read_only(&error))
    }

    /// Makes a session the active one.
    ///
    /// # Errors
    /// `project.read_only`.
    pub fn activate(&self, session: &SessionId) -> Result<(), Refusal> {
        self.prepare()?;
        atomic_file::put(&self.root.join(FOLDER).join(ACTIVE), format!("{session}\n"), For::Owner)
            .map_err(|error| self.read_only(&error))
    }

    /// Whether a prompt can be kept here.
    ///
    /// # Errors
    /// `project.read_only`.
    pub fn check_prompts(&self) -> Result<(), Refusal> {
        let folder = self.root.join(FOLDER).join(PROMPTS);
        self.prepare()?;
        fs::create_dir_all(&folder).and_then(|()| self.try_folder(&folder)).map_err(|error| self.read_only(&error))
    }

    fn try_folder(&self, folder: &Path) -> io::Result<()> {
        fs::read_dir(folder)?;
        within(&self.root, folder)?;
        try_file(&folder.join(ACTIVE))
    }

    /// Writes a prompt into the project's folder and gives the path.
    ///
    /// # Errors
    /// `project.read_only`.
    pub fn keep_prompt(&self, session: &SessionId, phase: Phase, text: &str) -> Result<PathBuf, Refusal> {
        self.prepare()?;
        let folder = self.root.join(FOLDER).join(PROMPTS);
        let file = folder.join(format!("{session}_{}.md", phase.name()));
        fs::create_dir_all(&folder)
            .and_then(|()| within(&self.root, &folder))
            .and_then(|()| atomic_file::put(&file, text, For::Owner))
            .map_err(|error| self.read_only(&error))?;
        Ok(file)
    }

    fn read_only(&self, error: &io::Error) -> Refusal {
        Refusal::new(Code::ProjectReadOnly, format!("{} cannot be written: {error}.", self.root.join(FOLDER).display()))
    }
}

/// The session that the predecessor left active for the whole user, as it is written there.
#[must_use]
pub fn left_at_home() -> Option<String> {
    let home = etcetera::home_dir().ok()?;
    let text = name_in(&home.join(FOLDER).join(ACTIVE))?;
    Some(text.trim().to_owned()).filter(|text| !text.is_empty() && text.len() <= NAME_MAX)
}

/// The longest name of a session, in bytes: the predecessor's had 50 letters of the feature and a time.
const NAME_MAX: usize = 255;

/// The name in a file. A project is whatever somebody cloned: what stands there may be a link to a device that never ends.
fn name_in(path: &Path) -> Option<String> {
    bounded::text(path, 2 * NAME_MAX as u64).ok()
}

/// Whether a folder is inside of another one. A repository may bring a link along in the place of any folder of ours.
///
/// # Errors
/// It is not, or cannot be looked at.
pub fn within(root: &Path, folder: &Path) -> io::Result<()> {
    if folder.canonicalize()?.starts_with(root.canonicalize()?) {
        return Ok(());
    }
    Err(io::Error::new(io::ErrorKind::PermissionDenied, "it leads out of the project"))
}

/// A file can take the place of anything but a folder.
fn no_folder(path: &Path) -> io::Result<()> {
    match path.symlink_metadata() {
        Ok(data) if data.is_dir() => Err(io::ErrorKind::IsADirectory.into()),
        _ => Ok(()),
    }
}

/// Whether a file can be made here; it is gone afterwards.
fn try_file(beside: &Path) -> io::Result<()> {
    let probe = atomic_file::beside(beside)?;
    atomic_file::new(&probe, For::Owner).and_then(|_| fs::remove_file(&probe))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_active_session_is_found_from_below_and_a_broken_file_is_none() {
        let home = tempfile::tempdir().unwrap();
        let deep = home.path().join("src/deep");
        std::fs::create_dir_all(&deep).unwrap();
        std::fs::create_dir(home.path().join(".git")).unwrap();
        let project = Project::around(&deep);
        assert_eq!(project.root(), home.path());
        assert_eq!(project.active(), None);
        let id = SessionId::parse("20261122_141129_1a2b3c4d").unwrap();
        project.activate(&id).unwrap();
        assert_eq!(Project::around(&deep).active(), Some(id));
        std::fs::write(home.path().join(".prompt-runner/active-session"), "../../etc").unwrap();
        assert_eq!(project.active(), None);
    }
}
