//! The answers of the model: what the watcher says of them, and how one that is not what was asked for is told from one that the page
//! does not show as its profile says.

use super::action::{Action, Case, Question, Timer};
use super::signal::{Work, ends_the_proof};
use super::{PageState, truncated};
use crate::bar::PageStatus;
use crate::block::Block;
use crate::capture::{self, Now};
use crate::event::{Source, Timing};
use crate::protocol::{Body, Other, Request, ask};
use crate::reply::Expect;

impl PageState {
    /// What the page did means this to the watcher.
    pub(super) fn watch(&mut self, signal: capture::Signal, now: Now) -> Vec<Action> {
        let actions = self.watcher.observe(signal, now);
        self.watched(actions, "")
    }

    /// What the watcher wants done. `id` is fresh where something was read, and nothing is captured that was not.
    pub(super) fn watched(&mut self, actions: Vec<capture::Action>, id: &str) -> Vec<Action> {
        let mut done = Vec::new();
        for action in actions {
            match action {
                capture::Action::Read { key } => done.push(Action::Read { key }),
                capture::Action::Sent { expect, sent_ms } => {
                    if self.conversation.is_none() {
                        self.sent = Some((expect.clone(), sent_ms));
                    }
                    done.extend(self.prompt_sent(expect, sent_ms, self.conversation.clone()));
                }
                capture::Action::Capture { key, expect, blocks, verdict, timing } => {
                    if verdict.problem.is_none() {
                        done.extend(self.capture(key, expect, blocks, timing, id.to_owned()));
                    } else {
                        let case = Case { expect, blocks, timing, beside: false, id: id.to_owned() };
                        done.push(Action::Inspect { key, case: Box::new(case) });
                    }
                }
                capture::Action::Progress { phase, sections } => {
                    done.extend(self.shows(PageStatus::Streaming { phase, sections }));
                }
                capture::Action::Wake { after_ms } => done.push(Action::Wake { timer: Timer::Watcher, after_ms }),
                capture::Action::Stalled { key } => done.push(Action::LookAtWork { key }),
                capture::Action::Over => {
                    if matches!(self.status, PageStatus::Streaming { .. }) {
                        done.extend(self.shows(PageStatus::Quiet));
                    }
                }
                capture::Action::OffContract { key, blocks, .. } => {
                    if let Some(expect) = self.expect().cloned() {
                        let timing = Timing::default();
                        let case = Case { expect, blocks, timing, beside: true, id: id.to_owned() };
                        done.push(Action::Inspect { key, case: Box::new(case) });
                    }
                }
            }
        }
        done
    }

    /// A message of the developer: it may hold the prompt.
    pub(super) fn user(&mut self, text: String, now: Now) -> Vec<Action> {
        let Some(expect) = self.expect() else { return Vec::new() };
        let holds = expect.is_in(&text);
        let phases = self.view.iter().flat_map(|view| &view.phases);
        let fresh = phases.filter(|row| row.phase == expect.phase).any(|row| row.sent_ms.is_none());
        let mut actions = Vec::new();
        if holds {
            self.asked = true;
            actions.push(Action::Remember);
        }
        actions.extend(self.watch(capture::Signal::UserTurn { text, fresh }, now));
        actions
    }

    /// Whether the model waits for the developer's permission, the bar says.
    pub(super) fn work(&mut self, work: Work) -> Vec<Action> {
        let said = matches!(self.status, PageStatus::Approval { .. });
        match self.view.as_ref().and_then(|view| view.current) {
            Some(phase) if work.asks && !said => self.shows(PageStatus::Approval { phase }),
            _ if said && !work.asks => self.shows(PageStatus::Quiet),
            _ => Vec::new(),
        }
    }

    /// Tells the host that the prompt was sent.
    pub(super) fn prompt_sent(&mut self, expect: Expect, sent_ms: f64, conversation: Option<String>) -> Vec<Action> {
        let mut actions = Vec::new();
        if conversation.is_some() {
            self.sent = None;
            actions.push(Action::Here { conversation: conversation.clone() });
        }
        let Expect { session, phase, nonce, .. } = expect;
        let further = matches!(
            self.status,
            PageStatus::Streaming { .. }
                | PageStatus::Recording { .. }
                | PageStatus::Queued { .. }
                | PageStatus::Stored { .. }
        );
        if !further {
            actions.extend(self.shows(PageStatus::Sent { phase }));
        }
        let request = Request::Sent(ask::Sent { session, phase, nonce, sent_ms: truncated(sent_ms), conversation });
        actions.push(Action::Ask { question: Question::Sent { phase }, request: Box::new(request) });
        actions
    }

