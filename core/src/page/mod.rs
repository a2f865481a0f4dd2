//! The state of one chat page: what it hears goes in, what is to be done comes out, and no page, host or clock is touched here. The page's
//! engine carries signals in and actions out, so that every decision can be tried in a table, without a browser.

mod action;
mod address;
mod answers;
mod clicks;
mod host;
mod signal;

pub use self::action::{Action, Case, Placed, Question, Timer};
pub use self::signal::{HostAnswer, Put, Signal, Work};

use crate::bar::{Bar, PageStatus, bar};
use crate::capture::{self, Now, Watcher};
use crate::phase::Phase;
use crate::reply::Expect;
use crate::status::View;
use crate::words::UiMessage;

/// How long after the composer was emptied the message may take to appear that was in it, in milliseconds.
const UNSENT_MS: f64 = 1_000.0;
/// How long a frame lasts on most screens, in milliseconds.
const FRAME_MS: f64 = 16.0;

/// The state of one page.
#[derive(Clone, Debug, Default)]
pub struct PageState {
    /// The session that lives in the conversation, as the host last told it.
    view: Option<View>,
    /// What this page has seen and the log does not know, or not yet.
    status: PageStatus,
    /// The conversation that is shown; `None` where there is none yet.
    conversation: Option<String>,
    watcher: Watcher,
    /// The page is watched.
    attends: bool,
    /// A message that holds the prompt was seen.
    asked: bool,
    /// The developer was told of the draft and may click again to replace it.
    replace_draft: bool,
    /// How long a limit still holds is being said.
    counts_down: bool,
    /// The host is missed, and will be looked for again.
    looks_again: bool,
    /// Something was taken away and is about to be put back.
    redraws: bool,
    /// Other messages came into view, and were not looked at yet.
    scrolled: bool,
    /// A prompt that was sent before its conversation had an address, and when.
    sent: Option<(Expect, f64)>,
    /// A reply that waits in the browser: its capture, its message and its phase.
    queued: Option<(String, String, Phase)>,
    /// Why the page is not as its profile says.
    drift: Option<UiMessage>,
    examination: address::Examination,
}

impl PageState {
    /// Hears one signal, and says what is to be done.
    pub fn reduce(&mut self, signal: Signal, now: Now) -> Vec<Action> {
        let mut actions = self.on_signal(signal, now);
        // While an answer comes in the page belongs to it, and scrolls after it all the time.
        if self.scrolled && !self.is_streaming() {
            self.scrolled = false;
            actions.push(Action::LookAround);
        }
        actions
    }

    fn on_signal(&mut self, signal: Signal, now: Now) -> Vec<Action> {
        match signal {
            Signal::Address { conversation } => self.address(conversation),
            Signal::Page(signal) => self.watch(signal, now),
            Signal::User { text } => self.user(text, now),
            Signal::Read { key, blocks, follows, latest, work, id } => {
                // Older messages are nobody's to wait for.
                let counts = follows || latest;
                let mut actions = if counts { self.work(work) } else { Vec::new() };
                let busy = counts && (work.busy || work.asks);
                let read = self.watcher.observe(capture::Signal::Read { key, blocks, busy, follows }, now);
                actions.extend(self.watched(read, &id));
                actions
            }
            Signal::Work(work) => self.work(work),
            Signal::Inspected { key, case, text, hidden, artifact } => {
                self.inspected(key, *case, &text, &hidden, artifact)
            }
            Signal::Limit { text } => self.limit(text),
            Signal::Removed => self.removed(),
            Signal::Scrolled => {
                self.scrolled = true;
                Vec::new()
            }
            Signal::Composer { empty } => self.composer(empty),
            Signal::Asked { gone } => self.message_gone(gone),
            Signal::Message { left } => self.message_left(left),
            Signal::Prompt { conversation, sent } => self.prompt_seen(conversation, sent, now),
            Signal::Rest { message, works, empty, chat } => self.rest(message, works, empty, chat),
            Signal::Click(act) => self.click(act),
            Signal::Obscured => self.shows(PageStatus::Obscured),
            Signal::Send { key, blocks, id } => self.send(key, blocks, id),
            Signal::PointedNowhere => self.shows(PageStatus::Unselected),
            Signal::Selection { text, id } => self.selection(text, id),
            Signal::Put { placed, put } => self.put(placed, put),
            Signal::SendOnClick { placed, wanted } => Self::send_on_click(placed, wanted),
            Signal::Pressed { placed, pressed } => self.pressed(placed, pressed),
            Signal::Copied { phase, took } => {
                self.shows(if took { PageStatus::Copied { phase } } else { PageStatus::Uncopied })
            }
            Signal::Sought { question, request, others } => self.sought(question, request, others),
            Signal::Answer { question, answer } => self.answer(question, *answer),
            Signal::News(view) => self.news(*view),
            Signal::Outbox(results) => self.outbox(results),
            Signal::Woke(timer) => self.woke(timer, now),
        }
    }

