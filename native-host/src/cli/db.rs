//! `prompt-runner db`: the database itself, for whoever wants to be sure of it.

use super::{print, unwritable};
use crate::places::Places;
use crate::runner::{Difference, Runner};
use clap::{Args, Subcommand};
use prompt_runner_core::refusal::{Code, Refusal};
use serde_json::json;
use std::io::Write;
use std::process::ExitCode;

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
pub(super) fn run(verb: Verb, out: &mut dyn Write) -> Result<ExitCode, Refusal> {
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
            writeln!(out, "{said}").map_err(|error| unwritable(&error))?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// The rows that differ; with one of them the database is broken.
fn verify(differences: &[Difference], json: bool, out: &mut dyn Write) -> Result<ExitCode, Refusal> {
    let refusal = (!differences.is_empty()).then(|| Refusal {
        hint: "Run `prompt-runner db rebuild`; the log itself is as it was written.".to_owned(),
        ..Refusal::new(Code::StoreBroken, format!("{} rows are not what the log says.", differences.len()))
    });
    if json {
        let rows: Vec<_> = differences
            .iter()
            .map(|Difference { table, row, stray }| json!({ "table": table, "row": row, "stray": stray }))
            .collect();
        writeln!(out, "{}", json!({ "differences": rows, "refusal": refusal })).map_err(|error| unwritable(&error))?;
        return Ok(refusal.map_or(ExitCode::SUCCESS, |refusal| ExitCode::from(refusal.code.exit())));
    }
    for Difference { table, row, stray } in differences {
        let what = if *stray { "does not follow from the log" } else { "follows from the log and is not there" };
        writeln!(out, "{table}: {} {what}.", print::safe(row)).map_err(|error| unwritable(&error))?;
    }
    if let Some(refusal) = refusal {
        return Err(refusal);
    }
    writeln!(out, "Every row is what the log says.").map_err(|error| unwritable(&error))?;
    Ok(ExitCode::SUCCESS)
}
