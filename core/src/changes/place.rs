//! Where hunks belong in a file. The lines that a hunk says are there are looked for as they are written, then without the blanks at their ends,
//! then at another indentation; how it was found is told. What stands there twice, or not at all, is placed nowhere.

use super::hunk::{Hunk, Mark, Row};
use super::{Grade, Why};
use std::cell::{Cell, OnceCell};
use std::collections::HashMap;

/// A hunk that has its place.
pub(super) struct Placed<'a> {
    /// Its lines, from the first to the last that does not stay.
    pub rows: &'a [Row],
    /// The index of the first of the file's lines that they are about.
    pub at: usize,
    /// How many of them.
    pub length: usize,
    /// Whether the file ends without a line end afterwards, where that is said and the hunk reaches the end.
    pub open: Option<bool>,
    /// How it was found.
    pub grade: Grade,
    /// What its lines are without in the file, or have besides.
    pub shift: Shift,
}

impl Placed<'_> {
    /// The same without the lines at its ends that stay: two hunks may both show them.
    fn without_what_stays(mut self, lines: usize) -> Self {
        let stays = |row: &&Row| row.mark == Mark::Keep;
        let (before, after) =
            (self.rows.iter().take_while(stays).count(), self.rows.iter().rev().take_while(stays).count());
        self.open = self.open.filter(|_| self.at + self.length == lines);
        if before < self.rows.len() {
            self.rows = &self.rows[before..self.rows.len() - after];
            (self.at, self.length) = (self.at + before, self.length - before - after);
        }
        self
    }
}

/// How the indentation of a file differs from that of a hunk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Shift {
    /// Not at all.
    None,
    /// The file has this before each line.
    More(String),
    /// The hunk has this before each line.
    Less(String),
    /// The file has a tab for so many blanks.
    Tabs(usize),
    /// The file has so many blanks for a tab.
    Blanks(usize),
}

impl Shift {
    /// A line of a hunk at the indentation of the file; nothing where it cannot be brought there.
    pub(super) fn applied(&self, line: &str) -> Option<String> {
        if line.trim().is_empty() {
            return Some(if *self == Self::None { line.to_owned() } else { String::new() });
        }
        let text = line.trim_start_matches([' ', '\t']);
        let indent = &line[..line.len() - text.len()];
        match self {
            Self::None => Some(line.to_owned()),
            Self::More(more) => Some(format!("{more}{line}")),
            Self::Less(less) => line.strip_prefix(less.as_str()).map(str::to_owned),
            Self::Tabs(width) => {
                let (blanks, rest) = (indent.len() / width, indent.len() % width);
                (!indent.contains('\t')).then(|| format!("{}{}{text}", "\t".repeat(blanks), " ".repeat(rest)))
            }
            Self::Blanks(width) => {
                let tabs = indent.len() - indent.trim_start_matches('\t').len();
                let rest = &indent[tabs..];
                (!rest.contains('\t')).then(|| format!("{}{rest}{text}", " ".repeat(tabs * width)))
            }
        }
    }

    /// How lines of a file differ from those of a hunk, if it is the same for all of them.
    fn between(old: &[&str], file: &[&str]) -> Option<Self> {
        let indent = |line: &str| line[..line.len() - line.trim_start_matches([' ', '\t']).len()].to_owned();
        let pairs = old.iter().zip(file).filter(|(old, _)| !old.trim().is_empty());
        let pairs: Vec<(String, String)> = pairs.map(|(old, file)| (indent(old), indent(file))).collect();
        let (first_old, first_file) = pairs.first()?;
        let mut ways = vec![Self::None];
        ways.extend(first_file.strip_suffix(first_old.as_str()).map(|more| Self::More(more.to_owned())));
        ways.extend(first_old.strip_suffix(first_file.as_str()).map(|less| Self::Less(less.to_owned())));
        ways.extend([2, 4, 8].map(Self::Tabs));
        ways.extend([2, 4, 8].map(Self::Blanks));
        // The line is only its indentation and a letter, so that a way is tried on just that.
        let fits = |way: &Self| {
            pairs
                .iter()
                .all(|(old, file)| way.applied(&format!("{old}x")).is_some_and(|line| line == format!("{file}x")))
        };
        ways.into_iter().find(fits)
    }
}

