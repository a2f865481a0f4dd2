//! Git, asked in real repositories.

use super::*;
use std::fs;
use std::process::Command;
use tempfile::TempDir;

/// A repository with one commit, on the branch `dark-mode`.
fn repository() -> TempDir {
    let top = tempfile::tempdir().unwrap();
    git(top.path(), &["init", "--quiet", "--initial-branch", "dark-mode"]);
    for (key, value) in [("user.name", "Tilde Ñ"), ("user.email", "tilde@example.org"), ("commit.gpgsign", "false")] {
        git(top.path(), &["config", key, value]);
    }
    fs::create_dir_all(top.path().join("src")).unwrap();
    write(&top, "src/main.rs", "fn main() {}\n");
    write(&top, "old name.py", "a = 1\nb = 2\nc = 3\nd = 4\n");
    git(top.path(), &["add", "."]);
    git(top.path(), &["commit", "--quiet", "--message", "Begin"]);
    top
}

fn git(folder: &Path, words: &[&str]) {
    let mut command = Command::new("git");
    command.args(words).current_dir(folder).env_remove("GIT_DIR").env_remove("GIT_INDEX_FILE");
    assert!(command.status().unwrap().success(), "git {words:?}");
}

fn write(top: &TempDir, name: &str, text: impl AsRef<[u8]>) {
    fs::write(top.path().join(name), text).unwrap();
}

#[test]
fn a_repository_says_where_the_work_stands_and_what_changed_since() {
    let top = repository();
    let (begin, nothing) = look(top.path(), None).unwrap();
    assert_eq!((begin.branch.as_deref(), begin.user.as_deref()), (Some("dark-mode"), Some("Tilde Ñ")));
    assert_eq!(nothing, None);
    let commit = begin.commit.unwrap();

    write(&top, "src/main.rs", "fn main() {\n    dark();\n}\n");
    git(top.path(), &["mv", "old name.py", "new name.py"]);
    write(&top, "src/mode_test.go", "package mode\n");
    write(&top, "picture.png", b"\x89PNG\0\0\0");
    git(top.path(), &["add", "."]);
    git(top.path(), &["commit", "--quiet", "--message", "Go on"]);
    write(&top, "src/main.rs", "fn main() {\n    dark();\n    light();\n}\n");
    write(&top, "untracked.rs", "nobody told git of it\n");

    let (end, change) = look(top.path(), Some(&commit)).unwrap();
    assert_ne!(end.commit.as_ref(), Some(&commit));
    let languages = vec![("Go", 1), ("Python", 1), ("Rust", 1)];
    let expected = Change { files: 4, added: 5, removed: 1, tests: 1, languages };
    assert_eq!(
        change,
        Some(expected),
        "committed and not committed, a rename as no change of lines, a picture as a file"
    );
    assert_eq!(look(&top.path().join("src"), Some(&commit)).unwrap().1.map(|change| change.files), Some(2));
    assert_eq!(look(top.path(), Some("--output=x")).unwrap().1, None, "what is no commit is not asked for");
    assert!(!top.path().join(".git/index.lock").exists());
}

#[test]
fn where_there_is_little_to_know_little_is_known() {
    let empty = tempfile::tempdir().unwrap();
    fs::create_dir(empty.path().join(".git")).unwrap();
    assert_eq!(look(empty.path(), None), None, "a folder `.git` makes no repository");
    assert_eq!(look(&empty.path().join("gone"), None), None);
    git(empty.path(), &["init", "--quiet", "--initial-branch", "main"]);
    let (work, _) = look(empty.path(), None).unwrap();
    assert_eq!((work.branch.as_deref(), work.commit), (Some("main"), None), "before the first commit");
    let top = repository();
    git(top.path(), &["checkout", "--quiet", "--detach"]);
    let (work, _) = look(top.path(), None).unwrap();
    assert_eq!((work.branch, work.commit.map(|commit| commit.len())), (None, Some(40)));
}

/// A repository's settings may name programs; none of them may run because somebody took a feature up.
#[test]
#[cfg(unix)]
fn no_program_that_a_repository_names_is_run() {
    use std::os::unix::fs::PermissionsExt;
    let top = repository();
    let commit = look(top.path(), None).unwrap().0.commit;
    let trap = top.path().join("trap");
    fs::write(&trap, format!("#!/bin/sh\ntouch '{}'\ncat\n", top.path().join("sprung").display())).unwrap();
    fs::set_permissions(&trap, fs::Permissions::from_mode(0o755)).unwrap();
    let trap = trap.display().to_string();
    for key in ["core.fsmonitor", "core.pager", "diff.external", "diff.trap.command", "diff.trap.textconv"] {
        git(top.path(), &["config", key, &trap]);
    }
    fs::create_dir_all(top.path().join(".git/hooks")).unwrap();
    fs::copy(&trap, top.path().join(".git/hooks/post-index-change")).unwrap();
    write(&top, ".gitattributes", "*.rs diff=trap\n");
    write(&top, "src/main.rs", "fn main() { dark() }\n");
    assert_eq!(look(top.path(), commit.as_deref()).unwrap().1.map(|change| change.added), Some(1));
    assert!(!top.path().join("sprung").exists());
}

/// The bytes of all files of a copy.
#[cfg(unix)]
fn copied(index: &Path) -> Option<u64> {
    let apart = Apart::make(index, 40)?;
    let (_, folder) = apart.variables(Path::new("/"), Path::new("/"))[0];
    Some(fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().metadata().unwrap().len()).sum())
}

/// Whatever lies beside an index, no more of it is written than an index may have.
#[test]
#[cfg(unix)]
fn of_an_index_its_own_two_parts_are_copied_and_no_more_than_one_may_have() {
    use std::os::unix::fs::symlink;
    let top = repository();
    let folder = top.path().join(".git");
    let index = folder.join("index");
    let sparse = |name: &str, mib: u64| fs::File::create(folder.join(name)).unwrap().set_len(mib << 20).unwrap();
    git(top.path(), &["update-index", "--split-index"]);
    let names = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let other = names.into_iter().find(|name| name.starts_with("sharedindex.")).unwrap();
    let whole = copied(&index).unwrap();
    let both = [&index, &folder.join(&other)].map(|part| part.metadata().unwrap().len());
    assert!(whole > both.iter().sum(), "{whole} {both:?}");
    for number in 0..8 {
        sparse(&format!("sharedindex.{number:040x}"), 64);
        symlink(&other, folder.join(format!("sharedindex.{:040x}", 16 + number))).unwrap();
    }
    assert_eq!(copied(&index), Some(whole), "what the index does not name");
    // Both parts have one bound.
    sparse(&other, 64);
    assert_eq!(copied(&index), None);
    sparse(&other, 63);
    assert!(copied(&index).unwrap() < 64 << 20);
    fs::remove_file(folder.join(&other)).unwrap();
    symlink(format!("sharedindex.{:040x}", 0), folder.join(&other)).unwrap();
    assert_eq!(copied(&index), None, "a link in the place of the other part");
    fs::remove_file(&index).unwrap();
    symlink(format!("sharedindex.{:040x}", 0), &index).unwrap();
    assert_eq!(copied(&index), None, "a link in the place of the index");
    fs::remove_file(&index).unwrap();
    sparse("index", 65);
    assert_eq!(copied(&index), None);
}
