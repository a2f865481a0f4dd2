//! Why an answer stopped, in the server's own word, and what may help: there is a limit to spend less of, a prompt to change, or
//! a server that does something else than answer.

use super::ProviderError;
use super::error_text::error_text;
use super::fault::Speaker;
use super::received::{Received, plain};

/// The words for an answer that is simply at its end.
const USUAL: &[&str] =
    &["stop", "end_turn", "stop_sequence", "eos", "eos_token", "end", "done", "complete", "completed", "finished"];

/// What a word of a server has in it, and what may help then; the first that fits.
const NEXT: &[(&[&str], &str)] = &[
    (&["context"], "Shorten the prompt, or ask a model that reads more at once."),
    (
        &["length", "max", "token"],
        "Raise `max_tokens` of this provider in config.toml, or ask a model that thinks less.",
    ),
    (&["tool", "function"], "Ask a model that answers in text; nothing here runs the tools that it calls."),
    (&["pause"], "Try again, or ask a model that answers at once."),
    (
        &["refus", "filter", "safety", "recitation", "block", "prohibit", "polic", "moderat", "sensitive", "spii"],
        "Change the prompt, or ask another model; the same prompt would be turned down again.",
    ),
];
const USUALLY: &str = "Try again, or ask another model.";

impl Speaker<'_> {
    /// An answer that is at its end and has no text.
    pub(super) fn no_text(self, received: &Received) -> ProviderError {
        let stop = received.stop.as_deref().unwrap_or_default();
        let besides = match (received.thoughts, received.tools) {
            (true, true) => " after thoughts and calls of tools alone",
            (true, false) => " after thoughts alone",
            (false, true) => " after calls of tools alone",
            (false, false) => "",
        };
        let finding = if stop.is_empty() {
            format!("it ended{besides} and does not say why{}", self.words(received))
        } else {
            format!("it stopped with “{}”{besides}{}", error_text(stop, self.key), self.words(received))
        };
        let finding = if finding.ends_with('”') || !finding.ends_with(['.', '!', '?', '…']) {
            finding + "."
        } else {
            finding
        };
        // A server that filters may call it the usual end, and say the rest in words.
        let refused = if received.words.is_empty() { "" } else { "refusal" };
        let tools = if received.tools { "tool" } else { "" };
        let next = [stop, tools, refused].into_iter().find_map(next).unwrap_or(USUALLY);
        ProviderError::NoText { host: self.host.into(), finding, next }
    }

    /// Why an answer with text stopped; nothing where that is nothing to speak of.
    pub(super) fn stopped(self, received: &Received) -> Option<String> {
        let stop = received.stop.as_deref().unwrap_or("stop");
        if USUAL.contains(&stop.to_ascii_lowercase().as_str()) && received.words.is_empty() {
            return None;
        }
        Some(format!("{} stopped with “{}”{}.", self.host, error_text(stop, self.key), self.words(received)))
    }

    /// What it says besides.
    fn words(self, received: &Received) -> String {
        let strange = received.strange.as_deref().filter(|_| !received.has_text).unwrap_or_default();
        let words = if received.words.is_empty() { strange } else { &received.words };
        let words = error_text(&plain(words), self.key);
        if words.is_empty() { words } else { format!(": “{words}”") }
    }
}

/// What may help against this.
fn next(stop: &str) -> Option<&'static str> {
    let stop = stop.to_ascii_lowercase();
    NEXT.iter().find(|(words, _)| words.iter().any(|word| stop.contains(word))).map(|(_, next)| *next)
}
