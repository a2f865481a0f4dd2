//! The histories of tests/seed are what they claim to be: whole, the same for the same seed, and such as the program itself would write.

use crate::home::Home;
use crate::models::compare;
use crate::seed::{END_MS, Entry, History, connect, fill, keep_texts, write};
use prompt_runner_core::protocol::answer::PanelFigures;
use prompt_runner_core::protocol::{Reply, Request, ask};
use prompt_runner_core::session::SessionId;
use prompt_runner_core::stats::{Figures, Filter, Panel};
use rusqlite::{Connection, params};
use std::collections::BTreeSet;

fn history(seed: u64, events: u64) -> Vec<Entry> {
    History::new(seed, events, END_MS).collect()
}

fn count(database: &Connection, sql: &str) -> i64 {
    database.query_row(sql, [], |row| row.get(0)).unwrap_or_else(|error| panic!("{sql}: {error}"))
}

#[test]
fn a_seed_gives_one_history_of_the_length_that_was_asked_for() {
    for events in [0, 1, 20, 3_000] {
        let once = history(7, events);
        assert_eq!(once.len() as u64, events);
        assert!(once.windows(2).all(|pair| pair[0].at_ms <= pair[1].at_ms), "as it came");
        assert!(once.iter().all(|entry| entry.at_ms <= END_MS));
        assert_eq!(history(7, events), once);
    }
    assert_ne!(history(8, 20), history(7, 20));
    let days_before_the_end = |entry: &Entry| (END_MS - entry.at_ms) / 86_400_000;
    let long = history(7, 3_000);
    assert!(days_before_the_end(&long[0]) > 170 && days_before_the_end(&long[2_999]) < 5, "all of the half year");
}

#[test]
fn a_history_holds_every_kind_of_event_and_its_read_models_say_what_it_says() {
    let home = Home::new();
    let mut runner = home.runner();
    let mut database = connect(&home.file()).unwrap();
    keep_texts(&database).unwrap();
    fill(&mut History::new(1, 6_000, END_MS), |entries| write(&mut database, entries)).unwrap();

    let sessions: Vec<String> = {
        let mut statement = database.prepare("SELECT id FROM session").unwrap();
        statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    };
    assert!(sessions.len() > 200, "{}", sessions.len());
    for session in &sessions {
        compare(&database, &SessionId::parse(session).unwrap());
    }
    let session = SessionId::parse(&sessions[0]).unwrap();
    assert!(matches!(runner.handle(Request::Show(ask::Show { session })), Ok(Reply::Record(_))), "its texts are there");

    let mut statement = database.prepare("SELECT DISTINCT kind FROM event").unwrap();
    let kinds: BTreeSet<String> = statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    // All but the two that only come from the predecessor.
    assert_eq!(kinds.len(), 16, "{kinds:?}");
    for (what, least, sql) in [
        ("projects", 5, "SELECT count(DISTINCT project) FROM session"),
        ("workflows", 2, "SELECT count(DISTINCT workflow) FROM session"),
        ("standings", 3, "SELECT count(DISTINCT standing) FROM session"),
        ("models", 5, "SELECT count(DISTINCT data ->> '$.by.model') FROM event"),
        ("sources", 6, "SELECT count(DISTINCT data ->> 'source') FROM event"),
        ("problems", 3, "SELECT count(DISTINCT data ->> 'problem') FROM event"),
        ("templates", 10, "SELECT count(DISTINCT data ->> 'template') FROM event"),
        ("retries", 20, "SELECT sum(retries) FROM phase"),
        ("troubles", 3, "SELECT count(DISTINCT data ->> 'error') FROM event"),
        ("weekdays", 7, "SELECT count(DISTINCT strftime('%w', at_ms / 1000, 'unixepoch')) FROM event"),
    ] {
        assert!(count(&database, sql) >= least, "{what}: {}", count(&database, sql));
    }
    let by_page =
        count(&database, "SELECT count(*) FROM event WHERE kind = 'reply_captured' AND data ->> 'by' IS NULL");
    let all = count(&database, "SELECT count(*) FROM event WHERE kind = 'reply_captured'");
    assert!(by_page * 2 > all, "most come out of a page, without a model: {by_page} of {all}");
}

#[test]
fn groups_add_up_to_what_there_is_whatever_is_asked_for() {
    let home = Home::new();
    let mut runner = home.runner();
    let mut database = connect(&home.file()).unwrap();
    fill(&mut History::new(2, 1_500, END_MS), |entries| write(&mut database, entries)).unwrap();
    let some = |word: &str| Some(word.to_owned());
    let most = |column: &str, of: &str| -> String {
        let sql = format!(
            "SELECT {column} FROM orchestration_metrics JOIN orchestration_sessions USING (session)
            WHERE {column} IS NOT NULL AND project IS coalesce(nullif(?1, ''), project) GROUP BY 1 ORDER BY count(*) DESC LIMIT 1"
        );
        database.query_row(&sql, [of], |row| row.get(0)).unwrap()
    };
    let (project, template) = (most("project", ""), most("template", ""));
    let branch = most("branch", &project);
    let filters = [
        Filter::default(),
        Filter { since: some("2026-08-01"), until: some("2026-09-30"), ..Filter::default() },
        Filter { since: some("2026-08-11"), until: some("2026-10-05"), ..Filter::default() },
        Filter { project: Some(project.clone()), ..Filter::default() },
        Filter { branch: Some(branch.clone()), ..Filter::default() },
        Filter { template: Some(template), since: some("2026-07-10"), ..Filter::default() },
        Filter { workflow: some("full"), until: some("2026-10-31"), ..Filter::default() },
        Filter { project: Some(project), branch: Some(branch), ..Filter::default() },
    ];
    for filter in filters {
        let counted: i64 = database
            .query_row(
                // By a walk through the attempts.
                "SELECT count(*) FROM orchestration_metrics AS m JOIN orchestration_sessions AS s USING (session)
                WHERE m.day BETWEEN coalesce(?1, '') AND coalesce(?2, '~') AND (?3 IS NULL OR project = ?3)
                    AND (?4 IS NULL OR branch = ?4) AND (?5 IS NULL OR workflow = ?5) AND (?6 IS NULL OR template = ?6)",
                params![filter.since, filter.until, filter.project, filter.branch, filter.workflow, filter.template],
                |row| row.get(0),
            )
            .unwrap();
        assert!(counted > 0, "{filter:?}");
        let mut groups = |panel: Panel, filter: &Filter| {
            let Ok(Reply::Figures(PanelFigures { figures: Figures::Groups { rows } })) =
                runner.handle(Request::Panel(ask::Panel { panel, filter: filter.clone() }))
            else {
                panic!("{panel:?}")
            };
            rows
        };
        for panel in [Panel::Projects, Panel::Branches, Panel::Models] {
            let rows = groups(panel, &filter);
            // A session has no template, so a template changes nothing about how many there are.
            for all in groups(panel, &Filter { template: None, ..filter.clone() }) {
                let same = rows.iter().filter(|row| row.name == all.name);
                assert!(
                    same.clone().all(|row| (row.sessions, row.complete) == (all.sessions, all.complete)),
                    "{all:?}"
                );
            }
            // 100 groups are shown; a history of this length has fewer.
            assert!(rows.len() < 100, "{panel:?}: {}", rows.len());
            assert_eq!(
                rows.iter().map(|row| row.attempts).sum::<u64>(),
                counted.unsigned_abs(),
                "{panel:?} {filter:?}"
            );
        }
    }
}
