//! The self-test of the page: how often each candidate of the profile finds something, and how the finds lie to each other. Only
//! counts, tag names and lengths leave here; what they mean is judged by core, in the host.

use crate::page::{Page, all, outermost};
use crate::wire::field;
use js_sys::JsString;
use prompt_runner_core::site::{Found, PageReport, ROWS_MAX};
use wasm_bindgen::JsCast;
use web_sys::Element;

/// How many kinds of tag are named for an element.
const TAGS: usize = 4;

/// Looks through the whole page: once after it was opened, never while an answer comes in.
pub(crate) fn report(page: &Page) -> Option<PageReport> {
    let body: Element = page.document.body()?.into();
    let mut report = PageReport { conversation: page.conversation().is_some(), ..PageReport::default() };
    report.site.push_str(page.profile.host);
    report.elements.extend(page.profile.elements().map(|(name, candidates)| found(&body, name, candidates)));

    let (user, assistant) = (used(&body, page.profile.user), used(&body, page.profile.assistant));
    let rows = outermost(&body, page.profile.row);
    for row in rows.iter().skip(rows.len().saturating_sub(ROWS_MAX)) {
        let has = |selector: &str| {
            row.matches(selector).unwrap_or(false) || row.query_selector(selector).is_ok_and(|found| found.is_some())
        };
        report.rows.push(match (has(user), has(assistant)) {
            (true, true) => 'b',
            (true, false) => 'u',
            (false, true) => 'a',
            (false, false) => '-',
        });
    }

    let (users, answers) = (page.users(&body), page.assistants(&body));
    let row = used(&body, page.profile.row);
    let inside = |element: &Element, selector: &str| element.closest(selector).is_ok_and(|found| found.is_some());
    let within =
        |element: &Element, selector: &str| element.parent_element().is_some_and(|parent| inside(&parent, selector));
    let mut length = 0;
    for answer in &answers {
        let bodies = page.bodies(answer);
        length += bodies.iter().map(text_length).sum::<u32>();
        report.bodiless += u32::from(bodies.is_empty());
        report.unsaid += u32::from(page.streaming(answer).is_none());
        report.nested += u32::from(within(answer, user));
        report.astray += u32::from(!rows.is_empty() && !inside(answer, row));
    }
    for message in &users {
        report.nested += u32::from(inside(message, assistant));
        report.astray += u32::from(!rows.is_empty() && !inside(message, row));
    }
    // The innermost of those inside each other are not among the outermost.
    report.nested += (all(&body, assistant).len() - answers.len()) as u32;
    for found in &mut report.elements {
        match found.name.as_str() {
            "assistant" => found.length = answers.iter().map(text_length).sum(),
            "body" => found.length = length,
            _ => {}
        }
    }
    Some(report)
}

fn found(body: &Element, name: &str, candidates: &[&str]) -> Found {
    let mut found = Found { name: name.to_owned(), ..Found::default() };
    for candidate in candidates {
        let matches = all(body, candidate);
        found.counts.push(matches.len() as u32);
        if found.tags.is_empty() {
            for tag in matches.iter().map(Element::tag_name) {
                if found.tags.len() < TAGS && !found.tags.contains(&tag) {
                    found.tags.push(tag);
                }
            }
        }
    }
    found
}

/// The candidate that is used in this page; the first where none finds anything.
fn used(body: &Element, candidates: &'static [&'static str]) -> &'static str {
    let finds = |candidate: &&&str| body.query_selector(candidate).is_ok_and(|found| found.is_some());
    candidates.iter().find(finds).or(candidates.first()).copied().unwrap_or_default()
}

/// Taken where it stands: the text itself stays in the page.
fn text_length(element: &Element) -> u32 {
    field(element, "textContent").dyn_into::<JsString>().map_or(0, |text| text.length())
}
