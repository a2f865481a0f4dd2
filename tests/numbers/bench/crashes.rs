//! Programs that write and are killed at any moment: afterwards the read models must still say what the log says. Some play stories as a
//! developer would, one decision at a time; others pour whole histories in, which makes a long record in a time that can be waited for.

use crate::DATABASE;
use crate::answer::{self, Fault};
use crate::seed::{Dice, END_MS, History, connect, fill, write as keep};
use prompt_runner_core::event::{Source, Timing};
use prompt_runner_core::phase::Phase;
use prompt_runner_core::protocol::answer::{RenderedPrompt, SessionFound};
use prompt_runner_core::protocol::{Body, Reply, Request, ask};
use prompt_runner_core::session::SessionId;
use runner::Runner;
use runner::places::Places;
use runner::testing::StoreError;
use rusqlite::Connection;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// How many write at once.
const WRITERS: u64 = 3;
/// The longest that one lives after its first event.
const LIFE_MS: u64 = 250;
/// The same for one that pours.
const LONG_LIFE_MS: u64 = 2_000;
/// Events of one history that is poured in; nobody lives to its end.
const POURED: u64 = 100_000;
/// The most of them in one transaction.
const AT_ONCE: u64 = 400;

const FAULTS: &[(u64, Fault)] = &[
    (12, Fault::None),
    (2, Fault::Cut),
    (2, Fault::Missing),
    (1, Fault::Doubled),
    (1, Fault::HalfProof),
    (1, Fault::Foreign),
];

/// Many rounds: some programs begin to write, each is killed whenever chance says, and then what they left is examined.
pub(crate) fn measure(rounds: u64) -> Value {
    let home = tempfile::tempdir().unwrap();
    let places = crate::places(home.path());
    drop(Runner::open(&places).unwrap());
    let mut dice = Dice::new(99);
    let (mut kills, mut differing) = (0, 0);
    for round in 0..rounds {
        kills += round_of(&places, "--write", round, LIFE_MS, &mut dice);
        differing += differences(&places);
    }
    json!({ "differences": differing, "rounds": rounds, "kills": kills, "events": events(&places) })
}

/// The same with histories, until there are so many events; examined at the end, since that takes as long as all of it.
pub(crate) fn measure_long(least: i64) -> Value {
    let home = tempfile::tempdir().unwrap();
    let places = crate::places(home.path());
    drop(Runner::open(&places).unwrap());
    let mut dice = Dice::new(98);
    let (mut kills, mut rounds) = (0, 0);
    while events(&places) < least {
        kills += round_of(&places, "--pour", rounds, LONG_LIFE_MS, &mut dice);
        rounds += 1;
    }
    json!({ "differences": differences(&places), "rounds": rounds, "kills": kills, "events": events(&places) })
}

/// Programs that write at once, each killed at some moment of its life; how many were.
fn round_of(places: &Places, what: &str, round: u64, life_ms: u64, dice: &mut Dice) -> u64 {
    let mut writers: Vec<Child> = (0..WRITERS).map(|at| writer(places, what, round * WRITERS + at + 1)).collect();
    let mut kills = 0;
    for child in &mut writers {
        // Its first line says that it has begun. How long it goes on from there is up to chance: that is the test.
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut String::new()).unwrap();
        std::thread::sleep(Duration::from_millis(dice.roll(life_ms)));
        child.kill().unwrap();
        kills += u64::from(!child.wait().unwrap().success());
    }
    kills
}

/// The rows that differ from the log; a file that is not sound counts as one more.
fn differences(places: &Places) -> u64 {
    let database = Connection::open(places.data.join(DATABASE)).unwrap();
    let sound: String = database.pragma_query_value(None, "integrity_check", |row| row.get(0)).unwrap();
    u64::from(sound != "ok") + Runner::open(places).unwrap().verify().unwrap().len() as u64
}

fn events(places: &Places) -> i64 {
    let database = Connection::open(places.data.join(DATABASE)).unwrap();
    database.query_row("SELECT count(*) FROM event", [], |row| row.get(0)).unwrap()
}

fn writer(places: &Places, what: &str, seed: u64) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.arg(what).arg(&places.data).args(["--seed", &seed.to_string()]);
    command.stdout(Stdio::piped()).spawn().unwrap()
}

/// Pours histories in until somebody ends this process. Nothing waits for the disk: that a program is killed loses nothing of what the
/// system has been given, and power failures are not what this is about.
pub(crate) fn pour(places: &Places, seed: u64) -> ! {
    let mut database = connect(&places.data.join(DATABASE)).unwrap();
    database.busy_timeout(Duration::from_secs(60)).unwrap();
    let mut dice = Dice::new(seed);
    for part in 0.. {
        let mut history = History::new(seed * 1_000 + part, POURED, END_MS);
        fill(&mut history, |mut entries| -> Result<(), StoreError> {
            while !entries.is_empty() {
                let (now, later) =
                    entries.split_at(entries.len().min(1 + usize::try_from(dice.roll(AT_ONCE)).unwrap()));
                keep(&mut database, now)?;
                println!("{}", now.len());
                entries = later;
            }
            Ok(())
        })
        .unwrap();
    }
    unreachable!("a writer is always ended by somebody")
}

/// Plays stories until somebody ends this process.
pub(crate) fn write(places: &Places, seed: u64) -> ! {
    let mut runner = Runner::open(places).unwrap();
    let mut dice = Dice::new(seed);
    loop {
        let workflow = Some(dice.one_of(&["feature", "full"]).to_owned());
        let start =
            Request::Start(ask::Start { feature: "Dark mode".to_owned(), project: None, workflow, conversation: None });
        let Ok(Reply::Session(SessionFound { view: Some(view) })) = runner.handle(start) else {
            panic!("nothing can be started")
        };
        println!("{}", view.session);
        std::io::stdout().flush().unwrap();
        for step in 0..20 {
            let request = step_of(&mut runner, &view.session, step, &mut dice);
            // Out of order, or closed already: a story may try anything.
            if let Err(refusal) = runner.handle(request) {
                assert!(!refusal.code.name().starts_with("store."), "{refusal}");
            }
        }
    }
}

/// Something that may happen in a session.
fn step_of(runner: &mut Runner, session: &SessionId, step: u32, dice: &mut Dice) -> Request {
    let session = session.clone();
    match dice.roll(16) {
        0 => Request::Skip(ask::Skip { session, phase: None }),
        1 => Request::Redo(ask::Redo { session, phase: dice.one_of(&Phase::FULL) }),
        2 if dice.percent(10) => Request::Abandon(ask::Abandon { session }),
        3 => Request::Accept(ask::Accept { session, phase: None }),
        4 => Request::Limit(ask::Limit { session, text: "in 2 hours".to_owned() }),
        5 => Request::Rate(ask::Rate { session, rating: 4, word: None, saved_minutes: Some(30) }),
        _ => {
            match runner.handle(Request::Prompt(ask::Prompt { session: session.clone(), phase: None, repair: None })) {
                Ok(Reply::Prompt(RenderedPrompt { phase, text, .. })) => {
                    let fault = dice.weighted(FAULTS);
                    Request::Capture(ask::Capture {
                        capture: format!("c{step}"),
                        session,
                        phase: Some(phase),
                        body: Body::Markdown(answer::markdown(&text, &format!("body {step}"), fault)),
                        source: Source::Page,
                        timing: Timing::default(),
                        conversation: None,
                        others: Vec::new(),
                        by: None,
                    })
                }
                _ => Request::Complete(ask::Complete { session }),
            }
        }
    }
}
