//! What the engine does: looks at the page, asks the host, and puts prompts in.

use super::{App, Message, Shared, astray, over, redraw, set_live, take_view};
use crate::button::SendButton;
use crate::chrome::{self, Answer, words};
use crate::composer;
use crate::guard::{self, Click};
use crate::page::Page;
use crate::read;
use crate::watch::Change;
use prompt_runner_core::bar::Live;
use prompt_runner_core::block::Block;
use prompt_runner_core::capture::{Action, Signal};
use prompt_runner_core::event::{Source, Timing};
use prompt_runner_core::phase::Phase;
use prompt_runner_core::protocol::answer::{Captured, SessionFound};
use prompt_runner_core::protocol::{Body, Reply, ask};
use prompt_runner_core::reply::{self, Expect};
use prompt_runner_core::words::Say;
use std::rc::Rc;
use wasm_bindgen_futures::spawn_local;
use web_sys::{Element, Node};

/// While the host is missed where a session is, it is looked for again after so many milliseconds: nobody tells a page that it is back.
const LOOK_AGAIN_MS: f64 = 10_000.0;

/// How long after the composer was emptied the message may take to appear that was in it, in milliseconds.
const UNSENT_MS: f64 = 1_000.0;
/// The most that a notice says, in bytes.
const NOTICE_MAX: usize = 300;
/// How often the countdown of a limit is drawn, in milliseconds: it counts in minutes.
const COUNT_MS: f64 = 15_000.0;

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

/// Nothing of ours gets into what the developer copies. The browser makes the copy after it has told the page, in the same task.
pub(super) fn step_aside(page: Page) {
    page.away(false);
    spawn_local(async move {
        composer::pause(0.0).await;
        page.away(true);
    });
}

/// Asks the host where this conversation stands, and looks at what the page shows.
pub(super) fn refresh(app: &Shared) {
    let app = Rc::clone(app);
    spawn_local(async move {
        let conversation = app.borrow().conversation.clone();
        chrome::here(conversation.as_deref()).await;
        let answer = chrome::ask(&ask::Status { session: None, conversation: conversation.clone() }).await;
        if app.borrow().conversation != conversation {
            return;
        }
        let missing = answer.host_missing();
        if let (Some(Reply::Session(SessionFound { view: Some(view) })), _) | (_, Some(view)) =
            (answer.reply, answer.cached)
        {
            take_view(&app, view);
        }
        if missing {
            miss_host(&app);
        } else if matches!(app.borrow().live, Live::HostMissing | Live::Queued { .. }) {
            set_live(&app, Live::Quiet);
        }
        survey(&app);
    });
}

/// Looks once at everything that is mounted: messages, and the one that may be waited for.
pub(super) fn survey(app: &Shared) {
    if over(app) {
        return;
    }
    let page = app.borrow().page.clone();
    let Some(body) = page.document.body() else { return };
    if let Some(notice) = page.find(page.profile.limit) {
        tell_limit(app, &notice);
    }
    let mut changes: Vec<Change> = page.users(&body).into_iter().map(Change::User).collect();
    changes.extend(page.assistants(&body).into_iter().map(Change::Mounted));
    changes.push(Change::Surveyed);
    super::hear::page(app, changes);
}

/// Keeps in mind which message holds the prompt.
pub(super) fn remember_asked(app: &Shared, user: &Element) {
    let holds = {
        let state = app.borrow();
        let expect = state.view.as_ref().and_then(|view| view.expect.as_ref());
        expect.is_some_and(|expect| user.text_content().is_some_and(|text| expect.is_in(&text)))
    };
    if holds {
        app.borrow_mut().asked = Some(user.clone());
    }
}

