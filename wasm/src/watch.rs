//! From the page's mutations to what core wants to hear. While an answer streams the page belongs to the answer: its growth is noticed
//! once, and then looked at by the clock, so that what a token costs is next to nothing. Meanwhile nothing of the answer is observed but
//! what it says of itself; what comes beside it is. No query over the document, no layout, no text but that of a finished heading.

use crate::composer::pause;
use crate::page::{OURS, Page, all, element_of};
use crate::wire::field;
use js_sys::{Array, JsString};
use prompt_runner_core::reply::END;
use std::cell::RefCell;
use std::rc::{Rc, Weak};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::{CharacterData, Element, MutationObserver, MutationObserverInit, MutationRecord, Node};

/// Something that happened in the page.
pub(crate) enum Change {
    /// A message of the model is there.
    Assistant(Element),
    /// One was there before we looked.
    Mounted(Element),
    /// The newest of what was there before have been named.
    Surveyed,
    /// Something came into the page, outside of all answers: it may hold messages ([`messages`]).
    Added(Element),
    /// More came at once than is looked at one by one: a history.
    Many,
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

/// An answer that grows is looked at so often, in milliseconds: a person sees no difference, and a model gives some tokens meanwhile.
const LOOK_MS: f64 = 100.0;
/// The longest heading that may name a section, in bytes.
const HEADING_MAX: usize = 200;
/// So many elements that come at once are looked at one by one.
const FEW: u32 = 24;
/// What may hold the end of a proof as one text.
const PROOF_IN: &str = "pre,code,.cm-content,p,li";

/// Watches the page until it is dropped.
pub(crate) struct Watch {
    inner: Rc<Inner>,
    _closure: Closure<dyn FnMut(Array)>,
}

struct Inner {
    page: Page,
    observer: MutationObserver,
    hear: RefCell<Box<dyn FnMut(Vec<Change>)>>,
    seen: RefCell<Seen>,
}

/// What was seen last.
#[derive(Default)]
struct Seen {
    /// The message that changed last, and its name.
    message: Option<(Element, Option<String>)>,
    grows: Option<Growing>,
    /// Only what comes beside the answer that grows is observed, and the answer is looked at by the clock.
    narrow: bool,
    /// The clock is running.
    looks: bool,
}

/// An answer that grows, and how far it has come.
struct Growing {
    message: Element,
    /// The text that grows; an answer may have several, one after the other.
    body: Element,
    end: Option<(Node, u32, u32)>,
    /// So many headings were heard of.
    headings: u32,
}

impl Watch {
    /// Watches the page's body; `hear` gets what happened.
    pub(crate) fn new(page: &Page, hear: impl FnMut(Vec<Change>) + 'static) -> Result<Self, JsValue> {
        let slot = Rc::new(RefCell::new(Weak::<Inner>::new()));
        let its_slot = Rc::clone(&slot);
        let closure = Closure::<dyn FnMut(Array)>::new(move |records: Array| {
            let inner = its_slot.borrow().upgrade();
            if let Some(inner) = inner {
                inner.on_records(&records);
            }
        });
        let observer = MutationObserver::new(closure.as_ref().unchecked_ref())?;
        let hear: RefCell<Box<dyn FnMut(Vec<Change>)>> = RefCell::new(Box::new(hear));
        let inner = Rc::new(Inner { page: page.clone(), observer, hear, seen: RefCell::default() });
        slot.replace(Rc::downgrade(&inner));
        inner.widen();
        Ok(Self { inner, _closure: closure })
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.inner.observer.disconnect();
    }
}

impl Inner {
    /// Observes everything that may be a message, or belong to one.
    fn widen(&self) {
        self.seen.borrow_mut().narrow = false;
        self.observer.disconnect();
        let options = self.attributes();
        options.set_child_list(true);
        options.set_character_data(true);
        if let Some(body) = self.page.document.body() {
            // The body is a node and the options are complete, so that this cannot fail.
            let _ = self.observer.observe_with_options(&body, &options);
        }
    }

