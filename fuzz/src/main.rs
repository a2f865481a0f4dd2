//! The program that libFuzzer drives: it plays what libFuzzer makes up through the target that the environment names.
#![no_main]

mod targets;

use std::sync::OnceLock;

/// Which target; `cargo xtask fuzz` sets it.
const NAMED: &str = "PROMPT_RUNNER_FUZZ_TARGET";

static CHOSEN: OnceLock<fn(&[u8])> = OnceLock::new();

fn choose() -> fn(&[u8]) {
    let name = std::env::var(NAMED).unwrap_or_default();
    targets::check(&name).unwrap_or_else(|| panic!("{NAMED} names no target: “{name}”"))
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| CHOSEN.get_or_init(choose)(bytes));
