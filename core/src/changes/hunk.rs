//! A hunk: lines of a file that are others afterwards. Diffs, patches and search blocks all come to this.

/// Some lines of a file, and what becomes of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hunk {
    /// The line of the section at which it begins, from 1.
    pub line: usize,
    /// Its lines, in order.
    pub rows: Vec<Row>,
    /// The line of the file at which it is said to begin, from 1; 0 is before the first.
    pub at: Option<usize>,
    /// Lines that stand somewhere before it, the outermost first.
    pub after: Vec<String>,
    /// The last of its lines is the last of the file.
    pub last: bool,
    /// Whether the file ends without a line end afterwards, where that is said.
    pub open: Option<bool>,
    /// It must come behind the hunk before it.
    pub ordered: bool,
}

/// A line of a hunk, without its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// What becomes of it.
    pub mark: Mark,
    /// The line.
    pub text: String,
}

/// What becomes of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// It is there and stays.
    Keep,
    /// It is there and goes.
    Remove,
    /// It comes.
    Add,
}

impl Hunk {
    /// The lines that must be there.
    pub(super) fn old(&self) -> impl Iterator<Item = &str> {
        self.rows.iter().filter(|row| row.mark != Mark::Add).map(|row| row.text.as_str())
    }

    /// The lines that come.
    pub(super) fn added(&self) -> impl Iterator<Item = &str> {
        self.rows.iter().filter(|row| row.mark == Mark::Add).map(|row| row.text.as_str())
    }

    /// Lines to look for and those to put in their place. What both begin and end with stays as the file has it.
    pub(super) fn replacing(line: usize, old: &[&str], new: &[&str]) -> Self {
        let same = old.iter().zip(new).take_while(|(old, new)| old == new).count();
        let rest = old.len().min(new.len()) - same;
        let same_end = old.iter().rev().zip(new.iter().rev()).take(rest).take_while(|(old, new)| old == new).count();
        let row = |mark| move |text: &&str| Row { mark, text: (*text).to_owned() };
        let parts = [
            (Mark::Keep, &old[..same]),
            (Mark::Remove, &old[same..old.len() - same_end]),
            (Mark::Add, &new[same..new.len() - same_end]),
            (Mark::Keep, &old[old.len() - same_end..]),
        ];
        let rows = parts.into_iter().flat_map(|(mark, lines)| lines.iter().map(row(mark))).collect();
        Self { line, rows, ..Self::default() }
    }
}