/// Takes a message of the model in: its name, whether it is the latest, and its button. Where there is no session a button could do
/// nothing, so an ordinary conversation has none. Nothing is drawn: a whole history may come at once.
pub(super) fn adopt(app: &Shared, element: &Element) {
    let (page, key, attached, wanted) = {
        let state = app.borrow();
        let key = state.page.key(element);
        let wanted = state.view.is_some();
        let attached = state.message(&key).is_some_and(|message| {
            message.element == *element && message.button.as_ref().map_or(!wanted, |button| button.stands_in(element))
        });
        (state.page.clone(), key, attached, wanted)
    };
    if !attached {
        let (its_app, its_key) = (Rc::clone(app), key.clone());
        let attach = || {
            SendButton::attach(&page, element, move |event, host, button| {
                let click = guard::judge(&its_app.borrow().page.window, event, host, button);
                match click {
                    Click::Counts => send_message(&its_app, &its_key),
                    Click::Obscured => set_live(&its_app, Live::Obscured),
                    Click::Forged => {}
                }
            })
        };
        let button = wanted.then(attach).and_then(Result::ok);
        let mut state = app.borrow_mut();
        // A message may get another name, and a node another message.
        state.messages.retain(|message| message.key != key && message.element != *element);
        if state.messages.len() >= state.prune_at {
            // What is no longer in the page needs no button; the page mounts it anew when it is scrolled to.
            state.messages.retain(|message| message.element.is_connected());
            state.prune_at = 2 * state.messages.len() + 16;
        }
        state.messages.push(Message { key, element: element.clone(), button });
    }
    let mut state = app.borrow_mut();
    if state.latest.as_ref().is_none_or(|latest| !latest.is_connected() || comes_after(&state.page, latest, element)) {
        state.latest = Some(element.clone());
    }
}

/// Whether the model is at work, or waits for the developer's permission, which the bar then says.
fn waits(app: &Shared) -> bool {
    let (busy, asks, phase, said) = {
        let state = app.borrow();
        let asks = state.page.find(state.page.profile.approval).is_some();
        let phase = state.view.as_ref().and_then(|view| view.current);
        (state.page.busy(), asks, phase, matches!(state.live, Live::Approval { .. }))
    };
    match phase {
        Some(phase) if asks && !said => set_live(app, Live::Approval { phase }),
        _ if said && !asks => set_live(app, Live::Quiet),
        _ => {}
    }
    busy || asks
}

/// Tells the host of the usage limit that the page shows, once for each wording.
pub(super) fn tell_limit(app: &Shared, notice: &Element) {
    let Some(session) = app.borrow().view.as_ref().map(|view| view.session.clone()) else { return };
    // What is found may be no more than a link in the notice; what surrounds it has the words.
    let text_of = |element: &Element| element.text_content().unwrap_or_default();
    let mut notice = notice.clone();
    while let Some(around) = notice.parent_element().filter(|around| text_of(around).len() <= NOTICE_MAX) {
        notice = around;
    }
    let time = notice.query_selector("time[datetime]").ok().flatten().and_then(|time| time.get_attribute("datetime"));
    let text = time.unwrap_or_else(|| text_of(&notice));
    let app = Rc::clone(app);
    spawn_local(async move {
        let answer = chrome::ask(&ask::Limit { session, text }).await;
        settle(&app, answer);
    });
}

/// Says anew how long the limit still holds, for as long as there is one.
pub(super) fn count_down(app: &Shared) {
    if std::mem::replace(&mut app.borrow_mut().counts_down, true) {
        return;
    }
    let app = Rc::clone(app);
    spawn_local(async move {
        while app.borrow().view.as_ref().is_some_and(|view| view.limit.is_some()) {
            composer::pause(COUNT_MS).await;
            redraw(&app);
        }
        app.borrow_mut().counts_down = false;
    });
}

