//! Every request of the protocol once, in the order in which a page sends them, from start to complete.

use crate::answer::{self, Fault};
use crate::port::Port;
use prompt_runner_core::protocol::{Request, TABLE, Twice};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::process::Command;

/// A port that remembers what was asked, and asks twice what may be asked twice.
struct Page {
    port: Port,
    asked: BTreeSet<&'static str>,
}

impl Page {
    fn ask(&mut self, request: &Value) -> Value {
        let entry = serde_json::from_value::<Request>(request.clone()).unwrap().entry();
        self.asked.insert(entry.name);
        let first = self.port.ask(request);
        if entry.twice == Twice::Same {
            let before = self.record();
            let mut second = self.port.ask(request);
            if entry.name == "capture" {
                assert_eq!(second["duplicate"], true);
                second["duplicate"] = first["duplicate"].clone();
            }
            assert_eq!(second, first, "asked twice: {request}");
            assert_eq!(self.record(), before, "asked twice: {request}");
        }
        first
    }

    /// Every session as it is, with the place of its newest event in the log.
    fn record(&mut self) -> Value {
        self.port.ask(&json!({ "type": "list", "limit": 500 }))
    }
}

/// The complete reply to a prompt as it is selected in a page that writes its labels and buttons over its code.
fn selection(prompt: &str, body: &str) -> String {
    let shown = |block: &Value| match (block["text"].as_str().unwrap_or_default(), block["lang"].as_str()) {
        (text, Some("")) => format!("text\nCopy code\n{text}\n"),
        (text, Some(lang)) => format!("{lang}\nCopy code\n{text}\n"),
        (text, None) => format!("{text}\n"),
    };
    answer::blocks(prompt, body, Fault::None).as_array().into_iter().flatten().map(shown).collect()
}

