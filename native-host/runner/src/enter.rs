//! What every program of ours does before anything else, so that no door has to know of it.

use crate::{confined, full, templates, terminal};
use std::process::ExitCode;

/// Prepares this process: a limit of the system ends it with a word, and its last words command no terminal. Where a program of ours
/// started it for confined work, it does that, and has an exit code.
#[must_use]
pub fn enter(program: &'static str) -> Option<ExitCode> {
    full::expect();
    if confined::is_asked(std::env::args_os()) {
        return Some(confined::serve(templates::work));
    }
    terminal::guard_last_words(program);
    None
}
