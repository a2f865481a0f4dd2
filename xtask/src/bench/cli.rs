//! `cargo xtask bench cli` — what the command line costs before it does anything, as whole processes in a release build. The
//! yardsticks, `sqlite3` and `true`, run in turn with it, so that a busy machine slows all of them alike.

use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use serde_json::json;

use crate::house;

/// Each command is run so often; the first run of each is not counted.
const RUNS: usize = 101;

pub(super) fn run(json: bool) -> Result<ExitCode> {
    let Some(sqlite3) = house::on_path("sqlite3") else {
        bail!("sqlite3 is the yardstick and is missing; install it with your system's packages (Debian: sqlite3)");
    };
    let next = "mend what the compiler names above";
    house::run(house::cargo()?.args(["build", "--release", "--package", "prompt-runner"]), next)?;
    let program = house::root()?.join("target/release/prompt-runner");
    let desk = std::env::temp_dir().join(format!("prompt-runner-bench-{}", std::process::id()));
    std::fs::create_dir_all(desk.join("shop/.git")).context("The bench found no place for its files")?;
    let outcome = measured(&program, &sqlite3, &desk);
    std::fs::remove_dir_all(&desk).context("The files of the bench could not be removed")?;
    let [short, help, sqlite, nothing] = outcome?;
    let ms = |time: Duration| time.as_secs_f64() * 1000.0;
    let ratio = ms(short) / ms(sqlite);
    if json {
        let figures = json!({
            "status_short_ms": ms(short), "help_ms": ms(help), "sqlite3_ms": ms(sqlite), "true_ms": ms(nothing),
            "status_short_to_sqlite3": ratio, "runs": RUNS - 1,
        });
        super::print(&figures.to_string())?;
    } else {
        super::print(&format!(
            "status --short  {:.2} ms, {ratio:.2} of sqlite3 DB 'select 1' ({:.2} ms)\n--help          {:.2} ms\ntrue            {:.2} ms\nmedians of {}",
            ms(short),
            ms(sqlite),
            ms(help),
            ms(nothing),
            RUNS - 1
        ))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The medians of `status --short`, `--help`, `sqlite3` and `true`.
fn measured(program: &Path, sqlite3: &Path, desk: &Path) -> Result<[Duration; 4]> {
    let ours = |words: &[&str]| {
        let mut command = Command::new(program);
        command.args(words).current_dir(desk.join("shop"));
        command.env("PROMPT_RUNNER_DATA_DIR", desk.join("data")).env("PROMPT_RUNNER_CONFIG_DIR", desk.join("config"));
        command
    };
    let plan = ours(&["plan", "Dark mode"]).stderr(Stdio::null()).output().context("The program could not be run")?;
    if !plan.status.success() {
        bail!("The session of the bench could not be started");
    }
    // A copy, because a `sqlite3` of some distributions is too old to be let near a live log with several writers.
    let copy = desk.join("copy.db");
    std::fs::copy(desk.join("data/prompt-runner.db"), &copy).context("The database could not be copied")?;
    let mut select = Command::new(sqlite3);
    select.arg(&copy).arg("select 1");
    let mut commands = [ours(&["status", "--short"]), ours(&["--help"]), select, Command::new("true")];
    let mut times = [const { Vec::new() }; 4];
    for _ in 0..RUNS {
        for (command, times) in commands.iter_mut().zip(&mut times) {
            let begun = Instant::now();
            let status =
                command.stdin(Stdio::null()).stdout(Stdio::null()).status().context("A command could not be run")?;
            times.push(begun.elapsed());
            if !status.success() {
                bail!("{command:?} failed ({status})");
            }
        }
    }
    Ok(times.map(|mut times| {
        times.remove(0);
        times.sort_unstable();
        times[times.len() / 2]
    }))
}
