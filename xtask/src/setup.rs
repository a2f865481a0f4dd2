//! `cargo xtask setup` — everything building and testing need that cargo does not bring: the wasm target, the npm
//! tools, Chromium, a clipboard. Each `ensure_*` costs next to nothing when its thing is there, so every command may
//! call it.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use serde_json::{Map, Value};

use crate::house;

/// Names the browser to use; the scripts that drive one read it too.
pub(crate) const CHROMIUM: &str = "PROMPT_RUNNER_CHROMIUM";
const WASM: &str = "wasm32-unknown-unknown";
const NODE: u32 = 20;

/// What a machine that is set up has.
pub(crate) struct Tools {
    /// The browser that shows the extension.
    pub(crate) chromium: PathBuf,
}

pub(crate) fn all() -> Result<Tools> {
    ensure_wasm_target()?;
    ensure_node()?;
    ensure_npm_packages()?;
    Ok(Tools { chromium: ensure_chromium()? })
}

/// What the build alone needs.
pub(crate) fn ensure_build_tools() -> Result<()> {
    ensure_wasm_target()?;
    ensure_node()?;
    ensure_npm_packages()
}

pub(crate) fn ensure_wasm_target() -> Result<()> {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let mut ask = house::command(rustc)?;
    ask.args(["--print", "target-libdir", "--target", WASM]);
    if Path::new(&house::output(&mut ask, "install Rust from https://rustup.rs")?).is_dir() {
        return Ok(());
    }
    let Some(rustup) = house::on_path("rustup") else {
        bail!(
            "Rust's {WASM} target is missing and there is no rustup to add it; install your distribution's package \
             for it (Debian: libstd-rust-dev-wasm32) or Rust from https://rustup.rs"
        );
    };
    house::say(&format!("adding Rust's {WASM} target"));
    let next = format!("run `rustup target add {WASM}` yourself to see why");
    house::run(house::command(rustup)?.args(["target", "add", WASM]), &next)
}

pub(crate) fn ensure_node() -> Result<()> {
    let next = format!("install Node {NODE} or newer from https://nodejs.org");
    let version = house::output(house::command("node")?.arg("--version"), &next)?;
    match major(&version) {
        Some(major) if major >= NODE => Ok(()),
        _ => bail!("Node is {version}, and {NODE} or newer is needed; {next}"),
    }
}

fn major(version: &str) -> Option<u32> {
    version.trim().trim_start_matches('v').split('.').next()?.parse().ok()
}

/// Runs `npm ci` when node_modules is not what package-lock.json says. npm keeps its own note of what it installed;
/// the two are compared by content, because a checkout makes times meaningless.
pub(crate) fn ensure_npm_packages() -> Result<()> {
    let root = house::root()?;
    let lock = house::read_text(&root.join("package-lock.json"))?;
    let installed = house::read_text(&root.join("node_modules/.package-lock.json")).unwrap_or_default();
    if same_packages(&lock, &installed) {
        return Ok(());
    }
    house::say("installing the npm tools (npm ci)");
    let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
    let next = "check the network, or that npm is installed, and run `npm ci` yourself to see why";
    house::run(house::command(npm)?.args(["ci", "--no-audit", "--no-fund"]), next)
}

/// Whether everything installed is as locked, and nothing locked is missing but what is optional on this platform.
fn same_packages(lock: &str, installed: &str) -> bool {
    let (Some(lock), Some(installed)) = (packages(lock), packages(installed)) else {
        return false;
    };
    let stray = installed.iter().any(|(name, got)| {
        lock.get(name).is_none_or(|want| want["version"] != got["version"] || want["integrity"] != got["integrity"])
    });
    let optional = |package: &Value| package["optional"] == true || package["devOptional"] == true;
    let missing = lock.iter().any(|(name, want)| {
        !name.is_empty() && !optional(want) && want["link"] != true && !installed.contains_key(name)
    });
    !stray && !missing
}

fn packages(lock: &str) -> Option<Map<String, Value>> {
    match serde_json::from_str::<Value>(lock).ok()?.get_mut("packages")?.take() {
        Value::Object(packages) => Some(packages),
        _ => None,
    }
}

pub(crate) fn ensure_chromium() -> Result<PathBuf> {
    if let Some(named) = env::var_os(CHROMIUM).filter(|named| !named.is_empty()).map(PathBuf::from) {
        if named.is_file() {
            return Ok(named);
        }
        bail!("{CHROMIUM} names {}, which is not a file; correct it or unset it", named.display());
    }
    if let Some(found) = find_chromium() {
        return Ok(found);
    }
    apt(&["chromium"], &format!(", or let {CHROMIUM} name its program"))?;
    find_chromium().with_context(|| format!("apt installed no chromium; let {CHROMIUM} name a browser's program"))
}

