//! What the host says: where the session stands, what became of a capture, and that it does not answer at all.

use super::PageState;
use super::action::{Action, Question, Timer};
use super::signal::HostAnswer;
use crate::bar::PageStatus;
use crate::capture::{self, Now};
use crate::phase::Phase;
use crate::protocol::answer::{Captured, SessionFound};
use crate::protocol::{Reply, Request, ask};
use crate::refusal::Code;
use crate::status::View;

/// While the host is missed where a session is, it is looked for again after so many milliseconds: nobody tells a page that it is back.
pub(super) const LOOK_AGAIN_MS: f64 = 10_000.0;
/// How often the countdown of a limit is drawn, in milliseconds: it counts in minutes.
pub(super) const COUNT_MS: f64 = 15_000.0;

impl PageState {
    /// Asks the host where this conversation stands.
    pub(super) fn refresh(&self) -> Vec<Action> {
        let conversation = self.conversation.clone();
        let request = Request::Status(ask::Status { session: None, conversation: conversation.clone() });
        let question = Question::Status { conversation: conversation.clone() };
        vec![Action::Here { conversation }, Action::Ask { question, request: Box::new(request) }]
    }

    pub(super) fn answer(&mut self, question: Question, answer: HostAnswer) -> Vec<Action> {
        match question {
            Question::Status { conversation } => self.stands(&conversation, answer),
            Question::Place { replace } => self.place_prompt(answer, replace),
            Question::Copy => self.copy_prompt(answer),
            Question::Sent { phase } => {
                let mut actions = self.settle(answer);
                if self.status == (PageStatus::Sent { phase }) {
                    actions.extend(self.shows(PageStatus::Quiet));
                }
                actions
            }
            Question::Capture { id, key, phase } => self.captured(id, key, phase, answer),
            Question::Found { key, phase, otherwise } => match answer.reply {
                Some(Reply::Captured(_)) => self.kept(key, phase, answer),
                _ => self.shows(otherwise),
            },
            Question::Accept { phase } => {
                let accepted = answer.reply.is_some();
                let mut actions = self.settle(answer);
                if accepted {
                    actions.extend(self.shows(PageStatus::Stored { phase }));
                }
                actions
            }
            Question::Report { round } => self.examined(round, answer),
            Question::Note => self.settle(answer),
        }
    }

    fn stands(&mut self, conversation: &Option<String>, answer: HostAnswer) -> Vec<Action> {
        if self.conversation != *conversation {
            return Vec::new();
        }
        let missing = answer.host_missing();
        let mut actions = Vec::new();
        if let (Some(Reply::Session(SessionFound { view: Some(view) })), _) | (_, Some(view)) =
            (answer.reply, answer.cached)
        {
            actions.extend(self.take_view(view));
        }
        if missing {
            actions.extend(self.miss_host());
        } else if matches!(self.status, PageStatus::HostMissing | PageStatus::Queued { .. }) {
            actions.extend(self.shows(PageStatus::Quiet));
        }
        if self.has_session() {
            actions.push(Action::Survey);
        }
        actions
    }

    /// Takes what the host knows of the session, unless more is known already.
    pub(super) fn take_view(&mut self, view: View) -> Vec<Action> {
        if self.view.as_ref().is_some_and(|mine| mine.session == view.session && mine.seq > view.seq) {
            return Vec::new();
        }
        let expecting = capture::Signal::Expecting { expect: view.expect.clone(), part: view.part };
        // What is awaited has no time.
        self.watcher.observe(expecting, Now::default());
        let limited = view.limit.is_some();
        let before = self.view.replace(view);
        let turn = |view: &View| (view.current, view.expect.clone());
        // What was seen of a prompt is over when that prompt is answered or replaced, by whichever program.
        if before.as_ref().map(turn) != self.view.as_ref().map(turn) && is_of_a_turn(&self.status) {
            self.status = PageStatus::Quiet;
        }
        let mut actions = Vec::new();
        if limited && !std::mem::replace(&mut self.counts_down, true) {
            actions.push(Action::Wake { timer: Timer::Countdown, after_ms: COUNT_MS });
        }
        if !std::mem::replace(&mut self.attends, true) {
            actions.push(Action::Attend);
        }
        actions.push(Action::Draw);
        actions
    }

    /// Says anew how long the limit still holds, for as long as there is one.
    pub(super) fn count_down(&mut self) -> Vec<Action> {
        self.counts_down = self.view.as_ref().is_some_and(|view| view.limit.is_some());
        let mut actions = vec![Action::Draw];
        if self.counts_down {
            actions.push(Action::Wake { timer: Timer::Countdown, after_ms: COUNT_MS });
        }
        actions
    }

    /// Tells the host of the usage limit that the page shows.
    pub(super) fn limit(&self, text: String) -> Vec<Action> {
        let session = self.view.as_ref().map(|view| view.session.clone());
        let ask = |session| Action::Ask {
            question: Question::Note,
            request: Box::new(Request::Limit(ask::Limit { session, text })),
        };
        session.map(ask).into_iter().collect()
    }

