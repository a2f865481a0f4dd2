//! Providers against the world: a server that misbehaves on order, real commands, real files. Who is asked how often, what comes
//! back, and that no key is in any word of it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops at the first surprise")]

mod answers;
mod choosing;
#[cfg(unix)]
mod commands;
#[cfg(unix)]
mod linear;
mod listener;
#[cfg(unix)]
mod proxies;
mod replies;
mod server;
mod streams;
mod trouble;
mod waiting;
