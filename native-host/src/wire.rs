//! Requests out of bytes that anybody may have sent. `shape` looks at all of it first and keeps nothing; then it is read straight into what it
//! is, so that a frame takes little more memory than its own size. The derived reader of a tagged enum would take its whole content apart first.

mod shape;

use prompt_runner_core::block::Block;
use prompt_runner_core::event::{Origin, Source, Timing};
use prompt_runner_core::machine::{REPLY_MAX, fits};
use prompt_runner_core::phase::Phase;
use prompt_runner_core::protocol::{Body, Envelope, Other, Request, VERSION, ask};
use prompt_runner_core::refusal::{Code, Refusal, finding};
use prompt_runner_core::session::SessionId;
use serde::de::{self, DeserializeOwned, DeserializeSeed, Deserializer, SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::cell::Cell;
use std::fmt::{self, Display};

/// The largest request without a reply in it, in bytes: a feature of 20,000 characters takes 240,000 where each is spelled as two escapes.
const SMALL: usize = 512 << 10;
/// How many blocks a reply has at most: each is a value of its own, several times while it is read. An answer of 300 KB has some 5,000.
const BLOCKS_MAX: usize = 1 << 17;
/// How many lines a reply has at most where it is markdown, of which each may become a block.
const LINES_MAX: usize = 160_000;
/// How many other sources of a reply there are at most.
const OTHERS_MAX: usize = 8;
/// How much of an id is given back where it is too long to be one.
const ID_SHOWN: usize = 64;

/// Reads the body of a frame.
///
/// # Errors
/// `request.invalid`, `version.unknown` and `reply.too_large`, with the id of the request as far as there is one.
pub fn envelope(body: &[u8]) -> Result<Envelope, (String, Refusal)> {
    let Outline { v, id } = Outline::of(body);
    let id = id.and_then(|id| serde_json::from_str::<String>(id.get()).ok()).unwrap_or_default();
    let id = if shape::is_name("id", &id) { id } else { id.chars().take(ID_SHOWN).collect() };
    match v.map(RawValue::get) {
        Some(v) if v != VERSION.to_string() => Err((id, unknown_version(v))),
        _ => read_envelope(body).map_err(|refusal| (id, refusal)),
    }
}

/// Reads a request that comes without an envelope.
///
/// # Errors
/// `request.invalid` and `reply.too_large`.
pub fn request(body: &[u8]) -> Result<Request, Refusal> {
    shape::check(body, shape::REQUEST).map_err(invalid)?;
    let raw: &RawValue = serde_json::from_slice(body).map_err(invalid)?;
    read_request(raw)
}

/// Reads an object of names that is no request.
///
/// # Errors
/// `request.invalid`.
pub fn object<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refusal> {
    shape::check(body, shape::ALONE).map_err(invalid)?;
    serde_json::from_slice(body).map_err(invalid)
}

/// As much of an envelope as can be known of one that is none.
#[derive(Default, serde::Deserialize)]
struct Outline<'a> {
    #[serde(borrow)]
    v: Option<&'a RawValue>,
    #[serde(borrow)]
    id: Option<&'a RawValue>,
}

impl<'a> Outline<'a> {
    fn of(body: &'a [u8]) -> Self {
        // What is derived takes a list for an object.
        let is_object = body.trim_ascii_start().starts_with(b"{");
        is_object.then(|| serde_json::from_slice(body).ok()).flatten().unwrap_or_default()
    }
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Frame<'a> {
    v: u32,
    id: String,
    #[serde(borrow)]
    request: &'a RawValue,
}

fn read_envelope(body: &[u8]) -> Result<Envelope, Refusal> {
    shape::check(body, shape::ENVELOPE).map_err(invalid)?;
    let Frame { v, id, request } = serde_json::from_slice(body).map_err(invalid)?;
    Ok(Envelope { v, id, request: read_request(request)? })
}

#[derive(serde::Deserialize)]
struct Kind {
    r#type: String,
}

fn read_request(raw: &RawValue) -> Result<Request, Refusal> {
    let Kind { r#type } = serde_json::from_str(raw.get()).map_err(invalid)?;
    if r#type == "capture" {
        return read_capture(raw);
    }
    if raw.get().len() > SMALL {
        return Err(invalid(format!("it has {} bytes, more than a request without a reply needs", raw.get().len())));
    }
    serde_json::from_str(raw.get()).map_err(invalid)
}

/// `Request::Capture`, with its body as it came.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Capture<'a> {
    #[serde(rename = "type")]
    _type: String,
    capture: String,
    session: SessionId,
    phase: Option<Phase>,
    #[serde(borrow)]
    body: RawBody<'a>,
    source: Source,
    #[serde(default)]
    timing: Timing,
    conversation: Option<String>,
    #[serde(default)]
    others: Vec<Other>,
    by: Option<Origin>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct RawBody<'a> {
    format: Format,
    #[serde(borrow)]
    content: &'a RawValue,
}

