//! What is asked of a model's API, and what is read in its answer.

use crate::listener::{Listener, PROMPT, ask, text};
use crate::replies::{Dialect, KEY, REPLY, api, named, plain};
use crate::server::{Act, Server, chunked, stream};
use prompt_runner_core::event::{Source, Usage};
use runner::ProviderEvent;
use runner::testing::{Anthropic, OpenAi, Outcome, ProviderError, ProviderReply};
use serde_json::{Value, json};
use std::num::NonZeroU32;
use std::time::Duration;

const PATIENT: Duration = Duration::from_secs(20);

fn answer(dialect: Dialect, events: &str) -> Result<ProviderReply, ProviderError> {
    let server = Server::new(vec![stream(events)]);
    let outcome = ask(&mut *dialect.provider(&server.url, PATIENT), PROMPT, None, &mut Listener::default())?;
    let Outcome::Reply(answer) = outcome else { panic!("nobody stored anything") };
    Ok(*answer)
}

#[test]
fn an_answer_is_exact_counted_and_timed() {
    for (dialect, model, input, write) in
        [(Dialect::Anthropic, "claude-test-1", 25, 3), (Dialect::OpenAi, "gpt-test-1", 25, 0)]
    {
        let answer = answer(dialect, &dialect.whole()).unwrap();
        assert_eq!(answer.text, REPLY);
        assert_eq!((answer.source, answer.model.as_deref()), (Source::Api, Some(model)));
        let usage = Usage { input_tokens: input, output_tokens: 15, cache_read_tokens: 7, cache_write_tokens: write };
        assert_eq!(answer.usage, Some(usage), "{dialect:?}");
        let timing = answer.timing;
        let times = [timing.sent_ms, timing.first_token_ms, timing.last_token_ms].map(Option::unwrap);
        assert!(times.is_sorted() && timing.span_ms.is_some(), "{timing:?}");
    }
}

#[test]
fn the_prompt_arrives_to_the_letter_and_the_key_in_one_header_alone() {
    for (dialect, path, header) in [
        (Dialect::Anthropic, "post /v1/messages ", format!("x-api-key: {KEY}\r\n")),
        (Dialect::OpenAi, "post /chat/completions ", format!("authorization: bearer {KEY}\r\n")),
    ] {
        let server = Server::new(vec![stream(&dialect.whole())]);
        ask(&mut *dialect.provider(&server.url, PATIENT), PROMPT, None, &mut Listener::default()).unwrap();
        let [asked] = server.asked().try_into().unwrap();
        assert!(asked.head.starts_with(path) && asked.head.contains(&header), "{}", asked.head);
        assert_eq!(asked.head.matches(KEY).count(), 1);
        let body: Value = serde_json::from_slice(&asked.body).unwrap();
        assert_eq!(body["messages"], json!([{ "role": "user", "content": PROMPT }]));
        assert_eq!((&body["stream"], &body["model"]), (&json!(true), &json!("asked-for")));
        if dialect == Dialect::Anthropic {
            assert!(asked.head.contains("anthropic-version: 2023-06-01\r\n"), "{}", asked.head);
            assert_eq!(body["max_tokens"], 32_000);
        } else {
            assert_eq!(body["stream_options"]["include_usage"], true);
            assert_eq!(body.get("max_tokens"), None);
        }
        assert!(!String::from_utf8(asked.body).unwrap().contains(KEY));
    }
}

#[test]
fn a_limit_of_tokens_is_passed_on_and_a_server_without_a_key_hears_of_none() {
    let server = Server::new(vec![stream(&Dialect::OpenAi.whole())]);
    let api = runner::testing::Api { key: None, max_tokens: NonZeroU32::new(77), ..api(&server.url, PATIENT) };
    ask(&mut OpenAi::new(api.clone()).unwrap(), PROMPT, None, &mut Listener::default()).unwrap();
    let asked = &server.asked()[0];
    assert!(!asked.head.contains("authorization"), "{}", asked.head);
    assert_eq!(serde_json::from_slice::<Value>(&asked.body).unwrap()["max_tokens"], 77);
    let server = Server::new(vec![stream(&Dialect::Anthropic.whole())]);
    let api = runner::testing::Api { address: crate::replies::api(&server.url, PATIENT).address, ..api };
    ask(&mut Anthropic::new(api).unwrap(), PROMPT, None, &mut Listener::default()).unwrap();
    assert_eq!(serde_json::from_slice::<Value>(&server.asked()[0].body).unwrap()["max_tokens"], 77);
}

