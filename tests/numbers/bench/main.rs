//! `cargo xtask bench analytics`: a long record, how fast figures are read out of it and events are written into it, and whether its
//! read models survive programs that are killed while they write.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a bench stops at the first surprise")]
#![allow(clippy::print_stdout, reason = "the figures are what it is for")]

#[path = "../../story/answer.rs"]
mod answer;
#[path = "../../seed/bare.rs"]
mod bare;
mod crashes;
mod ingest;
mod panels;
#[path = "../../seed/mod.rs"]
mod seed;

use clap::Parser;
use runner::places::Places;
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
    /// Events of the record that programs write which are killed meanwhile
    #[arg(long, value_name = "N", default_value_t = 1_000_000)]
    poured: i64,
    /// Ask the panels of a record ten times as long, too: that takes half an hour and 15 GB
    #[arg(long)]
    tenfold: bool,
    /// Print one line of JSON
    #[arg(long)]
    json: bool,
    /// Said by the bench to itself: write stories into this directory until somebody ends it
    #[arg(long, hide = true)]
    write: Option<PathBuf>,
    /// Said by the bench to itself: pour histories into this directory until somebody ends it
    #[arg(long, hide = true)]
    pour: Option<PathBuf>,
    /// Said by the bench to itself: which stories
    #[arg(long, hide = true, default_value_t = 1)]
    seed: u64,
}

fn places(data: &Path) -> Places {
    Places { data: data.to_owned(), config: data.join("config") }
}

fn main() {
    let options = Options::parse();
    if let Some(data) = options.write {
        crashes::write(&places(&data), options.seed);
    }
    if let Some(data) = options.pour {
        crashes::pour(&places(&data), options.seed);
    }
    let home = tempfile::tempdir().unwrap();
    let ingest = ingest::measure(&places(home.path()), options.events);
    let panels = panels::measure(&places(home.path()));
    drop(home);
    let verify =
        json!({ "stories": crashes::measure(options.rounds), "poured": crashes::measure_long(options.poured) });
    let mut report = json!({ "events": options.events, "panels": panels, "ingest": ingest, "verify": verify });
    if options.tenfold {
        report["tenfold"] = tenfold(options.events * 10, &report["panels"]);
    }
    if options.json { println!("{report}") } else { show(&report) }
}

/// The panels of a long record, each with how much longer it takes than `before`.
fn tenfold(events: u64, before: &Value) -> Value {
    let home = tempfile::tempdir().unwrap();
    let places = places(home.path());
    ingest::make(&places, events);
    let mut panels = panels::measure(&places);
    for (name, panel) in panels.as_object_mut().unwrap() {
        let (now, then) = (panel["p95_ms"].as_f64().unwrap(), before[name]["p95_ms"].as_f64().unwrap());
        panel["p95_over_p95"] = json!((now / then * 1e2).round() / 1e2);
    }
    json!({ "events": events, "panels": panels })
}

fn show(report: &Value) {
    println!("{} events", report["events"]);
    show_panels(&report["panels"]);
    for (name, what) in [("single", "one by one on the disk"), ("bulk", "in bulk")] {
        let figure = |key: &str| report["ingest"][name][key].as_f64().unwrap();
        let (full, plain, ratio) = (figure("full_per_s"), figure("plain_per_s"), figure("ratio"));
        println!(
            "ingest {what}: {full:.0} events a second with all read models, {plain:.0} into a bare table ({ratio:.3} of it; {:.3} with one \
            trigger that counts, {:.3} the log with its indexes, {:.3} with all but the sums)",
            figure("one_count_ratio"),
            figure("log_alone_ratio"),
            figure("without_sums_ratio"),
        );
    }
    println!("the file has {} times the bytes of its log as JSON", report["ingest"]["size"]["file_over_rows"]);
    let program = &report["ingest"]["program"];
    println!(
        "the program: {} requests a second that write, {} without any read model ({} of it)",
        program["full_per_s"], program["plain_per_s"], program["ratio"]
    );
    for (name, what) in [("stories", "stories"), ("poured", "histories")] {
        let figure = |key: &str| report["verify"][name][key].to_string();
        let (differences, events, kills) = (figure("differences"), figure("events"), figure("kills"));
        println!("verify, {what}: {differences} differences in {events} events after {kills} kills");
    }
    if let Some(panels) = report["tenfold"].get("panels") {
        println!("{} events", report["tenfold"]["events"]);
        show_panels(panels);
    }
}

fn show_panels(panels: &Value) {
    for (name, panel) in panels.as_object().unwrap() {
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
}
