//! What a page's state wants done. Whoever does it decides nothing: what came of it is the next signal.

use crate::block::Block;
use crate::event::Timing;
use crate::phase::Phase;
use crate::protocol::Request;
use crate::reply::Expect;
use crate::session::SessionId;

/// Something to be done.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Draw the bar as it is now.
    Draw,
    /// Watch the page from now on.
    Attend,
    /// Take everything of ours out of the page, and watch it no longer.
    Forget,
    /// Look at the newest messages, and for a notice of the usage limit.
    Survey,
    /// Remember the message that was spoken of as the one that holds the prompt.
    Remember,
    /// Tell the worker which conversation is shown, before what is asked next.
    Here {
        /// The conversation; `None` where there is none yet.
        conversation: Option<String>,
    },
    /// Ask the host.
    Ask {
        /// What the answer is to.
        question: Question,
        /// What it is asked.
        request: Box<Request>,
    },
    /// Look for this answer elsewhere before the host is asked.
    Seek {
        /// Which.
        key: String,
        /// What the host will be asked.
        question: Question,
        /// The request that lacks what is found.
        request: Box<Request>,
    },
    /// Send [`super::Signal::Woke`] after so many milliseconds.
    Wake {
        /// For what.
        timer: Timer,
        /// From now.
        after_ms: f64,
    },
    /// Read this answer.
    Read {
        /// Which.
        key: String,
    },
    /// Look at this answer more closely.
    Inspect {
        /// Which.
        key: String,
        /// What is to be given back.
        case: Box<Case>,
    },
    /// Look whether this answer is still in the page, and the model at work.
    LookAtWork {
        /// Which.
        key: String,
    },
    /// Look whether something stands in the composer.
    LookAtComposer,
    /// Look whether the message that holds the prompt is still there.
    LookAtAsked,
    /// Look whether the newest messages hold this prompt.
    LookForMessage {
        /// Whose proof the prompt holds.
        expect: Expect,
    },
    /// Look whether this prompt stands anywhere in the page.
    LookForPrompt {
        /// Whose proof the prompt holds.
        expect: Expect,
        /// In which conversation.
        conversation: String,
    },
    /// Look at the messages that are in view.
    LookAround,
    /// Look whether the page is at rest.
    LookAtRest,
    /// Count what the page has of each element, and have the host say what it makes of it.
    Examine {
        /// Which examination this is.
        round: u32,
    },
    /// Put a prompt into the composer.
    Put {
        /// Which.
        placed: Placed,
        /// Its text.
        text: String,
        /// Over the developer's own draft.
        replace: bool,
    },
    /// Ask for the option to send with the same click.
    AskSendOnClick {
        /// For which prompt.
        placed: Placed,
    },
    /// Press the site's send button.
    PressSend {
        /// For which prompt.
        placed: Placed,
    },
    /// Put a prompt into the clipboard.
    Copy {
        /// Of which phase.
        phase: Phase,
        /// Its text.
        text: String,
    },
    /// Open the box that an answer can be pasted into.
    OpenPaste,
    /// Take the text that is selected.
    TakeSelection,
    /// UiMessage on the button of a message what became of it, by this key of the catalogue.
    SayOnButton {
        /// Which message.
        key: String,
        /// The key of the words.
        says: &'static str,
    },
}

/// What the host was asked, as far as its answer is to be understood.
#[derive(Clone, Debug, PartialEq)]
pub enum Question {
    /// Where a conversation stands.
    Status {
        /// Which.
        conversation: Option<String>,
    },
    /// The prompt, for the composer.
    Place {
        /// Over the developer's own draft.
        replace: bool,
    },
    /// The prompt, for the clipboard.
    Copy,
    /// To note that the prompt was sent.
    Sent {
        /// Of which phase.
        phase: Phase,
    },
    /// To store an answer.
    Capture {
        /// The id of the capture.
        id: String,
        /// Of which message; empty where it is of none.
        key: String,
        /// To which phase.
        phase: Phase,
    },
    /// To store an answer as it was found elsewhere; else the bar says this.
    Found {
        /// Of which message.
        key: String,
        /// To which phase.
        phase: Phase,
        /// What the bar says where that fails.
        otherwise: crate::bar::PageStatus,
    },
    /// To take an incomplete reply as it is.
    Accept {
        /// Of which phase.
        phase: Phase,
    },
    /// What the host makes of the page.
    Report {
        /// Which examination this is.
        round: u32,
    },
    /// Anything whose answer says at most where the session stands.
    Note,
}

/// What a time is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Timer {
    /// The watcher of answers.
    Watcher,
    /// To look for the host again.
    Host,
    /// To draw how long a limit still holds.
    Countdown,
    /// To put back what was taken out of the page.
    Redraw,
    /// To look whether the prompt left the composer.
    Composer,
    /// To look whether the message that holds the prompt is back.
    Asked,
    /// To see what made a new address.
    Follow {
        /// Which.
        conversation: String,
    },
    /// To look whether the page is at rest.
    Rest {
        /// For which examination.
        round: u32,
    },
}

/// A prompt that is put into the composer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// Of which session.
    pub session: SessionId,
    /// Of which phase.
    pub phase: Phase,
    /// Its nonce.
    pub nonce: String,
}

/// An answer that is looked at more closely.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    /// Which prompt it answers.
    pub expect: Expect,
    /// What was read in it.
    pub blocks: Vec<Block>,
    /// Its times.
    pub timing: Timing,
    /// It is beside the point, and not an answer that stopped early.
    pub beside: bool,
    /// A fresh id for the capture.
    pub id: String,
}
