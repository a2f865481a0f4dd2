//! The engine of one page: hears the page, the host and the developer, asks core what it means, and has it done.

mod act;
mod astray;
mod click;
mod examine;
mod hear;

use crate::bar::BarElement;
use crate::button::{Listener, SendButton};
use crate::chrome;
use crate::guard::{self, Click};
use crate::page::Page;
use crate::watch::{Change, Watch};
use prompt_runner_core::bar::{Live, bar};
use prompt_runner_core::capture::{Signal, Watcher};
use prompt_runner_core::phase::Phase;
use prompt_runner_core::refusal::Code;
use prompt_runner_core::reply::Expect;
use prompt_runner_core::status::View;
use prompt_runner_core::words::Say;
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

/// Whatever somebody may write in.
const FIELDS: &[&str] = &["textarea,[contenteditable=true],[role=textbox]"];

type Shared = Rc<RefCell<App>>;

/// Starts the engine in this page.
pub(crate) fn start(engine: &str) {
    let Some(page) = Page::here() else { return };
    page.clear_ours();
    let app = Rc::new(RefCell::new(App {
        page: page.clone(),
        engine: engine.to_owned(),
        watcher: Watcher::default(),
        view: None,
        live: Live::Quiet,
        conversation: None,
        messages: Vec::new(),
        prune_at: 0,
        latest: None,
        bar: None,
        watch: None,
        moves: None,
        copies: None,
        menus: None,
        pointed: None,
        changes: VecDeque::new(),
        looks: false,
        mends: false,
        looks_again: false,
        replace_draft: false,
        asked: None,
        counts_down: false,
        sent: None,
        queued: None,
        drift: None,
    }));
    let its_app = Rc::clone(&app);
    app.borrow_mut().watch = Watch::new(&page, move |changes| hear::page(&its_app, changes)).ok();
    let its_app = Rc::clone(&app);
    chrome::on_news(move |news| hear::worker(&its_app, news));
    let its_app = Rc::clone(&app);
    let (target, kind): (EventTarget, _) = match NAVIGATION.with(Clone::clone) {
        Some(navigation) => (navigation, "currententrychange"),
        None => (page.window.clone().into(), "popstate"),
    };
    app.borrow_mut().conversation = page.conversation();
    app.borrow_mut().moves = Some(Listener::new(&target, kind, move |_| hear::navigation(&its_app)));
    let its_app = Rc::clone(&app);
    app.borrow_mut().menus = Some(Listener::new(&page.document.clone(), "contextmenu", move |event| {
        its_app.borrow_mut().pointed = event.target().and_then(|target| target.dyn_into().ok());
    }));
    app.borrow_mut().copies =
        Some(Listener::new(&page.document.clone(), "copy", move |_| act::step_aside(page.clone())));
    act::refresh(&app);
    examine::soon(&app);
}

struct Message {
    key: String,
    element: Element,
    button: Option<SendButton>,
}

struct App {
    page: Page,
    engine: String,
    watcher: Watcher,
    view: Option<View>,
    live: Live,
    conversation: Option<String>,
    /// Few: those that are mounted, and some that were.
    messages: Vec<Message>,
    /// So many are looked through for those that are gone.
    prune_at: usize,
    latest: Option<Element>,
    bar: Option<BarElement>,
    watch: Option<Watch>,
    moves: Option<Listener>,
    copies: Option<Listener>,
    menus: Option<Listener>,
    /// On what the browser's menu was opened last.
    pointed: Option<Node>,
    /// What was heard of the page and not yet looked at.
    changes: VecDeque<Change>,
    /// The rest of it is about to be looked at.
    looks: bool,
    /// Something was taken away and is about to be put back.
    mends: bool,
    /// The host is missed, and will be looked for again.
    looks_again: bool,
    /// The developer was told of the draft and may click again to replace it.
    replace_draft: bool,
    /// How long a limit still holds is being said.
    counts_down: bool,
    /// The developer's message that holds the prompt.
    asked: Option<Element>,
    /// A prompt that was sent before its conversation had an address.
    sent: Option<(Expect, f64)>,
    /// A reply that waits in the browser: its capture, its message and its phase.
    queued: Option<(String, String, Phase)>,
    /// Why the page is not as its profile says.
    drift: Option<Say>,
}

/// True where the extension was updated or removed under this page. Then its next version has an engine of its own here, or
/// nobody wants one, and this one leaves with everything it put in and listened to.
fn over(app: &Shared) -> bool {
    if chrome::alive() {
        return false;
    }
    let mut state = app.borrow_mut();
    state.watch = None;
    state.moves = None;
    state.copies = None;
    state.menus = None;
    state.bar = None;
    state.view = None;
    state.changes.clear();
    state.messages.clear();
    true
}

