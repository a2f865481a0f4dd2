//! Changes of files as words for a person at a terminal: a plan with its differences, what was done, and the list of steps.

use super::print::{after, paint, safe};
use anstyle::AnsiColor;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use prompt_runner_core::changes::{Grade, Note};
use prompt_runner_core::event::Cause;
use prompt_runner_core::protocol::answer::{
    ChangeKind, ChangePlan, ChangeStep, ChangeSteps, FilesDone, FilesOutcome, Left, PlanFault, PlannedFile,
};
use std::io::{self, Write};

/// A plan: each file with what becomes of it, and what cannot be applied.
pub(super) fn plan(out: &mut dyn Write, plan: &ChangePlan) -> io::Result<()> {
    for file in &plan.files {
        writeln!(out, "{}", line(file))?;
        for remark in remarks(file) {
            writeln!(out, "    {remark}")?;
        }
        for row in file.diff.lines() {
            let colour = match row.as_bytes().first() {
                Some(b'+') => AnsiColor::Green,
                Some(b'-') => AnsiColor::Red,
                Some(b'@') => AnsiColor::Yellow,
                _ => {
                    writeln!(out, "    {}", safe(row))?;
                    continue;
                }
            };
            writeln!(out, "    {}", paint(colour, &safe(row)))?;
        }
        if file.diff_cut {
            writeln!(out, "    … the rest of the difference is not shown.")?;
        }
    }
    for fault in &plan.faults {
        writeln!(out, "{} {}", paint(AnsiColor::Red, "refused "), said(fault))?;
    }
    let faults = match plan.faults.len() {
        0 => String::new(),
        1 => ", 1 change cannot be applied".to_owned(),
        count => format!(", {count} changes cannot be applied"),
    };
    writeln!(out, "\n{}{faults}.", files(plan.files.len()))
}

/// What was done, and how to take it back.
pub(super) fn done(out: &mut dyn Write, done: &FilesDone) -> io::Result<()> {
    for file in &done.files {
        let what = if file.gone {
            "deleted"
        } else if file.new {
            "new"
        } else {
            "written"
        };
        writeln!(out, "{what:<8} {}", safe(file.path.as_str()))?;
    }
    writeln!(
        out,
        "\nChanged {} in step {}. `prompt-runner undo {}` takes it back.",
        files(done.files.len()),
        done.step,
        done.step
    )?;
    writeln!(out, "{}", after(&done.view))
}

/// What is left of what a session changed.
pub(super) fn outcome(out: &mut dyn Write, outcome: &FilesOutcome) -> io::Result<()> {
    let mut counts = [0; 3];
    for file in &outcome.files {
        let (at, what) = match file.left {
            Left::Kept => (0, "kept"),
            Left::Changed => (1, "changed"),
            Left::Reverted => (2, "reverted"),
        };
        counts[at] += 1;
        writeln!(out, "{what:<8} {}", safe(file.path.as_str()))?;
    }
    let [kept, changed, reverted] = counts;
    let all = files(outcome.files.len());
    writeln!(out, "\nOf {all} that this session changed {kept} kept, {changed} changed since, {reverted} as before.")
}

/// The steps of a session.
pub(super) fn steps(out: &mut dyn Write, steps: &ChangeSteps) -> io::Result<()> {
    if steps.steps.is_empty() {
        return writeln!(out, "No files were changed in this session. `prompt-runner apply` applies a reply.");
    }
    steps.steps.iter().try_for_each(|step| writeln!(out, "{}", step_line(step)))
}

fn step_line(step: &ChangeStep) -> String {
    let what = match &step.cause {
        Cause::Apply { phase, .. } => format!("applied the reply to {}", phase.name()),
        Cause::Undo { step } => format!("took step {step} back"),
        Cause::Restore { step } => format!("went back to step {step}"),
    };
    let became = match (step.done, step.stands) {
        (false, _) => ", was interrupted and taken back",
        (true, false) => ", taken back since",
        (true, true) => "",
    };
    let time = Timestamp::from_millisecond(step.at_ms)
        .map(|at| at.to_zoned(TimeZone::system()).strftime("%Y-%m-%d %H:%M").to_string());
    format!("{:>6}  {}  {what}: {}{became}", step.step, time.unwrap_or_default(), files(step.files as usize))
}

fn files(count: usize) -> String {
    if count == 1 { "1 file".to_owned() } else { format!("{count} files") }
}

fn line(file: &PlannedFile) -> String {
    let what = match file.kind {
        ChangeKind::New => "new",
        ChangeKind::Changed => "changed",
        ChangeKind::Deleted => "deleted",
        ChangeKind::Renamed => "renamed",
        ChangeKind::Mode => "mode",
        ChangeKind::Same => "same",
    };
    let from = file.from.as_ref().map_or(String::new(), |from| format!("{} -> ", safe(from.as_str())));
    let mut counts = String::new();
    for (sign, count) in [('+', file.added), ('-', file.removed)] {
        if count > 0 {
            counts += &format!(" {sign}{count}");
        }
    }
    format!("{what:<8} {from}{}{counts}", safe(file.path.as_str()))
}

/// What a reader should know of a file beside its difference.
fn remarks(file: &PlannedFile) -> Vec<String> {
    let mut remarks = Vec::new();
    remarks.extend(file.denied.map(|danger| format!("Not applied unless you say --allow: {}.", danger.text())));
    remarks.extend(match file.grade {
        Grade::Exact => None,
        Grade::Blanks => Some("Its lines were found but for blanks at their ends.".to_owned()),
        Grade::Indentation => Some("Its lines were found at another indentation.".to_owned()),
    });
    remarks.extend(file.executable.map(|may| {
        if may { "It may be run afterwards.".to_owned() } else { "It may not be run afterwards.".to_owned() }
    }));
    let note = |note: &Note| match note {
        Note::MixedLineEnds => "Its lines end in two ways; lines that come end as most do.",
        Note::MuchShorter => "It has less than half of its lines afterwards. Look whether something was left out.",
        Note::BlanksOnly => "Only blanks differ.",
    };
    remarks.extend(file.notes.iter().map(note).map(str::to_owned));
    remarks
}

fn said(fault: &PlanFault) -> String {
    let path = fault.path.as_deref().map_or(String::new(), |path| format!("{} ", safe(path)));
    format!("{path}(line {} of the section): {}", fault.line, safe(&fault.message))
}
