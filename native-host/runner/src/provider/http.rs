//! One request to a model's API and what answers it: a stream of events, or one document. What it is, shows in its first line; what a
//! server calls it is often wrong. Redirects are not followed, so that a key goes nowhere but to the address that it is for; a server on
//! this machine is never asked through a proxy.

use super::error_text::error_text;
use super::fault::Speaker;
use super::key::Key;
use super::sse::{Event, Events, SseError};
use super::{Address, ProviderError};
use prompt_runner_core::machine::REPLY_MAX;
use serde_json::Value;
use std::io::{self, BufReader, Chain, Cursor, Read};
use std::num::NonZeroU32;
use std::time::Duration;
use ureq::http::header::{CONTENT_TYPE, LOCATION, RETRY_AFTER};
use ureq::http::{HeaderMap, HeaderName, HeaderValue};
use ureq::tls::{RootCerts, TlsConfig};
use ureq::{Agent, Body, BodyReader, Proxy, Timeout};

/// How long to find the host, and then to connect to it.
const CONNECT: Duration = Duration::from_secs(10);
/// How long an answer may take in all: a server that only ever sends signs of life does not hold anybody for good.
const LONGEST: Duration = Duration::from_secs(3_600);
/// How much is read of an answer that is an error.
const ERROR_MAX: u64 = 64 << 10;
/// How much of the first line shows what an answer is.
const FIRST_MAX: usize = 64;

/// What is to be known of a model's API.
#[derive(Clone, Debug)]
pub struct Api {
    /// Where it is.
    pub address: Address,
    /// The model to ask.
    pub model: String,
    /// The key.
    pub key: Option<Key>,
    /// How long the answer may become.
    pub max_tokens: Option<NonZeroU32>,
    /// How long it may be silent.
    pub silence: Duration,
}

/// A line to one API.
#[derive(Debug)]
pub(super) struct Line {
    agent: Agent,
    address: Address,
    key: Option<Key>,
    silence: Duration,
}

impl Line {
    /// A line that is not used yet.
    ///
    /// # Errors
    /// `Insecure`.
    pub(super) fn new(api: &Api) -> Result<Self, ProviderError> {
        let address = api.address.clone();
        if api.key.is_some() && !address.keeps_secrets() {
            return Err(ProviderError::Insecure { host: address.host().into() });
        }
        let proxy = if address.is_here() { None } else { Proxy::try_from_env() };
        let agent = Agent::config_builder()
            .proxy(proxy)
            .tls_config(TlsConfig::builder().root_certs(RootCerts::PlatformVerifier).build())
            .http_status_as_error(false)
            .max_redirects(0)
            .user_agent(concat!("prompt-runner/", env!("CARGO_PKG_VERSION")))
            .timeout_resolve(Some(CONNECT))
            .timeout_connect(Some(CONNECT))
            .timeout_per_read(Some(api.silence))
            .timeout_per_write(Some(api.silence))
            .timeout_global(Some(LONGEST))
            .build()
            .new_agent();
        Ok(Self { agent, address, key: api.key.clone(), silence: api.silence })
    }

    /// Sends a request, and gives what answers it.
    ///
    /// # Errors
    /// Whatever the network and the server have to object.
    pub(super) fn ask(
        &self,
        path: &str,
        headers: &[(&'static str, HeaderValue)],
        body: &Value,
    ) -> Result<Reply<'_>, ProviderError> {
        let mut request = self.agent.post(self.address.below(path)).header(CONTENT_TYPE, "application/json");
        for (name, value) in headers {
            request = request.header(HeaderName::from_static(name), value);
        }
        let response = request.send(body.to_string()).map_err(|error| self.error_of(error, Moment::Asking))?;
        let (parts, body) = response.into_parts();
        let header = |name: HeaderName| text(&parts.headers, &name).unwrap_or_default();
        match parts.status.as_u16() {
            200..300 => self.reply(header(CONTENT_TYPE), body),
            status @ 300..400 => {
                let words = format!("it sends on to “{}”, and neither prompt nor key follow", header(LOCATION));
                Err(self.speaker().refused(status.to_string(), &words))
            }
            status => {
                let after = text(&parts.headers, &RETRY_AFTER);
                Err(self.speaker().status(status, after, &beginning(body.into_reader())))
            }
        }
    }

    /// An answer by its first line: JSON is a document, fields of events are a stream, and anything else is neither.
    fn reply(&self, kind: &str, body: Body) -> Result<Reply<'_>, ProviderError> {
        let mut body = body.into_reader();
        let trouble = |error: io::Error| self.error_of(error.into(), Moment::Reading);
        let first = first_line(&mut body).map_err(trouble)?;
        let is_stream = kind.to_ascii_lowercase().starts_with("text/event-stream");
        let is_document = first.starts_with(b"{") || first.starts_with(b"[");
        let is_events = is_stream || is_event(&first);
        let body = Cursor::new(first).chain(body);
        if is_document {
            let mut bytes = Vec::new();
            body.take(REPLY_MAX + 1).read_to_end(&mut bytes).map_err(trouble)?;
            if bytes.len() as u64 > REPLY_MAX {
                return Err(ProviderError::TooLarge);
            }
            return Ok(Reply::Document { kind: kind.to_owned(), body: bytes });
        }
        if is_events {
            return Ok(Reply::Stream(Stream { line: self, events: Events::new(BufReader::new(body)) }));
        }
        Err(self.speaker().no_stream(kind, &beginning(body)))
    }

