//! Finding the parts of a chat page, by the candidates of its profile. Nothing here forces a layout.

use js_sys::Array;
use prompt_runner_core::capture::Now;
use prompt_runner_core::site::{self, Profile};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{Document, Element, HtmlElement, Node, Window};

/// The attribute on everything that we put into the page.
pub(crate) const OURS: &str = "data-prompt-runner";

/// Blocks that are a model's text wherever they stand.
const HOLDS: &str = "p,pre,ul,ol,blockquote,table,h1,h2,h3,h4,h5,h6";

/// On our elements while something is copied.
const AWAY: &str = "data-away";

/// A page and the profile of its site.
#[derive(Clone)]
pub(crate) struct Page {
    pub(crate) window: Window,
    pub(crate) document: Document,
    pub(crate) profile: &'static Profile,
    /// Any of the candidates for a message of the model: a cheap answer to “is this in one at all?”.
    any_assistant: String,
    /// Which candidates this page was seen to need: what finds a message where a better one finds others finds something else.
    best_assistant: Rc<Cell<usize>>,
    best_user: Rc<Cell<usize>>,
    any_body: String,
    /// Any of the candidates for a message of either side.
    any_message: String,
    /// The newest message that was met. What is looked for in a page is looked for around it: a history may have thousands of rows.
    newest: Rc<RefCell<Option<Element>>>,
}

/// So many entries of the list before the newest one are looked at where the page itself is looked through.
const NEAR: u32 = 16;

impl Page {
    /// The page of this window, if there is a profile for its site.
    pub(crate) fn here() -> Option<Self> {
        let window = web_sys::window()?;
        let document = window.document()?;
        let profile = site::of(&window.location().hostname().ok()?)?;
        let (any_assistant, any_body) = (profile.assistant.join(","), profile.body.join(","));
        let (best_assistant, best_user) = (Rc::new(Cell::new(usize::MAX)), Rc::new(Cell::new(usize::MAX)));
        let any_message = [&any_assistant, ",", &profile.user.join(",")].concat();
        let newest = Rc::default();
        Some(Self {
            window,
            document,
            profile,
            any_assistant,
            best_assistant,
            best_user,
            any_body,
            any_message,
            newest,
        })
    }

    /// Site and path of the conversation that is shown.
    pub(crate) fn conversation(&self) -> Option<String> {
        self.profile.conversation(&self.window.location().pathname().ok()?)
    }

    /// True where somebody chats, or is about to: other pages of a site are none of our business.
    pub(crate) fn is_chat(&self) -> bool {
        self.conversation().is_some()
            || self.window.location().pathname().is_ok_and(|path| path == self.profile.new_chat)
    }

    /// Both clocks.
    pub(crate) fn now(&self) -> Now {
        Now {
            wall_ms: js_sys::Date::now(),
            monotonic_ms: self.window.performance().map_or(0.0, |performance| performance.now()),
        }
    }

    /// Our elements in the page.
    fn ours(&self) -> Vec<Element> {
        self.document.document_element().map_or_else(Vec::new, |root| all(&root, &bracketed(OURS)))
    }

    /// Keeps our elements out of what is being copied: they are not drawn until `done`.
    pub(crate) fn away(&self, done: bool) {
        for element in self.ours() {
            // Setting an attribute of our own element cannot fail.
            let _ = element.toggle_attribute_with_force(AWAY, !done);
        }
    }

    /// Takes away what an engine before this one left: after an update of the extension the old one can do nothing any more.
    pub(crate) fn clear_ours(&self) {
        for element in self.ours() {
            element.remove();
        }
    }

    /// The first element that a candidate finds in the page, its older history left out.
    pub(crate) fn find(&self, candidates: &[&str]) -> Option<HtmlElement> {
        let any = candidates.join(",");
        // Some sites have none of an element, and nothing is no selector.
        let mut scope = if any.is_empty() { Vec::new() } else { self.scope() };
        scope.retain(|part| part.has(&any));
        // A page that was left may stand in the document with all its parts; what stands beside the chat is only second best.
        let mut beside = None;
        for candidate in candidates {
            for part in &scope {
                for found in part.all(candidate) {
                    if !self.is_beside(&found) {
                        return found.dyn_into().ok();
                    }
                    beside.get_or_insert(found);
                }
            }
        }
        beside?.dyn_into().ok()
    }

