//! From the DOM of an answer to blocks. Only text is taken over, never markup, and only from where the model's text stands. Text that
//! the page draws without its source leaves a gap: nothing is made up, and nothing goes missing without a word.

mod code;
mod formula;
mod inline;
mod table;

use crate::chrome;
use crate::page::{OURS, Page, all, finds};
use inline::Line;
use prompt_runner_core::block::{Block, GAP, RULE, to_markdown};
use wasm_bindgen::JsCast;
use web_sys::{Element, Node};

/// What is a block of its own, or holds some.
const BLOCKS: &str =
    "p,pre,ul,ol,dl,blockquote,table,h1,h2,h3,h4,h5,h6,hr,div,details,section,article,figure,[role=heading]";
/// Elements that stand in a line of text.
const INLINE: &str = "a,abbr,b,bdi,bdo,br,cite,code,data,del,dfn,em,font,i,img,input,ins,kbd,label,mark,math,q,ruby,rp,rt,s,samp,script,small,span,strike,strong,sub,sup,time,tt,u,var,wbr,mjx-container";

/// The blocks of a message of the model.
pub(crate) fn blocks(page: &Page, message: &Element) -> Vec<Block> {
    let mut blocks = Vec::new();
    for body in page.bodies(message) {
        flow(page, &body, &mut blocks);
    }
    blocks
}

/// The blocks of a container in the order in which they are drawn; what stands between them in lines is a paragraph.
fn flow(page: &Page, parent: &Element, blocks: &mut Vec<Block>) {
    let mut line = Line::of(page, parent);
    for node in children(parent) {
        match node.dyn_ref::<Element>() {
            Some(element) if is_left_out(page, element) || element.tag_name() == "SUMMARY" => {}
            Some(element) if is_inline(page, parent, element) => line.element(element),
            Some(element) => {
                line.end(blocks);
                block(page, element, blocks);
            }
            None => line.node(&node),
        }
    }
    line.end(blocks);
}

fn block(page: &Page, element: &Element, blocks: &mut Vec<Block>) {
    let tag = element.tag_name();
    match tag.as_str() {
        "PRE" => code::pre(page, element, blocks),
        "P" if !holds_blocks(page, element) => {
            let mut line = Line::of(page, element);
            line.children(element);
            line.end(blocks);
        }
        "UL" | "OL" => other(blocks, list(page, element)),
        "BLOCKQUOTE" => {
            let quoted = inside(page, element);
            let lines: Vec<String> = quoted.lines().map(|line| format!("> {line}").trim_end().to_owned()).collect();
            other(blocks, lines.join("\n"));
        }
        "TABLE" => other(blocks, table::table(page, element)),
        "HR" => other(blocks, RULE.to_owned()),
        _ => match heading_level(element) {
            Some(level) => {
                let text = inline::plain(page, element);
                blocks.extend((!text.is_empty()).then_some(Block::Heading { level, text }));
            }
            None => container(page, element, blocks),
        },
    }
}

fn container(page: &Page, element: &Element, blocks: &mut Vec<Block>) {
    if formula::is_formula(element) {
        let mut line = Line::of(page, element);
        line.element(element);
        line.end(blocks);
    } else if let Some(root) = code::frame(page, element) {
        code::framed(page, element, &root, blocks);
    } else if is_drawing(element) || is_shadowed(element) {
        blocks.push(gap());
    } else if element.tag_name() == "DETAILS" {
        details(page, element, blocks);
    } else if !is_foreign(page, element) {
        flow(page, element, blocks);
    }
}

fn other(blocks: &mut Vec<Block>, text: String) {
    blocks.extend((!text.is_empty()).then_some(Block::Other { text }));
}

fn gap() -> Block {
    Block::Other { text: GAP.to_owned() }
}

fn heading_level(element: &Element) -> Option<u8> {
    match element.tag_name().as_bytes() {
        [b'H', digit @ b'1'..=b'6'] => Some(digit - b'0'),
        _ if element.get_attribute("role").as_deref() == Some("heading") => {
            Some(element.get_attribute("aria-level").and_then(|level| level.parse().ok()).unwrap_or(2).clamp(1, 6))
        }
        _ => None,
    }
}

/// What can be folded keeps its frame: in markdown it is written with these same tags.
fn details(page: &Page, element: &Element, blocks: &mut Vec<Block>) {
    let title =
        all(element, ":scope > summary").first().map(|summary| inline::plain(page, summary)).unwrap_or_default();
    other(blocks, ["<details>\n<summary>", &title, "</summary>"].concat());
    flow(page, element, blocks);
    other(blocks, "</details>".to_owned());
}

/// Chrome of the page, and what we put in ourselves.
fn is_left_out(page: &Page, element: &Element) -> bool {
    element.has_attribute(OURS)
        || (page.is_chrome(element) && !inline::is_checkbox(element))
        || element.matches("style,template,noscript,script:not([type^='math/tex'])").unwrap_or(false)
}

