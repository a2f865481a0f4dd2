//! What the engine hears: the page's changes, the worker's news, and the address.

use super::act::{
    adopt, kept, perform, refresh, remember_asked, see_to_the_message, see_to_the_prompt, survey, tell_limit, tell_sent,
};
use super::{Shared, over, redraw, take_view};
use crate::chrome::FromWorker;
use crate::composer;
use crate::watch::Change;
use prompt_runner_core::bar::Live;
use prompt_runner_core::capture::Watcher;
use std::rc::Rc;
use wasm_bindgen_futures::spawn_local;

/// How long after a new address the message that made it may take to appear, in milliseconds. Public drivers of claude.ai
/// report that a turn is drawn within 0.3 s, and that one that is rejected is withdrawn within 0.8 s.
const FOLLOW_MS: f64 = 3_000.0;

/// How long a frame lasts on most screens, in milliseconds.
const FRAME_MS: f64 = 16.0;

pub(super) fn page(app: &Shared, changes: Vec<Change>) {
    if over(app) {
        return;
    }
    for change in changes {
        let (signal, page) = {
            let state = app.borrow();
            (state.signal(&change), state.page.clone())
        };
        match &change {
            Change::Assistant(element) => adopt(app, element),
            Change::User(element) => remember_asked(app, element),
            Change::Notice(element) => tell_limit(app, element),
            Change::Removed => mend(app),
            _ => {}
        }
        if let Some(signal) = signal {
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
        if left {
            turn_to(&app);
        }
    });
}

/// Forgets the conversation that was shown and begins with the one that is shown now.
fn turn_to(app: &Shared) {
    {
        let mut state = app.borrow_mut();
        state.view = None;
        state.live = Live::Quiet;
        state.watcher = Watcher::default();
        state.messages.clear();
        state.latest = None;
        state.bar = None;
        state.asked = None;
        state.sent = None;
        state.queued = None;
    }
    refresh(app);
}
