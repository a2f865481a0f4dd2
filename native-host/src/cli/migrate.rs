//! `prompt-runner migrate`: brings the sessions of the predecessor over. Without `--apply` it says what it would do, and does nothing.

use super::{orchestrate, print, read, unwritable};
use clap::Args;
use prompt_runner_core::event::{Event, State};
use prompt_runner_core::legacy::{Left, Plan};
use prompt_runner_core::refusal::Refusal;
use prompt_runner_core::reply::{SectionState, Trailer};
use prompt_runner_core::status::{PhaseView, view};
use runner::legacy::Workspace;
use runner::places::Places;
use runner::project;
use runner::{Known, Runner, survey};
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

/// Reads the workspace, and brings its sessions over if that was asked for.
pub(super) fn migrate(args: &MigrateArgs, out: &mut dyn Write) -> Result<(), Refusal> {
    let workspace = Workspace::read(&args.dir)?;
    let project = match &args.project {
        Some(folder) => orchestrate::project(Some(folder))?.root().to_owned(),
        None => workspace.root.parent().unwrap_or(&workspace.root).to_owned(),
    };
    let mut survey = survey(workspace.files, &project::named(&project));
    survey.left.extend(workspace.left);
    survey.left.sort_by(|one, other| one.path.cmp(&other.path));
    let places = Places::here()?;
    let mut runner = if args.apply { Some(Runner::open(&places)?) } else { Runner::open_existing(&places)? };
    let mut sessions = Vec::new();
    for plan in &survey.plans {
        let known = match &mut runner {
            Some(runner) if args.apply => runner.import(plan)?,
            Some(runner) => runner.known(plan)?,
            None => Known::Nothing,
        };
        let moved = Moved { plan, state: plan.state(), known, applied: args.apply };
        // Said at once: if the next one fails, this one is there all the same.
        if !args.json {
            moved.show(out).map_err(|error| unwritable(&error))?;
        }
        sessions.push(moved);
    }
    let written = if args.json {
        let (workspace, project) = (workspace.root.display().to_string(), project.display().to_string());
        let left: Vec<_> = survey.left.iter().map(|left| json!({ "path": left.path, "why": left.why })).collect();
        let sessions: Vec<_> = sessions.iter().map(Moved::as_json).collect();
        let report = json!({
            "workspace": workspace, "project": project, "applied": args.apply, "sessions": sessions, "left": left,
        });
        writeln!(out, "{report}")
    } else {
        sum_up(out, &sessions, &survey.left, args.apply)
    };
    written.map_err(|error| unwritable(&error))
}

/// A session of the workspace, and what became of it.
struct Moved<'a> {
    plan: &'a Plan,
    state: Option<State>,
    known: Known,
    applied: bool,
}

impl Moved<'_> {
    fn phases(&self) -> Vec<PhaseView> {
        self.state.as_ref().map(|state| view(state).phases).unwrap_or_default()
    }

    fn feature(&self) -> &str {
        self.state.as_ref().map_or("", |state| &state.feature)
    }

    /// The names of the texts that are kept beside it.
    fn beside(&self) -> Vec<&str> {
        self.state.iter().flat_map(|state| &state.attachments).map(|kept| kept.name.as_str()).collect()
    }

    fn newer(&self) -> &[String] {
        if let Known::Earlier(files) = &self.known { files } else { &[] }
    }

    /// What the answer of a phase reads like.
    fn reading(&self, of: &PhaseView) -> Option<(Vec<(&str, SectionState)>, Trailer)> {
        self.plan.events.iter().find_map(|(_, event)| match event {
            Event::ReplyCaptured { phase, sections, trailer, .. } if *phase == of.phase => {
                Some((sections.iter().map(|mark| (mark.name.as_str(), mark.state)).collect(), *trailer))
            }
            _ => None,
        })
    }

    fn as_json(&self) -> Value {
        let outcome = match self.known {
            Known::Nothing if self.applied => "added",
            Known::Nothing => "to_add",
            Known::Whole => "already_here",
            Known::Earlier(_) => "newer_there",
            Known::Another => "id_taken",
        };
        let reading = |phase: &PhaseView| {
            let (sections, trailer) = self.reading(phase)?;
            let sections: Map<_, _> =
                sections.into_iter().map(|(name, state)| (name.to_owned(), json!(state))).collect();
            Some(json!({ "sections": sections, "trailer": trailer, "problem": phase.problem }))
        };
        let phase = |phase: &PhaseView| {
            json!({
                "phase": phase.phase, "stand": phase.stand, "prompted_ms": phase.prompted_ms,
                "captured_ms": phase.captured_ms, "bytes": phase.bytes, "reads": reading(phase),
            })
        };
        let phases: Vec<_> = self.phases().iter().map(phase).collect();
        json!({
            "old": self.plan.old, "id": self.plan.id, "status": self.plan.status, "outcome": outcome, "newer": self.newer(),
            "feature": self.feature(), "standing": self.state.as_ref().map(|state| state.standing),
            "started_ms": self.state.as_ref().map(|state| state.started_ms),
            "phases": phases, "beside": self.beside(), "odd": self.plan.notes,
        })
    }

    fn show(&self, out: &mut dyn Write) -> io::Result<()> {
        let Plan { old, id, status, notes, .. } = self.plan;
        let outcome = match &self.known {
            Known::Nothing if self.applied => "brought over".to_owned(),
            Known::Nothing => "would be brought over".to_owned(),
            Known::Whole => "already here".to_owned(),
            Known::Earlier(files) => {
                format!("already here; newer in the workspace, and left there: {}", files.join(", "))
            }
            Known::Another => "left there: the record has another session of this id".to_owned(),
        };
        writeln!(out, "{} → {id}: {}", print::safe(old), print::safe(&outcome))?;
        writeln!(out, "  {}", print::safe(print::first_line(self.feature())))?;
        writeln!(out, "  status there: {}", print::safe(status))?;
        for phase in &self.phases() {
            writeln!(out, "  {}", print::row(phase).trim_end())?;
            if let Some((sections, trailer)) = self.reading(phase) {
                let sections: Vec<_> =
                    sections.iter().map(|(name, state)| format!("{name} {}", read::name(*state))).collect();
                writeln!(out, "      reads: {}; trailer {}", sections.join(", "), read::name(trailer))?;
            }
        }
        if !self.beside().is_empty() {
            writeln!(out, "  kept beside: {}", print::safe(&self.beside().join(", ")))?;
        }
        for note in notes {
            writeln!(out, "  odd: {}", print::safe(note))?;
        }
        writeln!(out)
    }
}

fn sum_up(out: &mut dyn Write, sessions: &[Moved<'_>], left: &[Left], applied: bool) -> io::Result<()> {
    if !left.is_empty() {
        writeln!(out, "Left where it is:")?;
        for Left { path, why } in left {
            writeln!(out, "  {}: {}", print::safe(path), print::safe(why))?;
        }
        writeln!(out)?;
    }
    let fresh = sessions.iter().filter(|moved| moved.known == Known::Nothing).count();
    let (all, others) = (sessions.len(), sessions.len() - fresh);
    match (all, applied) {
        (0, _) => writeln!(out, "There are no sessions in this workspace."),
        (_, true) => writeln!(out, "Sessions: {all}. Brought over: {fresh}. Not touched: {others}."),
        (_, false) => {
            writeln!(out, "Sessions: {all}. To be brought over: {fresh}. Nothing was changed; --apply does it.")
        }
    }
}
