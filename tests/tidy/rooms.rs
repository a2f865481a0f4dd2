//! The floors of the house: what core may stand on, and which room of the middle may know which. What doors may know stands in `doors.rs`.

use crate::files::{all, none, read, top};
use std::collections::BTreeSet;
use std::process::Command;

/// All that core is built on, with every feature that a program uses. A new name here is a decision: it must build for the
/// page, and must not bring a clock, files, a network or randomness.
const UNDER_CORE: &[&str] = &[
    "prompt-runner-core",
    // serde, and the macros that derive it
    "serde",
    "serde_core",
    "serde_derive",
    "syn",
    "quote",
    "proc-macro2",
    "unicode-ident",
    // the template engine and what it stands on
    "minijinja",
    "memo-map",
    "self_cell",
    // the CommonMark parser and what it stands on
    "pulldown-cmark",
    "bitflags",
    "memchr",
    "unicase",
    // the tables by which two names of files are one on some system, and what they stand on
    "unicode-normalization",
    "tinyvec",
    "tinyvec_macros",
    // the JSON reader and what it stands on
    "serde_json",
    "itoa",
    "zmij",
];

/// The rooms of the middle (native-host/runner) and of which other rooms each may speak; the use cases in its root may speak of all of them.
const MIDDLE: &[(&str, &[&str])] = &[
    ("bounded", &[]),
    ("terminal", &[]),
    ("atomic_file", &[]),
    ("clock", &[]),
    ("fault", &[]),
    ("full", &[]),
    ("store", &["bounded", "atomic_file"]),
    ("places", &[]),
    ("project", &["bounded", "atomic_file"]),
    ("legacy", &["bounded"]),
    ("child", &[]),
    ("confined", &["child", "bounded"]),
    ("templates", &["project", "bounded", "atomic_file", "confined"]),
    ("clipboard", &["bounded"]),
    ("decode", &[]),
    ("git", &["child", "bounded", "atomic_file"]),
    ("tree", &[]),
    ("workflows", &["templates", "project", "bounded", "atomic_file"]),
    ("hex", &[]),
    ("prices", &["hex", "bounded"]),
    ("tokens", &["prices"]),
    ("provider", &["clipboard", "bounded", "clock", "terminal"]),
];

/// A file of the doors or of the middle.
fn is_native(name: &str) -> bool {
    name.starts_with("native-host/src/") || name.starts_with("native-host/runner/src/")
}

#[test]
fn core_stays_pure() {
    let output = Command::new(env!("CARGO"))
        .args([
            "tree",
            "--offline",
            "-p",
            "prompt-runner-core",
            "--features",
            "native",
            "-e",
            "normal",
            "--prefix",
            "none",
        ])
        .current_dir(top())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let found: BTreeSet<&str> = text.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert!(found.contains("prompt-runner-core"), "{text}");
    let strangers: Vec<String> =
        found.iter().filter(|name| !UNDER_CORE.contains(name)).map(|name| (*name).to_owned()).collect();
    none(&strangers, "core does not stand on these; put what needs them into native-host");
}

/// The code of a file without its tests and its comments.
pub(crate) fn code(text: &str) -> String {
    let code = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
    code.lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .fold(String::new(), |code, line| code + line + "\n")
}

/// The names after `crate::`, or another beginning, in the code of a file; of a list in braces, however long, each first one.
pub(crate) fn named_after(begin: &str, text: &str) -> BTreeSet<String> {
    let code = code(text);
    let mut named = BTreeSet::new();
    for (at, _) in code.match_indices(begin) {
        if code[..at].ends_with(|ch: char| ch.is_alphanumeric() || ch == '_') {
            continue;
        }
        let after = &code[at + begin.len()..];
        for path in if after.starts_with('{') { listed(after) } else { vec![after] } {
            let name: String = path.trim().chars().take_while(|ch| ch.is_alphanumeric() || *ch == '_').collect();
            if name.chars().all(|ch| ch.is_lowercase() || ch == '_') {
                named.insert(name);
            }
        }
    }
    named
}

/// The members of a list in braces; one with a list of its own is one member.
fn listed(text: &str) -> Vec<&str> {
    let (mut depth, mut begin, mut members) = (0, 1, Vec::new());
    for (at, ch) in text.char_indices() {
        depth += match ch {
            '{' => 1,
            '}' => -1,
            _ => 0,
        };
        if depth == 0 || depth == 1 && ch == ',' {
            members.push(&text[begin..at]);
            begin = at + 1;
        }
        if depth == 0 {
            break;
        }
    }
    members.retain(|member| !member.trim().is_empty());
    members
}

/// The files of a folder, each with the room that it is in.
pub(crate) fn files_of(folder: &str) -> Vec<(String, String)> {
    let inside = |name: String| {
        let room =
            name.strip_prefix(folder).filter(|inside| inside.ends_with(".rs"))?.split(['/', '.']).next()?.to_owned();
        Some((name, room))
    };
    let found: Vec<_> = all().into_iter().filter_map(inside).collect();
    assert!(found.len() > 20, "{folder} has moved; this test looks at nothing");
    found
}