    /// The server, as it is quoted.
    pub(super) fn speaker(&self) -> Speaker<'_> {
        Speaker { host: self.address.host(), key: self.key.as_ref() }
    }

    fn error_of(&self, error: ureq::Error, moment: Moment) -> ProviderError {
        let host = || self.address.host().to_owned();
        match (error, moment) {
            (ureq::Error::Timeout(Timeout::Global), _) => ProviderError::TimedOut { limit: LONGEST },
            (ureq::Error::Timeout(Timeout::Resolve | Timeout::Connect), _) => {
                ProviderError::Unreachable { host: host(), finding: format!("nothing for {} s", CONNECT.as_secs()) }
            }
            (ureq::Error::Timeout(_), _) => ProviderError::Stalled { host: host(), silent: self.silence },
            (error, Moment::Asking) => {
                ProviderError::Unreachable { host: host(), finding: error_text(&words(error), self.key.as_ref()) }
            }
            (error, Moment::Reading) => self.speaker().broken(&format!("it broke off ({})", words(error))),
        }
    }
}

/// An error of the network in its own words, without the name of its kind.
fn words(error: ureq::Error) -> String {
    match error {
        ureq::Error::Io(error) => error.to_string(),
        error => error.to_string(),
    }
}

/// When the network failed.
#[derive(Clone, Copy)]
enum Moment {
    Asking,
    Reading,
}

/// What answers a request.
pub(super) enum Reply<'a> {
    /// Events.
    Stream(Stream<'a>),
    /// One document, as some servers send it whatever they are asked for, and what it is called.
    Document { kind: String, body: Vec<u8> },
}

/// A stream that answers a request.
pub(super) struct Stream<'a> {
    line: &'a Line,
    events: Events<BufReader<Chain<Cursor<Vec<u8>>, BodyReader<'static>>>>,
}

impl Stream<'_> {
    /// The next event; nothing at the end of the stream.
    ///
    /// # Errors
    /// `Stalled`, `TimedOut`, `Broken` and `TooLarge`.
    pub(super) fn next(&mut self) -> Result<Option<Event>, ProviderError> {
        self.events.next().map_err(|error| match error {
            SseError::Io(error) => self.line.error_of(error.into(), Moment::Reading),
            SseError::TooLarge => ProviderError::TooLarge,
        })
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// The first line that is not empty, without a byte order mark; or as much of it as shows what it is.
fn first_line(body: &mut impl Read) -> io::Result<Vec<u8>> {
    let (mut line, mut byte) = (Vec::new(), [0]);
    while line.len() < FIRST_MAX && body.read(&mut byte)? > 0 {
        match byte {
            // None of them can begin a line of events, or JSON.
            [b' ' | b'\t' | b'\r' | b'\n' | 0xef | 0xbb | 0xbf] if line.is_empty() => {}
            [b'\r' | b'\n'] => {
                line.extend(byte);
                break;
            }
            _ => line.extend(byte),
        }
    }
    Ok(line)
}

/// Whether a line is a field of an event, or a comment.
fn is_event(line: &[u8]) -> bool {
    let name = line.split(|byte| matches!(byte, b':' | b'\r' | b'\n')).next().unwrap_or_default();
    line.starts_with(b":") || matches!(name, b"data" | b"event" | b"id" | b"retry")
}

/// As much of an error as anybody reads. That it breaks off changes nothing about it.
fn beginning(body: impl Read) -> String {
    let mut bytes = Vec::new();
    let _ = body.take(ERROR_MAX).read_to_end(&mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}
