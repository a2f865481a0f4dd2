//! From an idea to its end by one command: what is asked, what is stored, and what happens when it is stopped half-way.

use crate::desk::{Desk, Said, said};
use serde_json::Value;
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// The stand-in for a model, as a command.
pub(crate) const MODEL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/cli/bin/model");
const PHASES: [&str; 3] = ["planning", "analysis", "implementation"];

/// A desk with a model beside it that keeps a list of what it answered.
struct Workshop {
    desk: Desk,
    log: PathBuf,
    gate: PathBuf,
}

impl Workshop {
    fn new() -> Self {
        let desk = Desk::new();
        let (log, gate) = (desk.file("asked", ""), desk.file("gate", ""));
        std::fs::remove_file(&gate).unwrap();
        std::fs::create_dir(&gate).unwrap();
        Self { desk, log: log.into(), gate: gate.into() }
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = self.desk.command(&[&["orchestrate"], words].concat());
        command.args(["--provider", "command", "--command", MODEL]);
        command.env("MODEL_LOG", &self.log).env("MODEL_GATE", &self.gate);
        command
    }

    fn run(&self, words: &[&str]) -> Said {
        said(&self.command(words).output().unwrap())
    }

    /// Lets the model answer these phases.
    fn open(&self, phases: &[&str]) {
        for phase in phases {
            std::fs::write(self.gate.join(phase), "").unwrap();
        }
    }

    /// What the model answered, in order: phase and nonce.
    fn asked(&self) -> Vec<(String, String)> {
        let log = std::fs::read_to_string(&self.log).unwrap();
        let pair = |line: &str| line.split_once(' ').map(|(phase, nonce)| (phase.to_owned(), nonce.to_owned()));
        log.lines().filter_map(pair).collect()
    }

    /// Every phase was answered once, each for a prompt of its own, and the session is complete.
    fn is_done_without_asking_twice(&self, how: &str) {
        let status = self.desk.json(&["status"]);
        assert_eq!(status["view"]["standing"], "complete", "{how}: {status}");
        let asked = self.asked();
        assert_eq!(asked.iter().map(|(phase, _)| phase.as_str()).collect::<Vec<_>>(), PHASES, "{how}");
        assert_eq!(asked.iter().map(|(_, nonce)| nonce).collect::<BTreeSet<_>>().len(), PHASES.len(), "{how}");
        // A start, for each phase a prompt that is rendered, sent and answered, and the end. What is sent again is no event.
        assert_eq!(self.desk.record().0, 2 + 3 * 3, "{how}");
    }
}

#[test]
fn one_command_takes_an_idea_to_its_end() {
    let shop = Workshop::new();
    shop.open(&PHASES);
    let done = shop.run(&["flow", "Dark mode"]);
    assert_eq!(done.code, Some(0), "{}", done.err);
    assert!(done.out.contains("All 3 phases are done and stored."), "{}", done.out);
    shop.is_done_without_asking_twice("one command");
    let show = shop.desk.json(&["show"]);
    assert!(
        show["phases"][1]["prompt"].as_str().unwrap().contains("Thought through."),
        "each prompt is made of what came before"
    );
    assert_eq!(show["view"]["phases"][0]["trusted"], true, "one process saw both ends");
    // Once more there is nothing to do.
    assert_eq!(shop.run(&["flow", "--continue"]).code, Some(0));
    shop.is_done_without_asking_twice("and again");
}

