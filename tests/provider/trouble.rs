//! A table of everything that goes wrong between us and a model's API: what comes of it, and how often it was asked.

use crate::listener::{Listener, PROMPT, Still, ask, text};
use crate::replies::{Dialect, KEY, REPLY, api, named, plain};
use crate::server::{Act, Server, chunked, response, stream};
use prompt_runner_core::refusal::{Code, Refusal};
use runner::ProviderEvent;
use runner::testing::{Limits, ProviderError};
use serde_json::json;
use std::net::TcpListener;
use std::time::Duration;

const SSE: &str = "content-type: text/event-stream\r\n";
const JSON: &str = "content-type: application/json\r\n";
const LIMITS: Limits = Limits { retries: 2, total: Duration::from_secs(600) };

/// What happens, what the server does, how it ends (the reply, or a code and words of the message), and how often it was asked.
struct Row(&'static str, Vec<Vec<Act>>, Result<(), (Code, &'static str)>, usize);

/// Asks as a developer's program does, but without waiting.
fn told(
    dialect: Dialect,
    url: &str,
    silence: Duration,
) -> (Result<String, ProviderError>, Vec<ProviderEvent>, Duration) {
    let clock = Still::default();
    let judge = |_: &str| Err("It proves nothing.".to_owned());
    let mut listener = Listener { judge: Box::new(judge), ..Listener::default() };
    let mut provider = dialect.retrying(api(url, silence), LIMITS, clock.clone());
    let outcome = ask(&mut *provider, PROMPT, None, &mut listener);
    (text(outcome), listener.heard, clock.0.get())
}

fn has_no_key(error: &ProviderError, heard: &[ProviderEvent]) {
    let refusal = Refusal::from(error.clone());
    let words = format!("{error} {error:?} {refusal} {refusal:?} {heard:?}");
    assert!(!words.contains(KEY) && !words.contains("sk-test"), "{words}");
    assert!(refusal.message.ends_with(['.', '…']) && !refusal.message.contains('\n'), "{refusal}");
}

