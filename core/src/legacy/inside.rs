//! Texts that stand in the session's own file, where its files should be named: the predecessor wrote names, paths, and whole texts.

use super::record::Record;
use super::text::Text;

/// Adds the texts that have no file of their own to the files, and says what does not agree.
pub(super) fn take(record: &Record, files: &mut Vec<Text>, notes: &mut Vec<String>) {
    let own = format!("sessions/{}.json", record.id);
    let own = files.first().map_or(own, |file| file.path.clone());
    let mut taken = Vec::new();
    for (kind, said) in &record.files {
        let called = kind.replace('_', " ");
        if let Some(name) = name(kind, said, files) {
            if !files.iter().any(|file| file.name() == name) {
                notes.push(format!("Its {called} should be in “{name}”, which is not among its files."));
            }
            continue;
        }
        if looks_like_a_name(said) {
            notes.push(format!("Its {called} is “{}”, which is no file of it; it was taken as the text.", said.trim()));
        }
        match files.iter_mut().find(|file| file.kind == *kind) {
            Some(file) if same(&file.body, said) => continue,
            Some(file) if !file.body.trim().is_empty() => {
                notes.push(format!(
                    "Its {called} is one text in “{}” and another in “{own}”; the first was taken, and the other is kept beside.",
                    file.path
                ));
                continue;
            }
            // An empty file is kept as what it is, and says nothing.
            Some(file) => file.kind.clear(),
            None => {}
        }
        taken.push(called);
        let (path, kind, body) = (format!("{own}#{kind}"), kind.clone(), said.clone());
        files.push(Text { path, kind, body, encoding: None, modified_ms: None });
    }
    if !taken.is_empty() {
        notes.push(format!("Taken out of “{own}”, for they have no file of their own: {}.", taken.join(", ")));
    }
}

/// The name of a file, if that is what this is: it is called as the predecessor called such files, it is a path, or it is there.
fn name<'a>(kind: &str, said: &'a str, files: &[Text]) -> Option<&'a str> {
    let line = said.trim();
    if line.contains(['\n', '\r']) {
        return None;
    }
    let name = line.rsplit(['/', '\\']).next()?;
    let is_called_so = name.strip_suffix(".md").is_some_and(|stem| stem == kind || stem.ends_with(&format!("_{kind}")));
    // A sentence may have a slash in it.
    let is_rooted = line.starts_with(['/', '\\', '.', '~']) || line.as_bytes().get(1) == Some(&b':');
    let is_path = line.len() > name.len()
        && !name.contains(char::is_whitespace)
        && (is_rooted || looks_like_a_name(name) && !line.contains(' '));
    (is_called_so || is_path || files.iter().any(|file| file.name() == name)).then_some(name)
}

/// One word with an ending.
fn looks_like_a_name(text: &str) -> bool {
    let is_ending =
        |ending: &str| (1..=5).contains(&ending.len()) && ending.chars().all(|ch| ch.is_ascii_alphanumeric());
    let text = text.trim();
    !text.contains(char::is_whitespace)
        && text.rsplit_once('.').is_some_and(|(stem, ending)| !stem.is_empty() && is_ending(ending))
}

/// The same but for line ends and what is blank at the end: JSON and files were written in different ways.
fn same(one: &str, other: &str) -> bool {
    let lines = |text: &'_ str| text.trim_start_matches('\u{feff}').trim_end().replace("\r\n", "\n");
    lines(one) == lines(other)
}
