//! What the state wants done, done: what came of it is the next thing that the state hears.

use super::on_mutation::{AT_ONCE, look_around, on_changes, survey};
use super::{Shared, dispatch, draw};
use crate::chrome::{self, words};
use crate::composer::{self, pause};
use crate::horizon::Horizon;
use crate::page::{OURS, Page, all};
use crate::read;
use crate::report::report;
use crate::watch::Watch;
use prompt_runner_core::capture;
use prompt_runner_core::page::{Action, Case, Question, Signal, Work};
use prompt_runner_core::protocol::{Request, ask};
use prompt_runner_core::reply::Expect;
use prompt_runner_core::words::UiMessage;
use std::pin::Pin;
use std::rc::Rc;
use wasm_bindgen_futures::spawn_local;
use web_sys::Element;

/// Does these in their order.
pub(super) fn perform(app: &Shared, actions: Vec<Action>) {
    let mut here = None;
    for action in actions {
        match action {
            Action::Here { conversation } => here = Some(conversation),
            Action::Ask { question, request } => ask(app, here.take(), question, request),
            action => one(app, action),
        }
    }
}

fn one(app: &Shared, action: Action) {
    let page = app.borrow().page.clone();
    match action {
        // These belong together, and were done before.
        Action::Here { .. } | Action::Ask { .. } => {}
        Action::Draw => draw::redraw(app),
        Action::Attend => attend(app, &page),
        Action::Forget => forget(app),
        Action::Survey => survey(app),
        Action::Remember => {
            let mut state = app.borrow_mut();
            state.asked = state.subject.take();
        }
        Action::Wake { timer, after_ms } => later(app, async move {
            pause(after_ms).await;
            Signal::Woke(timer)
        }),
        Action::Read { key } => read_message(app, key),
        Action::Inspect { key, case } => inspect(app, &page, key, case),
        Action::LookAtWork { key } => {
            let stands = app.borrow().message(&key).is_some_and(|message| message.element.is_connected());
            let gone = Signal::Page(capture::Signal::Unread { key });
            dispatch(app, if stands { Signal::Work(work(&page)) } else { gone });
        }
        Action::LookAtComposer => dispatch(app, Signal::Composer { empty: composer::is_empty(&page) }),
        Action::LookAtAsked => {
            let gone = app.borrow().asked.as_ref().is_some_and(|asked| !asked.is_connected());
            dispatch(app, Signal::Asked { gone });
        }
        Action::LookForMessage { expect } => {
            let holds = |user: &Element| user.text_content().is_some_and(|text| expect.is_in(&text));
            let tail = page.tail(AT_ONCE);
            // Where the list shows only some of its rows, the message may just be out of sight: then an answer follows it.
            let left = page.users(&tail).iter().any(holds) || !page.assistants(&tail).is_empty();
            dispatch(app, Signal::Message { left });
        }
        Action::LookForPrompt { expect, conversation } => {
            let sent = composer::is_empty(&page) && shows(&page, &expect);
            dispatch(app, Signal::Prompt { conversation, sent });
        }
        Action::LookAround => look_around(app),
        Action::LookAtRest => look_at_rest(app, &page),
        Action::Examine { round } => {
            ask(
                app,
                None,
                Question::Report { round },
                Box::new(Request::PageReport(ask::PageReport { report: report(&page) })),
            );
        }
        Action::Seek { key, question, request } => {
            let button = copy_button(app, &key);
            later(app, async move {
                let conversation = page.conversation();
                let others = chrome::others(button, conversation.as_deref()).await;
                Signal::Sought { question, request, others }
            });
        }
        Action::Put { placed, text, replace } => later(app, async move {
            let put = composer::put(&page, &text, replace).await;
            Signal::Put { placed, put }
        }),
        Action::AskSendOnClick { placed } => later(app, async move {
            let wanted = chrome::send_on_click().await;
            Signal::SendOnClick { placed, wanted }
        }),
        Action::PressSend { placed } => later(app, async move {
            let pressed = composer::send(&page).await;
            Signal::Pressed { placed, pressed }
        }),
        Action::Copy { phase, text } => later(app, async move {
            let took = chrome::copy(&text).await;
            Signal::Copied { phase, took }
        }),
        Action::OpenPaste => chrome::open_paste(),
        Action::TakeSelection => take_selection(app),
        Action::SayOnButton { key, says } => {
            if let Some(button) = app.borrow().message(&key).and_then(|message| message.button.as_ref()) {
                button.set_label(&words(&UiMessage::new(says, [])));
            }
        }
    }
}

/// Tells the state what comes of this, when it has come.
fn later(app: &Shared, signal: impl Future<Output = Signal> + 'static) {
    wait(Rc::clone(app), Box::pin(signal));
}

/// Whatever is waited for is waited for by the same code: the script has it once.
fn wait(app: Shared, signal: Pin<Box<dyn Future<Output = Signal>>>) {
    spawn_local(async move {
        let signal = signal.await;
        dispatch(&app, signal);
    });
}

