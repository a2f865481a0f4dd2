//! Which session is meant, by what a person types: an id, a part of one, or words of the feature; or by the project that they are in. And
//! where it stands, at a prompt_line.

use super::{LIST_MAX, Runner, unknown};
use crate::atomic_file::{self, For};
use crate::bounded;
use crate::hex::hex;
use crate::places::Places;
use crate::project::{self, Project};
use crate::store::{self, PromptLine};
use prompt_runner_core::event::State;
use prompt_runner_core::refusal::{Code, Refusal};
use prompt_runner_core::session::SessionId;
use prompt_runner_core::status::{View, view};
use std::path::{Path, PathBuf};

/// So many sessions are named where more than one is meant.
const NAMED: usize = 5;

/// Which session somebody means.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SessionChoice {
    /// As [`Runner::resolve`] takes it.
    pub named: Option<String>,
    /// Where nobody names it, the folder in whose project it is; else the current folder.
    pub folder: Option<PathBuf>,
}

impl Runner {
    /// The session that is meant: the named one, else the active one of the project, else the one that the predecessor left active in the
    /// home folder, else the newest of the project.
    ///
    /// # Errors
    /// `session.unknown`, `session.ambiguous`, `session.none`, and `file.unreadable` for the folder.
    pub fn find(&self, choice: &SessionChoice) -> Result<SessionId, Refusal> {
        if let Some(part) = &choice.named {
            return self.resolve(part);
        }
        let project = Project::at(choice.folder.as_deref())?;
        if let Some(active) = project.active() {
            return self.resolve(active.as_str());
        }
        if let Some(left) = project::left_at_home() {
            return self.resolve(&left);
        }
        let newest = self.store.newest(Some(&project::named(project.root())), 1)?.into_iter().next();
        newest.map(|state| state.id).ok_or_else(|| {
            Refusal::new(Code::SessionNone, format!("No session is active in {}.", project.root().display()))
        })
    }

    /// Makes a session the active one of the project around a folder; else around the current folder.
    ///
    /// # Errors
    /// `session.unknown`, `file.unreadable` and `project.read_only`.
    pub fn use_session(&self, session: &SessionId, folder: Option<&Path>) -> Result<View, Refusal> {
        let state = self.state(session)?;
        Project::at(folder)?.activate(session)?;
        Ok(view(&state))
    }

    /// The session whose id is this, or begins or ends like this, or whose feature has all of these words; an id of the predecessor,
    /// or the beginning of one, counts as well.
    ///
    /// # Errors
    /// `session.unknown` and `session.ambiguous`.
    pub fn resolve(&self, part: &str) -> Result<SessionId, Refusal> {
        if let Some(id) = SessionId::parse(part) {
            return self.state(&id).map(|state| state.id);
        }
        let part = part.trim();
        let by_id = if part.is_empty() { Vec::new() } else { self.store.matching(part)? };
        match by_id.as_slice() {
            [] => {}
            // Another id may begin with all of this one.
            [one, _] if one.imported.as_ref().is_some_and(|imported| imported.id == part) => return Ok(one.id.clone()),
            found => return one(found, part),
        }
        let words: Vec<String> = part.split_whitespace().map(str::to_lowercase).collect();
        self.by_feature(part, |feature| !words.is_empty() && words.iter().all(|word| feature.contains(word.as_str())))
    }

    /// The same, and where nothing is found, the session whose feature has these letters in this order.
    ///
    /// # Errors
    /// `session.unknown` and `session.ambiguous`.
    pub fn closest(&self, part: &str) -> Result<SessionId, Refusal> {
        match self.resolve(part) {
            Err(refusal) if refusal.code == Code::SessionUnknown => {
                let letters: Vec<char> = part.to_lowercase().chars().filter(|ch| !ch.is_whitespace()).collect();
                self.by_feature(part, |feature| {
                    let mut rest = feature.chars();
                    !letters.is_empty() && letters.iter().all(|letter| rest.any(|ch| ch == *letter))
                })
            }
            found => found,
        }
    }

    fn by_feature(&self, part: &str, fits: impl Fn(&str) -> bool) -> Result<SessionId, Refusal> {
        let newest = self.store.newest(None, LIST_MAX)?;
        let found: Vec<State> = newest.into_iter().filter(|state| fits(&state.feature.to_lowercase())).collect();
        one(&found, part)
    }
}

fn one(found: &[State], part: &str) -> Result<SessionId, Refusal> {
    match found {
        [one] => Ok(one.id.clone()),
        [] => Err(unknown(part)),
        several => {
            let line = |state: &State| format!("{} ({})", state.id, state.feature.lines().next().unwrap_or_default());
            let named: Vec<String> = several.iter().take(NAMED).map(line).collect();
            let more = if several.len() > NAMED { ", …" } else { "" };
            let message = format!("More than one session matches “{part}”: {}{more}.", named.join(", "));
            Err(Refusal::new(Code::SessionAmbiguous, message))
        }
    }
}

/// Where the session stands that is meant, in one short line for a shell prompt. Nothing where no session is active, or where it cannot be
/// said at once: so nothing is made, migrated or folded here.
///
/// # Errors
/// `file.unreadable` for the folder.
pub fn prompt_line(places: &Places, choice: &SessionChoice) -> Result<Option<String>, Refusal> {
    let session = match &choice.named {
        Some(named) => Some(named.clone()),
        None => Project::at(choice.folder.as_deref())?.active().map(|session| session.to_string()),
    };
    Ok(session.and_then(|session| kept_line(places, &session)))
}

fn kept_line(places: &Places, session: &str) -> Option<String> {
    let (database, kept) = (places.data.join(super::DATABASE), places.data.join(PROMPT_LINE));
    let now = hex(&store::fingerprint(&database)?);
    let seen = format!("{session}\n{now}\n");
    if let Some(line) = bounded::text(&kept, LINE_MAX).ok().as_deref().and_then(|text| text.strip_prefix(seen.as_str()))
    {
        return Some(line.to_owned());
    }
    let line = looked(&database, session)?;
    // Only what was seen at one fingerprint is kept. Where it cannot be kept, the next look is a whole one again.
    if store::fingerprint(&database).is_some_and(|after| hex(&after) == now) {
        let _ = atomic_file::note(&kept, format!("{seen}{line}"), For::Owner);
    }
    Some(line)
}

/// The file that keeps the last prompt_line, with the fingerprint of the database at which it was taken.
const PROMPT_LINE: &str = "prompt_line";
/// It has two short lines and the one that is shown.
const LINE_MAX: u64 = 4 << 10;

fn looked(database: &Path, session: &str) -> Option<String> {
    let PromptLine { phases, abandoned } = store::prompt_line(database, session)?;
    let done = phases.iter().filter(|phase| phase.done).count();
    let of = phases.len();
    if abandoned {
        return Some(format!("– {done}/{of}"));
    }
    let Some(current) = phases.iter().find(|phase| !phase.done) else {
        return Some(format!("✓ {done}/{of}"));
    };
    let mark = match (current.failed, current.asked) {
        (true, _) => "!",
        (false, true) => "…",
        (false, false) => "·",
    };
    Some(format!("{} {}/{of} {mark}", current.letter, done + 1))
}
