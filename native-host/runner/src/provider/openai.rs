//! The chat completions of OpenAI, streamed, as many servers speak them: OpenRouter, Ollama, LM Studio, vLLM, llama.cpp and
//! others. An answer has ended when a chunk says why, or `[DONE]` comes; without either it broke off.

use super::complaint::{is_error, says_nothing};
use super::http::{Api, Line};
use super::loose::Loose;
use super::parts::take_parts;
use super::received::{Received, Request, is_counted, receive};
use super::{Outcome, Provider, ProviderError, Question, Watch};
use prompt_runner_core::event::Usage;
use serde_json::{Value, json};

/// The chat completions as a provider.
#[derive(Debug)]
pub struct OpenAi {
    line: Line,
    api: Api,
}

impl OpenAi {
    /// Where OpenAI has them.
    pub const BASE_URL: &'static str = "https://api.openai.com/v1";
    /// The host of OpenAI itself.
    pub(super) const HOST: &'static str = "api.openai.com";

    /// Sends nothing yet.
    ///
    /// # Errors
    /// `Insecure`.
    pub fn new(api: Api) -> Result<Self, ProviderError> {
        Ok(Self { line: Line::new(&api)?, api })
    }

    fn request(&self, prompt: &str) -> Value {
        let mut body = json!({
            "model": self.api.model,
            "stream": true,
            "stream_options": { "include_usage": true },
            "messages": [{ "role": "user", "content": prompt }],
        });
        if let Some(most) = self.api.max_tokens {
            // OpenAI itself refuses the old name for its newer models; most other servers know no other.
            let own = self.api.address.host() == Self::HOST;
            body[if own { "max_completion_tokens" } else { "max_tokens" }] = most.get().into();
        }
        body
    }
}

/// Takes out of a chunk what it says.
fn read(name: &str, chunk: Loose<'_>, received: &mut Received) {
    let has_kind = ["choices", "object", "type"].iter().any(|key| !chunk.get(key).is_null());
    if is_error(name, chunk, has_kind) {
        return received.take_error(chunk);
    }
    received.take_model(chunk.get("model"));
    received.usage = usage(chunk.get("usage")).or(received.usage);
    if !has_kind && chunk.get("usage").is_null() {
        received.take_strange(chunk);
    }
    for (place, choice) in choices(chunk.get("choices")) {
        // One answer was asked for; a second choice would be another text.
        if choice.get("index").count().unwrap_or(place) == 0 {
            take_choice(choice, received);
        }
    }
}

/// The choices with their places. Some servers number them by their names in an object, in the place of a list.
fn choices(choices: Loose<'_>) -> Vec<(u64, Loose<'_>)> {
    let is_one = ["delta", "message", "text", "finish_reason", "error"].iter().any(|key| !choices.get(key).is_null());
    let named = choices.fields().filter(|_| !is_one).filter_map(|(key, choice)| Some((key.count()?, choice)));
    let named: Vec<_> = named.collect();
    if named.is_empty() { (0..).zip(choices.items()).collect() } else { named }
}

fn take_choice(choice: Loose<'_>, received: &mut Received) {
    let (delta, message, reason) = (choice.get("delta"), choice.get("message"), choice.get("finish_reason"));
    if !says_nothing(choice.get("error")) {
        return received.take_error(choice);
    }
    if reason.word().is_some_and(|reason| reason == "error") {
        return received.take_error(reason);
    }
    // A message is the whole text; after deltas it says again what they said.
    let is_silent =
        !delta.items().any(|delta| delta.bytes().is_some() || SAID.iter().any(|key| !delta.get(key).is_empty()));
    if is_silent && !message.is_null() && received.awaits_message() {
        let begun = received.text.len();
        message.items().for_each(|message| take_said(message, received));
        received.settle_message(begun, !reason.is_empty());
    } else {
        delta.items().for_each(|delta| take_said(delta, received));
    }
    if delta.is_null() && message.is_null() {
        take_parts(choice.get("text"), received);
    }
    received.take_stop(reason);
}

/// What makes a delta say something.
const SAID: &[&str] = &[
    "content",
    "text",
    "refusal",
    "reasoning_content",
    "reasoning",
    "reasoning_details",
    "thinking",
    "tool_calls",
    "function_call",
];

/// Takes what a delta or a message says.
fn take_said(said: Loose<'_>, received: &mut Received) {
    let has = |keys: &[&str]| keys.iter().any(|key| !said.get(key).is_empty());
    received.thoughts |= has(&["reasoning_content", "reasoning", "reasoning_details", "thinking"]);
    received.tools |= has(&["tool_calls", "function_call"]);
    received.take_words(&said.get("refusal").bytes().unwrap_or_default());
    received.take_text(&said.bytes().unwrap_or_default());
    let content = said.get("content");
    take_parts(if content.is_null() { said.get("text") } else { content }, received);
}

/// The tokens, as far as this chunk knows them.
fn usage(counts: Loose<'_>) -> Option<Usage> {
    let (prompt, output) = (counts.get("prompt_tokens").count()?, counts.get("completion_tokens").count()?);
    let cached = counts.get("prompt_tokens_details").get("cached_tokens").count().unwrap_or(0).min(prompt);
    let usage = Usage {
        // Those from the cache are counted here, and apart from them in our record.
        input_tokens: prompt - cached,
        output_tokens: output,
        cache_read_tokens: cached,
        cache_write_tokens: 0,
    };
    is_counted(&usage).then_some(usage)
}

impl Provider for OpenAi {
    fn ask(&mut self, question: &Question<'_>, watch: &mut dyn Watch) -> Result<Outcome, ProviderError> {
        let mut headers = Vec::new();
        if let Some(key) = &self.api.key {
            headers.push(("authorization", key.header("Bearer ")?));
        }
        let body = self.request(question.prompt);
        receive(&self.line, &Request { path: "/chat/completions", headers, body, dialect: read }, watch)
    }
}
