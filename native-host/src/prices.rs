//! What models cost: a table with dates that came with the program, the developer's own prices in its place, and which row is
//! meant by the name that an API reports. Nothing is fetched; the version says which table a figure was made with.

mod file;

use self::file::{read, wrong};
use prompt_runner_core::event::Usage;
use prompt_runner_core::refusal::{Code, Refusal};
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;

const FILE: &str = "prices.toml";
const BUILT_IN: &str = include_str!("../prices.toml");
/// The largest file of own prices, in bytes.
const MAX: u64 = 256 << 10;
/// Prices are for so many tokens.
const TOKENS: f64 = 1e6;

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
}

/// The prices that hold for this user, whose own stand in this directory.
///
/// # Errors
/// Where the own prices cannot be read or make no sense, with the file and the line.
pub fn table(config: &Path) -> Result<Prices, PricesError> {
    let mut rows = read(BUILT_IN, "the built-in prices")?;
    let path = config.join(FILE);
    let place = path.display().to_string();
    let mut text = String::new();
    match File::open(&path).and_then(|file| file.take(MAX + 1).read_to_string(&mut text)) {
        Ok(bytes) if bytes as u64 > MAX => return Err(wrong(&place, "it is larger than 256 KiB.")),
        Ok(_) => {
            let own = read(&text, &place)?;
            rows.retain(|row| own.iter().all(|own| plain(&own.id) != plain(&row.id)));
            rows.extend(own);
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(wrong(&place, format!("it cannot be read: {error}."))),
    }
    Ok(Prices { version: version(&rows), rows })
}

impl Prices {
    /// What so many tokens of a model cost on a day, `YYYY-MM-DD`, in US dollars; nothing where nobody knows the model. Tokens
    /// that were written to a cache count as those of a prompt, since the table has no price of their own for them.
    #[must_use]
    pub fn cost(&self, model: &str, day: &str, usage: &Usage) -> Option<f64> {
        let fresh = usage.input_tokens.saturating_add(usage.cache_write_tokens);
        let price = self.price(model, day, fresh.saturating_add(usage.cache_read_tokens))?;
        let of = |tokens: u64, price: f64| tokens as f64 * price;
        let cached = price.input_cached.unwrap_or(price.input);
        let all = of(fresh, price.input) + of(usage.cache_read_tokens, cached) + of(usage.output_tokens, price.output);
        Some(all / TOKENS)
    }

    /// The row of a model on a day, for a prompt of so many tokens.
    fn price(&self, model: &str, day: &str, prompt: u64) -> Option<&Price> {
        let model = plain(model);
        let holding = || self.rows.iter().filter(|row| row.holds_on(day));
        let named = |row: &&Price| model.strip_prefix(&plain(&row.id)).is_some_and(is_version);
        let base = holding().filter(named).max_by_key(|row| row.id.len())?;
        let beyond = holding().filter_map(|row| Some((row.beyond(base)?, row)));
        let long = beyond.filter(|(tokens, _)| prompt > *tokens).max_by_key(|(tokens, _)| *tokens);
        Some(long.map_or(base, |(_, row)| row))
    }
}

impl Price {
    /// Days in this form compare as texts.
    fn holds_on(&self, day: &str) -> bool {
        self.from.as_deref().is_none_or(|from| from <= day) && self.until.as_deref().is_none_or(|until| day < until)
    }

    /// Of prompts beyond how many tokens of the same model this is the price, by its name: `gpt-5.4-272k`.
    fn beyond(&self, base: &Self) -> Option<u64> {
        let (name, base) = (plain(&self.id), plain(&base.id));
        let thousands: u64 = name.strip_prefix(&base)?.strip_prefix('-')?.strip_suffix('k')?.parse().ok()?;
        thousands.checked_mul(1_000)
    }
}

/// The name of a model without whose it is, and with one spelling for versions: `anthropic/claude-opus-4.6` is `claude-opus-4-6`.
#[must_use]
pub fn plain(name: &str) -> String {
    let name = name.rsplit('/').next().unwrap_or(name);
    name.to_lowercase().replace('.', "-")
}

/// Whether this, after the name of a model, says which edition of it. Another number would be another model, at another price.
fn is_version(rest: &str) -> bool {
    let date = |text: &str, shape: &str| {
        text.len() == shape.len()
            && text.bytes().zip(shape.bytes()).all(|(byte, shape)| match shape {
                b'0' => byte.is_ascii_digit(),
                other => byte == other,
            })
    };
    rest.is_empty()
        || rest == "-latest"
        || ["-00000000", "-0000-00-00", "-0000", "@00000000"].iter().any(|shape| date(rest, shape))
}

fn version(rows: &[Price]) -> String {
    let digest = Sha256::digest(format!("{rows:?}").as_bytes());
    digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests;
