//! A runner on a file of its own, with the requests of a story as one word each, and the log as the file has it.

use crate::answer::{self, Fault};
use prompt_runner_core::event::{Event, Recorded, Repair, Source, State, Timing, fold};
use prompt_runner_core::phase::Phase;
use prompt_runner_core::protocol::answer::{RenderedPrompt, SessionFound};
use prompt_runner_core::protocol::{Body, Reply, Request, ask};
use prompt_runner_core::refusal::Refusal;
use prompt_runner_core::session::SessionId;
use prompt_runner_core::status::View;
use runner::Runner;
use runner::places::Places;
use rusqlite::Connection;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A directory with a database.
pub(crate) struct Home {
    directory: TempDir,
}

/// A prompt as the runner hands it over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Prompt {
    pub(crate) view: View,
    pub(crate) phase: Phase,
    pub(crate) nonce: String,
    pub(crate) text: String,
}

impl Home {
    pub(crate) fn new() -> Self {
        Self { directory: tempfile::tempdir().unwrap() }
    }

    /// One more runner on the same file, as another process would be.
    pub(crate) fn runner(&self) -> Runner {
        Runner::open(&self.places()).unwrap()
    }

    /// Settings of its own, so that no test meets those of the developer who runs it.
    pub(crate) fn places(&self) -> Places {
        Places { data: self.directory(), config: self.directory.path().join("config") }
    }

    pub(crate) fn directory(&self) -> PathBuf {
        self.directory.path().to_owned()
    }

    pub(crate) fn file(&self) -> PathBuf {
        self.directory.path().join("prompt-runner.db")
    }

    /// The file without the runner before it.
    pub(crate) fn database(&self) -> Connection {
        open(&self.file())
    }
}

/// Opens a file, and makes it as the program would: for its owner alone.
pub(crate) fn open(file: &Path) -> Connection {
    let database = Connection::open(file).unwrap();
    #[cfg(unix)]
    std::fs::set_permissions(file, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    database
}

pub(crate) fn start(runner: &mut Runner, feature: &str, workflow: Option<&str>) -> Result<View, Refusal> {
    let workflow = workflow.map(str::to_owned);
    let project = Some("/home/me/shop".to_owned());
    match runner.handle(Request::Start(ask::Start {
        feature: feature.to_owned(),
        project,
        workflow,
        conversation: None,
    }))? {
        Reply::Session(SessionFound { view: Some(view) }) => Ok(view),
        other => panic!("{other:?}"),
    }
}

pub(crate) fn prompt(runner: &mut Runner, session: &SessionId, phase: Option<Phase>) -> Result<Prompt, Refusal> {
    asked(runner, Request::Prompt(ask::Prompt { session: session.clone(), phase, repair: None }))
}

/// The prompt for the rest of the current phase's reply.
pub(crate) fn repair(runner: &mut Runner, session: &SessionId, repair: Repair) -> Result<Prompt, Refusal> {
    asked(runner, Request::Prompt(ask::Prompt { session: session.clone(), phase: None, repair: Some(repair) }))
}

fn asked(runner: &mut Runner, request: Request) -> Result<Prompt, Refusal> {
    match runner.handle(request)? {
        Reply::Prompt(RenderedPrompt { view, phase, nonce, text }) => Ok(Prompt { view, phase, nonce, text }),
        other => panic!("{other:?}"),
    }
}

/// A capture request for a reply out of a page.
pub(crate) fn capture(session: &SessionId, name: &str, prompt: &Prompt, body: &str, fault: Fault) -> Request {
    Request::Capture(ask::Capture {
        capture: name.to_owned(),
        session: session.clone(),
        phase: Some(prompt.phase),
        body: Body::Blocks(serde_json::from_value(answer::blocks(&prompt.text, body, fault)).unwrap()),
        source: Source::Page,
        timing: Timing::default(),
        conversation: None,
        others: Vec::new(),
        by: None,
    })
}

/// The events of a session, as the log has them.
pub(crate) fn events(database: &Connection, session: &SessionId) -> Vec<Recorded> {
    let mut statement =
        database.prepare_cached("SELECT seq, at_ms, kind, data FROM event WHERE session = ?1 ORDER BY seq").unwrap();
    let rows = statement.query_map([session.as_str()], |row| {
        let (kind, data): (String, serde_json::Value) =
            (row.get(2)?, serde_json::from_str(&row.get::<_, String>(3)?).unwrap());
        assert_eq!(data["kind"], kind, "the kind stands beside the data");
        let event: Event = serde_json::from_value(data).unwrap();
        Ok(Recorded { seq: row.get(0)?, at_ms: row.get(1)?, event })
    });
    rows.unwrap().map(Result::unwrap).collect()
}

/// The state that the log of a session folds to.
pub(crate) fn folded(database: &Connection, session: &SessionId) -> State {
    fold(session, &events(database, session)).unwrap()
}