fn take_view(app: &Shared, view: View) {
    {
        let mut state = app.borrow_mut();
        if state.view.as_ref().is_some_and(|mine| mine.session == view.session && mine.seq > view.seq) {
            return;
        }
        let now = state.page.now();
        state.watcher.observe(Signal::Expecting { expect: view.expect.clone(), part: view.part }, now);
        let before = state.view.replace(view);
        let turn = |view: &View| (view.current, view.expect.clone());
        // What was seen of a prompt is over when that prompt is answered or replaced, by whichever program.
        if before.as_ref().map(turn) != state.view.as_ref().map(turn) && is_of_a_turn(&state.live) {
            state.live = Live::Quiet;
        }
    }
    if app.borrow().view.as_ref().is_some_and(|view| view.limit.is_some()) {
        act::count_down(app);
    }
    redraw(app);
}

/// Whether it is over with the prompt that it was seen of. What is under way is not, nor is a refusal that says where the session stands.
fn is_of_a_turn(live: &Live) -> bool {
    match live {
        Live::Recording { .. } | Live::Queued { .. } | Live::HostMissing => false,
        Live::Refused(refusal) => refusal.code.exit() == Code::ReplyIncomplete.exit(),
        _ => true,
    }
}

fn set_live(app: &Shared, live: Live) {
    app.borrow_mut().live = live;
    redraw(app);
}

/// Draws the bar where it belongs: under the latest answer, or above the composer where there is none yet.
fn redraw(app: &Shared) {
    if over(app) {
        return;
    }
    if app.borrow().view.is_some() && app.borrow().bar.is_none() {
        let its_app = Rc::clone(app);
        let (page, engine) = (app.borrow().page.clone(), app.borrow().engine.clone());
        let made = BarElement::new(&page, &engine, move |event, host, button, act| {
            let click = guard::judge(&its_app.borrow().page.window, event, host, button);
            match click {
                Click::Counts => click::perform(&its_app, act),
                Click::Obscured => set_live(&its_app, Live::Obscured),
                Click::Forged => {}
            }
        });
        app.borrow_mut().bar = made.ok();
    }
    let state = app.borrow();
    let (Some(view), Some(element)) = (&state.view, &state.bar) else { return };
    let drifted = state.drift.clone().filter(|_| state.live == Live::Quiet).map(Live::Drifted);
    element.draw(&state.page, view, &bar(view, drifted.as_ref().unwrap_or(&state.live), whole(js_sys::Date::now())));
    let latest = state.latest.as_ref().filter(|latest| latest.is_connected());
    match latest {
        Some(latest) => {
            let stands = latest.next_element_sibling().is_some_and(|next| next.is_same_node(Some(&element.host)));
            if !stands {
                let _ = latest.insert_adjacent_element("afterend", &element.host);
            }
        }
        None if !element.host.is_connected() => {
            let profile = state.page.profile;
            // A page that was examined and is not as expected may have its composer elsewhere; one with no field at all is no chat.
            let drifted = |candidates: &[&str]| state.page.find(candidates).filter(|_| state.drift.is_some());
            if let Some(dock) = state.page.find(profile.dock).or_else(|| drifted(profile.composer)) {
                let _ = dock.insert_adjacent_element("beforebegin", &element.host);
            } else if let Some(body) = drifted(FIELDS).and_then(|_| state.page.document.body()) {
                let _ = element.host.set_attribute("data-afloat", "");
                let _ = body.append_child(&element.host);
            }
        }
        None => {}
    }
}

/// Milliseconds without their fraction; those since 1970 are far below the limit.
#[allow(clippy::cast_possible_truncation, reason = "saturates")]
const fn whole(ms: f64) -> i64 {
    ms as i64
}

impl App {
    /// Whether a message stands after the one that holds our prompt, as far as both are mounted.
    fn follows(&self, message: &Element) -> bool {
        self.asked.as_ref().is_some_and(|asked| asked.is_connected() && act::comes_after(&self.page, asked, message))
    }

    fn message(&self, key: &str) -> Option<&Message> {
        self.messages.iter().find(|message| message.key == key)
    }

    /// What a change means to core.
    fn signal(&self, change: &Change) -> Option<Signal> {
        match change {
            Change::Assistant(element) => {
                Some(Signal::Streaming { key: self.page.key(element), streaming: self.page.streaming(element) })
            }
            Change::User(element) => {
                // Without an expectation nobody asks what the developer wrote.
                let expect = self.view.as_ref().and_then(|view| view.expect.as_ref())?;
                let sent =
                    self.view.as_ref().and_then(|view| view.phases.iter().find(|phase| phase.phase == expect.phase));
                let text = element.text_content().unwrap_or_default();
                Some(Signal::UserTurn { text, fresh: sent.is_some_and(|phase| phase.sent_ms.is_none()) })
            }
            Change::Grew(element) => Some(Signal::Grew { key: self.page.key(element) }),
            Change::Heading(element, text) => Some(Signal::Heading { key: self.page.key(element), text: text.clone() }),
            Change::Streaming(element) => {
                Some(Signal::Streaming { key: self.page.key(element), streaming: self.page.streaming(element) })
            }
            Change::Proof(element) => Some(Signal::Proof { key: self.page.key(element) }),
            Change::Mounted(_) | Change::Surveyed | Change::Added(_) | Change::Notice(_) | Change::Removed => None,
        }
    }
}
