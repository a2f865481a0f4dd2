//! `cargo xtask run` — the real thing for a person to try: Chromium with this checkout's extension and native host,
//! in a profile of its own, so that nobody's daily browser is touched.

use std::env;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};

use crate::{build, house, setup};

const PAGE: &str = "https://claude.ai/new";

pub(crate) fn run() -> Result<ExitCode> {
    if !has_display() {
        bail!("There is no display to open a browser on; start this on a desktop, or try `cargo xtask demo`");
    }
    let tools = setup::all()?;
    build::run(&build::Options::default())?;

    let version = house::output(house::command(&tools.chromium)?.arg("--version"), "check that the browser starts")?;
    if version.starts_with("Google Chrome") {
        bail!("{version} ignores --load-extension; install Chromium and let {} name it", setup::CHROMIUM);
    }
    let profile = profile()?;
    house::say(&format!("profile: {}", profile.display()));
    let program = house::target()?.join("debug").join(format!("prompt-runner{}", env::consts::EXE_SUFFIX));
    let mut install = house::command(program)?;
    install.args(["install", "--browser", "chromium", "--user-data-dir"]).arg(&profile);
    house::run(&mut install, "run `cargo xtask build` and read what it says")?;

    let mut extension = std::ffi::OsString::from("--load-extension=");
    extension.push(house::root()?.join("extension"));
    let mut user_data = std::ffi::OsString::from("--user-data-dir=");
    user_data.push(&profile);
    let mut browser = house::command(&tools.chromium)?;
    browser.args([extension, user_data]).args(["--no-first-run", "--no-default-browser-check"]);
    if cfg!(unix) && house::output(house::command("id")?.arg("-u"), "check that `id` runs")? == "0" {
        house::say("Chromium has no sandbox for root: open no other site in this window");
        browser.arg("--no-sandbox");
    }
    Ok(house::exit_code(house::wait(browser.arg(PAGE))?))
}

fn has_display() -> bool {
    let set = |name: &str| env::var_os(name).is_some_and(|value| !value.is_empty());
    cfg!(any(windows, target_os = "macos")) || set("DISPLAY") || set("WAYLAND_DISPLAY")
}

fn profile() -> Result<PathBuf> {
    let data = env::var_os("XDG_DATA_HOME").map(PathBuf::from).filter(|dir| dir.is_absolute());
    let data = match data {
        Some(dir) => dir,
        None => env::home_dir().context("There is no home directory; set XDG_DATA_HOME")?.join(".local/share"),
    };
    let profile = data.join("prompt-runner-run/chromium-profile");
    std::fs::create_dir_all(&profile)
        .with_context(|| format!("{} cannot be made; set XDG_DATA_HOME to a directory of yours", profile.display()))?;
    Ok(profile)
}
