//! R7: each of the first 200 calls that concern the record fails once, with each error of a disk that is full, broken or locked. Whoever asked
//! hears of it by a stable code, what is stored is whole, and the next run works.

use crate::account::{Account, Scale};
use crate::answer::{self, Fault};
use crate::desk::{Desk, Said, said};
use crate::port::{CALLER, Port};
use crate::record::{self, log};
use crate::strace::{self, Call, Deed};
use prompt_runner_core::refusal::Code;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

const ERRORS: [&str; 4] = ["ENOSPC", "EIO", "EROFS", "EDQUOT"];
/// So many calls of each scene.
const CALLS: usize = 200;

/// A place where something is done to a record, and what is done.
struct Scene {
    desk: Desk,
    /// The record as it was before, or nothing where there was none.
    before: Option<PathBuf>,
    /// What reads the reply and stores it.
    words: Vec<String>,
    /// The reply, where a host is to store it.
    capture: Option<Value>,
    /// How many events there may be afterwards: a request is stored whole or not at all.
    bounds: Vec<usize>,
}

impl Scene {
    /// The first command of all, which makes the record.
    fn first() -> Self {
        let words = ["orchestrate", "plan", "Dark mode"].map(str::to_owned).into();
        // Begun, and its prompt rendered: two requests.
        Self { desk: Desk::new(), before: None, words, capture: None, bounds: vec![0, 1, 2] }
    }

    /// A reply goes into a record that is there.
    fn reply(by_host: bool) -> Self {
        let desk = Desk::new();
        let plan = desk.json(&["plan", "Dark mode"]);
        let text = answer::markdown(plan["text"].as_str().unwrap(), &"A line of an answer.\n".repeat(400), Fault::None);
        let reply = desk.file("reply.md", &text);
        let before = desk.data().with_file_name("before");
        copy(&desk.data(), &before);
        let had = log(&before).len();
        let session = &plan["view"]["session"];
        let words = vec![
            "orchestrate".to_owned(),
            "process".to_owned(),
            "--phase".to_owned(),
            "planning".to_owned(),
            "--file".to_owned(),
            reply,
        ];
        let capture = by_host.then(|| {
            json!({
                "type": "capture", "capture": "c", "session": session, "phase": "planning", "source": "page",
                "body": { "format": "markdown", "content": text },
            })
        });
        Self { desk, before: Some(before), words, capture, bounds: vec![had, had + 1] }
    }

    /// Puts everything back to what it was before.
    fn reset(&self) {
        let data = self.desk.data();
        if data.exists() {
            std::fs::remove_dir_all(&data).unwrap();
        }
        if let Some(before) = &self.before {
            copy(before, &data);
        }
    }

    fn command(&self) -> Command {
        if self.capture.is_none() {
            return self.desk.command(&self.words.iter().map(String::as_str).collect::<Vec<_>>());
        }
        let mut host = Command::new(env!("CARGO_BIN_EXE_prompt-runner-host"));
        host.arg(format!("{}/", CALLER.trim_end())).env("PROMPT_RUNNER_DATA_DIR", self.desk.data());
        host
    }

    /// Does it, with this done to one of its calls; the code of the refusal, if it was refused.
    fn play(&self, deed: Deed, call: &Call, account: &mut Account) -> Option<String> {
        self.reset();
        let trace = self.trace();
        let mut command = strace::under(&self.command(), &self.desk.data(), &trace, deed, call);
        let what = || format!("{} of {}: {deed:?}", call.1, call.0);
        match &self.capture {
            None => refusal(&said(&command.output().unwrap()), &what(), account),
            Some(capture) => {
                let mut port = Port::start(&mut command, trace.parent().unwrap());
                let first = port.ask_any(capture);
                let again = port.ask_any(capture);
                account.hold(again["refusal"].is_null(), || format!("{}: sent again, it is refused: {again}", what()));
                let stored = first["refusal"].is_null();
                account.hold(!stored || again["reply"]["duplicate"] == true, || {
                    format!("{}: acknowledged, and not there", what())
                });
                account.hold(port.end().status.success(), || format!("{}: the host did not end well", what()));
                first["refusal"]["code"].as_str().map(str::to_owned)
            }
        }
    }

