//! The JSON file of a session, read leniently: a key of the wrong kind is named and left out, and the rest counts.

use super::id;
use crate::session::SessionId;
use serde_json::{Map, Value};

/// What it may say of its files.
const FILES: [&str; 9] = [
    "orchestrator_prompt",
    "analysis_template",
    "implementation_template",
    "execution_notes",
    "analysis_prompt",
    "analysis_output",
    "implementation_prompt",
    "implementation_output",
    "summary",
];
/// No id, status, time or estimate is longer; it is shown in many places.
const TEXT_MAX: usize = 240;

/// What a session's file says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Record {
    /// The id that the predecessor knew it by.
    pub(super) id: String,
    /// The id that it gets.
    pub(super) session: SessionId,
    pub(super) feature: Option<String>,
    pub(super) timestamp: Option<String>,
    pub(super) status: Option<String>,
    pub(super) completed_at: Option<String>,
    /// What it estimates the work to take, in its words.
    pub(super) time_estimate: Option<String>,
    pub(super) complexity: Option<String>,
    /// What it says of its files: what each is, and its name or its whole text. The predecessor wrote both.
    pub(super) files: Vec<(String, String)>,
    /// What is odd about it, in sentences.
    pub(super) notes: Vec<String>,
}

impl Record {
    /// Reads the file of that name, or says in a sentence why it is none.
    pub(super) fn read(name: &str, json: &str, hash: fn(&str) -> String) -> Result<Self, String> {
        let value = serde_json::from_str(json.trim_start_matches('\u{feff}'));
        let Value::Object(map) = value.map_err(|error| format!("It is no JSON: {error}."))? else {
            return Err("It is JSON, and no session.".to_owned());
        };
        let mut notes = Vec::new();
        let mut text = |key| text(&map, key, &mut notes);
        let (own, feature, status) = (text("id"), text("feature_request"), text("status"));
        let (timestamp, completed_at) = (text("timestamp"), text("completed_at"));
        let (time_estimate, complexity) = (text("time_estimate"), text("complexity"));
        // Its other files are named after it as it is, so its own name goes before what it says.
        let known = |id: &str| Some((id.to_owned(), id::ours(id, hash)?));
        let named = known(name).or_else(|| known(own.as_deref()?));
        let (id, session) = named.ok_or("Its name is no session id of the predecessor.")?;
        if let Some(own) = own.filter(|own| *own != id) {
            notes.push(format!("Its file calls it “{own}”."));
        }
        let files = files(map.get("files"), &mut notes);
        Ok(Self { id, session, feature, timestamp, status, completed_at, time_estimate, complexity, files, notes })
    }
}

/// What stands under the names of its files; what is no text is named.
fn files(said: Option<&Value>, notes: &mut Vec<String>) -> Vec<(String, String)> {
    let said = match said {
        Some(Value::Object(said)) => said,
        None | Some(Value::Null) => return Vec::new(),
        Some(_) => {
            notes.push("What it says of its files cannot be read.".to_owned());
            return Vec::new();
        }
    };
    let mut files = Vec::new();
    for kind in FILES {
        match said.get(kind) {
            Some(Value::String(text)) if !text.trim().is_empty() => files.push((kind.to_owned(), text.clone())),
            None | Some(Value::Null | Value::String(_)) => {}
            Some(_) => notes.push(format!("Its {} is no text.", kind.replace('_', " "))),
        }
    }
    files
}

/// The text under a key; anything else is named, and nothing.
fn text(map: &Map<String, Value>, key: &str, notes: &mut Vec<String>) -> Option<String> {
    match map.get(key) {
        Some(Value::String(text)) if key == "feature_request" || text.len() <= TEXT_MAX => {
            Some(text.trim().to_owned()).filter(|text| !text.is_empty())
        }
        None | Some(Value::Null) => None,
        // Seconds or milliseconds; a number of hours has nothing that says so.
        Some(Value::Number(number)) if matches!(key, "timestamp" | "completed_at") => Some(number.to_string()),
        Some(other) => {
            notes.push(format!("Its “{key}” is {}.", if other.is_string() { "too long" } else { "no text" }));
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAME: &str = "dark_mode_20250624_115521";

    fn read(name: &str, json: &str) -> Result<Record, String> {
        Record::read(name, json, |_| "1a2b3c4d".repeat(8))
    }

    #[test]
    fn what_is_no_session_says_why() {
        let deep = "[".repeat(200);
        for (name, json, why) in [
            (NAME, "", "It is no JSON"),
            (NAME, "{\"id\": ", "It is no JSON"),
            (NAME, deep.as_str(), "It is no JSON"),
            (NAME, "[]", "no session"),
            ("notes", "{}", "no session id"),
            ("notes", r#"{"id": "../../etc_20250624_115521"}"#, "no session id"),
        ] {
            let said = read(name, json).unwrap_err();
            assert!(said.contains(why), "{json}: {said}");
        }
    }

    #[test]
    fn a_key_of_the_wrong_kind_is_named_and_the_rest_counts() {
        let json = r#"{"id": 7, "feature_request": " Dark mode ", "status": "LONG", "timestamp": "", "completed_at": null, "time_estimate": 4, "complexity": "Low", "files": {
            "execution_notes": "/w/outputs/b.md", "analysis_output": "C:\\work\\outputs\\a.md", "orchestrator_prompt": 1,
            "analysis_template": "", "whatever": "c.md"}}"#;
        let json = json.replace("LONG", &"x".repeat(241));
        let record = read(NAME, &format!("\u{feff}{json}")).unwrap();
        assert_eq!(
            record,
            Record {
                id: NAME.to_owned(),
                session: SessionId::parse("20250624_115521_1a2b3c4d").unwrap(),
                feature: Some("Dark mode".to_owned()),
                timestamp: None,
                status: None,
                completed_at: None,
                time_estimate: None,
                complexity: Some("Low".to_owned()),
                files: vec![
                    ("execution_notes".into(), "/w/outputs/b.md".into()),
                    ("analysis_output".into(), "C:\\work\\outputs\\a.md".into())
                ],
                notes: vec![
                    "Its “id” is no text.".into(),
                    "Its “status” is too long.".into(),
                    "Its “time_estimate” is no text.".into(),
                    "Its orchestrator prompt is no text.".into(),
                ],
            }
        );
    }

    #[test]
    fn a_copy_under_another_name_is_the_session_that_it_names() {
        let record = read("backup", &format!(r#"{{"id": "{NAME}"}}"#)).unwrap();
        assert_eq!((record.id.as_str(), record.notes.as_slice()), (NAME, &[][..]));
        let record = read(NAME, r#"{"id": "other_20250101_000000"}"#).unwrap();
        assert_eq!((record.id.as_str(), record.notes.len()), (NAME, 1));
    }
}
