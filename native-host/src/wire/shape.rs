//! What any request looks like, whichever it is: objects where objects belong, lists where lists do, names that are names, nothing twice.
//! The readers that serde derives take a list for an object, and some of them let unknown fields pass; this does not.

use serde::de::{self, Deserialize, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use std::fmt;
use std::path::{Component, Path};

/// Where lists stand. None is in another one.
const LISTS: [&str; 5] = ["content", "others", "elements", "counts", "tags"];
/// Where texts stand, of which any character is data.
const TEXTS: [&str; 5] = ["content", "text", "feature", "word", "lang"];
/// Names that may be longer than others, in bytes. What is in neither table is a name of at most [`NAME`].
const LONG_NAMES: [(&str, usize); 3] = [("project", 4_096), ("branch", 4_096), ("conversation", 2_048)];
const NAME: usize = 256;
/// How many fields an object has at most.
const FIELDS_MAX: usize = 32;
/// Objects whose types also read what was stored and pass over fields they do not know, and what may stand in them.
const FIELDS: [(&str, &[&str]); 4] = [
    ("timing", &["sent_ms", "first_token_ms", "last_token_ms", "span_ms"]),
    ("by", &["provider", "model", "usage"]),
    ("usage", &["input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens"]),
    ("content", &["block", "level", "lang", "text"]),
];

/// How deep objects lie in each other: an envelope, a request, a report or body or origin, and what is in it.
pub(super) const ENVELOPE: u8 = 4;
/// The same without an envelope.
pub(super) const REQUEST: u8 = 3;
/// An object with no other in it.
pub(super) const ALONE: u8 = 1;

/// Looks at a JSON text in which objects may lie so deep, and keeps nothing of it.
pub(super) fn check(body: &[u8], depth: u8) -> serde_json::Result<()> {
    let mut from = serde_json::Deserializer::from_slice(body);
    Shape { name: "", depth, in_list: false }.deserialize(&mut from)?;
    from.end()
}

/// Whether this can be the name that stands there: of an id, a path, an address, a model.
pub(super) fn is_name(name: &str, value: &str) -> bool {
    let long = LONG_NAMES.iter().find(|(long, _)| *long == name);
    value.len() <= long.map_or(NAME, |(_, max)| *max) && !value.contains(char::is_control)
}

/// The absolute path of a folder, as it is: it leads nowhere else.
fn is_project(path: &str) -> bool {
    let path = Path::new(path);
    path.is_absolute() && path.components().all(|part| part != Component::ParentDir)
}

/// Site and path of a conversation, such as `claude.ai/chat/1`. Which sites there are is not asked: a page may be newer than this host.
fn is_conversation(text: &str) -> bool {
    let is_site = |site: &str| {
        let plain = |part: &str| {
            !part.is_empty()
                && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        };
        site.contains('.') && site.split('.').all(plain)
    };
    text.split_once('/').is_some_and(|(site, path)| {
        is_site(site) && !path.is_empty() && !path.starts_with('/') && !path.contains(char::is_whitespace)
    })
}

/// What stands under a name.
#[derive(Clone, Copy)]
struct Shape<'a> {
    name: &'a str,
    depth: u8,
    in_list: bool,
}

impl Shape<'_> {
    fn text<E: de::Error>(self, text: &str) -> Result<(), E> {
        let name = self.name;
        if !TEXTS.contains(&name) && !is_name(name, text) {
            return Err(E::custom(format_args!("`{name}` is too long, or has characters that no name has")));
        }
        if name == "project" && !is_project(text) {
            return Err(E::custom("`project` is not the absolute path of a folder"));
        }
        if name == "conversation" && !is_conversation(text) {
            return Err(E::custom("`conversation` is not site and path of a conversation"));
        }
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for Shape<'_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Shape<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a request")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<(), E> {
        self.text(text)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        if self.in_list || !LISTS.contains(&self.name) {
            return Err(de::Error::custom(format_args!("`{}` is a list", self.name)));
        }
        while seq.next_element_seed(Shape { in_list: true, ..self })?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Some(depth) = self.depth.checked_sub(1) else {
            return Err(de::Error::custom(format_args!("there is an object in `{}`", self.name)));
        };
        let known = FIELDS.iter().find(|(name, _)| *name == self.name).map(|(_, fields)| *fields);
        let mut seen: Vec<String> = Vec::new();
        while let Some(Key(key)) = map.next_key()? {
            if seen.len() == FIELDS_MAX || seen.contains(&key) {
                return Err(de::Error::custom(format_args!("`{key}` is there twice, or one field too many")));
            }
            if known.is_some_and(|known| !known.contains(&key.as_str())) {
                return Err(de::Error::custom(format_args!("unknown field `{key}` in `{}`", self.name)));
            }
            map.next_value_seed(Shape { name: &key, depth, in_list: false })?;
            seen.push(key);
        }
        Ok(())
    }
}

/// The name of a field, which is never longer than any other name.
struct Key(String);

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_str(Key(String::new()))
    }
}

impl Visitor<'_> for Key {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a field")
    }

    fn visit_str<E: de::Error>(mut self, name: &str) -> Result<Self, E> {
        if !is_name("", name) {
            return Err(E::custom("no field has such a name"));
        }
        self.0.push_str(name);
        Ok(self)
    }
}
