//! `prompt-runner db`: looks after the record. Copies are taken while others write; what is dropped is said first.

use super::{print, unwritable};
use crate::places::Places;
use crate::runner::Runner;
use clap::Subcommand;
use prompt_runner_core::refusal::{Code, Refusal};
use serde_json::json;
use std::io::Write;
use std::path::{Path, PathBuf};

#[derive(Subcommand)]
pub(super) enum Verb {
    /// Copy the record into a new file and examine the copy; others may go on writing meanwhile
    Backup {
        /// The file to make; one that is there is never overwritten
        file: PathBuf,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Drop the prompts and replies of sessions that ended long ago; without `--yes` only say what would be dropped
    Prune {
        /// Sessions that ended, and in which nothing has happened, for this many days
        #[arg(long, value_name = "DAYS")]
        older_than: u32,
        /// Do it: there is no way back but a backup
        #[arg(long)]
        yes: bool,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

impl Verb {
    pub(super) const fn wants_json(&self) -> bool {
        match self {
            Self::Backup { json, .. } | Self::Prune { json, .. } => *json,
        }
    }
}

pub(super) fn run(verb: &Verb, out: &mut dyn Write) -> Result<(), Refusal> {
    let runner = Runner::open_existing(&Places::here()?)?
        .ok_or_else(|| Refusal::new(Code::SessionNone, "There is no record yet: no session was ever started."))?;
    let words = match verb {
        Verb::Backup { file, json } => backup(&runner, file, *json)?,
        Verb::Prune { older_than, yes: false, json } => survey(&runner, *older_than, *json)?,
        Verb::Prune { older_than, yes: true, json } => prune(runner, *older_than, *json)?,
    };
    writeln!(out, "{words}").map_err(|error| unwritable(&error))
}

fn backup(runner: &Runner, file: &Path, json: bool) -> Result<String, Refusal> {
    let (bytes, path) = (runner.back_up(file)?, file.display().to_string());
    Ok(if json {
        json!({ "file": path, "bytes": bytes }).to_string()
    } else {
        format!("{} holds the whole record: {bytes} bytes, examined and sound.", print::safe(&path))
    })
}

fn survey(runner: &Runner, days: u32, json: bool) -> Result<String, Refusal> {
    let what = runner.prunable(days)?;
    Ok(if json {
        json!({ "pruned": false, "sessions": what.sessions, "texts": what.texts, "bytes": what.bytes }).to_string()
    } else {
        format!(
            "Sessions that ended more than {days} days ago: {}. To be dropped: {} texts, {} bytes. Nothing was changed; --yes does it.",
            what.sessions, what.texts, what.bytes
        )
    })
}

fn prune(mut runner: Runner, days: u32, json: bool) -> Result<String, Refusal> {
    let pruned = runner.prune(days)?;
    let what = pruned.what;
    Ok(if json {
        json!({
            "pruned": true, "sessions": what.sessions, "texts": what.texts, "bytes": what.bytes,
            "file_before": pruned.before, "file_after": pruned.after,
        })
        .to_string()
    } else {
        format!(
            "Sessions that ended more than {days} days ago: {}. Dropped: {} texts, {} bytes. The file had {} bytes and has {}.",
            what.sessions, what.texts, what.bytes, pruned.before, pruned.after
        )
    })
}