    /// Says what the host decided on a capture, or that it waits in the browser.
    fn captured(&mut self, id: String, key: String, phase: Phase, answer: HostAnswer) -> Vec<Action> {
        if answer.queued.is_none() {
            return self.kept(key, phase, answer);
        }
        // What is no message's own has no button that could say more later.
        if !key.is_empty() {
            self.queued = Some((id, key, phase));
        }
        self.shows(PageStatus::Queued { filling: answer.filling })
    }

    /// Says what the host decided on a capture, at once or after it waited in the browser.
    fn kept(&mut self, key: String, phase: Phase, answer: HostAnswer) -> Vec<Action> {
        let Some(Reply::Captured(Captured { duplicate, view, .. })) = answer.reply else { return self.settle(answer) };
        let says = if duplicate { "button_sent_before" } else { "button_sent" };
        let mut actions = vec![Action::SayOnButton { key, says }];
        actions.extend(self.take_view(view));
        actions.extend(self.shows(PageStatus::Stored { phase }));
        actions
    }

    /// Takes what an answer says about the session; a refusal is shown as it is worded.
    pub(super) fn settle(&mut self, answer: HostAnswer) -> Vec<Action> {
        let missing = answer.host_missing();
        match (answer.reply, answer.refusal) {
            (Some(Reply::Session(SessionFound { view: Some(view) })), _) => self.take_view(view),
            (None, Some(_)) if missing => self.miss_host(),
            (None, Some(refusal)) => self.shows(PageStatus::Refused(Box::new(refusal))),
            _ => Vec::new(),
        }
    }

    /// Says that the host does not answer, unless more is said already: that a reply waits for it.
    fn miss_host(&mut self) -> Vec<Action> {
        let mut actions = Vec::new();
        if !matches!(self.status, PageStatus::Queued { .. }) {
            actions.extend(self.shows(PageStatus::HostMissing));
        }
        if self.has_session() && !std::mem::replace(&mut self.looks_again, true) {
            actions.push(Action::Wake { timer: Timer::Host, after_ms: LOOK_AGAIN_MS });
        }
        actions
    }

    pub(super) fn look_for_host(&mut self) -> Vec<Action> {
        self.looks_again = false;
        let misses = matches!(self.status, PageStatus::HostMissing | PageStatus::Queued { .. });
        if misses { self.refresh() } else { Vec::new() }
    }

    /// A session changed, by whichever program.
    pub(super) fn news(&mut self, view: View) -> Vec<Action> {
        let new_chat = self.conversation.is_none();
        let ours = self.view.as_ref().is_some_and(|mine| mine.session == view.session);
        let here = !new_chat && self.conversation == view.conversation;
        if ours && new_chat && view.conversation.is_some() && self.sent.is_none() {
            // The session that waited here for a conversation found one in another tab.
            return self.turn_to();
        }
        if ours || here {
            let mut actions = self.take_view(view);
            if !ours {
                // It begins here, among messages that had no button so far.
                actions.push(Action::Survey);
            }
            return actions;
        }
        if self.view.is_none() && new_chat { self.refresh() } else { Vec::new() }
    }

    /// Captures left the outbox: one of them may be what waited here.
    pub(super) fn outbox(&mut self, results: Vec<(String, HostAnswer)>) -> Vec<Action> {
        let mine = self.queued.take_if(|(id, ..)| results.iter().any(|(capture, _)| capture == id));
        let result = mine.and_then(|(id, key, phase)| {
            let (_, answer) = results.into_iter().find(|(capture, _)| *capture == id)?;
            Some((key, phase, answer))
        });
        match result {
            Some((key, phase, answer)) => self.kept(key, phase, answer),
            None => self.refresh(),
        }
    }

    /// Forgets the conversation that was shown and begins with the one that is shown now.
    pub(super) fn turn_to(&mut self) -> Vec<Action> {
        *self = Self {
            conversation: self.conversation.take(),
            // What is timed goes on, and finds nothing to do.
            counts_down: self.counts_down,
            looks_again: self.looks_again,
            redraws: self.redraws,
            replace_draft: self.replace_draft,
            drift: self.drift.take(),
            examination: self.examination,
            ..Self::default()
        };
        let mut actions = vec![Action::Forget];
        actions.extend(self.refresh());
        actions
    }
}

/// Whether it is over with the prompt that it was seen of. What is under way is not, nor is a refusal that says where the session stands.
fn is_of_a_turn(status: &PageStatus) -> bool {
    match status {
        PageStatus::Recording { .. } | PageStatus::Queued { .. } | PageStatus::HostMissing => false,
        PageStatus::Refused(refusal) => refusal.code.exit() == Code::ReplyIncomplete.exit(),
        _ => true,
    }
}
