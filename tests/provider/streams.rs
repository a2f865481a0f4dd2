//! Streams as servers really send them: a folder for each dialect, and beside each stream what comes of it. Whatever is odd beside the
//! text, a stream gives its answer once, and the server is asked once; where there is no answer, the server's own words say why.

use crate::listener::{Listener, PROMPT, Still, ask};
use crate::replies::{Dialect, KEY, api};
use crate::server::{Act, Server};
use prompt_runner_core::event::Usage;
use prompt_runner_core::refusal::Refusal;
use runner::ProviderEvent;
use runner::testing::{Limits, Outcome};
use serde::Deserialize;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

const LIMITS: Limits = Limits { retries: 2, total: Duration::from_secs(600) };
/// What a text has in it that proves itself in these tests.
const PROOF: &str = "PROVEN";

/// What comes of a stream: a text, or a code.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    /// What the server calls it; a stream of events where nothing is written, and nothing at all for `null`.
    #[serde(default = "event_stream", rename = "type")]
    kind: Option<String>,
    /// How often the server is asked.
    #[serde(default = "once")]
    asked: usize,
    text: Option<String>,
    /// Input, output, read from a cache, written to one.
    usage: Option<[u64; 4]>,
    /// Whatever it is, where nothing is written.
    #[serde(default, deserialize_with = "written")]
    model: Option<Option<String>>,
    /// What has to be told beside the text; nothing, where nothing is written.
    #[serde(default)]
    remark: String,
    code: Option<String>,
    /// What the message has in it.
    #[serde(default)]
    says: Vec<String>,
    /// What the next step has in it.
    #[serde(default)]
    next: String,
}

fn event_stream() -> Option<String> {
    Some("text/event-stream".into())
}

const fn once() -> usize {
    1
}

fn written<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(from).map(Some)
}

fn streams(dialect: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/provider/streams").join(dialect);
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut streams: Vec<PathBuf> = files.filter(|file| file.extension().is_some_and(|kind| kind == "sse")).collect();
    streams.sort();
    assert!(streams.len() > 50, "{dialect} has {} streams", streams.len());
    streams
}

/// Asks a server that sends this, and gives what is not as expected.
fn wrong(dialect: Dialect, acts: Vec<Act>, expected: &Expected) -> Vec<String> {
    let server = Server::new(vec![acts]);
    let judge = |text: &str| if text.contains(PROOF) { Ok(()) } else { Err("It proves nothing.".to_owned()) };
    let mut listener = Listener { judge: Box::new(judge), ..Listener::default() };
    let mut provider = dialect.retrying(api(&server.url, Duration::from_secs(20)), LIMITS, Still::default());
    let outcome = ask(&mut *provider, PROMPT, None, &mut listener);
    let asked = server.asked().len();
    let mut facts = vec![(asked == expected.asked, format!("it was asked {asked} times"))];
    match (&outcome, &expected.text, &expected.code) {
        (Ok(Outcome::Reply(answer)), Some(text), None) => {
            let counts = |usage: Usage| {
                [usage.input_tokens, usage.output_tokens, usage.cache_read_tokens, usage.cache_write_tokens]
            };
            facts.push((answer.text == *text, format!("text {:?}", answer.text)));
            facts.push((answer.usage.map(counts) == expected.usage, format!("usage {:?}", answer.usage)));
            let model = expected.model.as_ref().unwrap_or(&answer.model);
            facts.push((*model == answer.model, format!("model {:?}", answer.model)));
            let remarks: Vec<&str> = listener.heard.iter().filter_map(remark).collect();
            let told = remarks.len() == usize::from(!expected.remark.is_empty());
            facts.push((told && remarks.concat().contains(&expected.remark), format!("remarks {remarks:?}")));
        }
        (Err(error), None, Some(code)) => {
            let refusal = Refusal::from(error.clone());
            let message = &refusal.message;
            facts.push((refusal.code.name() == code, format!("{refusal}")));
            facts.push((expected.says.iter().all(|says| message.contains(says)), format!("message {message}")));
            facts.push((refusal.hint.contains(&expected.next), format!("next step {}", refusal.hint)));
            let words = format!("{refusal:?} {error:?} {:?}", listener.heard);
            facts.push((!words.contains(KEY), "the key is in it".into()));
            let harmless = |ch: char| !ch.is_control() && !"\u{202e}\u{200e}".contains(ch);
            let fits = message.chars().count() < 500 && message.chars().all(harmless) && message.ends_with(['.', '…']);
            facts.push((fits, format!("no sentence to print: {message}")));
        }
        _ => facts.push((false, format!("{outcome:?}"))),
    }
    facts.into_iter().filter(|(holds, _)| !holds).map(|(_, what)| what).collect()
}

