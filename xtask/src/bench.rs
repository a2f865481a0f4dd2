//! `cargo xtask bench` — measures what has a budget, on a fresh build. The measuring itself is
//! tests/browser/bench.mjs.

use std::process::ExitCode;

use anyhow::Result;

use crate::{build, house, setup};

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Handed to the bench script as they are
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    rest: Vec<String>,
}

pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    let tools = setup::all()?;
    build::run(&build::Options::default())?;
    let mut bench = house::command("node")?;
    bench.arg("tests/browser/bench.mjs").args(&options.rest).env(setup::CHROMIUM, tools.chromium);
    Ok(house::exit_code(house::wait(&mut bench)?))
}
