//! The library in a process of its own: which display it uses is a matter of the environment, and a process has one.

use prompt_runner_core::refusal::Refusal;
use runner::clipboard::{self, Clipboard, ClipboardError, Copied};
use serde_json::{Value, json};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

#[test]
#[ignore = "the other tests start it, each with its own display"]
fn one_thing_in_a_process_of_its_own() {
    let folder = PathBuf::from(std::env::var_os("FOLDER").expect("the other tests say where"));
    let act = std::env::var("ACT").unwrap();
    let text = std::fs::read_to_string(folder.join("text")).unwrap();
    let done = match act.as_str() {
        "copy" | "keep" => copy(&text),
        "paste" => clipboard::paste().map(|text| json!({ "text": text })),
        "watch" => watch(&folder.join(&act)),
        _ => panic!("nobody knows how to {act}"),
    };
    say(&folder.join(&act), &done.unwrap_or_else(|error| json!({ "refusal": Refusal::from(error) })));
    if act == "keep" {
        std::io::stdin().read_to_end(&mut Vec::new()).unwrap();
    }
}

fn copy(text: &str) -> Result<Value, ClipboardError> {
    let program = Path::new(crate::display::PROGRAM);
    clipboard::copy_by(text, program).map(|Copied { owner }| json!({ "owner": owner }))
}

/// The first two things that are new.
fn watch(file: &Path) -> Result<Value, ClipboardError> {
    let mut clipboard = Clipboard::watch()?;
    let mut heard = Vec::new();
    let begun = Instant::now();
    say(file, &json!(heard));
    while heard.len() < 2 && begun.elapsed() < Duration::from_secs(60) {
        if let Some(text) = clipboard.changed()? {
            heard.push(text);
            say(file, &json!(heard));
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    Ok(json!(heard))
}

/// Whole or not at all, for somebody may be reading.
fn say(file: &Path, what: &Value) {
    let draft = file.with_extension("draft");
    std::fs::write(&draft, what.to_string()).unwrap();
    std::fs::rename(&draft, file).unwrap();
}
