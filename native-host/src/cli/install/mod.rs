//! `install` and `uninstall`: tell browsers where the host is, make them forget it, and say for each browser what was done.

pub(super) mod which;

use super::print::{notify, safe};
use crate::browsers::{self, Browser, Environment, InstallError};
use clap::Args;
use prompt_runner_core::refusal::{Code, Refusal};
use serde::Serialize;
use std::io::Write;
use std::path::{Path, PathBuf};
use which::{Which, chosen, host_beside_this, print, refused};

pub(super) const EXAMPLES: &str = "Examples:
  prompt-runner install                         every browser that is found
  prompt-runner install --browser chromium --browser firefox
  prompt-runner install --user-data-dir DIR     a browser that is started with --user-data-dir=DIR
  prompt-runner doctor                          looks whether it worked";

/// What `install` and `uninstall` take.
#[derive(Args, Clone, Debug, Default)]
pub(super) struct InstallArgs {
    /// Which browsers; every one that is found when left out.
    #[command(flatten)]
    which: Which,
    /// Only say what would be done
    #[arg(long)]
    dry_run: bool,
    /// Print JSON
    #[arg(long)]
    pub(super) json: bool,
}

/// What was done about one browser.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct InstallStep {
    browser: String,
    name: String,
    done: &'static str,
    manifests: Vec<PathBuf>,
    key: Option<String>,
    note: Option<String>,
    problem: Option<String>,
}

/// What of a browser is ours: its manifests and, on Windows, the key that names them.
#[derive(Default)]
pub(super) struct Places {
    pub(super) manifests: Vec<PathBuf>,
    pub(super) key: Option<String>,
}

/// Registers the host that lies beside this program.
///
/// # Errors
/// When the host is not there, no browser was found, or one of them could not be told.
pub(super) fn install(args: InstallArgs, out: &mut dyn Write) -> Result<(), Refusal> {
    let environment = Environment::here().map_err(refused)?;
    let host = host_beside_this().map_err(refused)?;
    add(&environment, &host, &args, out)
}

/// The same for any machine that is described.
fn add(environment: &Environment, host: &Path, args: &InstallArgs, out: &mut dyn Write) -> Result<(), Refusal> {
    let chosen = chosen(environment, &args.which, browsers::installed)?;
    let word = if args.dry_run { "would write" } else { "wrote" };
    let step = |browser: &Browser| match (browser.sandboxed(), args.dry_run) {
        (true, _) => Err(browser.note.clone().unwrap_or_default()),
        (false, true) => Ok(places(browser)),
        (false, false) => register(browser, host).map_err(|error| error.to_string()),
    };
    let step = |browser: &Browser| InstallStep {
        note: browser.note.clone(),
        ..InstallStep::new(browser, word, step(browser))
    };
    let steps: Vec<_> = chosen.iter().map(step).collect();
    let next = format!("Load the extension into the browser, then run `prompt-runner doctor{}`.", args.which.words());
    print_steps(&steps, args.json, &next, out)?;
    if steps.is_empty() {
        let hint = "Start your browser once, then run `prompt-runner install` again; or name it with --browser NAME.";
        let message = "No browser was found for this user, so nothing was written.";
        return Err(Refusal { hint: hint.into(), ..Refusal::new(Code::SetupBroken, message) });
    }
    // A sandboxed browser that was not asked for is no failure while another one works.
    let asked = !args.which.browsers.is_empty();
    let fatal = |(step, browser): (&InstallStep, &Browser)| step.problem.is_some() && (asked || !browser.sandboxed());
    if steps.iter().any(|step| step.problem.is_none()) && !steps.iter().zip(&chosen).any(fatal) {
        if let (Some(left_out), false) = (problems(&steps), args.json) {
            notify(&left_out);
        }
        return Ok(());
    }
    Err(broken(&steps))
}

/// Removes what `install` wrote, in every place of this system or in those named.
///
/// # Errors
/// When a manifest stays.
pub(super) fn uninstall(args: InstallArgs, out: &mut dyn Write) -> Result<(), Refusal> {
    let environment = Environment::here().map_err(refused)?;
    let chosen = chosen(&environment, &args.which, browsers::known)?;
    let others = browsers::installed(&environment);
    let word = if args.dry_run { "would remove" } else { "removed" };
    let mut steps = Vec::new();
    for browser in &chosen {
        // Who names a directory means that directory.
        let all = args.which.user_data_dir.is_some();
        let browser = if all { browser.clone() } else { alone(browser, &chosen, &others) };
        let removed = if args.dry_run { Ok(registered(&browser)) } else { unregister(&browser) };
        let step = InstallStep::new(&browser, word, removed.map_err(|error| error.to_string()));
        if step.counts() {
            steps.push(step);
        }
    }
    if steps.is_empty() && !args.json {
        return print("No browser was told about the host, so there is nothing to remove.\n", out);
    }
    print_steps(&steps, args.json, "The recorded sessions stay where they are.", out)?;
    if steps.iter().any(|step| step.problem.is_some()) { Err(broken(&steps)) } else { Ok(()) }
}

