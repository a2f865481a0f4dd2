//! Whatever the command line reads, something that never ends, or keeps whoever opens it waiting, may stand in its place. On Linux, where
//! these can be made.

use crate::answer::{self, Fault};
use crate::desk::{Desk, Said, said};
use crate::report::tell;
use std::fs::File;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// None of these may take as long as this, on a busy machine too.
const SOON: Duration = Duration::from_secs(20);

/// What a command says, if it ends at all.
fn soon(command: &mut Command) -> Said {
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let begun = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if begun.elapsed() > SOON {
            child.kill().unwrap();
            panic!("{command:?} waits, or reads for ever");
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    said(&child.wait_with_output().unwrap())
}

/// Things that are no ordinary file, under paths that are fit to be put anywhere.
struct Things {
    desk: Desk,
    paths: Vec<(&'static str, PathBuf)>,
    _socket: UnixListener,
}

impl Things {
    fn new() -> Self {
        let desk = Desk::new();
        let top = desk.project().parent().unwrap().to_owned();
        let made = |name: &str| top.join(name);
        assert!(Command::new("mkfifo").arg(made("fifo")).status().unwrap().success());
        let socket = UnixListener::bind(made("socket")).unwrap();
        std::os::unix::fs::symlink("/dev/zero", made("link")).unwrap();
        let devices = [("zeros", "/dev/zero"), ("a full disk", "/dev/full"), ("a terminal", "/dev/ptmx")];
        let paths = [("a pipe", made("fifo")), ("a socket", made("socket")), ("a link to zeros", made("link"))];
        let devices = devices.map(|(what, path)| (what, PathBuf::from(path)));
        let folder = [("a folder", desk.project())];
        Self { paths: devices.into_iter().chain(paths).chain(folder).collect(), desk, _socket: socket }
    }

    /// Puts a link to the thing where the program looks for a file of its own.
    fn put(&self, place: &Path, thing: &Path) {
        std::fs::create_dir_all(place.parent().unwrap()).unwrap();
        let _ = std::fs::remove_file(place);
        std::os::unix::fs::symlink(thing, place).unwrap();
    }
}

#[test]
fn a_file_that_somebody_names_is_an_ordinary_one_or_refused_at_once() {
    let things = Things::new();
    things.desk.ok(&["plan", "Dark mode"]);
    let before = things.desk.record();
    let mut tried = 0;
    for (what, path) in &things.paths {
        let path = path.to_str().unwrap();
        for words in [
            &["process", "--file", path][..],
            &["read", "--phase", "planning", path],
            &["read", "--phase", "planning", "--blocks", path],
            &["plan", "--file", path],
            &["batch", "--provider", "command", "--command", "true", "--file", path],
            &["template", "add", "planning", "--file", path],
            &["template", "test", "planning", "--file", path],
            &["flow", "--session", "dark", "--provider", "file", "--reply-file", path],
        ] {
            let said = soon(&mut things.desk.command(words));
            assert!(matches!(said.code, Some(2 | 5 | 8)), "{words:?} of {what}: {said:?}");
            tried += 1;
        }
        assert_eq!(things.desk.record().1, before.1, "{what}");
    }
    tell("E100", tried, "names of what is no ordinary file", "each refused at once");
}

#[test]
fn a_file_that_the_program_looks_for_is_an_ordinary_one_or_as_good_as_none() {
    let things = Things::new();
    things.desk.ok(&["plan", "Dark mode"]);
    let (config, project, data) = (things.desk.places().config, things.desk.project(), things.desk.data());
    let mut tried = 0;
    for (what, path) in &things.paths {
        for (place, words) in [
            (config.join("config.toml"), &["flow", "f", "--provider", "mine"][..]),
            (config.join("prices.toml"), &["stats"]),
            (config.join("templates/planning.md.jinja"), &["template", "show", "planning"]),
            (project.join(".prompt-runner/templates/planning.md.jinja"), &["template", "list"]),
            (project.join(".prompt-runner/active-session"), &["status"]),
            (data.join("prompt_line"), &["status", "--short"]),
            (
                project.parent().unwrap().join(".config/chromium/NativeMessagingHosts/io.github.prompt_runner.json"),
                &["doctor"],
            ),
        ] {
            things.put(&place, path);
            let said = soon(&mut things.desk.command(words));
            assert!(said.code.is_some_and(|code| code < 10), "{words:?} with {what}: {said:?}");
            std::fs::remove_file(&place).unwrap();
            tried += 1;
        }
    }
    // A glance must not be kept waiting by the record itself either.
    for (_, path) in &things.paths {
        let elsewhere = things.desk.project().parent().unwrap().join("elsewhere");
        things.put(&elsewhere.join("prompt-runner.db"), path);
        let mut command = things.desk.command(&["status", "--short"]);
        assert!(soon(command.env("PROMPT_RUNNER_DATA_DIR", &elsewhere)).code.is_some_and(|code| code < 10));
        tried += 1;
    }
    tell("E100", tried, "files of ours with something else in their place", "none is waited for");
}

#[test]
fn standard_input_without_an_end_is_read_up_to_a_length() {
    let desk = Desk::new();
    let prompt = desk.ok(&["plan", "Dark mode"]);
    let before = desk.record();
    for (words, code) in [
        (&["process"][..], "reply.too_large"),
        (&["process", "--file", "-"], "reply.too_large"),
        (&["read", "--phase", "planning"], "reply.too_large"),
        (&["plan", "-"], "feature.invalid"),
        (&["flow", "-"], "feature.invalid"),
        (&["batch", "--file", "-"], "feature.invalid"),
        (&["template", "add", "planning", "--file", "-"], "template.invalid"),
        (&["template", "test", "planning", "--file", "-"], "template.invalid"),
    ] {
        for endless in ["/dev/zero", "letters"] {
            let mut command = desk.command(words);
            let said = if endless == "letters" {
                let mut letters = Command::new("yes").stdout(Stdio::piped()).spawn().unwrap();
                let said = soon(command.stdin(letters.stdout.take().unwrap()));
                letters.kill().unwrap();
                letters.wait().unwrap();
                said
            } else {
                soon(command.stdin(File::open(endless).unwrap()))
            };
            assert!(said.err.lines().next().unwrap_or_default().ends_with(&format!("[{code}]")), "{words:?}: {said:?}");
        }
    }
    assert_eq!(desk.record(), before);
    // What comes out of a pipe is as good as a file, as long as it ends.
    let reply = answer::markdown(&prompt, "x", Fault::None);
    assert_eq!(desk.run_with(&["process"], reply).code, Some(0));
}
