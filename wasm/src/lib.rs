//! The window into the page: DOM to signals for core, core's actions to buttons, bar and composer.
//! Everything that judges lives in core; what is here only sees and does.

mod app;
mod bar;
mod button;
mod chrome;
mod composer;
mod guard;
mod page;
mod read;
mod watch;
mod wire;

use wasm_bindgen::prelude::*;

/// Starts the engine in this page; `engine` is `wasm` or `js`, and stands on the bar's element for those who look.
#[wasm_bindgen]
pub fn start(engine: &str) {
    app::start(engine);
}
