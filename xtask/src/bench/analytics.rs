//! `cargo xtask bench analytics [--events N] [--tenfold]` — how fast figures are read and the log is written when it is long, and whether
//! the read models survive programs that are killed. The measuring itself is tests/numbers/bench, which has a report of its own.

use anyhow::Result;
use serde_json::{Value, json};

use super::verdict::Samples;
use crate::house;

/// The slowest that a panel may be.
const PANEL_MS: f64 = 10.0;

pub(super) fn samples(events: Option<u64>, tenfold: bool) -> Result<Vec<Samples>> {
    let mut bench = house::cargo()?;
    bench.args(["run", "--quiet", "--release", "-p", "prompt-runner", "--example", "numbers", "--", "--json"]);
    if let Some(events) = events {
        bench.args(["--events", &events.to_string(), "--poured", &events.to_string()]);
    }
    if tenfold {
        bench.arg("--tenfold");
    }
    Ok(read(&super::report(&mut bench)?))
}

/// The goals that its report speaks of.
fn read(report: &Value) -> Vec<Samples> {
    let mut found = Vec::new();
    let mut one = |goal: &str, what: String, unit: &str, (ours, yardstick): (f64, Option<f64>), most: Option<f64>| {
        let yardstick: Vec<f64> = yardstick.into_iter().collect();
        found.push(
            json!({ "goal": goal, "what": what, "unit": unit, "ours": [ours], "yardstick": yardstick, "most": most }),
        );
    };
    for (name, panel) in report["panels"].as_object().into_iter().flatten() {
        let (Some(slow), Some(scan)) = (panel["p95_ms"].as_f64(), panel["scan_ms"].as_f64()) else { continue };
        one("P14", format!("panel {name}, p95"), "ms", (slow, None), Some(PANEL_MS));
        let what = format!("panel {name}, p95 against a walk through the log");
        one("P14", what, "ms", (slow, Some(scan)), Some(0.02));
        if let Some(longer) = report["tenfold"]["panels"][name]["p95_ms"].as_f64() {
            let what = format!("panel {name}, p95 with ten times as many events");
            one("P14", what, "ms", (longer, None), Some(2.0 * PANEL_MS));
        }
    }
    for (name, what, most) in [
        ("single", "an event on the disk with its read models against a plain one", Some(1.0 / 0.7)),
        ("bulk", "the same by thousands in one transaction", Some(1.0 / 0.7)),
        ("program", "a request that the program writes, with its read models against none", Some(1.0 / 0.7)),
    ] {
        let ingest = &report["ingest"][name];
        if let (Some(plain), Some(full)) = (ingest["plain_per_s"].as_f64(), ingest["full_per_s"].as_f64()) {
            one("P15", what.to_owned(), "µs", (1e6 / full, Some(1e6 / plain)), most);
        }
    }
    let size = &report["ingest"]["size"];
    if let (Some(file), Some(rows)) = (size["file_bytes"].as_f64(), size["rows_bytes"].as_f64()) {
        one("P16", "the file against its log as lines of JSON".to_owned(), "bytes", (file, Some(rows)), Some(1.6));
    }
    for (way, how) in [("single", "on the disk"), ("bulk", "by thousands")] {
        for (part, what) in [
            ("one_count_ratio", "a trigger that counts"),
            ("log_alone_ratio", "the log's indexes"),
            ("without_sums_ratio", "all read models but the sums"),
        ] {
            if let Some(ratio) = report["ingest"][way][part].as_f64() {
                one("P15", format!("{how}: speed with {what}, of a plain insert's"), "", (ratio, None), None);
            }
        }
    }
    for (name, what) in [("stories", "stories"), ("poured", "histories")] {
        let verify = &report["verify"][name];
        if let Some(differences) = verify["differences"].as_f64() {
            let what = format!("rows unlike the log, {} events of {what}, {} kills", verify["events"], verify["kills"]);
            one("P15", what, "rows", (differences, None), Some(0.0));
        }
    }
    found.into_iter().filter_map(|samples| serde_json::from_value(samples).ok()).collect()
}
