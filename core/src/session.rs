//! Session ids: sortable by time for people, unique for machines.

use serde::{Deserialize, Serialize};
use std::fmt;

/// `YYYYMMDD_HHMMSS_xxxxxxxx`: UTC time of the start and 8 random hex digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS, schemars::JsonSchema))]
#[serde(try_from = "String", into = "String")]
#[cfg_attr(feature = "types", ts(as = "String"), schemars(extend("pattern" = "^[0-9]{8}_[0-9]{6}_[0-9a-f]{8}$")))]
pub struct SessionId(String);

impl SessionId {
    /// The id of a session that starts at this civil UTC time (`YYYYMMDD_HHMMSS`) with these random bytes.
    #[must_use]
    pub fn new(utc: &str, random: [u8; 4]) -> Option<Self> {
        Self::parse(&format!("{utc}_{:08x}", u32::from_be_bytes(random)))
    }

    /// Reads an id; anything that is not exactly one is refused, so an id can stand in a file name or a prompt as it is.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let shaped = bytes.len() == 24
            && bytes.iter().enumerate().all(|(at, byte)| match at {
                8 | 15 => *byte == b'_',
                0..=14 => byte.is_ascii_digit(),
                _ => matches!(byte, b'0'..=b'9' | b'a'..=b'f'),
            });
        shaped.then(|| Self(text.to_owned()))
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for SessionId {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("a session id looks like 20261122_141129_1a2b3c4d")
    }
}

impl From<SessionId> for String {
    fn from(id: SessionId) -> Self {
        id.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_ids_are_read() {
        assert!(
            SessionId::new("20261122_141129", [0x1a, 0x2b, 0x3c, 0x4d])
                .is_some_and(|id| id.as_str() == "20261122_141129_1a2b3c4d")
        );
        for bad in
            ["", "20261122_141129_1A2B3C4D", "20261122_141129_1a2b3c4", "../../etc/passwd", "20261122 141129 1a2b3c4d"]
        {
            assert_eq!(SessionId::parse(bad), None, "{bad}");
        }
    }
}
