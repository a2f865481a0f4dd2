//! Upkeep of the record: copies of it while others write, and the texts of sessions that ended long ago.

use super::Runner;
use crate::clock;
use crate::places::Places;
use crate::store::{Pruning, StoreError};
use jiff::{Timestamp, tz::TimeZone};
use prompt_runner_core::refusal::{Code, Refusal};
use std::path::Path;
use std::{fs, io};

const DAY_MS: i64 = 86_400_000;

/// What was dropped of the record, and how large its file was before and is now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pruned {
    /// What was dropped.
    pub what: Pruning,
    /// Bytes of the file before.
    pub before: u64,
    /// Bytes of the file now.
    pub after: u64,
}

impl Runner {
    /// Opens the record for upkeep; where there is none, none is made.
    ///
    /// # Errors
    /// `session.none`, or a `store.*` refusal.
    pub fn open_for_upkeep(places: &Places) -> Result<Self, Refusal> {
        Self::open_existing(places)?
            .ok_or_else(|| Refusal::new(Code::SessionNone, "There is no record yet: no session was ever started."))
    }

    /// Copies the record as it is now into a new file for this user alone, examines the copy, and gives its size in bytes.
    ///
    /// # Errors
    /// `file.unreadable` where the file is there already or cannot be made, or a `store.*` refusal; no file is left behind then.
    pub fn back_up(&self, file: &Path) -> Result<u64, Refusal> {
        self.store.back_up(file).map_err(|error| match error {
            StoreError::Copy { path, source } => unmade(&path, &source),
            error => error.into(),
        })
    }

    /// What [`Runner::prune`] would drop.
    ///
    /// # Errors
    /// Every `store.*` refusal.
    pub fn prunable(&self, days: u32) -> Result<Pruning, Refusal> {
        Ok(self.store.prunable(before(clock::now(), days))?)
    }

    /// Drops the texts of sessions that ended so many days ago. What happened stays on record.
    ///
    /// # Errors
    /// Every `store.*` refusal. Only if giving the room back to the disk fails, the texts are dropped nevertheless; it says so.
    pub fn prune(&mut self, days: u32) -> Result<Pruned, Refusal> {
        let path = self.store.path().to_owned();
        let (now, was) = (clock::now(), size(&path)?);
        let what = self.store.prune(before(now, days), now.as_millisecond())?;
        self.store.shrink().map_err(|error| {
            let refusal = Refusal::from(error);
            Refusal {
                message: format!("The texts are dropped, but the file keeps its size. {}", refusal.message),
                ..refusal
            }
        })?;
        Ok(Pruned { what, before: was, after: size(&path)? })
    }
}

/// The refusal to show a text that was dropped at this time.
pub(super) fn gone(at_ms: i64) -> Refusal {
    let day = Timestamp::from_millisecond(at_ms).map(|at| at.to_zoned(TimeZone::system()).date().to_string());
    let when = day.map_or_else(|_| String::new(), |day| format!(" on {day}"));
    Refusal::new(Code::TextPruned, format!("The text was dropped{when} by `prompt-runner db prune`."))
}

fn before(now: Timestamp, days: u32) -> i64 {
    now.as_millisecond().saturating_sub(DAY_MS.saturating_mul(days.into()))
}

fn size(file: &Path) -> Result<u64, Refusal> {
    Ok(fs::metadata(file).map_err(|error| unmade(file, &error))?.len())
}

fn unmade(file: &Path, error: &io::Error) -> Refusal {
    let file = file.display();
    if error.kind() == io::ErrorKind::AlreadyExists {
        let refusal = Refusal::new(Code::FileUnreadable, format!("{file} is there already, and nothing was written."));
        return Refusal { hint: "Name a file that is not there yet.".to_owned(), ..refusal };
    }
    Refusal::new(Code::FileUnreadable, format!("{file} cannot be made: {error}."))
}
