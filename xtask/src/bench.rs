//! `cargo xtask bench [NAME] [--json]` — measures the goals of docs/BENCHMARKS.md, on a fresh build. What measures stands in tests/ and
//! prints its raw samples, those of the yardstick beside ours; `verdict` makes figures of them, the same way for all.

mod analytics;
mod verdict;

use std::io::{self, Write as _};
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};

use crate::{build, house, setup};
use verdict::{Figure, Samples};

#[derive(clap::Args)]
pub(crate) struct Options {
    /// What to measure; everything when left out
    #[arg(value_parser = clap::builder::PossibleValuesParser::new(NAMES.iter().map(|(name, _)| *name)))]
    name: Option<String>,
    /// Print one JSON object on stdout
    #[arg(long)]
    json: bool,
    /// How often ours and its yardstick take turns; fewer are for trying out
    #[arg(long, value_name = "N", default_value_t = 9)]
    repeats: u32,
    /// For `analytics`: how many events its record has
    #[arg(long, value_name = "N")]
    events: Option<u64>,
    /// For `analytics`: ask the panels of a record ten times as long, too; that takes half an hour and 15 GB
    #[arg(long)]
    tenfold: bool,
}

enum By {
    /// tests/bench/main.rs, in a release build.
    Native,
    /// A script of tests/bench/ with a real browser.
    Browser(&'static str),
    /// A bench of another package that knows `--json` and prints its samples.
    Cargo(&'static [&'static str]),
    /// tests/numbers/bench, which has a report of its own.
    Analytics,
}

const NAMES: &[(&str, By)] = &[
    ("bytes", By::Native),
    ("framing", By::Native),
    ("start", By::Native),
    ("commit", By::Native),
    ("files", By::Native),
    ("memory", By::Native),
    ("reader", By::Cargo(&["-p", "prompt-runner-core", "--features", "native", "--bench", "reader"])),
    ("capture", By::Browser("tests/bench/capture.mjs")),
    ("page", By::Browser("tests/bench/page.mjs")),
    ("waits", By::Browser("tests/browser/bench.mjs")),
    ("analytics", By::Analytics),
];

/// The machine is busy with something else above this.
const BUSY: f64 = 2.0;

pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    let names = NAMES.iter().filter(|(name, _)| options.name.as_ref().is_none_or(|wanted| wanted == name));
    let mut figures = Vec::new();
    for (name, by) in names {
        house::say(&format!("{name} (load {})", load().map_or_else(|| "unknown".to_owned(), |load| load.to_string())));
        let samples = measure(name, by, options).with_context(|| format!("The bench \"{name}\" failed"))?;
        let load = load();
        figures.extend(samples.into_iter().map(|samples| Figure::of(name, samples, load)));
    }
    let answer = if options.json {
        json!({ "load": load(), "figures": figures.iter().map(Figure::json).collect::<Vec<_>>() }).to_string()
    } else {
        figures.iter().map(Figure::line).collect::<Vec<_>>().join("\n")
    };
    print(&answer)?;
    if figures.iter().any(|figure| figure.load.is_some_and(|load| load > BUSY)) {
        house::say("the machine was busy: times taken so are upper bounds at best");
    }
    Ok(ExitCode::SUCCESS)
}

fn measure(name: &str, by: &By, options: &Options) -> Result<Vec<Samples>> {
    let repeats = options.repeats.to_string();
    let mut command = match by {
        By::Native => native(name)?,
        By::Browser(script) => {
            let tools = setup::all()?;
            build::run(&build::Options::default())?;
            let mut node = house::command("node")?;
            node.arg(script).env(setup::CHROMIUM, tools.chromium).env(ECHO, echo()?).env(PROGRAMS, release()?);
            node
        }
        By::Cargo(words) => {
            let mut bench = house::cargo()?;
            bench.args(["bench", "--quiet"]).args(*words).args(["--", "--json"]);
            bench
        }
        By::Analytics => return analytics::samples(options.events, options.tenfold),
    };
    if !matches!(by, By::Cargo(_)) {
        command.args(["--repeats", &repeats]);
    }
    let report = report(&mut command)?;
    serde_json::from_value(report["samples"].clone()).context("What measures printed something else than samples")
}

/// Where the echo host is, for what measures.
const ECHO: &str = "PROMPT_RUNNER_ECHO";
/// Where the programs of the release build are.
const PROGRAMS: &str = "PROMPT_RUNNER_PROGRAMS";

/// The bench of the native programs; what it measures against is built beside it.
fn native(name: &str) -> Result<Command> {
    if house::on_path("sqlite3").is_none() {
        bail!("sqlite3 is a yardstick and is missing; install it with your system's packages (Debian: sqlite3)");
    }
    let mut bench = house::cargo()?;
    bench.args(["bench", "--quiet", "-p", "prompt-runner", "--bench", "native", "--", name]);
    bench.env(ECHO, echo()?).env("PROMPT_RUNNER_ROOT", house::root()?);
    Ok(bench)
}

/// A host that gives back what it gets, built as the real one is.
fn echo() -> Result<std::path::PathBuf> {
    let next = "correct what the compiler names above";
    house::run(house::cargo()?.args(["build", "--release", "-p", "prompt-runner", "--example", "echo-host"]), next)?;
    Ok(release()?.join("examples").join(format!("echo-host{}", std::env::consts::EXE_SUFFIX)))
}

fn release() -> Result<std::path::PathBuf> {
    let next = "correct what the compiler names above";
    house::run(house::cargo()?.args(["build", "--release", "-p", "prompt-runner", "--bins"]), next)?;
    Ok(house::target()?.join("release"))
}

/// The JSON that a program prints as its last line.
fn report(command: &mut Command) -> Result<Value> {
    let output = command.stderr(Stdio::inherit()).output().context("It could not be started")?;
    let text = String::from_utf8_lossy(&output.stdout);
    let last = text.lines().last().unwrap_or_default();
    if !output.status.success() {
        bail!("It ended with {}; what it said stands above", output.status);
    }
    serde_json::from_str(last).with_context(|| format!("Its last line is not JSON: {last}"))
}

/// The load average of the last minute, where the system tells one.
fn load() -> Option<f64> {
    std::fs::read_to_string("/proc/loadavg").ok()?.split(' ').next()?.parse().ok()
}

fn print(text: &str) -> Result<()> {
    writeln!(io::stdout(), "{text}").context("The figures could not be printed; check where stdout goes")
}
