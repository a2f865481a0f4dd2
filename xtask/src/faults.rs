//! `cargo xtask faults` — the promises of docs/RELIABILITY.md, one line each: what was tried, how often, and what happened. What needs no
//! browser is tests/faults, in a debug build; what needs one, and what other tests hold, is run by those.

mod table;

use std::collections::BTreeSet;
use std::io::{self, Write as _};
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;

use anyhow::{Context as _, Result, bail};
use prompt_runner_core::refusal::Code;
use serde_json::{Value, json};

use crate::{build, house, setup};

#[derive(clap::Args)]
pub(crate) struct Options {
    /// As often as was promised, in browsers too
    #[arg(long)]
    full: bool,
    /// This promise alone, such as R7; may be said more than once. Those of the browser run only so, or with --full
    #[arg(long, value_name = "NAME")]
    only: Vec<String>,
    /// Print one line of JSON on stdout; everything else goes to stderr
    #[arg(long)]
    json: bool,
}

/// What runs a promise.
enum By {
    /// A suite of tests/faults.
    Suite,
    /// Tests of the command line that go through every refusal.
    Refusals(&'static [&'static str]),
    /// Tests of another program, all of which have to pass.
    Tests(&'static str, &'static [&'static str]),
    /// A browser test: its file, the figure of its report that counts, what that counts, and how many there are to be.
    Browser(&'static str, &'static str, &'static str, u64),
    /// Another command.
    Elsewhere(&'static str),
}

struct Promise {
    name: &'static str,
    what: &'static str,
    by: By,
}

const fn suite(name: &'static str) -> Promise {
    Promise { name, what: "", by: By::Suite }
}

const fn tests(
    name: &'static str,
    what: &'static str,
    program: &'static str,
    names: &'static [&'static str],
) -> Promise {
    Promise { name, what, by: By::Tests(program, names) }
}

const fn browser(name: &'static str, what: &'static str, by: By) -> Promise {
    Promise { name, what, by }
}

const PROMISES: &[Promise] = &[
    suite("R1"),
    browser("R2", "browsers killed with -9 within a capture", By::Browser("endurance", "browser_kills", "kills", 100)),
    browser("R3", "answers that waited for a host", By::Browser("outbox", "stored", "answers", 1_000)),
    suite("R4"),
    suite("R5"),
    suite("R6"),
    suite("R7"),
    suite("R8"),
    suite("R9"),
    Promise { name: "R10", what: "frames and requests by chance", by: By::Elsewhere("cargo xtask fuzz") },
    suite("R11"),
    suite("R12"),
    suite("R13"),
    suite("R14"),
    browser("R15", "workers stopped within a capture", By::Browser("endurance", "worker_stops", "stops", 200)),
    browser("R16", "the extension updated under an open page", By::Browser("update", "updates", "updates", 50)),
    suite("R24"),
    Promise {
        name: "R25",
        what: "each refusal is met by a test and says a next step",
        by: By::Refusals(&["every_refusal_is_met_somewhere", "wrong_input_is_refused_by_name_and_changes_nothing"]),
    },
    suite("R26"),
    tests("R27", "clients that do not read, or are slow, silent or gone", "http", HTTP),
    tests("R28", "captures that are not read in time", "story", SLOW),
    tests("R29", "children that leave a command when it runs out of time", "provider", KIN),
    suite("R30"),
];

const HTTP: &[&str] = &[
    "patience::slow_clients_do_not_block_others",
    "patience::whoever_says_no_more_is_let_go",
    "patience::whoever_does_not_read_is_let_go",
];
const SLOW: &[&str] = &[
    "slow::a_capture_that_is_not_read_in_time_is_kept_as_it_came",
    "slow::whoever_has_the_text_in_a_file_is_refused_and_may_give_a_whole_one_later",
];
const KIN: &[&str] = &["commands::nothing_that_a_command_started_outlives_its_time_limit"];

pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    for only in &options.only {
        if !PROMISES.iter().any(|promise| promise.name == only) {
            let names: Vec<_> = PROMISES.iter().map(|promise| promise.name).collect();
            bail!("There is no promise {only}; there are {}", names.join(", "));
        }
    }
    let named = |promise: &Promise| options.only.iter().any(|only| only == promise.name);
    let chosen: Vec<_> = PROMISES.iter().filter(|promise| options.only.is_empty() || named(promise)).collect();
    let in_browser = options.full || !options.only.is_empty();

    let mut rows = suites(&chosen, options.full)?;
    let reports = house::target()?.join("faults");
    let outcome = if in_browser { browsers(&chosen, options.full, &reports)? } else { None };
    for promise in &chosen {
        match &promise.by {
            By::Suite => {}
            By::Refusals(tests) => rows.push(refusals(promise, tests)?),
            By::Tests(program, names) => rows.push(of_tests(promise, program, names)?),
            By::Browser(file, figure, unit, promised) => {
                let row = match outcome {
                    Some((passed, seconds)) => reported(&reports, file, figure, passed, seconds),
                    None => json!({ "notes": [format!("not run: cargo xtask faults --only {}", promise.name)] }),
                };
                rows.push(described(row, promise, unit, *promised));
            }
            By::Elsewhere(command) => {
                rows.push(described(json!({ "notes": [format!("run by {command}")] }), promise, "", 0));
            }
        }
    }
    let place = |row: &Value| PROMISES.iter().position(|promise| row["promise"] == promise.name);
    rows.sort_by_key(place);
    let broken = rows.iter().any(|row| row["kept"] == false);
    let said =
        if options.json { json!({ "full": options.full, "promises": rows }).to_string() } else { table::of(&rows) };
    writeln!(io::stdout(), "{said}").context("The table could not be printed; check where stdout goes")?;
    Ok(if broken { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// The rows of what tests/faults has; its progress goes to stderr.
fn suites(chosen: &[&Promise], full: bool) -> Result<Vec<Value>> {
    let names = chosen.iter().filter(|promise| matches!(promise.by, By::Suite)).map(|promise| promise.name);
    let only: Vec<_> = names.flat_map(|name| ["--only", name]).collect();
    if only.is_empty() {
        return Ok(Vec::new());
    }
    setup::ensure_fault_tools()?;
    let mut suites = house::cargo()?;
    suites.args(["test", "--quiet", "-p", "prompt-runner", "--test", "faults", "--", "--json"]);
    suites.args(["--scale", if full { "full" } else { "some" }]).args(&only);
    let (text, _) = heard(&mut suites)?;
    let rows: Vec<Value> = text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    if rows.len() * 2 != only.len() {
        bail!("Of {} suites {} came to their end; what happened stands above", only.len() / 2, rows.len());
    }
    Ok(rows)
}

/// Runs the browser tests that are needed, each once; whether they passed, and in how many seconds.
fn browsers(chosen: &[&Promise], full: bool, reports: &Path) -> Result<Option<(bool, f64)>> {
    let files: BTreeSet<_> = chosen
        .iter()
        .filter_map(|promise| match promise.by {
            By::Browser(file, ..) => Some(format!("browser/{file}")),
            _ => None,
        })
        .collect();
    if files.is_empty() {
        return Ok(None);
    }
    let tools = setup::all()?;
    build::run(&build::Options::default())?;
    if reports.exists() {
        std::fs::remove_dir_all(reports).with_context(|| format!("{} cannot be emptied", reports.display()))?;
    }
    let mut playwright = house::npm_tool("playwright")?;
    playwright.arg("test").args(&files).env(setup::CHROMIUM, tools.chromium).env("PROMPT_RUNNER_FIDELITY_DIR", reports);
    if full {
        playwright.env("PROMPT_RUNNER_FULL", "1");
    }
    playwright.stdout(Stdio::from(io::stderr()));
    let begun = Instant::now();
    let status = house::wait(&mut playwright)?;
    Ok(Some((status.success(), begun.elapsed().as_secs_f64())))
}

/// What a browser test counted; nothing is made up where it did not come to its end.
fn reported(reports: &Path, file: &str, figure: &str, passed: bool, seconds: f64) -> Value {
    let text = std::fs::read_to_string(reports.join(file).with_extension("json")).unwrap_or_default();
    let report: Value = serde_json::from_str(&text).unwrap_or(Value::Null);
    json!({
        "ran": report[figure], "lost": report["lost"], "doubled": report["doubled"],
        "kept": passed && report[figure].is_u64(), "seconds": seconds.round(), "notes": [format!("tests/browser/{file}.spec.mjs")],
    })
}

/// Runs tests of one program: whether all of them passed, and in how many seconds.
fn passed(program: &str, tests: &[&str]) -> Result<(bool, f64)> {
    let mut cargo = house::cargo()?;
    cargo.args(["test", "--quiet", "-p", "prompt-runner", "--test", program, "--"]).args(tests);
    let begun = Instant::now();
    let (text, passed) = heard(&mut cargo)?;
    let all = text.contains(&format!("{} passed", tests.len()));
    Ok((passed && all, begun.elapsed().as_secs_f64().round()))
}

fn refusals(promise: &Promise, tests: &[&str]) -> Result<Value> {
    let (kept, seconds) = passed("cli", tests)?;
    let row = json!({
        "ran": if kept { Code::ALL.len() } else { 0 }, "kept": kept, "seconds": seconds,
        "notes": ["tests/cli/transcripts.rs, tests/cli/faults.rs"],
    });
    Ok(described(row, promise, "codes", Code::ALL.len() as u64))
}

fn of_tests(promise: &Promise, program: &str, tests: &[&str]) -> Result<Value> {
    let (kept, seconds) = passed(program, tests)?;
    let row = json!({
        "ran": if kept { tests.len() } else { 0 }, "kept": kept, "seconds": seconds,
        "notes": [format!("tests/{program}")],
    });
    Ok(described(row, promise, "tests", tests.len() as u64))
}

fn described(mut row: Value, promise: &Promise, unit: &str, promised: u64) -> Value {
    row["promise"] = promise.name.into();
    row["what"] = promise.what.into();
    row["unit"] = unit.into();
    row["promised"] = promised.into();
    row
}

/// What a program prints on stdout, and whether it succeeded; its stderr is shown as it comes.
fn heard(command: &mut Command) -> Result<(String, bool)> {
    let output = command.stderr(Stdio::inherit()).output().context("A program could not be started")?;
    Ok((String::from_utf8_lossy(&output.stdout).into_owned(), output.status.success()))
}

#[cfg(test)]
mod tests {
    use super::{PROMISES, reported};

    #[test]
    fn a_promise_has_one_row() {
        let mut names: Vec<_> = PROMISES.iter().map(|promise| promise.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), PROMISES.len());
    }

    #[test]
    fn what_was_not_counted_is_not_kept() {
        let row = reported(std::path::Path::new("no such folder"), "outbox", "stored", true, 1.0);
        assert!(row["ran"].is_null() && row["kept"] == false, "{row}");
    }
}
