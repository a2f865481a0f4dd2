//! The watcher without hands: it hears what the page does and says what to do, and never touches the page itself.
//! While an answer streams it asks for no reading at all; it reads once when the page says that the answer has ended.

use crate::block::Block;
use crate::event::Timing;
use crate::name::Name;
use crate::phase::Phase;
use crate::reply::{self, Expect, Problem, Trailer, Verdict};

/// An answer that ended without its proof is taken as cut after this quiet time, in milliseconds: tool use and
/// "continue" pause and go on, and a chat page was seen to drop its stop button at 13 % of an answer (docs/CONTRACT.md).
pub const QUIET_MS: f64 = 2_000.0;
/// The same where the page never says whether it streams, in milliseconds.
pub const SETTLE_BLIND_MS: f64 = 10_000.0;

/// An answer of a page that never says whether it streams is read so long after the end of its proof came in, in milliseconds.
pub const PROOF_MS: f64 = 100.0;

/// How often is looked whether the page has come to rest, in milliseconds.
const LOOK_MS: f64 = 250.0;

/// What the page did. `key` names a message over all re-renderings.
#[derive(Clone, Debug, PartialEq)]
pub enum Signal {
    /// The proof to look for may have changed.
    Expecting {
        /// The proof.
        expect: Option<Expect>,
        /// The awaited reply goes on from an earlier part, so it need not begin with a section.
        part: bool,
    },
    /// A message of the developer is there; `text` is what it says.
    UserTurn {
        /// The text of the message.
        text: String,
        /// It was sent just now; otherwise it is history, and nobody saw when it was sent.
        fresh: bool,
    },
    /// An answer is there that did not grow before our eyes.
    Found {
        /// Which.
        key: String,
    },
    /// An answer grew. Sent at most once per batch of mutations.
    Grew {
        /// Which.
        key: String,
    },
    /// A heading of a growing answer is finished.
    Heading {
        /// In which answer.
        key: String,
        /// Its text.
        text: String,
    },
    /// What the page says of an answer: `Some(true)` streams, `Some(false)` ended, `None` unknown.
    Streaming {
        /// Which.
        key: String,
        /// What it says.
        streaming: Option<bool>,
    },
    /// The end of a proof came into an answer of which the page does not say whether it streams.
    Proof {
        /// Which.
        key: String,
    },
    /// The blocks of an answer, as asked for by [`Action::Read`].
    Read {
        /// Which.
        key: String,
        /// What is in it.
        blocks: Vec<Block>,
        /// The model is at work or waits for a permission, whatever the message says.
        busy: bool,
        /// It stands after the message that holds our prompt.
        follows: bool,
    },
    /// The answer that [`Action::Read`] or [`Action::Stalled`] is about is not in the page any more.
    Unread {
        /// Which.
        key: String,
    },
    /// The time asked for by [`Action::Wake`] has come.
    Tick,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Read the blocks of this answer and send them back as [`Signal::Read`].
    Read {
        /// Which.
        key: String,
    },
    /// Tell the host that the prompt was sent.
    Sent {
        /// Which prompt.
        expect: Expect,
        /// When, milliseconds since 1970.
        sent_ms: f64,
    },
    /// Have this reply stored.
    Capture {
        /// Which answer.
        key: String,
        /// Which prompt it answers.
        expect: Expect,
        /// What it says.
        blocks: Vec<Block>,
        /// What was read in it.
        verdict: Verdict,
        /// Its times.
        timing: Timing,
    },
    /// The answer comes in; so many sections were seen.
    Progress {
        /// The phase it answers.
        phase: Phase,
        /// Sections begun so far.
        sections: u32,
    },
    /// Send [`Signal::Tick`] after so many milliseconds.
    Wake {
        /// From now.
        after_ms: f64,
    },
    /// An answer says that it grows, and has not for a while: the page may wait for the developer.
    Stalled {
        /// Which answer.
        key: String,
    },
    /// What came in has ended and is not the awaited answer: it is still awaited.
    Over,
    /// An answer to our prompt has ended and is not what was asked for.
    OffContract {
        /// Which answer.
        key: String,
        /// The phase it should have answered.
        phase: Phase,
        /// What it says.
        blocks: Vec<Block>,
    },
}

