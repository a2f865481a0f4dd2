//! `cargo xtask bench analytics [--events N] [--json]` — how fast figures are read and the log is written when it is long, and
//! whether the read models survive programs that are killed. The measuring itself is tests/numbers/bench.

use std::process::ExitCode;

use anyhow::Result;

use crate::house;

pub(super) fn run(words: &[String]) -> Result<ExitCode> {
    let mut bench = house::cargo()?;
    bench.args(["run", "--quiet", "--release", "-p", "prompt-runner", "--example", "numbers", "--"]).args(words);
    Ok(house::exit_code(house::wait(&mut bench)?))
}
