//! Bodies of frames, one a line, into the host's answer on a real database. Every answer fits its request and the wire, a refusal has
//! a code with its next step and changes nothing, and no answer is larger than what a browser takes.
//!
//! Seeds speak of the session and the nonce of tests/replies; they are replaced by those that this input got last. The database goes on
//! from one input to the next, and begins anew after some of them.

use super::{NONCE, SESSION};
use prompt_runner::frame::{self, Incoming, MAX_OUT};
use prompt_runner::host::answer;
use prompt_runner_core::protocol::{Envelope, Message, Reply, Request, answer, ask};
use prompt_runner_core::session::SessionId;
use prompt_runner_core::status::View;
use runner::ReconnectingRunner;
use runner::places::Places;
use std::cell::RefCell;
use tempfile::TempDir;

/// More sessions than these tell nothing new.
const INPUTS: u32 = 256;
/// More requests of one input are as good as the first ones.
const REQUESTS: usize = 32;

thread_local! {
    static HOST: RefCell<Option<Host>> = const { RefCell::new(None) };
}

pub(super) fn check(bytes: &[u8]) {
    HOST.with_borrow_mut(|host| {
        let used_up = host.as_ref().is_none_or(|host| host.inputs == INPUTS);
        if used_up {
            *host = Some(Host::new());
        }
        if let Some(host) = host {
            host.inputs += 1;
            host.play(bytes);
        }
    });
}

struct Host {
    runner: ReconnectingRunner,
    inputs: u32,
    _folder: TempDir,
}

impl Host {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("there is a folder for temporary files");
        let places = Places { data: folder.path().join("data"), config: folder.path().join("config") };
        Self { runner: ReconnectingRunner::new(places), inputs: 0, _folder: folder }
    }

    fn play(&mut self, bytes: &[u8]) {
        // The session as the last answer showed it, and the nonce of the last prompt.
        let mut seen: Option<View> = None;
        let mut nonce: Option<String> = None;
        for line in bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).take(REQUESTS) {
            let mut body = line.to_owned();
            seen.iter().for_each(|view| replace(&mut body, SESSION, view.session.as_str()));
            nonce.iter().for_each(|nonce| replace(&mut body, NONCE, nonce));
            match self.ask(&body) {
                Some(
                    Reply::Session(answer::SessionFound { view: Some(view) })
                    | Reply::Captured(answer::Captured { view, .. })
                    | Reply::Record(answer::SessionRecord { view, .. }),
                ) => {
                    seen = Some(view);
                }
                Some(Reply::Prompt(answer::RenderedPrompt { view, nonce: its, .. })) => {
                    (seen, nonce) = (Some(view), Some(its))
                }
                Some(_) => {}
                None => seen
                    .iter()
                    .for_each(|view| assert_eq!(self.view(&view.session), *view, "a refusal changed something")),
            }
        }
    }

    /// What came of the body of a frame; nothing where it was turned down.
    fn ask(&mut self, body: &[u8]) -> Option<Reply> {
        let message = answer(&mut self.runner, body.to_owned());
        crosses_the_wire(&message);
        let asked: Option<Envelope> = serde_json::from_slice(body).ok();
        match message {
            Message::Answer { id, reply, .. } => {
                assert_eq!(Some(id), asked.map(|asked| asked.id), "an answer to nothing");
                Some(reply)
            }
            Message::Refused { id, refusal, .. } => {
                // Of an id that is too long to be one, only the beginning comes back.
                assert!(
                    asked.is_none_or(|asked| asked.id == id || asked.id.starts_with(&id) && id.len() >= 64),
                    "{refusal:?} is for another request than “{id}”"
                );
                assert!(!refusal.message.is_empty() && !refusal.hint.is_empty(), "{refusal:?}");
                // Whoever asked, nothing of the kind may happen to a database of our own.
                assert!(!refusal.code.name().starts_with("store."), "{refusal:?}");
                None
            }
            Message::News { .. } | Message::Piece { .. } => panic!("no answer: {message:?}"),
        }
    }

    fn view(&mut self, session: &SessionId) -> View {
        match self.runner.handle(Request::Status(ask::Status { session: Some(session.clone()), conversation: None })) {
            Ok(Reply::Session(answer::SessionFound { view: Some(view) })) => view,
            other => panic!("{session} is gone: {other:?}"),
        }
    }
}

/// Replaces a text by another of the same length.
fn replace(body: &mut [u8], from: &str, to: &str) {
    assert_eq!(from.len(), to.len());
    let mut at = 0;
    while let Some(found) = body.get(at..at + from.len()) {
        if found == from.as_bytes() {
            body[at..at + from.len()].copy_from_slice(to.as_bytes());
        }
        at += 1;
    }
}

/// A message is written in frames that a browser takes, and comes out of them to the letter.
fn crosses_the_wire(message: &Message) {
    let text = serde_json::to_string(message).expect("a message is JSON");
    let mut stream = Vec::new();
    frame::write(&mut stream, message).expect("a vector takes everything");
    let mut from = stream.as_slice();
    let mut came = String::new();
    while let Ok(Incoming::Message(body)) = frame::read(&mut from) {
        assert!(body.len() <= MAX_OUT, "{} bytes close the port", body.len());
        let said = str::from_utf8(&body).expect("a frame is text");
        match serde_json::from_str(said).expect("a frame is a message") {
            Message::Piece { piece, .. } => came.push_str(&piece),
            _ => came.push_str(said),
        }
    }
    assert_eq!(came, text);
}
