//! Verbs for the files of a reply: what would become of them, having it done, and taking it back.

use super::session_context::SessionContext;
use super::{At, Output, phase, print};
use clap::Args;
use prompt_runner_core::changes::FilePath;
use prompt_runner_core::phase::Phase;
use prompt_runner_core::protocol::answer::ChangePlan;
use prompt_runner_core::protocol::{Handler as _, Reply, ask};
use prompt_runner_core::refusal::{Code, Refusal};
use std::io::{self, BufRead as _, IsTerminal as _, Read as _, Write};

pub(super) const EXAMPLES: &str = "Examples:
  prompt-runner apply --dry-run                 what would become of each file
  prompt-runner apply                           the same, and after your word it is done
  prompt-runner apply --skip docs/notes.md      all files but this one
  prompt-runner apply --only src/main.rs --yes  this file, without asking
  prompt-runner undo                            every file is as it was before, to the byte

All files are changed or none. What stood in them is kept, whatever git knows of it; git itself is not touched.";

#[derive(Args)]
pub(in crate::cli) struct ApplyArgs {
    /// The phase whose reply is meant; else the newest with files
    #[arg(long, value_parser = phase)]
    phase: Option<Phase>,
    /// Only say what would be done
    #[arg(long, conflicts_with = "yes")]
    dry_run: bool,
    /// Only this file; may be given several times
    #[arg(long, value_name = "FILE", value_parser = path)]
    only: Vec<FilePath>,
    /// Not this file; may be given several times
    #[arg(long, value_name = "FILE", value_parser = path)]
    skip: Vec<FilePath>,
    /// This file, although no reply may change it
    #[arg(long, value_name = "FILE", value_parser = path)]
    allow: Vec<FilePath>,
    /// Do not ask
    #[arg(long, short)]
    yes: bool,
    #[command(flatten)]
    pub(super) at: At,
}

#[derive(Args)]
pub(in crate::cli) struct UndoArgs {
    /// The step, where it is not the newest one
    #[arg(conflicts_with = "list")]
    step: Option<i64>,
    /// Say what was done to files in this session
    #[arg(long)]
    list: bool,
    /// This file, although it was changed since
    #[arg(long, value_name = "FILE", value_parser = path)]
    force: Vec<FilePath>,
    #[command(flatten)]
    pub(super) at: At,
}

#[derive(Args)]
pub(in crate::cli) struct RestoreArgs {
    /// The step to go back to: what was done after it is taken back
    #[arg(long = "at", value_name = "STEP")]
    step: i64,
    /// This file, although it was changed since
    #[arg(long, value_name = "FILE", value_parser = path)]
    force: Vec<FilePath>,
    #[command(flatten)]
    pub(super) which: At,
}

/// A path from the project's root.
fn path(text: &str) -> Result<FilePath, String> {
    FilePath::new(text).map_err(|fault| fault.text().to_owned())
}

impl SessionContext {
    pub(super) fn apply(&mut self, args: &ApplyArgs, out: &mut dyn Write) -> Result<Output, Refusal> {
        let session = self.session(&args.at)?;
        let plan = self.runner.ask(ask::Changes { session: session.clone(), phase: args.phase })?;
        if args.dry_run {
            return Ok(Output::of(plan));
        }
        let files = args.files(&plan)?;
        let (phase, token) = (Some(plan.phase), plan.token.clone());
        if !args.yes {
            let count = files.as_ref().map_or(plan.files.len(), Vec::len);
            if !args.at.json {
                print::reply(out, &Reply::from(plan))
                    .and_then(|()| out.flush())
                    .map_err(|error| super::unwritable(&error))?;
            }
            agreed(count)?;
        }
        Ok(Output::of(self.runner.ask(ask::Apply { session, phase, token, files, allow: args.allow.clone() })?))
    }

    pub(super) fn undo(&mut self, args: UndoArgs) -> Result<Output, Refusal> {
        let session = self.session(&args.at)?;
        if args.list {
            return Ok(Output::of(self.runner.ask(ask::Steps { session })?));
        }
        Ok(Output::of(self.runner.ask(ask::Undo { session, step: args.step, force: args.force })?))
    }

    pub(super) fn outcome(&mut self, at: &At) -> Result<Output, Refusal> {
        let session = self.session(at)?;
        Ok(Output::of(self.runner.ask(ask::Outcome { session })?))
    }

    pub(super) fn restore(&mut self, args: RestoreArgs) -> Result<Output, Refusal> {
        let session = self.session(&args.which)?;
        Ok(Output::of(self.runner.ask(ask::Restore { session, step: args.step, force: args.force })?))
    }
}

impl ApplyArgs {
    /// The files that are wanted; nothing where all of them are.
    fn files(&self, plan: &ChangePlan) -> Result<Option<Vec<FilePath>>, Refusal> {
        if self.only.is_empty() && self.skip.is_empty() {
            return Ok(None);
        }
        let known = |path: &FilePath| {
            plan.files.iter().any(|file| file.path == *path)
                || plan.faults.iter().any(|fault| fault.path.as_deref() == Some(path.as_str()))
        };
        if let Some(other) = self.only.iter().chain(&self.skip).find(|path| !known(path)) {
            return Err(Refusal::new(Code::ChangesNone, format!("The reply does not change {other}.")));
        }
        let all = plan.files.iter().map(|file| &file.path);
        let wanted = all.filter(|path| (self.only.is_empty() || self.only.contains(path)) && !self.skip.contains(path));
        Ok(Some(wanted.cloned().collect()))
    }
}

/// Has the developer agree.
fn agreed(files: usize) -> Result<(), Refusal> {
    let refused = |message: &str| Refusal::new(Code::ChangesUnagreed, message);
    if !io::stdin().is_terminal() {
        return Err(refused("Nothing was applied, because nobody agreed to it."));
    }
    let what = if files == 1 { "this file".to_owned() } else { format!("these {files} files") };
    let _ = write!(io::stderr(), "Change {what}? [y/N] ");
    let mut line = String::new();
    let read = io::stdin().lock().take(100).read_line(&mut line);
    match (read, line.trim().to_lowercase().as_str()) {
        (Ok(_), "y" | "yes") => Ok(()),
        _ => Err(refused("Nothing was applied.")),
    }
}
