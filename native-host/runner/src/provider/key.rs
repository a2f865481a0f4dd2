//! API keys: out of the environment or the keyring, into one header, and nowhere else. No error, log or file ever holds one.

#[cfg(feature = "keyring")]
mod keyring;

use super::ProviderError;
use std::fmt;
use ureq::http::HeaderValue;
use zeroize::Zeroizing;

/// An API key. It does not print itself, and its memory is cleared when it is dropped.
#[derive(Clone)]
pub struct Key(Zeroizing<String>);

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(…)")
    }
}

impl Key {
    /// A key as somebody pasted it; nothing where this cannot be one.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let key = text.trim();
        (!key.is_empty() && key.bytes().all(|byte| byte.is_ascii_graphic()))
            .then(|| Self(Zeroizing::new(key.to_owned())))
    }

    /// As the value of a header, marked as a secret.
    pub(super) fn header(&self, before: &str) -> Result<HeaderValue, ProviderError> {
        let text = Zeroizing::new(format!("{before}{}", *self.0));
        let mut value = HeaderValue::from_str(&text)
            .map_err(|_| ProviderError::KeyMissing { finding: "The key cannot stand in a header.".into() })?;
        value.set_sensitive(true);
        Ok(value)
    }

    /// A text without the key, should it hold it.
    pub(super) fn taken_out_of(&self, text: &str) -> String {
        text.replace(self.0.as_str(), "[key]")
    }
}

/// A variable of the environment, by its name.
type Variable<'a> = &'a dyn Fn(&str) -> Option<String>;
/// An entry of the keyring, by its account; the error is why the keyring cannot be asked.
type Entry<'a> = &'a dyn Fn(&str) -> Result<Option<String>, String>;

/// Where keys are looked for.
#[derive(Clone, Copy)]
pub struct Keys<'a> {
    /// The environment.
    pub variable: Variable<'a>,
    /// The keyring of the system.
    pub entry: Entry<'a>,
}

impl fmt::Debug for Keys<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keys")
    }
}

impl Keys<'static> {
    /// Those of this process and this system.
    #[must_use]
    pub fn of_system() -> Self {
        Self { variable: &|name| std::env::var(name).ok(), entry: &entry }
    }
}

impl Keys<'_> {
    /// The key in this variable, else the one in the keyring under this account. An empty variable is none.
    ///
    /// # Errors
    /// `KeyMissing` where there is none, and `Settings` where there is one that cannot be a key.
    pub(super) fn find(&self, variable: Option<&str>, account: Option<&str>) -> Result<Key, ProviderError> {
        let checked = |text: &str, place: String| {
            let finding = "what it holds cannot be a key, which is one word of plain letters.".into();
            Key::new(text).ok_or(ProviderError::Settings { place, finding })
        };
        if let Some(name) = variable
            && let Some(text) = (self.variable)(name).filter(|text| !text.trim().is_empty())
        {
            return checked(&text, format!("The variable {name}"));
        }
        let mut trouble = None;
        if let Some(account) = account {
            match (self.entry)(account) {
                Ok(Some(text)) => return checked(&text, format!("The keyring's entry “{account}”")),
                Ok(None) => {}
                Err(finding) => trouble = Some(finding),
            }
        }
        let places = [
            variable.map(|name| format!("the variable {name} is not set")),
            match trouble {
                Some(finding) => {
                    Some(format!("the keyring cannot be asked: {}", super::error_text::error_text(&finding, None)))
                }
                None => account.map(|account| format!("the keyring has no entry “{account}” of prompt-runner")),
            },
        ];
        let places: Vec<_> = places.into_iter().flatten().collect();
        let finding = if places.is_empty() {
            "There is no key for this address; name its variable with key_env in config.toml.".into()
        } else {
            format!("There is no key: {}.", places.join("; "))
        };
        Err(ProviderError::KeyMissing { finding })
    }
}

/// The entry of prompt-runner with this account.
#[cfg(feature = "keyring")]
fn entry(account: &str) -> Result<Option<String>, String> {
    keyring::password(account)
}

/// Built without the feature `keyring`.
#[cfg(not(feature = "keyring"))]
fn entry(_: &str) -> Result<Option<String>, String> {
    Err("this prompt-runner was built without it".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(
        variable: Option<&str>,
        account: Option<&str>,
        entry: Result<Option<String>, String>,
    ) -> Result<String, String> {
        let variables = |name: &str| match name {
            "GOOD" => Some(" sk-env\n".to_owned()),
            "BLANK" => Some(" ".to_owned()),
            "BAD" => Some("two words".to_owned()),
            _ => None,
        };
        let keys = Keys { variable: &variables, entry: &|_| entry.clone() };
        let key = keys.find(variable, account).map_err(|error| error.to_string())?;
        Ok(key.0.to_string())
    }

    #[test]
    fn the_environment_comes_before_the_keyring_and_what_is_missing_is_named() {
        let ring = || Ok(Some("sk-ring".to_owned()));
        assert_eq!(found(Some("GOOD"), Some("a"), ring()).unwrap(), "sk-env");
        assert_eq!(found(Some("BLANK"), Some("a"), ring()).unwrap(), "sk-ring");
        assert_eq!(found(None, Some("a"), ring()).unwrap(), "sk-ring");
        for (variable, account, entry, said) in [
            (Some("NONE"), Some("acme"), Ok(None), &["NONE is not set", "no entry “acme”"][..]),
            (Some("NONE"), Some("acme"), Err("it is\nlocked".into()), &["NONE", "it is locked"]),
            (Some("NONE"), None, Ok(None), &["NONE is not set."]),
            (None, None, Ok(None), &["key_env"]),
            (Some("BAD"), Some("acme"), ring(), &["BAD"]),
            (None, Some("acme"), Ok(Some("ü".into())), &["“acme”"]),
        ] {
            let error = found(variable, account, entry).unwrap_err();
            assert!(said.iter().all(|said| error.contains(said)), "{error}");
            assert!(!error.contains("two words") && !error.contains('ü'), "{error}");
        }
    }

    #[test]
    fn a_key_does_not_print_itself() {
        let key = Key::new("sk-secret").unwrap();
        assert_eq!(format!("{key:?}"), "Key(…)");
        assert_eq!(format!("{:?}", key.header("Bearer ").unwrap()), "Sensitive");
    }
}