#[test]
fn whatever_goes_wrong_is_named_and_tried_again_only_where_that_may_help() {
    use Code::{ProviderBroken, ProviderBusy, ProviderRefused, ProviderTimedOut, ReplyTooLarge};
    for dialect in Dialect::BOTH {
        let whole = || stream(&dialect.whole());
        let status = |line: &str, headers: &str, body: &str| response(line, headers, body);
        let overloaded = match dialect {
            Dialect::Anthropic => {
                named(&json!({ "type": "error", "error": { "type": "overloaded_error", "message": "Overloaded" } }))
            }
            Dialect::OpenAi => plain(&json!({ "error": { "code": 502, "message": "Overloaded" } })),
        };
        let invalid = r#"{"type":"error","error":{"type":"invalid_request_error","message":"max_tokens: too many"}}"#;
        let echo = format!(r#"{{"error":{{"message":"Incorrect API key provided: {KEY}","type":"auth"}}}}"#);
        let giant = format!("data: {}", "x".repeat((16 << 20) + 1));
        let silent = |sent: &str| vec![Act::Send(format!("HTTP/1.1 200 OK\r\n{SSE}\r\n{sent}").into()), Act::Silence];
        let rows = [
            Row(
                "429, then an answer",
                vec![status("429 Too Many Requests", "retry-after: 7\r\n", ""), whole()],
                Ok(()),
                2,
            ),
            Row("529, then an answer", vec![status("529 Overloaded", "", ""), whole()], Ok(()), 2),
            Row(
                "500 all the time",
                vec![status("500 Oops", JSON, r#"{"error":{"message":"Boom"}}"#)],
                Err((ProviderBusy, "Boom")),
                3,
            ),
            Row(
                "503 as a page",
                vec![status("503 No", "", "<html>maintenance</html>")],
                Err((ProviderBusy, "maintenance")),
                3,
            ),
            Row(
                "a wait that is too long",
                vec![status("429 No", "retry-after: 86400\r\n", "")],
                Err((ProviderBusy, "1440 min")),
                1,
            ),
            Row("401", vec![status("401 Unauthorized", JSON, &echo)], Err((ProviderRefused, "[key]")), 1),
            Row("403 as text with the key", vec![status("403 No", "", KEY)], Err((ProviderRefused, "403")), 1),
            Row(
                "400",
                vec![status("400 Bad Request", JSON, invalid)],
                Err((ProviderRefused, "max_tokens: too many")),
                1,
            ),
            Row("404", vec![status("404 Not Found", "", "")], Err((ProviderRefused, "does not say why")), 1),
            Row("413", vec![status("413 Too Large", "", "no")], Err((ProviderRefused, "413")), 1),
            Row("closed at once", vec![vec![]], Err((Code::ProviderUnreachable, "cannot be reached")), 3),
            Row(
                "not HTTP",
                vec![vec![Act::Send(b"SSH-2.0-x\r\n\r\n".to_vec())]],
                Err((Code::ProviderUnreachable, "")),
                3,
            ),
            Row("closed within the answer", vec![stream(&dialect.begun())], Err((ProviderBroken, "ends before")), 3),
            Row(
                "closed within an event",
                vec![stream(&dialect.whole()[..200])],
                Err((ProviderBroken, "ends before")),
                3,
            ),
            Row(
                "closed within a chunk",
                vec![chunked(&dialect.begun(), 64, false)],
                Err((ProviderBroken, "broke off")),
                3,
            ),
            Row("broken, then an answer", vec![stream(&dialect.begun()), whole()], Ok(()), 2),
            Row("nothing at all", vec![stream("")], Err((ProviderBroken, "ends before")), 3),
            Row(
                "no event can be read",
                vec![stream("data: {nonsense\n\n")],
                Err((ProviderBroken, "cannot be read")),
                3,
            ),
            Row("overloaded within the answer", vec![stream(&(dialect.begun() + &overloaded)), whole()], Ok(()), 2),
            Row("silent before the answer", vec![vec![Act::Silence]], Err((ProviderTimedOut, "300 ms")), 3),
            Row("silent within the answer", vec![silent(&dialect.begun())], Err((ProviderTimedOut, "300 ms")), 3),
            Row("an event without end", vec![stream(&giant)], Err((ReplyTooLarge, "16 MiB")), 1),
            Row(
                "a page",
                vec![status("200 OK", "content-type: text/html\r\n", "<h1>Welcome</h1>")],
                Err((ProviderRefused, "Welcome")),
                1,
            ),
            Row("an error with 200", vec![status("200 OK", JSON, invalid)], Err((ProviderRefused, "max_tokens")), 1),
            Row("another type", vec![status("200 OK", "content-type: text/plain\r\n", &dialect.whole())], Ok(()), 1),
            Row("no type", vec![status("200 OK", "", "hello")], Err((ProviderRefused, "base_url")), 1),
        ];
        for Row(what, script, ending, requests) in rows {
            let server = Server::new(script);
            let silence = Duration::from_millis(if what.starts_with("silent") { 300 } else { 20_000 });
            let (outcome, heard, waited) = told(dialect, &server.url, silence);
            match (&outcome, ending) {
                (Ok(reply), Ok(())) => assert_eq!(reply, REPLY, "{what}"),
                (Err(error), Err((code, words))) => {
                    let refusal = Refusal::from(error.clone());
                    assert_eq!(refusal.code, code, "{what}: {refusal}");
                    assert!(refusal.message.contains(words), "{what}: {refusal}");
                    has_no_key(error, &heard);
                }
                _ => panic!("{dialect:?}, {what}: {outcome:?}"),
            }
            assert_eq!(server.asked().len(), requests, "{dialect:?}, {what}");
            let again = heard.iter().filter(|heard| matches!(heard, ProviderEvent::Again { .. })).count();
            assert_eq!(again, requests - 1, "{what}: {heard:?}");
            if what.starts_with("429") {
                assert_eq!(
                    waited,
                    Duration::from_secs(7),
                    "{what}: as long as the server asks, which is more than we would"
                );
            }
        }
    }
}

#[test]
fn where_nobody_listens_nothing_is_sent() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for dialect in Dialect::BOTH {
        let (outcome, heard, waited) = told(dialect, &format!("http://{free}"), Duration::from_secs(20));
        let error = outcome.unwrap_err();
        assert!(matches!(error, ProviderError::Unreachable { .. }), "{error:?}");
        has_no_key(&error, &heard);
        assert_eq!(waited, Duration::from_secs(2 + 4), "tried three times, with two waits");
    }
}

#[test]
fn a_redirect_is_followed_by_neither_prompt_nor_key() {
    for (dialect, status) in Dialect::BOTH.into_iter().zip(["307 Temporary Redirect", "302 Found"]) {
        let thief = Server::new(vec![stream(&dialect.whole())]);
        let headers = format!("location: {}/v1/messages?{KEY}\r\n", thief.url);
        let server = Server::new(vec![response(status, &headers, "")]);
        let (outcome, heard, _) = told(dialect, &server.url, Duration::from_secs(20));
        let error = outcome.unwrap_err();
        assert!(matches!(error, ProviderError::Refused { .. }) && error.to_string().contains(&thief.url), "{error}");
        has_no_key(&error, &heard);
        assert_eq!((server.asked().len(), thief.asked().len()), (1, 0));
    }
}

#[test]
fn a_long_complaint_is_cut_and_harmless() {
    let body = format!(r#"{{"error":{{"message":"\u001b[31m{}"}}}}"#, "no ".repeat(10_000));
    let server = Server::new(vec![response("400 Bad Request", JSON, &body)]);
    let (outcome, heard, _) = told(Dialect::Anthropic, &server.url, Duration::from_secs(20));
    let error = outcome.unwrap_err();
    has_no_key(&error, &heard);
    let message = error.to_string();
    assert!(message.chars().count() < 400 && !message.contains('\u{1b}'), "{message}");
}
