//! R26: with the settings as they are at first, nothing is asked of any network. strace sees every socket and every connection of every
//! program that we start, git included.

use crate::account::{Account, Scale};
use crate::answer::{self, Fault};
use crate::crowd::listening;
use crate::desk::{Desk, said};
use crate::port::{CALLER, Port};
use crate::strace;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use std::path::Path;
use std::process::{Command, Stdio};

/// The same command, with every call that has to do with a network in the file.
fn watched_over(command: &Command, trace: &Path) -> Command {
    let mut strace = Command::new("strace");
    strace.args(["-f", "-qq", "-A", "-e", "trace=%network", "-o"]).arg(trace);
    strace.arg("--").arg(command.get_program()).args(command.get_args());
    if let Some(folder) = command.get_current_dir() {
        strace.current_dir(folder);
    }
    for (name, value) in command.get_envs() {
        if let Some(value) = value {
            strace.env(name, value);
        }
    }
    strace
}

pub(crate) fn watched(scale: Scale) -> Account {
    if let Some(account) = strace::cannot(scale) {
        return account;
    }
    let desk = Desk::new();
    let trace = desk.data().with_file_name("trace");
    let control = trace.with_extension("control");
    let mut connects = Command::new("bash");
    connects.args(["-c", "exec 3<>/dev/tcp/127.0.0.1/1"]);
    watched_over(&connects, &control).output().unwrap();
    assert_eq!(outward(&control).len(), 1, "the watch does not see a connection");
    let mut account = Account { unit: "programs watched", ..Account::default() };
    let run = |words: &[&str], account: &mut Account| -> String {
        account.ran += 1;
        let said = said(&watched_over(&desk.command(words), &trace).output().unwrap());
        account.hold(said.code.is_some(), || format!("{words:?} was ended: {}", said.err));
        said.out
    };
    let mut prompt = run(&["orchestrate", "plan", "Dark mode"], &mut account);
    for verb in ["analyze", "implement"] {
        let reply = desk.file("reply.md", answer::markdown(&prompt, "A line of an answer.", Fault::None));
        run(&["orchestrate", "process", "--file", &reply], &mut account);
        prompt = run(&["orchestrate", verb], &mut account);
    }
    let reply = desk.file("reply.md", answer::markdown(&prompt, "A line of an answer.", Fault::None));
    let copy = desk.data().with_file_name("copy.db").display().to_string();
    for words in [
        &["orchestrate", "complete", "--file", &reply][..],
        &["orchestrate", "list"],
        &["orchestrate", "status"],
        &["orchestrate", "show"],
        &["stats"],
        &["template", "list"],
        &["db", "verify"],
        &["db", "backup", &copy],
        &["install", "--help"],
        &["doctor"],
        &["completions", "bash"],
        &["--version"],
    ] {
        run(words, &mut account);
    }
    let mut host = Command::new(env!("CARGO_BIN_EXE_prompt-runner-host"));
    host.arg(format!("{}/", CALLER.trim_end())).env("PROMPT_RUNNER_DATA_DIR", desk.data());
    let mut port = Port::start(&mut watched_over(&host, &trace), trace.parent().unwrap());
    let project = desk.project();
    let start = port.ask(&json!({ "type": "start", "feature": "Dark mode", "project": project }));
    let session = start["view"]["session"].as_str().unwrap().to_owned();
    let prompt = port.ask(&json!({ "type": "prompt", "session": session }));
    let text = answer::markdown(prompt["text"].as_str().unwrap(), "A line of an answer.", Fault::None);
    let body = json!({ "format": "markdown", "content": text });
    let stored =
        port.ask(&json!({ "type": "capture", "capture": "c", "session": session, "source": "page", "body": body }));
    account.hold(stored["verdict"]["problem"] == Value::Null, || format!("the reply was not taken: {stored}"));
    port.end();
    dashboard(&desk, &trace, &mut account);
    account.ran += 2;
    account.promised = account.ran;

    let outward = outward(&trace);
    account.errors = outward.len() as u64;
    account.wrong.extend(outward);
    account.notes.push("a control that connects was seen".to_owned());
    account
}

/// The dashboard listens on this machine alone, and asks nobody.
fn dashboard(desk: &Desk, trace: &Path, account: &mut Account) {
    let mut command = watched_over(&desk.command(&["dashboard", "--no-open"]), trace);
    let strace = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let pid = strace.id();
    let server = listening(strace);
    let answer = server.ask(&json!({ "type": "panel", "panel": "funnel", "filter": {} }).to_string());
    account.hold(answer.status == 200, || format!("the dashboard says {answer:?}"));
    // Whoever ends strace alone leaves the dashboard behind.
    for child in std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap().split_whitespace() {
        kill_process(Pid::from_raw(child.parse().unwrap()).unwrap(), Signal::KILL).unwrap();
    }
    let text = std::fs::read_to_string(trace).unwrap();
    let binds: Vec<_> = text.lines().filter(|line| line.contains("bind(")).collect();
    let here = binds.iter().all(|line| line.contains("127.0.0.1"));
    account.hold(!binds.is_empty() && here, || format!("it listens elsewhere: {binds:?}"));
}

/// The calls by which something goes to an address of the internet.
fn outward(trace: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(trace).unwrap();
    let sends = |line: &&str| ["connect(", "sendto(", "sendmsg(", "sendmmsg("].iter().any(|call| line.contains(call));
    text.lines().filter(sends).filter(|line| line.contains("AF_INET")).map(str::to_owned).collect()
}
