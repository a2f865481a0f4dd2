//! Cold starts, as whole processes on a database that is there: the host up to its first answer and the command line to its end,
//! against `sqlite3 FILE 'select 1'` and `true`.

use crate::port::{CALLER, settled};
use crate::{Samples, timed};
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};

/// Starts are short and vary: each repeat is so many of them.
const ROUNDS: u32 = 11;

pub(crate) fn measure(repeats: u32) -> Vec<Samples> {
    let desk = tempfile::tempdir().unwrap();
    let (data, shop) = (desk.path().join("data"), desk.path().join("shop"));
    std::fs::create_dir_all(shop.join(".git")).unwrap();
    let ours = |words: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_prompt-runner"));
        command.args(words).current_dir(&shop).env("PROMPT_RUNNER_DATA_DIR", &data);
        command.env("PROMPT_RUNNER_CONFIG_DIR", desk.path().join("config"));
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command
    };
    assert!(ours(&["plan", "Dark mode"]).status().unwrap().success());
    // A copy: the `sqlite3` of some distributions is too old to be let near a live log with several writers.
    let copy = desk.path().join("copy.db");
    std::fs::copy(data.join("prompt-runner.db"), &copy).unwrap();
    let mut select = Command::new("sqlite3");
    select.arg(&copy).arg("select 1").stdin(Stdio::null()).stdout(Stdio::null());
    let mut nothing = Command::new("true");
    let (mut status, mut help) = (ours(&["status", "--short"]), ours(&["--help"]));
    let mut times: [Vec<f64>; 5] = Default::default();
    for round in 0..=repeats * ROUNDS {
        let took = [
            first_answer(&data),
            timed(|| assert!(status.status().unwrap().success())),
            timed(|| assert!(help.status().unwrap().success())),
            timed(|| assert!(select.status().unwrap().success())),
            timed(|| assert!(nothing.status().unwrap().success())),
        ];
        // The first of each finds nothing in the cache.
        if round > 0 {
            times.iter_mut().zip(took).for_each(|(times, took)| times.push(took));
        }
    }
    let [host, status, help, sqlite3, nothing] = times;
    vec![
        Samples::times(
            "P12",
            "host, start to first answer, against sqlite3 FILE 'select 1'",
            "ms",
            (host.clone(), sqlite3.clone()),
            1.5,
        ),
        Samples::times("P12", "host, start to first answer, against true", "ms", (host, nothing), 3.0).spare(1.0),
        Samples::times("P12", "status --short, against sqlite3 FILE 'select 1'", "ms", (status, sqlite3.clone()), 1.5),
        Samples {
            most: None,
            ..Samples::times("P12", "--help, against sqlite3 FILE 'select 1'", "ms", (help, sqlite3), 0.0)
        },
    ]
}

/// From the start of a host until its first answer is read.
fn first_answer(data: &Path) -> f64 {
    let question = br#"{"v":1,"id":"7","request":{"type":"ping"}}"#;
    let mut command = Command::new(env!("CARGO_BIN_EXE_prompt-runner-host"));
    command.arg(format!("{}/", CALLER.trim_end())).env("PROMPT_RUNNER_DATA_DIR", data);
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = None;
    let took = timed(|| {
        let child = child.insert(command.spawn().unwrap());
        let stdin = child.stdin.as_mut().unwrap();
        stdin.write_all(&u32::try_from(question.len()).unwrap().to_ne_bytes()).unwrap();
        stdin.write_all(question).unwrap();
        let mut length = [0; 4];
        let stdout = child.stdout.as_mut().unwrap();
        stdout.read_exact(&mut length).unwrap();
        let mut body = vec![0; u32::from_ne_bytes(length) as usize];
        stdout.read_exact(&mut body).unwrap();
        body
    });
    let mut child = child.unwrap();
    // Hosts live long. One that ends before it follows the log closes the record as the last one, and who comes next has to set up its
    // write-ahead log anew.
    settled(child.id());
    drop(child.stdin.take());
    assert!(child.wait().unwrap().success());
    took
}