/// Now, by the two clocks of a page, in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Now {
    /// Since 1970; may jump.
    pub wall_ms: f64,
    /// Since the page began; only ever grows.
    pub monotonic_ms: f64,
}

/// Watches one conversation for the answer to one prompt.
#[derive(Clone, Debug, Default)]
pub struct Watcher {
    expect: Option<Expect>,
    part: bool,
    sent: Option<Now>,
    sent_seen: bool,
    /// Few: the messages that are mounted. In the order in which they were heard of.
    turns: Vec<(String, Turn)>,
    /// When the next tick comes, by the monotonic clock: one is under way for all answers, however many there are.
    wakes_at: Option<f64>,
}

#[derive(Clone, Debug, Default)]
struct Turn {
    first: Option<Now>,
    last: Option<Now>,
    quiet_since: Option<Now>,
    streaming: Option<bool>,
    headings: Vec<Name>,
    /// It was said that this comes in.
    announced: bool,
    reading: bool,
    /// When is looked whether it has been quiet for long enough, by the monotonic clock.
    settles_at: Option<f64>,
    /// The end of its proof was seen, and it was not read since: when it is to be.
    proof_at: Option<f64>,
    /// What was kept of it, or seen beside the point, although it is not complete: the page may let it go on.
    incomplete: Option<Vec<Block>>,
    /// It is captured, complete.
    done: bool,
}

impl Turn {
    fn quiet_ms(&self, now: Now) -> f64 {
        self.quiet_since.map_or(f64::INFINITY, |since| now.monotonic_ms - since.monotonic_ms)
    }

    /// When it is to be looked at, if somebody waits for it.
    fn due_at(&self) -> Option<f64> {
        let waits = !self.done && !self.reading;
        self.settles_at.into_iter().chain(self.proof_at).filter(|_| waits).min_by(f64::total_cmp)
    }
}

impl Watcher {
    fn turn(&mut self, key: &str) -> &mut Turn {
        let at = self.turns.iter().position(|(its, _)| its == key).unwrap_or_else(|| {
            self.turns.push((key.to_owned(), Turn::default()));
            self.turns.len() - 1
        });
        &mut self.turns[at].1
    }

    /// Hears one signal.
    pub fn observe(&mut self, signal: Signal, now: Now) -> Vec<Action> {
        let mut actions = self.on_signal(signal, now);
        // Nobody is looked at while no answer is awaited.
        let due = self.turns.iter().filter_map(|(_, turn)| turn.due_at()).min_by(f64::total_cmp);
        if let Some(due) = due.filter(|_| self.expect.is_some())
            && self.wakes_at.is_none_or(|at| due < at)
        {
            self.wakes_at = Some(due);
            actions.push(Action::Wake { after_ms: (due - now.monotonic_ms).max(0.0) });
        }
        actions
    }

    fn on_signal(&mut self, signal: Signal, now: Now) -> Vec<Action> {
        match signal {
            Signal::Expecting { expect, part } => self.expecting(expect, part),
            Signal::UserTurn { text, fresh } => self.user_turn(&text, fresh, now),
            Signal::Found { key } => {
                self.turn(&key).quiet_since.get_or_insert(now);
                Vec::new()
            }
            Signal::Grew { key } => self.grew(&key, now),
            Signal::Heading { key, text } => self.heading(&key, &text),
            Signal::Streaming { key, streaming } => self.streaming(key, streaming),
            Signal::Proof { key } => self.proof(&key, now),
            Signal::Read { key, blocks, busy, follows } => self.read(key, blocks, busy, follows, now),
            Signal::Unread { key } => {
                // When it is back that is heard.
                let turn = self.turn(&key);
                (turn.reading, turn.settles_at, turn.proof_at) = (false, None, None);
                Vec::new()
            }
            Signal::Tick => self.tick(now),
        }
    }

