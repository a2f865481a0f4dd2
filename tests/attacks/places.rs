//! E: paths that lead out. A project is whatever somebody cloned, and a workspace of the predecessor whatever lies in it: links, names
//! and kinds of files of every sort. Nothing is read or written outside.

use crate::desk::{Desk, said};
use crate::report::tell;
use runner::testing::Workspace;
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

const SECRET: &str = "what stands outside";

/// Everything below a folder: what it is, and what stands in it.
fn tree(folder: &Path) -> BTreeMap<PathBuf, String> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if entry.file_type().unwrap().is_dir() {
            found.extend(tree(&path));
        }
        found.insert(path.clone(), fs::read_to_string(&path).unwrap_or_default());
    }
    found
}

/// What a project brings along to have us write elsewhere, or read without end: the link and where it leads, from the project and
/// from the folder outside.
const LINKS: [(&str, &str); 16] = [
    (".prompt-runner", "OUT"),
    (".prompt-runner", "OUT/new"),
    (".prompt-runner", "../outside"),
    (".prompt-runner/.gitignore", "OUT/new"),
    (".prompt-runner/.gitignore", "OUT/file"),
    (".prompt-runner/active-session", "OUT/file"),
    (".prompt-runner/active-session", "/dev/zero"),
    (".prompt-runner/active-session", "/dev/stdin"),
    (".prompt-runner/active-session", "active-session"),
    (".prompt-runner/prompts", "OUT"),
    (".prompt-runner/prompts", "../../outside"),
    (".prompt-runner/templates", "OUT"),
    (".prompt-runner/templates/planning.md.jinja", "OUT/file"),
    (".prompt-runner/templates/planning.md.jinja", "OUT/new"),
    (".prompt-runner/templates/planning.md.jinja", "/dev/zero"),
    (".prompt-runner/templates/planning.md.jinja", "/dev/stdin"),
];

#[test]
fn no_link_in_a_project_leads_us_out_of_it() {
    for (link, target) in LINKS {
        let desk = Desk::new();
        let outside = desk.project().parent().unwrap().join("outside");
        fs::create_dir(&outside).unwrap();
        fs::write(outside.join("file"), SECRET).unwrap();
        let template = desk.file("own.jinja", include_str!("../../core/src/template/planning.md.jinja"));
        let place = desk.project().join(link);
        fs::create_dir_all(place.parent().unwrap()).unwrap();
        symlink(target.replace("OUT", outside.to_str().unwrap()), &place).unwrap();
        let before = tree(&outside);
        for words in [
            &["status"][..],
            &["status", "--short"],
            &["plan", "Dark mode"],
            &["plan", "Dark mode", "--save-to-file"],
            &["use-session", "dark"],
            &["show"],
            &["template", "list"],
            &["template", "show", "planning"],
            &["template", "add", "planning", "--file", &template],
            &["template", "reset", "planning"],
            &["skip"],
        ] {
            // A reader without end would need more memory than this; one that waits ends with the input.
            let line = shlex::try_join([crate::desk::PROGRAM].into_iter().chain(words.iter().copied())).unwrap();
            let desk = desk.command(&[]);
            let mut limited = Command::new("bash");
            limited.args(["-c", &format!("ulimit -v 2000000; exec timeout 20 {line}")]);
            limited.current_dir(desk.get_current_dir().unwrap());
            limited.envs(desk.get_envs().filter_map(|(name, value)| Some((name, value?))));
            // A pipe that nobody writes into and nobody closes.
            let (input, _open) = std::io::pipe().unwrap();
            let said = said(&limited.stdin(input).output().unwrap());
            assert!(said.code.is_some_and(|code| code < 10), "{link} -> {target}: {words:?}: {said:?}");
            assert!(
                !said.out.contains(SECRET) && !said.err.contains(SECRET),
                "{link} -> {target}: {words:?}: {said:?}"
            );
            assert_eq!(tree(&outside), before, "{link} -> {target}: {words:?}: {said:?}");
        }
    }
    tell(
        "E66",
        LINKS.len() * 11,
        "commands in projects whose links lead out or never end",
        "0 bytes read or written outside",
    );
}

