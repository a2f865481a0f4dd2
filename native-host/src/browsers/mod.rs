//! Which browsers are here, and where each of them looks for the host. The places are data (manifests/locations.toml);
//! this room resolves them for one home directory, `manifest` writes the files and `registry` speaks to Windows.

mod environment;
mod locations;
mod manifest;
mod registry;

pub use environment::{Browser, Environment, Os, installed, known, select};
pub use locations::{Row, rows};
pub use manifest::{InstallError, file_name, is_draft, remove_manifest, render, write_manifest};
pub use registry::{add, delete, query, registered, run};

use serde::{Deserialize, Serialize};

/// The id that Firefox knows the extension by: `browser_specific_settings.gecko.id` of its manifest.
pub const ADDON_ID: &str = "prompt-runner@prompt-runner.github.io";

/// The id of the extension in Chromium, Chrome, Edge, Brave and Vivaldi. It follows from the `key` of its manifest.
pub const EXTENSION_ID: &str = include_str!("../../../extension/id.txt").trim_ascii();

/// How such a browser names the extension to the host: argv\[1\], and the one entry of `allowed_origins`.
#[must_use]
pub fn origin() -> String {
    format!("chrome-extension://{EXTENSION_ID}/")
}

/// How much of a manifest is read, in bytes. Ours have some 400.
pub const MANIFEST_MAX: u64 = 64 << 10;

/// The two kinds of manifest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Family {
    /// Chromium and what is built from it: callers are named by origin.
    Chromium,
    /// Firefox and what is built from it: callers are named by add-on id.
    Firefox,
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
