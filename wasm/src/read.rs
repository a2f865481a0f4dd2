//! From the DOM of an answer to blocks. Only text is taken over, never markup, and only from where the model's text stands.

use crate::page::Page;
use prompt_runner_core::block::{Block, GAP, RULE, longest_run, to_markdown};
use wasm_bindgen::JsCast;
use web_sys::{Element, Node};

/// The blocks of a message of the model.
pub(crate) fn blocks(page: &Page, message: &Element) -> Vec<Block> {
    let mut blocks = Vec::new();
    for body in page.bodies(message) {
        children(page, &body, &mut blocks);
    }
    blocks
}

fn children(page: &Page, parent: &Element, blocks: &mut Vec<Block>) {
    let mut child = parent.first_child();
    while let Some(node) = child {
        if let Some(element) = node.dyn_ref::<Element>() {
            if !element.matches(page.profile.exclude).unwrap_or(false) {
                block(page, element, blocks);
            }
        } else if let Some(text) = node.text_content().filter(|text| !text.trim().is_empty()) {
            blocks.push(Block::Paragraph { text: text.trim().to_owned() });
        }
        child = node.next_sibling();
    }
}

fn block(page: &Page, element: &Element, blocks: &mut Vec<Block>) {
    let tag = element.tag_name();
    match tag.as_str() {
        "H1" | "H2" | "H3" | "H4" | "H5" | "H6" => {
            blocks.push(Block::Heading {
                level: tag.as_bytes().get(1).map_or(1, |digit| digit - b'0'),
                text: text(element).trim().to_owned(),
            });
        }
        "PRE" => code(page, element, element, blocks),
        "P" => blocks.push(paragraph(element)),
        "UL" | "OL" => blocks.push(Block::Other { text: list(page, element) }),
        "BLOCKQUOTE" => {
            let quoted = inside(page, element);
            let lines: Vec<String> = quoted.lines().map(|line| format!("> {line}").trim_end().to_owned()).collect();
            blocks.push(Block::Other { text: lines.join("\n") });
        }
        "TABLE" => blocks.push(Block::Other { text: table(element) }),
        "HR" => blocks.push(Block::Other { text: RULE.to_owned() }),
        _ => match element.query_selector("pre").ok().flatten() {
            // The page wraps a code block with its label and its copy button.
            Some(pre)
                if element.query_selector_all("pre").is_ok_and(|all| all.length() == 1) && only_code(element, &pre) =>
            {
                code(page, element, &pre, blocks);
            }
            _ if is_drawing(element) => blocks.push(gap()),
            _ if is_foreign(element) => {}
            _ => children(page, element, blocks),
        },
    }
}

fn gap() -> Block {
    Block::Other { text: GAP.to_owned() }
}

/// A picture in the place of the text that it was made from.
fn is_drawing(element: &Element) -> bool {
    let drawn = "svg,canvas,iframe";
    (element.matches(drawn).unwrap_or(false) || element.query_selector(drawn).ok().flatten().is_some())
        && text(element).trim().is_empty()
}

/// An element with a name of its own that holds no block: other extensions put such things between those of an answer.
fn is_foreign(element: &Element) -> bool {
    element.local_name().contains('-')
        && element.query_selector("p,pre,ul,ol,blockquote,table,h1,h2,h3,h4,h5,h6,hr").ok().flatten().is_none()
}

/// True where an element is nothing but the frame of one code block.
fn only_code(element: &Element, pre: &Element) -> bool {
    element.get_attribute("role").as_deref() == Some("group")
        || element
            .query_selector("p,h1,h2,h3,h4,h5,h6,ul,ol,blockquote,table")
            .ok()
            .flatten()
            .is_none_or(|other| pre.contains(Some(&other)))
}

fn code(page: &Page, frame: &Element, pre: &Element, blocks: &mut Vec<Block>) {
    let code = pre.query_selector("code").ok().flatten().unwrap_or_else(|| pre.clone());
    let class = format!("{} {}", code.class_name(), pre.class_name());
    let by_class = class.split_whitespace().find_map(|class| class.strip_prefix("language-")).map(ToOwned::to_owned);
    let by_label =
        || frame.get_attribute("aria-label").and_then(|label| label.strip_suffix(" code").map(ToOwned::to_owned));
    let beside = || {
        let label = frame.query_selector(page.profile.code_label).ok().flatten()?;
        Some(text(&label).trim().to_ascii_lowercase())
    };
    // So the page calls a fence that has no label.
    let shown = || by_label().or_else(beside).filter(|label| label != "plain");
    let text = text(&code);
    blocks.push(Block::Code {
        lang: by_class.or_else(shown).unwrap_or_default(),
        text: text.trim_end_matches('\n').to_owned(),
    });
    // An empty box of a set height holds the room of lines that are not mounted.
    if code.query_selector("[style*=height]:empty").ok().flatten().is_some() {
        blocks.push(gap());
    }
}

