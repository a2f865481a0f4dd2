//! The native house: tools on the ground, one runner above them, doors on top that translate and do not think.
//! docs/ARCHITECTURE.md draws it; tests/tidy holds it to that.

pub mod browsers;
pub mod cli;
pub mod frame;
pub mod host;
pub mod project;
pub mod runner;
pub mod store;
