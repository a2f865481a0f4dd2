//! Programs that write stories and are killed at any moment: afterwards the read models must still say what the log says.

use crate::DATABASE;
use crate::answer::{self, Fault};
use crate::seed::Dice;
use prompt_runner::places::Places;
use prompt_runner::runner::Runner;
use prompt_runner_core::event::{Source, Timing};
use prompt_runner_core::phase::Phase;
use prompt_runner_core::protocol::{Body, Reply, Request};
use prompt_runner_core::session::SessionId;
use rusqlite::Connection;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// How many write at once.
const WRITERS: u64 = 3;
/// The longest that one lives after its first event.
const LIFE_MS: u64 = 250;

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
        let mut writers: Vec<Child> = (0..WRITERS).map(|at| writer(&places, round * WRITERS + at + 1)).collect();
        for child in &mut writers {
            // Its first line says that it has begun. How long it goes on from there is up to chance: that is the test.
            BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut String::new()).unwrap();
            std::thread::sleep(Duration::from_millis(dice.roll(LIFE_MS)));
            child.kill().unwrap();
            kills += u64::from(!child.wait().unwrap().success());
        }
        differing += differences(&places);
    }
    json!({ "differences": differing, "rounds": rounds, "kills": kills, "events": events(&places) })
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

fn writer(places: &Places, seed: u64) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.arg("--write").arg(&places.data).args(["--seed", &seed.to_string()]);
    command.stdout(Stdio::piped()).spawn().unwrap()
}

/// Plays stories until somebody ends this process.
pub(crate) fn write(places: &Places, seed: u64) -> ! {
    let mut runner = Runner::open(places).unwrap();
    let mut dice = Dice::new(seed);
    loop {
        let workflow = Some(dice.one_of(&["feature", "full"]).to_owned());
        let start = Request::Start { feature: "Dark mode".to_owned(), project: None, workflow, conversation: None };
        let Ok(Reply::Session { view: Some(view) }) = runner.handle(start) else { panic!("nothing can be started") };
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
        0 => Request::Skip { session, phase: None },
        1 => Request::Redo { session, phase: dice.one_of(&Phase::ALL) },
        2 if dice.percent(10) => Request::Abandon { session },
        3 => Request::Accept { session, phase: None },
        4 => Request::Limit { session, text: "in 2 hours".to_owned() },
        5 => Request::Rate { session, rating: 4, word: None, saved_minutes: Some(30) },
        _ => match runner.handle(Request::Prompt { session: session.clone(), phase: None, repair: None }) {
            Ok(Reply::Prompt { phase, text, .. }) => {
                let fault = dice.weighted(FAULTS);
                Request::Capture {
                    capture: format!("c{step}"),
                    session,
                    phase: Some(phase),
                    body: Body::Markdown(answer::markdown(&text, &format!("body {step}"), fault)),
                    source: Source::Page,
                    timing: Timing::default(),
                    conversation: None,
                    others: Vec::new(),
                    by: None,
                }
            }
            _ => Request::Complete { session },
        },
    }
}
