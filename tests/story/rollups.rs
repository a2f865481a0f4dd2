//! Whatever happens, in whatever order: the sums are what a count of the attempts says, and all of it follows from the log.

use crate::history::{BEGIN, DAY, File, History, id};
use crate::home::{Home, open};
use crate::models::Dice;
use runner::Runner;
use rusqlite::Connection;
use serde_json::{Value, json};
use std::path::Path;

const PHASES: [&str; 5] = ["planning", "analysis", "implementation", "testing", "cleaning"];

/// One random event, possible or not: the triggers must stand whatever a newer program writes.
fn happen(dice: &mut Dice, file: File<'_>, at_ms: i64) {
    let session = History { file, session: id(u32::try_from(dice.roll(12)).unwrap()) };
    let phase = dice.one_of(&PHASES);
    match dice.roll(14) {
        0..=3 => {
            let part = dice.maybe(json!({ "repair": "sections", "text": "t" })).unwrap_or_default();
            session.prompt(at_ms, phase, part);
        }
        4 => session.add(at_ms, &json!({ "kind": "prompt_sent", "phase": phase, "nonce": "n", "sent_ms": at_ms - 500 + dice.time() % 1_000 })),
        5..=8 => {
            let problem = dice.one_of(&[None, None, Some("cut"), Some("section_missing")]);
            let mut reply = json!({ "problem": problem, "timing": { "span_ms": dice.roll(90_000), "sent_ms": at_ms - 60_000 } });
            if dice.roll(2) == 0 {
                let (input, output) = (dice.roll(10_000), dice.roll(5_000));
                let usage = json!({ "input_tokens": input, "output_tokens": output, "cache_read_tokens": 7, "cache_write_tokens": 1 });
                reply["by"] = json!({ "provider": "p", "model": dice.one_of(&["m-1", "m-2", "unknown"]), "usage": usage });
            }
            session.reply(at_ms, phase, reply);
        }
        9 => session.add(at_ms, &json!({ "kind": "ask_failed", "phase": phase, "nonce": "n", "error": "provider.busy" })),
        10 => {
            let branch = dice.one_of(&[None, Some("main"), Some("side")]);
            let moment = dice.one_of(&["begin", "end"]);
            session.add(at_ms, &json!({ "kind": "work_seen", "moment": moment, "branch": branch, "commit": null, "user": null }));
        }
        11 => session.add(at_ms, &json!({ "kind": "rated", "rating": 1 + dice.roll(5), "word": null, "saved_minutes": dice.roll(90) })),
        12 => {
            let kind = dice.one_of(&["phase_skipped", "phase_reopened"]);
            session.add(at_ms, &json!({ "kind": kind, "phase": phase }));
        }
        _ => {
            let kind = dice.one_of(&["session_completed", "session_abandoned"]);
            session.add(at_ms, &json!({ "kind": kind }));
        }
    }
}

/// A rollup, its sums, and what they are sums of: attempts or sessions as rows with ids, day and the rest of the key.
const SUMS: &[(&str, &str, &str, &str)] = &[
    (
        "rollup_attempt",
        "phase, workflow, template, model",
        "attempts, retries, ended, good, timed, trusted, model_ms, prompt_tokens, completion_tokens, reported_tokens, cost_nano, unpriced",
        "SELECT project_id, branch_id, day, phase, workflow_id AS workflow, template_id AS template, model_id AS model, 1 AS attempts,
            retry AS retries, success IS NOT NULL AS ended, success IS 1 AS good, duration_ms IS NOT NULL AS timed,
            trusted AND duration_ms IS NOT NULL AS trusted, iif(captured_ms IS NULL, 0, coalesce(model_ms, 0)) AS model_ms,
            iif(captured_ms IS NULL, 0, prompt_tokens) AS prompt_tokens, coalesce(completion_tokens, 0) AS completion_tokens,
            iif(tokens_source = 'reported', prompt_tokens + completion_tokens, 0) AS reported_tokens,
            coalesce(cost_nano, 0) AS cost_nano, captured_ms IS NOT NULL AND cost_nano IS NULL AS unpriced
        FROM orchestration_metrics",
    ),
    (
        "rollup_time",
        "phase, workflow, template, measure, bucket",
        "count",
        "SELECT project_id, branch_id, day, phase, workflow_id AS workflow, template_id AS template, measure,
            (SELECT max(n) FROM bucket WHERE low <= ms) AS bucket, 1 AS count
        FROM (SELECT *, 'total' AS measure, duration_ms AS ms FROM orchestration_metrics
            UNION ALL SELECT *, 'model', model_ms FROM orchestration_metrics
            UNION ALL SELECT *, 'human', human_ms FROM orchestration_metrics
            UNION ALL SELECT *, 'idle', idle_ms FROM orchestration_metrics) WHERE ms IS NOT NULL",
    ),
    (
        "rollup_error",
        "phase, workflow, template, kind",
        "count",
        "SELECT project_id, branch_id, day, phase, workflow_id AS workflow, template_id AS template, error_kind AS kind, 1 AS count
        FROM orchestration_metrics WHERE error_kind <> 'provider'
        UNION ALL
        SELECT project_id, branch_id, day, phase, workflow_id, template_id, 'provider', provider_failures FROM orchestration_metrics",
    ),
    (
        "rollup_session",
        "workflow",
        "started, complete, abandoned, ratings, rating_sum, saved_minutes",
        "SELECT project_id, branch_id, day, workflow_id AS workflow, 1 AS started, success IS 1 AS complete, success IS 0 AS abandoned,
            0 AS ratings, 0 AS rating_sum, 0 AS saved_minutes FROM orchestration_sessions
        UNION ALL
        SELECT project_id, branch_id, rated_day, workflow_id, 0, 0, 0, 1, rating, coalesce(saved_minutes, 0)
        FROM orchestration_sessions WHERE rated_day IS NOT NULL",
    ),
    (
        "rollup_step",
        "phase, workflow",
        "planned, asked, done, skipped",
        "SELECT project_id, branch_id, day, phase, workflow_id AS workflow, 1 AS planned, phase.started_ms IS NOT NULL AS asked,
            phase.success IS 1 AS done, skipped
        FROM phase JOIN orchestration_sessions USING (session)",
    ),
];

