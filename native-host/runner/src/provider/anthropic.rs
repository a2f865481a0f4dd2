//! Anthropic's Messages API, streamed: <https://docs.anthropic.com/en/api/messages-streaming>. Without a stop reason or
//! `message_stop` an answer is not whole, unless its text proves it; one that reached `max_tokens` is handed over as it is, for the
//! contract reader to judge.

use super::complaint::is_error;
use super::http::{Api, Line};
use super::loose::Loose;
use super::parts::{is_text, take_plain};
use super::received::{Received, Request, receive};
use super::{Outcome, Provider, ProviderError, Question, Watch};
use prompt_runner_core::event::Usage;
use serde_json::json;
use ureq::http::HeaderValue;

/// The version of the API that this speaks.
const VERSION: &str = "2023-06-01";
/// How long an answer may become where nobody says. A model that allows less says so, and then it is a matter of settings.
const MAX_TOKENS: u32 = 32_000;

/// The Messages API as a provider.
#[derive(Debug)]
pub struct Anthropic {
    line: Line,
    api: Api,
}

impl Anthropic {
    /// Where this API usually is.
    pub const BASE_URL: &'static str = "https://api.anthropic.com";

    /// Sends nothing yet.
    ///
    /// # Errors
    /// `Insecure`.
    pub fn new(api: Api) -> Result<Self, ProviderError> {
        Ok(Self { line: Line::new(&api)?, api })
    }
}

/// Takes out of an event what it says. One that does not say its type in its data says it in its name.
fn read(name: &str, event: Loose<'_>, received: &mut Received) {
    let kind = event.get("type").word();
    if is_error(name, event, kind.is_some() || !name.is_empty()) {
        return received.take_error(event);
    }
    match kind.as_deref().unwrap_or(name) {
        "message_start" => {
            let message = event.get("message");
            received.take_model(message.get("model"));
            // How much it writes, it cannot know yet.
            take_usage(message.get("usage"), false, received);
        }
        "content_block_start" => take_block(event.get("content_block"), received),
        "content_block_delta" => event.get("delta").items().for_each(|delta| take_delta(delta, received)),
        "message_delta" => {
            take_usage(event.get("usage"), true, received);
            take_stop(event.get("delta"), received);
        }
        "message_stop" => received.done = true,
        // Not streamed, whatever was asked for.
        "message" => {
            received.take_model(event.get("model"));
            event.get("content").items().for_each(|block| take_block(block, received));
            take_usage(event.get("usage"), true, received);
            take_stop(event, received);
        }
        "" => received.take_strange(event),
        _ => {}
    }
}

/// A block, with what it begins with. What the model thinks, and the tools that it calls, are no part of the reply.
fn take_block(block: Loose<'_>, received: &mut Received) {
    match block.get("type").word().as_deref() {
        None => take_plain(block, received),
        Some(_) if is_text(block) => take_plain(block, received),
        Some("thinking" | "redacted_thinking") => received.thoughts = true,
        Some(kind) => received.tools |= kind.contains("tool"),
    }
}

fn take_delta(delta: Loose<'_>, received: &mut Received) {
    if delta.get("type").word().is_none() || is_text(delta) {
        take_plain(delta, received);
    }
}

fn take_stop(message: Loose<'_>, received: &mut Received) {
    received.take_stop(message.get("stop_reason"));
    let details = message.get("stop_details");
    let words = ["explanation", "message", "category"].iter().find_map(|key| details.get(key).word());
    received.take_words(words.unwrap_or_default().as_bytes());
}

/// Counts grow: each event says them anew, as far as it knows them. No answer is read or written without a token, so 0 is no count
/// and takes back none.
fn take_usage(counts: Loose<'_>, has_written: bool, received: &mut Received) {
    let count = |name: &str| counts.get(name).count().filter(|count| *count > 0);
    let known = received.usage.unwrap_or_default();
    let usage = Usage {
        input_tokens: count("input_tokens").unwrap_or(known.input_tokens),
        output_tokens: count("output_tokens").filter(|_| has_written).unwrap_or(known.output_tokens),
        cache_read_tokens: count("cache_read_input_tokens").unwrap_or(known.cache_read_tokens),
        cache_write_tokens: count("cache_creation_input_tokens").unwrap_or(known.cache_write_tokens),
    };
    received.usage = Some(usage);
}

impl Provider for Anthropic {
    fn ask(&mut self, question: &Question<'_>, watch: &mut dyn Watch) -> Result<Outcome, ProviderError> {
        let mut headers = vec![("anthropic-version", HeaderValue::from_static(VERSION))];
        if let Some(key) = &self.api.key {
            headers.push(("x-api-key", key.header("")?));
        }
        let body = json!({
            "model": self.api.model,
            "max_tokens": self.api.max_tokens.map_or(MAX_TOKENS, Into::into),
            "stream": true,
            "messages": [{ "role": "user", "content": question.prompt }],
        });
        receive(&self.line, &Request { path: "/v1/messages", headers, body, dialect: read }, watch)
    }
}
