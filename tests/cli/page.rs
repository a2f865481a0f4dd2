//! `doctor --page`: what a page's self-test told the host, as a person reads it.

use crate::desk::Desk;
use prompt_runner_core::protocol::Request;
use runner::Runner;
use serde_json::{Value, json};

/// The host hears this of a page.
pub(crate) fn tell(desk: &Desk, report: &Value) {
    let request: Request = serde_json::from_value(json!({ "type": "page_report", "report": report })).unwrap();
    Runner::open(&desk.places()).unwrap().handle(request).unwrap();
}

/// A report on a page with so many composers.
pub(crate) fn report(site: &str, composers: u32) -> Value {
    let element =
        |name, counts: &[u32], length| json!({ "name": name, "counts": counts, "tags": ["DIV"], "length": length });
    json!({
        "site": site, "conversation": true, "rows": "ua", "nested": 0, "astray": 0, "bodiless": 0, "unsaid": 0,
        "elements": [
            element("composer", &[0, composers], 0), element("user", &[1], 4), element("assistant", &[1], 9), element("body", &[1], 9),
        ],
    })
}

#[test]
fn without_a_report_it_says_what_to_do() {
    let desk = Desk::new();
    let said = desk.doctor(&["--page"]);
    assert_eq!((said.code, said.err.as_str()), (Some(0), ""));
    assert!(said.out.contains("No page was reported yet. Open a chat"), "{}", said.out);
    let said: Value = serde_json::from_str(&desk.doctor(&["--page", "--json"]).out).unwrap();
    assert_eq!(said, json!({ "pages": [], "ok": true }));
}

#[test]
fn the_newest_report_of_each_site_is_shown_with_what_it_means() {
    let desk = Desk::new();
    tell(&desk, &report("claude.ai", 0));
    tell(&desk, &report("gemini.google.com", 1));
    let said = desk.doctor(&["--page"]);
    assert_eq!(said.code, Some(7), "{}", said.err);
    assert!(said.out.contains("  DRIFTED: the composer was not found.\n"), "{}", said.out);
    assert!(said.out.contains("by candidate 1: [role=textbox]"), "{}", said.out);
    assert!(said.out.contains("  ok: the page is as its profile says.\n"), "{}", said.out);
    assert!(said.err.contains("The page of claude.ai is not as its profile says."), "{}", said.err);

    // A newer one takes the place of the one before.
    tell(&desk, &report("claude.ai", 1));
    let said = desk.doctor(&["--page", "--json"]);
    assert_eq!(said.code, Some(0), "{}", said.err);
    let said: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(said["ok"], true);
    let pages = said["pages"].as_array().unwrap();
    let sites: Vec<&Value> = pages.iter().map(|page| &page["report"]["site"]).collect();
    assert_eq!(sites, ["claude.ai", "gemini.google.com"]);
    assert_eq!((&pages[0]["verdict"], &pages[0]["report"]), (&json!("ok"), &report("claude.ai", 1)));
    assert!(pages[0]["at_ms"].as_i64().unwrap() > 1_700_000_000_000);
}
