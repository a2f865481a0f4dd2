//! `cargo xtask bench analytics`: a long record, how fast figures are read out of it and events are written into it, and whether its
//! read models survive programs that are killed while they write.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a bench stops at the first surprise")]
#![allow(clippy::print_stdout, reason = "the figures are what it is for")]

#[path = "../../story/answer.rs"]
mod answer;
mod crashes;
mod ingest;
mod panels;
#[path = "../../seed/mod.rs"]
mod seed;

use clap::Parser;
use prompt_runner::places::Places;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// The file in a data directory.
const DATABASE: &str = "prompt-runner.db";

#[derive(Parser)]
struct Options {
    /// How many events the record has
    #[arg(long, value_name = "N", default_value_t = 1_000_000)]
    events: u64,
    /// Rounds of writing and killing
    #[arg(long, value_name = "K", default_value_t = 60)]
    rounds: u64,
    /// Print one line of JSON
    #[arg(long)]
    json: bool,
    /// Said by the bench to itself: write stories into this directory until somebody ends it
    #[arg(long, hide = true)]
    write: Option<PathBuf>,
    /// Said by the bench to itself: which stories
    #[arg(long, hide = true, default_value_t = 1)]
    seed: u64,
    /// Cargo says this to every bench
    #[arg(long, hide = true)]
    bench: bool,
}

fn places(data: &Path) -> Places {
    Places { data: data.to_owned(), config: data.join("config") }
}

fn main() {
    let options = Options::parse();
    if let Some(data) = options.write {
        crashes::write(&places(&data), options.seed);
    }
    let home = tempfile::tempdir().unwrap();
    let places = places(home.path());
    let ingest = ingest::measure(&places, options.events);
    let panels = panels::measure(&places);
    let verify = crashes::measure(options.rounds);
    let report = json!({ "events": options.events, "panels": panels, "ingest": ingest, "verify": verify });
    if options.json { println!("{report}") } else { show(&report) }
}

fn show(report: &Value) {
    println!("{} events", report["events"]);
    for (name, panel) in report["panels"].as_object().unwrap() {
        match panel["refused"].as_str() {
            Some(code) => println!("{name:<10} refused: {code}; scan {:>8.1} ms", panel["scan_ms"].as_f64().unwrap()),
            None => {
                let figure = |key: &str| panel[key].as_f64().unwrap();
                let (median, slow, scan) = (figure("p50_ms"), figure("p95_ms"), figure("scan_ms"));
                let ratio = figure("scan_over_panel");
                println!(
                    "{name:<10} median {median:>7.2} ms, p95 {slow:>7.2} ms; scan {scan:>8.1} ms, {ratio:.0} times as long"
                );
            }
        }
    }
    let ingest = |key: &str| report["ingest"][key].as_f64().unwrap();
    let (full, plain, ratio) = (ingest("full_per_s"), ingest("plain_per_s"), ingest("ratio"));
    println!("ingest: {full:.0} events a second with all read models, {plain:.0} into a bare table ({ratio:.2} of it)");
    let verify = &report["verify"];
    println!(
        "verify: {} differences after {} kills in {} rounds",
        verify["differences"], verify["kills"], verify["rounds"]
    );
}
