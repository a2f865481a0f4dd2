//! The record on disk: an append-only log in SQLite, and read models beside it: the rows that its sessions fold to, and what triggers measure
//! and count. Only the runner talks to it.

mod figures;
mod images;
mod log;
mod price;
mod private;
mod prompt_line;
mod replay;
mod rows;
mod schema;
mod upkeep;

pub(crate) use self::images::KeptImage;
pub use self::log::Ledger;
pub(crate) use self::price::Price;
pub(crate) use self::prompt_line::{PromptLine, fingerprint, prompt_line};
pub use self::replay::Difference;
pub(crate) use self::upkeep::Pruning;

use self::log::{last_seq, load, read};
use self::schema::Owner;
use prompt_runner_core::changes::KEPT_MAX;
use prompt_runner_core::event::{Event, Recorded, State};
use prompt_runner_core::session::SessionId;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension, TransactionBehavior, params};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// SQLite before 3.51.3 can corrupt a WAL database that several processes write and checkpoint
/// (<https://sqlite.org/wal.html#the_wal_reset_bug>): exactly our case. The bundled library is 3.53; an older one is refused.
const SQLITE_MIN: i32 = 3_053_000;
/// How long a writer waits for others in all. Eight processes with a durable commit each were measured to need 5 s at worst.
const PATIENCE: Duration = Duration::from_secs(30);

/// Trouble with the database.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// SQLite says no.
    #[error("{0}")]
    Sqlite(#[from] rusqlite::Error),
    /// The directory or file cannot be made.
    #[error("{path} cannot be made: {source}")]
    Directory {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Written by a newer program.
    #[error("{path} has schema {found}; this program knows {known}")]
    Newer {
        /// Which file.
        path: PathBuf,
        /// Its schema.
        found: i64,
        /// Ours.
        known: usize,
    },
    /// Others own it, or may read or change it.
    #[error("{path} {how}")]
    Exposed {
        /// The directory or file.
        path: PathBuf,
        /// In which way.
        how: String,
    },
    /// It holds something else than our record.
    #[error("{0} is no database of Prompt-Runner")]
    Foreign(PathBuf),
    /// SQLite would delete it when a database is made there.
    #[error("{0} is what is left of a database that is gone")]
    Left(PathBuf),
    /// The library that is linked is not the one that was built with.
    #[error("SQLite {0} is too old to be trusted with several writers")]
    OldLibrary(String),
    /// A row that no version of this program writes.
    #[error("event {seq} cannot be read: {source}")]
    Event {
        /// Which.
        seq: i64,
        /// Why.
        source: serde_json::Error,
    },
    /// A copy cannot be made there.
    #[error("{path}: {source}")]
    Copy {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A copy that was made is not whole.
    #[error("the copy {path} is not sound: {found}")]
    Unsound {
        /// Which file.
        path: PathBuf,
        /// What SQLite found in it.
        found: String,
    },
    /// Somebody held the database just then.
    #[error("the database was locked while it was copied")]
    Interrupted,
}

impl StoreError {
    /// What kind of trouble SQLite has, if it is SQLite.
    #[must_use]
    pub fn sqlite(&self) -> Option<ErrorCode> {
        match self {
            Self::Sqlite(error) => error.sqlite_error_code(),
            _ => None,
        }
    }

    /// Somebody else is writing: it may pass.
    fn is_busy(&self) -> bool {
        matches!(self, Self::Interrupted)
            || matches!(self.sqlite(), Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked))
    }
}

/// A text to be kept beside an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Text {
    /// SHA-256 of the body, in hex.
    pub hash: String,
    /// `prompt`, `markdown` or `blocks`.
    pub format: &'static str,
    /// The body.
    pub body: String,
}

/// What a decision adds to the log.
#[derive(Clone, Debug, Default)]
pub(crate) struct Addition {
    /// The events, in order.
    pub events: Vec<Event>,
    /// The texts that they name.
    pub texts: Vec<Text>,
    /// What stood in files that they name.
    pub images: Vec<KeptImage>,
}

/// The database.
#[derive(Debug)]
pub(crate) struct Store {
    connection: Connection,
    path: PathBuf,
}

