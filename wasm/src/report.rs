//! The self-test of the page: how often each candidate of the profile finds something, and how the finds lie to each other. Only
//! counts, tag names and lengths leave here; what they mean is judged by core, in the host. Of a long history the newest part is
//! looked at: the rest is drawn by the same site, and would cost the page a long task.

use crate::page::{Page, Part, all};
use crate::read;
use prompt_runner_core::site::{Found, PageReport, ROWS_MAX};
use web_sys::Element;

/// What is a code block on every site.
const CODE: &str = "pre,.cm-content";
/// What may have a shadow root, without what there are thousands of.
const SHADOWY: &str = ":not(span,code,a,em,strong,li,ul,ol,br,tr,td,th,svg,path,button)";
/// How many kinds of tag are named for an element.
const TAGS: usize = 4;

/// Looks through the page: once after it was opened, never while an answer comes in.
pub(crate) fn report(page: &Page) -> PageReport {
    let scope = page.scope();
    let mut report = PageReport { conversation: page.conversation().is_some(), ..PageReport::default() };
    report.site.push_str(page.profile.host);
    report
        .elements
        .extend(page.profile.elements().map(|(name, candidates)| found(page, scope.clone(), name, candidates)));

    let used = |name: &str, candidates: &'static [&'static str]| {
        let at = report.elements.iter().find(|found| found.name == name).and_then(Found::candidate).unwrap_or_default();
        candidates.get(at).copied().unwrap_or_default()
    };
    let (user, assistant) = (used("user", page.profile.user), used("assistant", page.profile.assistant));
    let row = used("row", page.profile.row);
    let mut rows: Vec<Element> = Vec::new();
    for one in shown(page, &scope, row) {
        if rows.last().is_none_or(|last| !last.contains(Some(&one))) {
            rows.push(one);
        }
    }
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

    let roots: Vec<Element> = scope.iter().filter_map(Part::whole).cloned().collect();
    let (users, answers) = (page.users(&roots), page.assistants(&roots));
    let inside = |element: &Element, selector: &str| element.closest(selector).is_ok_and(|found| found.is_some());
    let within =
        |element: &Element, selector: &str| element.parent_element().is_some_and(|parent| inside(&parent, selector));
    let mut length = 0;
    for answer in &answers {
        let bodies = page.bodies(answer);
        length += bodies.iter().map(text_length).sum::<u32>();
        report.bodiless += u32::from(bodies.is_empty());
        report.unsaid += u32::from(page.streaming(answer).is_none());
        report.swallowed +=
            all(answer, CODE).iter().filter(|code| is_swallowed(page, answer, code, &bodies)).count() as u32;
        report.shadowed += all(answer, SHADOWY).iter().filter(|element| read::is_shadowed(element)).count() as u32;
        report.nested += u32::from(within(answer, user));
        report.astray += u32::from(!rows.is_empty() && !inside(answer, row));
    }
    for message in &users {
        report.nested += u32::from(inside(message, assistant));
        report.astray += u32::from(!rows.is_empty() && !inside(message, row));
    }
    // The innermost of those inside each other are not among the outermost.
    report.nested += (shown(page, &scope, assistant).len() - answers.len()) as u32;
    for found in &mut report.elements {
        match found.name.as_str() {
            "assistant" => found.length = answers.iter().map(text_length).sum(),
            "body" => found.length = length,
            _ => {}
        }
    }
    report
}

/// What a page has of one element: what the candidate finds that is used. Those after it are not asked.
fn found(page: &Page, mut scope: Vec<Part>, name: &str, candidates: &[&str]) -> Found {
    let mut found = Found { name: name.to_owned(), ..Found::default() };
    let any = candidates.join(",");
    // Most parts of a page have none of them: that costs one question, not one for each candidate.
    scope.retain(|part| !any.is_empty() && part.has(&any));
    for candidate in candidates {
        let matches = shown(page, &scope, candidate);
        found.counts.push(matches.len() as u32);
        for tag in matches.iter().map(Element::tag_name) {
            if found.tags.len() < TAGS && !found.tags.contains(&tag) {
                found.tags.push(tag);
            }
        }
        if !matches.is_empty() {
            break;
        }
    }
    found
}

/// Whether a code block of an answer is not read, although it is none of the model's thoughts.
fn is_swallowed(page: &Page, answer: &Element, code: &Element, bodies: &[Element]) -> bool {
    let thought =
        !page.profile.thoughts.is_empty() && code.closest(page.profile.thoughts).is_ok_and(|found| found.is_some());
    if thought || text_length(code) == 0 {
        return false;
    }
    // What is wrapped in a chip is read all the same, but the profile does not know this page.
    let wrapped = code.closest(page.profile.chips).ok().flatten().is_some_and(|chip| answer.contains(Some(&chip)));
    wrapped || page.is_left_out(code, answer) || !bodies.iter().any(|body| body.contains(Some(code)))
}

/// What a selector finds in the conversation that is shown.
fn shown(page: &Page, scope: &[Part], selector: &str) -> Vec<Element> {
    let mut shown = Vec::new();
    for part in scope {
        shown.extend(part.all(selector));
    }
    shown.retain(|element| !page.is_beside(element));
    shown
}

/// Without blanks: markup that is laid out for people to read has many, and they are nobody's text.
fn text_length(element: &Element) -> u32 {
    element.text_content().map_or(0, |text| text.chars().filter(|ch| !ch.is_whitespace()).count() as u32)
}
