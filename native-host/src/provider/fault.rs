//! What a server says when it does not answer, as one of our errors: whether it makes sense to ask again is what matters most.

use super::ProviderError;
use super::error::span;
use super::key::Key;
use super::said::{said, sentence};
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
        let words = error.as_ref().and_then(message).unwrap_or_else(|| body.to_owned());
        match status {
            408 | 429 | 500.. if !error.as_ref().is_some_and(is_final) => {
                self.busy(status.to_string(), &words, after.and_then(|after| wait(after, Timestamp::now())))
            }
            _ => self.refused(status.to_string(), &words),
        }
    }

    /// An error that came in the place of an answer, or within it.
    pub(super) fn error(self, error: &Value) -> ProviderError {
        let kind = said(&kind(error), self.key);
        let words = message(error).unwrap_or_else(|| error.to_string());
        if is_passing(error) && !is_final(error) { self.busy(kind, &words, None) } else { self.refused(kind, &words) }
    }

    /// An answer that is no stream of events.
    pub(super) fn no_stream(self, content_type: &str, body: &str) -> ProviderError {
        match serde_json::from_str::<Value>(body) {
            Ok(error) if error.get("error").is_some() => self.error(&error),
            _ => {
                let kind = if content_type.is_empty() { "of no kind" } else { content_type };
                let words = format!("not a stream of events came, but something {kind}: “{}”", said(body, self.key));
                self.refused("200".into(), &format!("{words}. Check base_url."))
            }
        }
    }

    /// An answer that broke off, or is not one.
    pub(super) fn broken(self, finding: &str) -> ProviderError {
        ProviderError::Broken { host: self.host.into(), finding: said(finding, self.key) }
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

/// The words of an error, wherever this server puts them.
fn message(error: &Value) -> Option<String> {
    ["/error/message", "/message", "/error", "/detail"]
        .iter()
        .find_map(|place| error.pointer(place).and_then(Value::as_str))
        .map(str::to_owned)
}

/// What an error calls itself: a word, or a number as in a status.
fn kind(error: &Value) -> String {
    let named = ["/error/type", "/error/code"].iter().find_map(|place| match error.pointer(place)? {
        Value::String(kind) => Some(kind.clone()),
        Value::Number(code) => Some(code.to_string()),
        _ => None,
    });
    named.unwrap_or_else(|| "error".into())
}

/// Whether an error within an answer may pass.
fn is_passing(error: &Value) -> bool {
    let kind = kind(error);
    let words = ["overloaded", "rate_limit", "server_error", "api_error", "timeout", "unavailable"];
    words.iter().any(|word| kind.contains(word)) || kind.parse().is_ok_and(|code: u16| code == 429 || code >= 500)
}

/// A limit that only money lifts is said with the same status as one that passes.
fn is_final(error: &Value) -> bool {
    ["/error/type", "/error/code"]
        .iter()
        .any(|place| error.pointer(place).is_some_and(|kind| kind == "insufficient_quota"))
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
            let found = SPEAKER.error(&serde_json::from_str(error).unwrap());
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
