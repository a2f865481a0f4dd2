//! Who may come in, and how it ends: foreign callers, the end of input, a reader that has gone away, and whose standard output it is.

use crate::port::{CALLER, Port};
use crate::report::tell;
use serde_json::json;
use std::time::Duration;

#[test]
fn only_our_extension_is_admitted() {
    let chromium = format!("{}/", CALLER.trim_end());
    let firefox = [
        "/usr/lib/mozilla/native-messaging-hosts/io.github.prompt_runner.json",
        "prompt-runner@prompt-runner.github.io",
    ];
    let home = tempfile::tempdir().unwrap();
    for args in [&[chromium.as_str()][..], &[chromium.as_str(), "--parent-window=0"], &firefox] {
        let mut port = Port::open_as(home.path(), args);
        assert_eq!(port.ask(&json!({ "type": "ping" }))["type"], "pong", "{args:?}");
    }
    let foreign = format!("chrome-extension://{}/", "a".repeat(32));
    let foreigners = [
        &[][..],
        &[""],
        &[foreign.as_str()],
        &[chromium.trim_end_matches('/')],
        &[&format!("{chromium}x")],
        &["https://claude.ai/"],
        &[firefox[0]],
        &[firefox[0], "another@addon.example"],
        &[firefox[1]],
        &["--help"],
    ];
    for args in foreigners {
        let home = tempfile::tempdir().unwrap();
        let mut port = Port::open_as(home.path(), args);
        let said = port.answer();
        assert_eq!((&said["refusal"]["code"], &said["id"]), (&json!("origin.foreign"), &json!("")), "{args:?}");
        assert_eq!(port.wait().status.code(), Some(7), "{args:?}");
        assert!(port.message().is_none(), "{args:?} hears nothing else");
        assert!(!home.path().join("prompt-runner.db").exists(), "{args:?} touches nothing");
    }
    tell("T7", foreigners.len(), "callers that are not our extension", "the host refuses and ends with 7");
}

#[test]
fn the_end_of_input_is_the_end() {
    let mut slowest = Duration::ZERO;
    for asked in [false, true] {
        let home = tempfile::tempdir().unwrap();
        let mut port = Port::open(home.path());
        if asked {
            port.ask(&json!({ "type": "start", "feature": "Dark mode" }));
        }
        let ended = port.end();
        assert_eq!(ended.status.code(), Some(0));
        slowest = slowest.max(ended.after);
    }
    println!("from the end of input to the end of the host: {slowest:?}; the promise is 500 ms");
    assert!(slowest < Duration::from_secs(2), "a browser kills after 2 s; it took {slowest:?}");
}

#[test]
fn a_reader_that_goes_away_ends_the_host() {
    let home = tempfile::tempdir().unwrap();
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_prompt-runner-host"))
        .arg(format!("{}/", CALLER.trim_end()))
        .env("PROMPT_RUNNER_DATA_DIR", home.path())
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let mut stdin = child.stdin.take().unwrap();
    let ping = crate::port::frame(br#"{"v":1,"id":"x","request":{"type":"ping"}}"#);
    std::io::Write::write_all(&mut stdin, &ping).unwrap();
    // Our writing end stays open: only the broken pipe can tell the host.
    let begun = std::time::Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        assert!(begun.elapsed() < Duration::from_secs(20), "the host hangs on a closed pipe");
        std::thread::sleep(Duration::from_millis(1));
    };
    assert_eq!(status.code(), Some(7), "it ended by itself, not by a signal or a panic");
}

/// Whoever started the browser may never read what its children say.
#[test]
fn a_standard_error_that_nobody_reads_holds_nothing_up() {
    let home = tempfile::tempdir().unwrap();
    let foreign = "chrome-extension://foreign/".to_owned();
    let ours = format!("{}/", CALLER.trim_end());
    let ping = crate::port::frame(br#"{"v":1,"id":"x","request":{"type":"ping"}}"#);
    for (caller, input, code) in [(&ours, &ping[..], 0), (&ours, &ping[..9], 7), (&foreign, &[], 7)] {
        let (_unread, mut full) = std::io::pipe().unwrap();
        // As much as a pipe of Linux holds; elsewhere it may hold more, and then this shows less.
        std::io::Write::write_all(&mut full, &[b'x'; 16 << 10]).unwrap();
        if cfg!(target_os = "linux") {
            std::io::Write::write_all(&mut full, &[b'x'; 48 << 10]).unwrap();
        }
        let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_prompt-runner-host"))
            .arg(caller)
            .env("PROMPT_RUNNER_DATA_DIR", home.path())
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped())
            .stderr(full)
            .spawn()
            .unwrap();
        let _ = std::io::Write::write_all(&mut child.stdin.take().unwrap(), input);
        let begun = std::time::Instant::now();
        while child.try_wait().unwrap().is_none() {
            if begun.elapsed() > Duration::from_secs(20) {
                child.kill().unwrap();
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{caller} {input:?}");
        let answered = if caller == &foreign { b"origin.foreign".as_slice() } else { b"pong" };
        let heard = output.stdout.windows(answered.len()).any(|part| part == answered);
        assert_eq!(heard, input.len() != 9, "{caller} {input:?}");
    }
    tell("A19", 3, "hosts whose standard error is full and unread", "each answers and ends by itself");
}

/// A library that prints would break the port: after the start, file 1 is not the port any more.
#[cfg(target_os = "linux")]
#[test]
fn standard_output_is_not_the_port() {
    let home = tempfile::tempdir().unwrap();
    let mut port = Port::open(home.path());
    port.ask(&json!({ "type": "ping" }));
    let file = |number: u32| std::fs::read_link(format!("/proc/{}/fd/{number}", port.pid())).unwrap();
    assert_eq!(file(1), file(2), "what is printed goes where errors go");
    assert!(!file(1).to_string_lossy().starts_with("pipe:"), "{}", file(1).display());
}