/// The names of files that we write on the way are known beforehand, but for the number of the process.
#[test]
fn a_link_where_we_write_next_is_not_followed() {
    let desk = Desk::new();
    let outside = desk.project().parent().unwrap().join("outside");
    fs::write(&outside, SECRET).unwrap();
    let folder = desk.project().join(".prompt-runner");
    fs::create_dir_all(folder.join("templates")).unwrap();
    let template = desk.file("own.jinja", include_str!("../../core/src/template/planning.md.jinja"));
    // The shell knows its number, and the program keeps it.
    let script = r#"
        for name in "active-session.$$" "templates/planning.md.jinja.$$"; do ln -s "$1" ".prompt-runner/$name"; done
        shift; exec "$@""#;
    for words in [
        &["plan", "Dark mode"][..],
        &["plan", "Light mode", "--save-to-file"],
        &["use-session", "dark"],
        &["template", "add", "planning", "--file", &template],
    ] {
        let desk = desk.command(&[]);
        let mut shell = Command::new("sh");
        shell.args(["-euc", script, "sh", outside.to_str().unwrap(), crate::desk::PROGRAM]).args(words);
        shell.current_dir(desk.get_current_dir().unwrap());
        shell.envs(desk.get_envs().filter_map(|(name, value)| Some((name, value?))));
        let said = said(&shell.output().unwrap());
        assert_eq!(said.code, Some(0), "{words:?}: {said:?}");
        assert_eq!(fs::read_to_string(&outside).unwrap(), SECRET, "{words:?}");
    }
    tell("E67", 4, "commands with links where they write next", "0 bytes written outside");
}

/// Names of files as a workspace may hold them, and as its JSON may spell them.
const NAMES: [&str; 24] = [
    "../outside/secret.md",
    "../../outside/secret.md",
    "....//outside/secret.md",
    "..\\outside\\secret.md",
    "/etc/passwd",
    "//etc/passwd",
    "file:///etc/passwd",
    "~/secret.md",
    "$HOME/secret.md",
    "C:\\Windows\\win.ini",
    "\\\\server\\share\\x",
    "\\\\?\\C:\\x",
    "../orchestrator_workspace-evil/secret.md",
    "outputs/../../outside/secret.md",
    "%2e%2e/outside/secret.md",
    "..%00/outside/secret.md",
    "CON",
    "NUL.md",
    "trailing.",
    "trailing ",
    ".GIT/config",
    "secre\u{301}t.md",
    "secr\u{e9}t.md",
    "-rf",
];

