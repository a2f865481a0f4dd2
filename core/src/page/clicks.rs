//! What the developer's clicks do, and what comes of them in the composer and in the clipboard.

use super::PageState;
use super::action::{Action, Placed, Question};
use super::signal::{HostAnswer, Put};
use crate::bar::{Act, PageStatus};
use crate::event::{Source, Timing};
use crate::protocol::answer::RenderedPrompt;
use crate::protocol::{Body, Reply, Request, ask};

impl PageState {
    /// Does what a button of the bar is for.
    pub(super) fn click(&mut self, act: Act) -> Vec<Action> {
        let session = self.view.as_ref().map(|view| view.session.clone());
        match (act, session) {
            (Act::Paste, _) => vec![Action::OpenPaste],
            (Act::Selection, _) => vec![Action::TakeSelection],
            (_, None) => Vec::new(),
            // The one click: the next prompt into the composer.
            (Act::Insert(repair), Some(session)) => {
                let replace = std::mem::take(&mut self.replace_draft);
                let request = Request::Prompt(ask::Prompt { session, phase: None, repair });
                vec![Action::Ask { question: Question::Place { replace }, request: Box::new(request) }]
            }
            // The developer takes the incomplete reply as it is.
            (Act::Accept, Some(session)) => match self.view.as_ref().and_then(|view| view.current) {
                Some(phase) => {
                    let request = Request::Accept(ask::Accept { session, phase: Some(phase) });
                    vec![Action::Ask { question: Question::Accept { phase }, request: Box::new(request) }]
                }
                None => Vec::new(),
            },
            // The developer says how it went.
            (Act::Rate(rating), Some(session)) => {
                let request = Request::Rate(ask::Rate { session, rating, word: None, saved_minutes: None });
                vec![Action::Ask { question: Question::Note, request: Box::new(request) }]
            }
            // The prompt into the clipboard, for a page whose composer cannot be found or does not take it.
            (Act::Copy, Some(session)) => {
                let request = Request::Prompt(ask::Prompt { session, phase: None, repair: None });
                vec![Action::Ask { question: Question::Copy, request: Box::new(request) }]
            }
        }
    }

    /// The prompt came, for the composer.
    pub(super) fn place_prompt(&mut self, answer: HostAnswer, replace: bool) -> Vec<Action> {
        let Some(Reply::Prompt(RenderedPrompt { view, phase, nonce, text })) = answer.reply else {
            return self.settle(answer);
        };
        let session = view.session.clone();
        let mut actions = self.take_view(view);
        actions.push(Action::Put { placed: Placed { session, phase, nonce }, text, replace });
        actions
    }

    /// The prompt came, for the clipboard.
    pub(super) fn copy_prompt(&mut self, answer: HostAnswer) -> Vec<Action> {
        let Some(Reply::Prompt(RenderedPrompt { view, phase, text, .. })) = answer.reply else {
            return self.settle(answer);
        };
        let mut actions = self.take_view(view);
        actions.push(Action::Copy { phase, text });
        actions
    }

    pub(super) fn put(&mut self, placed: Placed, put: Put) -> Vec<Action> {
        match put {
            Put::Placed => {
                let mut actions = self.shows(PageStatus::Placed { phase: placed.phase });
                // The page may have put another editor there between the reading and the saying.
                actions.extend(self.see_to_the_prompt());
                actions.push(Action::AskSendOnClick { placed });
                actions
            }
            Put::Draft => {
                self.replace_draft = true;
                self.shows(PageStatus::Draft)
            }
            Put::Attached => self.shows(PageStatus::Attached),
            Put::Failed => self.shows(PageStatus::InsertFailed),
        }
    }

    /// The same click sends as well, if the developer chose so.
    pub(super) fn send_on_click(placed: Placed, wanted: bool) -> Vec<Action> {
        if wanted { vec![Action::PressSend { placed }] } else { vec![note_placed(placed)] }
    }

    pub(super) fn pressed(&mut self, placed: Placed, pressed: bool) -> Vec<Action> {
        let mut actions = if pressed { Vec::new() } else { self.shows(PageStatus::InsertFailed) };
        actions.push(note_placed(placed));
        actions
    }

    /// The selected text, for an answer that the page does not show as its profile says. The host stores it where it proves itself.
    pub(super) fn selection(&mut self, text: String, id: String) -> Vec<Action> {
        let asked = self.view.as_ref().and_then(|view| Some((view.session.clone(), view.current?)));
        let Some((session, phase)) = asked else { return Vec::new() };
        if text.trim().is_empty() {
            return self.shows(PageStatus::Unselected);
        }
        let request = Request::Capture(ask::Capture {
            capture: id.clone(),
            session,
            phase: Some(phase),
            body: Body::Markdown(text),
            source: Source::Selection,
            timing: Timing::default(),
            conversation: self.conversation.clone(),
            others: Vec::new(),
            by: None,
        });
        let question = Question::Capture { id, key: String::new(), phase };
        let mut actions = vec![Action::Ask { question, request: Box::new(request) }];
        actions.extend(self.shows(PageStatus::Recording { phase }));
        actions
    }
}

fn note_placed(Placed { session, phase, nonce }: Placed) -> Action {
    Action::Ask { question: Question::Note, request: Box::new(Request::Placed(ask::Placed { session, phase, nonce })) }
}
