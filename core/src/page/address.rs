//! The address of the page: which conversation it shows, whether a new one is the session's own, and when the page is examined, which is
//! once after it was opened or turned to another conversation, as soon as it has come to rest.

use super::PageState;
use super::action::{Action, Timer};
use super::signal::HostAnswer;
use crate::bar::PageStatus;
use crate::capture::Now;
use crate::protocol::Reply;
use crate::protocol::answer::PageJudgement;

/// How long after a new address the message that made it may take to appear, in milliseconds. Public drivers of claude.ai
/// report that a turn is drawn within 0.3 s, and that one that is rejected is withdrawn within 0.8 s.
pub(super) const FOLLOW_MS: f64 = 3_000.0;
/// How long between two looks whether the page is at rest, in milliseconds.
pub(super) const LOOK_MS: f64 = 1_000.0;
/// At so many looks in a row it must be.
pub(super) const AT_REST: u32 = 2;
/// After so many looks a conversation that still shows no message has none, or none that is recognised: messages were seen to appear
/// all at once 0.6 s after the page.
pub(super) const EMPTY: u32 = 8;

/// How far the examination of the page has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Examination {
    /// Which it is; what an earlier one still waits for is nothing to this.
    pub(super) round: u32,
    looks: u32,
    pub(super) at_rest: u32,
    opened: bool,
}

impl PageState {
    pub(super) fn address(&mut self, conversation: Option<String>) -> Vec<Action> {
        if !self.examination.opened {
            self.conversation = conversation;
            let mut actions = self.refresh();
            actions.push(self.examine());
            return actions;
        }
        if conversation == self.conversation {
            return Vec::new();
        }
        let before = std::mem::replace(&mut self.conversation, conversation);
        let mut actions = vec![self.examine()];
        let unbound = before.is_none() && self.is_unbound();
        match self.conversation.clone() {
            // A new chat has got its address. If that was because our prompt was sent, the session lives here from now on; if the
            // developer went to another conversation instead, the session stays behind.
            Some(conversation) if unbound => match self.sent.clone() {
                Some((expect, sent_ms)) => actions.extend(self.prompt_sent(expect, sent_ms, Some(conversation))),
                None => actions.push(Action::Wake { timer: Timer::Follow { conversation }, after_ms: FOLLOW_MS }),
            },
            _ => actions.extend(self.turn_to()),
        }
        actions
    }

    fn is_unbound(&self) -> bool {
        self.view.as_ref().is_some_and(|view| view.conversation.is_none())
    }

    /// The message that made the address had its time. Without a host nobody can say that the session lives here; the message that holds
    /// its prompt does.
    pub(super) fn follow(&mut self, conversation: String) -> Vec<Action> {
        if self.conversation.as_ref() != Some(&conversation) || self.asked || !self.is_unbound() {
            return Vec::new();
        }
        match self.expect().cloned() {
            Some(expect) => vec![Action::LookForPrompt { expect, conversation }],
            None => self.turn_to(),
        }
    }

    /// A prompt that left the composer and stands in the page was sent, though no message of the developer was recognised there.
    pub(super) fn prompt_seen(&mut self, conversation: String, sent: bool, now: Now) -> Vec<Action> {
        match self.expect().cloned().filter(|_| sent) {
            Some(expect) => self.prompt_sent(expect, now.wall_ms - FOLLOW_MS, Some(conversation)),
            None => self.turn_to(),
        }
    }

    /// Begins to wait for the page to come to rest.
    fn examine(&mut self) -> Action {
        self.drift = None;
        self.examination = Examination { round: self.examination.round + 1, opened: true, ..Examination::default() };
        self.look_later()
    }

    const fn look_later(&self) -> Action {
        Action::Wake { timer: Timer::Rest { round: self.examination.round }, after_ms: LOOK_MS }
    }

    /// Nothing comes in and nothing is under way.
    pub(super) fn rest(&mut self, message: bool, works: bool, empty: bool, chat: bool) -> Vec<Action> {
        let busy = match self.status {
            PageStatus::Streaming { .. } | PageStatus::Sent { .. } | PageStatus::Recording { .. } => true,
            // A prompt that left the composer without becoming a message is a sign of a page that is not as expected.
            PageStatus::Placed { .. } => !empty,
            _ => false,
        };
        let examination = &mut self.examination;
        examination.looks += 1;
        let comes = self.conversation.is_some() && !message && examination.looks < EMPTY;
        examination.at_rest = if busy || works || comes { 0 } else { examination.at_rest + 1 };
        if examination.at_rest < AT_REST {
            return vec![self.look_later()];
        }
        // Other pages of a site are none of our business.
        if chat { vec![Action::Examine { round: self.examination.round }] } else { Vec::new() }
    }

    /// The host said what it makes of the page.
    pub(super) fn examined(&mut self, round: u32, answer: HostAnswer) -> Vec<Action> {
        let Some(Reply::Page(PageJudgement { drift })) = answer.reply.filter(|_| round == self.examination.round)
        else {
            return Vec::new();
        };
        self.drift = drift.into_iter().next();
        let mut actions: Vec<Action> = self.see_to_the_prompt().into_iter().collect();
        actions.push(Action::Draw);
        actions
    }
}