    /// Observes what an answer says of itself, and what comes and goes around it; its text is left to the clock.
    fn narrow(&self, message: &Element) {
        self.seen.borrow_mut().narrow = true;
        self.observer.disconnect();
        let _ = self.observer.observe_with_options(message, &self.attributes());
        let children = MutationObserverInit::new();
        children.set_child_list(true);
        let mut around = message.parent_element();
        while let Some(element) = around {
            let _ = self.observer.observe_with_options(&element, &children);
            around = element.parent_element();
        }
    }

    fn attributes(&self) -> MutationObserverInit {
        let options = MutationObserverInit::new();
        options.set_subtree(true);
        options.set_attributes(true);
        options.set_attribute_filter(&Array::of1(&JsValue::from_str(self.page.profile.streaming_attribute)));
        options
    }

    fn on_records(self: &Rc<Self>, records: &Array) {
        let mut changes = Vec::new();
        let mut grown: Option<Element> = None;
        let mut added = 0;
        for record in records.iter() {
            let record: MutationRecord = record.unchecked_into();
            let Some(target) = record.target() else { continue };
            if record.type_() == "attributes" {
                if let Some(message) = self.page.assistant_around(&target) {
                    // What it has grown by since the last look comes before what it says now.
                    self.advance(&message, false, &mut changes);
                    self.named(&message, &mut changes);
                    changes.push(Change::Streaming(message));
                }
                continue;
            }
            // Most records of a batch are of one answer: asking whether it holds the target is cheaper than climbing up again.
            let owner = match &grown {
                Some(message) if message.contains(Some(&target)) => Some(message.clone()),
                _ => self.page.assistant_around(&target),
            };
            match owner {
                Some(_) if only_ours(&record) => {}
                Some(message) => grown = Some(message),
                None if record.type_() == "childList" => rows(&record, &mut added, &mut changes),
                None => {}
            }
        }
        if added > FEW {
            changes.retain(|change| !matches!(change, Change::Added(_)));
            changes.push(Change::Many);
        }
        if let Some(message) = grown {
            self.advance(&message, true, &mut changes);
            self.narrow(&message);
            self.look_again();
        } else if self.seen.borrow().narrow && changes.iter().any(|change| !matches!(change, Change::Streaming(_))) {
            // What has come may get its text at once, so nothing must be missed of it.
            self.widen();
        }
        self.notify(changes);
    }

    fn notify(&self, changes: Vec<Change>) {
        if !changes.is_empty() {
            (self.hear.borrow_mut())(changes);
        }
    }

    /// Looks at the answer that grows after a while, and again for as long as it grows.
    fn look_again(self: &Rc<Self>) {
        if std::mem::replace(&mut self.seen.borrow_mut().looks, true) {
            return;
        }
        let inner = Rc::downgrade(self);
        spawn_local(async move {
            pause(LOOK_MS).await;
            let Some(inner) = inner.upgrade() else { return };
            inner.seen.borrow_mut().looks = false;
            let message = inner.seen.borrow().grows.as_ref().map(|grows| grows.message.clone());
            let Some(message) = message.filter(|_| inner.seen.borrow().narrow) else { return };
            let mut changes = Vec::new();
            if message.is_connected() && inner.advance(&message, false, &mut changes) {
                inner.look_again();
            } else {
                inner.widen();
                changes.push(Change::Removed);
            }
            inner.notify(changes);
        });
    }

