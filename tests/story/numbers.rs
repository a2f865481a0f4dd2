//! The figures of a history that is small enough to be worked out by hand.

use crate::answer::Fault;
use crate::history::{BEGIN, DAY, File, History, id};
use crate::home::{Home, capture, prompt, start};
use prompt_runner_core::protocol::answer::PanelFigures;
use prompt_runner_core::protocol::{Reply, Request, ask};
use prompt_runner_core::refusal::Code;
use prompt_runner_core::stats::{Figures, Filter, Panel, Quantiles};
use runner::Runner;
use serde_json::{Value, json};

/// The days on which the twelve sessions begin, counted from 26 October: within a month, over its end, and over the year's.
const DAYS: [i64; 12] = [0, 5, 6, 7, 20, 34, 35, 36, 37, 66, 67, 81];
/// The same as they are written.
const DATES: [&str; 12] = [
    "2026-10-26",
    "2026-10-31",
    "2026-11-01",
    "2026-11-02",
    "2026-11-15",
    "2026-11-29",
    "2026-11-30",
    "2026-12-01",
    "2026-12-02",
    "2026-12-31",
    "2027-01-01",
    "2027-01-15",
];

/// The last is another model, whatever its name begins with.
const PRICES: &str = "price = [
  { id = 'm', input = 9, output = 9 },
  { id = 'm-large', until = '2026-11-01', input = 2, output = 10, input_cached = 1 },
  { id = 'm-large', from = '2026-11-01', input = 2, output = 10, input_cached = 1 },
  { id = 'm-large-other', input = 7, output = 7 },
]";

/// Twelve sessions of three phases; that of number `i`, from 1, begins on its day and
/// - belongs to /a if odd, else to /b; the first eight are on `main`, and that is heard of only after the first prompt;
/// - asks for planning at 0 s, sends it at `i` s, is answered after `20 i` s, of which the model wrote `10 i` s;
/// - 1 to 6 ask an API: a million tokens for a hundred thousand, 3 dollars by the price below; all else is a page and estimated;
/// - 3, 6 and 9 get a cut reply, and ask again at `100 i` s (6 for the rest): sent after 0.5 s, written in 2 s, stored after 5 s;
/// - asks for analysis at `200 i` s up to 9, where 7 leaves it out instead; 1 to 6 are answered after 10 s; for 8 a provider fails;
/// - 1 to 4 ask for implementation at `300 i` s, are answered after 20 s, and are complete; 12 is given up.
///
/// 1 and 2 have an estimate of 1 to 2 hours. Both are rated on the day of 5: 5 with 30 minutes, and 4; the second is rated 3 with 60
/// minutes on the day of 6 instead.
fn write(file: File<'_>) {
    for (i, day) in (1..).zip(DAYS) {
        let session = History { file, session: id(u32::try_from(i).unwrap()) };
        let start = BEGIN + day * DAY;
        let at = |seconds: i64| start + seconds * 1_000;
        session.start(
            start,
            if i % 2 == 1 { "/a" } else { "/b" },
            "feature",
            &["planning", "analysis", "implementation"],
        );
        session.prompt(start, "planning", Value::Null);
        if i <= 8 {
            session.add(
                start,
                &json!({ "kind": "work_seen", "moment": "begin", "branch": "main", "commit": "c", "user": "u" }),
            );
        }
        session.add(at(i), &json!({ "kind": "prompt_sent", "phase": "planning", "nonce": "n", "sent_ms": at(i) }));
        let problem = if i % 3 == 0 && i < 12 { json!("cut") } else { Value::Null };
        let mut reply = json!({ "problem": problem, "timing": { "span_ms": 10_000 * i } });
        if i <= 6 {
            let usage = json!({ "input_tokens": 1_000_000, "output_tokens": 100_000, "cache_read_tokens": 0, "cache_write_tokens": 0 });
            reply["by"] = json!({ "provider": "p", "model": "m-large-20260101", "usage": usage });
            reply["source"] = json!("api");
        }
        if i <= 2 {
            reply["estimate"] = json!({ "complexity": "low", "low_minutes": 60, "high_minutes": 120 });
        }
        session.reply(at(20 * i), "planning", reply);
        if !problem.is_null() {
            let part = if i == 6 { json!({ "repair": "continue", "text": "t" }) } else { Value::Null };
            session.prompt(at(100 * i), "planning", part);
            let timing = json!({ "sent_ms": at(100 * i) + 500, "span_ms": 2_000 });
            session.reply(at(100 * i + 5), "planning", json!({ "timing": timing }));
        }
        match i {
            7 => session.add(at(200 * i), &json!({ "kind": "phase_skipped", "phase": "analysis" })),
            1..=9 => session.prompt(at(200 * i), "analysis", Value::Null),
            _ => {}
        }
        if i <= 6 {
            session.reply(at(200 * i + 10), "analysis", json!({}));
        }
        if i <= 4 {
            session.prompt(at(300 * i), "implementation", Value::Null);
            session.reply(at(300 * i + 20), "implementation", json!({}));
            session.add(at(300 * i + 20), &json!({ "kind": "session_completed" }));
        }
        if i == 8 {
            session.add(
                at(200 * i + 9),
                &json!({ "kind": "ask_failed", "phase": "analysis", "nonce": "n", "error": "provider.timed_out" }),
            );
        }
        if i == 12 {
            session.add(at(60), &json!({ "kind": "session_abandoned" }));
        }
    }
    let rate = |n, day: i64, rating: u8, saved: Value| {
        let session = History { file, session: id(n) };
        session.add(
            BEGIN + day * DAY,
            &json!({ "kind": "rated", "rating": rating, "word": null, "saved_minutes": saved }),
        );
    };
    rate(1, DAYS[4], 5, json!(30));
    rate(2, DAYS[4], 4, Value::Null);
    rate(2, DAYS[5], 3, json!(60));
}

