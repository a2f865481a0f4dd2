//! `cargo xtask bench analytics [--events N]` — how fast figures are read and the log is written when it is long, and whether the
//! read models survive programs that are killed. The measuring itself is tests/numbers/bench, which has a report of its own.

use anyhow::Result;
use serde_json::{Value, json};

use super::verdict::Samples;
use crate::house;

pub(super) fn samples(events: Option<u64>) -> Result<Vec<Samples>> {
    let mut bench = house::cargo()?;
    bench.args(["bench", "--quiet", "-p", "prompt-runner", "--bench", "numbers", "--", "--json"]);
    if let Some(events) = events {
        bench.args(["--events", &events.to_string()]);
    }
    Ok(read(&super::report(&mut bench)?))
}

/// The goals that its report speaks of.
fn read(report: &Value) -> Vec<Samples> {
    let one = |goal: &str, what: String, unit: &str, ours: f64, yardstick: Option<f64>, most: f64| {
        let yardstick: Vec<f64> = yardstick.into_iter().collect();
        json!({ "goal": goal, "what": what, "unit": unit, "ours": [ours], "yardstick": yardstick, "most": most })
    };
    let mut found = Vec::new();
    for (name, panel) in report["panels"].as_object().into_iter().flatten() {
        if let (Some(slow), Some(scan)) = (panel["p95_ms"].as_f64(), panel["scan_ms"].as_f64()) {
            found.push(one("P14", format!("panel {name}, p95"), "ms", slow, None, 10.0));
            found.push(one(
                "P14",
                format!("panel {name}, p95 against a walk through the log"),
                "ms",
                slow,
                Some(scan),
                0.02,
            ));
        }
    }
    if let (Some(plain), Some(full)) =
        (report["ingest"]["plain_per_s"].as_f64(), report["ingest"]["full_per_s"].as_f64())
    {
        let what = "an event with its read models against a plain insert".to_owned();
        found.push(one("P15", what, "µs", 1e6 / full, Some(1e6 / plain), 1.0 / 0.7));
    }
    if let Some(differences) = report["verify"]["differences"].as_f64() {
        found.push(one("P15", "rows that differ from the log after kills".to_owned(), "rows", differences, None, 0.0));
    }
    found.into_iter().filter_map(|samples| serde_json::from_value(samples).ok()).collect()
}
