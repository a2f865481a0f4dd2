//! R11 and R12: frames are the same however their bytes come, no frame of ours is larger than a browser takes, and what a library prints
//! is no frame.

use crate::account::{Account, Scale};
use crate::answer::{self, Fault};
use crate::port::{Port, frame};
use crate::seed::Dice;
use prompt_runner::frame::{Incoming, read};
use prompt_runner_core::phase::Phase;
use runner::hex::hash;
use serde_json::{Value, json};
use std::io::{self, Read, Write as _};

/// Gives its bytes in the pieces that it was cut into.
struct Pieces<'a>(Vec<&'a [u8]>);

impl Read for Pieces<'_> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let Some(piece) = self.0.first_mut() else { return Ok(0) };
        let size = piece.len().min(to.len());
        to[..size].copy_from_slice(&piece[..size]);
        *piece = &piece[size..];
        if piece.is_empty() {
            self.0.remove(0);
        }
        Ok(size)
    }
}

/// A stream cut at these places, all of them in ascending order.
fn pieces<'a>(stream: &'a [u8], cuts: &[usize]) -> Vec<&'a [u8]> {
    let from = std::iter::once(0).chain(cuts.iter().copied());
    let to = cuts.iter().copied().chain([stream.len()]);
    from.zip(to).map(|(from, to)| &stream[from..to]).filter(|piece| !piece.is_empty()).collect()
}

pub(crate) fn cut(scale: Scale) -> Account {
    let mut account = Account { unit: "ways to cut", ..Account::default() };
    // In the reader itself: every three cuts, so that each frame and each header can come in pieces.
    let bodies: [&[u8]; 3] = [b"{\"a\":1}", b"", "\"\u{1f980}\"".as_bytes()];
    let stream = bodies.map(frame).concat();
    let check = |cuts: &[usize], account: &mut Account| {
        let mut from = Pieces(pieces(&stream, cuts));
        let same = bodies.iter().all(|body| read(&mut from).ok() == Some(Incoming::Message(body.to_vec())))
            && read(&mut from).ok() == Some(Incoming::End);
        account.hold(same, || format!("cut at {cuts:?}"));
        account.ran += 1;
    };
    for first in 0..stream.len() {
        for second in first..stream.len() {
            for third in second..stream.len() {
                check(&[first, second, third], &mut account);
            }
        }
    }
    check(&(1..stream.len()).collect::<Vec<_>>(), &mut account);
    account.promised = account.ran;
    account.notes.push(format!(
        "in the reader, every three cuts of {} bytes and all at once: {}",
        stream.len(),
        account.ran
    ));
    through_the_host(scale, &mut account);
    account
}

/// The same at the real program, where a pipe and its buffers are in between.
fn through_the_host(scale: Scale, account: &mut Account) {
    let home = tempfile::tempdir().unwrap();
    let mut port = Port::open(home.path());
    let ids = ["one", "zw\u{f6}lf", "long"];
    let ping = |id: &str| {
        let blanks = " ".repeat(if id == ids[2] { 9_000 } else { 0 });
        json!({ "v": 1, "id": id, "request": { "type": "ping" } }).to_string().replacen('{', &format!("{{{blanks}"), 1)
    };
    let stream = ids.map(|id| frame(ping(id).as_bytes())).concat();
    // The third is longer than any buffer on the way; its cuts are at 4,096 bytes and at random.
    let short = stream.len() - frame(ping(ids[2]).as_bytes()).len() + 8;
    let mut ways: Vec<Vec<usize>> =
        vec![vec![], (1..stream.len()).collect(), (1..=stream.len() / 4_096).map(|at| at * 4_096).collect()];
    ways.extend((1..short).map(|cut| vec![cut]));
    if scale == Scale::Full {
        ways.extend((1..short).flat_map(|first| (first + 1..short).map(move |second| vec![first, second])));
    }
    let mut dice = Dice::new(11);
    for _ in 0..scale.of(50, 500, 2_000) {
        let mut cuts: Vec<_> = (0..3).map(|_| usize::try_from(dice.roll(stream.len() as u64)).unwrap()).collect();
        cuts.sort_unstable();
        ways.push(cuts);
    }
    for cuts in &ways {
        for piece in pieces(&stream, cuts) {
            port.write(piece);
        }
        for id in ids {
            let answer = port.answer();
            account.hold(answer["id"] == id && answer["reply"]["type"] == "pong", || {
                format!("through the host, cut at {cuts:?}: {answer}")
            });
        }
        account.ran += 1;
    }
    let bounds = short as u64 - 1;
    account.promised += 3 + bounds + bounds * (bounds - 1) / 2 + 2_000;
    account
        .notes
        .push(format!("through the host: {} ways, one of them in writes of one byte, one of 4,096", ways.len()));
}

