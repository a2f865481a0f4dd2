//! `install`, `doctor` and `uninstall` as people run them: a sound set-up is all green, and each way to tamper with it is named by its own check.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise, its helpers too")]

use crate::report::tell;
use prompt_runner::browsers::{self, ADDON_ID, origin};
use serde_json::{Value, json};
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

/// An installation of its own with a home of its own.
pub(crate) struct Place {
    root: TempDir,
}

impl Place {
    pub(crate) fn new() -> Self {
        let place = Self { root: tempfile::tempdir().unwrap() };
        for dir in ["bin", "home"] {
            fs::create_dir(place.path(dir)).unwrap();
            place.mode(dir, 0o755);
        }
        for program in [env!("CARGO_BIN_EXE_prompt-runner"), env!("CARGO_BIN_EXE_prompt-runner-host")] {
            let name = Path::new(program).file_name().unwrap();
            copy(Path::new(program), &place.path("bin").join(name));
        }
        place
    }

    /// With the host registered in the user data directory `profile`.
    pub(crate) fn installed() -> Self {
        let place = Self::new();
        let output = place.run(&["install", "--user-data-dir", "profile"]);
        assert!(output.status.success(), "{output:?}");
        place
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    pub(crate) fn host(&self) -> PathBuf {
        self.path("bin/prompt-runner-host")
    }

    pub(crate) fn manifest(&self) -> PathBuf {
        self.path("profile/NativeMessagingHosts/io.github.prompt_runner.json")
    }

    pub(crate) fn mode(&self, name: &str, mode: u32) {
        fs::set_permissions(self.path(name), Permissions::from_mode(mode)).unwrap();
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(self.path("bin/prompt-runner"));
        command.args(arguments).current_dir(self.root.path()).env_remove("CHROME_CONFIG_HOME");
        command.env("HOME", self.path("home")).env("XDG_CONFIG_HOME", self.path("home/.config"));
        command.env("XDG_DATA_HOME", self.path("home/.local/share")).env("PROMPT_RUNNER_DATA_DIR", self.path("data"));
        command.output().unwrap()
    }

    /// Runs `doctor --json` with these arguments: its exit code and its checks.
    pub(crate) fn doctor(&self, arguments: &[&str]) -> (i32, Vec<Value>) {
        let output = self.run(&[&["doctor", "--json"], arguments].concat());
        let said: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"));
        let code = output.status.code().unwrap();
        assert_eq!(said["ok"], code == 0, "{said}");
        (code, said["checks"].as_array().unwrap().clone())
    }

    /// Doctor on `profile` fails by exactly this check, and says this of it and a next step.
    pub(crate) fn is_named(&self, name: &str, finding: &str) {
        let (code, checks) = self.doctor(&["--user-data-dir", "profile"]);
        let failed: Vec<_> = checks.iter().filter(|check| check["state"] == "failed").collect();
        assert_eq!(code, 7, "{checks:#?}");
        assert_eq!(failed.len(), 1, "{failed:#?}");
        assert_eq!(failed[0]["name"], name, "{failed:#?}");
        assert!(failed[0]["finding"].as_str().unwrap().contains(finding), "{failed:#?}");
        assert!(failed[0]["next_step"].as_str().unwrap().ends_with('.'), "{failed:#?}");
    }

    /// Changes one key of the manifest, or takes it away.
    pub(crate) fn edit(&self, key: &str, value: Option<Value>) {
        let mut manifest: Value = serde_json::from_slice(&fs::read(self.manifest()).unwrap()).unwrap();
        let keys = manifest.as_object_mut().unwrap();
        match value {
            Some(value) => keys.insert(key.into(), value),
            None => keys.remove(key),
        };
        fs::write(self.manifest(), manifest.to_string()).unwrap();
    }

    /// Puts a shell script in the place of the host.
    pub(crate) fn replace_host(&self, script: &str) {
        let draft = self.path("script");
        fs::write(&draft, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&draft, Permissions::from_mode(0o755)).unwrap();
        fs::remove_file(self.host()).unwrap();
        copy(&draft, &self.host());
    }
}

/// Copies a program by another process: were it open for writing here while another test starts a child, it could not be started itself.
fn copy(from: &Path, to: &Path) {
    assert!(Command::new("cp").arg(from).arg(to).status().unwrap().success());
    fs::set_permissions(to, Permissions::from_mode(0o755)).unwrap();
}

pub(crate) fn state<'a>(checks: &'a [Value], name: &str) -> &'a str {
    checks.iter().find(|check| check["name"] == name).and_then(|check| check["state"].as_str()).unwrap_or("absent")
}

