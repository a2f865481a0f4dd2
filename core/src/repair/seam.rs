//! Whether a second message repeats enough of a section that was cut to say where the seam is. A line that may stand there by chance
//! says nothing: one that is short, and one that occurs more than once.

use crate::block::Block;
use std::collections::HashMap;

/// Letters and digits that must be repeated, in lines that occur only once.
const TELLING: usize = 16;
/// So many lines at least, for one may come again later, where nobody has seen it yet.
const LINES: usize = 2;
/// Letters and digits of a line that is enough by itself: no other is like it.
const LONG: usize = 48;
/// So many lines, with so many letters and digits, may each come again, if they do not come again together.
const TOGETHER: (usize, usize) = (3, 32);

/// Where in a body of blocks the repeated lines begin.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Seam {
    /// In which block.
    pub(super) block: usize,
    /// In which of its lines.
    pub(super) line: usize,
}

/// A line of a body, or the end of a block.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark<'a> {
    Line(Kind, &'a str),
    End,
}

/// What a line stands in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Heading,
    Code,
    Prose,
}

/// The seam where the end of `old` is the beginning of `new`; the last line of `old` may have been cut.
pub(super) fn run(old: &[Block], new: &[Block]) -> Option<Seam> {
    let (marks, places) = marks(old);
    let again = self::marks(new).0;
    let (last, whole) = marks.split_last()?;
    let borders = borders(&again);
    // The longest beginning of `new` with which `old` ends, before its last line.
    let mut length = 0;
    for mark in whole {
        while length > 0 && again.get(length) != Some(mark) {
            length = borders[length - 1];
        }
        length += usize::from(again.get(length) == Some(mark));
    }
    // A shorter one has fewer lines, all of which the longer one has, so it tells no more.
    while !again.get(length).is_some_and(|mark| begins(*mark, *last)) {
        length = borders[length.checked_sub(1)?];
    }
    let from = marks.len() - length - 1;
    let (block, line) = places[from];
    tells(&marks[from..], &marks, &again).then_some(Seam { block, line })
}

/// Whether everything in `old` stands at the beginning of `new`, so that nothing is lost without it.
pub(super) fn restarts(old: &[Block], new: &[Block]) -> bool {
    let (old, new) = (marks(old).0, marks(new).0);
    in_common(&old, &new) == old.len()
}

/// Whether all of `old`, where `new` begins with it, is enough to know that it was not by chance.
pub(super) fn all_tells(old: &[Block], new: &[Block]) -> bool {
    let (old, new) = (marks(old).0, marks(new).0);
    tells(&old, &old, &new)
}

/// Whether both begin with the same telling lines, whatever comes then: the same section, written once more.
pub(super) fn shared(old: &[Block], new: &[Block]) -> bool {
    let (old, new) = (marks(old).0, marks(new).0);
    let begin = &old[..in_common(&old, &new)];
    // As lines of which none is cut.
    begin.len() < old.len() && tells(begin, &old, &new)
}

/// How many lines at the end of a text have to be repeated until they tell; the last one may be cut, and counts for nothing.
pub(crate) fn lines_to_repeat(text: &str) -> usize {
    let lines: Vec<&str> = text.trim_end().split('\n').map(str::trim_end).collect();
    let counts = counts(lines.iter().copied());
    let (least, letters) = TOGETHER;
    let mut told = 0;
    let enough = lines.iter().rev().skip(1).position(|line| {
        told += if counts.get(line) == Some(&1) { weight(line) } else { 0 };
        told >= letters
    });
    enough.map_or(lines.len(), |at| (at + 2).max(least))
}

/// The lines of blocks with the ends between them, and where each stands.
fn marks(blocks: &[Block]) -> (Vec<Mark<'_>>, Vec<(usize, usize)>) {
    let mut marks = Vec::new();
    let mut places = Vec::new();
    for (at, block) in blocks.iter().enumerate() {
        let kind = match block {
            Block::Heading { .. } => Kind::Heading,
            Block::Code { .. } => Kind::Code,
            Block::Paragraph { .. } | Block::Other { .. } => Kind::Prose,
        };
        if at > 0 {
            marks.push(Mark::End);
            places.push((at, 0));
        }
        for (line, text) in block.text().trim_end().split('\n').enumerate() {
            marks.push(Mark::Line(kind, text.trim_end()));
            places.push((at, line));
        }
    }
    (marks, places)
}

