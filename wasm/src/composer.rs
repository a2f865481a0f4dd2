//! The composer: putting a prompt in, to the byte, and reading it back. Rich editors accept text in ways that differ in exactness
//! and speed (docs/ARCHITECTURE.md has the measurements), so the ways are tried in order until what is read back is what was put in.

use crate::page::Page;
use js_sys::Promise;
use prompt_runner_core::page::Put;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    ClipboardEvent, ClipboardEventInit, DataTransfer, Element, HtmlButtonElement, HtmlElement, InputEvent,
    InputEventInit, Node,
};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = document, js_name = execCommand)]
    fn exec_command(command: &str, ui: bool, value: &str) -> bool;
    #[wasm_bindgen(js_name = setTimeout)]
    fn set_timeout(callback: &js_sys::Function, ms: f64) -> JsValue;
}

/// How long an editor may take to make a change its own, in milliseconds. It was seen to need 0.5 s for 200 KB on a busy machine;
/// who gives up too early puts the text in twice.
const SETTLE_MS: f64 = 2_000.0;
/// How long a page may take until its editor is there. Who has clicked would rather wait than be told to load it again.
const APPEAR_MS: f64 = 10_000.0;
/// How many editors in a row are tried where the page replaces them.
const EDITORS: u32 = 3;
/// How long the send button may take to be enabled, in milliseconds.
const SEND_MS: f64 = 3_000.0;
/// How often is looked, in milliseconds.
const LOOK_MS: f64 = 15.0;

/// The ways, exact and fast ones first.
const WAYS: [fn(&HtmlElement, &str); 3] = [by_nodes, by_paste, by_typing];

/// Puts a text into the composer. A draft is only replaced where the developer said so, or where it is this text already.
pub(crate) async fn put(page: &Page, text: &str, replace: bool) -> Put {
    // A page that was just loaded may show a plain field first.
    until(APPEAR_MS, || page.find(page.profile.composer).is_some()).await;
    let Some(composer) = page.find(page.profile.composer) else { return Put::Failed };
    let draft = read(&composer);
    if draft == text {
        return Put::Placed;
    }
    if !replace && !draft.trim().is_empty() {
        return Put::Draft;
    }
    let attached = page.count(page.profile.attachment);
    for way in WAYS {
        // The page may put another editor in the place of this one while it takes the text: then the same way once more.
        for _ in 0..EDITORS {
            let Some(composer) = page.find(page.profile.composer) else { return Put::Failed };
            // Without the focus the browser ignores the commands; where it cannot be had, reading back tells.
            let _ = composer.focus();
            way(&composer, text);
            until(SETTLE_MS, || !composer.is_connected() || read(&composer) == text).await;
            if !composer.is_connected() {
                continue;
            }
            if read(&composer) == text {
                caret_to_end(page, &composer);
                return Put::Placed;
            }
            if page.count(page.profile.attachment) > attached {
                return Put::Attached;
            }
            by_nodes(&composer, "");
            until(SETTLE_MS, || !composer.is_connected() || read(&composer).is_empty()).await;
            break;
        }
    }
    Put::Failed
}

/// Whether there is nothing in the composer, or no composer.
pub(crate) fn is_empty(page: &Page) -> bool {
    page.find(page.profile.composer).is_none_or(|composer| read(&composer).trim().is_empty())
}

/// Presses the send button once it is enabled. Only ever called inside a click that counted.
pub(crate) async fn send(page: &Page) -> bool {
    let button = || page.find(page.profile.send).and_then(|button| button.dyn_into::<HtmlButtonElement>().ok());
    if !until(SEND_MS, || button().is_some_and(|button| !button.disabled())).await {
        return false;
    }
    button().inspect(|button| button.click()).is_some()
}

