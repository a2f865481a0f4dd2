//! The plan: what would become of each file, worked out against the files as they are now. Nothing is written.

use super::{Change, Runner, hash};
use crate::hex::hash_of;
use crate::tree::{Found, Tree, TreeError};
use prompt_runner_core::changes::{self, Applied, Danger, Edit, Fault, FileChange, FilePath, Grade, Note, Why};
use prompt_runner_core::event::{PhaseState, State};
use prompt_runner_core::phase::Phase;
use prompt_runner_core::protocol::answer::{ChangeKind, ChangePlan, PlanFault, PlannedFile};
use prompt_runner_core::refusal::{Code, Refusal};
use prompt_runner_core::status::{self, View};
use similar::{ChangeTag, TextDiff};
use std::collections::BTreeSet;

/// More files than that are no reply to a prompt.
const FILES_MAX: usize = 2_000;
/// So much text may come into all of them together, in bytes.
const BYTES_MAX: usize = 64 << 20;
/// Lines around a change that are shown.
const CONTEXT: usize = 3;
/// A diff that is longer is shown up to here, in lines.
const DIFF_MAX: usize = 4_000;

/// What a reply does to files.
pub(super) struct Plan {
    /// SHA-256 of the reply.
    pub reply: String,
    items: Vec<Item>,
    faults: Vec<Fault>,
}

/// One file of it.
struct Item {
    change: FileChange,
    /// What stands under its name, or under the one before.
    before: Option<Found>,
    /// What is to stand there, with its permissions.
    after: Option<(Vec<u8>, u32)>,
    grade: Grade,
    notes: Vec<Note>,
    danger: Option<Danger>,
}

impl Runner {
    /// Works out what the reply of a phase does to the files of a project.
    pub(super) fn change_plan(&self, state: &State, at: &PhaseState, tree: &Tree) -> Result<Plan, Refusal> {
        let (Some(reply), Some(expect)) = (at.reply(), status::expect(&state.id, at)) else {
            return Err(Refusal::new(Code::ChangesNone, format!("{} has no reply.", at.outline.title)));
        };
        let names: Vec<_> = at.outline.files_sections().collect();
        let sections = self.sections_of(&expect, &reply.text)?;
        let texts: Vec<String> =
            sections.into_iter().filter(|section| names.contains(&section.name)).map(|section| section.text).collect();
        let reads = changes::read_all(texts.iter().map(String::as_str));
        if reads.len() > FILES_MAX {
            return Err(too_much(format!(
                "The reply names {} files; {FILES_MAX} can be changed at once.",
                reads.len()
            )));
        }
        let mut plan = Plan { reply: reply.text.clone(), items: Vec::new(), faults: Vec::new() };
        for read in reads {
            match read.and_then(|change| item(change, tree)) {
                Ok(item) => plan.items.push(item),
                Err(fault) => plan.faults.push(fault),
            }
        }
        let bytes: usize = plan.items.iter().filter_map(|item| item.after.as_ref()).map(|(bytes, _)| bytes.len()).sum();
        if bytes > BYTES_MAX {
            return Err(too_much(format!("The changed files have {bytes} bytes; {BYTES_MAX} can be written at once.")));
        }
        Ok(plan)
    }
}

fn too_much(message: String) -> Refusal {
    Refusal::new(Code::ChangesTooMany, message)
}

fn item(change: FileChange, tree: &Tree) -> Result<Item, Fault> {
    let fault = |why| Fault { path: Some(change.at_fault(&why).to_string()), line: change.line, why };
    let read = |path: &FilePath| tree.read(path).map_err(|error| fault(no_plain(&error)));
    let before = read(change.source())?;
    if change.from.is_some() && read(&change.path)?.is_some() {
        return Err(fault(Why::FileExists));
    }
    let text = before.as_ref().map(|found| std::str::from_utf8(&found.bytes));
    let Applied { text, grade, notes } = match (text.transpose(), &change.edit) {
        (Ok(text), _) => changes::apply(&change, text).map_err(fault)?,
        // Only its name is said, so nothing of it must be understood.
        (Err(_), Edit::Gone(hunks)) if hunks.is_empty() => {
            Applied { text: None, grade: Grade::Exact, notes: Vec::new() }
        }
        (Err(_), _) => return Err(fault(Why::NotText)),
    };
    let mode = match &before {
        Some(found) => found.mode,
        None => tree.mode_of_new(&change.path).map_err(|error| fault(no_plain(&error)))?,
    };
    let mode = match change.executable {
        Some(true) => mode | (mode & 0o444) >> 2,
        Some(false) => mode & !0o111,
        None => mode,
    };
    let danger =
        changes::denied(&change.path, &[]).or_else(|| change.from.as_ref().and_then(|from| changes::denied(from, &[])));
    let after = text.map(|text| (text.into_bytes(), mode));
    Ok(Item { change, before, after, grade, notes, danger })
}

/// What stands in the way of a file.
fn no_plain(error: &TreeError) -> Why {
    let what = match error {
        TreeError::Link(_) => "a link, or behind one".to_owned(),
        TreeError::NoFile(_) => "no ordinary file, or behind a link".to_owned(),
        TreeError::Linked(_) => "a file with a second name (a hard link)".to_owned(),
        TreeError::Large(_) => "larger than 16 MiB".to_owned(),
        TreeError::Io(_, error) => format!("not to be read ({error})"),
    };
    Why::NoPlainFile { what }
}

