//! `doctor --fix`: each set-up that is broken in one way is named, repaired and sound, and what has no safe repair is left alone.

#![cfg(unix)]

use crate::setup::{Place, state};
use serde_json::{Value, json};
use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::{Duration, SystemTime};

/// A way to break what was sound, and the check that names it.
struct Broken(&'static str, fn(&Place), &'static str);

/// Doctor with `--fix` on the profile of the place: its exit code, what it repaired, and what it found then.
fn fix(place: &Place) -> (i32, Vec<Value>, Vec<Value>) {
    let output = place.run(&["doctor", "--fix", "--json", "--user-data-dir", "profile"]);
    let said: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"));
    let list = |name: &str| said[name].as_array().unwrap().clone();
    (output.status.code().unwrap(), list("repairs"), list("checks"))
}

/// Sound, with a database.
fn sound() -> Place {
    let place = Place::installed();
    assert_eq!(place.doctor(&["--user-data-dir", "profile"]).0, 0);
    place
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

#[test]
fn each_broken_set_up_is_named_then_repaired_and_then_sound() {
    for Broken(what, damage, check) in [
        Broken("no manifest", |place| fs::remove_file(place.manifest()).unwrap(), "manifest.present"),
        Broken("half a manifest", |place| fs::write(place.manifest(), "{\"name\": ").unwrap(), "manifest.json"),
        Broken("a list", |place| fs::write(place.manifest(), "[]").unwrap(), "manifest.json"),
        Broken("another name", |place| place.edit("name", Some(json!("io.github.other"))), "manifest.name"),
        Broken("no description", |place| place.edit("description", None), "manifest.description"),
        Broken(
            "another id",
            |place| place.edit("allowed_origins", Some(json!(["chrome-extension://x/"]))),
            "manifest.origin",
        ),
        Broken("a relative path", |place| place.edit("path", Some(json!("host"))), "manifest.path"),
        Broken("a path to nothing", |place| place.edit("path", Some(json!("/nowhere/host"))), "manifest.host"),
        Broken("a path to another program", |place| place.edit("path", Some(json!("/bin/sh"))), "manifest.host"),
        Broken(
            "a manifest for all to write",
            |place| place.mode("profile/NativeMessagingHosts/io.github.prompt_runner.json", 0o666),
            "manifest.guarded",
        ),
        Broken("its folder too", |place| place.mode("profile/NativeMessagingHosts", 0o777), "manifest.guarded"),
        Broken("a host that cannot start", |place| place.mode("bin/prompt-runner-host", 0o644), "host.executable"),
        Broken("a host for all to write", |place| place.mode("bin/prompt-runner-host", 0o777), "host.guarded"),
        Broken("data for all to read", |place| place.mode("data", 0o755), "data.private"),
        Broken("a database for all to read", |place| place.mode("data/prompt-runner.db", 0o644), "data.private"),
    ] {
        let place = sound();
        damage(&place);
        place.is_named(check, "");
        let (code, repairs, checks) = fix(&place);
        assert_eq!(code, 0, "{what}: {repairs:#?} {checks:#?}");
        assert!(
            repairs.iter().all(|repair| repair["name"] == check && repair["state"] == "ok"),
            "{what}: {repairs:#?}"
        );
        assert!(!repairs.is_empty(), "{what}: it says what it did");
        let (code, checks) = place.doctor(&["--user-data-dir", "profile"]);
        assert_eq!(code, 0, "{what}");
        assert!(checks.iter().all(|check| check["state"] == "ok"), "{what}: {checks:#?}");
        let (code, repairs, _) = fix(&place);
        assert_eq!((code, repairs), (0, Vec::new()), "{what}: once is enough");
    }
}

#[test]
fn what_is_sound_is_not_touched() {
    let place = sound();
    let before = fs::read(place.manifest()).unwrap();
    let changed = |path: &Path| fs::metadata(path).unwrap().modified().unwrap();
    let (manifest, modes) =
        (changed(&place.manifest()), ["data", "bin/prompt-runner-host"].map(|name| mode(&place.path(name))));
    let output = place.run(&["doctor", "--fix", "--user-data-dir", "profile"]);
    assert!(output.status.success());
    assert!(String::from_utf8(output.stdout).unwrap().starts_with("Nothing was repaired.\n"));
    assert_eq!((fs::read(place.manifest()).unwrap(), changed(&place.manifest())), (before, manifest));
    assert_eq!(["data", "bin/prompt-runner-host"].map(|name| mode(&place.path(name))), modes);
}

#[test]
fn who_was_named_before_is_told() {
    let place = sound();
    place.edit("path", Some(json!("/bin/sh")));
    let output = place.run(&["doctor", "--fix", "--user-data-dir", "profile"]);
    let said = String::from_utf8(output.stdout).unwrap();
    let manifest = place.manifest().canonicalize().unwrap().display().to_string();
    assert!(said.starts_with("Repaired:\nchromium\n  ok      manifest.host"), "{said}");
    assert!(said.contains(&format!("Wrote {manifest}. It named /bin/sh before.\n")), "{said}");
    assert!(said.contains("\nThen:\n") && said.ends_with(" 0 failed, 0 skipped.\n"), "{said}");
}

#[test]
fn what_has_no_safe_repair_is_reported_and_left_alone() {
    // Who can put files beside the host may have replaced it; taking that right away makes no old host a new one.
    let place = sound();
    place.replace_host("touch \"$HOME/started\"");
    place.mode("bin", 0o777);
    let (code, repairs, checks) = fix(&place);
    assert_eq!((code, repairs, state(&checks, "host.guarded")), (7, Vec::new(), "failed"));
    assert_eq!(mode(&place.path("bin")), 0o777);
    assert!(!place.path("home/started").exists(), "it was started");

    let place = sound();
    fs::remove_file(place.host()).unwrap();
    let (code, repairs, checks) = fix(&place);
    assert_eq!((code, repairs, state(&checks, "host.present")), (7, Vec::new(), "failed"));

    // A manifest that cannot be written is no success.
    let place = sound();
    fs::remove_file(place.manifest()).unwrap();
    fs::create_dir(place.manifest()).unwrap();
    let (code, repairs, checks) = fix(&place);
    assert_eq!(
        (code, state(&repairs, "manifest.present"), state(&checks, "manifest.present")),
        (7, "failed", "failed")
    );
    let output = place.run(&["doctor", "--user-data-dir", "profile"]);
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains("--fix` repairs what has one safe repair.\n"), "{said}");
}