    /// Has a complete answer stored: first off to the disk, then to the screen.
    fn capture(&mut self, key: String, expect: Expect, blocks: Vec<Block>, timing: Timing, id: String) -> Vec<Action> {
        let phase = expect.phase;
        let (question, request) = self.to_store(key, expect, blocks, timing, id);
        self.status = PageStatus::Recording { phase };
        vec![Action::Ask { question, request: Box::new(request) }, Action::Draw]
    }

    /// The same for an answer that is not: what the page does not show whole may be had from elsewhere first.
    fn capture_part(
        &mut self,
        key: String,
        expect: Expect,
        blocks: Vec<Block>,
        timing: Timing,
        id: String,
    ) -> Vec<Action> {
        let phase = expect.phase;
        let (question, request) = self.to_store(key.clone(), expect, blocks, timing, id);
        self.status = PageStatus::Recording { phase };
        vec![Action::Seek { key, question, request: Box::new(request) }, Action::Draw]
    }

    fn to_store(
        &self,
        key: String,
        expect: Expect,
        blocks: Vec<Block>,
        timing: Timing,
        id: String,
    ) -> (Question, Request) {
        let phase = expect.phase;
        let request = Request::Capture(ask::Capture {
            capture: id.clone(),
            session: expect.session,
            phase: Some(phase),
            body: Body::Blocks(blocks),
            source: Source::Page,
            timing,
            conversation: self.conversation.clone(),
            others: Vec::new(),
            by: None,
        });
        (Question::Capture { id, key, phase }, request)
    }

    /// The developer wants this answer stored. Where no prompt waits for an answer the host knows whether this one is stored already, or
    /// says what to do.
    pub(super) fn send(&mut self, key: String, blocks: Vec<Block>, id: String) -> Vec<Action> {
        let expect = self.view.as_ref().and_then(|view| {
            let last = || view.phases.iter().rev().find(|row| row.captured_ms.is_some());
            let stored = || last().map(|row| Expect::known(view.session.clone(), row.phase, String::new()));
            view.expect.clone().or_else(stored)
        });
        let Some(expect) = expect else { return Vec::new() };
        let complete = crate::reply::read(&blocks, &expect).problem().is_none();
        let timing = Timing::default();
        if complete {
            self.capture(key, expect, blocks, timing, id)
        } else {
            self.capture_part(key, expect, blocks, timing, id)
        }
    }

    /// An answer that ended and is not what was asked for may be whole all the same, in a page that does not show it as its profile says.
    /// Then it did not stop early and is not beside the point: it is looked for elsewhere, without anything of what the page shows, which
    /// would be kept as an answer that stopped early. Where that fails people are told what they can do.
    pub(super) fn inspected(
        &mut self,
        key: String,
        case: Case,
        text: &str,
        hidden: &str,
        artifact: bool,
    ) -> Vec<Action> {
        let phase = case.expect.phase;
        let Some(otherwise) = unlike_the_profile(&case, text, hidden) else {
            return match case {
                Case { beside: true, .. } if artifact => self.shows(PageStatus::Artifact { phase }),
                Case { beside: true, .. } => self.shows(PageStatus::OffContract { phase }),
                Case { expect, blocks, timing, id, .. } => self.capture_part(key, expect, blocks, timing, id),
            };
        };
        // An artifact is no text that the page hides.
        if case.beside && artifact {
            return self.shows(PageStatus::Artifact { phase });
        }
        let (_, request) = self.to_store(key.clone(), case.expect, Vec::new(), case.timing, case.id);
        vec![Action::Seek {
            key: key.clone(),
            question: Question::Found { key, phase, otherwise },
            request: Box::new(request),
        }]
    }

    /// What was found elsewhere goes to the host; what is to be stored as found elsewhere and was not is said.
    pub(super) fn sought(&mut self, question: Question, mut request: Box<Request>, found: Vec<Other>) -> Vec<Action> {
        match question {
            Question::Found { otherwise, .. } if found.is_empty() => self.shows(otherwise),
            question => {
                if let Request::Capture(ask::Capture { others, .. }) = request.as_mut() {
                    *others = found;
                }
                vec![Action::Ask { question, request }]
            }
        }
    }
}

/// Why an answer that is not what was asked for may be so all the same.
fn unlike_the_profile(case: &Case, text: &str, hidden: &str) -> Option<PageStatus> {
    let phase = case.expect.phase;
    let ends = |text: &str| ends_the_proof(text, &case.expect);
    // Who quotes the proof does so inside of code that is where it should be.
    let in_code = case.blocks.iter().any(|block| matches!(block, Block::Code { text, .. } if ends(text)));
    if !in_code && ends(text) {
        return Some(PageStatus::Astray { phase });
    }
    let silent = case.blocks.iter().all(|block| block.text().trim().is_empty());
    let hides = if silent { !hidden.trim().is_empty() } else { ends(hidden) };
    hides.then_some(PageStatus::Unread { phase })
}
