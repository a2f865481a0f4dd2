//! Waiting for a person: the page stores, a file comes to rest. Neither is hurried, and neither is waited for beyond its time.

use crate::listener::{Listener, PROMPT, ask, text};
use prompt_runner_core::event::{Source, Timing};
use runner::ProviderEvent;
use runner::testing::{Outcome, Page, ProviderError, ReplyFile};
use std::cell::Cell;
use std::path::Path;
use std::time::Duration;

const SHORT: Duration = Duration::from_millis(300);
const BOUND: Option<Duration> = Some(Duration::from_secs(20));

fn file(path: &Path, wait: Option<Duration>) -> ReplyFile {
    ReplyFile { path: path.to_owned(), wait }
}

#[test]
fn the_page_is_awaited_until_its_reply_is_stored() {
    let looks = Cell::new(0);
    let stored = || {
        looks.set(looks.get() + 1);
        looks.get() > 2
    };
    let mut listener = Listener { stored: Box::new(stored), ..Listener::default() };
    assert_eq!(ask(&mut Page { wait: None }, PROMPT, None, &mut listener), Ok(Outcome::Stored));
    assert_eq!(listener.heard, [ProviderEvent::Waiting]);
    drop(listener);
    assert_eq!(looks.get(), 3);
}

#[test]
fn nobody_waits_longer_than_told() {
    let home = tempfile::tempdir().unwrap();
    let nothing = home.path().join("reply.md");
    for outcome in [
        ask(&mut Page { wait: Some(SHORT) }, PROMPT, None, &mut Listener::default()),
        ask(&mut file(&nothing, Some(SHORT)), PROMPT, None, &mut Listener::default()),
    ] {
        assert_eq!(outcome, Err(ProviderError::TimedOut { limit: SHORT }));
    }
}

#[test]
fn a_file_counts_once_it_is_the_reply_and_is_judged_once_per_change() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("reply.md");
    // What is written at which look: nothing, an old reply, the same again, bytes, the reply in two halves.
    let looks = Cell::new(0);
    let stored = || {
        looks.set(looks.get() + 1);
        match looks.get() {
            2 => std::fs::write(&path, "an old reply\n").unwrap(),
            8 => std::fs::write(&path, b"caf\xe9").unwrap(),
            12 => std::fs::write(&path, "whole ").unwrap(),
            13 => std::fs::write(&path, "complete reply\n").unwrap(),
            _ => {}
        }
        false
    };
    let judged = std::cell::RefCell::new(Vec::new());
    let judge = |text: &str| {
        judged.borrow_mut().push(text.to_owned());
        if text == "complete reply\n" { Ok(()) } else { Err("It answers another prompt.".to_owned()) }
    };
    let mut listener = Listener { stored: Box::new(stored), judge: Box::new(judge), ..Listener::default() };
    let outcome = ask(&mut file(&path, BOUND), PROMPT, None, &mut listener).unwrap();
    let Outcome::Reply(answer) = outcome else { panic!("nobody stored anything") };
    assert_eq!((answer.text.as_str(), answer.source), ("complete reply\n", Source::File));
    assert_eq!((answer.timing, answer.usage), (Timing::default(), None), "nobody saw it being written");
    let why = |heard: &ProviderEvent| match heard {
        ProviderEvent::Looked { why } => Some(why.clone()),
        _ => None,
    };
    let whys: Vec<String> = listener.heard.iter().filter_map(why).collect();
    assert_eq!(whys, ["It answers another prompt.", "The file is not UTF-8 text."]);
    drop(listener);
    assert_eq!(*judged.borrow(), ["an old reply\n", "complete reply\n"], "no half was judged, and nothing twice");
}

#[test]
fn a_file_that_is_there_already_is_taken_and_one_that_is_stored_meanwhile_is_not_needed() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("reply.md");
    std::fs::write(&path, "reply").unwrap();
    assert_eq!(text(ask(&mut file(&path, BOUND), PROMPT, None, &mut Listener::default())).as_deref(), Ok("reply"));
    let mut listener = Listener { stored: Box::new(|| true), ..Listener::default() };
    assert_eq!(ask(&mut file(&path, BOUND), PROMPT, None, &mut listener), Ok(Outcome::Stored));
}

#[test]
fn what_is_no_file_is_refused_and_what_is_too_large_is_said_to_be() {
    let home = tempfile::tempdir().unwrap();
    let error = ask(&mut file(home.path(), BOUND), PROMPT, None, &mut Listener::default()).unwrap_err();
    assert!(matches!(error, ProviderError::File { .. }) && error.to_string().contains("no file"), "{error}");
    let huge = home.path().join("huge.md");
    std::fs::write(&huge, "x".repeat((16 << 20) + 1)).unwrap();
    let mut listener = Listener::default();
    let outcome = ask(&mut file(&huge, Some(Duration::from_secs(1))), PROMPT, None, &mut listener);
    assert!(matches!(outcome, Err(ProviderError::TimedOut { .. })));
    let too_large = ProviderEvent::Looked { why: "The file is larger than 16 MiB.".into() };
    assert_eq!(listener.heard, [ProviderEvent::Waiting, too_large]);
}
