//! A reply of 400 files into a project, against writing as many files and waiting for the disk for each.

use crate::{Pairs, Samples, pairs, timed};
use prompt_runner_core::event::{Source, Timing};
use prompt_runner_core::protocol::{Body, Handler as _, ask};
use prompt_runner_core::session::SessionId;
use runner::Runner;
use runner::places::Places;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;

const FILES: usize = 400;
const BYTES: usize = 20_000;

pub(crate) fn measure(repeats: u32) -> Vec<Samples> {
    let home = tempfile::tempdir().unwrap();
    let (project, plain) = (home.path().join("project"), home.path().join("plain"));
    for folder in 0..20 {
        fs::create_dir_all(project.join(format!("d{folder}"))).unwrap();
        fs::create_dir_all(plain.join(format!("d{folder}"))).unwrap();
    }
    (0..FILES).for_each(|nth| fs::write(project.join(name(nth)), text(nth, 'o')).unwrap());
    let places = Places { data: home.path().join("data"), config: home.path().join("config") };
    let mut runner = Runner::open(&places).unwrap();
    let session = ended(&mut runner, &project);
    let mut apply = || {
        let plan = runner.ask(ask::Changes { session: session.clone(), phase: None }).unwrap();
        assert_eq!((plan.files.len(), plan.faults.len()), (FILES, 0));
        let apply =
            ask::Apply { session: session.clone(), phase: None, token: plan.token, files: None, allow: Vec::new() };
        let took = timed(|| runner.ask(apply).unwrap());
        runner.ask(ask::Undo { session: session.clone(), step: None, force: Vec::new() }).unwrap();
        took
    };
    let mut bare = || {
        timed(|| {
            for nth in 0..FILES {
                let mut file = File::create(plain.join(name(nth))).unwrap();
                file.write_all(text(nth, 'n').as_bytes()).unwrap();
                file.sync_all().unwrap();
            }
        })
    };
    let both: Pairs = pairs(repeats, &mut apply, &mut bare);
    let what = "a reply of 400 files of 20 KB applied, against writing them with an fsync each";
    vec![Samples::times("files", what, "ms", both, 3.0)]
}

fn name(nth: usize) -> String {
    format!("d{}/f{nth}.txt", nth % 20)
}

fn text(nth: usize, letter: char) -> String {
    let line = format!("{nth} {}\n", letter.to_string().repeat(70));
    line.repeat(BYTES / line.len())
}

/// A session that ended with a reply that changes every file.
fn ended(runner: &mut Runner, project: &Path) -> SessionId {
    let start = ask::Start {
        feature: "Files".to_owned(),
        project: Some(project.canonicalize().unwrap().display().to_string()),
        workflow: Some("quick".to_owned()),
        conversation: None,
    };
    let session = runner.ask(start).unwrap().view.session;
    let prompt = runner.ask(ask::Prompt { session: session.clone(), phase: None, repair: None }).unwrap();
    let files: String = (0..FILES).map(|nth| format!("### {}\n```\n{}```\n\n", name(nth), text(nth, 'n'))).collect();
    let proof = prompt.text.rsplit_once("```promptrunner").unwrap().1;
    let sections = format!("### PLAN\n````\nx\n````\n\n### FILES\n````\n{files}````\n\n### NOTES\n````\nx\n````\n");
    let capture = ask::Capture {
        capture: "c".to_owned(),
        session: session.clone(),
        phase: None,
        body: Body::Markdown(format!("{sections}\n```promptrunner{proof}")),
        source: Source::File,
        timing: Timing::default(),
        conversation: None,
        others: Vec::new(),
        by: None,
    };
    assert_eq!(runner.ask(capture).unwrap().verdict.problem, None);
    session
}
