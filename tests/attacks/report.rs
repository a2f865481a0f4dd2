//! What an attack came to, in one line: printed, and kept where `cargo xtask attacks` collects it. Said last in a test, so that an
//! attack that got through says nothing.

use serde_json::json;
use std::io::Write as _;

/// Says for a case of tests/attacks/cases.toml how often what was tried, and what happened.
#[allow(clippy::print_stdout, reason = "whoever runs the test may see it")]
pub(crate) fn tell(case: &str, count: usize, tried: &str, happened: &str) {
    println!("{case}: {count} {tried}: {happened}");
    let Some(folder) = std::env::var_os("PROMPT_RUNNER_ATTACKS_DIR") else { return };
    let file = std::path::Path::new(&folder).join(format!("{case}.jsonl"));
    let line = json!({ "count": count, "tried": tried, "happened": happened });
    // One write of one line, because several programs may add to a case.
    let mut file = std::fs::OpenOptions::new().create(true).append(true).open(file).expect("the folder of reports");
    file.write_all(format!("{line}\n").as_bytes()).expect("the folder of reports");
}
