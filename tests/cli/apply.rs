//! From a reply into the project and back: all files or none, nothing outside of the project, and every byte as it was.

use crate::desk::{Desk, Said, orchestrate, said};
use crate::flow::MODEL;
use std::collections::BTreeMap;
use std::path::Path;

/// A desk at which a session ended with a reply that has these files.
struct Reply {
    desk: Desk,
}

impl Reply {
    fn new(files: &[(&str, &str)], section: &str) -> Self {
        let desk = Desk::new();
        for (path, text) in files {
            let path = desk.project().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let reply = Self { desk };
        reply.says(section);
        reply
    }

    /// Has another session end with this.
    fn says(&self, section: &str) {
        let mut command =
            self.desk.command(&orchestrate(&["flow", "Feature", "--provider", "command", "--command", MODEL]));
        let said = said(&command.env("MODEL_SAYS", section).output().unwrap());
        assert_eq!(said.code, Some(0), "{said:?}");
    }

    fn run(&self, words: &[&str]) -> Said {
        self.desk.run(words)
    }

    /// Every file of the project but for what this program keeps there, with text and permissions.
    fn tree(&self) -> BTreeMap<String, (Vec<u8>, u32)> {
        let root = self.desk.project();
        let mut files = BTreeMap::new();
        let name = |path: &Path| path.strip_prefix(&root).unwrap().display().to_string();
        for (path, bytes) in self.desk.tree() {
            if !path.starts_with(root.join(".prompt-runner")) {
                files.insert(name(&path), (bytes, mode(&path)));
            }
        }
        files
    }

    fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.desk.project().join(path)).unwrap()
    }
}

#[cfg(unix)]
fn mode(path: &Path) -> u32 {
    std::os::unix::fs::PermissionsExt::mode(&path.metadata().unwrap().permissions())
}

#[cfg(not(unix))]
fn mode(_: &Path) -> u32 {
    0
}

const SECTION: &str = "\
### src/main.rs
```rust
fn main() {
    stop();
}
```

### deep/er/new.txt
```
new
```

### Rename: old.txt -> moved/old.txt

### Delete: gone.bin
";

fn prepared() -> Reply {
    Reply::new(
        &[("src/main.rs", "fn main() {}\n"), ("old.txt", "old\r\n"), ("gone.bin", "\u{1}gone"), ("other.txt", "x")],
        SECTION,
    )
}

#[test]
fn what_is_applied_is_on_disk_and_what_is_taken_back_is_as_it_was() {
    let reply = prepared();
    let before = reply.tree();
    assert_eq!(reply.run(&["apply", "--dry-run"]).code, Some(0));
    assert_eq!(reply.tree(), before, "looking changes nothing");

    reply.desk.ok(&["apply", "--yes"]);
    assert_eq!(reply.read("src/main.rs"), "fn main() {\n    stop();\n}\n");
    assert_eq!(reply.read("deep/er/new.txt"), "new\n");
    assert_eq!(reply.read("moved/old.txt"), "old\r\n");
    let after = reply.tree();
    assert_eq!(after.len(), 4, "{after:?}");

    reply.desk.ok(&["undo"]);
    assert_eq!(reply.tree(), before);
    assert!(!reply.desk.project().join("deep").exists(), "folders that were made for it go as well");

    let steps = reply.desk.json(&["undo", "--list"]);
    let undone = steps["steps"][1]["step"].to_string();
    reply.desk.ok(&["undo", &undone]);
    assert_eq!(reply.tree(), after, "taking back can be taken back");
    reply.desk.ok(&["restore", "--at", &undone]);
    assert_eq!(reply.tree(), before);
}

#[test]
fn a_file_that_was_changed_since_is_put_back_only_by_its_name() {
    let reply = prepared();
    let before = reply.tree();
    reply.desk.ok(&["apply", "--yes"]);
    std::fs::write(reply.desk.project().join("src/main.rs"), "mine\n").unwrap();
    let refused = reply.run(&["undo"]);
    assert!(refused.err.contains("changes.since") && refused.err.contains("src/main.rs"), "{refused:?}");
    assert_eq!(reply.read("moved/old.txt"), "old\r\n", "all of it or nothing");
    reply.desk.ok(&["undo", "--force", "src/main.rs"]);
    assert_eq!(reply.tree(), before);
    // And what was there is not lost either.
    let steps = reply.desk.json(&["undo", "--list"]);
    reply.desk.ok(&["undo", &steps["steps"][1]["step"].to_string()]);
    assert_eq!(reply.read("src/main.rs"), "mine\n");
}

