//! What a machine can do to a command line, on Linux: full disks, read-only disks, closed pipes, and a real terminal.

use crate::answer::{self, Fault};
use crate::desk::{Desk, PROGRAM, Said, said};
use rusqlite::Connection;
use std::process::{Command, Stdio};

/// Runs a shell script where mounts are its own. This needs user namespaces; a machine without them fails here, so that
/// nobody takes a test for passed that never ran.
fn with_mounts(desk: &Desk, script: &str, args: &[&str]) -> Said {
    let mut unshare = Command::new("unshare");
    unshare.args(["--mount", "--map-root-user", "sh", "-euc", script, PROGRAM]).args(args);
    unshare.current_dir(desk.project()).env("PROMPT_RUNNER_DATA_DIR", desk.data()).stdin(Stdio::null());
    let output = unshare.output().expect("`unshare` of util-linux is needed: it is what fills and locks disks here");
    let said = said(&output);
    assert!(
        !said.err.contains("unshare:") && !said.err.contains("mount:"),
        "this machine does not let a test mount anything (allow unprivileged user namespaces, or run as root): {}",
        said.err
    );
    said
}

fn refused(said: &Said, exit: i32, code: &str, what: &str) {
    assert_eq!(said.code, Some(exit), "{what}: {said:?}");
    assert!(said.err.lines().next().unwrap_or_default().ends_with(&format!("[{code}]")), "{what}: {}", said.err);
    assert_eq!(said.err.lines().count(), 2, "{what}: a sentence and a next step: {}", said.err);
}