#[test]
fn a_sound_set_up_is_all_green_and_uninstall_removes_it() {
    let place = Place::installed();
    let manifest: Value = serde_json::from_slice(&fs::read(place.manifest()).unwrap()).unwrap();
    assert_eq!(manifest["path"], place.host().canonicalize().unwrap().to_str().unwrap());
    assert_eq!(manifest["allowed_origins"], json!([origin()]));
    // The second time the data directory is there for certain.
    for _ in 0..2 {
        let (code, checks) = place.doctor(&["--user-data-dir", "profile"]);
        assert_eq!(code, 0, "{checks:#?}");
        assert_eq!(state(&checks, "host.answer"), "ok");
    }
    let (_, checks) = place.doctor(&["--user-data-dir", "profile"]);
    assert!(checks.iter().all(|check| check["state"] == "ok"), "{checks:#?}");
    let text = place.run(&["doctor", "--user-data-dir", "profile"]);
    assert!(String::from_utf8(text.stdout).unwrap().contains(" 0 failed, 0 skipped."));
    assert!(place.run(&["uninstall", "--user-data-dir", "profile", "--dry-run"]).status.success());
    assert!(place.manifest().exists());
    assert!(place.run(&["uninstall", "--user-data-dir", "profile"]).status.success());
    assert!(!place.manifest().exists());
    place.is_named("manifest.present", "io.github.prompt_runner.json");
}

#[test]
fn every_browser_that_is_here_is_told_and_no_other() {
    let place = Place::new();
    let none = place.run(&["install"]);
    assert_eq!(none.status.code(), Some(7), "{none:?}");
    for dir in [".config/chromium", ".mozilla/firefox"] {
        fs::create_dir_all(place.path("home").join(dir)).unwrap();
    }
    let chromium = place.path("home/.config/chromium/NativeMessagingHosts").join(browsers::file_name());
    let firefox = place.path("home/.mozilla/native-messaging-hosts").join(browsers::file_name());
    if cfg!(target_os = "macos") {
        return;
    }
    let dry = place.run(&["install", "--dry-run", "--json"]);
    let said: Value = serde_json::from_slice(&dry.stdout).unwrap();
    assert_eq!(said["steps"][0]["manifests"], json!([chromium.to_str().unwrap()]), "{said}");
    assert!(!chromium.exists() && !firefox.exists());
    assert!(place.run(&["install"]).status.success());
    assert!(chromium.exists() && !place.path("home/.config/google-chrome").exists());
    let manifest: Value = serde_json::from_slice(&fs::read(&firefox).unwrap()).unwrap();
    assert_eq!(manifest["allowed_extensions"], json!([ADDON_ID]));
    let (code, checks) = place.doctor(&[]);
    assert_eq!(code, 0, "{checks:#?}");
    fs::remove_file(&firefox).unwrap();
    let (code, checks) = place.doctor(&[]);
    assert_eq!(code, 0, "one browser that is not registered is no fault while another is: {checks:#?}");
    assert_eq!(place.doctor(&["--browser", "firefox"]).0, 7);
    assert!(place.run(&["uninstall"]).status.success());
    assert!(!chromium.exists());
    let unknown = place.run(&["install", "--browser", "netscape"]);
    assert_eq!(unknown.status.code(), Some(2), "{unknown:?}");
}

#[test]
fn without_the_host_nothing_is_installed() {
    let place = Place::new();
    fs::remove_file(place.host()).unwrap();
    let output = place.run(&["install", "--user-data-dir", "profile"]);
    assert_eq!(output.status.code(), Some(7));
    assert!(!place.path("profile").exists());
}

#[test]
fn a_manifest_that_is_not_json_is_named() {
    let place = Place::installed();
    fs::write(place.manifest(), "{\"name\": ").unwrap();
    place.is_named("manifest.json", "not JSON");
    fs::write(place.manifest(), "[]").unwrap();
    place.is_named("manifest.json", "not a JSON object");
}