impl Store {
    /// Opens the database, and makes or migrates it where needed. The file and its directory are for this user alone.
    ///
    /// # Errors
    /// Every [`StoreError`].
    pub(crate) fn open(path: &Path) -> Result<Self, StoreError> {
        if rusqlite::version_number() < SQLITE_MIN {
            return Err(StoreError::OldLibrary(rusqlite::version().to_owned()));
        }
        let file = private::make(&absolute(path)?)?;
        let mut connection = connect(&file)?;
        connection.busy_handler(Some(waits))?;
        // A log that another program left beside the file would be written into it when this connection closes.
        let left = private::beside(&file).iter().any(|at| at.exists());
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, left)?;
        // Before anything is set: what is not ours, or newer, stays as it is to the byte.
        let owner = with_patience(|| schema::owner(&mut connection, path))?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
        with_patience(|| Ok(connection.pragma_update(None, "journal_mode", "wal")?))?;
        connection.pragma_update(None, "synchronous", "full")?;
        connection.pragma_update(None, "foreign_keys", true)?;
        // An event moves a few dozen rows by triggers, and SQLite notes each page before: in files, that took as long as all the rest.
        connection.pragma_update(None, "temp_store", "memory")?;
        if owner == Owner::Nobody {
            with_patience(|| schema::claim(&connection))?;
        }
        with_patience(|| schema::migrate(&mut connection, path))?;
        Ok(Self { connection, path: path.to_owned() })
    }

    /// The file.
    #[must_use]
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Adds to the log of a session what `decide` makes of its state; both happen under one write lock, so of two
    /// processes that decide at once the second sees what the first did. On disk when this returns.
    ///
    /// # Errors
    /// What `decide` gives, or trouble with the database; nothing was changed then.
    pub(crate) fn append<E: From<StoreError>>(
        &mut self,
        session: &SessionId,
        at_ms: i64,
        decide: impl Fn(Option<&State>) -> Result<Addition, E>,
    ) -> Result<Option<State>, E> {
        // A refusal ends the waiting at once; only a busy database is worth another try.
        let outcome = with_patience(|| {
            let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let state = load(&transaction, session)?;
            let addition = match decide(state.as_ref()) {
                Ok(addition) => addition,
                Err(refused) => return Ok(Err(refused)),
            };
            keep(&transaction, &addition.texts)?;
            let state = log::append(&transaction, session, state, addition.events.iter().map(|event| (at_ms, event)))?;
            images::keep(&transaction, &addition.images, state.as_ref().map_or(0, |state| state.seq), KEPT_MAX)?;
            transaction.commit()?;
            Ok(Ok(state))
        });
        outcome?
    }

    /// Writes a session that was played elsewhere, each event with its own time, if there is none of this id yet. Whether it did.
    ///
    /// # Errors
    /// Trouble with the database; nothing was changed then.
    pub(crate) fn import(
        &mut self,
        session: &SessionId,
        events: &[(i64, Event)],
        texts: &[Text],
    ) -> Result<bool, StoreError> {
        with_patience(|| {
            let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            if load(&transaction, session)?.is_some() {
                return Ok(false);
            }
            keep(&transaction, texts)?;
            log::append(&transaction, session, None, events.iter().map(|(at_ms, event)| (*at_ms, event)))?;
            transaction.commit()?;
            Ok(true)
        })
    }

    /// Where the read models differ from what the log says; nobody is kept from writing meanwhile.
    ///
    /// # Errors
    /// Trouble with the database.
    pub(crate) fn verify(&self) -> Result<Vec<Difference>, StoreError> {
        with_patience(|| replay::verify(&absolute(&self.path)?))
    }

    /// Makes the read models anew from the log. Others wait with their writing meanwhile.
    ///
    /// # Errors
    /// Trouble with the database; nothing was changed then.
    pub(crate) fn rebuild(&mut self) -> Result<(), StoreError> {
        with_patience(|| replay::rebuild(&mut self.connection, &absolute(&self.path)?))
    }

    /// The events of a session, oldest first.
    ///
    /// # Errors
    /// Trouble with the database.
    pub(crate) fn events(&self, session: &SessionId) -> Result<Vec<Recorded>, StoreError> {
        read(&self.connection, session)
    }

    /// The state of a session.
    ///
    /// # Errors
    /// Trouble with the database.
    pub(crate) fn state(&self, session: &SessionId) -> Result<Option<State>, StoreError> {
        load(&self.connection, session)
    }

    /// The newest session of a conversation.
    ///
    /// # Errors
    /// Trouble with the database.
    pub(crate) fn of_conversation(&self, conversation: &str) -> Result<Option<State>, StoreError> {
        self.one("SELECT id FROM session WHERE conversation = ?1 ORDER BY seq DESC LIMIT 1", params![conversation])
    }

    /// The newest active session that lives in no conversation yet.
    ///
    /// # Errors
    /// Trouble with the database.
    pub(crate) fn unbound(&self) -> Result<Option<State>, StoreError> {
        self.one(
            // One that was brought over waits until somebody goes on with it: old sessions would turn up in every new chat.
            "SELECT id FROM session WHERE conversation IS NULL AND standing = 'active'
                AND seq NOT IN (SELECT seq FROM imported) ORDER BY started_ms DESC, seq DESC LIMIT 1",
            params![],
        )
    }

    /// The newest sessions, of one project or of all.
    ///
    /// # Errors
    /// Trouble with the database.
    pub(crate) fn newest(&self, project: Option<&str>, limit: u32) -> Result<Vec<State>, StoreError> {
        self.many(
            "SELECT id FROM session WHERE ?1 IS NULL OR project = ?1 ORDER BY seq DESC LIMIT ?2",
            params![project, limit],
        )
    }

    /// The sessions whose id begins or ends like this, or whose id with the predecessor begins so; first the one that had it as a whole.
    ///
    /// # Errors
    /// Trouble with the database.
    pub(crate) fn matching(&self, part: &str) -> Result<Vec<State>, StoreError> {
        self.many(
            "SELECT session.id FROM session LEFT JOIN imported ON imported.session = session.id
                WHERE substr(session.id, 1, length(?1)) = ?1 OR substr(session.id, -length(?1)) = ?1
                    OR substr(imported.id, 1, length(?1)) = ?1
                ORDER BY imported.id IS ?1 DESC, session.seq DESC LIMIT 2",
            params![part],
        )
    }

    /// The sessions that changed after this place in the log.
    ///
    /// # Errors
    /// Trouble with the database.
    pub(crate) fn changed_since(&self, seq: i64) -> Result<Vec<State>, StoreError> {
        self.many("SELECT id FROM session WHERE seq > ?1 ORDER BY seq", params![seq])
    }

    /// The newest place in the log.
    ///
    /// # Errors
    /// Trouble with the database.
    pub(crate) fn last_seq(&self) -> Result<i64, StoreError> {
        last_seq(&self.connection)
    }

    /// A number that moves when another connection has committed.
    ///
    /// # Errors
    /// Trouble with the database.
    pub(crate) fn data_version(&self) -> Result<i64, StoreError> {
        Ok(self.connection.pragma_query_value(None, "data_version", |row| row.get(0))?)
    }

    /// Format and body of a text.
    ///
    /// # Errors
    /// Trouble with the database.
    pub(crate) fn text(&self, hash: &str) -> Result<Option<(String, String)>, StoreError> {
        let mut statement = self.connection.prepare_cached("SELECT format, body FROM text WHERE hash = ?1")?;
        Ok(statement.query_row(params![hash], |row| Ok((row.get(0)?, row.get(1)?))).optional()?)
    }

    /// Keeps the report of a site's page in place of the one before.
    ///
    /// # Errors
    /// Trouble with the database.
    pub(crate) fn keep_page(&self, site: &str, at_ms: i64, report: &str) -> Result<(), StoreError> {
        let sql = "INSERT INTO page (site, at_ms, report) VALUES (?1, ?2, ?3)
            ON CONFLICT (site) DO UPDATE SET at_ms = excluded.at_ms, report = excluded.report";
        with_patience(|| Ok(self.connection.execute(sql, params![site, at_ms, report]).map(|_| ())?))
    }

    /// The newest report of each site's page, with its time.
    ///
    /// # Errors
    /// Trouble with the database.
    pub(crate) fn pages(&self) -> Result<Vec<(i64, String)>, StoreError> {
        let mut statement = self.connection.prepare_cached("SELECT at_ms, report FROM page ORDER BY site")?;
        Ok(statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?)
    }

    fn one(&self, sql: &str, params: &[&dyn rusqlite::ToSql]) -> Result<Option<State>, StoreError> {
        Ok(self.many(sql, params)?.pop())
    }

    fn many(&self, sql: &str, params: &[&dyn rusqlite::ToSql]) -> Result<Vec<State>, StoreError> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let ids = statement.query_map(params, |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>()?;
        let states = ids.iter().filter_map(|id| SessionId::parse(id)).map(|id| load(&self.connection, &id));
        states.filter_map(Result::transpose).collect()
    }
}

