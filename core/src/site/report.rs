//! The self-test of a page, judged: a page counts what the profile finds in it, and this says whether that can be right. A profile
//! that has drifted seldom finds nothing: it finds the wrong thing. So what was found is held against itself: messages lie in rows,
//! take turns, and hold a text. The page itself only counts, so that the engine stays small; the judging is done by the host.

use super::{ELEMENTS, of};
use crate::words::UiMessage;
use serde::{Deserialize, Serialize};

/// How many rows a report describes at most.
pub const ROWS_MAX: usize = 200;
/// How many candidates an element has at most.
const CANDIDATES_MAX: usize = 16;
/// How many kinds of tag are named at most, and how long such a name is.
const TAGS_MAX: usize = 4;
const TAG_MAX: usize = 32;
/// In so many characters an answer's buttons and labels may outweigh its text.
const SHORT: u32 = 400;

/// What a page showed: counts, tag names and lengths. Nothing of its content.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS, schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PageReport {
    /// The host name.
    pub site: String,
    /// The address is that of a conversation, as opposed to a new chat.
    pub conversation: bool,
    /// Each element of the profile.
    pub elements: Vec<Found>,
    /// One letter for each of the last rows: `u` has a message of the developer, `a` one of the model, `b` both, `-` neither.
    pub rows: String,
    /// Messages that lie inside another message.
    pub nested: u32,
    /// Messages that lie in no row.
    pub astray: u32,
    /// Answers without a text.
    pub bodiless: u32,
    /// Answers that do not say whether they grow.
    pub unsaid: u32,
    /// Code blocks of answers that are not read: they lie in what is left out, or outside of every text.
    #[serde(default, skip_serializing_if = "is_none")]
    pub swallowed: u32,
    /// Elements of answers whose blocks stand in a shadow root.
    #[serde(default, skip_serializing_if = "is_none")]
    pub shadowed: u32,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
const fn is_none(count: &u32) -> bool {
    *count == 0
}

/// What a page has of one element.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS, schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Found {
    /// Its name in the profile.
    pub name: String,
    /// How many each candidate finds, up to the first that finds any: that one is used.
    pub counts: Vec<u32>,
    /// Kinds of tag among what is used.
    pub tags: Vec<String>,
    /// The length of the text in what is used, in UTF-16 units; 0 where nobody asks.
    pub length: u32,
}

impl Found {
    /// The index of the candidate that is used.
    #[must_use]
    pub fn candidate(&self) -> Option<usize> {
        self.counts.iter().position(|count| *count > 0)
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> u32 {
        self.candidate().map_or(0, |at| self.counts[at])
    }
}

impl PageReport {
    /// Why this cannot be a report of ours, as a sentence. What passes has no room for anything that was written in a chat.
    #[must_use]
    pub fn flaw(&self) -> Option<String> {
        let Some(profile) = of(&self.site) else { return Some("It is about a site that has no profile.".into()) };
        let names = profile.elements().map(|(name, _)| name);
        if self.elements.len() > ELEMENTS || self.elements.iter().any(|found| !names.contains(&found.name.as_str())) {
            return Some(format!("It has elements that no profile has, or more than {ELEMENTS}."));
        }
        if self.elements.iter().any(|found| found.counts.len() > CANDIDATES_MAX) {
            return Some(format!("It has more than {CANDIDATES_MAX} candidates for an element."));
        }
        let plain =
            |tag: &String| tag.len() <= TAG_MAX && tag.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        if self.elements.iter().any(|found| found.tags.len() > TAGS_MAX || !found.tags.iter().all(plain)) {
            return Some(format!("It names more than {TAGS_MAX} tags of an element, or something that is no tag."));
        }
        if self.rows.len() > ROWS_MAX || self.rows.bytes().any(|byte| !b"uab-".contains(&byte)) {
            return Some(format!("It describes more than {ROWS_MAX} rows, or in other letters than u, a, b and -."));
        }
        None
    }