/// For each beginning of `marks`, the length of the longest shorter one that is also its end (Knuth, Morris and Pratt).
fn borders(marks: &[Mark<'_>]) -> Vec<usize> {
    let mut borders = vec![0; marks.len()];
    let mut length = 0;
    for at in 1..marks.len() {
        while length > 0 && marks[length] != marks[at] {
            length = borders[length - 1];
        }
        length += usize::from(marks[length] == marks[at]);
        borders[at] = length;
    }
    borders
}

/// How much of `old` is the beginning of `new`; the last line of `old` may have been cut.
fn in_common(old: &[Mark<'_>], new: &[Mark<'_>]) -> usize {
    let same = |at: usize| if at + 1 == old.len() { begins(new[at], old[at]) } else { new[at] == old[at] };
    (0..old.len().min(new.len())).take_while(|at| same(*at)).count()
}

/// Whether a line goes on from what may be only its beginning.
fn begins(line: Mark<'_>, beginning: Mark<'_>) -> bool {
    matches!((line, beginning), (Mark::Line(kind, line), Mark::Line(its, beginning)) if kind == its && line.starts_with(beginning))
}

/// Whether a repeated run of lines cannot be there by chance: of its lines that occur once in what came first and once in what came
/// then, one is long, or they have letters enough and the run has more than one line; or it comes once as a whole.
fn tells(run: &[Mark<'_>], old: &[Mark<'_>], new: &[Mark<'_>]) -> bool {
    let (in_old, in_new) = (counts(old.iter().filter_map(text)), counts(new.iter().filter_map(text)));
    // The last line of all may be a beginning, and must then be the beginning of no other.
    let last = old.last().and_then(text).unwrap_or_default();
    let beginnings = |marks: &[Mark<'_>]| marks.iter().filter_map(text).filter(|line| line.starts_with(last)).count();
    let last_once = beginnings(old) == 1 && beginnings(new) == 1;
    let once = |line: &&str| {
        if *line == last { last_once } else { in_old.get(line) == Some(&1) && in_new.get(line) == Some(&1) }
    };
    let lines = || run.iter().filter_map(text).filter(|line| !line.trim().is_empty());
    let told = lines().filter(once).map(weight).sum::<usize>();
    if told >= if lines().count() < LINES { LONG } else { TELLING } {
        return true;
    }
    let different: usize = counts(lines()).into_keys().map(weight).sum();
    lines().count() >= TOGETHER.0 && different >= TOGETHER.1 && occurs_once(run, old) && occurs_once(run, new)
}

/// Whether these marks stand together in one place only; the last of them may be a beginning.
fn occurs_once(run: &[Mark<'_>], marks: &[Mark<'_>]) -> bool {
    let Some((last, whole)) = run.split_last() else {
        return false;
    };
    let borders = borders(whole);
    let mut length = 0;
    let mut found = 0;
    for mark in marks {
        if length == whole.len() {
            found += usize::from(begins(*mark, *last));
        }
        while length > 0 && whole.get(length) != Some(mark) {
            length = borders[length - 1];
        }
        length += usize::from(whole.get(length) == Some(mark));
    }
    found == 1
}

fn text<'a>(mark: &Mark<'a>) -> Option<&'a str> {
    match mark {
        Mark::Line(_, text) => Some(text),
        Mark::End => None,
    }
}

fn counts<'a>(lines: impl Iterator<Item = &'a str>) -> HashMap<&'a str, usize> {
    let mut counts = HashMap::new();
    for line in lines {
        *counts.entry(line).or_default() += 1;
    }
    counts
}

/// How many letters and digits a line has. Where a letter is a word or a syllable, it counts for two.
fn weight(line: &str) -> usize {
    let letters = line.chars().filter(|ch| ch.is_alphanumeric());
    letters.map(|ch| if ch >= '\u{2e80}' { 2 } else { 1 }).sum()
}
