//! The `git` program, and the one way in which it is started: no shell, nothing that asks a person or a server, nothing of the
//! environment that names another repository, and an end after two seconds for it and all that it started.

use crate::child::{self, Bounds};
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

/// How long all questions of one look may take together.
const PATIENCE: Duration = Duration::from_secs(2);
/// The most that is read of an answer, in bytes: some 100,000 changed files.
const ANSWER_MAX: u64 = 8 << 20;
/// Stands before every question. What a project brings is no repository unless it lies in `.git`; no setting of it has a program run,
/// and no lock is in others' way.
const QUIET: [&str; 26] = [
    "--no-optional-locks",
    "--no-pager",
    "--no-replace-objects",
    "--literal-pathspecs",
    "-c",
    "safe.bareRepository=explicit",
    "-c",
    "core.fsmonitor=false",
    "-c",
    "core.hooksPath=/dev/null",
    "-c",
    "core.attributesFile=/dev/null",
    "-c",
    "core.sshCommand=false",
    "-c",
    "core.askPass=false",
    "-c",
    "core.bigFileThreshold=16m",
    "-c",
    "credential.helper=",
    "-c",
    "protocol.allow=never",
    "-c",
    "gc.auto=0",
    "-c",
    "submodule.recurse=false",
];

/// A look at one folder.
pub(super) struct Git<'a> {
    program: PathBuf,
    path: OsString,
    folder: &'a Path,
    until: Instant,
}

impl<'a> Git<'a> {
    /// Nothing where there is no git.
    pub(super) fn new(folder: &'a Path) -> Option<Self> {
        let (program, path) = program()?;
        Some(Self { program, path, folder, until: Instant::now() + PATIENCE })
    }

    /// The folder that is asked about.
    pub(super) const fn folder(&self) -> &Path {
        self.folder
    }

    /// What git prints to these words; nothing where it fails or is too slow. The settings of the project hold, so the words must be
    /// such as run nothing that settings name: files are not looked at.
    pub(super) fn ask(&self, words: &[&str]) -> Option<Vec<u8>> {
        self.ask_in(&[], words)
    }

    /// The same with these variables.
    pub(super) fn ask_in(&self, variables: &[(&str, &OsStr)], words: &[&str]) -> Option<Vec<u8>> {
        let mut command = Command::new(&self.program);
        command.args(QUIET).args(words).current_dir(self.folder);
        // Variables of git name another repository than that of the folder, if we were started by one of its hooks.
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("GIT_")) {
            command.env_remove(name);
        }
        command.env("PATH", &self.path);
        command.envs([("GIT_OPTIONAL_LOCKS", "0"), ("GIT_TERMINAL_PROMPT", "0"), ("GIT_NO_LAZY_FETCH", "1")]);
        command.envs(variables.iter().copied());
        let (status, answer) = child::ask(command, Vec::new(), Bounds { until: self.until, most: ANSWER_MAX }).ok()?;
        status.success().then_some(answer)
    }
}

/// The `git` of the path, and the path without what is not absolute: such a part would be looked for in the project.
#[cfg(unix)]
fn program() -> Option<(PathBuf, OsString)> {
    use std::os::unix::fs::PermissionsExt as _;
    let path = std::env::var_os("PATH")?;
    let folders: Vec<PathBuf> = std::env::split_paths(&path).filter(|folder| folder.is_absolute()).collect();
    let runs =
        |file: &PathBuf| file.metadata().is_ok_and(|data| data.is_file() && data.permissions().mode() & 0o111 != 0);
    let program = folders.iter().map(|folder| folder.join("git")).find(runs)?;
    Some((program, std::env::join_paths(folders).ok()?))
}

/// Windows is asked for a program by its name, and never looks in the project for it.
#[cfg(not(unix))]
fn program() -> Option<(PathBuf, OsString)> {
    Some(("git".into(), std::env::var_os("PATH")?))
}