    fn expecting(&mut self, expect: Option<Expect>, part: bool) -> Vec<Action> {
        self.part = part;
        if self.expect != expect {
            // Answers that grow right now keep their clocks: the expectation may arrive a breath later than the first word.
            self.sent_seen = false;
            if expect.is_some() {
                self.turns.retain(|(_, turn)| !turn.done && turn.incomplete.is_none());
            }
            self.expect = expect;
        }
        Vec::new()
    }

    fn user_turn(&mut self, text: &str, fresh: bool, now: Now) -> Vec<Action> {
        let Some(expect) = self.expect.clone().filter(|expect| expect.is_in(text)) else {
            return Vec::new();
        };
        if self.sent_seen {
            return Vec::new();
        }
        self.sent_seen = true;
        self.sent = fresh.then_some(now);
        vec![Action::Sent { expect, sent_ms: now.wall_ms }]
    }

    fn grew(&mut self, key: &str, now: Now) -> Vec<Action> {
        let phase = self.expect.as_ref().map(|expect| expect.phase);
        let turn = self.turn(key);
        turn.first.get_or_insert(now);
        turn.last = Some(now);
        turn.quiet_since = Some(now);
        let mut actions = Vec::new();
        if turn.done {
            return actions;
        }
        // What grows on an answer that has ended is not its text: its toolbar, our own button.
        if let Some(phase) = phase.filter(|_| !turn.announced && turn.streaming != Some(false)) {
            turn.announced = true;
            actions.push(Action::Progress { phase, sections: sections(turn) });
        }
        turn.settles_at.get_or_insert(now.monotonic_ms + QUIET_MS);
        actions
    }

    fn heading(&mut self, key: &str, text: &str) -> Vec<Action> {
        let Some(expect) = &self.expect else {
            return Vec::new();
        };
        let (phase, named) = (expect.phase, reply::section_named(text, &expect.sections));
        let turn = self.turn(key);
        let Some(name) = named else {
            return Vec::new();
        };
        if turn.done || turn.headings.contains(&name) {
            return Vec::new();
        }
        turn.headings.push(name);
        turn.announced = true;
        vec![Action::Progress { phase, sections: sections(turn) }]
    }

    fn streaming(&mut self, key: String, streaming: Option<bool>) -> Vec<Action> {
        let expecting = self.expect.is_some();
        let turn = self.turn(&key);
        turn.streaming = streaming;
        if streaming != Some(false) || turn.done || turn.reading || !expecting {
            return Vec::new();
        }
        turn.reading = true;
        vec![Action::Read { key }]
    }

    fn proof(&mut self, key: &str, now: Now) -> Vec<Action> {
        let expecting = self.expect.is_some();
        let turn = self.turn(key);
        if expecting && !turn.done {
            turn.proof_at.get_or_insert(now.monotonic_ms + PROOF_MS);
        }
        Vec::new()
    }