    /// Why the profile does not fit this page; empty where it does.
    #[must_use]
    pub fn drift(&self) -> Vec<UiMessage> {
        let found = |name: &str| self.elements.iter().find(|found| found.name == name);
        let count = |name| found(name).map_or(0, Found::count);
        let length = |name| found(name).map_or(0, |found| found.length);
        let (users, answers) = (count("user"), count("assistant"));
        let rows = self.rows.len();
        let unknown = self.rows.bytes().filter(|row| *row == b'-').count();
        let says = of(&self.site).is_some_and(|profile| !profile.streaming_attribute.is_empty());
        // What lies in a card is not missing from the text.
        let cards = count("artifact") > 0;
        let suspicions = [
            (count("composer") == 0, "drift_composer"),
            (self.conversation && users + answers == 0, "drift_messages"),
            (users == 0 && answers > 1, "drift_users"),
            (answers == 0 && users > 1, "drift_answers"),
            // An attachment alone, or an answer that was broken off, leaves a row without a message now and then.
            (users + answers > 0 && unknown > 1 && unknown * 4 >= rows, "drift_rows"),
            (self.rows.contains("uuu") || self.rows.contains("aaa"), "drift_order"),
            (self.nested > 0, "drift_nested"),
            (rows > 0 && self.astray > 0, "drift_astray"),
            (answers > 0 && self.bodiless == answers && !cards, "drift_body"),
            (
                length("assistant") > SHORT * answers && length("body") < length("assistant") / 10 && !cards,
                "drift_text",
            ),
            (self.swallowed > 0, "drift_code"),
            (self.shadowed > 0, "drift_shadow"),
            (says && answers > 0 && self.unsaid == answers, "drift_streaming"),
        ];
        suspicions.into_iter().filter(|(is_so, _)| *is_so).map(|(_, key)| UiMessage::new(key, [])).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A page of claude.ai in good order: so many of each of these elements, by the candidate with this index.
    fn page(rows: &str, elements: &[(&str, usize, u32)]) -> PageReport {
        let found = |(name, at, count): &(&str, usize, u32)| {
            let counts = (0..=*at).map(|index| if index == *at { *count } else { 0 }).collect();
            Found { name: (*name).into(), counts, tags: vec!["DIV".into()], length: count * 3_000 }
        };
        PageReport {
            site: "claude.ai".into(),
            conversation: !rows.is_empty(),
            elements: elements.iter().map(found).collect(),
            rows: rows.into(),
            ..PageReport::default()
        }
    }

    fn chat(rows: &str) -> PageReport {
        let count = |letter| rows.matches(letter).count() as u32;
        page(
            rows,
            &[("composer", 0, 1), ("user", 0, count('u')), ("assistant", 2, count('a')), ("body", 0, count('a'))],
        )
    }

    #[test]
    fn a_page_in_good_order_has_not_drifted() {
        for rows in ["", "u", "ua", "uaua", "uauau-ua", "aua", "uaau"] {
            assert_eq!(chat(rows).drift(), [], "{rows}");
        }
        assert_eq!(chat("uaua").elements[2].candidate(), Some(2));
    }

    #[test]
    fn what_cannot_be_right_is_named() {
        let cases: [(&str, PageReport); 14] = [
            ("drift_composer", page("ua", &[("user", 0, 1), ("assistant", 0, 1), ("body", 0, 1)])),
            ("drift_messages", page("----", &[("composer", 0, 1)])),
            ("drift_users", chat("a-a-")),
            ("drift_answers", chat("u-u-")),
            ("drift_rows", chat("uau-u-ua")),
            ("drift_order", chat("uauuua")),
            ("drift_nested", PageReport { nested: 1, ..chat("ua") }),
            ("drift_astray", PageReport { astray: 2, ..chat("ua") }),
            ("drift_body", PageReport { bodiless: 1, ..chat("ua") }),
            ("drift_text", {
                let mut report = chat("ua");
                report.elements[3].length = 12;
                report
            }),
            ("drift_code", PageReport { swallowed: 1, ..chat("ua") }),
            ("drift_shadow", PageReport { shadowed: 1, ..chat("ua") }),
            ("drift_streaming", PageReport { unsaid: 2, ..chat("uaua") }),
            ("drift_messages", PageReport { conversation: true, ..chat("") }),
        ];
        for (key, report) in cases {
            let keys: Vec<String> = report.drift().into_iter().map(|say| say.key).collect();
            assert!(keys.iter().any(|found| found == key), "{key} is not among {keys:?}");
        }
        let blind = PageReport { site: "chatgpt.com".into(), unsaid: 1, ..chat("ua") };
        assert_eq!(blind.drift(), [], "a site that never says it has not drifted by not saying it");
        let mut card = PageReport { bodiless: 1, ..chat("ua") };
        card.elements.push(Found { name: "artifact".into(), counts: vec![1], ..Found::default() });
        assert_eq!(card.drift(), [], "an answer that is a card has no other text");
    }

    #[test]
    fn what_passes_has_no_room_for_what_was_written() {
        let good = chat("uaua");
        assert_eq!(good.flaw(), None);
        let with = |change: fn(&mut PageReport)| {
            let mut report = good.clone();
            change(&mut report);
            report.flaw()
        };
        assert!(with(|report| report.site = "secret.example".into()).is_some());
        assert!(with(|report| report.rows = "a secret".into()).is_some());
        assert!(with(|report| report.rows = "u".repeat(ROWS_MAX + 1)).is_some());
        assert!(with(|report| report.elements[0].name = "a secret".into()).is_some());
        assert!(with(|report| report.elements[0].tags[0] = "my secret".into()).is_some());
        assert!(with(|report| report.elements[0].tags[0] = "x".repeat(TAG_MAX + 1)).is_some());
        assert!(with(|report| report.elements[0].tags = vec!["P".into(); TAGS_MAX + 1]).is_some());
        assert!(with(|report| report.elements[0].counts = vec![1; CANDIDATES_MAX + 1]).is_some());
        assert!(with(|report| report.elements = vec![report.elements[0].clone(); ELEMENTS + 1]).is_some());
    }
}
