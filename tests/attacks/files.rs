//! T1, T2 and E58 to E74: replies that want to be written where no reply may be. On a real tree with links, second names, pipes and folders that
//! are locked, by every form of a change, and while somebody exchanges a folder for a link: nothing outside of the project becomes another, nor
//! does anything in it that is denied, and what was changed is put back to the byte.

use crate::answer::{self, Fault};
use crate::report::tell;
use prompt_runner_core::changes::FilePath;
use prompt_runner_core::event::{Source, Timing};
use prompt_runner_core::protocol::{Body, Handler as _, ask};
use prompt_runner_core::session::SessionId;
use runner::Runner;
use runner::places::Places;
use std::collections::BTreeMap;
use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use tempfile::TempDir;

/// Each path by so many of the forms in turn, and so often a folder is exchanged for a link; `cargo xtask attacks --full` asks for all.
const FORMS: usize = 3;
const RACES: usize = 200;
const ALL_RACES: usize = 10_000;

/// Whether all of it is asked for.
fn full() -> bool {
    std::env::var_os("PROMPT_RUNNER_ATTACKS_FULL").is_some()
}

/// A project among others' files, and a runner.
struct Town {
    top: TempDir,
    runner: Runner,
}

/// Every file below a folder with its text, permissions and number of names, and every folder and link.
type Tree = BTreeMap<PathBuf, (String, Vec<u8>, u32, u64)>;

impl Town {
    fn new() -> Self {
        let top = tempfile::tempdir().unwrap();
        let at = |name: &str| top.path().join(name);
        for folder in [
            "outside/deep",
            "project-evil",
            "project/.git/hooks",
            "project/src",
            "project/locked",
            "project/.vscode",
            "data",
        ] {
            fs::create_dir_all(at(folder)).unwrap();
        }
        for file in ["outside/secret", "outside/deep/secret", "outside/shared", "project-evil/x", "passwd"] {
            fs::write(at(file), "theirs\n").unwrap();
        }
        for file in [
            "src/main.rs",
            "src/lib.rs",
            "locked/x",
            "README.md",
            ".git/config",
            ".git/hooks/pre-commit",
            ".vscode/tasks.json",
            "bin",
        ] {
            fs::write(at("project").join(file), "ours\n").unwrap();
        }
        let project = at("project");
        symlink(at("outside"), project.join("out")).unwrap();
        symlink("../outside/secret", project.join("secret.txt")).unwrap();
        symlink("..", project.join("up")).unwrap();
        symlink("loop", project.join("loop")).unwrap();
        symlink("/etc", project.join("etc")).unwrap();
        symlink("nowhere/at/all", project.join("dangling.txt")).unwrap();
        symlink(".git", project.join("dotgit")).unwrap();
        symlink("/proc/self/cwd", project.join("cwd")).unwrap();
        fs::hard_link(at("outside/shared"), project.join("shared.txt")).unwrap();
        rustix::fs::mkfifoat(rustix::fs::CWD, project.join("pipe"), rustix::fs::Mode::from_raw_mode(0o600)).unwrap();
        fs::set_permissions(project.join("locked"), Permissions::from_mode(0o500)).unwrap();
        let places = Places { data: at("data"), config: at("config") };
        let runner = Runner::open(&places).unwrap();
        Self { top, runner }
    }

    fn project(&self) -> PathBuf {
        self.top.path().join("project")
    }

    /// A session that ended with this section of files.
    fn ended(&mut self, section: &str) -> SessionId {
        let project = Some(self.project().canonicalize().unwrap().display().to_string());
        let start =
            ask::Start { feature: "Files".to_owned(), project, workflow: Some("quick".to_owned()), conversation: None };
        let session = self.runner.ask(start).unwrap().view.session;
        let prompt = self.runner.ask(ask::Prompt { session: session.clone(), phase: None, repair: None }).unwrap();
        let text = answer::markdown(&prompt.text, &format!("\n\n{section}"), Fault::None);
        let capture = ask::Capture {
            capture: "c".to_owned(),
            session: session.clone(),
            phase: None,
            body: Body::Markdown(text),
            source: Source::File,
            timing: Timing::default(),
            conversation: None,
            others: Vec::new(),
            by: None,
        };
        self.runner.ask(capture).unwrap();
        session
    }

