//! `kill -9` between question and answer: what was acknowledged is there, and what is sent again is there once.

use crate::answer::{self, Fault};
use crate::port::Port;
use rusqlite::Connection;
use serde_json::{Value, json};
use std::path::Path;
use std::time::{Duration, Instant};

const KILLS: u32 = 60;

fn database(home: &Path) -> Connection {
    Connection::open(home.join("prompt-runner.db")).unwrap()
}

fn captures(home: &Path, session: &str) -> u32 {
    let sql = "SELECT count(*) FROM event WHERE session = ?1 AND kind = 'reply_captured'";
    database(home).query_row(sql, [session], |row| row.get(0)).unwrap()
}

/// A fresh session, and the capture that answers its first prompt.
fn prepared(port: &mut Port, capture: &str) -> (String, Value) {
    let start = port.ask(&json!({ "type": "start", "feature": "Dark mode" }));
    let session = start["view"]["session"].as_str().unwrap().to_owned();
    let prompt = port.ask(&json!({ "type": "prompt", "session": session }));
    let body = "A line of an answer.\n".repeat(800);
    let text = answer::markdown(prompt["text"].as_str().unwrap(), &body, Fault::None);
    let request = json!({
        "type": "capture", "capture": capture, "session": session, "phase": "planning", "source": "page",
        "body": { "format": "markdown", "content": text },
    });
    (session, request)
}

/// What became of captures whose host was killed.
#[derive(Debug, Default)]
pub(crate) struct Killed {
    /// Answered and stored.
    pub(crate) acknowledged: u32,
    /// Stored, and the answer did not come through.
    pub(crate) silent: u32,
    /// Not stored, and not answered.
    pub(crate) gone: u32,
    /// Answered and not stored, or not stored when sent again.
    pub(crate) lost: u32,
    /// Stored more than once.
    pub(crate) doubled: u32,
}

/// Kills so many hosts, each at a later moment of a capture than the one before, and sends each capture again to the next host.
pub(crate) fn killed(home: &Path, kills: u32) -> Killed {
    // How long a capture takes here, so that the kills spread over all of it.
    let mut port = Port::open(home);
    let (_, request) = prepared(&mut port, "calm");
    let begun = Instant::now();
    port.ask(&request);
    let calm = begun.elapsed();
    let mut killed = Killed::default();
    for kill in 0..kills {
        let name = format!("c{kill}");
        let (session, request) = prepared(&mut port, &name);
        let id = port.send(&request);
        // Never a wait for luck: the moment of the kill is what is varied. The last one comes after the answer.
        let mut said = Vec::new();
        if kill + 1 < kills {
            let until = Instant::now() + calm.mul_f64(1.5 * f64::from(kill) / f64::from(kills));
            while Instant::now() < until {
                std::thread::sleep(Duration::from_micros(50));
            }
        } else {
            said.push(port.answer());
        }
        said.extend(port.kill());
        let was_acknowledged = said.iter().any(|message| message["id"] == id && message["reply"]["type"] == "captured");

        let stored = captures(home, &session);
        port = Port::open(home);
        match (was_acknowledged, stored) {
            (true, 0) => killed.lost += 1,
            (true, 1) => killed.acknowledged += 1,
            (false, 1) => killed.silent += 1,
            (false, 0) => killed.gone += 1,
            _ => killed.doubled += 1,
        }
        let again = port.ask(&request);
        assert_eq!(again["duplicate"], stored > 0, "kill {kill}");
        assert_eq!(again["verdict"]["problem"], Value::Null, "kill {kill}");
        match captures(home, &session) {
            0 => killed.lost += 1,
            1 => {}
            _ => killed.doubled += 1,
        }
    }
    assert!(port.end().status.success());
    let integrity: String = database(home).pragma_query_value(None, "integrity_check", |row| row.get(0)).unwrap();
    assert_eq!(integrity, "ok");
    killed
}

#[test]
fn an_acknowledged_capture_survives_and_none_is_doubled() {
    let home = tempfile::tempdir().unwrap();
    let killed = killed(home.path(), KILLS);
    println!("{KILLS} kills: {killed:?}");
    assert_eq!((killed.lost, killed.doubled), (0, 0));
    assert!(killed.acknowledged > 0 && killed.gone > 0, "the kills came at one end only");
}
