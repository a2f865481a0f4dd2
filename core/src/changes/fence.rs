//! Where the fences of a section end. Not by CommonMark: there a line of a README, or of a diff of one, ends the fence that it stands in, and the
//! rest of the file is lost without a word. Here a fence that shows others is read with them, or it is said that nobody can tell.

use crate::markdown::fence;

/// What stands between two fences.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fence<'a> {
    /// The index of the line that opens it.
    pub at: usize,
    /// What stands behind its marks.
    pub info: &'a str,
    /// Its lines, without the indentation of the line that opens it.
    pub lines: Vec<&'a str>,
    /// It cannot be told where it ends, so all that follows is in its lines; or how far they are indented.
    pub unclear: bool,
}

/// The fence that the line at this index opens, and the index behind it.
pub(super) fn fence_at<'a>(lines: &[&'a str], at: usize) -> Option<(Fence<'a>, usize)> {
    let opened = Opened::by(lines.get(at)?)?;
    let found = opened.end(lines, at);
    // Then all that follows may be in it.
    let end = found.unwrap_or(lines.len());
    let inner = lines.get(at + 1..end).unwrap_or_default();
    // How many blanks a tab is nobody can say.
    let blanks = &lines[at][..opened.indent];
    let mixed =
        blanks.contains('\t') && inner.iter().any(|line| line.starts_with([' ', '\t']) && !line.starts_with(blanks));
    let inner = inner.iter().map(|line| opened.dedented(line)).collect();
    Some((Fence { at, info: opened.info, lines: inner, unclear: mixed || found.is_none() }, end + 1))
}

/// A line that opens a fence, at whatever indentation: items of lists have fences.
#[derive(Clone, Copy)]
struct Opened<'a> {
    indent: usize,
    mark: char,
    run: usize,
    info: &'a str,
}

impl<'a> Opened<'a> {
    fn by(line: &'a str) -> Option<Self> {
        let bare = line.trim_start_matches([' ', '\t']);
        let (mark, run, info) = fence(bare)?;
        Some(Self { indent: line.len() - bare.len(), mark, run, info })
    }

    /// Whether the marks of another line could close this fence: no less of them, and not further in.
    fn is_met_by(&self, other: &Opened<'_>) -> bool {
        other.mark == self.mark && other.run >= self.run && other.indent <= self.indent
    }

    /// The index of the line that closes it; nothing where nobody can say: one of the fences that it shows has no end, or it has none itself.
    fn end(&self, lines: &[&str], at: usize) -> Option<usize> {
        let mut nested = 0_usize;
        for (index, line) in lines.iter().enumerate().skip(at + 1) {
            let Some(other) = Opened::by(line).filter(|other| self.is_met_by(other)) else { continue };
            match (other.info.is_empty(), nested) {
                (false, _) => nested += 1,
                // Every fence that it shows was closed, and this line closes it.
                (true, 0) => return Some(index),
                (true, _) => nested -= 1,
            }
        }
        None
    }

    fn dedented<'b>(&self, line: &'b str) -> &'b str {
        let blanks = line.len() - line.trim_start_matches([' ', '\t']).len();
        line.get(blanks.min(self.indent)..).unwrap_or_default()
    }
}
