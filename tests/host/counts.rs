//! What a capture costs by count, which no other program on the machine can change: how often the host waits for the disk, and how much
//! memory a frame takes above its own size.

use crate::answer::{self, Fault};
use crate::port::{LIMIT, Port, frame};
use serde_json::json;
use std::process::{Command, Stdio};
use std::time::Instant;

const CAPTURES: usize = 5;
/// Above a frame of 64 MiB, in MiB: what read it, and what said that it is no request.
const ABOVE_FRAME: u64 = 2;

/// Counted by strace from outside, and only where that is there and may follow a program.
#[test]
fn a_capture_waits_for_the_disk_once() {
    if Command::new("strace").arg("-V").stdout(Stdio::null()).status().is_err() {
        println!("0 captures counted: strace is not there");
        return;
    }
    let home = tempfile::tempdir().unwrap();
    let mut port = Port::open(home.path());
    let trace = home.path().join("trace");
    let mut strace = Command::new("strace")
        .args(["-f", "-qq", "-e", "trace=fsync,fdatasync,msync,sync_file_range", "-o"])
        .arg(&trace)
        .args(["-p", &port.pid().to_string()])
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let syncs =
        || std::fs::read_to_string(&trace).unwrap_or_default().lines().filter(|line| line.contains("sync(")).count();
    // It follows from the moment on in which the first is seen.
    let begun = Instant::now();
    while syncs() == 0 {
        if let Some(status) = strace.try_wait().unwrap() {
            println!("0 captures counted: strace may not follow a program here ({status})");
            return;
        }
        assert!(begun.elapsed() < LIMIT, "strace does not follow the host");
        port.ask(&json!({ "type": "start", "feature": "Dark mode" }));
    }
    for at in 0..CAPTURES {
        let start = port.ask(&json!({ "type": "start", "feature": "Dark mode" }));
        let session = start["view"]["session"].as_str().unwrap();
        let prompt = port.ask(&json!({ "type": "prompt", "session": session }));
        let content = answer::markdown(prompt["text"].as_str().unwrap(), &"A line.\n".repeat(1_000), Fault::None);
        let before = syncs();
        let captured = port.ask(&json!({
            "type": "capture", "capture": format!("c{at}"), "session": session, "phase": "planning", "source": "page",
            "body": { "format": "markdown", "content": content },
        }));
        assert_eq!(captured["type"], "captured");
        assert_eq!(syncs() - before, 1, "capture {at}");
    }
    println!("{CAPTURES} captures: one wait for the disk each");
    assert!(port.end().status.success());
    strace.wait().unwrap();
}

/// The peak is the kernel's own count, so a copy of the frame that is gone again is in it.
#[test]
#[cfg(target_os = "linux")]
fn the_largest_frame_takes_its_own_size_and_little_more() {
    let peak = |pid| {
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        line.split_whitespace().next().unwrap().parse::<u64>().unwrap() / 1_024
    };
    let home = tempfile::tempdir().unwrap();
    let mut port = Port::open(home.path());
    port.ask(&json!({ "type": "ping" }));
    let before = peak(port.pid());
    port.write(&frame(&vec![b' '; 64 << 20]));
    port.answer();
    let above = peak(port.pid()) - before;
    println!("a frame of 64 MiB: {above} MiB more at the peak");
    assert!((64..=64 + ABOVE_FRAME).contains(&above), "{above} MiB for a frame of 64 MiB");
    // News of nothing: the host is well.
    assert_eq!(port.ask(&json!({ "type": "ping" }))["type"], "pong");
}
