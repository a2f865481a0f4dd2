//! The project: a folder with `.prompt-runner/`, found by walking up as git does, and the session that is active in it.

use prompt_runner_core::phase::Phase;
use prompt_runner_core::refusal::{Code, Refusal};
use prompt_runner_core::session::SessionId;
use std::io;
use std::path::{Path, PathBuf};

const FOLDER: &str = ".prompt-runner";
const ACTIVE: &str = "active-session";

/// A project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Project {
    root: PathBuf,
}

impl Project {
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
        let text = std::fs::read_to_string(self.root.join(FOLDER).join(ACTIVE)).ok()?;
        SessionId::parse(text.trim())
    }

    /// Whether a session can be made the active one here; leaves nothing behind.
    ///
    /// # Errors
    /// `project.read_only`.
    pub fn check_writable(&self) -> Result<(), Refusal> {
        let folder = self.root.join(FOLDER);
        let tried = if folder.is_dir() {
            let probe = folder.join(format!("{ACTIVE}.{}", std::process::id()));
            std::fs::write(&probe, "").and_then(|()| std::fs::remove_file(&probe))
        } else {
            std::fs::create_dir(&folder).and_then(|()| std::fs::remove_dir(&folder))
        };
        tried.map_err(|error| self.read_only(&error))
    }

    /// Makes `.prompt-runner`, of which git is told to ignore all but the templates: those are for everybody who works here.
    ///
    /// # Errors
    /// `project.read_only`.
    pub fn prepare(&self) -> Result<(), Refusal> {
        let folder = self.root.join(FOLDER);
        let made = std::fs::create_dir_all(&folder).and_then(|()| {
            let ignore = folder.join(".gitignore");
            if ignore.exists() { Ok(()) } else { std::fs::write(&ignore, "/*\n!/templates/\n") }
        });
        made.map_err(|error| self.read_only(&error))
    }

    /// Makes a session the active one.
    ///
    /// # Errors
    /// `project.read_only`.
    pub fn activate(&self, session: &SessionId) -> Result<(), Refusal> {
        self.prepare()?;
        let folder = self.root.join(FOLDER);
        let fresh = folder.join(format!("{ACTIVE}.{}", std::process::id()));
        std::fs::write(&fresh, format!("{session}\n"))
            .and_then(|()| std::fs::rename(&fresh, folder.join(ACTIVE)))
            .map_err(|error| self.read_only(&error))
    }

    /// Writes a prompt into the project's folder and gives the path.
    ///
    /// # Errors
    /// `project.read_only`.
    pub fn keep_prompt(&self, session: &SessionId, phase: Phase, text: &str) -> Result<PathBuf, Refusal> {
        self.prepare()?;
        let folder = self.root.join(FOLDER).join("prompts");
        let file = folder.join(format!("{session}_{}.md", phase.name()));
        std::fs::create_dir_all(&folder)
            .and_then(|()| std::fs::write(&file, text))
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
    let text = std::fs::read_to_string(home.join(FOLDER).join(ACTIVE)).ok()?;
    Some(text.trim().to_owned()).filter(|text| !text.is_empty() && text.len() <= NAME_MAX)
}

/// The longest name of a session, in bytes: the predecessor's had 50 letters of the feature and a time.
const NAME_MAX: usize = 255;

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
