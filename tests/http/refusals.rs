//! Every way to come in wrongly that we could think of, each with the status that it must get. None of them learns anything.

use crate::report::tell;
use crate::server::{FEATURE, LIMIT, Server};
use std::io::Write as _;

/// A request that is let in, until something of it is changed. `PORT` and `TOKEN` stand for the server's own.
#[derive(Clone, Copy)]
struct Ask {
    method: &'static str,
    path: &'static str,
    host: &'static str,
    origin: &'static str,
    key: &'static str,
    kind: &'static str,
    more: &'static str,
    body: &'static str,
}

const GOOD: Ask = Ask {
    method: "POST",
    path: "/api/v1/request",
    host: "Host: 127.0.0.1:PORT\r\n",
    origin: "Origin: http://127.0.0.1:PORT\r\n",
    key: "Authorization: Bearer TOKEN\r\n",
    kind: "Content-Type: application/json\r\n",
    more: "",
    body: r#"{"type":"list"}"#,
};
const NEWS: Ask = Ask { method: "GET", path: "/api/v1/news?after=0", kind: "", body: "", ..GOOD };
const ENTER: Ask = Ask { path: "/api/v1/enter", key: "", body: r#"{"ticket":"no"}"#, ..GOOD };
const PAGE: Ask = Ask { method: "GET", path: "/", origin: "", key: "", kind: "", body: "", ..GOOD };

const fn host(host: &'static str) -> Ask {
    Ask { host, ..GOOD }
}
const fn origin(origin: &'static str) -> Ask {
    Ask { origin, ..GOOD }
}
const fn key(key: &'static str) -> Ask {
    Ask { key, ..GOOD }
}
const fn kind(kind: &'static str) -> Ask {
    Ask { kind, ..GOOD }
}
const fn method(method: &'static str) -> Ask {
    Ask { method, ..GOOD }
}
const fn body(body: &'static str) -> Ask {
    Ask { body, ..GOOD }
}

const WRONG: &[(u16, Ask)] = &[
    // names that another site can give this machine, and names that only look like ours
    (421, host("Host: evil.example:PORT\r\n")),
    (421, host("Host: evil.example\r\n")),
    (421, host("Host: 127.0.0.1\r\n")),
    (421, host("Host: localhost\r\n")),
    (421, host("Host: 127.0.0.1:1\r\n")),
    (421, host("Host: 127.0.0.2:PORT\r\n")),
    (421, host("Host: 0.0.0.0:PORT\r\n")),
    (421, host("Host: [::1]:PORT\r\n")),
    (421, host("Host: 2130706433:PORT\r\n")),
    (421, host("Host: 127.0.0.1:PORT.evil.example\r\n")),
    (421, host("Host: evil.example@127.0.0.1:PORT\r\n")),
    (421, host("Host: localhost.evil.example:PORT\r\n")),
    (421, host("Host: localhost.:PORT\r\n")),
    (421, host("Host:\r\n")),
    (421, host("")),
    (421, host("Host: 127.0.0.1:PORT\r\nHost: evil.example\r\n")),
    (421, host("Host: evil.example\r\nX-Forwarded-Host: 127.0.0.1:PORT\r\n")),
    (421, Ask { path: "http://evil.example/api/v1/request", ..GOOD }),
    (421, Ask { host: "Host: evil.example:PORT\r\n", ..PAGE }),
    (421, Ask { host: "", ..NEWS }),
    // pages of other sites
    (403, origin("Origin: http://evil.example\r\n")),
    (403, origin("Origin: https://127.0.0.1:PORT\r\n")),
    (403, origin("Origin: http://127.0.0.1\r\n")),
    (403, origin("Origin: http://127.0.0.1:1\r\n")),
    (403, origin("Origin: http://localhost:PORT\r\n")),
    (403, origin("Origin: http://127.0.0.1:PORT.evil.example\r\n")),
    (403, origin("Origin: http://127.0.0.1:PORT/\r\n")),
    (403, origin("Origin: null\r\n")),
    (403, origin("Origin:\r\n")),
    (403, origin("Origin: chrome-extension://abcdefghijklmnopabcdefghijklmnop\r\n")),
    (403, origin("Origin: http://127.0.0.1:PORT\r\nOrigin: http://evil.example\r\n")),
    (403, Ask { origin: "Origin: http://evil.example\r\n", ..NEWS }),
    (403, Ask { origin: "", ..ENTER }),
    (403, Ask { origin: "Origin: null\r\n", ..ENTER }),
    (403, Ask { origin: "", body: r#"{"type":"rate","session":"20261122_141129_1a2b3c4d","rating":5}"#, ..GOOD }),
    // who has no key
    (401, key("")),
    (401, key("Authorization: Bearer\r\n")),
    (401, key("Authorization: Bearer \r\n")),
    (401, key("Authorization: Bearer 0000000000000000000000000000000000000000000000000000000000000000\r\n")),
    (401, key("Authorization: Bearer TOKEN0\r\n")),
    (401, key("Authorization: Bearer 0TOKEN\r\n")),
    (401, key("Authorization: TOKEN\r\n")),
    (401, key("Authorization: Basic TOKEN\r\n")),
    (401, key("Authorization: bearer  TOKEN\r\n")),
    (401, key("Authorization: Bearer TOKEN\r\nAuthorization: Bearer TOKEN\r\n")),
    (401, key("Cookie: token=TOKEN\r\n")),
    (401, key("X-Token: TOKEN\r\n")),
    (401, Ask { key: "", path: "/api/v1/request?token=TOKEN", ..GOOD }),
    (401, Ask { key: "", ..NEWS }),
    (401, Ask { key: "", path: "/api/v1/news?after=0&token=TOKEN", ..NEWS }),
    (401, ENTER),
    (401, Ask { body: r#"{"ticket":"TOKEN"}"#, ..ENTER }),
    // what a form or a preflight would send
    (405, method("GET")),
    (405, method("HEAD")),
    (405, method("PUT")),
    (405, method("PATCH")),
    (405, method("DELETE")),
    (405, method("OPTIONS")),
    (405, method("TRACE")),
    (405, method("post")),
    (405, Ask { method: "POST", ..NEWS }),
    (405, Ask { method: "OPTIONS", ..NEWS }),
    (405, Ask { method: "GET", ..ENTER }),
    (405, Ask { method: "POST", ..PAGE }),
    (405, Ask { method: "OPTIONS", ..PAGE }),
    (415, kind("")),
    (415, kind("Content-Type: text/plain\r\n")),
    (415, kind("Content-Type: application/x-www-form-urlencoded\r\n")),
    (415, kind("Content-Type: multipart/form-data; boundary=x\r\n")),
    (415, kind("Content-Type: text/plain; application/json\r\n")),
    (415, kind("Content-Type: application/jsonp\r\n")),
    (415, kind("Content-Type: application/json\r\nContent-Type: text/plain\r\n")),
    // what the dashboard may not ask, and what nobody may
    (403, body(r#"{"type":"start","feature":"x"}"#)),
    (403, body(r#"{"type":"prompt","session":"20261122_141129_1a2b3c4d"}"#)),
    (403, body(r#"{"type":"complete","session":"20261122_141129_1a2b3c4d"}"#)),
    (403, body(r#"{"type":"abandon","session":"20261122_141129_1a2b3c4d"}"#)),
    (403, body(r#"{"type":"redo","session":"20261122_141129_1a2b3c4d","phase":"planning"}"#)),
    (403, body(r#"{"type":"accept","session":"20261122_141129_1a2b3c4d"}"#)),
    (400, body("")),
    (400, body("not JSON")),
    (400, body(r#"{"type":"drop"}"#)),
    (400, body(r#"{"type":"list","extra":1}"#)),
    (400, Ask { path: "/api/v1/news", ..NEWS }),
    (400, Ask { path: "/api/v1/news?after=x", ..NEWS }),
    (404, body(r#"{"type":"show","session":"20261122_141129_1a2b3c4d"}"#)),
    (404, Ask { path: "/api/v1/nothing", ..GOOD }),
    (404, Ask { path: "/api/v1/request/", ..GOOD }),
    (404, Ask { path: "/../prompt-runner.db", ..PAGE }),
    (404, Ask { path: "/%2e%2e/%2e%2e/etc/passwd", ..PAGE }),
    (404, Ask { path: "//etc/passwd", ..PAGE }),
];

impl Ask {
    fn written(self, server: &Server) -> String {
        let Self { method, path, host, origin, key, kind, more, body } = self;
        let body = body.replace("TOKEN", &server.token);
        let length = if method == "POST" { format!("Content-Length: {}\r\n", body.len()) } else { String::new() };
        let body = if method == "POST" { body.as_str() } else { "" };
        format!("{method} {path} HTTP/1.1\r\n{host}{origin}{key}{kind}{more}{length}Connection: close\r\n\r\n{body}")
            .replace("PORT", &server.port.to_string())
            .replace("TOKEN", &server.token)
    }
}

#[test]
fn whoever_comes_in_wrongly_is_turned_down_and_learns_nothing() {
    assert!(WRONG.len() >= 60);
    let server = Server::start();
    let good = server.send(GOOD.written(&server).as_bytes());
    assert!(
        good.status == 200 && good.body.contains(FEATURE),
        "the request that all others change is a good one: {good:?}"
    );
    let mut wrong = Vec::new();
    for (status, ask) in WRONG {
        let asked = ask.written(&server);
        let answer = server.send(asked.as_bytes());
        if answer.status != *status {
            wrong.push(format!("{} instead of {status} for\n{asked}\n", answer.status));
        }
        let everything = format!("{}\n{}", answer.head, answer.body);
        assert!(!everything.contains(FEATURE) && !everything.contains(&server.token), "{asked} got {everything}");
        assert!(!everything.to_lowercase().contains("access-control-"), "no other site may read: {everything}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{asked}");
        if ask.method == "POST" {
            let problem = answer.json();
            assert_eq!(problem["status"], *status, "{asked}");
            assert!(problem["detail"].as_str().is_some_and(|detail| detail.ends_with('.')), "{problem}");
            assert!(problem["hint"].as_str().is_some_and(|hint| hint.ends_with('.')), "{problem}");
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.concat());
    tell(
        "T8",
        WRONG.len(),
        "requests that are wrong in one thing each",
        "each got the 400, 401, 403, 404, 405, 415 or 421 that it must",
    );
}

#[test]
fn a_body_of_100_megabytes_is_refused_before_it_is_sent() {
    let server = Server::start();
    let announced = Ask { more: "X: ", ..GOOD }.written(&server);
    let announced = announced.replace(&format!("X: Content-Length: {}", GOOD.body.len()), "Content-Length: 104857600");
    assert!(announced.contains("104857600"));
    assert_eq!(server.send(announced.as_bytes()).status, 413);
}

#[test]
fn a_body_without_end_is_cut_off() {
    let server = Server::start();
    let head = Ask { more: "Transfer-Encoding: chunked\r\nX: ", body: "", ..GOOD }.written(&server);
    let mut stream = server.connect();
    stream.set_write_timeout(Some(LIMIT)).unwrap();
    stream.write_all(head.as_bytes()).unwrap();
    let chunk = [b"10000\r\n".as_slice(), &vec![b' '; 0x1_0000], b"\r\n"].concat();
    // 64 KiB are read; some more fit into the buffers of the two sockets.
    let taken = (0..1_600).take_while(|_| stream.write_all(&chunk).is_ok()).count();
    assert!(taken < 1_600, "100 MB were taken");
}

#[test]
fn headers_without_end_are_cut_off() {
    let server = Server::start();
    let long = format!(
        "GET / HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nX: {}\r\nConnection: close\r\n\r\n",
        server.port,
        "x".repeat(60_000)
    );
    let mut stream = server.connect();
    let _ = stream.write_all(long.as_bytes());
    let mut first = [0; 64];
    let got = std::io::Read::read(&mut stream, &mut first).unwrap_or_default();
    let line = String::from_utf8_lossy(&first[..got]);
    assert!(got == 0 || line.starts_with("HTTP/1.1 431"), "{line}");
}