#[test]
fn a_room_of_the_middle_knows_only_the_rooms_below_it() {
    let mut wrong = Vec::new();
    for (name, room) in files_of("native-host/runner/src/") {
        // A use case may speak of every room, and no room of a use case: those have no name here.
        let Some((_, below)) = MIDDLE.iter().find(|(known, _)| *known == room) else { continue };
        for other in named_after("crate::", &read(&name)) {
            if other != room && !below.contains(&other.as_str()) {
                wrong.push(format!("{name} names `crate::{other}`"));
            }
        }
    }
    none(&wrong, "a room imports only from below");
}

#[test]
fn names_of_rooms_are_found_however_they_are_written() {
    let text = "use crate::{store::Store, frame};\n// crate::cli\nlet x = crate::host::main();\n#[cfg(test)]\nmod tests { use crate::project; }";
    assert_eq!(named_after("crate::", text), BTreeSet::from(["store", "frame", "host"].map(str::to_owned)));
    let long = "use runner::{\n    Runner, git::{self, Work},\n    features,\n};";
    assert_eq!(named_after("runner::", long), BTreeSet::from(["git", "features"].map(str::to_owned)));
    assert_eq!(named_after("runner::", "use runner::*;"), BTreeSet::from([String::new()]));
    assert_eq!(named_after("runner::", "use runner::git;\nuse forerunner::hex;"), BTreeSet::from(["git".to_owned()]));
}

/// What a project brings must not run, so there is one place that knows how to ask.
#[test]
fn git_is_asked_in_one_place() {
    let ours = |name: &String| {
        let place = is_native(name) || name.starts_with("xtask/src/");
        place && name.ends_with(".rs") && !name.ends_with("/tests.rs")
    };
    let asks =
        |name: &String| read(name).split("#[cfg(test)]\nmod tests").next().is_some_and(|code| code.contains("\"git\""));
    let found: Vec<String> = all().into_iter().filter(ours).filter(asks).collect();
    assert_eq!(found, ["native-host/runner/src/git/program.rs"]);
}

/// The programs are doors' names and nothing else.
#[test]
fn the_programs_hold_no_code() {
    for name in all().iter().filter(|name| name.starts_with("native-host/src/bin/")) {
        let lines = read(name).lines().count();
        assert!(lines <= 30, "{name}: {lines} lines; move them into the library");
    }
}

/// Each way to read without an end, and what stands beside it where there is one.
const ENDLESS: [(&str, &str); 6] = [
    ("fs::read(", "no"),
    ("fs::read_to_string(", "no"),
    ("File::open(", "no"),
    (".read_to_end(", ".take("),
    (".read_to_string(", ".take("),
    (".read_line(", ".take("),
];

#[test]
fn nothing_is_read_without_an_end() {
    let mut wrong = Vec::new();
    for name in all().into_iter().filter(|name| is_native(name) && name.ends_with(".rs")) {
        if name.ends_with("/bounded.rs") || name.ends_with("tests.rs") {
            continue;
        }
        let text = read(&name);
        let code = text.split("\nmod tests {").next().unwrap();
        for (at, line) in code.lines().enumerate() {
            let endless = |(way, beside): &&(&str, &str)| line.contains(way) && !line.contains(beside);
            wrong.extend(ENDLESS.iter().find(endless).map(|(way, _)| format!("{name}:{}: {way}…)", at + 1)));
        }
    }
    none(&wrong, "a file or a stream may be a device that never ends; read it by `bounded`, or take so much of it");
}

/// Each way to make or change a file that follows a link, or leaves its mode to the umask.
const LOOSE: [&str; 9] = [
    "fs::write(",
    "fs::copy(",
    "fs::rename(",
    "File::create",
    ".create(true)",
    ".create_new(",
    "set_permissions(",
    "OpenOptions::new()",
    "generate_to(",
];

#[test]
fn files_are_written_in_two_places() {
    let mut wrong = Vec::new();
    for name in all().into_iter().filter(|name| is_native(name) && name.ends_with(".rs")) {
        // Ours are written by the one, and those of a project by the other.
        if name.ends_with("/atomic_file.rs") || name.ends_with("/tree.rs") || name.ends_with("tests.rs") {
            continue;
        }
        let text = read(&name);
        let code = text.split("\nmod tests {").next().unwrap();
        for (at, line) in code.lines().enumerate() {
            wrong
                .extend(LOOSE.iter().find(|way| line.contains(**way)).map(|way| format!("{name}:{}: {way}…)", at + 1)));
        }
    }
    none(&wrong, "a link may lie in the place of any file; write by `atomic_file`, or by `tree` in a project");
}
