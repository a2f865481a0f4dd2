//! The phase bar in the page: one element of ours with a closed shadow root, drawn from what core judged.

use crate::button::{Listener, closed_root};
use crate::chrome::words;
use crate::guard::Looks;
use crate::page::Page;
use prompt_runner_core::bar::{Bar, Said};
use prompt_runner_core::event::Stand;
use prompt_runner_core::names::Named as _;
use prompt_runner_core::status::{Tone, View, phase_name};
use prompt_runner_core::words::Say;
use std::cell::RefCell;
use wasm_bindgen::JsValue;
use web_sys::{Element, Event, HtmlElement};

/// The bar's elements. Dropping it takes the bar out of the page.
pub(crate) struct BarElement {
    pub(crate) host: HtmlElement,
    section: Element,
    steps: Element,
    says: Element,
    button: Element,
    drawn: RefCell<Option<(i64, Bar)>>,
    _clicks: Listener,
    _looks: Looks,
}

impl BarElement {
    /// Makes the bar, not yet in the page. `on_click` hears clicks of any worth, with the host and the button they fell on.
    pub(crate) fn new(
        page: &Page,
        engine: &str,
        mut on_click: impl FnMut(&Event, &HtmlElement, &Element) + 'static,
    ) -> Result<Self, JsValue> {
        let make = |tag: &str| page.document.create_element(tag);
        let (host, root) = closed_root(page, "bar", include_str!("bar.css"))?;
        host.set_attribute("data-engine", engine)?;
        let (section, steps, says, button) = (make("section")?, make("ol")?, make("p")?, make("button")?);
        section.set_attribute("aria-label", &words(&Say::new("bar_label", [])))?;
        says.set_attribute("role", "status")?;
        button.set_attribute("type", "button")?;
        for part in [&steps, &says, &button] {
            section.append_child(part)?;
        }
        root.append_child(&section)?;
        let (its_host, its_button) = (host.clone(), button.clone());
        let clicks = Listener::new(&button, "click", move |event| on_click(&event, &its_host, &its_button));
        let looks = Looks::at(&page.window, &host, &button);
        Ok(Self { host, section, steps, says, button, drawn: RefCell::default(), _clicks: clicks, _looks: looks })
    }

    /// Draws the bar. What has not changed is left alone, so that a screen reader hears each state once.
    pub(crate) fn draw(&self, page: &Page, view: &View, bar: &Bar) {
        if self.drawn.borrow().as_ref().is_some_and(|(seq, its_bar)| *seq == view.seq && its_bar == bar) {
            return;
        }
        let said = match &bar.say {
            Said::Words(say) => words(say),
            Said::Text(text) => text.clone(),
        };
        let tone = Tone::NAMES.iter().find(|(tone, _)| *tone == bar.tone).map_or("", |(_, name)| name);
        let label = bar.button.as_ref().map(words);
        // Setting an attribute of our own element cannot fail.
        let _ = self.section.set_attribute("data-tone", tone);
        set_text(&self.says, &said);
        match label {
            Some(label) => {
                set_text(&self.button, &label);
                let _ = self.button.remove_attribute("hidden");
            }
            None => {
                let _ = self.button.set_attribute("hidden", "");
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
                Stand::Replied => "✓ ",
                Stand::Failed => "! ",
                _ => "",
            };
            let name =
                words(&Say { key: phase_name(phase.phase).trim_start_matches('@').to_owned(), args: Vec::new() });
            step.set_text_content(Some(&format!("{mark}{name}")));
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

fn set_text(element: &Element, text: &str) {
    if element.text_content().as_deref() != Some(text) {
        element.set_text_content(Some(text));
    }
}
