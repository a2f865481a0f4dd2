//! Tables as markdown.

use super::{inline, is_left_out};
use crate::page::{Page, all};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

pub(super) fn table(page: &Page, element: &Element) -> String {
    let mut out = Vec::new();
    let captions = all(element, ":scope > caption").into_iter().map(|caption| inline::cell(page, &caption));
    out.extend(captions.filter(|caption| !caption.is_empty()).map(|caption| [&caption, "\n"].concat()));
    let before = out.len();
    for row in all(element, "tr") {
        // Rows of a table inside this one are its cells' text.
        if row.closest("table").ok().flatten().is_none_or(|its| its != *element) {
            continue;
        }
        let cells: Vec<Element> =
            all(&row, ":scope > td,:scope > th").into_iter().filter(|cell| !is_left_out(page, cell)).collect();
        if cells.is_empty() {
            continue;
        }
        let texts: Vec<String> = cells.iter().map(|cell| text(page, cell)).collect();
        out.push(["| ", &texts.join(" | "), " |"].concat());
        if out.len() == before + 1 {
            let rules: String = cells.iter().map(rule).collect();
            out.push(["|", &rules].concat());
        }
    }
    out.join("\n")
}

/// A cell has one line: its others are joined as markdown's tables do it.
fn text(page: &Page, cell: &Element) -> String {
    let text = inline::cell(page, cell);
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let joint = if super::finds(cell, "br,p,li,div") { "<br>" } else { " " };
    lines.join(joint).replace('|', "\\|")
}

fn rule(cell: &Element) -> &'static str {
    let style = cell.dyn_ref::<HtmlElement>().and_then(|cell| cell.style().get_property_value("text-align").ok());
    match cell.get_attribute("align").or(style).unwrap_or_default().as_str() {
        "right" => "---:|",
        "center" => ":---:|",
        "left" => ":---|",
        _ => "---|",
    }
}
