//! What is said to people: the same words in every language of the extension, and a reason for every permission it asks for.

use crate::files::{all, none, read, top};
use prompt_runner_core::site::SITES;
use prompt_runner_core::words::CATALOGUE;
use serde_json::Value;
use std::collections::BTreeSet;

/// `$1`, `$2`, … in a text.
fn placeholders(text: &str) -> BTreeSet<char> {
    text.split('$').skip(1).filter_map(|after| after.chars().next()).filter(char::is_ascii_digit).collect()
}

#[test]
fn every_language_says_everything() {
    let names = all();
    let locales: Vec<&String> = names
        .iter()
        .filter(|name| name.starts_with("extension/_locales/") && name.ends_with("/messages.json"))
        .collect();
    assert!(locales.iter().any(|name| name.contains("/en/")), "English is missing: {locales:?}");
    let mut wrong = Vec::new();
    for name in locales {
        let messages: serde_json::Map<String, Value> = serde_json::from_str(&read(name)).unwrap();
        for (key, english) in CATALOGUE {
            let Some(said) = messages.get(*key).and_then(|message| message["message"].as_str()) else {
                wrong.push(format!("{name} does not say {key}"));
                continue;
            };
            if placeholders(said) != placeholders(english) {
                wrong.push(format!("{name}: {key} has other placeholders than the catalogue: {said}"));
            }
        }
        let known = |key: &str| CATALOGUE.iter().any(|(known, _)| *known == key);
        wrong.extend(
            messages.keys().filter(|key| !known(key)).map(|key| format!("{name} says {key}, which nobody asks for")),
        );
    }
    none(&wrong, "run `cargo xtask codegen` for English; other languages follow core::words::CATALOGUE by hand");
}

#[test]
fn every_permission_has_its_reason_in_writing() {
    let manifest: Value = serde_json::from_str(&read("extension/manifest.json")).unwrap();
    let kinds = ["permissions", "host_permissions", "optional_permissions", "optional_host_permissions"];
    let asked: Vec<&str> =
        kinds.iter().filter_map(|kind| manifest[*kind].as_array()).flatten().filter_map(Value::as_str).collect();
    assert!(asked.contains(&"nativeMessaging"), "{asked:?}");
    if !top().join("docs/SECURITY.md").exists() {
        println!("docs/SECURITY.md is not written yet; this looks again once it is");
        return;
    }
    let reasons = read("docs/SECURITY.md");
    // In backticks, so that a word of the running text is not taken for a reason.
    let without = |permission: &&str| !reasons.contains(&format!("`{permission}`"));
    let wrong: Vec<String> = asked.into_iter().filter(without).map(str::to_owned).collect();
    none(&wrong, "say in docs/SECURITY.md, in backticks, what each permission is for, or do not ask for it");
}

#[test]
fn the_extension_reaches_the_sites_that_have_a_profile_and_no_other() {
    let manifest: Value = serde_json::from_str(&read("extension/manifest.json")).unwrap();
    let sites: BTreeSet<String> = SITES.iter().map(|site| format!("https://{}/*", site.host)).collect();
    for list in [&manifest["host_permissions"], &manifest["content_scripts"][0]["matches"]] {
        let asked: BTreeSet<String> = list.as_array().unwrap().iter().map(|url| url.as_str().unwrap().into()).collect();
        assert_eq!(asked, sites);
    }
}
