//! A running dashboard with one session in its record, and a client that sends any bytes at all.

use serde_json::Value;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;

/// How long anything may take at all; a condition that is met ends the waiting at once.
pub(crate) const LIMIT: Duration = Duration::from_secs(60);
/// What nobody may learn who was not let in.
pub(crate) const FEATURE: &str = "A feature that is nobody's business";

pub(crate) struct Server {
    child: Child,
    home: TempDir,
    pub(crate) port: u16,
    pub(crate) token: String,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Server {
    /// Starts the program on a free port.
    pub(crate) fn start() -> Self {
        let home = tempfile::tempdir().unwrap();
        let mut child = program(&home, &["dashboard", "--no-open"]).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("http://127.0.0.1:").expect("it prints its address");
        let (port, token) = address.split_once("/#token=").expect("the token is in the fragment");
        let server = Self { child, port: port.parse().unwrap(), token: token.into(), home };
        server.plan(FEATURE);
        server
    }

    /// One that was started otherwise; its token is not known yet.
    #[cfg(target_os = "linux")]
    pub(crate) const fn of(child: Child, home: TempDir, port: u16) -> Self {
        Self { child, home, port, token: String::new() }
    }

    /// Runs another program of ours over the same record.
    pub(crate) fn run(&self, words: &[&str]) -> std::process::Output {
        program(&self.home, words).output().unwrap()
    }

    /// Starts a session.
    pub(crate) fn plan(&self, feature: &str) {
        let output = self.run(&["orchestrate", "plan", feature]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    /// A client that has said nothing yet.
    pub(crate) fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).unwrap();
        stream.set_read_timeout(Some(LIMIT)).unwrap();
        stream
    }

    /// Sends these bytes and reads until the server closes.
    pub(crate) fn send(&self, bytes: &[u8]) -> Answer {
        let mut stream = self.connect();
        stream.write_all(bytes).unwrap();
        read(&mut stream)
    }

    /// Asks as the page does.
    pub(crate) fn ask(&self, request: &str) -> Answer {
        self.send(self.good("/api/v1/request", request).as_bytes())
    }

    /// A request with everything that it needs.
    pub(crate) fn good(&self, path: &str, body: &str) -> String {
        let (port, token, length) = (self.port, &self.token, body.len());
        format!(
            "POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: http://127.0.0.1:{port}\r\nAuthorization: Bearer {token}\r\n\
             Content-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
        )
    }

    /// Asks for news.
    pub(crate) fn news(&self, query: &str) -> Answer {
        let (port, token) = (self.port, &self.token);
        self.send(
            format!("GET /api/v1/news{query} HTTP/1.1\r\nHost: localhost:{port}\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\r\n").as_bytes(),
        )
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The value of a header; its name in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }
}

/// Reads an answer to its end.
pub(crate) fn read(stream: &mut TcpStream) -> Answer {
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).unwrap();
    let text = String::from_utf8_lossy(&bytes);
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default();
    Answer { status, head: head.replace("\r\n", "\n"), body: body.to_owned() }
}

fn program(home: &TempDir, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_prompt-runner"));
    command.args(words).current_dir(home.path()).stdin(Stdio::null());
    command
        .env("PROMPT_RUNNER_DATA_DIR", home.path().join("data"))
        .env("PROMPT_RUNNER_CONFIG_DIR", home.path().join("config"));
    command.stderr(Stdio::null());
    command
}