    fn read(&mut self, key: String, blocks: Vec<Block>, busy: bool, follows: bool, now: Now) -> Vec<Action> {
        let (expect, part, sent, sent_seen) = (self.expect.clone(), self.part, self.sent, self.sent_seen);
        let turn = self.turn(&key);
        turn.reading = false;
        let Some(expect) = expect.filter(|_| !turn.done) else {
            return Vec::new();
        };
        let verdict = reply::read(&blocks, &expect).verdict();
        if verdict.problem.is_none() {
            // The page shows that the model is still at work: it may go on below its proof.
            if busy && turn.streaming.is_none() && turn.quiet_ms(now) < QUIET_MS {
                turn.proof_at = Some(now.monotonic_ms + PROOF_MS);
                return Vec::new();
            }
            turn.done = true;
            let timing = timing(sent.filter(|_| sent_seen), turn);
            return vec![Action::Capture { key, expect, blocks, verdict, timing }];
        }
        // Without proof it is an answer to our prompt only where it came after it.
        let grew_after = turn.first.zip(sent).is_some_and(|(first, sent)| first.monotonic_ms >= sent.monotonic_ms);
        if verdict.problem == Some(Problem::Foreign) || !sent_seen || !(follows || grew_after) {
            return over(turn);
        }
        let quiet_ms = turn.quiet_ms(now);
        let settle_ms = if turn.streaming.is_none() { SETTLE_BLIND_MS } else { QUIET_MS };
        // After the proof nothing more comes.
        let ended = verdict.trailer == Trailer::Proven || quiet_ms >= settle_ms;
        if busy || turn.streaming == Some(true) || !ended {
            turn.settles_at = Some(now.monotonic_ms + (settle_ms - quiet_ms).clamp(LOOK_MS, settle_ms));
            return Vec::new();
        }
        if turn.incomplete.as_ref() == Some(&blocks) {
            return over(turn);
        }
        turn.announced = false;
        turn.incomplete = Some(blocks.clone());
        if verdict.problem != Some(Problem::Empty) && (part || begins_the_contract(&verdict)) {
            let timing = timing(sent, turn);
            vec![Action::Capture { key, expect, blocks, verdict, timing }]
        } else {
            vec![Action::OffContract { key, phase: expect.phase, blocks }]
        }
    }

    fn tick(&mut self, now: Now) -> Vec<Action> {
        // A timer may come a breath early.
        let due = |at: &mut f64| *at <= now.monotonic_ms + 1.0;
        self.wakes_at.take_if(due);
        let mut actions = Vec::new();
        if self.expect.is_none() {
            return actions;
        }
        for (key, turn) in &mut self.turns {
            if turn.done || turn.reading {
                continue;
            }
            if turn.proof_at.take_if(due).is_some() && turn.streaming != Some(true) {
                turn.reading = true;
                actions.push(Action::Read { key: key.clone() });
                continue;
            }
            if turn.settles_at.take_if(due).is_none() {
                continue;
            }
            let quiet_ms = turn.quiet_ms(now);
            if quiet_ms + 1.0 < QUIET_MS {
                turn.settles_at = Some(now.monotonic_ms + QUIET_MS - quiet_ms);
            } else if turn.streaming == Some(true) {
                turn.settles_at = Some(now.monotonic_ms + QUIET_MS / 2.0);
                // If it goes on, that is said anew.
                turn.announced = false;
                actions.push(Action::Stalled { key: key.clone() });
            } else {
                turn.reading = true;
                actions.push(Action::Read { key: key.clone() });
            }
        }
        actions
    }
}

fn sections(turn: &Turn) -> u32 {
    u32::try_from(turn.headings.len()).unwrap_or(u32::MAX)
}

/// Takes back that the awaited answer comes in, where that was said of this one.
fn over(turn: &mut Turn) -> Vec<Action> {
    if std::mem::take(&mut turn.announced) { vec![Action::Over] } else { Vec::new() }
}

/// An answer that has at least one section meant to follow the contract; a proof alone is an echo of the prompt.
fn begins_the_contract(verdict: &Verdict) -> bool {
    verdict.sections.iter().any(|section| section.state != reply::SectionState::Missing)
}

fn timing(sent: Option<Now>, turn: &Turn) -> Timing {
    let wall = |now: Option<Now>| now.map(|now| truncated(now.wall_ms));
    Timing {
        sent_ms: wall(sent),
        first_token_ms: wall(turn.first),
        last_token_ms: wall(turn.last),
        span_ms: sent
            .zip(turn.last)
            .and_then(|(sent, last)| u64::try_from(truncated(last.monotonic_ms - sent.monotonic_ms)).ok()),
    }
}

/// Milliseconds without their fraction; a page's clock is far below the limit of an `i64`.
#[allow(clippy::cast_possible_truncation, reason = "saturates, and clocks are small")]
const fn truncated(ms: f64) -> i64 {
    ms as i64
}

#[cfg(test)]
mod tests;