fn remark(heard: &ProviderEvent) -> Option<&str> {
    match heard {
        ProviderEvent::Remark { what } => Some(what),
        _ => None,
    }
}

fn head(kind: Option<&str>, more: &str) -> Vec<u8> {
    let kind = kind.map(|kind| format!("content-type: {kind}\r\n")).unwrap_or_default();
    format!("HTTP/1.1 200 OK\r\nconnection: close\r\n{kind}{more}\r\n").into_bytes()
}

/// The same body in every way in which a network and a server may part it, end its lines and begin it.
fn arrivals(kind: Option<&str>, body: &[u8]) -> Vec<(&'static str, Vec<Act>)> {
    let plain = |body: &[u8]| vec![Act::Send([&head(kind, ""), body].concat())];
    let lines = |end: &[u8]| body.split(|byte| *byte == b'\n').collect::<Vec<_>>().join(end);
    let mut chunked = head(kind, "transfer-encoding: chunked\r\n");
    for byte in body {
        chunked.extend_from_slice(b"1\r\n");
        chunked.push(*byte);
        chunked.extend_from_slice(b"\r\n");
    }
    chunked.extend_from_slice(b"0\r\n\r\n");
    let mut all = vec![
        ("at once", plain(body)),
        ("in chunks of one byte", vec![Act::Send(chunked)]),
        ("with CRLF", plain(&lines(b"\r\n"))),
        ("with CR", plain(&lines(b"\r"))),
        ("after a mark", plain(&[b"\xef\xbb\xbf", body].concat())),
    ];
    if body.len() < 2_000 {
        all.push(("byte by byte", vec![Act::Send(head(kind, "")), Act::Trickle(body.to_vec())]));
    }
    if body.starts_with(b"data:") || body.starts_with(b"event:") {
        all.push(("after blank lines and a comment", plain(&[b"\n\n: hello\n\n", body].concat())));
        all.push(("without its last blank line", plain(body.trim_ascii_end())));
    }
    all
}

fn every_stream_gives_its_answer_once(dialect: Dialect, folder: &str) {
    let mut all_wrong = Vec::new();
    for stream in streams(folder) {
        let body = fs::read(&stream).unwrap();
        let expected = fs::read(stream.with_extension("json")).unwrap();
        let name = format!("{folder}/{}", stream.file_stem().unwrap().to_str().unwrap());
        let expected: Expected = serde_json::from_slice(&expected).unwrap_or_else(|error| panic!("{name}: {error}"));
        for (arrival, acts) in arrivals(expected.kind.as_deref(), &body) {
            let wrong = wrong(dialect, acts, &expected);
            all_wrong.extend(wrong.iter().map(|wrong| format!("{name}, {arrival}: {wrong}")));
        }
    }
    assert!(all_wrong.is_empty(), "{} things are wrong:\n{}", all_wrong.len(), all_wrong.join("\n"));
}

#[test]
fn every_stream_of_chat_completions_gives_its_answer_once() {
    every_stream_gives_its_answer_once(Dialect::OpenAi, "openai");
}

#[test]
fn every_stream_of_messages_gives_its_answer_once() {
    every_stream_gives_its_answer_once(Dialect::Anthropic, "anthropic");
}
