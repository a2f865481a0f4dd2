//! The real program behind the dashboard, over real sockets: who is let in, who is not, and that nobody keeps others waiting.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops at the first surprise")]

mod answers;
mod opening;
mod patience;
mod refusals;
#[path = "../attacks/report.rs"]
mod report;
mod server;
