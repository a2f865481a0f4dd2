//! What models cost: a table with dates that came with the program, and the developer's own prices in its place. The store knows
//! which row is meant by the name that an API reports. Nothing is fetched; the version says which table a figure was made with.

mod file;

use self::file::{read, wrong};
use crate::bounded;
use crate::hex::hash;
use prompt_runner_core::refusal::{Code, Refusal};
use std::collections::HashSet;
use std::io::ErrorKind;
use std::path::Path;

const FILE: &str = "prices.toml";
const BUILT_IN: &str = include_str!("../prices.toml");
/// The largest file of own prices, in bytes.
const MAX: u64 = 256 << 10;

/// Own prices that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("The prices cannot be used. {place}: {finding}")]
pub struct PricesError {
    /// The file, and the line where that is known.
    place: String,
    /// What is wrong, as a sentence.
    finding: String,
}

impl From<PricesError> for Refusal {
    fn from(error: PricesError) -> Self {
        let hint = "Mend what is named, or remove the file to go back to the prices that came with the program.";
        Self { hint: hint.to_owned(), ..Self::new(Code::SettingsInvalid, error.to_string()) }
    }
}

/// What a model costs on certain days, in US dollars for a million tokens.
#[derive(Clone, Debug, PartialEq)]
pub struct Price {
    /// The model, as its API names it, without a date.
    pub id: String,
    /// The first day, `YYYY-MM-DD`; open where there is none.
    pub from: Option<String>,
    /// The first day on which it holds no more.
    pub until: Option<String>,
    /// Of the prompt.
    pub input: f64,
    /// Of the reply.
    pub output: f64,
    /// Of what was read from a cache.
    pub input_cached: Option<f64>,
}

/// A table of prices.
#[derive(Clone, Debug, PartialEq)]
pub struct Prices {
    /// The beginning of the SHA-256 of all rows: two tables of one version say the same.
    pub version: String,
    /// Its rows.
    pub rows: Vec<Price>,
    /// What they are of.
    names: HashSet<String>,
}

/// The prices that hold for this user, whose own stand in this directory.
///
/// # Errors
/// Where the own prices cannot be read or make no sense, with the file and the line.
pub fn table(config: &Path) -> Result<Prices, PricesError> {
    let mut rows = read(BUILT_IN, "the built-in prices")?;
    let path = config.join(FILE);
    let place = path.display().to_string();
    match bounded::text(&path, MAX) {
        Err(error) if error.kind() == ErrorKind::FileTooLarge => {
            return Err(wrong(&place, "it is larger than 256 KiB."));
        }
        Ok(text) => {
            let own = read(&text, &place)?;
            let own_names = names(&own);
            rows.retain(|row| !own_names.contains(&plain(&row.id)));
            rows.extend(own);
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(wrong(&place, format!("it cannot be read: {error}."))),
    }
    Ok(Prices { version: version(&rows), names: names(&rows), rows })
}

/// What the rows are of.
fn names(rows: &[Price]) -> HashSet<String> {
    rows.iter().map(|row| plain(&row.id)).collect()
}

impl Prices {
    /// The model of a row, and beyond how many tokens of a prompt the row is its price, by the name: `gpt-5.4-272k`.
    #[must_use]
    pub fn model_of(&self, row: &Price) -> (String, u32) {
        let name = plain(&row.id);
        let long = name.rsplit_once('-').and_then(|(base, thousands)| {
            let thousands: u32 = thousands.strip_suffix('k')?.parse().ok()?;
            self.names.contains(base).then(|| (base.to_owned(), thousands.saturating_mul(1_000)))
        });
        long.unwrap_or((name, 0))
    }
}

/// The name of a model without whose it is, and with one spelling for versions: `anthropic/claude-opus-4.6` is `claude-opus-4-6`.
#[must_use]
pub fn plain(name: &str) -> String {
    let name = name.rsplit('/').next().unwrap_or(name);
    name.to_lowercase().replace('.', "-")
}

fn version(rows: &[Price]) -> String {
    let mut name = hash(&format!("{rows:?}"));
    name.truncate(16);
    name
}

#[cfg(test)]
mod tests;
