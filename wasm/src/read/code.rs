//! Code blocks: what is one, where in its frame the code stands, its language, and its lines. Pages draw lines as they like: with the
//! characters that end them, with breaks, as boxes, as the rows of an editor; and around them a label and buttons, whose words belong
//! to the page.

use super::{children, gap, has_text, is_text, text};
use crate::page::{OURS, Page, all, finds};
use prompt_runner_core::block::Block;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, Node};

/// What holds code where there is no `code`: the rows of CodeMirror, with or without an editor around them.
const ROWS: &str = ".cm-content";
const CODE: &str = "code,.cm-content";
/// What can be pressed, and what cannot be selected: neither is anybody's code.
const PRESSED: &str = "button,[role=button],[role=toolbar],[role=tooltip],svg,.sr-only";
const NUMBERS: &str = ".linenumber,.lineno,.line-number,.line-numbers,.line-numbers-rows,.react-syntax-highlighter-line-number,.cm-gutters,.gutter,.select-none,[style*='user-select: none'],[style*='user-select:none']";
/// Breaks, and boxes that hold the room of lines.
const OTHER: &str = "br,.cm-gap,[style*=height]:empty";
/// Boxes that are lines, or hold some.
const BOXES: &str = "div,p,li,ul,ol,tr,table,tbody,section,pre";
/// An empty box higher than this many pixels holds the room of lines that are not mounted; a lower one is an empty line.
const LINE_PX: u32 = 48;
/// The name of a language is a word, and not a long one.
const NAME_MAX: usize = 32;
/// So many bytes of words beside its label and buttons a frame may have; what has more is text with code in it.
const WORDS_MAX: usize = 64;

/// A code block that is a `pre` on its own.
pub(super) fn pre(page: &Page, pre: &Element, blocks: &mut Vec<Block>) {
    framed(page, pre, pre, blocks);
}

/// Whether an element in a line is a block of code all the same: some pages draw one without a `pre`.
pub(super) fn is_block(page: &Page, element: &Element) -> bool {
    if !element.matches("code").unwrap_or(false) {
        return false;
    }
    let alone = || {
        let parent =
            element.parent_element().filter(|parent| !parent.matches("p,li,td,th,span,a,strong,em").unwrap_or(false));
        parent.is_some_and(|parent| !has_text(&parent))
    };
    let lined = || finds(element, "br,div") || text(element).trim_end().contains('\n');
    is_boxed(page, element) || (alone() && lined())
}

/// Where an element is nothing but the frame of one code block: the `pre` or else the code in it.
pub(super) fn frame(page: &Page, element: &Element) -> Option<Element> {
    if element.matches("code").unwrap_or(false) {
        return Some(element.clone());
    }
    let pres = all(element, "pre");
    let known = is_known(page, element);
    let root = match pres.as_slice() {
        [] => {
            let codes = all(element, CODE);
            // Each line is a code of its own.
            if known
                && codes.len() > 1
                && !codes.iter().any(|code| code.parent_element().is_some_and(|parent| has_text(&parent)))
            {
                return Some(element.clone());
            }
            let [code] = codes.as_slice() else { return None };
            let in_a_line = code.parent_element().is_some_and(|parent| has_text(&parent))
                || code
                    .closest("p,li,td,th,h1,h2,h3,h4,h5,h6")
                    .ok()
                    .flatten()
                    .is_some_and(|line| element.contains(Some(&line)));
            let boxed = known || code.matches(ROWS).unwrap_or(false) || is_block(page, code) || has_button(element);
            (boxed && !in_a_line).then(|| code.clone())?
        }
        [pre] => pre.clone(),
        [outer, inner @ ..] if inner.iter().all(|pre| outer.contains(Some(pre))) => outer.clone(),
        _ => return None,
    };
    let only = all(element, "p,h1,h2,h3,h4,h5,h6,ul,ol,blockquote,table")
        .iter()
        .all(|other| root.contains(Some(other)) || other.contains(Some(&root)) || page.is_left_out(other, element));
    if known || !only {
        return only.then_some(root);
    }
    // The innermost frame is the frame: around it stand other words.
    let inner = children(element)
        .filter_map(|node| node.dyn_into::<Element>().ok())
        .find(|child| child.contains(Some(&root)))?;
    let innermost = !is_known(page, &inner) && !has_button(&inner);
    let words = words_around(page, element, &root);
    (innermost && (words.is_empty() || (has_button(element) && words.len() <= WORDS_MAX))).then_some(root)
}

