//! Requests that are nearly right. A reader that lets one of them pass takes something for what it is not; frames.toml and names.toml have
//! them, this sends them. What is of any length, and so in no file, is made here.

use crate::answer::{self, Fault};
use crate::port::{Port, frame};
use crate::report::tell;
use serde_json::{Value, json};

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Frames {
    frame: Vec<Nearly>,
}

#[derive(Clone, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Nearly {
    what: String,
    body: String,
    code: String,
    id: Option<String>,
}

/// A host with a session whose planning prompt is answered by nothing yet.
struct Scene {
    port: Port,
    session: String,
    before: Value,
    _home: tempfile::TempDir,
}

impl Scene {
    fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let mut port = Port::open(home.path());
        let start = port.ask(&json!({ "type": "start", "feature": "Dark mode" }));
        let session = start["view"]["session"].as_str().unwrap().to_owned();
        port.ask(&json!({ "type": "prompt", "session": session }));
        let before = port.ask(&json!({ "type": "list" }));
        Self { port, session, before, _home: home }
    }

    /// Sends a body, and holds what comes back against what it should be. The host lives on, and nothing has changed.
    fn check(&mut self, what: &str, body: &str, code: &str, id: &str) {
        self.port.write(&frame(body.replace("{SESSION}", &self.session).as_bytes()));
        let answer = self.port.answer();
        let got = (answer["refusal"]["code"].as_str(), answer["id"].as_str());
        assert_eq!(got, (Some(code), Some(id)), "{what}: {answer}");
        let message = answer["refusal"]["message"].as_str().unwrap();
        assert!(message.ends_with('.') && message.len() < 2_000, "{what}: {message}");
        assert_eq!(self.port.ask(&json!({ "type": "list" })), self.before, "after {what}");
    }
}

#[test]
fn what_is_nearly_a_request_is_refused_with_the_code_that_it_deserves() {
    let read = |text: &str| toml::from_str::<Frames>(text).unwrap().frame;
    let frames = [include_str!("frames.toml"), include_str!("names.toml")].map(read).concat();
    assert!(frames.len() >= 100);
    let mut scene = Scene::new();
    for Nearly { what, body, code, id } in &frames {
        scene.check(what, body, code, id.as_deref().unwrap_or("x"));
    }
    tell("A98", frames.len(), "frames that are nearly a request", "each refused with its code and its id");
}

#[test]
fn every_name_has_a_length() {
    let mut scene = Scene::new();
    let of = |length: usize| "a".repeat(length);
    let capture = |more: &str| {
        format!(
            r#"{{"type":"capture","session":"{{SESSION}}","source":"page","body":{{"format":"markdown","content":"t"}},{more}}}"#
        )
    };
    let mut tried = 0;
    for length in [257, 5_000, 70_000, 1 << 20] {
        let name = of(length);
        for (what, request) in [
            ("workflow", format!(r#"{{"type":"start","feature":"f","workflow":"{name}"}}"#)),
            ("nonce", format!(r#"{{"type":"placed","session":"{{SESSION}}","phase":"planning","nonce":"{name}"}}"#)),
            ("session", format!(r#"{{"type":"show","session":"{name}"}}"#)),
            ("type", format!(r#"{{"type":"{name}"}}"#)),
            ("field", format!(r#"{{"type":"ping","{name}":1}}"#)),
            ("template", format!(r#"{{"type":"panel","panel":"funnel","filter":{{"template":"{name}"}}}}"#)),
            ("capture", capture(&format!(r#""capture":"{name}""#))),
            ("provider", capture(&format!(r#""capture":"c","by":{{"provider":"{name}"}}"#))),
            ("model", capture(&format!(r#""capture":"c","by":{{"provider":"p","model":"{name}"}}"#))),
        ] {
            let body = format!(r#"{{"v":1,"id":"x","request":{request}}}"#);
            scene.check(&format!("{what} of {length}"), &body, "request.invalid", "x");
            tried += 1;
        }
    }
    for length in [4_097, 70_000, 1 << 20] {
        let name = of(length);
        for (what, request) in [
            ("project", format!(r#"{{"type":"start","feature":"f","project":"/{name}"}}"#)),
            ("conversation", format!(r#"{{"type":"status","conversation":"claude.ai/{name}"}}"#)),
            ("branch", format!(r#"{{"type":"panel","panel":"funnel","filter":{{"branch":"{name}"}}}}"#)),
            ("conversation of a capture", capture(&format!(r#""capture":"c","conversation":"{name}""#))),
        ] {
            let body = format!(r#"{{"v":1,"id":"x","request":{request}}}"#);
            scene.check(&format!("{what} of {length}"), &body, "request.invalid", "x");
            tried += 1;
        }
    }
    // What comes back of an id is short, and so no frame is broken by it.
    for id in [of(257), of(900_000), "\\u0001".repeat(300_000), "ü🦀".repeat(200_000)] {
        let body = format!(r#"{{"v":1,"id":"{id}","request":{{"type":"ping"}}}}"#);
        let shown: String = serde_json::from_str::<String>(&format!("\"{id}\"")).unwrap().chars().take(64).collect();
        scene.check("a long id", &body, "request.invalid", &shown);
        tried += 1;
    }
    tell("A99", tried, "names of 257 bytes to 1.8 MB", "each refused, and no frame is larger for it");
}

#[test]
fn what_a_name_may_be_is_not_refused() {
    let mut scene = Scene::new();
    let long = format!("/{}", "ü/".repeat(1_300));
    for request in [
        json!({ "type": "start", "feature": "a\u{0}\u{1b}b\n\u{2028}", "project": "/Grüße/with space/.hidden/a..b/…" }),
        json!({ "type": "start", "feature": "f", "project": long }),
        json!({ "type": "list", "project": "/", "limit": 500 }),
        json!({ "type": "status", "session": null, "conversation": format!("chatgpt.com/g/{}/c/1", "g".repeat(2_000)) }),
        json!({ "type": "rate", "session": scene.session, "rating": 5, "word": "two\nlines" }),
    ] {
        let answer = scene.port.ask_any(&request);
        assert_ne!(answer["refusal"]["code"], "request.invalid", "{request}: {answer}");
    }
    let prompt = scene.port.ask(&json!({ "type": "prompt", "session": scene.session }));
    let reply = answer::markdown(prompt["text"].as_str().unwrap(), "\u{0}\u{1b}[2J", Fault::None);
    // The content may stand before its format, and the type behind everything.
    let request = format!(
        r#"{{"body":{{"content":{},"format":"markdown"}},"others":[],"capture":"{}","source":"page","session":"{}","type":"capture"}}"#,
        json!(reply),
        "c".repeat(256),
        scene.session
    );
    scene.port.write(&frame(format!(r#"{{"request":{request},"id":"{}","v":1}}"#, "i".repeat(256)).as_bytes()));
    let answer = scene.port.answer();
    assert_eq!(answer["reply"]["verdict"]["problem"], Value::Null, "{answer}");
}
