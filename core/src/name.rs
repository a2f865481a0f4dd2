//! Short names: of phases, and of the sections of a reply. A person writes them into a workflow, so neither is a closed list.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::ops::Deref;
use std::sync::{Mutex, PoisonError};

/// The longest name, in bytes.
pub const NAME_MAX: usize = 31;

/// So many different names are kept in one run of a program: they come from workflows, each has a few, and a folder of hostile ones must not
/// use them up.
const NAMES_MAX: usize = 1 << 16;

/// A name of at most [`NAME_MAX`] bytes of ASCII. Each is kept once for as long as the program runs, so that it is copied like a number.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Name(&'static str);

impl Name {
    /// A name: a letter, then letters, digits and `_`. Nothing where it is none, or too many were kept already.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        static NAMES: Mutex<Vec<&'static str>> = Mutex::new(Vec::new());
        if !is_name(text) {
            return None;
        }
        let mut names = NAMES.lock().unwrap_or_else(PoisonError::into_inner);
        // One after the other: there are a few dozen of them, and the page's engine pays for every line of a better search.
        if let Some(known) = names.iter().find(|known| **known == text) {
            return Some(Self(known));
        }
        if names.len() >= NAMES_MAX {
            return None;
        }
        let kept: &'static str = Box::leak(text.into());
        names.push(kept);
        Some(Self(kept))
    }

    /// A name that stands in the program's own text; nothing where it is none.
    #[must_use]
    pub const fn literal(text: &'static str) -> Option<Self> {
        if is_name(text) { Some(Self(text)) } else { None }
    }

    /// The name.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        self.0
    }

    /// Whether it is written in small letters, as phases are.
    #[must_use]
    pub fn is_small(&self) -> bool {
        !self.as_str().bytes().any(|byte| byte.is_ascii_uppercase())
    }

    /// Whether it is written in capitals, as sections are.
    #[must_use]
    pub fn is_capital(&self) -> bool {
        !self.as_str().bytes().any(|byte| byte.is_ascii_lowercase())
    }
}

/// Whether a text is a name: a letter, then letters, digits and `_`, so many bytes at most.
#[must_use]
pub const fn is_name(text: &str) -> bool {
    let bytes = text.as_bytes();
    if bytes.is_empty() || bytes.len() > NAME_MAX || !bytes[0].is_ascii_alphabetic() {
        return false;
    }
    let mut at = 0;
    while at < bytes.len() {
        if !bytes[at].is_ascii_alphanumeric() && bytes[at] != b'_' {
            return false;
        }
        at += 1;
    }
    true
}

impl Deref for Name {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl PartialEq<str> for Name {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<&str> for Name {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

impl From<Name> for String {
    fn from(name: Name) -> Self {
        name.as_str().to_owned()
    }
}

impl TryFrom<String> for Name {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::new(&text).ok_or("a name is a letter, then letters, digits and _, 31 in all at most")
    }
}

impl Serialize for Name {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Self::try_from(String::deserialize(from)?).map_err(serde::de::Error::custom)
    }
}

#[cfg(feature = "types")]
impl schemars::JsonSchema for Name {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Name".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "pattern": "^[A-Za-z][A-Za-z0-9_]{0,30}$" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_short_and_plain() {
        for text in ["planning", "A", "EXECUTION_NOTES", "step_2", &"x".repeat(NAME_MAX)] {
            assert_eq!(Name::new(text).map(|name| name.to_string()).as_deref(), Some(text));
        }
        for text in ["", "_a", "2nd", "a-b", "a b", "é", "a\n", &"x".repeat(NAME_MAX + 1)] {
            assert_eq!(Name::new(text), None, "{text}");
        }
        let name = Name::new("planning").unwrap();
        assert_eq!(serde_json::to_string(&name).unwrap(), "\"planning\"");
        assert_eq!(serde_json::from_str::<Name>("\"planning\"").unwrap(), name);
        assert!(serde_json::from_str::<Name>("\"a b\"").is_err());
        assert!(name.is_small() && !name.is_capital() && name == "planning");
    }
}
