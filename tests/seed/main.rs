//! `cargo xtask seed-data`: fills a fresh data directory with a history that looks lived.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a tool of the house stops at the first surprise"
)]

#[path = "mod.rs"]
mod seed;

use clap::Parser;
use runner::Runner;
use runner::places::Places;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

#[derive(Parser)]
struct Options {
    #[arg(long)]
    events: u64,
    #[arg(long)]
    seed: u64,
    #[arg(long)]
    into: PathBuf,
    #[arg(long)]
    until: Option<jiff::civil::Date>,
}

fn main() -> ExitCode {
    let options = Options::parse();
    let file = options.into.join("prompt-runner.db");
    if file.exists() {
        eprintln!("{} is there already; name a folder without a record, or remove it first.", file.display());
        return ExitCode::FAILURE;
    }
    let end_ms = options.until.map_or(seed::END_MS, |day| {
        day.to_zoned(jiff::tz::TimeZone::UTC).expect("a day that has a time").timestamp().as_millisecond()
    });
    let places = Places { data: options.into.clone(), config: options.into.join("config") };
    let runner = Runner::open(&places).expect("the folder can be written");
    let mut connection = seed::connect(&file).expect("the record was just made");
    let begun = Instant::now();
    seed::keep_texts(&connection).expect("the schema takes every text");
    let mut history = seed::History::new(options.seed, options.events, end_ms);
    seed::fill(&mut history, |entries| seed::write(&mut connection, entries)).expect("the schema takes every event");
    drop(runner);
    eprintln!("{} events in {:.1} s: {}", options.events, begun.elapsed().as_secs_f64(), file.display());
    ExitCode::SUCCESS
}
