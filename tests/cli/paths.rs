//! Folders whose names are no text: on Linux a path is any bytes but NUL. Everything works in them as in any other.

use crate::desk::{Desk, Said, said};
use crate::flow::MODEL;
use serde_json::Value;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::path::PathBuf;

/// Names that differ only in bytes that are no text.
const NAMES: [&[u8]; 6] =
    [b"shop\xff", b"shop\xfe", b"caf\xe9 \xf0\x9f", b"\xed\xa0\xbe", b"\x80", "shop\u{fffd}".as_bytes()];

struct Room {
    desk: Desk,
    projects: Vec<PathBuf>,
}

impl Room {
    fn new() -> Self {
        let desk = Desk::new();
        let projects: Vec<PathBuf> = NAMES.iter().map(|name| desk.project().join(OsStr::from_bytes(name))).collect();
        for project in &projects {
            std::fs::create_dir_all(project.join(".git")).unwrap();
        }
        Self { desk, projects }
    }

    /// Runs it in a project, with data, settings and home in folders of such names too.
    fn run(&self, project: usize, words: &[&OsStr]) -> Said {
        let mut command = self.desk.command(&[]);
        command.args(words).current_dir(&self.projects[project]);
        for (variable, name) in
            [("PROMPT_RUNNER_DATA_DIR", b"data\xff"), ("PROMPT_RUNNER_CONFIG_DIR", b"conf\xfe"), ("HOME", b"home\xfd")]
        {
            command.env(variable, self.desk.project().join(OsStr::from_bytes(name)));
        }
        said(&command.output().unwrap())
    }

    fn ok(&self, project: usize, words: &[&str]) -> String {
        let said = self.run(project, &words.iter().map(OsStr::new).collect::<Vec<_>>());
        assert_eq!(said.code, Some(0), "{:?}, {words:?}: {}", self.projects[project], said.err);
        said.out
    }

    fn json(&self, project: usize, words: &[&str]) -> Value {
        serde_json::from_str(&self.ok(project, &[words, &["--json"]].concat())).unwrap()
    }
}

#[test]
fn a_command_answers_in_a_folder_whose_name_is_no_text() {
    let room = Room::new();
    let command = format!("sh -c 'touch was-here; exec {MODEL}'");
    for project in 0..NAMES.len() {
        let feature = format!("Feature {project}");
        room.ok(project, &["flow", &feature, "--provider", "command", "--command", &command]);
        assert!(room.projects[project].join("was-here").exists(), "the command ran in another folder than {project}");
        assert_eq!(room.json(project, &["status"])["view"]["standing"], "complete");
    }
    for project in 0..NAMES.len() {
        let sessions = room.json(project, &["list", "--project", "."])["sessions"].clone();
        let features: Vec<&Value> = sessions.as_array().unwrap().iter().map(|view| &view["feature"]).collect();
        assert_eq!(features, [&format!("Feature {project}")], "no two folders share a name");
    }
}

#[test]
fn templates_prompts_and_upkeep_know_a_folder_whose_name_is_no_text() {
    let room = Room::new();
    let own = room.projects[0].join(".prompt-runner/templates");
    std::fs::create_dir_all(&own).unwrap();
    std::fs::write(own.join("planning.md.jinja"), "Our own words. {{ feature }}\n{% include \"contract\" %}\n")
        .unwrap();
    assert!(room.ok(0, &["plan", "Dark mode", "--save-to-file"]).contains("Our own words."));
    assert_eq!(std::fs::read_dir(room.projects[0].join(".prompt-runner/prompts")).unwrap().count(), 1);
    assert!(!room.ok(1, &["plan", "Dark mode"]).contains("Our own words."));
    room.ok(0, &["status"]);
    let words = [&["db", "verify"][..], &["db", "rebuild"], &["stats"], &["list"]];
    for words in words {
        room.ok(0, words);
    }
}

#[test]
fn words_that_are_no_text_are_refused_in_words() {
    let room = Room::new();
    room.ok(0, &["plan", "Dark mode"]);
    let odd = OsStr::from_bytes(b"x\xff");
    let words = |words: &[&'static str]| words.iter().map(|word| OsStr::new(*word)).collect::<Vec<_>>();
    for before in [&["plan"][..], &["flow"], &["flow", "--provider"], &["status", "--session"], &["rate", "3"], &[]] {
        let refused = room.run(0, &[&words(before)[..], &[odd]].concat());
        assert_eq!(refused.code, Some(2), "{before:?}: {}", refused.err);
        assert!(!refused.err.is_empty(), "{before:?}");
    }
    for before in [&["process", "--file"][..], &["status", "--project"], &["plan", "Dark mode", "--project"]] {
        let missing = room.run(0, &[&words(before)[..], &[odd]].concat());
        assert!(missing.err.contains("[file.unreadable]"), "{before:?}: {}", missing.err);
    }
}
