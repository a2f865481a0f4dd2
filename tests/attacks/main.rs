//! The attacks that no other test program plays: what is in cases.toml and stands on the native programs alone. Those that other
//! programs play are named there too; `cargo xtask attacks` runs all of them and prints what each came to.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops at the first surprise")]

#[path = "../story/answer.rs"]
#[allow(dead_code, reason = "tests/cli uses all of it")]
mod answer;
#[cfg(target_os = "linux")]
mod database;
#[path = "../cli/desk.rs"]
#[allow(dead_code, reason = "tests/cli uses all of it")]
mod desk;
#[cfg(target_os = "linux")]
mod files;
#[cfg(target_os = "linux")]
mod links;
#[cfg(target_os = "linux")]
mod odds;
#[cfg(target_os = "linux")]
mod places;
#[path = "../host/port.rs"]
#[allow(dead_code, reason = "tests/host uses all of it")]
mod port;
#[cfg(target_os = "linux")]
mod record;
mod report;
#[cfg(target_os = "linux")]
mod repositories;
mod secrets;
#[cfg(target_os = "linux")]
mod strangers;
#[cfg(target_os = "linux")]
mod templates;
#[cfg(target_os = "linux")]
mod terminal;
mod texts;
