//! The checks of one browser: is it here, and would it find this installation's host by its manifest?
//! What makes Chromium pass over a manifest without a word was measured, missing description included.

use super::checks::{Report, State};
use super::files;
use crate::browsers::{self, ADDON_ID, Browser, Environment, Family};
use prompt_runner_core::protocol::HOST_NAME;
use runner::bounded;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// Where its manifests should be.
pub(super) fn paths(browser: &Browser) -> impl Iterator<Item = PathBuf> {
    browser.manifests.iter().map(|dir| dir.join(browsers::file_name()))
}

/// Manifests that were being written when something stopped it.
pub(super) fn leftovers(browser: &Browser) -> Vec<PathBuf> {
    browser.manifests.iter().flat_map(|dir| files::leftovers(dir, browsers::is_draft)).collect()
}

/// `needed`: its lack is a fault, and not only worth a word.
pub(super) fn inspect(
    report: &mut Report,
    environment: &Environment,
    browser: &Browser,
    host: Option<&Path>,
    again: &str,
    needed: bool,
) {
    let note = browser.note.as_ref().map(|note| format!(" {note}")).unwrap_or_default();
    if browser.sandboxed() {
        let finding = format!("{} cannot start the host.{note}", browser.name);
        return report.skipped("browser.present", finding);
    }
    match browser.profiles.first() {
        Some(dir) => report
            .ok("browser.present", format!("The profile directory of {} is {}.{note}", browser.name, dir.display())),
        None => {
            let next = "Start this browser once, or name another one with --browser.";
            report.failed("browser.present", format!("{} has no profile here.", browser.name), next);
        }
    }
    for path in leftovers(browser) {
        report.skipped(
            "manifest.leftover",
            format!("{} was left behind; `prompt-runner doctor --fix` removes it.", path.display()),
        );
    }
    for path in paths(browser) {
        match bounded::read(&path, browsers::MANIFEST_MAX) {
            Ok(bytes) => {
                report.ok("manifest.present", format!("{} is there.", path.display()));
                report.take("manifest.guarded", files::guarded(&path, &environment.home), again);
                content(report, browser.family, &bytes, host, again);
            }
            Err(error) if needed => {
                let finding = format!("{} cannot be read: {error}.", path.display());
                report.failed("manifest.present", finding, again);
            }
            Err(_) => report.skipped("manifest.present", format!("{} is not registered. {again}", browser.name)),
        }
        if let Some(key) = &browser.key {
            let found = match browsers::registered(key) {
                Some(found) if found == path => Ok(format!("{key} names the manifest.")),
                Some(found) => Err(format!("{key} names another manifest, {}.", found.display())),
                None => Err(format!("{key} is missing.")),
            };
            report.take("manifest.registered", found, again);
        }
    }
}

/// The names of the checks that a manifest of these bytes fails, with what is said of each. Public because fuzz/ brings bytes of any
/// kind in here, with no browser and no profile around them.
#[must_use]
pub fn faults(family: Family, bytes: &[u8], host: Option<&Path>) -> Vec<(&'static str, String)> {
    let mut report = Report::default();
    content(&mut report, family, bytes, host, "");
    let failed = report.checks.into_iter().filter(|check| check.state == State::Failed);
    failed.map(|check| (check.name, check.finding)).collect()
}

/// What the manifest says, key by key.
fn content(report: &mut Report, family: Family, bytes: &[u8], host: Option<&Path>, again: &str) {
    let manifest = match serde_json::from_slice(bytes) {
        Ok(Value::Object(manifest)) => Value::Object(manifest),
        Ok(_) => return report.failed("manifest.json", "The manifest is not a JSON object.", again),
        Err(error) => return report.failed("manifest.json", format!("The manifest is not JSON: {error}."), again),
    };
    report.ok("manifest.json", "The manifest is a JSON object.");
    report.take("manifest.name", same("name", &manifest["name"], &HOST_NAME.into()), again);
    report.take("manifest.type", same("type", &manifest["type"], &"stdio".into()), again);
    let description = match manifest["description"].as_str() {
        Some(text) if !text.is_empty() => Ok("It has a description.".to_owned()),
        _ => Err("It has no description, and Chromium passes over such a manifest.".to_owned()),
    };
    report.take("manifest.description", description, again);
    let (key, callers) = match family {
        Family::Chromium => ("allowed_origins", json!([browsers::origin()])),
        Family::Firefox => ("allowed_extensions", json!([ADDON_ID])),
    };
    report.take("manifest.origin", same(key, &manifest[key], &callers), again);
    let path = match manifest["path"].as_str().map(Path::new) {
        Some(path) if path.is_absolute() => path,
        _ => {
            let finding = format!("Its path is {}, and a browser needs an absolute one.", manifest["path"]);
            return report.failed("manifest.path", finding, again);
        }
    };
    report.ok("manifest.path", "Its path is absolute.");
    report.take("manifest.host", leads_to(path, host), again);
}

fn same(key: &str, found: &Value, expected: &Value) -> Result<String, String> {
    if found == expected {
        Ok(format!("Its {key} is right."))
    } else {
        Err(format!("Its {key} is {found} instead of {expected}."))
    }
}

/// The path must lead to the host beside this program, be it by a link.
fn leads_to(path: &Path, host: Option<&Path>) -> Result<String, String> {
    let Some(host) = host else {
        return Err(format!(
            "It names {}, but there is no host beside this program to compare it with.",
            path.display()
        ));
    };
    match (path.canonicalize(), host.canonicalize()) {
        (Ok(path), Ok(host)) if path == host => Ok("It names the host of this installation.".into()),
        (Ok(_), _) => Err(format!("It names {}, another program than {}.", path.display(), host.display())),
        (Err(error), _) => Err(format!("It names {}, which cannot be found: {error}.", path.display())),
    }
}