/// Whether the page says that this is the frame of a code block.
fn is_known(page: &Page, element: &Element) -> bool {
    let said = !page.profile.code_frame.is_empty() && element.matches(page.profile.code_frame).unwrap_or(false);
    said || (element.get_attribute("role").as_deref() == Some("group") && finds(element, "pre,code,.cm-content"))
}

fn has_button(element: &Element) -> bool {
    finds(element, "button,[role=button]")
}

/// Words in a frame that are neither its code, nor its label, nor on a button.
fn words_around(page: &Page, frame: &Element, root: &Element) -> String {
    let mut words = String::new();
    for node in children(frame) {
        match node.dyn_ref::<Element>() {
            Some(element) if element == root || is_pressed(element) => {}
            Some(element) if is_label(page, frame, element) || page.is_chrome(element) => {}
            Some(element) => words.push_str(&words_around(page, element, root)),
            None if is_text(&node) => words.push_str(text(&node).trim()),
            None => {}
        }
    }
    words
}

fn is_label(page: &Page, frame: &Element, element: &Element) -> bool {
    all(frame, page.profile.code_label).contains(element)
}

fn is_pressed(element: &Element) -> bool {
    element.has_attribute(OURS) || element.matches(PRESSED).unwrap_or(false)
}

/// Reads one code block: `root` is its `pre`, or its code where it has none.
pub(super) fn framed(page: &Page, frame: &Element, root: &Element, blocks: &mut Vec<Block>) {
    let (nodes, label) = content(root);
    let is_code = |label: &Element| nodes.iter().any(|node| node.contains(Some(label)) || label.contains(Some(node)));
    let lang = class_language(&nodes, root).or_else(|| kept_language(&nodes, frame)).or_else(|| {
        let named = [frame, root].into_iter().flat_map(|around| all(around, page.profile.code_label));
        let mut labels = named.filter(|label| !is_code(label));
        labels.find_map(|label| language(&words(&label), frame)).or_else(|| language(&label, frame))
    });
    let (text, has_gap) = as_one(&nodes).map_or_else(|| Lines::read(page, root, &nodes), |text| (text, false));
    let text: Vec<&str> = text.split('\n').map(|line| if line == "\u{200b}" { "" } else { line }).collect();
    blocks
        .push(Block::Code { lang: lang.unwrap_or_default(), text: text.join("\n").trim_end_matches('\n').to_owned() });
    if has_gap {
        blocks.push(gap());
    }
}

/// Most code is one text, however many elements it is in: then it is read at once.
fn as_one(nodes: &[Node]) -> Option<String> {
    let [node] = nodes else { return None };
    let element = node.dyn_ref::<Element>()?;
    if finds(element, OTHER) || finds(element, BOXES) || finds(element, PRESSED) || finds(element, NUMBERS) {
        return None;
    }
    let text = text(element);
    // A line of many elements may be many lines by their style.
    (element.child_element_count() < 2 || text.trim_end().bytes().any(|byte| byte == b'\n')).then_some(text)
}

/// The nodes that hold the code itself, and the words that stand before them in the same box.
fn content(root: &Element) -> (Vec<Node>, String) {
    if root.matches(CODE).unwrap_or(false) {
        return (vec![root.clone().into()], String::new());
    }
    let codes: Vec<Element> = all(root, CODE)
        .into_iter()
        .filter(|code| {
            !code.parent_element().is_some_and(|parent| parent.closest(CODE).is_ok_and(|outer| outer.is_some()))
        })
        .filter(|code| !is_numbers(code))
        .collect();
    match codes.as_slice() {
        // Code in the middle of text in a `pre` is a part of it.
        [code] if !has_text(root) || has_button(root) => (vec![code.clone().into()], String::new()),
        _ => bare(root),
    }
}

fn is_numbers(element: &Element) -> bool {
    element.matches(NUMBERS).unwrap_or(false)
        || (element.next_element_sibling().is_some_and(|next| next.tag_name() == "CODE")
            && text(element).chars().all(|ch| ch.is_ascii_digit() || ch.is_whitespace()))
}

/// The nodes of a box without those that hold its buttons and its label.
fn bare(root: &Element) -> (Vec<Node>, String) {
    if !has_button(root) && !finds(root, "div") {
        return (children(root).collect(), String::new());
    }
    let mut inside = root.clone();
    while let Some(inner) = boxed_in(&inside) {
        inside = inner;
    }
    let nodes: Vec<Node> = children(&inside).collect();
    let Some(last) = nodes.iter().rposition(is_buttoned) else { return without_label(nodes) };
    let (after, before): (Vec<_>, Vec<_>) = nodes.into_iter().enumerate().partition(|(at, _)| *at > last);
    let label: String = before.iter().map(|(_, node)| words_of(node)).collect();
    if after.iter().all(|(_, node)| words_of(node).trim().is_empty()) {
        return without_label(before.into_iter().map(|(_, node)| node).take_while(|node| !is_buttoned(node)).collect());
    }
    let (nodes, beside) = without_label(after.into_iter().map(|(_, node)| node).collect());
    (nodes, if label.trim().is_empty() { beside } else { label })
}

