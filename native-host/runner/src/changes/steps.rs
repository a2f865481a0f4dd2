//! A step: files become others, all of them or none. It is in the log before the first file is touched, with all that stood there, so that whoever
//! comes after a crash can bring it to its end or take it back.

use super::{Runner, tree};
use crate::hex::{hash_of, hex};
use crate::store::{Addition, KeptImage};
use crate::tree::{Found, Tree, TreeError};
use prompt_runner_core::changes::FilePath;
use prompt_runner_core::event::{Cause, Event, FileStep, Image, State, Step};
use prompt_runner_core::protocol::answer::{FileDone, FilesDone};
use prompt_runner_core::refusal::{Code, Refusal};
use prompt_runner_core::session::SessionId;
use prompt_runner_core::status::view;
use std::collections::BTreeSet;

/// One file, and what becomes of it.
#[derive(Clone, Debug)]
pub(super) struct Change {
    /// The file.
    pub path: FilePath,
    /// What stands there.
    pub before: Option<Found>,
    /// What is to stand there, with its permissions.
    pub after: Option<(Vec<u8>, u32)>,
}

impl Change {
    fn step(&self) -> FileStep {
        FileStep {
            path: self.path.clone(),
            before: self.before.as_ref().map(|found| image(&found.bytes, found.mode)),
            after: self.after.as_ref().map(|(bytes, mode)| image(bytes, *mode)),
        }
    }
}

/// A file as the log names it.
pub(super) fn image(bytes: &[u8], mode: u32) -> Image {
    Image { hash: hash_of(bytes), bytes: bytes.len() as u64, mode }
}

/// A file as it stands in a project, as the log would have it.
pub(super) fn now(tree: &Tree, path: &FilePath) -> Result<Option<Image>, TreeError> {
    Ok(tree.read(path)?.map(|found| image(&found.bytes, found.mode)))
}

/// The name of a file that is being written for a step: nobody can know it before, and whoever comes after a crash finds it by the step.
fn draft(path: &FilePath, tag: &str) -> String {
    /// So much of the file's own name fits beside the rest into 255 bytes.
    const NAME: usize = 200;
    let name = path.names().next_back().unwrap_or_default();
    let end = (0..=name.len().min(NAME)).rev().find(|at| name.is_char_boundary(*at)).unwrap_or(0);
    format!(".{}.{tag}.tmp", &name[..end])
}

impl Runner {
    /// Changes files, all of them or none, and gives the step.
    pub(super) fn carry_out(
        &mut self,
        session: &SessionId,
        tree: &Tree,
        cause: Cause,
        changes: Vec<Change>,
    ) -> Result<FilesDone, Refusal> {
        let tag = hex(&crate::random::<8>()?);
        let mut folders = BTreeSet::new();
        for change in changes.iter().filter(|change| change.after.is_some()) {
            folders.extend(tree.missing_folders(&change.path)?);
        }
        let files: Vec<FileStep> = changes.iter().map(Change::step).collect();
        let event = Event::FilesChanging {
            cause,
            tag: tag.clone(),
            files: files.clone(),
            folders: folders.iter().cloned().collect(),
        };
        let kept = |change: &Change| {
            change.before.as_ref().map(|found| KeptImage { hash: hash_of(&found.bytes), bytes: found.bytes.clone() })
        };
        let images: Vec<KeptImage> = changes.iter().filter_map(kept).collect();
        let state = self.append(session, |state| {
            if let Some(open) = state.open_step() {
                let message = format!("Step {} is under way: another program changes files of this project.", open.seq);
                return Err(Refusal::new(Code::ChangesMoved, message));
            }
            Ok(Addition { events: vec![event.clone()], images: images.clone(), ..Addition::default() })
        })?;
        let step = state.seq;
        let outcome = stage(tree, &changes, &tag)
            .and_then(|()| self::check(tree, &files))
            .and_then(|()| put(tree, &changes, &tag));
        if let Err(error) = outcome {
            let left = self.take_back(session, tree, step).map_err(|second| {
                let message = format!(
                    "{} It could not be taken back either: {} The next `prompt-runner undo --list` tries again.",
                    error.message, second.message
                );
                Refusal { message, ..second }
            })?;
            let also =
                if left.is_empty() { "" } else { " A file that somebody else changed meanwhile was left as it is." };
            return Err(Refusal { message: format!("{} Nothing was changed.{also}", error.message), ..error });
        }
        let state = self.finish(session, tree, step)?;
        let done = |file: &FileStep| FileDone {
            path: file.path.clone(),
            gone: file.after.is_none(),
            new: file.before.is_none(),
        };
        Ok(FilesDone { step, files: files.iter().map(done).collect(), view: view(&state) })
    }

    /// Brings a step to its end in whose middle a program ended: where every file is as it was to be, it is done; else it is taken back.
    pub(super) fn recover(&mut self, session: &SessionId) -> Result<(), Refusal> {
        let state = self.state(session)?;
        let Some(step) = state.open_step().map(|step| step.seq) else { return Ok(()) };
        let tree = tree(&state)?;
        let (files, tag, _) = self.step(session, step)?;
        let mut complete = true;
        for file in &files {
            complete &= now(&tree, &file.path)? == file.after;
        }
        if complete {
            for file in &files {
                tree.discard(&file.path, &draft(&file.path, &tag))?;
                tree.settle(&file.path)?;
            }
            self.finish(session, &tree, step)?;
        } else {
            self.take_back(session, &tree, step)?;
        }
        Ok(())
    }

