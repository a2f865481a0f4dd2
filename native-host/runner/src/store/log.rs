//! The log: events are read out of it, and written into it with the rows that their session then folds to. Nothing else writes an event.

use super::StoreError;
use super::rows::Rows;
use prompt_runner_core::event::{Event, Recorded, State, evolve, fold};
use prompt_runner_core::session::SessionId;
use rusqlite::{Connection, params};
use serde::de::Error as _;
use std::collections::HashMap;

/// Sessions that a [`Ledger`] keeps folded. Those of half a year would fill the memory; a session that was let go is folded anew.
const OPEN: usize = 4_096;

/// Folds a session out of its events.
pub(super) fn load(connection: &Connection, session: &SessionId) -> Result<Option<State>, StoreError> {
    Ok(fold(session, &read(connection, session)?))
}

/// The events of a session, oldest first.
pub(super) fn read(connection: &Connection, session: &SessionId) -> Result<Vec<Recorded>, StoreError> {
    let mut statement =
        connection.prepare_cached("SELECT seq, at_ms, data FROM event WHERE session = ?1 ORDER BY seq")?;
    let mut rows = statement.query(params![session.as_str()])?;
    let mut events = Vec::new();
    while let Some(row) = rows.next()? {
        let (seq, at_ms, data): (i64, i64, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        events.push(Recorded { seq, at_ms, event: parse(seq, &data)? });
    }
    Ok(events)
}

fn parse(seq: i64, data: &str) -> Result<Event, StoreError> {
    serde_json::from_str(data).map_err(|source| StoreError::Event { seq, source })
}

/// The newest place in the log.
pub(super) fn last_seq(connection: &Connection) -> Result<i64, StoreError> {
    let mut statement = connection.prepare_cached("SELECT coalesce(max(seq), 0) FROM event")?;
    Ok(statement.query_row([], |row| row.get(0))?)
}

/// Adds events to the log of a session that stands so, in a transaction that holds the write lock. How it stands then.
pub(super) fn append<'a>(
    connection: &Connection,
    session: &SessionId,
    mut state: Option<State>,
    events: impl Iterator<Item = (i64, &'a Event)>,
) -> Result<Option<State>, StoreError> {
    let last = last_seq(connection)?;
    for (seq, (at_ms, event)) in (last + 1..).zip(events) {
        state = record(connection, session, state, Recorded { seq, at_ms, event: event.clone() })?;
    }
    Ok(state)
}

/// Writes one event, and the rows that its session folds to with it.
fn record(
    connection: &Connection,
    session: &SessionId,
    before: Option<State>,
    recorded: Recorded,
) -> Result<Option<State>, StoreError> {
    let seq = recorded.seq;
    let value = serde_json::to_value(&recorded.event).map_err(|source| StoreError::Event { seq, source })?;
    let kind = value["kind"].as_str().unwrap_or_default();
    enter(connection, session, before, &recorded, kind, &value.to_string())
}

/// The same of one whose JSON is there.
fn enter(
    connection: &Connection,
    session: &SessionId,
    before: Option<State>,
    recorded: &Recorded,
    kind: &str,
    data: &str,
) -> Result<Option<State>, StoreError> {
    // A second start is refused by the row of the first.
    let begins = matches!(recorded.event, Event::SessionStarted { .. });
    let rows = before.as_ref().filter(|_| !begins).map(Rows::of);
    let state = evolve(session, before, recorded);
    if let Some(state) = &state {
        Rows::write(rows.as_ref(), state, connection)?;
    }
    // Last, so that the schema can see that its rows are there.
    connection
        .prepare_cached("INSERT INTO event (seq, session, at_ms, kind, data) VALUES (?1, ?2, ?3, ?4, ?5)")?
        .execute(params![recorded.seq, session.as_str(), recorded.at_ms, kind, data])?;
    Ok(state)
}

/// Writes events of many sessions in one transaction, which is the caller's and holds the write lock.
#[derive(Debug)]
pub struct Ledger<'a> {
    connection: &'a Connection,
    last: i64,
    open: HashMap<SessionId, State>,
    most: usize,
}

impl<'a> Ledger<'a> {
    /// A ledger that goes on from what the log holds.
    ///
    /// # Errors
    /// Trouble with the database.
    pub fn new(connection: &'a Connection) -> Result<Self, StoreError> {
        Ok(Self { connection, last: last_seq(connection)?, open: HashMap::new(), most: OPEN })
    }

