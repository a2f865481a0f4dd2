//! What of ours stands in the page: the bar, and a button by each answer.

use super::{App, ChatMessage, Shared, dispatch, effects, over};
use crate::bar::BarElement;
use crate::button::SendButton;
use crate::guard::{self, Click};
use prompt_runner_core::page::Signal;
use std::rc::Rc;
use web_sys::Element;

/// Whatever somebody may write in.
const FIELDS: &[&str] = &["textarea,[contenteditable=true],[role=textbox]"];

/// Draws the bar where it belongs: under the latest answer, or above the composer where there is none yet.
pub(super) fn redraw(app: &Shared) {
    if over(app) {
        return;
    }
    if app.borrow().state.has_session() && app.borrow().bar.is_none() {
        let its_app = Rc::clone(app);
        let (page, engine) = (app.borrow().page.clone(), app.borrow().engine.clone());
        let made = BarElement::new(&page, &engine, move |event, host, button, act| {
            let click = guard::judge(&its_app.borrow().page.window, event, host, button);
            match click {
                Click::Counts => dispatch(&its_app, Signal::Click(act)),
                Click::Obscured => dispatch(&its_app, Signal::Obscured),
                Click::Forged => {}
            }
        });
        app.borrow_mut().bar = made.ok();
    }
    let state = app.borrow();
    let now = state.page.now().wall_ms as i64;
    let (Some((view, bar)), Some(element)) = (state.state.bar(now), &state.bar) else { return };
    element.draw(&state.page, view, &bar);
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
            let drifted = |candidates: &[&str]| state.page.find(candidates).filter(|_| state.state.has_drifted());
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

/// Takes a message of the model in: its name, whether it is the latest, and its button. Nothing is drawn: a whole history may come at
/// once.
pub(super) fn adopt(app: &Shared, element: &Element) {
    let (page, key, attached, wanted) = {
        let state = app.borrow();
        let key = state.key(element);
        let wanted = state.state.has_session();
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
                    Click::Counts => effects::send_message(&its_app, &its_key),
                    Click::Obscured => dispatch(&its_app, Signal::Obscured),
                    Click::Forged => {}
                }
            })
        };
        let button = wanted.then(attach).and_then(Result::ok);
        app.borrow_mut().keep(ChatMessage { key, element: element.clone(), button });
    }
    let mut state = app.borrow_mut();
    if state.latest.as_ref().is_none_or(|latest| !latest.is_connected() || state.page.comes_after(latest, element)) {
        state.page.set_newest(Some(element));
        state.latest = Some(element.clone());
    }
}

impl App {
    fn keep(&mut self, message: ChatMessage) {
        // A message may get another name, and a node another message.
        self.messages.retain(|known| known.key != message.key && known.element != message.element);
        if self.messages.len() >= self.prune_at {
            // What is no longer in the page needs no button; the page mounts it anew when it is scrolled to.
            self.messages.retain(|known| known.element.is_connected());
            self.prune_at = 2 * self.messages.len() + 16;
        }
        self.messages.push(message);
    }
}
