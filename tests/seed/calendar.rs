//! When people work: 180 days in which an hour counts for as much as is begun in it, so that a walk through them at an even
//! pace makes busy mornings, slow evenings and quiet weekends.

use jiff::Timestamp;
use jiff::tz::TimeZone;

const HOUR_MS: u64 = 3_600_000;
const DAYS: u64 = 180;
/// How busy the hours of a working day are (UTC).
const WORKING: [u64; 24] = [1, 0, 0, 0, 0, 0, 2, 8, 20, 30, 32, 26, 14, 24, 30, 30, 26, 18, 9, 6, 7, 8, 5, 2];
const WEEKEND: [u64; 24] = [1, 0, 0, 0, 0, 0, 0, 0, 1, 3, 4, 4, 2, 2, 4, 4, 3, 2, 1, 2, 4, 4, 3, 1];

/// The hours, by how much of all work was done when each ends.
#[derive(Debug)]
pub(crate) struct Calendar {
    from_ms: i64,
    done: Vec<u64>,
}

impl Calendar {
    /// The days that end here.
    pub(crate) fn until(end_ms: i64) -> Self {
        let from_ms = end_ms - i64::try_from(DAYS * 24 * HOUR_MS).unwrap();
        let mut sum = 0;
        let busy = (0..DAYS * 24).map(|hour| {
            let at = Timestamp::from_millisecond(from_ms + i64::try_from(hour * HOUR_MS).unwrap()).unwrap();
            let at = at.to_zoned(TimeZone::UTC);
            let week = if at.weekday().to_monday_zero_offset() < 5 { WORKING } else { WEEKEND };
            sum += week[usize::try_from(at.hour()).unwrap()];
            sum
        });
        Self { done: busy.collect(), from_ms }
    }

    /// All work, in parts.
    pub(crate) fn work(&self) -> u64 {
        self.done.last().unwrap() * HOUR_MS
    }

    /// The moment at which so much of it is done.
    pub(crate) fn at(&self, work: u64) -> i64 {
        let hour = self.done.partition_point(|done| done * HOUR_MS <= work).min(self.done.len() - 1);
        let before = if hour == 0 { 0 } else { self.done[hour - 1] };
        let within = (work - before * HOUR_MS) / (self.done[hour] - before).max(1);
        self.from_ms + i64::try_from(hour as u64 * HOUR_MS + within.min(HOUR_MS - 1)).unwrap()
    }
}
