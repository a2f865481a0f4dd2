//! `prompt-runner db`: looks after the record, for whoever wants to be sure of it.

mod upkeep;
mod verify;

use super::unwritable;
use clap::{Args, Subcommand};
use prompt_runner_core::refusal::Refusal;
use runner::Runner;
use runner::places::Places;
use serde_json::json;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Subcommand)]
pub(super) enum Verb {
    /// Play the log again and compare what follows from it with what the figures are read from
    Verify(Form),
    /// Make what the figures are read from anew out of the log
    Rebuild(Form),
    /// Copy the record into a new file and examine the copy; others may go on writing meanwhile
    Backup {
        /// The file to make; one that is there is never overwritten
        file: PathBuf,
        #[command(flatten)]
        form: Form,
    },
    /// Drop the prompts and replies of sessions that ended long ago; without `--yes` only say what would be dropped
    Prune {
        /// Sessions that ended, and in which nothing has happened, for this many days
        #[arg(long, value_name = "DAYS")]
        older_than: u32,
        /// Do it: there is no way back but a backup
        #[arg(long)]
        yes: bool,
        #[command(flatten)]
        form: Form,
    },
}

#[derive(Args)]
pub(super) struct Form {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Verb {
    pub(super) const fn wants_json(&self) -> bool {
        match self {
            Self::Verify(form) | Self::Rebuild(form) => form.json,
            Self::Backup { form, .. } | Self::Prune { form, .. } => form.json,
        }
    }
}

/// Does it.
pub(super) fn run(verb: &Verb, out: &mut dyn Write) -> Result<ExitCode, Refusal> {
    let mut runner = Runner::open_for_upkeep(&Places::here()?)?;
    let json = verb.wants_json();
    let words = match verb {
        Verb::Verify(_) => return verify::verify(&runner.verify()?, json, out),
        Verb::Rebuild(_) => {
            runner.rebuild()?;
            if json {
                json!({ "rebuilt": true }).to_string()
            } else {
                "Everything that follows from the log was made anew.".to_owned()
            }
        }
        Verb::Backup { file, .. } => upkeep::backup(&runner, file, json)?,
        Verb::Prune { older_than, yes: false, .. } => upkeep::survey(&runner, *older_than, json)?,
        Verb::Prune { older_than, yes: true, .. } => upkeep::prune(runner, *older_than, json)?,
    };
    writeln!(out, "{words}").map_err(|error| unwritable(&error))?;
    Ok(ExitCode::SUCCESS)
}