    /// The bar, where there is one, at this time in milliseconds since 1970.
    #[must_use]
    pub fn bar(&self, now_ms: i64) -> Option<(&View, Bar)> {
        let view = self.view.as_ref()?;
        let drifted = self
            .drift
            .clone()
            .filter(|_| self.status == PageStatus::Quiet)
            .map(|why| PageStatus::Drifted(Box::new(why)));
        Some((view, bar(view, drifted.as_ref().unwrap_or(&self.status), now_ms)))
    }

    /// Whether a session lives here: where there is none, an answer has no button, for it could do nothing.
    #[must_use]
    pub const fn has_session(&self) -> bool {
        self.view.is_some()
    }

    /// Whether a prompt waits for its answer: without one nobody asks what the developer wrote.
    #[must_use]
    pub fn expects(&self) -> bool {
        self.expect().is_some()
    }

    /// Whether the page was found to be other than its profile says.
    #[must_use]
    pub const fn has_drifted(&self) -> bool {
        self.drift.is_some()
    }

    /// Whether an answer is about to come in, or does: the page belongs to it, and is not looked through.
    const fn is_streaming(&self) -> bool {
        matches!(self.status, PageStatus::Streaming { .. } | PageStatus::Sent { .. })
    }

    fn expect(&self) -> Option<&Expect> {
        self.view.as_ref().and_then(|view| view.expect.as_ref())
    }

    /// The page has seen this.
    fn shows(&mut self, status: PageStatus) -> Vec<Action> {
        self.status = status;
        vec![Action::Draw]
    }

    fn woke(&mut self, timer: Timer, now: Now) -> Vec<Action> {
        match timer {
            Timer::Watcher => self.watch(capture::Signal::Tick, now),
            Timer::Host => self.look_for_host(),
            Timer::Countdown => self.count_down(),
            Timer::Redraw => self.redraw(),
            Timer::Composer => match self.status {
                PageStatus::Placed { .. } => vec![Action::LookAtComposer],
                _ => Vec::new(),
            },
            Timer::Asked => {
                self.expect().cloned().map(|expect| Action::LookForMessage { expect }).into_iter().collect()
            }
            Timer::Follow { conversation } => self.follow(conversation),
            Timer::Rest { round } if round == self.examination.round => vec![Action::LookAtRest],
            Timer::Rest { .. } => Vec::new(),
        }
    }

    /// Something of ours may be gone. It is put back in the next frame: a page that takes it away at once would otherwise never come to
    /// its end.
    fn removed(&mut self) -> Vec<Action> {
        if std::mem::replace(&mut self.redraws, true) {
            return Vec::new();
        }
        vec![Action::Wake { timer: Timer::Redraw, after_ms: FRAME_MS }]
    }

    fn redraw(&mut self) -> Vec<Action> {
        self.redraws = false;
        let mut actions = vec![Action::Draw];
        actions.extend(self.see_to_the_prompt());
        if self.asked && matches!(self.status, PageStatus::Sent { .. } | PageStatus::Quiet) {
            actions.push(Action::LookAtAsked);
        }
        actions
    }

    /// A prompt that stood in the composer may go without being sent: the page puts another editor there, or the developer clears it.
    fn see_to_the_prompt(&self) -> Option<Action> {
        let placed = matches!(self.status, PageStatus::Placed { .. });
        placed.then_some(Action::Wake { timer: Timer::Composer, after_ms: UNSENT_MS })
    }

    /// The button of a prompt that left the composer is wanted again.
    fn composer(&mut self, empty: bool) -> Vec<Action> {
        let gone = empty && matches!(self.status, PageStatus::Placed { .. });
        if gone { self.shows(PageStatus::Quiet) } else { Vec::new() }
    }

    /// A site may draw the message and take it back. Then the prompt was not sent, whatever was said before; but it may come again.
    fn message_gone(&self, gone: bool) -> Vec<Action> {
        if gone { vec![Action::Wake { timer: Timer::Asked, after_ms: UNSENT_MS }] } else { Vec::new() }
    }

    fn message_left(&mut self, left: bool) -> Vec<Action> {
        match self.expect().map(|expect| expect.phase) {
            Some(phase) if !left => self.shows(PageStatus::Withdrawn { phase }),
            _ => Vec::new(),
        }
    }
}

/// Milliseconds without their fraction; those since 1970 are far below the limit.
#[allow(clippy::cast_possible_truncation, reason = "saturates")]
const fn truncated(ms: f64) -> i64 {
    ms as i64
}

#[cfg(test)]
mod tests;
