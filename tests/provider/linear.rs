//! Twice the stream costs about twice the work, whatever a server makes it of. Measured in the time that the thread which asks worked,
//! over two doublings at once and as a ratio of runs in turns, so that a busy machine does not matter.

use crate::listener::{Listener, PROMPT, ask};
use crate::replies::Dialect;
use crate::server::{Act, Server};
use rustix::time::{ClockId, clock_gettime};
use std::time::Duration;

/// Twice the work, and a tenth for what is not counted.
const MOST: f64 = 2.2;
/// How large the smaller stream is, in bytes.
const SIZE: usize = 64 << 10;

/// What a body is made of: what it begins with, what comes again and again, and what it ends with.
struct Shape(&'static str, Dialect, &'static [u8], &'static [u8], &'static [u8]);

const fn chat(what: &'static str, begin: &'static [u8], again: &'static [u8], end: &'static [u8]) -> Shape {
    Shape(what, Dialect::OpenAi, begin, again, end)
}

const fn message(what: &'static str, begin: &'static [u8], again: &'static [u8], end: &'static [u8]) -> Shape {
    Shape(what, Dialect::Anthropic, begin, again, end)
}

const SHAPES: &[Shape] = &[
    chat("one line without end", b"data: ", b"x", b""),
    chat("one open string", b"data: {\"choices\":\"", b"x", b""),
    chat("text by the letter", b"", b"data: {\"choices\":[{\"delta\":{\"content\":\"x\"}}]}\n\n", b"data: [DONE]\n\n"),
    chat(
        "one long text",
        b"data: {\"choices\":[{\"delta\":{\"content\":\"",
        b"word ",
        b"\"},\"finish_reason\":\"stop\"}]}\n\n",
    ),
    chat(
        "escapes",
        b"data: {\"choices\":[{\"delta\":{\"content\":\"",
        b"\\u0041\\n",
        b"\"},\"finish_reason\":\"stop\"}]}\n\n",
    ),
    chat(
        "backslashes",
        b"data: {\"choices\":[{\"delta\":{\"content\":\"",
        b"\\\\",
        b"\"},\"finish_reason\":\"stop\"}]}\n\n",
    ),
    chat(
        "halves of letters",
        b"data: {\"choices\":[{\"delta\":{\"content\":\"",
        b"\\ud83e",
        b"\"},\"finish_reason\":\"stop\"}]}\n\n",
    ),
    chat(
        "bytes that are no text",
        b"data: {\"choices\":[{\"delta\":{\"content\":\"",
        b"\xff",
        b"\"},\"finish_reason\":\"stop\"}]}\n\n",
    ),
    chat(
        "bytes that begin a letter",
        b"data: {\"choices\":[{\"delta\":{\"content\":\"",
        b"\xed\xa0",
        b"\"},\"finish_reason\":\"stop\"}]}\n\n",
    ),
    chat(
        "lines of one event",
        b"data: {\"choices\":[\n",
        b"data:\n",
        b"data: {\"delta\":{\"content\":\"x\"},\"finish_reason\":\"stop\"}]}\n\n",
    ),
    chat("lines of data without an event", b"", b"data: {\n", b""),
    chat("empty events", b"", b"data:\n\n", b"data: [DONE]\n\n"),
    chat("comments", b"", b":\n", b""),
    chat("carriage returns", b"data:", b"\r", b""),
    chat("names", b"", b"event: x\n", b""),
    chat("words", b"", b"data: x\n\n", b""),
    chat("lists in lists", b"data: {\"x\":", b"[", b"}\n\n"),
    chat("objects in objects", b"data: {\"x\":", b"{\"choices\":", b"\n\n"),
    chat("a list of choices", b"data: {\"choices\":[", b"{},", b"{}]}\n\ndata: [DONE]\n\n"),
    chat(
        "a list of parts",
        b"data: {\"choices\":[{\"delta\":{\"content\":[",
        b"{\"type\":\"text\",\"text\":\"x\"},",
        b"\"x\"]},\"finish_reason\":\"stop\"}]}\n\n",
    ),
    chat("the same field", b"data: {", b"\"choices\":[],", b"\"choices\":[]}\n\n"),
    chat("values in one event", b"data: ", b"{}", b"\n\n"),
    chat(
        "the last chunk",
        b"",
        b"data: {\"choices\":[{\"delta\":{\"content\":\"x\"},\"finish_reason\":\"stop\"}]}\n\n",
        b"",
    ),
    chat("refusals", b"", b"data: {\"choices\":[{\"delta\":{\"refusal\":\"no\"}}]}\n\n", b"data: [DONE]\n\n"),
    chat("a number", b"data: {\"choices\":[],\"usage\":{\"prompt_tokens\":", b"9", b"}}\n\n"),
    chat("an error of lists", b"data: {\"error\":[", b"[{}],", b"1]}\n\n"),
    chat("an error of words", b"data: {\"error\":\"", b"no \\u202e", b"\"}\n\n"),
    chat("a document of chunks", b"[", b"{\"choices\":[{\"delta\":{\"content\":\"x\"}}]},", b"{}]"),
    chat("an open document", b"{", b"\"a\":{", b""),
    chat("a page", b"<p>", b"<p>", b""),
    message(
        "text by the letter",
        b"",
        b"data: {\"type\":\"content_block_delta\",\"delta\":{\"text\":\"x\"}}\n\n",
        b"data: {\"type\":\"message_stop\"}\n\n",
    ),
    message(
        "blocks of a document",
        b"{\"type\":\"message\",\"content\":[",
        b"{\"type\":\"text\",\"text\":\"x\"},",
        b"\"x\"],\"stop_reason\":\"end_turn\"}",
    ),
    message(
        "counts",
        b"",
        b"data: {\"type\":\"message_delta\",\"usage\":{\"output_tokens\":7}}\n\n",
        b"data: {\"type\":\"message_stop\"}\n\n",
    ),
    message("types", b"data: {", b"\"type\":\"x\",", b"\"type\":\"ping\"}\n\n"),
];

