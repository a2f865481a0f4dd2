//! What the developer's clicks in the bar do.

use super::act::{kept, see_to_the_prompt, send_message, settle};
use super::{Shared, set_live, take_view};
use crate::chrome;
use crate::composer::{self, Put};
use prompt_runner_core::bar::{Act, Live};
use prompt_runner_core::event::{Repair, Source, Timing};
use prompt_runner_core::protocol::answer::RenderedPrompt;
use prompt_runner_core::protocol::{Body, Reply, ask};
use std::rc::Rc;
use wasm_bindgen_futures::spawn_local;

/// Does what a button of the bar is for.
pub(super) fn perform(app: &Shared, act: Act) {
    match act {
        Act::Place(repair) => place(app, repair),
        Act::Accept => accept(app),
        Act::Rate(rating) => rate(app, rating),
        Act::Copy => copy(app),
        Act::Paste => chrome::open_paste(),
        Act::Selection => selection(app),
    }
}

/// The one click: the next prompt into the composer, read back; then sent as well, if the developer chose so.
fn place(app: &Shared, repair: Option<Repair>) {
    let app = Rc::clone(app);
    spawn_local(async move {
        let Some(session) = app.borrow().view.as_ref().map(|view| view.session.clone()) else { return };
        let replace = std::mem::take(&mut app.borrow_mut().replace_draft);
        let answer = chrome::ask(&ask::Prompt { session: session.clone(), phase: None, repair }).await;
        let Some(Reply::Prompt(RenderedPrompt { view, phase, nonce, text })) = answer.reply else {
            settle(&app, answer);
            return;
        };
        take_view(&app, view);
        let page = app.borrow().page.clone();
        match composer::put(&page, &text, replace).await {
            Put::Placed => {
                set_live(&app, Live::Placed { phase });
                // The page may have put another editor there between the reading and the saying.
                see_to_the_prompt(&app);
                if chrome::send_on_click().await && !composer::send(&page).await {
                    set_live(&app, Live::Unplaced);
                }
                let answer = chrome::ask(&ask::Placed { session, phase, nonce }).await;
                settle(&app, answer);
            }
            Put::Draft => {
                app.borrow_mut().replace_draft = true;
                set_live(&app, Live::Draft);
            }
            Put::Attached => set_live(&app, Live::Attached),
            Put::Failed => set_live(&app, Live::Unplaced),
        }
    });
}

/// The developer takes the incomplete reply as it is.
fn accept(app: &Shared) {
    let app = Rc::clone(app);
    spawn_local(async move {
        let asked = app.borrow().view.as_ref().and_then(|view| Some((view.session.clone(), view.current?)));
        let Some((session, phase)) = asked else { return };
        let answer = chrome::ask(&ask::Accept { session, phase: Some(phase) }).await;
        let accepted = answer.reply.is_some();
        settle(&app, answer);
        if accepted {
            set_live(&app, Live::Stored { phase });
        }
    });
}

/// The developer says how it went.
fn rate(app: &Shared, rating: u8) {
    let app = Rc::clone(app);
    spawn_local(async move {
        let Some(session) = app.borrow().view.as_ref().map(|view| view.session.clone()) else { return };
        let answer = chrome::ask(&ask::Rate { session, rating, word: None, saved_minutes: None }).await;
        settle(&app, answer);
    });
}

/// The prompt into the clipboard, for a page whose composer cannot be found or does not take it.
fn copy(app: &Shared) {
    let app = Rc::clone(app);
    spawn_local(async move {
        let Some(session) = app.borrow().view.as_ref().map(|view| view.session.clone()) else { return };
        let answer = chrome::ask(&ask::Prompt { session, phase: None, repair: None }).await;
        let Some(Reply::Prompt(RenderedPrompt { view, phase, text, .. })) = answer.reply else {
            settle(&app, answer);
            return;
        };
        take_view(&app, view);
        let copied = chrome::copy(&text).await;
        set_live(&app, if copied { Live::Copied { phase } } else { Live::Uncopied });
    });
}

/// The selected text, for an answer that the page does not show as its profile says. The host stores it where it proves itself.
pub(super) fn selection(app: &Shared) {
    let (asked, text, conversation) = {
        let state = app.borrow();
        let asked = state.view.as_ref().and_then(|view| Some((view.session.clone(), view.current?)));
        let selected = state.page.window.get_selection().ok().flatten();
        let text = selected.map(|selected| String::from(selected.to_string())).unwrap_or_default();
        (asked, text, state.conversation.clone())
    };
    let Some((session, phase)) = asked else { return };
    if text.trim().is_empty() {
        set_live(app, Live::Unselected);
        return;
    }
    let request = ask::Capture {
        capture: chrome::random_id(),
        session,
        phase: Some(phase),
        body: Body::Markdown(text),
        source: Source::Selection,
        timing: Timing::default(),
        conversation,
        others: Vec::new(),
        by: None,
    };
    let app = Rc::clone(app);
    spawn_local(async move {
        set_live(&app, Live::Recording { phase });
        let answer = chrome::ask(&request).await;
        if answer.queued.is_some() {
            set_live(&app, Live::Queued { filling: answer.filling });
            return;
        }
        kept(&app, "", phase, answer);
    });
}

/// The answer on which the developer opened the browser's menu.
pub(super) fn pointed_at(app: &Shared) {
    let key = {
        let state = app.borrow();
        let message = state.pointed.as_ref().and_then(|node| state.page.assistant_around(node));
        message.filter(|message| message.is_connected()).map(|message| state.page.key(&message))
    };
    match key {
        Some(key) => send_message(app, &key),
        None => set_live(app, Live::Unselected),
    }
}
