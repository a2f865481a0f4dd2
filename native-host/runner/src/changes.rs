//! What a reply does to the files of its project: shown before anything is done, done all or not at all, and taken back to the byte.

mod plan;
mod steps;
mod undo;

use self::steps::Change;
use super::Runner;
use crate::atomic_file::{self, For};
use crate::bounded;
use crate::hex::hash;
use crate::project;
use crate::tree::{Tree, TreeError};
use prompt_runner_core::event::{Cause, PhaseState, State};
use prompt_runner_core::phase::Phase;
use prompt_runner_core::protocol::answer::{ChangePlan, ChangeSteps, FilesDone, FilesOutcome};
use prompt_runner_core::protocol::{Handler, ask};
use prompt_runner_core::refusal::{Code, Refusal};
use prompt_runner_core::status::view;
use std::fs::{File, TryLockError};
use std::io::{self, ErrorKind};
use std::time::{Duration, Instant};

/// How long another program may take that changes files.
const PATIENCE: Duration = Duration::from_secs(30);

impl Handler<ask::Changes> for Runner {
    type Refusal = Refusal;

    fn ask(&mut self, ask::Changes { session, phase }: ask::Changes) -> Result<ChangePlan, Refusal> {
        let state = self.state(&session)?;
        let tree = tree(&state)?;
        let at = phase_with_files(&state, phase)?;
        let plan = self.change_plan(&state, at, &tree)?;
        Ok(plan.answer(view(&state), at.phase))
    }
}

impl Handler<ask::Apply> for Runner {
    type Refusal = Refusal;

    fn ask(&mut self, request: ask::Apply) -> Result<FilesDone, Refusal> {
        let ask::Apply { session, phase, token, files, allow } = request;
        let _lock = self.alone()?;
        self.recover(&session)?;
        let state = self.state(&session)?;
        let tree = tree(&state)?;
        let at = phase_with_files(&state, phase)?;
        let plan = self.change_plan(&state, at, &tree)?;
        if plan.token() != token {
            let message = "The files are no longer as they were when the changes were shown.";
            return Err(Refusal::new(Code::ChangesMoved, message));
        }
        let cause = Cause::Apply { phase: at.phase, reply: plan.reply.clone() };
        let changes = plan.chosen(files.as_deref(), &allow)?;
        self.carry_out(&session, &tree, cause, changes)
    }
}

impl Handler<ask::Undo> for Runner {
    type Refusal = Refusal;

    fn ask(&mut self, request: ask::Undo) -> Result<FilesDone, Refusal> {
        let ask::Undo { session, step, force } = request;
        let _lock = self.alone()?;
        self.recover(&session)?;
        let state = self.state(&session)?;
        let tree = tree(&state)?;
        let step = undo::meant(&state, step)?;
        let changes = self.taken_back(&session, &tree, &[step], &force)?;
        self.carry_out(&session, &tree, Cause::Undo { step }, changes)
    }
}

impl Handler<ask::Restore> for Runner {
    type Refusal = Refusal;

    fn ask(&mut self, ask::Restore { session, step, force }: ask::Restore) -> Result<FilesDone, Refusal> {
        let _lock = self.alone()?;
        self.recover(&session)?;
        let state = self.state(&session)?;
        let tree = tree(&state)?;
        let later = undo::later(&state, step)?;
        let changes = self.taken_back(&session, &tree, &later, &force)?;
        self.carry_out(&session, &tree, Cause::Restore { step }, changes)
    }
}

impl Handler<ask::Steps> for Runner {
    type Refusal = Refusal;

    fn ask(&mut self, ask::Steps { session }: ask::Steps) -> Result<ChangeSteps, Refusal> {
        // While another program is at it, nothing was interrupted.
        if let Some(_lock) = self.lock()? {
            self.recover(&session)?;
        }
        let state = self.state(&session)?;
        Ok(ChangeSteps { steps: undo::listed(&state), view: view(&state) })
    }
}

impl Handler<ask::Outcome> for Runner {
    type Refusal = Refusal;

    fn ask(&mut self, ask::Outcome { session }: ask::Outcome) -> Result<FilesOutcome, Refusal> {
        let state = self.state(&session)?;
        let files = self.outcome(&state, &tree(&state)?)?;
        Ok(FilesOutcome { files, view: view(&state) })
    }
}

impl Runner {
    /// Waits until no other program changes files, and keeps others waiting until it is dropped: a step that is under way would look like one that
    /// was interrupted. The system lets go of it where a program is killed.
    fn alone(&self) -> Result<File, Refusal> {
        let begun = Instant::now();
        loop {
            if let Some(lock) = self.lock()? {
                return Ok(lock);
            }
            if begun.elapsed() > PATIENCE {
                return Err(Refusal::new(Code::ChangesMoved, "Another program changes files just now."));
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// The same without waiting; nothing where another program has it.
    fn lock(&self) -> Result<Option<File>, Refusal> {
        let path = self.store.path().with_file_name("changes.lock");
        let refused = |error: io::Error| {
            Refusal::new(Code::StoreReadOnly, format!("{} cannot be used: {error}.", path.display()))
        };
        match atomic_file::new(&path, For::Owner) {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(refused(error)),
            _ => {}
        }
        let file = bounded::open_itself(&path).map_err(refused)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(file)),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(refused(error)),
        }
    }
}

/// The folder of a session's project.
fn tree(state: &State) -> Result<Tree, Refusal> {
    let Some(project) = &state.project else {
        let message = "This session has no project, so there is no folder whose files could be changed.";
        return Err(Refusal::new(Code::ProjectNone, message));
    };
    let folder = project::folder(project);
    let refused = |error| Refusal::new(Code::FileUnreadable, format!("{} cannot be read: {error}.", folder.display()));
    Tree::open(&folder).map_err(refused)
}

/// The phase whose reply is meant: the one that is named, else the newest with files and a reply.
fn phase_with_files(state: &State, phase: Option<Phase>) -> Result<&PhaseState, Refusal> {
    let none = |message: String| Refusal::new(Code::ChangesNone, message);
    let has = |at: &&PhaseState| at.reply().is_some() && at.outline.files_sections().next().is_some();
    match phase {
        Some(phase) => {
            let at = state.phase(phase).ok_or_else(|| {
                Refusal::new(
                    Code::PhaseUnknown,
                    format!("The workflow of this session has no phase “{}”.", phase.name()),
                )
            })?;
            Some(at).filter(has).ok_or_else(|| none(format!("{} has no reply with files.", at.outline.title)))
        }
        None => state
            .phases
            .iter()
            .rev()
            .find(has)
            .ok_or_else(|| none("No phase of this session has a reply with files yet.".to_owned())),
    }
}

impl From<TreeError> for Refusal {
    fn from(error: TreeError) -> Self {
        Self::new(Code::ProjectFiles, format!("{error}."))
    }
}
