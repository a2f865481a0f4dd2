//! Server-sent events, as <https://html.spec.whatwg.org/multipage/server-sent-events.html> has them: lines in, events out.
//! An event that the stream ends within is no event.

use prompt_runner_core::machine::REPLY_MAX;
use std::io::{self, BufRead};

/// The largest event. A server that does not stream sends a whole reply as one.
const EVENT_MAX: usize = REPLY_MAX as usize;

/// One event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Event {
    /// What it calls itself; empty where it does not.
    pub(super) name: String,
    /// Its lines of data.
    pub(super) data: String,
}

/// Why there are no more events.
#[derive(Debug, thiserror::Error)]
pub(super) enum SseError {
    #[error("{0}")]
    Io(#[from] io::Error),
    #[error("an event is larger than 16 MiB")]
    TooLarge,
    #[error("an event is not UTF-8 text")]
    NotText,
}

/// The events of a stream.
pub(super) struct Events<R> {
    from: R,
    /// The last line ended with a carriage return; a line feed after it belongs to the same end.
    returned: bool,
    first: bool,
}

impl<R: BufRead> Events<R> {
    /// From its first byte.
    pub(super) const fn new(from: R) -> Self {
        Self { from, returned: false, first: true }
    }

    /// The next event; nothing at the end of the stream.
    pub(super) fn next(&mut self) -> Result<Option<Event>, SseError> {
        let (mut name, mut data) = (String::new(), None::<String>);
        while let Some(line) = self.line(data.as_ref().map_or(0, String::len))? {
            if line.is_empty() {
                if let Some(data) = data.take() {
                    return Ok(Some(Event { name, data }));
                }
                name.clear();
                continue;
            }
            let (field, value) = line.split_once(':').unwrap_or((&line, ""));
            let value = value.strip_prefix(' ').unwrap_or(value);
            match field {
                "event" => value.clone_into(&mut name),
                "data" => match &mut data {
                    Some(data) => {
                        data.push('\n');
                        data.push_str(value);
                    }
                    None => data = Some(value.to_owned()),
                },
                // A comment has an empty name; whatever else there is, is not for us.
                _ => {}
            }
        }
        Ok(None)
    }

    /// The next line without its end; nothing where the stream ends, within a line or after one.
    fn line(&mut self, before: usize) -> Result<Option<String>, SseError> {
        let mut line = Vec::new();
        loop {
            let buffer = match self.from.fill_buf() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                buffer => buffer?,
            };
            if buffer.is_empty() {
                return Ok(None);
            }
            if self.returned && buffer[0] == b'\n' {
                self.from.consume(1);
                self.returned = false;
                continue;
            }
            self.returned = false;
            let end = buffer.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
            let piece = &buffer[..end.unwrap_or(buffer.len())];
            if before + line.len() + piece.len() > EVENT_MAX {
                return Err(SseError::TooLarge);
            }
            line.extend_from_slice(piece);
            self.returned = end.is_some_and(|end| buffer[end] == b'\r');
            let used = end.map_or(buffer.len(), |end| end + 1);
            self.from.consume(used);
            if end.is_some() {
                let line = String::from_utf8(line).map_err(|_| SseError::NotText)?;
                let mark = std::mem::take(&mut self.first).then(|| line.strip_prefix('\u{feff}')).flatten();
                return Ok(Some(mark.map(str::to_owned).unwrap_or(line)));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{BufReader, Read};

    /// Every event of a stream that arrives in pieces of one size.
    fn events(stream: &[u8], size: usize) -> Result<Vec<Event>, SseError> {
        let mut events = Events::new(BufReader::with_capacity(size, stream));
        let mut all = Vec::new();
        while let Some(event) = events.next()? {
            all.push(event);
        }
        Ok(all)
    }

    fn event(name: &str, data: &str) -> Event {
        Event { name: name.into(), data: data.into() }
    }

    #[test]
    fn streams_are_read_as_the_standard_says_however_they_are_cut() {
        let table: &[(&str, &[Event])] = &[
            ("data: one\n\n", &[event("", "one")]),
            ("data:one\n\ndata:  two\n\n", &[event("", "one"), event("", " two")]),
            ("event: a\ndata: 1\n\ndata: 2\n\n", &[event("a", "1"), event("", "2")]),
            ("data: 1\r\n\r\ndata: 2\r\n\r\n", &[event("", "1"), event("", "2")]),
            ("data: 1\r\rdata: 2\r\r", &[event("", "1"), event("", "2")]),
            ("data: 1\r\n\ndata: 2\r\r\n", &[event("", "1"), event("", "2")]),
            ("data: a\ndata: b\ndata:\ndata: c\n\n", &[event("", "a\nb\n\nc")]),
            (": ping\n\n:\n\ndata: x\n: between\n\n", &[event("", "x")]),
            ("\u{feff}data: x\n\n", &[event("", "x")]),
            ("data: \u{feff}x\n\n", &[event("", "\u{feff}x")]),
            ("id: 7\nretry: 10\nnonsense\ndata: x\n\n", &[event("", "x")]),
            ("data\n\n", &[event("", "")]),
            ("event: only\n\ndata: x\n\n", &[event("", "x")]),
            ("data: a:b: c\n\n", &[event("", "a:b: c")]),
            ("data: ü\u{1f980}\n\n", &[event("", "ü\u{1f980}")]),
            ("data: cut", &[]),
            ("data: whole\n\ndata: cut\n", &[event("", "whole")]),
            ("\n\n\n", &[]),
            ("", &[]),
        ];
        for (stream, expected) in table {
            for size in 1..=stream.len().max(1) {
                assert_eq!(events(stream.as_bytes(), size).unwrap(), *expected, "{stream:?} in pieces of {size}");
            }
        }
    }

    #[test]
    fn an_event_without_end_takes_no_more_than_its_measure() {
        let endless = io::repeat(b'x').take(EVENT_MAX as u64 + 1);
        let mut events = Events::new(BufReader::new(endless));
        assert!(matches!(events.next(), Err(SseError::TooLarge)));
        let lines = "data: 0123456789\n".repeat(EVENT_MAX / 10);
        assert!(matches!(Events::new(lines.as_bytes()).next(), Err(SseError::TooLarge)));
    }

    #[test]
    fn what_is_no_text_is_an_error_and_not_another_text() {
        assert!(matches!(events(b"data: caf\xe9\n\n", 64), Err(SseError::NotText)));
    }
}
