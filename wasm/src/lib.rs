//! The window into the page: DOM to signals for core, core's actions to buttons, bar and composer.
//! Everything that judges lives in core; what is here only sees and does.

mod app;
mod bar;
mod button;
mod chrome;
mod composer;
mod guard;
mod horizon;
mod page;
mod read;
mod report;
mod watch;
mod wire;

use wasm_bindgen::prelude::*;

/// The standard one is made for programs that allocate all day, and takes 2 KB more of the script.
#[cfg(target_family = "wasm")]
#[global_allocator]
static MEMORY: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();

/// Starts the engine in this page; `engine` is `wasm` or `js`, and stands on the bar's element for those who look.
#[wasm_bindgen]
pub fn start(engine: &str) {
    app::start(engine);
}