    /// Applies all that is planned for a session; whether anything was.
    fn apply(&mut self, session: &SessionId) -> bool {
        let plan = self.runner.ask(ask::Changes { session: session.clone(), phase: None }).unwrap();
        let files: Vec<FilePath> = plan.files.iter().map(|file| file.path.clone()).collect();
        let apply =
            |files, token| ask::Apply { session: session.clone(), phase: None, token, files, allow: Vec::new() };
        // All of it, and then what is not denied by itself.
        if self.runner.ask(apply(None, plan.token.clone())).is_ok() {
            return true;
        }
        let plain: Vec<FilePath> =
            plan.files.iter().filter(|file| file.denied.is_none()).map(|file| file.path.clone()).collect();
        if self.runner.ask(apply(Some(files), plan.token.clone())).is_ok() {
            return true;
        }
        !plain.is_empty() && self.runner.ask(apply(Some(plain), plan.token)).is_ok()
    }

    fn undo(&mut self, session: &SessionId) {
        self.runner.ask(ask::Undo { session: session.clone(), step: None, force: Vec::new() }).unwrap();
    }
}

fn tree(top: &Path, skip: &[PathBuf]) -> Tree {
    let mut tree = Tree::new();
    let mut folders = vec![top.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap().map(Result::unwrap) {
            let (path, data) = (entry.path(), entry.path().symlink_metadata().unwrap());
            if skip.contains(&path) {
                continue;
            }
            let kind = format!("{:?}", data.file_type());
            let bytes = if data.is_file() {
                fs::read(&path).unwrap()
            } else if data.is_symlink() {
                fs::read_link(&path).unwrap().into_os_string().into_encoded_bytes()
            } else {
                Vec::new()
            };
            if data.is_dir() {
                folders.push(path.clone());
            }
            let names = if data.is_file() { data.nlink() } else { 0 };
            tree.insert(path, (kind, bytes, data.permissions().mode(), names));
        }
    }
    tree
}

