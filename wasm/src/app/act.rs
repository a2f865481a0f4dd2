//! What the engine does: looks at the page, asks the host, and puts prompts in.

use super::{Message, Shared, redraw, set_live, take_view};
use crate::button::SendButton;
use crate::chrome::{self, Answer, words};
use crate::composer::{self, Put};
use crate::guard::{self, Click};
use crate::read;
use crate::watch::Change;
use prompt_runner_core::bar::Live;
use prompt_runner_core::block::Block;
use prompt_runner_core::capture::{Action, Signal};
use prompt_runner_core::event::{Source, Timing};
use prompt_runner_core::phase::Phase;
use prompt_runner_core::protocol::{Body, Reply, Request};
use prompt_runner_core::reply::Expect;
use prompt_runner_core::words::Say;
use std::rc::Rc;
use wasm_bindgen_futures::spawn_local;
use web_sys::{Element, Node};

/// How long after the composer was emptied the message may take to appear that was in it, in milliseconds.
const UNSENT_MS: f64 = 1_000.0;

/// A prompt that stood in the composer may go without being sent: the page puts another editor there, or the developer clears it.
/// Then its button is wanted again.
pub(super) fn see_to_the_prompt(app: &Shared) {
    if !matches!(app.borrow().live, Live::Placed { .. }) {
        return;
    }
    let app = Rc::clone(app);
    spawn_local(async move {
        composer::pause(UNSENT_MS).await;
        let gone = {
            let state = app.borrow();
            matches!(state.live, Live::Placed { .. }) && composer::is_empty(&state.page)
        };
        if gone {
            set_live(&app, Live::Quiet);
        }
    });
}

/// Asks the host where this conversation stands, and looks at what the page shows.
pub(super) fn refresh(app: &Shared) {
    let app = Rc::clone(app);
    spawn_local(async move {
        let conversation = app.borrow().conversation.clone();
        chrome::here(conversation.as_deref()).await;
        let answer = chrome::ask(&Request::Status { session: None, conversation: conversation.clone() }).await;
        if app.borrow().conversation != conversation {
            return;
        }
        let missing = answer.host_missing();
        if let (Some(Reply::Session { view: Some(view) }), _) | (_, Some(view)) = (answer.reply, answer.cached) {
            take_view(&app, view);
        }
        if missing {
            miss_host(&app);
        } else if app.borrow().live == Live::HostMissing || app.borrow().live == Live::Queued {
            set_live(&app, Live::Quiet);
        }
        survey(&app);
    });
}

/// Looks once at everything that is mounted: messages, and the one that may be waited for.
fn survey(app: &Shared) {
    let page = app.borrow().page.clone();
    let Some(body) = page.document.body() else { return };
    for user in page.users(&body) {
        let signal = app.borrow().signal(&Change::User(user));
        if let Some(signal) = signal {
            let actions = app.borrow_mut().watcher.observe(signal, page.now());
            perform(app, actions);
        }
    }
    for message in page.assistants(&body) {
        adopt(app, &message);
    }
    let latest = app.borrow().latest.clone();
    if let Some(latest) = latest {
        let key = page.key(&latest);
        let streaming = page.streaming(&latest);
        for signal in [Signal::Found { key: key.clone() }, Signal::Streaming { key, streaming }] {
            let actions = app.borrow_mut().watcher.observe(signal, page.now());
            perform(app, actions);
        }
    }
    redraw(app);
}

