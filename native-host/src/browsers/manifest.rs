//! The file that tells a browser where the host is and who may talk to it: rendered from manifests/*.json, written whole or not at all.
//! Its rules: <https://developer.chrome.com/docs/extensions/develop/concepts/native-messaging> and
//! <https://developer.mozilla.org/docs/Mozilla/Add-ons/WebExtensions/Native_manifests>.

use super::{ADDON_ID, Family, origin};
use prompt_runner_core::protocol::HOST_NAME;
use runner::atomic_file::{self, For};
use serde_json::Value;
use std::fs::{self, DirBuilder};
use std::io;
use std::path::{Path, PathBuf};

/// Why a browser could not be told about the host, or made to forget it.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "the messages say it, and the fields are what they name")]
pub enum InstallError {
    #[error("No home directory is known. Set HOME and try again.")]
    NoHome,
    #[error("There is no browser called \"{name}\". Use one of: {known}.")]
    Unknown { name: String, known: String },
    #[error("{name} does not look for the host in its user data directory. Leave out --user-data-dir.")]
    NoDataDir { name: String },
    #[error("{} cannot stand in a manifest, which holds an absolute path as text. Call prompt-runner by such a path.", .0.display())]
    HostPath(PathBuf),
    #[error("There is no {} beside prompt-runner. Install both programs into the same directory.", .0.display())]
    NoHost(PathBuf),
    #[error("{} could not be written: {source}. Check the permissions of its directory.", path.display())]
    Write { path: PathBuf, source: io::Error },
    #[error("{} could not be removed: {source}. Check the permissions of its directory, or remove it by hand.", path.display())]
    Remove { path: PathBuf, source: io::Error },
    #[error("The registry key {key} could not be changed: {finding}. Check that reg.exe may be run.")]
    Registry { key: String, finding: String },
}

/// The name of the manifest in every directory of manifests.
#[must_use]
pub fn file_name() -> String {
    format!("{HOST_NAME}.json")
}

/// Whether a file of this name is a manifest that was being written.
#[must_use]
pub fn is_draft(name: &str) -> bool {
    atomic_file::is_draft(name, &file_name())
}

/// The text of a manifest that names this host and nobody but our extension.
///
/// # Errors
/// When the path is not absolute, or is not text.
pub fn render(family: Family, host: &Path) -> Result<String, InstallError> {
    let refused = || InstallError::HostPath(host.to_owned());
    let path = host.to_str().filter(|_| host.is_absolute()).ok_or_else(refused)?;
    let template = match family {
        Family::Chromium => include_str!("../../../manifests/chromium.json"),
        Family::Firefox => include_str!("../../../manifests/firefox.json"),
    };
    // As JSON strings, so that no path can end the string it stands in; and the path last, so that nothing is looked for in it.
    let filled = [("origin", origin().as_str()), ("addon", ADDON_ID), ("path", path)]
        .iter()
        .fold(template.to_owned(), |text, (name, value)| {
            text.replace(&format!("\"{{{{{name}}}}}\""), &Value::from(*value).to_string())
        });
    Ok(filled)
}

/// Writes the manifest into `dir`, which is made when it is missing. A browser sees the old file or the new one, never half of one.
///
/// # Errors
/// When the host's path cannot stand in a manifest, or the file cannot be written.
pub fn write_manifest(dir: &Path, family: Family, host: &Path) -> Result<PathBuf, InstallError> {
    let text = render(family, host)?;
    let path = dir.join(file_name());
    match make_dir(dir).and_then(|()| atomic_file::put(&path, &text, For::All)) {
        Ok(()) => Ok(path),
        Err(source) => Err(InstallError::Write { path, source }),
    }
}

/// Removes the manifest from `dir`: its path, or nothing when there was none.
///
/// # Errors
/// When it is there and stays there.
pub fn remove_manifest(dir: &Path) -> Result<Option<PathBuf>, InstallError> {
    let path = dir.join(file_name());
    match fs::remove_file(&path) {
        Ok(()) => Ok(Some(path)),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(None),
        Err(source) => Err(InstallError::Remove { path, source }),
    }
}

/// The directory itself is for reading by all (0755); what is missing above it may become a profile, which is its owner's alone (0700).
fn make_dir(dir: &Path) -> io::Result<()> {
    let mut above = DirBuilder::new();
    let mut own = DirBuilder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        above.mode(0o700);
        own.mode(0o755);
    }
    dir.parent().map_or(Ok(()), |parent| above.recursive(true).create(parent))?;
    own.recursive(true).create(dir)
}
