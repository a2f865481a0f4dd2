//! The real host program over real pipes, as a browser drives it: what it answers, what it turns down, how it ends, what survives.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops at the first surprise")]

#[path = "../story/answer.rs"]
mod answer;
mod counts;
mod crash;
mod ends;
mod framing;
mod large;
mod port;
#[path = "../attacks/report.rs"]
mod report;
mod requests;
mod strict;
