//! Much text: answers above the browser's limit come in pieces, large replies are kept, larger ones refused, and memory stays bounded.

use crate::answer::{self, Fault};
use crate::port::{Port, frame};
use crate::report::tell;
use serde_json::{Value, json};

/// A session with its planning prompt.
fn planned(port: &mut Port) -> (String, String) {
    let start = port.ask(&json!({ "type": "start", "feature": "Dark mode" }));
    let session = start["view"]["session"].as_str().unwrap().to_owned();
    let prompt = port.ask(&json!({ "type": "prompt", "session": session }));
    (session, prompt["text"].as_str().unwrap().to_owned())
}

fn capture(id: &str, session: &str, content: &str) -> Value {
    json!({ "type": "capture", "capture": id, "session": session, "source": "page", "body": { "format": "markdown", "content": content } })
}

#[test]
fn an_answer_above_one_mebibyte_arrives_in_pieces() {
    let home = tempfile::tempdir().unwrap();
    let mut port = Port::open(home.path());
    let (session, prompt) = planned(&mut port);
    let body = "\"quotes\" \\ and ünïcödé 🦀\n".repeat(20_000);
    let reply = answer::markdown(&prompt, &body, Fault::None);
    assert_eq!(port.ask(&capture("c", &session, &reply))["verdict"]["problem"], Value::Null);

    let next = port.ask(&json!({ "type": "prompt", "session": session }));
    assert!(
        next["text"].as_str().unwrap().contains(body.trim_end()),
        "the template of planning stands in the analysis prompt"
    );
    let id = port.send(&json!({ "type": "show", "session": session }));
    let first: Value = serde_json::from_slice(&port.frame().unwrap()).unwrap();
    // News may come first; it is never in the middle of a message.
    let first = if first["notice"].is_null() { first } else { serde_json::from_slice(&port.frame().unwrap()).unwrap() };
    assert_eq!((&first["id"], &first["index"]), (&json!(id), &json!(0)), "in pieces, each with the id of the request");
    let of = first["of"].as_u64().unwrap();
    let rest = (1..of).map(|index| {
        let piece: Value = serde_json::from_slice(&port.frame().unwrap()).unwrap();
        assert_eq!(piece["index"], index);
        piece["piece"].as_str().unwrap().to_owned()
    });
    let json: String = std::iter::once(first["piece"].as_str().unwrap().to_owned()).chain(rest).collect();
    let record: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(record["reply"]["phases"][0]["reply"], reply, "to the letter");
}

