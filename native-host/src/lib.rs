//! The native house: tools on the ground, one runner above them, doors on top that translate and do not think.
//! docs/ARCHITECTURE.md draws it; tests/tidy holds it to that.

pub mod bounded;
pub mod browsers;
pub mod child;
pub mod cli;
pub mod clipboard;
pub mod clock;
pub mod confined;
pub mod decode;
pub mod fault;
pub mod frame;
pub mod full;
pub mod git;
pub mod hex;
pub mod host;
pub mod http;
pub mod legacy;
pub mod places;
pub mod prices;
pub mod project;
pub mod provider;
pub mod runner;
pub mod store;
pub mod templates;
pub mod terminal;
pub mod tokens;
pub mod whole;
pub mod wire;
