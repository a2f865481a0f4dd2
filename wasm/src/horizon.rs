//! What of a conversation is in view: a history is looked at when it is scrolled to, and where it is then. So a long one costs no more
//! than a short one.

use crate::button::Listener;
use crate::composer::pause;
use crate::page::Page;
use crate::wire::field;
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen_futures::spawn_local;
use web_sys::Element;

/// A page is at rest so long after it was scrolled, in milliseconds. A page that follows its answer scrolls all the time.
const REST_MS: f64 = 250.0;
/// So many entries before the middle of the window, and after it, count as seen.
const AROUND: usize = 6;

/// Says when the page was scrolled and has come to rest, until it is dropped.
pub(crate) struct Horizon {
    _scrolls: Listener,
}

impl Horizon {
    /// Begins to.
    pub(crate) fn new(page: &Page, rests: impl Fn() + 'static) -> Self {
        let (waits, rests) = (Rc::new(Cell::new(false)), Rc::new(rests));
        let scrolls = Listener::new(&page.window, "scroll", move |_| {
            if waits.replace(true) {
                return;
            }
            let (waits, rests) = (Rc::clone(&waits), Rc::clone(&rests));
            spawn_local(async move {
                pause(REST_MS).await;
                waits.set(false);
                rests();
            });
        });
        Self { _scrolls: scrolls }
    }
}

/// The entries of the list around the middle of the window.
pub(crate) fn in_view(page: &Page) -> Vec<Element> {
    let middle = |name| field(&page.window, name).as_f64().unwrap_or_default() as f32 / 2.0;
    let found = page.document.element_from_point(middle("innerWidth"), middle("innerHeight"));
    let Some(row) = found.and_then(|found| page.row_around(&found)) else { return Vec::new() };
    let (mut rows, mut first) = (Vec::new(), row);
    for _ in 0..AROUND {
        let Some(before) = first.previous_element_sibling() else { break };
        first = before;
    }
    let mut next = Some(first);
    while let Some(row) = next.filter(|_| rows.len() < 2 * AROUND) {
        next = row.next_element_sibling();
        rows.push(row);
    }
    rows
}
