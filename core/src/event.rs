//! What happened: the facts of the append-only log. `state` says what they fold to.

mod state;

pub use self::state::{
    Attachment, Imported, Limit, PhaseState, PhaseStatus, PromptState, Rating, Recorded, ReplyState, SessionStatus,
    State, Step, evolve, fold,
};

use crate::changes::FilePath;
use crate::phase::Phase;
use crate::refusal::Code;
use crate::reply::{Oddity, Problem, SectionMark, Trailer};
use crate::workflow::PhaseOutline;
use serde::{Deserialize, Serialize};

/// One fact. Kinds and fields are only ever added: a log written today must fold for ever.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[allow(
    clippy::large_enum_variant,
    reason = "a session has a few dozen events, and a box would be in the way wherever one is matched"
)]
pub enum Event {
    /// A feature was taken up.
    SessionStarted {
        /// What the developer wants, in the developer's words.
        feature: String,
        /// The absolute path of the project, if there is one.
        project: Option<String>,
        /// The name of the workflow.
        workflow: String,
        /// Its phases, frozen here so that a later change of the workflow leaves the session alone.
        phases: Vec<Phase>,
        /// What each of them asks for. Before workflows were data nobody wrote it: every phase was one of five.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        outlines: Vec<PhaseOutline>,
        /// SHA-256 of the definition of the workflow, under which the store keeps its text.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        definition: Option<String>,
    },
    /// The prompt of a phase was rendered and handed over.
    PromptRendered {
        /// The phase it asks for.
        phase: Phase,
        /// Fresh per prompt: the reply proves with it that it answers this one. Empty where the prompt asked for no proof.
        nonce: String,
        /// SHA-256 of the text, under which the store keeps it.
        text: String,
        /// UTF-8 bytes of the text.
        bytes: u64,
        /// The earlier part that it asks the rest of, where it does.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        part: Option<Part>,
        /// SHA-256 of the template that it was rendered from, under which the store keeps its text.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        template: Option<String>,
    },
    /// The prompt stands in the composer of a chat page, read back and equal.
    PromptPlaced {
        /// The phase.
        phase: Phase,
        /// The prompt.
        nonce: String,
    },
    /// The developer sent the prompt.
    PromptSent {
        /// The phase.
        phase: Phase,
        /// The prompt.
        nonce: String,
        /// When the page saw it, in milliseconds since 1970 by the page's clock.
        sent_ms: i64,
    },
    /// The session lives in this conversation of a chat site, such as `claude.ai/chat/<uuid>`.
    ConversationBound {
        /// Site and path of the conversation.
        conversation: String,
    },
    /// A reply was stored; `complete` only with proof.
    ReplyCaptured {
        /// The phase it answers.
        phase: Phase,
        /// The prompt it answers.
        nonce: String,
        /// Made by the client, so that a capture sent twice is stored once.
        capture: String,
        /// SHA-256 of the stored body.
        text: String,
        /// UTF-8 bytes of the reply as markdown.
        bytes: u64,
        /// Lines of the reply as markdown.
        lines: u64,
        /// Estimated tokens of the reply; nobody counted them.
        tokens_estimated: u64,
        /// Where it came from.
        source: Source,
        /// What was found of each section.
        sections: Vec<SectionMark>,
        /// How far the reply proves itself.
        trailer: Trailer,
        /// The reason why it is not complete; `None` is complete.
        problem: Option<Problem>,
        /// When it was sent, began and ended.
        timing: Timing,
        /// SHA-256 of what came now, where `text` is that joined to an earlier part.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        piece: Option<String>,
        /// Who was asked, where that was no chat page.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<Origin>,
        /// What it estimates, where it is a plan that does.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        estimate: Option<Estimated>,
        /// What was accepted in it although the contract says otherwise.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        oddities: Vec<Oddity>,
    },
    /// The developer takes an incomplete reply as it is.
    ReplyAccepted {
        /// The phase it answers.
        phase: Phase,
        /// The capture that is taken.
        capture: String,
    },
    /// The site answers no more for a while.
    LimitReached {
        /// When it does again, milliseconds since 1970; `None` where the site did not say it in words that can be read.
        resets_ms: Option<i64>,
    },
    /// Every phase is done.
    SessionCompleted {},
    /// A provider was asked and gave no reply.
    AskFailed {
        /// The phase that it was asked for.
        phase: Phase,
        /// The prompt that it was given.
        nonce: String,
        /// What went wrong.
        error: Code,
    },
    /// The developer leaves this phase out.
    PhaseSkipped {
        /// Which.
        phase: Phase,
    },
    /// The developer takes this phase and those after it up anew. What was recorded of them stays in the log.
    PhaseReopened {
        /// The first of them.
        phase: Phase,
    },
    /// The developer gives the session up.
    SessionAbandoned {},
    /// The session was brought over from the predecessor, with the events before this one.
    SessionImported {
        /// Its id there.
        id: String,
        /// Its status there.
        status: String,
        /// What was odd about it, in sentences.
        notes: Vec<String>,
    },
    /// A file that is neither prompt nor reply is kept beside the session.
    AttachmentKept {
        /// Its name.
        name: String,
        /// SHA-256 of its text.
        text: String,
        /// UTF-8 bytes of its text.
        bytes: u64,
    },
    /// What git says of the project when a session begins or ends.
    WorkSeen {
        /// Which of the two.
        moment: Moment,
        /// The branch; nothing where none is checked out.
        branch: Option<String>,
        /// The commit.
        commit: Option<String>,
        /// Whose work it is: the name that git has for the developer.
        user: Option<String>,
    },
    /// What changed in the project between those two, as git counts it.
    CodeMeasured {
        /// Files.
        files: u32,
        /// Lines that are new.
        added: u64,
        /// Lines that are gone.
        removed: u64,
        /// Of the files those that hold tests, by their names.
        tests: u32,
        /// Files by language, most of them first.
        languages: Vec<Language>,
    },
    /// Files of the project are about to be changed. All that stood in them is kept beside the log, so that it can be put back.
    FilesChanging {
        /// What for.
        cause: Cause,
        /// What the names of files end with that are being written.
        tag: String,
        /// The files.
        files: Vec<FileStep>,
        /// Folders that were not there, the outermost first.
        folders: Vec<String>,
    },
    /// What became of that.
    FilesChanged {
        /// The place of its event in the log.
        step: i64,
        /// Every file is as it was to be; else every file is as it was before.
        done: bool,
        /// Files that somebody else changed meanwhile; they were left as they are.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        left: Vec<FilePath>,
    },
    /// The developer says how it went.
    Rated {
        /// 1 (badly) to 5 (well).
        rating: u8,
        /// In the developer's words.
        word: Option<String>,
        /// Minutes that the developer says were saved.
        saved_minutes: Option<u32>,
    },
}