pub(crate) fn large(scale: Scale) -> Account {
    let mebibytes = usize::try_from(scale.of(4, 10, 100)).unwrap();
    let mut account = Account { unit: "MiB in one answer", promised: 100, ..Account::default() };
    let home = tempfile::tempdir().unwrap();
    let mut port = Port::open(home.path());
    let start = port.ask(&json!({ "type": "start", "feature": "Dark mode", "workflow": "full" }));
    let session = start["view"]["session"].as_str().unwrap().to_owned();
    let mut sent = Vec::new();
    // One reply may have 16 MiB; a prompt holds what it builds on, so that the record is about twice the replies.
    for at in 0..Phase::FULL.len() {
        let prompt = port.ask(&json!({ "type": "prompt", "session": session }));
        let line = "A line with \"quotes\", \\ and \u{1f980}.\n";
        let sections =
            prompt["text"].as_str().unwrap().rsplit("PROMPT-RUNNER/1 ").next().unwrap().matches("section: ").count();
        let size = (mebibytes << 20) / 8 / sections;
        let text = answer::markdown(prompt["text"].as_str().unwrap(), &line.repeat(size / line.len()), Fault::None);
        let body = json!({ "format": "markdown", "content": text });
        let stored = port.ask(&json!({ "type": "capture", "capture": format!("c{at}"), "session": session, "source": "page", "body": body }));
        account
            .hold(stored["verdict"]["problem"].is_null(), || format!("a reply was not taken: {}", stored["verdict"]));
        sent.push(hash(&text));
    }
    // What a library prints goes to file 1; a host whose frames were there would be heard to stammer.
    let printed = format!("/proc/{}/fd/1", port.pid());
    let print =
        || std::fs::OpenOptions::new().append(true).open(&printed).unwrap().write_all(b"a stray print\n").unwrap();
    let prints = scale.of(10, 100, 1_000);
    for _ in 0..prints {
        print();
        account.hold(port.ask(&json!({ "type": "ping" }))["type"] == "pong", || "a print came between".to_owned());
    }
    account
        .hold(port.stderr().matches("a stray print").count() == prints as usize, || "prints went elsewhere".to_owned());

    let id = port.send(&json!({ "type": "show", "session": session }));
    print();
    let (mut bytes, mut frames, mut largest, mut json) = (0, 0, 0, String::new());
    loop {
        let frame = port.frame().expect("a frame of more than 1 MiB, or the end");
        let message: Value = serde_json::from_slice(&frame).unwrap();
        if !message["notice"].is_null() {
            continue;
        }
        account.hold(message["id"] == id && message["index"] == frames, || {
            format!("piece {} where {frames} belongs", message["index"])
        });
        (frames, bytes, largest) = (frames + 1, bytes + frame.len(), largest.max(frame.len()));
        json.push_str(message["piece"].as_str().unwrap());
        if message["of"] == frames {
            break;
        }
    }
    let record: Value = serde_json::from_str(&json).unwrap();
    for (at, known) in sent.iter().enumerate() {
        let reply = record["reply"]["phases"][at]["reply"].as_str().unwrap();
        account.hold(hash(reply) == *known, || format!("reply {at} came back as another text"));
    }
    account.hold(largest <= 1 << 20, || format!("a frame of {largest} bytes"));
    account.ran = (json.len() >> 20) as u64;
    account.notes.push(format!(
        "{frames} frames, the largest {largest} bytes, {} MiB on the wire; {} replies with the hashes they were sent with; {prints} stray prints",
        bytes >> 20,
        sent.len()
    ));
    account
}
