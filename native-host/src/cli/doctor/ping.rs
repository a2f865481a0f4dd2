//! One ping to the host over its own pipes, judged as strictly as a browser judges it, and never waited for without end.

use crate::browsers::{self, ADDON_ID, Family};
use prompt_runner_core::protocol::answer::Pong;
use prompt_runner_core::protocol::{Envelope, Message, Reply, Request, VERSION, ask};
use prompt_runner_core::refusal::Refusal;
use std::ffi::OsString;
use std::io::{self, ErrorKind, Read, Write};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

/// How long the host may take to answer.
pub(super) const LIMIT: Duration = Duration::from_secs(5);
/// How long it may take to end when its port is closed.
const GRACE: Duration = Duration::from_secs(2);
/// The largest message that a browser takes.
const LARGEST: u32 = 1 << 20;

/// Why there is no pong.
#[derive(Debug, PartialEq)]
pub(super) enum Fault {
    /// The host answers, and says why it cannot do more.
    Refused(Refusal),
    /// It does not answer as it must.
    Mute(String),
}

impl From<String> for Fault {
    fn from(finding: String) -> Self {
        Self::Mute(finding)
    }
}

/// What a browser starts the host with.
pub(super) fn arguments(caller: Family) -> Vec<OsString> {
    match caller {
        Family::Chromium => vec![browsers::origin().into()],
        Family::Firefox => vec![browsers::file_name().into(), ADDON_ID.into()],
    }
}

/// One ping, as a browser would send it. The host is gone when this returns.
pub(super) fn ask(host: &Path, arguments: &[OsString], limit: Duration) -> Result<Pong, Fault> {
    let dir = host.parent().unwrap_or_else(|| Path::new("."));
    let mut command = Command::new(host);
    command.args(arguments).current_dir(dir).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().map_err(|error| format!("It cannot be started: {error}."))?;
    let answer = exchange(&mut child, limit);
    drop(child.stdin.take());
    let status = end(&mut child);
    answer.map_err(|fault| match (fault, status) {
        (Fault::Mute(finding), Some(status)) => Fault::Mute(format!("{finding} Its last word: {status}.")),
        (fault, _) => fault,
    })
}

fn exchange(child: &mut Child, limit: Duration) -> Result<Pong, Fault> {
    let ping = Envelope { v: VERSION, id: "doctor".into(), request: Request::Ping(ask::Ping {}) };
    let ping = serde_json::to_vec(&ping).map_err(|error| format!("The ping cannot be written: {error}."))?;
    let length = u32::try_from(ping.len()).map_err(|error| format!("The ping cannot be written: {error}."))?;
    let (Some(stdin), Some(mut stdout)) = (child.stdin.as_mut(), child.stdout.take()) else {
        return Err("It was started without its pipes.".to_owned().into());
    };
    // A host that went away shows by what can be read from it.
    let _ = stdin.write_all(&length.to_ne_bytes()).and_then(|()| stdin.write_all(&ping)).and_then(|()| stdin.flush());
    let (send, receive) = channel();
    let listen = move || {
        while let Ok(frame) = read(&mut stdout).map_err(|finding| send.send(Err(finding))) {
            if send.send(Ok(frame)).is_err() {
                break;
            }
        }
    };
    thread::Builder::new().spawn(listen).map_err(|error| format!("Nobody can listen to it: {error}."))?;
    let until = Instant::now() + limit;
    loop {
        match receive.recv_timeout(until.saturating_duration_since(Instant::now())) {
            Ok(Ok(frame)) => match pong(&frame) {
                Some(answer) => return answer,
                None if Instant::now() < until => {}
                None => return Err("It says much, but does not answer.".to_owned().into()),
            },
            Ok(Err(finding)) => return Err(finding.into()),
            Err(RecvTimeoutError::Timeout) => {
                return Err(format!("It did not answer within {} s.", limit.as_secs()).into());
            }
            Err(RecvTimeoutError::Disconnected) => return Err("It ended without an answer.".to_owned().into()),
        }
    }
}

/// One frame, as strict as a browser is.
fn read(from: &mut impl Read) -> Result<Vec<u8>, String> {
    let finding = |error: io::Error| match error.kind() {
        ErrorKind::UnexpectedEof => "It ended without an answer.".to_owned(),
        _ => format!("Its answer cannot be read: {error}."),
    };
    let mut length = [0; 4];
    from.read_exact(&mut length).map_err(finding)?;
    let length = u32::from_ne_bytes(length);
    if length > LARGEST {
        return Err("It writes something that is not a message.".into());
    }
    let mut body = Vec::new();
    from.take(u64::from(length)).read_to_end(&mut body).map_err(finding)?;
    if body.len() < length as usize { Err("It ended within its answer.".into()) } else { Ok(body) }
}

/// What a frame says to the ping; nothing when it is about something else.
fn pong(frame: &[u8]) -> Option<Result<Pong, Fault>> {
    match serde_json::from_slice(frame) {
        Ok(Message::Answer { v: VERSION, id, reply: Reply::Pong(pong) }) if id == "doctor" => Some(Ok(pong)),
        Ok(Message::Refused { refusal, .. }) => Some(Err(Fault::Refused(refusal))),
        Ok(Message::News { .. }) => None,
        _ => Some(Err("It answers something else than was asked.".to_owned().into())),
    }
}

/// Waits for the end, and forces it in time. The status only when the host ended by itself.
fn end(child: &mut Child) -> Option<ExitStatus> {
    let until = Instant::now() + GRACE;
    while Instant::now() < until {
        if let Ok(Some(status)) = child.try_wait() {
            return Some(status);
        }
        thread::sleep(Duration::from_millis(5));
    }
    let _ = child.kill();
    let _ = child.wait();
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_pong_to_our_ping_is_an_answer() {
        let answer = br#"{"v":1,"id":"doctor","reply":{"type":"pong","version":"1","sqlite":"3","database":"/d/f"}}"#;
        let expected = Pong { version: "1".into(), sqlite: "3".into(), database: "/d/f".into(), files_bytes: 0 };
        assert_eq!(pong(answer), Some(Ok(expected)));
        let other = String::from_utf8_lossy(answer).replace("doctor", "somebody");
        assert!(pong(other.as_bytes()).unwrap().is_err());
        assert!(pong(b"{}").unwrap().is_err());
        let refused = br#"{"v":1,"id":"","refusal":{"code":"origin.foreign","message":"Not you.","hint":"x"}}"#;
        assert!(matches!(pong(refused), Some(Err(Fault::Refused(refusal))) if refusal.message == "Not you."));
    }

    #[test]
    fn a_frame_is_read_as_strictly_as_a_browser_reads_it() {
        let frame = |length: u32, body: &[u8]| read(&mut [&length.to_ne_bytes()[..], body].concat().as_slice());
        assert_eq!(frame(2, b"{}").unwrap(), b"{}");
        assert!(frame(3, b"{}").unwrap_err().contains("within"));
        assert!(frame(LARGEST + 1, b"").unwrap_err().contains("not a message"));
        assert!(read(&mut &b"hi"[..]).unwrap_err().contains("without"));
    }
}
