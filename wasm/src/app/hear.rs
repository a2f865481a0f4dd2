//! What the engine hears: the page's changes, the worker's news, and the address.

use super::act::{
    adopt, kept, perform, refresh, remember_asked, see_to_the_message, see_to_the_prompt, survey, tell_limit, tell_sent,
};
use super::{Shared, over, redraw, take_view};
use crate::chrome::FromWorker;
use crate::composer;
use crate::page::Page;
use crate::watch::{Change, messages};
use prompt_runner_core::bar::Live;
use prompt_runner_core::capture::{Signal, Watcher};
use std::rc::Rc;
use wasm_bindgen_futures::spawn_local;

/// How long after a new address the message that made it may take to appear, in milliseconds. Public drivers of claude.ai
/// report that a turn is drawn within 0.3 s, and that one that is rejected is withdrawn within 0.8 s.
const FOLLOW_MS: f64 = 3_000.0;

/// How long a frame lasts on most screens, in milliseconds.
const FRAME_MS: f64 = 16.0;

/// How long changes are looked at in one go, in milliseconds: a task of more than 50 is felt (<https://web.dev/articles/optimize-long-tasks>),
/// and the drawing of what was done belongs to it.
const TASK_MS: f64 = 16.0;

/// What the page did is looked at in the order in which it was heard.
pub(super) fn page(app: &Shared, changes: Vec<Change>) {
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
        redraw(app);
    }
    if app.borrow().changes.is_empty() {
        return;
    }
    app.borrow_mut().looks = true;
    let app = Rc::clone(app);
    spawn_local(async move {
        composer::pause(0.0).await;
        app.borrow_mut().looks = false;
        look(&app);
    });
}

/// Looks at one change; true where messages of the model came, so that the bar may have another place.
fn look_at(app: &Shared, page: &Page, change: Change) -> bool {
    let signal = app.borrow().signal(&change);
    match &change {
        // Meanwhile it may be gone; if it comes again, that is a change too.
        Change::Added(element) | Change::Assistant(element) | Change::Mounted(element) | Change::User(element)
            if !element.is_connected() =>
        {
            return false;
        }
        Change::Added(element) => {
            let mut state = app.borrow_mut();
            messages(page, element).into_iter().rev().for_each(|change| state.changes.push_front(change));
        }
        Change::Assistant(element) | Change::Mounted(element) => adopt(app, element),
        Change::Surveyed => look_at_latest(app),
        Change::User(element) => remember_asked(app, element),
        Change::Notice(element) => tell_limit(app, element),
        Change::Removed => mend(app),
        Change::Grew(_) | Change::Heading(..) | Change::Streaming(_) | Change::Proof(_) => {}
    }
    if let Some(signal) = signal {
        let actions = app.borrow_mut().watcher.observe(signal, page.now());
        perform(app, actions);
    }
    matches!(change, Change::Assistant(_) | Change::Mounted(_) | Change::Surveyed)
}

/// Looks at the latest message: it may be the one that is waited for.
fn look_at_latest(app: &Shared) {
    let (page, latest) = {
        let state = app.borrow();
        (state.page.clone(), state.latest.clone())
    };
    if let Some(latest) = latest.filter(|latest| latest.is_connected()) {
        let key = page.key(&latest);
        let streaming = page.streaming(&latest);
        for signal in [Signal::Found { key: key.clone() }, Signal::Streaming { key, streaming }] {
            let actions = app.borrow_mut().watcher.observe(signal, page.now());
            perform(app, actions);
        }
    }
}

/// Puts back what was taken away, in the next frame: a page that takes ours away at once would otherwise never come to its end.
fn mend(app: &Shared) {
    if std::mem::replace(&mut app.borrow_mut().mends, true) {
        return;
    }
    let app = Rc::clone(app);
    spawn_local(async move {
        composer::pause(FRAME_MS).await;
        app.borrow_mut().mends = false;
        redraw(&app);
        see_to_the_prompt(&app);
        see_to_the_message(&app);
    });
}

