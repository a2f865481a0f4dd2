//! `status --short`: one line for a shell prompt, which waits for it at every command. So nothing is made, migrated or folded here,
//! and in its usual spelling not even the other commands are looked at: to build their tree takes as long as all of this.

use super::At;
use crate::cli::unwritable;
use prompt_runner_core::refusal::Refusal;
use runner::places::Places;
use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;

/// Whether these are the words of a shell prompt, and no others.
pub(in crate::cli) fn is_prompt_line(words: &[OsString]) -> bool {
    match words.get(1..) {
        Some([status, short]) => status == "status" && short == "--short",
        Some([orchestrate, status, short]) => orchestrate == "orchestrate" && status == "status" && short == "--short",
        _ => false,
    }
}

/// The line of a shell prompt. Whatever is wrong there is nothing to be done about it in a prompt: it stays empty.
pub(in crate::cli) fn prompt_line(out: &mut dyn Write) -> ExitCode {
    let _ = status(&At::default(), out);
    ExitCode::SUCCESS
}

pub(super) const EXAMPLES: &str = "Examples:
  prompt-runner status --watch
  PS1='$(prompt-runner status --short) '$PS1      in .bashrc: the session in every prompt

docs/CLI.md has the same for zsh, fish and starship, and what the line says.";

/// Prints where the active session stands, or nothing: no session is no fault in a shell prompt.
pub(super) fn status(at: &At, out: &mut dyn Write) -> Result<(), Refusal> {
    let Ok(places) = Places::here() else { return Ok(()) };
    let Some(prompt_line) = runner::prompt_line(&places, &at.choice())? else { return Ok(()) };
    writeln!(out, "{prompt_line}").map_err(|error| unwritable(&error))
}
