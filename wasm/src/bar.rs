//! The phase bar in the page: one element of ours with a closed shadow root, drawn from what core judged.

use crate::button::{Listener, closed_root};
use crate::chrome::{value, words};
use crate::guard::{self, Looks};
use crate::page::Page;
use prompt_runner_core::bar::{Act, BUTTONS_MAX, Bar, BarText};
use prompt_runner_core::event::PhaseStatus;
use prompt_runner_core::names::Named as _;
use prompt_runner_core::status::{Tone, View};
use prompt_runner_core::words::UiMessage;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::JsValue;
use web_sys::{Element, Event, HtmlElement};

/// The bar's elements. Dropping it takes the bar out of the page.
pub(crate) struct BarElement {
    pub(crate) host: HtmlElement,
    section: Element,
    steps: Element,
    says: Element,
    buttons: Vec<Element>,
    drawn: Rc<RefCell<Option<(i64, Bar)>>>,
    _listeners: Vec<(Listener, Looks)>,
}

impl BarElement {
    /// Makes the bar, not yet in the page. `on_click` hears clicks of any worth, with the host and the button they fell on, and
    /// what that button is for.
    pub(crate) fn new(
        page: &Page,
        engine: &str,
        on_click: impl FnMut(&Event, &HtmlElement, &Element, Act) + 'static,
    ) -> Result<Self, JsValue> {
        let make = |tag: &str| page.document.create_element(tag);
        let (host, root) = closed_root(page, "bar", include_str!("bar.css"))?;
        host.set_attribute("data-engine", engine)?;
        let (section, steps, says) = (make("section")?, make("ol")?, make("p")?);
        section.set_attribute("aria-label", &words(&UiMessage::new("bar_label", [])))?;
        says.set_attribute("role", "status")?;
        for part in [&steps, &says] {
            section.append_child(part)?;
        }
        root.append_child(&section)?;
        let drawn = Rc::new(RefCell::new(None::<(i64, Bar)>));
        let on_click = Rc::new(RefCell::new(on_click));
        let (mut buttons, mut listeners) = (Vec::new(), Vec::new());
        for at in 0..BUTTONS_MAX {
            let button = make("button")?;
            button.set_attribute("type", "button")?;
            section.append_child(&button)?;
            let (its_host, its_button, its_drawn) = (host.clone(), button.clone(), Rc::clone(&drawn));
            let on_click = Rc::clone(&on_click);
            let clicks = Listener::new(&button, "click", move |event| {
                let act = its_drawn.borrow().as_ref().and_then(|(_, bar)| bar.buttons.get(at).map(|button| button.act));
                if let Some(act) = act {
                    on_click.borrow_mut()(&event, &its_host, &its_button, act);
                }
            });
            let looks = Looks::at(&page.window, &host, &button);
            buttons.push(button);
            listeners.push((clicks, looks));
        }
        Ok(Self { host, section, steps, says, buttons, drawn, _listeners: listeners })
    }

    /// Draws the bar. What has not changed is left alone, so that a screen reader hears each state once.
    pub(crate) fn draw(&self, page: &Page, view: &View, bar: &Bar) {
        if self.drawn.borrow().as_ref().is_some_and(|(seq, its_bar)| *seq == view.seq && its_bar == bar) {
            return;
        }
        let said = match &bar.say {
            BarText::Words(say) => words(say),
            BarText::Text(text) => text.clone(),
        };
        let although: Vec<_> = bar.although.iter().map(|oddity| words(&UiMessage::new(&oddity.key(), []))).collect();
        let said = match although.as_slice() {
            [] => said,
            odd => [said, words(&UiMessage::new("taken_although", [odd.join("; ")]))].join(" "),
        };
        let tone = Tone::NAMES.iter().find(|(tone, _)| *tone == bar.tone).map_or("", |(_, name)| name);
        // Setting an attribute of our own element cannot fail.
        let _ = self.section.set_attribute("data-tone", tone);
        set_text(&self.says, &said);
        for (at, button) in self.buttons.iter().enumerate() {
            match bar.buttons.get(at) {
                Some(shown) => {
                    // Who rests on a button and sees another word on it has not seen what the click would now do.
                    if set_text(button, &words(&shown.say)) {
                        guard::forget(button);
                    }
                    let _ = button.remove_attribute("hidden");
                }
                None => {
                    let _ = button.set_attribute("hidden", "");
                }
            }
        }
        let _ = self.draw_steps(page, view);
        self.drawn.replace(Some((view.seq, bar.clone())));
    }

    fn draw_steps(&self, page: &Page, view: &View) -> Result<(), JsValue> {
        let steps = js_sys::Array::new();
        for phase in &view.phases {
            let step = page.document.create_element("li")?;
            let mark = match phase.stand {
                PhaseStatus::Replied => "✓ ",
                PhaseStatus::Failed => "! ",
                _ => "",
            };
            let name = value(&view.title(phase.phase));
            step.set_text_content(Some(&[mark, &name].concat()));
            if view.current == Some(phase.phase) {
                step.set_attribute("aria-current", "step")?;
            }
            steps.push(&step);
        }
        self.steps.replace_children_with_node(&steps);
        Ok(())
    }
}

impl Drop for BarElement {
    fn drop(&mut self) {
        self.host.remove();
    }
}

/// Sets a text; true where that changed it.
fn set_text(element: &Element, text: &str) -> bool {
    let other = element.text_content().as_deref() != Some(text);
    if other {
        element.set_text_content(Some(text));
    }
    other
}