impl Item {
    fn kind(&self) -> ChangeKind {
        match (&self.before, &self.after) {
            (_, None) => ChangeKind::Deleted,
            _ if self.change.from.is_some() => ChangeKind::Renamed,
            (None, _) => ChangeKind::New,
            (Some(before), Some((bytes, _))) if before.bytes != *bytes => ChangeKind::Changed,
            (Some(before), Some((_, mode))) if before.mode != *mode => ChangeKind::Mode,
            _ => ChangeKind::Same,
        }
    }

    fn shown(&self) -> PlannedFile {
        let text = |bytes: Option<&[u8]>| String::from_utf8_lossy(bytes.unwrap_or_default()).into_owned();
        let before = text(self.before.as_ref().map(|found| found.bytes.as_slice()));
        let after = text(self.after.as_ref().map(|(bytes, _)| bytes.as_slice()));
        let diff = TextDiff::from_lines(&before, &after);
        let (mut added, mut removed) = (0, 0);
        for change in diff.iter_all_changes() {
            match change.tag() {
                ChangeTag::Insert => added += 1,
                ChangeTag::Delete => removed += 1,
                ChangeTag::Equal => {}
            }
        }
        let lines = diff.unified_diff().context_radius(CONTEXT).to_string();
        let cut = lines.match_indices('\n').nth(DIFF_MAX).map(|(at, _)| at + 1);
        PlannedFile {
            path: self.change.path.clone(),
            from: self.change.from.clone(),
            kind: self.kind(),
            added,
            removed,
            executable: self.change.executable.filter(|_| self.kind() != ChangeKind::Same),
            form: self.change.form,
            grade: self.grade,
            notes: self.notes.clone(),
            denied: self.danger,
            diff: cut.map_or(lines.as_str(), |cut| &lines[..cut]).to_owned(),
            diff_cut: cut.is_some(),
        }
    }
}

impl Plan {
    /// A name for all that is planned and what it was planned against: another plan has another one.
    pub(super) fn token(&self) -> String {
        let mut text = self.reply.clone();
        for item in &self.items {
            let before = item.before.as_ref().map(|found| (hash_of(&found.bytes), found.mode));
            let after = item.after.as_ref().map(|(bytes, mode)| (hash_of(bytes), *mode));
            text += &format!("\n{} {:?} {before:?} {after:?}", item.change.path, item.change.from);
        }
        hash(&text)
    }

    pub(super) fn answer(&self, view: View, phase: Phase) -> ChangePlan {
        let files = self.items.iter().map(Item::shown).collect();
        let fault = |fault: &Fault| PlanFault {
            path: fault.path.clone(),
            line: u32::try_from(fault.line).unwrap_or(u32::MAX),
            message: fault.why.text(),
            why: fault.why.clone(),
        };
        ChangePlan { view, phase, token: self.token(), files, faults: self.faults.iter().map(fault).collect() }
    }

    /// The changes of the files that the developer wants; of all of them where none is named. `allow` names those that are denied and wanted all the same.
    pub(super) fn chosen(self, files: Option<&[FilePath]>, allow: &[FilePath]) -> Result<Vec<Change>, Refusal> {
        let known: BTreeSet<&FilePath> = self.items.iter().map(|item| &item.change.path).collect();
        if let Some(other) = files.into_iter().flatten().chain(allow).find(|path| !known.contains(path)) {
            return Err(Refusal::new(Code::ChangesNone, format!("Nothing is planned for {other}.")));
        }
        if files.is_none() && !self.faults.is_empty() {
            let message = match &self.faults[..] {
                [one] => format!("One change of the reply cannot be applied: {}.", said(one)),
                several => format!(
                    "{} changes of the reply cannot be applied; the first: {}.",
                    several.len(),
                    said(&several[0])
                ),
            };
            return Err(Refusal::new(Code::ChangesUnclear, message));
        }
        let wanted = |item: &Item| files.is_none_or(|files| files.contains(&item.change.path));
        let (mut changes, any) = (Vec::new(), !self.items.is_empty());
        for item in self.items.into_iter().filter(wanted) {
            if let Some(danger) = item.danger.filter(|_| !allow.contains(&item.change.path)) {
                let message = format!("{} is not changed by a reply: {}.", item.change.path, danger.text());
                return Err(Refusal::new(Code::ChangesDenied, message));
            }
            if item.kind() == ChangeKind::Same {
                continue;
            }
            let Item { change, before, after, .. } = item;
            if let Some(from) = change.from {
                changes.push(Change { path: from, before, after: None });
                changes.push(Change { path: change.path, before: None, after });
            } else {
                changes.push(Change { path: change.path, before, after });
            }
        }
        if changes.is_empty() {
            let message = if any { "Every file is as the reply says already." } else { "The reply names no file." };
            return Err(Refusal::new(Code::ChangesNone, message));
        }
        Ok(changes)
    }
}

/// A fault as a clause.
fn said(fault: &Fault) -> String {
    match &fault.path {
        Some(path) => format!("{path} (line {}): {}", fault.line, fault.why.text()),
        None => format!("line {}: {}", fault.line, fault.why.text()),
    }
}
