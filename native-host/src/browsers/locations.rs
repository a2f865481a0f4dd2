//! The table of places, read: manifests/locations.toml is where a browser is added or a path is mended, not the code.

use super::{Family, Os};
use serde::Deserialize;

/// What browsers look for where, as it stands in the table.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// The name that `--browser` takes; once per system.
    pub id: String,
    /// The name that people know.
    pub name: String,
    /// Which kind of manifest it reads.
    pub family: Family,
    /// Any of these directories shows that the browser was used here.
    pub profile: Vec<String>,
    /// The directories for the manifest; none where the browser cannot start a program outside its sandbox.
    #[serde(default)]
    pub manifests: Vec<String>,
    /// On Windows the registry key that names the manifest.
    #[serde(default)]
    pub key: Option<String>,
    /// What has to be known about it besides, as sentences.
    #[serde(default)]
    pub note: Option<String>,
}

#[derive(Default, Deserialize)]
struct Table {
    linux: Vec<Row>,
    macos: Vec<Row>,
    windows: Vec<Row>,
}

/// The rows of one system, in the order of the table.
#[must_use]
pub fn rows(os: Os) -> Vec<Row> {
    // The table is part of the program, and a test below reads it: it cannot be broken here.
    let table: Table = toml::from_str(include_str!("../../../manifests/locations.toml")).unwrap_or_default();
    match os {
        Os::Linux => table.linux,
        Os::Macos => table.macos,
        Os::Windows => table.windows,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use prompt_runner_core::protocol::HOST_NAME;
    use std::collections::HashSet;

    #[test]
    fn every_system_has_every_browser_once_and_only_windows_has_keys() {
        for os in [Os::Linux, Os::Macos, Os::Windows] {
            let rows = rows(os);
            let ids: HashSet<_> = rows.iter().map(|row| row.id.as_str()).collect();
            assert_eq!(ids.len(), rows.len(), "{os:?} names a browser twice");
            for id in ["chrome", "chromium", "edge", "brave", "vivaldi", "opera", "firefox", "librewolf"] {
                assert!(ids.contains(id), "{os:?} lacks {id}");
            }
            for row in &rows {
                assert_eq!(row.key.is_some(), os == Os::Windows, "{} on {os:?}", row.id);
                assert!(row.key.iter().all(|key| key.starts_with("HKCU\\") && key.ends_with(HOST_NAME)));
                assert!(!row.profile.is_empty(), "{} on {os:?}", row.id);
                assert!(!row.manifests.is_empty() || row.note.is_some(), "{} on {os:?}: what to do instead?", row.id);
                assert!(row.note.iter().all(|note| note.ends_with('.')), "{} on {os:?}: a note is a sentence", row.id);
                for place in row.profile.iter().chain(&row.manifests) {
                    assert!(place.starts_with("$home/") || place.starts_with("$config/"), "{place}");
                }
            }
        }
    }
}