fn keep(connection: &Connection, texts: &[Text]) -> Result<(), StoreError> {
    let sql = "INSERT INTO text (hash, format, body) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING";
    for text in texts {
        connection.prepare_cached(sql)?.execute(params![text.hash, text.format, text.body])?;
    }
    Ok(())
}

/// Tries again while others write. `busy_timeout` alone was measured to give up under eight writers: its back-off is not fair.
fn with_patience<T>(mut attempt: impl FnMut() -> Result<T, StoreError>) -> Result<T, StoreError> {
    let begun = Instant::now();
    loop {
        match attempt() {
            Err(error) if error.is_busy() && begun.elapsed() < PATIENCE => std::thread::sleep(Duration::from_millis(2)),
            outcome => return outcome,
        }
    }
}

/// Whether SQLite tries again for the lock that somebody else has. Its own way of waiting sleeps longer and longer, up to a tenth of a second,
/// and whoever has waited long is the last to look again.
fn waits(times: i32) -> bool {
    std::thread::sleep(Duration::from_millis(2));
    times < 2_500
}

/// SQLite gives a meaning to names such as `:memory:`, the empty one and `file:…?…`; a path from the root is a path and nothing else.
fn absolute(path: &Path) -> Result<PathBuf, StoreError> {
    std::path::absolute(path).map_err(|source| StoreError::Directory { path: path.to_owned(), source })
}

