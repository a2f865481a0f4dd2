//! What git says of a session's project when the session begins and when it ends. Git is asked before the log is written to, for
//! others must not wait for it; what it said enters with the event that begins or ends the session, and only then.

use crate::{git, project};
use prompt_runner_core::event::{Event, Language, Moment, State};
use prompt_runner_core::machine::{self, Command};
use prompt_runner_core::refusal::{Code, Refusal};
use std::io::ErrorKind;
use std::path::Path;

/// Whether work can begin in this project. A folder that is not there may have been, or will be; what is no folder never was a project.
///
/// # Errors
/// `request.invalid`.
pub(super) fn check(project: Option<&str>) -> Result<(), Refusal> {
    let is_other = |folder: &Path| match folder.metadata() {
        Ok(data) => !data.is_dir(),
        Err(error) => error.kind() == ErrorKind::NotADirectory,
    };
    if project.map(project::folder).is_some_and(|folder| is_other(&folder)) {
        return Err(Refusal::new(Code::RequestInvalid, "The project is there and is not a folder."));
    }
    Ok(())
}

/// What is known at the start of a session in this project.
pub(super) fn at_begin(project: Option<&str>) -> Option<Event> {
    let (work, _) = git::look(&project::folder(project?), None)?;
    Some(seen(Moment::Begin, work))
}

/// What is known at the end of this session, if this wish is going to end it.
pub(super) fn at_end(state: &State, command: &Command) -> Vec<Event> {
    let Some(project) = &state.project else { return Vec::new() };
    if !machine::decide(state, command.clone()).is_ok_and(|events| ends(&events)) {
        return Vec::new();
    }
    let Some((work, change)) = git::look(&project::folder(project), state.commit.as_deref()) else { return Vec::new() };
    let measured = change.map(|change| Event::CodeMeasured {
        files: change.files,
        added: change.added,
        removed: change.removed,
        tests: change.tests,
        languages: change
            .languages
            .into_iter()
            .map(|(name, files)| Language { name: name.to_owned(), files })
            .collect(),
    });
    std::iter::once(seen(Moment::End, work)).chain(measured).collect()
}

/// These events, and beside the end of a session what was seen at it. Of two programs that foresaw the end only one brings it
/// about, so it stands in the log once.
pub(super) fn beside(mut events: Vec<Event>, seen: &[Event]) -> Vec<Event> {
    if ends(&events) {
        events.extend_from_slice(seen);
    }
    events
}

fn ends(events: &[Event]) -> bool {
    events.contains(&Event::SessionCompleted {})
}

fn seen(moment: Moment, work: git::Work) -> Event {
    let git::Work { branch, commit, user } = work;
    Event::WorkSeen { moment, branch, commit, user }
}
