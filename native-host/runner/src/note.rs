//! Requests that note what happened to a session. Each is a command to the phase machine, and what follows from it enters the log.

use super::{Runner, current, limit, work};
use crate::clock;
use crate::store::Addition;
use prompt_runner_core::machine::{self, Command};
use prompt_runner_core::protocol::{Handler, answer::SessionView, ask};
use prompt_runner_core::refusal::Refusal;
use prompt_runner_core::session::SessionId;
use prompt_runner_core::status::view;

impl Runner {
    /// Has the phase machine decide on a command, and writes what follows from it.
    pub(super) fn note(&mut self, session: &SessionId, command: Command) -> Result<SessionView, Refusal> {
        let seen = work::at_end(&self.state(session)?, &command);
        let state = self.append(session, |state| {
            let events = work::beside(machine::decide(state, command.clone())?, &seen);
            Ok(Addition { events, ..Addition::default() })
        })?;
        Ok(SessionView { view: view(&state) })
    }
}

impl Handler<ask::Placed> for Runner {
    type Refusal = Refusal;

    fn ask(&mut self, ask::Placed { session, phase, nonce }: ask::Placed) -> Result<SessionView, Refusal> {
        self.note(&session, Command::Placed { phase, nonce })
    }
}

impl Handler<ask::Sent> for Runner {
    type Refusal = Refusal;

    fn ask(&mut self, request: ask::Sent) -> Result<SessionView, Refusal> {
        let ask::Sent { session, phase, nonce, sent_ms, conversation } = request;
        self.note(&session, Command::Sent { phase, nonce, sent_ms, conversation })
    }
}

impl Handler<ask::Accept> for Runner {
    type Refusal = Refusal;

    fn ask(&mut self, ask::Accept { session, phase }: ask::Accept) -> Result<SessionView, Refusal> {
        let phase = current(&self.state(&session)?, phase)?;
        self.note(&session, Command::Accept { phase })?;
        self.pass_over(&session).map(|state| SessionView { view: view(&state) })
    }
}

impl Handler<ask::Limit> for Runner {
    type Refusal = Refusal;

    fn ask(&mut self, ask::Limit { session, text }: ask::Limit) -> Result<SessionView, Refusal> {
        let resets_ms = limit::resets_ms(&text, &clock::here());
        self.note(&session, Command::Limit { resets_ms })
    }
}

impl Handler<ask::Complete> for Runner {
    type Refusal = Refusal;

    fn ask(&mut self, ask::Complete { session }: ask::Complete) -> Result<SessionView, Refusal> {
        self.note(&session, Command::Complete)
    }
}

impl Handler<ask::Skip> for Runner {
    type Refusal = Refusal;

    fn ask(&mut self, ask::Skip { session, phase }: ask::Skip) -> Result<SessionView, Refusal> {
        let phase = current(&self.state(&session)?, phase)?;
        self.note(&session, Command::Skip { phase })?;
        self.pass_over(&session).map(|state| SessionView { view: view(&state) })
    }
}

impl Handler<ask::Redo> for Runner {
    type Refusal = Refusal;

    fn ask(&mut self, ask::Redo { session, phase }: ask::Redo) -> Result<SessionView, Refusal> {
        self.note(&session, Command::Redo { phase })
    }
}

impl Handler<ask::Abandon> for Runner {
    type Refusal = Refusal;

    fn ask(&mut self, ask::Abandon { session }: ask::Abandon) -> Result<SessionView, Refusal> {
        self.note(&session, Command::Abandon)
    }
}

impl Handler<ask::Rate> for Runner {
    type Refusal = Refusal;

    fn ask(&mut self, request: ask::Rate) -> Result<SessionView, Refusal> {
        let ask::Rate { session, rating, word, saved_minutes } = request;
        self.note(&session, Command::Rate { rating, word, saved_minutes })
    }
}