#[test]
fn each_wrong_value_in_the_manifest_is_named() {
    let foreign = format!("chrome-extension://{}/", "a".repeat(32));
    let both = json!([origin(), foreign]);
    let unslashed = json!([origin().trim_end_matches('/')]);
    let wrong = [
        ("name", Some(json!("io.github.other")), "manifest.name", "io.github.other"),
        ("type", Some(json!("stdin")), "manifest.type", "stdin"),
        ("type", None, "manifest.type", "null"),
        ("description", None, "manifest.description", "no description"),
        ("description", Some(json!("")), "manifest.description", "no description"),
        ("allowed_origins", Some(json!([foreign])), "manifest.origin", "aaaa"),
        ("allowed_origins", Some(both), "manifest.origin", "aaaa"),
        ("allowed_origins", Some(unslashed), "manifest.origin", "instead of"),
        ("path", Some(json!("bin/prompt-runner-host")), "manifest.path", "absolute"),
        ("path", Some(json!("/nowhere/host")), "manifest.host", "cannot be found"),
        ("path", Some(json!("/bin/sh")), "manifest.host", "another program"),
    ];
    let count = wrong.len();
    for (key, value, check, finding) in wrong {
        let place = Place::installed();
        place.edit(key, value);
        place.is_named(check, finding);
    }
    tell("T19", count, "values of the manifest that somebody changed", "doctor names each by its own check");
}

#[test]
fn a_manifest_that_others_can_change_is_named() {
    let place = Place::installed();
    place.mode("profile/NativeMessagingHosts", 0o777);
    place.is_named("manifest.guarded", "mode 0777");
    tell("T19", 1, "folder of manifests that others can change", "doctor names it");
}

#[test]
fn a_host_that_is_gone_is_named_beside_the_manifest_that_leads_to_it() {
    let place = Place::installed();
    fs::remove_file(place.host()).unwrap();
    let (code, checks) = place.doctor(&["--user-data-dir", "profile"]);
    assert_eq!((code, state(&checks, "host.present"), state(&checks, "manifest.host")), (7, "failed", "failed"));
}

#[test]
fn a_host_that_may_not_be_started_is_named() {
    let place = Place::installed();
    place.mode("bin/prompt-runner-host", 0o644);
    place.is_named("host.executable", "mode 0644");
}

#[test]
fn a_host_that_others_can_change_is_named_and_not_started() {
    for name in ["bin/prompt-runner-host", "bin"] {
        let place = Place::installed();
        place.replace_host("touch \"$HOME/started\"");
        place.mode(name, 0o777);
        place.is_named("host.guarded", "mode 0777");
        assert!(!place.path("home/started").exists(), "it was started");
    }
    tell("T19", 2, "hosts that others can change", "doctor names each and does not start it");
}

#[test]
fn a_host_that_does_not_answer_as_a_browser_needs_it_is_named() {
    for (script, finding) in [
        ("echo hello, browser; cat", "not a message"),
        ("exit 3", "exit status: 3"),
        ("printf '\\002\\000\\000\\000{}'; cat", "something else"),
        ("exec cat", "something else"),
        ("exec sleep 60", "within 5 s"),
    ] {
        let place = Place::installed();
        place.replace_host(script);
        place.is_named("host.answer", finding);
    }
    tell("T19", 5, "other programs in the host's place", "doctor names each");
}

#[test]
fn a_host_of_another_version_is_named() {
    let place = Place::installed();
    let database = place.path("data/prompt-runner.db");
    fs::create_dir_all(place.path("data")).unwrap();
    place.mode("data", 0o700);
    let reply = json!({"type": "pong", "version": "0.0.0-old", "sqlite": "3.50.0", "database": database});
    let answer = json!({"v": 1, "id": "doctor", "reply": reply}).to_string();
    assert!(answer.len() < 256);
    place.replace_host(&format!("printf '\\{:03o}\\000\\000\\000%s' '{answer}'; cat", answer.len()));
    place.is_named("host.version", "0.0.0-old");
}

#[test]
fn a_data_directory_that_others_can_read_is_named() {
    let place = Place::installed();
    assert_eq!(place.doctor(&["--user-data-dir", "profile"]).0, 0);
    place.mode("data", 0o755);
    place.is_named("data.private", "mode 0755");
}

#[test]
fn a_database_that_cannot_be_used_is_named() {
    let place = Place::installed();
    fs::create_dir(place.path("data")).unwrap();
    place.mode("data", 0o700);
    fs::write(place.path("data/prompt-runner.db"), "This is no database. ".repeat(400)).unwrap();
    place.mode("data/prompt-runner.db", 0o600);
    place.is_named("data.database", "database");
}

#[test]
fn what_a_manifest_says_cannot_command_the_terminal() {
    let place = Place::installed();
    place.edit("path", Some(json!("/\u{1b}]52;c;eA==\u{7}")));
    let output = place.run(&["doctor", "--user-data-dir", "profile"]);
    let said = [output.stdout, output.stderr].concat();
    assert!(!said.contains(&0x1b) && !said.contains(&7));
}
