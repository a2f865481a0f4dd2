//! Clicks that count: trusted by the browser, on a button that the developer could see. A page can lay things over our button,
//! fade it out or push it under the pointer (the "DOM-based extension clickjacking" class, DEF CON 33). It hears of a press before
//! we do and could show the button just then: so we look while the pointer rests on it, at moments that nobody knows beforehand,
//! and once more at the click itself.

use crate::button::Listener;
use crate::composer::pause;
use crate::wire::field;
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::{Element, Event, HtmlElement, Window};

/// The faintest that a button may be, over all its ancestors; KeePassXC-Browser 1.9.9.2 settled on the same floor.
const OPACITY_MIN: f64 = 0.7;
/// The smallest side of a button that can be aimed at, in CSS pixels.
const SIDE_MIN: f64 = 12.0;
/// At how many places of a button is looked whether something lies over it.
const POINTS: u32 = 12;
/// The longest time between two looks, in milliseconds. A press sooner than the first one is nobody's choice.
const LOOK_MS: f64 = 200.0;
/// On a button that was in plain view at the last look. It stands inside the closed root, where no page can set it.
const SEEN: &str = "data-seen";
/// On a button that was so when it was pressed: a press lasts about as long as the time between two looks, so a look that falls
/// between press and release would find what the page shows for the press alone.
const PRESSED: &str = "data-pressed";
/// Filters under which a button can still be read.
const HARMLESS_FILTERS: [&str; 5] = ["grayscale(", "hue-rotate(", "invert(1)", "saturate(", "sepia("];

/// What a click on our button is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Click {
    /// The developer's own, on a button in plain view.
    Counts,
    /// The developer's own, but the button could not be seen.
    Obscured,
    /// Made by a script.
    Forged,
}

/// Judges a click on a button inside the closed shadow root of `host`.
pub(crate) fn judge(window: &Window, event: &Event, host: &HtmlElement, button: &Element) -> Click {
    if !event.is_trusted() {
        return Click::Forged;
    }
    // Keys, fingers and screen readers do not rest on a button before they press it.
    let by_mouse = matches!(field(event, "pointerType").as_string().as_deref(), Some("mouse" | "pen"));
    // The second half of a double click was meant for what stood there at the first.
    let single = field(event, "detail").as_f64().is_none_or(|count| count <= 1.0);
    let seen = !by_mouse || (single && button.has_attribute(PRESSED));
    set(button, PRESSED, false);
    if seen && in_plain_view(window, host, button) { Click::Counts } else { Click::Obscured }
}

/// Looks at a button for as long as the pointer rests on it.
pub(crate) struct Looks {
    _come: Listener,
    _pressed: Listener,
    _gone: Listener,
}

impl Looks {
    /// Begins to.
    pub(crate) fn at(window: &Window, host: &HtmlElement, button: &Element) -> Self {
        let rests = Rc::new(Cell::new(0_u32));
        let (window, host, its_button, its_rests) = (window.clone(), host.clone(), button.clone(), Rc::clone(&rests));
        let come = Listener::new(button, "pointerenter", move |_| {
            let this = its_rests.get().wrapping_add(1);
            its_rests.set(this);
            let (window, host, button, rests) =
                (window.clone(), host.clone(), its_button.clone(), Rc::clone(&its_rests));
            spawn_local(async move {
                loop {
                    pause(LOOK_MS * (1.0 + js_sys::Math::random()) / 2.0).await;
                    // A button that is hidden beneath the pointer is never said to be left; shown again, it is entered again.
                    let hidden = button.get_bounding_client_rect().width() == 0.0;
                    if hidden {
                        forget(&button);
                    }
                    if hidden || rests.get() != this || !host.is_connected() {
                        return;
                    }
                    let seen = in_plain_view(&window, &host, &button);
                    set(&button, SEEN, seen);
                    if !seen {
                        set(&button, PRESSED, false);
                    }
                }
            });
        });
        let its_button = button.clone();
        let pressed = Listener::new(button, "pointerdown", move |event| {
            set(&its_button, PRESSED, event.is_trusted() && its_button.has_attribute(SEEN));
        });
        let its_button = button.clone();
        let gone = Listener::new(button, "pointerleave", move |_| {
            rests.set(rests.get().wrapping_add(1));
            forget(&its_button);
        });
        Self { _come: come, _pressed: pressed, _gone: gone }
    }
}

/// What was seen of a button holds no more.
pub(crate) fn forget(button: &Element) {
    set(button, SEEN, false);
    set(button, PRESSED, false);
}

/// Writes down on a button what is true of it. Setting an attribute of our own element cannot fail.
fn set(button: &Element, mark: &str, holds: bool) {
    let _ = button.toggle_attribute_with_force(mark, holds);
}

fn in_plain_view(window: &Window, host: &HtmlElement, button: &Element) -> bool {
    let Some(document) = window.document() else { return false };
    let place = button.get_bounding_client_rect();
    if place.width() < SIDE_MIN || place.height() < SIDE_MIN {
        return false;
    }
    // Things in the top layer cover us even where they let clicks through.
    if document.query_selector("dialog:modal,:popover-open,:fullscreen").ok().flatten().is_some() {
        return false;
    }
    let is_ours = |_| {
        // Not at the very edge, where what is hit is a matter of rounding.
        let inside = |from: f64, length: f64| from + length * (0.1 + 0.8 * js_sys::Math::random());
        let (x, y) = (inside(place.x(), place.width()), inside(place.y(), place.height()));
        #[allow(clippy::cast_possible_truncation, reason = "CSS pixels are small")]
        let at = document.element_from_point(x as f32, y as f32);
        at.is_some_and(|element| element.is_same_node(Some(host)))
    };
    (0..POINTS).all(is_ours) && opacity(window, host) >= OPACITY_MIN
}

/// The product of the opacities from an element to the root; nought where a filter, a mask or a blending may hide it.
fn opacity(window: &Window, element: &HtmlElement) -> f64 {
    let mut product = 1.0;
    let mut next: Option<Element> = Some(element.clone().unchecked_into());
    while let Some(element) = next {
        if let Ok(Some(style)) = window.get_computed_style(&element) {
            let value = |name: &str| style.get_property_value(name).unwrap_or_default();
            let is = |name: &str, harmless: &str| matches!(value(name).as_str(), found if found == harmless || found.is_empty());
            let own = js_sys::parse_float(&value("opacity"));
            product *= if own.is_nan() { 1.0 } else { own };
            let filter = value("filter");
            let filtered = |step: &str| !HARMLESS_FILTERS.iter().any(|harmless| step.starts_with(harmless));
            let plain = (is("filter", "none") || !filter.split(' ').any(filtered))
                && is("mask-image", "none")
                && is("-webkit-mask-box-image-source", "none")
                && is("mix-blend-mode", "normal");
            if !plain {
                return 0.0;
            }
        }
        next = element.parent_element();
    }
    product
}
