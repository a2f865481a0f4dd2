//! A reply while it grows: its text, its limit, its times, and word of it to whoever waits.

use super::{Outcome, ProviderError, ProviderEvent, ProviderReply, TICK, Watch};
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
        watch.progress(ProviderEvent::Sent);
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
            self.notify();
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

    /// What has come so far.
    pub(super) fn text(&self) -> &[u8] {
        &self.text
    }

    /// Whether there is nothing to read in it.
    pub(super) fn is_blank(&self) -> bool {
        self.text.trim_ascii().is_empty()
    }

    /// Joins letters that came in halves, and puts a mark in the place of each half that stayed alone; gives how many there are.
    pub(super) fn settle(&mut self) -> usize {
        let (text, marks) = settled(std::mem::take(&mut self.text));
        self.text = text.into_bytes();
        marks
    }

    /// Whether it is a complete reply by its own proof, whatever its source says of it.
    pub(super) fn is_proven(&mut self) -> bool {
        !self.is_blank() && std::str::from_utf8(&self.text).is_ok_and(|text| self.watch.judge(text).is_ok())
    }

    /// Tells something about it that its reader has to know.
    pub(super) fn remark(&mut self, what: String) {
        self.watch.progress(ProviderEvent::Remark { what });
    }

    /// It is whole, as far as its source says; nothing where it is no text.
    pub(super) fn answer(mut self, source: Source, model: Option<String>, usage: Option<Usage>) -> Option<Outcome> {
        self.notify();
        let text = String::from_utf8(self.text).ok()?;
        Some(Outcome::Reply(Box::new(ProviderReply { text, source, model, usage, timing: self.timing })))
    }

    fn notify(&mut self) {
        let bytes = self.text.len();
        if bytes > self.told.1 {
            self.told = (Instant::now(), bytes);
            self.watch.progress(ProviderEvent::Growing { bytes: bytes as u64 });
        }
    }
}

/// Bytes as text, with the marks that it took.
fn settled(bytes: Vec<u8>) -> (String, usize) {
    let bytes = match String::from_utf8(bytes) {
        Ok(text) => return (text, 0),
        Err(error) => error.into_bytes(),
    };
    let (mut joined, mut rest) = (Vec::with_capacity(bytes.len()), &bytes[..]);
    while let Some((byte, after)) = rest.split_first() {
        let low = rest.get(3..).and_then(surrogate).filter(|low| *low >= 0xdc00);
        rest = match (surrogate(rest).filter(|high| *high < 0xdc00), low) {
            (Some(high), Some(low)) => {
                let letter = char::decode_utf16([high, low]).next().and_then(Result::ok).unwrap_or('\u{fffd}');
                joined.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
                &rest[6..]
            }
            // Three bytes that are one half of a letter are one mark, not three.
            _ if surrogate(rest).is_some() => {
                joined.push(0xff);
                &rest[3..]
            }
            _ => {
                joined.push(*byte);
                after
            }
        };
    }
    let marks = joined.utf8_chunks().filter(|chunk| !chunk.invalid().is_empty()).count();
    (String::from_utf8_lossy(&joined).into_owned(), marks)
}

/// Half of a pair of surrogates, as it stands in bytes where it came alone.
fn surrogate(bytes: &[u8]) -> Option<u16> {
    match *bytes {
        [0xed, high @ 0xa0..=0xbf, low @ 0x80..=0xbf, ..] => {
            Some(0xd000 | u16::from(high & 0x3f) << 6 | u16::from(low & 0x3f))
        }
        _ => None,
    }
}

fn now_ms() -> i64 {
    crate::clock::now().as_millisecond()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_of_letters_are_joined_and_those_that_stay_alone_are_marked() {
        for (bytes, text, marks) in [
            ("plain ü\u{1f980}\u{fffd}".as_bytes(), "plain ü\u{1f980}\u{fffd}", 0),
            (b"a\xed\xa0\xbe\xed\xb6\x80b", "a\u{1f980}b", 0),
            (b"a\xed\xa0\xbeb", "a\u{fffd}b", 1),
            (b"\xed\xb6\x80\xed\xa0\xbe", "\u{fffd}\u{fffd}", 2),
            (b"\xed\xa0\xbe\xed\xa0\xbe\xed\xb6\x80", "\u{fffd}\u{1f980}", 1),
            (b"caf\xe9!", "caf\u{fffd}!", 1),
            (b"\xf0\x9f\xa6", "\u{fffd}", 1),
            (b"\xed\x95\x9c\xff", "한\u{fffd}", 1),
        ] {
            assert_eq!(settled(bytes.to_vec()), (text.to_owned(), marks), "{bytes:?}");
        }
    }
}
