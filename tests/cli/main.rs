//! The real command line: a whole feature as a developer types it, what it says to wrong input, and what it does to the machine.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops at the first surprise")]

#[path = "../story/answer.rs"]
mod answer;
mod apply;
mod db;
mod desk;
mod encodings;
#[cfg(target_os = "linux")]
mod endless;
mod faults;
mod fix;
mod flow;
mod help;
#[cfg(target_os = "linux")]
mod machine;
mod migrate;
mod page;
#[cfg(target_os = "linux")]
mod paths;
mod project;
mod reply;
#[path = "../attacks/report.rs"]
mod report;
mod schemas;
mod session;
mod setup;
mod shell;
mod stats;
#[cfg(target_os = "linux")]
mod transcripts;
mod tutorial;
mod usage;
mod verify;
mod work;
