//! Completions and manual pages: made of the command line itself, accepted by who reads them, and complete.

use crate::desk::{Desk, PROGRAM, Said, said};
use std::collections::BTreeSet;
use std::io::Write;
use std::process::{Command, Stdio};

fn run(desk: &Desk, words: &[&str]) -> Said {
    said(&desk.command(words).output().unwrap())
}

/// The commands that the help of these words names.
fn commands(desk: &Desk, words: &[&str]) -> Vec<String> {
    let help = run(desk, &[words, &["--help"]].concat()).ok(words);
    let (_, list) = help.split_once("Commands:\n").unwrap();
    let names = list.lines().take_while(|line| !line.is_empty()).filter(|line| !line.starts_with("   "));
    names.filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect()
}

#[test]
fn each_shell_gets_completions_that_know_every_command() {
    let desk = Desk::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = run(&desk, &["completions", shell]).ok(&[shell]);
        for command in commands(&desk, &[]).iter().chain(&commands(&desk, &["orchestrate"])) {
            assert!(script.contains(command.as_str()), "{shell} does not know {command}");
        }
    }
    assert_eq!(run(&desk, &["completions", "tcsh"]).code, Some(2));
}

#[test]
fn bash_accepts_its_completions_and_completes_by_them() {
    let desk = Desk::new();
    let mut script = run(&desk, &["completions", "bash"]).ok(&["bash"]);
    let bash = |words: &[&str], script: &str| {
        let mut bash = Command::new("bash")
            .args(words)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        bash.stdin.take().unwrap().write_all(script.as_bytes()).unwrap();
        said(&bash.wait_with_output().unwrap())
    };
    let checked = bash(&["-n"], &script);
    assert_eq!((checked.code, checked.err.as_str()), (Some(0), ""));
    // What bash does at a press of Tab.
    script += r#"
function=$(complete -p prompt-runner | sed 's/.* -F \([^ ]*\).*/\1/')
tab() {
    COMP_WORDS=("$@")
    COMP_CWORD=$(($# - 1))
    $function "$1" "${@: -1}" "${@: -2:1}"
    echo "${COMPREPLY[@]}"
}
tab prompt-runner orch
tab prompt-runner orchestrate an
tab prompt-runner orchestrate use-session --proj
tab prompt-runner doctor --f
"#;
    assert_eq!(bash(&[], &script).out, "orchestrate\nanalyze\n--project\n--fix\n");
}

#[test]
fn every_command_has_its_manual_page() {
    let desk = Desk::new();
    let dir = desk.project().join("man/man1");
    let folder = dir.display().to_string();
    assert_eq!(run(&desk, &["man", "--dir", &folder]).ok(&["man"]), "");
    let mut expected = BTreeSet::from(["prompt-runner.1".to_owned()]);
    expected.extend(commands(&desk, &[]).iter().map(|name| format!("prompt-runner-{name}.1")));
    for group in ["orchestrate", "template", "workflow", "stats", "db"] {
        let verbs = commands(&desk, &[group]);
        expected.extend(verbs.iter().map(|name| format!("prompt-runner-{group}-{name}.1")));
    }
    let pages: BTreeSet<String> =
        std::fs::read_dir(&dir).unwrap().map(|page| page.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(pages, expected);
    for page in &pages {
        let text = std::fs::read_to_string(dir.join(page)).unwrap();
        let title = format!("\n.TH {} 1 ", page.trim_end_matches(".1"));
        assert!(text.contains(&title) && text.contains("\n.SH SYNOPSIS\n"), "{page}: {text}");
    }
    let page = run(&desk, &["man"]).ok(&["man"]);
    assert_eq!(page, std::fs::read_to_string(dir.join("prompt-runner.1")).unwrap());
}

#[test]
fn a_page_that_finds_no_place_or_no_reader_is_no_crash() {
    let desk = Desk::new();
    let file = desk.file("file", "");
    let refused = run(&desk, &["man", "--dir", &file]);
    assert_eq!(refused.code, Some(2));
    assert!(refused.err.starts_with("prompt-runner: The pages cannot be written into "), "{}", refused.err);
    for words in ["man", "completions bash"] {
        let script = format!("set -o pipefail; '{PROGRAM}' {words} | head -0");
        assert_eq!(said(&Command::new("bash").args(["-c", &script]).output().unwrap()).code, Some(0), "{words}");
    }
}
