//! Many writers at once: of eight that take the same step, one takes it and all see it; nobody is told that the store is busy.

use crate::answer::Fault;
use crate::home::{Home, capture, events, folded, prompt, start};
use prompt_runner_core::event::{Event, SessionStatus};
use prompt_runner_core::phase::Phase;
use prompt_runner_core::protocol::answer::Captured;
use prompt_runner_core::protocol::{Reply, Request, ask};
use runner::Runner;
use std::sync::Barrier;

const WRITERS: usize = 8;

/// Lets eight runners do the same at the same moment.
fn at_once<T: Send>(home: &Home, step: impl Fn(&mut Runner, usize) -> T + Sync) -> Vec<T> {
    let gate = Barrier::new(WRITERS);
    std::thread::scope(|scope| {
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| {
                let (gate, step) = (&gate, &step);
                scope.spawn(move || {
                    let mut runner = home.runner();
                    gate.wait();
                    step(&mut runner, writer)
                })
            })
            .collect();
        writers.into_iter().map(|writer| writer.join().unwrap()).collect()
    })
}

#[test]
fn of_eight_that_take_one_step_one_takes_it_and_all_see_it() {
    let home = Home::new();
    for _ in 0..3 {
        let session = start(&mut home.runner(), "Dark mode", Some("full")).unwrap().session;
        for phase in Phase::FULL {
            let prompts = at_once(&home, |runner, _| prompt(runner, &session, Some(phase)).unwrap());
            for asked in &prompts {
                assert_eq!(
                    (&asked.nonce, &asked.text),
                    (&prompts[0].nonce, &prompts[0].text),
                    "{phase:?}: one prompt for all"
                );
            }
            let captured = at_once(&home, |runner, writer| {
                let request =
                    capture(&session, &format!("{phase:?} by {writer}"), &prompts[0], "the same", Fault::None);
                match runner.handle(request).unwrap() {
                    Reply::Captured(Captured { duplicate, verdict, .. }) => (duplicate, verdict.problem),
                    other => panic!("{other:?}"),
                }
            });
            assert_eq!(
                captured.iter().filter(|outcome| **outcome == (false, None)).count(),
                1,
                "{phase:?}: {captured:?}"
            );
            assert_eq!(
                captured.iter().filter(|outcome| **outcome == (true, None)).count(),
                WRITERS - 1,
                "{phase:?}: {captured:?}"
            );
        }
        at_once(&home, |runner, _| {
            runner.handle(Request::Complete(ask::Complete { session: session.clone() })).unwrap()
        });
        let database = home.database();
        let log = events(&database, &session);
        assert_eq!(log.len(), 2 + 2 * Phase::FULL.len(), "one event per step: {log:#?}");
        assert_eq!(log.iter().filter(|recorded| recorded.event == Event::SessionCompleted {}).count(), 1);
        assert_eq!(folded(&database, &session).standing, SessionStatus::Complete);
        crate::models::compare(&database, &session);
    }
}

#[test]
fn eight_writers_with_their_own_sessions_all_get_through() {
    let home = Home::new();
    let sessions = at_once(&home, |runner, writer| {
        let mine = |at: usize| format!("Feature {at} of {writer}");
        (0..12).map(|at| start(runner, &mine(at), None).unwrap().session).collect::<Vec<_>>()
    });
    let mut ids: Vec<_> = sessions.concat();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), WRITERS * 12);
    let count: u32 = home.database().query_row("SELECT count(*) FROM session", [], |row| row.get(0)).unwrap();
    assert_eq!(count as usize, WRITERS * 12);
}

/// SQLite itself gives up after 5 s, and not in the order in which writers came: the store has to be more patient.
#[test]
fn a_writer_outwaits_one_that_holds_the_file_for_long() {
    let home = Home::new();
    let mut runner = home.runner();
    let other = home.database();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let gate = Barrier::new(2);
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            gate.wait();
            start(&mut runner, "Dark mode", None)
        });
        gate.wait();
        // How long the file is held is what is tested.
        std::thread::sleep(std::time::Duration::from_millis(5_500));
        other.execute_batch("COMMIT").unwrap();
        writer.join().unwrap().unwrap();
    });
}
