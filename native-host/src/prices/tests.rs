//! Prices, as names of APIs and days lead to them, and own ones with what can be wrong in them.

use super::*;

const DAY: &str = "2026-11-22";

fn built_in() -> Prices {
    table(Path::new("/nowhere")).unwrap()
}

fn with(own: &str) -> Result<Prices, PricesError> {
    let config = tempfile::tempdir().unwrap();
    std::fs::write(config.path().join("prices.toml"), own).unwrap();
    table(config.path())
}

fn million(input: u64, output: u64) -> Usage {
    Usage { input_tokens: input * 1_000_000, output_tokens: output * 1_000_000, ..Usage::default() }
}

#[test]
fn a_model_is_found_by_whatever_name_an_api_reports() {
    let prices = built_in();
    for (model, id) in [
        ("claude-opus-4-6-20260115", "claude-opus-4-6"),
        ("claude-opus-4-20250514", "claude-opus-4"),
        ("claude-3-5-sonnet-20241022", "claude-3.5-sonnet"),
        ("claude-haiku-4-5-20251001", "claude-haiku-4.5"),
        ("claude-sonnet-4-5@20250929", "claude-sonnet-4.5"),
        ("anthropic/claude-opus-4.6", "claude-opus-4-6"),
        ("gpt-4o-2024-11-20", "gpt-4o"),
        ("gpt-4o-mini-2024-07-18", "gpt-4o-mini"),
        ("GPT-5.4", "gpt-5.4"),
        ("o1", "o1"),
        ("mistral-large-latest", "mistral-large-latest"),
    ] {
        assert_eq!(prices.price(model, DAY, 1).map(|price| price.id.as_str()), Some(id), "{model}");
    }
    for unknown in ["", "llama3", "gpt-5.9", "claude-opus-4-9-20270101", "gpt-4o-audio-2024-11-20", "gpt"] {
        assert_eq!(prices.price(unknown, DAY, 1), None, "{unknown}: another model is not priced as its neighbour");
    }
}

#[test]
fn a_price_holds_on_its_days_and_for_the_length_of_the_prompt() {
    let prices = built_in();
    let cost = |model, day, usage: Usage| prices.cost(model, day, &usage).map(|cost| (cost * 1e6).round() / 1e6);
    assert_eq!(cost("claude-sonnet-5", "2026-08-31", million(0, 1)), Some(10.0));
    assert_eq!(cost("claude-sonnet-5", "2026-09-01", million(0, 1)), Some(15.0));
    assert_eq!(cost("deepseek-chat", "2025-01-01", million(0, 1)), Some(0.28));
    let prompt = |tokens| Usage { input_tokens: tokens, ..Usage::default() };
    assert_eq!(cost("gpt-5.4-2026-03-05", DAY, prompt(272_000)), Some(0.68));
    assert_eq!(cost("gpt-5.4-2026-03-05", DAY, prompt(272_001)), Some(1.360_005));
    let usage = Usage { input_tokens: 1_000, output_tokens: 2_000, cache_read_tokens: 100_000, cache_write_tokens: 10 };
    assert_eq!(cost("gpt-4o", DAY, usage), Some(0.147_525));
    assert_eq!(
        cost("claude-opus-4-6", DAY, usage),
        Some(0.555_05),
        "without a price of its own a cache costs as a prompt"
    );
    assert_eq!(cost("llama3", DAY, usage), None);
}

#[test]
fn own_prices_take_the_place_of_those_of_the_same_model() {
    let built_in = built_in();
    assert_eq!(with("").unwrap(), built_in);
    let own =
        with("price = [\n  { id = 'gpt-5-4', input = 1, output = 2 },\n  { id = 'llama3', input = 0, output = 0 },\n]")
            .unwrap();
    assert_eq!(own.cost("gpt-5.4", DAY, &million(0, 1)), Some(2.0));
    assert_eq!(own.cost("llama3", DAY, &million(1, 1)), Some(0.0));
    assert_eq!(own.rows.len(), built_in.rows.len() + 1);
    assert_ne!(own.version, built_in.version);
    assert_eq!(own.version.len(), 16);
}

#[test]
fn what_is_wrong_is_named_with_its_line() {
    for (own, line, finding) in [
        ("price = [\n  { id = 'a', input = 1 },\n]", 2, "missing field `output`."),
        ("price = [\n  { id = 'a', input = -1, output = 1 },\n]", 2, "a price is a number"),
        ("price = [\n  { id = 'a', input = nan, output = 1 },\n]", 2, "a price is a number"),
        ("price = [\n  { id = '', input = 1, output = 1 },\n]", 2, "`id` may not be empty"),
        ("[[price]]\nid = 'a'\nfrom = '1 May 2026'\ninput = 1\noutput = 1", 1, "`YYYY-MM-DD`"),
        (
            "price = [\n\n  { id = 'a', from = '2026-05-02', until = '2026-05-01', input = 1, output = 1 }]",
            3,
            "comes after",
        ),
        (
            "price = [\n  { id = 'a.1', input = 1, output = 1 },\n  { id = 'a-1', input = 2, output = 2 },\n]",
            3,
            "on the same days",
        ),
        ("price = [\n  { id = 'a', input = 1, output = 1, currency = 'EUR' },\n]", 2, "unknown field `currency`"),
        ("\nprices = 1", 2, "unknown field `prices`"),
    ] {
        let error = with(own).unwrap_err();
        assert!(error.place.ends_with(&format!("prices.toml, line {line}")), "{own}: {error}");
        assert!(error.finding.contains(finding), "{own}: {error}");
        assert_eq!(Refusal::from(error).code, Code::SettingsInvalid);
    }
}
