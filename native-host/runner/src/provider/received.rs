//! An answer of a model's API while it comes in: its text, and beside the text what the server says about it. Only the text has to be
//! right. A count, a name or a reason that cannot be read is not known, and never costs an answer that was paid for. An answer is at its
//! end when the server says so or says why it stopped, or when its text proves itself.

use super::error_text::error_text;
use super::growth::Growth;
use super::http::{Line, Reply};
use super::loose::Loose;
use super::sse::Event;
use super::{Outcome, ProviderError, Watch};
use prompt_runner_core::event::{Source, Usage};
use serde_json::Value;
use ureq::http::HeaderValue;

/// The longest name of a model that is kept.
const NAME_MAX: usize = 200;
/// How much is kept of what a server says besides; much less is ever repeated.
const WORDS_MAX: usize = 64 << 10;

/// One way to say things: takes out of an event what it says.
pub(super) type Dialect = fn(&str, Loose<'_>, &mut Received);

/// What is asked, and in which dialect.
pub(super) struct Request<'a> {
    pub(super) path: &'a str,
    pub(super) headers: Vec<(&'static str, HeaderValue)>,
    pub(super) body: Value,
    pub(super) dialect: Dialect,
}

/// What a server has said so far.
#[derive(Debug, Default)]
pub(super) struct Received {
    /// Text that is not yet with the rest.
    pub(super) text: Vec<u8>,
    /// Whether there was any.
    pub(super) has_text: bool,
    /// The model, by the name that the server gave.
    pub(super) model: Option<String>,
    /// The tokens, as far as they are known.
    pub(super) usage: Option<Usage>,
    /// Why it stopped, in the server's word.
    pub(super) stop: Option<String>,
    /// What it says besides about why it stopped.
    pub(super) words: Vec<u8>,
    /// It said that nothing follows.
    pub(super) done: bool,
    /// It sent what it thought.
    pub(super) thoughts: bool,
    /// It called tools.
    pub(super) tools: bool,
    /// What it says is an error, as it came.
    pub(super) error: Option<Vec<u8>>,
    /// The last that it said which means nothing to us.
    pub(super) strange: Option<Vec<u8>>,
    /// An event that could not be read. Before any text it costs none: a reply whose first section did not come proves nothing.
    unread: Option<Vec<u8>>,
    /// Where in the text that of the value which is being read begins.
    begun: usize,
    /// Why it stopped, as the value says that is being read.
    reason: Option<String>,
    /// It said why it stopped, and nothing followed that shows otherwise.
    stopped: bool,
    /// A word for why it stopped that more text followed. It is said whether or not there is an end, and proves none.
    refuted: Option<String>,
    /// The text that came with the word that it stopped.
    last: Vec<u8>,
    /// The same text once more, with the same word.
    again: Vec<u8>,
    /// An event after the end that could not be read. If text follows, it was within the text.
    late: Option<Vec<u8>>,
    /// A part that nobody understands.
    gap: Option<Vec<u8>>,
    /// The text of messages, where it came in no other way.
    spoken: Vec<u8>,
}

impl Received {
    /// Takes the name of the model, where it is one.
    pub(super) fn take_model(&mut self, name: Loose<'_>) {
        let fits = |name: &String| name.len() <= NAME_MAX && !name.contains(char::is_control);
        self.model = name.word().filter(fits).or(self.model.take());
    }

    /// Takes text.
    pub(super) fn take_text(&mut self, text: &[u8]) {
        self.has_text |= !text.is_empty();
        self.text.extend_from_slice(text);
    }

    /// Takes a part that nobody understands: the text may have a hole there.
    pub(super) fn take_gap(&mut self, part: Loose<'_>) {
        self.gap = Some(beginning(part.raw()));
        self.take_strange(part);
    }

    /// Whether a message may bring text: before any came, or where all of it came in messages.
    pub(super) const fn awaits_message(&self) -> bool {
        !self.has_text || !self.spoken.is_empty()
    }

    /// Takes a message whose text begins at `begun`. One that begins with all that came says it again; alike to the letter it says it
    /// again only where it is the last, for a piece may be like the one before.
    pub(super) fn settle_message(&mut self, begun: usize, is_last: bool) {
        let text = &self.text[begun..];
        if text.starts_with(&self.spoken) && (is_last || text.len() > self.spoken.len()) {
            self.text.drain(begun..begun + self.spoken.len());
        }
        self.spoken.extend_from_slice(&self.text[begun..]);
    }

    /// Takes the word that it stopped, where it is one.
    pub(super) fn take_stop(&mut self, reason: Loose<'_>) {
        let word = reason.word().unwrap_or_else(|| plain(reason.raw()));
        if !reason.is_empty() && !goes_on(&word) {
            self.reason = Some(word);
        }
    }

    /// Weighs a value that was read, against what was said of an end before it; false where it shows that the text has a hole.
    fn weigh(&mut self, had_text: bool) -> bool {
        let reason = self.reason.take();
        let text = &self.text[self.begun..];
        let is_same = reason.is_none() || reason == self.stop;
        if self.stopped && !(text.is_empty() && is_same) {
            // A last event that comes again brings the same text again, which is no more text unless more follows.
            if reason.is_some() && is_same && self.again.is_empty() && *text == *self.last {
                self.again = self.text.split_off(self.begun);
                return true;
            }
            // What is followed by more was no end, and its word is none.
            self.stopped = false;
            self.refuted = self.stop.take();
            if let Some(late) = self.late.take() {
                self.unread = Some(late);
                if had_text {
                    self.text.truncate(self.begun);
                    return false;
                }
            }
            let again = std::mem::take(&mut self.again);
            self.text.splice(self.begun..self.begun, again.iter().copied());
            self.begun += again.len();
        }
        if let Some(reason) = reason {
            if !self.stopped {
                self.last = self.text[self.begun..].to_owned();
            }
            self.stopped = self.refuted.as_ref() != Some(&reason);
            self.stop = Some(reason);
        }
        true
    }

    /// Takes words about why it stopped.
    pub(super) fn take_words(&mut self, words: &[u8]) {
        self.words.extend_from_slice(&words[..words.len().min(WORDS_MAX - self.words.len())]);
    }

    /// Takes an error.
    pub(super) fn take_error(&mut self, error: Loose<'_>) {
        self.error = Some(beginning(error.raw()));
    }

    /// Takes what means nothing to us, and may explain why nothing else comes.
    pub(super) fn take_strange(&mut self, strange: Loose<'_>) {
        self.strange = Some(beginning(strange.raw()));
    }

    /// Whether its end was announced.
    const fn is_ended(&self) -> bool {
        self.done || self.stopped
    }

    /// Takes what stands in an event; false where it cannot be read and may have held a piece from within the text.
    fn take(&mut self, event: &Event, dialect: Dialect) -> bool {
        let data = event.data.trim_ascii();
        let data = data.strip_prefix("\u{feff}".as_bytes()).unwrap_or(data);
        if data.eq_ignore_ascii_case(b"[DONE]") {
            self.done = true;
            return true;
        }
        if !data.starts_with(b"{") && !data.starts_with(b"[") {
            if event.name.eq_ignore_ascii_case("error") {
                self.error = Some(beginning(data));
            } else if !data.is_empty() {
                self.strange = Some(beginning(data));
            }
            return true;
        }
        let Some(values) = Loose::all(data) else {
            // What breaks off here was broken off by the stream, which says so next.
            if event.open {
                return true;
            }
            if self.is_ended() {
                self.late = Some(beginning(data));
                return true;
            }
            self.unread = Some(beginning(data));
            return !self.has_text;
        };
        for value in values.into_iter().flat_map(Loose::items) {
            self.begun = self.text.len();
            let had_text = self.has_text;
            dialect(&event.name, value, self);
            if !self.weigh(had_text) {
                return false;
            }
        }
        true
    }
}

/// Whether tokens were counted. No answer is read or written without one: who says 0 does not count, or not yet.
pub(super) const fn is_counted(usage: &Usage) -> bool {
    usage.output_tokens > 0 && usage.input_tokens.saturating_add(usage.cache_read_tokens) > 0
}

/// Asks, and takes the answer in.
///
/// # Errors
/// Every error of the network and of the server, unless the text was whole before it.
pub(super) fn receive(line: &Line, request: &Request<'_>, watch: &mut dyn Watch) -> Result<Outcome, ProviderError> {
    let mut growth = Growth::begin(watch);
    let mut received = Received::default();
    let failure = match line.ask(request.path, &request.headers, &request.body)? {
        Reply::Document { kind, body } => {
            let event = Event { data: body, ..Event::default() };
            received.take(&event, request.dialect);
            growth.push(&std::mem::take(&mut received.text))?;
            let speaker = line.speaker();
            match received.error.take() {
                Some(error) if !received.is_ended() => Some(speaker.error(&error)),
                _ if !received.has_text && !received.is_ended() => Some(speaker.no_stream(&kind, &plain(&event.data))),
                // A document has its end, whether or not it says so.
                _ => {
                    received.done = true;
                    None
                }
            }
        }
        Reply::Stream(mut stream) => loop {
            let event = match stream.next() {
                Ok(Some(event)) => event,
                Ok(None) => break None,
                Err(error) => break Some(error),
            };
            let is_sound = received.take(&event, request.dialect);
            growth.push(&std::mem::take(&mut received.text))?;
            if !is_sound {
                break None;
            }
            if let Some(error) = received.error.take() {
                break Some(line.speaker().error(&error));
            }
            if received.done {
                break None;
            }
            if growth.overtaken() {
                return Ok(Outcome::Stored);
            }
        },
    };
    end(line, growth, received, failure)
}

/// What comes of what was received.
fn end(
    line: &Line,
    mut growth: Growth<'_>,
    received: Received,
    failure: Option<ProviderError>,
) -> Result<Outcome, ProviderError> {
    let speaker = line.speaker();
    let unread =
        received.unread.as_deref().map(|data| format!("cannot be read (“{}”)", error_text(&plain(data), speaker.key)));
    let broken = unread.as_ref().map(|unread| speaker.broken(&format!("an event {unread}")));
    let marks = growth.settle();
    if !received.is_ended() {
        let failure = failure.or(broken).unwrap_or_else(|| speaker.endless(received.strange.as_deref()));
        if !growth.is_proven() {
            return Err(failure);
        }
        growth.remark(format!("{failure} The reply was whole before that, and is kept."));
    } else if growth.is_blank() {
        return Err(broken.unwrap_or_else(|| speaker.no_text(&received)));
    } else if let Some(unread) = unread {
        growth.remark(format!("An event before the text {unread}. The text is kept."));
    }
    if let Some(gap) = &received.gap {
        growth.remark(format!(
            "A part of the answer is not understood (“{}”), and is missing.",
            error_text(&plain(gap), speaker.key)
        ));
    }
    if let Some(what) = speaker.stopped(&received) {
        growth.remark(what);
    }
    if marks > 0 {
        growth.remark(format!("The answer has {marks} places that are no text; each is marked with “\u{fffd}”."));
    }
    let usage = received.usage.filter(is_counted);
    growth.answer(Source::Api, received.model, usage).ok_or_else(|| speaker.broken("it is no text"))
}

/// Whether a word in the place of a reason says that it goes on, or nothing.
fn goes_on(reason: &str) -> bool {
    const WORDS: &[&str] = &[
        "null",
        "none",
        "undefined",
        "progress",
        "unspecified",
        "pending",
        "running",
        "streaming",
        "generating",
        "continue",
    ];
    let reason = reason.to_ascii_lowercase();
    let mut words = reason.split(|ch: char| !ch.is_alphanumeric()).filter(|_| !reason.starts_with(['{', '[']));
    reason.parse() == Ok(0_u8) || reason.starts_with("not_") || words.any(|word| WORDS.contains(&word))
}

/// As much of what came as may be quoted.
fn beginning(bytes: &[u8]) -> Vec<u8> {
    bytes[..bytes.len().min(WORDS_MAX)].to_owned()
}

/// The same as text.
pub(super) fn plain(bytes: &[u8]) -> String {
    String::from_utf8_lossy(&bytes[..bytes.len().min(WORDS_MAX)]).into_owned()
}
