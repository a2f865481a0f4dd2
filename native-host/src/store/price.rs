//! What models cost, as the store knows it: rows that are given from outside and put in the place of those before.

use super::{Store, StoreError, with_patience};
use rusqlite::{TransactionBehavior, params};

/// What a model costs in US dollars for a million tokens.
#[derive(Clone, Debug, PartialEq)]
pub struct Price {
    /// The model, in lower case and with dashes for dots; a date or `-latest` may follow in what an API reports.
    pub id: String,
    /// For prompts of so many tokens or more; the highest that fits holds.
    pub prompt_from: u64,
    /// From this day on, `YYYY-MM-DD`.
    pub since: String,
    /// The first day on which it holds no more.
    pub until: Option<String>,
    /// For tokens of a prompt.
    pub input: f64,
    /// For tokens of a reply.
    pub output: f64,
    /// For tokens of a prompt that came out of a cache.
    pub cached: f64,
}

impl Store {
    /// Puts these prices in the place of those before and prices every attempt anew, so that what stands in the database follows from the
    /// log and the prices alone. Nothing is done where prices of this version are there already.
    ///
    /// # Errors
    /// Trouble with the database; nothing was changed then.
    pub fn set_prices(&mut self, version: &str, prices: &[Price]) -> Result<(), StoreError> {
        let known = "SELECT count(*) FROM price WHERE version = ?1";
        let is_known = |connection: &rusqlite::Connection| {
            connection.query_row(known, params![version], |row| Ok(row.get::<_, i64>(0)? > 0))
        };
        if is_known(&self.connection)? {
            return Ok(());
        }
        with_patience(|| {
            let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            transaction.execute("DELETE FROM price", [])?;
            for Price { id, prompt_from, since, until, input, output, cached } in prices {
                transaction
                    .prepare_cached(
                        "INSERT INTO price (id, prompt_from, since, until, input, output, cached, version) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                    )?
                    .execute(params![id, prompt_from.cast_signed(), since, until, input, output, cached, version])?;
            }
            // The trigger that prices an attempt does the rest.
            transaction.execute("UPDATE orchestration_metrics SET model = model WHERE model IS NOT NULL", [])?;
            Ok(transaction.commit()?)
        })
    }
}
