//! Memory: of a host that has nothing to do, and of one that has just read the largest frame there is; and the size of the programs.

use crate::Samples;
use crate::port::{Port, frame};
use prompt_runner::frame::MAX_IN;
use serde_json::json;
use std::path::Path;

const KIB: f64 = 1_024.0;

pub(crate) fn measure() -> Vec<Samples> {
    let home = tempfile::tempdir().unwrap();
    let mut port = Port::open(home.path());
    port.ask(&json!({ "type": "ping" }));
    let idle = resident(port.pid(), "VmRSS");
    port.write(&frame(&vec![b' '; MAX_IN as usize]));
    port.answer();
    let peak = resident(port.pid(), "VmHWM");
    let size = |program: &str| std::fs::metadata(Path::new(program)).unwrap().len() as f64;
    let mib = KIB * KIB;
    vec![
        Samples::count("P20", "host with nothing to do, resident", "MB", idle / mib, Some(12.0)),
        Samples::count(
            "P11",
            "memory above a frame of 64 MiB while it is read",
            "MiB",
            (peak - idle) / mib - 64.0,
            Some(2.0),
        ),
        Samples::count(
            "P20",
            "prompt-runner-host, file",
            "MB",
            size(env!("CARGO_BIN_EXE_prompt-runner-host")) / mib,
            Some(8.0),
        ),
        Samples::count("P20", "prompt-runner, file", "MB", size(env!("CARGO_BIN_EXE_prompt-runner")) / mib, None)
            .note("the command line with the providers and the dashboard; the goal is the host's"),
    ]
}

/// Bytes, by what the kernel calls them.
fn resident(pid: u32, name: &str) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).expect("this is measured on Linux alone");
    let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
    line.trim_matches([':', ' ', '\t']).split_whitespace().next().unwrap().parse::<f64>().unwrap() * KIB
}
