//! Providers: where a reply to a prompt comes from. A person in a chat page, a file, a command, or a model's API; each waits in
//! its own way, and all of them are asked alike. docs/PROVIDERS.md is the guide.

mod address;
mod anthropic;
mod choose;
mod clipboard;
mod command;
mod complaint;
mod error;
mod error_text;
mod fault;
mod file;
mod growth;
mod http;
#[cfg(unix)]
mod interrupt;
mod key;
#[cfg(target_os = "linux")]
mod kin;
mod loose;
mod openai;
mod page;
mod parts;
mod received;
mod retry;
mod settings;
mod sse;
mod stop;
mod wait;

pub use address::Address;
pub use anthropic::Anthropic;
pub(crate) use choose::provider;
pub use choose::{ProviderChoice, provider_from};
pub(crate) use clipboard::Board;
pub use command::Program;
pub use error::ProviderError;
pub use file::ReplyFile;
pub use http::Api;
pub use key::{Key, Keys};
pub use openai::OpenAi;
pub use page::Page;
pub use retry::{Clock, Limits, Retrying};
pub use settings::Settings;

use prompt_runner_core::event::{Source, Timing, Usage};
use prompt_runner_core::reply::Expect;
use serde::Deserialize;
use std::path::Path;
use std::time::Duration;

/// How often whoever waits looks around: for a reply that another door has stored, and to say how far it is.
const TICK: Duration = Duration::from_millis(200);

/// The kinds of providers. A new one stands here with its name and its keys, and has an arm in `choose.rs`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Page,
    Clipboard,
    File,
    Command,
    Anthropic,
    Openai,
}

impl Kind {
    /// Each is a provider of its own, by its name.
    const ALL: &[(&str, Self)] = &[
        ("page", Self::Page),
        ("clipboard", Self::Clipboard),
        ("file", Self::File),
        ("command", Self::Command),
        ("anthropic", Self::Anthropic),
        ("openai", Self::Openai),
    ];

    /// The keys that mean something to it, beside `timeout_s`.
    const fn keys(self) -> &'static [&'static str] {
        match self {
            Self::Page | Self::Clipboard | Self::File => &[],
            Self::Command => &["command"],
            Self::Anthropic | Self::Openai => &["base_url", "model", "key_env", "max_tokens"],
        }
    }
}

/// What is asked.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// The prompt, to the letter.
    pub prompt: &'a str,
    /// The proof that the reply must carry.
    pub expect: &'a Expect,
    /// The folder of the project, in which a command runs.
    pub folder: Option<&'a Path>,
}

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderReply {
    /// The reply, to the letter. Whether it is whole is for the contract reader to say.
    pub text: String,
    /// Which kind of provider gave it.
    pub source: Source,
    /// The model, by the name that the API gave itself.
    pub model: Option<String>,
    /// The tokens that it counted.
    pub usage: Option<Usage>,
    /// When the prompt went out and the reply came in.
    pub timing: Timing,
}

/// How the asking ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// With a reply.
    Reply(Box<ProviderReply>),
    /// Another door, the browser's, stored the reply meanwhile.
    Stored,
}

/// What there is to tell while a reply is awaited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProviderEvent {
    /// Somebody else is to bring the reply.
    Waiting,
    /// The prompt is with the model, and nothing has come.
    Sent,
    /// The reply grows.
    Growing {
        /// UTF-8 bytes so far.
        bytes: u64,
    },
    /// It did not work, and is tried again.
    Again {
        /// Which try comes next; the first was 1.
        attempt: u32,
        /// How many there are at most.
        of: u32,
        /// After so long.
        wait: Duration,
        /// What went wrong, as a sentence.
        why: String,
    },
    /// There is something to know about an answer that is kept all the same: why it stopped, or what is odd about it.
    Remark {
        /// What, as a sentence.
        what: String,
    },
    /// The prompt is in the clipboard.
    Copied,
    /// A text came that is not the reply.
    Looked {
        /// Why not, as a sentence.
        why: String,
    },
}

/// Who waits for the reply.
pub trait Watch {
    /// Hears how far it is.
    fn progress(&mut self, progress: ProviderEvent);

    /// Whether another door has stored the reply.
    fn stored(&mut self) -> bool;

    /// Whether this text is a whole, proven reply to the question.
    ///
    /// # Errors
    /// Why it is not, as a sentence.
    fn judge(&mut self, text: &str) -> Result<(), String>;
}

/// A place where replies come from.
pub trait Provider {
    /// Asks, and waits for the reply.
    ///
    /// # Errors
    /// Every [`ProviderError`]; no reply came then.
    fn ask(&mut self, question: &Question<'_>, watch: &mut dyn Watch) -> Result<Outcome, ProviderError>;
}
