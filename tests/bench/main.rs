//! `cargo xtask bench bytes|framing|start|commit|files|memory`: the native programs, each beside its yardstick in the same run. Prints raw
//! samples as JSON; what they mean is worked out by `cargo xtask bench`, and docs/BENCHMARKS.md says how each is taken.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a bench stops at the first surprise")]
#![allow(clippy::disallowed_methods, reason = "a bench is a clock")]
#![allow(clippy::print_stdout, reason = "the figures are what it is for")]

mod bytes;
mod commit;
mod files;
mod framing;
mod memory;
#[path = "../host/port.rs"]
#[allow(dead_code, reason = "what goes wrong with a port is for the tests")]
mod port;
mod start;

use clap::Parser;
use serde::Serialize;
use std::time::{Duration, Instant};

#[derive(Parser)]
struct Options {
    /// Which of them
    name: String,
    /// How often ours and its yardstick take turns
    #[arg(long, value_name = "N", default_value_t = 9)]
    repeats: u32,
    /// Said by the bench to itself: commit so often into the database of this directory
    #[arg(long, hide = true, num_args = 2, value_names = ["DIRECTORY", "TIMES"])]
    write: Vec<String>,
    /// Cargo says this to every bench
    #[arg(long, hide = true)]
    bench: bool,
}

/// Ours and its yardstick, taken in turns.
#[derive(Serialize)]
struct Samples {
    goal: &'static str,
    what: String,
    unit: &'static str,
    ours: Vec<f64>,
    yardstick: Vec<f64>,
    most: Option<f64>,
    spare: f64,
    note: String,
}

impl Samples {
    /// So many times the yardstick, at most.
    fn times(goal: &'static str, what: &str, unit: &'static str, (ours, yardstick): Pairs, most: f64) -> Self {
        let most = Some(most);
        Self { goal, what: what.to_owned(), unit, ours, yardstick, most, spare: 0.0, note: String::new() }
    }

    /// A number that is what it is.
    fn count(goal: &'static str, what: &str, unit: &'static str, count: f64, most: Option<f64>) -> Self {
        let what = what.to_owned();
        Self { goal, what, unit, ours: vec![count], yardstick: Vec::new(), most, spare: 0.0, note: String::new() }
    }

    fn spare(mut self, spare: f64) -> Self {
        self.spare = spare;
        self
    }

    fn note(mut self, note: &str) -> Self {
        note.clone_into(&mut self.note);
        self
    }
}

/// Ours, and the yardstick.
type Pairs = (Vec<f64>, Vec<f64>);

/// Both in turns, a first time uncounted; each says how long it took.
fn pairs(repeats: u32, mut ours: impl FnMut() -> f64, mut yardstick: impl FnMut() -> f64) -> Pairs {
    ours();
    yardstick();
    (0..repeats).map(|_| (ours(), yardstick())).unzip()
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// Milliseconds of some work.
fn timed<T>(work: impl FnOnce() -> T) -> f64 {
    let begun = Instant::now();
    let result = work();
    let took = ms(begun.elapsed());
    drop(std::hint::black_box(result));
    took
}

fn main() {
    let options = Options::parse();
    if let [directory, times] = options.write.as_slice() {
        commit::write(directory.as_ref(), times.parse().unwrap());
        return;
    }
    let samples = match options.name.as_str() {
        "bytes" => bytes::measure(),
        "framing" => framing::measure(options.repeats),
        "start" => start::measure(options.repeats),
        "commit" => commit::measure(options.repeats),
        "files" => files::measure(options.repeats),
        "memory" => memory::measure(),
        other => panic!("there is no bench of this name here: {other}"),
    };
    println!("{}", serde_json::json!({ "samples": samples }));
}

/// The programs of this build, and what else the bench is told about.
fn told(name: &str) -> std::path::PathBuf {
    std::env::var_os(name).unwrap_or_else(|| panic!("{name} is not set; start this by `cargo xtask bench`")).into()
}
