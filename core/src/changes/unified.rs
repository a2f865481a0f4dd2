//! Diffs as `diff -u` and git write them, and as models do: numbers that do not count, blanks lost in front of empty lines, headers left out.
//! <https://git-scm.com/docs/diff-format>

use super::hunk::{Hunk, Mark};
use super::name;
use super::v4a::row;
use crate::markdown::fence;

/// What a diff says of one file.
pub(super) struct Part {
    /// The index of its first line.
    pub at: usize,
    /// The file before; nothing where the diff does not say.
    pub old: Option<Side>,
    /// The file afterwards.
    pub new: Option<Side>,
    /// The names of a file that is renamed.
    pub renamed: Option<(String, String)>,
    /// The name of a file that is a copy.
    pub copied: Option<String>,
    /// Whether it may be run afterwards, where the mode is said.
    pub executable: Option<bool>,
    /// What it is, if it is no text file.
    pub no_plain: Option<&'static str>,
    /// Its hunks, or what is wrong with them.
    pub hunks: Result<Vec<Hunk>, &'static str>,
}

/// A file as a diff names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// There is none.
    Nothing,
    /// This one, with the prefix that git puts before it.
    File(String),
}

impl Side {
    pub(super) fn file(&self) -> Option<&str> {
        match self {
            Self::Nothing => None,
            Self::File(path) => Some(path),
        }
    }
}

/// Whether a diff begins at an index. A hunk without a file above counts where the fence says that it is a diff.
pub(super) fn opens(lines: &[&str], at: usize) -> bool {
    let line = lines.get(at).copied().unwrap_or_default();
    line.starts_with("diff --git ")
        || line.starts_with("diff -")
        || file_header(lines, at)
        || line.starts_with("Index: ") && lines.get(at + 1).is_some_and(|next| next.starts_with("==="))
}

/// The parts of a diff that begins at an index, and the index behind it. `begin` is the number of the first line.
pub(super) fn parts(lines: &[&str], at: usize, begin: usize) -> (Vec<Part>, usize) {
    let mut at = at;
    let mut parts: Vec<Part> = Vec::new();
    while let Some(line) = lines.get(at) {
        if line.trim().is_empty() {
            at += 1;
        } else if opens(lines, at) || line.starts_with("@@") {
            let (part, end) = part(lines, at, begin);
            parts.push(part);
            at = end;
        } else {
            break;
        }
    }
    (parts, at)
}

/// `--- old` and `+++ new`, one under the other.
fn file_header(lines: &[&str], at: usize) -> bool {
    lines.get(at).is_some_and(|line| line.starts_with("--- "))
        && lines.get(at + 1).is_some_and(|line| line.starts_with("+++ "))
}

