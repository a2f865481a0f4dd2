//! What the page did, in the order in which it was heard: each change becomes what it means to the state.

use super::{Shared, dispatch, draw, over};
use crate::composer::pause;
use crate::horizon::in_view;
use crate::page::Page;
use crate::watch::{Change, messages};
use prompt_runner_core::capture;
use prompt_runner_core::page::Signal;
use std::rc::Rc;
use wasm_bindgen_futures::spawn_local;
use web_sys::Element;

/// How long changes are looked at in one go, in milliseconds: a task of more than 50 is felt (<https://web.dev/articles/optimize-long-tasks>),
/// and the drawing of what was done belongs to it.
const TASK_MS: f64 = 16.0;
/// So many messages are looked at in one go: as many as a screen or two show.
pub(super) const AT_ONCE: usize = 16;
/// The most that a notice says, in bytes.
const NOTICE_MAX: usize = 300;

/// Something happened in the page.
pub(super) fn on_changes(app: &Shared, changes: Vec<Change>) {
    app.borrow_mut().changes.extend(changes);
    if !app.borrow().looks {
        look(app);
    }
}

/// Looks at what was heard; the rest of a history that comes at once waits for the next task.
fn look(app: &Shared) {
    if over(app) {
        return;
    }
    let page = app.borrow().page.clone();
    // A tab that nobody sees need not stay at hand, and browsers let it go on once a second only.
    let until = if page.document.hidden() { f64::INFINITY } else { page.now().monotonic_ms + TASK_MS };
    let mut came = false;
    while page.now().monotonic_ms < until {
        let Some(change) = app.borrow_mut().changes.pop_front() else { break };
        came |= look_at(app, &page, change);
    }
    if came {
        draw::redraw(app);
    }
    if app.borrow().changes.is_empty() {
        return;
    }
    app.borrow_mut().looks = true;
    let app = Rc::clone(app);
    spawn_local(async move {
        pause(0.0).await;
        app.borrow_mut().looks = false;
        look(&app);
    });
}

/// Looks at one change; true where messages of the model came, so that the bar may have another place.
fn look_at(app: &Shared, page: &Page, change: Change) -> bool {
    let key = |element: &Element| app.borrow().key(element);
    let hear = |signal| dispatch(app, Signal::Page(signal));
    match change {
        // Meanwhile it may be gone; if it comes again, that is a change too.
        Change::Added(element) | Change::Assistant(element) | Change::Mounted(element) | Change::User(element)
            if !element.is_connected() => {}
        Change::Added(element) => first(app, messages(page, &element)),
        Change::Many => first(app, newest(app)),
        Change::Assistant(element) => {
            draw::adopt(app, &element);
            hear(capture::Signal::Streaming { key: key(&element), streaming: page.streaming(&element) });
            return true;
        }
        Change::Mounted(element) => {
            draw::adopt(app, &element);
            return true;
        }
        Change::Surveyed => {
            let latest = app.borrow().latest.clone().filter(|latest| latest.is_connected());
            if let Some(latest) = latest {
                hear(capture::Signal::Found { key: key(&latest) });
                hear(capture::Signal::Streaming { key: key(&latest), streaming: page.streaming(&latest) });
            }
            return true;
        }
        Change::User(element) if app.borrow().state.expects() => {
            let text = element.text_content().unwrap_or_default();
            app.borrow_mut().subject = Some(element);
            dispatch(app, Signal::User { text });
        }
        Change::User(_) => {}
        Change::Grew(element) => hear(capture::Signal::Grew { key: key(&element) }),
        Change::Heading(element, text) => hear(capture::Signal::Heading { key: key(&element), text }),
        Change::Streaming(element) => {
            hear(capture::Signal::Streaming { key: key(&element), streaming: page.streaming(&element) });
        }
        Change::Proof(element) => hear(capture::Signal::Proof { key: key(&element) }),
        Change::Notice(element) => dispatch(app, Signal::Limit { text: words_of(element) }),
        Change::Removed => dispatch(app, Signal::Removed),
    }
    false
}

/// Has these looked at before what was heard after them.
fn first(app: &Shared, changes: Vec<Change>) {
    let mut state = app.borrow_mut();
    changes.into_iter().rev().for_each(|change| state.changes.push_front(change));
}

/// Looks once at the newest messages that are mounted, among them the one that may be waited for, and for a notice of the limit.
pub(super) fn survey(app: &Shared) {
    let mut changes = newest(app);
    let page = app.borrow().page.clone();
    changes.extend(page.find(page.profile.limit).map(|notice| Change::Notice(notice.into())));
    on_changes(app, changes);
}

/// The newest messages; what is before them is looked at when it is scrolled to.
fn newest(app: &Shared) -> Vec<Change> {
    let page = app.borrow().page.clone();
    let tail = page.tail(AT_ONCE);
    page.set_newest(tail.last());
    let mut changes = mounted(&page, &tail);
    changes.push(Change::Surveyed);
    changes
}

fn mounted(page: &Page, rows: &[Element]) -> Vec<Change> {
    let mut changes: Vec<Change> = page.users(rows).into_iter().map(Change::User).collect();
    changes.extend(page.assistants(rows).into_iter().map(Change::Mounted));
    changes
}

/// Looks at what is in view.
pub(super) fn look_around(app: &Shared) {
    let page = app.borrow().page.clone();
    on_changes(app, mounted(&page, &in_view(&page)));
}

/// What a notice of the limit says. What is found may be no more than a link in it; what surrounds that has the words.
fn words_of(mut notice: Element) -> String {
    let text_of = |element: &Element| element.text_content().unwrap_or_default();
    while let Some(around) = notice.parent_element().filter(|around| text_of(around).len() <= NOTICE_MAX) {
        notice = around;
    }
    let time = notice.query_selector("time[datetime]").ok().flatten().and_then(|time| time.get_attribute("datetime"));
    time.unwrap_or_else(|| text_of(&notice))
}
