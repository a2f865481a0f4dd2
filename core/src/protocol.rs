//! The one vocabulary: what may be asked of the runner, and what it answers.
//! Native frames, the command line and everything later are spellings of it; docs/PROTOCOL.md and the JavaScript types are generated from here.

use crate::block::Block;
use crate::event::{Origin, Repair, Source, Timing};
use crate::phase::Phase;
use crate::refusal::Refusal;
use crate::reply::Verdict;
use crate::session::SessionId;
use crate::site::PageReport;
use crate::stats::{Figures, Timeline};
#[cfg(not(target_family = "wasm"))]
use crate::stats::{Filter, Panel};
use crate::status::View;
use crate::words::Say;
use serde::{Deserialize, Serialize};

/// The version that every message carries.
pub const VERSION: u32 = 1;

/// The name under which browsers find the host.
pub const HOST_NAME: &str = "io.github.prompt_runner";

// The engine in a page knows only those that a page may ask (`PAGE_MAY` in extension/sw.js): each of its bytes counts.
/// A request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS, schemars::JsonSchema), ts(optional_fields = nullable))]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Request {
    /// Is anybody there, and which version?
    #[cfg(not(target_family = "wasm"))]
    Ping {},
    /// Start a session.
    #[cfg(not(target_family = "wasm"))]
    Start {
        /// What the developer wants, 1 to 20,000 characters.
        feature: String,
        /// The absolute path of the project.
        #[serde(default)]
        project: Option<String>,
        /// The name of the workflow; `feature` when left out.
        #[serde(default)]
        workflow: Option<String>,
        /// The conversation to live in, if there is one already.
        #[serde(default)]
        conversation: Option<String>,
    },
    /// Where does a session stand? By id, or else the newest of this conversation; with neither, the newest active one that has no conversation yet.
    Status {
        /// A session id.
        #[serde(default)]
        session: Option<SessionId>,
        /// Site and path of a conversation, such as `claude.ai/chat/<uuid>`.
        #[serde(default)]
        conversation: Option<String>,
    },
    /// The newest sessions.
    #[cfg(not(target_family = "wasm"))]
    List {
        /// Only those of this project.
        #[serde(default)]
        project: Option<String>,
        /// At most so many, 1 to 500.
        #[serde(default)]
        limit: Option<u32>,
    },
    /// The prompt of a phase: rendered anew when the phase begins or failed, the same one again while its reply is awaited.
    Prompt {
        /// The session.
        session: SessionId,
        /// The phase; the current one when left out.
        #[serde(default)]
        phase: Option<Phase>,
        /// Where the reply is incomplete: ask for the rest of it in this way, and not for all of it again.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        repair: Option<Repair>,
    },
    /// The prompt stands in the composer, read back and equal.
    Placed {
        /// The session.
        session: SessionId,
        /// The phase.
        phase: Phase,
        /// The prompt.
        nonce: String,
    },
    /// The developer sent the prompt, in this conversation.
    Sent {
        /// The session.
        session: SessionId,
        /// The phase.
        phase: Phase,
        /// The prompt.
        nonce: String,
        /// When, in milliseconds since 1970.
        #[cfg_attr(feature = "types", ts(type = "number"))]
        sent_ms: i64,
        /// Site and path of the conversation, once it has one.
        #[serde(default)]
        conversation: Option<String>,
    },
    /// Store a reply. Answered only when it is on disk.
    Capture {
        /// Made by the client; the same id is stored once.
        capture: String,
        /// The session.
        session: SessionId,
        /// The phase; the current one when left out.
        #[serde(default)]
        phase: Option<Phase>,
        /// The reply.
        body: Body,
        /// Where it came from.
        source: Source,
        /// Its times as the client saw them.
        #[serde(default)]
        timing: Timing,
        /// Site and path of the conversation it was read in.
        #[serde(default)]
        conversation: Option<String>,
        /// The same reply as other sources have it, in order of trust; the first that proves itself is taken.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        others: Vec<Other>,
        /// Who was asked, where that was no chat page.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<Origin>,
    },
    /// What a reply would be read as. Nothing is stored.
    #[cfg(not(target_family = "wasm"))]
    Read {
        /// The session.
        session: SessionId,
        /// The phase; the current one when left out.
        #[serde(default)]
        phase: Option<Phase>,
        /// The reply, as markdown or as a page shows it.
        text: String,
        /// Where it came from.
        source: Source,
    },
    /// Take an incomplete reply as it is.
    Accept {
        /// The session.
        session: SessionId,
        /// The phase; the current one when left out.
        #[serde(default)]
        phase: Option<Phase>,
    },
    /// The site says that its usage limit is reached.
    Limit {
        /// The session.
        session: SessionId,
        /// What it says, at most 1,000 characters of it; read for the time at which the limit ends, and not kept.
        text: String,
    },
    /// Close a session whose every phase is done.
    #[cfg(not(target_family = "wasm"))]
    Complete {
        /// The session.
        session: SessionId,
    },
    /// The stored prompt and reply of each phase.
    #[cfg(not(target_family = "wasm"))]
    Show {
        /// The session.
        session: SessionId,
    },
    /// What a page's self-test counted. The newest of each site is kept, for `prompt-runner doctor --page`.
    PageReport {
        /// The report.
        report: PageReport,
    },
    /// Leave a phase out.
    #[cfg(not(target_family = "wasm"))]
    Skip {
        /// The session.
        session: SessionId,
        /// The phase; the current one when left out.
        #[serde(default)]
        phase: Option<Phase>,
    },
    /// Take a phase and those after it up anew. What was recorded of them stays in the log.
    #[cfg(not(target_family = "wasm"))]
    Redo {
        /// The session.
        session: SessionId,
        /// The phase.
        phase: Phase,
    },
    /// Give a session up. What was recorded of it stays.
    #[cfg(not(target_family = "wasm"))]
    Abandon {
        /// The session.
        session: SessionId,
    },
    /// Say how a session went.
    Rate {
        /// The session.
        session: SessionId,
        /// 1 (badly) to 5 (well).
        rating: u8,
        /// In the developer's words, at most 2,000 characters.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        word: Option<String>,
        /// Minutes that the developer says were saved.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        saved_minutes: Option<u32>,
    },
    /// The figures of one panel.
    #[cfg(not(target_family = "wasm"))]
    Panel {
        /// Which.
        panel: Panel,
        /// Of which part of the record; of all of it when left out.
        #[serde(default)]
        filter: Filter,
    },
    /// One session drawn over time.
    #[cfg(not(target_family = "wasm"))]
    Timeline {
        /// The session.
        session: SessionId,
    },
}

