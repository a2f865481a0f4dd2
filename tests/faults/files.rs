//! R30: files that are changed by a reply are all changed or none, wherever the disk fails or the program is killed, and taken back they are
//! what they were, byte for byte; git finds everything as it was.

use crate::account::{Account, Scale};
use crate::desk::{Desk, Said, orchestrate, said};
use crate::seed::Dice;
use crate::strace::{self, Deed};
use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

/// The stand-in for a model, as a command.
const MODEL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/cli/bin/model");
const ERRORS: [&str; 3] = ["ENOSPC", "EIO", "EACCES"];
/// The calls by which files come to be others.
const CALLS: &str = "openat,mkdirat,write,pwrite64,fsync,fdatasync,fchmod,renameat,renameat2,unlinkat";

/// A project with a history of git, and a session whose reply changes some of its files.
struct Project {
    desk: Desk,
}

/// Every file with its text and permissions, and every folder.
type Tree = BTreeMap<String, Option<(Vec<u8>, u32)>>;

impl Project {
    fn new(dice: &mut Dice) -> Self {
        let desk = Desk::new();
        let root = desk.project();
        std::fs::remove_dir(root.join(".git")).unwrap();
        for nth in 0..6 {
            let path = root.join(format!("dir{}/file{nth}.txt", nth % 3));
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, text(dice)).unwrap();
            let mode = if dice.percent(25) { 0o755 } else { 0o644 };
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        }
        let project = Self { desk };
        project.git(&["init", "-q"]);
        project.git(&["add", "-A"]);
        project.git(&["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "first"]);
        // What git does not know, or knows otherwise.
        std::fs::write(root.join("untracked.txt"), "mine").unwrap();
        std::fs::write(root.join("dir0/file0.txt"), "changed since\n").unwrap();
        let mut command =
            project.desk.command(&orchestrate(&["flow", "Feature", "--provider", "command", "--command", MODEL]));
        let done = said(&command.env("MODEL_SAYS", section(dice)).output().unwrap());
        assert_eq!(done.code, Some(0), "{done:?}");
        project
    }

    fn git(&self, words: &[&str]) -> String {
        let mut git = Command::new("git");
        git.args(words).current_dir(self.desk.project()).env("HOME", self.desk.data()).env("GIT_CONFIG_NOSYSTEM", "1");
        String::from_utf8_lossy(&git.output().unwrap().stdout).into_owned()
    }

    /// What git says of the project: its commit, its index, and what is changed or unknown.
    fn known_to_git(&self) -> [String; 3] {
        [&["rev-parse", "HEAD"][..], &["ls-files", "-s"], &["status", "--porcelain", "--untracked-files=all"]]
            .map(|words| self.git(words))
    }

    fn tree(&self) -> Tree {
        let mut tree = Tree::new();
        walk(&self.desk.project(), &self.desk.project(), &mut tree);
        tree
    }

    fn run(&self, words: &[&str]) -> Said {
        self.desk.run(words)
    }
}

fn walk(root: &Path, folder: &Path, tree: &mut Tree) {
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let (path, name) = (entry.path(), entry.file_name());
        if folder == root && (name == ".git" || name == ".prompt-runner") {
            continue;
        }
        let data = path.symlink_metadata().unwrap();
        let key = path.strip_prefix(root).unwrap().display().to_string();
        if data.is_dir() {
            tree.insert(key, None);
            walk(root, &path, tree);
        } else {
            tree.insert(key, Some((std::fs::read(&path).unwrap(), data.permissions().mode())));
        }
    }
}

fn text(dice: &mut Dice) -> String {
    let lines = dice.roll(30) + 1;
    (0..lines).map(|nth| format!("line {nth} {}\n", dice.roll(1_000_000))).collect()
}

/// Files that are new, changed, renamed and deleted, in some order.
fn section(dice: &mut Dice) -> String {
    let mut section = String::new();
    for nth in 0..6 {
        section += &match dice.roll(6) {
            0 => format!("### Delete: dir{}/file{nth}.txt\n\n", nth % 3),
            1 => format!("### Rename: dir{}/file{nth}.txt -> moved/{nth}/file.txt\n\n", nth % 3),
            2 => String::new(),
            _ => format!("### dir{}/file{nth}.txt\n```\n{}```\n\n", nth % 3, text(dice)),
        };
    }
    section + &format!("### new/folder/file.txt\n```\n{}```\n\n### top.txt\n```\n{}```\n", text(dice), text(dice))
}

pub(crate) fn changed(scale: Scale) -> Account {
    if let Some(account) = strace::cannot(scale) {
        return account;
    }
    let rounds = scale.of(12, 120, 1_000);
    let mut account = Account {
        unit: "faults within a change of files",
        ran: rounds.into(),
        promised: 1_000,
        lost: Some(0),
        ..Account::default()
    };
    let (mut before_them, mut after_them, mut unharmed) = (0, 0, 0);
    let mut dice = Dice::new(27);
    for round in 0..rounds {
        let project = Project::new(&mut dice);
        let (before, known) = (project.tree(), project.known_to_git());
        // What it becomes, and back, without any fault.
        let trace = project.desk.data().with_file_name("trace");
        let apply = project.desk.command(&orchestrate(&["apply", "--yes"]));
        let watched = said(&strace::all(&apply, CALLS, &trace, Deed::Watch, &(String::new(), 0)).output().unwrap());
        account.hold(watched.code == Some(0), || format!("round {round}: {watched:?}"));
        let after = project.tree();
        let undone = project.run(&["undo"]);
        account.hold(undone.code == Some(0) && project.tree() == before, || {
            format!("round {round}: not taken back: {undone:?}")
        });
        account.hold(project.known_to_git() == known, || format!("round {round}: git finds something else"));
        // The same with a fault at one of its calls.
        let calls = strace::calls(&trace);
        let call = &calls[usize::try_from(dice.roll(calls.len() as u64)).unwrap()];
        let deed = if dice.percent(50) { Deed::Kill } else { Deed::Fail(dice.one_of(&ERRORS)) };
        let outcome = said(&strace::all(&apply, CALLS, &trace, deed, call).output().unwrap());
        let what = format!("round {round}: {deed:?} at {} of {}", call.1, call.0);
        let listed = project.run(&["undo", "--list"]);
        account.hold(listed.code == Some(0), || format!("{what}: {listed:?}"));
        let now = project.tree();
        account.hold(now == before || now == after, || {
            format!("{what}: neither before nor after; it said {outcome:?}; now {:?}", now.keys())
        });
        account.hold(outcome.code != Some(0) || now == after, || format!("{what}: acknowledged, and not done"));
        match (now == after, outcome.code) {
            (true, Some(0)) => unharmed += 1,
            (true, _) => after_them += 1,
            (false, _) => before_them += 1,
        }
        if now == after && now != before {
            let undone = project.run(&["undo"]);
            account.hold(undone.code == Some(0) && project.tree() == before, || {
                format!("{what}: not taken back: {undone:?}")
            });
        }
        account.hold(project.known_to_git() == known, || format!("{what}: git finds something else"));
    }
    account.notes.push(format!("{before_them} ended as before, {after_them} as after, {unharmed} did no harm"));
    account
}
