//! Waiting for a person: as long as it takes, or as long as somebody was told to wait.

use super::{ProviderError, TICK};
use std::time::{Duration, Instant};

/// A wait that has begun.
pub(super) struct Wait {
    begun: Instant,
    limit: Option<Duration>,
}

impl Wait {
    /// Begins now.
    pub(super) fn begin(limit: Option<Duration>) -> Self {
        Self { begun: Instant::now(), limit }
    }

    /// A little more of it.
    ///
    /// # Errors
    /// `TimedOut`, when it is over.
    pub(super) fn on(&self) -> Result<(), ProviderError> {
        let left = self.limit.map(|limit| (limit, limit.saturating_sub(self.begun.elapsed())));
        match left {
            Some((limit, Duration::ZERO)) => Err(ProviderError::TimedOut { limit }),
            _ => {
                std::thread::sleep(left.map_or(TICK, |(_, left)| left.min(TICK)));
                Ok(())
            }
        }
    }
}