/// Gives each hunk its place in a file.
pub(super) fn place<'a>(hunks: &'a [Hunk], lines: &[&str]) -> Result<Vec<Placed<'a>>, Why> {
    let file = Lines::new(lines);
    let mut placed: Vec<Placed<'a>> = Vec::new();
    // How far the numbers of the hunk before were off, and where the one that lies furthest down ends.
    let (mut drift, mut lowest) = (0_isize, 0);
    for hunk in hunks {
        let found = one(hunk, &file, if hunk.ordered { lowest } else { 0 }, drift)?;
        if let Some(said) = hunk.at.filter(|_| found.length > 0) {
            drift = isize::try_from(found.at + 1).unwrap_or(0) - isize::try_from(said).unwrap_or(0);
        }
        let found = found.without_what_stays(file.lines.len());
        lowest = lowest.max(found.at + found.length);
        placed.push(found);
    }
    placed.sort_by_key(|hunk| (hunk.at, hunk.length));
    let overlap = placed.windows(2).any(|pair| pair[0].at + pair[0].length > pair[1].at || pair[0].at == pair[1].at);
    if overlap { Err(Why::Overlap) } else { Ok(placed) }
}

/// So many places of the same lines are told.
const PLACES_MAX: usize = 1_000;
/// So many lines are compared for the hunks of one file: far more than any that somebody writes asks for.
const LOOKS_MAX: usize = 50_000_000;

/// The lines of a file, and where each stands.
struct Lines<'a> {
    lines: &'a [&'a str],
    /// Indices of lines by their text without the blanks around it.
    by_text: HashMap<&'a str, Vec<usize>>,
    /// The same lines sorted by their text and then by their place, made when only a beginning is known.
    sorted: OnceCell<Vec<(&'a str, usize)>>,
    /// How many lines may still be compared.
    looks: Cell<usize>,
}

impl<'a> Lines<'a> {
    fn new(lines: &'a [&'a str]) -> Self {
        let mut by_text: HashMap<&str, Vec<usize>> = HashMap::new();
        for (index, line) in lines.iter().enumerate() {
            by_text.entry(line.trim()).or_default().push(index);
        }
        Self { lines, by_text, sorted: OnceCell::new(), looks: Cell::new(LOOKS_MAX) }
    }

    /// Where lines stand one after the other, not before `floor`. `same` compares one of them with one of the file.
    fn find(&self, old: &[&str], floor: usize, same: impl Fn(&str, &str) -> bool) -> Vec<usize> {
        // The rarest of them leads to all places.
        let known = |line: &&str| self.by_text.get(line.trim()).map_or(&[][..], Vec::as_slice);
        let Some((lead, places)) = old.iter().map(known).enumerate().min_by_key(|(_, places)| places.len()) else {
            return Vec::new();
        };
        let begins = places[places.partition_point(|place| *place < floor + lead)..].iter().map(|place| place - lead);
        let holds = |at: &usize| {
            self.looks.set(self.looks.get().saturating_sub(old.len()));
            self.lines
                .get(*at..*at + old.len())
                .is_some_and(|window| old.iter().zip(window).all(|(old, line)| same(old, line)))
        };
        // What stands in so many places has none, and a file of one line over and over must not be compared with itself.
        begins.take_while(|_| self.looks.get() > 0).filter(holds).take(PLACES_MAX).collect()
    }

    /// Where lines stand that begin with a text, not before `floor`.
    fn beginning(&self, text: &str, floor: usize) -> Vec<usize> {
        let sorted = self.sorted.get_or_init(|| {
            let mut sorted: Vec<(&str, usize)> =
                self.lines.iter().enumerate().map(|(at, line)| (line.trim_start(), at)).collect();
            sorted.sort_unstable();
            sorted
        });
        let from = sorted.partition_point(|(line, _)| *line < text);
        let begins = sorted[from..].iter().take_while(|(line, _)| line.starts_with(text)).map(|(_, at)| *at);
        let mut places: Vec<usize> = begins.filter(|at| *at >= floor).take(PLACES_MAX).collect();
        places.sort_unstable();
        places
    }

    /// The line at which most of the lines of a hunk stand where they should, from 1.
    fn nearest(&self, old: &[&str]) -> Option<usize> {
        let mut votes: HashMap<usize, usize> = HashMap::new();
        for (index, line) in old.iter().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let places = self.by_text.get(line.trim()).map_or(&[][..], Vec::as_slice);
            // What stands everywhere tells nothing.
            for place in places.iter().take(64) {
                *votes.entry(place.saturating_sub(index)).or_default() += 1;
            }
        }
        let best = votes.into_iter().max_by_key(|(at, votes)| (*votes, std::cmp::Reverse(*at)));
        best.map(|(at, _)| at + 1)
    }
}

