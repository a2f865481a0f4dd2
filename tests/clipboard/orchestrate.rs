//! The command line over the clipboard: a prompt goes out, a reply comes in, and nothing is typed or saved by hand.

use crate::answer::{self, Fault};
use crate::display::{Display, PROGRAM, until};
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use tempfile::TempDir;

/// A project beside a display.
struct Desk {
    display: Display,
    top: TempDir,
}

impl Desk {
    fn new() -> Self {
        let top = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(top.path().join("shop/.git")).unwrap();
        Self { display: Display::new(), top }
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(PROGRAM);
        command.arg("orchestrate").args(words).current_dir(self.top.path().join("shop")).stdin(Stdio::null());
        let place = |name: &str| -> PathBuf { self.top.path().join(name) };
        command.env("PROMPT_RUNNER_DATA_DIR", place("data")).env("PROMPT_RUNNER_CONFIG_DIR", place("config"));
        command.env("HOME", self.top.path()).env("DISPLAY", self.display.name()).env_remove("WAYLAND_DISPLAY");
        command
    }

    fn run(&self, words: &[&str]) -> Output {
        self.command(words).output().unwrap()
    }

    /// Starts a command and gives it with a way to wait for what it says.
    fn start(&self, words: &[&str]) -> (Child, impl FnMut(&str)) {
        let mut child = self.command(words).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok);
        (child, move |says: &str| assert!(lines.any(|line| line.contains(says)), "it never said “{says}”"))
    }

    fn clipboard(&self) -> String {
        String::from_utf8(self.display.xclip_reads("UTF8_STRING")).unwrap()
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn a_prompt_is_copied_beside_being_printed_and_a_reply_is_pasted_if_it_is_one() {
    let desk = Desk::new();
    let plan = desk.run(&["plan", "Dark mode", "--copy-prompt"]);
    assert!(plan.status.success() && text(&plan.stderr).contains("The prompt is in the clipboard."), "{plan:?}");
    let prompt = text(&plan.stdout);
    assert_eq!(desk.clipboard() + "\n", prompt, "the program has ended, and the prompt is there");
    // The prompt itself, an empty text, a cut reply and the answer to another prompt are no reply.
    for (what, copied) in [
        ("the prompt", prompt.clone()),
        ("a blank", " \n".into()),
        ("a cut reply", answer::markdown(&prompt, "x", Fault::Cut)),
        ("one that was cut in its proof", answer::markdown(&prompt, "x", Fault::HalfProof)),
        ("another reply", answer::markdown(&prompt, "x", Fault::Foreign)),
    ] {
        desk.display.xclip_writes("UTF8_STRING", copied.as_bytes());
        let refused = desk.run(&["process", "--paste"]);
        assert_eq!(refused.status.code(), Some(5), "{what}: {refused:?}");
        assert!(text(&refused.stderr).contains("The clipboard holds no reply to this prompt."), "{what}: {refused:?}");
    }
    let reply = answer::markdown(&prompt, "x", Fault::None);
    desk.display.xclip_writes("UTF8_STRING", reply.as_bytes());
    assert!(desk.run(&["process", "--paste"]).status.success());
    assert_eq!(text(&desk.run(&["show", "--reply", "planning"]).stdout), reply, "to the byte");
}

#[test]
fn a_reply_is_taken_as_soon_as_it_is_copied() {
    let desk = Desk::new();
    let prompt = text(&desk.run(&["plan", "Dark mode"]).stdout);
    let (mut process, mut says) = desk.start(&["process", "--watch"]);
    says("Waiting for the reply");
    desk.display.xclip_writes("UTF8_STRING", b"Something else");
    says("Something was copied that is not the reply.");
    desk.display.xclip_writes("UTF8_STRING", answer::markdown(&prompt, "x", Fault::None).as_bytes());
    assert!(process.wait().unwrap().success());
}

#[test]
fn a_whole_feature_goes_over_the_clipboard_by_one_command() {
    let desk = Desk::new();
    let (mut flow, mut says) = desk.start(&["flow", "Dark mode", "--provider", "clipboard"]);
    for phase in ["planning", "analysis", "implementation"] {
        says("The prompt is in the clipboard.");
        let mut prompt = String::new();
        until("the prompt of this phase is there", || {
            prompt = desk.clipboard();
            prompt.contains(&format!(" {phase} "))
        });
        desk.display.xclip_writes("UTF8_STRING", answer::markdown(&prompt, "x", Fault::None).as_bytes());
    }
    assert!(flow.wait().unwrap().success());
    assert_eq!(text(&desk.run(&["status", "--short"]).stdout), "✓ 3/3\n");
}

#[test]
fn without_a_desktop_the_prompt_is_printed_and_one_line_says_why_it_was_not_copied() {
    let desk = Desk::new();
    let plan = desk.command(&["plan", "Dark mode", "--copy-prompt"]).env_remove("DISPLAY").output().unwrap();
    assert!(plan.status.success() && text(&plan.stdout).starts_with("# Planning"));
    let said = text(&plan.stderr);
    assert_eq!(said.lines().filter(|line| line.contains("There is no clipboard here")).count(), 1, "{said}");
    for words in [&["process", "--paste"][..], &["process", "--watch"], &["resume", "--provider", "clipboard"]] {
        let refused = desk.command(words).env_remove("DISPLAY").output().unwrap();
        assert_eq!(refused.status.code(), Some(7), "{words:?}: {refused:?}");
        assert!(text(&refused.stderr).contains("[clipboard.unavailable]"), "{words:?}: {refused:?}");
    }
}