/// Paths that lead where no reply may write, or to what is no ordinary file of the project.
fn paths() -> Vec<String> {
    let mut paths: Vec<String> = [
        // Up and out, in every spelling.
        "../passwd",
        "../../passwd",
        "src/../../passwd",
        "./../passwd",
        "..//passwd",
        "....//passwd",
        "..\\passwd",
        "src\\..\\..\\passwd",
        "%2e%2e/passwd",
        "..%2fpasswd",
        ".. /passwd",
        "../project-evil/x",
        "../project/../passwd",
        "src/./.././../passwd",
        "/etc/passwd",
        "//etc/passwd",
        "~/.bashrc",
        "~root/x.txt",
        "$HOME/x.txt",
        "C:\\x.txt",
        "C:/x.txt",
        "c:x.txt",
        "\\\\host\\share\\x.txt",
        "//host/share/x.txt",
        "\\\\?\\C:\\x.txt",
        "file:///etc/passwd",
        "/proc/self/environ",
        // Letters that are not seen, or end a name.
        "src/a\u{202e}txt.exe",
        "src/\u{200b}main.rs",
        "src/a\u{0}.rs",
        "src/a\u{7}.rs",
        "src/a\u{feff}.rs",
        "src/a\u{85}.rs",
        "src/a\r.rs",
        // Names of devices and streams.
        "CON.txt",
        "src/nul.rs",
        "aux.h",
        "COM1.txt",
        "LPT9.md",
        "src/main.rs::$DATA",
        "src/main.rs:evil.txt",
        "x.rs.",
        "x.rs ",
        "src./x.rs",
        // Links, loops, pipes, second names, folders.
        "out/secret",
        "out/deep/secret",
        "out/new.txt",
        "secret.txt",
        "up/passwd",
        "up/project/src/main.rs",
        "loop/x.txt",
        "loop",
        "etc/passwd",
        "etc/new.txt",
        "dangling.txt",
        "cwd/x.txt",
        "pipe",
        "pipe/x.txt",
        "shared.txt",
        "src",
        "src/main.rs/x.txt",
        "bin/x.txt",
        "locked/x",
        "locked/new.txt",
        // What gives power.
        ".git/config",
        ".git/hooks/pre-commit",
        ".git/hooks/post-checkout",
        ".GIT/config",
        ".Git/HOOKS/pre-commit",
        "git~1/config",
        "GIT~1/hooks/pre-commit",
        ".git./config",
        ".git /config",
        ".g\u{200c}it/config",
        "dotgit/config",
        "sub/.git/config",
        ".gitmodules",
        ".vscode/tasks.json",
        ".VSCode/settings.json",
        ".idea/workspace.xml",
        ".github/workflows/ci.yml",
        ".GitHub/Workflows/ci.yml",
        ".gitlab-ci.yml",
        "Jenkinsfile",
        ".claude/settings.json",
        ".mcp.json",
        "CLAUDE.md",
        "AGENTS.md",
        ".cursor/rules.md",
        ".envrc",
        ".bashrc",
        "sub/.zshenv",
        ".profile",
        ".npmrc",
        ".cargo/config.toml",
        ".husky/pre-commit",
        ".pre-commit-config.yaml",
        ".prompt-runner/active-session",
        ".prompt-runner/workflows/x.toml",
        ".PROMPT-RUNNER/x.toml",
        ".ssh/authorized_keys",
        "id_rsa",
        ".devcontainer/devcontainer.json",
        "x.code-workspace",
        ".dir-locals.el",
    ]
    .map(str::to_owned)
    .into();
    paths.push(format!("{}x.txt", "deep/".repeat(600)));
    paths.push(format!("{}.txt", "n".repeat(300)));
    paths
}

/// The forms in which a reply may say that.
fn forms(path: &str) -> Vec<String> {
    vec![
        format!("### {path}\n\n```\nevil\n```\n"),
        format!("### File: `{path}`\n\n```\nevil\n```\n"),
        format!("```text {path}\nevil\n```\n"),
        format!("### {path}\n\n<<<<<<< SEARCH\ntheirs\n=======\nevil\n>>>>>>> REPLACE\n"),
        format!("```diff\n--- a/{path}\n+++ b/{path}\n@@ -1 +1 @@\n-theirs\n+evil\n```\n"),
        format!("```diff\n--- /dev/null\n+++ b/{path}\n@@ -0,0 +1 @@\n+evil\n```\n"),
        format!(
            "```diff\ndiff --git a/README.md b/{path}\nsimilarity index 100%\nrename from README.md\nrename to {path}\n```\n"
        ),
        format!(
            "```diff\ndiff --git a/{path} b/moved.txt\nsimilarity index 100%\nrename from {path}\nrename to moved.txt\n```\n"
        ),
        format!(
            "```diff\ndiff --git a/{path} b/{path}\nnew file mode 120000\n--- /dev/null\n+++ b/{path}\n@@ -0,0 +1 @@\n+/etc/passwd\n```\n"
        ),
        format!("*** Begin Patch\n*** Add File: {path}\n+evil\n*** End Patch\n"),
        format!("*** Begin Patch\n*** Update File: README.md\n*** Move to: {path}\n@@\n-ours\n+evil\n*** End Patch\n"),
        format!("*** Begin Patch\n*** Delete File: {path}\n*** End Patch\n"),
        format!("### Delete: `{path}`\n"),
        format!("### Rename: `README.md` -> `{path}`\n"),
        format!("### Rename: `{path}` -> `moved.txt`\n"),
    ]
}

