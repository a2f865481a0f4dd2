//! What the record says of the project's git: taken when a session begins and when it is complete, and never in anybody's way.

use crate::answer::{self, Fault};
use crate::desk::{Desk, said};
use rusqlite::Connection;
use serde_json::{Value, json};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// A desk whose project is a repository with one commit.
fn desk() -> Desk {
    let desk = Desk::new();
    std::fs::write(desk.project().join("main.rs"), "fn main() {}\n").unwrap();
    git(&desk, &["init", "--quiet", "--initial-branch", "main"]);
    git(&desk, &["config", "user.name", "Tilde"]);
    git(&desk, &["config", "user.email", "tilde@example.org"]);
    git(&desk, &["add", "main.rs"]);
    git(&desk, &["commit", "--quiet", "--no-gpg-sign", "--message", "Begin"]);
    desk
}

fn git(desk: &Desk, words: &[&str]) -> String {
    let output = Command::new("git").args(words).current_dir(desk.project()).env_remove("GIT_DIR").output().unwrap();
    assert!(output.status.success(), "git {words:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// Takes a session from its first prompt to the last but one reply, and gives the last.
fn all_but_one(desk: &Desk) -> String {
    let mut prompt = desk.ok(&["plan", "Dark mode"]);
    for next in ["analyze", "implement"] {
        desk.run_with(&["process"], answer::markdown(&prompt, "x", Fault::None)).ok(&["process"]);
        prompt = desk.ok(&[next]);
    }
    answer::markdown(&prompt, "x", Fault::None)
}

/// The events of these kinds, over the whole record.
fn events(desk: &Desk, kinds: &[&str]) -> Vec<Value> {
    let database = Connection::open(desk.data().join("prompt-runner.db")).unwrap();
    let mut statement = database.prepare("SELECT data FROM event ORDER BY seq").unwrap();
    let rows = statement.query_map([], |row| row.get::<_, String>(0)).unwrap();
    let events = rows.map(|row| serde_json::from_str::<Value>(&row.unwrap()).unwrap());
    events.filter(|event| kinds.contains(&event["kind"].as_str().unwrap())).collect()
}

#[test]
fn a_session_in_a_repository_records_where_it_began_and_what_came_of_it() {
    let desk = desk();
    let last = all_but_one(&desk);
    let begin = git(&desk, &["rev-parse", "HEAD"]);
    git(&desk, &["checkout", "--quiet", "-b", "dark-mode"]);
    std::fs::write(desk.project().join("main.rs"), "fn main() {\n    dark();\n}\n").unwrap();
    std::fs::create_dir(desk.project().join("tests")).unwrap();
    std::fs::write(desk.project().join("tests/dark.rs"), "one\ntwo\n").unwrap();
    git(&desk, &["add", "."]);
    desk.run_with(&["process"], &last).ok(&["process"]);
    assert!(desk.run_with(&["process"], &last).out.is_empty(), "the session is closed");
    let seen = |moment, branch| json!({ "kind": "work_seen", "moment": moment, "branch": branch, "commit": begin, "user": "Tilde" });
    let languages = json!([{ "name": "Rust", "files": 2 }]);
    assert_eq!(
        events(&desk, &["session_started", "session_completed", "work_seen", "code_measured"])[1..],
        [
            seen("begin", "main"),
            json!({ "kind": "session_completed" }),
            seen("end", "dark-mode"),
            json!({ "kind": "code_measured", "files": 2, "added": 5, "removed": 1, "tests": 1, "languages": languages }),
        ]
    );
}

#[test]
fn of_two_that_end_a_session_at_once_one_says_what_was_seen() {
    let desk = desk();
    let last = desk.file("last.md", all_but_one(&desk));
    let words = ["orchestrate", "process", "--phase", "implementation", "--file", &last];
    let ending = || desk.command(&words).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let both = [ending(), ending()].map(|mut child| child.wait().unwrap().code());
    assert!(both.contains(&Some(0)), "{both:?}");
    assert_eq!(events(&desk, &["session_completed"]).len(), 1);
    assert_eq!(events(&desk, &["work_seen"]).len(), 2, "one begin and one end");
    assert_eq!(events(&desk, &["code_measured"]).len(), 1);
}

#[test]
#[cfg(unix)]
fn a_git_that_is_not_there_or_does_not_answer_is_in_nobodys_way() {
    use std::os::unix::fs::PermissionsExt;
    for (how, script) in
        [("hangs", Some("#!/bin/sh\nsleep 60\n")), ("fails", Some("#!/bin/sh\nexit 1\n")), ("is not there", None)]
    {
        let desk = desk();
        let bin = desk.project().parent().unwrap().join("bin");
        std::fs::create_dir(&bin).unwrap();
        if let Some(script) = script {
            std::fs::write(bin.join("git"), script).unwrap();
            std::fs::set_permissions(bin.join("git"), std::fs::Permissions::from_mode(0o755)).unwrap();
            std::os::unix::fs::symlink("/bin/sleep", bin.join("sleep")).unwrap();
        }
        let begun = Instant::now();
        let output = desk.command(&["orchestrate", "plan", "Dark mode"]).env("PATH", &bin).output().unwrap();
        assert_eq!(said(&output).code, Some(0), "a git that {how}");
        // Two seconds are what it may cost; the rest is for a busy machine, and far from the minute that this git sleeps.
        assert!(begun.elapsed() < Duration::from_secs(20), "a git that {how}: {:?}", begun.elapsed());
        assert_eq!(events(&desk, &["work_seen"]), [] as [Value; 0], "a git that {how}");
    }
}
