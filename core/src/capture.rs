//! The watcher without hands: it hears what the page does and says what to do, and never touches the page itself.
//! While an answer streams it asks for no reading at all; it reads once when the page says that the answer has ended.

use crate::block::Block;
use crate::event::Timing;
use crate::phase::Phase;
use crate::reply::{self, Expect, Problem, Verdict};

/// An answer that ended without its proof is taken as cut after this quiet time, in milliseconds: tool use and
/// "continue" pause and go on, and a chat page was seen to drop its stop button at 13 % of an answer (docs/CONTRACT.md).
pub const SETTLE_MS: f64 = 2_000.0;
/// The same where the page never says whether it streams, in milliseconds.
pub const SETTLE_BLIND_MS: f64 = 10_000.0;

/// What the page did. `key` names a message over all re-renderings.
#[derive(Clone, Debug, PartialEq)]
pub enum Signal {
    /// The proof to look for has changed.
    Expecting(Option<Expect>),
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
    /// The blocks of an answer, as asked for by [`Action::Read`].
    Read {
        /// Which.
        key: String,
        /// What is in it.
        blocks: Vec<Block>,
        /// The page shows its stop button: the model is at work, whatever the message says.
        busy: bool,
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
    /// What came in has ended and is not the awaited answer: it is still awaited.
    Over,
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
    sent: Option<Now>,
    sent_seen: bool,
    /// Few: the messages that are mounted. In the order in which they were heard of.
    turns: Vec<(String, Turn)>,
}

#[derive(Clone, Debug, Default)]
struct Turn {
    first: Option<Now>,
    last: Option<Now>,
    quiet_since: Option<Now>,
    streaming: Option<bool>,
    headings: Vec<&'static str>,
    /// It was said that this comes in.
    announced: bool,
    reading: bool,
    settling: bool,
    done: bool,
}

impl Turn {
    fn quiet_ms(&self, now: Now) -> f64 {
        self.quiet_since.map_or(f64::INFINITY, |since| now.monotonic_ms - since.monotonic_ms)
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
        match signal {
            Signal::Expecting(expect) => self.expecting(expect),
            Signal::UserTurn { text, fresh } => self.user_turn(&text, fresh, now),
            Signal::Found { key } => {
                self.turn(&key).quiet_since.get_or_insert(now);
                Vec::new()
            }
            Signal::Grew { key } => self.grew(&key, now),
            Signal::Heading { key, text } => self.heading(&key, &text),
            Signal::Streaming { key, streaming } => self.streaming(key, streaming),
            Signal::Read { key, blocks, busy } => self.read(key, blocks, busy, now),
            Signal::Tick => self.tick(now),
        }
    }

    fn expecting(&mut self, expect: Option<Expect>) -> Vec<Action> {
        if self.expect != expect {
            // Answers that grow right now keep their clocks: the expectation may arrive a breath later than the first word.
            self.sent_seen = false;
            if expect.is_some() {
                self.turns.retain(|(_, turn)| !turn.done);
            }
            self.expect = expect;
        }
        Vec::new()
    }

