//! A browser's end of the port: starts the host as Chromium does, writes frames, reads frames, puts pieces together.

use serde_json::{Value, json};
use std::collections::VecDeque;
use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

/// How long anything may take at all; a condition that is met ends the waiting at once.
pub(crate) const LIMIT: Duration = Duration::from_secs(60);
/// The first argument that Chromium gives: who calls.
pub(crate) const CALLER: &str = concat!("chrome-extension://", include_str!("../../extension/id.txt"));

/// An open port.
pub(crate) struct Port {
    child: Child,
    stdin: Option<ChildStdin>,
    frames: Receiver<Vec<u8>>,
    news: VecDeque<Value>,
    stderr: PathBuf,
    asked: u32,
}

/// Waits until a host has the record open twice: for the requests, and a moment later for the news.
#[allow(dead_code, reason = "for who measures a host")]
pub(crate) fn settled(pid: u32) {
    let connections = || {
        let files = std::fs::read_dir(format!("/proc/{pid}/fd")).unwrap();
        let named = files.filter_map(|file| std::fs::read_link(file.ok()?.path()).ok());
        named.filter(|name| name.ends_with("prompt-runner.db")).count()
    };
    let begun = Instant::now();
    while connections() < 2 {
        assert!(begun.elapsed() < LIMIT, "the host did not open the record for the news");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// What became of a host.
pub(crate) struct Ended {
    pub(crate) status: ExitStatus,
    pub(crate) after: Duration,
    pub(crate) stderr: String,
}

impl Port {
    /// Opens a port to a host with its database in `home`, as our extension in Chromium.
    pub(crate) fn open(home: &Path) -> Self {
        Self::open_as(home, &[&format!("{}/", CALLER.trim_end())])
    }

    /// Opens one with these arguments.
    pub(crate) fn open_as(home: &Path, args: &[&str]) -> Self {
        let mut host = Command::new(env!("CARGO_BIN_EXE_prompt-runner-host"));
        host.args(args).env("PROMPT_RUNNER_DATA_DIR", home);
        Self::start(&mut host, home)
    }

    /// Opens one to whatever this command starts; what it says to people goes into a file in `home`.
    pub(crate) fn start(command: &mut Command, home: &Path) -> Self {
        let stderr =
            tempfile::Builder::new().prefix("stderr-").tempfile_in(home).unwrap().into_temp_path().keep().unwrap();
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(File::create(&stderr).unwrap());
        let mut child = command.spawn().unwrap();
        let (sender, frames) = channel();
        let stdout = child.stdout.take().unwrap();
        std::thread::spawn(move || pump(stdout, &sender));
        Self { stdin: child.stdin.take(), child, frames, news: VecDeque::new(), stderr, asked: 0 }
    }

    /// The process.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Writes bytes as they are.
    pub(crate) fn write(&mut self, bytes: &[u8]) {
        let stdin = self.stdin.as_mut().expect("the port is open for writing");
        stdin.write_all(bytes).and_then(|()| stdin.flush()).expect("the host reads");
    }

    /// Sends a request and gives its id.
    pub(crate) fn send(&mut self, request: &Value) -> String {
        self.asked += 1;
        let id = format!("t{}", self.asked);
        self.write(&frame(json!({ "v": 1, "id": id, "request": request }).to_string().as_bytes()));
        id
    }

    /// Sends a request and waits for the answer to it, of whichever kind.
    pub(crate) fn ask_any(&mut self, request: &Value) -> Value {
        let id = self.send(request);
        let answer = self.answer();
        assert_eq!(answer["id"], Value::String(id), "answers come in the order of the requests");
        answer
    }

    /// Sends a request that is expected to be answered.
    pub(crate) fn ask(&mut self, request: &Value) -> Value {
        let mut answer = self.ask_any(request);
        assert!(answer["refusal"].is_null(), "{} was refused: {}", short(request), answer["refusal"]);
        answer["reply"].take()
    }

    /// Sends a request that is expected to be turned down, and gives the code.
    pub(crate) fn refused(&mut self, request: &Value) -> String {
        let answer = self.ask_any(request);
        answer["refusal"]["code"]
            .as_str()
            .unwrap_or_else(|| panic!("{} was answered: {answer}", short(request)))
            .to_owned()
    }

    /// The next message that is no news.
    pub(crate) fn answer(&mut self) -> Value {
        loop {
            let message =
                self.message().unwrap_or_else(|| panic!("the port closed without an answer: {}", self.stderr()));
            if message["notice"].is_null() {
                return message;
            }
            self.news.push_back(message);
        }
    }

    /// The next news.
    pub(crate) fn news(&mut self) -> Value {
        let message = self.news.pop_front().or_else(|| self.message()).expect("the port is open");
        assert!(!message["notice"].is_null(), "an answer that nobody asked for: {message}");
        message["notice"].clone()
    }

    /// The next whole message; `None` where the host has closed the port.
    pub(crate) fn message(&mut self) -> Option<Value> {
        let mut joined = String::new();
        let mut pieces = 0;
        loop {
            let frame: Value = serde_json::from_slice(&self.frame()?).expect("frames are JSON");
            assert_eq!(frame["v"], 1, "every message carries the version");
            let Some(piece) = frame["piece"].as_str() else {
                assert_eq!(pieces, 0, "a message in pieces is never interrupted");
                return Some(frame);
            };
            assert_eq!(frame["index"], pieces);
            joined.push_str(piece);
            pieces += 1;
            if frame["of"] == pieces {
                return Some(serde_json::from_str(&joined).expect("the pieces are one JSON text"));
            }
        }
    }

    /// The next frame as it came.
    pub(crate) fn frame(&mut self) -> Option<Vec<u8>> {
        match self.frames.recv_timeout(LIMIT) {
            Ok(frame) => Some(frame),
            Err(RecvTimeoutError::Disconnected) => None,
            Err(RecvTimeoutError::Timeout) => panic!("no frame within {LIMIT:?}: {}", self.stderr()),
        }
    }

    /// Closes our writing end, as a browser that goes away.
    pub(crate) fn hang_up(&mut self) {
        self.stdin = None;
    }

    /// Kills the host as `kill -9` does, and gives what it had still said.
    pub(crate) fn kill(mut self) -> Vec<Value> {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        // The pump ends with the pipe; a frame that was cut in the middle was never said.
        std::mem::take(&mut self.news).into_iter().chain(std::iter::from_fn(|| self.message())).collect()
    }

    /// Hangs up and waits for the host to end by itself.
    pub(crate) fn end(mut self) -> Ended {
        self.hang_up();
        self.wait()
    }

    /// Waits for the host to end by itself.
    pub(crate) fn wait(&mut self) -> Ended {
        let begun = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                let stderr = self.stderr();
                assert!(!stderr.contains("panicked"), "{stderr}");
                return Ended { status, after: begun.elapsed(), stderr };
            }
            assert!(begun.elapsed() < LIMIT, "the host does not end");
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// What the host has said to people so far.
    pub(crate) fn stderr(&self) -> String {
        std::fs::read_to_string(&self.stderr).unwrap_or_default()
    }
}

impl Drop for Port {
    fn drop(&mut self) {
        // Ended already, as a rule; then this does nothing.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A frame around a body.
pub(crate) fn frame(body: &[u8]) -> Vec<u8> {
    [&u32::try_from(body.len()).unwrap().to_ne_bytes()[..], body].concat()
}

/// The beginning of a request, for messages about it.
fn short(request: &Value) -> String {
    request.to_string().chars().take(120).collect()
}

fn pump(mut from: impl Read, to: &Sender<Vec<u8>>) {
    loop {
        let mut length = [0; 4];
        if from.read_exact(&mut length).is_err() {
            return;
        }
        let length = u32::from_ne_bytes(length);
        // A browser closes the port over one byte more; here the test goes without an answer and says so.
        if length > 1 << 20 {
            eprintln!("the host sent a frame of {length} bytes, which no browser takes");
            return;
        }
        let mut body = vec![0; length as usize];
        if from.read_exact(&mut body).is_err() || to.send(body).is_err() {
            return;
        }
    }
}
