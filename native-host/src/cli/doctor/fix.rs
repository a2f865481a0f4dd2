//! `doctor --fix`: repairs what has exactly one safe repair, and says of each what it did. A manifest is written as `install` writes it; rights
//! are taken away from others and never from the user; files of ours that were left behind go. Everything else stays for people to decide.

use super::super::install::register;
use super::checks::{Report, State};
use super::{data, manifest};
use crate::browsers::{self, Browser};
use runner::atomic_file;
use runner::bounded;
use runner::places::Places;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

const BY_HAND: &str = "Check who owns it, and repair it by hand.";

/// What was done about what was found.
pub(super) fn repair(found: &Report, chosen: &[Browser], host: Option<&Path>) -> Report {
    let mut done = Report::default();
    for browser in chosen {
        done.about = Some(browser.id.clone());
        one(&mut done, &failed(found, Some(&browser.id)), browser, host);
    }
    done.about = None;
    let failed = failed(found, None);
    if let Some(host) = host {
        if failed.contains(&"host.executable") {
            mode(&mut done, "host.executable", host, |mode| mode | 0o111, "may be started now.");
        }
        if failed.contains(&"host.guarded") {
            let says =
                "can no longer be changed by others. If one of them may have done so, install Prompt-Runner again.";
            mode(&mut done, "host.guarded", host, |mode| mode & !0o022, says);
        }
    }
    let Ok(dir) = Places::here().map(|places| places.data) else { return done };
    if failed.contains(&"data.private") {
        mode(&mut done, "data.private", &dir, |_| 0o700, "is the user's alone now.");
        for file in data::database(&dir) {
            mode(&mut done, "data.private", &file, |_| 0o600, "is the user's alone now.");
        }
    }
    remove(&mut done, "data.leftover", &data::leftovers(&dir));
    done
}

/// The checks of one browser, or of host and data, that failed.
fn failed(found: &Report, about: Option<&str>) -> Vec<&'static str> {
    let checks = found.checks.iter().filter(|check| check.state == State::Failed && check.browser.as_deref() == about);
    checks.map(|check| check.name).collect()
}

fn one(done: &mut Report, failed: &[&'static str], browser: &Browser, host: Option<&Path>) {
    let content = failed.iter().find(|name| name.starts_with("manifest.") && **name != "manifest.guarded");
    if let (Some(name), Some(host)) = (content, host) {
        done.take(name, rewrite(browser, host), BY_HAND);
    }
    if failed.contains(&"manifest.guarded") {
        for path in manifest::paths(browser) {
            // The directory of manifests is the browser's own; what is above it may be anybody's.
            for path in [Some(path.as_path()), path.parent()].into_iter().flatten() {
                mode(done, "manifest.guarded", path, |mode| mode & !0o022, "can no longer be changed by others.");
            }
        }
    }
    remove(done, "manifest.leftover", &manifest::leftovers(browser));
}

/// Writes the manifests of a browser anew. Whoever was named there before is told of, for it may have been another program's work.
fn rewrite(browser: &Browser, host: &Path) -> Result<String, String> {
    let named: Vec<String> = manifest::paths(browser).filter_map(|path| named(&path)).collect();
    let places = register(browser, host).map_err(|error| error.to_string())?;
    let paths = places.manifests.iter().map(|path| path.display().to_string());
    let wrote: Vec<String> = paths.chain(places.key).map(|place| format!("Wrote {place}.")).collect();
    let others = named.iter().filter(|named| Path::new(named) != host);
    let before: Vec<String> = others.map(|named| format!("It named {named} before.")).collect();
    Ok([wrote, before].concat().join(" "))
}

/// The program that a manifest names, if it can be read at all.
fn named(manifest: &Path) -> Option<String> {
    let manifest: Value = serde_json::from_slice(&bounded::read(manifest, browsers::MANIFEST_MAX).ok()?).ok()?;
    manifest["path"].as_str().map(str::to_owned)
}

/// Changes the rights of a file; says nothing where they are right.
fn mode(done: &mut Report, name: &'static str, path: &Path, change: fn(u32) -> u32, says: &str) {
    match atomic_file::set_mode(path, change) {
        Ok(false) => {}
        Ok(true) => done.ok(name, format!("{} {says}", path.display())),
        Err(error) => {
            done.failed(name, format!("The rights of {} could not be changed: {error}.", path.display()), BY_HAND);
        }
    }
}

fn remove(done: &mut Report, name: &'static str, leftovers: &[PathBuf]) {
    for path in leftovers {
        let removed = fs::remove_file(path).map(|()| format!("Removed {}.", path.display()));
        let removed = removed.map_err(|error| format!("{} could not be removed: {error}.", path.display()));
        done.take(name, removed, BY_HAND);
    }
}