/// Takes a message of the model in: its button, its name, and whether it is the latest.
pub(super) fn adopt(app: &Shared, element: &Element) {
    let (page, key, attached) = {
        let state = app.borrow();
        let key = state.page.key(element);
        let attached = state.message(&key).is_some_and(|message| {
            message.element == *element && message.button.as_ref().is_some_and(|button| button.stands_in(element))
        });
        (state.page.clone(), key, attached)
    };
    if !attached {
        let (its_app, its_key) = (Rc::clone(app), key.clone());
        let button = SendButton::attach(&page, element, move |event, host, button| {
            let click = guard::judge(&its_app.borrow().page.window, event, host, button);
            match click {
                Click::Counts => send_message(&its_app, &its_key),
                Click::Obscured => set_live(&its_app, Live::Obscured),
                Click::Forged => {}
            }
        });
        let mut state = app.borrow_mut();
        // What is no longer in the page needs no button; the page mounts it anew when it is scrolled to.
        state.messages.retain(|message| message.key != key && message.element.is_connected());
        state.messages.push(Message { key, element: element.clone(), button: button.ok() });
    }
    let later = {
        let state = app.borrow();
        state.latest.as_ref().is_none_or(|latest| !latest.is_connected() || comes_after(latest, element))
    };
    if later {
        app.borrow_mut().latest = Some(element.clone());
        redraw(app);
    }
}

fn comes_after(first: &Node, second: &Node) -> bool {
    first.compare_document_position(second) & Node::DOCUMENT_POSITION_FOLLOWING != 0
}

pub(super) fn perform(app: &Shared, actions: Vec<Action>) {
    for action in actions {
        match action {
            Action::Read { key } => {
                let read = {
                    let state = app.borrow();
                    let element = state.message(&key).map(|message| message.element.clone());
                    element.map(|element| (read::blocks(&state.page, &element), state.page.busy(), state.page.now()))
                };
                if let Some((blocks, busy, now)) = read {
                    let actions = app.borrow_mut().watcher.observe(Signal::Read { key, blocks, busy }, now);
                    perform(app, actions);
                }
            }
            Action::Sent { expect, sent_ms } => {
                let conversation = app.borrow().conversation.clone();
                if conversation.is_none() {
                    app.borrow_mut().sent = Some((expect.clone(), sent_ms));
                }
                tell_sent(app, expect, sent_ms, conversation);
            }
            Action::Capture { key, expect, blocks, timing, .. } => capture(app, key, expect, blocks, timing),
            Action::Progress { phase, sections } => set_live(app, Live::Streaming { phase, sections }),
            Action::Over => {
                if matches!(app.borrow().live, Live::Streaming { .. }) {
                    set_live(app, Live::Quiet);
                }
            }
            Action::Wake { after_ms } => {
                let app = Rc::clone(app);
                spawn_local(async move {
                    composer::pause(after_ms).await;
                    let now = app.borrow().page.now();
                    let actions = app.borrow_mut().watcher.observe(Signal::Tick, now);
                    perform(&app, actions);
                });
            }
        }
    }
}

pub(super) fn tell_sent(app: &Shared, expect: Expect, sent_ms: f64, conversation: Option<String>) {
    let app = Rc::clone(app);
    spawn_local(async move {
        if conversation.is_some() {
            app.borrow_mut().sent = None;
            chrome::here(conversation.as_deref()).await;
        }
        #[allow(clippy::cast_possible_truncation, reason = "milliseconds since 1970 fit")]
        let sent_ms = sent_ms as i64;
        let phase = expect.phase;
        let request = Request::Sent { session: expect.session, phase, nonce: expect.nonce, sent_ms, conversation };
        if !matches!(app.borrow().live, Live::Streaming { .. } | Live::Recording { .. } | Live::Stored { .. }) {
            set_live(&app, Live::Sent { phase });
        }
        let answer = chrome::ask(&request).await;
        settle(&app, answer);
        if app.borrow().live == (Live::Sent { phase }) {
            set_live(&app, Live::Quiet);
        }
    });
}

