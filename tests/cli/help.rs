//! What help says there is: the list of commands, against which the transcripts and the schemas are held.

use crate::desk::PROGRAM;
use prompt_runner_core::refusal::Code;
use std::process::Command;

/// A command that help lists.
pub(crate) struct Listed {
    /// Its words after the program's name.
    pub(crate) path: String,
    /// What it may be called as well, by all its words.
    pub(crate) others: Vec<String>,
    /// Its own help.
    pub(crate) help: String,
}

/// Every command, those below others included.
pub(crate) fn commands() -> Vec<Listed> {
    let mut found = Vec::new();
    below("", &of(""), &mut found);
    assert!(found.len() > 30, "help reads otherwise now: {:?}", found.iter().map(|one| &one.path).collect::<Vec<_>>());
    found
}

fn below(path: &str, help: &str, found: &mut Vec<Listed>) {
    let listed = help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    // What goes on in a second line stands further to the right.
    for line in listed.filter(|line| !line.starts_with("   ")) {
        let whole = |name: &str| format!("{path} {name}").trim().to_owned();
        let path = whole(line.split_whitespace().next().unwrap());
        let others = line.split_once("[alias: ").map_or("", |(_, others)| others.trim_end_matches(']'));
        let others = others.split(", ").filter(|other| !other.is_empty()).map(whole).collect();
        let help = of(&path);
        below(&path, &help, found);
        found.push(Listed { path, others, help });
    }
}

fn of(path: &str) -> String {
    let help = Command::new(PROGRAM).args(path.split_whitespace()).arg("--help").output().unwrap();
    String::from_utf8(help.stdout).unwrap()
}

#[test]
fn the_page_about_the_command_line_names_every_command_and_exit_code() {
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/CLI.md")).unwrap();
    let listed = commands().into_iter().flat_map(|one| std::iter::once(one.path).chain(one.others));
    let unnamed: Vec<_> = listed
        // What only holds others together is not typed by itself.
        .filter(|path| !["orchestrate", "template", "workflow"].contains(&path.as_str()))
        .filter(|path| !page.contains(&format!("`{path}`")))
        .collect();
    assert!(unnamed.is_empty(), "docs/CLI.md does not name {unnamed:?}");
    for code in Code::ALL {
        assert!(
            page.contains(&format!("\n| {} | ", code.exit())),
            "docs/CLI.md has no row for exit code {}",
            code.exit()
        );
    }
}
