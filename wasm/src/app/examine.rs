//! When the page is examined: once after it was opened or turned to another conversation, as soon as it has come to rest.

use super::act::see_to_the_prompt;
use super::{Shared, redraw};
use crate::chrome;
use crate::composer::{self, pause};
use crate::report::report;
use prompt_runner_core::bar::Live;
use prompt_runner_core::protocol::answer::PageJudgement;
use prompt_runner_core::protocol::{Reply, ask};
use std::rc::Rc;
use wasm_bindgen_futures::spawn_local;

/// How long between two looks whether the page is at rest, in milliseconds.
const LOOK_MS: f64 = 1_000.0;
/// At so many looks in a row it must be.
const AT_REST: u32 = 2;
/// After so many looks a conversation that still shows no message has none, or none that is recognised: messages were seen to appear
/// all at once 0.6 s after the page.
const EMPTY: u32 = 8;

/// Examines the page when it is at rest, and has the host say what it makes of it.
pub(super) fn soon(app: &Shared) {
    let app = Rc::clone(app);
    let conversation = app.borrow().conversation.clone();
    app.borrow_mut().drift = None;
    spawn_local(async move {
        let (mut at_rest, mut looks) = (0, 0);
        while at_rest < AT_REST {
            pause(LOOK_MS).await;
            if app.borrow().conversation != conversation {
                return;
            }
            looks += 1;
            at_rest = if is_at_rest(&app, looks >= EMPTY) { at_rest + 1 } else { 0 };
        }
        let page = app.borrow().page.clone();
        if !page.is_chat() {
            return;
        }
        let Some(report) = report(&page) else { return };
        let answer = chrome::ask(&ask::PageReport { report }).await;
        if let Some(Reply::Page(PageJudgement { drift })) = answer.reply
            && app.borrow().conversation == conversation
        {
            app.borrow_mut().drift = drift.into_iter().next();
            see_to_the_prompt(&app);
            redraw(&app);
        }
    });
}

/// Nothing comes in and nothing is under way. While an answer streams this asks the answer alone, not the document.
fn is_at_rest(app: &Shared, may_be_empty: bool) -> bool {
    let state = app.borrow();
    let busy = match state.live {
        Live::Streaming { .. } | Live::Sent { .. } | Live::Recording { .. } => true,
        // A prompt that left the composer without becoming a message is a sign of a page that is not as expected.
        Live::Placed { .. } => !composer::is_empty(&state.page),
        _ => false,
    };
    let growing = state.latest.as_ref().is_some_and(|latest| state.page.streaming(latest) == Some(true));
    let empty = state.conversation.is_some() && state.latest.is_none() && !may_be_empty;
    !busy && !growing && !empty && !state.page.busy()
}
