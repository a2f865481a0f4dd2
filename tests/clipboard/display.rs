//! A display of its own for a test, without a screen: Xvfb, and `xclip` as the other program that copies and pastes there.

use serde_json::Value;
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// The program that becomes the owner of a text.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_prompt-runner");

/// A display, and a folder for what its actors read and say.
pub(crate) struct Display {
    server: Child,
    name: String,
    folder: TempDir,
}

impl Display {
    pub(crate) fn new() -> Self {
        // Without the last word it starts anew whenever nobody is connected, and who comes then is sent away.
        let mut server = Command::new("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", "640x480x24", "-nolisten", "tcp", "-noreset"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("`Xvfb` is needed: `cargo xtask test` sees to it");
        let mut number = String::new();
        BufReader::new(server.stdout.take().unwrap()).read_line(&mut number).unwrap();
        assert!(!number.trim().is_empty(), "Xvfb found no display");
        Self { server, name: format!(":{}", number.trim()), folder: tempfile::tempdir().unwrap() }
    }

    /// What programs call it.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// This test program once more, to do one thing in a process of its own.
    pub(crate) fn actor(&self, act: &str, text: &str) -> Command {
        let _ = std::fs::remove_file(self.path(act));
        std::fs::write(self.path("text"), text).unwrap();
        let mut actor = Command::new(std::env::current_exe().unwrap());
        actor.args(["--exact", "actor::one_thing_in_a_process_of_its_own", "--ignored"]).stdout(Stdio::null());
        actor.env("ACT", act).env("FOLDER", self.folder.path());
        actor.env("DISPLAY", &self.name).env_remove("WAYLAND_DISPLAY");
        actor
    }

    /// Does one thing, and gives what came of it.
    pub(crate) fn act(&self, act: &str, text: &str) -> Value {
        assert!(self.actor(act, text).stdin(Stdio::null()).status().unwrap().success());
        self.said(act).unwrap()
    }

    /// Copies: the process that keeps the text.
    pub(crate) fn copy(&self, text: &str) -> u64 {
        let said = self.act("copy", text);
        said["owner"].as_u64().unwrap_or_else(|| panic!("{said}"))
    }

    /// What the actor of that act has said so far.
    pub(crate) fn said(&self, act: &str) -> Option<Value> {
        std::fs::read(self.path(act)).ok().map(|said| serde_json::from_slice(&said).unwrap())
    }

    /// Another program copies this as content of that kind.
    pub(crate) fn xclip_writes(&self, kind: &str, content: &[u8]) {
        let mut xclip = self.xclip(&["-in", "-t", kind]);
        xclip.stdin(Stdio::piped());
        xclip.stdout(Stdio::null()).stderr(Stdio::null());
        let mut xclip = xclip.spawn().unwrap();
        xclip.stdin.take().unwrap().write_all(content).unwrap();
        assert!(xclip.wait().unwrap().success());
        // It goes on in the background, and only there it takes the clipboard.
        until("it has the clipboard", || self.xclip_reads(kind) == content);
    }

    /// Another program pastes; nothing, where there is no content of that kind.
    pub(crate) fn xclip_reads(&self, kind: &str) -> Vec<u8> {
        self.xclip(&["-out", "-t", kind]).output().unwrap().stdout
    }

    fn xclip(&self, words: &[&str]) -> Command {
        let mut xclip = Command::new("xclip");
        xclip.args(["-selection", "clipboard"]).args(words).env("DISPLAY", &self.name);
        xclip
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// Whether a process has ended. Its parent may have gone before it, and then nobody here has to take it out of the table.
pub(crate) fn ended(process: u64) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    stat.rsplit_once(") ").is_none_or(|(_, rest)| rest.starts_with('Z'))
}

/// Waits for it, and not for ever.
pub(crate) fn until(what: &str, mut is: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is() {
        assert!(begun.elapsed() < Duration::from_secs(30), "waited in vain until {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}
