//! The types of the answers. Each request of the table names one, so an answer that it cannot have does not compile. On the wire an
//! answer carries its name as `type`.

use crate::changes::{Danger, FilePath, Form, Grade, Note, Why};
use crate::event::Cause;
use crate::phase::Phase;
use crate::refusal::Refusal;
use crate::reply::Verdict;
use crate::stats::{Figures, Timeline};
use crate::status::View;
use crate::words::UiMessage;
use serde::{Deserialize, Serialize};

macro_rules! answers {
    ($($(#[doc = $doc:literal])+ $kind:ident { $($(#[$meta:meta])* $field:ident: $type:ty,)* })+) => {$(
        $(#[doc = $doc])+
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        #[cfg_attr(feature = "types", derive(ts_rs::TS, schemars::JsonSchema))]
        pub struct $kind { $($(#[$meta])* pub $field: $type,)* }
    )+

        /// The TypeScript declarations of all of them.
        #[cfg(feature = "types")]
        #[must_use]
        pub(crate) fn declarations() -> Vec<String> {
            vec![$(crate::types::declaration::<$kind>(),)+ crate::types::declaration::<SessionView>()]
        }
    };
}

answers! {
    /// The host is there.
    Pong {
        /// The version of the program.
        version: String,
        /// The version of the bundled SQLite.
        sqlite: String,
        /// The database file.
        database: String,
        /// How many bytes it keeps of files that were changed; an older program does not say.
        #[serde(default)]
        #[cfg_attr(feature = "types", ts(type = "number"))]
        files_bytes: u64,
    }

    /// The session that was looked for.
    SessionFound {
        /// The session, if there is one.
        view: Option<View>,
    }

    /// The newest sessions.
    SessionList {
        /// Newest first.
        sessions: Vec<View>,
    }

    /// A prompt.
    RenderedPrompt {
        /// The session after it.
        view: View,
        /// The phase that the prompt asks for.
        phase: Phase,
        /// The nonce in it.
        nonce: String,
        /// The prompt.
        text: String,
    }

    /// The reply is on disk.
    Captured {
        /// What was read in it.
        verdict: Verdict,
        /// True when it had been stored before.
        duplicate: bool,
        /// The session after it.
        view: View,
    }

    /// What a reply would be read as.
    Reading {
        /// The phase that it was read for.
        phase: Phase,
        /// What was read in it.
        verdict: Verdict,
        /// Why `capture` would not store it, as a refusal; left out where it would.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        refusal: Option<Refusal>,
    }

    /// What is stored of a session.
    SessionRecord {
        /// The session.
        view: View,
        /// Each phase that has a prompt.
        phases: Vec<PhaseRecord>,
        /// What is kept beside them.
        attachments: Vec<AttachmentRecord>,
    }

    /// The figures of a panel.
    PanelFigures {
        /// The figures.
        figures: Figures,
    }

    /// The workflows that there are.
    WorkflowList {
        /// The one of who names none first.
        workflows: Vec<WorkflowEntry>,
    }

    /// A session over time.
    SessionTimeline {
        /// The session over time.
        timeline: Timeline,
    }

    /// What a reply would do to the files of its project.
    ChangePlan {
        /// The session.
        view: View,
        /// The phase whose reply it is.
        phase: Phase,
        /// A name for all of it: to be given back when it is to be done.
        token: String,
        /// The files.
        files: Vec<PlannedFile>,
        /// What could not be read, or has no certain place.
        faults: Vec<PlanFault>,
    }

    /// Files were changed.
    FilesDone {
        /// The step, by which it can be taken back.
        #[cfg_attr(feature = "types", ts(type = "number"))]
        step: i64,
        /// The files.
        files: Vec<FileDone>,
        /// The session after it.
        view: View,
    }

    /// What was done to files in a session.
    ChangeSteps {
        /// Oldest first.
        steps: Vec<ChangeStep>,
        /// The session.
        view: View,
    }

    /// What is left of the files that a session changed.
    FilesOutcome {
        /// The files, each once.
        files: Vec<FileOutcome>,
        /// The session.
        view: View,
    }

    /// What the host makes of a page.
    PageJudgement {
        /// Why the site's profile does not fit it; empty where it does.
        drift: Vec<UiMessage>,
    }
}

/// What becomes of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS, schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// There is none of this name yet.
    New,
    /// Its text is another.
    Changed,
    /// It goes.
    Deleted,
    /// It gets another name, and perhaps another text.
    Renamed,
    /// Only its permissions change.
    Mode,
    /// It is as it is to be already.
    Same,
}

/// A file of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct PlannedFile {
    /// The file, from the project's root.
    #[cfg_attr(feature = "types", ts(as = "String"))]
    pub path: FilePath,
    /// Its name before, where it is renamed.
    #[cfg_attr(feature = "types", ts(as = "Option<String>"))]
    pub from: Option<FilePath>,
    /// What becomes of it.
    pub kind: ChangeKind,
    /// Lines that come.
    pub added: u32,
    /// Lines that go.
    pub removed: u32,
    /// Whether it may be run afterwards, where that changes.
    pub executable: Option<bool>,
    /// The form in which it was written.
    pub form: Form,
    /// How its lines were found.
    pub grade: Grade,
    /// What its reader should know.
    pub notes: Vec<Note>,
    /// Why no reply may change it, where that is so.
    pub denied: Option<Danger>,
    /// The difference, as `diff -u` writes it, without a header.
    pub diff: String,
    /// The difference is longer than what is shown of it.
    pub diff_cut: bool,
}

/// Something in a reply that changes no file, because it is not certain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct PlanFault {
    /// The file as the reply names it.
    pub path: Option<String>,
    /// The line of the section, from 1.
    pub line: u32,
    /// What is wrong.
    pub why: Why,
    /// The same in words, as the end of a sentence.
    pub message: String,
}

/// A file that was changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct FileDone {
    /// The file.
    #[cfg_attr(feature = "types", ts(as = "String"))]
    pub path: FilePath,
    /// It was not there before.
    pub new: bool,
    /// It is there no more.
    pub gone: bool,
}

/// A file that a session changed, as it is now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct FileOutcome {
    /// The file.
    #[cfg_attr(feature = "types", ts(as = "String"))]
    pub path: FilePath,
    /// What became of the change.
    pub left: Left,
}

