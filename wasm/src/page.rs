//! Finding the parts of a chat page, by the candidates of its profile. Nothing here forces a layout.

use prompt_runner_core::capture::Now;
use prompt_runner_core::site::Profile;
use wasm_bindgen::JsCast;
use web_sys::{Document, Element, HtmlElement, Node, Window};

/// The attribute on everything that we put into the page.
pub(crate) const OURS: &str = "data-prompt-runner";

/// A page and the profile of its site.
#[derive(Clone)]
pub(crate) struct Page {
    pub(crate) window: Window,
    pub(crate) document: Document,
    pub(crate) profile: &'static Profile,
    assistant: String,
    user: String,
    body: String,
}

impl Page {
    /// The page of this window, if the profile is made for it.
    pub(crate) fn of(profile: &'static Profile) -> Option<Self> {
        let window = web_sys::window()?;
        let document = window.document()?;
        (window.location().hostname().ok()? == profile.host).then(|| Self {
            window,
            document,
            profile,
            assistant: profile.assistant.join(","),
            user: profile.user.join(","),
            body: profile.body.join(","),
        })
    }

    /// Site and path of the conversation that is shown.
    pub(crate) fn conversation(&self) -> Option<String> {
        self.profile.conversation(&self.window.location().pathname().ok()?)
    }

    /// Both clocks.
    pub(crate) fn now(&self) -> Now {
        Now {
            wall_ms: js_sys::Date::now(),
            monotonic_ms: self.window.performance().map_or(0.0, |performance| performance.now()),
        }
    }

    /// Takes away what an engine before this one left: after an update of the extension the old one can do nothing any more.
    pub(crate) fn clear_ours(&self) {
        if let Ok(list) = self.document.query_selector_all(&format!("[{OURS}]")) {
            for element in (0..list.length()).filter_map(|at| list.item(at)?.dyn_into::<Element>().ok()) {
                element.remove();
            }
        }
    }

    /// The first element that a candidate finds in the whole page. Only at start, after navigation and on a click.
    pub(crate) fn find(&self, candidates: &[&str]) -> Option<HtmlElement> {
        let found = candidates.iter().find_map(|selector| self.document.query_selector(selector).ok().flatten());
        found.and_then(|element| element.dyn_into().ok())
    }

    /// The messages of the model below an element, itself included, outermost only.
    pub(crate) fn assistants(&self, root: &Element) -> Vec<Element> {
        self.outermost(root, &self.assistant)
    }

    /// The messages of the developer below an element, itself included, outermost only.
    pub(crate) fn users(&self, root: &Element) -> Vec<Element> {
        self.outermost(root, &self.user)
    }

    /// The message of the model that a node is in.
    pub(crate) fn assistant_around(&self, node: &Node) -> Option<Element> {
        element_of(node)?.closest(&self.assistant).ok().flatten()
    }

    /// The rendered texts of a message, in order, without those of expanded thinking.
    pub(crate) fn bodies(&self, message: &Element) -> Vec<Element> {
        let mut bodies = self.outermost(message, &self.body);
        bodies.retain(|body| {
            body.parent_element().and_then(|parent| parent.closest(self.profile.exclude).ok().flatten()).is_none()
        });
        bodies
    }

    /// True for the rendered text of a message.
    pub(crate) fn is_body(&self, element: &Element) -> bool {
        element.matches(&self.body).unwrap_or(false)
    }

    /// What a message says of itself: growing, ended, or nothing.
    pub(crate) fn streaming(&self, message: &Element) -> Option<bool> {
        message.get_attribute(self.profile.streaming_attribute).map(|value| value == "true")
    }

    /// The name of a message over all re-renderings; without the attribute, its place in the list.
    pub(crate) fn key(&self, message: &Element) -> String {
        message.get_attribute(self.profile.key_attribute).unwrap_or_else(|| {
            let row = message.closest("[data-index]").ok().flatten();
            row.and_then(|row| row.get_attribute("data-index")).unwrap_or_default()
        })
    }

    /// True while the page shows that the model is at work.
    pub(crate) fn busy(&self) -> bool {
        self.find(self.profile.stop).is_some()
    }

    fn outermost(&self, root: &Element, selector: &str) -> Vec<Element> {
        if root.matches(selector).unwrap_or(false) {
            return vec![root.clone()];
        }
        let mut found: Vec<Element> = Vec::new();
        if let Ok(list) = root.query_selector_all(selector) {
            for at in 0..list.length() {
                if let Some(element) = list.item(at).and_then(|node| node.dyn_into::<Element>().ok())
                    && found.last().is_none_or(|last| !last.contains(Some(&element)))
                {
                    found.push(element);
                }
            }
        }
        found
    }
}

/// The element that a node is, or is in.
pub(crate) fn element_of(node: &Node) -> Option<Element> {
    node.dyn_ref::<Element>().cloned().or_else(|| node.parent_element())
}
