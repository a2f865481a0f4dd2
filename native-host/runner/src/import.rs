//! Sessions of the predecessor, brought into the log. Core says what they are; this adds hashes, the clock and its time zone, and
//! writes each session at once or not at all.

use super::{DATABASE, Runner};
use crate::hex::hash;
use crate::places::Places;
use crate::store::Text;
use jiff::tz::TimeZone;
use jiff::{Timestamp, civil};
use prompt_runner_core::legacy::{self, Environment, File, Plan, Survey};
use prompt_runner_core::refusal::Refusal;

/// What the record had of a session of the predecessor before anything was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Known {
    /// Nothing.
    Nothing,
    /// All of it.
    Whole,
    /// An earlier state of it: these files are newer, or new.
    Earlier(Vec<String>),
    /// Another session under its id.
    Another,
}

/// What there is in a workspace whose sessions belong to this project.
#[must_use]
pub fn survey(files: Vec<File>, project: &str) -> Survey {
    let now_ms = crate::clock::now().as_millisecond();
    legacy::survey(files, &Environment { hash, time, now_ms, project: Some(project) })
}

/// An ISO time stamp in milliseconds since 1970; without a zone it is local, as the predecessor wrote it.
fn time(stamp: &str) -> Option<i64> {
    let local = || stamp.parse::<civil::DateTime>().ok()?.to_zoned(TimeZone::system()).ok();
    let at = stamp.parse::<Timestamp>().ok().or_else(|| local().map(|zoned| zoned.timestamp()))?;
    Some(at.as_millisecond())
}

impl Runner {
    /// Opens the database in these places if there is one, so that a look leaves nothing behind.
    pub(super) fn open_existing(places: &Places) -> Result<Option<Self>, Refusal> {
        places.data.join(DATABASE).exists().then(|| Self::open(places)).transpose()
    }

    /// What the record has of a session of the predecessor.
    ///
    /// # Errors
    /// Every `store.*` refusal.
    pub fn known(&self, plan: &Plan) -> Result<Known, Refusal> {
        let Some(state) = self.store.state(&plan.id)? else { return Ok(Known::Nothing) };
        if state.imported.is_none_or(|imported| imported.id != plan.old) {
            return Ok(Known::Another);
        }
        // A text is kept until it is pruned, so what is neither was not there when the session was brought over.
        let mut newer = Vec::new();
        for kept in &plan.texts {
            if self.store.text(&kept.hash)?.is_none() && self.store.pruned_ms(&kept.hash)?.is_none() {
                newer.extend(kept.files.iter().cloned());
            }
        }
        Ok(if newer.is_empty() { Known::Whole } else { Known::Earlier(newer) })
    }

    /// Writes a session of the predecessor into the log, if the record knows nothing of it; says what it knew before.
    ///
    /// # Errors
    /// Every `store.*` refusal; nothing of this session was stored then.
    pub fn import(&mut self, plan: &Plan) -> Result<Known, Refusal> {
        let text = |kept: &legacy::Kept| Text {
            hash: kept.hash.clone(),
            format: if kept.prompt { "prompt" } else { "markdown" },
            body: kept.body.clone(),
        };
        let texts: Vec<Text> = plan.texts.iter().map(text).collect();
        if self.store.import(&plan.id, &plan.events, &texts)? { Ok(Known::Nothing) } else { self.known(plan) }
    }
}

#[cfg(test)]
mod tests {
    use super::time;

    #[test]
    fn a_stamp_with_a_zone_is_that_moment_and_one_without_is_local() {
        let utc = Some(1_750_766_121_123);
        for stamp in ["2025-06-24T11:55:21.123Z", "2025-06-24T13:55:21.123456+02:00", "2025-06-24 11:55:21.123+00:00"] {
            assert_eq!(time(stamp), utc, "{stamp}");
        }
        let local = jiff::civil::date(2025, 6, 24).at(11, 55, 21, 0).to_zoned(jiff::tz::TimeZone::system()).unwrap();
        assert_eq!(time("2025-06-24T11:55:21"), Some(local.timestamp().as_millisecond()));
        for stamp in ["", "noon", "2025-13-01T00:00:00", "20250624_115521"] {
            assert_eq!(time(stamp), None, "{stamp}");
        }
    }
}
