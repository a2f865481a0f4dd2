//! The clipboard on real displays without a screen: what is copied outlives who copied it, and what others copy is read as it is.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops at the first surprise")]

mod actor;
#[path = "../story/answer.rs"]
mod answer;
mod display;
mod foreign;
mod kinds;
mod orchestrate;

use display::{Display, PROGRAM, until};
use serde_json::json;
use std::process::{Command, Stdio};

/// 100 KB with everything that a clipboard could spoil.
fn odd() -> String {
    let line = "Zeile\twith “quotes”, 👩‍👩‍👧 and 日本語 \u{202e}\r\n\n  \u{1b}[31m `x` é e\u{301}\r\n";
    line.repeat(100_000 / line.len() + 1)
}

#[test]
fn what_a_program_copied_is_pasted_after_it_has_ended() {
    let display = Display::new();
    display.copy(&odd());
    for reader in ["the first", "the second"] {
        assert_eq!(display.act("paste", ""), json!({ "text": odd() }), "{reader}");
    }
    assert_eq!(display.xclip_reads("UTF8_STRING"), odd().as_bytes());
    display.copy("");
    assert_eq!(display.act("paste", ""), json!({ "text": "" }));
}

#[test]
fn what_another_program_copied_is_pasted() {
    let display = Display::new();
    assert_eq!(display.act("paste", "")["refusal"]["code"], "clipboard.not_text", "nothing was copied yet");
    display.xclip_writes("UTF8_STRING", odd().as_bytes());
    assert_eq!(display.act("paste", ""), json!({ "text": odd() }));
    let large = "A line of a large answer.\n".repeat((16 << 20) / 26);
    display.xclip_writes("UTF8_STRING", large.as_bytes());
    assert!(display.act("paste", "") == json!({ "text": large }), "16 MiB are the most that a reply may have");
}

#[test]
fn what_is_no_text_or_too_much_of_it_is_refused_by_name() {
    let display = Display::new();
    display.xclip_writes("image/png", b"\x89PNG\r\n\x1a\n");
    assert_eq!(display.act("paste", "")["refusal"]["code"], "clipboard.not_text");
    display.xclip_writes("UTF8_STRING", b"caf\xe9");
    assert_eq!(display.act("paste", "")["refusal"]["code"], "clipboard.not_text");
    let large = vec![b'x'; (16 << 20) + 1];
    display.xclip_writes("UTF8_STRING", &large);
    assert_eq!(display.act("paste", "")["refusal"]["code"], "clipboard.too_large");
    assert_eq!(display.act("copy", &"x".repeat((15 << 20) + 1))["refusal"]["code"], "clipboard.too_large");
    let most = "x".repeat(15 << 20);
    display.copy(&most);
    assert!(
        display.xclip_reads("UTF8_STRING") == most.as_bytes(),
        "all of the largest text that is copied can be read"
    );
}

#[test]
fn the_owner_ends_when_another_program_copies_and_leaves_no_trace() {
    let display = Display::new();
    // Its parent lives on, and would be the one to have a dead child in the table of processes.
    let mut parent = display.actor("keep", "one").stdin(Stdio::piped()).spawn().unwrap();
    until("the text is copied", || display.said("keep").is_some());
    let owner = display.said("keep").unwrap()["owner"].as_u64().unwrap();
    let process = format!("/proc/{owner}");
    let at = |name: &str| std::fs::read_link(format!("{process}/{name}")).unwrap();
    assert_eq!(at("cwd").to_str(), Some("/"), "it holds no folder");
    assert_eq!(at("fd/2").to_str(), Some("/dev/null"), "it holds no terminal");
    display.xclip_writes("UTF8_STRING", b"two");
    until("the owner is gone", || !std::fs::exists(&process).unwrap());
    assert_eq!(display.xclip_reads("UTF8_STRING"), b"two");
    drop(parent.stdin.take());
    assert!(parent.wait().unwrap().success());
}

#[test]
fn the_owner_ends_with_its_desktop_and_with_the_next_copy() {
    let display = Display::new();
    let first = display.copy("one");
    let second = display.copy("two");
    until("the first owner has ended", || display::ended(first));
    assert!(!display::ended(second));
    drop(display);
    until("the second owner has ended", || display::ended(second));
}

#[test]
fn a_watcher_hears_what_is_new_and_nothing_else() {
    let display = Display::new();
    display.xclip_writes("UTF8_STRING", b"old");
    let mut watcher = display.actor("watch", "").stdin(Stdio::null()).spawn().unwrap();
    until("it watches", || display.said("watch") == Some(json!([])));
    display.xclip_writes("image/png", b"\x89PNG\r\n\x1a\n");
    display.xclip_writes("UTF8_STRING", b"old");
    display.xclip_writes("UTF8_STRING", b"new");
    until("it has heard", || display.said("watch") == Some(json!(["new"])));
    display.copy("newer\r\n");
    until("it has heard again", || display.said("watch") == Some(json!(["new", "newer\r\n"])));
    assert!(watcher.wait().unwrap().success());
}

#[test]
fn without_a_desktop_there_is_one_clear_refusal() {
    let display = Display::new();
    for (what, name) in [("none", None), ("one that has gone", Some(":4095")), ("nonsense", Some("dark"))] {
        for act in ["copy", "paste", "watch"] {
            let mut actor = display.actor(act, "x");
            match name {
                Some(name) => actor.env("DISPLAY", name),
                None => actor.env_remove("DISPLAY"),
            };
            assert!(actor.status().unwrap().success());
            let refusal = &display.said(act).unwrap()["refusal"];
            assert_eq!(refusal["code"], "clipboard.unavailable", "{act} with {what}");
            assert!(refusal["message"].as_str().unwrap().starts_with("There is no clipboard here: "), "{refusal}");
            let hint = refusal["hint"].as_str().unwrap();
            assert!(hint.contains("--file") && hint.contains("standard output"), "{hint}");
        }
    }
}

#[test]
fn an_owner_says_why_it_cannot_be_one_and_is_no_command_for_people() {
    let mut serve = Command::new(PROGRAM);
    serve.arg("__clipboard-serve").env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY").stdin(Stdio::null());
    let output = serve.output().unwrap();
    assert!(!output.status.success());
    assert!(String::from_utf8(output.stdout).unwrap().contains("X11 server"));
    for words in [&["--help"][..], &["completions", "bash"]] {
        let said = Command::new(PROGRAM).args(words).output().unwrap();
        assert!(!String::from_utf8(said.stdout).unwrap().contains("clipboard-serve"), "{words:?}");
    }
}