/// What became of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS, schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Left {
    /// The file is as the session made it.
    Kept,
    /// Somebody went on from there.
    Changed,
    /// It is as it was before the session.
    Reverted,
}

/// Something that was done to files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct ChangeStep {
    /// By what it is called.
    #[cfg_attr(feature = "types", ts(type = "number"))]
    pub step: i64,
    /// When, milliseconds since 1970.
    #[cfg_attr(feature = "types", ts(type = "number"))]
    pub at_ms: i64,
    /// What for.
    pub cause: Cause,
    /// How many files.
    pub files: u32,
    /// It was done; else it was begun and taken back.
    pub done: bool,
    /// It was done, and is not taken back.
    pub stands: bool,
}

/// A session as it is after what was asked; on the wire the same as [`SessionFound`].
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "types", derive(ts_rs::TS))]
pub struct SessionView {
    /// The session.
    pub view: View,
}

/// The type of an answer, and the name under which it goes over the wire.
pub trait Answer: Into<Reply> {
    /// The `type` of the reply that it becomes.
    const TYPE: &'static str;
}

/// The answers in two groups, as the requests are: those that the engine in a page knows, and all the rest.
macro_rules! replies {
    (
        page { $($(#[doc = $page_doc:literal])+ $page_name:literal $page_variant:ident($page_answer:ident),)+ }
        others { $($(#[doc = $doc:literal])+ $name:literal $variant:ident($answer:ident),)+ }
    ) => {
        /// An answer on the wire.
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        #[cfg_attr(feature = "types", derive(ts_rs::TS, schemars::JsonSchema))]
        #[serde(tag = "type")]
        pub enum Reply {
            $($(#[doc = $page_doc])+ #[serde(rename = $page_name)] $page_variant($page_answer),)+
            $(
                $(#[doc = $doc])+
                #[cfg(not(target_family = "wasm"))]
                #[serde(rename = $name)]
                $variant($answer),
            )+
        }

        $(in_reply!($page_answer, $page_variant, $page_name);)+
        $(
            #[cfg(not(target_family = "wasm"))]
            in_reply!($answer, $variant, $name);
        )+
    };
}

macro_rules! in_reply {
    ($answer:ident, $variant:ident, $name:literal) => {
        impl Answer for $answer {
            const TYPE: &'static str = $name;
        }

        impl From<$answer> for Reply {
            fn from(answer: $answer) -> Self {
                Self::$variant(answer)
            }
        }
    };
}

replies! {
    page {
        /// To `status`, and to everything that changes a session.
        "session" Session(SessionFound),
        /// To `prompt`.
        "prompt" Prompt(RenderedPrompt),
        /// To `capture`.
        "captured" Captured(Captured),
        /// To `page_report`.
        "page" Page(PageJudgement),
    }
    others {
        /// To `ping`.
        "pong" Pong(Pong),
        /// To `list`.
        "sessions" Sessions(SessionList),
        /// To `read`.
        "read" Read(Reading),
        /// To `show`.
        "record" Record(SessionRecord),
        /// To `panel`.
        "figures" Figures(PanelFigures),
        /// To `workflows`.
        "workflows" Workflows(WorkflowList),
        /// To `timeline`.
        "timeline" Timeline(SessionTimeline),
        /// To `changes`.
        "plan" Plan(ChangePlan),
        /// To `apply`, `undo` and `restore`.
        "files" Files(FilesDone),
        /// To `steps`.
        "steps" Steps(ChangeSteps),
        /// To `outcome`.
        "outcome" Outcome(FilesOutcome),
    }
}

impl Answer for SessionView {
    const TYPE: &'static str = "session";
}

impl From<SessionView> for Reply {
    fn from(SessionView { view }: SessionView) -> Self {
        Self::Session(SessionFound { view: Some(view) })
    }
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

/// A workflow that can be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct WorkflowEntry {
    /// The name that a session is started with.
    pub name: String,
    /// What people call it.
    pub title: String,
    /// Its phases, first to last.
    pub phases: Vec<Phase>,
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
