//! Who waits in these tests: hears everything, stores and judges as told. And a clock that moves only when somebody sleeps.

use prompt_runner_core::phase::Phase;
use prompt_runner_core::reply::Expect;
use prompt_runner_core::session::SessionId;
use runner::ProviderEvent;
use runner::testing::{Clock, Outcome, Provider, ProviderError, Question, Watch};
use std::cell::Cell;
use std::path::Path;
use std::rc::Rc;
use std::time::Duration;

/// A prompt with everything in it that is easily lost on the way.
pub(crate) const PROMPT: &str = "Plan \"dark mode\"\n\n\ttabs, ``` fences, \\ and \u{1f980} ünïcödé\n";

/// Says whether a text is the reply.
type Judge<'a> = dyn FnMut(&str) -> Result<(), String> + 'a;

/// Whoever waits.
pub(crate) struct Listener<'a> {
    pub(crate) heard: Vec<ProviderEvent>,
    pub(crate) stored: Box<dyn FnMut() -> bool + 'a>,
    pub(crate) judge: Box<Judge<'a>>,
}

impl Default for Listener<'_> {
    fn default() -> Self {
        Self { heard: Vec::new(), stored: Box::new(|| false), judge: Box::new(|_| Ok(())) }
    }
}

impl Watch for Listener<'_> {
    fn progress(&mut self, progress: ProviderEvent) {
        self.heard.push(progress);
    }

    fn stored(&mut self) -> bool {
        (self.stored)()
    }

    fn judge(&mut self, text: &str) -> Result<(), String> {
        (self.judge)(text)
    }
}

/// Asks a question in a folder.
pub(crate) fn ask(
    provider: &mut dyn Provider,
    prompt: &str,
    folder: Option<&Path>,
    listener: &mut Listener<'_>,
) -> Result<Outcome, ProviderError> {
    let session = SessionId::parse("20261122_141129_1a2b3c4d").unwrap();
    let expect = Expect::known(session, Phase::PLANNING, "0123456789abcdef".into());
    provider.ask(&Question { prompt, expect: &expect, folder }, listener)
}

/// The text of an answer.
pub(crate) fn text(outcome: Result<Outcome, ProviderError>) -> Result<String, ProviderError> {
    outcome.map(|outcome| match outcome {
        Outcome::Reply(answer) => answer.text,
        Outcome::Stored => panic!("nobody stored anything"),
    })
}

/// A clock without time, and without chance: every wait is as long as it may be.
#[derive(Clone, Default)]
pub(crate) struct Still(pub(crate) Rc<Cell<Duration>>);

impl Clock for Still {
    fn now(&self) -> Duration {
        self.0.get()
    }

    fn sleep(&mut self, time: Duration) {
        self.0.set(self.0.get() + time);
    }

    fn chance(&mut self) -> f64 {
        1.0
    }
}