#[test]
fn every_workflow_that_came_with_the_program_goes_to_its_end() {
    let listed = json(&Desk::new(), &["workflow", "list"]);
    let workflows = listed["workflows"].as_array().unwrap();
    assert_eq!(workflows.len(), 8);
    for workflow in workflows {
        let name = workflow["name"].as_str().unwrap();
        let phases: Vec<&str> =
            workflow["phases"].as_array().unwrap().iter().map(|phase| phase["name"].as_str().unwrap()).collect();
        let shop = Workshop::new();
        let tried = json(&shop.desk, &["workflow", "try", name]);
        assert_eq!(tried["phases"].as_array().unwrap().len(), phases.len(), "{name}: {tried}");
        shop.open(&phases);
        let done = shop.run(&["flow", "Dark mode", "--workflow", name]);
        assert_eq!(done.code, Some(0), "{name}: {}", done.err);
        let asked = shop.asked();
        assert_eq!(asked.iter().map(|(phase, _)| phase.as_str()).collect::<Vec<_>>(), phases, "{name}");
        let status = shop.desk.json(&["status"]);
        assert_eq!(status["view"]["standing"], "complete", "{name}: {status}");
        let (told, ended) = (shop.desk.ok(&["status"]), shop.desk.program(&["stats", "--by", "phase"]).out);
        for phase in workflow["phases"].as_array().unwrap() {
            let title = phase["title"].as_str().unwrap();
            assert!(told.contains(title) && ended.contains(title), "{name}: {title}: {told}{ended}");
        }
    }
}

fn json(desk: &Desk, words: &[&str]) -> Value {
    let words = [words, &["--json"]].concat();
    serde_json::from_str(&desk.program(&words).ok(&words)).unwrap()
}

/// The steps of a flow as it tells them: for each phase its prompt, then its reply.
fn steps() -> Vec<(String, usize)> {
    let names = ["Planning", "Analysis", "Implementation"];
    let of = |(at, name): (usize, &&str)| {
        [(format!("{name}: the prompt is ready"), at), (format!("{name}: stored"), at + 1)]
    };
    names.iter().enumerate().flat_map(of).collect()
}

