//! Who is let in gets the page, its words, answers and news.

use crate::server::{FEATURE, Server};
use serde_json::json;

fn get(server: &Server, path: &str, more: &str) -> crate::server::Answer {
    server.send(
        format!("GET {path} HTTP/1.1\r\nHost: localhost:{}\r\n{more}Connection: close\r\n\r\n", server.port).as_bytes(),
    )
}

#[test]
fn the_page_needs_no_token_and_promises_to_load_nothing_from_elsewhere() {
    let server = Server::start();
    for (path, kind) in [
        ("/", "text/html; charset=utf-8"),
        ("/?project=%2Fshop", "text/html; charset=utf-8"),
        ("/dashboard.css", "text/css; charset=utf-8"),
        ("/dashboard.js", "text/javascript; charset=utf-8"),
        ("/panels/funnel.js", "text/javascript; charset=utf-8"),
        ("/icons/32.png", "image/png"),
    ] {
        let answer = get(&server, path, "");
        assert_eq!((answer.status, answer.header("content-type")), (200, Some(kind)), "{path}");
        let policy = answer.header("content-security-policy").unwrap();
        for promise in [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "connect-src 'self'",
            "frame-ancestors 'none'",
        ] {
            assert!(policy.contains(promise), "{policy}");
        }
        assert!(!policy.contains("unsafe"), "{policy}");
        for (name, value) in [
            ("referrer-policy", "no-referrer"),
            ("cache-control", "no-store"),
            ("cross-origin-resource-policy", "same-origin"),
            ("x-content-type-options", "nosniff"),
        ] {
            assert_eq!(answer.header(name), Some(value), "{path}");
        }
    }
    let head = server
        .send(format!("HEAD / HTTP/1.1\r\nHost: localhost:{}\r\nConnection: close\r\n\r\n", server.port).as_bytes());
    assert_eq!((head.status, head.body.as_str()), (200, ""));
}

#[test]
fn the_words_come_in_the_language_of_the_browser() {
    let server = Server::start();
    for (wanted, language) in
        [("", "en"), ("Accept-Language: de-DE,de;q=0.9,en;q=0.8\r\n", "de"), ("Accept-Language: fr\r\n", "en")]
    {
        let answer = get(&server, "/words.json", wanted);
        assert_eq!(answer.header("content-language"), Some(language));
        assert_eq!(answer.json()["language"]["message"], language);
    }
}

#[test]
fn the_record_can_be_read_and_rated_and_a_refusal_keeps_its_code() {
    let server = Server::start();
    assert_eq!(server.ask(r#"{"type":"ping"}"#).json()["type"], "pong");
    let list = server.ask(r#"{"type":"list"}"#).json();
    assert_eq!(list["sessions"][0]["feature"], FEATURE);
    let session = &list["sessions"][0]["session"];
    for kind in ["status", "show"] {
        let answer = server.ask(&json!({ "type": kind, "session": session }).to_string());
        assert_eq!((answer.status, answer.json()["view"]["feature"].as_str()), (200, Some(FEATURE)), "{kind}");
    }
    let unknown = server.ask(r#"{"type":"show","session":"20261122_141129_1a2b3c4d"}"#);
    assert_eq!((unknown.status, unknown.header("content-type")), (404, Some("application/problem+json")));
    assert_eq!(unknown.json()["code"], "session.unknown");
    // Whatever the runner makes of these, they are let through to it.
    for request in [
        json!({ "type": "panel", "panel": "funnel", "filter": {} }),
        json!({ "type": "timeline", "session": session }),
        json!({ "type": "rate", "session": session, "rating": 4 }),
    ] {
        let answer = server.ask(&request.to_string());
        let by_runner = answer.status == 200 || answer.json()["code"].is_string();
        assert!(by_runner, "{request}: {answer:?}");
    }
}

#[test]
fn a_program_without_an_origin_may_read_and_not_rate() {
    let server = Server::start();
    let without = |body: &str| {
        server.good("/api/v1/request", body).replace(&format!("Origin: http://127.0.0.1:{}\r\n", server.port), "")
    };
    assert_eq!(server.send(without(r#"{"type":"list"}"#).as_bytes()).status, 200);
    let rate = r#"{"type":"rate","session":"20261122_141129_1a2b3c4d","rating":5}"#;
    assert_eq!(server.send(without(rate).as_bytes()).status, 403);
}

#[test]
fn news_comes_when_another_program_writes() {
    let server = Server::start();
    let first = server.news("?after=0");
    let seq = first.json()["seq"].as_i64().unwrap();
    assert!(seq > 0, "the session of the start is news to who has seen nothing: {first:?}");
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| server.news(&format!("?after={seq}")));
        server.plan("Dark mode");
        let answer = waiting.join().unwrap();
        assert!(answer.json()["seq"].as_i64().unwrap() > seq, "{answer:?}");
    });
}

#[test]
fn two_dashboards_have_different_tokens() {
    let (one, other) = (Server::start(), Server::start());
    assert_ne!(one.token, other.token);
    assert_eq!(one.token.len(), 64);
    let asked = one.good("/api/v1/request", r#"{"type":"list"}"#).replace(&one.token, &other.token);
    assert_eq!(one.send(asked.as_bytes()).status, 401);
}

#[test]
fn a_port_that_is_taken_is_said() {
    let server = Server::start();
    let output = server.run(&["dashboard", "--no-open", "--port", &server.port.to_string()]);
    assert_eq!(output.status.code(), Some(7));
}