#[test]
fn nothing_outside_of_a_project_and_nothing_that_is_denied_becomes_another() {
    let mut town = Town::new();
    let (top, project) = (town.top.path().to_owned(), town.project());
    let ours = [top.join("data"), top.join("config"), project.join(".prompt-runner")];
    let outside = |skip: &[PathBuf]| tree(&top, &[skip, std::slice::from_ref(&project)].concat());
    let denied = || -> Vec<Tree> { [".git", ".vscode"].map(|name| tree(&project.join(name), &[])).into() };
    let (before_outside, before_denied, before) = (outside(&ours), denied(), tree(&project, &ours));
    let (mut replies, mut applied) = (0, 0);
    for (nth, path) in paths().into_iter().enumerate() {
        let forms = forms(&path);
        let some = if full() { forms.len() } else { FORMS };
        for section in forms.iter().cycle().skip(nth * FORMS % forms.len()).take(some) {
            replies += 1;
            let session = town.ended(section);
            let did = town.apply(&session);
            assert_eq!(outside(&ours), before_outside, "{path:?}: {section}");
            assert_eq!(denied(), before_denied, "{path:?}: {section}");
            let now = tree(&project, &ours);
            assert!(did || now == before, "{path:?}: refused, and something was changed: {section}");
            for name in now.keys().filter(|name| !before.contains_key(*name)) {
                let inside = name.strip_prefix(&project).unwrap();
                let path = FilePath::new(inside.to_str().unwrap()).unwrap();
                assert!(
                    now[name].0.contains("is_dir: true") || prompt_runner_core::changes::denied(&path, &[]).is_none(),
                    "{section}"
                );
            }
            if did {
                applied += 1;
                town.undo(&session);
                assert_eq!(tree(&project, &ours), before, "{path:?}: not put back: {section}");
            }
        }
    }
    assert!(replies >= 200 && applied > 0, "{replies} replies, {applied} applied");
    tell(
        "E58-65",
        replies,
        "replies that want to write elsewhere, by every form",
        &format!("0 bytes outside or denied; {applied} wrote an ordinary file of the project, and were put back"),
    );
}

/// A folder that is a link half of the time: whoever looks first and writes then is led out.
#[test]
fn a_folder_that_is_exchanged_for_a_link_leads_nowhere() {
    let rounds = if full() { ALL_RACES } else { RACES };
    let mut town = Town::new();
    let (folder, aside, outside) =
        (town.project().join("src"), town.project().join("aside"), town.top.path().join("outside"));
    let before = tree(&outside, &[]);
    let session = town.ended(
        "### src/main.rs\n```\nnew\n```\n\n### src/secret\n```\nevil\n```\n\n### src/deep/secret\n```\nevil\n```\n",
    );
    let stop = AtomicBool::new(false);
    let mut applied = 0;
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !stop.load(Ordering::Relaxed) {
                let _ = fs::rename(&folder, &aside);
                let _ = symlink(&outside, &folder);
                let _ = fs::remove_file(&folder);
                let _ = fs::rename(&aside, &folder);
            }
        });
        for _ in 0..rounds {
            let Ok(plan) = town.runner.ask(ask::Changes { session: session.clone(), phase: None }) else { continue };
            let files = Some(plan.files.iter().map(|file| file.path.clone()).collect());
            let apply =
                ask::Apply { session: session.clone(), phase: None, token: plan.token, files, allow: Vec::new() };
            if town.runner.ask(apply).is_ok() {
                applied += 1;
                let _ = town.runner.ask(ask::Undo { session: session.clone(), step: None, force: Vec::new() });
            }
        }
        stop.store(true, Ordering::Relaxed);
    });
    assert_eq!(tree(&outside, &[]), before);
    tell(
        "E67",
        rounds,
        "rounds against a folder that is exchanged for a link",
        &format!("0 escapes; {applied} found the folder and wrote into it"),
    );
}
