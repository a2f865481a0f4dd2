//! A runner for programs that live as long as a browser does. The record may be missing when they start, and a connection whose disk
//! failed once may be good for nothing ever after, such as one that could only be opened for reading: then the next call opens it anew.

use super::Runner;
use crate::fault;
use crate::places::Places;
use prompt_runner_core::protocol::{Reply, Request};
use prompt_runner_core::refusal::{Code, Refusal};
use prompt_runner_core::status::View;

/// Opens the record when it is needed, and again when it failed.
#[derive(Debug)]
pub struct ReconnectingRunner {
    places: Places,
    runner: Option<Runner>,
    /// The place in the log up to which it was followed, once it was open.
    heard: Option<i64>,
}

impl ReconnectingRunner {
    /// Nothing is opened yet.
    #[must_use]
    pub const fn new(places: Places) -> Self {
        Self { places, runner: None, heard: None }
    }

    /// One that tells what changes after this place in the log.
    #[must_use]
    pub const fn after(places: Places, seq: i64) -> Self {
        Self { places, runner: None, heard: Some(seq) }
    }

    /// The runner, opened where it is not.
    ///
    /// # Errors
    /// Every `store.*` refusal.
    pub fn open(&mut self) -> Result<&mut Runner, Refusal> {
        let runner = match self.runner.take() {
            Some(runner) => runner,
            None => {
                let mut runner = Runner::open(&self.places)?;
                // What was written while there was none is news too.
                if let Some(seq) = self.heard {
                    runner.follow_from(seq);
                }
                self.heard = Some(runner.heard());
                runner
            }
        };
        Ok(self.runner.insert(runner))
    }

    /// Another one for the same record, which follows it from where this one opened it. It opens it for itself.
    #[must_use]
    pub fn follower(&self) -> Self {
        Self { places: self.places.clone(), runner: None, heard: self.heard }
    }

    /// As [`Runner::handle`].
    ///
    /// # Errors
    /// The refusals of docs/PROTOCOL.md.
    pub fn handle(&mut self, request: Request) -> Result<Reply, Refusal> {
        self.guarded(|reconnecting| reconnecting.open()?.handle(request))
    }

    /// As [`Runner::news`].
    ///
    /// # Errors
    /// Every `store.*` refusal.
    pub fn news(&mut self) -> Result<Vec<View>, Refusal> {
        self.guarded(Self::look)
    }

    /// A fault of the program in the work is a refusal, and the work after it begins with a fresh connection.
    fn guarded<T>(&mut self, work: impl FnOnce(&mut Self) -> Result<T, Refusal>) -> Result<T, Refusal> {
        let outcome = fault::caught(|| work(self));
        self.let_go(outcome)
    }

    fn look(&mut self) -> Result<Vec<View>, Refusal> {
        let fresh = self.runner.is_none();
        let runner = self.open()?;
        let outcome = runner.news();
        let heard = runner.heard();
        // What cannot be read over a new connection either will not be read over the next: then news begin after it.
        self.heard = (outcome.is_ok() || !fresh).then_some(heard);
        outcome
    }

    /// Lets go of a connection that met trouble with the file, or was in use when the program met a fault of its own.
    fn let_go<T>(&mut self, outcome: Result<T, Refusal>) -> Result<T, Refusal> {
        if let Err(refusal) = &outcome
            && (refusal.code == Code::ProgramFault || refusal.code.exit() == Code::StoreBroken.exit())
        {
            self.runner = None;
        }
        outcome
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use prompt_runner_core::protocol::ask;
    use std::fs;

    #[test]
    fn a_record_that_cannot_be_opened_is_opened_by_a_later_call() {
        let folder = tempfile::tempdir().unwrap();
        let places = Places { data: folder.path().join("data"), config: folder.path().join("config") };
        fs::write(&places.data, "no folder").unwrap();
        let mut runner = ReconnectingRunner::new(places.clone());
        assert!(runner.handle(Request::Ping(ask::Ping {})).unwrap_err().code.name().starts_with("store."));
        fs::remove_file(&places.data).unwrap();
        assert!(matches!(runner.handle(Request::Ping(ask::Ping {})), Ok(Reply::Pong(_))));
    }

    #[test]
    fn a_fault_of_the_program_refuses_one_request_and_no_more() {
        let folder = tempfile::tempdir().unwrap();
        let mut runner =
            ReconnectingRunner::new(Places { data: folder.path().join("data"), config: folder.path().join("config") });
        let list = || Request::List(ask::List { project: None, limit: None });
        for _ in 0..3 {
            assert!(matches!(runner.handle(list()), Ok(Reply::Sessions(_))));
            let met = runner.guarded(|reconnecting| {
                reconnecting.open()?;
                let none: Option<Reply> = std::hint::black_box(None);
                Ok(none.unwrap())
            });
            assert_eq!(met.unwrap_err().code, Code::ProgramFault);
            assert!(runner.runner.is_none(), "what it had in its hands is let go");
        }
        assert!(matches!(runner.handle(list()), Ok(Reply::Sessions(_))));
    }

    #[test]
    fn what_is_written_before_a_follower_has_opened_the_record_is_news_to_it() {
        let folder = tempfile::tempdir().unwrap();
        let mut runner =
            ReconnectingRunner::new(Places { data: folder.path().join("data"), config: folder.path().join("config") });
        runner.open().unwrap();
        let mut follower = runner.follower();
        let start = |feature: &str| {
            Request::Start(ask::Start {
                feature: feature.to_owned(),
                project: None,
                workflow: None,
                conversation: None,
            })
        };
        runner.handle(start("The first")).unwrap();
        let features = |views: Vec<View>| views.into_iter().map(|view| view.feature).collect::<Vec<_>>();
        assert_eq!(features(follower.news().unwrap()), ["The first"]);
        // The same where it lost its connection and has to open the record again.
        follower.runner = None;
        runner.handle(start("The second")).unwrap();
        assert_eq!(features(follower.news().unwrap()), ["The second"]);
        assert_eq!(features(follower.news().unwrap()), [""; 0]);
    }
}