fn ask(runner: &mut Runner, panel: Panel, filter: &Filter) -> Figures {
    match runner.handle(Request::Panel(ask::Panel { panel, filter: filter.clone() })).unwrap() {
        Reply::Figures(PanelFigures { figures }) => figures,
        other => panic!("{other:?}"),
    }
}

/// The figures of everything, as they go over the wire.
fn wire(runner: &mut Runner, panel: Panel) -> Value {
    serde_json::to_value(ask(runner, panel, &Filter::default())).unwrap()
}

fn told() -> (Home, Runner) {
    let home = Home::new();
    let runner = home.runner();
    std::fs::create_dir(home.places().config).unwrap();
    std::fs::write(home.places().config.join("prices.toml"), PRICES).unwrap();
    let mut database = home.database();
    let transaction = database.transaction().unwrap();
    write(File::Ours(&transaction));
    transaction.commit().unwrap();
    (home, runner)
}

#[test]
fn the_funnel_counts_sessions_and_phases() {
    let (_home, mut runner) = told();
    assert_eq!(
        wire(&mut runner, Panel::Funnel),
        json!({ "panel": "funnel", "started": 12, "complete": 4, "abandoned": 1, "steps": [
            { "phase": "planning", "planned": 12, "asked": 12, "done": 12, "skipped": 0 },
            // 1 to 6, 8 and 9.
            { "phase": "analysis", "planned": 12, "asked": 8, "done": 6, "skipped": 1 },
            { "phase": "implementation", "planned": 12, "asked": 4, "done": 4, "skipped": 0 },
        ] })
    );
}

#[test]
fn times_are_those_that_were_measured() {
    let (_home, mut runner) = told();
    let quantiles = |median: i64, p90: i64| json!({ "median_ms": median * 100, "p90_ms": p90 * 100 });
    let nothing = json!({ "median_ms": null, "p90_ms": null });
    assert_eq!(
        wire(&mut runner, Panel::Times),
        json!({ "panel": "times", "phases": [
            // 15 attempts: ranks 8 and 14. Three second ones (5 s, 2 s and 0.5 s) come before the twelve first ones, so these are the
            // fifth and the eleventh of those. Idle: from `20 i` to `100 i` s for 3, 6 and 9, ranks 2 and 3.
            { "phase": "planning", "attempts": 15, "trusted": 15, "total": quantiles(1_000, 2_200),
              "model": quantiles(500, 1_100), "human": quantiles(50, 110), "idle": quantiles(4_800, 7_200) },
            // Idle of 8: `180 i` s of 1, 2, 4, 5 and 8, and `100 i - 5` of 3, 6 and 9: 180, 295, 360, 595, 720, 895, 900, 1440.
            { "phase": "analysis", "attempts": 6, "trusted": 0, "total": quantiles(100, 100), "model": nothing,
              "human": nothing, "idle": quantiles(5_950, 14_400) },
            // `100 i - 10`: 90, 190, 290, 390.
            { "phase": "implementation", "attempts": 4, "trusted": 0, "total": quantiles(200, 200), "model": nothing,
              "human": nothing, "idle": quantiles(1_900, 3_900) },
        ] })
    );
}

