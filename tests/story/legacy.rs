//! Sessions of the predecessor in the read models: the rows say what the log says, as of any other session.

use crate::home::{Home, events, prompt};
use crate::models::compare;
use prompt_runner_core::event::Event;
use prompt_runner_core::protocol::answer::SessionFound;
use prompt_runner_core::protocol::{Reply, Request, ask};
use runner::testing::Workspace;
use runner::testing::{Known, survey};
use std::path::Path;

fn workspace(name: &str) -> Workspace {
    Workspace::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/legacy").join(name)).unwrap()
}

#[test]
fn read_models_say_what_the_log_says_of_sessions_that_were_brought_over() {
    let home = Home::new();
    let (mut runner, database) = (home.runner(), home.database());
    let mut count = 0;
    for name in ["every-status", "misread", "odd"] {
        for plan in survey(workspace(name).files, "/home/me/shop").plans {
            assert_eq!(runner.import(&plan).unwrap(), Known::Nothing, "{}", plan.old);
            compare(&database, &plan.id);
            let log: Vec<(i64, Event)> =
                events(&database, &plan.id).into_iter().map(|recorded| (recorded.at_ms, recorded.event)).collect();
            assert_eq!(log, plan.events, "{}: each event has the time that it had", plan.old);
            assert_eq!(runner.import(&plan).unwrap(), Known::Whole, "{}", plan.old);
            assert_eq!(events(&database, &plan.id).len(), log.len());
            // Whoever goes on with it leaves it as sound as any other; a complete one cannot be gone on with.
            let _ = prompt(&mut runner, &plan.id, None);
            compare(&database, &plan.id);
            count += 1;
        }
    }
    assert_eq!(count, 17);
    // Where a time is not known there is no duration, and none of nothing that would be averaged.
    let base = &database;
    for table in ["phase", "orchestration_metrics"] {
        let sql = format!(
            "SELECT count(*) FILTER (WHERE duration_ms IS NULL AND captured_ms IS NOT NULL), count(*) FILTER (WHERE duration_ms <= 0) FROM {table}"
        );
        let found: (u32, u32) = base.query_row(&sql, [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        assert!(found.0 > 0 && found.1 == 0, "{table}: {found:?}");
    }
    let idle: u32 = base.query_row("SELECT count(idle_ms) FROM orchestration_metrics", [], |row| row.get(0)).unwrap();
    assert_eq!(idle, 0, "nobody knows who rested between two files");
}

#[test]
fn a_session_that_was_brought_over_waits_until_somebody_goes_on_with_it() {
    let home = Home::new();
    let mut runner = home.runner();
    let unbound = Request::Status(ask::Status { session: None, conversation: None });
    for plan in survey(workspace("every-status").files, "/home/me/shop").plans {
        runner.import(&plan).unwrap();
        assert_eq!(
            runner.handle(unbound.clone()).unwrap(),
            Reply::Session(SessionFound { view: None }),
            "{}",
            plan.old
        );
    }
    let session = runner.resolve("dark_mode").unwrap();
    prompt(&mut runner, &session, None).unwrap();
    let Reply::Session(SessionFound { view: Some(view) }) = runner.handle(unbound).unwrap() else {
        panic!("nobody is there")
    };
    assert_eq!(view.session, session);
    assert!(view.expect.is_some(), "now a proof is awaited");
}