/// Whether an element stands in a line of its parent's text.
fn is_inline(page: &Page, parent: &Element, element: &Element) -> bool {
    if element.matches("svg").unwrap_or(false) {
        return has_text(parent);
    }
    if formula::is_formula(element) {
        return element.tag_name() != "DIV";
    }
    if inline::is_checkbox(element) {
        return true;
    }
    if element.matches(INLINE).unwrap_or(false) {
        let is_line = element.tag_name() == "SPAN" && code::is_boxed(page, element);
        return !is_line && !holds_blocks(page, element) && !code::is_block(page, element);
    }
    // An element with a name of its own is drawn in the line that it stands in.
    element.local_name().contains('-') && has_words_beside(element) && !holds_blocks(page, element)
}

/// Whether words, or what stands in a line with words, are next to an element.
fn has_words_beside(element: &Element) -> bool {
    let is_word = |node: &Node| match node.dyn_ref::<Element>() {
        Some(element) => element.matches(INLINE).unwrap_or(false),
        None => true,
    };
    let is_drawn = |node: &Node| node.is_instance_of::<Element>() || (is_text(node) && !text(node).trim().is_empty());
    let before = std::iter::successors(element.previous_sibling(), Node::previous_sibling).find(is_drawn);
    let after = std::iter::successors(element.next_sibling(), Node::next_sibling).find(is_drawn);
    before.is_some_and(|node| is_word(&node)) || after.is_some_and(|node| is_word(&node))
}

fn holds_blocks(page: &Page, element: &Element) -> bool {
    finds(element, BLOCKS)
        && all(element, BLOCKS)
            .iter()
            .any(|block| !formula::is_in_one(block, element) && !page.is_left_out(block, element))
}

/// Whether letters stand directly in an element.
fn has_text(element: &Element) -> bool {
    children(element).any(|node| is_text(&node) && node.text_content().is_some_and(|text| !text.trim().is_empty()))
}

/// A picture in the place of the text that it was made from.
fn is_drawing(element: &Element) -> bool {
    let drawn = "svg,canvas,iframe,video,audio,object,embed";
    (element.matches(drawn).unwrap_or(false) || finds(element, drawn)) && text(element).trim().is_empty()
}

/// Text of the page that stands in a shadow root is drawn and cannot be had as a part of the document.
pub(crate) fn is_shadowed(element: &Element) -> bool {
    if element.has_attribute(OURS) {
        return false;
    }
    chrome::shadow_root(element).is_some_and(|root| {
        root.query_selector("p,pre,ul,ol,table,h1,h2,h3,h4,h5,h6").is_ok_and(|found| found.is_some())
    })
}

/// An element with a name of its own that holds no block: other extensions put such things between those of an answer.
fn is_foreign(page: &Page, element: &Element) -> bool {
    element.local_name().contains('-') && !holds_blocks(page, element) && !finds(element, "code,.cm-content")
}

fn list(page: &Page, element: &Element) -> String {
    let ordered = element.tag_name() == "OL";
    let mut number: u32 = element.get_attribute("start").and_then(|start| start.parse().ok()).unwrap_or(1);
    let mut out = Vec::new();
    for item in children(element).filter_map(|node| node.dyn_into::<Element>().ok()) {
        if is_left_out(page, &item) {
            continue;
        }
        if let Some(value) = item.get_attribute("value").and_then(|value| value.parse().ok()) {
            number = value;
        }
        let marker = match inline::note_named(&item) {
            Some(note) => format!("[^{note}]: "),
            None if ordered => format!("{number}. "),
            None => "- ".to_owned(),
        };
        number = number.saturating_add(1);
        let indent = " ".repeat(marker.len());
        // A list directly in a list belongs to the item before it.
        let (marker, body) = match item.tag_name().as_str() {
            "UL" | "OL" => (&indent, list(page, &item)),
            _ => (&marker, inside(page, &item)),
        };
        for (at, line) in body.lines().enumerate() {
            let lead = if at == 0 { marker } else { &indent };
            out.push(format!("{lead}{line}").trim_end().to_owned());
        }
    }
    out.join("\n")
}

/// The content of a list item or quote as markdown.
fn inside(page: &Page, element: &Element) -> String {
    let mut blocks = Vec::new();
    flow(page, element, &mut blocks);
    // In an item that is not loose, a list follows its line directly.
    let tight =
        element.tag_name() == "LI" && finds(element, ":scope > ul,:scope > ol") && !finds(element, ":scope > p");
    match blocks.as_slice() {
        [line @ Block::Paragraph { .. }, list] if tight => [to_markdown([line]), to_markdown([list])].concat(),
        blocks => to_markdown(blocks),
    }
    .trim_end()
    .to_owned()
}

fn children(parent: &Node) -> impl Iterator<Item = Node> + use<> {
    std::iter::successors(parent.first_child(), Node::next_sibling)
}

/// Letters, as opposed to elements and to comments, whose text nobody sees.
fn is_text(node: &Node) -> bool {
    matches!(node.node_type(), Node::TEXT_NODE | Node::CDATA_SECTION_NODE)
}

fn text(node: &Node) -> String {
    node.text_content().unwrap_or_default()
}
