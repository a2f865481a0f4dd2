//! Bytes of any kind as `config.toml` and as `prices.toml`: whatever is wrong is said in one sentence that names the file, no secret
//! is repeated, and a table of prices that is taken can be reckoned with.

use runner::ProviderChoice;
use runner::testing::{Keys, Settings, plain_model, price_table, provider_from};
use std::cell::OnceCell;
use std::fs;
use tempfile::TempDir;

/// What somebody may put into the file by mistake.
const SECRET: &str = "sk-secret";

thread_local! {
    static FOLDER: OnceCell<TempDir> = const { OnceCell::new() };
}

pub(super) fn check(bytes: &[u8]) {
    FOLDER.with(|folder| {
        let folder = folder.get_or_init(|| tempfile::tempdir().expect("there is a folder for temporary files")).path();
        for file in ["config.toml", "prices.toml"] {
            fs::write(folder.join(file), bytes).expect("the folder can be written");
        }
        let text = String::from_utf8_lossy(bytes);
        match Settings::read(folder) {
            Ok(settings) => chosen(&settings),
            Err(error) => {
                let said = error.to_string();
                is_sentence(&said, "config.toml");
                assert!(!is_value(&text) || !said.contains(SECRET), "{said}");
            }
        }
        match price_table(folder) {
            Ok(table) => {
                let sound = |price: f64| (0.0..=10_000.0).contains(&price);
                for row in &table.rows {
                    assert!(sound(row.input) && sound(row.output) && row.input_cached.is_none_or(sound), "{row:?}");
                    let (model, _) = table.model_of(row);
                    assert!(plain_model(&row.id).starts_with(&model), "{row:?} is of {model}");
                }
                assert_eq!(table.version.len(), 16);
            }
            Err(error) => is_sentence(&error.to_string(), "prices.toml"),
        }
    });
}

/// The default provider is made, without a key to be had.
fn chosen(settings: &Settings) {
    let keys = Keys { variable: &|_| None, entry: &|_| Ok(None) };
    if let Err(error) = provider_from(&ProviderChoice::default(), settings, &keys) {
        let said = error.to_string();
        assert!(said.ends_with('.') && !said.contains('\n'), "{said:?}");
    }
}

fn is_sentence(said: &str, file: &str) {
    assert!(said.contains(file) && said.ends_with('.') && !said.contains('\n'), "{said:?}");
}

/// Whether the secret stands only where values stand. A kind is repeated: it is one of six words.
fn is_value(text: &str) -> bool {
    let values = text.matches(&format!("= \"{SECRET}")).count() - text.matches(&format!("kind = \"{SECRET}")).count();
    values == text.matches(SECRET).count()
}