#[test]
fn killed_after_any_step_it_goes_on_to_the_same_end_and_asks_nothing_twice() {
    for (step, answered) in steps() {
        let shop = Workshop::new();
        shop.open(&PHASES[..answered]);
        let mut flow =
            shop.command(&["flow", "Dark mode"]).stderr(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        let told = BufReader::new(flow.stderr.take().unwrap())
            .lines()
            .map_while(Result::ok)
            .any(|line| line.starts_with(&step));
        assert!(told, "it never came to “{step}”");
        flow.kill().unwrap();
        flow.wait().unwrap();
        assert_eq!(shop.asked().len(), answered, "after “{step}”");
        shop.open(&PHASES);
        let done = shop.run(&["flow", "--continue"]);
        assert_eq!(done.code, Some(0), "after “{step}”: {}", done.err);
        shop.is_done_without_asking_twice(&step);
    }
}

#[test]
fn a_command_that_fails_leaves_everything_to_be_asked_again() {
    let shop = Workshop::new();
    shop.open(&PHASES);
    let failed = said(
        &shop
            .desk
            .command(&["flow", "Dark mode", "--provider", "command", "--command", "sh -c 'echo no key >&2; exit 3'"])
            .output()
            .unwrap(),
    );
    assert_eq!(failed.code, Some(8), "{failed:?}");
    assert!(failed.err.contains("[provider.command_failed]") && failed.err.contains("no key"), "{}", failed.err);
    assert!(failed.err.contains("prompt-runner orchestrate resume --session"), "{}", failed.err);
    let status = shop.desk.ok(&["status"]);
    assert!(status.contains("! Planning        no reply: provider.command_failed"), "{status}");
    assert_eq!(shop.desk.run(&["status", "--short"]).out, "P 1/3 !\n");
    assert_eq!(shop.run(&["resume"]).code, Some(0));
    let prompts = shop.desk.json(&["show"]);
    assert_eq!(prompts["phases"].as_array().unwrap().len(), 3);
    assert_eq!(shop.asked().len(), 3);
}

#[test]
fn a_reply_that_stays_incomplete_ends_the_flow_and_is_kept() {
    let shop = Workshop::new();
    shop.open(&PHASES);
    let cut =
        said(&shop.command(&["flow", "Dark mode", "--attempts", "2"]).env("MODEL_FAULT", "cut").output().unwrap());
    assert_eq!(cut.code, Some(5), "{}", cut.err);
    assert!(cut.err.contains("was asked for 2 times") && cut.err.contains("[reply.incomplete]"), "{}", cut.err);
    assert_eq!(shop.asked().len(), 2, "asked as often as was said");
    assert!(shop.desk.ok(&["show", "--reply", "planning"]).contains("Thought through."), "what came is kept");
    let done = shop.run(&["retry"]);
    assert_eq!(done.code, Some(0), "{}", done.err);
}

#[test]
fn a_phase_can_be_done_anew_and_what_follows_is_built_on_it() {
    let shop = Workshop::new();
    shop.open(&PHASES);
    shop.run(&["flow", "Dark mode"]);
    let again = said(&shop.command(&["retry", "--phase", "analysis"]).env("MODEL_SAYS", "Better.").output().unwrap());
    assert_eq!(again.code, Some(0), "{}", again.err);
    let asked: Vec<String> = shop.asked().into_iter().map(|(phase, _)| phase).collect();
    assert_eq!(asked, ["planning", "analysis", "implementation", "analysis", "implementation"]);
    let show = shop.desk.json(&["show"]);
    assert!(show["phases"][2]["prompt"].as_str().unwrap().contains("Better."));
    assert!(
        show["phases"][0]["reply"].as_str().unwrap().contains("Thought through."),
        "the phase before is left alone"
    );
}

#[test]
fn many_features_go_one_after_the_other_and_one_that_fails_stops_no_other() {
    let shop = Workshop::new();
    shop.open(&PHASES);
    let file = shop.desk.file("features.txt", "Dark mode\n\nLogin by mail\n");
    let done = shop.run(&["batch", "--file", &file]);
    assert_eq!(done.code, Some(0), "{}", done.err);
    assert_eq!(done.out.lines().filter(|line| line.contains("complete")).count(), 2, "{}", done.out);
    assert_eq!(shop.asked().len(), 6);
    let parted = shop.desk.file("parted.txt", "Dark mode\nfor every page\n---\nLogin\n");
    // A model that cannot answer is asked for each all the same.
    let words = ["batch", "--file", &parted, "--provider", "command", "--command", "false", "--json"];
    let failed = shop.desk.run(&words);
    assert_eq!(failed.code, Some(8), "{}", failed.err);
    let first: serde_json::Value = serde_json::from_str(failed.out.lines().next().unwrap()).unwrap();
    assert_eq!(first["rows"].as_array().unwrap().len(), 2, "{first}");
    assert_eq!(first["rows"][1]["refusal"]["code"], "provider.command_failed");
}

/// Another program, as the browser's host would, stores the replies while a flow waits for them.
#[test]
fn a_flow_in_the_chat_page_waits_for_what_the_browser_stores() {
    let desk = Desk::new();
    let flow = desk
        .command(&["orchestrate", "flow", "Dark mode"])
        .stderr(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let begun = Instant::now();
    let mut answered = 0;
    while answered < PHASES.len() {
        assert!(begun.elapsed() < Duration::from_secs(60), "only {answered} prompts came");
        let prompt = desk.run(&["show", "--prompt", PHASES[answered]]);
        if prompt.code != Some(0) {
            std::thread::sleep(Duration::from_millis(20));
            continue;
        }
        let reply = crate::answer::markdown(&prompt.out, "x", crate::answer::Fault::None);
        assert_eq!(desk.run_with(&["process"], &reply).code, Some(0), "what is piped in is taken without a word");
        answered += 1;
    }
    let done = said(&flow.wait_with_output().unwrap());
    assert_eq!(done.code, Some(0), "{}", done.err);
    assert!(done.err.contains("Analysis: stored by another program."), "{}", done.err);
}

#[test]
fn a_session_can_be_watched_until_it_ends() {
    let shop = Workshop::new();
    shop.desk.ok(&["plan", "Dark mode"]);
    let watch =
        shop.desk.command(&["orchestrate", "status", "--watch", "--json"]).stdout(Stdio::piped()).spawn().unwrap();
    shop.open(&PHASES);
    assert_eq!(shop.run(&["resume"]).code, Some(0));
    let seen = said(&watch.wait_with_output().unwrap());
    let views: Vec<serde_json::Value> = seen.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let places: Vec<i64> = views.iter().map(|view| view["view"]["seq"].as_i64().unwrap()).collect();
    assert!(places.is_sorted() && places.len() >= 2, "{places:?}");
    assert_eq!(views.last().unwrap()["view"]["standing"], "complete");
}