#[test]
fn a_full_disk_is_called_full_and_keeps_what_it_had() {
    let desk = Desk::new();
    std::fs::create_dir(desk.data()).unwrap();
    // The session fits, the reply does not. What is on the small disk afterwards is copied out before it goes away.
    let script = r#"
        mount -t tmpfs -o size=1m,mode=700 none "$PROMPT_RUNNER_DATA_DIR"
        "$0" orchestrate plan 'Dark mode' --json >"$1/plan.json"
        code=0; "$0" orchestrate process <"$2" || code=$?
        "$0" orchestrate status --json >"$1/status.json"
        cp "$PROMPT_RUNNER_DATA_DIR"/prompt-runner.db* "$1"
        exit $code"#;
    // The reply has to answer the prompt that is made in there, so it goes in through a pipe with a name.
    let out = desk.project().parent().unwrap().join("out");
    std::fs::create_dir(&out).unwrap();
    let fifo = out.join("reply");
    assert!(Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    let plan = out.join("plan.json");
    let (out_text, fifo_text) = (out.display().to_string(), fifo.display().to_string());
    let said = std::thread::scope(|scope| {
        // Opening the pipe waits for `process`, and by then the plan is written.
        scope.spawn(|| {
            let mut pipe = std::fs::OpenOptions::new().write(true).open(&fifo).unwrap();
            let plan: serde_json::Value = serde_json::from_slice(&std::fs::read(&plan).unwrap()).unwrap();
            let reply = answer::markdown(plan["text"].as_str().unwrap(), &"A long line. ".repeat(100_000), Fault::None);
            std::io::Write::write_all(&mut pipe, reply.as_bytes()).unwrap();
        });
        with_mounts(&desk, script, &[&out_text, &fifo_text])
    });
    refused(&said, 6, "store.full", "a reply on a full disk");
    let plan: serde_json::Value = serde_json::from_slice(&std::fs::read(&plan).unwrap()).unwrap();
    let status: serde_json::Value = serde_json::from_slice(&std::fs::read(out.join("status.json")).unwrap()).unwrap();
    assert_eq!(status["view"], plan["view"], "nothing of the refused reply is there, all of the rest is");
    let database = Connection::open(out.join("prompt-runner.db")).unwrap();
    assert_eq!(database.pragma_query_value(None, "integrity_check", |row| row.get::<_, String>(0)).unwrap(), "ok");
}

#[test]
fn a_disk_without_any_room_is_called_full_whatever_is_the_first_that_does_not_fit() {
    let desk = Desk::new();
    std::fs::create_dir(desk.data()).unwrap();
    let script = r#"
        mount -t tmpfs -o size="$1",mode=700 none "$PROMPT_RUNNER_DATA_DIR"
        exec "$0" orchestrate plan 'Dark mode' --project "$2""#;
    let project = desk.project().display().to_string();
    let mut fitted = false;
    for kibibytes in [4, 8, 16, 24, 32, 36, 40, 48, 64, 96, 128, 256, 400, 700, 1_024] {
        let said = with_mounts(&desk, script, &[&format!("{kibibytes}k"), &project]);
        match said.code {
            Some(0) => fitted = true,
            _ => {
                assert!(!fitted, "{kibibytes} KiB are refused where less was enough");
                refused(&said, 6, "store.full", &format!("{kibibytes} KiB"));
            }
        }
    }
    assert!(fitted);
}

#[test]
fn a_disk_that_cannot_be_written_is_called_so() {
    let desk = Desk::new();
    let prompt = desk.ok(&["plan", "Dark mode"]);
    let reply = desk.file("reply.md", answer::markdown(&prompt, "x", Fault::None));
    let record = desk.record();
    let data = r#"
        mount --bind "$PROMPT_RUNNER_DATA_DIR" "$PROMPT_RUNNER_DATA_DIR"
        mount -o remount,bind,ro "$PROMPT_RUNNER_DATA_DIR"
        exec "$0" orchestrate "$@""#;
    for words in [&["plan", "Another"][..], &["process", "--file", &reply], &["complete"]] {
        refused(&with_mounts(&desk, data, words), 6, "store.read_only", &format!("{words:?} with a read-only record"));
    }
    let project = r#"
        mount --bind . .
        mount -o remount,bind,ro "$PWD"
        cd "$PWD"
        exec "$0" orchestrate "$@""#;
    for words in [&["plan", "Another"][..], &["use-session", "20"]] {
        refused(
            &with_mounts(&desk, project, words),
            6,
            "project.read_only",
            &format!("{words:?} in a read-only project"),
        );
    }
    assert_eq!(desk.record(), record);
    let status = with_mounts(&desk, project, &["status"]);
    assert_eq!(status.code, Some(0), "reading needs no writing in the project: {}", status.err);
}

/// A path that can never be a folder, for any user.
#[test]
fn a_place_that_cannot_be_made_is_called_so() {
    let desk = Desk::new();
    let file = desk.file("file", "");
    for place in [format!("{file}/below"), "/proc/prompt-runner".to_owned(), "/dev/null".to_owned()] {
        let output =
            desk.command(&["orchestrate", "plan", "Dark mode"]).env("PROMPT_RUNNER_DATA_DIR", &place).output().unwrap();
        refused(&said(&output), 6, "store.read_only", &place);
        let in_it = desk.run(&["plan", "Dark mode", "--project", &place]);
        refused(&in_it, 2, "file.unreadable", &place);
    }
}

#[test]
fn a_reader_that_goes_away_is_nobodys_fault() {
    let desk = Desk::new();
    desk.ok(&["plan", &"A long feature. ".repeat(1_000)]);
    for words in [
        "orchestrate status",
        "orchestrate list",
        "orchestrate show",
        "orchestrate show --json",
        "orchestrate status --json",
        "orchestrate analyze",
        "orchestrate analyze --json",
        "orchestrate dance",
        "orchestrate --help",
        "completions bash",
    ] {
        for (how, script) in [
            ("output", r#""$0" $1 | head -0"#),
            ("output and errors", r#""$0" $1 2>&1 | head -0"#),
            ("any output from the start", r#""$0" $1 >&-"#),
            ("any file at all", r#""$0" $1 <&- >&- 2>&-"#),
        ] {
            let output = Command::new("bash")
                .args(["-o", "pipefail", "-c", script, PROGRAM, words])
                .env("PROMPT_RUNNER_DATA_DIR", desk.data())
                .current_dir(desk.project())
                .output()
                .unwrap();
            // 101 is a panic, 128 and more a signal.
            let code = output.status.code().unwrap();
            assert!(code < 10, "{words} without {how}: {code} {}", String::from_utf8_lossy(&output.stderr));
        }
    }
}

/// Colours are for terminals, and for those who did not say otherwise.
#[test]
fn colours_are_for_terminals_alone() {
    let desk = Desk::new();
    desk.ok(&["plan", "Dark mode"]);
    let on_a_terminal = |variable: &str| {
        let mut script = Command::new("script");
        script.args(["-qec", &format!("'{PROGRAM}' orchestrate status"), "/dev/null"]);
        script.env("PROMPT_RUNNER_DATA_DIR", desk.data()).current_dir(desk.project()).stdin(Stdio::null());
        script.env("TERM", "xterm").env_remove("NO_COLOR").env(variable, "1");
        String::from_utf8(script.output().expect("`script` of util-linux is the terminal of this test").stdout).unwrap()
    };
    assert!(on_a_terminal("SOME_VARIABLE").contains("\u{1b}[33m…\u{1b}[0m Planning"));
    assert!(!on_a_terminal("NO_COLOR").contains('\u{1b}'));
    assert!(!desk.ok(&["status"]).contains('\u{1b}'), "nor are they in a pipe");
}

/// On a real terminal, even a prompt is made harmless.
#[test]
fn a_prompt_cannot_command_a_real_terminal() {
    let desk = Desk::new();
    desk.ok(&["plan", "Dark \u{1b}]52;c;ZXZpbA==\u{7} mode"]);
    for verb in ["show", "show --prompt planning", "plan --session 20", "status"] {
        let output = Command::new("script")
            .args(["-qec", &format!("'{PROGRAM}' orchestrate {verb}"), "/dev/null"])
            .env("PROMPT_RUNNER_DATA_DIR", desk.data())
            .current_dir(desk.project())
            .stdin(Stdio::null())
            .output()
            .expect("`script` of util-linux is needed: it is the terminal of this test");
        let mut seen = String::from_utf8(output.stdout).unwrap();
        // The marks of a status are in colour on a terminal: that much, and nothing else, may begin with an escape.
        for colour in ["\u{1b}[31m", "\u{1b}[32m", "\u{1b}[33m", "\u{1b}[0m"] {
            seen = seen.replace(colour, "");
        }
        assert!(seen.contains("Dark \\u{1b}]52;c;ZXZpbA==\\u{7} mode"), "{verb}: {seen:?}");
        assert!(!seen.contains('\u{1b}'), "{verb}: {seen:?}");
    }
}