/// The box inside another that holds all of its code, and maybe its buttons too.
fn boxed_in(outer: &Element) -> Option<Element> {
    let nodes: Vec<Node> = children(outer).collect();
    let main = nodes.iter().max_by_key(|node| words_of(node).len())?.dyn_ref::<Element>()?;
    let alone = elements(&nodes).count() == 1 && !has_text(outer) && main.matches(BOXES).unwrap_or(false);
    let both = !is_pressed(main) && has_button(main) && is_boxing(main);
    (alone || both).then(|| main.clone())
}

fn is_buttoned(node: &Node) -> bool {
    node.dyn_ref::<Element>().is_some_and(|element| has_button(element) || is_pressed(element))
}

/// Whether an element with a button in it holds the code too.
fn is_boxing(element: &Element) -> bool {
    finds(element, "br,.cm-line,code") || children(element).filter(|node| !words_of(node).trim().is_empty()).count() > 1
}

/// The nodes after a label of one word that is drawn in a box unlike those of the lines.
fn without_label(nodes: Vec<Node>) -> (Vec<Node>, String) {
    let kind = |node: &Node| node.dyn_ref::<Element>().map(|element| [element.tag_name(), element.class_name()]);
    let mut solid = nodes.iter().filter(|node| !words_of(node).trim().is_empty());
    let (Some(first), Some(second)) = (solid.next(), solid.next()) else { return (nodes, String::new()) };
    let unlike = kind(second).is_some() && kind(first) != kind(second);
    let name = words_of(first).trim().to_owned();
    if !unlike
        || name.contains(char::is_whitespace)
        || first.dyn_ref::<Element>().is_none_or(|label| label.tag_name() != "DIV")
    {
        return (nodes, String::new());
    }
    let label = first.clone();
    (nodes.into_iter().skip_while(|node| *node != label).skip(1).collect(), name)
}

/// The words of a node without those on buttons.
fn words_of(node: &Node) -> String {
    match node.dyn_ref::<Element>() {
        Some(element) => words(element),
        None if is_text(node) => text(node),
        None => String::new(),
    }
}

fn words(element: &Element) -> String {
    if is_pressed(element) {
        return String::new();
    }
    if !finds(element, PRESSED) {
        return text(element);
    }
    children(element).map(|node| words_of(&node)).collect()
}

fn elements(nodes: &[Node]) -> impl Iterator<Item = &Element> {
    nodes.iter().filter_map(|node| node.dyn_ref::<Element>())
}

fn class_language(nodes: &[Node], root: &Element) -> Option<String> {
    elements(nodes).chain([root]).find_map(|element| {
        let class = element.class_name();
        let name = class
            .split_whitespace()
            .find_map(|class| class.strip_prefix("language-").or_else(|| class.strip_prefix("lang-")));
        name.map(ToOwned::to_owned)
    })
}

fn kept_language(nodes: &[Node], frame: &Element) -> Option<String> {
    let kept =
        |element: &Element| element.get_attribute("data-language").or_else(|| element.get_attribute("data-lang"));
    let name = elements(nodes)
        .chain([frame])
        .find_map(kept)
        .or_else(|| all(frame, "[data-language]").first().and_then(kept))?;
    (!name.trim().is_empty()).then(|| name.trim().to_owned())
}

/// The language that a label names, if it can be one. What a button says is none, in whatever language it says so.
fn language(label: &str, frame: &Element) -> Option<String> {
    let name = label.trim();
    let on_button = || {
        all(frame, "button,[role=button]").iter().any(|button| {
            text(button).trim() == name || button.get_attribute("aria-label").is_some_and(|label| label.trim() == name)
        })
    };
    // So claude.ai calls a fence that has no label.
    let none = name.is_empty() || name == "plain" || name.len() > NAME_MAX || name.contains(char::is_whitespace);
    (!none && !on_button()).then(|| name.to_ascii_lowercase())
}

/// The lines of code as they are collected.
struct Lines<'a> {
    page: &'a Page,
    out: String,
    /// A line has ended that began nothing yet.
    pending: bool,
    gap: bool,
    /// Lines may be boxes by their style alone.
    styled: bool,
    /// Each line is a `code` of its own.
    by_code: bool,
    /// The browser draws the blanks of the text as they are.
    keeps_blanks: bool,
    /// What was found of each kind of element: there are few kinds, and many of each.
    boxed: Vec<(String, bool)>,
}

