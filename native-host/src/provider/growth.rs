//! A reply while it grows: its text, its limit, its times, and word of it to whoever waits.

use super::{Answer, Outcome, Progress, ProviderError, TICK, Watch};
use jiff::Timestamp;
use prompt_runner_core::event::{Source, Timing, Usage};
use prompt_runner_core::machine::REPLY_MAX;
use std::time::Instant;

/// A reply that is not whole yet.
pub(super) struct Growth<'a> {
    watch: &'a mut dyn Watch,
    text: Vec<u8>,
    begun: Instant,
    timing: Timing,
    told: (Instant, usize),
    asked: Instant,
}

impl<'a> Growth<'a> {
    /// The prompt goes out now.
    pub(super) fn begin(watch: &'a mut dyn Watch) -> Self {
        watch.progress(Progress::Sent);
        let begun = Instant::now();
        let timing = Timing { sent_ms: Some(now_ms()), ..Timing::default() };
        Self { watch, text: Vec::new(), begun, timing, told: (begun, 0), asked: begun }
    }

    /// More of it has come.
    ///
    /// # Errors
    /// `TooLarge`.
    pub(super) fn push(&mut self, piece: &[u8]) -> Result<(), ProviderError> {
        if piece.is_empty() {
            return Ok(());
        }
        if (self.text.len() + piece.len()) as u64 > REPLY_MAX {
            return Err(ProviderError::TooLarge);
        }
        self.text.extend_from_slice(piece);
        let now = now_ms();
        self.timing.first_token_ms.get_or_insert(now);
        self.timing.last_token_ms = Some(now);
        self.timing.span_ms = u64::try_from(self.begun.elapsed().as_millis()).ok();
        if self.told.0.elapsed() >= TICK {
            self.tell();
        }
        Ok(())
    }

    /// Whether another door has stored the reply meanwhile; asked a few times a second, however fast the reply comes.
    pub(super) fn overtaken(&mut self) -> bool {
        if self.asked.elapsed() < TICK {
            return false;
        }
        self.asked = Instant::now();
        self.watch.stored()
    }

    /// It is whole, as far as its source says; nothing where it is no text.
    pub(super) fn answer(mut self, source: Source, model: Option<String>, usage: Option<Usage>) -> Option<Outcome> {
        self.tell();
        let text = String::from_utf8(self.text).ok()?;
        Some(Outcome::Answer(Box::new(Answer { text, source, model, usage, timing: self.timing })))
    }

    fn tell(&mut self) {
        let bytes = self.text.len();
        if bytes > self.told.1 {
            self.told = (Instant::now(), bytes);
            self.watch.progress(Progress::Growing { bytes: bytes as u64 });
        }
    }
}

fn now_ms() -> i64 {
    Timestamp::now().as_millisecond()
}