fn part(lines: &[&str], begins: usize, begin: usize) -> (Part, usize) {
    let mut part = Part {
        at: begins,
        old: None,
        new: None,
        renamed: None,
        copied: None,
        executable: None,
        no_plain: None,
        hunks: Ok(Vec::new()),
    };
    let mut at = begins;
    let (mut from, mut to) = (None, None);
    // Whatever stands above the hunks.
    while let Some(line) = lines.get(at).filter(|line| !line.starts_with("@@")) {
        if at > begins && (line.starts_with("diff --git ") || line.starts_with("diff -") || line.starts_with("Index: "))
        {
            break;
        }
        if file_header(lines, at) {
            if part.old.is_some() && part.new.is_some() && at > begins && !lines[begins].starts_with("diff ") {
                break;
            }
            let (old, new) = sides(&line[4..], &lines[at + 1][4..]);
            (part.old, part.new) = (Some(old), Some(new));
            at += 2;
            break;
        }
        if let Some(names) = line.strip_prefix("diff --git ") {
            if let Some(path) = twice(names) {
                (part.old, part.new) = (Some(Side::File(path.clone())), Some(Side::File(path)));
            }
        } else if let Some(path) = line.strip_prefix("Index: ") {
            (part.old, part.new) = (Some(Side::File(path.trim().to_owned())), Some(Side::File(path.trim().to_owned())));
        } else if let Some(mode) = line.strip_prefix("new file mode ") {
            part.old = Some(Side::Nothing);
            mode_of(mode, &mut part);
            // That it may not be run is so of most files.
            part.executable = part.executable.filter(|may| *may);
        } else if let Some(mode) = line.strip_prefix("new mode ") {
            mode_of(mode, &mut part);
        } else if let Some(mode) = line.strip_prefix("deleted file mode ") {
            part.new = Some(Side::Nothing);
            mode_of(mode, &mut part);
            part.executable = None;
        } else if let Some(path) = line.strip_prefix("rename from ") {
            from = Some(unquoted(path));
        } else if let Some(path) = line.strip_prefix("rename to ") {
            to = Some(unquoted(path));
        } else if let Some(path) = line.strip_prefix("copy to ") {
            part.no_plain = Some("a copy of another file");
            part.copied = Some(unquoted(path));
        } else if line.starts_with("GIT binary patch") || line.starts_with("Binary files ") {
            part.no_plain = Some("a binary file");
            at = lines[at..]
                .iter()
                .position(|line| line.starts_with("diff --git "))
                .map_or(lines.len(), |length| at + length);
            break;
        } else if let Some(rest) = line.strip_prefix("index ") {
            if let Some(mode) = rest.split(' ').nth(1) {
                let executable = part.executable;
                mode_of(mode, &mut part);
                // Both sides have this mode, so it is no change.
                part.executable = executable;
            }
        } else if !(line.starts_with("old mode ")
            || line.starts_with("copy from ")
            || line.starts_with("similarity ")
            || line.starts_with("dissimilarity ")
            || line.starts_with("===")
            || line.starts_with("diff -")
            || line.trim().is_empty())
        {
            break;
        }
        at += 1;
    }
    if let (Some(from), Some(to)) = (from, to) {
        (part.old, part.new) = (Some(Side::File(from.clone())), Some(Side::File(to.clone())));
        part.renamed = Some((from, to));
    }
    let mut hunks = Vec::new();
    let mut lowest = 0;
    while lines.get(at).is_some_and(|line| line.starts_with("@@")) {
        match hunk(lines, at, begin) {
            (Ok(mut hunk), end) => {
                // One that says that it lies above another does not follow it.
                hunk.ordered = hunk.at.is_none_or(|at| at >= lowest);
                lowest = lowest.max(hunk.at.unwrap_or_default());
                hunks.push(hunk);
                at = end;
            }
            (Err(why), end) => {
                part.hunks = Err(why);
                at = end;
            }
        }
    }
    if let Ok(read) = &mut part.hunks {
        *read = hunks;
    }
    (part, at)
}

fn mode_of(mode: &str, part: &mut Part) {
    match mode.trim() {
        "120000" => part.no_plain = Some("a link"),
        "160000" => part.no_plain = Some("a submodule"),
        mode => part.executable = Some(mode.ends_with("755")),
    }
}

/// The numbers of a line such as `@@ -1,3 +1,4 @@`: where it begins and how many lines it has, before and afterwards.
fn numbers(line: &str) -> Option<[usize; 4]> {
    let inner = line.trim_start_matches('@').trim_start();
    let mut sides = inner.split_whitespace();
    let side = |text: &str, mark: char| -> Option<(usize, usize)> {
        let text = text.strip_prefix(mark)?;
        let (at, count) = text.split_once(',').unwrap_or((text, "1"));
        Some((at.parse().ok()?, count.parse().ok()?))
    };
    let (old, new) = (side(sides.next()?, '-')?, side(sides.next()?, '+')?);
    Some([old.0, old.1, new.0, new.1])
}

