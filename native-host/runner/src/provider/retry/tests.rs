//! A provider that fails on order, and a clock that only moves when somebody sleeps.

use super::*;
use prompt_runner_core::phase::Phase;
use prompt_runner_core::reply::Expect;
use prompt_runner_core::session::SessionId;
use std::cell::Cell;
use std::rc::Rc;

/// A clock that everybody shares.
#[derive(Clone, Default)]
struct Hand {
    now: Rc<Cell<Duration>>,
    chance: f64,
}

impl Clock for Hand {
    fn now(&self) -> Duration {
        self.now.get()
    }

    fn sleep(&mut self, time: Duration) {
        self.now.set(self.now.get() + time);
    }

    fn chance(&mut self) -> f64 {
        self.chance
    }
}

/// Gives one outcome after the other; each try takes as long as it says.
struct Scripted {
    outcomes: Vec<Result<Outcome, ProviderError>>,
    takes: Duration,
    clock: Hand,
    asked: Rc<Cell<u32>>,
}

impl Provider for Scripted {
    fn ask(&mut self, _: &Question<'_>, _: &mut dyn Watch) -> Result<Outcome, ProviderError> {
        self.asked.set(self.asked.get() + 1);
        self.clock.sleep(self.takes);
        if self.outcomes.len() > 1 { self.outcomes.remove(0) } else { self.outcomes[0].clone() }
    }
}

/// Hears of waits, and stores after a while.
struct Listener {
    heard: Vec<(u32, u32, Duration)>,
    clock: Hand,
    stores_at: Duration,
}

impl Watch for Listener {
    fn progress(&mut self, progress: ProviderEvent) {
        if let ProviderEvent::Again { attempt, of, wait, why } = progress {
            assert!(why.ends_with('.'), "{why}");
            self.heard.push((attempt, of, wait));
        }
    }

    fn stored(&mut self) -> bool {
        self.clock.now() >= self.stores_at
    }

    fn judge(&mut self, _: &str) -> Result<(), String> {
        Ok(())
    }
}

/// A story of tries and what came of it.
struct Told {
    outcome: Result<Outcome, ProviderError>,
    asked: u32,
    heard: Vec<(u32, u32, Duration)>,
    took: Duration,
}

fn tell(
    outcomes: Vec<Result<Outcome, ProviderError>>,
    limits: Limits,
    chance: f64,
    takes: Duration,
    stores_at: Duration,
) -> Told {
    let clock = Hand { chance, ..Hand::default() };
    let asked = Rc::new(Cell::new(0));
    let inner = Scripted { outcomes, takes, clock: clock.clone(), asked: asked.clone() };
    let mut listener = Listener { heard: Vec::new(), clock: clock.clone(), stores_at };
    let expect = Expect::known(SessionId::parse("20261122_141129_1a2b3c4d").unwrap(), Phase::PLANNING, "n".into());
    let question = Question { prompt: "", expect: &expect, folder: None };
    let outcome = Retrying::by(inner, limits, Box::new(clock.clone())).ask(&question, &mut listener);
    Told { outcome, asked: asked.get(), heard: listener.heard, took: clock.now() }
}

fn busy(after: Option<u64>) -> Result<Outcome, ProviderError> {
    Err(ProviderError::Busy {
        host: "api.example".into(),
        status: "529".into(),
        finding: "Overloaded.".into(),
        after: after.map(Duration::from_secs),
    })
}

fn refused() -> Result<Outcome, ProviderError> {
    Err(ProviderError::Refused { host: "api.example".into(), status: "401".into(), finding: "No.".into() })
}

const NEVER: Duration = Duration::MAX;
const AT_ONCE: Duration = Duration::ZERO;

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

#[test]
fn waits_double_and_end_after_so_many_tries() {
    let told = tell(vec![busy(None)], Limits::default(), 1.0, AT_ONCE, NEVER);
    assert_eq!(told.outcome, busy(None));
    assert_eq!(told.asked, 5);
    let waits = [(2, 5, seconds(2)), (3, 5, seconds(4)), (4, 5, seconds(8)), (5, 5, seconds(16))];
    assert_eq!((told.heard.as_slice(), told.took), (&waits[..], seconds(30)));
}

#[test]
fn no_wait_is_longer_than_the_longest() {
    let limits = Limits { retries: 40, total: seconds(1_000_000) };
    let told = tell(vec![busy(None)], limits, 1.0, AT_ONCE, NEVER);
    assert_eq!(told.asked, 41);
    assert_eq!(told.heard.iter().map(|heard| heard.2).max(), Some(LONGEST));
}

#[test]
fn chance_decides_how_much_of_it_is_waited() {
    for (chance, wait) in [(0.0, 0), (0.5, 1_000), (1.0, 2_000)] {
        let told = tell(vec![busy(None), Ok(Outcome::Stored)], Limits::default(), chance, AT_ONCE, NEVER);
        assert_eq!(told.outcome, Ok(Outcome::Stored));
        assert_eq!(told.took, Duration::from_millis(wait), "{chance}");
    }
}

#[test]
fn what_the_server_asks_to_wait_is_waited_as_far_as_the_limit_allows() {
    for (after, total, asked, took) in [(7, 600, 2, 7), (600, 600, 2, 600), (601, 600, 1, 0), (1, 0, 1, 0)] {
        let limits = Limits { retries: 4, total: seconds(total) };
        let told = tell(vec![busy(Some(after)), Ok(Outcome::Stored)], limits, 0.0, AT_ONCE, NEVER);
        assert_eq!((told.asked, told.took), (asked, seconds(took)), "{after} s of {total} s");
        assert_eq!(told.outcome.is_ok(), asked == 2);
    }
}

#[test]
fn tries_that_take_long_use_up_the_time() {
    let limits = Limits { retries: 100, total: seconds(60) };
    let told = tell(vec![busy(None)], limits, 0.0, seconds(25), NEVER);
    assert_eq!(told.asked, 3, "the third began after 50 s, and ended after 75");
}

#[test]
fn what_would_fail_again_is_not_tried_again() {
    let timed_out = Err(ProviderError::TimedOut { limit: seconds(3_600) });
    for outcome in [refused(), timed_out, Err(ProviderError::TooLarge)] {
        let told = tell(vec![outcome.clone()], Limits::default(), 1.0, AT_ONCE, NEVER);
        assert_eq!((told.outcome, told.asked, told.heard.len()), (outcome, 1, 0));
    }
    let told = tell(vec![busy(None), refused()], Limits::default(), 1.0, AT_ONCE, NEVER);
    assert_eq!((told.outcome, told.asked), (refused(), 2));
}

#[test]
fn a_reply_that_another_door_stores_ends_the_wait() {
    let told = tell(vec![busy(Some(300))], Limits::default(), 1.0, AT_ONCE, seconds(5));
    assert_eq!((told.outcome, told.asked), (Ok(Outcome::Stored), 1));
    assert!(told.took < seconds(6), "{:?}", told.took);
}

#[test]
fn without_retries_it_is_tried_once() {
    let limits = Limits { retries: 0, ..Limits::default() };
    let told = tell(vec![busy(None)], limits, 1.0, AT_ONCE, NEVER);
    assert_eq!((told.asked, told.heard.len()), (1, 0));
}
