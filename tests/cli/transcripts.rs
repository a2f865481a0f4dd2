//! Sessions as a developer types them, each a file in `transcripts/`: what is typed after `$ `, all that is said to it, and `[exit N]` where N is
//! not 0. `UPDATE_EXPECT=1 cargo test -p prompt-runner --test cli transcripts` writes them anew, and the diff says what has changed for people.

use crate::desk::{Desk, PROGRAM};
use crate::help::commands;
use crate::schemas::{Schemas, asks_for_json};
use prompt_runner_core::refusal::Code;
use regex::Regex;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const TESTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests");

/// What differs from run to run, and the word that stands for it. Columns are as wide as the time in them, so what is between goes along.
const DIFFERS: &[(&str, &str)] = &[
    (r"\b\d{8}_\d{6}_[0-9a-f]{8}", "<session>"),
    (r"\b([0-9a-f]{64}|[0-9a-f]{12})\b", "<hash>"),
    (r"\b[0-9a-f]{16}\b", "<nonce>"),
    (r#"(_ms":)\d+"#, "$1<time>"),
    (r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?( UTC|Z)?", "<time>"),
    (r"\b\d+\.\d s *", "<time> "),
    (r"SQLite 3\.\d+\.\d+", "SQLite <version>"),
    // A list that grows; tests/provider/choosing.rs looks into it.
    (r"(There is no provider “\w+”; there are )[a-z, ]+", "${1}<providers>"),
];

/// What no help lists, because it is there for those who know it from the predecessor.
const HIDDEN: [&str; 8] = [
    "orchestrate process-orchestrator",
    "orchestrate process-analysis",
    "orchestrate save-analysis",
    "orchestrate template list",
    "orchestrate template show",
    "orchestrate template add",
    "orchestrate template update",
    "orchestrate template test",
];

/// Refusals that no transcript can show, why not, and the test that has them.
const ELSEWHERE: [(Code, &str, &str); 20] = [
    (Code::VersionUnknown, "only another program speaks versions", "host/framing.rs"),
    (Code::FrameTooLarge, "only another program sends frames", "host/framing.rs"),
    (Code::OriginForeign, "only a browser calls the host", "host/ends.rs"),
    (Code::StoreFull, "needs a disk of its own", "cli/machine.rs"),
    (Code::StoreBusy, "comes after half a minute of trying", "../native-host/runner/src/error.rs"),
    (Code::StoreExposed, "needs a file that is open to others", "attacks/record.rs"),
    (Code::StoreForeign, "needs a file of another program", "attacks/record.rs"),
    (Code::ProgramFault, "needs a fault of the program", "../native-host/runner/src/fault.rs"),
    (Code::ClipboardNotText, "needs a desktop", "clipboard/main.rs"),
    (Code::ClipboardTooLarge, "needs a desktop", "clipboard/main.rs"),
    (Code::ProviderBusy, "needs a server", "provider/trouble.rs"),
    (Code::ProviderRefused, "needs a server", "provider/trouble.rs"),
    (Code::ReplyUnread, "needs a reader that does not come to its end", "story/slow.rs"),
    (Code::UsageInvalid, "is said in words of its own where nobody wants JSON", "cli/usage.rs"),
    (Code::ProviderBroken, "needs a server", "provider/trouble.rs"),
    (Code::ProjectNone, "only another program starts a session without a project", "story/changes.rs"),
    (Code::ProjectFiles, "needs somebody else in the project", "story/changes.rs"),
    (Code::ChangesMoved, "needs somebody else in the project", "story/changes.rs"),
    (Code::ChangesTooMany, "needs a reply of 2,001 files", "story/changes.rs"),
    (Code::ChangesPruned, "comes after half a gigabyte", "story/changes.rs"),
];

/// A transcript.
struct Transcript {
    path: PathBuf,
    text: String,
}

impl Transcript {
    fn all() -> Vec<Self> {
        let folder = Path::new(TESTS).join("cli/transcripts");
        let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        let read = |path: PathBuf| Self { text: std::fs::read_to_string(&path).unwrap(), path };
        let all: Vec<_> = paths.into_iter().map(read).collect();
        assert!(!all.is_empty(), "the transcripts have moved");
        all
    }

    /// What stands above the first command: why there is this transcript.
    fn opening(&self) -> impl Iterator<Item = &str> {
        self.text.lines().take_while(|line| !line.starts_with("$ "))
    }

    fn typed(&self) -> impl Iterator<Item = &str> {
        self.text.lines().filter_map(|line| line.strip_prefix("$ "))
    }

    fn said(&self) -> impl Iterator<Item = &str> {
        self.text.lines().filter(|line| !line.starts_with("$ "))
    }

    /// The same, played now.
    fn played(&self) -> String {
        let stage = Stage::new();
        let opening = self.opening().map(|line| format!("{line}\n"));
        opening.chain(self.typed().map(|line| format!("$ {line}\n{}", stage.plays(line)))).collect()
    }
}

/// A desk with a shell at it that knows our programs and the stand-in for a model, and nothing of whoever runs the test.
struct Stage {
    desk: Desk,
    bin: PathBuf,
    differs: Vec<(Regex, &'static str)>,
}

impl Stage {
    fn new() -> Self {
        let desk = Desk::new();
        // In a folder that only this user can change, as an installation is.
        let bin = desk.project().with_file_name("bin");
        std::fs::create_dir(&bin).unwrap();
        // Linked, where temporary files are on the same disk; by another process, as what is open for writing here cannot be started.
        let mut install = Command::new("sh");
        install.args([
            "-c",
            "cp --link \"$@\" 2>/dev/null || cp \"$@\"",
            "cp",
            PROGRAM,
            env!("CARGO_BIN_EXE_prompt-runner-host"),
        ]);
        assert!(install.arg(&bin).status().unwrap().success());
        let differs = DIFFERS.iter().map(|(pattern, word)| (Regex::new(pattern).unwrap(), *word)).collect();
        Self { desk, bin, differs }
    }

    fn plays(&self, line: &str) -> String {
        let (mut said, pen) = std::io::pipe().unwrap();
        let path = format!("{}:{TESTS}/cli/bin:{}", self.bin.display(), std::env::var("PATH").unwrap());
        // What hangs is ended, so that it shows as an exit of 124.
        let mut shell = Command::new("timeout");
        shell.args(["60", "bash", "-c", line]).current_dir(self.desk.project()).env_clear().env("PATH", path);
        shell.env("HOME", self.desk.project().with_file_name("")).env("LC_ALL", "C.UTF-8").env("TZ", "UTC");
        shell
            .env("PROMPT_RUNNER_DATA_DIR", self.desk.data())
            .env("PROMPT_RUNNER_CONFIG_DIR", self.desk.places().config);
        shell.env("TESTS", TESTS).stdin(Stdio::null()).stdout(pen.try_clone().unwrap()).stderr(pen);
        let mut child = shell.spawn().unwrap();
        // It holds the pipe open otherwise.
        drop(shell);
        let mut text = String::new();
        said.read_to_string(&mut text).unwrap();
        let code = child.wait().unwrap().code();
        if asks_for_json(line).is_some() {
            let schemas = Schemas::read();
            text.lines().filter(|said| said.starts_with('{')).for_each(|said| schemas.hold_answer(said, line));
        }
        if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        if code != Some(0) {
            text.push_str(&format!(
                "[exit {}]\n",
                code.map_or_else(|| "by a signal".to_owned(), |code| code.to_string())
            ));
        }
        self.in_words(&text)
    }

    /// The text with words for what differs from run to run.
    fn in_words(&self, text: &str) -> String {
        let desk = self.desk.project().with_file_name("");
        let desk = desk.to_str().unwrap().trim_end_matches('/');
        let text =
            text.replace(desk, "<desk>").replace(TESTS, "<tests>").replace(env!("CARGO_PKG_VERSION"), "<version>");
        let text =
            self.differs.iter().fold(text, |text, (pattern, word)| pattern.replace_all(&text, *word).into_owned());
        text.lines().map(|line| format!("{}\n", line.trim_end())).collect()
    }
}

#[test]
fn every_transcript_goes_as_it_is_written() {
    let all = Transcript::all();
    let played: Vec<String> = std::thread::scope(|scope| {
        let threads: Vec<_> = all.iter().map(|transcript| scope.spawn(|| transcript.played())).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let mut wrong = String::new();
    for (transcript, played) in all.iter().zip(played) {
        if played == transcript.text {
            continue;
        }
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            std::fs::write(&transcript.path, played).unwrap();
        } else {
            let name = transcript.path.display().to_string();
            let diff = similar::TextDiff::from_lines(&transcript.text, &played);
            wrong.push_str(&diff.unified_diff().header(&name, "as it goes now").to_string());
        }
    }
    assert!(wrong.is_empty(), "run this with UPDATE_EXPECT=1 if it is meant to be so:\n{wrong}");
}

#[test]
fn every_transcript_says_why_it_is_there() {
    for transcript in Transcript::all() {
        assert!(transcript.text.starts_with("# "), "{}", transcript.path.display());
    }
}

#[test]
fn every_command_is_typed_somewhere() {
    let all = Transcript::all();
    let typed = |path: &String| {
        let words = format!("prompt-runner {path}");
        let ends = |rest: &str| !rest.starts_with(|ch: char| ch == '-' || ch.is_alphanumeric());
        let whole = |line: &str| line.match_indices(&words).any(|(at, _)| ends(&line[at + words.len()..]));
        all.iter().flat_map(Transcript::typed).any(whole)
    };
    let listed = commands().into_iter().flat_map(|one| std::iter::once(one.path).chain(one.others));
    let untyped: Vec<_> = listed.chain(HIDDEN.map(str::to_owned)).filter(|path| !typed(path)).collect();
    assert!(untyped.is_empty(), "no transcript types {untyped:?}");
}

#[test]
fn every_refusal_is_met_somewhere() {
    let all = Transcript::all();
    for (code, why, test) in ELSEWHERE {
        let text = std::fs::read_to_string(Path::new(TESTS).join(test)).unwrap();
        assert!(
            text.contains(code.name()) || text.contains(&format!("{code:?}")),
            "{test} no longer has {}, which {why}",
            code.name()
        );
    }
    let met = |code: &Code| {
        let shown = format!("[{}]", code.name());
        all.iter().flat_map(Transcript::said).any(|line| line.contains(&shown))
    };
    for code in Code::ALL {
        let elsewhere = ELSEWHERE.iter().any(|(other, ..)| other == code);
        assert_eq!(
            met(code),
            !elsewhere,
            "{}: either a transcript shows it, or the table says where it is met",
            code.name()
        );
    }
}