    fn trace(&self) -> PathBuf {
        self.desk.data().with_file_name("trace")
    }
}

/// The code of what a command was refused with; it has to be a sentence with a stable code, and a next step.
fn refusal(said: &Said, what: &str, account: &mut Account) -> Option<String> {
    if said.code == Some(0) {
        return None;
    }
    let lines: Vec<_> = said.err.lines().collect();
    let code =
        lines.iter().rev().nth(1).and_then(|line| line.strip_suffix(']')?.rsplit_once('[')).map(|(_, code)| code);
    let known = code.and_then(Code::named).filter(|code| Some(i32::from(code.exit())) == said.code);
    account.hold(known.is_some() && lines.last().is_some_and(|hint| hint.ends_with('.')), || {
        format!("{what}: it ended with {:?} and said: {}", said.code, said.err)
    });
    known.map(|code| code.name().to_owned())
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

pub(crate) fn failing(scale: Scale) -> Account {
    if let Some(account) = strace::cannot(scale) {
        return account;
    }
    let mut account = Account { unit: "failed calls", lost: Some(0), doubled: Some(0), ..Account::default() };
    let every = usize::try_from(scale.of(15, 1, 1)).unwrap();
    let mut heard: BTreeMap<&str, BTreeMap<String, u32>> = BTreeMap::new();
    for (name, scene) in [
        ("the first command", Scene::first()),
        ("a reply by the command line", Scene::reply(false)),
        ("a reply by the host", Scene::reply(true)),
    ] {
        scene.play(Deed::Watch, &(String::new(), 0), &mut account);
        let mut calls = strace::calls(&scene.trace());
        calls.truncate(CALLS);
        account.promised += (calls.len() * ERRORS.len()) as u64;
        for (at, call) in calls.iter().enumerate().step_by(every) {
            // All four of each call, or one in turn.
            let errors = if scale == Scale::Full { ERRORS.to_vec() } else { vec![ERRORS[at / every % ERRORS.len()]] };
            for error in errors {
                let code = scene.play(Deed::Fail(error), call, &mut account);
                account.ran += 1;
                let what = format!("{name}, {} of {} gives {error}, heard {code:?}", call.1, call.0);
                after(&scene, code.as_deref(), &what, &mut account);
                let code = code.unwrap_or_else(|| "no harm".to_owned());
                *heard.entry(error).or_default().entry(code).or_default() += 1;
            }
        }
        account.notes.push(format!("{name}: the first {} calls", calls.len()));
    }
    for (error, codes) in heard {
        let codes: Vec<_> = codes.iter().map(|(code, times)| format!("{times} {code}")).collect();
        account.notes.push(format!("{error}: {}", codes.join(", ")));
    }
    account
}

/// What is there afterwards, and whether one can go on.
fn after(scene: &Scene, code: Option<&str>, what: &str, account: &mut Account) {
    let data = scene.desk.data();
    account.hold(code.is_none_or(|code| code.starts_with("store.")), || format!("{what}: no code of the store"));
    // A refusal may have come before there was anything.
    if data.join(record::DATABASE).exists() {
        let flaws = record::flaws(&data);
        account.hold(flaws.is_empty(), || format!("{what}: {flaws:?}"));
        let events = log(&data).len();
        account.hold(scene.bounds.contains(&events), || format!("{what}: {events} events"));
        let all = scene.bounds[scene.bounds.len() - 1];
        if code.is_none() && events < all {
            *account.lost.get_or_insert_default() += 1;
        }
    } else {
        account.hold(code.is_some(), || format!("{what}: acknowledged, and there is no record"));
    }
    if scene.capture.is_none() {
        let again = said(&scene.command().output().unwrap());
        account.hold(again.code == Some(0), || format!("{what}: the next run says {}", again.err));
    }
    let events = log(&data).len();
    let most = scene.bounds[scene.bounds.len() - 1] + if scene.before.is_none() { 2 } else { 0 };
    if events > most {
        *account.doubled.get_or_insert_default() += 1;
    }
}
