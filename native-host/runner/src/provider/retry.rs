//! Trying again what may well succeed a little later: after a while that doubles and is left to chance, so that a server which was
//! overrun is not overrun by all at once; a few times, and not for ever. What the server itself asks to wait is waited.

use super::{Outcome, Provider, ProviderError, ProviderEvent, Question, TICK, Watch};
use std::time::{Duration, Instant};

/// The longest first wait; each later one may be twice as long, up to `LONGEST`.
const FIRST: Duration = Duration::from_secs(2);
const LONGEST: Duration = Duration::from_secs(60);

/// How often, and how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How often it is tried again.
    pub retries: u32,
    /// How long after the first try another may begin.
    pub total: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { retries: 4, total: Duration::from_secs(600) }
    }
}

/// Time and chance, so that a test needs neither.
pub trait Clock {
    /// The time since some moment.
    fn now(&self) -> Duration;
    /// Lets time pass.
    fn sleep(&mut self, time: Duration);
    /// A number from 0 to 1.
    fn chance(&mut self) -> f64;
}

/// The time and chance of the world.
struct SystemClock(Instant);

impl Clock for SystemClock {
    fn now(&self) -> Duration {
        self.0.elapsed()
    }

    fn sleep(&mut self, time: Duration) {
        std::thread::sleep(time);
    }

    fn chance(&mut self) -> f64 {
        // Without randomness the whole time is waited, which is always right.
        getrandom::u32().map_or(1.0, |number| f64::from(number) / f64::from(u32::MAX))
    }
}

/// A provider that is asked again when it fails in passing.
pub struct Retrying<P> {
    inner: P,
    limits: Limits,
    clock: Box<dyn Clock>,
}

impl<P> Retrying<P> {
    /// By the clock of the world.
    pub fn new(inner: P, limits: Limits) -> Self {
        Self::by(inner, limits, Box::new(SystemClock(Instant::now())))
    }

    /// By a clock of somebody's own.
    pub fn by(inner: P, limits: Limits, clock: Box<dyn Clock>) -> Self {
        Self { inner, limits, clock }
    }

    /// How long to wait after so many tries.
    fn pause(&mut self, tries: u32, error: &ProviderError) -> Duration {
        let most = FIRST.saturating_mul(1 << (tries - 1).min(16)).min(LONGEST);
        let pause = most.mul_f64(self.clock.chance().clamp(0.0, 1.0));
        match error {
            ProviderError::Busy { after: Some(after), .. } => pause.max(*after),
            _ => pause,
        }
    }

    /// Waits; false when another door stored the reply meanwhile.
    fn wait(&mut self, pause: Duration, watch: &mut dyn Watch) -> bool {
        let until = self.clock.now() + pause;
        loop {
            if watch.stored() {
                return false;
            }
            let left = until.saturating_sub(self.clock.now());
            if left.is_zero() {
                return true;
            }
            self.clock.sleep(left.min(TICK));
        }
    }
}

impl<P: Provider> Provider for Retrying<P> {
    fn ask(&mut self, question: &Question<'_>, watch: &mut dyn Watch) -> Result<Outcome, ProviderError> {
        let begun = self.clock.now();
        let of = self.limits.retries.saturating_add(1);
        let mut attempt = 1;
        loop {
            let error = match self.inner.ask(question, watch) {
                Err(error) if error.is_transient() && attempt < of => error,
                outcome => return outcome,
            };
            let pause = self.pause(attempt, &error);
            if self.clock.now().saturating_sub(begun).saturating_add(pause) > self.limits.total {
                return Err(error);
            }
            attempt += 1;
            watch.progress(ProviderEvent::Again { attempt, of, wait: pause, why: error.to_string() });
            if !self.wait(pause, watch) {
                return Ok(Outcome::Stored);
            }
        }
    }
}

#[cfg(test)]
mod tests;
