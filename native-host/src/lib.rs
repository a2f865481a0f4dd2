//! The doors: each translates what comes in into a request, asks the runner, and puts the answer into its own form.
//! docs/ARCHITECTURE.md draws it; tests/tidy holds it to that.

pub mod browsers;
pub mod cli;
pub mod frame;
pub mod host;
pub mod http;
pub mod wire;
