//! Prices, as names of APIs and days lead to them, and own ones with what can be wrong in them.

use super::*;

fn built_in() -> Prices {
    table(Path::new("/nowhere")).unwrap()
}

fn with(own: &str) -> Result<Prices, PricesError> {
    let config = tempfile::tempdir().unwrap();
    std::fs::write(config.path().join("prices.toml"), own).unwrap();
    table(config.path())
}

#[test]
fn a_price_of_long_prompts_belongs_to_the_model_before_its_length() {
    let prices = built_in();
    let of = |id: &str| prices.model_of(prices.rows.iter().find(|row| row.id == id).unwrap());
    assert_eq!(of("claude-sonnet-4.5-200k"), ("claude-sonnet-4-5".to_owned(), 200_000));
    assert_eq!(of("claude-sonnet-4.5"), ("claude-sonnet-4-5".to_owned(), 0));
}

#[test]
fn own_prices_take_the_place_of_those_of_the_same_model() {
    let built_in = built_in();
    assert_eq!(with("").unwrap(), built_in);
    let own =
        with("price = [\n  { id = 'gpt-5-4', input = 1, output = 2 },\n  { id = 'llama3', input = 0, output = 0 },\n]")
            .unwrap();
    let output = |id: &str| own.rows.iter().find(|row| plain(&row.id) == id).map(|row| row.output);
    assert_eq!((output("gpt-5-4"), output("llama3")), (Some(2.0), Some(0.0)));
    assert_eq!(own.rows.len(), built_in.rows.len() + 1);
    assert_ne!(own.version, built_in.version);
    assert_eq!(own.version.len(), 16);
}

#[test]
fn what_is_wrong_is_named_with_its_line() {
    for (own, line, finding) in [
        ("price = [\n  { id = 'a', input = 1 },\n]", 2, "missing field `output`."),
        ("price = [\n  { id = 'a', input = -1, output = 1 },\n]", 2, "a price is a number"),
        ("price = [\n  { id = 'a', input = 1e300, output = 1 },\n]", 2, "10000 US dollars"),
        ("price = [\n  { id = 'a', input = nan, output = 1 },\n]", 2, "a price is a number"),
        ("price = [\n  { id = '', input = 1, output = 1 },\n]", 2, "`id` may not be empty"),
        ("price = [\n  { id = \"a\\nb\", input = 1, output = 1 },\n]", 2, "`id` is one line"),
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

/// Ten times the names are about ten times the work, in the time that this thread worked; before they were a hundred times.
#[cfg(unix)]
#[test]
fn ten_times_the_models_are_ten_times_the_work() {
    use rustix::time::{ClockId, clock_gettime};
    let now = || {
        let time = clock_gettime(ClockId::ThreadCPUTime);
        time.tv_sec * 1_000_000_000 + time.tv_nsec
    };
    let file = |models: u32| {
        let also: Vec<_> = (0..models).map(|at| format!("'n{at}-1k'")).collect();
        format!("price = [{{ id = 'n', input = 1, output = 2, also = [{}] }}]", also.join(","))
    };
    let worked = |models: u32| {
        let text = file(models);
        let begun = now();
        let rows = read(&text, "prices.toml").unwrap();
        let prices = Prices { version: String::new(), names: names(&rows), rows };
        assert_eq!(prices.rows.iter().filter(|row| prices.model_of(row).1 == 0).count(), prices.rows.len());
        now() - begun
    };
    let least = |models| (0..3).map(|_| worked(models)).min().unwrap();
    let (long, short) = (least(10_000), least(1_000));
    assert!(long < 30 * short, "{long} ns of 10,000 models, {short} ns of 1,000");
}
