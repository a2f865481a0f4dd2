//! Git is asked about whatever somebody cloned or unpacked, and a repository can name programs in many places. Each set-up here is a
//! real repository with a trap in one of those places; a whole session goes through it, with every git of this machine, and no trap
//! may spring. Where plain git steps into the trap, that is tried too: a set-up that cannot spring shows nothing.

use crate::desk::{Desk, said};
use crate::report::tell;
use rusqlite::Connection;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// A set-up: its name; what lays it; words with which plain git springs its trap, if any do; and how many new lines are to be counted
/// nonetheless, where the work can be measured safely.
struct SetUp(&'static str, fn(&Place), &'static [&'static str], Option<u64>);

const DIFF: &[&str] = &["diff", "HEAD", "--"];
const NONE: &[&str] = &[];

const SET_UPS: &[SetUp] = &[
    SetUp("clean filter", |at| at.filter("clean"), DIFF, Some(1)),
    SetUp("filter process", |at| at.filter("process"), DIFF, Some(1)),
    SetUp("required filter", |at| (at.filter("clean"), at.set("filter.trap.required", "true")).0, DIFF, Some(1)),
    SetUp("filter of the developer's own settings", |at| at.filter_of_the_developer(), DIFF, Some(1)),
    SetUp("filter by info/attributes", |at| at.filter_by("info"), DIFF, Some(1)),
    SetUp("filter by core.attributesFile", |at| at.filter_by("file"), DIFF, Some(1)),
    SetUp("filter by include.path", |at| at.include("include.path"), DIFF, Some(1)),
    SetUp("filter by includeIf.gitdir", |at| at.include("includeIf.gitdir:**.path"), DIFF, Some(1)),
    SetUp("filter by includeIf.onbranch", |at| at.include("includeIf.onbranch:main.path"), DIFF, Some(1)),
    SetUp("filter in config.worktree", |at| at.worktree_settings(), DIFF, Some(1)),
    SetUp(
        "filter beside a split index",
        |at| (at.filter("clean"), at.git(&["update-index", "--split-index"])).0,
        DIFF,
        Some(1),
    ),
    SetUp("shared indexes that no index names", |at| at.shared_indexes(), DIFF, Some(1)),
    SetUp("split index whose other part is a link", |at| at.split(|at, other| at.lead(other)), NONE, None),
    SetUp("split index whose other part is too large", |at| at.split(|at, other| at.sparse(other, 64)), NONE, None),
    SetUp("index that is a link", |at| at.lead("index"), NONE, None),
    SetUp("bare repository in a folder", |at| at.bare("clean"), DIFF, None),
    SetUp("bare repository with a process", |at| at.bare("process"), DIFF, None),
    SetUp(
        "bare repository that names no work tree",
        |at| (at.bare("clean"), at.set_in("config", "core.worktree", "")).0,
        NONE,
        None,
    ),
    SetUp(".git names a folder of the project", |at| at.moved(true), DIFF, Some(1)),
    SetUp(".git is a link into the project", |at| at.moved(false), DIFF, Some(1)),
    SetUp("linked work tree", |at| at.linked(), DIFF, Some(1)),
    SetUp("commondir elsewhere", |at| at.common(), DIFF, Some(1)),
    SetUp("core.worktree elsewhere", |at| at.worktree_elsewhere(), DIFF, None),
    SetUp("text conversion", |at| at.driver("textconv"), DIFF, Some(1)),
    SetUp("diff driver's command", |at| at.driver("command"), DIFF, Some(1)),
    SetUp("external diff", |at| at.set("diff.external", &at.trap), DIFF, Some(1)),
    SetUp("merge driver", |at| (at.attributes("merge=trap"), at.set("merge.trap.driver", &at.trap)).0, NONE, Some(1)),
    SetUp("file monitor", |at| at.set("core.fsmonitor", &at.trap), DIFF, Some(1)),
    SetUp("every hook", |at| at.hooks(".git/hooks"), &["add", "main.rs"], Some(1)),
    SetUp(
        "every hook, by core.hooksPath",
        |at| (at.hooks("hooks"), at.set("core.hooksPath", "hooks")).0,
        &["add", "main.rs"],
        Some(1),
    ),
    SetUp(
        "pagers",
        |at| at.sets(&["core.pager", "pager.diff", "pager.config", "pager.rev-parse", "pager.symbolic-ref"]),
        NONE,
        Some(1),
    ),
    SetUp("editors", |at| at.sets(&["core.editor", "sequence.editor"]), &["commit", "--amend"], Some(1)),
    SetUp("aliases of what is asked", |at| at.aliases(), &["elsewhere"], Some(1)),
    SetUp("signatures", |at| at.signatures(), &["log", "-1"], Some(1)),
    SetUp(
        "trailers",
        |at| at.sets(&["trailer.trap.command", "trailer.trap.cmd", "trailer.trap.ifmissing"]),
        NONE,
        Some(1),
    ),
    SetUp("submodule with settings of its own", |at| at.submodule(), &["diff", "--submodule=diff", "HEAD"], Some(1)),
    SetUp("fetched when missing, by ext::", |at| at.missing("ext::TRAP %S"), NONE, None),
    SetUp(
        "fetched when missing, by upload-pack",
        |at| (at.missing("file:///nowhere"), at.set("remote.origin.uploadpack", &at.trap)).0,
        DIFF,
        None,
    ),
    SetUp(
        "fetched when missing, by ssh",
        |at| (at.missing("ssh://127.0.0.1/x"), at.set("core.sshCommand", &at.trap)).0,
        DIFF,
        None,
    ),
    SetUp(
        "fetched when missing, by a proxy",
        |at| (at.missing("git://127.0.0.1/x"), at.set("core.gitProxy", &at.trap)).0,
        DIFF,
        None,
    ),
    SetUp(
        "fetched when missing, with a helper",
        |at| (at.missing("https://127.0.0.1:1/x"), at.sets(&["credential.helper", "core.askPass"])).0,
        NONE,
        None,
    ),
    SetUp("alternates outside", |at| at.alternates(), NONE, Some(1)),
    SetUp("replaced objects", |at| at.replaced(), NONE, Some(1)),
    SetUp("index of a newer version", |at| at.index(b"DIRC\0\0\0\x09\0\0\0\0"), NONE, None),
    SetUp("index that is a pipe", |at| at.pipe(".git/index"), NONE, None),
    SetUp("settings that are a pipe", |at| at.pipe(".git/config"), NONE, None),
    SetUp("a program `git` in the project, and a path that leads there", |at| at.program(), NONE, Some(1)),
    SetUp("variables of git", |at| at.filter("clean"), NONE, Some(1)),
];

/// The last set-up is laid in the environment: each names a program or another repository.
const VARIABLES: [&str; 14] = [
    "GIT_PAGER",
    "GIT_EXTERNAL_DIFF",
    "GIT_SSH_COMMAND",
    "GIT_SSH",
    "GIT_ASKPASS",
    "GIT_EDITOR",
    "GIT_PROXY_COMMAND",
    "GIT_EXEC_PATH",
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_CONFIG_GLOBAL",
    "GIT_TRACE",
    "GIT_TRACE2",
];

/// Where a set-up is laid.
struct Place {
    /// The folder of the project.
    project: PathBuf,
    /// A program that leaves a file behind when it is run.
    trap: String,
    /// The home of the developer.
    home: PathBuf,
}

impl Place {
    /// A repository with one commit, and a line more than that in its file.
    fn lay(top: &Path) -> Self {
        let project = top.join("shop");
        fs::create_dir_all(project.join(".prompt-runner")).unwrap();
        let trap = top.join("trap");
        fs::write(&trap, format!("#!/bin/sh\n: >'{}'\nexec cat\n", top.join("sprung").display())).unwrap();
        fs::set_permissions(&trap, fs::Permissions::from_mode(0o755)).unwrap();
        let place = Self { trap: trap.display().to_string(), project, home: top.to_owned() };
        place.git(&["init", "--quiet", "--initial-branch", "main"]);
        for (key, value) in [("user.name", "Tilde"), ("user.email", "tilde@example.org"), ("commit.gpgsign", "false")] {
            place.set(key, value);
        }
        place.write("main.rs", "fn main() {}\n");
        place.git(&["add", "main.rs"]);
        place.git(&["commit", "--quiet", "--message", "Begin"]);
        place.write("main.rs", "fn main() {}\n// dark\n");
        place
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new("git");
        command.args(words).current_dir(&self.project).env("HOME", &self.home).stdin(Stdio::null());
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("GIT_")) {
            command.env_remove(name);
        }
        command
    }

    fn git(&self, words: &[&str]) {
        let output = self.command(words).output().unwrap();
        assert!(output.status.success(), "git {words:?}: {}", String::from_utf8_lossy(&output.stderr));
    }

    fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        let path = self.project.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn set(&self, key: &str, value: &str) {
        self.set_in(".git/config", key, value);
    }

    fn set_in(&self, file: &str, key: &str, value: &str) {
        self.git(&["config", "--file", file, key, value]);
    }

    fn sets(&self, keys: &[&str]) {
        keys.iter().for_each(|key| self.set(key, &self.trap));
    }

    fn attributes(&self, words: &str) {
        self.write(".gitattributes", format!("*.rs {words}\n"));
    }

    fn filter(&self, kind: &str) {
        self.attributes("filter=trap");
        self.set(&format!("filter.trap.{kind}"), &self.trap);
    }

    fn filter_of_the_developer(&self) {
        self.attributes("filter=trap");
        self.set_in(self.home.join(".gitconfig").to_str().unwrap(), "filter.trap.clean", &self.trap);
    }

    fn filter_by(&self, place: &str) {
        self.set("filter.trap.clean", &self.trap);
        let file = if place == "info" { ".git/info/attributes" } else { "words" };
        self.write(file, "*.rs filter=trap\n");
        if place == "file" {
            self.set("core.attributesFile", self.project.join(file).to_str().unwrap());
        }
    }

    fn include(&self, key: &str) {
        self.attributes("filter=trap");
        self.set_in("more", "filter.trap.clean", &self.trap);
        self.set(key, "../more");
    }

    fn worktree_settings(&self) {
        self.attributes("filter=trap");
        self.set("core.repositoryFormatVersion", "1");
        self.set("extensions.worktreeConfig", "true");
        self.set_in(".git/config.worktree", "filter.trap.clean", &self.trap);
    }

    /// What a clone can bring: git keeps every file of it but one that is called `.git`.
    fn bare(&self, kind: &str) {
        self.filter(kind);
        for entry in fs::read_dir(self.project.join(".git")).unwrap().map(Result::unwrap) {
            fs::rename(entry.path(), self.project.join(entry.file_name())).unwrap();
        }
        fs::remove_dir(self.project.join(".git")).unwrap();
        self.set_in("config", "core.worktree", self.project.to_str().unwrap());
    }

    fn moved(&self, named: bool) {
        self.filter("clean");
        fs::rename(self.project.join(".git"), self.project.join("inner")).unwrap();
        if named {
            self.write(".git", "gitdir: inner\n");
        } else {
            symlink("inner", self.project.join(".git")).unwrap();
        }
    }

    fn linked(&self) {
        let main = self.home.join("main");
        fs::rename(&self.project, &main).unwrap();
        let there = Self { project: main, trap: self.trap.clone(), home: self.home.clone() };
        there.filter("clean");
        there.git(&["worktree", "add", "--quiet", "--detach", self.project.to_str().unwrap()]);
        fs::create_dir_all(self.project.join(".prompt-runner")).unwrap();
        self.attributes("filter=trap");
        self.write("main.rs", "fn main() {}\n// dark\n");
    }

    fn common(&self) {
        self.filter("clean");
        let common = self.project.join("common");
        fs::create_dir(&common).unwrap();
        for name in ["config", "objects", "refs"] {
            fs::rename(self.project.join(".git").join(name), common.join(name)).unwrap();
        }
        self.write(".git/commondir", "../common\n");
    }

    fn worktree_elsewhere(&self) {
        self.set("filter.trap.clean", &self.trap);
        let outside = self.home.join("outside");
        fs::create_dir(&outside).unwrap();
        fs::write(outside.join(".gitattributes"), "* filter=trap\n").unwrap();
        fs::write(outside.join("main.rs"), "fn other() {}\n").unwrap();
        self.set("core.worktree", outside.to_str().unwrap());
    }

    fn driver(&self, kind: &str) {
        self.attributes("diff=trap");
        self.set(&format!("diff.trap.{kind}"), &self.trap);
    }

    fn hooks(&self, folder: &str) {
        for name in [
            "post-index-change",
            "reference-transaction",
            "fsmonitor-watchman",
            "query-watchman",
            "pre-auto-gc",
            "post-checkout",
        ] {
            self.write(&format!("{folder}/{name}"), "");
            let hook = self.project.join(folder).join(name);
            fs::copy(&self.trap, hook).unwrap();
        }
    }

    fn aliases(&self) {
        for name in ["diff", "rev-parse", "symbolic-ref", "config", "elsewhere"] {
            self.set(&format!("alias.{name}"), &format!("!{}", self.trap));
        }
    }

    fn signatures(&self) {
        self.sets(&["gpg.program", "gpg.ssh.program", "gpg.x509.program", "gpg.ssh.defaultKeyCommand"]);
        let tree = self.command(&["write-tree"]).output().unwrap().stdout;
        let commit = format!(
            "tree {}author T <t@example.org> 1 +0000\ncommitter T <t@example.org> 1 +0000\n\
             gpgsig -----BEGIN PGP SIGNATURE-----\n \n aaaa\n -----END PGP SIGNATURE-----\n\nSigned\n",
            String::from_utf8(tree).unwrap()
        );
        self.write("signed", commit);
        let made = self.command(&["hash-object", "-w", "-t", "commit", "signed"]).output().unwrap();
        self.git(&["update-ref", "HEAD", String::from_utf8(made.stdout).unwrap().trim()]);
        self.set("log.showSignature", "true");
    }

    fn submodule(&self) {
        let inner = Self::lay(&self.home.join("inner"));
        let url = inner.project.display().to_string();
        self.git(&["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", &url, "lib"]);
        self.git(&["commit", "--quiet", "--message", "With a module", "lib", ".gitmodules"]);
        self.write("lib/main.rs", "fn main() {}\n// more\n// and more\n");
        self.write("lib/.gitattributes", "*.rs filter=trap\n");
        self.set_in(".git/modules/lib/config", "filter.trap.clean", &self.trap);
        self.set_in(".git/modules/lib/config", "core.fsmonitor", &self.trap);
        self.set("submodule.lib.update", &format!("!{}", self.trap));
    }

    /// The text of the commit's file is not there, and a server is named that has it.
    fn missing(&self, url: &str) {
        let name = self.command(&["rev-parse", "HEAD:main.rs"]).output().unwrap().stdout;
        let name = String::from_utf8(name).unwrap();
        let (folder, file) = name.trim().split_at(2);
        fs::remove_file(self.project.join(".git/objects").join(folder).join(file)).unwrap();
        self.set("core.repositoryFormatVersion", "1");
        self.set("extensions.partialClone", "origin");
        self.set("remote.origin.promisor", "true");
        self.set("remote.origin.url", &url.replace("TRAP", &self.trap));
        self.set("protocol.ext.allow", "always");
    }

    fn alternates(&self) {
        fs::rename(self.project.join(".git/objects"), self.home.join("objects")).unwrap();
        self.write(".git/objects/info/alternates", format!("{}\n", self.home.join("objects").display()));
        self.sets(&["core.alternateRefsCommand"]);
    }

    fn replaced(&self) {
        self.write("other", "fn main() {}\n// dark\n");
        let made = self.command(&["hash-object", "-w", "other"]).output().unwrap().stdout;
        self.git(&["replace", "HEAD:main.rs", String::from_utf8(made).unwrap().trim()]);
    }

    fn sparse(&self, name: &str, mib: u64) {
        fs::File::create(self.project.join(".git").join(name)).unwrap().set_len(mib << 20).unwrap();
    }

    /// Puts a link in the place of a file of `.git`.
    fn lead(&self, name: &str) {
        let file = self.project.join(".git").join(name);
        fs::rename(&file, file.with_file_name("moved")).unwrap();
        symlink("moved", file).unwrap();
    }

    fn split(&self, spoil: fn(&Self, &str)) {
        self.git(&["update-index", "--split-index"]);
        let names = fs::read_dir(self.project.join(".git")).unwrap().map(|entry| entry.unwrap().file_name());
        let other = names.filter_map(|name| name.into_string().ok()).find(|name| name.starts_with("sharedindex."));
        spoil(self, &other.unwrap());
    }

    /// Each is as large as an index may be, or a link to such a one.
    fn shared_indexes(&self) {
        self.filter("clean");
        self.git(&["update-index", "--split-index"]);
        self.sparse("large", 65);
        for number in 0..8 {
            self.sparse(&format!("sharedindex.{number:040x}"), 65);
            symlink("large", self.project.join(format!(".git/sharedindex.{:040x}", 16 + number))).unwrap();
        }
    }

    fn index(&self, bytes: &[u8]) {
        self.write(".git/index", bytes);
    }

    fn pipe(&self, name: &str) {
        fs::remove_file(self.project.join(name)).unwrap();
        assert!(Command::new("mkfifo").arg(self.project.join(name)).status().unwrap().success());
    }

    fn program(&self) {
        for folder in [".", "bin"] {
            self.write(&format!("{folder}/git"), "");
            fs::copy(&self.trap, self.project.join(folder).join("git")).unwrap();
        }
    }

    fn sprung(&self) -> bool {
        fs::remove_file(self.home.join("sprung")).is_ok()
    }
}

/// Every git of this machine, one a version.
fn gits() -> BTreeMap<String, PathBuf> {
    let path = std::env::var_os("PATH").unwrap();
    let folders = std::env::split_paths(&path).chain(["/usr/bin".into(), "/usr/local/bin".into()]);
    let version = |folder: PathBuf| {
        let output = Command::new(folder.join("git")).arg("--version").output().ok()?;
        Some((String::from_utf8(output.stdout).ok()?.trim().to_owned(), folder))
    };
    folders.filter(|folder| folder.is_absolute()).filter_map(version).collect()
}

#[test]
fn nothing_that_a_repository_names_is_run() {
    let gits = gits();
    assert!(!gits.is_empty(), "git is needed: the host asks it");
    // One git is a thread's, so that two take no longer than one.
    std::thread::scope(|scope| {
        for (version, folder) in &gits {
            scope.spawn(move || SET_UPS.iter().for_each(|set_up| play(set_up, version, folder)));
        }
    });
    let left = fs::read_dir(std::env::temp_dir()).unwrap().map(Result::unwrap);
    let left: Vec<_> =
        left.filter(|entry| entry.file_name().to_string_lossy().starts_with("prompt-runner-git-")).collect();
    assert!(left.is_empty(), "{left:?}");
    let naive = SET_UPS.iter().filter(|SetUp(_, _, words, _)| !words.is_empty()).count();
    tell(
        "E93",
        SET_UPS.len(),
        &format!("repositories with traps, each by {} versions of git", gits.len()),
        &format!("0 sprang; plain git steps into {naive}"),
    );
}

/// Takes a session through a set-up with this git.
fn play(SetUp(name, lay, words, expected): &SetUp, version: &str, folder: &Path) {
    let desk = Desk::new();
    let top = desk.project().parent().unwrap().to_owned();
    let place = Place::lay(&top);
    lay(&place);
    let mut path = std::ffi::OsString::new();
    if name.starts_with("a program") {
        path.push(".::bin:");
    }
    path.push(folder);
    path.push(":/usr/bin:/bin");
    // Laying a set-up runs git as well.
    place.sprung();
    let begun = Instant::now();
    for line in [&["plan", "Dark mode"][..], &["skip"], &["skip"], &["skip"]] {
        let mut command = desk.command(line);
        command.env("PATH", &path).env("HOME", &top);
        if *name == "variables of git" {
            VARIABLES.iter().for_each(|variable| _ = command.env(variable, &place.trap));
            command.env("GIT_CONFIG_COUNT", "1").env("GIT_CONFIG_KEY_0", "diff.external");
            command.env("GIT_CONFIG_VALUE_0", &place.trap);
        }
        said(&command.output().unwrap()).ok(line);
        assert!(!place.sprung(), "{name}, {version}: {line:?} ran what the repository names");
    }
    // Twice it is asked, each time for two seconds; the rest is for a busy machine.
    assert!(begun.elapsed() < Duration::from_secs(20), "{name}, {version}: {:?}", begun.elapsed());
    assert_eq!(added(&desk), *expected, "{name}, {version}: the lines that are counted");
    assert!(!place.project.join(".git/index.lock").exists(), "{name}, {version}");
    if !words.is_empty() {
        // A trap that is asked for a text waits for words that nobody says.
        let mut plain = Command::new("timeout");
        plain.arg("5").arg("git").args(*words).current_dir(&place.project).env("HOME", &top).stdin(Stdio::null());
        let _ = plain.output().unwrap();
        assert!(place.sprung(), "{name}: git {words:?} does not spring the trap, so nothing was tried");
    }
}

/// The lines that were counted as new when the session ended.
fn added(desk: &Desk) -> Option<u64> {
    let database = Connection::open(desk.data().join("prompt-runner.db")).unwrap();
    let count = |kind: &str| {
        let sql = "SELECT data FROM event WHERE kind = ?1";
        let data: Vec<String> =
            database.prepare(sql).unwrap().query_map([kind], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
        data
    };
    assert_eq!(count("session_completed").len(), 1);
    let measured = count("code_measured");
    measured.first().map(|data| serde_json::from_str::<Value>(data).unwrap()["added"].as_u64().unwrap())
}
