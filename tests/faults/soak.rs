//! R14: one host stores replies for a long time, and hosts come and go. Memory and open files stay as they are, and no process is left.

use crate::account::{Account, Scale};
use crate::answer::{self, Fault};
use crate::port::{Port, settled};
use crate::record::{self, count};
use serde_json::json;
use std::path::Path;
use std::process::Command;

/// MiB for 10,000 captures.
const SLOPE: f64 = 1.0;
/// Below so many captures a slope is chance: SQLite is still filling the pages that it may keep.
const SLOPE_FROM: u32 = 10_000;
/// MiB that a host may take besides what it began with: the pages that SQLite keeps for its two connections, and as much again.
const GROWTH: f64 = 8.0;

/// Kibibytes of memory and number of open files of a process.
fn looked_at(pid: u32) -> (u64, usize) {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    let kibibytes = line.trim().trim_end_matches(" kB").parse().unwrap();
    (kibibytes, std::fs::read_dir(format!("/proc/{pid}/fd")).unwrap().count())
}

/// What a process has started and not buried, zombies too.
fn children(pid: u32) -> usize {
    let threads = std::fs::read_dir(format!("/proc/{pid}/task")).unwrap();
    let of = |thread: std::fs::DirEntry| std::fs::read_to_string(thread.path().join("children")).unwrap_or_default();
    threads.map(|thread| of(thread.unwrap()).split_whitespace().count()).sum()
}

/// The slope of a line through these points, by least squares.
fn slope(points: &[(f64, f64)]) -> f64 {
    let number = points.len() as f64;
    let mean = |of: fn(&(f64, f64)) -> f64| points.iter().map(of).sum::<f64>() / number;
    let (x, y) = (mean(|point| point.0), mean(|point| point.1));
    points.iter().map(|point| (point.0 - x) * (point.1 - y)).sum::<f64>()
        / points.iter().map(|point| (point.0 - x).powi(2)).sum::<f64>()
}

fn repository(folder: &Path) {
    let git = Command::new("git").args(["init", "-q"]).arg(folder).output().expect("git is needed: the host asks it");
    assert!(git.status.success(), "{}", String::from_utf8_lossy(&git.stderr));
}

pub(crate) fn soaked(scale: Scale) -> Account {
    let captures = scale.of(100, 2_500, 100_000);
    let mut account = Account { unit: "captures by one host", promised: 100_000, lost: Some(0), ..Account::default() };
    let home = tempfile::tempdir().unwrap();
    let (data, project) = (home.path().join("data"), home.path().join("shop"));
    std::fs::create_dir(&data).unwrap();
    repository(&project);
    let mut port = Port::open(&data);
    settled(port.pid());
    let mut points = Vec::new();
    let mut files = Vec::new();
    let sample = captures / 50;
    for at in 0..captures {
        // A repository every so often: git is then asked, by a program that has to be buried.
        let project = (at % 50 == 0).then_some(&project);
        let start = port.ask(&json!({ "type": "start", "feature": "Dark mode", "project": project }));
        let session = start["view"]["session"].as_str().unwrap().to_owned();
        let prompt = port.ask(&json!({ "type": "prompt", "session": session }));
        let text =
            answer::markdown(prompt["text"].as_str().unwrap(), &"A line of an answer.\n".repeat(40), Fault::None);
        let body = json!({ "format": "markdown", "content": text });
        port.ask(&json!({ "type": "capture", "capture": "c", "session": session, "source": "page", "body": body }));
        account.ran += 1;
        if at % sample == 0 {
            let (kibibytes, open) = looked_at(port.pid());
            points.push((f64::from(at), kibibytes as f64 / 1024.0));
            files.push(open);
        }
    }
    let rest = &points[points.len() / 2..];
    let per_ten_thousand = slope(rest) * 10_000.0;
    account.hold(files.iter().all(|open| *open == files[0]), || format!("open files: {files:?}"));
    account
        .hold(children(port.pid()) == 0, || format!("{} programs were started and not buried", children(port.pid())));
    if captures >= SLOPE_FROM {
        account.hold(per_ten_thousand < SLOPE, || {
            format!("memory grows by {per_ten_thousand:.2} MiB for 10,000 captures")
        });
    }
    let (first, last) = (points[0].1, rest[rest.len() - 1].1);
    account.hold(last - first < GROWTH, || format!("memory grew from {first:.1} to {last:.1} MiB"));
    account.notes.push(format!(
        "memory {first:.1} MiB at first, {last:.1} in the end; over the second half {per_ten_thousand:.2} MiB for 10,000; {} open files all along",
        files[0]
    ));
    account.hold(port.end().status.success(), || "the host did not end well".to_owned());
    let stored = count(&data, "SELECT count(*) FROM event WHERE kind = 'reply_captured'");
    account.lost = Some(account.ran.saturating_sub(stored.unsigned_abs()));
    account.wrong.extend(record::flaws(&data));
    reconnected(scale, &data, &mut account);
    account
}

/// Hosts that come and go, as a browser that closes its port and opens another.
fn reconnected(scale: Scale, data: &Path, account: &mut Account) {
    let times = scale.of(20, 100, 500);
    let before = children(std::process::id());
    for _ in 0..times {
        let mut port = Port::open(data);
        account.hold(port.ask(&json!({ "type": "ping" }))["type"] == "pong", || "a host did not answer".to_owned());
        account.hold(port.end().status.success(), || "a host did not end by itself".to_owned());
    }
    let left = children(std::process::id()) - before;
    account.hold(left == 0, || format!("{left} hosts are left"));
    account.notes.push(format!("{times} of 500 hosts opened and closed, {left} left"));
}
