//! The "Send to Prompt-Runner" button of one message, and what every element of ours has in common: a closed shadow root and
//! listeners that leave with it.

use crate::chrome::words;
use crate::guard::Looks;
use crate::page::{OURS, Page};
use prompt_runner_core::words::UiMessage;
use wasm_bindgen::prelude::*;
use web_sys::{Element, Event, EventTarget, HtmlElement, ShadowRoot, ShadowRootInit, ShadowRootMode};

/// A listener that leaves when it is dropped.
pub(crate) struct Listener {
    target: EventTarget,
    kind: &'static str,
    closure: Closure<dyn FnMut(Event)>,
}

impl Listener {
    /// Listens for as long as it lives, and before what the event falls on: that may be anywhere in the page.
    pub(crate) fn new(target: &EventTarget, kind: &'static str, hear: impl FnMut(Event) + 'static) -> Self {
        let closure = Closure::new(hear);
        // Adding a listener to a live target does not fail.
        let _ = target.add_event_listener_with_callback_and_bool(kind, closure.as_ref().unchecked_ref(), true);
        Self { target: target.clone(), kind, closure }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let callback = self.closure.as_ref().unchecked_ref();
        let _ = self.target.remove_event_listener_with_callback_and_bool(self.kind, callback, true);
    }
}

/// An element of ours with a closed shadow root and its style. The host stands in the page, whose rules outrank those of the style
/// unless these are important; custom properties do not obey even that, so the styles set them further inside.
pub(crate) fn closed_root(page: &Page, name: &str, style: &str) -> Result<(HtmlElement, ShadowRoot), JsValue> {
    let host: HtmlElement = page.document.create_element("div")?.dyn_into()?;
    host.set_attribute(OURS, name)?;
    let root = host.attach_shadow(&ShadowRootInit::new(ShadowRootMode::Closed))?;
    let sheet = page.document.create_element("style")?;
    sheet.set_text_content(Some(style));
    root.append_child(&sheet)?;
    Ok((host, root))
}

/// The button of one message. Dropping it takes it out of the page.
pub(crate) struct SendButton {
    host: HtmlElement,
    button: Element,
    _clicks: Listener,
    _looks: Looks,
}

impl SendButton {
    /// Puts a button at the end of a message.
    pub(crate) fn attach(
        page: &Page,
        message: &Element,
        mut on_click: impl FnMut(&Event, &HtmlElement, &Element) + 'static,
    ) -> Result<Self, JsValue> {
        let (host, root) = closed_root(page, "send", include_str!("button.css"))?;
        let button = page.document.create_element("button")?;
        button.set_attribute("type", "button")?;
        button.set_text_content(Some(&words(&UiMessage::new("button_send", []))));
        root.append_child(&button)?;
        message.append_child(&host)?;
        let (its_host, its_button) = (host.clone(), button.clone());
        let clicks = Listener::new(&button, "click", move |event| on_click(&event, &its_host, &its_button));
        let looks = Looks::at(&page.window, &host, &button);
        Ok(Self { host, button, _clicks: clicks, _looks: looks })
    }

    /// Says what became of the message.
    pub(crate) fn set_label(&self, text: &str) {
        self.button.set_text_content(Some(text));
    }

    /// True while the button stands in this message; a page that renders it anew may have dropped it.
    pub(crate) fn stands_in(&self, message: &Element) -> bool {
        self.host.parent_element().is_some_and(|parent| parent.is_same_node(Some(message)))
    }
}

impl Drop for SendButton {
    fn drop(&mut self) {
        self.host.remove();
    }
}