/// The text of a reply, as its source has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS, schemars::JsonSchema))]
#[serde(tag = "format", content = "content", rename_all = "snake_case")]
pub enum Body {
    /// Read out of a page: blocks.
    Blocks(Vec<Block>),
    /// From a file, the clipboard or standard input: markdown.
    Markdown(String),
}

/// A reply as another source has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS, schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Other {
    /// Which.
    pub source: Source,
    /// Markdown.
    pub text: String,
}

/// What the runner answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS, schemars::JsonSchema))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Reply {
    /// To `ping`.
    Pong {
        /// The version of the program.
        version: String,
        /// The version of the bundled SQLite.
        sqlite: String,
        /// The database file.
        database: String,
    },
    /// To `start`, `status`, `placed`, `sent`, `accept`, `limit`, `complete`, `skip`, `redo`, `abandon` and `rate`: the session, if there is one.
    Session {
        /// The session.
        view: Option<View>,
    },
    /// To `list`.
    Sessions {
        /// Newest first.
        sessions: Vec<View>,
    },
    /// To `prompt`.
    Prompt {
        /// The session after it.
        view: View,
        /// The phase that the prompt asks for.
        phase: Phase,
        /// The nonce in it.
        nonce: String,
        /// The prompt.
        text: String,
    },
    /// To `capture`: the reply is on disk.
    Captured {
        /// What was read in it.
        verdict: Verdict,
        /// True when it had been stored before.
        duplicate: bool,
        /// The session after it.
        view: View,
    },
    /// To `read`.
    Read {
        /// The phase that it was read for.
        phase: Phase,
        /// What was read in it.
        verdict: Verdict,
        /// Why `capture` would not store it, as a refusal; left out where it would.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        refusal: Option<Refusal>,
    },
    /// To `show`.
    Record {
        /// The session.
        view: View,
        /// Each phase that has a prompt.
        phases: Vec<PhaseRecord>,
        /// What is kept beside them.
        attachments: Vec<AttachmentRecord>,
    },
    /// To `panel`.
    Figures {
        /// The figures.
        figures: Figures,
    },
    /// To `timeline`.
    Timeline {
        /// The session over time.
        timeline: Timeline,
    },
    /// To `page_report`: what the host makes of the page.
    Page {
        /// Why the site's profile does not fit it; empty where it does.
        drift: Vec<Say>,
    },
}

