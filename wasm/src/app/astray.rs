//! An answer that ended and is not what was asked for may be whole all the same, in a page that does not show it as its profile says. Then
//! it did not stop early and is not beside the point: it is looked for elsewhere, and where that fails people are told what they can do.

use super::act::{copy_button, kept};
use super::{App, Shared, set_live};
use crate::chrome;
use crate::page::{OURS, all};
use crate::read;
use prompt_runner_core::bar::Live;
use prompt_runner_core::block::Block;
use prompt_runner_core::event::{Source, Timing};
use prompt_runner_core::parted::pieces;
use prompt_runner_core::protocol::{Body, Reply, ask};
use std::rc::Rc;
use wasm_bindgen_futures::spawn_local;
use web_sys::Element;

/// The last line of a proof begins with this.
const END: &str = "PROMPT-RUNNER/END";

/// Why a message that is not what was asked for may be so all the same.
pub(super) fn found(state: &App, key: &str) -> Option<Live> {
    let expect = state.view.as_ref()?.expect.as_ref()?;
    let message = &state.message(key)?.element;
    let blocks = read::blocks(&state.page, message);
    let ends = |text: &str| pieces(text, END).skip(1).any(|rest| rest.trim_start().starts_with(&expect.nonce));
    let phase = expect.phase;
    // Who quotes the proof does so inside of code that is where it should be.
    let in_code = blocks.iter().any(|block| matches!(block, Block::Code { text, .. } if ends(text)));
    if !in_code && message.text_content().is_some_and(|text| ends(&text)) {
        return Some(Live::Astray { phase });
    }
    let silent = blocks.iter().all(|block| block.text().trim().is_empty());
    let hidden = hidden_text(message);
    let hides = if silent { !hidden.trim().is_empty() } else { ends(&hidden) };
    hides.then_some(Live::Unread { phase })
}

/// What stands in trees of their own inside a message, which other extensions make too.
fn hidden_text(message: &Element) -> String {
    let theirs = all(message, "*").into_iter().filter(|element| !element.has_attribute(OURS));
    theirs.filter_map(|element| chrome::shadow_of(&element)?.text_content()).collect()
}

/// Has the answer stored as its copy button or the site's record gives it, where that proves itself; else says this. Nothing of what the page
/// shows goes along: it would be kept as an answer that stopped early.
pub(super) fn instead(app: &Shared, key: String, live: Live, timing: Timing) {
    let (live, asked) = {
        let state = app.borrow();
        let live = if matches!(live, Live::Beside { .. }) { found(&state, &key).unwrap_or(live) } else { live };
        let asked = matches!(live, Live::Astray { .. } | Live::Unread { .. }).then(|| {
            let expect = state.view.as_ref().and_then(|view| view.expect.clone());
            expect.map(|expect| (expect, copy_button(&state, &key), state.conversation.clone()))
        });
        (live, asked.flatten())
    };
    let Some((expect, button, conversation)) = asked else {
        set_live(app, live);
        return;
    };
    let app = Rc::clone(app);
    spawn_local(async move {
        let others = chrome::others(button, conversation.as_deref()).await;
        let phase = expect.phase;
        let request = ask::Capture {
            capture: chrome::random_id(),
            session: expect.session,
            phase: Some(phase),
            body: Body::Blocks(Vec::new()),
            source: Source::Page,
            timing,
            conversation,
            others,
            by: None,
        };
        let answer = if !request.others.is_empty() { Some(chrome::ask(&request).await) } else { None };
        match answer {
            Some(answer) if matches!(answer.reply, Some(Reply::Captured(_))) => kept(&app, &key, phase, answer),
            _ => set_live(&app, live),
        }
    });
}
