//! The chat completions of OpenAI, streamed, as many servers speak them: OpenRouter, Ollama, LM Studio, vLLM, llama.cpp and
//! others. An answer has ended when a chunk says why, or `[DONE]` comes; without either it broke off.

use super::growth::Growth;
use super::http::{Api, Line};
use super::{Outcome, Provider, ProviderError, Question, Watch};
use prompt_runner_core::event::{Source, Usage};
use serde::Deserialize;
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

/// A chunk, as far as it matters.
#[derive(Deserialize)]
struct Chunk {
    model: Option<String>,
    choices: Option<Vec<Choice>>,
    usage: Option<Counts>,
    error: Option<Value>,
}

#[derive(Deserialize)]
struct Choice {
    delta: Option<Delta>,
    finish_reason: Option<String>,
}

#[derive(Deserialize)]
struct Delta {
    content: Option<String>,
}

#[derive(Deserialize)]
struct Counts {
    #[serde(default)]
    prompt_tokens: u64,
    #[serde(default)]
    completion_tokens: u64,
    prompt_tokens_details: Option<Details>,
}

#[derive(Deserialize)]
struct Details {
    cached_tokens: Option<u64>,
}

impl From<Counts> for Usage {
    fn from(counts: Counts) -> Self {
        let cached = counts.prompt_tokens_details.and_then(|details| details.cached_tokens).unwrap_or(0);
        Self {
            // Those from the cache are counted here, and apart from them in our record.
            input_tokens: counts.prompt_tokens.saturating_sub(cached),
            output_tokens: counts.completion_tokens,
            cache_read_tokens: cached,
            cache_write_tokens: 0,
        }
    }
}

impl Provider for OpenAi {
    fn ask(&mut self, question: &Question<'_>, watch: &mut dyn Watch) -> Result<Outcome, ProviderError> {
        let mut headers = Vec::new();
        if let Some(key) = &self.api.key {
            headers.push(("authorization", key.header("Bearer ")?));
        }
        let body = self.request(question.prompt);
        let speaker = self.line.speaker();
        let mut growth = Growth::begin(watch);
        let mut stream = self.line.ask("/chat/completions", &headers, &body)?;
        let (mut model, mut usage, mut ended) = (None, None, false);
        loop {
            let event = match stream.next() {
                Ok(Some(event)) => event,
                // The reply is whole; what breaks off here is only the count of its tokens.
                Err(_) if ended => break,
                Ok(None) => break,
                Err(error) => return Err(error),
            };
            if event.data.trim() == "[DONE]" {
                ended = true;
                break;
            }
            let chunk: Chunk = serde_json::from_str(&event.data)
                .map_err(|error| speaker.broken(&format!("an event cannot be read ({error})")))?;
            if let Some(error) = chunk.error {
                return Err(speaker.error(&json!({ "error": error })));
            }
            model = chunk.model.filter(|model| !model.is_empty()).or(model);
            usage = chunk.usage.map(Usage::from).or(usage);
            // One answer was asked for; a second choice would be another text.
            if let Some(choice) = chunk.choices.into_iter().flatten().next() {
                growth.push(choice.delta.and_then(|delta| delta.content).unwrap_or_default().as_bytes())?;
                ended |= choice.finish_reason.is_some_and(|reason| !reason.is_empty());
            }
            if growth.overtaken() {
                return Ok(Outcome::Stored);
            }
        }
        if !ended {
            return Err(speaker.broken("it ends before its end was announced"));
        }
        growth.answer(Source::Api, model, usage).ok_or_else(|| speaker.broken("it is no text"))
    }
}
