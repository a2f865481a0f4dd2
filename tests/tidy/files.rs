//! The files of the house: all that git knows or would take, and what holds for each of them.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Written by a program, or by a model for a test to read.
const NOT_BY_HAND: &[&str] = &["extension/types/protocol.d.ts", "package-lock.json", "Cargo.lock"];
/// What a file of this kind opens with. JSON knows no comments; templates and markdown are texts themselves.
const OPENINGS: &[(&str, &[&str])] = &[
    ("rs", &["//!", "//"]),
    ("js", &["//", "/*"]),
    ("mjs", &["//", "/*"]),
    ("ts", &["//", "/*"]),
    ("css", &["/*"]),
    ("sql", &["--"]),
    ("toml", &["#"]),
    ("html", &["<!--"]),
];

/// The top of the repository.
pub(crate) fn top() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Every file that is in git or would be, from the top.
pub(crate) fn all() -> Vec<String> {
    let output = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard", "-z"])
        .current_dir(top())
        .output()
        .expect("git is needed: it knows which files are ours");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let names = String::from_utf8(output.stdout).unwrap();
    let generated = ["target", "node_modules", "dist", "engine"];
    let ours = |name: &&str| !name.split('/').any(|part| generated.contains(&part)) && top().join(name).is_file();
    let names: Vec<_> = names.split_terminator('\0').filter(ours).map(str::to_owned).collect();
    assert!(names.len() > 50, "this is not the repository: {names:?}");
    names
}

pub(crate) fn read(name: &str) -> String {
    std::fs::read_to_string(top().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn extension(name: &str) -> &str {
    name.rsplit_once('.').map_or("", |(_, extension)| extension)
}

/// Source that somebody wrote.
fn written() -> impl Iterator<Item = String> {
    let code = |name: &String| OPENINGS.iter().any(|(kind, _)| *kind == extension(name));
    all().into_iter().filter(|name| !NOT_BY_HAND.contains(&name.as_str())).filter(code)
}

/// Fails with all that is wrong at once.
pub(crate) fn none(wrong: &[String], what_to_do: &str) {
    assert!(wrong.is_empty(), "{what_to_do}:\n  {}", wrong.join("\n  "));
}

#[test]
fn every_file_opens_by_saying_why_it_exists() {
    let silent = |name: &String| {
        let text = read(name);
        let text = text.trim_start_matches('\u{feff}').trim_start();
        // What has to come first may: the line that starts a script, and the document type.
        let first = ["#!/", "<!doctype"].iter().any(|line| text.to_lowercase().starts_with(line));
        let text = if first { text.split_once('\n').map_or("", |(_, rest)| rest).trim_start() } else { text };
        let (_, openings) = OPENINGS.iter().find(|(kind, _)| *kind == extension(name)).unwrap();
        !openings.iter().any(|opening| text.starts_with(opening))
    };
    none(&written().filter(silent).collect::<Vec<_>>(), "open these with a comment that says why they exist");
}

#[test]
fn no_file_is_a_drawer_for_anything() {
    let drawer = |name: &String| {
        let file = Path::new(name).file_stem().unwrap().to_string_lossy().to_lowercase();
        ["util", "helper", "misc", "common"].iter().any(|word| file.starts_with(word))
    };
    none(&all().into_iter().filter(drawer).collect::<Vec<_>>(), "name these after what is in them");
}

#[test]
fn nothing_is_left_for_later() {
    // Spelled in two halves, so that this file does not find itself.
    let marks: Vec<String> = [("TO", "DO"), ("FIX", "ME"), ("XX", "X:"), ("unimpl", "emented!"), ("to", "do!(")]
        .map(|(first, second)| format!("{first}{second}"))
        .into();
    let left = |name: String| {
        let text = read(&name);
        let marked = |line: &&str| marks.iter().any(|mark| line.contains(mark.as_str()));
        text.lines().position(|line| marked(&line)).map(|line| format!("{name}:{}", line + 1))
    };
    none(&written().filter_map(left).collect::<Vec<_>>(), "finish these, or write down elsewhere that they are open");
}

#[test]
fn no_markup_is_made_out_of_text() {
    let makers = [
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "insert_adjacent_html",
        "set_inner_html",
        "set_outer_html",
        "document.write",
    ];
    let page = |name: &String| {
        (name.starts_with("extension/") && extension(name) == "js")
            || (name.starts_with("wasm/src/") && extension(name) == "rs")
    };
    let made = |name: String| {
        let text = read(&name);
        makers.iter().find(|maker| text.contains(**maker)).map(|maker| format!("{name}: {maker}"))
    };
    none(
        &all().into_iter().filter(page).filter_map(made).collect::<Vec<_>>(),
        "make elements and set their text instead",
    );
}