/// A server that sends so many bytes of a shape, to whomever asks.
fn server(shape: &Shape, size: usize) -> Server {
    let Shape(_, _, begin, again, end) = shape;
    let head = b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-type: text/event-stream\r\n\r\n";
    let body = [&head[..], begin, &again.repeat(size / again.len()), end].concat();
    Server::new(vec![vec![Act::Send(body)]])
}

/// How long this thread worked at what a server sends.
fn worked_ns(dialect: Dialect, server: &Server) -> i64 {
    let now = || {
        let time = clock_gettime(ClockId::ThreadCPUTime);
        time.tv_sec * 1_000_000_000 + time.tv_nsec
    };
    let judge = |_: &str| Err("It proves nothing.".to_owned());
    let mut listener = Listener { judge: Box::new(judge), ..Listener::default() };
    let mut provider = dialect.provider(&server.url, Duration::from_secs(60));
    let begun = now();
    let _ = ask(&mut *provider, PROMPT, None, &mut listener);
    now() - begun
}

/// How many times the work twice the stream costs; of each the least of several, for nothing makes a run faster than its work.
fn ratio(shape: &Shape) -> f64 {
    let (short, long) = (server(shape, SIZE), server(shape, 4 * SIZE));
    let runs = (0..12).map(|_| (worked_ns(shape.1, &short), worked_ns(shape.1, &long)));
    let (shorts, longs): (Vec<i64>, Vec<i64>) = runs.unzip();
    (*longs.iter().min().unwrap() as f64 / *shorts.iter().min().unwrap() as f64).sqrt()
}

#[test]
fn twice_the_stream_is_twice_the_work() {
    let measured = SHAPES.iter().map(|shape| (shape, ratio(shape)));
    let wrong: Vec<String> = measured
        .filter(|(_, ratio)| *ratio > MOST)
        .map(|(shape, ratio)| format!("{:?}, {}: twice the stream costs {ratio:.1} times the work", shape.1, shape.0))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
