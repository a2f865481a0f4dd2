//! The text of a line with the markdown that the renderer took away, and with the blanks that the browser draws: markup that was laid
//! out for people to read has more of them, and they are nobody's text.

use super::formula::{self, Formula};
use super::{children, is_left_out, is_text, text};
use crate::page::{Page, all, finds};
use prompt_runner_core::block::{Block, GAP, longest_run};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlInputElement, Node};

/// Where a note of its own is pointed to.
const NOTE: &str = "[data-footnote-ref],[role=doc-noteref],a[href^='#'][href*='fn'],a[href^='#'][href*='footnote']";
/// What leads back from such a note, or to a heading itself.
const BACK: &str =
    "[data-footnote-backref],[role=doc-backlink],a[href^='#'][aria-hidden=true],a[class~=anchor][href^='#']";

/// A line that grows.
pub(super) struct Line<'a> {
    page: &'a Page,
    /// Whose style says what blanks are worth.
    parent: Element,
    keeps_blanks: Option<bool>,
    plain: bool,
    /// A part of the line is collected.
    within: bool,
    out: String,
    /// Something in it is drawn and has no text.
    gap: bool,
}

/// The text of an element in one line, without any markdown: that of a heading.
pub(super) fn plain(page: &Page, element: &Element) -> String {
    let mut line = Line { plain: true, ..Line::of(page, element) };
    line.children(element);
    line.out.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The text of an element in one line, with its markdown.
pub(super) fn cell(page: &Page, element: &Element) -> String {
    let mut line = Line::of(page, element);
    line.children(element);
    line.out.trim().to_owned()
}

impl<'a> Line<'a> {
    pub(super) fn of(page: &'a Page, parent: &Element) -> Self {
        Self {
            page,
            parent: parent.clone(),
            keeps_blanks: None,
            plain: false,
            within: false,
            out: String::new(),
            gap: false,
        }
    }

    /// Ends it: what stands in it is a paragraph.
    pub(super) fn end(&mut self, blocks: &mut Vec<Block>) {
        let text = std::mem::take(&mut self.out).trim().to_owned();
        if std::mem::take(&mut self.gap) {
            blocks.push(Block::Other { text });
        } else if !text.is_empty() {
            blocks.push(Block::Paragraph { text });
        }
    }

    pub(super) fn children(&mut self, parent: &Element) {
        for node in children(parent) {
            self.node(&node);
        }
    }

    pub(super) fn node(&mut self, node: &Node) {
        match node.dyn_ref::<Element>() {
            Some(element) if is_left_out(self.page, element) => {}
            Some(element) => self.element(element),
            None if is_text(node) => self.text(&text(node)),
            None => {}
        }
    }

    pub(super) fn element(&mut self, element: &Element) {
        if formula::is_formula(element) {
            return self.formula(element);
        }
        if is_checkbox(element) {
            return self.push(if is_checked(element) { "[x] " } else { "[ ] " });
        }
        if element.matches(BACK).unwrap_or(false) {
            return;
        }
        match element.tag_name().as_str() {
            "BR" => self.next_line(),
            "IMG" => self.image(element),
            "SVG" | "svg" => {}
            _ if self.plain => self.children(element),
            "CODE" => self.push(&inline_code(element)),
            _ if self.page.is_inline_code(element) => self.push(&inline_code(element)),
            "STRONG" | "B" => self.around("**", element),
            "EM" | "I" => self.around("*", element),
            "DEL" | "S" | "STRIKE" => self.around("~~", element),
            "A" => self.link(element),
            "SUP" => match note_pointed_to(element) {
                Some(note) => self.push(&["[^", &note, "]"].concat()),
                None => self.tagged("sup", element),
            },
            "SUB" => self.tagged("sub", element),
            "KBD" => self.tagged("kbd", element),
            // A box in a line, such as a div in a cell, begins and ends one of its own.
            "DIV" | "P" | "LI" | "UL" | "OL" => {
                self.next_line_unless_new();
                self.children(element);
                self.next_line_unless_new();
            }
            _ => self.children(element),
        }
    }

    fn text(&mut self, text: &str) {
        if !text.bytes().any(|byte| is_blank(char::from(byte))) {
            return self.out.push_str(text);
        }
        if *self.keeps_blanks.get_or_insert_with(|| self.page.keeps_blanks(&self.parent)) {
            return self.out.push_str(text);
        }
        let mut blanks = String::new();
        for ch in text.chars() {
            if is_blank(ch) {
                blanks.push(ch);
                continue;
            }
            self.blanks(&std::mem::take(&mut blanks));
            self.out.push(ch);
        }
        self.blanks(&blanks);
    }

    /// A line of markdown ends with nothing but its end; what is laid out for people to read goes on with an indent.
    fn blanks(&mut self, blanks: &str) {
        if !blanks.is_empty() && (self.within || !self.out.is_empty()) && !self.out.ends_with(is_blank) {
            self.out.push(if blanks == "\n" { '\n' } else { ' ' });
        }
    }

    fn push(&mut self, text: &str) {
        self.out.push_str(text);
    }

    fn next_line(&mut self) {
        let length = self.out.trim_end_matches(' ').len();
        self.out.truncate(length);
        self.out.push('\n');
    }

    fn next_line_unless_new(&mut self) {
        if !self.out.is_empty() && !self.out.ends_with('\n') {
            self.next_line();
        }
    }

    /// A part of its own, which is then put in where it stands.
    fn part(&mut self, element: &Element) -> String {
        let (before, outer) = (std::mem::take(&mut self.out), std::mem::replace(&mut self.within, true));
        self.children(element);
        self.within = outer;
        std::mem::replace(&mut self.out, before)
    }

    /// Marks do not work with a blank inside: it goes before or after them.
    fn wrapped(&mut self, open: &str, part: &str, close: &str) {
        let inner = part.trim();
        if inner.is_empty() {
            return self.text(part);
        }
        if part.starts_with(char::is_whitespace) {
            self.text(" ");
        }
        self.out.extend([open, inner, close]);
        if part.ends_with(char::is_whitespace) {
            self.out.push(' ');
        }
    }

    fn around(&mut self, mark: &str, element: &Element) {
        let part = self.part(element);
        self.wrapped(mark, &part, mark);
    }

    fn tagged(&mut self, tag: &str, element: &Element) {
        let part = self.part(element);
        self.wrapped(&["<", tag, ">"].concat(), &part, &["</", tag, ">"].concat());
    }

    fn link(&mut self, element: &Element) {
        if let Some(note) = note_pointed_to(element) {
            return self.push(&["[^", &note, "]"].concat());
        }
        let part = self.part(element);
        let words = part.trim();
        let href = element.get_attribute("href").unwrap_or_default();
        // A page makes links of what looks like an address.
        let itself = ["", "mailto:", "http://", "https://"].iter().any(|kind| {
            href.strip_prefix(kind).is_some_and(|rest| rest == words || rest.strip_suffix('/') == Some(words))
        });
        if href.is_empty() || itself {
            self.text(&part);
        } else {
            self.wrapped("[", &part, &["](", &href, ")"].concat());
        }
    }

    /// A picture of a letter is the letter; one without words is an ornament.
    fn image(&mut self, element: &Element) {
        let words = element.get_attribute("alt").unwrap_or_default();
        let words = words.trim();
        let letter = !words.is_empty() && words.chars().all(is_picture);
        if words.is_empty() || letter || self.plain {
            return self.push(words);
        }
        // An address that only this page can read is no address.
        let source =
            element.get_attribute("src").filter(|source| !source.starts_with("data:") && !source.starts_with("blob:"));
        self.out.extend(["![", words, "](", &source.unwrap_or_default(), ")"]);
    }

    fn formula(&mut self, element: &Element) {
        match formula::read(element) {
            Formula::Source(source) => self.push(&source),
            Formula::Beside => {}
            Formula::Lost => {
                self.gap = true;
                self.push(GAP);
            }
        }
    }
}

/// Code inside a line: its backticks must be longer than those in it.
fn inline_code(element: &Element) -> String {
    let part = |node: Node| match node.dyn_ref::<Element>() {
        Some(element) if element.tag_name() == "BR" => "\n".to_owned(),
        _ => text(&node),
    };
    let written: String =
        if finds(element, ":scope > br") { children(element).map(part).collect() } else { text(element) };
    let text = written.as_str();
    // It has one line; what is laid out for people to read has more.
    let lines: Vec<&str> = text.split('\n').map(str::trim).filter(|line| !line.is_empty()).collect();
    let joined = lines.join(" ");
    let text = if text.contains('\n') { &joined } else { text };
    if !text.contains('`') {
        return ["`", text, "`"].concat();
    }
    let around = "`".repeat(longest_run(text) + 1);
    [&around, " ", text, " ", &around].concat()
}

/// The box of a task, as a field or as an element that plays one.
pub(super) fn is_checkbox(element: &Element) -> bool {
    element.matches("input[type=checkbox],[role=checkbox]").unwrap_or(false)
}

fn is_checked(element: &Element) -> bool {
    element.dyn_ref::<HtmlInputElement>().is_some_and(HtmlInputElement::checked)
        || element.get_attribute("aria-checked").as_deref() == Some("true")
}

/// What the browser draws as one blank, however many there are.
const fn is_blank(ch: char) -> bool {
    matches!(ch, ' ' | '\n' | '\t' | '\r' | '\x0c')
}

/// Arrows, signs and emoji, and what joins them.
const fn is_picture(ch: char) -> bool {
    matches!(ch, '\u{200d}' | '\u{2190}'..='\u{2bff}' | '\u{fe0f}' | '\u{1f000}'..='\u{1faff}')
}

fn note_pointed_to(element: &Element) -> Option<String> {
    if element.matches(NOTE).unwrap_or(false) {
        return note_of(element);
    }
    all(element, NOTE).first().and_then(note_of)
}

fn note_of(element: &Element) -> Option<String> {
    let note = text(element).trim().trim_matches(|ch| matches!(ch, '[' | ']' | '^')).to_owned();
    (!note.is_empty() && !note.contains(char::is_whitespace)).then_some(note)
}

/// The name of a note that is an item of the list of notes.
pub(super) fn note_named(item: &Element) -> Option<String> {
    item.closest("[data-footnotes],section.footnotes,div.footnotes,[role=doc-endnotes]").ok().flatten()?;
    if !finds(item, BACK) {
        return None;
    }
    // `user-content-fn-2`, `fn2`: what follows the last of these letters.
    let id = item.id();
    let from = id.bytes().rposition(|byte| byte == b'n')? + 1;
    let name = id.get(from..)?.trim_start_matches('-').to_owned();
    (!name.is_empty()).then_some(name)
}