#[test]
fn a_stream_reads_the_same_however_it_arrives() {
    for dialect in Dialect::BOTH {
        let head = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n";
        let whole = dialect.whole();
        let crlf = whole.replace('\n', "\r\n");
        let pause = Act::Pause(Duration::from_millis(100));
        for (what, acts) in [
            ("byte by byte", vec![Act::Send(head.to_vec()), Act::Trickle(whole.clone().into_bytes())]),
            ("chunks", chunked(&whole, 16, true)),
            ("chunks of one byte", chunked(&whole, 1, true)),
            ("other line ends", stream(&crlf)),
            ("a slow first byte", [vec![pause.clone()], stream(&whole)].concat()),
            ("a slow first event", vec![Act::Send(head.to_vec()), pause, Act::Send(whole.clone().into_bytes())]),
        ] {
            let server = Server::new(vec![acts]);
            let outcome = ask(&mut *dialect.provider(&server.url, PATIENT), PROMPT, None, &mut Listener::default());
            assert_eq!(text(outcome).as_deref(), Ok(REPLY), "{dialect:?}, {what}");
            assert_eq!(server.asked().len(), 1);
        }
    }
}

#[test]
fn tokens_that_nobody_counted_are_not_made_up() {
    let silent = named(&json!({ "type": "message_start", "message": { "content": [] } }))
        + &named(&json!({ "type": "content_block_delta", "delta": { "type": "text_delta", "text": "x" } }))
        + &named(&json!({ "type": "message_stop" }));
    let plain = plain(&json!({ "choices": [{ "delta": { "content": "x" } }] })) + "data: [DONE]\n\n";
    for (dialect, events) in [(Dialect::Anthropic, silent), (Dialect::OpenAi, plain)] {
        let answer = answer(dialect, &events).unwrap();
        assert_eq!((answer.text.as_str(), answer.usage, answer.model), ("x", None, None), "{dialect:?}");
    }
}

#[test]
fn thoughts_tools_and_events_of_the_future_are_no_part_of_the_reply() {
    let whole = Dialect::Anthropic.whole();
    let strange = [
        json!({ "type": "content_block_start", "index": 0, "content_block": { "type": "thinking", "thinking": "" } }),
        json!({ "type": "content_block_delta", "index": 0, "delta": { "type": "thinking_delta", "thinking": "Hm" } }),
        json!({ "type": "content_block_delta", "index": 0, "delta": { "type": "signature_delta", "signature": "==" } }),
        json!({ "type": "something_new", "delta": { "text": "no" } }),
    ]
    .iter()
    .map(named)
    .collect::<String>();
    assert_eq!(answer(Dialect::Anthropic, &(strange + &whole)).unwrap().text, REPLY);
}

#[test]
fn an_answer_that_reached_its_limit_is_handed_over_for_the_reader_to_judge() {
    for (dialect, from, to) in
        [(Dialect::Anthropic, "end_turn", "max_tokens"), (Dialect::OpenAi, "\"stop\"", "\"length\"")]
    {
        let whole = dialect.whole();
        assert!(whole.contains(from));
        assert_eq!(answer(dialect, &whole.replace(from, to)).unwrap().text, REPLY, "{dialect:?}");
    }
}

#[test]
fn either_end_of_a_completion_is_an_end() {
    let whole = Dialect::OpenAi.whole();
    let without_done = whole.replace("data: [DONE]\n\n", "");
    let without_reason = whole.replace("\"finish_reason\":\"stop\"", "\"finish_reason\":\"\"");
    assert!(without_done != whole && without_reason != whole);
    for events in [without_done, without_reason] {
        assert_eq!(answer(Dialect::OpenAi, &events).unwrap().text, REPLY);
    }
}

#[test]
fn growth_is_told_and_a_reply_that_another_door_stores_ends_the_call() {
    for dialect in Dialect::BOTH {
        let begun = dialect.begun().into_bytes();
        let head = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n".to_vec();
        let again = [Act::Pause(Duration::from_millis(50)), Act::Send(begun)];
        let acts = std::iter::once(Act::Send(head)).chain(again.into_iter().cycle().take(400)).collect();
        let server = Server::new(vec![acts]);
        let mut looks = 0;
        let stored = move || {
            looks += 1;
            looks == 3
        };
        let mut listener = Listener { stored: Box::new(stored), ..Listener::default() };
        let outcome = ask(&mut *dialect.provider(&server.url, PATIENT), PROMPT, None, &mut listener);
        assert_eq!(outcome, Ok(Outcome::Stored), "{dialect:?}");
        assert_eq!(listener.heard[0], ProviderEvent::Sent);
        let grown =
            listener.heard.iter().filter(|heard| matches!(heard, ProviderEvent::Growing { bytes } if *bytes > 0));
        assert!((1..20).contains(&grown.count()), "told now and then, not with every event: {:?}", listener.heard);
    }
}
