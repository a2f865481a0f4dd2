//! What a change makes of the file that it is for: its text afterwards, and how surely.

use super::elision::elision;
use super::hunk::Hunk;
use super::place::{place, rows};
use super::{Edit, FileChange, Grade, Note, Why};
use std::borrow::Cow;
use std::collections::HashMap;

/// What becomes of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applied {
    /// Its text; nothing where it goes.
    pub text: Option<String>,
    /// How the lines were found.
    pub grade: Grade,
    /// What its reader should know.
    pub notes: Vec<Note>,
}

/// Works a change out. `before` is the text of the file that it is for: of one that is renamed that under the old name; nothing where there is none.
///
/// # Errors
/// Why it cannot be said what the file would be.
pub fn apply(change: &FileChange, before: Option<&str>) -> Result<Applied, Why> {
    let (text, grade) = match (&change.edit, before) {
        (Edit::Whole { new: true, .. }, Some(_)) => return Err(Why::FileExists),
        (Edit::Whole { text, comment, .. }, before) => {
            (Some(whole(change, text, comment.as_deref(), before)?), Grade::Exact)
        }
        (_, None) => return Err(Why::NoSuchFile),
        (Edit::Same, Some(before)) => (Some(before.to_owned()), Grade::Exact),
        (Edit::Hunks(hunks), Some(before)) => {
            let (text, grade) = edited(change, hunks, before)?;
            if text.trim().is_empty() && !before.trim().is_empty() {
                return Err(Why::WouldBeEmpty);
            }
            (Some(text), grade)
        }
        (Edit::Gone(hunks), Some(before)) => {
            let (text, grade) = edited(change, hunks, before)?;
            if !hunks.is_empty() && !text.trim().is_empty() {
                return Err(Why::Malformed { what: "not all of it is in the diff that deletes it".to_owned() });
            }
            (None, grade)
        }
    };
    let notes = notes(text.as_deref(), before);
    Ok(Applied { text, grade, notes })
}

fn whole(change: &FileChange, text: &str, comment: Option<&str>, before: Option<&str>) -> Result<String, Why> {
    if let Some(text) = elision(&change.path, text.lines(), before) {
        return Err(Why::Elided { text });
    }
    let Some(before) = before else { return Ok(text.to_owned()) };
    if text.trim().is_empty() && !before.trim().is_empty() {
        return Err(Why::WouldBeEmpty);
    }
    let begins = before.trim_start_matches(BYTE_ORDER_MARK).lines().next();
    let text = comment
        .filter(|comment| begins == Some(*comment))
        .map_or_else(|| text.to_owned(), |comment| format!("{comment}\n{text}"));
    let mut text = with_line_ends(&text, before);
    if before.starts_with(BYTE_ORDER_MARK) && !text.starts_with(BYTE_ORDER_MARK) {
        text.insert(0, BYTE_ORDER_MARK);
    }
    // A fence cannot show whether the last line has an end. Where that line is the same, so is its end.
    let last = |text: &str| text.trim_end_matches(['\r', '\n']).rsplit('\n').next().unwrap_or_default().to_owned();
    if !before.ends_with('\n') && last(before) == last(&text) {
        text.truncate(text.trim_end_matches(['\r', '\n']).len());
    }
    Ok(text)
}

/// A text with the line ends of a file: each line that is there with one kind of end keeps it, others get that of most.
fn with_line_ends(text: &str, before: &str) -> String {
    let (all, with) = counts(before);
    let most = LineEnd::of(before);
    if with == 0 || with == all {
        return text.replace('\n', most.text());
    }
    let mut ends: HashMap<&str, Option<&str>> = HashMap::new();
    for line in before.split_inclusive('\n').filter(|line| line.ends_with('\n')) {
        let bare = without_end(line);
        let end = Some(&line[bare.len()..]);
        ends.entry(bare).and_modify(|known| *known = known.filter(|_| *known == end)).or_insert(end);
    }
    let end = |line: &str| ends.get(line).copied().flatten().unwrap_or(most.text());
    text.lines().fold(String::new(), |text, line| text + line + end(line))
}