/// One paragraph element per line: rich editors read the change as their own, whatever its size. Fast and exact.
fn by_nodes(composer: &HtmlElement, text: &str) {
    let Some(document) = composer.owner_document() else { return };
    let nodes = js_sys::Array::new();
    for line in text.split('\n') {
        let Ok(paragraph) = document.create_element("p") else { return };
        if line.is_empty() {
            if let Ok(filler) = document.create_element("br") {
                let _ = paragraph.append_child(&filler);
            }
        } else {
            paragraph.set_text_content(Some(line));
        }
        nodes.push(&paragraph);
    }
    composer.replace_children_with_node(&nodes);
    let init = InputEventInit::new();
    init.set_bubbles(true);
    init.set_input_type("insertText");
    if let Ok(event) = InputEvent::new_with_event_init_dict("input", &init) {
        let _ = composer.dispatch_event(&event);
    }
}

/// A paste that says of itself, in ProseMirror's own words, where its paragraphs are.
fn by_paste(composer: &HtmlElement, text: &str) {
    let Ok(data) = DataTransfer::new() else { return };
    let escape = |line: &str| line.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let paragraphs: String = text
        .split('\n')
        .enumerate()
        .map(|(at, line)| {
            let slice = if at == 0 { "" } else { " data-pm-slice=\"1 1 []\"" };
            format!("<p{slice}>{}</p>", escape(line))
        })
        .collect();
    let _ = data.set_data("text/plain", text);
    let _ = data.set_data("text/html", &paragraphs);
    let init = ClipboardEventInit::new();
    init.set_bubbles(true);
    init.set_cancelable(true);
    init.set_composed(true);
    init.set_clipboard_data(Some(&data));
    if let Ok(event) = ClipboardEvent::new_with_event_init_dict("paste", &init) {
        let _ = composer.dispatch_event(&event);
    }
}

/// As if typed. Works everywhere and takes about 5 ms a line, so it comes last.
fn by_typing(_: &HtmlElement, text: &str) {
    exec_command("selectAll", false, "");
    exec_command("insertText", false, text);
}

/// What stands in the composer: one line per paragraph, and one per line break inside a paragraph.
pub(crate) fn read(composer: &HtmlElement) -> String {
    let children = composer.children();
    if children.length() == 0 {
        return composer.text_content().unwrap_or_default();
    }
    let lines: Vec<String> =
        (0..children.length()).filter_map(|at| children.item(at)).map(|block| line(&block)).collect();
    lines.join("\n")
}

fn line(block: &Element) -> String {
    if block.child_element_count() == 0 {
        return block.text_content().unwrap_or_default();
    }
    let mut out = String::new();
    let mut child = block.first_child();
    while let Some(node) = child {
        child = node.next_sibling();
        match node.dyn_ref::<Element>() {
            // The last break of a paragraph only holds its line open.
            Some(element) if element.tag_name() == "BR" => {
                if child.is_some() && !element.class_list().contains("ProseMirror-trailingBreak") {
                    out.push('\n');
                }
            }
            _ => out.push_str(&node.text_content().unwrap_or_default()),
        }
    }
    out
}

fn caret_to_end(page: &Page, composer: &HtmlElement) {
    let last: &Node = composer;
    let selection = page.window.get_selection().ok().flatten();
    if let (Some(selection), Ok(range)) = (selection, page.document.create_range()) {
        // A caret in the wrong place is an inconvenience, not a fault.
        let _ = range.select_node_contents(last);
        range.collapse_with_to_start(false);
        let _ = selection.remove_all_ranges();
        let _ = selection.add_range(&range);
    }
}

/// Looks until something is so, or the time is over.
async fn until(limit_ms: f64, mut is_so: impl FnMut() -> bool) -> bool {
    let begun = js_sys::Date::now();
    loop {
        pause(0.0).await;
        if is_so() {
            return true;
        }
        if js_sys::Date::now() - begun > limit_ms {
            return false;
        }
        pause(LOOK_MS).await;
    }
}

/// Comes back after so many milliseconds.
pub(crate) async fn pause(ms: f64) {
    let timer = Promise::new(&mut |resolve, _| {
        set_timeout(&resolve, ms);
    });
    // A timer's promise is never refused.
    let _ = JsFuture::from(timer).await;
}
