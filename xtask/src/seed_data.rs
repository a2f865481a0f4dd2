//! `cargo xtask seed-data` — half a year of sessions that look lived, for benches, pictures and trying things out. The histories
//! are tests/seed; the same seed gives the same one on any day.

use std::fs;
use std::path::{self, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result};

use crate::house;

#[derive(clap::Args)]
pub(crate) struct Options {
    /// How many events
    #[arg(long, value_name = "N", default_value_t = 20_000)]
    events: u64,
    /// Which history
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// The data directory to make; else target/seed-data, which is made anew
    #[arg(long, value_name = "DIR")]
    into: Option<PathBuf>,
    /// The day that ends it; else a fixed one, so that today makes no difference
    #[arg(long, value_name = "YYYY-MM-DD")]
    until: Option<String>,
}

pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    let into = match &options.into {
        Some(folder) => path::absolute(folder).with_context(|| format!("{} is no folder", folder.display()))?,
        None => {
            let folder = house::target()?.join("seed-data");
            if folder.exists() {
                fs::remove_dir_all(&folder).with_context(|| format!("{} cannot be emptied", folder.display()))?;
            }
            folder
        }
    };
    let mut seed = house::cargo()?;
    seed.args(["run", "--quiet", "--release", "-p", "prompt-runner", "--example", "seed-data", "--"])
        .args(["--events", &options.events.to_string(), "--seed", &options.seed.to_string()])
        .arg("--into")
        .arg(into);
    if let Some(day) = &options.until {
        seed.args(["--until", day]);
    }
    Ok(house::exit_code(house::wait(&mut seed)?))
}
