//! Anthropic's Messages API, streamed: <https://docs.anthropic.com/en/api/messages-streaming>. Without `message_stop` an answer
//! is not whole, whatever it looks like; one that reached `max_tokens` is handed over as it is, for the contract reader to judge.

use super::growth::Growth;
use super::http::{Api, Line};
use super::{Outcome, Provider, ProviderError, Question, Watch};
use prompt_runner_core::event::{Source, Usage};
use serde::Deserialize;
use serde_json::{Value, json};
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

/// The events that matter, as far as they do.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Event {
    MessageStart {
        message: Message,
    },
    ContentBlockDelta {
        delta: Delta,
    },
    MessageDelta {
        usage: Option<Counts>,
    },
    MessageStop,
    Error {
        error: Value,
    },
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
struct Message {
    model: Option<String>,
    usage: Option<Counts>,
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Delta {
    TextDelta {
        text: String,
    },
    /// What the model thinks, and the tools that it calls, are no part of the reply.
    #[serde(other)]
    Other,
}

/// Counts grow: each event says them anew, as far as it knows them.
#[derive(Default, Deserialize)]
struct Counts {
    input_tokens: Option<u64>,
    output_tokens: Option<u64>,
    cache_read_input_tokens: Option<u64>,
    cache_creation_input_tokens: Option<u64>,
}

impl Counts {
    fn take_into(self, usage: &mut Option<Usage>) {
        let counts =
            [self.input_tokens, self.output_tokens, self.cache_read_input_tokens, self.cache_creation_input_tokens];
        if counts.iter().all(Option::is_none) {
            return;
        }
        let usage = usage.get_or_insert_default();
        let [input, output, read, write] = counts;
        usage.input_tokens = input.unwrap_or(usage.input_tokens);
        usage.output_tokens = output.unwrap_or(usage.output_tokens);
        usage.cache_read_tokens = read.unwrap_or(usage.cache_read_tokens);
        usage.cache_write_tokens = write.unwrap_or(usage.cache_write_tokens);
    }
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
        let speaker = self.line.speaker();
        let mut growth = Growth::begin(watch);
        let mut stream = self.line.ask("/v1/messages", &headers, &body)?;
        let (mut model, mut usage) = (None, None);
        while let Some(event) = stream.next()? {
            let event = serde_json::from_str(&event.data)
                .map_err(|error| speaker.broken(&format!("an event cannot be read ({error})")))?;
            match event {
                Event::MessageStart { message } => {
                    model = message.model;
                    message.usage.unwrap_or_default().take_into(&mut usage);
                }
                Event::ContentBlockDelta { delta: Delta::TextDelta { text } } => growth.push(text.as_bytes())?,
                Event::MessageDelta { usage: counts } => counts.unwrap_or_default().take_into(&mut usage),
                Event::MessageStop => {
                    return growth.answer(Source::Api, model, usage).ok_or_else(|| speaker.broken("it is no text"));
                }
                Event::Error { error } => return Err(speaker.error(&json!({ "error": error }))),
                Event::ContentBlockDelta { delta: Delta::Other } | Event::Other => {}
            }
            if growth.overtaken() {
                return Ok(Outcome::Stored);
            }
        }
        Err(speaker.broken("it ends before its end was announced"))
    }
}
