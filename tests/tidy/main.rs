//! The house rules of docs/ARCHITECTURE.md as ordinary tests: each names the file that breaks one, and what to do about it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops at the first surprise")]

mod doors;
mod files;
mod pinned;
mod rooms;
mod words;
