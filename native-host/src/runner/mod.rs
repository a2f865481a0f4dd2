//! The middle of the house: takes a request, asks core what it means, keeps what follows from it, and answers.
//! The only user of the store. Every door comes through `Runner::handle`.

mod figures;
mod find;
mod flow;
mod import;
mod lasting;
mod limit;
mod patience;
mod prompt;
mod reading;
mod trouble;
mod upkeep;
mod work;

pub use self::find::glance;
pub use self::flow::{Flow, Step};
pub use self::import::{Known, survey};
pub use self::lasting::Lasting;
use self::patience::Patience;
pub use self::upkeep::Pruned;
pub use crate::store::Difference;

use crate::clock;
use crate::places::Places;
use crate::store::{Addition, Store};
use prompt_runner_core::event::{Event, State};
use prompt_runner_core::machine::{self, Ask};
use prompt_runner_core::phase::Phase;
use prompt_runner_core::protocol::{AttachmentRecord, Body, Other, PhaseRecord, Reply, Request};
use prompt_runner_core::refusal::{Code, Refusal};
use prompt_runner_core::session::SessionId;
use prompt_runner_core::site::PageReport;
use prompt_runner_core::status::{View, view};
use std::cell::Cell;
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

    /// Answers a request. A refusal changed nothing.
    ///
    /// # Errors
    /// The refusals of docs/PROTOCOL.md.
    pub fn handle(&mut self, request: Request) -> Result<Reply, Refusal> {
        match request {
            Request::Ping {} => Ok(Reply::Pong {
                version: env!("CARGO_PKG_VERSION").to_owned(),
                sqlite: rusqlite::version().to_owned(),
                database: self.store.path().display().to_string(),
            }),
            Request::Start { feature, project, workflow, conversation } => {
                self.start(&feature, project, workflow.as_deref(), conversation)
            }
            Request::Status { session, conversation } => self.status(session, conversation),
            Request::List { project, limit } => {
                let limit = limit.unwrap_or(LIST).clamp(1, LIST_MAX);
                let states = self.store.newest(project.as_deref(), limit)?;
                Ok(Reply::Sessions { sessions: states.iter().map(view).collect() })
            }
            Request::Prompt { session, phase, repair } => self.prompt(&session, phase, repair),
            Request::Placed { session, phase, nonce } => self.note(&session, Ask::Placed { phase, nonce }),
            Request::Sent { session, phase, nonce, sent_ms, conversation } => {
                self.note(&session, Ask::Sent { phase, nonce, sent_ms, conversation })
            }
            Request::Capture { capture, session, phase, body, source, timing, conversation, others, by } => self
                .capture(
                    &session,
                    phase,
                    (body, others),
                    machine::Capture { capture, conversation, by, ..reading::unread(source, timing) },
                ),
            Request::Read { session, phase, text, source } => self.read(&session, phase, text, source),
            Request::Accept { session, phase } => {
                let phase = current(&self.state(&session)?, phase)?;
                self.note(&session, Ask::Accept { phase })
            }
            Request::Limit { session, text } => {
                let resets_ms = limit::resets_ms(&text, &clock::here());
                self.note(&session, Ask::Limit { resets_ms })
            }
            Request::Complete { session } => self.note(&session, Ask::Complete),
            Request::Show { session } => self.show(&session),
            Request::PageReport { report } => self.page_report(&report),
            Request::Skip { session, phase } => {
                let phase = current(&self.state(&session)?, phase)?;
                self.note(&session, Ask::Skip { phase })
            }
            Request::Redo { session, phase } => self.note(&session, Ask::Redo { phase }),
            Request::Abandon { session } => self.note(&session, Ask::Abandon),
            Request::Rate { session, rating, word, saved_minutes } => {
                self.note(&session, Ask::Rate { rating, word, saved_minutes })
            }
            Request::Panel { panel, filter } => self.panel(panel, &filter),
            Request::Timeline { session } => self.timeline(&session),
        }
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

    /// The newest report of each site's page, with its time in milliseconds since 1970.
    ///
    /// # Errors
    /// Every `store.*` refusal.
    pub fn pages(&self) -> Result<Vec<(i64, PageReport)>, Refusal> {
        let kept = self.store.pages()?.into_iter();
        // One that another version wrote is as good as none: the next page that is opened brings a new one.
        Ok(kept.filter_map(|(at_ms, report)| Some((at_ms, serde_json::from_str(&report).ok()?))).collect())
    }

    fn page_report(&self, report: &PageReport) -> Result<Reply, Refusal> {
        if let Some(flaw) = report.flaw() {
            return Err(Refusal::new(Code::RequestInvalid, format!("This is not a report of a page. {flaw}")));
        }
        let text = serde_json::to_string(report).map_err(|error| {
            Refusal::new(Code::RequestInvalid, format!("The report of the page cannot be written: {error}."))
        })?;
        self.store.keep_page(&report.site, clock::now().as_millisecond(), &text)?;
        Ok(Reply::Page { drift: report.drift() })
    }

    fn state(&self, session: &SessionId) -> Result<State, Refusal> {
        self.store.state(session)?.ok_or_else(|| unknown(session.as_str()))
    }

    fn start(
        &mut self,
        feature: &str,
        project: Option<String>,
        workflow: Option<&str>,
        conversation: Option<String>,
    ) -> Result<Reply, Refusal> {
        let now = clock::now();
        let event = machine::start(feature, project.clone(), workflow)?;
        work::check(project.as_deref())?;
        let id = new_id(now)?;
        let seen = work::at_begin(project.as_deref());
        let bound = conversation.map(|conversation| Event::ConversationBound { conversation });
        let events: Vec<_> = std::iter::once(event).chain(seen).chain(bound).collect();
        let state = self.store.append(&id, now.as_millisecond(), |_| {
            Ok::<_, Refusal>(Addition { events: events.clone(), texts: Vec::new() })
        })?;
        Ok(Reply::Session { view: state.as_ref().map(view) })
    }

    fn status(&self, session: Option<SessionId>, conversation: Option<String>) -> Result<Reply, Refusal> {
        let state = match (session, conversation) {
            (Some(session), _) => Some(self.state(&session)?),
            (None, Some(conversation)) => self.store.of_conversation(&conversation)?,
            (None, None) => self.store.unbound()?,
        };
        Ok(Reply::Session { view: state.as_ref().map(view) })
    }

    fn note(&mut self, session: &SessionId, ask: Ask) -> Result<Reply, Refusal> {
        let seen = work::at_end(&self.state(session)?, &ask);
        let state = self.append(session, |state| {
            let events = work::beside(machine::decide(state, ask.clone())?, &seen);
            Ok(Addition { events, texts: Vec::new() })
        })?;
        Ok(Reply::Session { view: Some(view(&state)) })
    }

    fn capture(
        &mut self,
        session: &SessionId,
        phase: Option<Phase>,
        bodies: (Body, Vec<Other>),
        capture: machine::Capture,
    ) -> Result<Reply, Refusal> {
        let state = self.state(session)?;
        let phase = reading::phase_of_capture(&state, phase, &capture.capture)?;
        let (capture, kept) = self.measure(&state, phase, bodies, capture)?;
        let verdict = capture.verdict.clone();
        let stored = Cell::new(false);
        let ask = Ask::Capture(Box::new(capture));
        let seen = work::at_end(&state, &ask);
        let state = self.append(session, |state| {
            let events = work::beside(machine::decide(state, ask.clone())?, &seen);
            // A reply that was stored before may still bring its conversation along.
            stored.set(events.iter().any(|event| matches!(event, Event::ReplyCaptured { .. })));
            Ok(Addition { texts: if stored.get() { kept.clone() } else { Vec::new() }, events })
        })?;
        Ok(Reply::Captured { verdict, duplicate: !stored.get(), view: view(&state) })
    }

    fn show(&self, session: &SessionId) -> Result<Reply, Refusal> {
        let state = self.state(session)?;
        let mut phases = Vec::new();
        for phase in &state.phases {
            if let Some(asked) = &phase.asked {
                let answered = phase.answered.as_ref();
                phases.push(PhaseRecord {
                    phase: phase.phase,
                    prompt: Some(self.body(&asked.text)?),
                    reply: answered.map(|answered| self.markdown(&answered.text)).transpose()?,
                });
            }
        }
        let kept = |name: &str, text: &str| Ok(AttachmentRecord { name: name.to_owned(), text: self.body(text)? });
        let attachments = state.attachments.iter().map(|attachment| kept(&attachment.name, &attachment.text));
        let attachments = attachments.collect::<Result<_, Refusal>>()?;
        Ok(Reply::Record { view: view(&state), phases, attachments })
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
