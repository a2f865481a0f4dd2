//! Figures made by hand, and what is written of them.

use super::*;
use prompt_runner_core::phase::Phase;
use prompt_runner_core::stats::{Count, Day, FunnelStep, Group, PhaseTimes, Quantiles, Rate, Spent};

fn drawn(table: &Table) -> String {
    let mut out = Vec::new();
    draw::table(&mut out, table).unwrap();
    String::from_utf8(out).unwrap()
}

fn as_csv(table: &Table) -> String {
    let mut out = Vec::new();
    csv::write(&mut out, table).unwrap();
    String::from_utf8(out).unwrap()
}

fn quantiles(median_ms: u64, p90_ms: u64) -> Quantiles {
    Quantiles { median_ms: Some(median_ms), p90_ms: Some(p90_ms) }
}

fn spent(reported_tokens: u64, cost_usd: f64) -> Spent {
    Spent { prompt_tokens: 12_000, completion_tokens: 34_000, reported_tokens, cost_usd, unpriced: 2 }
}

fn times() -> Figures {
    Figures::Times {
        phases: vec![PhaseTimes {
            phase: Phase::PLANNING,
            attempts: 12,
            trusted: 9,
            total: quantiles(42_000, 95_000),
            model: quantiles(31_000, 60_000),
            human: quantiles(4_200, 9_000),
            idle: Quantiles::default(),
        }],
    }
}

fn success() -> Figures {
    let rate = |name: &str, of, good| Rate {
        name: name.to_owned(),
        label: "Planning".to_owned(),
        of,
        good,
        low: 0.6,
        high: 0.925,
    };
    Figures::Success {
        phases: vec![rate("planning", 12, 10), rate("analysis", 0, 0)],
        templates: vec![rate("0123456789abcdef", 12, 10)],
    }
}

#[test]
fn phases_say_how_long_how_often_and_whose_time() {
    let table = By::Phase.table(&[times(), success()]);
    assert_eq!(
        drawn(&table),
        "How phases go
  Phase     Ended  Complete  Success  from    to  Median      p90   Model    You  Nobody
  Planning     12        10     83 %  60 %  92 %  42.0 s  1.6 min  31.0 s  4.2 s       –
  Analysis      0         0        –     –     –       –        –       –      –       –
  Of 12 times, 9 were seen whole by one clock. Model, You and Nobody are medians of whose time it was.
"
    );
    assert_eq!(
        as_csv(&table),
        "phase,ended,whole,success,success_low,success_high,total_median_ms,total_p90_ms,model_median_ms,human_median_ms,idle_median_ms\r\n\
         Planning,12,10,0.8333,0.6000,0.9250,42000,95000,31000,4200,\r\n\
         Analysis,0,0,,,,,,,,\r\n"
    );
}

#[test]
fn what_is_estimated_says_so_and_what_nobody_knows_the_price_of_too() {
    let day = |day: &str, attempts, spent| Day { day: day.to_owned(), attempts, spent };
    let days = vec![day("2026-11-21", 1, spent(46_000, 0.0042)), day("2026-11-22", 8, spent(45_999, 1.5))];
    let table = By::Day.table(&[Figures::Cost { days, total: spent(0, 1.5042) }]);
    assert_eq!(
        drawn(&table),
        "What days took
  Day         Attempts  Prompt tokens  Reply tokens     Cost
  2026-11-21         1         12,000        34,000  $0.0042
  2026-11-22         8        ≈12,000       ≈34,000    $1.50
  ▁█ attempts a day, 2026-11-21 to 2026-11-22
  2 attempts are in no cost, because nobody knows the price of their model.
"
    );
    assert!(as_csv(&table).ends_with("2026-11-22,8,12000,34000,1.500000\r\n"));
}

#[test]
fn names_of_others_stay_in_their_cells() {
    let group = |name: &str| Group {
        name: name.to_owned(),
        sessions: None,
        complete: Some(1),
        attempts: 3,
        good: 2,
        model_ms: 5_400_000,
        spent: spent(46_000, 0.0),
    };
    let table = By::Branch.table(&[Figures::Groups { rows: vec![group("\u{1b}[31m=1+1"), group("=1+1"), group("")] }]);
    let shown = drawn(&table);
    assert!(shown.contains("\\u{1b}[31m=1+1         –         1         3        2  1.5 h"), "{shown}");
    assert!(shown.contains("(none)") && !shown.contains('\u{1b}'), "{shown}");
    let csv = as_csv(&table);
    assert!(csv.contains("\r\n'=1+1,,1,3,2,5400000,12000,34000,0.000000\r\n,,1,"), "{csv}");
}

#[test]
fn a_template_is_its_whole_hash_for_machines() {
    let table = By::Template.table(&[success()]);
    assert!(drawn(&table).contains("Planning  0123456789ab     12"));
    assert!(as_csv(&table).contains("Planning,0123456789abcdef,12,10,"));
}

#[test]
fn an_overview_is_all_of_it() {
    let step = FunnelStep { phase: Phase::PLANNING, planned: 4, asked: 4, done: 2, skipped: 1 };
    let figures = [
        Figures::Funnel { started: 1_004, complete: 2, abandoned: 1, steps: vec![step] },
        times(),
        success(),
        Figures::Errors { kinds: vec![Count { name: "reply_cut".into(), count: 3 }] },
        Figures::Cost { days: Vec::new(), total: Spent::default() },
    ];
    let shown: String = tables::overview(&figures).iter().map(drawn).collect();
    for line in [
        "  Planning        4      4     2        1  ████████░░░░░░░░\n  1,004 sessions were started, 2 are complete, 1 were abandoned.\n",
        "  Planning     12        10     83 %",
        "  reply_cut      3  ████████████████\n",
        "What it took\n  Nothing is recorded for this.\n",
    ] {
        assert!(shown.contains(line), "{line} is missing in {shown}");
    }
}

#[test]
fn a_day_is_a_date_or_so_many_days_with_today() {
    let today = jiff::civil::date(2026, 11, 22);
    for (text, day) in [
        ("2026-11-01", Some("2026-11-01")),
        ("1d", Some("2026-11-22")),
        ("30d", Some("2026-10-24")),
        ("0d", None),
        ("-3d", None),
        ("9999999999999d", None),
        ("2026-13-01", None),
        ("yesterday", None),
    ] {
        assert_eq!(day_from(text, today).map(|day| day.to_string()).as_deref(), day, "{text}");
    }
}
