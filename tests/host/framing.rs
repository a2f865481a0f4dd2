//! Bytes that are no request, or not quite: each is refused by name or ends the port, and the next request is served.

use crate::port::{Port, frame};
use crate::report::tell;
use serde_json::json;
use std::time::Duration;

/// A frame, the code it is refused with, and the id that the refusal carries.
struct Row(&'static str, Vec<u8>, &'static str, &'static str);

fn text(what: &'static str, body: &str, code: &'static str, id: &'static str) -> Row {
    Row(what, frame(body.as_bytes()), code, id)
}

/// A request of this text, in a good envelope.
fn request(what: &'static str, request: &str) -> Row {
    text(what, &format!(r#"{{"v":1,"id":"x","request":{request}}}"#), "request.invalid", "x")
}

fn rows() -> Vec<Row> {
    let deep = |open: &str, close: &str| format!("{}1{}", open.repeat(10_000), close.repeat(10_000));
    let too_large = (64 << 20) + 1_u32;
    vec![
        Row("length 0", frame(b""), "request.invalid", ""),
        Row("64 MiB and one byte", frame(&vec![b' '; too_large as usize]), "frame.too_large", ""),
        Row("64 MiB of nothing", frame(&vec![b' '; 64 << 20]), "request.invalid", ""),
        Row(
            "invalid UTF-8",
            frame(b"{\"v\":1,\"id\":\"x\",\"request\":{\"type\":\"start\",\"feature\":\"\xff\xfe\"}}"),
            "request.invalid",
            "x",
        ),
        Row("not text at all", frame(&[0; 64]), "request.invalid", ""),
        text("no JSON", "ping", "request.invalid", ""),
        text("JSON of another shape", "[]", "request.invalid", ""),
        text("half a JSON", r#"{"v":1,"id":"x","request":{"type":"pi"#, "request.invalid", ""),
        text("trailing garbage", r#"{"v":1,"id":"x","request":{"type":"ping"}} {}"#, "request.invalid", ""),
        text("the id twice", r#"{"v":1,"id":"x","id":"y","request":{"type":"ping"}}"#, "request.invalid", ""),
        text("an id that is a number", r#"{"v":1,"id":7,"request":{"type":"ping"}}"#, "request.invalid", ""),
        text("no id", r#"{"v":1,"request":{"type":"ping"}}"#, "request.invalid", ""),
        text("no version", r#"{"id":"x","request":{"type":"ping"}}"#, "request.invalid", "x"),
        text("a later version", r#"{"v":2,"id":"x","request":{"type":"ping"}}"#, "version.unknown", "x"),
        text("a later version's request", r#"{"v":2,"id":"x","request":{"type":"dance"}}"#, "version.unknown", "x"),
        text("no request", r#"{"v":1,"id":"x"}"#, "request.invalid", "x"),
        request("unknown type", r#"{"type":"dance"}"#),
        request("no type", r#"{"feature":"f"}"#),
        request("the type twice", r#"{"type":"ping","type":"ping"}"#),
        request("a field twice", r#"{"type":"start","feature":"a","feature":"b"}"#),
        request("unknown field", r#"{"type":"start","feature":"f","colour":"red"}"#),
        request("unknown field without any known", r#"{"type":"ping","loud":true}"#),
        request("missing field", r#"{"type":"start"}"#),
        request("another kind of field", r#"{"type":"start","feature":["f"]}"#),
        request("lone surrogate", r#"{"type":"start","feature":"\ud800"}"#),
        request("arrays 10,000 deep", &deep("[", "]")),
        request("objects 10,000 deep", &deep("{\"a\":", "}")),
        request("a session that is a path", r#"{"type":"show","session":"../../../../etc/passwd"}"#),
        request("a phase that is none", r#"{"type":"prompt","session":"20261122_141129_1a2b3c4d","phase":"Dancing"}"#),
        request("a time beyond numbers", &sent("1e999")),
        request("a time beyond 63 bits", &sent("9223372036854775808")),
        request("a broken time", &sent("0.5")),
        request("a time of minus nought", &sent("-0")),
    ]
}

fn sent(ms: &str) -> String {
    format!(r#"{{"type":"sent","session":"20261122_141129_1a2b3c4d","phase":"planning","nonce":"n","sent_ms":{ms}}}"#)
}

#[test]
fn what_is_no_request_is_refused_by_name_and_the_next_is_served() {
    let home = tempfile::tempdir().unwrap();
    let mut port = Port::open(home.path());
    for Row(what, bytes, code, id) in rows() {
        port.write(&bytes);
        let answer = port.answer();
        assert_eq!(
            (answer["refusal"]["code"].as_str(), answer["id"].as_str()),
            (Some(code), Some(id)),
            "{what}: {answer}"
        );
        let hint = answer["refusal"]["hint"].as_str().unwrap();
        assert!(hint.ends_with('.'), "{what} needs a next step: {hint}");
        assert_eq!(port.ask(&json!({ "type": "ping" }))["type"], "pong", "after {what}");
    }
    assert!(port.end().status.success());
    tell("A9-16", rows().len(), "frames that are no request", "each refused by name, and the next is served");
}

#[test]
fn a_stream_that_ends_inside_a_frame_ends_the_host_at_once() {
    let ping = frame(br#"{"v":1,"id":"x","request":{"type":"ping"}}"#);
    let announced = u32::MAX.to_ne_bytes();
    let torn = [
        ("1 byte of a header", &ping[..1]),
        ("2 bytes of a header", &ping[..2]),
        ("3 bytes of a header", &ping[..3]),
        ("a header alone", &ping[..4]),
        ("half a body", &ping[..20]),
        ("all but one byte", &ping[..ping.len() - 1]),
        ("4 GiB announced", &announced),
    ];
    for (what, bytes) in torn {
        let home = tempfile::tempdir().unwrap();
        let mut port = Port::open(home.path());
        port.write(bytes);
        let ended = port.end();
        assert_eq!(ended.status.code(), Some(7), "{what}");
        assert!(ended.after < Duration::from_secs(2), "{what}: {:?}", ended.after);
        assert!(ended.stderr.contains("the port broke"), "{what}: {}", ended.stderr);
    }
    tell("A4-5", torn.len(), "streams that end inside a frame", "the host ends at once, and says why");
}

#[test]
fn requests_are_the_same_however_the_bytes_come() {
    let home = tempfile::tempdir().unwrap();
    let mut port = Port::open(home.path());
    let body = |id: &str| format!(r#"{{"v":1,"id":"{id}","request":{{"type":"ping"}}}}"#);
    let two = [frame(body("one").as_bytes()), frame(body("zwölf 🦀").as_bytes())].concat();
    let hear = |port: &mut Port, how: &str| {
        for id in ["one", "zwölf 🦀"] {
            let answer = port.answer();
            assert_eq!((answer["id"].as_str(), answer["reply"]["type"].as_str()), (Some(id), Some("pong")), "{how}");
        }
    };
    port.write(&two);
    hear(&mut port, "in one write");
    for byte in &two {
        port.write(std::slice::from_ref(byte));
    }
    hear(&mut port, "in writes of one byte");
    for cut in 1..two.len() {
        port.write(&two[..cut]);
        port.write(&two[cut..]);
        hear(&mut port, &format!("cut at {cut}"));
    }
    // Lengths whose bytes are line ends and the end of a text on Windows, and such letters inside.
    for length in [0x0a0a_usize, 0x0a0d, 0x1a1a, 0x0d0a, 0x0001_1a0a] {
        let ping = format!("{}\r\n", body("one"));
        port.write(&frame(format!("{ping}{}", " ".repeat(length - ping.len())).as_bytes()));
        assert_eq!(port.answer()["reply"]["type"], "pong", "a frame of {length} bytes");
    }
    tell("A7-8", two.len() + 6, "ways to cut, join and size the same frames", "the answers are the same");
}

/// The rest of a frame may be long in coming: meanwhile news go out, and then it is served.
#[test]
fn a_body_that_stalls_keeps_nothing_else_waiting() {
    let home = tempfile::tempdir().unwrap();
    let mut port = Port::open(home.path());
    let other = |port: &mut Port| {
        let mut other = Port::open(home.path());
        let started = other.ask(&json!({ "type": "start", "feature": "Dark mode" }));
        assert_eq!(port.news()["view"]["session"], started["view"]["session"]);
    };
    // From its first answer on it follows the log.
    port.ask(&json!({ "type": "ping" }));
    let ping = frame(br#"{"v":1,"id":"x","request":{"type":"ping"}}"#);
    let stalls = [1, 4, ping.len() / 2, ping.len() - 1];
    for cut in stalls {
        port.write(&ping[..cut]);
        other(&mut port);
        port.write(&ping[cut..]);
        assert_eq!(port.answer()["reply"]["type"], "pong", "after a stall at {cut}");
    }
    tell("A6", stalls.len(), "frames that stall", "news go out meanwhile, and the frame is served at its end");
}
