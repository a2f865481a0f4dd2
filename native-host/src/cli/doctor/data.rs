//! The checks of the data: the recorded replies are the user's alone, and must not be lost.

use super::checks::Report;
use super::files::{self, private};
use prompt_runner_core::changes::KEPT_MAX;
use prompt_runner_core::protocol::answer::Pong;
use prompt_runner_core::refusal::{Code, Refusal};
use runner::atomic_file::{self, For};
use runner::places::Places;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// How the file begins with which writing is tried.
const PROBE: &str = ".doctor-";

/// `answer`: what the host said, if it spoke. It opens the database when it is asked, so the directory is there by now.
pub(super) fn inspect(report: &mut Report, answer: Option<&Result<Pong, Refusal>>) {
    let dir = match Places::here().map(|places| places.data) {
        Ok(dir) if dir.is_absolute() => dir,
        Ok(dir) => {
            let finding = format!("The data directory {} would be another one for each program.", dir.display());
            return report.failed("data.path", finding, "Set PROMPT_RUNNER_DATA_DIR to an absolute path.");
        }
        Err(refusal) => return report.failed("data.path", refusal.message, "Set HOME and try again."),
    };
    report.ok("data.path", format!("The data directory is {}.", dir.display()));
    if dir.exists() {
        // What SQLite has taken away meanwhile is nobody's to read.
        let open = database(&dir).into_iter().find_map(|file| {
            let finding = private(&file).err().filter(|_| file.exists())?;
            Some((file, finding))
        });
        let (result, next) = match (private(&dir), open) {
            (Ok(_), Some((file, finding))) => (Err(finding), format!("Run `chmod 600 '{}'`.", file.display())),
            (result, _) => (result, format!("Run `chmod 700 '{}'`.", dir.display())),
        };
        report.take("data.private", result, &next);
        report.take("data.writable", writable(&dir), Code::StoreReadOnly.hint());
        for path in leftovers(&dir) {
            report.skipped(
                "data.leftover",
                format!("{} was left behind; `prompt-runner doctor --fix` removes it.", path.display()),
            );
        }
    } else {
        report.skipped("data.private", "The data directory does not exist yet; the first session makes it.");
    }
    match answer {
        Some(Ok(pong)) => {
            let sqlite = match pong.sqlite.as_str() {
                version if version.starts_with("3.") => Ok(format!("The host stores with SQLite {version}.")),
                version => Err(format!("The host names {version:?} as its version of SQLite.")),
            };
            report.take("data.sqlite", sqlite, "Install Prompt-Runner again.");
            let database = match Path::new(&pong.database).parent() {
                Some(parent) if parent == dir => Ok(format!("The host uses {}.", pong.database)),
                _ => Err(format!("The host uses {}, which lies elsewhere.", pong.database)),
            };
            report.take("data.database", database, "Set PROMPT_RUNNER_DATA_DIR to the same path for all programs.");
            let mib = |bytes: u64| bytes.div_ceil(1 << 20);
            let kept =
                format!("Of changed files {} MiB are kept, of {} at most.", mib(pong.files_bytes), mib(KEPT_MAX));
            report.ok("data.files", kept);
        }
        // Said above, where it can be repaired.
        Some(Err(refusal)) if refusal.code == Code::StoreExposed && report.has_failed("data.private") => {
            report.skipped("data.database", "It was not opened, because it is not the user's alone.");
        }
        Some(Err(refusal)) => {
            // The usual next step of this one is to come here.
            let broken = "Move the files of the data directory away and start afresh, or put a backup in their place.";
            let next = if refusal.code == Code::StoreBroken { broken } else { &refusal.hint };
            report.failed("data.database", refusal.message.clone(), next);
        }
        None => report.skipped("data.database", "It was not opened, because the host did not answer."),
    }
}

/// The database and what lies beside it while it is in use.
pub(super) fn database(dir: &Path) -> Vec<PathBuf> {
    let ours =
        |path: &Path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("prompt-runner.db"));
    files::list(dir).into_iter().filter(|path| ours(path) && path.is_file()).collect()
}

/// What a doctor that was stopped left there.
pub(super) fn leftovers(dir: &Path) -> Vec<PathBuf> {
    files::leftovers(dir, |name| name.starts_with(PROBE))
}

/// Tried, not guessed: permissions, a full disk and a read-only one all show.
fn writable(dir: &Path) -> Result<String, String> {
    let probe = dir.join(format!("{PROBE}{}", std::process::id()));
    let tried = atomic_file::new(&probe, For::Owner).and_then(|mut file| file.write_all(&[0; 4096]));
    let removed = fs::remove_file(&probe);
    match tried.and(removed) {
        Ok(()) => Ok(format!("{} can be written.", dir.display())),
        Err(error) => Err(format!("{} cannot be written: {error}.", dir.display())),
    }
}
