//! A server on this machine that does what it is told, connection by connection, and remembers what it was asked.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// What to do with a connection, once its request is read.
#[derive(Clone, Debug)]
pub(crate) enum Act {
    /// Send this at once.
    Send(Vec<u8>),
    /// Send this byte by byte.
    Trickle(Vec<u8>),
    /// Wait a little.
    Pause(Duration),
    /// UiMessage nothing until the caller hangs up.
    Silence,
}

/// What was asked.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    /// Everything up to the empty line, in small letters.
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

/// A server; its thread ends with the test.
pub(crate) struct Server {
    pub(crate) url: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Server {
    /// One list of acts for each connection; the last serves all that follow.
    pub(crate) fn new(script: Vec<Vec<Act>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&asked);
        thread::spawn(move || {
            for (index, stream) in listener.incoming().enumerate() {
                let acts = script.get(index).or(script.last()).cloned().unwrap_or_default();
                // A caller that hangs up early is part of the play.
                let _ = serve(stream.unwrap(), &acts, &seen);
            }
        });
        Self { url, asked }
    }

    /// What it was asked so far.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

fn serve(mut stream: TcpStream, acts: &[Act], asked: &Mutex<Vec<Asked>>) -> std::io::Result<()> {
    // Nothing here waits without end, whatever the caller does.
    stream.set_read_timeout(Some(Duration::from_secs(20)))?;
    stream.set_nodelay(true)?;
    let request = read(&mut BufReader::new(stream.try_clone()?))?;
    asked.lock().unwrap().push(request);
    for act in acts {
        match act {
            Act::Send(bytes) => stream.write_all(bytes)?,
            Act::Trickle(bytes) => bytes.iter().try_for_each(|byte| stream.write_all(&[*byte]))?,
            Act::Pause(time) => thread::sleep(*time),
            Act::Silence => {
                let _ = stream.read(&mut [0])?;
            }
        }
    }
    Ok(())
}

fn read(from: &mut impl BufRead) -> std::io::Result<Asked> {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if from.read_line(&mut head)? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
    }
    let head = head.to_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    from.read_exact(&mut body)?;
    Ok(Asked { head, body })
}

/// A response with a body that ends when the connection does.
pub(crate) fn response(status: &str, headers: &str, body: &str) -> Vec<Act> {
    vec![Act::Send(format!("HTTP/1.1 {status}\r\nconnection: close\r\n{headers}\r\n{body}").into_bytes())]
}

/// A stream of events.
pub(crate) fn stream(body: &str) -> Vec<Act> {
    response("200 OK", "content-type: text/event-stream\r\n", body)
}

/// A text in the chunked encoding, in chunks of so many bytes; without its end if it is to break off.
pub(crate) fn chunked(body: &str, size: usize, whole: bool) -> Vec<Act> {
    let mut bytes =
        b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\ntransfer-encoding: chunked\r\n\r\n"
            .to_vec();
    for chunk in body.as_bytes().chunks(size) {
        bytes.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
        bytes.extend_from_slice(chunk);
        bytes.extend_from_slice(b"\r\n");
    }
    if whole {
        bytes.extend_from_slice(b"0\r\n\r\n");
    }
    vec![Act::Send(bytes)]
}
