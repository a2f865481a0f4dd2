//! Whether the read models are what the log says, row by row.

use crate::cli::{print, unwritable};
use prompt_runner_core::refusal::{Code, Refusal};
use runner::Difference;
use serde_json::json;
use std::io::Write;
use std::process::ExitCode;

/// The rows that differ; with one of them the database is broken.
pub(super) fn verify(differences: &[Difference], json: bool, out: &mut dyn Write) -> Result<ExitCode, Refusal> {
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
