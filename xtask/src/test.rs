//! `cargo xtask test` — every check there is, cheapest first, in one order, here and on the build machine alike. It
//! stops at the first failure and always ends with one line per step.

use std::io::{self, Write as _};
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use crate::{build, codegen, house, setup};

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Run this step alone
    #[arg(long, value_name = "NAME", conflicts_with = "list")]
    only: Option<String>,
    /// Name the steps and run none
    #[arg(long)]
    list: bool,
}

struct Step {
    name: &'static str,
    what: &'static str,
    run: fn() -> Result<()>,
}

const STEPS: &[Step] = &[
    Step { name: "setup", what: "the tools are there", run: || setup::all().map(drop) },
    Step { name: "format", what: "cargo fmt", run: format },
    Step { name: "lint", what: "clippy, native and wasm, no warnings", run: lint },
    Step { name: "unit", what: "cargo test", run: unit },
    Step { name: "codegen", what: "generated files are fresh", run: || codegen::run(&codegen::Options::checking()) },
    Step { name: "types", what: "tsc over the extension and the browser tests", run: types },
    Step { name: "style", what: "biome", run: style },
    Step { name: "build", what: "native programs and both engines", run: || build::run(&build::Options::default()) },
    Step { name: "browser", what: "the whole thing in a real browser", run: browser },
];

enum Outcome {
    Ok(Duration),
    Failed(Duration),
    NotRun,
}

pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    if options.list {
        let lines: Vec<_> = STEPS.iter().map(|step| format!("{:<9}{}", step.name, step.what)).collect();
        print(&lines.join("\n"))?;
        return Ok(ExitCode::SUCCESS);
    }
    let steps = chosen(options.only.as_deref())?;
    let mut outcomes = Vec::new();
    let mut failure = None;
    for step in steps {
        if failure.is_some() {
            outcomes.push((step.name, Outcome::NotRun));
            continue;
        }
        house::say(&format!("{}: {}", step.name, step.what));
        let start = Instant::now();
        match (step.run)() {
            Ok(()) => outcomes.push((step.name, Outcome::Ok(start.elapsed()))),
            Err(error) => {
                outcomes.push((step.name, Outcome::Failed(start.elapsed())));
                failure = Some(error.context(format!("The step \"{}\" failed", step.name)));
            }
        }
    }
    print(&summary(&outcomes))?;
    failure.map_or(Ok(ExitCode::SUCCESS), Err)
}

fn chosen(only: Option<&str>) -> Result<&'static [Step]> {
    let Some(name) = only else {
        return Ok(STEPS);
    };
    match STEPS.iter().find(|step| step.name == name) {
        Some(step) => Ok(std::slice::from_ref(step)),
        None => bail!("There is no step \"{name}\"; `cargo xtask test --list` names them"),
    }
}

fn summary(outcomes: &[(&str, Outcome)]) -> String {
    let lines = outcomes.iter().map(|(name, outcome)| match outcome {
        Outcome::Ok(time) => format!("{name:<9}{:>7.1} s  ok", time.as_secs_f64()),
        Outcome::Failed(time) => format!("{name:<9}{:>7.1} s  FAILED", time.as_secs_f64()),
        Outcome::NotRun => format!("{name:<9}{:>9}  not run", "-"),
    });
    let done = outcomes.iter().filter(|(_, outcome)| matches!(outcome, Outcome::Ok(_))).count();
    let count = format!("steps: {done} passed, {} failed", outcomes.len() - done);
    lines.chain([count]).collect::<Vec<_>>().join("\n")
}

fn print(text: &str) -> Result<()> {
    writeln!(io::stdout(), "{text}").context("The summary could not be printed; check where stdout goes")
}

/// Like `house::run`, but what the checker prints on stdout stays there.
fn check(command: &mut Command, next: &str) -> Result<()> {
    let status = house::wait(command)?;
    if !status.success() {
        bail!("{next} ({status})");
    }
    Ok(())
}

fn format() -> Result<()> {
    check(house::cargo()?.args(["fmt", "--all", "--check"]), "Run `cargo fmt --all` and commit what it changes")
}

fn lint() -> Result<()> {
    let next = "Clippy is not content; correct what it names above";
    let native = ["clippy", "--workspace", "--all-targets", "--exclude", "prompt-runner-wasm", "--", "-D", "warnings"];
    check(house::cargo()?.args(native), next)?;
    let wasm = ["clippy", "-p", "prompt-runner-wasm", "--target", "wasm32-unknown-unknown", "--", "-D", "warnings"];
    check(house::cargo()?.args(wasm), next)
}

/// The tools that tests need come first, so that this step runs alone too. A few of each fault are among these tests.
fn unit() -> Result<()> {
    setup::ensure_clipboard_tools()?;
    setup::ensure_fault_tools()?;
    let words = ["test", "--workspace", "--exclude", "prompt-runner-wasm", "--features", "prompt-runner-core/native"];
    check(house::cargo()?.args(words), "A Rust test failed; its name stands above")
}

fn types() -> Result<()> {
    check(house::npm_tool("tsc")?.args(["-p", "."]), "The types do not fit; correct what tsc names above")
}

fn style() -> Result<()> {
    check(house::npm_tool("biome")?.args(["ci", "."]), "Run `npx biome check --write .` and correct what it leaves")
}

/// Builds first when run alone, so that a stale engine is never what is tested.
fn browser() -> Result<()> {
    let tools = setup::all()?;
    build::run(&build::Options::default())?;
    let mut playwright = house::npm_tool("playwright")?;
    playwright.arg("test").env(setup::CHROMIUM, tools.chromium);
    check(&mut playwright, "A browser test failed; its name and its trace stand above")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Outcome, Result, STEPS, chosen, summary};

    #[test]
    fn a_step_can_be_chosen_by_its_name() -> Result<()> {
        assert_eq!(chosen(None)?.len(), STEPS.len());
        assert_eq!(chosen(Some("lint"))?[0].name, "lint");
        let error = chosen(Some("nothing")).err().map(|error| error.to_string()).unwrap_or_default();
        assert!(error.contains("--list"), "{error}");
        Ok(())
    }

    #[test]
    fn the_summary_has_a_line_per_step() {
        let outcomes = [
            ("format", Outcome::Ok(Duration::from_millis(1250))),
            ("lint", Outcome::Failed(Duration::from_secs(61))),
            ("unit", Outcome::NotRun),
        ];
        let expected = "format       1.2 s  ok\nlint        61.0 s  FAILED\nunit             -  not run\nsteps: 1 passed, 2 failed";
        assert_eq!(summary(&outcomes), expected);
    }
}
