//! The predecessor's workspace as data: which file is what, and what a session of it is in events of ours. The folder is read by
//! native-host/runner/src/legacy.rs. Nothing else stands on this, so it can go as a whole when its last user has moved.

mod draft;
mod id;
mod inside;
mod plan;
mod record;
mod section;
mod status;
mod text;

pub use self::plan::{Kept, Plan};

use self::record::Record;
use self::text::Text;
use std::collections::{BTreeMap, BTreeSet};

/// A file of a workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Its path from the workspace, with `/`.
    pub path: String,
    /// What is in it.
    pub bytes: Vec<u8>,
    /// When it was last written, milliseconds since 1970.
    pub modified_ms: Option<i64>,
}

/// What stays where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Left {
    /// Its path from the workspace.
    pub path: String,
    /// Why, as a sentence.
    pub why: String,
}

/// What core may not have by itself.
#[derive(Clone, Copy, Debug)]
pub struct Environment<'a> {
    /// SHA-256 in hex.
    pub hash: fn(&str) -> String,
    /// An ISO time stamp in milliseconds since 1970; one without a zone is local.
    pub time: fn(&str) -> Option<i64>,
    /// Now, in milliseconds since 1970.
    pub now_ms: i64,
    /// The absolute path of the project that the sessions belong to.
    pub project: Option<&'a str>,
}

/// What there is in a workspace.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Survey {
    /// Its sessions, by their ids.
    pub plans: Vec<Plan>,
    /// What belongs to none of them.
    pub left: Vec<Left>,
}

/// Sorts the files of a workspace into sessions.
#[must_use]
pub fn survey(files: Vec<File>, environment: &Environment<'_>) -> Survey {
    let mut survey = Survey::default();
    let mut sessions: BTreeMap<String, (Record, Vec<Text>)> = BTreeMap::new();
    let mut unread = BTreeSet::new();
    let (mut records, others): (Vec<_>, Vec<_>) = files.into_iter().partition(|file| stem(&file.path).is_some());
    // A file that is named after its session goes before a copy that is not.
    records.sort_by_key(|file| stem(&file.path).and_then(id::stamp).is_none());
    for file in records {
        let text = Text::read(file, "");
        let name = stem(&text.path).unwrap_or_default().to_owned();
        let why = match Record::read(&name, &text.body, environment.hash) {
            Ok(record) if sessions.contains_key(&record.id) => {
                format!("It is another file of the session “{}”.", record.id)
            }
            Ok(record) => {
                sessions.insert(record.id.clone(), (record, vec![text]));
                continue;
            }
            Err(why) => why,
        };
        unread.insert(name);
        survey.left.push(Left { path: text.path, why });
    }
    for file in others {
        let name = file.path.rsplit('/').next().unwrap_or_default().to_owned();
        let its = owner(&name, |id| sessions.contains_key(id)).and_then(|id| Some((id, sessions.get_mut(id)?)));
        if let Some((id, (_, files))) = its {
            let kind = name[id.len()..].strip_prefix('_').and_then(|rest| rest.strip_suffix(".md")).unwrap_or_default();
            files.push(Text::read(file, kind));
            continue;
        }
        let why = match owner(&name, |id| unread.contains(id)) {
            Some(id) => format!("It belongs to the session “{id}”, which cannot be read."),
            None => "It belongs to no session.".to_owned(),
        };
        survey.left.push(Left { path: file.path, why });
    }
    survey.plans = sessions.into_values().map(|(record, files)| Plan::new(record, files, environment)).collect();
    survey
}

/// The name of a session's file without its ending, if this is one.
fn stem(path: &str) -> Option<&str> {
    path.strip_prefix("sessions/")?.strip_suffix(".json")
}

/// The longest beginning of a file's name that is the id of a session.
fn owner(name: &str, is_session: impl Fn(&str) -> bool) -> Option<&str> {
    name.rmatch_indices(['_', '.']).map(|(at, _)| &name[..at]).find(|id| is_session(id))
}

#[cfg(test)]
mod tests;