/// Bold over the whole paragraph is kept: some answers write their headings so.
fn paragraph(element: &Element) -> Block {
    let text = inline(element).trim().to_owned();
    Block::Paragraph { text }
}

/// The text of a paragraph with the markdown that the renderer took away.
fn inline(parent: &Node) -> String {
    let mut out = String::new();
    let mut child = parent.first_child();
    while let Some(node) = child {
        if let Some(element) = node.dyn_ref::<Element>() {
            if let Some(formula) = formula(element) {
                out.push_str(&formula);
                child = node.next_sibling();
                continue;
            }
            if element.tag_name() == "CODE" {
                out.push_str(&inline_code(&text(element)));
                child = node.next_sibling();
                continue;
            }
            let around = match element.tag_name().as_str() {
                "STRONG" | "B" => "**",
                "EM" | "I" => "*",
                "DEL" | "S" => "~~",
                "BR" => {
                    out.push('\n');
                    ""
                }
                _ => "",
            };
            let link = element.get_attribute("href").filter(|_| element.tag_name() == "A");
            let text = inline(element);
            match link {
                Some(href) if href != text => out.push_str(&format!("[{text}]({href})")),
                _ => out.extend([around, &text, around]),
            }
        } else if let Some(text) = node.text_content() {
            out.push_str(&text);
        }
        child = node.next_sibling();
    }
    out
}

/// What a drawn formula was written as; its letters stand there twice, for the eye and for machines.
fn formula(element: &Element) -> Option<String> {
    let written = element.class_list().contains("katex").then(|| element.query_selector("annotation").ok())??;
    Some(["$", &text(&*written?), "$"].concat())
}

/// Code inside a line: its backticks must be longer than those in it.
fn inline_code(text: &str) -> String {
    if !text.contains('`') {
        return ["`", text, "`"].concat();
    }
    let around = "`".repeat(longest_run(text) + 1);
    [&around, " ", text, " ", &around].concat()
}

fn list(page: &Page, element: &Element) -> String {
    let ordered = element.tag_name() == "OL";
    let first: u32 = element.get_attribute("start").and_then(|start| start.parse().ok()).unwrap_or(1);
    let mut out = Vec::new();
    for at in 0..element.children().length() {
        let Some(item) = element.children().item(at) else { continue };
        let marker = if ordered { format!("{}. ", first.saturating_add(at)) } else { "- ".to_owned() };
        let indent = " ".repeat(marker.len());
        let body = inside(page, &item);
        for (line_at, line) in body.lines().enumerate() {
            let lead = if line_at == 0 { &marker } else { &indent };
            out.push(format!("{lead}{line}").trim_end().to_owned());
        }
    }
    out.join("\n")
}

/// The content of a list item or quote as markdown: blocks where it has any, else one line of text.
fn inside(page: &Page, element: &Element) -> String {
    let mut blocks = Vec::new();
    if element.query_selector("p,pre,ul,ol,blockquote,table,h1,h2,h3,h4,h5,h6").ok().flatten().is_none() {
        return inline(element).trim().to_owned();
    }
    let mut lead = String::new();
    let mut child = element.first_child();
    while let Some(node) = child {
        match node.dyn_ref::<Element>() {
            Some(element) if is_block(element) => {
                flush(&mut lead, &mut blocks);
                block(page, element, &mut blocks);
            }
            Some(element) if element.matches(page.profile.exclude).unwrap_or(false) => {}
            Some(element) => lead.push_str(&inline(element)),
            None => lead.push_str(&node.text_content().unwrap_or_default()),
        }
        child = node.next_sibling();
    }
    flush(&mut lead, &mut blocks);
    to_markdown(&blocks).trim_end().to_owned()
}

fn flush(lead: &mut String, blocks: &mut Vec<Block>) {
    let text = std::mem::take(lead).trim().to_owned();
    if !text.is_empty() {
        blocks.push(Block::Paragraph { text });
    }
}

fn is_block(element: &Element) -> bool {
    element.matches("p,pre,ul,ol,blockquote,table,h1,h2,h3,h4,h5,h6,div,hr").unwrap_or(false)
}

fn table(element: &Element) -> String {
    let Ok(rows) = element.query_selector_all("tr") else { return String::new() };
    let mut out = Vec::new();
    for at in 0..rows.length() {
        let Some(row) = rows.item(at).and_then(|row| row.dyn_into::<Element>().ok()) else { continue };
        let cells: Vec<String> = (0..row.children().length())
            .filter_map(|at| row.children().item(at))
            .map(|cell| inline(&cell).trim().replace('\n', " ").replace('|', "\\|"))
            .collect();
        out.push(format!("| {} |", cells.join(" | ")));
        if at == 0 {
            out.push(format!("|{}", "---|".repeat(cells.len())));
        }
    }
    out.join("\n")
}

fn text(node: &Node) -> String {
    node.text_content().unwrap_or_default()
}
