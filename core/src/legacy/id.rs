//! The predecessor's session ids, `<slug>_YYYYMMDD_HHMMSS` and `YYYYMMDD_HHMMSS_xxxxxxxx`, and ours for them.

use crate::session::SessionId;

/// A longer one fits into no file name.
const ID_MAX: usize = 240;
/// Bytes of `YYYYMMDD_HHMMSS`.
const STAMP: usize = 15;

/// When the session began, as its id says it: `YYYYMMDD_HHMMSS`. What has no such stamp is no id of the predecessor.
pub(super) fn stamp(id: &str) -> Option<&str> {
    if SessionId::parse(id).is_some() {
        return id.get(..STAMP);
    }
    if id.len() > ID_MAX || id.contains(|ch: char| ch.is_control() || matches!(ch, '/' | '\\')) {
        return None;
    }
    let (slug, stamp) = id.split_at_checked(id.len().checked_sub(STAMP)?)?;
    // What makes it an id of ours makes it a stamp.
    let is_stamp = SessionId::parse(&format!("{stamp}_00000000")).is_some();
    (is_stamp && (slug.is_empty() || slug.ends_with('_'))).then_some(stamp)
}

/// The id that the session has with us: its own where it is one of ours, else its time and eight digits of its SHA-256.
pub(super) fn ours(id: &str, hash: fn(&str) -> String) -> Option<SessionId> {
    SessionId::parse(id).or_else(|| SessionId::parse(&format!("{}_{}", stamp(id)?, hash(id).get(..8)?)))
}

/// A time as the predecessor's ids have it, with another sign or none between day and hour, in the way of ISO 8601.
pub(super) fn compact(stamp: &str) -> Option<String> {
    let (day, rest) = stamp.split_at_checked(8)?;
    let hour = rest.strip_prefix(['_', '-', 'T', ' ']).unwrap_or(rest);
    let stamp = format!("{day}_{hour}");
    (stamp.len() == STAMP && self::stamp(&stamp).is_some()).then(|| iso(&stamp))?
}

/// A stamp in the way of ISO 8601.
pub(super) fn iso(stamp: &str) -> Option<String> {
    let part = |from, to| stamp.get(from..to);
    let (year, month, day) = (part(0, 4)?, part(4, 6)?, part(6, 8)?);
    Some(format!("{year}-{month}-{day}T{}:{}:{}", part(9, 11)?, part(11, 13)?, part(13, 15)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_kinds_of_ids_are_known_and_nothing_else() {
        let hash = |_: &str| "1a2b3c4d".repeat(8);
        for (id, stamped, session) in [
            ("20241225_143052_a1b2c3d4", "20241225_143052", "20241225_143052_a1b2c3d4"),
            ("dark_mode_20250624_115521", "20250624_115521", "20250624_115521_1a2b3c4d"),
            ("dünkel-modus_20250624_115521", "20250624_115521", "20250624_115521_1a2b3c4d"),
            ("_20250624_115521", "20250624_115521", "20250624_115521_1a2b3c4d"),
            ("20250624_115521", "20250624_115521", "20250624_115521_1a2b3c4d"),
        ] {
            assert_eq!(stamp(id), Some(stamped), "{id}");
            assert_eq!(ours(id, hash).as_ref().map(SessionId::as_str), Some(session), "{id}");
        }
        for id in
            ["", "dark_mode", "dark_mode20250624_115521", "../x_20250624_115521", "a\n_20250624_115521", "é115521"]
        {
            assert_eq!(stamp(id), None, "{id:?}");
            assert_eq!(ours(id, hash), None, "{id:?}");
        }
        assert_eq!(iso("20250624_115521").as_deref(), Some("2025-06-24T11:55:21"));
    }
}
