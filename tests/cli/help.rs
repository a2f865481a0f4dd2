//! What help says there is: the list of commands, against which the transcripts and the schemas are held.

use crate::desk::PROGRAM;
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
