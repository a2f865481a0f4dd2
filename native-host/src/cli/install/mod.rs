//! `install` and `uninstall`: tell browsers where the host is, make them forget it, and say for each browser what was done.

pub(super) mod which;

use super::print::safe;
use crate::browsers::{self, Browser, InstallError, World};
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
struct Step {
    browser: String,
    name: String,
    done: &'static str,
    manifests: Vec<PathBuf>,
    problem: Option<String>,
}

/// Registers the host that lies beside this program.
///
/// # Errors
/// When the host is not there, no browser was found, or one of them could not be told.
pub(super) fn install(args: InstallArgs, out: &mut dyn Write) -> Result<(), Refusal> {
    let world = World::here().map_err(refused)?;
    let host = host_beside_this().map_err(refused)?;
    let chosen = chosen(&world, &args.which, browsers::installed)?;
    let word = if args.dry_run { "would write" } else { "wrote" };
    let step = |browser: &Browser| match (browser.sandboxed, args.dry_run) {
        (true, _) => {
            Err("It runs in a sandbox and cannot start the host. Install its ordinary package instead.".into())
        }
        (false, true) => Ok(browser.manifests.iter().map(|dir| dir.join(browsers::file_name())).collect()),
        (false, false) => register(browser, &host).map_err(|error| error.to_string()),
    };
    let steps: Vec<_> = chosen.iter().map(|browser| Step::new(browser, word, step(browser))).collect();
    let next = format!("Load the extension into the browser, then run `prompt-runner doctor{}`.", args.which.words());
    say(&steps, args.json, &next, out)?;
    if steps.is_empty() {
        let hint = "Start your browser once, then run `prompt-runner install` again; or name it with --browser NAME.";
        let message = "No browser was found for this user, so nothing was written.";
        return Err(Refusal { hint: hint.into(), ..Refusal::new(Code::SetupBroken, message) });
    }
    // A sandboxed browser that was not asked for is no failure while another one works.
    let asked = !args.which.browsers.is_empty();
    let fatal = |(step, browser): (&Step, &Browser)| step.problem.is_some() && (asked || !browser.sandboxed);
    if steps.iter().any(|step| step.problem.is_none()) && !steps.iter().zip(&chosen).any(fatal) {
        return Ok(());
    }
    Err(broken(&steps))
}

/// Removes what `install` wrote, in every place of this system or in those named.
///
/// # Errors
/// When a manifest stays.
pub(super) fn uninstall(args: InstallArgs, out: &mut dyn Write) -> Result<(), Refusal> {
    let world = World::here().map_err(refused)?;
    let chosen = chosen(&world, &args.which, browsers::known)?;
    let others = browsers::installed(&world);
    let word = if args.dry_run { "would remove" } else { "removed" };
    let mut steps = Vec::new();
    for browser in &chosen {
        // Who names a directory means that directory.
        let all = args.which.user_data_dir.is_some();
        let browser = if all { browser.clone() } else { alone(browser, &chosen, &others) };
        let removed = if args.dry_run { Ok(registered(&browser)) } else { unregister(&browser) };
        let step = Step::new(&browser, word, removed.map_err(|error| error.to_string()));
        if step.problem.is_some() || !step.manifests.is_empty() {
            steps.push(step);
        }
    }
    if steps.is_empty() && !args.json {
        return print("No browser was told about the host, so there is nothing to remove.\n", out);
    }
    say(&steps, args.json, "The recorded sessions stay where they are.", out)?;
    if steps.iter().any(|step| step.problem.is_some()) { Err(broken(&steps)) } else { Ok(()) }
}

fn register(browser: &Browser, host: &Path) -> Result<Vec<PathBuf>, InstallError> {
    let write = |dir: &PathBuf| browsers::write_manifest(dir, browser.family, host);
    let manifests: Vec<_> = browser.manifests.iter().map(write).collect::<Result<_, _>>()?;
    if let (Some(key), Some(manifest)) = (&browser.key, manifests.first()) {
        browsers::run(key, &browsers::add(key, manifest))?;
    }
    Ok(manifests)
}

fn unregister(browser: &Browser) -> Result<Vec<PathBuf>, InstallError> {
    if let Some(key) = browser.key.as_ref().filter(|key| browsers::registered(key).is_some()) {
        browsers::run(key, &browsers::delete(key))?;
    }
    browser.manifests.iter().filter_map(|dir| browsers::remove_manifest(dir).transpose()).collect()
}

fn registered(browser: &Browser) -> Vec<PathBuf> {
    let files = browser.manifests.iter().map(|dir| dir.join(browsers::file_name()));
    files.filter(|file| file.symlink_metadata().is_ok()).collect()
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

impl Step {
    fn new(browser: &Browser, done: &'static str, result: Result<Vec<PathBuf>, String>) -> Self {
        let (done, manifests, problem) = match result {
            Ok(manifests) => (done, manifests, None),
            Err(problem) => ("nothing", Vec::new(), Some(problem)),
        };
        Self { browser: browser.id.clone(), name: browser.name.clone(), done, manifests, problem }
    }
}

fn broken(steps: &[Step]) -> Refusal {
    let problem = |step: &Step| step.problem.as_ref().map(|problem| format!("{}: {problem}", step.name));
    Refusal::new(Code::SetupBroken, steps.iter().filter_map(problem).collect::<Vec<_>>().join(" "))
}

fn say(steps: &[Step], json: bool, next: &str, out: &mut dyn Write) -> Result<(), Refusal> {
    if json {
        return print(&format!("{}\n", serde_json::json!({ "steps": steps })), out);
    }
    let mut text = String::new();
    // What went wrong follows as the refusal.
    for step in steps {
        for path in &step.manifests {
            text.push_str(&format!("{}: {} {}\n", step.name, step.done, path.display()));
        }
    }
    if !text.is_empty() {
        text.push_str(&format!("{next}\n"));
    }
    print(&safe(&text), out)
}
