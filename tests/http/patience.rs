//! A client that is slow, silent or gone keeps nobody waiting but itself, and not for ever.

use crate::server::Server;
use std::io::{ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

/// What each of them says before it says no more.
const STALLED: [&str; 4] = [
    "",
    "GET / HTT",
    "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ",
    "POST /api/v1/request HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nAuthorization: Bearer TOKEN\r\nContent-Type: application/json\r\nContent-Length: 15\r\n\r\n{\"type\"",
];

fn stalled(server: &Server, said: &str) -> TcpStream {
    let mut stream = server.connect();
    let said = said.replace("PORT", &server.port.to_string()).replace("TOKEN", &server.token);
    stream.write_all(said.as_bytes()).unwrap();
    stream
}

#[test]
fn slow_clients_do_not_block_others() {
    let server = Server::start();
    let held: Vec<TcpStream> = (0..25).flat_map(|_| STALLED).map(|said| stalled(&server, said)).collect();
    let start = Instant::now();
    for _ in 0..10 {
        assert_eq!(server.ask(r#"{"type":"list"}"#).status, 200);
    }
    // The slow ones are let go after 10 seconds: who waits for that has been blocked.
    assert!(start.elapsed() < Duration::from_secs(8), "{:?}", start.elapsed());
    drop(held);
}

#[test]
fn a_question_for_news_does_not_block_others() {
    let server = Server::start();
    let seq = server.news("?after=0").json()["seq"].as_i64().unwrap();
    let ask =
        format!("GET /api/v1/news?after={seq} HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nAuthorization: Bearer TOKEN\r\n\r\n");
    let held: Vec<TcpStream> = (0..50).map(|_| stalled(&server, &ask)).collect();
    assert_eq!(server.ask(r#"{"type":"list"}"#).status, 200);
    drop(held);
}

#[test]
fn whoever_says_no_more_is_let_go() {
    let server = Server::start();
    std::thread::scope(|scope| {
        for said in STALLED {
            let server = &server;
            scope.spawn(move || {
                let mut rest = Vec::new();
                // The end comes within the limit of the socket, or this fails.
                stalled(server, said).read_to_end(&mut rest).unwrap();
                let rest = String::from_utf8_lossy(&rest);
                assert!(rest.is_empty() || rest.starts_with("HTTP/1.1 408"), "{said}: {rest}");
            });
        }
    });
}

/// Asks for much, and does not read it, or a byte now and then.
#[test]
fn whoever_does_not_read_is_let_go() {
    let server = Server::start();
    let ask = format!("GET /dashboard.js HTTP/1.1\r\nHost: 127.0.0.1:{}\r\n\r\n", server.port);
    let begun = Instant::now();
    std::thread::scope(|scope| {
        for sip in [0, 1, 1_000] {
            let (server, ask) = (&server, &ask);
            scope.spawn(move || {
                let mut stream = server.connect();
                stream.set_write_timeout(Some(Duration::from_millis(200))).unwrap();
                let mut to = vec![0; sip];
                // As long as the server reads there is room for more; once it has let go, writing is an error of another kind.
                loop {
                    match stream.write(ask.as_bytes()) {
                        Ok(_) => {}
                        Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
                        Err(_) => break,
                    }
                    if sip > 0 && stream.read(&mut to).is_ok_and(|read| read == 0) {
                        break;
                    }
                    assert!(
                        begun.elapsed() < Duration::from_secs(50),
                        "a client that reads {sip} bytes at a time is still there"
                    );
                }
            });
        }
    });
    assert!(begun.elapsed() > Duration::from_secs(5), "it was given its time");
    assert_eq!(server.ask(r#"{"type":"list"}"#).status, 200);
}
