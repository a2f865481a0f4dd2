//! `doctor`: looks at everything that has to be right between a browser and the host, and gives each fault its name and one next step.
//! A manifest is what decides which program a browser starts, so it counts as hostile until it is proven to be ours.

mod checks;
mod data;
mod files;
mod fix;
mod host;
mod manifest;
mod page;
mod ping;

pub use manifest::faults as manifest_faults;

use super::install::which::{Which, chosen, host_beside_this, print, refused};
use super::print::safe;
use crate::browsers::{self, Browser, Environment, Family};
use checks::{Report, State};
use clap::Args;
use prompt_runner_core::refusal::{Code, Refusal};
use serde_json::json;
use std::io::Write;

/// What `doctor` takes.
#[derive(Args, Clone, Debug, Default)]
pub(super) struct DoctorArgs {
    /// Which browsers; every one that is found when left out.
    #[command(flatten)]
    which: Which,
    /// Say what the extension found in the chat pages that were opened last
    #[arg(long, conflicts_with_all = ["browsers", "user_data_dir"])]
    page: bool,
    /// Repair what has one safe repair, then look again
    #[arg(long, conflicts_with = "page")]
    fix: bool,
    /// Print JSON
    #[arg(long)]
    pub(super) json: bool,
}

/// Runs every check and prints what it found, or what was found in chat pages. With `--fix` it repairs, and looks again.
///
/// # Errors
/// When a check failed or a page is not as expected: everything is printed before.
pub(super) fn doctor(args: DoctorArgs, out: &mut dyn Write) -> Result<(), Refusal> {
    if args.page {
        return page::pages(args.json, out);
    }
    let environment = Environment::here().map_err(refused)?;
    let chosen = chosen(&environment, &args.which, browsers::installed)?;
    let mut report = inspect(&environment, &chosen, &args.which);
    let mut repairs = Report::default();
    if args.fix {
        repairs = fix::repair(&report, &chosen, host_beside_this().ok().as_deref());
    }
    if !repairs.checks.is_empty() {
        report = inspect(&environment, &chosen, &args.which);
    }
    let failed: Vec<_> = report.checks.iter().filter(|check| check.state == State::Failed).collect();
    if args.json {
        let said = json!({ "repairs": repairs.checks, "checks": report.checks, "ok": failed.is_empty() });
        print(&format!("{said}\n"), out)?;
    } else {
        print(&safe(&text(&args, &repairs, &report)), out)?;
    }
    let Some(first) = failed.first() else { return Ok(()) };
    let message = format!("{} of {} checks failed, first {}.", failed.len(), report.checks.len(), first.name);
    let hint = first.next_step.clone().unwrap_or_else(|| Code::SetupBroken.hint().into());
    Err(Refusal { hint, ..Refusal::new(Code::SetupBroken, message) })
}

/// What was repaired, what was found, and whether more of it could be repaired.
fn text(args: &DoctorArgs, repairs: &Report, report: &Report) -> String {
    let done = match (args.fix, repairs.checks.is_empty()) {
        (true, true) => "Nothing was repaired.\n\n".to_owned(),
        (true, false) => format!("Repaired:\n{}\nThen:\n", checks::lines(&repairs.checks)),
        (false, _) => String::new(),
    };
    let mut text = format!("{done}{}", checks::text(&report.checks));
    if !args.fix && report.checks.iter().any(|check| check.state == State::Failed) {
        let words = args.which.words();
        text.push_str(&format!("`prompt-runner doctor{words} --fix` repairs what has one safe repair.\n"));
    }
    text
}

/// Every check: first those of each browser, then those of the host, then those of the data.
fn inspect(environment: &Environment, chosen: &[Browser], which: &Which) -> Report {
    let mut report = Report::default();
    let host = host_beside_this();
    if chosen.is_empty() {
        let next = "Start your browser once, then run `prompt-runner install`.";
        report.failed("browser.present", "No browser was found for this user.", next);
    }
    let named = !which.browsers.is_empty() || which.user_data_dir.is_some();
    // Who registered one browser need not have registered all that are here.
    let any = chosen.iter().any(|browser| manifest::paths(browser).any(|path| path.exists()));
    for browser in chosen {
        report.about = Some(browser.id.clone());
        let again = format!("Run `prompt-runner install --browser {}{}`.", browser.id, which.words());
        manifest::inspect(&mut report, environment, browser, host.as_deref().ok(), &again, named || !any);
    }
    report.about = None;
    let firefox_only = !chosen.is_empty() && chosen.iter().all(|browser| browser.family == Family::Firefox);
    let caller = if firefox_only { Family::Firefox } else { Family::Chromium };
    let answer = host::inspect(&mut report, environment, host, caller);
    data::inspect(&mut report, answer.as_ref());
    report
}
