//! Replies as the two kinds of API stream them.

use crate::listener::Still;
use runner::testing::{Address, Anthropic, Api, Key, Limits, OpenAi, Provider, Retrying};
use serde_json::{Value, json};
use std::time::Duration;

/// The key of these tests. It must be in no error.
pub(crate) const KEY: &str = "sk-test-0123456789-abcdefgh";
/// What the model says.
pub(crate) const REPLY: &str = "### PLAN\n```\n1. \u{1f980} ünïcödé\n```\n";

/// A kind of API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    Anthropic,
    OpenAi,
}

impl Dialect {
    pub(crate) const BOTH: [Self; 2] = [Self::Anthropic, Self::OpenAi];

    /// A provider that speaks it, and is silent for no longer than this.
    pub(crate) fn provider(self, url: &str, silence: Duration) -> Box<dyn Provider> {
        let api = api(url, silence);
        match self {
            Self::Anthropic => Box::new(Anthropic::new(api).unwrap()),
            Self::OpenAi => Box::new(OpenAi::new(api).unwrap()),
        }
    }

    /// The same, tried again by this clock.
    pub(crate) fn retrying(self, api: Api, limits: Limits, clock: Still) -> Box<dyn Provider> {
        match self {
            Self::Anthropic => Box::new(Retrying::by(Anthropic::new(api).unwrap(), limits, Box::new(clock))),
            Self::OpenAi => Box::new(Retrying::by(OpenAi::new(api).unwrap(), limits, Box::new(clock))),
        }
    }

    /// The stream of a complete reply in pieces of three letters.
    pub(crate) fn whole(self) -> String {
        self.begun() + &self.end()
    }

    /// The stream up to its end, which is not announced.
    pub(crate) fn begun(self) -> String {
        let letters: Vec<char> = REPLY.chars().collect();
        let pieces = letters.chunks(3).map(|piece| self.piece(&piece.iter().collect::<String>()));
        self.start() + &pieces.collect::<String>()
    }

    fn start(self) -> String {
        match self {
            Self::Anthropic => [
                json!({ "type": "message_start", "message": {
                    "id": "msg_1", "type": "message", "role": "assistant", "model": "claude-test-1", "content": [],
                    "stop_reason": null, "usage": { "input_tokens": 25, "cache_read_input_tokens": 7,
                    "cache_creation_input_tokens": 3, "output_tokens": 1 } } }),
                json!({ "type": "content_block_start", "index": 0, "content_block": { "type": "text", "text": "" } }),
                json!({ "type": "ping" }),
            ]
            .iter()
            .map(named)
            .collect(),
            Self::OpenAi => plain(&chunk(json!([{ "index": 0, "delta": { "role": "assistant", "content": "" } }]))),
        }
    }

    fn piece(self, text: &str) -> String {
        match self {
            Self::Anthropic => named(&json!({ "type": "content_block_delta", "index": 0,
                "delta": { "type": "text_delta", "text": text } })),
            Self::OpenAi => plain(&chunk(json!([{ "index": 0, "delta": { "content": text }, "finish_reason": null }]))),
        }
    }

    fn end(self) -> String {
        match self {
            Self::Anthropic => [
                json!({ "type": "content_block_stop", "index": 0 }),
                json!({ "type": "message_delta", "delta": { "stop_reason": "end_turn" }, "usage": { "output_tokens": 15 } }),
                json!({ "type": "message_stop" }),
            ]
            .iter()
            .map(named)
            .collect(),
            Self::OpenAi => {
                let mut count = chunk(json!([]));
                count["usage"] = json!({ "prompt_tokens": 32, "completion_tokens": 15, "total_tokens": 47,
                    "prompt_tokens_details": { "cached_tokens": 7 } });
                let stop = chunk(json!([{ "index": 0, "delta": {}, "finish_reason": "stop" }]));
                plain(&stop) + &plain(&count) + "data: [DONE]\n\n"
            }
        }
    }
}

/// An API at this address.
pub(crate) fn api(url: &str, silence: Duration) -> Api {
    Api {
        address: Address::new(url).unwrap(),
        model: "asked-for".into(),
        key: Key::new(KEY),
        max_tokens: None,
        silence,
    }
}

/// An event that says its name.
pub(crate) fn named(event: &Value) -> String {
    format!("event: {}\ndata: {event}\n\n", event["type"].as_str().unwrap())
}

/// An event without a name.
pub(crate) fn plain(event: &Value) -> String {
    format!("data: {event}\n\n")
}

fn chunk(choices: Value) -> Value {
    json!({ "id": "1", "object": "chat.completion.chunk", "model": "gpt-test-1", "choices": choices, "usage": null })
}