fn capture(app: &Shared, key: String, expect: Expect, blocks: Vec<Block>, timing: Timing) {
    let app = Rc::clone(app);
    let phase = expect.phase;
    let id = chrome::random_id();
    let request = Request::Capture {
        capture: id.clone(),
        session: expect.session,
        phase: Some(phase),
        body: Body::Blocks(blocks),
        source: Source::Page,
        timing,
        conversation: app.borrow().conversation.clone(),
    };
    // First off to the disk, then to the screen.
    let asked = chrome::ask(&request);
    spawn_local(async move {
        set_live(&app, Live::Recording { phase });
        let answer = asked.await;
        if answer.queued.is_some() {
            app.borrow_mut().queued = Some((id, key, phase));
            set_live(&app, Live::Queued);
            return;
        }
        kept(&app, &key, phase, answer);
    });
}

/// Says what the host decided on a capture, at once or after it waited in the browser.
pub(super) fn kept(app: &Shared, key: &str, phase: Phase, answer: Answer) {
    match answer.reply {
        Some(Reply::Captured { duplicate, view, .. }) => {
            say_on_button(app, key, if duplicate { "button_sent_before" } else { "button_sent" });
            take_view(app, view);
            set_live(app, Live::Stored { phase });
        }
        _ => settle(app, answer),
    }
}

/// The button of a message: the developer wants this one stored, whatever we think of it.
fn send_message(app: &Shared, key: &str) {
    let found = {
        let state = app.borrow();
        let element = state.message(key).map(|message| message.element.clone());
        let blocks = element.map(|element| read::blocks(&state.page, &element));
        blocks.map(|blocks| (blocks, state.view.as_ref().and_then(|view| view.expect.clone()), state.view.is_some()))
    };
    match found {
        Some((blocks, Some(expect), _)) => capture(app, key.to_owned(), expect, blocks, Timing::default()),
        Some((blocks, None, true)) => {
            let view = app.borrow().view.clone();
            // No prompt waits for an answer: the host knows whether this one is stored already, or says what to do.
            if let Some(view) = view
                && let Some(phase) = view.phases.iter().rev().find(|phase| phase.captured_ms.is_some())
            {
                let expect = Expect { session: view.session.clone(), phase: phase.phase, nonce: String::new() };
                capture(app, key.to_owned(), expect, blocks, Timing::default());
            }
        }
        _ if app.borrow().live == Live::HostMissing => say_on_button(app, key, "button_host_missing"),
        _ => say_on_button(app, key, "button_no_session"),
    }
}

fn say_on_button(app: &Shared, key: &str, said: &str) {
    if let Some(button) = app.borrow().message(key).and_then(|message| message.button.as_ref()) {
        button.say(&words(&Say::new(said, [])));
    }
}

/// The one click: the next prompt into the composer, read back; then sent as well, if the developer chose so.
pub(super) fn place(app: &Shared) {
    let app = Rc::clone(app);
    spawn_local(async move {
        let Some(session) = app.borrow().view.as_ref().map(|view| view.session.clone()) else { return };
        let replace = std::mem::take(&mut app.borrow_mut().replace_draft);
        let answer = chrome::ask(&Request::Prompt { session: session.clone(), phase: None }).await;
        let Some(Reply::Prompt { view, phase, nonce, text }) = answer.reply else {
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
                let answer = chrome::ask(&Request::Placed { session, phase, nonce }).await;
                settle(&app, answer);
            }
            Put::Draft => {
                app.borrow_mut().replace_draft = true;
                set_live(&app, Live::Draft);
            }
            Put::Failed => set_live(&app, Live::Unplaced),
        }
    });
}

/// Says that the host does not answer, unless more is said already: that a reply waits for it.
fn miss_host(app: &Shared) {
    if app.borrow().live != Live::Queued {
        set_live(app, Live::HostMissing);
    }
}

/// Takes what an answer says about the session; a refusal is shown as it is worded.
fn settle(app: &Shared, answer: Answer) {
    let missing = answer.host_missing();
    match (answer.reply, answer.refusal) {
        (Some(Reply::Session { view: Some(view) }), _) => take_view(app, view),
        (None, Some(_)) if missing => miss_host(app),
        (None, Some(refusal)) => set_live(app, Live::Refused(refusal)),
        _ => {}
    }
}
