//! What a drawn formula was written as. Its letters stand in the page as drawings of themselves, often twice, for the eye and for
//! machines; read as text a fraction of a and b is `ab`. So the source is taken from wherever a renderer left it, or nothing.

use super::text;
use crate::page::{all, finds};
use web_sys::Element;

/// The outermost element of a formula, as KaTeX, MathJax, MathML and Gemini make it.
const FORMULA: &str = ".katex-display,.katex,.katex-error,.math-block,.math-inline,.MathJax_Display,.MathJax,.MathJax_Preview,mjx-container,math,[data-math],[data-latex],[data-tex],script[type^='math/tex']";
/// Those that stand in a line of their own.
const DISPLAY: &str = ".katex-display,.math-block,.math-display,.MathJax_Display,div,[display=true],[display=block],[type*='mode=display']";
/// Attributes that keep the source.
const KEPT: [&str; 5] = ["data-math", "data-latex", "data-tex", "data-formula", "alttext"];

/// What is known of a formula.
pub(super) enum Formula {
    /// Its source, between its dollars.
    Source(String),
    /// It is drawn, and its source is nowhere.
    Lost,
    /// A drawing whose source stands beside it.
    Beside,
}

pub(super) fn is_formula(element: &Element) -> bool {
    element.matches(FORMULA).unwrap_or(false)
}

/// Whether an element below another is a part of a formula.
pub(super) fn is_in_one(part: &Element, within: &Element) -> bool {
    part.closest(FORMULA).ok().flatten().is_some_and(|formula| within.contains(Some(&formula)))
}

pub(super) fn read(element: &Element) -> Formula {
    match source(element) {
        Some(source) => {
            let displayed = element.matches(DISPLAY).unwrap_or(false)
                || element
                    .query_selector(".katex-display,[display=block],[display=true],[type*='mode=display']")
                    .is_ok_and(|found| found.is_some());
            let dollars = if displayed { "$$" } else { "$" };
            Formula::Source([dollars, source.trim(), dollars].concat())
        }
        None if beside(element) || text(element).trim().is_empty() => Formula::Beside,
        None => Formula::Lost,
    }
}

fn source(element: &Element) -> Option<String> {
    let kept = |element: &Element| {
        KEPT.iter().find_map(|name| element.get_attribute(name)).filter(|source| !source.trim().is_empty())
    };
    let written = |selector: &str| {
        all(element, selector).first().map(|found| text(found)).filter(|source| !source.trim().is_empty())
    };
    let inside = || all(element, "[data-math],[data-latex],[data-tex],[data-formula],[alttext]").iter().find_map(kept);
    if element.tag_name() == "SCRIPT" {
        return Some(text(element));
    }
    // What KaTeX cannot read it shows as it was written.
    let shown = || element.matches(".katex-error").unwrap_or(false).then(|| text(element));
    kept(element)
        .or_else(|| written("annotation[encoding*=tex i]"))
        .or_else(|| written("annotation"))
        .or_else(inside)
        .or_else(|| written("script[type^='math/tex']"))
        .or_else(shown)
}

/// Whether the script that a drawing was made from follows it.
fn beside(element: &Element) -> bool {
    let mut next = element.next_element_sibling();
    while let Some(sibling) = next {
        if sibling.matches("script[type^='math/tex']").unwrap_or(false) {
            return true;
        }
        if !sibling.matches(".MathJax,.MathJax_Display,.MathJax_Preview").unwrap_or(false) {
            return false;
        }
        next = sibling.next_element_sibling();
    }
    finds(element, "script[type^='math/tex']")
}
