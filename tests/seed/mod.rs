//! Histories that look lived: the events of many sessions over half a year, for benches, pictures and tests. The same seed gives
//! the same history on every machine and on every day.

mod calendar;
mod dice;
mod story;
mod world;
mod write;

pub(crate) use self::write::{connect, fill, keep_texts, write};

use self::calendar::Calendar;
pub(crate) use self::dice::Dice;
use self::story::Story;
use self::world::Texts;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use prompt_runner_core::event::Event;
use prompt_runner_core::phase::Phase;
use prompt_runner_core::session::SessionId;
use std::collections::{BTreeMap, VecDeque};

/// Where a history ends unless somebody says otherwise: 22 November 2026. A clock would make each run another one.
pub(crate) const END_MS: i64 = 1_795_305_600_000;
/// Events in a session, about: only for a first guess of the pace, which is corrected all along.
const USUAL: u64 = 19;

/// An event, its session and its time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) session: SessionId,
    pub(crate) at_ms: i64,
    pub(crate) event: Event,
}

/// What is still to come in a session.
type Rest = VecDeque<(i64, Event)>;

/// A history: so many events, as they came, of sessions that lie beside each other.
#[derive(Debug)]
pub(crate) struct History {
    dice: Dice,
    calendar: Calendar,
    texts: Vec<Texts>,
    end_ms: i64,
    /// How many events still belong to no session.
    left: u64,
    /// How much of the work of all days was begun.
    work: u64,
    /// Sessions that are not told to their end, by the time of their next event and the number of the session.
    open: BTreeMap<(i64, u64), (SessionId, Rest)>,
    begun: u64,
}

impl History {
    pub(crate) fn new(seed: u64, events: u64, end_ms: i64) -> Self {
        let texts = Phase::FULL.map(Texts::of).into();
        let (dice, calendar) = (Dice::new(seed), Calendar::until(end_ms));
        Self { dice, calendar, texts, end_ms, left: events, work: 0, open: BTreeMap::new(), begun: 0 }
    }

    /// Begins one more session. The pace follows what is left, so that the events last until the end and no longer.
    fn begin(&mut self, start_ms: i64) {
        let mut events = VecDeque::from(Story::tell(&mut self.dice, &self.texts, start_ms));
        events.retain(|(at_ms, _)| *at_ms <= self.end_ms);
        events.truncate(usize::try_from(self.left).unwrap());
        self.left -= events.len() as u64;
        let utc = Timestamp::from_millisecond(start_ms).unwrap().to_zoned(TimeZone::UTC);
        let random = u32::try_from(self.dice.bits() >> 32).unwrap().to_be_bytes();
        let session = SessionId::new(&utc.strftime("%Y%m%d_%H%M%S").to_string(), random).unwrap();
        self.begun += 1;
        if let Some((at_ms, _)) = events.front() {
            self.open.insert((*at_ms, self.begun), (session, events));
        }
        let rest = self.calendar.work() - self.work;
        let pace = u128::from(rest) * u128::from(USUAL) / u128::from(self.left.max(1));
        let pace = u64::try_from(pace).unwrap().min(rest / 4);
        self.work += self.dice.roll(2_000) * pace / 1_000;
    }
}

impl Iterator for History {
    type Item = Entry;

    fn next(&mut self) -> Option<Entry> {
        while self.left > 0 {
            let start_ms = self.calendar.at(self.work);
            if self.open.first_key_value().is_some_and(|((at_ms, _), _)| *at_ms < start_ms) {
                break;
            }
            self.begin(start_ms);
        }
        let ((_, number), (session, mut events)) = self.open.pop_first()?;
        let (at_ms, event) = events.pop_front()?;
        if let Some((next_ms, _)) = events.front() {
            self.open.insert((*next_ms, number), (session.clone(), events));
        }
        Some(Entry { session, at_ms, event })
    }
}
