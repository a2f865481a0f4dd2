//! From the page's mutations to what core wants to hear. While an answer streams this looks only at what has just changed:
//! no query over the document, no layout, no text but that of a finished heading.

use crate::page::{OURS, Page, element_of};
use crate::wire::field;
use js_sys::JsString;
use prompt_runner_core::reply::END;
use wasm_bindgen::prelude::*;
use web_sys::{Element, MutationObserver, MutationObserverInit, MutationRecord, Node};

/// Something that happened in the page.
pub(crate) enum Change {
    /// A message of the model is there.
    Assistant(Element),
    /// One was there before we looked.
    Mounted(Element),
    /// All that was there before has been named.
    Surveyed,
    /// Something came into the page, outside of all answers: it may hold messages ([`messages`]).
    Added(Element),
    /// A message of the developer is there.
    User(Element),
    /// An answer grew.
    Grew(Element),
    /// A heading of an answer is finished.
    Heading(Element, String),
    /// What an answer says of itself has changed.
    Streaming(Element),
    /// The end of a proof came into an answer that does not say whether it grows.
    Proof(Element),
    /// The page says that its usage limit is reached.
    Notice(Element),
    /// Something was taken away: what we put in may be gone.
    Removed,
}

/// The longest heading that may name a section, in bytes.
const HEADING_MAX: usize = 200;
/// What may hold the end of a proof as one text.
const PROOF_IN: &str = "pre,code,.cm-content,p,li";

/// Watches the page until it is dropped.
pub(crate) struct Watch {
    observer: MutationObserver,
    _closure: Closure<dyn FnMut(js_sys::Array)>,
}

impl Watch {
    /// Watches the page's body; `hear` gets each batch of changes at once.
    pub(crate) fn new(page: &Page, mut hear: impl FnMut(Vec<Change>) + 'static) -> Result<Self, JsValue> {
        let its_page = page.clone();
        let mut seen = Seen::default();
        let closure = Closure::<dyn FnMut(js_sys::Array)>::new(move |records: js_sys::Array| {
            let changes = changes(&its_page, &records, &mut seen);
            if !changes.is_empty() {
                hear(changes);
            }
        });
        let observer = MutationObserver::new(closure.as_ref().unchecked_ref())?;
        let options = MutationObserverInit::new();
        options.set_child_list(true);
        options.set_character_data(true);
        options.set_subtree(true);
        options.set_attributes(true);
        options.set_attribute_filter(&js_sys::Array::of1(&JsValue::from_str(page.profile.streaming_attribute)));
        let body = page.document.body().ok_or_else(|| JsValue::from_str("no body"))?;
        observer.observe_with_options(&body, &options)?;
        Ok(Self { observer, _closure: closure })
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}

/// What was seen last.
#[derive(Default)]
struct Seen {
    /// The heading that was read last.
    heading: Option<Element>,
    /// The message that changed last.
    message: Option<(Element, String)>,
}

impl Seen {
    /// An element may become a message without coming into the page, when it gets its attribute or its text; and it may get another
    /// name while it grows.
    fn message(&mut self, page: &Page, message: &Element, changes: &mut Vec<Change>) {
        let name = page.key(message);
        if !self.message.as_ref().is_some_and(|(known, its)| known == message && *its == name) {
            changes.push(Change::Assistant(message.clone()));
            self.message = Some((message.clone(), name));
        }
    }
}

fn changes(page: &Page, records: &js_sys::Array, seen: &mut Seen) -> Vec<Change> {
    let mut changes = Vec::new();
    let (mut grown, mut last): (Option<Element>, Option<Node>) = (None, None);
    for record in records.iter() {
        let record: MutationRecord = record.unchecked_into();
        let Some(target) = record.target() else { continue };
        if record.type_() == "attributes" {
            if let Some(message) = page.assistant_around(&target) {
                seen.message(page, &message, &mut changes);
                changes.push(Change::Streaming(message));
            }
            continue;
        }
        // Most records of a batch are of one answer: asking whether it holds the target is cheaper than climbing up again.
        let owner = match &grown {
            Some(message) if message.contains(Some(&target)) => Some(message.clone()),
            _ => page.assistant_around(&target),
        };
        match owner {
            Some(message) => {
                if only_ours(&record) {
                    continue;
                }
                if grown.as_ref() != Some(&message) {
                    seen.message(page, &message, &mut changes);
                }
                heading_before(page, &record, &message, &mut seen.heading, &mut changes);
                if grown.as_ref() != Some(&message) {
                    changes.push(Change::Grew(message.clone()));
                    grown = Some(message);
                }
                last = Some(target);
            }
            None if record.type_() == "childList" => rows(&record, &mut changes),
            None => {}
        }
    }
    if let (Some(message), Some(target)) = (grown, last)
        && page.streaming(&message).is_none()
        && ends_a_proof(&target)
    {
        changes.push(Change::Proof(message));
    }
    changes
}

/// The messages and notices in what came into the page.
pub(crate) fn messages(page: &Page, element: &Element) -> Vec<Change> {
    let mut changes: Vec<Change> = page.users(element).into_iter().map(Change::User).collect();
    changes.extend(page.notice(element).map(Change::Notice));
    changes.extend(page.assistants(element).into_iter().map(Change::Assistant));
    changes
}

/// What was added and may hold messages; something may be gone with what was removed.
fn rows(record: &MutationRecord, changes: &mut Vec<Change>) {
    for node in nodes(&record.added_nodes()) {
        let Ok(element) = node.dyn_into::<Element>() else { continue };
        if !element.has_attribute(OURS) {
            changes.push(Change::Added(element));
        }
    }
    if record.removed_nodes().length() > 0 {
        changes.push(Change::Removed);
    }
}

/// When a block is added to an answer, the one before it is finished: if that is a heading, it may name a section. A page may draw
/// the block after it again and again; the heading is read once.
fn heading_before(
    page: &Page,
    record: &MutationRecord,
    message: &Element,
    last: &mut Option<Element>,
    changes: &mut Vec<Change>,
) {
    for node in nodes(&record.added_nodes()) {
        let Some(element) = node.dyn_ref::<Element>() else { continue };
        if !element.parent_element().is_some_and(|parent| page.is_body(&parent)) {
            continue;
        }
        if let Some(before) = element.previous_element_sibling()
            && matches!(before.tag_name().as_bytes(), [b'H', b'1'..=b'6'])
            && last.as_ref() != Some(&before)
        {
            let text = before.text_content().unwrap_or_default();
            if text.len() < HEADING_MAX {
                changes.push(Change::Heading(message.clone(), text));
            }
            *last = Some(before);
        }
    }
}

/// Whether what changed last has the end of a proof at its end. The text stays in the page.
fn ends_a_proof(target: &Node) -> bool {
    let Some(element) = element_of(target) else { return false };
    let block = element.closest(PROOF_IN).ok().flatten();
    let block = block.or_else(|| element.last_element_child()).unwrap_or(element);
    let text = field(&block, "textContent").dyn_into::<JsString>();
    text.is_ok_and(|text| text.last_index_of(END, i32::MAX) >= 0)
}

/// True for a record that only says that we added or removed something ourselves.
fn only_ours(record: &MutationRecord) -> bool {
    let (added, removed) = (record.added_nodes(), record.removed_nodes());
    added.length() + removed.length() > 0
        && nodes(&added)
            .chain(nodes(&removed))
            .all(|node| element_of(&node).is_some_and(|element| element.has_attribute(OURS)))
}

fn nodes(list: &web_sys::NodeList) -> impl Iterator<Item = Node> {
    (0..list.length()).filter_map(|at| list.item(at))
}