#[test]
fn rates_errors_and_retries_are_counted_by_attempt() {
    let (_home, mut runner) = told();
    let Figures::Success { phases, templates } = ask(&mut runner, Panel::Success, &Filter::default()) else { panic!() };
    let counts: Vec<_> = phases.iter().map(|rate| (rate.name.as_str(), rate.of, rate.good)).collect();
    assert_eq!(counts, [("planning", 15, 12), ("analysis", 6, 6), ("implementation", 4, 4)]);
    // Wilson's interval of 12 in 15.
    assert!((phases[0].low - 0.5481).abs() < 1e-4 && (phases[0].high - 0.9295).abs() < 1e-4, "{phases:?}");
    let of_templates: Vec<_> =
        templates.iter().map(|rate| (rate.name.as_str(), rate.label.as_str(), rate.of, rate.good)).collect();
    let of = |name, label, of, good| (name, label, of, good);
    assert_eq!(
        of_templates,
        [
            of("template of planning", "planning", 15, 12),
            of("template of analysis", "analysis", 6, 6),
            of("template of implementation", "implementation", 4, 4)
        ]
    );
    assert_eq!(
        wire(&mut runner, Panel::Errors),
        json!({ "panel": "errors", "kinds": [{ "name": "cut", "count": 3 }, { "name": "provider", "count": 1 }] })
    );
    assert_eq!(
        wire(&mut runner, Panel::Retries),
        json!({ "panel": "retries", "phases": [
            { "name": "planning", "count": 3 }, { "name": "analysis", "count": 0 }, { "name": "implementation", "count": 0 },
        ] })
    );
}

#[test]
fn tokens_and_money_say_what_is_estimated() {
    let (_home, mut runner) = told();
    let Figures::Cost { days, total } = ask(&mut runner, Panel::Cost, &Filter::default()) else { panic!() };
    // 25 replies: 6 reported a million and a hundred thousand, 19 are estimated at 200 and 50.
    assert_eq!(
        serde_json::to_value(total).unwrap(),
        json!({ "prompt_tokens": 6_003_800, "completion_tokens": 600_950, "reported_tokens": 6_600_000, "cost_usd": 18.0, "unpriced": 19 })
    );
    assert_eq!(days.iter().map(|day| day.day.as_str()).collect::<Vec<_>>(), DATES);
    // The third: two for planning, one each for analysis and implementation, three of them without a price.
    assert_eq!(
        serde_json::to_value(&days[2]).unwrap(),
        json!({ "day": "2026-11-01", "attempts": 4, "spent": {
            "prompt_tokens": 1_000_600, "completion_tokens": 100_150, "reported_tokens": 1_100_000, "cost_usd": 3.0, "unpriced": 3,
        } })
    );
}

#[test]
fn estimates_and_ratings_stand_beside_what_it_took() {
    let (_home, mut runner) = told();
    let Figures::Estimates { rows } = ask(&mut runner, Panel::Estimates, &Filter::default()) else { panic!() };
    assert_eq!(rows.iter().map(|row| row.session.clone()).collect::<Vec<_>>(), [id(2), id(1)], "newest first");
    // The first took 320 s to its end, of which the developer had the prompt for 1 s and the model wrote for 10 s.
    let (row, hours) = (&rows[1], |seconds: f64| seconds / 3_600.0);
    assert_eq!(
        (row.low_hours, row.high_hours, row.feature.as_str()),
        (1.0, 2.0, format!("Feature of {}", id(1)).as_str())
    );
    assert!(
        (row.actual_hours - hours(320.0)).abs() < 1e-9 && (row.active_hours.unwrap() - hours(11.0)).abs() < 1e-9,
        "{row:?}"
    );
    assert_eq!(
        wire(&mut runner, Panel::Ratings),
        json!({ "panel": "ratings", "days": [
            { "day": "2026-11-15", "count": 1, "mean": 5.0, "saved_minutes": 30 },
            { "day": "2026-11-29", "count": 1, "mean": 3.0, "saved_minutes": 60 },
        ] })
    );
}

/// From the words of a plan to the row of its session.
#[test]
fn what_a_plan_estimates_is_kept_in_minutes() {
    let home = Home::new();
    let mut runner = home.runner();
    let session = start(&mut runner, "Dark mode", None).unwrap().session;
    let asked = prompt(&mut runner, &session, None).unwrap();
    let body = "\nComplexity: High\nEstimated Time: 16-20 hours";
    runner.handle(capture(&session, "c", &asked, body, Fault::None)).unwrap();
    let sql = "SELECT complexity, low_minutes, high_minutes, estimated_high_hours FROM orchestration_sessions";
    let kept =
        home.database().query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))).unwrap();
    assert_eq!(kept, ("high".to_owned(), 960, 1_200, 20.0));
}

