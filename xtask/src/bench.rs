//! `cargo xtask bench` — measures what has a budget, on a fresh build. The measuring itself is
//! tests/browser/bench.mjs; `cargo xtask bench reader` measures the contract reader alone, by tests/corpus/speed.rs, and
//! `cargo xtask bench cli` the command line; `cargo xtask bench analytics` the figures over a long record, by tests/numbers/bench.

mod analytics;
mod cli;

use std::io::{self, Write as _};
use std::process::ExitCode;

use anyhow::{Context as _, Result};

use crate::{build, house, setup};

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Handed to the bench script as they are
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    rest: Vec<String>,
}

pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    let first = options.rest.split_first().map(|(first, rest)| (first.as_str(), rest));
    if let Some(("cli", rest)) = first {
        return cli::run(rest.iter().any(|word| word == "--json"));
    }
    if let Some(("analytics", rest)) = first {
        return analytics::run(rest);
    }
    if let Some(("reader", rest)) = first {
        let mut bench = house::cargo()?;
        bench
            .args(["bench", "--quiet", "-p", "prompt-runner-core", "--features", "native", "--bench", "reader", "--"])
            .args(rest);
        return Ok(house::exit_code(house::wait(&mut bench)?));
    }
    let tools = setup::all()?;
    build::run(&build::Options::default())?;
    let mut bench = house::command("node")?;
    bench.arg("tests/browser/bench.mjs").args(&options.rest).env(setup::CHROMIUM, tools.chromium);
    Ok(house::exit_code(house::wait(&mut bench)?))
}

fn print(text: &str) -> Result<()> {
    writeln!(io::stdout(), "{text}").context("The figures could not be printed; check where stdout goes")
}
