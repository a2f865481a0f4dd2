//! Copies of the record, and the texts of long ago. What is dropped is said first.

use crate::cli::print;
use prompt_runner_core::refusal::Refusal;
use runner::Runner;
use serde_json::json;
use std::path::Path;

pub(super) fn backup(runner: &Runner, file: &Path, json: bool) -> Result<String, Refusal> {
    let (bytes, path) = (runner.back_up(file)?, file.display().to_string());
    Ok(if json {
        json!({ "file": path, "bytes": bytes }).to_string()
    } else {
        format!("{} holds the whole record: {bytes} bytes, examined and sound.", print::safe(&path))
    })
}

pub(super) fn survey(runner: &Runner, days: u32, json: bool) -> Result<String, Refusal> {
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

pub(super) fn prune(mut runner: Runner, days: u32, json: bool) -> Result<String, Refusal> {
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
