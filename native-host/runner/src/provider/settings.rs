//! `config.toml`: which providers a developer has, by name. No key stands in it, and whatever is wrong in it is named with its place.

use super::{Kind, ProviderError};
use crate::bounded;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::num::{NonZeroU32, NonZeroU64};
use std::ops::Range;
use std::path::{Path, PathBuf};

const FILE: &str = "config.toml";
/// The largest settings, in bytes.
const MAX: u64 = 64 << 10;
/// What somebody calls a key who wants to put it into the file.
const LITERALS: &[&str] = &["key", "api_key", "apikey", "token", "secret", "password", "authorization", "x_api_key"];

/// One provider of the file.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Table {
    pub(super) kind: Kind,
    pub(super) command: Option<String>,
    pub(super) base_url: Option<String>,
    pub(super) model: Option<String>,
    pub(super) key_env: Option<String>,
    pub(super) max_tokens: Option<NonZeroU32>,
    pub(super) timeout_s: Option<NonZeroU64>,
}

impl Table {
    /// Nothing but its kind.
    pub(super) const fn of(kind: Kind) -> Self {
        Self { kind, command: None, base_url: None, model: None, key_env: None, max_tokens: None, timeout_s: None }
    }

    /// The key that is wrong, and why.
    fn wrong(&self) -> Option<(&'static str, &'static str)> {
        let given = [
            ("command", self.command.is_some()),
            ("base_url", self.base_url.is_some()),
            ("model", self.model.is_some()),
            ("key_env", self.key_env.is_some()),
            ("max_tokens", self.max_tokens.is_some()),
        ];
        if let Some((key, _)) = given.into_iter().find(|(key, given)| *given && !self.kind.keys().contains(key)) {
            return Some((key, "it means nothing to a provider of this kind."));
        }
        // In capitals, because a key that somebody put here would be quoted as the name of a variable that is not set.
        let is_variable = |name: &str| {
            name.starts_with(|ch: char| ch.is_ascii_uppercase() || ch == '_')
                && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
        };
        self.key_env.as_ref().filter(|name| !is_variable(name)).map(|_| {
            (
                "key_env",
                "it names the variable that holds the key, in capital letters; the key itself has no place here.",
            )
        })
    }
}

/// The settings of a developer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    pub(super) default_provider: Option<String>,
    #[serde(default)]
    pub(super) provider: BTreeMap<String, Table>,
    #[serde(skip)]
    path: PathBuf,
}

impl Settings {
    /// Those of a directory. Without the file there are none, which is fine.
    ///
    /// # Errors
    /// `Settings`, with the file, the line and the key.
    pub fn read(directory: &Path) -> Result<Self, ProviderError> {
        let path = directory.join(FILE);
        let wrong = |finding: String| ProviderError::Settings { place: path.display().to_string(), finding };
        let text = match bounded::text(&path, MAX) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::FileTooLarge => {
                return Err(wrong("it is larger than 64 KiB.".into()));
            }
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Self { path, ..Self::default() }),
            Err(error) => return Err(wrong(format!("it cannot be read: {error}."))),
        };
        let malformed = |error: toml::de::Error| ProviderError::Settings {
            place: place(&path, &text, error.span()),
            finding: finding(error.message()),
        };
        let tables: toml::Table = text.parse().map_err(malformed)?;
        if let Some(key) = literal(&tables) {
            return Err(ProviderError::Settings {
                place: format!("{}, `{key}`", path.display()),
                finding: "a key has no place in this file. Put it into the environment, whose variable key_env names, \
                          or into the keyring."
                    .into(),
            });
        }
        let settings = Self { path: path.clone(), ..toml::from_str(&text).map_err(malformed)? };
        // Names are said in sentences, and on terminals.
        if settings.provider.keys().chain(&settings.default_provider).any(|name| name.contains(char::is_control)) {
            return Err(wrong("the name of a provider is one line of visible characters.".into()));
        }
        for (name, table) in &settings.provider {
            if let Some((key, finding)) = table.wrong() {
                return Err(ProviderError::Settings { place: settings.place(name, key), finding: finding.into() });
            }
        }
        Ok(settings)
    }

    /// Where a key of a provider stands, as it is shown.
    pub(super) fn place(&self, provider: &str, key: &str) -> String {
        format!("{}, `{key}` of [provider.{provider}]", self.path.display())
    }
}

/// A key that holds a key, anywhere in the file.
fn literal(table: &toml::Table) -> Option<&str> {
    table.iter().find_map(|(name, value)| match value {
        toml::Value::Table(inner) => literal(inner),
        _ => LITERALS.contains(&name.to_lowercase().replace('-', "_").as_str()).then_some(name.as_str()),
    })
}

/// The line, and the key or the name of the table in it. What is not surely one of them is not shown: it may be a secret.
fn place(path: &Path, text: &str, span: Option<Range<usize>>) -> String {
    let path = path.display();
    let Some(before) = span.and_then(|span| text.get(..span.start)) else { return path.to_string() };
    let line = before.matches('\n').count();
    let plain = |key: &&str| key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte));
    let words = text.lines().nth(line).unwrap_or_default();
    let table = words.trim().strip_prefix('[').and_then(|words| words.strip_suffix(']'));
    match table.or(words.split_once('=').map(|(key, _)| key.trim())).filter(plain) {
        Some(key) => format!("{path}, line {}, `{key}`", line + 1),
        None => format!("{path}, line {}", line + 1),
    }
}

/// What the parser finds, without the value that it does not like.
fn finding(message: &str) -> String {
    let message = super::error_text::line(message);
    match message.rsplit_once(", expected ") {
        Some((found, expected)) if found.starts_with("invalid ") => format!("it has to be {expected}."),
        _ => format!("{message}."),
    }
}

#[cfg(test)]
mod tests;
