//! Requests that bring a reply: to store it, and to say what it would be read as.

use super::reading::{phase_of_capture, unread};
use super::{Runner, current, work};
use crate::store::Addition;
use prompt_runner_core::event::{Event, Timing};
use prompt_runner_core::machine::{self, Command};
use prompt_runner_core::protocol::answer::{Captured, Reading};
use prompt_runner_core::protocol::{Body, Handler, ask};
use prompt_runner_core::refusal::Refusal;
use prompt_runner_core::status::view;
use std::cell::Cell;

impl Handler<ask::Capture> for Runner {
    type Refusal = Refusal;

    fn ask(&mut self, request: ask::Capture) -> Result<Captured, Refusal> {
        let ask::Capture { capture, session, phase, body, source, timing, conversation, others, by } = request;
        let state = self.state(&session)?;
        let phase = phase_of_capture(&state, phase, &capture)?;
        let capture = machine::Capture { capture, conversation, by, ..unread(source, timing) };
        let (capture, kept) = self.measure(&state, phase, (body, others), capture)?;
        let verdict = capture.verdict.clone();
        let stored = Cell::new(false);
        let command = Command::Capture(Box::new(capture));
        let seen = work::at_end(&state, &command);
        let state = self.append(&session, |state| {
            let events = work::beside(machine::decide(state, command.clone())?, &seen);
            // A reply that was stored before may still bring its conversation along.
            stored.set(events.iter().any(|event| matches!(event, Event::ReplyCaptured { .. })));
            Ok(Addition { texts: if stored.get() { kept.clone() } else { Vec::new() }, events, ..Addition::default() })
        })?;
        let state = if stored.get() { self.pass_over(&session)? } else { state };
        Ok(Captured { verdict, duplicate: !stored.get(), view: view(&state) })
    }
}

impl Handler<ask::Read> for Runner {
    type Refusal = Refusal;

    fn ask(&mut self, ask::Read { session, phase, text, source }: ask::Read) -> Result<Reading, Refusal> {
        let state = self.state(&session)?;
        let phase = current(&state, phase)?;
        let body = Body::Markdown(text);
        let (capture, _) = self.measure(&state, phase, (body, Vec::new()), unread(source, Timing::default()))?;
        // Decided on the state as it is, and not written.
        match machine::decide(&state, Command::Capture(Box::new(capture.clone()))).err() {
            // Without a prompt there is nothing by which it could be read, and nothing that could be said of it.
            Some(refusal) if capture.verdict.sections.is_empty() => Err(refusal),
            refusal => Ok(Reading { phase, verdict: capture.verdict, refusal }),
        }
    }
}