const BYTE_ORDER_MARK: char = '\u{feff}';

fn edited(change: &FileChange, hunks: &[Hunk], before: &str) -> Result<(String, Grade), Why> {
    if let Some(text) = elision(&change.path, hunks.iter().flat_map(Hunk::added), Some(before)) {
        return Err(Why::Elided { text });
    }
    let (mark, body) = before.strip_prefix(BYTE_ORDER_MARK).map_or(("", before), |body| ("\u{feff}", body));
    let ends = LineEnd::of(before);
    // Lines with their ends, and without.
    let full: Vec<&str> = body.split_inclusive('\n').collect();
    let bare: Vec<&str> = full.iter().map(|line| without_end(line)).collect();
    let placed = place(hunks, &bare)?;
    let grade = placed.iter().map(|placed| placed.grade).max().unwrap_or_default();
    let mut out: Vec<Cow<'_, str>> = Vec::with_capacity(full.len());
    let mut done = 0;
    for placed in &placed {
        out.extend(full[done..placed.at].iter().map(|line| Cow::Borrowed(*line)));
        let rows = rows(placed, &full).ok_or(Why::NoPlace)?;
        for row in rows {
            // A line that comes has no end yet.
            out.push(match row {
                Cow::Owned(text) => Cow::Owned(text + ends.text()),
                kept => kept,
            });
        }
        done = placed.at + placed.length;
    }
    out.extend(full[done..].iter().map(|line| Cow::Borrowed(*line)));
    // A line that was the last, and is no longer, needs its end.
    let last = out.len().saturating_sub(1);
    for line in &mut out[..last] {
        if !line.ends_with('\n') {
            line.to_mut().push_str(ends.text());
        }
    }
    let said = placed.iter().find_map(|placed| placed.open);
    if let Some(line) = out.last_mut() {
        // One that comes in the place of a last line without an end has none either; one that stays is as it was.
        let as_before = matches!(line, Cow::Owned(_)) && !body.is_empty() && !body.ends_with('\n');
        if said.unwrap_or(as_before) {
            let length = without_end(line).len();
            line.to_mut().truncate(length);
        } else if said == Some(false) && !line.ends_with('\n') {
            line.to_mut().push_str(ends.text());
        }
    }
    Ok((mark.to_owned() + &out.concat(), grade))
}

fn without_end(line: &str) -> &str {
    let line = line.strip_suffix('\n').unwrap_or(line);
    line.strip_suffix('\r').unwrap_or(line)
}

/// How lines end.
#[derive(Clone, Copy, PartialEq, Eq)]
enum LineEnd {
    Lf,
    Crlf,
}

impl LineEnd {
    /// How most lines of a text end.
    fn of(text: &str) -> Self {
        let (all, with) = counts(text);
        if with * 2 > all { Self::Crlf } else { Self::Lf }
    }

    const fn text(self) -> &'static str {
        match self {
            Self::Lf => "\n",
            Self::Crlf => "\r\n",
        }
    }
}

/// The line ends of a text, and those of them with a carriage return.
fn counts(text: &str) -> (usize, usize) {
    (text.matches('\n').count(), text.matches("\r\n").count())
}

fn notes(text: Option<&str>, before: Option<&str>) -> Vec<Note> {
    /// Below that a file may well lose half of its lines.
    const LINES: usize = 40;
    let mut notes = Vec::new();
    let (Some(text), Some(before)) = (text, before) else { return notes };
    let (all, with) = counts(before);
    if with > 0 && with < all {
        notes.push(Note::MixedLineEnds);
    }
    if before.lines().count() >= LINES && text.lines().count() * 2 < before.lines().count() {
        notes.push(Note::MuchShorter);
    }
    if text != before && text.split_whitespace().eq(before.split_whitespace()) {
        notes.push(Note::BlanksOnly);
    }
    notes
}
