//! `prompt-runner migrate`: brings the sessions of the predecessor over. Without `--apply` it says what it would do, and does nothing.

use super::{print, read, unwritable};
use clap::Args;
use prompt_runner_core::legacy::{Left, Plan};
use prompt_runner_core::refusal::Refusal;
use prompt_runner_core::status::PhaseView;
use runner::places::Places;
use runner::{MigratedSession, Migration, MigrationOutcome, NewMigration};
use serde_json::{Map, Value, json};
use std::io::{self, Write};
use std::path::PathBuf;

pub(super) const EXAMPLES: &str = "Examples:
  prompt-runner migrate ~/shop                          says what would be done
  prompt-runner migrate ~/shop --apply                  does it
  prompt-runner status --session dark_mode_20250624     an old id, or its beginning, stays a name";

#[derive(Args)]
pub(super) struct MigrateArgs {
    /// The predecessor's `orchestrator_workspace`, or the folder that holds it
    dir: PathBuf,
    /// Do it; without this it is only said what would be done
    #[arg(long)]
    apply: bool,
    /// The project that the sessions belong to; else the folder that holds the workspace
    #[arg(long, value_name = "DIR")]
    project: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    pub(super) json: bool,
}

/// Has the workspace read, and its sessions brought over if that was asked for.
pub(super) fn migrate(args: &MigrateArgs, out: &mut dyn Write) -> Result<(), Refusal> {
    let wanted = NewMigration { folder: args.dir.clone(), project: args.project.clone(), apply: args.apply };
    let mut print = |session: &MigratedSession| {
        if args.json { Ok(()) } else { show(session, out).map_err(|error| unwritable(&error)) }
    };
    let migration = runner::migrate(&Places::here()?, &wanted, &mut print)?;
    let written = if args.json {
        writeln!(out, "{}", as_json(&migration, args.apply))
    } else {
        sum_up(out, &migration, args.apply)
    };
    written.map_err(|error| unwritable(&error))
}

fn as_json(migration: &Migration, applied: bool) -> Value {
    let (workspace, project) = (migration.workspace.display().to_string(), migration.project.display().to_string());
    let left: Vec<_> = migration.left.iter().map(|left| json!({ "path": left.path, "why": left.why })).collect();
    let sessions: Vec<_> = migration.sessions.iter().map(session_as_json).collect();
    json!({ "workspace": workspace, "project": project, "applied": applied, "sessions": sessions, "left": left })
}

fn feature(session: &MigratedSession) -> &str {
    session.state.as_ref().map_or("", |state| &state.feature)
}

/// The names of the texts that are kept beside a session.
fn beside(session: &MigratedSession) -> Vec<&str> {
    session.state.iter().flat_map(|state| &state.attachments).map(|kept| kept.name.as_str()).collect()
}

fn session_as_json(session: &MigratedSession) -> Value {
    let MigratedSession { plan, state, outcome } = session;
    let newer: &[String] = if let MigrationOutcome::NewerThere(files) = outcome { files } else { &[] };
    let reading = |phase: &PhaseView| {
        let (sections, trailer) = session.reading(phase.phase)?;
        let sections: Map<_, _> = sections.into_iter().map(|(name, state)| (name.to_owned(), json!(state))).collect();
        Some(json!({ "sections": sections, "trailer": trailer, "problem": phase.problem }))
    };
    let phase = |phase: &PhaseView| {
        json!({
            "phase": phase.phase, "stand": phase.stand, "prompted_ms": phase.prompted_ms,
            "captured_ms": phase.captured_ms, "bytes": phase.bytes, "reads": reading(phase),
        })
    };
    let phases: Vec<_> = session.phases().iter().map(phase).collect();
    json!({
        "old": plan.old, "id": plan.id, "status": plan.status, "outcome": outcome.name(), "newer": newer,
        "feature": feature(session), "standing": state.as_ref().map(|state| state.standing),
        "started_ms": state.as_ref().map(|state| state.started_ms),
        "phases": phases, "beside": beside(session), "odd": plan.notes,
    })
}

fn show(session: &MigratedSession, out: &mut dyn Write) -> io::Result<()> {
    let Plan { old, id, status, notes, .. } = &session.plan;
    let outcome = match &session.outcome {
        MigrationOutcome::Added => "brought over".to_owned(),
        MigrationOutcome::ToAdd => "would be brought over".to_owned(),
        MigrationOutcome::AlreadyHere => "already here".to_owned(),
        MigrationOutcome::NewerThere(files) => {
            format!("already here; newer in the workspace, and left there: {}", files.join(", "))
        }
        MigrationOutcome::IdTaken => "left there: the record has another session of this id".to_owned(),
    };
    writeln!(out, "{} → {id}: {}", print::safe(old), print::safe(&outcome))?;
    writeln!(out, "  {}", print::safe(print::first_line(feature(session))))?;
    writeln!(out, "  status there: {}", print::safe(status))?;
    for phase in &session.phases() {
        writeln!(out, "  {}", print::row(phase).trim_end())?;
        if let Some((sections, trailer)) = session.reading(phase.phase) {
            let sections: Vec<_> =
                sections.iter().map(|(name, state)| format!("{name} {}", read::name(*state))).collect();
            writeln!(out, "      reads: {}; trailer {}", sections.join(", "), read::name(trailer))?;
        }
    }
    let beside = beside(session);
    if !beside.is_empty() {
        writeln!(out, "  kept beside: {}", print::safe(&beside.join(", ")))?;
    }
    for note in notes {
        writeln!(out, "  odd: {}", print::safe(note))?;
    }
    writeln!(out)
}

fn sum_up(out: &mut dyn Write, migration: &Migration, applied: bool) -> io::Result<()> {
    let Migration { sessions, left, .. } = migration;
    if !left.is_empty() {
        writeln!(out, "Left where it is:")?;
        for Left { path, why } in left {
            writeln!(out, "  {}: {}", print::safe(path), print::safe(why))?;
        }
        writeln!(out)?;
    }
    let fresh = sessions.iter().filter(|session| session.outcome.is_fresh()).count();
    let (all, others) = (sessions.len(), sessions.len() - fresh);
    match (all, applied) {
        (0, _) => writeln!(out, "There are no sessions in this workspace."),
        (_, true) => writeln!(out, "Sessions: {all}. Brought over: {fresh}. Not touched: {others}."),
        (_, false) => {
            writeln!(out, "Sessions: {all}. To be brought over: {fresh}. Nothing was changed; --apply does it.")
        }
    }
}