    fn user_turn(&mut self, text: &str, fresh: bool, now: Now) -> Vec<Action> {
        let Some(expect) = self.expect.clone().filter(|expect| text.contains(&expect.nonce)) else {
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
        if turn.streaming != Some(true) && !turn.settling {
            turn.settling = true;
            actions.push(Action::Wake { after_ms: SETTLE_MS });
        }
        actions
    }

    fn heading(&mut self, key: &str, text: &str) -> Vec<Action> {
        let Some(phase) = self.expect.as_ref().map(|expect| expect.phase) else {
            return Vec::new();
        };
        let turn = self.turn(key);
        let Some(name) = reply::section_named(text, phase) else {
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

    fn read(&mut self, key: String, blocks: Vec<Block>, busy: bool, now: Now) -> Vec<Action> {
        let (expect, sent, sent_seen) = (self.expect.clone(), self.sent, self.sent_seen);
        let turn = self.turn(&key);
        turn.reading = false;
        let Some(expect) = expect else {
            return Vec::new();
        };
        if turn.done {
            return Vec::new();
        }
        let verdict = reply::read(&blocks, &expect).verdict();
        let timing = timing(sent.filter(|_| sent_seen), turn);
        match verdict.problem {
            None => {
                turn.done = true;
                vec![Action::Capture { key, expect, blocks, verdict, timing }]
            }
            // Not an answer to our prompt: a chat about the weather, an older phase, an echo.
            Some(Problem::Foreign) => over(turn),
            Some(_) if !sent_seen || !begins_the_contract(&verdict) => over(turn),
            Some(_) => {
                let quiet_ms = turn.quiet_ms(now);
                let settle_ms = if turn.streaming.is_none() { SETTLE_BLIND_MS } else { SETTLE_MS };
                if busy || turn.streaming == Some(true) || quiet_ms < settle_ms {
                    turn.settling = true;
                    return vec![Action::Wake { after_ms: (settle_ms - quiet_ms).clamp(50.0, settle_ms) }];
                }
                turn.done = true;
                vec![Action::Capture { key, expect, blocks, verdict, timing }]
            }
        }
    }

    fn tick(&mut self, now: Now) -> Vec<Action> {
        if self.expect.is_none() {
            return Vec::new();
        }
        let mut actions = Vec::new();
        for (key, turn) in &mut self.turns {
            if !turn.settling || turn.done || turn.reading {
                continue;
            }
            turn.settling = false;
            let quiet_ms = turn.quiet_ms(now);
            if turn.streaming == Some(true) {
                continue;
            }
            if quiet_ms + 1.0 < SETTLE_MS {
                turn.settling = true;
                actions.push(Action::Wake { after_ms: SETTLE_MS - quiet_ms });
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

/// An answer that has at least one section, or a trailer of ours, meant to follow the contract.
fn begins_the_contract(verdict: &Verdict) -> bool {
    verdict.trailer != reply::Trailer::Absent
        || verdict.sections.iter().any(|section| section.state != reply::SectionState::Missing)
}

fn timing(sent: Option<Now>, turn: &Turn) -> Timing {
    let wall = |now: Option<Now>| now.map(|now| whole(now.wall_ms));
    Timing {
        sent_ms: wall(sent),
        first_token_ms: wall(turn.first),
        last_token_ms: wall(turn.last),
        span_ms: sent
            .zip(turn.last)
            .and_then(|(sent, last)| u64::try_from(whole(last.monotonic_ms - sent.monotonic_ms)).ok()),
    }
}

/// Milliseconds without their fraction; a page's clock is far below the limit of an `i64`.
#[allow(clippy::cast_possible_truncation, reason = "saturates, and clocks are small")]
const fn whole(ms: f64) -> i64 {
    ms as i64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::SessionId;

    const NONCE: &str = "0123456789abcdef";

    fn expect() -> Expect {
        Expect {
            session: SessionId::parse("20261122_141129_1a2b3c4d").unwrap(),
            phase: Phase::Cleaning,
            nonce: NONCE.into(),
        }
    }

    fn at(ms: f64) -> Now {
        Now { wall_ms: 1_000_000.0 + ms, monotonic_ms: ms }
    }

    fn blocks(whole: bool) -> Vec<Block> {
        let code = |text: String| Block::Code { lang: String::new(), text };
        let heading = |text: &str| Block::Heading { level: 2, text: text.into() };
        let mut blocks = vec![heading("FILES"), code("x".into()), heading("NOTES"), code("y".into())];
        if whole {
            blocks.push(code(format!(
                "PROMPT-RUNNER/1 20261122_141129_1a2b3c4d cleaning {NONCE}\nPROMPT-RUNNER/END {NONCE}"
            )));
        }
        blocks
    }

    fn begun() -> Watcher {
        let mut watcher = Watcher::default();
        watcher.observe(Signal::Expecting(Some(expect())), at(0.0));
        let sent = watcher.observe(Signal::UserTurn { text: format!("… {NONCE} …"), fresh: true }, at(10.0));
        assert!(matches!(sent.as_slice(), [Action::Sent { .. }]));
        watcher.observe(Signal::Streaming { key: "k".into(), streaming: Some(true) }, at(100.0));
        watcher.observe(Signal::Grew { key: "k".into() }, at(110.0));
        watcher
    }

    fn ended(watcher: &mut Watcher, ms: f64) -> Vec<Action> {
        watcher.observe(Signal::Streaming { key: "k".into(), streaming: Some(false) }, at(ms))
    }

    fn read(watcher: &mut Watcher, whole: bool, ms: f64) -> Vec<Action> {
        watcher.observe(Signal::Read { key: "k".into(), blocks: blocks(whole), busy: false }, at(ms))
    }

    #[test]
    fn a_whole_answer_is_read_once_at_its_end_and_captured_once() {
        let mut watcher = begun();
        for ms in 0..200 {
            assert_eq!(watcher.observe(Signal::Grew { key: "k".into() }, at(120.0 + f64::from(ms))), []);
        }
        assert_eq!(ended(&mut watcher, 400.0), [Action::Read { key: "k".into() }]);
        let captured = read(&mut watcher, true, 400.0);
        let [Action::Capture { verdict, timing, .. }] = captured.as_slice() else { panic!("{captured:?}") };
        assert_eq!(verdict.problem, None);
        assert_eq!(timing.span_ms, Some(309));
        assert_eq!(ended(&mut watcher, 500.0), []);
        assert_eq!(read(&mut watcher, true, 500.0), []);
    }

    #[test]
    fn an_answer_that_stops_early_is_kept_as_cut_only_after_it_stayed_quiet() {
        let mut watcher = begun();
        assert_eq!(ended(&mut watcher, 200.0), [Action::Read { key: "k".into() }]);
        assert!(matches!(read(&mut watcher, false, 210.0).as_slice(), [Action::Wake { .. }]));
        assert_eq!(watcher.observe(Signal::Tick, at(2_300.0)), [Action::Read { key: "k".into() }]);
        let captured = read(&mut watcher, false, 2_310.0);
        let [Action::Capture { verdict, .. }] = captured.as_slice() else { panic!("{captured:?}") };
        assert_eq!(verdict.problem, Some(Problem::Cut));
    }

    #[test]
    fn an_answer_that_goes_on_after_a_pause_is_not_cut() {
        let mut watcher = begun();
        ended(&mut watcher, 200.0);
        read(&mut watcher, false, 210.0);
        watcher.observe(Signal::Streaming { key: "k".into(), streaming: Some(true) }, at(900.0));
        watcher.observe(Signal::Grew { key: "k".into() }, at(901.0));
        assert_eq!(watcher.observe(Signal::Tick, at(2_300.0)), []);
        ended(&mut watcher, 3_000.0);
        assert!(matches!(read(&mut watcher, true, 3_000.0).as_slice(), [Action::Capture { .. }]));
    }

    #[test]
    fn a_chat_that_is_not_ours_is_left_alone() {
        let mut watcher = Watcher::default();
        watcher.observe(Signal::Grew { key: "k".into() }, at(0.0));
        assert_eq!(ended(&mut watcher, 1.0), []);
        watcher.observe(Signal::Expecting(Some(expect())), at(2.0));
        assert_eq!(ended(&mut watcher, 3.0), [Action::Read { key: "k".into() }]);
        let weather = vec![Block::Paragraph { text: "Sunny.".into() }];
        assert_eq!(watcher.observe(Signal::Read { key: "k".into(), blocks: weather, busy: false }, at(9_000.0)), []);
    }

    #[test]
    fn what_turns_out_not_to_be_the_answer_is_not_said_to_come_in() {
        let mut watcher = begun();
        ended(&mut watcher, 200.0);
        let weather = vec![Block::Paragraph { text: "Sunny.".into() }];
        let read = Signal::Read { key: "k".into(), blocks: weather, busy: false };
        assert_eq!(watcher.observe(read.clone(), at(201.0)), [Action::Over]);
        assert_eq!(watcher.observe(read, at(202.0)), [], "once");
        let grow = |watcher: &mut Watcher, ms| watcher.observe(Signal::Grew { key: "k".into() }, at(ms));
        assert!(
            !grow(&mut watcher, 300.0).iter().any(|action| matches!(action, Action::Progress { .. })),
            "its toolbar"
        );
        watcher.observe(Signal::Streaming { key: "k".into(), streaming: Some(true) }, at(400.0));
        let grew = grow(&mut watcher, 401.0);
        assert_eq!(grew.first(), Some(&Action::Progress { phase: Phase::Cleaning, sections: 0 }), "it went on");
    }

    #[test]
    fn sections_are_counted_as_they_come() {
        let mut watcher = begun();
        let seen = |watcher: &mut Watcher, text: &str| {
            watcher.observe(Signal::Heading { key: "k".into(), text: text.into() }, at(150.0))
        };
        assert_eq!(seen(&mut watcher, "1. Files"), [Action::Progress { phase: Phase::Cleaning, sections: 1 }]);
        assert_eq!(seen(&mut watcher, "1. Files"), []);
        assert_eq!(seen(&mut watcher, "src/main.rs"), []);
    }
}
