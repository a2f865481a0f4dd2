//! The promises of docs/RELIABILITY.md, by count: hosts that are killed, disks that fail at every call, clocks that jump, many writers.
//! `cargo test` runs a few of each; `cargo xtask faults` more, with `--full` as many as were promised. Each suite says what it tried.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops at the first surprise")]
#![allow(clippy::print_stdout, reason = "the counts are what it is for")]

#[cfg(target_os = "linux")]
mod account;
#[cfg(target_os = "linux")]
#[path = "../story/answer.rs"]
#[allow(dead_code, reason = "the faults of replies are for other tests")]
mod answer;
#[cfg(target_os = "linux")]
#[path = "../seed/bare.rs"]
mod bare;
#[cfg(target_os = "linux")]
mod clock;
#[cfg(target_os = "linux")]
#[path = "../host/crash.rs"]
#[allow(dead_code, reason = "how often its own test kills")]
mod crash;
#[cfg(target_os = "linux")]
mod crowd;
#[cfg(target_os = "linux")]
#[path = "../cli/db.rs"]
#[allow(dead_code, reason = "what its own tests need besides")]
mod db;
#[cfg(target_os = "linux")]
#[path = "../cli/desk.rs"]
#[allow(dead_code, reason = "what other tests at a desk need besides")]
mod desk;
#[cfg(target_os = "linux")]
mod disk;
#[cfg(target_os = "linux")]
mod ends;
#[cfg(target_os = "linux")]
mod files;
#[cfg(target_os = "linux")]
mod kills;
#[cfg(target_os = "linux")]
mod log;
#[cfg(target_os = "linux")]
mod offline;
#[cfg(target_os = "linux")]
#[path = "../host/port.rs"]
#[allow(dead_code, reason = "what other tests of the port need besides")]
mod port;
#[cfg(target_os = "linux")]
mod record;
#[cfg(target_os = "linux")]
#[path = "../seed/mod.rs"]
#[allow(dead_code, unused_imports, reason = "what other histories need besides")]
mod seed;
#[cfg(target_os = "linux")]
#[path = "../http/server.rs"]
#[allow(dead_code, reason = "what the tests of the door need besides")]
mod server;
#[cfg(target_os = "linux")]
mod soak;
#[cfg(target_os = "linux")]
mod strace;
#[cfg(target_os = "linux")]
mod turns;
#[cfg(target_os = "linux")]
mod upgrade;
#[cfg(target_os = "linux")]
mod wire;

/// It looks into `/proc` and stands between programs and their kernel.
#[cfg(not(target_os = "linux"))]
fn main() {
    println!("faults: these suites need Linux; none ran");
}

#[cfg(target_os = "linux")]
fn main() -> std::process::ExitCode {
    account::main(&[
        ("R1", "hosts killed with -9 within a capture", kills::killed),
        ("R4", "8 hosts, the command line and the dashboard at once", crowd::crowded),
        ("R5", "16 hosts that take the same step of one session", turns::taken),
        ("R6", "the write-ahead log cut off, its index deleted", log::cut),
        ("R7", "file system calls that fail", disk::failing),
        ("R8", "upgrades killed at every call, and by 8 at once", upgrade::upgraded),
        ("R9", "backups while somebody writes", kills::backed_up),
        ("R11", "a stream of 3 frames, cut everywhere", wire::cut),
        ("R12", "large answers, and prints into standard output", wire::large),
        ("R13", "input that ends while the host works", ends::hung_up),
        ("R14", "a long life of one host, and many short ones", soak::soaked),
        ("R24", "clocks that jump between the steps of a session", clock::jumped),
        ("R26", "connections to anywhere", offline::watched),
        ("R30", "files of a project that are changed and put back", files::changed),
    ])
}