/// Why files are changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS, schemars::JsonSchema))]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Cause {
    /// A reply says so.
    Apply {
        /// The phase that it answers.
        phase: Phase,
        /// SHA-256 of its text.
        reply: String,
    },
    /// An earlier step is taken back.
    Undo {
        /// Which: the place of its event in the log.
        #[cfg_attr(feature = "types", ts(type = "number"))]
        step: i64,
    },
    /// Everything after an earlier step is taken back.
    Restore {
        /// Which.
        #[cfg_attr(feature = "types", ts(type = "number"))]
        step: i64,
    },
}

/// What a step does to one file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileStep {
    /// The file.
    pub path: FilePath,
    /// What stands there; nothing where there is no such file.
    pub before: Option<Image>,
    /// What is to stand there.
    pub after: Option<Image>,
}

/// A file at one moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Image {
    /// SHA-256 of its bytes.
    pub hash: String,
    /// How many.
    pub bytes: u64,
    /// Its permissions.
    pub mode: u32,
}

/// The ends of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Moment {
    /// Its start.
    Begin,
    /// Its end.
    End,
}

/// What a plan estimates. It is the model's opinion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Estimated {
    /// How complex the feature is.
    pub complexity: Option<Complexity>,
    /// The lower end of the time that it takes.
    pub low_minutes: u32,
    /// The upper end.
    pub high_minutes: u32,
}

/// How complex a feature is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Complexity {
    /// A little.
    Low,
    /// Somewhat.
    Medium,
    /// Very.
    High,
}

/// How many files of a language changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Language {
    /// Its name.
    pub name: String,
    /// How many.
    pub files: u32,
}

/// How the rest of an incomplete reply is asked for. The third way, asking for all of it anew, is an ordinary prompt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS, schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Repair {
    /// Go on where it stopped.
    Continue,
    /// Send only the sections that are not whole.
    Sections,
}

/// An earlier part of a reply, and how the rest of it is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// How.
    pub repair: Repair,
    /// SHA-256 of the part, under which the store keeps it.
    pub text: String,
}