/// A site may draw the message and take it back. Then the prompt was not sent, whatever was said before.
pub(super) fn see_to_the_message(app: &Shared) {
    let gone = app.borrow().asked.as_ref().is_some_and(|asked| !asked.is_connected());
    if !gone || !matches!(app.borrow().live, Live::Sent { .. } | Live::Quiet) {
        return;
    }
    let app = Rc::clone(app);
    spawn_local(async move {
        composer::pause(UNSENT_MS).await;
        let withdrawn = {
            let state = app.borrow();
            let expect = state.view.as_ref().and_then(|view| view.expect.as_ref());
            let body = state.page.document.body();
            expect.zip(body).and_then(|(expect, body)| {
                let holds = |user: &Element| user.text_content().is_some_and(|text| expect.is_in(&text));
                // Where the list shows only some of its rows, the message may just be out of sight: then an answer follows it.
                let left = state.page.users(&body).iter().any(holds) || !state.page.assistants(&body).is_empty();
                (!left).then_some(expect.phase)
            })
        };
        if let Some(phase) = withdrawn {
            set_live(&app, Live::Withdrawn { phase });
        }
    });
}

/// By the place that the site says, or else by that in the document.
pub(super) fn comes_after(page: &Page, first: &Element, second: &Element) -> bool {
    let place = |message| page.place(message)?.parse::<u32>().ok();
    match (place(first), place(second)) {
        (Some(first), Some(second)) if first != second => second > first,
        _ => first.compare_document_position(second) & Node::DOCUMENT_POSITION_FOLLOWING != 0,
    }
}

