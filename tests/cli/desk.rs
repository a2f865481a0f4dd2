//! A developer's desk: a project, a data directory, and the command line between them.

use runner::places::Places;
use rusqlite::Connection;
use serde_json::Value;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

/// The program.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_prompt-runner");

/// A project and a data directory of its own.
pub(crate) struct Desk {
    top: TempDir,
}

/// What a command said.
#[derive(Clone, Debug)]
pub(crate) struct Said {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Desk {
    pub(crate) fn new() -> Self {
        let top = tempfile::tempdir().unwrap();
        // A `.git` makes it a project of its own, wherever temporary files are kept.
        std::fs::create_dir_all(top.path().join("shop/.git")).unwrap();
        Self { top }
    }

    /// The project's folder, by its real path.
    pub(crate) fn project(&self) -> PathBuf {
        self.top.path().join("shop").canonicalize().unwrap()
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.top.path().join("data")
    }

    pub(crate) fn places(&self) -> Places {
        Places { data: self.data(), config: self.top.path().join("config") }
    }

    /// Writes a file outside the project and gives its path.
    pub(crate) fn file(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.top.path().join(name);
        std::fs::write(&path, content).unwrap();
        path.display().to_string()
    }

    /// The command, ready to be run in the project.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(PROGRAM);
        command.args(args).current_dir(self.project()).stdin(Stdio::null());
        // A home of its own too, so that no test meets the settings of the developer who runs it.
        command.env("PROMPT_RUNNER_DATA_DIR", self.data()).env("PROMPT_RUNNER_CONFIG_DIR", self.places().config);
        command.env("HOME", self.top.path());
        command
    }

    /// Runs `prompt-runner orchestrate` with these words.
    pub(crate) fn run(&self, words: &[&str]) -> Said {
        said(&self.command(&orchestrate(words)).output().unwrap())
    }

    /// Runs `prompt-runner doctor` with these words.
    pub(crate) fn doctor(&self, words: &[&str]) -> Said {
        self.program(&[&["doctor"], words].concat())
    }

    /// Runs `prompt-runner` with these words.
    pub(crate) fn program(&self, words: &[&str]) -> Said {
        said(&self.command(words).output().unwrap())
    }

    /// Runs it with this on standard input.
    pub(crate) fn run_with(&self, words: &[&str], input: impl AsRef<[u8]>) -> Said {
        let mut child = self
            .command(&orchestrate(words))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // Who refuses before reading closes the pipe; that is no fault of this end.
        let _ = child.stdin.take().unwrap().write_all(input.as_ref());
        said(&child.wait_with_output().unwrap())
    }

    /// Runs it, expects it to succeed, and gives what it printed.
    pub(crate) fn ok(&self, words: &[&str]) -> String {
        self.run(words).ok(words)
    }

    /// The same with `--json`, read.
    pub(crate) fn json(&self, words: &[&str]) -> Value {
        let words = [words, &["--json"]].concat();
        serde_json::from_str(&self.run(&words).ok(&words)).unwrap_or_else(|error| panic!("{words:?}: {error}"))
    }

    /// How much there is in the record: events, texts, and the last place in the log.
    pub(crate) fn record(&self) -> (i64, i64, i64) {
        let database = Connection::open(self.data().join("prompt-runner.db")).unwrap();
        let sql = "SELECT (SELECT count(*) FROM event), (SELECT count(*) FROM text), (SELECT coalesce(max(seq), 0) FROM event)";
        database.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).unwrap()
    }

    /// Every file of the project with its content.
    pub(crate) fn tree(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let mut files = Vec::new();
        walk(&self.project(), &mut files);
        files.sort();
        files
    }
}

impl Said {
    pub(crate) fn ok(self, words: &[&str]) -> String {
        assert_eq!(self.code, Some(0), "{words:?}: {}", self.err);
        self.out
    }
}

pub(crate) fn said(output: &Output) -> Said {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let said = Said { code: output.status.code(), out: text(&output.stdout), err: text(&output.stderr) };
    assert!(!said.err.contains("panicked"), "{}", said.err);
    said
}

pub(crate) fn orchestrate<'a>(words: &[&'a str]) -> Vec<&'a str> {
    [&["orchestrate"], words].concat()
}

fn walk(folder: &Path, files: &mut Vec<(PathBuf, Vec<u8>)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, files);
        } else {
            files.push((path.clone(), std::fs::read(path).unwrap()));
        }
    }
}
