//! E95: links that somebody laid in the place of what the programs write: under the names of the files themselves, and under each name
//! that a number of a process makes foreseeable. What they lead to keeps its bytes and its mode.

use crate::desk::Desk;
use crate::report::tell;
use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::path::Path;
use std::process::Output;

/// What nobody may touch: a program of the user, as everybody may start it.
const THEIRS: &str = "#!/bin/sh\necho theirs\n";

fn target(desk: &Desk) -> String {
    let file = desk.file("theirs", THEIRS);
    fs::set_permissions(&file, Permissions::from_mode(0o755)).unwrap();
    file
}

/// Runs the program as a process whose number is known before: `#` in the names of the links stands for it.
fn run(desk: &Desk, links: &[String], kind: &str, words: &[&str]) -> Output {
    let script = r##"
        target=$1 kind=$2 links=$3; shift 3
        printf '%s\n' "$links" | while IFS= read -r name; do
            name=$(printf '%s' "$name" | sed "s/#/$$/g")
            rm -f -- "$name"; mkdir -p -- "${name%/*}"
            ln $kind -- "$target" "$name"
        done
        exec "$@""##;
    let mut command = desk.command(&[]);
    let program = command.get_program().to_owned();
    let mut shell = std::process::Command::new("sh");
    shell.args(["-c", script, "sh", &target(desk), kind, &links.join("\n")]).arg(program).args(words);
    shell.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    shell.current_dir(desk.project()).stdin(std::process::Stdio::null());
    command.env_clear();
    shell.output().unwrap()
}

/// What is ours is an ordinary file of this mode, and not the one that is theirs.
fn ours(file: &Path, mode: u32) {
    let data = file.symlink_metadata().unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    assert_eq!((data.is_file(), data.mode() & 0o7777), (true, mode), "{}", file.display());
    assert_ne!(fs::read(file).unwrap(), THEIRS.as_bytes(), "{}", file.display());
}

fn untouched(desk: &Desk, what: &str) {
    let file = desk.data().with_file_name("theirs");
    let data = file.metadata().unwrap();
    assert_eq!((data.mode() & 0o7777, fs::read_to_string(file).unwrap()), (0o755, THEIRS.to_owned()), "{what}");
}

#[test]
fn nothing_that_is_written_or_repaired_goes_through_a_link() {
    let mut tried = 0;
    // A second name for the file is as good as a link for whoever writes through it.
    for kind in ["-s", "-P"] {
        let desk = Desk::new();
        let (data, project) = (desk.data(), desk.project());
        let names = |folder: &Path, names: &[&str]| -> Vec<String> {
            names.iter().map(|name| folder.join(name).display().to_string()).collect()
        };
        let mut go = |links: Vec<String>, words: &[&str], code: Option<i32>| {
            let output = run(&desk, &links, kind, words);
            untouched(&desk, &format!("{kind} {words:?} {}", String::from_utf8_lossy(&output.stderr)));
            assert!(code.is_none() || output.status.code() == code, "{kind} {words:?}: {output:?}");
            tried += links.len();
            output
        };
        let folder = project.join(".prompt-runner");
        fs::create_dir_all(folder.join("prompts")).unwrap();
        let planned = go(
            names(&folder, &["active-session", "active-session.#", "active-session.tmp", ".active-session.#.tmp"]),
            &["plan", "Dark mode", "--save-to-file"],
            Some(0),
        );
        assert!(!planned.stdout.is_empty());
        ours(&folder.join("active-session"), 0o600);
        let prompt = fs::read_dir(folder.join("prompts")).unwrap().next().unwrap().unwrap().path();
        ours(&prompt, 0o600);
        let name = prompt.file_name().unwrap().to_str().unwrap().to_owned();
        go(
            names(&folder.join("prompts"), &[&name, &format!("{name}.#"), &format!(".{name}.#.tmp")]),
            &["orchestrate", "plan", "--save-to-file"],
            None,
        );
        // What a shell prompt keeps of its last look, from the second one on.
        desk.ok(&["status", "--short"]);
        go(names(&data, &["prompt_line", "prompt_line.#", ".prompt_line.#.tmp"]), &["status", "--short"], Some(0));
        ours(&data.join("prompt_line"), 0o600);
        // The manifest and its draft.
        let profile = project.join("profile/NativeMessagingHosts");
        fs::create_dir_all(&profile).unwrap();
        let manifest = "io.github.prompt_runner.json";
        go(
            names(&profile, &[manifest, &format!(".{manifest}.#.tmp"), &format!("{manifest}.#")]),
            &["install", "--user-data-dir", "profile"],
            Some(0),
        );
        ours(&profile.join(manifest), 0o644);
        // The manual.
        go(
            names(&project.join("man"), &["prompt-runner.1", "prompt-runner-flow.1"]),
            &["man", "--dir", "man"],
            Some(0),
        );
        ours(&project.join("man/prompt-runner.1"), 0o644);
        // The templates.
        let templates = folder.join("templates");
        go(
            names(&templates, &["planning.md.#", ".planning.md.#.tmp", "planning.md.draft"]),
            &["template", "edit", "planning", "--project"],
            None,
        );
        // A copy of the record.
        go(names(&project, &["copy.db"]), &["db", "backup", "copy.db"], Some(2));
        // What doctor repairs: each name that looks like a part of the record, and its own probe.
        let parts = ["prompt-runner.db-old", "prompt-runner.db.bak", ".doctor-#", "prompt-runner.db-journal.1"];
        go(names(&data, &parts), &["doctor", "--fix", "--user-data-dir", "profile"], None);
        for name in parts {
            let _ = fs::remove_file(data.join(name));
        }
        fs::set_permissions(&data, Permissions::from_mode(0o755)).unwrap();
        go(names(&data, &["prompt-runner.db-wal"]), &["doctor", "--fix", "--user-data-dir", "profile"], None);
    }
    // The directory of the data is a link itself: what it leads to is somebody's folder.
    let desk = Desk::new();
    target(&desk);
    let folder = desk.data().with_file_name("public");
    fs::create_dir(&folder).unwrap();
    fs::set_permissions(&folder, Permissions::from_mode(0o755)).unwrap();
    symlink(&folder, desk.data()).unwrap();
    desk.doctor(&["--fix"]);
    assert_eq!(folder.metadata().unwrap().mode() & 0o7777, 0o755);
    tell(
        "E95",
        tried + 1,
        "links in the place of what is written or repaired",
        "none was followed, nothing behind one changed",
    );
}
