//! The middle of the house: takes a request, asks core what it means, keeps what follows from it, and answers.
//! The only user of the store and of providers. Each request of the protocol's table has its [`Handler`] here, in one file per family; what
//! takes more than one step is a use case, with one name and one file, for every door.
//!
//! [`Handler`]: prompt_runner_core::protocol::Handler

pub mod atomic_file;
mod batch;
mod begin;
pub mod bounded;
mod by_hand;
mod changes;
mod child;
pub mod clipboard;
pub mod clock;
mod confined;
pub mod decode;
mod enter;
mod error;
pub mod fault;
mod figures;
mod find;
mod flow;
mod follow;
mod full;
mod git;
pub mod hex;
mod import;
mod legacy;
mod limit;
mod migrate;
mod note;
mod pages;
mod patience;
pub mod places;
mod prices;
pub mod project;
mod prompt;
mod provider;
mod read_reply;
mod reading;
mod reconnecting;
mod reply;
mod session;
mod store;
mod template_library;
mod templates;
pub mod terminal;
pub mod testing;
mod tokens;
mod tree;
mod upkeep;
mod work;
mod workflow;
mod workflow_library;
mod workflows;

pub use self::batch::{BatchOutcome, BatchRow, BatchStep, NewBatch, features};
pub use self::begin::NewSession;
pub use self::by_hand::{BroughtReply, check_reply, keep_prompt};
pub use self::enter::enter;
pub use self::find::{SessionChoice, prompt_line};
pub use self::flow::{FlowOptions, FlowStart, FlowStep};
pub use self::migrate::{MigratedSession, Migration, MigrationOutcome, NewMigration, migrate};
pub use self::provider::{ProviderChoice, ProviderEvent};
pub use self::read_reply::{Proof, ReplyFormat, read_reply};
pub use self::reconnecting::ReconnectingRunner;
pub use self::session::StoredText;
pub use self::template_library::{TemplateLibrary, TemplateRecord, TemplateReset, TriedTemplate};
pub use self::templates::Layer;
pub use self::upkeep::Pruned;
pub use self::workflow_library::{TriedPhase, WorkflowLibrary};
pub use self::workflows::{Definition, PhaseDefinition, Workflow};
pub use crate::store::Difference;

use self::flow::Flow;
use self::import::{Known, survey};
use self::patience::Patience;
use crate::places::Places;
use crate::store::{Addition, Store};
use prompt_runner_core::event::State;
use prompt_runner_core::phase::Phase;
use prompt_runner_core::protocol::{Reply, Request};
use prompt_runner_core::refusal::{Code, Refusal};
use prompt_runner_core::session::SessionId;
use prompt_runner_core::status::{View, view};
use std::path::PathBuf;
use std::time::Duration;

/// The file of the database.
const DATABASE: &str = "prompt-runner.db";
/// How many sessions a list shows when nobody says.
const LIST: u32 = 20;
/// How many it shows at most.
const LIST_MAX: u32 = 500;

/// Answers requests over one database.
#[derive(Debug)]
pub struct Runner {
    store: Store,
    /// The developer's own templates are in here.
    config: PathBuf,
    heard: (i64, i64),
    /// How long a reply may be read.
    patience: Patience,
}

impl Runner {
    /// Opens the database in these places.
    ///
    /// # Errors
    /// Every `store.*` refusal.
    pub fn open(places: &Places) -> Result<Self, Refusal> {
        let store = Store::open(&places.data.join(DATABASE))?;
        let heard = (store.data_version()?, store.last_seq()?);
        Ok(Self { store, config: places.config.clone(), heard, patience: Patience::default() })
    }

    /// Has a reply be read no longer than this, instead of the usual 9 seconds.
    #[must_use]
    pub fn with_patience(self, patience: Duration) -> Self {
        Self { patience: Patience::new(patience), ..self }
    }

    /// The place in the log up to which [`Runner::news`] has told what changed.
    #[must_use]
    pub const fn heard(&self) -> i64 {
        self.heard.1
    }

    /// Has [`Runner::news`] tell what changed after this place in the log.
    pub const fn follow_from(&mut self, seq: i64) {
        // No version of the data is 0, so the next look is not passed over.
        self.heard = (0, seq);
    }

    /// Answers a request of which only the wire knows which one it is; [`Handler::ask`](prompt_runner_core::protocol::Handler::ask) answers one with the type of its answer.
    ///
    /// # Errors
    /// The refusals of docs/PROTOCOL.md.
    pub fn handle(&mut self, request: Request) -> Result<Reply, Refusal> {
        request.answered_by(self)
    }

    /// The sessions that changed since this was last asked; empty, and nearly free, when nobody wrote.
    ///
    /// # Errors
    /// Every `store.*` refusal.
    pub fn news(&mut self) -> Result<Vec<View>, Refusal> {
        let version = self.store.data_version()?;
        if version == self.heard.0 {
            return Ok(Vec::new());
        }
        // Taken first: what is written while sessions are read is told again, and not passed over.
        let seq = self.store.last_seq()?;
        let states = self.store.changed_since(self.heard.1)?;
        self.heard = (version, seq);
        Ok(states.iter().map(view).collect())
    }

    fn state(&self, session: &SessionId) -> Result<State, Refusal> {
        self.store.state(session)?.ok_or_else(|| unknown(session.as_str()))
    }

    fn append(
        &mut self,
        session: &SessionId,
        decide: impl Fn(&State) -> Result<Addition, Refusal>,
    ) -> Result<State, Refusal> {
        let now = clock::now().as_millisecond();
        let state = self.store.append(session, now, |state| match state {
            Some(state) => decide(state),
            None => Err(unknown(session.as_str())),
        })?;
        state.ok_or_else(|| unknown(session.as_str()))
    }
}

fn current(state: &State, phase: Option<Phase>) -> Result<Phase, Refusal> {
    phase
        .or_else(|| state.current().map(|phase| phase.phase))
        .ok_or_else(|| Refusal::new(Code::SessionClosed, format!("Every phase of {} is done.", state.id)))
}

fn unknown(session: &str) -> Refusal {
    Refusal::new(Code::SessionUnknown, format!("There is no session “{session}”."))
}

fn new_id(now: jiff::Timestamp) -> Result<SessionId, Refusal> {
    let utc = now.strftime("%Y%m%d_%H%M%S").to_string();
    SessionId::new(&utc, random()?).ok_or_else(|| {
        Refusal::new(Code::StoreBroken, format!("The clock says {utc}, which is no time for a session."))
    })
}

fn random<const N: usize>() -> Result<[u8; N], Refusal> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)
        .map_err(|error| Refusal::new(Code::StoreBroken, format!("The system gives no random numbers: {error}.")))?;
    Ok(bytes)
}
