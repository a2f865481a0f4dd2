//! The engine of one page: carries what the page, the host and the developer do to the page's state, and has done what that says. It
//! decides nothing itself.

mod draw;
mod effects;
mod on_host_message;
mod on_mutation;

use crate::bar::BarElement;
use crate::button::{Listener, SendButton};
use crate::chrome;
use crate::horizon::Horizon;
use crate::page::Page;
use crate::watch::{Change, Watch};
use prompt_runner_core::page::{PageState, Signal};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::{Element, EventTarget, Node};

#[wasm_bindgen]
extern "C" {
    /// The Navigation API, which tells of every change of the address without polling.
    #[wasm_bindgen(js_name = navigation, thread_local_v2)]
    static NAVIGATION: Option<EventTarget>;
}

type Shared = Rc<RefCell<App>>;

/// Starts the engine in this page.
pub(crate) fn start(engine: &str) {
    let Some(page) = Page::here() else { return };
    page.clear_ours();
    let app = Rc::new(RefCell::new(App {
        page: page.clone(),
        engine: engine.to_owned(),
        state: PageState::default(),
        messages: Vec::new(),
        prune_at: 0,
        latest: None,
        asked: None,
        subject: None,
        bar: None,
        watch: None,
        horizon: None,
        listeners: Vec::new(),
        pointed: None,
        changes: VecDeque::new(),
        looks: false,
    }));
    let its_app = Rc::clone(&app);
    chrome::on_news(move |news| on_host_message::on_news(&its_app, news));
    let (target, kind): (EventTarget, _) = match NAVIGATION.with(Clone::clone) {
        Some(navigation) => (navigation, "currententrychange"),
        None => (page.window.clone().into(), "popstate"),
    };
    let its_app = Rc::clone(&app);
    let moves = Listener::new(&target, kind, move |_| address(&its_app));
    let its_app = Rc::clone(&app);
    let menus = Listener::new(&page.document, "contextmenu", move |event| {
        its_app.borrow_mut().pointed = event.target().and_then(|target| target.dyn_into().ok());
    });
    let copies = Listener::new(&page.document.clone(), "copy", move |_| effects::step_aside(page.clone()));
    app.borrow_mut().listeners = vec![moves, menus, copies];
    address(&app);
}

struct ChatMessage {
    key: String,
    element: Element,
    button: Option<SendButton>,
}

struct App {
    page: Page,
    engine: String,
    state: PageState,
    /// Few: those that are mounted, and some that were.
    messages: Vec<ChatMessage>,
    /// So many are looked through for those that are gone.
    prune_at: usize,
    latest: Option<Element>,
    /// The developer's message that holds the prompt.
    asked: Option<Element>,
    /// The message that the state is being told of.
    subject: Option<Element>,
    bar: Option<BarElement>,
    watch: Option<Watch>,
    /// Says when something else came into view.
    horizon: Option<Horizon>,
    /// For the address, the browser's menu, and copying.
    listeners: Vec<Listener>,
    /// On what the browser's menu was opened last.
    pointed: Option<Node>,
    /// What was heard of the page and not yet looked at.
    changes: VecDeque<Change>,
    /// The rest of it is about to be looked at.
    looks: bool,
}

/// Tells the state something, and has done what it says.
fn dispatch(app: &Shared, signal: Signal) {
    let now = app.borrow().page.now();
    let actions = app.borrow_mut().state.reduce(signal, now);
    effects::perform(app, actions);
}

/// The page was opened, or has another address.
fn address(app: &Shared) {
    if !over(app) {
        let conversation = app.borrow().page.conversation();
        dispatch(app, Signal::Address { conversation });
    }
}

/// True where the extension was updated or removed under this page. Then its next version has an engine of its own here, or
/// nobody wants one, and this one leaves with everything it put in and listened to.
fn over(app: &Shared) -> bool {
    if chrome::alive() {
        return false;
    }
    app.borrow_mut().listeners.clear();
    app.borrow_mut().state = PageState::default();
    effects::forget(app);
    true
}

impl App {
    /// Whether a message stands after the one that holds our prompt, as far as both are mounted.
    fn follows(&self, message: &Element) -> bool {
        self.asked.as_ref().is_some_and(|asked| asked.is_connected() && self.page.comes_after(asked, message))
    }

    /// Whether no message that is mounted stands after this one.
    fn is_latest(&self, message: &Element) -> bool {
        self.latest.as_ref().is_none_or(|latest| latest == message || !latest.is_connected())
    }

    /// The name of a message over all re-renderings; without one, its place in the list when it was met: what is loaded above it later
    /// does not change that.
    fn key(&self, message: &Element) -> String {
        if let Some(name) = self.page.name(message) {
            return name;
        }
        if let Some(known) = self.messages.iter().rev().find(|known| known.element == *message) {
            return known.key.clone();
        }
        let mut key = self.page.ordinal(message);
        while self.message(&key).is_some_and(|known| known.element.is_connected()) {
            key.push('+');
        }
        key
    }

    fn message(&self, key: &str) -> Option<&ChatMessage> {
        self.messages.iter().find(|message| message.key == key)
    }
}