pub(super) fn perform(app: &Shared, actions: Vec<Action>) {
    for action in actions {
        match action {
            Action::Read { key } => {
                let read = {
                    let state = app.borrow();
                    let element = state.message(&key).map(|message| message.element.clone());
                    element.map(|element| {
                        let later = |latest: &Element| *latest != element && latest.is_connected();
                        let latest = !state.latest.as_ref().is_some_and(later);
                        (read::blocks(&state.page, &element), state.follows(&element), latest)
                    })
                };
                let signal = match read {
                    Some((blocks, follows, latest)) => {
                        // Looking for that costs the whole document, and a long history has many older messages.
                        let busy = (follows || latest) && waits(app);
                        Signal::Read { key, blocks, busy, follows }
                    }
                    None => Signal::Unread { key },
                };
                let now = app.borrow().page.now();
                let actions = app.borrow_mut().watcher.observe(signal, now);
                perform(app, actions);
            }
            Action::Sent { expect, sent_ms } => {
                let conversation = app.borrow().conversation.clone();
                if conversation.is_none() {
                    app.borrow_mut().sent = Some((expect.clone(), sent_ms));
                }
                tell_sent(app, expect, sent_ms, conversation);
            }
            Action::Capture { key, expect, blocks, verdict, timing } => {
                match verdict.problem.and_then(|_| astray::found(&app.borrow(), &key)) {
                    Some(live) => astray::instead(app, key, live, timing),
                    None => capture(app, key, expect, blocks, timing),
                }
            }
            Action::Stalled { .. } => {
                waits(app);
            }
            Action::Progress { phase, sections } => set_live(app, Live::Streaming { phase, sections }),
            Action::Over => {
                if matches!(app.borrow().live, Live::Streaming { .. }) {
                    set_live(app, Live::Quiet);
                }
            }
            Action::Beside { key, phase } => {
                let artifact = {
                    let state = app.borrow();
                    state
                        .message(&key)
                        .is_some_and(|message| state.page.has(&message.element, state.page.profile.artifact))
                };
                let live = if artifact { Live::Artifact { phase } } else { Live::Beside { phase } };
                astray::instead(app, key, live, Timing::default());
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
        let request = ask::Sent { session: expect.session, phase, nonce: expect.nonce, sent_ms, conversation };
        if !matches!(
            app.borrow().live,
            Live::Streaming { .. } | Live::Recording { .. } | Live::Queued { .. } | Live::Stored { .. }
        ) {
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
    let whole = reply::read(&blocks, &expect).problem().is_none();
    let conversation = app.borrow().conversation.clone();
    let mut request = ask::Capture {
        capture: id.clone(),
        session: expect.session,
        phase: Some(phase),
        body: Body::Blocks(blocks),
        source: Source::Page,
        timing,
        conversation: conversation.clone(),
        others: Vec::new(),
        by: None,
    };
    // First off to the disk, then to the screen; what the page does not show whole may be had from elsewhere first.
    let asked = whole.then(|| chrome::ask(&request));
    let button = (!whole).then(|| copy_button(&app.borrow(), &key)).flatten();
    spawn_local(async move {
        set_live(&app, Live::Recording { phase });
        let answer = match asked {
            Some(asked) => asked.await,
            None => {
                request.others = chrome::others(button, conversation.as_deref()).await;
                chrome::ask(&request).await
            }
        };
        if answer.queued.is_some() {
            app.borrow_mut().queued = Some((id, key, phase));
            set_live(&app, Live::Queued { filling: answer.filling });
            return;
        }
        kept(&app, &key, phase, answer);
    });
}

/// Where the copy button of a message is.
pub(super) fn copy_button(state: &App, key: &str) -> Option<(&'static str, u32)> {
    state.message(key).and_then(|message| state.page.copy_button(&message.element))
}

/// Says what the host decided on a capture, at once or after it waited in the browser.
pub(super) fn kept(app: &Shared, key: &str, phase: Phase, answer: Answer) {
    match answer.reply {
        Some(Reply::Captured(Captured { duplicate, view, .. })) => {
            say_on_button(app, key, if duplicate { "button_sent_before" } else { "button_sent" });
            take_view(app, view);
            set_live(app, Live::Stored { phase });
        }
        _ => settle(app, answer),
    }
}

/// The button of a message: the developer wants this one stored, whatever we think of it.
pub(super) fn send_message(app: &Shared, key: &str) {
    let found = {
        let state = app.borrow();
        let element = state.message(key).map(|message| message.element.clone());
        let blocks = element.map(|element| read::blocks(&state.page, &element));
        // Where no prompt waits for an answer the host knows whether this one is stored already, or says what to do.
        let expect = state.view.as_ref().and_then(|view| {
            let last = || view.phases.iter().rev().find(|phase| phase.captured_ms.is_some());
            let stored = || {
                last().map(|phase| Expect { session: view.session.clone(), phase: phase.phase, nonce: String::new() })
            };
            view.expect.clone().or_else(stored)
        });
        blocks.zip(expect)
    };
    if let Some((blocks, expect)) = found {
        capture(app, key.to_owned(), expect, blocks, Timing::default());
    }
}

fn say_on_button(app: &Shared, key: &str, said: &str) {
    if let Some(button) = app.borrow().message(key).and_then(|message| message.button.as_ref()) {
        button.say(&words(&Say::new(said, [])));
    }
}

/// Says that the host does not answer, unless more is said already: that a reply waits for it.
fn miss_host(app: &Shared) {
    if !matches!(app.borrow().live, Live::Queued { .. }) {
        set_live(app, Live::HostMissing);
    }
    {
        let mut state = app.borrow_mut();
        if state.view.is_none() || state.looks_again {
            return;
        }
        state.looks_again = true;
    }
    let app = Rc::clone(app);
    spawn_local(async move {
        composer::pause(LOOK_AGAIN_MS).await;
        app.borrow_mut().looks_again = false;
        if matches!(app.borrow().live, Live::HostMissing | Live::Queued { .. }) {
            refresh(&app);
        }
    });
}

/// Takes what an answer says about the session; a refusal is shown as it is worded.
pub(super) fn settle(app: &Shared, answer: Answer) {
    let missing = answer.host_missing();
    match (answer.reply, answer.refusal) {
        (Some(Reply::Session(SessionFound { view: Some(view) })), _) => take_view(app, view),
        (None, Some(_)) if missing => miss_host(app),
        (None, Some(refusal)) => set_live(app, Live::Refused(refusal)),
        _ => {}
    }
}