pub(super) fn worker(app: &Shared, news: FromWorker) {
    match news {
        FromWorker::Changed(view) => {
            let (ours, here, waiting, elsewhere) = {
                let state = app.borrow();
                let ours = state.view.as_ref().is_some_and(|mine| mine.session == view.session);
                let here = state.conversation.is_some() && state.conversation == view.conversation;
                let new_chat = state.conversation.is_none();
                let elsewhere = ours && new_chat && view.conversation.is_some() && state.sent.is_none();
                (ours, here, state.view.is_none() && new_chat, elsewhere)
            };
            if elsewhere {
                // The session that waited here for a conversation found one in another tab.
                turn_to(app);
            } else if ours || here {
                take_view(app, *view);
                if !ours {
                    // It begins here, among messages that had no button so far.
                    survey(app);
                }
            } else if waiting {
                refresh(app);
            }
        }
        FromWorker::Selection => super::click::selection(app),
        FromWorker::PointedAt => super::click::pointed_at(app),
        FromWorker::Outbox(results) => {
            let mine = app.borrow_mut().queued.take_if(|(id, ..)| results.iter().any(|(capture, _)| capture == id));
            let result = mine.and_then(|(id, key, phase)| {
                let (_, answer) = results.into_iter().find(|(capture, _)| *capture == id)?;
                Some((key, phase, answer))
            });
            match result {
                Some((key, phase, answer)) => kept(app, &key, phase, answer),
                None => refresh(app),
            }
        }
    }
}

pub(super) fn navigation(app: &Shared) {
    if over(app) {
        return;
    }
    let (now, before) = {
        let state = app.borrow();
        (state.page.conversation(), state.conversation.clone())
    };
    if now == before {
        return;
    }
    app.borrow_mut().conversation.clone_from(&now);
    super::examine::soon(app);
    let unbound = before.is_none() && app.borrow().view.as_ref().is_some_and(|view| view.conversation.is_none());
    match now {
        Some(conversation) if unbound => follow(app, conversation),
        _ => turn_to(app),
    }
}

/// A new chat has got its address. If that was because our prompt was sent, the session lives here from now on; if the developer
/// went to another conversation instead, the session stays behind.
fn follow(app: &Shared, conversation: String) {
    if let Some((expect, sent_ms)) = app.borrow().sent.clone() {
        tell_sent(app, expect, sent_ms, Some(conversation));
        return;
    }
    let app = Rc::clone(app);
    spawn_local(async move {
        composer::pause(FOLLOW_MS).await;
        let left = {
            let state = app.borrow();
            state.conversation.as_ref() == Some(&conversation)
                // Without a host nobody can say that it lives here; the message that holds its prompt does.
                && state.asked.is_none()
                && state.view.as_ref().is_some_and(|view| view.conversation.is_none())
        };
        if left && !sent_unseen(&app, &conversation) {
            turn_to(&app);
        }
    });
}

/// A prompt that left the composer and stands in the page was sent, though no message of the developer was recognised there.
fn sent_unseen(app: &Shared, conversation: &str) -> bool {
    let expect = {
        let state = app.borrow();
        let shown = || state.page.document.body().and_then(|body| body.text_content()).unwrap_or_default();
        let expect = state.view.as_ref().and_then(|view| view.expect.clone());
        expect.filter(|expect| composer::is_empty(&state.page) && expect.is_in(&shown()))
    };
    let sent = expect.is_some();
    if let Some(expect) = expect {
        tell_sent(app, expect, js_sys::Date::now() - FOLLOW_MS, Some(conversation.to_owned()));
    }
    sent
}

/// Forgets the conversation that was shown and begins with the one that is shown now.
fn turn_to(app: &Shared) {
    {
        let mut state = app.borrow_mut();
        state.view = None;
        state.live = Live::Quiet;
        state.watcher = Watcher::default();
        state.changes.clear();
        state.messages.clear();
        state.latest = None;
        state.bar = None;
        state.asked = None;
        state.sent = None;
        state.queued = None;
    }
    refresh(app);
}
