//! What models cost, as the store knows it: rows that are given from outside and put in the place of those before.

use super::{Store, StoreError, with_patience};
use rusqlite::{TransactionBehavior, params};

/// What a model costs in US dollars for a million tokens.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Price {
    /// The name of the model without a date, in small letters and with hyphens for dots; the longest that fits holds.
    pub id: String,
    /// It holds for prompts of more tokens than this; 0 is every prompt.
    pub beyond: u32,
    /// The first day, `YYYY-MM-DD`.
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
    pub(crate) fn set_prices(&mut self, version: &str, prices: &[Price]) -> Result<(), StoreError> {
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
            for Price { id, beyond, since, until, input, output, cached } in prices {
                transaction
                    .prepare_cached(
                        "INSERT INTO price (id, beyond, since, until, input, output, cached, version) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                    )?
                    .execute(params![id, beyond, since, until, input, output, cached, version])?;
            }
            // The trigger that prices an attempt does the rest.
            transaction.execute("UPDATE orchestration_metrics SET model = model WHERE model IS NOT NULL", [])?;
            Ok(transaction.commit()?)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Addition;
    use prompt_runner_core::event::State;
    use prompt_runner_core::session::SessionId;

    fn price(id: &str, beyond: u32, (since, until): (&str, Option<&str>), input: f64) -> Price {
        let (id, since, until) = (id.to_owned(), since.to_owned(), until.map(str::to_owned));
        Price { id, beyond, since, until, input, output: 15.0, cached: 0.5 }
    }

    #[test]
    fn new_prices_price_everything_anew() {
        let home = tempfile::tempdir().unwrap();
        let mut store = Store::open(&home.path().join("prompt-runner.db")).unwrap();
        let session = SessionId::parse("20261122_000000_00000000").unwrap();
        // Asked on 22 November 2026: 1,000 tokens, 400 of them out of a cache, for 100.
        for event in [
            r#"{"kind":"session_started","feature":"x","project":null,"workflow":"feature","phases":["planning"]}"#,
            r#"{"kind":"prompt_rendered","phase":"planning","nonce":"n","text":"t","bytes":1}"#,
            r#"{"kind":"reply_captured","phase":"planning","nonce":"n","capture":"c","text":"t","bytes":1,"lines":1,"tokens_estimated":1,
                "source":"api","sections":[],"trailer":"proven","problem":null,"timing":{},"by":{"provider":"p","model":"someone/Some-Model.5-20261001",
                "usage":{"input_tokens":600,"output_tokens":100,"cache_read_tokens":400,"cache_write_tokens":0}}}"#,
        ] {
            let events = vec![serde_json::from_str(event).unwrap()];
            let addition =
                |_: Option<&State>| Ok::<_, StoreError>(Addition { events: events.clone(), ..Addition::default() });
            store.append(&session, 1_795_305_600_000, addition).unwrap();
        }
        let all = |store: &Store| -> (Option<f64>, Option<String>, i64, i64) {
            let sql = "SELECT cost_usd, price_version, (SELECT sum(cost_nano) FROM rollup_attempt WHERE grain = 'day' AND project = 0 AND branch = 0),
                (SELECT sum(unpriced) FROM rollup_attempt WHERE grain = 'day' AND project = 0 AND branch = 0) FROM orchestration_metrics";
            let columns = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?));
            store.connection.query_row(sql, [], columns).unwrap()
        };
        assert_eq!(all(&store), (None, None, 0, 1));

        // 600 at 3 dollars for a million, 400 at 0.5, 100 at 15: 1,800 + 200 + 1,500 millionths.
        let prices = [
            price("some-model", 0, ("", None), 1.0),
            price("some-model-5", 0, ("", Some("2026-11-22")), 2.0),
            price("some-model-5", 0, ("2026-11-22", None), 3.0),
            price("some-model-5", 1_000, ("", None), 6.0),
            price("some-model-5-mini", 0, ("", None), 4.0),
        ];
        store.set_prices("one", &prices).unwrap();
        assert_eq!(all(&store), (Some(0.0035), Some("one".to_owned()), 3_500_000, 0));
        store.set_prices("one", &[]).unwrap();
        assert_eq!(all(&store).2, 3_500_000, "they are known already");

        store
            .set_prices(
                "two",
                &[price("some-model", 0, ("", None), 3.0), price("some-model-5", 0, ("2026-11-23", None), 3.0)],
            )
            .unwrap();
        assert_eq!(all(&store), (None, None, 0, 1), "nobody knows what it cost the day before, and 5 is no edition");
        assert_eq!(store.verify().unwrap(), []);
    }
}
