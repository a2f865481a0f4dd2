//! What a server says when it does not answer, as one of our errors: whether it makes sense to ask again is what matters most.

use super::ProviderError;
use super::error::span;
use super::error_text::{error_text, sentence};
use super::key::Key;
use jiff::{Timestamp, fmt::rfc2822};
use serde_json::Value;
use std::time::Duration;

/// Who is speaking, and what must not be repeated.
#[derive(Clone, Copy)]
pub(super) struct Speaker<'a> {
    pub(super) host: &'a str,
    pub(super) key: Option<&'a Key>,
}

impl Speaker<'_> {
    /// An answer with a status other than 200. `after` is what its Retry-After says.
    pub(super) fn status(self, status: u16, after: Option<&str>, body: &str) -> ProviderError {
        let error = serde_json::from_str(body).ok();
        let words = error.as_ref().and_then(words).unwrap_or_else(|| body.to_owned());
        match status {
            408 | 429 | 500.. if !error.as_ref().is_some_and(is_final) => {
                self.busy(status.to_string(), &words, after.and_then(|after| wait(after, crate::clock::now())))
            }
            _ => self.refused(status.to_string(), &words),
        }
    }

    /// An error that came in the place of an answer, or within it, as it came.
    pub(super) fn error(self, error: &[u8]) -> ProviderError {
        let text = String::from_utf8_lossy(error);
        let error = serde_json::from_str(&text).unwrap_or_else(|_| Value::String(text.trim().to_owned()));
        let kind = error_text(&kind(&error), self.key);
        let words = words(&error).unwrap_or_else(|| error.to_string());
        if is_passing(&error) && !is_final(&error) { self.busy(kind, &words, None) } else { self.refused(kind, &words) }
    }

    /// An answer that is no stream of events, nor an answer in one piece.
    pub(super) fn no_stream(self, content_type: &str, body: &str) -> ProviderError {
        let kind = if content_type.is_empty() { "of no kind".into() } else { error_text(content_type, self.key) };
        let words = format!("no answer of a model came, but something {kind}: “{}”", error_text(body, self.key));
        self.refused("200".into(), &format!("{words}. Check base_url."))
    }

    /// A stream that is over before its end was announced. `strange` is what it said last that means nothing here.
    pub(super) fn endless(self, strange: Option<&[u8]>) -> ProviderError {
        let last = strange.map(|strange| format!("; it said “{}”", String::from_utf8_lossy(strange)));
        self.broken(&format!("it ends before its end was announced{}", last.unwrap_or_default()))
    }

    /// An answer that broke off, or is not one.
    pub(super) fn broken(self, finding: &str) -> ProviderError {
        ProviderError::Broken { host: self.host.into(), finding: error_text(finding, self.key) }
    }

    pub(super) fn refused(self, status: String, words: &str) -> ProviderError {
        ProviderError::Refused { host: self.host.into(), status, finding: sentence(words, self.key) }
    }

    fn busy(self, status: String, words: &str, after: Option<Duration>) -> ProviderError {
        let mut finding = sentence(words, self.key);
        if let Some(after) = after {
            finding += &format!(" It asks to wait {}.", span(after));
        }
        ProviderError::Busy { host: self.host.into(), status, finding, after }
    }
}

/// Where servers put the words of an error, the most telling first.
const WORDS: &[&str] = &[
    "message",
    "msg",
    "error_description",
    "error_message",
    "error_msg",
    "detail",
    "details",
    "error",
    "errors",
    "title",
    "reason",
];

/// The words of an error, wherever this server puts them.
fn words(error: &Value) -> Option<String> {
    match error {
        Value::String(words) => Some(words.trim().to_owned()).filter(|words| !words.is_empty()),
        Value::Array(errors) => errors.iter().find_map(words),
        Value::Object(fields) => WORDS.iter().find_map(|key| words(fields.get(*key)?)),
        _ => None,
    }
}

/// What an error calls itself, by all its names: words, or a number as in a status. Those within it tell more than those around it.
fn kinds(error: &Value) -> Vec<String> {
    match error {
        Value::Array(errors) => errors.first().map(kinds).unwrap_or_default(),
        Value::Object(fields) => {
            let within = ["error", "errors"].iter().filter_map(|key| fields.get(*key)).flat_map(kinds);
            let named = ["type", "code", "status"].iter().filter_map(|key| match fields.get(*key)? {
                Value::String(kind) => Some(kind.clone()),
                Value::Number(code) => Some(code.to_string()),
                _ => None,
            });
            within.chain(named).filter(|kind| !kind.is_empty() && kind != "error").collect()
        }
        _ => Vec::new(),
    }
}