    /// The page without the older part of its history: what is around the newest message. All of it where no message was met yet.
    pub(crate) fn scope(&self) -> Vec<Part> {
        let root = self.document.document_element();
        let newest = self.newest.borrow().clone().filter(|newest| newest.is_connected());
        let Some(newest) = newest else { return root.into_iter().map(Part::Whole).collect() };
        let (mut before, mut after) = (Vec::new(), vec![Part::Whole(newest.clone())]);
        let mut around = Some(newest);
        while let Some(element) = around {
            let mut sibling = element.previous_element_sibling();
            for _ in 0..NEAR {
                let Some(one) = sibling else { break };
                sibling = one.previous_element_sibling();
                before.push(Part::Whole(one));
            }
            let mut sibling = element.next_element_sibling();
            while let Some(one) = sibling {
                sibling = one.next_element_sibling();
                after.push(Part::Whole(one));
            }
            around = element.parent_element();
            before.extend(around.clone().map(Part::Alone));
        }
        before.reverse();
        before.extend(after);
        before
    }

    /// Takes note of the newest message: what is looked for later is looked for around it.
    pub(crate) fn set_newest(&self, message: Option<&Element>) {
        self.newest.replace(message.cloned());
    }

    /// What holds the newest messages, as many as asked for, in document order: each holds one or more, and has no other around it.
    /// This walks from the end of the page, so what it costs does not grow with the history.
    pub(crate) fn tail(&self, most: usize) -> Vec<Element> {
        let mut found = Vec::new();
        if let Some(body) = self.document.body() {
            self.tail_of(&body, most, &mut found);
        }
        found.reverse();
        found
    }

    fn tail_of(&self, element: &Element, most: usize, found: &mut Vec<Element>) {
        let mut child = element.last_element_child();
        while let Some(one) = child.filter(|_| found.len() < most) {
            if one.matches(&self.any_message).unwrap_or(false) {
                if !self.is_beside(&one) {
                    found.push(one.clone());
                }
            } else if finds(&one, &self.any_message) {
                self.tail_of(&one, most, found);
            }
            child = one.previous_element_sibling();
        }
    }

    /// Whether more than so many messages are in an element.
    pub(crate) fn holds_more_than(&self, element: &Element, few: u32) -> bool {
        element.query_selector_all(&self.any_message).is_ok_and(|found| found.length() > few)
    }

    /// The entry of the list that a message is in.
    pub(crate) fn row(&self, message: &Element) -> Element {
        self.row_around(message).unwrap_or_else(|| message.clone())
    }

    /// The entry of the list that an element is in, if it is in one.
    pub(crate) fn row_around(&self, element: &Element) -> Option<Element> {
        self.profile.row.iter().find_map(|candidate| element.closest(candidate).ok().flatten())
    }

    /// The messages of the model in these, themselves included, outermost only.
    pub(crate) fn assistants(&self, roots: &[Element]) -> Vec<Element> {
        self.by_best(roots, self.profile.assistant, &self.best_assistant)
    }

    /// The messages of the developer in these, themselves included, outermost only.
    pub(crate) fn users(&self, roots: &[Element]) -> Vec<Element> {
        self.by_best(roots, self.profile.user, &self.best_user)
    }

    /// What candidates find in the conversation, without those worse than the best one that found anything in this page before.
    fn by_best(&self, roots: &[Element], candidates: &[&str], best: &Cell<usize>) -> Vec<Element> {
        let in_chat = |found: &Element| !self.is_beside(found);
        by_first(roots, candidates, best.get(), in_chat).map_or_else(Vec::new, |(at, found)| {
            best.set(at);
            found
        })
    }

    /// Whether an element is in no conversation, or not in the one that is shown: panels draw text as messages do.
    pub(crate) fn is_beside(&self, element: &Element) -> bool {
        element.closest(self.profile.beside).is_ok_and(|found| found.is_some())
    }

    /// The message of the model that a node is in, by the candidate that is trusted most.
    pub(crate) fn assistant_around(&self, node: &Node) -> Option<Element> {
        let element = element_of(node)?;
        // Most of what changes in a page is in no message: that costs one question, not one for each candidate.
        element.closest(&self.any_assistant).ok().flatten()?;
        let trusted = self.profile.assistant.iter().take(self.best_assistant.get().saturating_add(1));
        let message = trusted.into_iter().find_map(|candidate| element.closest(candidate).ok().flatten());
        message.filter(|message| !self.is_beside(message))
    }