impl<'a> Lines<'a> {
    /// The text, and whether a part of it is not there.
    fn read(page: &'a Page, root: &Element, nodes: &[Node]) -> (String, bool) {
        let mut lines = Self {
            page,
            out: String::new(),
            pending: false,
            gap: false,
            styled: !finds(root, "br")
                && !nodes.iter().any(|node| node.dyn_ref::<Element>().is_some_and(|one| finds(one, BOXES))),
            by_code: elements(nodes).count() != 1 && all(root, "code").len() > 1,
            keeps_blanks: page.keeps_blanks(root),
            boxed: Vec::new(),
        };
        lines.walk(nodes);
        (lines.out, lines.gap)
    }

    fn walk(&mut self, nodes: &[Node]) {
        let boxes = elements(nodes).any(|element| self.is_box(element));
        let mut after_break = false;
        for node in nodes {
            let Some(element) = node.dyn_ref::<Element>() else {
                if is_text(node) {
                    self.text(&text(node), boxes, after_break);
                }
                continue;
            };
            after_break = false;
            if element.tag_name() == "BR" {
                self.push("\n");
                after_break = true;
            } else if is_room(element) {
                self.gap = true;
            } else if !is_pressed(element) && !element.matches(NUMBERS).unwrap_or(false) {
                self.element(element);
            }
        }
    }

    fn element(&mut self, element: &Element) {
        let nodes: Vec<Node> = children(element).collect();
        if !self.is_box(element) {
            return self.walk(&nodes);
        }
        self.pending |= !self.out.is_empty();
        let from = self.out.len();
        let waited = self.pending;
        self.walk(&nodes);
        let grown = self.out.len() > from || (self.pending && !waited);
        if !grown && !finds(element, BOXES) && is_among_its_like(element) {
            // An empty line.
            self.push("");
        }
        // The end of a line at the end of its box draws no other.
        if !self.pending && self.out.len() > from && self.out.ends_with('\n') && !(self.out.len() == from + 1 && waited)
        {
            self.out.pop();
        }
        self.pending = true;
    }

    fn text(&mut self, text: &str, boxes: bool, after_break: bool) {
        if boxes && text.trim().is_empty() {
            return;
        }
        // What is laid out for people to read has a new line after each break.
        let laid_out = after_break && !self.keeps_blanks;
        let text = if laid_out { text.strip_prefix('\n').map_or(text, str::trim_start) } else { text };
        if !text.is_empty() {
            self.push(text);
        }
    }

    fn push(&mut self, text: &str) {
        if std::mem::take(&mut self.pending) {
            self.out.push('\n');
        }
        self.out.push_str(text);
    }

    fn is_box(&mut self, element: &Element) -> bool {
        if element.matches(BOXES).unwrap_or(false) || (self.by_code && element.tag_name() == "CODE") {
            return true;
        }
        if !self.styled {
            return false;
        }
        let key =
            [element.tag_name(), element.class_name(), element.get_attribute("style").unwrap_or_default()].join(" ");
        if let Some((_, known)) = self.boxed.iter().find(|(kind, _)| *kind == key) {
            return *known;
        }
        let boxed = element.tag_name() != "CODE" && is_boxed(self.page, element);
        self.boxed.push((key, boxed));
        boxed
    }
}

/// Whether the browser draws an element as a box of its own.
pub(super) fn is_boxed(page: &Page, element: &Element) -> bool {
    let display = page.style(element, "display");
    ["block", "flex", "grid", "table", "table-row", "list-item", "flow-root"].contains(&display.as_str())
}

fn is_among_its_like(element: &Element) -> bool {
    let like = |other: Option<Element>| {
        other.is_some_and(|other| other.tag_name() == element.tag_name() && other.class_name() == element.class_name())
    };
    like(element.next_element_sibling()) || like(element.previous_element_sibling())
}

/// An empty box that holds the room of lines that are not mounted.
fn is_room(element: &Element) -> bool {
    if element.matches(".cm-gap").unwrap_or(false) {
        return true;
    }
    if element.has_child_nodes() {
        return false;
    }
    let style = element.dyn_ref::<HtmlElement>().map(HtmlElement::style);
    let height = style.and_then(|style| style.get_property_value("height").ok()).unwrap_or_default();
    let whole = height.strip_suffix("px").and_then(|height| height.split('.').next()?.parse::<u32>().ok());
    whole.is_some_and(|height| height > LINE_PX)
}
