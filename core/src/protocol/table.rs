//! The table of requests. Each is declared here once: its name, its parameters, the type of its answer, who may ask it, what
//! asking it twice does, and lines that stay understood. Types, lists, guards and documents follow from this table. What a page of a chat site may
//! ask stands under `page`; the engine in a page knows nothing else.

use super::answer::*;
use super::requests::requests;
use crate::event::{Origin, Repair, Source, Timing};
use crate::phase::Phase;
use crate::protocol::{Body, Other};
use crate::session::SessionId;
use crate::site;

requests! {
    page {
        /// Find a session and say where it stands: by id, or else the newest of this conversation; with neither, the newest active one
        /// that has no conversation yet.
        "status" Status {
            /// A session id.
            session: Option<SessionId>,
            /// Site and path of a conversation, such as `claude.ai/chat/<uuid>`.
            conversation: Option<String>,
        } -> SessionFound {
            from: [Extension, Dashboard, Http, Cli, Editor, Plugin],
            twice: Same,
            examples: [r#"{"type":"status","session":null,"conversation":"claude.ai/chat/0a1b"}"#],
        }

        /// Give the prompt of a phase: rendered anew when the phase begins or failed, the same one again while its reply is awaited.
        "prompt" Prompt {
            /// The session.
            session: SessionId,
            /// The phase; the current one when left out.
            phase: Option<Phase>,
            /// Where the reply is incomplete: ask for the rest of it in this way, and not for all of it again.
            #[serde(skip_serializing_if = "Option::is_none")]
            repair: Option<Repair>,
        } -> RenderedPrompt {
            from: [Extension, Cli, Editor],
            twice: Same,
            examples: [
                r#"{"type":"prompt","session":"20261122_141129_1a2b3c4d","phase":"analysis"}"#,
                r#"{"type":"prompt","session":"20261122_141129_1a2b3c4d","phase":null,"repair":"continue"}"#,
            ],
        }

        /// Note that the prompt stands in the composer, read back and equal.
        "placed" Placed {
            /// The session.
            session: SessionId,
            /// The phase.
            phase: Phase,
            /// The prompt.
            nonce: String,
        } -> SessionView {
            from: [Extension, Cli, Editor],
            twice: Same,
            examples: [
                r#"{"type":"placed","session":"20261122_141129_1a2b3c4d","phase":"analysis","nonce":"0123456789abcdef"}"#,
            ],
        }

        /// Note that the developer sent the prompt, in this conversation.
        "sent" Sent {
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
            conversation: Option<String>,
        } -> SessionView {
            from: [Extension, Cli, Editor],
            twice: Same,
            examples: [
                r#"{"type":"sent","session":"20261122_141129_1a2b3c4d","phase":"analysis","nonce":"0123456789abcdef","sent_ms":1795358742121,"conversation":null}"#,
            ],
        }

        /// Store a reply. Answered only when it is on disk.
        "capture" Capture {
            /// Made by the client; the same id is stored once.
            capture: String,
            /// The session.
            session: SessionId,
            /// The phase; the current one when left out.
            phase: Option<Phase>,
            /// The reply.
            body: Body,
            /// Where it came from.
            source: Source,
            /// Its times as the client saw them.
            #[serde(default)]
            timing: Timing,
            /// Site and path of the conversation it was read in.
            conversation: Option<String>,
            /// The same reply as other sources have it, in order of trust; the first that proves itself is taken.
            #[serde(default, skip_serializing_if = "Vec::is_empty")]
            others: Vec<Other>,
            /// Who was asked, where that was no chat page.
            #[serde(skip_serializing_if = "Option::is_none")]
            by: Option<Origin>,
        } -> Captured {
            from: [Extension, Cli, Editor],
            twice: Same,
            examples: [
                r#"{"type":"capture","capture":"c1","session":"20261122_141129_1a2b3c4d","phase":"analysis","body":{"format":"blocks","content":[{"block":"heading","level":3,"text":"FINDINGS"},{"block":"code","lang":"","text":"…"}]},"source":"page","timing":{"sent_ms":1,"first_token_ms":2,"last_token_ms":3,"span_ms":2},"conversation":"claude.ai/chat/0a1b"}"#,
                r#"{"type":"capture","capture":"c2","session":"20261122_141129_1a2b3c4d","phase":null,"body":{"format":"markdown","content":"…"},"source":"page","timing":{"sent_ms":null,"first_token_ms":null,"last_token_ms":null,"span_ms":null},"conversation":null,"others":[{"source":"copy","text":"…"}]}"#,
                r#"{"type":"capture","capture":"c3","session":"20261122_141129_1a2b3c4d","phase":null,"body":{"format":"markdown","content":"…"},"source":"api","timing":{"sent_ms":1,"first_token_ms":2,"last_token_ms":3,"span_ms":2},"conversation":null,"by":{"provider":"anthropic","model":"m","usage":{"input_tokens":1,"output_tokens":2,"cache_read_tokens":3,"cache_write_tokens":4}}}"#,
            ],
        }

        /// Take an incomplete reply as it is.
        "accept" Accept {
            /// The session.
            session: SessionId,
            /// The phase; the current one when left out.
            phase: Option<Phase>,
        } -> SessionView {
            from: [Extension, Cli, Editor],
            twice: Differs,
            examples: [r#"{"type":"accept","session":"20261122_141129_1a2b3c4d","phase":null}"#],
        }

        /// Note that the site says that its usage limit is reached.
        "limit" Limit {
            /// The session.
            session: SessionId,
            /// What it says, at most 1,000 characters of it; read for the time at which the limit ends, and not kept.
            text: String,
        } -> SessionView {
            from: [Extension],
            twice: Differs,
            examples: [r#"{"type":"limit","session":"20261122_141129_1a2b3c4d","text":"… until 3:00 PM"}"#],
        }

        /// Keep what a page's self-test counted. The newest report of each site is kept, for `prompt-runner doctor --page`.
        "page_report" PageReport {
            /// The report.
            report: site::PageReport,
        } -> PageJudgement {
            from: [Extension],
            twice: Same,
            examples: [
                r#"{"type":"page_report","report":{"site":"claude.ai","conversation":true,"elements":[{"name":"user","counts":[0,2],"tags":["DIV"],"length":12}],"rows":"ua","nested":0,"astray":0,"bodiless":0,"unsaid":1}}"#,
            ],
        }

        /// Rate a session.
        "rate" Rate {
            /// The session.
            session: SessionId,
            /// 1 (badly) to 5 (well).
            rating: u8,
            /// In the developer's words, at most 2,000 characters.
            #[serde(skip_serializing_if = "Option::is_none")]
            word: Option<String>,
            /// Minutes that the developer says were saved.
            #[serde(skip_serializing_if = "Option::is_none")]
            saved_minutes: Option<u32>,
        } -> SessionView {
            from: [Extension, Dashboard, Cli, Editor],
            twice: Same,
            examples: [
                r#"{"type":"rate","session":"20261122_141129_1a2b3c4d","rating":4,"word":"Went well.","saved_minutes":30}"#,
            ],
        }
    }

    others {
        /// Is anybody there, and which version?
        "ping" Ping {} -> Pong {
            from: [Extension, Dashboard, Http, Cli, Editor, Plugin],
            twice: Same,
            examples: [r#"{"type":"ping"}"#],
        }

        /// Start a session.
        "start" Start {
            /// What the developer wants, 1 to 20,000 characters.
            feature: String,
            /// The absolute path of the project.
            project: Option<String>,
            /// The name of the workflow; `feature` when left out.
            workflow: Option<String>,
            /// The conversation to live in, if there is one already.
            conversation: Option<String>,
        } -> SessionView {
            from: [Extension, Cli, Editor],
            twice: Differs,
            examples: [
                r#"{"type":"start","feature":"Dark mode","project":"/shop","workflow":"full","conversation":null}"#,
            ],
        }

        /// List the newest sessions.
        "list" List {
            /// Only those of this project.
            project: Option<String>,
            /// At most so many, 1 to 500.
            limit: Option<u32>,
        } -> SessionList {
            from: [Extension, Dashboard, Http, Cli, Editor, Plugin],
            twice: Same,
            examples: [r#"{"type":"list","project":null,"limit":5}"#],
        }

        /// Say what a reply would be read as. Nothing is stored.
        "read" Read {
            /// The session.
            session: SessionId,
            /// The phase; the current one when left out.
            phase: Option<Phase>,
            /// The reply, as markdown or as a page shows it.
            text: String,
            /// Where it came from.
            source: Source,
        } -> Reading {
            from: [Extension, Cli, Editor, Plugin],
            twice: Same,
            examples: [
                r#"{"type":"read","session":"20261122_141129_1a2b3c4d","phase":null,"text":"…","source":"paste"}"#,
            ],
        }

        /// Close a session whose every phase is done.
        "complete" Complete {
            /// The session.
            session: SessionId,
        } -> SessionView {
            from: [Extension, Cli, Editor],
            twice: Same,
            examples: [r#"{"type":"complete","session":"20261122_141129_1a2b3c4d"}"#],
        }

        /// Give the stored prompt and reply of each phase.
        "show" Show {
            /// The session.
            session: SessionId,
        } -> SessionRecord {
            from: [Extension, Dashboard, Http, Cli, Editor, Plugin],
            twice: Same,
            examples: [r#"{"type":"show","session":"20261122_141129_1a2b3c4d"}"#],
        }

        /// Leave a phase out.
        "skip" Skip {
            /// The session.
            session: SessionId,
            /// The phase; the current one when left out.
            phase: Option<Phase>,
        } -> SessionView {
            from: [Extension, Cli, Editor],
            twice: Differs,
            examples: [r#"{"type":"skip","session":"20261122_141129_1a2b3c4d","phase":"testing"}"#],
        }

        /// Begin a phase and those after it again. What was recorded of them stays in the log.
        "redo" Redo {
            /// The session.
            session: SessionId,
            /// The phase.
            phase: Phase,
        } -> SessionView {
            from: [Extension, Cli, Editor],
            twice: Same,
            examples: [r#"{"type":"redo","session":"20261122_141129_1a2b3c4d","phase":"analysis"}"#],
        }

        /// Abandon a session. What was recorded of it stays.
        "abandon" Abandon {
            /// The session.
            session: SessionId,
        } -> SessionView {
            from: [Extension, Cli, Editor],
            twice: Same,
            examples: [r#"{"type":"abandon","session":"20261122_141129_1a2b3c4d"}"#],
        }

        /// Give the figures of one panel.
        "panel" Panel {
            /// Which.
            panel: crate::stats::Panel,
            /// Of which part of the record; of all of it when left out.
            #[serde(default)]
            filter: crate::stats::Filter,
        } -> PanelFigures {
            from: [Extension, Dashboard, Http, Cli, Editor, Plugin],
            twice: Same,
            examples: [
                r#"{"type":"panel","panel":"funnel","filter":{"since":"2026-11-01","until":null,"project":"/shop","workflow":null,"template":null,"branch":null}}"#,
            ],
        }

        /// List the workflows that a session may be started with.
        "workflows" Workflows {
            /// The absolute path of the project whose own workflows are meant too.
            project: Option<String>,
        } -> WorkflowList {
            from: [Extension, Dashboard, Http, Cli, Editor, Plugin],
            twice: Same,
            examples: [r#"{"type":"workflows","project":"/shop"}"#],
        }

        /// Say what the reply of a phase would do to the files of its project. Nothing is changed.
        "changes" Changes {
            /// The session.
            session: SessionId,
            /// The phase; the newest with files and a reply when left out.
            phase: Option<Phase>,
        } -> ChangePlan {
            from: [Extension, Cli, Editor, Plugin],
            twice: Same,
            examples: [r#"{"type":"changes","session":"20261122_141129_1a2b3c4d","phase":null}"#],
        }

        /// Change the files of the project as it was shown, all of them or none.
        "apply" Apply {
            /// The session.
            session: SessionId,
            /// The phase; the newest with files and a reply when left out.
            phase: Option<Phase>,
            /// The name of the plan that was shown.
            token: String,
            /// Only these files; all of them when left out, if every change could be read.
            #[cfg_attr(feature = "types", ts(as = "Option<Vec<String>>"))]
            files: Option<Vec<crate::changes::FilePath>>,
            /// Files that no reply may change, and that are wanted all the same.
            #[serde(default)]
            #[cfg_attr(feature = "types", ts(as = "Vec<String>"))]
            allow: Vec<crate::changes::FilePath>,
        } -> FilesDone {
            from: [Extension, Cli, Editor],
            twice: Differs,
            examples: [
                r#"{"type":"apply","session":"20261122_141129_1a2b3c4d","phase":"implementation","token":"0a","files":["src/main.rs"],"allow":[]}"#,
            ],
        }

        /// Take a change of files back.
        "undo" Undo {
            /// The session.
            session: SessionId,
            /// The step; the newest that stands when left out.
            #[cfg_attr(feature = "types", ts(type = "number | null"))]
            step: Option<i64>,
            /// Files that were changed since, and are to be put back all the same.
            #[serde(default)]
            #[cfg_attr(feature = "types", ts(as = "Vec<String>"))]
            force: Vec<crate::changes::FilePath>,
        } -> FilesDone {
            from: [Extension, Cli, Editor],
            twice: Differs,
            examples: [r#"{"type":"undo","session":"20261122_141129_1a2b3c4d","step":17,"force":[]}"#],
        }

        /// Take back every change of files after a step.
        "restore" Restore {
            /// The session.
            session: SessionId,
            /// The step.
            #[cfg_attr(feature = "types", ts(type = "number"))]
            step: i64,
            /// Files that were changed since, and are to be put back all the same.
            #[serde(default)]
            #[cfg_attr(feature = "types", ts(as = "Vec<String>"))]
            force: Vec<crate::changes::FilePath>,
        } -> FilesDone {
            from: [Extension, Cli, Editor],
            twice: Differs,
            examples: [r#"{"type":"restore","session":"20261122_141129_1a2b3c4d","step":17,"force":[]}"#],
        }

        /// List what was done to files in a session.
        "steps" Steps {
            /// The session.
            session: SessionId,
        } -> ChangeSteps {
            from: [Extension, Cli, Editor, Plugin],
            twice: Same,
            examples: [r#"{"type":"steps","session":"20261122_141129_1a2b3c4d"}"#],
        }

        /// Say what is left of the files that a session changed: kept, changed since, or as before.
        "outcome" Outcome {
            /// The session.
            session: SessionId,
        } -> FilesOutcome {
            from: [Extension, Cli, Editor, Plugin],
            twice: Same,
            examples: [r#"{"type":"outcome","session":"20261122_141129_1a2b3c4d"}"#],
        }

        /// Draw one session over time.
        "timeline" Timeline {
            /// The session.
            session: SessionId,
        } -> SessionTimeline {
            from: [Extension, Dashboard, Http, Cli, Editor, Plugin],
            twice: Same,
            examples: [r#"{"type":"timeline","session":"20261122_141129_1a2b3c4d"}"#],
        }
    }
}