#[test]
fn what_was_seen_is_what_is_done() {
    let reply = prepared();
    let session = reply.desk.json(&["status"])["view"]["session"].as_str().unwrap().to_owned();
    // Named as it was ended: an ended session is not the active one for ever.
    let plan = reply.desk.json(&["apply", "--dry-run", "--session", &session]);
    assert_eq!(plan["files"].as_array().unwrap().len(), 4);
    let before = reply.tree();
    let refused = reply.run(&["apply"]);
    assert!(refused.err.contains("nobody agreed"), "{refused:?}");
    assert_eq!(reply.tree(), before);
}

#[test]
fn only_what_is_wanted_is_changed_and_a_doubt_stops_all_the_rest() {
    let section = "### a.txt\n```\na\n```\n\n### b.rs\n```\nb\n// ... existing code ...\n```\n\n### .github/workflows/ci.yml\n```yaml\non: push\n```\n";
    let reply = Reply::new(&[], section);
    let refused = reply.run(&["apply", "--yes"]);
    assert!(refused.err.contains("changes.unclear") && refused.err.contains("b.rs"), "{refused:?}");
    let refused = reply.run(&["apply", "--yes", "--skip", "b.rs"]);
    assert!(refused.err.contains("changes.denied"), "{refused:?}");
    assert_eq!(reply.tree().len(), 0, "nothing was written");
    reply.desk.ok(&["apply", "--yes", "--only", "a.txt"]);
    assert_eq!(reply.tree().keys().collect::<Vec<_>>(), ["a.txt"]);
    reply.desk.ok(&["apply", "--yes", "--only", ".github/workflows/ci.yml", "--allow", ".github/workflows/ci.yml"]);
    assert_eq!(reply.read(".github/workflows/ci.yml"), "on: push\n");
}

#[cfg(unix)]
#[test]
fn no_link_and_nothing_but_an_ordinary_file_is_touched() {
    use std::os::unix::fs::symlink;
    let section = "### in/a.txt\n```\nx\n```\n\n### b.txt\n```\nx\n```\n\n### File: pipe\n```\nx\n```\n\n### File: folder\n```\nx\n```\n";
    let reply = Reply::new(&[("folder/x", "x")], section);
    let (root, outside) = (reply.desk.project(), reply.desk.project().parent().unwrap().join("outside"));
    std::fs::create_dir(&outside).unwrap();
    std::fs::write(outside.join("b.txt"), "safe").unwrap();
    symlink(&outside, root.join("in")).unwrap();
    symlink(outside.join("b.txt"), root.join("b.txt")).unwrap();
    rustix::fs::mkfifoat(rustix::fs::CWD, root.join("pipe"), rustix::fs::Mode::from_raw_mode(0o600)).unwrap();
    let plan = reply.desk.json(&["apply", "--dry-run"]);
    assert_eq!(plan["files"].as_array().unwrap().len(), 0, "{plan}");
    let codes: Vec<&str> =
        plan["faults"].as_array().unwrap().iter().map(|fault| fault["why"]["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["no_plain_file"; 4], "{plan}");
    assert_eq!(std::fs::read_to_string(outside.join("b.txt")).unwrap(), "safe");
    assert!(!outside.join("a.txt").exists());
}

#[cfg(unix)]
#[test]
fn where_one_file_cannot_be_written_none_is() {
    use std::os::unix::fs::PermissionsExt as _;
    let section = "### a.txt\n```\na\n```\n\n### locked/b.txt\n```\nb\n```\n";
    let reply = Reply::new(&[("a.txt", "before\n"), ("locked/x", "x")], section);
    if rustix::process::geteuid().is_root() {
        // Nothing is locked for it; a file in the place of the folder is in anybody's way.
        std::fs::remove_dir_all(reply.desk.project().join("locked")).unwrap();
        std::fs::write(reply.desk.project().join("locked"), "").unwrap();
    } else {
        std::fs::set_permissions(reply.desk.project().join("locked"), std::fs::Permissions::from_mode(0o500)).unwrap();
    }
    let refused = reply.run(&["apply", "--yes"]);
    assert_ne!(refused.code, Some(0), "{refused:?}");
    assert_eq!(reply.read("a.txt"), "before\n");
}
