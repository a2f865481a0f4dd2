//! `prompt-runner db`: the database itself, for whoever wants to be sure of it.

use super::{print, unwritable};
use crate::places::Places;
use crate::runner::{Difference, Runner};
use clap::{Args, Subcommand};
use prompt_runner_core::refusal::{Code, Refusal};
use serde_json::json;
use std::io::Write;

#[derive(Subcommand)]
pub(super) enum Verb {
    /// Play the log again and compare what follows from it with what the figures are read from
    Verify(Form),
    /// Make what the figures are read from anew out of the log
    Rebuild(Form),
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
        }
    }
}

/// Does it.
pub(super) fn run(verb: Verb, out: &mut dyn Write) -> Result<(), Refusal> {
    let mut runner = Runner::open(&Places::here()?)?;
    match verb {
        Verb::Verify(form) => verify(&runner.verify()?, form.json, out),
        Verb::Rebuild(form) => {
            runner.rebuild()?;
            let said = if form.json {
                json!({ "rebuilt": true }).to_string()
            } else {
                "Everything that follows from the log was made anew.".to_owned()
            };
            writeln!(out, "{said}").map_err(|error| unwritable(&error))
        }
    }
}

/// The differences, one a line; with one of them the database is broken.
fn verify(differences: &[Difference], json: bool, out: &mut dyn Write) -> Result<(), Refusal> {
    for Difference { table, row, stray } in differences {
        let line = if json {
            json!({ "table": table, "row": row, "stray": stray }).to_string()
        } else {
            let what = if *stray { "does not follow from the log" } else { "follows from the log and is not there" };
            format!("{table}: {} {what}.", print::safe(row))
        };
        writeln!(out, "{line}").map_err(|error| unwritable(&error))?;
    }
    if differences.is_empty() {
        let said =
            if json { json!({ "differences": 0 }).to_string() } else { "Every row is what the log says.".to_owned() };
        return writeln!(out, "{said}").map_err(|error| unwritable(&error));
    }
    let refusal = Refusal::new(Code::StoreBroken, format!("{} rows are not what the log says.", differences.len()));
    let hint = "Run `prompt-runner db rebuild`; the log itself is as it was written.".to_owned();
    Err(Refusal { hint, ..refusal })
}