#[test]
fn nothing_in_a_workspace_leads_out_of_it() {
    let desk = Desk::new();
    let outside = desk.project().parent().unwrap().join("outside");
    let workspace = desk.project().join("orchestrator_workspace");
    let evil = desk.project().join("orchestrator_workspace-evil");
    for folder in [&outside, &evil, &workspace.join("sessions"), &workspace.join("outputs")] {
        fs::create_dir_all(folder).unwrap();
    }
    for folder in [&outside, &evil] {
        fs::write(folder.join("secret.md"), SECRET).unwrap();
    }
    let mut expected = 0;
    for (at, name) in NAMES.iter().enumerate() {
        let id = format!("evil{at:02}_20250301_0900{at:02}");
        let files = ["orchestrator_prompt", "analysis_output", "execution_notes"].map(|kind| (kind, *name));
        let json = serde_json::json!({
            "id": id, "status": "analyzing", "feature_request": name, "timestamp": "2025-03-01T09:00:00",
            "files": files.into_iter().collect::<BTreeMap<_, _>>(), "workspace": name, "output_dir": name,
        });
        fs::write(workspace.join(format!("sessions/{id}.json")), json.to_string()).unwrap();
        // And as a name, where a name can be so.
        let flat = name.replace('/', "\u{2215}");
        fs::write(workspace.join(format!("outputs/{id}_{flat}.md")), "inside").unwrap();
        expected += 1;
    }
    let link = |from: &str, to: &Path| symlink(to, workspace.join(from)).unwrap();
    link("outputs/evil00_20250301_090000_a.md", &outside.join("secret.md"));
    link("outputs/evil00_20250301_090000_b.md", Path::new("../../outside/secret.md"));
    link("outputs/evil00_20250301_090000_c.md", Path::new("/proc/self/environ"));
    link("outputs/evil00_20250301_090000_d.md", Path::new("/dev/zero"));
    link("outputs/evil00_20250301_090000_e.md", Path::new("/dev/stdin"));
    link("outputs/evil00_20250301_090000_f.md", Path::new("evil00_20250301_090000_f.md"));
    link("outputs/evil00_20250301_090000_g", &outside);
    link("outputs/evil00_20250301_090000_h.md", &evil.join("secret.md"));
    link("templates", &outside);
    link("sessions/evil99_20250301_090099.json", &outside.join("secret.md"));
    let fifo = workspace.join("outputs/evil00_20250301_090000_i.md");
    assert!(Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    let socket = workspace.join("outputs/evil00_20250301_090000_j.md");
    let _listening = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    let device = workspace.join("outputs/evil00_20250301_090000_k.md");
    // Only root can make one.
    let made = Command::new("mknod").arg(&device).args(["c", "1", "5"]).output().unwrap().status.success();
    let closed = workspace.join("outputs/evil00_20250301_090000_l.md");
    fs::write(&closed, "closed").unwrap();
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o000)).unwrap();
    let before = tree(&outside);
    for words in [&["migrate", ".", "--json"][..], &["migrate", ".", "--apply", "--json"], &["migrate", "."]] {
        let said = said(&desk.command(words).output().unwrap());
        assert_eq!(said.code, Some(0), "{said:?}");
        assert!(!said.out.contains(SECRET), "{}", said.out);
    }
    assert_eq!(tree(&outside), before);
    let list = desk.json(&["list", "--limit", "500"]);
    assert_eq!(list["sessions"].as_array().unwrap().len(), expected);
    for view in list["sessions"].as_array().unwrap() {
        let shown = desk.ok(&["show", view["session"].as_str().unwrap(), "--json"]);
        assert!(!shown.contains(SECRET) && !shown.contains("root:"), "{shown}");
    }
    let odd = 12 + usize::from(made);
    tell("E58-65", NAMES.len() * 2, "names that lead out, in JSON and as files", "0 bytes from outside");
    tell(
        "E68",
        odd,
        "links, loops, pipes, sockets, devices and closed files in a workspace",
        "each named or left, none followed out",
    );
}

#[test]
fn a_file_that_is_exchanged_for_a_link_while_it_is_read_does_not_lead_out() {
    let home = tempfile::tempdir().unwrap();
    let outputs = home.path().join("orchestrator_workspace/outputs");
    fs::create_dir_all(&outputs).unwrap();
    fs::create_dir(home.path().join("outside")).unwrap();
    fs::write(home.path().join("outside/a.md"), SECRET).unwrap();
    let (inside, place, aside) = (outputs.join("a.md"), outputs.join("a.md"), home.path().join("aside"));
    fs::write(&inside, "inside").unwrap();
    let stop = AtomicBool::new(false);
    let (mut read, rounds) = (0, AtomicUsize::new(0));
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !stop.load(Ordering::Relaxed) {
                // Every other hundred the file is left alone: else a fast exchange on a busy machine is all that is ever met.
                if rounds.load(Ordering::Relaxed) / 100 % 2 == 1 {
                    std::thread::yield_now();
                    continue;
                }
                symlink("../../outside/a.md", &aside).unwrap();
                fs::rename(&aside, &place).unwrap();
                fs::write(&aside, "inside").unwrap();
                fs::rename(&aside, &place).unwrap();
            }
        });
        while rounds.load(Ordering::Relaxed) < 10_000 {
            let workspace = Workspace::read(home.path()).unwrap();
            let round = rounds.fetch_add(1, Ordering::Relaxed);
            for file in &workspace.files {
                read += 1;
                if String::from_utf8_lossy(&file.bytes) == SECRET {
                    stop.store(true, Ordering::Relaxed);
                    panic!("round {round} read what stands outside");
                }
            }
        }
        stop.store(true, Ordering::Relaxed);
    });
    let rounds = rounds.into_inner();
    assert!(read > 0 && read < rounds, "{read} of {rounds}: the link was there at times, and at times the file");
    tell("E67", rounds, "readings while a file is exchanged for a link and back", "0 led out");
}