fn one<'a>(hunk: &'a Hunk, file: &Lines<'_>, floor: usize, drift: isize) -> Result<Placed<'a>, Why> {
    let old: Vec<&str> = hunk.old().collect();
    let floor = after(hunk, file, floor)?;
    if old.is_empty() {
        return alone(hunk, file, floor);
    }
    let first = || old.iter().find(|line| !line.trim().is_empty()).copied().unwrap_or_default().to_owned();
    if old.iter().all(|line| line.trim().is_empty()) {
        return Err(Why::NoPlace);
    }
    let length = old.len();
    for grade in [Grade::Exact, Grade::Blanks, Grade::Indentation] {
        let same = |old: &str, line: &str| match grade {
            Grade::Exact => old == line,
            Grade::Blanks => old.trim_end() == line.trim_end(),
            Grade::Indentation => old.trim() == line.trim(),
        };
        let mut found: Vec<(usize, Shift)> = Vec::new();
        for at in file.find(&old, floor, same) {
            if hunk.last && at + length != file.lines.len() {
                continue;
            }
            let shift = if grade == Grade::Indentation {
                Shift::between(&old, &file.lines[at..at + length])
            } else {
                Some(Shift::None)
            };
            found.extend(shift.map(|shift| (at, shift)));
        }
        let said = hunk.at.and_then(|at| at.checked_add_signed(drift)).and_then(|at| at.checked_sub(1));
        let chosen = match found.len() {
            0 => continue,
            1 => 0,
            // What stands behind the lines that are named above it is the first of its kind there.
            _ if !hunk.after.is_empty() => 0,
            _ => match found.iter().position(|(at, _)| Some(*at) == said) {
                Some(index) => index,
                None => return Err(Why::Ambiguous { text: first(), at: found.iter().map(|(at, _)| at + 1).collect() }),
            },
        };
        let (at, shift) = found.swap_remove(chosen);
        return Ok(Placed { rows: &hunk.rows, at, length, open: hunk.open, grade, shift });
    }
    Err(Why::NotFound { text: first(), nearest: file.nearest(&old) })
}

/// The index behind the lines that a hunk names above itself.
fn after(hunk: &Hunk, file: &Lines<'_>, floor: usize) -> Result<usize, Why> {
    let mut floor = floor;
    for anchor in &hunk.after {
        let places = file.by_text.get(anchor.trim()).map_or(&[][..], Vec::as_slice);
        let mut places = places[places.partition_point(|place| *place < floor)..].to_vec();
        if places.is_empty() {
            // Only the beginning of a line may be named.
            places = file.beginning(anchor.trim(), floor);
        }
        floor = match places[..] {
            [one] => one + 1,
            [] => return Err(Why::NotFound { text: anchor.clone(), nearest: None }),
            _ => return Err(Why::Ambiguous { text: anchor.clone(), at: places.iter().map(|at| at + 1).collect() }),
        };
    }
    Ok(floor)
}

/// The place of lines that are only added: at an end of the file, or right behind a line that is named.
fn alone<'a>(hunk: &'a Hunk, file: &Lines<'_>, floor: usize) -> Result<Placed<'a>, Why> {
    let at =
        |at| Ok(Placed { rows: &hunk.rows, at, length: 0, open: hunk.open, grade: Grade::Exact, shift: Shift::None });
    let length = file.lines.len();
    match hunk.at {
        _ if length == 0 => at(0),
        _ if hunk.last => at(length),
        Some(0) => at(0),
        Some(said) if said == length => at(length),
        _ if !hunk.after.is_empty() => at(floor),
        _ => Err(Why::NoPlace),
    }
}

/// The lines of a hunk as they stand in the file afterwards: those that stay as the file has them.
pub(super) fn rows<'a>(placed: &Placed<'_>, file: &[&'a str]) -> Option<Vec<std::borrow::Cow<'a, str>>> {
    let mut at = placed.at;
    let mut rows = Vec::new();
    for row in placed.rows {
        match row.mark {
            Mark::Keep => {
                rows.push(std::borrow::Cow::Borrowed(*file.get(at)?));
                at += 1;
            }
            Mark::Remove => at += 1,
            Mark::Add => rows.push(std::borrow::Cow::Owned(placed.shift.applied(&row.text)?)),
        }
    }
    Some(rows)
}