/// What the tests of the clipboard need: a display without a screen, and another program that copies and pastes.
pub(crate) fn ensure_clipboard_tools() -> Result<()> {
    let packages = [("Xvfb", "xvfb"), ("xclip", "xclip")];
    let missing = packages.iter().filter(|(program, _)| house::on_path(program).is_none());
    let missing: Vec<_> = missing.map(|(_, package)| *package).collect();
    if !cfg!(target_os = "linux") || missing.is_empty() { Ok(()) } else { apt(&missing, "") }
}

/// What the fuzzer needs: libFuzzer is C++, and comes as source.
pub(crate) fn ensure_fuzz_tools() -> Result<()> {
    if house::on_path("c++").is_some() { Ok(()) } else { apt(&["g++"], "") }
}

/// What the suites of tests/faults need: what stands between a program and its kernel, and what tells it another time.
pub(crate) fn ensure_fault_tools() -> Result<()> {
    let faketime = fs::read_dir("/usr/lib").is_ok_and(|folders| {
        let library = |folder: PathBuf| folder.join("faketime/libfaketime.so.1").is_file();
        library("/usr/lib".into())
            || library("/usr/lib64".into())
            || folders.flatten().any(|folder| library(folder.path()))
    });
    let tools = [(house::on_path("strace").is_some(), "strace"), (faketime, "libfaketime")];
    let missing: Vec<_> = tools.iter().filter(|(there, _)| !there).map(|(_, package)| *package).collect();
    if !cfg!(target_os = "linux") || missing.is_empty() { Ok(()) } else { apt(&missing, "") }
}

/// Installs what is missing, by root on Debian. Anybody else is told how; `otherwise` is one more way.
fn apt(missing: &[&str], otherwise: &str) -> Result<()> {
    let names = missing.join(" and ");
    if !debian_like() {
        bail!("Missing: {names}; install it with your system's packages{otherwise}");
    }
    let install = format!("apt-get update && apt-get install -y {}", missing.join(" "));
    if house::output(house::command("id")?.arg("-u"), &format!("run `{install}` as root"))? != "0" {
        bail!("Missing: {names}; run `sudo sh -c '{install}'`{otherwise}");
    }
    house::say(&format!("installing {names} with apt"));
    let next = format!("run `{install}` yourself to see why");
    let run = |words: &[&str]| -> Result<()> {
        house::run(house::command("apt-get")?.args(words).env("DEBIAN_FRONTEND", "noninteractive"), &next)
    };
    // Always: the lists that an image was made with name an old version, or one that is no longer served.
    run(&["update"])?;
    run(&[&["install", "-y"], missing].concat())
}

fn find_chromium() -> Option<PathBuf> {
    let usual = PathBuf::from("/usr/bin/chromium");
    if usual.is_file() {
        return Some(usual);
    }
    house::on_path("chromium").or_else(|| house::on_path("chromium-browser"))
}

/// Ubuntu is left out: its chromium package is a snap, which cannot see a profile or an extension outside the home.
fn debian_like() -> bool {
    let release = house::read_text(Path::new("/etc/os-release")).unwrap_or_default();
    Path::new("/etc/debian_version").is_file() && !release.lines().any(|line| line == "ID=ubuntu")
}

#[cfg(test)]
mod tests {
    use super::{major, same_packages};

    #[test]
    fn node_versions_are_read() {
        assert_eq!(major("v20.20.0\n"), Some(20));
        assert_eq!(major("24.1.0"), Some(24));
        assert_eq!(major("none"), None);
    }

    #[test]
    fn packages_are_compared_by_content() {
        let lock = r#"{"packages":{"":{"name":"x"},
            "node_modules/a":{"version":"1.0.0","integrity":"i"},
            "node_modules/b":{"version":"2.0.0","optional":true}}}"#;
        let good = r#"{"packages":{"node_modules/a":{"version":"1.0.0","integrity":"i"}}}"#;
        assert!(same_packages(lock, good));
        assert!(!same_packages(lock, ""), "nothing is installed");
        assert!(!same_packages(lock, r#"{"packages":{}}"#), "one is missing");
        assert!(!same_packages(lock, &good.replace("1.0.0", "1.0.1")), "one is another version");
        assert!(!same_packages(lock, &good.replace("node_modules/a", "node_modules/c")), "one is a stranger");
    }
}
