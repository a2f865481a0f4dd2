//! `doctor --page`: what the extension's self-test counted in each site's page when one was opened last, and whether that can be right.

use super::super::install::which::print;
use super::super::print::safe;
use jiff::Timestamp;
use prompt_runner_core::refusal::{Code, Refusal};
use prompt_runner_core::site::{self, Found, PageReport};
use runner::Runner;
use runner::places::Places;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::io::Write;

const NONE: &str = "No page was reported yet. Open a chat on a supported site in a browser with the extension, wait three seconds, and run this again.\n";

/// Prints the newest report of each site.
///
/// # Errors
/// When a page is not as its profile says: every report is printed before.
pub(super) fn pages(as_json: bool, out: &mut dyn Write) -> Result<(), Refusal> {
    let runner = Runner::open(&Places::here()?)?;
    let pages = runner.pages()?;
    let drifted: Vec<&PageReport> =
        pages.iter().map(|(_, report)| report).filter(|report| !report.drift().is_empty()).collect();
    if as_json {
        let list: Vec<Value> = pages.iter().map(|(at_ms, report)| value(*at_ms, report)).collect();
        print(&format!("{}\n", json!({ "pages": list, "ok": drifted.is_empty() })), out)?;
    } else if pages.is_empty() {
        print(NONE, out)?;
    } else {
        let text: String = pages.iter().map(|(at_ms, report)| text(*at_ms, report)).collect();
        print(&safe(&text), out)?;
    }
    let Some(first) = drifted.first() else { return Ok(()) };
    let message = format!("The page of {} is not as its profile says.", first.site);
    let hint = "Check what is stored of it, and report what `prompt-runner doctor --page --json` prints: it holds counts, nothing that was written.";
    Err(Refusal { hint: hint.into(), ..Refusal::new(Code::SetupBroken, message) })
}

fn value(at_ms: i64, report: &PageReport) -> Value {
    let drift: Vec<Value> = report.drift().iter().map(|say| json!({ "key": say.key, "text": say.english() })).collect();
    let verdict = if drift.is_empty() { "ok" } else { "drifted" };
    json!({ "at_ms": at_ms, "verdict": verdict, "drift": drift, "report": report })
}

fn text(at_ms: i64, report: &PageReport) -> String {
    let when = Timestamp::from_millisecond(at_ms).map(|at| at.strftime("%Y-%m-%d %H:%M UTC").to_string());
    let kind = if report.conversation { "a conversation" } else { "a new chat" };
    let mut text = format!("{}, {kind} on {}\n", report.site, when.unwrap_or_default());
    for found in &report.elements {
        line(&mut text, report, found);
    }
    if !report.rows.is_empty() {
        _ = writeln!(text, "  rows in order         {}", report.rows);
    }
    match report.drift().as_slice() {
        [] => text.push_str("  ok: the page is as its profile says.\n"),
        why => why.iter().for_each(|say| _ = writeln!(text, "  DRIFTED: {}.", say.english())),
    }
    text
}

/// One element: how many there are, and which candidate finds them.
fn line(text: &mut String, report: &PageReport, found: &Found) {
    let candidates = site::of(&report.site)
        .and_then(|profile| profile.elements().into_iter().find(|(name, _)| *name == found.name))
        .map_or(&[][..], |(_, candidates)| candidates);
    let by = match found.candidate() {
        Some(at) => {
            let selector = candidates.get(at).copied().unwrap_or("a candidate that this version does not know");
            format!("{:>4}  {}  by candidate {at}: {selector}", found.count(), found.tags.join(" "))
        }
        None => "   0".into(),
    };
    _ = writeln!(text, "  {:<20}{by}", found.name);
}
