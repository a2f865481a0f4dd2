//! Sessions of the predecessor, from the folder in which they lie into the record: what there is, what the record knows of it, and what
//! became of each. Nothing of the folder is changed.

use super::{Known, Runner, survey};
use crate::legacy::Workspace;
use crate::places::Places;
use crate::project::{self, Project};
use prompt_runner_core::event::{Event, State};
use prompt_runner_core::legacy::{Left, Plan};
use prompt_runner_core::phase::Phase;
use prompt_runner_core::refusal::Refusal;
use prompt_runner_core::reply::{SectionState, Trailer};
use prompt_runner_core::status::{PhaseView, view};
use std::path::PathBuf;

/// What somebody wants to have brought over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewMigration {
    /// The predecessor's workspace, or the folder that holds it.
    pub folder: PathBuf,
    /// A folder of the project that the sessions belong to; else the folder that holds the workspace.
    pub project: Option<PathBuf>,
    /// Whether it is done, or only said what would be done.
    pub apply: bool,
}

/// What was found in a workspace, and what became of it.
#[derive(Debug)]
pub struct Migration {
    /// The workspace, by its real path.
    pub workspace: PathBuf,
    /// The project of its sessions.
    pub project: PathBuf,
    /// Its sessions.
    pub sessions: Vec<MigratedSession>,
    /// What is left where it is, by path.
    pub left: Vec<Left>,
}

/// What became of a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MigrationOutcome {
    /// It was brought over.
    Added,
    /// It would be brought over.
    ToAdd,
    /// The record has all of it.
    AlreadyHere,
    /// The record has it, and these files are newer in the workspace; they are left there.
    NewerThere(Vec<String>),
    /// The record has another session of its id.
    IdTaken,
}

impl MigrationOutcome {
    /// Its name in JSON.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::ToAdd => "to_add",
            Self::AlreadyHere => "already_here",
            Self::NewerThere(_) => "newer_there",
            Self::IdTaken => "id_taken",
        }
    }

    /// Whether it was brought over, or would be.
    #[must_use]
    pub const fn is_fresh(&self) -> bool {
        matches!(self, Self::Added | Self::ToAdd)
    }
}

/// A session of a workspace.
#[derive(Debug)]
pub struct MigratedSession {
    /// What is there.
    pub plan: Plan,
    /// How it stands; nothing where its events make no session.
    pub state: Option<State>,
    /// What became of it.
    pub outcome: MigrationOutcome,
}

impl MigratedSession {
    /// Its phases.
    #[must_use]
    pub fn phases(&self) -> Vec<PhaseView> {
        self.state.as_ref().map(|state| view(state).phases).unwrap_or_default()
    }

    /// What the reply to a phase reads like; nothing where there is none.
    #[must_use]
    pub fn reading(&self, of: Phase) -> Option<(Vec<(&str, SectionState)>, Trailer)> {
        self.plan.events.iter().find_map(|(_, event)| match event {
            Event::ReplyCaptured { phase, sections, trailer, .. } if *phase == of => {
                Some((sections.iter().map(|mark| (mark.name.as_str(), mark.state)).collect(), *trailer))
            }
            _ => None,
        })
    }
}

/// Reads a workspace, and brings its sessions over if that is wanted. Each is told at once: if the next one fails, it is there all the same.
///
/// # Errors
/// `legacy.unreadable`, `file.unreadable` for the project, every `store.*` refusal, and what `notify` refuses.
pub fn migrate(
    places: &Places,
    wanted: &NewMigration,
    notify: &mut dyn FnMut(&MigratedSession) -> Result<(), Refusal>,
) -> Result<Migration, Refusal> {
    let workspace = Workspace::read(&wanted.folder)?;
    let project = match &wanted.project {
        Some(folder) => Project::at(Some(folder))?.root().to_owned(),
        None => workspace.root.parent().unwrap_or(&workspace.root).to_owned(),
    };
    let found = survey(workspace.files, &project::named(&project));
    let mut left = found.left;
    left.extend(workspace.left);
    left.sort_by(|one, other| one.path.cmp(&other.path));
    let mut runner = if wanted.apply { Some(Runner::open(places)?) } else { Runner::open_existing(places)? };
    let mut sessions = Vec::new();
    for plan in found.plans {
        let known = match &mut runner {
            Some(runner) if wanted.apply => runner.import(&plan)?,
            Some(runner) => runner.known(&plan)?,
            None => Known::Nothing,
        };
        let outcome = match known {
            Known::Nothing if wanted.apply => MigrationOutcome::Added,
            Known::Nothing => MigrationOutcome::ToAdd,
            Known::Whole => MigrationOutcome::AlreadyHere,
            Known::Earlier(files) => MigrationOutcome::NewerThere(files),
            Known::Another => MigrationOutcome::IdTaken,
        };
        let session = MigratedSession { state: plan.state(), plan, outcome };
        notify(&session)?;
        sessions.push(session);
    }
    Ok(Migration { workspace: workspace.root, project, sessions, left })
}