/// What is stored of one phase.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct PhaseRecord {
    /// Which.
    pub phase: Phase,
    /// The prompt.
    pub prompt: Option<String>,
    /// The reply as markdown.
    pub reply: Option<String>,
}

/// A text that is kept beside a session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct AttachmentRecord {
    /// Its name.
    pub name: String,
    /// The text.
    pub text: String,
}

/// What the host says unasked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS, schemars::JsonSchema))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Notice {
    /// A session changed, by whichever program.
    Changed {
        /// The session as it is now.
        view: View,
    },
}

/// A request on the wire.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct Envelope {
    /// Always `VERSION`.
    pub v: u32,
    /// Chosen by the client; the answer carries it again.
    pub id: String,
    /// What is asked.
    pub request: Request,
}

/// A message of the host on the wire.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS, schemars::JsonSchema))]
#[serde(untagged)]
pub enum Message {
    /// The answer to a request.
    Answer {
        /// Always `VERSION`.
        v: u32,
        /// The id of the request.
        id: String,
        /// What came of it.
        reply: Reply,
    },
    /// The request was turned down; nothing was changed.
    Refused {
        /// Always `VERSION`.
        v: u32,
        /// The id of the request; empty where none could be read.
        id: String,
        /// Why, and what to do next.
        refusal: Refusal,
    },
    /// News.
    News {
        /// Always `VERSION`.
        v: u32,
        /// What is new.
        notice: Notice,
    },
    /// A piece of a message that is larger than a frame of 1 MiB: join the pieces of one id in order, then read the JSON.
    Piece {
        /// Always `VERSION`.
        v: u32,
        /// The id of the message in pieces.
        id: String,
        /// Which piece, from 0.
        index: u32,
        /// How many there are.
        of: u32,
        /// The piece of the JSON text.
        piece: String,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One of each, to the letter. What stands here is understood for ever; new fields may only be added as optional ones.
    const GOLDEN: [&str; 23] = [
        r#"{"type":"ping"}"#,
        r#"{"type":"start","feature":"Dark mode","project":"/shop","workflow":"full","conversation":null}"#,
        r#"{"type":"status","session":null,"conversation":"claude.ai/chat/0a1b"}"#,
        r#"{"type":"list","project":null,"limit":5}"#,
        r#"{"type":"prompt","session":"20261122_141129_1a2b3c4d","phase":"analysis"}"#,
        r#"{"type":"placed","session":"20261122_141129_1a2b3c4d","phase":"analysis","nonce":"0123456789abcdef"}"#,
        r#"{"type":"sent","session":"20261122_141129_1a2b3c4d","phase":"analysis","nonce":"0123456789abcdef","sent_ms":1795358742121,"conversation":null}"#,
        r#"{"type":"capture","capture":"c1","session":"20261122_141129_1a2b3c4d","phase":"analysis","body":{"format":"blocks","content":[{"block":"heading","level":3,"text":"FINDINGS"},{"block":"code","lang":"","text":"…"}]},"source":"page","timing":{"sent_ms":1,"first_token_ms":2,"last_token_ms":3,"span_ms":2},"conversation":"claude.ai/chat/0a1b"}"#,
        r#"{"type":"complete","session":"20261122_141129_1a2b3c4d"}"#,
        r#"{"type":"show","session":"20261122_141129_1a2b3c4d"}"#,
        r#"{"type":"accept","session":"20261122_141129_1a2b3c4d","phase":null}"#,
        r#"{"type":"limit","session":"20261122_141129_1a2b3c4d","text":"… until 3:00 PM"}"#,
        r#"{"type":"prompt","session":"20261122_141129_1a2b3c4d","phase":null,"repair":"continue"}"#,
        r#"{"type":"page_report","report":{"site":"claude.ai","conversation":true,"elements":[{"name":"user","counts":[0,2],"tags":["DIV"],"length":12}],"rows":"ua","nested":0,"astray":0,"bodiless":0,"unsaid":1}}"#,
        r#"{"type":"capture","capture":"c2","session":"20261122_141129_1a2b3c4d","phase":null,"body":{"format":"markdown","content":"…"},"source":"page","timing":{"sent_ms":null,"first_token_ms":null,"last_token_ms":null,"span_ms":null},"conversation":null,"others":[{"source":"copy","text":"…"}]}"#,
        r#"{"type":"skip","session":"20261122_141129_1a2b3c4d","phase":"testing"}"#,
        r#"{"type":"redo","session":"20261122_141129_1a2b3c4d","phase":"analysis"}"#,
        r#"{"type":"abandon","session":"20261122_141129_1a2b3c4d"}"#,
        r#"{"type":"capture","capture":"c3","session":"20261122_141129_1a2b3c4d","phase":null,"body":{"format":"markdown","content":"…"},"source":"api","timing":{"sent_ms":1,"first_token_ms":2,"last_token_ms":3,"span_ms":2},"conversation":null,"by":{"provider":"anthropic","model":"m","usage":{"input_tokens":1,"output_tokens":2,"cache_read_tokens":3,"cache_write_tokens":4}}}"#,
        r#"{"type":"rate","session":"20261122_141129_1a2b3c4d","rating":4,"word":"Went well.","saved_minutes":30}"#,
        r#"{"type":"panel","panel":"funnel","filter":{"since":"2026-11-01","until":null,"project":"/shop","workflow":null,"template":null,"branch":null}}"#,
        r#"{"type":"timeline","session":"20261122_141129_1a2b3c4d"}"#,
        r#"{"type":"read","session":"20261122_141129_1a2b3c4d","phase":null,"text":"…","source":"paste"}"#,
    ];

    /// Without a wildcard: a new request must get its golden line.
    fn place(request: &Request) -> usize {
        match request {
            Request::Ping {} => 0,
            Request::Start { .. } => 1,
            Request::Status { .. } => 2,
            Request::List { .. } => 3,
            Request::Prompt { repair: None, .. } => 4,
            Request::Placed { .. } => 5,
            Request::Sent { .. } => 6,
            Request::Capture { by: Some(_), .. } => 18,
            Request::Capture { others, .. } if others.is_empty() => 7,
            Request::Capture { .. } => 14,
            Request::Complete { .. } => 8,
            Request::Show { .. } => 9,
            Request::Accept { .. } => 10,
            Request::Limit { .. } => 11,
            Request::Prompt { repair: Some(_), .. } => 12,
            Request::PageReport { .. } => 13,
            Request::Skip { .. } => 15,
            Request::Redo { .. } => 16,
            Request::Abandon { .. } => 17,
            Request::Rate { .. } => 19,
            Request::Panel { .. } => 20,
            Request::Timeline { .. } => 21,
            Request::Read { .. } => 22,
        }
    }

    #[test]
    fn every_request_reads_and_writes_its_golden_line() {
        for (at, line) in GOLDEN.iter().enumerate() {
            let request: Request = serde_json::from_str(line).unwrap();
            assert_eq!(place(&request), at, "{line}");
            assert_eq!(serde_json::to_string(&request).unwrap(), *line);
        }
    }

    #[test]
    fn what_is_optional_may_be_left_out_and_what_is_unknown_may_not_be_added() {
        assert!(serde_json::from_str::<Request>(r#"{"type":"start","feature":"x"}"#).is_ok());
        assert!(serde_json::from_str::<Request>(r#"{"type":"ping","extra":1}"#).is_err());
        assert!(serde_json::from_str::<Request>(r#"{"type":"destroy"}"#).is_err());
    }
}
