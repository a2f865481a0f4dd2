//! Histories as raw events, each at a time of its own: figures are about time, and a runner's clock is the machine's.

use prompt_runner_core::event::Event;
use prompt_runner_core::session::SessionId;
use runner::testing::Ledger;
use rusqlite::{Connection, params};
use serde_json::{Value, json};

/// Midnight of 26 October 2026, UTC.
pub(crate) const BEGIN: i64 = 1_792_972_800_000;
/// Milliseconds.
pub(crate) const DAY: i64 = 86_400_000;

/// A file to write into, in a transaction.
#[derive(Clone, Copy)]
pub(crate) enum File<'a> {
    /// Of this program.
    Ours(&'a Connection),
    /// Of one before 0011, whose triggers make every row.
    Old(&'a Connection),
}

/// One session being written.
pub(crate) struct History<'a> {
    pub(crate) file: File<'a>,
    pub(crate) session: SessionId,
}

impl History<'_> {
    /// Appends an event, if it is one.
    pub(crate) fn add(&self, at_ms: i64, event: &Value) {
        let fact: Event = serde_json::from_value(event.clone()).unwrap();
        let database = match self.file {
            File::Ours(database) => return Ledger::new(database).unwrap().write(&self.session, at_ms, fact).unwrap(),
            File::Old(database) => database,
        };
        let sql = "INSERT INTO event (session, at_ms, kind, data) VALUES (?1, ?2, ?3, ?4)";
        let kind = event["kind"].as_str();
        let mut statement = database.prepare_cached(sql).unwrap();
        statement.execute(params![self.session.as_str(), at_ms, kind, event.to_string()]).unwrap();
    }

    pub(crate) fn start(&self, at_ms: i64, project: &str, workflow: &str, phases: &[&str]) {
        let feature = format!("Feature of {}", self.session);
        self.add(at_ms, &json!({ "kind": "session_started", "feature": feature, "project": project, "workflow": workflow, "phases": phases }));
    }

    /// A prompt of 700 bytes, which are estimated as 200 tokens.
    pub(crate) fn prompt(&self, at_ms: i64, phase: &str, part: Value) {
        self.add(at_ms, &json!({ "kind": "prompt_rendered", "phase": phase, "nonce": "n", "text": "t", "bytes": 700, "template": format!("template of {phase}"), "part": part }));
    }

    /// A reply of 50 estimated tokens; `more` is put over it.
    pub(crate) fn reply(&self, at_ms: i64, phase: &str, more: Value) {
        let capture = format!("{at_ms} {phase}");
        let mut event = json!({
            "kind": "reply_captured", "phase": phase, "nonce": "n", "capture": capture, "text": "t", "bytes": 1, "lines": 1,
            "tokens_estimated": 50, "source": "page", "sections": [], "trailer": "proven", "problem": null, "timing": {},
        });
        event.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap_or_default());
        self.add(at_ms, &event);
    }
}

/// The id of the nth session.
pub(crate) fn id(n: u32) -> SessionId {
    SessionId::new("20261026_000000", n.to_be_bytes()).unwrap()
}