#[test]
fn a_feature_goes_from_start_to_complete() {
    let home = tempfile::tempdir().unwrap();
    let mut page = Page { port: Port::open(home.path()), asked: BTreeSet::new() };

    let pong = page.ask(&json!({ "type": "ping" }));
    assert_eq!(pong["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(pong["database"].as_str(), home.path().join("prompt-runner.db").to_str());
    assert_eq!(page.ask(&json!({ "type": "status" })), json!({ "type": "session", "view": null }));

    let started =
        page.ask(&json!({ "type": "start", "feature": " Dark mode\nfor all of it ", "project": "/home/me/shop" }));
    let view = &started["view"];
    let session = view["session"].as_str().unwrap().to_owned();
    assert_eq!(view["feature"], "Dark mode\nfor all of it");
    assert_eq!((&view["workflow"], &view["standing"]), (&json!("feature"), &json!("active")));
    assert_eq!(page.ask(&json!({ "type": "status" }))["view"]["session"], session, "the newest without a conversation");

    let chat = "claude.ai/chat/5b1c2d3e-0000-4000-8000-000000000001";
    for (at, phase) in ["planning", "analysis", "implementation"].into_iter().enumerate() {
        let prompt = page.ask(&json!({ "type": "prompt", "session": session }));
        assert_eq!(prompt["phase"], phase);
        assert_eq!(prompt["view"]["next"]["step"], "send");
        let again = page.ask(&json!({ "type": "prompt", "session": session, "phase": phase }));
        assert_eq!(
            (&again["text"], &again["nonce"]),
            (&prompt["text"], &prompt["nonce"]),
            "one prompt until it is answered"
        );
        let expect = &prompt["view"]["expect"];
        assert_eq!(
            (&expect["session"], &expect["phase"], &expect["nonce"]),
            (&json!(session), &json!(phase), &prompt["nonce"])
        );
        assert!(!expect["sections"].as_array().unwrap().is_empty());

        let nonce = &prompt["nonce"];
        page.ask(&json!({ "type": "placed", "session": session, "phase": phase, "nonce": nonce }));
        let sent = page.ask(&json!({
            "type": "sent", "session": session, "phase": phase, "nonce": nonce, "sent_ms": 1_700_000_000_000_i64,
            "conversation": chat,
        }));
        assert_eq!(sent["view"]["conversation"], chat);
        assert_eq!(sent["view"]["badge"]["tone"], "working");
        assert_eq!(page.ask(&json!({ "type": "status", "conversation": chat }))["view"], sent["view"]);

        let blocks = answer::blocks(prompt["text"].as_str().unwrap(), "```rust\nfn x() {}\n```\n& more", Fault::None);
        let capture = json!({
            "type": "capture", "capture": format!("c{at}"), "session": session, "phase": phase, "source": "page",
            "body": { "format": "blocks", "content": blocks }, "conversation": chat,
            "timing": { "sent_ms": 1_700_000_000_000_i64, "first_token_ms": 1_700_000_001_000_i64, "last_token_ms": 1_700_000_009_000_i64, "span_ms": 9_001 },
        });
        let selected = selection(prompt["text"].as_str().unwrap(), "fn x() {}\n& more");
        let read = page.ask(&json!({ "type": "read", "session": session, "text": selected, "source": "selection" }));
        assert_eq!((&read["phase"], &read["refusal"]), (&json!(phase), &Value::Null), "{read}");
        assert_eq!(read["verdict"]["oddities"], json!(["rendered"]));
        assert_eq!(
            page.ask(&json!({ "type": "status", "session": session }))["view"],
            sent["view"],
            "nothing is stored"
        );
        let captured = page.ask(&capture);
        assert_eq!(captured["verdict"]["problem"], Value::Null, "{}", captured["verdict"]);
        assert_eq!(captured["verdict"]["oddities"], json!([]));
        let shown = &captured["view"]["phases"][at];
        assert_eq!(captured["duplicate"], false);
        assert_eq!(
            (&shown["stand"], &shown["duration_ms"], &shown["trusted"]),
            (&json!("replied"), &json!(9_001), &json!(true))
        );
        let twice = page.ask(&capture);
        assert_eq!((&twice["duplicate"], &twice["view"]), (&json!(true), &captured["view"]), "stored once");
    }

    let limited = page.ask(&json!({ "type": "limit", "session": session, "text": "Try again later." }));
    assert_eq!(limited["view"]["limit"], Value::Null, "a session that is done waits for nothing");
    let accepted = page.port.refused(&json!({ "type": "accept", "session": session, "phase": "planning" }));
    assert_eq!(accepted, "session.closed");
    page.asked.insert("accept");

    let done = page.ask(&json!({ "type": "complete", "session": session }));
    assert_eq!((&done["view"]["standing"], &done["view"]["next"]["step"]), (&json!("complete"), &json!("done")));
    let record = page.ask(&json!({ "type": "show", "session": session }));
    assert_eq!(record["phases"].as_array().unwrap().len(), 3);
    for phase in record["phases"].as_array().unwrap() {
        let reply = phase["reply"].as_str().unwrap();
        assert!(reply.contains("```rust\nfn x() {}\n```\n& more"), "to the letter: {reply}");
        assert!(phase["prompt"].as_str().unwrap().contains("Dark mode\nfor all of it"));
    }
    let listed = page.ask(&json!({ "type": "list", "project": "/home/me/shop", "limit": 5 }));
    assert_eq!(listed["sessions"], json!([done["view"]]));
    assert_eq!(page.ask(&json!({ "type": "list", "project": "/elsewhere" }))["sessions"], json!([]));

    let report = json!({ "site": "claude.ai", "conversation": true, "elements": [], "rows": "ua", "nested": 0, "astray": 0, "bodiless": 0, "unsaid": 0 });
    let judged = page.ask(&json!({ "type": "page_report", "report": report }));
    assert_eq!(
        judged,
        json!({ "type": "page", "drift": [
        { "key": "drift_composer", "args": [] }, { "key": "drift_messages", "args": [] },
    ] })
    );

    let again = page.ask(&json!({ "type": "redo", "session": session, "phase": "analysis" }));
    assert_eq!((&again["view"]["standing"], &again["view"]["current"]), (&json!("active"), &json!("analysis")));
    let skipped = page.ask(&json!({ "type": "skip", "session": session }));
    assert_eq!(
        (&skipped["view"]["phases"][1]["stand"], &skipped["view"]["current"]),
        (&json!("skipped"), &json!("implementation"))
    );
    let given_up = page.ask(&json!({ "type": "abandon", "session": session }));
    assert_eq!((&given_up["view"]["standing"], &given_up["view"]["badge"]["text"]), (&json!("abandoned"), &json!("–")));

    let workflows = page.ask(&json!({ "type": "workflows", "project": "/home/me/shop" }));
    assert_eq!(workflows["workflows"][0]["phases"], json!(["planning", "analysis", "implementation"]));

    let funnel = page.ask(&json!({ "type": "panel", "panel": "funnel", "filter": { "project": "/home/me/shop" } }));
    assert_eq!((&funnel["figures"]["panel"], &funnel["figures"]["started"]), (&json!("funnel"), &json!(1)));
    let timeline = page.ask(&json!({ "type": "timeline", "session": session }))["timeline"].clone();
    assert_eq!(timeline["view"], given_up["view"]);
    assert_eq!(timeline["marks"][0]["kind"], "session_started");

    let rated = page.ask(&json!({ "type": "rate", "session": session, "rating": 4, "word": "Went well." }));
    assert_eq!(rated["view"]["rating"], 4);

    // Its project is not there, so nothing can become of its files.
    for request in [
        json!({ "type": "changes", "session": session, "phase": "planning" }),
        json!({ "type": "apply", "session": session, "token": "0a" }),
        json!({ "type": "undo", "session": session }),
        json!({ "type": "restore", "session": session, "step": 1 }),
        json!({ "type": "outcome", "session": session }),
    ] {
        let name = TABLE.iter().map(|entry| entry.name).find(|name| request["type"] == *name).unwrap();
        assert_eq!(page.port.refused(&request), "file.unreadable", "{name}");
        page.asked.insert(name);
    }
    assert_eq!(page.ask(&json!({ "type": "steps", "session": session }))["steps"], json!([]));

    let all: BTreeSet<_> = TABLE.iter().map(|entry| entry.name).collect();
    assert_eq!(page.asked, all, "every request is asked at least once");
    assert!(page.port.end().status.success());
}

#[test]
fn what_may_not_be_is_refused_and_nothing_changes() {
    let home = tempfile::tempdir().unwrap();
    let mut port = Port::open(home.path());
    let start = port.ask(&json!({ "type": "start", "feature": "Dark mode" }));
    let session = start["view"]["session"].as_str().unwrap().to_owned();
    let prompt = port.ask(&json!({ "type": "prompt", "session": session }));
    let before = port.ask(&json!({ "type": "status", "session": session }));
    let nobody = "20200101_000000_00000000";
    let capture = |fault, source: &str| {
        let text = answer::markdown(prompt["text"].as_str().unwrap(), "x", fault);
        json!({ "type": "capture", "capture": "c", "session": session, "source": source, "body": { "format": "markdown", "content": text } })
    };
    let report = |rows: &str, times| {
        json!({ "type": "page_report", "report": {
            "site": "claude.ai", "conversation": true, "elements": [], "rows": rows.repeat(times),
            "nested": 0, "astray": 0, "bodiless": 0, "unsaid": 0,
        } })
    };
    for (request, code) in [
        (json!({ "type": "start", "feature": " \n" }), "feature.invalid"),
        (json!({ "type": "start", "feature": "x".repeat(20_001) }), "feature.invalid"),
        (json!({ "type": "start", "feature": "x", "workflow": "dance" }), "workflow.unknown"),
        (json!({ "type": "status", "session": nobody }), "session.unknown"),
        (json!({ "type": "show", "session": nobody }), "session.unknown"),
        (json!({ "type": "complete", "session": nobody }), "session.unknown"),
        (json!({ "type": "prompt", "session": session, "phase": "analysis" }), "phase.out_of_order"),
        (json!({ "type": "prompt", "session": session, "phase": "testing" }), "phase.unknown"),
        (json!({ "type": "placed", "session": session, "phase": "planning", "nonce": "old" }), "reply.foreign"),
        (
            json!({ "type": "sent", "session": session, "phase": "planning", "nonce": "old", "sent_ms": 1 }),
            "reply.foreign",
        ),
        (
            json!({ "type": "sent", "session": session, "phase": "analysis", "nonce": "old", "sent_ms": 1 }),
            "phase.not_prompted",
        ),
        (json!({ "type": "complete", "session": session }), "phase.out_of_order"),
        (json!({ "type": "timeline", "session": nobody }), "session.unknown"),
        (json!({ "type": "panel", "panel": "cost", "filter": { "since": "2026-02-30" } }), "request.invalid"),
        (report("a secret", 1), "request.invalid"),
        (report("u", 1_000), "request.invalid"),
        (capture(Fault::Empty, "page"), "reply.empty"),
        (capture(Fault::Foreign, "page"), "reply.foreign"),
        (capture(Fault::Cut, "file"), "reply.incomplete"),
        (capture(Fault::HalfProof, "stdin"), "reply.incomplete"),
        (capture(Fault::Missing, "file"), "reply.incomplete"),
        (capture(Fault::Doubled, "file"), "reply.incomplete"),
    ] {
        assert_eq!(port.refused(&request), code, "{request}");
        assert_eq!(port.ask(&json!({ "type": "status", "session": session })), before, "after {code}");
    }
}

#[test]
fn what_a_person_takes_out_of_a_page_is_stored_where_it_proves_itself_and_refused_with_what_to_use_instead() {
    let home = tempfile::tempdir().unwrap();
    let mut port = Port::open(home.path());
    let view = port.ask(&json!({ "type": "start", "feature": "Dark mode" }))["view"].clone();
    let session = &view["session"];
    let prompt = port.ask(&json!({ "type": "prompt", "session": session }))["text"].as_str().unwrap().to_owned();
    let whole = selection(&prompt, "fn x() {}\n& more");
    let cut = &whole[..whole.find("PROMPT-RUNNER/END").unwrap()];
    let capture = |text: &str, source: &str| {
        json!({
            "type": "capture", "capture": format!("{source}-{}", text.len()), "session": session, "source": source,
            "body": { "format": "markdown", "content": text },
        })
    };
    for (source, hint) in
        [("selection", "use “Paste a reply”"), ("paste", "paste again"), ("clipboard", "complete answer")]
    {
        let read = port.ask(&json!({ "type": "read", "session": session, "text": cut, "source": source }));
        assert_eq!(read["refusal"]["code"], "reply.incomplete");
        assert!(read["refusal"]["hint"].as_str().unwrap().contains(hint), "{read}");
        assert_eq!(port.refused(&capture(cut, source)), "reply.incomplete");
        let empty = port.ask(&json!({ "type": "read", "session": session, "text": " \n", "source": source }));
        assert_eq!(empty["refusal"]["code"], "reply.empty");
    }
    // Without a prompt there is nothing by which it could be read.
    let other = &port.ask(&json!({ "type": "start", "feature": "Light mode" }))["view"]["session"];
    let unasked = json!({ "type": "read", "session": other, "text": whole, "source": "paste" });
    assert_eq!(port.refused(&unasked), "phase.not_prompted");
    // A file is what somebody wrote, and is read by the letter of markdown.
    assert_eq!(port.refused(&capture(&whole, "file")), "reply.incomplete");
    let stored = port.ask(&capture(&whole, "selection"));
    assert_eq!((&stored["verdict"]["problem"], &stored["duplicate"]), (&Value::Null, &json!(false)));
    assert_eq!(stored["verdict"]["oddities"], json!(["rendered"]));
    let record = port.ask(&json!({ "type": "show", "session": session }));
    let reply = record["phases"][0]["reply"].as_str().unwrap();
    assert!(reply.contains("fn x() {}\n& more") && !reply.contains("Copy"), "{reply}");
}

#[test]
fn what_another_program_writes_is_news_on_the_open_port() {
    let home = tempfile::tempdir().unwrap();
    let project = tempfile::tempdir().unwrap();
    let mut port = Port::open(home.path());
    // Our own session first: once it comes back as news, the port is known to follow the log.
    let own = port.ask(&json!({ "type": "start", "feature": "Mine" }));
    let heard = port.news();
    assert_eq!((&heard["type"], &heard["view"]), (&json!("changed"), &own["view"]));

    let planned = Command::new(env!("CARGO_BIN_EXE_prompt-runner"))
        .args(["orchestrate", "plan", "Theirs", "--json"])
        .current_dir(project.path())
        .env("PROMPT_RUNNER_DATA_DIR", home.path())
        .output()
        .unwrap();
    let planned: Value = serde_json::from_slice(&planned.stdout).unwrap();
    // One look at the log may fall between the start and its prompt.
    let mut heard = port.news();
    while heard["view"]["seq"] != planned["view"]["seq"] {
        heard = port.news();
    }
    assert_eq!(heard["view"], planned["view"]);
}
