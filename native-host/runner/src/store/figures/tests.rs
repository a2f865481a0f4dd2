//! Panels from the inside: how they get at their rows, which nobody sees from outside.

use super::*;
use prompt_runner_core::session::SessionId;
use prompt_runner_core::stats::PhaseTimes;
use rusqlite::trace::{TraceEvent, TraceEventCodes};
use std::sync::mpsc;

/// Midnight of 22 November 2026, UTC.
const DAY: i64 = 1_795_305_600_000;

/// A store with one session that was asked for planning so often; attempt `n` takes `n` * `n` milliseconds.
fn store(attempts: i64) -> (tempfile::TempDir, Store) {
    let home = tempfile::tempdir().unwrap();
    let mut store = Store::open(&home.path().join("prompt-runner.db")).unwrap();
    let event = |at_ms: i64, data: String| (at_ms, serde_json::from_str(&data).unwrap());
    let started =
        r#"{"kind":"session_started","feature":"x","project":"/p","workflow":"feature","phases":["planning"]}"#;
    let mut events = vec![event(DAY, started.to_owned())];
    for n in 0..attempts {
        let prompt = r#"{"kind":"prompt_rendered","phase":"planning","nonce":"n","text":"t","bytes":1}"#;
        let reply = format!(
            r#"{{"kind":"reply_captured","phase":"planning","nonce":"n","capture":"{n}","text":"t","bytes":1,"lines":1,"tokens_estimated":1,
                "source":"page","sections":[],"trailer":"proven","problem":null,"timing":{{}}}}"#
        );
        events.extend([event(DAY, prompt.to_owned()), event(DAY + n * n, reply)]);
    }
    let session = SessionId::parse("20261122_000000_00000000").unwrap();
    assert!(store.import(&session, &events, &[]).unwrap());
    (home, store)
}

fn planning(store: &Store) -> PhaseTimes {
    match store.figures(Panel::Times, &Filter::default()).unwrap() {
        Figures::Times { phases } => phases.into_iter().next().unwrap(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn quantiles_of_few_are_exact_and_of_many_within_a_bucket() {
    let (_home, few) = store(2_000);
    // Ranks 1,000 and 1,800 of numbers that begin at 0.
    let exact = planning(&few).total;
    assert_eq!((exact.median_ms, exact.p90_ms), (Some(999 * 999), Some(1_799 * 1_799)));
    let (_home, many) = store(2_001);
    let total = planning(&many).total;
    for (found, rank) in [(total.median_ms, 1_000_u64), (total.p90_ms, 1_800)] {
        let (found, exact) = (found.unwrap() as f64, (rank * rank) as f64);
        assert!((found / exact - 1.0).abs() < 0.091, "{found} is not near {exact}");
        assert!(found != exact, "out of the histogram");
    }
}

/// The statements that a panel runs.
fn statements(store: &mut Store, panel: Panel, filter: &Filter) -> Vec<String> {
    let (say, said) = mpsc::channel();
    let listen = move |event: TraceEvent<'_>| {
        if let TraceEvent::Stmt(_, sql) = event {
            say.send(sql.to_owned()).unwrap();
        }
    };
    store.connection.trace_v2(TraceEventCodes::SQLITE_TRACE_STMT, Some(listen)).unwrap();
    store.figures(panel, filter).unwrap();
    store.connection.trace_v2(TraceEventCodes::empty(), None::<fn(TraceEvent<'_>)>).unwrap();
    said.into_iter().filter(|sql| sql.starts_with("SELECT") || sql.starts_with("WITH")).collect()
}

#[test]
fn no_panel_walks_through_all_of_the_record() {
    let (_home, mut store) = store(3);
    let some = |word: &str| Some(word.to_owned());
    let filters = [
        Filter::default(),
        Filter { since: some("2026-01-15"), until: some("2026-12-15"), ..Filter::default() },
        Filter { project: some("/p"), ..Filter::default() },
        Filter { branch: some(""), template: some(""), ..Filter::default() },
        Filter { workflow: some("feature"), project: some("/p"), branch: some(""), ..Filter::default() },
    ];
    let mut looked_at = 0;
    for (panel, filter) in Panel::ALL.iter().flat_map(|panel| filters.iter().map(move |filter| (*panel, filter))) {
        let statements = statements(&mut store, panel, filter);
        assert!(!statements.is_empty(), "{panel:?} reads nothing");
        for sql in statements {
            let mut plan = store.connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
            let places = plan.parameter_count();
            let values = vec![rusqlite::types::Null; places];
            let lines = plan.query_map(rusqlite::params_from_iter(values), |row| row.get::<_, String>(3)).unwrap();
            let lines: Vec<String> = lines.map(Result::unwrap).collect();
            // What is scanned is the short list of periods, and what a statement made itself.
            let scanned = lines.iter().filter(|line| line.starts_with("SCAN"));
            let wrong: Vec<_> =
                scanned.filter(|line| !line.contains("piece") && !line.contains("CONSTANT ROW")).collect();
            assert!(wrong.is_empty(), "{panel:?} with {filter:?}: {lines:#?}\n{sql}");
            looked_at += 1;
        }
    }
    assert!(looked_at > 60, "{looked_at} statements");
}
