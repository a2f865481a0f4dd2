//! The file of a price table: rows as they are written, and what can be wrong with them.

use super::{Price, PricesError, plain};
use serde::Deserialize;
use std::collections::HashMap;
use toml::Spanned;

/// No model is as dear. Figures add up what is paid, and their sums must not overflow.
const DOLLARS_MAX: f64 = 10_000.0;

/// A row as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    id: String,
    from: Option<String>,
    until: Option<String>,
    input: f64,
    output: f64,
    input_cached: Option<f64>,
    #[serde(default)]
    also: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    #[serde(default)]
    price: Vec<Spanned<Row>>,
}

pub(super) fn wrong(place: &str, finding: impl Into<String>) -> PricesError {
    PricesError { place: place.to_owned(), finding: finding.into() }
}

/// The rows of a file, each under every name that it has.
pub(super) fn read(text: &str, file: &str) -> Result<Vec<Price>, PricesError> {
    let place = |at: usize| {
        let line = text.get(..at).unwrap_or_default().matches('\n').count() + 1;
        format!("{file}, line {line}")
    };
    let table: Table = toml::from_str(text).map_err(|error| {
        let place = error.span().map_or_else(|| file.to_owned(), |span| place(span.start));
        wrong(&place, format!("{}.", error.message().lines().next().unwrap_or_default()))
    })?;
    let mut rows: Vec<Price> = Vec::new();
    // By its name, because a file has room for thousands: compared with all of them each, they took minutes.
    let mut of_model: HashMap<String, Vec<usize>> = HashMap::new();
    for row in table.price {
        let place = place(row.span().start);
        let Row { id, from, until, input, output, input_cached, also } = row.into_inner();
        for id in std::iter::once(id).chain(also) {
            let (from, until) = (from.clone(), until.clone());
            let price = Price { id, from, until, input, output, input_cached };
            if let Some(flaw) = price.flaw() {
                return Err(wrong(&place, flaw));
            }
            let others = of_model.entry(plain(&price.id)).or_default();
            if others.iter().any(|other| price.meets(&rows[*other])) {
                return Err(wrong(&place, format!("“{}” has another price on the same days.", price.id)));
            }
            others.push(rows.len());
            rows.push(price);
        }
    }
    Ok(rows)
}

impl Price {
    fn flaw(&self) -> Option<&'static str> {
        let is_day = |day: &&String| day.len() == 10 && day.parse::<jiff::civil::Date>().is_ok();
        let days = [&self.from, &self.until];
        let prices = [self.input, self.output, self.input_cached.unwrap_or(0.0)];
        if self.id.trim().is_empty() {
            return Some("a price is of a model, so `id` may not be empty.");
        }
        if self.id.contains(char::is_control) {
            return Some("`id` is one line of visible characters.");
        }
        if days.into_iter().flatten().any(|day| !is_day(&day)) {
            return Some("a day is written as `YYYY-MM-DD`, in quotes.");
        }
        if self.from.is_some() && self.until.is_some() && self.from >= self.until {
            return Some("`until` is the first day on which the price holds no more, so it comes after `from`.");
        }
        if !prices.iter().all(|price| price.is_finite() && *price >= 0.0) {
            return Some("a price is a number of US dollars, and not less than 0.");
        }
        if prices.iter().any(|price| *price > DOLLARS_MAX) {
            return Some("a price is of a million tokens, and 10000 US dollars are the most.");
        }
        None
    }

    /// Whether another price, of the same model, holds on a day on which this one does.
    fn meets(&self, other: &Self) -> bool {
        let before = |until: &Option<String>, from: &Option<String>| matches!((until, from), (Some(until), Some(from)) if until <= from);
        !before(&self.until, &other.from) && !before(&other.until, &self.from)
    }
}