#[test]
fn what_was_left_behind_is_removed_when_nobody_can_be_at_it_any_more() {
    let place = sound();
    let names = ["profile/NativeMessagingHosts/.io.github.prompt_runner.json.1.tmp", "data/.doctor-1"];
    let others = ["profile/NativeMessagingHosts/com.other.json", "data/notes.txt"];
    let long_ago = SystemTime::now() - Duration::from_secs(3_600);
    for name in names.iter().chain(&others) {
        let file = File::create(place.path(name)).unwrap();
        file.set_modified(long_ago).unwrap();
    }
    let fresh = place.path("profile/NativeMessagingHosts/.io.github.prompt_runner.json.2.tmp");
    fs::write(&fresh, "").unwrap();
    let (code, checks) = place.doctor(&["--user-data-dir", "profile"]);
    let states = ["manifest.leftover", "data.leftover"].map(|name| state(&checks, name));
    assert_eq!((code, states), (0, ["skipped", "skipped"]), "it does no harm");
    let (code, repairs, checks) = fix(&place);
    let states = ["manifest.leftover", "data.leftover"].map(|name| state(&repairs, name));
    assert_eq!((code, states, repairs.len()), (0, ["ok", "ok"], 2));
    assert_eq!(state(&checks, "manifest.leftover"), "absent");
    assert!(names.iter().all(|name| !place.path(name).exists()));
    assert!(others.iter().all(|name| place.path(name).exists()) && fresh.exists());
}