    /// The rendered texts of a message, in order, without those of expanded thinking.
    pub(crate) fn bodies(&self, message: &Element) -> Vec<Element> {
        let mut bodies = outermost(message, self.profile.body);
        bodies.retain(|body| {
            body.parent_element().and_then(|parent| parent.closest(self.profile.exclude).ok().flatten()).is_none()
        });
        bodies
    }

    /// Whether an element is the page's own and not the model's text. What only stands between words may be wrapped around a block
    /// all the same; then the block is the text.
    pub(crate) fn is_chrome(&self, element: &Element) -> bool {
        element.matches(self.profile.exclude).unwrap_or(false)
            || (element.matches(self.profile.chips).unwrap_or(false) && !finds(element, HOLDS))
    }

    /// Whether something below an element lies in the page's own parts of it.
    pub(crate) fn is_left_out(&self, inner: &Element, within: &Element) -> bool {
        let mut around = Some(inner.clone());
        while let Some(element) = around.filter(|element| element != within) {
            if self.is_chrome(&element) {
                return true;
            }
            around = element.parent_element();
        }
        false
    }

    /// Whether the site draws code in a line as this.
    pub(crate) fn is_inline_code(&self, element: &Element) -> bool {
        !self.profile.inline_code.is_empty() && element.matches(self.profile.inline_code).unwrap_or(false)
    }

    /// What the browser makes of a property. Only when an answer is read.
    pub(crate) fn style(&self, element: &Element, property: &str) -> String {
        let style = self.window.get_computed_style(element).ok().flatten();
        style.and_then(|style| style.get_property_value(property).ok()).unwrap_or_default()
    }

    /// Whether the browser draws every blank of an element's text.
    pub(crate) fn keeps_blanks(&self, element: &Element) -> bool {
        ["pre", "break"].iter().any(|kind| self.style(element, "white-space").starts_with(kind))
            || ["preserve", "break-spaces"].contains(&self.style(element, "white-space-collapse").as_str())
    }

    /// True for the rendered text of a message.
    pub(crate) fn is_body(&self, element: &Element) -> bool {
        element.matches(&self.any_body).unwrap_or(false)
    }

    /// What a message says of itself: growing, ended, or nothing.
    pub(crate) fn streaming(&self, message: &Element) -> Option<bool> {
        let name = self.profile.streaming_attribute;
        if name.is_empty() {
            return None;
        }
        let inside = || message.query_selector(&bracketed(name)).ok().flatten()?.get_attribute(name);
        message.get_attribute(name).or_else(inside).map(|value| value == "true")
    }

    /// The name of a message over all re-renderings, where the page gives it one.
    pub(crate) fn name(&self, message: &Element) -> Option<String> {
        let name = self.profile.key_attributes.iter().find_map(|name| message.get_attribute(name));
        let inside = || {
            let mut names = self.profile.inner_key_attributes.iter();
            names.find_map(|name| message.query_selector(&bracketed(name)).ok().flatten()?.get_attribute(name))
        };
        name.or_else(inside).or_else(|| self.place(message))
    }

    /// The place of a message in the list, where the site says it: rows may stand in the document in any order.
    pub(crate) fn place(&self, message: &Element) -> Option<String> {
        let mut names = self.profile.place_attributes.iter();
        names.find_map(|name| message.closest(&bracketed(name)).ok().flatten()?.get_attribute(name))
    }

    /// Where the row of a message stands: how many are before it, and so for all that is around it. Two messages never have the same.
    pub(crate) fn ordinal(&self, message: &Element) -> String {
        let feed = self.profile.feed.iter().find_map(|candidate| message.closest(candidate).ok().flatten());
        let mut place = String::new();
        let mut around = Some(self.row(message));
        while let Some(element) = around.filter(|element| feed.as_ref() != Some(element)) {
            around = element.parent_element();
            let siblings = around.as_ref().map_or_else(Array::new, |around| Array::from(&around.children()));
            let mut before = siblings.index_of(&element, 0).max(0);
            // The bar stands by the message before it, where it is no message's own.
            let mut sibling = element.previous_element_sibling();
            for _ in 0..3 {
                let Some(one) = sibling else { break };
                before -= i32::from(one.has_attribute(OURS));
                sibling = one.previous_element_sibling();
            }
            place = [&before.to_string(), ".", &place].concat();
        }
        place
    }

    /// By the place that the site says, or else by that in the document.
    pub(crate) fn comes_after(&self, first: &Element, second: &Element) -> bool {
        let place = |message| self.place(message)?.parse::<u32>().ok();
        match (place(first), place(second)) {
            (Some(first), Some(second)) if first != second => second > first,
            _ => first.compare_document_position(second) & Node::DOCUMENT_POSITION_FOLLOWING != 0,
        }
    }