/// The sums of `rollup_branch`.
const BRANCH: [&str; 10] = [
    "started",
    "complete",
    "attempts",
    "good",
    "model_ms",
    "prompt_tokens",
    "completion_tokens",
    "reported_tokens",
    "cost_nano",
    "unpriced",
];

/// Counts everything anew and compares it with every sum: by day and by month, apart and together. A sum of nothing is as good as none.
pub(crate) fn assert_counted(database: &Connection) {
    for (table, key, sums, rows) in SUMS {
        let total: Vec<_> = sums.split(", ").map(|sum| format!("sum({sum}) AS {sum}")).collect();
        let any: Vec<_> = sums.split(", ").map(|sum| format!("{sum} <> 0")).collect();
        let (total, any) = (total.join(", "), any.join(" OR "));
        let kept = format!("SELECT grain, project, branch, period, {key}, {sums} FROM {table} WHERE {any}");
        let counted = format!(
            "SELECT * FROM (
                SELECT grain, by_project * project_id, by_branch * branch_id, substr(day, 1, length), {key}, {total}
                FROM ({rows}), rollup_level GROUP BY 1, 2, 3, 4, {key}) WHERE {any}",
        );
        for (what, left, right) in [("is only kept", &kept, &counted), ("is only counted", &counted, &kept)] {
            let sql = format!("SELECT count(*) FROM (SELECT * FROM ({left}) EXCEPT SELECT * FROM ({right}))");
            let differing: i64 = database.query_row(&sql, [], |row| row.get(0)).unwrap();
            assert_eq!(differing, 0, "{table}: so much {what}");
        }
    }
    let sql = "SELECT count(*) FROM orchestration_sessions AS of WHERE (phases_planned, phases_started, phases_completed) <> (
        SELECT count(*), count(started_ms), count(*) FILTER (WHERE success = 1) FROM phase WHERE session = of.session)";
    let differing: i64 = database.query_row(sql, [], |row| row.get(0)).unwrap();
    assert_eq!(differing, 0, "sessions whose phases are counted otherwise");
    // The sums of branches hold what the finest sums hold, by day, by month and for all time.
    let of =
        |own: &str| BRANCH.map(|sum| if own.contains(sum) { format!("sum({sum})") } else { "0".to_owned() }).join(", ");
    let names = BRANCH.join(", ");
    let total = BRANCH.map(|sum| format!("sum({sum})")).join(", ");
    let finest = |length: u8, sums: &str, table: &str| {
        format!(
            "SELECT substr(period, 1, {length}), project, branch, workflow, {sums} FROM {table}
            WHERE grain = 'day' AND project > 0 AND branch > 0 GROUP BY 1, 2, 3, 4"
        )
    };
    for (grain, length) in [("day", 10), ("month", 7), ("all", 0)] {
        let kept = format!(
            "SELECT period, project, branch, workflow, {names} FROM rollup_branch
            WHERE grain = '{grain}' AND template = 0"
        );
        let (attempts, sessions) = (of(SUMS[0].2), of(SUMS[3].2));
        let (attempts, sessions) =
            (finest(length, &attempts, "rollup_attempt"), finest(length, &sessions, "rollup_session"));
        let counted = format!(
            "SELECT period, project, branch, workflow, {total} FROM (
                SELECT '' AS period, 0 AS project, 0 AS branch, 0 AS workflow, {zeros} WHERE false
                UNION ALL {attempts} UNION ALL {sessions}) GROUP BY 1, 2, 3, 4",
            zeros = BRANCH.map(|sum| format!("0 AS {sum}")).join(", "),
        );
        let of_templates = BRANCH[2..].iter().map(|sum| format!("sum({sum})")).collect::<Vec<_>>().join(", ");
        let of_template = format!(
            "SELECT template, period, project, branch, workflow, {of_templates} FROM rollup_branch
            WHERE grain = '{grain}' AND template > 0 GROUP BY 1, 2, 3, 4, 5"
        );
        let counted_of_template = format!(
            "SELECT template, substr(period, 1, {length}), project, branch, workflow, {of_templates} FROM rollup_attempt
            WHERE grain = 'day' AND project > 0 AND branch > 0 GROUP BY 1, 2, 3, 4, 5"
        );
        for (left, right) in [
            (&kept, &counted),
            (&counted, &kept),
            (&of_template, &counted_of_template),
            (&counted_of_template, &of_template),
        ] {
            let sql = format!("SELECT count(*) FROM (SELECT * FROM ({left}) EXCEPT SELECT * FROM ({right}))");
            let differing: i64 = database.query_row(&sql, [], |row| row.get(0)).unwrap();
            assert_eq!(differing, 0, "rollup_branch by {grain}");
        }
    }
}