    /// Notes how far an answer has come; true where it has grown, which `grew` says beforehand.
    fn advance(&self, message: &Element, grew: bool, changes: &mut Vec<Change>) -> bool {
        let mut seen = self.seen.borrow_mut();
        let known = seen.grows.take().filter(|grows| grows.message == *message);
        if known.is_none() && !grew {
            return false;
        }
        let body = || self.page.bodies(message).pop().unwrap_or_else(|| message.clone());
        let mut grows =
            known.unwrap_or_else(|| Growing { message: message.clone(), body: body(), end: None, headings: 0 });
        let mut end = end_of(&grows.body);
        if !grew && end == grows.end {
            // Where this text is at its end, another one may have begun.
            grows.body = body();
            end = end_of(&grows.body);
        }
        let grew = grew || end != grows.end;
        grows.end = end;
        if grew {
            drop(seen);
            self.named(message, changes);
            self.headings(&mut grows, changes);
            changes.push(Change::Grew(message.clone()));
            let last = grows.end.as_ref().map(|(node, ..)| node);
            if self.page.streaming(message).is_none() && last.is_some_and(ends_a_proof) {
                changes.push(Change::Proof(message.clone()));
            }
            seen = self.seen.borrow_mut();
        }
        seen.grows = Some(grows);
        grew
    }

    /// An element may become a message without coming into the page, when it gets its attribute or its text; and it may get another
    /// name while it grows.
    fn named(&self, message: &Element, changes: &mut Vec<Change>) {
        let name = self.page.name(message);
        let mut seen = self.seen.borrow_mut();
        if !seen.message.as_ref().is_some_and(|(known, its)| known == message && *its == name) {
            changes.push(Change::Assistant(message.clone()));
            seen.message = Some((message.clone(), name));
        }
    }

    /// The headings that were finished since the last look: what stands after a heading ends it.
    fn headings(&self, grows: &mut Growing, changes: &mut Vec<Change>) {
        let found = all(&grows.message, "h1,h2,h3,h4,h5,h6");
        let many = found.len() as u32;
        grows.headings = grows.headings.min(many);
        for heading in &found[grows.headings as usize..] {
            if grows.headings + 1 == many && heading.next_element_sibling().is_none() {
                return;
            }
            grows.headings += 1;
            if heading.parent_element().is_some_and(|parent| self.page.is_body(&parent)) {
                let text = heading.text_content().unwrap_or_default();
                if text.len() < HEADING_MAX {
                    changes.push(Change::Heading(grows.message.clone(), text));
                }
            }
        }
    }
}

/// The end of a text, as far as growth shows in it: its last node, how long that is, and how many blocks there are. The text itself
/// stays in the page.
fn end_of(body: &Element) -> Option<(Node, u32, u32)> {
    let mut end: Node = body.clone().into();
    loop {
        let last = end.last_child();
        let ours =
            last.as_ref().and_then(|last| last.dyn_ref::<Element>()).is_some_and(|last| last.has_attribute(OURS));
        match if ours { last.and_then(|last| last.previous_sibling()) } else { last } {
            Some(last) => end = last,
            None => break,
        }
    }
    let length = end.dyn_ref::<CharacterData>().map_or(0, CharacterData::length);
    Some((end, length, body.child_element_count()))
}

/// The messages and notices in what came into the page.
pub(crate) fn messages(page: &Page, element: &Element) -> Vec<Change> {
    if page.holds_more_than(element, FEW) {
        return vec![Change::Many];
    }
    let root = std::slice::from_ref(element);
    let mut changes: Vec<Change> = page.users(root).into_iter().map(Change::User).collect();
    changes.extend(page.notice(element).map(Change::Notice));
    changes.extend(page.assistants(root).into_iter().map(Change::Assistant));
    changes
}

/// What was added and may hold messages; something may be gone with what was removed.
fn rows(record: &MutationRecord, added: &mut u32, changes: &mut Vec<Change>) {
    for node in nodes(&record.added_nodes()) {
        let Ok(element) = node.dyn_into::<Element>() else { continue };
        if !element.has_attribute(OURS) {
            *added += 1;
            if *added > FEW {
                break;
            }
            changes.push(Change::Added(element));
        }
    }
    if record.removed_nodes().length() > 0 {
        changes.push(Change::Removed);
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
