//! What a page's state hears: of the page itself, of the host, of the developer, and of the clock.

use super::action::{Case, Placed, Question, Timer};
use crate::bar::Act;
use crate::block::Block;
use crate::capture;
use crate::protocol::{Other, Reply, Request};
use crate::refusal::{Code, Refusal};
use crate::reply::Expect;
use crate::status::View;

/// What the worker answers to a request for the host.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HostAnswer {
    /// The host's answer.
    pub reply: Option<Reply>,
    /// Or why there is none.
    pub refusal: Option<Refusal>,
    /// How many captures wait in the browser, where this one does.
    pub queued: Option<u32>,
    /// There is room in the browser for only a few more.
    pub filling: bool,
    /// The session as it was last known, where the host does not answer.
    pub cached: Option<View>,
}

impl HostAnswer {
    /// True where the host could not be asked at all.
    #[must_use]
    pub fn host_missing(&self) -> bool {
        self.refusal.as_ref().is_some_and(|refusal| refusal.code == Code::SetupBroken)
    }
}

/// What became of a prompt that was put into the composer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Put {
    /// It stands there, to the byte.
    Placed,
    /// Something of the developer's stands there; nothing was touched.
    Draft,
    /// The site made an attachment of it.
    Attached,
    /// No way was exact; the composer is empty again.
    Failed,
}

/// Something that a page's state hears.
#[derive(Clone, Debug, PartialEq)]
pub enum Signal {
    /// The page was opened, or shows something else now.
    Address {
        /// The conversation; `None` where there is none yet.
        conversation: Option<String>,
    },
    /// What the page did, as the watcher hears it.
    Page(capture::Signal),
    /// A message of the developer is there; it is asked for only while a prompt waits for its answer.
    User {
        /// What it says.
        text: String,
    },
    /// An answer was read, as [`super::Action::Read`] asked.
    Read {
        /// Which.
        key: String,
        /// What is in it.
        blocks: Vec<Block>,
        /// It stands after the message that holds our prompt.
        follows: bool,
        /// No message stands after it.
        latest: bool,
        /// What the page shows of the model.
        work: Work,
        /// A fresh id, for a capture that may come of it.
        id: String,
    },
    /// What the page shows of the model, as [`super::Action::LookAtWork`] asked.
    Work(Work),
    /// An answer that is not what was asked for was looked at more closely, as [`super::Action::Inspect`] asked.
    Inspected {
        /// Which.
        key: String,
        /// What was given along.
        case: Box<Case>,
        /// All of its text.
        text: String,
        /// What stands in trees of their own inside it.
        hidden: String,
        /// It has the card of an artifact.
        artifact: bool,
    },
    /// The page says that its usage limit is reached.
    Limit {
        /// In these words.
        text: String,
    },
    /// Something was taken out of the page: what we put in may be gone.
    Removed,
    /// The page was scrolled and has come to rest.
    Scrolled,
    /// The composer was looked at, as [`super::Action::LookAtComposer`] asked.
    Composer {
        /// Nothing stands in it.
        empty: bool,
    },
    /// The message that holds our prompt was looked at, as [`super::Action::LookAtAsked`] asked.
    Asked {
        /// It is not in the page any more.
        gone: bool,
    },
    /// The newest messages were looked through, as [`super::Action::LookForMessage`] asked.
    Message {
        /// One of them holds the prompt, or is an answer.
        left: bool,
    },
    /// The whole page was looked through, as [`super::Action::LookForPrompt`] asked.
    Prompt {
        /// In which conversation.
        conversation: String,
        /// The prompt stands somewhere in the page, and not in the composer.
        sent: bool,
    },
    /// Whether the page is at rest, as [`super::Action::LookAtRest`] asked.
    Rest {
        /// A message of somebody is there.
        message: bool,
        /// The newest answer says that it grows, or the model is at work.
        works: bool,
        /// Nothing stands in the composer.
        empty: bool,
        /// Somebody chats here, or is about to.
        chat: bool,
    },
    /// The developer clicked a button of the bar.
    Click(Act),
    /// The developer clicked where the button could not be seen.
    Obscured,
    /// The developer wants this answer stored, whatever we think of it.
    Send {
        /// Which.
        key: String,
        /// What is in it.
        blocks: Vec<Block>,
        /// A fresh id for the capture.
        id: String,
    },
    /// The developer pointed at something that is no answer.
    PointedNowhere,
    /// The developer wants the selected text taken for the answer.
    Selection {
        /// The text.
        text: String,
        /// A fresh id for the capture.
        id: String,
    },
    /// A prompt was put into the composer, as [`super::Action::Put`] asked.
    Put {
        /// Which.
        placed: Placed,
        /// What became of it.
        put: Put,
    },
    /// Whether the click that puts a prompt in also sends it.
    SendOnClick {
        /// Which prompt.
        placed: Placed,
        /// It does.
        wanted: bool,
    },
    /// The send button was pressed, as [`super::Action::PressSend`] asked.
    Pressed {
        /// Which prompt.
        placed: Placed,
        /// It could be.
        pressed: bool,
    },
    /// The prompt was copied, as [`super::Action::Copy`] asked.
    Copied {
        /// Of which phase.
        phase: crate::phase::Phase,
        /// The clipboard took it.
        took: bool,
    },
    /// An answer was looked for elsewhere, as [`super::Action::Seek`] asked.
    Sought {
        /// What is to be asked.
        question: Question,
        /// The request that lacked this.
        request: Box<Request>,
        /// What was found.
        others: Vec<Other>,
    },
    /// The host, or the worker in its place, answered.
    Answer {
        /// To what.
        question: Question,
        /// What it said.
        answer: Box<HostAnswer>,
    },
    /// A session changed, by whichever program.
    News(Box<View>),
    /// Captures left the outbox: the id of each, and what the host said.
    Outbox(Vec<(String, HostAnswer)>),
    /// A time that was asked for has come.
    Woke(Timer),
}

/// What a page shows of the model.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Work {
    /// It is at work.
    pub busy: bool,
    /// It asks the developer for a permission.
    pub asks: bool,
}

/// Whether a text holds the last line of the proof that is waited for.
pub(super) fn ends_the_proof(text: &str, expect: &Expect) -> bool {
    crate::parted::pieces(text, crate::reply::END).skip(1).any(|rest| rest.trim_start().starts_with(&expect.nonce))
}
