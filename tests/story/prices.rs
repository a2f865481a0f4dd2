//! Prices, as the names that APIs report, days, and the length of prompts lead to them.

use crate::history::{File, History, id};
use crate::home::Home;
use prompt_runner_core::protocol::answer::PanelFigures;
use prompt_runner_core::protocol::{Reply, Request, ask};
use prompt_runner_core::stats::{Figures, Filter, Panel};
use serde_json::{Value, json};

/// Midnight of a day in November 2026, UTC.
const NOVEMBER: i64 = 1_795_305_600_000;
/// Of the last day of August 2026, and of the first of September.
const AUGUST: i64 = 1_788_134_400_000;
const SEPTEMBER: i64 = AUGUST + 86_400_000;

/// What a reply costs in US dollars: the model, when, and its tokens of the prompt, out of a cache, and of the reply.
fn cost(own: &str, model: &str, at_ms: i64, [prompt, cached, reply]: [u64; 3]) -> Option<f64> {
    let home = Home::new();
    let mut runner = home.runner();
    std::fs::create_dir(home.places().config).unwrap();
    std::fs::write(home.places().config.join("prices.toml"), own).unwrap();
    let mut database = home.database();
    let transaction = database.transaction().unwrap();
    let session = History { file: File::Ours(&transaction), session: id(0) };
    session.start(at_ms, "/a", "feature", &["planning"]);
    session.prompt(at_ms, "planning", Value::Null);
    let usage = json!({ "input_tokens": prompt - cached, "cache_read_tokens": cached, "cache_write_tokens": 0, "output_tokens": reply });
    let by = json!({ "provider": "p", "model": model, "usage": usage });
    session.reply(at_ms, "planning", json!({ "source": "api", "by": by }));
    transaction.commit().unwrap();
    match runner.handle(Request::Panel(ask::Panel { panel: Panel::Cost, filter: Filter::default() })).unwrap() {
        Reply::Figures(PanelFigures { figures: Figures::Cost { total, .. } }) => {
            assert_eq!(runner.verify().unwrap(), [], "{model}");
            (total.unpriced == 0).then_some((total.cost_usd * 1e6).round() / 1e6)
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_model_is_found_by_whatever_name_an_api_reports_and_no_other_is_priced_as_its_neighbour() {
    for (model, dollars) in [
        ("claude-opus-4-6-20260115", 25.0),
        ("claude-opus-4-20250514", 75.0),
        ("claude-3-5-sonnet-20241022", 15.0),
        ("claude-haiku-4-5-20251001", 5.0),
        ("anthropic/claude-opus-4.6", 25.0),
        ("gpt-4o-2024-11-20", 10.0),
        ("gpt-4o-mini-2024-07-18", 0.6),
        ("GPT-4o", 10.0),
    ] {
        assert_eq!(cost("", model, NOVEMBER, [0, 0, 1_000_000]), Some(dollars), "{model}");
    }
    for unknown in ["llama3", "gpt-5.9", "claude-opus-4-9-20270101", "gpt-4o-audio-2024-11-20", "gpt"] {
        assert_eq!(cost("", unknown, NOVEMBER, [1, 0, 1]), None, "{unknown}");
    }
}

#[test]
fn a_price_holds_on_its_days_and_for_the_length_of_the_prompt() {
    assert_eq!(cost("", "claude-sonnet-5", AUGUST, [0, 0, 1_000_000]), Some(10.0));
    assert_eq!(cost("", "claude-sonnet-5", SEPTEMBER, [0, 0, 1_000_000]), Some(15.0));
    // 3 and 6 dollars for a million tokens of a prompt, up to and beyond 200,000 of them.
    assert_eq!(cost("", "claude-sonnet-4-5-20250929", NOVEMBER, [200_000, 0, 0]), Some(0.6));
    assert_eq!(cost("", "claude-sonnet-4-5-20250929", NOVEMBER, [200_001, 0, 0]), Some(1.200_006));
    // 1,000 at 2.50, 100,000 out of the cache at 1.25, 2,000 of the reply at 10.
    assert_eq!(cost("", "gpt-4o", NOVEMBER, [101_000, 100_000, 2_000]), Some(0.147_5));
    assert_eq!(
        cost("", "claude-opus-4-6", NOVEMBER, [101_000, 100_000, 2_000]),
        Some(0.555),
        "without a price of its own a cache costs as a prompt"
    );
}

#[test]
fn own_prices_take_the_place_of_those_of_the_same_model() {
    let own = "price = [\n  { id = 'gpt-4o', input = 1, output = 2 },\n  { id = 'llama3', input = 0, output = 0 },\n]";
    assert_eq!(cost(own, "gpt-4o", NOVEMBER, [0, 0, 1_000_000]), Some(2.0));
    assert_eq!(cost(own, "llama3", NOVEMBER, [1, 0, 1]), Some(0.0));
}