/// Some thousand events on a dozen sessions over four months.
fn wander(file: File<'_>, events: i64) {
    let mut dice = Dice(0x0dd5_0f57_0f1e_5000);
    for n in 0..12 {
        let session = History { file, session: id(n) };
        session.start(
            BEGIN + i64::from(n) * DAY,
            dice.one_of(&["/a", "/b", "/c"]),
            dice.one_of(&["feature", "full"]),
            &PHASES,
        );
    }
    for at in 0..events {
        happen(&mut dice, file, BEGIN + at * (120 * DAY / events));
    }
}

#[test]
fn after_anything_at_all_the_sums_are_what_a_count_says() {
    let home = Home::new();
    let runner = home.runner();
    let mut database = home.database();
    database.execute("INSERT INTO price VALUES ('m-1', 0, '', '2026-12-31', 3, 15, 0.3, 'v')", []).unwrap();
    let transaction = database.transaction().unwrap();
    wander(File::Ours(&transaction), 2_000);
    transaction.commit().unwrap();
    assert_counted(&database);
    assert_eq!(runner.verify().unwrap(), []);
    let priced: i64 = database
        .query_row("SELECT count(*) FROM orchestration_metrics WHERE cost_usd > 0", [], |row| row.get(0))
        .unwrap();
    assert!(priced > 20, "{priced} attempts have a price");
}

#[test]
fn what_was_changed_by_hand_is_found_and_made_anew() {
    let home = Home::new();
    let mut runner = home.runner();
    let mut database = home.database();
    let transaction = database.transaction().unwrap();
    wander(File::Ours(&transaction), 200);
    transaction.commit().unwrap();
    database
        .execute_batch(
            "UPDATE session SET feature = 'x' WHERE id IN (SELECT id FROM session LIMIT 1);
        UPDATE rollup_attempt SET attempts = attempts + 1; DELETE FROM rollup_step",
        )
        .unwrap();
    let differences = runner.verify().unwrap();
    for (table, stray) in [("session", true), ("session", false), ("rollup_attempt", true), ("rollup_step", false)] {
        assert!(differences.iter().any(|found| (found.table, found.stray) == (table, stray)), "{table} {stray}");
    }
    assert!(
        !differences.iter().any(|found| found.table == "phase" || (found.table, found.stray) == ("rollup_step", true))
    );
    runner.rebuild().unwrap();
    assert_eq!(runner.verify().unwrap(), []);
    // The triggers are on again.
    let at = BEGIN + 200 * DAY;
    let transaction = database.transaction().unwrap();
    History { file: File::Ours(&transaction), session: id(0) }.prompt(at, "planning", Value::Null);
    transaction.commit().unwrap();
    assert_counted(&database);
}

/// A file as the program of schema 5 left it.
fn old(file: &Path) -> Connection {
    let database = open(file);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("runner/src/store/migrations");
    for name in ["0001_log", "0002_repairs", "0003_pages", "0004_steps", "0005_legacy"] {
        database.execute_batch(&std::fs::read_to_string(folder.join(name).with_extension("sql")).unwrap()).unwrap();
    }
    database.pragma_update(None, "user_version", 5).unwrap();
    database
}

#[test]
fn a_file_of_an_older_program_gets_the_figures_of_what_it_recorded() {
    let home = Home::new();
    let database = old(&home.file());
    wander(File::Old(&database), 300);
    drop(database);
    let runner: Runner = home.runner();
    assert_eq!(runner.verify().unwrap(), []);
    let database = home.database();
    assert_counted(&database);
    let attempts: i64 = database.query_row("SELECT count(*) FROM orchestration_metrics", [], |row| row.get(0)).unwrap();
    let prompts: i64 =
        database.query_row("SELECT count(*) FROM event WHERE kind = 'prompt_rendered'", [], |row| row.get(0)).unwrap();
    assert_eq!(attempts, prompts);
    assert!(attempts > 50, "{attempts}");
}