/// One hunk. Its numbers are hints: what ends it is what follows.
fn hunk(lines: &[&str], begins: usize, begin: usize) -> (Result<Hunk, &'static str>, usize) {
    let numbers = numbers(lines[begins]);
    let mut hunk = Hunk { line: begin + begins, at: numbers.map(|[at, ..]| at), ordered: true, ..Hunk::default() };
    let (mut at, mut blanks, mut wrong) = (begins + 1, 0, None);
    // How many lines of before and of afterwards it has so far.
    let (mut olds, mut news) = (0, 0);
    while let Some(line) = lines.get(at) {
        let full = numbers.is_none_or(|[_, old, _, new]| olds >= old && news >= new);
        let next = line.starts_with("@@")
            || line.starts_with("diff --git ")
            || file_header(lines, at) && (full || lines.get(at + 2).is_some_and(|line| line.starts_with("@@")));
        if next
            || full
                && (line.starts_with("*** ")
                    || line.starts_with("Index: ")
                    || line.starts_with("-- ") && lines.len() <= at + 2)
        {
            break;
        }
        if line.starts_with('\\') {
            hunk.last = true;
            let mark = hunk.rows.last().map(|row| row.mark);
            hunk.open = Some(mark != Some(Mark::Remove));
            at += 1;
            continue;
        }
        let Some(row) = row(line) else {
            if full {
                break;
            }
            wrong = Some("a line of a diff begins with none of “+”, “-” and a blank");
            // Without a fence around the diff other files may follow.
            if fence(line).is_some() || name::strong(line).is_some_and(|named| named.heading) {
                break;
            }
            at += 1;
            continue;
        };
        blanks = if line.is_empty() { blanks + 1 } else { 0 };
        olds += usize::from(row.mark != Mark::Add);
        news += usize::from(row.mark != Mark::Remove);
        hunk.rows.push(row);
        at += 1;
    }
    // Empty lines behind the last one are those of the section, unless they were counted.
    while blanks > 0 && numbers.is_none_or(|[_, old, ..]| olds > old) {
        hunk.rows.pop();
        (blanks, olds) = (blanks - 1, olds - 1);
    }
    let found = match wrong {
        Some(why) => Err(why),
        None if hunk.rows.iter().all(|row| row.mark == Mark::Keep) => Err("a hunk of a diff changes nothing"),
        None => Ok(hunk),
    };
    (found, at)
}

/// The files of `--- old` and `+++ new`.
fn sides(old: &str, new: &str) -> (Side, Side) {
    let side = |text: &str| {
        let text = text.split('\t').next().unwrap_or_default().trim_end();
        let remark =
            |word: &&str| matches!(*word, "original" | "old" | "before" | "modified" | "updated" | "new" | "after");
        let bare = text.strip_suffix(')').and_then(|text| text.rsplit_once(" ("));
        let text = bare.filter(|(_, word)| remark(word)).map_or(text, |(path, _)| path);
        if text == "/dev/null" { Side::Nothing } else { Side::File(unquoted(text)) }
    };
    let (old, new) = (side(old), side(new));
    let prefixed = |side: &Side, prefixes: &[&str]| {
        side.file().is_none_or(|path| prefixes.iter().any(|prefix| path.starts_with(prefix)))
    };
    // Without git's own prefixes the names are what they are.
    if prefixed(&old, &["a/", "i/", "c/", "o/"]) && prefixed(&new, &["b/", "w/", "i/"]) {
        let stripped = |side: Side| match side {
            Side::File(path) => Side::File(path[2..].to_owned()),
            Side::Nothing => Side::Nothing,
        };
        return (stripped(old), stripped(new));
    }
    (old, new)
}

/// The file that `a/file b/file` names, where both are the same.
fn twice(names: &str) -> Option<String> {
    let names = names.trim_end();
    if names.starts_with('"') {
        let (old, new) = names.split_once("\" \"")?;
        return Some(unquoted(&format!("{old}\"")))
            .filter(|path| *path != new)
            .and_then(|path| path.get(2..).map(str::to_owned));
    }
    let half = names.len().checked_sub(1)? / 2;
    let (old, new) = (names.get(..half)?, names.get(half + 1..)?);
    let (old, new) = (old.strip_prefix("a/").unwrap_or(old), new.strip_prefix("b/").unwrap_or(new));
    (old == new && names.as_bytes().get(half) == Some(&b' ')).then(|| new.to_owned())
}

/// A path without the quotes and the escapes that git writes it with.
fn unquoted(text: &str) -> String {
    let Some(inner) = text.trim().strip_prefix('"').and_then(|text| text.strip_suffix('"')) else {
        return text.trim_end().to_owned();
    };
    let mut bytes = Vec::new();
    let mut rest = inner.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte != b'\\' {
            bytes.push(byte);
            continue;
        }
        let octal = rest.get(..3).filter(|digits| digits.iter().all(|digit| (b'0'..=b'7').contains(digit)));
        if let Some(digits) = octal {
            bytes.push(digits.iter().fold(0_u8, |value, digit| value.wrapping_mul(8).wrapping_add(digit - b'0')));
            rest = &rest[3..];
        } else if let Some((&letter, after)) = rest.split_first() {
            bytes.push(match letter {
                b'n' => b'\n',
                b't' => b'\t',
                b'r' => b'\r',
                other => other,
            });
            rest = after;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