    /// The files of a step, what its drafts are called by, and the folders that it made.
    pub(super) fn step(&self, session: &SessionId, step: i64) -> Result<(Vec<FileStep>, String, Vec<String>), Refusal> {
        let found = self.store.events(session)?.into_iter().find(|recorded| recorded.seq == step);
        match found.map(|recorded| recorded.event) {
            Some(Event::FilesChanging { files, tag, folders, .. }) => Ok((files, tag, folders)),
            _ => Err(Refusal::new(Code::ChangesNone, format!("There is no step {step} in this session."))),
        }
    }

    /// What stood in a file, from beside the log.
    pub(super) fn bytes_of(&self, image: &Image, path: &FilePath) -> Result<Vec<u8>, Refusal> {
        self.store.image(&image.hash)?.ok_or_else(|| {
            let message = format!("What stood in {path} was dropped to make room, so it cannot be put back.");
            Refusal::new(Code::ChangesPruned, message)
        })
    }

    /// Puts everything back as it was before a step. Files that are neither as they were nor as they were to be are somebody else's now, and stay.
    fn take_back(&mut self, session: &SessionId, tree: &Tree, step: i64) -> Result<Vec<FilePath>, Refusal> {
        let (files, tag, folders) = self.step(session, step)?;
        let mut left = Vec::new();
        for file in files.iter().rev() {
            let name = draft(&file.path, &tag);
            tree.discard(&file.path, &name)?;
            let stands = now(tree, &file.path).unwrap_or_default();
            if stands == file.before {
                continue;
            }
            if stands != file.after {
                left.push(file.path.clone());
                continue;
            }
            match &file.before {
                Some(image) => {
                    let bytes = self.bytes_of(image, &file.path)?;
                    tree.make_folders(&file.path)?;
                    tree.stage(&file.path, &name, &bytes, image.mode)?;
                    tree.put(&file.path, &name)?;
                }
                None => tree.remove(&file.path)?,
            }
            tree.settle(&file.path)?;
        }
        remove_folders(tree, &folders)?;
        self.end(session, step, false, left.clone())?;
        Ok(left)
    }

    /// Says that a step is done. With one that takes others back go the folders that those made, where nothing is in them.
    fn finish(&mut self, session: &SessionId, tree: &Tree, step: i64) -> Result<State, Refusal> {
        let state = self.state(session)?;
        let cause = state.steps.iter().find(|known| known.seq == step).map(|known| &known.cause);
        let undone: Vec<i64> = match cause {
            Some(Cause::Undo { step }) => vec![*step],
            Some(Cause::Restore { step: kept }) => {
                let after = |known: &&Step| known.seq > *kept && known.seq < step && known.done == Some(true);
                state.steps.iter().rev().filter(after).map(|known| known.seq).collect()
            }
            Some(Cause::Apply { .. }) | None => Vec::new(),
        };
        for earlier in undone {
            let (_, _, folders) = self.step(session, earlier)?;
            remove_folders(tree, &folders)?;
        }
        self.end(session, step, true, Vec::new())
    }

    fn end(&mut self, session: &SessionId, step: i64, done: bool, left: Vec<FilePath>) -> Result<State, Refusal> {
        let event = Event::FilesChanged { step, done, left };
        self.append(session, |state| {
            // Somebody else may have brought it to its end meanwhile.
            let open = state.open_step().is_some_and(|open| open.seq == step);
            Ok(Addition { events: if open { vec![event.clone()] } else { Vec::new() }, ..Addition::default() })
        })
    }
}

/// Writes every file beside its place.
fn stage(tree: &Tree, changes: &[Change], tag: &str) -> Result<(), Refusal> {
    for change in changes {
        if let Some((bytes, mode)) = &change.after {
            tree.make_folders(&change.path)?;
            tree.stage(&change.path, &draft(&change.path, tag), bytes, *mode)?;
        }
    }
    Ok(())
}

/// Looks once more whether every file is as it was when the step was planned.
fn check(tree: &Tree, files: &[FileStep]) -> Result<(), Refusal> {
    for file in files {
        if now(tree, &file.path)? != file.before {
            return Err(Refusal::new(
                Code::ChangesMoved,
                format!("{} was changed by somebody else just now.", file.path),
            ));
        }
    }
    Ok(())
}

/// Puts every file into its place.
fn put(tree: &Tree, changes: &[Change], tag: &str) -> Result<(), Refusal> {
    for change in changes {
        match change.after {
            Some(_) => tree.put(&change.path, &draft(&change.path, tag))?,
            None => tree.remove(&change.path)?,
        }
    }
    // Once for each folder, however many files are in it.
    let mut settled = BTreeSet::new();
    for change in changes {
        if settled.insert(change.path.folder()) {
            tree.settle(&change.path)?;
        }
    }
    Ok(())
}

/// Removes folders that a step made, the innermost first, where nothing is in them.
fn remove_folders(tree: &Tree, folders: &[String]) -> Result<(), Refusal> {
    for folder in folders.iter().rev().filter_map(|folder| FilePath::new(folder).ok()) {
        tree.remove_folder(&folder)?;
    }
    Ok(())
}