#[test]
fn groups_add_up_to_all_of_it() {
    let (_home, mut runner) = told();
    let mut rows = |panel| match ask(&mut runner, panel, &Filter::default()) {
        Figures::Groups { rows } => rows
            .into_iter()
            .map(|row| (row.name, row.sessions, row.complete, row.attempts, row.good))
            .collect::<Vec<_>>(),
        other => panic!("{other:?}"),
    };
    let row = |name: &str, sessions, complete, attempts, good| (name.to_owned(), sessions, complete, attempts, good);
    // /a: 6 first and 2 second plans, 4 analyses of which 3 are answered, 2 implementations. /b: 6 and 1, 4 and 3, 2.
    assert_eq!(rows(Panel::Projects), [row("/a", Some(6), Some(2), 14, 11), row("/b", Some(6), Some(2), 13, 11)]);
    // `main`: 8 and 2 plans, 7 analyses of which 6 are answered, 4 implementations. Else: 4 and 1 plans, 1 analysis.
    assert_eq!(rows(Panel::Branches), [row("main", Some(8), Some(4), 21, 18), row("", Some(4), Some(0), 6, 4)]);
    assert_eq!(rows(Panel::Models), [row("", None, None, 21, 18), row("m-large-20260101", None, None, 6, 4)]);
    assert_eq!(
        wire(&mut runner, Panel::Choices),
        json!({ "panel": "choices", "projects": ["/a", "/b"], "workflows": ["feature"], "branches": ["main"],
            "templates": [
                { "name": "template of analysis", "label": "analysis" },
                { "name": "template of implementation", "label": "implementation" },
                { "name": "template of planning", "label": "planning" },
            ],
            "days": ["2026-10-26", "2027-01-15"] })
    );
}

#[test]
fn a_filter_narrows_to_what_it_names() {
    let (_home, mut runner) = told();
    let mut started = |filter: &Filter| match ask(&mut runner, Panel::Funnel, filter) {
        Figures::Funnel { started, .. } => started,
        other => panic!("{other:?}"),
    };
    // Every range of days, and each open end, over three ends of months.
    for (first, since) in DATES.iter().enumerate() {
        for (last, until) in DATES.iter().enumerate() {
            let filter =
                Filter { since: Some((*since).to_owned()), until: Some((*until).to_owned()), ..Filter::default() };
            assert_eq!(started(&filter), (last + 1).saturating_sub(first) as u64, "{since} to {until}");
        }
        let filter = Filter { since: Some((*since).to_owned()), ..Filter::default() };
        assert_eq!(started(&filter), (12 - first) as u64, "since {since}");
        let filter = Filter { until: Some((*since).to_owned()), ..Filter::default() };
        assert_eq!(started(&filter), (first + 1) as u64, "until {since}");
    }
    let named = |project: Option<&str>, branch: Option<&str>, workflow: Option<&str>| Filter {
        project: project.map(str::to_owned),
        branch: branch.map(str::to_owned),
        workflow: workflow.map(str::to_owned),
        ..Filter::default()
    };
    for (filter, count) in [
        (named(Some("/a"), None, None), 6),
        (named(None, Some("main"), None), 8),
        (named(Some("/b"), Some("main"), None), 4),
        (named(Some("/b"), Some(""), Some("feature")), 2),
        (named(None, None, Some("full")), 0),
        (named(Some("/elsewhere"), None, None), 0),
    ] {
        assert_eq!(started(&filter), count, "{filter:?}");
    }
    let filter = Filter {
        template: Some("template of analysis".to_owned()),
        project: Some("/b".to_owned()),
        ..Filter::default()
    };
    let Figures::Times { phases } = ask(&mut runner, Panel::Times, &filter) else { panic!() };
    assert_eq!(phases.len(), 1, "the template of one phase: {phases:?}");
    assert_eq!((phases[0].attempts, phases[0].total), (3, Quantiles { median_ms: Some(10_000), p90_ms: Some(10_000) }));
    for day in ["2026-02-30", "20261122", "2026-1-1", "yesterday", ""] {
        let filter = Filter { since: Some(day.to_owned()), ..Filter::default() };
        assert_eq!(
            runner.handle(Request::Panel(ask::Panel { panel: Panel::Cost, filter })).unwrap_err().code,
            Code::RequestInvalid,
            "{day}"
        );
    }
}
