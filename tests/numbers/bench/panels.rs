//! How fast a panel is answered, and how long the same grouping takes when it is made of the log itself.

use crate::DATABASE;
use prompt_runner_core::protocol::{Request, ask};
use prompt_runner_core::stats::{Filter, Panel};
use runner::Runner;
use runner::places::Places;
use rusqlite::Connection;
use serde_json::{Map, Value, json};
use std::time::Instant;

const REQUESTS: usize = 100;

/// Each panel, and its grouping as SQL over `event` alone.
const PANELS: &[(Panel, &str)] = &[
    (Panel::Funnel, "SELECT kind, data ->> 'phase', count(DISTINCT session) FROM event
        WHERE kind IN ('session_started', 'prompt_rendered', 'reply_captured', 'phase_skipped', 'session_completed', 'session_abandoned')
        GROUP BY 1, 2"),
    (Panel::Times, "SELECT data ->> 'phase', took, count(*) FROM (
            SELECT data, (data ->> '$.timing.last_token_ms') - (data ->> '$.timing.sent_ms') AS took FROM event
            WHERE kind = 'reply_captured')
        GROUP BY 1, 2 ORDER BY 1, 2"),
    (Panel::Success, "SELECT reply.data ->> 'phase', prompt.data ->> 'template', count(*), sum(reply.data ->> 'problem' IS NULL)
        FROM event AS reply JOIN event AS prompt
            ON prompt.session = reply.session AND prompt.kind = 'prompt_rendered'
            AND prompt.data ->> 'nonce' = reply.data ->> 'nonce'
        WHERE reply.kind = 'reply_captured' GROUP BY 1, 2"),
    (Panel::Cost, "SELECT date(at_ms / 1000, 'unixepoch'), data ->> '$.by.model', count(*), sum(data ->> 'tokens_estimated'),
            sum(data ->> '$.by.usage.input_tokens'), sum(data ->> '$.by.usage.output_tokens')
        FROM event WHERE kind = 'reply_captured' GROUP BY 1, 2"),
    (Panel::Estimates, "SELECT session, min(at_ms), max(at_ms), sum(data ->> '$.timing.span_ms') FROM event GROUP BY 1
        ORDER BY max(seq) DESC LIMIT 100"),
    (Panel::Errors, "SELECT coalesce(data ->> 'problem', data ->> 'error') AS what, count(*) FROM event
        WHERE kind IN ('reply_captured', 'ask_failed') AND what IS NOT NULL GROUP BY 1"),
    (Panel::Retries, "SELECT phase, sum(times - 1) FROM (
            SELECT session, data ->> 'phase' AS phase, count(*) AS times FROM event WHERE kind = 'prompt_rendered' GROUP BY 1, 2)
        GROUP BY 1"),
    (Panel::Ratings, "SELECT date(at_ms / 1000, 'unixepoch'), count(*), avg(data ->> 'rating'), sum(data ->> 'saved_minutes')
        FROM event WHERE kind = 'rated' GROUP BY 1"),
    (Panel::Projects, "SELECT start.data ->> 'project', count(DISTINCT reply.session), count(*), sum(reply.data ->> 'problem' IS NULL)
        FROM event AS reply JOIN event AS start ON start.session = reply.session AND start.kind = 'session_started'
        WHERE reply.kind = 'reply_captured' GROUP BY 1"),
    (Panel::Branches, "SELECT work.data ->> 'branch', count(DISTINCT reply.session), count(*)
        FROM event AS reply JOIN event AS work
            ON work.session = reply.session AND work.kind = 'work_seen' AND work.data ->> 'moment' = 'begin'
        WHERE reply.kind = 'reply_captured' GROUP BY 1"),
    (Panel::Models, "SELECT data ->> '$.by.model', count(*), sum(data ->> 'problem' IS NULL), sum(data ->> 'tokens_estimated')
        FROM event WHERE kind = 'reply_captured' GROUP BY 1"),
    (Panel::Choices, "SELECT kind, coalesce(data ->> 'project', data ->> 'branch', data ->> 'template'), count(*) FROM event
        WHERE kind IN ('session_started', 'work_seen', 'prompt_rendered') GROUP BY 1, 2"),
];

/// What people look at: everything, a while, a project, and that together.
fn filters(database: &Connection) -> Vec<Filter> {
    let most = |sql: &str| -> Option<String> { database.query_row(sql, [], |row| row.get(0)).unwrap() };
    let project = most("SELECT project FROM session GROUP BY 1 ORDER BY count(*) DESC LIMIT 1");
    let template = most("SELECT data ->> 'template' FROM event WHERE kind = 'prompt_rendered' LIMIT 1");
    let branch = most("SELECT data ->> 'branch' FROM event WHERE kind = 'work_seen' LIMIT 1");
    let (day, workflow) = (|day: &str| Some(day.to_owned()), Some("full".to_owned()));
    let all = Filter::default();
    vec![
        all.clone(),
        Filter { since: day("2026-10-23"), ..all.clone() },
        Filter { since: day("2026-08-01"), until: day("2026-08-31"), ..all.clone() },
        Filter { project: project.clone(), ..all.clone() },
        Filter { workflow: workflow.clone(), ..all.clone() },
        Filter { template, ..all.clone() },
        Filter { branch, ..all.clone() },
        Filter { since: day("2026-09-01"), project, workflow, ..all },
    ]
}

/// Asks each panel many times, and the log once.
pub(crate) fn measure(places: &Places) -> Value {
    let mut runner = Runner::open(places).unwrap();
    let database = Connection::open(places.data.join(DATABASE)).unwrap();
    let filters = filters(&database);
    let mut panels = Map::new();
    for &(panel, scan) in PANELS {
        let name = serde_json::to_value(panel).unwrap().as_str().unwrap().to_owned();
        let scan_ms = scanned(&database, scan);
        panels.insert(name, asked(&mut runner, panel, &filters, scan_ms));
    }
    Value::Object(panels)
}

fn asked(runner: &mut Runner, panel: Panel, filters: &[Filter], scan_ms: f64) -> Value {
    let mut times = Vec::with_capacity(REQUESTS);
    for filter in filters.iter().cycle().take(REQUESTS) {
        let request = Request::Panel(ask::Panel { panel, filter: filter.clone() });
        let begun = Instant::now();
        let answer = runner.handle(request);
        times.push(begun.elapsed().as_secs_f64() * 1e3);
        if let Err(refusal) = answer {
            return json!({ "refused": refusal.code, "scan_ms": hundredths(scan_ms) });
        }
    }
    times.sort_unstable_by(f64::total_cmp);
    let (median, slow) = (times[REQUESTS / 2], times[REQUESTS * 95 / 100]);
    json!({
        "p50_ms": hundredths(median), "p95_ms": hundredths(slow),
        "scan_ms": hundredths(scan_ms), "scan_over_panel": hundredths(scan_ms / slow),
    })
}

/// Milliseconds until the last row of the grouping is there.
fn scanned(database: &Connection, sql: &str) -> f64 {
    let begun = Instant::now();
    let mut statement = database.prepare(sql).unwrap();
    let mut rows = statement.query([]).unwrap();
    while rows.next().unwrap().is_some() {}
    begun.elapsed().as_secs_f64() * 1e3
}

fn hundredths(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}