#[test]
fn a_reply_of_any_size_is_kept_or_refused_within_bounded_memory() {
    let home = tempfile::tempdir().unwrap();
    let mut port = Port::open(home.path());
    let (session, prompt) = planned(&mut port);
    let line = "A line of an answer, **bold** and `code`, as long as lines are.\n";
    // Spelled as text, because building values of this size is slower than all the rest.
    let escaped = line.replace('\n', "\\n");
    let repeat = |what: &str, mebibytes: usize| what.repeat((mebibytes << 20) / what.len());
    let paragraph = format!(r#"{{"block":"paragraph","text":"{escaped}"}},"#);
    for (what, body) in [
        ("32 MiB of markdown", format!(r#"{{"format":"markdown","content":"{}"}}"#, repeat(&escaped, 32))),
        (
            "a quarter of a million paragraphs",
            format!(r#"{{"format":"blocks","content":[{}]}}"#, repeat(&paragraph, 27).trim_end_matches(',')),
        ),
        ("as much as a frame may hold", format!(r#"{{"format":"markdown","content":"{}"}}"#, repeat(&escaped, 63))),
        ("more lines than a reply has", format!(r#"{{"format":"markdown","content":"{}"}}"#, "a\\n".repeat(160_001))),
    ] {
        let request =
            format!(r#"{{"type":"capture","capture":"c","session":"{session}","source":"page","body":{body}}}"#);
        port.write(&frame(format!(r#"{{"v":1,"id":"x","request":{request}}}"#).as_bytes()));
        assert_eq!(port.answer()["refusal"]["code"], "reply.too_large", "{what}");
    }
    // Three sections of 3 MiB, and whole.
    let kept = port.ask(&capture("kept", &session, &answer::markdown(&prompt, &repeat(line, 3), Fault::None)));
    assert_eq!(kept["verdict"]["problem"], Value::Null);
    #[cfg(target_os = "linux")]
    {
        let peak = memory(&port, "VmHWM:");
        assert!(peak < 256 << 10, "{} MiB", peak >> 10);
        let happened = format!("peak memory of the host {} MiB, less than 256", peak >> 10);
        tell("T11", 5, "requests of up to 64 MiB, or of many lines", &happened);
    }
}

/// What the kernel says of the host's memory, in KiB.
#[cfg(target_os = "linux")]
fn memory(port: &Port, what: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", port.pid())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(what)).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

/// A frame that is filled up with one piece, again and again.
#[cfg(target_os = "linux")]
struct Dear(&'static str, String, &'static str, &'static str, &'static str);

#[cfg(target_os = "linux")]
impl Dear {
    fn frame(&self) -> Vec<u8> {
        let Self(_, head, piece, tail, _) = self;
        let outer = r#"{"v":1,"id":"x","request":"#;
        let room = (64 << 20) - outer.len() - head.len() - tail.len() - 1;
        frame(format!("{outer}{head}{}{tail}}}", piece.repeat(room / piece.len())).as_bytes())
    }
}

#[cfg(target_os = "linux")]
fn dear() -> Vec<Dear> {
    let request = |what, head: &str, piece, tail| Dear(what, head.to_owned(), piece, tail, "request.invalid");
    let capture = |what, more: &str, piece, tail, code| {
        let head = r#"{"type":"capture","capture":"c","session":"20261122_141129_1a2b3c4d","source":"page","#;
        Dear(what, format!("{head}{more}"), piece, tail, code)
    };
    let beside = |what, more: &str, piece, tail, code| {
        capture(what, &format!(r#""body":{{"format":"markdown","content":"t"}},{more}"#), piece, tail, code)
    };
    let (invalid, large, read) = ("request.invalid", "reply.too_large", "session.unknown");
    let (blocks, markdown) = (r#""body":{"content":["#, r#""body":{"format":"markdown","content":""#);
    vec![
        request("numbers for a request", "[", "1,", "1]"),
        request("numbers in a list", r#"{"type":"page_report","report":{"elements":[{"counts":["#, "1,", "1]}]}}"),
        request("a field that is not known", r#"{"type":"ping","loud":["#, "{},", "{}]}"),
        request("a type", r#"{"type":""#, "\\u0001", r#""}"#),
        request("lists in lists", "[", "[", ""),
        capture(
            "blocks without a text",
            blocks,
            r#"{"block":"other","text":""},"#,
            r#"{}],"format":"blocks"}}"#,
            large,
        ),
        capture(
            "short blocks",
            blocks,
            r#"{"block":"code","lang":"","text":"a"},"#,
            r#"{}],"format":"blocks"}}"#,
            large,
        ),
        capture("numbers for blocks", blocks, "1,", r#"1],"format":"blocks"}}"#, invalid),
        capture(
            "a language",
            &format!(r#"{blocks}{{"block":"code","text":"","lang":""#),
            "\\n",
            r#""}],"format":"blocks"}}"#,
            read,
        ),
        capture("a text of control characters", markdown, "\\u0001", r#""}}"#, read),
        beside(
            "other sources",
            r#""others":["#,
            r#"{"source":"copy","text":""},"#,
            r#"{"source":"copy","text":""}]}"#,
            invalid,
        ),
        beside("another source", r#""others":[{"source":"copy","text":""#, "\\n", r#""}]}"#, read),
    ]
}

/// As dear as 64 MiB can be to whoever reads them: each is refused, and none takes more than four times itself.
#[cfg(target_os = "linux")]
#[test]
fn a_frame_of_64_mib_takes_at_most_256_whatever_is_in_it() {
    let home = tempfile::tempdir().unwrap();
    let (mut most, frames) = ((0, ""), dear());
    for frame in &frames {
        let Dear(what, _, _, _, code) = frame;
        let mut port = Port::open(home.path());
        port.write(&frame.frame());
        let answer = port.answer();
        assert_eq!(answer["refusal"]["code"], *code, "{what}: {answer}");
        let peak = memory(&port, "VmHWM:") >> 10;
        println!("{peak:>4} MiB: {what}");
        assert!(peak <= 256, "{what}: {peak} MiB");
        most = most.max((peak, what));
        assert_eq!(port.ask(&json!({ "type": "ping" }))["type"], "pong", "after {what}");
    }
    let happened = format!("at most {} MiB at the peak, less than 256; the next is served", most.0);
    tell("T11", frames.len(), "frames of 64 MiB that are dear to read", &happened);
}

/// Memory grows with the bytes that come, never with those that are announced.
#[cfg(target_os = "linux")]
#[test]
fn a_length_alone_takes_no_memory() {
    let mut most = 0;
    let lengths = [u32::MAX, u32::MAX - 1, 1 << 31, (64 << 20) + 1, 64 << 20];
    for length in lengths {
        let home = tempfile::tempdir().unwrap();
        let mut port = Port::open(home.path());
        port.ask(&json!({ "type": "ping" }));
        let before = memory(&port, "VmRSS:");
        port.write(&length.to_ne_bytes());
        // More than a pipe holds: when this is written, the host has read the length and part of the body.
        port.write(&[b' '; 256 << 10]);
        let grown = memory(&port, "VmHWM:").saturating_sub(before);
        assert!(grown < 1 << 10, "{length} announced: {grown} KiB");
        most = most.max(grown);
        assert_eq!(port.end().status.code(), Some(7), "{length} announced and not sent");
    }
    tell(
        "T11",
        lengths.len(),
        "lengths of 64 MiB to 4 GiB announced, 256 KiB sent",
        &format!("at most {most} KiB more, less than 1 MiB"),
    );
}