/// Where the browser will look.
fn places(browser: &Browser) -> Places {
    let manifests = browser.manifests.iter().map(|dir| dir.join(browsers::file_name())).collect();
    Places { manifests, key: browser.key.clone() }
}

/// Tells the browser where the host is, whatever it was told before.
pub(super) fn register(browser: &Browser, host: &Path) -> Result<Places, InstallError> {
    let write = |dir: &PathBuf| browsers::write_manifest(dir, browser.family, host);
    let manifests: Vec<_> = browser.manifests.iter().map(write).collect::<Result<_, _>>()?;
    if let (Some(key), Some(manifest)) = (&browser.key, manifests.first()) {
        browsers::run(key, &browsers::add(key, manifest))?;
    }
    Ok(Places { manifests, key: browser.key.clone() })
}

fn unregister(browser: &Browser) -> Result<Places, InstallError> {
    let Places { key, .. } = registered(browser);
    if let Some(key) = &key {
        browsers::run(key, &browsers::delete(key))?;
    }
    let removed = browser.manifests.iter().filter_map(|dir| browsers::remove_manifest(dir).transpose());
    Ok(Places { manifests: removed.collect::<Result<_, _>>()?, key })
}

/// What of it is there now.
fn registered(browser: &Browser) -> Places {
    let Places { mut manifests, key } = places(browser);
    manifests.retain(|file| file.symlink_metadata().is_ok());
    Places { manifests, key: key.filter(|key| browsers::registered(key).is_some()) }
}

/// The browser without the places that one of the others, which is to stay, looks into as well.
fn alone(browser: &Browser, chosen: &[Browser], others: &[Browser]) -> Browser {
    let stays = |other: &&Browser| !chosen.iter().any(|chosen| chosen.id == other.id);
    let others: Vec<_> = others.iter().filter(stays).collect();
    let mut browser = browser.clone();
    browser.manifests.retain(|dir| !others.iter().any(|other| other.manifests.contains(dir)));
    browser.key = browser.key.filter(|key| !others.iter().any(|other| other.key.as_ref() == Some(key)));
    browser
}

impl InstallStep {
    fn new(browser: &Browser, done: &'static str, result: Result<Places, String>) -> Self {
        let (done, Places { manifests, key }, problem) = match result {
            Ok(places) => (done, places, None),
            Err(problem) => ("nothing", Places::default(), Some(problem)),
        };
        Self { browser: browser.id.clone(), name: browser.name.clone(), done, manifests, key, note: None, problem }
    }

    /// Whether anything was done, or should have been.
    fn counts(&self) -> bool {
        self.problem.is_some() || self.key.is_some() || !self.manifests.is_empty()
    }
}

fn broken(steps: &[InstallStep]) -> Refusal {
    let hint = "Mend what is named, then run the same command again.".into();
    Refusal { hint, ..Refusal::new(Code::SetupBroken, problems(steps).unwrap_or_default()) }
}

/// What went wrong, browser by browser.
fn problems(steps: &[InstallStep]) -> Option<String> {
    let problem = |step: &InstallStep| step.problem.as_ref().map(|problem| format!("{}: {problem}", step.name));
    let problems: Vec<_> = steps.iter().filter_map(problem).collect();
    (!problems.is_empty()).then(|| problems.join(" "))
}

fn print_steps(steps: &[InstallStep], json: bool, next: &str, out: &mut dyn Write) -> Result<(), Refusal> {
    if json {
        return print(&format!("{}\n", serde_json::json!({ "steps": steps })), out);
    }
    let mut text = String::new();
    // What went wrong follows on standard error.
    for step in steps {
        let paths = step.manifests.iter().map(|path| path.display().to_string());
        for place in paths.chain(step.key.clone()) {
            text.push_str(&format!("{}: {} {place}\n", step.name, step.done));
        }
        if let (Some(note), None) = (&step.note, &step.problem) {
            text.push_str(&format!("{}: {note}\n", step.name));
        }
    }
    if !text.is_empty() {
        text.push_str(&format!("{next}\n"));
    }
    print(&safe(&text), out)
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
