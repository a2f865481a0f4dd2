//! Bytes of any kind as the host manifest of a browser: doctor finds nothing wrong only with one that names our program and nobody
//! but our extension. And what `install` writes for any path is never found wrong.

use prompt_runner::browsers::{ADDON_ID, Family, origin, render};
use prompt_runner::cli::manifest_faults;
use serde_json::{Value, json};
use std::path::Path;

/// Stands for our host: it is there on every machine, and many paths lead to it.
const HOST: &str = "/";

pub(super) fn check(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    for family in [Family::Chromium, Family::Firefox] {
        let faults = manifest_faults(family, bytes, Some(Path::new(HOST)));
        assert!(faults.iter().all(|(_, finding)| finding.ends_with('.')), "{faults:?}");
        if faults.is_empty() {
            names_nobody_else(family, bytes);
        }
        // What cannot stand in a manifest is turned down; what can is read back as it is.
        if let Ok(written) = render(family, Path::new(text.as_ref())) {
            let faults = manifest_faults(family, written.as_bytes(), None);
            let [("manifest.host", _)] = faults.as_slice() else { panic!("{written}\n{faults:?}") };
            let manifest: Value = serde_json::from_str(&written).expect("what is written is JSON");
            assert_eq!(manifest["path"], text.as_ref());
        }
    }
}

fn names_nobody_else(family: Family, bytes: &[u8]) {
    let manifest: Value = serde_json::from_slice(bytes).expect("doctor took it for JSON");
    let (key, caller) = match family {
        Family::Chromium => ("allowed_origins", origin()),
        Family::Firefox => ("allowed_extensions", ADDON_ID.to_owned()),
    };
    assert_eq!(manifest[key], json!([caller]));
    let path = Path::new(manifest["path"].as_str().expect("doctor found a path"));
    assert_eq!(path.canonicalize().ok().as_deref(), Some(Path::new(HOST)));
}
