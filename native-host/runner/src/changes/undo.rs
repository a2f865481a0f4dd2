//! Taking steps back: every file becomes what it was before, if nobody has changed it since.

use super::Runner;
use super::steps::{Change, image, now};
use crate::tree::Tree;
use prompt_runner_core::changes::FilePath;
use prompt_runner_core::event::{FileStep, Image, State, Step};
use prompt_runner_core::protocol::answer::{ChangeStep, FileOutcome, Left};
use prompt_runner_core::refusal::{Code, Refusal};
use prompt_runner_core::session::SessionId;

/// The step that is to be taken back: the one that is named, else the newest that stands.
pub(super) fn meant(state: &State, step: Option<i64>) -> Result<i64, Refusal> {
    let none = |message: String| Refusal::new(Code::ChangesNone, message);
    match step {
        Some(step) if state.stands(step) => Ok(step),
        Some(step) if state.steps.iter().any(|known| known.seq == step) => {
            Err(none(format!("Step {step} is taken back already, or was never done.")))
        }
        Some(step) => Err(none(format!("There is no step {step} in this session."))),
        None => state
            .newest_step()
            .map(|step| step.seq)
            .ok_or_else(|| none("No change of files stands that could be taken back.".to_owned())),
    }
}

/// The steps after one that is to be gone back to, the newest first.
pub(super) fn later(state: &State, step: i64) -> Result<Vec<i64>, Refusal> {
    if !state.steps.iter().any(|known| known.seq == step && known.done == Some(true)) {
        return Err(Refusal::new(Code::ChangesNone, format!("There is no step {step} in this session that was done.")));
    }
    let later: Vec<i64> = state
        .steps
        .iter()
        .rev()
        .filter(|known| known.seq > step && known.done == Some(true))
        .map(|known| known.seq)
        .collect();
    if later.is_empty() {
        return Err(Refusal::new(Code::ChangesNone, format!("Nothing was changed after step {step}.")));
    }
    Ok(later)
}

/// The steps of a session as they are shown.
pub(super) fn listed(state: &State) -> Vec<ChangeStep> {
    let shown = |step: &Step| ChangeStep {
        step: step.seq,
        at_ms: step.at_ms,
        cause: step.cause.clone(),
        files: u32::try_from(step.files).unwrap_or(u32::MAX),
        done: step.done.unwrap_or_default(),
        stands: state.stands(step.seq),
    };
    state.steps.iter().map(shown).collect()
}

impl Runner {
    /// What is left of the changes of a session that stand.
    pub(super) fn outcome(&self, state: &State, tree: &Tree) -> Result<Vec<FileOutcome>, Refusal> {
        let mut files: Vec<FileStep> = Vec::new();
        for step in state.steps.iter().filter(|step| step.done == Some(true)) {
            for file in self.step(&state.id, step.seq)?.0 {
                match files.iter_mut().find(|known| known.path == file.path) {
                    Some(known) => known.after = file.after,
                    None => files.push(file),
                }
            }
        }
        // What was taken back as a whole is no change.
        files.retain(|file| file.before != file.after);
        let left = |file: FileStep| -> Result<FileOutcome, Refusal> {
            let stands = now(tree, &file.path)?;
            let left = match stands {
                stands if stands == file.after => Left::Kept,
                stands if stands == file.before => Left::Reverted,
                _ => Left::Changed,
            };
            Ok(FileOutcome { path: file.path, left })
        };
        files.into_iter().map(left).collect()
    }

    /// What takes steps back, the newest first. `force` names files that were changed since and are to be put back all the same.
    pub(super) fn taken_back(
        &self,
        session: &SessionId,
        tree: &Tree,
        steps: &[i64],
        force: &[FilePath],
    ) -> Result<Vec<Change>, Refusal> {
        // For each file what must stand there now, and what is to stand there: what it was before the oldest of the steps.
        let mut files: Vec<(FilePath, Option<Image>, Option<Image>)> = Vec::new();
        for step in steps {
            for file in self.step(session, *step)?.0 {
                match files.iter_mut().find(|(path, ..)| *path == file.path) {
                    Some((_, _, target)) => *target = file.before,
                    None => files.push((file.path, file.after, file.before)),
                }
            }
        }
        let (mut changes, mut changed) = (Vec::new(), Vec::new());
        for (path, expected, target) in files {
            let before = tree.read(&path)?;
            let stands = before.as_ref().map(|found| image(&found.bytes, found.mode));
            if stands == target {
                continue;
            }
            if stands != expected && !force.contains(&path) {
                changed.push(path);
                continue;
            }
            let after =
                target.map(|image| Ok::<_, Refusal>((self.bytes_of(&image, &path)?, image.mode))).transpose()?;
            changes.push(Change { path, before, after });
        }
        if !changed.is_empty() {
            let names: Vec<String> = changed.iter().take(5).map(FilePath::to_string).collect();
            let more = if changed.len() > 5 { ", …" } else { "" };
            let message = format!("Changed since then, so not put back: {}{more}.", names.join(", "));
            return Err(Refusal::new(Code::ChangesSince, message));
        }
        if changes.is_empty() {
            return Err(Refusal::new(Code::ChangesNone, "Every file is as it was already."));
        }
        Ok(changes)
    }
}
