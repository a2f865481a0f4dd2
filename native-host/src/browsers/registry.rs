//! Windows browsers find a manifest by a registry key. Windows' own reg.exe writes it, so that no program here needs unsafe code for it;
//! what it is told is built by functions that every system tests.

use super::InstallError;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Sets the default value of the key to the manifest.
#[must_use]
pub fn add(key: &str, manifest: &Path) -> Vec<String> {
    let manifest = manifest.display().to_string();
    ["ADD", key, "/ve", "/t", "REG_SZ", "/d", &manifest, "/f"].map(str::to_owned).to_vec()
}

/// Removes the key.
#[must_use]
pub fn delete(key: &str) -> Vec<String> {
    ["DELETE", key, "/f"].map(str::to_owned).to_vec()
}

/// Asks for the default value of the key.
#[must_use]
pub fn query(key: &str) -> Vec<String> {
    ["QUERY", key, "/ve"].map(str::to_owned).to_vec()
}

/// The manifest that a key names; nothing when there is no such key.
#[must_use]
pub fn registered(key: &str) -> Option<PathBuf> {
    run(key, &query(key)).ok().and_then(|said| value(&said).map(PathBuf::from))
}

/// The value in the answer to `query`: what follows the type, which is not translated.
fn value(said: &str) -> Option<&str> {
    said.lines().find_map(|line| line.split_once("REG_SZ")).map(|(_, value)| value.trim())
}

/// Runs reg.exe from the system's own directory, so that no other program of that name is found first.
///
/// # Errors
/// When it cannot be run, or says no.
pub fn run(key: &str, arguments: &[String]) -> Result<String, InstallError> {
    let root = std::env::var_os("SystemRoot").map_or_else(|| PathBuf::from(r"C:\Windows"), PathBuf::from);
    let failed = |finding: String| InstallError::Registry { key: key.to_owned(), finding };
    let output = Command::new(root.join("System32").join("reg.exe")).args(arguments).output();
    let output = output.map_err(|error| failed(error.to_string()))?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        Err(failed(String::from_utf8_lossy(&output.stderr).trim().to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = r"HKCU\SOFTWARE\Google\Chrome\NativeMessagingHosts\io.github.prompt_runner";

    #[test]
    fn reg_exe_gets_each_part_as_one_argument() {
        let manifest = r"C:\Users\A B\AppData\Local\prompt-runner\manifests\chromium\io.github.prompt_runner.json";
        assert_eq!(add(KEY, Path::new(manifest)), ["ADD", KEY, "/ve", "/t", "REG_SZ", "/d", manifest, "/f"]);
        assert_eq!(delete(KEY), ["DELETE", KEY, "/f"]);
        assert_eq!(query(KEY), ["QUERY", KEY, "/ve"]);
    }

    #[test]
    fn the_answer_of_reg_exe_is_read_in_any_language() {
        let said = format!("\r\n{KEY}\r\n    (Standard)    REG_SZ    C:\\Users\\A B\\m.json\r\n\r\n");
        assert_eq!(value(&said), Some(r"C:\Users\A B\m.json"));
        assert_eq!(value("FEHLER: Der Schlüssel wurde nicht gefunden."), None);
    }
}