/// Asks the host; where the worker shall know the conversation first, it is told and has answered. What is for the disk is off before
/// this returns.
fn ask(app: &Shared, here: Option<Option<String>>, question: Question, request: Box<Request>) {
    let asked = here.is_none().then(|| chrome::ask(&request));
    later(app, async move {
        let answer = match asked {
            Some(asked) => asked.await,
            None => {
                chrome::here(here.flatten().as_deref()).await;
                chrome::ask(&request).await
            }
        };
        Signal::Answer { question, answer: Box::new(answer) }
    });
}

/// Watches the page from now on.
fn attend(app: &Shared, page: &Page) {
    page.set_newest(page.tail(1).first());
    let its_app = Rc::clone(app);
    let watch = Watch::new(page, move |changes| on_changes(&its_app, changes)).ok();
    let its_app = Rc::clone(app);
    let horizon = Horizon::new(page, move || dispatch(&its_app, Signal::Scrolled));
    let mut state = app.borrow_mut();
    state.watch = watch;
    state.horizon = Some(horizon);
}

/// Takes everything of ours out of the page, and watches it no longer.
pub(super) fn forget(app: &Shared) {
    let mut state = app.borrow_mut();
    state.watch = None;
    state.horizon = None;
    state.bar = None;
    state.changes.clear();
    state.messages.clear();
    state.latest = None;
    state.asked = None;
    state.page.set_newest(None);
}

/// Nothing of ours gets into what the developer copies. The browser makes the copy after it has told the page, in the same task.
pub(super) fn step_aside(page: Page) {
    page.away(false);
    spawn_local(async move {
        pause(0.0).await;
        page.away(true);
    });
}

fn read_message(app: &Shared, key: String) {
    let read = {
        let state = app.borrow();
        let element = state.message(&key).map(|message| message.element.clone());
        element.map(|element| {
            let blocks = read::blocks(&state.page, &element);
            (blocks, state.follows(&element), state.is_latest(&element), work(&state.page))
        })
    };
    let signal = match read {
        Some((blocks, follows, latest, work)) => {
            Signal::Read { key, blocks, follows, latest, work, id: chrome::random_id() }
        }
        None => Signal::Page(capture::Signal::Unread { key }),
    };
    dispatch(app, signal);
}

fn work(page: &Page) -> Work {
    Work { busy: page.busy(), asks: page.find(page.profile.approval).is_some() }
}

/// The button of a message: it goes to the host as it stands there.
pub(super) fn send_message(app: &Shared, key: &str) {
    let blocks = {
        let state = app.borrow();
        state.message(key).map(|message| read::blocks(&state.page, &message.element))
    };
    if let Some(blocks) = blocks {
        dispatch(app, Signal::Send { key: key.to_owned(), blocks, id: chrome::random_id() });
    }
}

pub(super) fn take_selection(app: &Shared) {
    let selected = app.borrow().page.window.get_selection().ok().flatten();
    let text = selected.map(|selected| String::from(selected.to_string())).unwrap_or_default();
    dispatch(app, Signal::Selection { text, id: chrome::random_id() });
}

fn inspect(app: &Shared, page: &Page, key: String, case: Box<Case>) {
    let message = app.borrow().message(&key).map(|message| message.element.clone());
    let text = message.as_ref().and_then(|message| message.text_content()).unwrap_or_default();
    let hidden = message.as_ref().map(hidden_text).unwrap_or_default();
    let artifact = message.is_some_and(|message| page.has(&message, page.profile.artifact));
    dispatch(app, Signal::Inspected { key, case, text, hidden, artifact });
}

/// What stands in trees of their own inside a message, which other extensions make too.
fn hidden_text(message: &Element) -> String {
    let theirs = all(message, "*").into_iter().filter(|element| !element.has_attribute(OURS));
    theirs.filter_map(|element| chrome::shadow_of(&element)?.text_content()).collect()
}

/// Where the copy button of a message is.
fn copy_button(app: &Shared, key: &str) -> Option<(&'static str, u32)> {
    let state = app.borrow();
    state.message(key).and_then(|message| state.page.copy_button(&message.element))
}

fn shows(page: &Page, expect: &Expect) -> bool {
    page.document.body().and_then(|body| body.text_content()).is_some_and(|text| expect.is_in(&text))
}

/// While an answer streams this asks the answer alone, not the document.
fn look_at_rest(app: &Shared, page: &Page) {
    let latest = app.borrow().latest.clone().or_else(|| {
        // Without a session nobody has looked at the messages.
        let newest = page.tail(1).pop();
        page.set_newest(newest.as_ref());
        newest
    });
    let grows = latest.as_ref().is_some_and(|latest| page.streaming(latest) == Some(true));
    let (message, works) = (latest.is_some(), grows || page.busy());
    dispatch(app, Signal::Rest { message, works, empty: composer::is_empty(page), chat: page.is_chat() });
}
