//! Frames: how fast one of 64 MiB is read, against `read_exact` into a buffer of its length; how fast a message is written and parsed,
//! against serde_json alone; and questions and answers, against a host that only echoes.

use crate::port::CALLER;
use crate::{Pairs, Samples, pairs, timed, told};
use prompt_runner::frame::{self, MAX_IN};
use prompt_runner_core::protocol::answer::Pong;
use prompt_runner_core::protocol::{Envelope, Message, Reply, Request, VERSION};
use serde::Deserialize;
use serde_json::json;
use std::borrow::Cow;
use std::hint::black_box;
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};

const QUESTIONS: u32 = 1_000;

pub(crate) fn measure(repeats: u32) -> Vec<Samples> {
    let body = vec![b'x'; MAX_IN as usize];
    let length = MAX_IN.to_ne_bytes();
    let whole = |mut from: &mut dyn Read| timed(|| frame::read(&mut from).unwrap());
    let bare = |from: &mut dyn Read| {
        timed(|| {
            let mut length = [0; 4];
            from.read_exact(&mut length).unwrap();
            let mut body = vec![0; u32::from_ne_bytes(length) as usize];
            from.read_exact(&mut body).unwrap();
            body
        })
    };
    let memory = || (&length[..]).chain(&body[..]);
    let from_memory = pairs(repeats, || whole(&mut memory()), || bare(&mut memory()));
    let piped = |read: &dyn Fn(&mut dyn Read) -> f64| {
        let (mut from, mut to) = std::io::pipe().unwrap();
        std::thread::scope(|scope| {
            scope.spawn(|| to.write_all(&length).and_then(|()| to.write_all(&body)).unwrap());
            read(&mut from)
        })
    };
    let from_pipe = pairs(repeats, || piped(&whole), || piped(&bare));
    vec![
        Samples::times("P11", "64 MiB frame, out of a pipe, against read_exact", "ms", from_pipe, 1.2),
        Samples::times("P11", "64 MiB frame, out of memory, against read_exact", "ms", from_memory, 1.2),
        Samples::times("P11", "writing 900 KB, against serde_json, memcpy and a write", "ms", writing(repeats), 1.1),
        Samples::times(
            "P11",
            "parsing a capture of 500 KB, against borrowing serde_json",
            "ms",
            parsing(repeats),
            1.15,
        ),
        Samples::times("P10", "1,000 questions of 100 bytes, against an echo host", "ms", questions(repeats), 1.25),
    ]
}

fn writing(repeats: u32) -> Pairs {
    let message = Message::Answer {
        v: VERSION,
        id: "7".into(),
        reply: Reply::Pong(Pong {
            version: "1".into(),
            sqlite: "3".into(),
            database: "x".repeat(900_000),
            files_bytes: 0,
        }),
    };
    let mut out = Vec::with_capacity(2 << 20);
    let mut copy = Vec::with_capacity(2 << 20);
    pairs(
        repeats * 10,
        || {
            out.clear();
            timed(|| frame::write(black_box(&mut out), &message).unwrap())
        },
        || {
            copy.clear();
            timed(|| {
                let json = serde_json::to_string(&message).unwrap();
                copy.extend_from_slice(&u32::try_from(json.len()).unwrap().to_ne_bytes());
                black_box(&mut copy).extend_from_slice(json.as_bytes());
            })
        },
    )
}

/// The same fields, with the text left where it stands.
#[derive(Deserialize)]
struct Borrowed<'a> {
    v: u32,
    id: &'a str,
    #[serde(borrow)]
    request: BorrowedRequest<'a>,
}

#[derive(Deserialize)]
struct BorrowedRequest<'a> {
    capture: &'a str,
    #[serde(borrow)]
    body: BorrowedBody<'a>,
}

#[derive(Deserialize)]
struct BorrowedBody<'a> {
    #[serde(borrow)]
    content: Cow<'a, str>,
}

fn parsing(repeats: u32) -> Pairs {
    let content = "A line of an answer, as long as lines are.\n".repeat(11_600);
    let body = json!({ "v": 1, "id": "7", "request": {
        "type": "capture", "capture": "c1", "session": "20261122_141129_1a2b3c4d", "phase": "planning", "source": "page",
        "body": { "format": "markdown", "content": content },
    } })
    .to_string();
    pairs(
        repeats * 10,
        || {
            timed(|| {
                let envelope: Envelope = serde_json::from_str(&body).unwrap();
                assert!(matches!(envelope.request, Request::Capture(_)));
                envelope
            })
        },
        || {
            timed(|| {
                let read: Borrowed<'_> = serde_json::from_str(&body).unwrap();
                black_box((read.v, read.id, read.request.capture, read.request.body.content));
            })
        },
    )
}

fn questions(repeats: u32) -> Pairs {
    let home = tempfile::tempdir().unwrap();
    let mut question = json!({ "v": 1, "id": "7", "request": { "type": "ping" } }).to_string();
    question.push_str(&" ".repeat(100 - question.len()));
    let framed = [&u32::try_from(question.len()).unwrap().to_ne_bytes()[..], question.as_bytes()].concat();
    let ask = |program: &Path| {
        let mut child = Command::new(program)
            .arg(format!("{}/", CALLER.trim_end()))
            .env("PROMPT_RUNNER_DATA_DIR", home.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (mut stdin, mut stdout) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        let mut once = || {
            stdin.write_all(&framed).unwrap();
            let mut length = [0; 4];
            stdout.read_exact(&mut length).unwrap();
            let mut body = vec![0; u32::from_ne_bytes(length) as usize];
            stdout.read_exact(&mut body).unwrap();
        };
        once();
        let took = timed(|| (0..QUESTIONS).for_each(|_| once()));
        drop(stdin);
        child.wait().unwrap();
        took
    };
    let echo = told("PROMPT_RUNNER_ECHO");
    pairs(repeats, || ask(Path::new(env!("CARGO_BIN_EXE_prompt-runner-host"))), || ask(&echo))
}