    /// What says, at or below an element, that the usage limit is reached.
    pub(crate) fn notice(&self, root: &Element) -> Option<Element> {
        outermost(root, self.profile.limit).into_iter().next()
    }

    /// The copy button of a message: a candidate, and which of those that it finds in the whole page. Only at the end of an answer.
    pub(crate) fn copy_button(&self, message: &Element) -> Option<(&'static str, u32)> {
        let row = self.row(message);
        self.profile.copy.iter().find_map(|&candidate| {
            let button = row.query_selector(candidate).ok().flatten()?;
            let all = all(&self.document.document_element()?, candidate);
            Some((candidate, u32::try_from(all.iter().position(|one| *one == button)?).ok()?))
        })
    }

    /// How many of these the whole page has. Only on a click.
    pub(crate) fn count(&self, candidates: &[&str]) -> u32 {
        let all = |candidate: &&str| self.document.query_selector_all(candidate).map_or(0, |found| found.length());
        candidates.iter().map(all).sum()
    }

    /// Whether a message has one of these in it.
    pub(crate) fn has(&self, message: &Element, candidates: &[&str]) -> bool {
        candidates.iter().any(|candidate| finds(message, candidate))
    }

    /// True while the page shows that the model is at work.
    pub(crate) fn busy(&self) -> bool {
        self.find(self.profile.stop).is_some()
    }
}

/// A part of a page that is looked through.
#[derive(Clone)]
pub(crate) enum Part {
    /// An element with all that is in it.
    Whole(Element),
    /// An element without: it is around others.
    Alone(Element),
}

impl Part {
    /// The element, where all that is in it belongs to this part.
    pub(crate) fn whole(&self) -> Option<&Element> {
        if let Self::Whole(root) = self { Some(root) } else { None }
    }

    /// Everything that a selector finds in it, in document order.
    pub(crate) fn all(&self, selector: &str) -> Vec<Element> {
        let (Self::Whole(root) | Self::Alone(root)) = self;
        let mut found = if matches!(self, Self::Whole(_)) { all(root, selector) } else { Vec::new() };
        if root.matches(selector).unwrap_or(false) {
            found.insert(0, root.clone());
        }
        found
    }

    /// Whether a selector finds anything in it.
    pub(crate) fn has(&self, selector: &str) -> bool {
        let (Self::Whole(root) | Self::Alone(root)) = self;
        root.matches(selector).unwrap_or(false) || matches!(self, Self::Whole(_)) && finds(root, selector)
    }
}

/// What the first candidate that finds anything finds below an element, itself included, outermost only.
pub(crate) fn outermost(root: &Element, candidates: &[&str]) -> Vec<Element> {
    by_first(std::slice::from_ref(root), candidates, usize::MAX, |_| true).map_or_else(Vec::new, |(_, found)| found)
}

fn by_first(
    roots: &[Element],
    candidates: &[&str],
    last: usize,
    counts: impl Fn(&Element) -> bool,
) -> Option<(usize, Vec<Element>)> {
    candidates.iter().take(last.saturating_add(1)).enumerate().find_map(|(at, candidate)| {
        let mut found: Vec<Element> = Vec::new();
        for root in roots {
            if root.matches(candidate).unwrap_or(false) && counts(root) {
                found.push(root.clone());
                continue;
            }
            for element in all(root, candidate).into_iter().filter(|element| counts(element)) {
                if found.last().is_none_or(|last| !last.contains(Some(&element))) {
                    found.push(element);
                }
            }
        }
        (!found.is_empty()).then_some((at, found))
    })
}

/// Whether a selector finds anything below an element.
pub(crate) fn finds(root: &Element, selector: &str) -> bool {
    root.query_selector(selector).is_ok_and(|found| found.is_some())
}

/// Everything that a selector finds below an element, in document order.
pub(crate) fn all(root: &Element, selector: &str) -> Vec<Element> {
    let Ok(list) = root.query_selector_all(selector) else { return Vec::new() };
    (0..list.length()).filter_map(|at| list.item(at)?.dyn_into().ok()).collect()
}

fn bracketed(attribute: &str) -> String {
    ["[", attribute, "]"].concat()
}

/// The element that a node is, or is in.
pub(crate) fn element_of(node: &Node) -> Option<Element> {
    node.dyn_ref::<Element>().cloned().or_else(|| node.parent_element())
}
