//! Server-sent events, as <https://html.spec.whatwg.org/multipage/server-sent-events.html> has them: lines in, events out.
//! One thing is otherwise: an event that the stream ends within is given too, for servers leave out the blank line after the last.

use prompt_runner_core::machine::REPLY_MAX;
use std::io::{self, BufRead};

/// The largest event. A server that does not stream sends a complete reply as one.
const EVENT_MAX: usize = REPLY_MAX as usize;

/// One event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Event {
    /// What it calls itself; empty where it does not.
    pub(super) name: String,
    /// Its lines of data, as the bytes that came: a letter may be parted over two events.
    pub(super) data: Vec<u8>,
    /// The stream ended within it, so that its data may be cut.
    pub(super) open: bool,
}

/// Why there are no more events.
#[derive(Debug, thiserror::Error)]
pub(super) enum SseError {
    #[error("{0}")]
    Io(#[from] io::Error),
    #[error("an event is larger than 16 MiB")]
    TooLarge,
}

/// The events of a stream.
pub(super) struct Events<R> {
    from: R,
    /// The last line ended with a carriage return; a line feed after it belongs to the same end.
    returned: bool,
    first: bool,
    /// What broke the stream off within an event that was still given.
    broke: Option<io::Error>,
}

impl<R: BufRead> Events<R> {
    /// From its first byte.
    pub(super) const fn new(from: R) -> Self {
        Self { from, returned: false, first: true, broke: None }
    }

    /// The next event; nothing at the end of the stream.
    pub(super) fn next(&mut self) -> Result<Option<Event>, SseError> {
        if let Some(error) = self.broke.take() {
            return Err(error.into());
        }
        let (mut name, mut data) = (String::new(), None::<Vec<u8>>);
        loop {
            let line = match self.line(data.as_ref().map_or(0, Vec::len)) {
                Ok(line) => line,
                Err(SseError::Io(error)) if data.is_some() => {
                    self.broke = Some(error);
                    None
                }
                Err(error) => return Err(error),
            };
            let Some(line) = line else { return Ok(data.map(|data| Event { name, data, open: true })) };
            if line.is_empty() {
                if let Some(data) = data.take() {
                    return Ok(Some(Event { name, data, open: false }));
                }
                name.clear();
                continue;
            }
            let colon = line.iter().position(|byte| *byte == b':');
            let (field, value) = colon.map_or((&line[..], &[][..]), |at| (&line[..at], &line[at + 1..]));
            let value = value.strip_prefix(b" ").unwrap_or(value);
            match field {
                b"event" => name = String::from_utf8_lossy(value).into_owned(),
                b"data" => match &mut data {
                    Some(data) => {
                        data.push(b'\n');
                        data.extend_from_slice(value);
                    }
                    None => data = Some(value.to_owned()),
                },
                // A comment has an empty name; whatever else there is, is not for us.
                _ => {}
            }
        }
    }

    /// The next line without its end; nothing where the stream ends. Its last line may have none.
    fn line(&mut self, before: usize) -> Result<Option<Vec<u8>>, SseError> {
        let mut line = Vec::new();
        loop {
            let buffer = match self.from.fill_buf() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                buffer => buffer?,
            };
            if self.returned && buffer.first() == Some(&b'\n') {
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
            let over = buffer.is_empty();
            let used = end.map_or(buffer.len(), |end| end + 1);
            self.from.consume(used);
            if end.is_some() || over && !line.is_empty() {
                let mark = std::mem::take(&mut self.first) && line.starts_with("\u{feff}".as_bytes());
                return Ok(Some(if mark { line.split_off(3) } else { line }));
            }
            if over {
                return Ok(None);
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
        Event { name: name.into(), data: data.into(), open: false }
    }

    fn open(data: &str) -> Event {
        Event { open: true, ..event("", data) }
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
            ("data: cut", &[open("cut")]),
            ("data: whole\n\ndata: cut\n", &[event("", "whole"), open("cut")]),
            ("data: whole\r\n\r\ndata: 1\r\ndata: 2", &[event("", "whole"), open("1\n2")]),
            ("data: x\n\nevent: only\n", &[event("", "x")]),
            ("\u{feff}", &[]),
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
    fn bytes_that_are_no_text_are_given_as_they_are() {
        let found = events(b": caf\xe9\ndata: caf\xe9\n\n", 64).unwrap();
        assert_eq!(found[0].data, b"caf\xe9");
    }

    #[test]
    fn what_breaks_off_within_an_event_is_told_after_it() {
        struct Broken;
        impl Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::ErrorKind::ConnectionReset.into())
            }
        }
        let mut events = Events::new(BufReader::new(b"data: 1\n".chain(Broken)));
        assert_eq!(events.next().unwrap(), Some(open("1")));
        assert!(matches!(events.next(), Err(SseError::Io(_))));
    }
}