/// Opens a file that is there, by its path from the root.
fn connect(file: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Ok(Connection::open_with_flags(file, flags)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use prompt_runner_core::machine;
    use prompt_runner_core::workflow::classic;
    use rusqlite::trace::{TraceEvent, TraceEventCodes};

    /// What belongs to a connection cannot be seen from outside; the rest of the file's promises are in tests/story/file.rs.
    #[test]
    fn every_connection_waits_for_the_disk_and_minds_its_keys() {
        let home = tempfile::tempdir().unwrap();
        for open in ["first", "again"] {
            let store = Store::open(&home.path().join("prompt-runner.db")).unwrap();
            let pragma = |name| store.connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0)).unwrap();
            // 2 is FULL: a commit is on the disk when it returns, not at the next checkpoint.
            assert_eq!((pragma("synchronous"), pragma("foreign_keys")), (2, 1), "{open}");
        }
    }

    /// A count that no other program can change: each statement more is a capture that takes longer, on every machine.
    #[test]
    fn a_reply_is_stored_with_eight_statements_of_ours() {
        let home = tempfile::tempdir().unwrap();
        let mut store = Store::open(&home.path().join("prompt-runner.db")).unwrap();
        let session = SessionId::parse("20261122_141129_1a2b3c4d").unwrap();
        let add = |store: &mut Store, events: Vec<Event>, texts: Vec<Text>| {
            store.append(&session, 1, |_| {
                Ok::<_, StoreError>(Addition { events: events.clone(), texts: texts.clone(), ..Addition::default() })
            })
        };
        let start = machine::start("Dark mode", None, classic("feature").unwrap(), None).unwrap();
        add(&mut store, vec![start], Vec::new()).unwrap();
        let captured = serde_json::from_value(serde_json::json!({
            "kind": "reply_captured", "phase": "planning", "nonce": "0123456789abcdef", "capture": "c1", "text": "hash", "bytes": 7,
            "lines": 1, "tokens_estimated": 2, "source": "page", "sections": [], "trailer": "proven", "problem": null, "timing": {},
        }));
        let text = Text { hash: "hash".into(), format: "markdown", body: "A reply".into() };

        let (say, said) = std::sync::mpsc::channel();
        let listen = move |event: TraceEvent<'_>| {
            if let TraceEvent::Stmt(_, sql) = event {
                say.send(sql.to_owned()).unwrap();
            }
        };
        store.connection.trace_v2(TraceEventCodes::SQLITE_TRACE_STMT, Some(listen)).unwrap();
        add(&mut store, vec![captured.unwrap()], vec![text]).unwrap();
        store.connection.trace_v2(TraceEventCodes::empty(), None::<fn(TraceEvent<'_>)>).unwrap();
        // What triggers do is told as comments.
        let ours: Vec<String> = said.into_iter().filter(|sql| !sql.starts_with("--")).collect();
        assert_eq!(ours.len(), 8, "{ours:#?}");
    }
}
