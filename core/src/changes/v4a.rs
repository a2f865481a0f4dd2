//! Patches between `*** Begin Patch` and `*** End Patch`, as models of OpenAI are taught to write them (V4A): files by name, hunks by the lines
//! around them and without numbers. <https://cookbook.openai.com/examples/gpt4-1_prompting_guide>

use super::hunk::{Hunk, Mark, Row};

/// What a patch does to one file.
pub(super) struct Part<'a> {
    /// The file.
    pub path: &'a str,
    /// What it does.
    pub action: Action<'a>,
    /// The index of its first line.
    pub at: usize,
}

/// What a patch does to a file.
pub(super) enum Action<'a> {
    /// It is new, and these are its lines.
    Add(Result<Vec<&'a str>, &'static str>),
    /// It goes.
    Delete,
    /// Its lines become others, perhaps under a new name.
    Update(Option<&'a str>, Result<Vec<Hunk>, &'static str>),
}

/// Whether a line begins a patch, or a part of one.
pub(super) fn opens(line: &str) -> bool {
    line.trim_end() == "*** Begin Patch" || header(line).is_some()
}

/// The parts of a patch that begins at an index, and the index behind it. `begin` is the number of the first line.
pub(super) fn parts<'a>(lines: &[&'a str], at: usize, begin: usize) -> (Vec<Part<'a>>, usize) {
    let begun = lines.get(at).is_some_and(|line| line.trim_end() == "*** Begin Patch");
    let mut at = at + usize::from(begun);
    let mut parts: Vec<Part<'a>> = Vec::new();
    while let Some(line) = lines.get(at) {
        if line.trim_end() == "*** End Patch" {
            return (parts, at + 1);
        }
        let Some((kind, path)) = header(line) else {
            if line.trim().is_empty() {
                at += 1;
                continue;
            }
            break;
        };
        let mut body = at + 1;
        let to = lines.get(body).and_then(|line| line.strip_prefix("*** Move to: ")).map(str::trim);
        body += usize::from(to.is_some());
        let ends =
            |line: &&str| header(line).is_some() || line.trim_end() == "*** End Patch" || line.starts_with("```");
        let end = lines[body..].iter().position(ends).map_or(lines.len(), |length| body + length);
        let inner = &lines[body..end];
        let action = match kind {
            "Add" => Action::Add(added(inner)),
            "Delete" => Action::Delete,
            _ => Action::Update(to, hunks(inner, begin + body)),
        };
        parts.push(Part { path, action, at });
        at = end;
    }
    // Of a patch that was cut nobody knows how its last part goes on.
    if let Some(last) = parts.last_mut().filter(|_| begun) {
        last.action = Action::Update(None, Err("the patch has no “*** End Patch”"));
    }
    (parts, at)
}

/// What the line does that begins a file, and which.
fn header(line: &str) -> Option<(&str, &str)> {
    let (kind, path) = line.strip_prefix("*** ")?.split_once(" File: ")?;
    matches!(kind, "Add" | "Delete" | "Update").then_some((kind, path.trim()))
}

fn added<'a>(lines: &[&'a str]) -> Result<Vec<&'a str>, &'static str> {
    let lines = without_blanks_at_end(lines);
    lines.iter().map(|line| line.strip_prefix('+').ok_or("a line of a new file does not begin with “+”")).collect()
}

fn hunks(lines: &[&str], begin: usize) -> Result<Vec<Hunk>, &'static str> {
    let new = |line| Hunk { line, ordered: true, ..Hunk::default() };
    let mut hunks = Vec::new();
    let mut open = new(begin);
    for (index, line) in without_blanks_at_end(lines).iter().enumerate() {
        if line.trim_end() == "*** End of File" {
            open.last = true;
            continue;
        }
        if let Some(anchor) = line.strip_prefix("@@") {
            if !open.rows.is_empty() {
                hunks.push(std::mem::replace(&mut open, new(begin + index)));
            }
            let anchor = anchor.strip_prefix(' ').unwrap_or(anchor).trim_end().trim_end_matches("@@").trim_end();
            // Numbers, as a diff has them, are none of a patch, and are not to be relied on.
            if !anchor.is_empty() && !anchor.starts_with('-') {
                open.after.push(anchor.to_owned());
            }
            continue;
        }
        open.rows.push(row(line).ok_or("a line of a patch begins with none of “+”, “-”, “@@” and a blank")?);
    }
    if open.rows.is_empty() && hunks.is_empty() && open.after.is_empty() {
        return Ok(hunks);
    }
    if open.rows.is_empty() {
        return Err("a hunk of a patch has no lines");
    }
    hunks.push(open);
    Ok(hunks)
}

/// A line of a hunk. One without anything is one of the file that lost its blank.
pub(super) fn row(line: &str) -> Option<Row> {
    let mark = match line.bytes().next() {
        None => return Some(Row { mark: Mark::Keep, text: String::new() }),
        Some(b' ') => Mark::Keep,
        Some(b'-') => Mark::Remove,
        Some(b'+') => Mark::Add,
        Some(_) => return None,
    };
    Some(Row { mark, text: line[1..].to_owned() })
}

fn without_blanks_at_end<'a, 'b>(lines: &'b [&'a str]) -> &'b [&'a str] {
    let length = lines.iter().rposition(|line| !line.is_empty()).map_or(0, |at| at + 1);
    &lines[..length]
}