/// Where a reply came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS, schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Read out of a chat page.
    Page,
    /// From a message's own copy button.
    Copy,
    /// From the site's record of the conversation.
    Record,
    /// Given as a file.
    File,
    /// Given on standard input.
    Stdin,
    /// Taken from the clipboard.
    Clipboard,
    /// Printed by a command that was given the prompt.
    Command,
    /// From a model's API.
    Api,
    /// Brought over from the predecessor.
    Legacy,
    /// Pasted into the extension's own page.
    Paste,
    /// Text that the developer selected in a chat page.
    Selection,
}

impl Source {
    /// Whether an incomplete reply from here is gone if it is not kept: a page may forget it, and an API was paid for it.
    /// A file is still there after a refusal, and so is what was pasted or selected.
    #[must_use]
    pub const fn is_fleeting(self) -> bool {
        matches!(self, Self::Page | Self::Copy | Self::Record | Self::Command | Self::Api)
    }

    /// Whether it may come without the marks of markdown, as a page's text does where a person takes it.
    #[must_use]
    pub const fn is_by_hand(self) -> bool {
        matches!(self, Self::Clipboard | Self::Paste | Self::Selection)
    }
}

/// Who gave a reply, and what it cost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS, schemars::JsonSchema), ts(optional_fields = nullable))]
pub struct Origin {
    /// The provider, as the developer named it.
    pub provider: String,
    /// The model, as the provider named it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// The tokens, where the provider reported them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usage: Option<Usage>,
}

/// Tokens as an API reported them. Nobody here counted them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS, schemars::JsonSchema))]
#[serde(default)]
pub struct Usage {
    /// Of the prompt, without those from a cache.
    #[cfg_attr(feature = "types", ts(type = "number"))]
    pub input_tokens: u64,
    /// Of the reply.
    #[cfg_attr(feature = "types", ts(type = "number"))]
    pub output_tokens: u64,
    /// Of the prompt, read from a cache.
    #[cfg_attr(feature = "types", ts(type = "number"))]
    pub cache_read_tokens: u64,
    /// Of the prompt, written to a cache.
    #[cfg_attr(feature = "types", ts(type = "number"))]
    pub cache_write_tokens: u64,
}

/// No model reads or writes as many tokens at once. Figures add them up, and sums of what is believed must not overflow.
const TOKENS_MAX: u64 = 1_000_000_000;

impl Origin {
    /// Without numbers of tokens that cannot be; a reply is not lost over them.
    #[must_use]
    pub fn plausible(self) -> Self {
        let fits = |usage: &Usage| {
            let Usage { input_tokens, output_tokens, cache_read_tokens, cache_write_tokens } = *usage;
            [input_tokens, output_tokens, cache_read_tokens, cache_write_tokens]
                .iter()
                .all(|tokens| *tokens <= TOKENS_MAX)
        };
        Self { usage: self.usage.filter(fits), ..self }
    }
}

/// Times of a reply as one process saw them. Wall-clock values are milliseconds since 1970.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS, schemars::JsonSchema))]
#[serde(default)]
pub struct Timing {
    /// When the prompt was seen to be sent.
    #[cfg_attr(feature = "types", ts(type = "number | null"))]
    pub sent_ms: Option<i64>,
    /// When the first text of the reply was seen.
    #[cfg_attr(feature = "types", ts(type = "number | null"))]
    pub first_token_ms: Option<i64>,
    /// When the last text of the reply was seen.
    #[cfg_attr(feature = "types", ts(type = "number | null"))]
    pub last_token_ms: Option<i64>,
    /// From sent to last token by a monotonic clock, only where one process saw both ends: the one duration to trust.
    #[cfg_attr(feature = "types", ts(type = "number | null"))]
    pub span_ms: Option<u64>,
}

/// The last millisecond of the year 9999.
const TIME_MAX: i64 = 253_402_300_799_999;

/// Whether this can be a time: a page's clock may say anything, and differences must not overflow.
#[must_use]
pub const fn is_time(ms: i64) -> bool {
    matches!(ms, 0..=TIME_MAX)
}

impl Timing {
    /// Without the values that cannot be times; a reply is not lost over them.
    #[must_use]
    pub fn plausible(self) -> Self {
        let time = |ms: Option<i64>| ms.filter(|ms| is_time(*ms));
        Self {
            sent_ms: time(self.sent_ms),
            first_token_ms: time(self.first_token_ms),
            last_token_ms: time(self.last_token_ms),
            span_ms: self.span_ms.filter(|ms| *ms <= TIME_MAX.unsigned_abs()),
        }
    }
}