#[derive(Clone, Copy, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
enum Format {
    Blocks,
    Markdown,
}

fn read_capture(raw: &RawValue) -> Result<Request, Refusal> {
    let Capture { _type, capture, session, phase, body, source, timing, conversation, others, by } =
        serde_json::from_str(raw.get()).map_err(invalid)?;
    if others.len() > OTHERS_MAX {
        return Err(invalid(format!("it has {} other sources, more than {OTHERS_MAX}", others.len())));
    }
    let excess = Cell::new(None);
    let content = &mut serde_json::Deserializer::from_str(body.content.get());
    let read = match body.format {
        Format::Markdown => Markdown(&excess).deserialize(content).map(Body::Markdown),
        Format::Blocks => Blocks(&excess).deserialize(content).map(Body::Blocks),
    };
    match excess.get() {
        // Said by the same words as wherever else a reply is measured.
        Some(Excess::Bytes) => fits(REPLY_MAX + 1)?,
        Some(Excess::Parts) => {
            let message = format!("The reply has more than {LINES_MAX} lines or {BLOCKS_MAX} blocks.");
            return Err(Refusal::new(Code::ReplyTooLarge, message));
        }
        None => {}
    }
    let body = read.map_err(invalid)?;
    Ok(Request::Capture(ask::Capture { capture, session, phase, body, source, timing, conversation, others, by }))
}

/// Of what a reply has too much.
#[derive(Clone, Copy)]
enum Excess {
    Bytes,
    Parts,
}

/// The text of a reply, if it is no larger than one may be; else says so, instead of keeping it.
struct Markdown<'a>(&'a Cell<Option<Excess>>);

impl<'de> DeserializeSeed<'de> for Markdown<'_> {
    type Value = String;
    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<String, D::Error> {
        from.deserialize_str(self)
    }
}

impl Visitor<'_> for Markdown<'_> {
    type Value = String;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }
    fn visit_str<E: de::Error>(self, text: &str) -> Result<String, E> {
        let excess = match fits(text.len() as u64) {
            Err(_) => Some(Excess::Bytes),
            Ok(()) if text.bytes().filter(|byte| matches!(byte, b'\n' | b'\r')).count() > LINES_MAX => {
                Some(Excess::Parts)
            }
            Ok(()) => None,
        };
        self.0.set(excess);
        if excess.is_some() { Err(E::custom("the reply is too large")) } else { Ok(text.to_owned()) }
    }
}

/// The same of a list of blocks.
struct Blocks<'a>(&'a Cell<Option<Excess>>);

impl<'de> DeserializeSeed<'de> for Blocks<'_> {
    type Value = Vec<Block>;
    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Vec<Block>, D::Error> {
        from.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Blocks<'_> {
    type Value = Vec<Block>;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of blocks")
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Vec<Block>, A::Error> {
        let (mut blocks, mut bytes) = (Vec::new(), 0);
        while let Some(block) = seq.next_element::<Block>()? {
            bytes += block.text().len() as u64;
            if fits(bytes).is_err() || blocks.len() == BLOCKS_MAX {
                self.0.set(Some(if blocks.len() == BLOCKS_MAX { Excess::Parts } else { Excess::Bytes }));
                return Err(de::Error::custom("the reply is too large"));
            }
            blocks.push(block);
        }
        Ok(blocks)
    }
}

fn invalid(what: impl Display) -> Refusal {
    Refusal::new(Code::RequestInvalid, format!("The request cannot be read: {}.", finding(what)))
}

fn unknown_version(v: &str) -> Refusal {
    let v: String = v.chars().take(ID_SHOWN).collect();
    Refusal::new(
        Code::VersionUnknown,
        format!("The request speaks version {v} of the protocol; this host speaks {VERSION}."),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whatever is read in two ways has to be read alike.
    #[test]
    fn a_request_that_is_written_is_read_as_it_was() {
        let session = SessionId::parse("20261122_141129_1a2b3c4d").unwrap();
        let block = |text: &str| Block::Paragraph { text: text.into() };
        let bodies = [Body::Markdown("a\n\u{0}\u{1b}".into()), Body::Blocks(vec![block(""), block("b\tü🦀")])];
        for body in bodies {
            let request = Request::Capture(ask::Capture {
                capture: "c".into(),
                session: session.clone(),
                phase: Some(Phase::TESTING),
                body,
                source: Source::Copy,
                timing: Timing { sent_ms: Some(-1), span_ms: Some(2), ..Timing::default() },
                conversation: Some("claude.ai/chat/1".into()),
                others: vec![Other { source: Source::Record, text: "t".into() }],
                by: Some(Origin { provider: "p".into(), model: None, usage: None }),
            });
            let envelope_of_it = Envelope { v: VERSION, id: "7".into(), request };
            let written = serde_json::to_vec(&envelope_of_it).unwrap();
            assert_eq!(envelope(&written), Ok(envelope_of_it));
        }
    }
}
