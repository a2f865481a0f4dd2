//! Search blocks: lines to look for between `<<<<<<< SEARCH` and `=======`, and those to put in their place up to `>>>>>>> REPLACE`.

use super::hunk::Hunk;
use super::name;

/// A block, with the file that a line right above it names.
pub(super) struct Block<'a> {
    /// The file.
    pub path: Option<&'a str>,
    /// What it says, or what is wrong with it.
    pub found: Result<Found, &'static str>,
    /// The index of its first line.
    pub at: usize,
}

/// What a block says.
pub(super) enum Found {
    /// Lines to look for, and others in their place.
    Hunk(Hunk),
    /// There is nothing to look for: these lines are all of a new file.
    New(Vec<String>),
}

/// Whether a line opens a block.
pub(super) fn opens(line: &str) -> bool {
    marks(line, '<').is_some_and(|rest| {
        let word = rest.trim().to_uppercase();
        ["SEARCH", "ORIGINAL", "HEAD", "OLD", "BEFORE", "FIND"].iter().any(|known| word.starts_with(known))
    }) || said(line, '<', 3, &["SEARCH"])
        || said(line, '-', 5, &["SEARCH"])
}

/// Whether a line ends a block, by its word.
pub(super) fn closes(line: &str) -> bool {
    said(line, '>', 3, &["REPLACE", "UPDATED", "REPLACED"]) || said(line, '+', 5, &["REPLACE"])
}

/// Whether a line is a word behind so many marks, or more: models write too few of them, leave out the blank, or have those of another program.
fn said(line: &str, mark: char, least: usize, words: &[&str]) -> bool {
    let rest = line.trim_start_matches(mark);
    line.len() - rest.len() >= least && words.contains(&rest.trim().to_uppercase().as_str())
}

/// The blocks of a text; nothing where something other than blocks, names and blank lines stands in it.
pub(super) fn blocks<'a>(lines: &[&'a str], begin: usize) -> Option<Vec<Block<'a>>> {
    let mut blocks = Vec::new();
    let (mut at, mut path) = (0, None);
    while let Some(line) = lines.get(at) {
        if opens(line) {
            let (found, end) = block(lines, at, begin);
            blocks.push(Block { path: path.take(), found, at });
            at = end;
            continue;
        }
        let named = || name::in_comment(line).or_else(|| name::strong(line).and_then(|named| named.path));
        if !line.trim().is_empty() {
            path = Some(named().or_else(|| name::is_path(line.trim(), true).then(|| line.trim()))?);
        }
        at += 1;
    }
    (!blocks.is_empty()).then_some(blocks)
}

/// The block that opens at an index, and the index behind it. `begin` is the number of the first line.
pub(super) fn block(lines: &[&str], at: usize, begin: usize) -> (Result<Found, &'static str>, usize) {
    let (mut middle, mut middles, mut base) = (None, 0, false);
    for (index, line) in lines.iter().enumerate().skip(at + 1) {
        if opens(line) {
            return (Err("a search block has no end"), index);
        }
        base |= marks(line, '|').is_some();
        if marks(line, '=').is_some_and(|rest| rest.trim().is_empty()) {
            middles += 1;
            middle.get_or_insert(index);
        }
        if marks(line, '>').is_none() && !closes(line) {
            continue;
        }
        let Some(middle) = middle else { return (Err("a search block has no line of “=======”"), index + 1) };
        let mark = lines[at].trim_start_matches('<').trim();
        let found = match (middles, base) {
            _ if mark.to_uppercase().starts_with("HEAD") && !closes(line) => {
                Err("a conflict of git is no search block")
            }
            _ if mark.split_whitespace().skip(1).any(|word| name::is_path(word, false)) => {
                Err("a search block names a file behind its first marks")
            }
            (_, true) => Err("a search block with three parts is a conflict of git"),
            (1, false) => Ok(found(&lines[at + 1..middle], &lines[middle + 1..index], begin + at)),
            _ => Err("a search block has more than one line of “=======”, so nobody can say which one parts it"),
        };
        return (found, index + 1);
    }
    (Err("a search block has no end"), lines.len())
}

fn found(old: &[&str], new: &[&str], line: usize) -> Found {
    if old.iter().all(|line| line.trim().is_empty()) {
        return Found::New(new.iter().map(|line| (*line).to_owned()).collect());
    }
    Found::Hunk(Hunk::replacing(line, old, new))
}

/// What stands behind the marks of a line that begins with five to nine of them and a blank, or has nothing else.
fn marks(line: &str, mark: char) -> Option<&str> {
    let rest = line.trim_start_matches(mark);
    ((5..=9).contains(&(line.len() - rest.len())) && (rest.is_empty() || rest.starts_with([' ', '\r']))).then_some(rest)
}
