//! Whole stories through the runner on a real file: what a feature goes through, what the log and its read models say
//! of it, what many writers do to it, and what the file itself promises.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops at the first surprise")]

mod answer;
mod changes;
mod databases;
mod features;
mod file;
mod history;
mod home;
mod legacy;
mod models;
mod numbers;
mod prices;
mod race;
mod repairs;
mod rollups;
#[path = "../seed/mod.rs"]
mod seed;
mod seeded;
mod slow;