fn kind(error: &Value) -> String {
    kinds(error).into_iter().next().unwrap_or_else(|| "error".into())
}

/// Whether an error within an answer may pass.
fn is_passing(error: &Value) -> bool {
    let words =
        ["overloaded", "rate_limit", "server_error", "api_error", "timeout", "unavailable", "resource_exhausted"];
    kinds(error).iter().any(|kind| {
        let small = kind.to_ascii_lowercase();
        words.iter().any(|word| small.contains(word)) || kind.parse().is_ok_and(|code: u16| code == 429 || code >= 500)
    })
}

/// A limit that only money lifts is said with the same status as one that passes.
fn is_final(error: &Value) -> bool {
    kinds(error).iter().any(|kind| kind == "insufficient_quota")
}

/// How long Retry-After asks to wait: so many seconds, or until a date.
fn wait(after: &str, now: Timestamp) -> Option<Duration> {
    let after = after.trim();
    if let Ok(seconds) = after.parse::<f64>() {
        return Duration::try_from_secs_f64(seconds).ok();
    }
    let until = rfc2822::parse(after).ok()?.timestamp();
    Some(Duration::try_from(until.duration_since(now)).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPEAKER: Speaker<'_> = Speaker { host: "api.example", key: None };

    #[test]
    fn only_what_may_pass_is_worth_another_try() {
        let quota = r#"{"error":{"message":"You exceeded your current quota","type":"insufficient_quota"}}"#;
        for (status, body, transient) in [
            (400, "", false),
            (401, "", false),
            (402, "", false),
            (403, "", false),
            (404, "", false),
            (408, "", true),
            (413, "", false),
            (422, "", false),
            (429, "", true),
            (429, quota, false),
            (500, "", true),
            (502, "<html>", true),
            (503, "", true),
            (504, "", true),
            (529, r#"{"error":{"type":"overloaded_error","message":"Overloaded"}}"#, true),
        ] {
            let error = SPEAKER.status(status, None, body);
            assert_eq!(error.is_transient(), transient, "{status} {body}: {error}");
            assert!(error.to_string().contains(&status.to_string()), "{error}");
        }
        for (error, transient) in [
            (r#"{"error":{"type":"overloaded_error","message":"Overloaded"}}"#, true),
            (r#"{"error":{"type":"api_error","message":"Internal"}}"#, true),
            (r#"{"error":{"code":502,"message":"Bad gateway"}}"#, true),
            (r#"{"error":{"code":400,"message":"Bad request"}}"#, false),
            (r#"{"error":{"type":"invalid_request_error","message":"No"}}"#, false),
            (r#"{"error":"model not found"}"#, false),
        ] {
            let found = SPEAKER.error(error.as_bytes());
            assert_eq!(found.is_transient(), transient, "{error}: {found}");
        }
    }

    #[test]
    fn the_words_of_a_server_are_found_wherever_it_puts_them() {
        for (body, words) in [
            (r#"{"type":"error","error":{"type":"x","message":"max_tokens: too large"}}"#, "max_tokens: too large."),
            (r#"{"error":"model “x” not found"}"#, "model “x” not found."),
            (r#"{"message":"No route."}"#, "No route."),
            (r#"{"detail":"Not authenticated"}"#, "Not authenticated."),
            ("<html>\n<h1>Nope</h1>", "<html> <h1>Nope</h1>."),
            ("", "It does not say why."),
        ] {
            let ProviderError::Refused { finding, .. } = SPEAKER.status(400, None, body) else { panic!("{body}") };
            assert_eq!(finding, words);
        }
    }

    #[test]
    fn retry_after_is_a_number_or_a_date() {
        let now: Timestamp = "2026-11-22T14:20:00Z".parse().unwrap();
        for (after, seconds) in [
            ("7", Some(7)),
            (" 7 ", Some(7)),
            ("0", Some(0)),
            ("Sun, 22 Nov 2026 14:20:30 GMT", Some(30)),
            ("Sun, 22 Nov 2026 14:00:00 GMT", Some(0)),
            ("-1", None),
            ("NaN", None),
            ("1e300", None),
            ("soon", None),
            ("", None),
        ] {
            assert_eq!(wait(after, now), seconds.map(Duration::from_secs), "{after:?}");
        }
    }
}