    /// Writes one event at the end of the log, and the rows that its session folds to with it.
    ///
    /// # Errors
    /// Trouble with the database; the transaction is to be given up then.
    pub fn write(&mut self, session: &SessionId, at_ms: i64, event: Event) -> Result<(), StoreError> {
        let before = self.take(session)?;
        let recorded = Recorded { seq: self.last + 1, at_ms, event };
        self.last = recorded.seq;
        let after = record(self.connection, session, before, recorded)?;
        self.put(session, after);
        Ok(())
    }

    /// The same of an event as another log has it, at its place there.
    pub(super) fn copy(
        &mut self,
        seq: i64,
        session: &str,
        at_ms: i64,
        kind: &str,
        data: &str,
    ) -> Result<(), StoreError> {
        let unknown = || StoreError::Event { seq, source: serde_json::Error::custom("the session has no id of ours") };
        let session = SessionId::parse(session).ok_or_else(unknown)?;
        let before = self.take(&session)?;
        let recorded = Recorded { seq, at_ms, event: parse(seq, data)? };
        self.last = seq;
        let after = enter(self.connection, &session, before, &recorded, kind, data)?;
        self.put(&session, after);
        Ok(())
    }

    fn take(&mut self, session: &SessionId) -> Result<Option<State>, StoreError> {
        match self.open.remove(session) {
            Some(state) => Ok(Some(state)),
            None => load(self.connection, session),
        }
    }

    fn put(&mut self, session: &SessionId, state: Option<State>) {
        if self.open.len() >= self.most {
            self.open.clear();
        }
        if let Some(state) = state {
            self.open.insert(session.clone(), state);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Addition, Store};
    use serde_json::json;

    fn started() -> Event {
        let phases = ["planning", "analysis"];
        let event = json!({ "kind": "session_started", "feature": "x", "project": null, "workflow": "feature", "phases": phases });
        serde_json::from_value(event).unwrap()
    }

    fn rendered(nonce: &str) -> Event {
        let event = json!({ "kind": "prompt_rendered", "phase": "planning", "nonce": nonce, "text": "t", "bytes": 7 });
        serde_json::from_value(event).unwrap()
    }

    fn id(nth: u32) -> SessionId {
        SessionId::new("20261122_141129", nth.to_be_bytes()).unwrap()
    }

    #[test]
    fn a_session_that_a_ledger_let_go_is_folded_anew() {
        let home = tempfile::tempdir().unwrap();
        let mut store = Store::open(&home.path().join("prompt-runner.db")).unwrap();
        let transaction = store.connection.transaction().unwrap();
        let mut ledger = Ledger { most: 2, ..Ledger::new(&transaction).unwrap() };
        for nth in 0..5 {
            ledger.write(&id(nth), 1, started()).unwrap();
        }
        for (at_ms, nth) in [(2, 3), (3, 0), (4, 4), (5, 1), (6, 0)] {
            ledger.write(&id(nth), at_ms, rendered(&at_ms.to_string())).unwrap();
            assert!(ledger.open.len() <= 2, "{}", ledger.open.len());
        }
        drop(ledger);
        transaction.commit().unwrap();
        let sql = "SELECT nonce, phase.started_ms, prompted_ms, seq FROM phase JOIN session ON id = session WHERE session = ?1 AND position = 0";
        let row = |nth: u32| -> (Option<String>, Option<i64>, Option<i64>, i64) {
            let columns = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?));
            store.connection.query_row(sql, [id(nth).as_str()], columns).unwrap()
        };
        assert_eq!(row(0), (Some("6".to_owned()), Some(3), Some(6), 10));
        assert_eq!(row(2), (None, None, None, 3));
        assert_eq!(store.verify().unwrap(), []);
    }

    /// The fold would begin anew with it, and what was recorded before would be seen no more.
    #[test]
    fn a_session_begins_once() {
        let home = tempfile::tempdir().unwrap();
        let mut store = Store::open(&home.path().join("prompt-runner.db")).unwrap();
        let mut add = |event: Event| {
            store.append(&id(0), 1, |_| {
                Ok::<_, StoreError>(Addition { events: vec![event.clone()], ..Addition::default() })
            })
        };
        add(started()).unwrap();
        let before = add(rendered("n")).unwrap();
        assert!(add(started()).is_err());
        assert_eq!(store.state(&id(0)).unwrap(), before);
    }
}
