//! A section of files, read from top to bottom: which file each text is for, and in which form it says what becomes of it.

use super::fence::{Fence, fence_at};
use super::hunk::Hunk;
use super::merge::merged;
use super::name::{self, Named};
use super::path::FilePath;
use super::unified::Side;
use super::{Edit, Fault, FileChange, Form, Read, Why, search, unified, v4a};
use crate::markdown::fence;
use std::collections::HashSet;

/// What a section of files says, in its order: one entry for each file, or for what could not be read.
#[must_use]
pub fn read(section: &str) -> Vec<Read> {
    read_all([section])
}

/// What several sections of one reply say together: a file that two of them name is one change, or none.
#[must_use]
pub fn read_all<'a>(sections: impl IntoIterator<Item = &'a str>) -> Vec<Read> {
    let found = sections.into_iter().flat_map(|section| {
        let lines: Vec<&str> = section.lines().collect();
        let mut reader = Reader::default();
        let mut at = 0;
        while at < lines.len() {
            at = reader.step(&lines, at);
        }
        reader.close();
        reader.found
    });
    let found = merged(found.collect());
    // A heading may announce a file that comes further down.
    let changed: HashSet<String> = found.iter().flatten().map(|change| change.path.to_string()).collect();
    let idle =
        |read: &Read| matches!(read, Err(Fault { path: Some(path), why: Why::NoText, .. }) if changed.contains(path));
    found.into_iter().filter(|read| !idle(read)).collect()
}

/// Fences of these languages without a name hold no file: what is to be typed.
const TYPED: &[&str] = &[
    "bash",
    "sh",
    "shell",
    "zsh",
    "fish",
    "console",
    "terminal",
    "shell-session",
    "shellsession",
    "powershell",
    "ps1",
    "cmd",
    "bat",
];

/// Those of these neither: what is printed then.
const PRINTED: &[&str] = &["output", "log", "tree", "text", "plaintext", "txt"];

/// Endings of files that hold no commands for a shell.
const NO_SCRIPTS: &[&str] = &[
    "py", "rs", "js", "mjs", "cjs", "ts", "tsx", "jsx", "json", "go", "java", "c", "h", "cc", "cpp", "hpp", "cs", "rb",
    "php", "html", "css", "scss", "md", "toml", "yaml", "yml", "sql", "kt", "swift", "vue", "svelte", "xml", "lock",
    "txt",
];

/// A file that a line named.
#[derive(Clone, Copy)]
struct Heading<'a> {
    named: Named<'a>,
    /// The number of the line.
    line: usize,
    /// Something was said of it.
    used: bool,
    /// The file of another heading that a text below may be for as well.
    doubt: Option<&'a str>,
}

impl Heading<'_> {
    /// Why a text or a change below it cannot be meant.
    fn denies(&self) -> Option<&'static str> {
        let Named { gone, same, path, .. } = self.named;
        path?;
        if gone {
            return Some("it is said to be deleted, and a change is given for it");
        }
        same.then_some("it is said to be unchanged, and a change is given for it")
    }

    /// Gives a part of a diff the new name that the heading says, where the part names no other file.
    fn rename(&self, part: &mut unified::Part) {
        let (Some(from), Some(to)) = (self.named.path, self.named.to) else { return };
        let known = |side: &Option<Side>| {
            side.as_ref().is_none_or(|side| side.file().is_some_and(|path| path == from || path == to))
        };
        if part.renamed.is_none() && known(&part.old) && known(&part.new) {
            (part.old, part.new) = (Some(Side::File(from.to_owned())), Some(Side::File(to.to_owned())));
            part.renamed = Some((from.to_owned(), to.to_owned()));
        }
    }
}

#[derive(Default)]
struct Reader<'a> {
    found: Vec<Read>,
    /// The file that the last heading or label named.
    heading: Option<Heading<'a>>,
    /// The file that the line right above names in passing.
    weak: Option<&'a str>,
    /// That line says nothing else.
    leads: bool,
    /// The line right behind the last fence has no blank line above it.
    runs_on: bool,
    /// Where the newest file that stands in a fence as a whole is in `found`.
    whole: Option<usize>,
}

impl<'a> Reader<'a> {
    /// Reads on at an index, and gives the next one.
    fn step(&mut self, lines: &[&'a str], at: usize) -> usize {
        let line = lines[at];
        if v4a::opens(line) {
            let (parts, end) = v4a::parts(lines, at, at + 1);
            self.patch(parts, 0);
            return end.max(at + 1);
        }
        if unified::opens(lines, at) || line.starts_with("@@ -") {
            let (parts, end) = unified::parts(lines, at, at + 1);
            self.diff(parts, 0);
            return end.max(at + 1);
        }
        if search::opens(line) {
            let (found, end) = search::block(lines, at, at + 1);
            self.blocks(vec![search::Block { path: None, found, at }], 0);
            return end;
        }
        if search::closes(line) {
            let path = self.heading.and_then(|heading| heading.named.path).or(self.weak);
            self.fault(path, at + 1, Why::Malformed { what: ENDS_ONLY.to_owned() });
            return at + 1;
        }
        let quoted = line.trim_start().strip_prefix('>').and_then(|line| fence(line.trim_start()));
        let text = |info: &str| !(info.is_empty() || is_typed(&language(info)) || PRINTED.contains(&&*language(info)));
        if quoted.is_some_and(|(_, _, info)| text(info)) {
            // What is quoted is not read, and may be meant.
            self.fault(self.open(), at + 1, Why::NoPath);
            return at + 1;
        }
        if let Some((fence, end)) = fence_at(lines, at) {
            self.fence(&fence);
            self.weak = None;
            self.runs_on = lines.get(end).is_some_and(|line| !(line.trim().is_empty() || line.starts_with("##")));
            return end;
        }
        self.line(lines, at);
        at + 1
    }

    /// Whether a text stands below the line at an index, and not only commands.
    fn titles(lines: &[&str], at: usize) -> bool {
        let next = lines.iter().skip(at + 1).find(|line| !line.trim().is_empty());
        next.is_some_and(|next| {
            search::opens(next) || fence(next).is_some_and(|(_, _, info)| !is_typed(&language(info)))
        })
    }

    fn line(&mut self, lines: &[&'a str], at: usize) {
        let (line, number) = (lines[at], at + 1);
        if line.trim().is_empty() {
            return;
        }
        // A path alone above a text is its name, in a list of deleted files as well.
        if self.list().is_some() && (name::is_item(line) || !Self::titles(lines, at)) && self.item(line, number) {
            return;
        }
        if let Some(named) = name::strong(line) {
            // An item of a list below a heading may be the name of a text, or only be spoken of.
            let doubt = self.heading.filter(|above| {
                !above.used && named.path.is_some() && above.named.path != named.path && name::is_item(line)
            });
            let doubt = doubt.and_then(|above| above.doubt.or(above.named.path.filter(|_| above.named.heading)));
            self.close();
            self.runs_on &= !(line.starts_with("##") && named.path.is_some());
            self.heading = Some(Heading { named, line: number, used: false, doubt });
            self.weak = None;
            return;
        }
        if let Some(heading) = self.heading.as_mut().filter(|heading| !heading.used) {
            heading.named.same |= name::says_same(line);
        }
        if line.trim_end().ends_with(':') && self.list().is_some_and(|list| list.used) {
            // What it begins is another list.
            self.close();
        }
        if line.trim_start().starts_with('#') && line.trim_start().trim_start_matches('#').starts_with(' ') {
            // Another heading: the file above is done with.
            self.close();
        }
        // Commands may stand below it.
        self.weak = name::weak(line).filter(|_| !name::says_run(line));
        self.leads = self.weak.is_some_and(|path| name::leads_to(line, path));
    }

    /// The heading of a list of deleted files.
    fn list(&self) -> Option<Heading<'a>> {
        self.heading.filter(|heading| heading.named.gone && heading.named.path.is_none())
    }

    /// Reads a line of a list of deleted files, and says whether it is one.
    fn item(&mut self, line: &'a str, number: usize) -> bool {
        let Some((list, (path, remark))) = self.list().zip(name::item(line)) else { return false };
        let change = |path| FileChange {
            path,
            from: None,
            edit: Edit::Gone(Vec::new()),
            executable: None,
            form: Form::Heading,
            line: number,
        };
        let what = if name::goes_on(remark) {
            Some("more than one file stands in an item of those that are deleted")
        } else {
            let only_said = list.named.partial && !remark.is_empty();
            only_said.then_some("nobody can say whether it is deleted, or something in it")
        };
        if let Some(what) = what {
            let what = what.to_owned();
            self.found.push(Err(Fault { path: Some(path.to_owned()), line: number, why: Why::Malformed { what } }));
        } else {
            self.found.push(checked(path, number).map(change));
        }
        self.used();
        true
    }

    /// Ends what the last heading began. A file of which nothing was said is deleted, renamed, or left without a word.
    fn close(&mut self) {
        let Some(Heading { named: Named { path: Some(path), to, gone, heading, same, .. }, line, used: false, .. }) =
            self.heading.take()
        else {
            return;
        };
        let change = |path, from, edit| FileChange { path, from, edit, executable: None, form: Form::Heading, line };
        let read = match (to, gone) {
            (Some(to), _) => {
                checked(path, line).and_then(|from| Ok(change(checked(to, line)?, Some(from), Edit::Same)))
            }
            (None, true) => checked(path, line).map(|path| change(path, None, Edit::Gone(Vec::new()))),
            (None, false) if heading && !same => Err(Fault { path: Some(path.to_owned()), line, why: Why::NoText }),
            // A name in a list, or in passing.
            (None, false) => return,
        };
        self.found.push(read);
    }

    fn fence(&mut self, fence: &Fence<'a>) {
        let lines = &fence.lines;
        if fence.unclear {
            return match self.path_of(fence, None) {
                Ok(None) if self.whole_is_unclear() => {}
                // What opens it may be the end of one that the file above shows.
                Ok(path) if fence.info.is_empty() && !self.heading.is_some_and(|heading| heading.named.heading) => {
                    self.whole_is_unclear();
                    self.fault(path, fence.at + 1, Why::FenceUnclear);
                }
                path => self.fault(path.ok().flatten(), fence.at + 1, Why::FenceUnclear),
            };
        }
        let begin = fence.at + 2;
        let first = lines.iter().position(|line| !line.trim().is_empty());
        let language = language(fence.info);
        if self.list().is_some() && self.listed(fence, &language) {
            return;
        }
        let says_diff = matches!(language.as_str(), "diff" | "patch" | "udiff" | "gitdiff" | "git" | "unidiff");
        if let Some(first) = first {
            // A patch as it would be given to the command that applies it.
            let here = lines[first].starts_with("apply_patch");
            let first = first + usize::from(here);
            if lines.get(first).is_some_and(|line| v4a::opens(line)) {
                let (parts, end) = v4a::parts(lines, first, begin);
                self.patch(parts, begin - 1);
                let ends_here = here && lines.get(end).is_some_and(|line| line.chars().all(char::is_alphabetic));
                return self.rest(lines, end + usize::from(ends_here), begin);
            }
            let first = first - usize::from(here);
            let numbered = lines[first].starts_with("@@ -") || says_diff && lines[first].starts_with("@@");
            let shows = self.heading.is_some_and(|heading| {
                heading.named.path.is_some_and(|path| path.ends_with(".diff") || path.ends_with(".patch"))
            });
            if (unified::opens(lines, first) || numbered) && !shows {
                let info = name::in_info(fence.info);
                if let (Err((path, other)), Some(_)) =
                    (self.path_of(fence, None), info.filter(|_| self.open().is_some()))
                {
                    return self.fault(Some(path), fence.at + 1, Why::TwoPaths { other: other.to_owned() });
                }
                let (parts, end) = unified::parts(lines, first, begin);
                if info.is_some() {
                    (self.weak, self.leads) = (info, true);
                }
                self.diff(parts, begin - 1);
                return self.rest(lines, end, begin);
            }
            if lines.iter().any(|line| search::opens(line))
                && let Some(blocks) = search::blocks(lines, begin)
            {
                match self.path_of(fence, None) {
                    Ok(Some(_)) if self.is_aside() && name::in_info(fence.info).is_none() => {}
                    Ok(Some(path)) => self.name(path, fence.at + 1),
                    Ok(None) => {}
                    Err((path, other)) => {
                        return self.fault(Some(path), fence.at + 1, Why::TwoPaths { other: other.to_owned() });
                    }
                }
                return self.blocks(blocks, begin - 1);
            }
        }
        if lines.iter().any(|line| search::closes(line)) {
            let path = self.path_of(fence, None).ok().flatten();
            return self.fault(path, fence.at + 1, Why::Malformed { what: ENDS_ONLY.to_owned() });
        }
        let text = first.map(|first| lines[first]);
        if says_diff && first.is_some() {
            let what = "it is called a diff, and has no hunk that begins with “@@”".to_owned();
            let path = self.path_of(fence, None).ok().flatten();
            return self.fault(path, fence.at + 1, Why::Malformed { what });
        }
        let signs = |sign| lines.iter().any(|line| line.starts_with(sign));
        let signed = lines.iter().all(|line| line.is_empty() || line.starts_with([' ', '+', '-']));
        if signed && signs('+') && signs('-') {
            let what = "its lines have the signs of a diff, and no hunk begins with “@@”".to_owned();
            let path = self.path_of(fence, None).ok().flatten();
            return self.fault(path, fence.at + 1, Why::Malformed { what });
        }
        self.whole(fence, &language, text);
    }

    /// Reads a fence below the heading of a list of deleted files, and says whether it is that list.
    fn listed(&mut self, fence: &Fence<'a>, language: &str) -> bool {
        let lines = || fence.lines.iter().enumerate().filter(|(_, line)| !line.trim().is_empty());
        let is_list = language.is_empty() || PRINTED.contains(&language) || is_typed(language);
        if is_list && lines().next().is_some() && lines().all(|(_, line)| name::item(line).is_some()) {
            for (index, line) in lines() {
                self.item(line, fence.at + 2 + index);
            }
            return true;
        }
        // What a command deletes is not read.
        let deletes = |line: &str| ["rm ", "git rm "].iter().any(|command| line.trim_start().starts_with(command));
        let only_here = is_typed(language) && self.list().is_some_and(|list| !list.used);
        if only_here && lines().any(|(_, line)| deletes(line)) {
            self.fault(None, fence.at + 1, Why::NoPath);
            return true;
        }
        false
    }

    /// A fence without a name may be the rest of the file above, whose own fence ended early. Whether there is such a file.
    fn whole_is_unclear(&mut self) -> bool {
        let Some(above) = self.whole.take().and_then(|at| self.found.get_mut(at)) else { return false };
        if let Ok(change) = above {
            *above = Err(Fault { path: Some(change.path.to_string()), line: change.line, why: Why::FenceUnclear });
        }
        true
    }

    /// What stands in a fence behind a diff or a patch belongs to nothing.
    fn rest(&mut self, lines: &[&str], end: usize, begin: usize) {
        let rest = lines.iter().enumerate().skip(end).find(|(_, line)| !line.trim().is_empty());
        if let Some((index, _)) = rest {
            let what = "behind the diff or patch stands something that belongs to neither".to_owned();
            self.fault(None, begin + index, Why::Malformed { what });
        }
    }

    /// A fence that is a file as a whole.
    fn whole(&mut self, fence: &Fence<'a>, language: &str, first: Option<&'a str>) {
        let line = fence.at + 1;
        let named = match self.path_of(fence, first) {
            Ok(named) => named,
            Err((path, other)) => return self.fault(Some(path), line, Why::TwoPaths { other: other.to_owned() }),
        };
        // What ended the fence above may have begun one that it shows.
        if self.runs_on && fence.info.is_empty() && self.whole_is_unclear() {
            if named.is_some() {
                self.fault(named, line, Why::FenceUnclear);
            }
            return;
        }
        if named.is_some_and(|path| self.is_no_text_of(path, fence, language)) {
            return;
        }
        if self.heading.is_none_or(|heading| heading.used) && self.weak.is_none() && name::in_info(fence.info).is_none()
        {
            let (parts, sure) = several(&fence.lines);
            if !sure {
                return self.fault(named, line, Why::FenceUnclear);
            }
            if parts.len() > 1 {
                for (path, at, lines) in parts {
                    let line = fence.at + 2 + at;
                    let comment = Some(fence.lines[at]).filter(|line| name::separator(line).is_none());
                    let edit = Edit::Whole { text: text(lines), new: false, comment: comment.map(str::to_owned) };
                    let change =
                        |path| FileChange { path, from: None, edit, executable: None, form: Form::Whole, line };
                    self.found.push(checked(path, line).map(change));
                }
                return;
            }
        }
        let Some(path) = named else {
            if !(is_typed(language) || PRINTED.contains(&language) || self.whole_is_unclear()) {
                self.fault(None, line, Why::NoPath);
            }
            return;
        };
        let heading = self.heading.filter(|heading| heading.named.path == Some(path));
        if let Some(used) = &mut self.heading {
            used.used |= heading.is_some();
        }
        if let Some(other) = heading.and_then(|heading| heading.doubt) {
            return self.fault(Some(path), line, Why::TwoPaths { other: other.to_owned() });
        }
        // A comment that names another file than the heading does: one of them is wrong.
        let other = first.and_then(name::in_comment).filter(|other| heading.is_some() && other.contains('/'));
        if let Some(other) = other.filter(|other| *other != path && !ends_with(path, other) && !ends_with(other, path))
        {
            return self.fault(Some(path), line, Why::TwoPaths { other: other.to_owned() });
        }
        if heading.is_some_and(|heading| heading.named.gone) {
            return self.gone(fence, path, line);
        }
        if let Some(what) = heading.and_then(|heading| heading.denies()) {
            return self.fault(Some(path), line, Why::Malformed { what: what.to_owned() });
        }
        if heading.is_some_and(|heading| heading.named.partial) || name::info_is_partial(fence.info) {
            return self.fault(Some(path), line, Why::Malformed { what: "only some lines of it are given".to_owned() });
        }
        let in_passing = heading.is_none() && self.weak == Some(path) && name::in_info(fence.info).is_none();
        let new = in_passing || heading.is_some_and(|heading| heading.named.new);
        let comment = first.filter(|first| {
            heading.is_none()
                && self.weak.is_none()
                && name::in_info(fence.info).is_none()
                && name::in_comment(first) == Some(path)
        });
        let skipped =
            comment.map_or(0, |comment| fence.lines.iter().position(|line| *line == comment).map_or(0, |at| at + 1));
        // What a sentence names in passing may be a part of a file, so it is taken for a new one only.
        let edit = Edit::Whole { text: text(&fence.lines[skipped..]), new, comment: comment.map(str::to_owned) };
        let to = heading.and_then(|heading| heading.named.to);
        let read = checked(to.unwrap_or(path), line).and_then(|new| {
            let from = to.map(|_| checked(path, line)).transpose()?;
            Ok(FileChange { path: new, from, edit, executable: None, form: Form::Whole, line })
        });
        self.whole = Some(self.found.len());
        self.found.push(read);
    }

    /// Whether what stands in a fence is typed or printed, and no text of the file that is named above it.
    fn is_no_text_of(&self, path: &str, fence: &Fence<'a>, language: &str) -> bool {
        if name::in_info(fence.info).is_some() {
            return false;
        }
        let no_script = path.rsplit_once('.').is_some_and(|(_, ending)| NO_SCRIPTS.contains(&ending));
        let above = self.weak == Some(path) || self.heading.is_some_and(|heading| heading.named.path == Some(path));
        let given = self.open().is_none() && self.heading.is_some_and(|heading| heading.named.path == Some(path));
        above && is_typed(language) && no_script || given && (is_typed(language) || PRINTED.contains(&language))
    }

    /// The file of the last heading, if nothing was said of it yet.
    fn open(&self) -> Option<&'a str> {
        self.heading.filter(|heading| !heading.used).and_then(|heading| heading.named.path)
    }

    /// Whether the sentence right above names another file than the heading of which something was said, and does not lead on to it.
    fn is_aside(&self) -> bool {
        let used = self.heading.filter(|heading| heading.used).and_then(|heading| heading.named.path);
        used.zip(self.weak).is_some_and(|(used, weak)| used != weak) && !self.leads
    }

    /// The file that a change without a name of its own is for; where two are named, both.
    fn meant(&self) -> Result<Option<&'a str>, (&'a str, &'a str)> {
        let last = self.heading.and_then(|heading| heading.named.path);
        match (last, self.weak) {
            (Some(one), Some(other)) if self.is_aside() => Err((one, other)),
            _ => Ok(self.open().or(self.weak).or(last)),
        }
    }

    /// A fence under a heading that says that the file goes.
    fn gone(&mut self, fence: &Fence<'a>, path: &'a str, line: usize) {
        let said: Vec<&str> = fence.lines.iter().copied().filter(|line| !line.trim().is_empty()).collect();
        let word = said.first().map(|line| {
            name::comment(line).unwrap_or(line).trim_matches(['(', ')', '[', ']', '.', ' ']).to_lowercase()
        });
        let says_so = said.len() <= 1 && word.is_none_or(|word| name::says_gone(&word));
        if !says_so {
            let what = "it is said to be deleted, and a text is given for it".to_owned();
            return self.fault(Some(path), line, Why::Malformed { what });
        }
        let change = |path| FileChange {
            path,
            from: None,
            edit: Edit::Gone(Vec::new()),
            executable: None,
            form: Form::Heading,
            line,
        };
        self.found.push(checked(path, line).map(change));
    }

    /// The file that a fence is for; where two are named, both.
    fn path_of(&self, fence: &Fence<'a>, first: Option<&'a str>) -> Result<Option<&'a str>, (&'a str, &'a str)> {
        let heading = self.heading.and_then(|heading| heading.named.path.filter(|_| !heading.used));
        let info = name::in_info(fence.info);
        match (heading.or(self.weak), info) {
            (Some(one), Some(other)) if one == other || ends_with(one, other) => Ok(Some(one)),
            (Some(one), Some(other)) if ends_with(other, one) => Ok(Some(other)),
            (Some(one), Some(other)) => Err((one, other)),
            (Some(one), None) | (None, Some(one)) => Ok(Some(one)),
            (None, None) => Ok(first.and_then(name::in_comment)),
        }
    }

    fn name(&mut self, path: &'a str, line: usize) {
        if self.heading.is_none_or(|heading| heading.named.path != Some(path)) {
            self.close();
            self.heading =
                Some(Heading { named: Named { path: Some(path), ..Named::default() }, line, used: false, doubt: None });
        }
    }

    fn fault(&mut self, path: Option<&str>, line: usize, why: Why) {
        if let Some(heading) = &mut self.heading {
            heading.used |= path.is_some() && heading.named.path == path;
        }
        self.found.push(Err(Fault { path: path.map(str::to_owned), line, why }));
    }

    fn blocks(&mut self, blocks: Vec<search::Block<'a>>, before: usize) {
        for block in blocks {
            let line = before + block.at + 1;
            if let Some(path) = block.path {
                self.name(path, line);
            }
            let path = match self.meant() {
                Ok(Some(path)) => path,
                Ok(None) => {
                    self.fault(None, line, Why::NoPath);
                    continue;
                }
                Err((path, other)) => {
                    self.fault(Some(path), line, Why::TwoPaths { other: other.to_owned() });
                    continue;
                }
            };
            if self.weak == Some(path) {
                self.name(path, line);
            }
            self.used();
            let heading = self.heading.filter(|heading| heading.named.path == Some(path));
            if let Some(other) = heading.and_then(|heading| heading.doubt) {
                self.fault(Some(path), line, Why::TwoPaths { other: other.to_owned() });
                continue;
            }
            if let Some(what) = heading.and_then(|heading| heading.denies()) {
                self.fault(Some(path), line, Why::Malformed { what: what.to_owned() });
                continue;
            }
            let to = heading.and_then(|heading| heading.named.to);
            let edit = match block.found {
                Ok(search::Found::Hunk(hunk)) => Edit::Hunks(vec![hunk]),
                Ok(search::Found::New(lines)) => {
                    Edit::Whole { text: joined(lines.iter().map(String::as_str)), new: true, comment: None }
                }
                Err(what) => {
                    self.fault(Some(path), line, Why::Malformed { what: what.to_owned() });
                    continue;
                }
            };
            let read = checked(to.unwrap_or(path), line).and_then(|new| {
                let from = to.map(|_| checked(path, line)).transpose()?;
                Ok(FileChange { path: new, from, edit, executable: None, form: Form::Search, line })
            });
            self.found.push(read);
        }
    }

    fn patch(&mut self, parts: Vec<v4a::Part<'a>>, before: usize) {
        let outside = self.open().filter(|_| self.heading.is_some_and(|heading| heading.named.to.is_none()));
        let alone = parts.len() == 1;
        let heading = self.heading.filter(|heading| alone && !heading.used);
        self.used();
        for mut part in parts {
            let line = before + part.at + 1;
            let heading = heading.filter(|heading| heading.named.path == Some(part.path));
            if let (Some(new), v4a::Action::Update(to @ None, _)) =
                (heading.and_then(|heading| heading.named.to), &mut part.action)
            {
                *to = Some(new);
            }
            let denied = heading.filter(|_| !matches!(part.action, v4a::Action::Delete));
            if let Some(what) = denied.and_then(|heading| heading.denies()) {
                self.fault(Some(part.path), line, Why::Malformed { what: what.to_owned() });
                continue;
            }
            let other = |outside: &&str| {
                *outside != part.path && !ends_with(outside, part.path) && !ends_with(part.path, outside)
            };
            if let Some(outside) = outside.filter(|_| alone).filter(other) {
                self.fault(Some(outside), line, Why::TwoPaths { other: part.path.to_owned() });
                continue;
            }
            let broken = |what: &str| Fault {
                path: Some(part.path.to_owned()),
                line,
                why: Why::Malformed { what: what.to_owned() },
            };
            let edit = match part.action {
                v4a::Action::Add(lines) => lines
                    .map(|lines| (Edit::Whole { text: text(&lines), new: true, comment: None }, None))
                    .map_err(broken),
                v4a::Action::Delete => Ok((Edit::Gone(Vec::new()), None)),
                v4a::Action::Update(to, hunks) => match hunks {
                    Ok(hunks) if hunks.is_empty() && to.is_none() => {
                        Err(broken("nothing is said of what becomes of it"))
                    }
                    Ok(hunks) if hunks.is_empty() => Ok((Edit::Same, to)),
                    Ok(hunks) => Ok((Edit::Hunks(hunks), to)),
                    Err(what) => Err(broken(what)),
                },
            };
            let read = edit.and_then(|(edit, to)| {
                let path = checked(to.unwrap_or(part.path), line)?;
                let from = to.map(|_| checked(part.path, line)).transpose()?;
                Ok(FileChange { path, from, edit, executable: None, form: Form::Patch, line })
            });
            self.found.push(read);
        }
    }

    fn diff(&mut self, parts: Vec<unified::Part>, before: usize) {
        let nameless = parts.iter().any(|part| part.old.is_none() && part.new.is_none());
        let outside = match self.meant() {
            _ if !nameless => self.open().or(self.weak.filter(|_| self.leads)),
            Ok(outside) => outside,
            Err((path, other)) => {
                let line = before + parts.first().map_or(0, |part| part.at) + 1;
                return self.fault(Some(path), line, Why::TwoPaths { other: other.to_owned() });
            }
        };
        let heading = self.heading.filter(|heading| !heading.used && heading.named.path.is_some());
        let alone = parts.len() == 1;
        self.used();
        for mut part in parts {
            let line = before + part.at + 1;
            if let Some(heading) = heading.filter(|_| alone) {
                heading.rename(&mut part);
            }
            let read = one_of_diff(part, outside, alone, before);
            let denied = heading.filter(|heading| {
                read.as_ref().is_ok_and(|change| {
                    heading.named.path == Some(change.path.as_str()) && !matches!(change.edit, Edit::Gone(_))
                })
            });
            match denied.and_then(|heading| heading.denies()) {
                Some(what) => self.fault(outside, line, Why::Malformed { what: what.to_owned() }),
                None => self.found.push(read),
            }
        }
    }

    /// Something was said of the file that the last heading names.
    fn used(&mut self) {
        if let Some(heading) = &mut self.heading {
            heading.used = true;
        }
    }
}

/// The files that stand in one fence one after the other, each under a line that names it: its path, the index of that line, and its lines. Nothing
/// where the first line names none. And whether that is sure: a comment within a file may only speak of another.
fn several<'a, 'b>(lines: &'b [&'a str]) -> (Vec<Several<'a, 'b>>, bool) {
    let Some(first) = lines.iter().position(|line| !line.trim().is_empty()) else { return (Vec::new(), true) };
    let names: fn(&'a str) -> Option<&'a str> =
        if name::separator(lines[first]).is_some() { name::separator } else { name::in_comment };
    let alone = |at: usize| at == first || lines[at - 1].trim().is_empty();
    let begins: Vec<(usize, &str)> =
        (first..lines.len()).filter(|at| alone(*at)).filter_map(|at| names(lines[at]).map(|path| (at, path))).collect();
    let Some((_, path)) = begins.first().filter(|(at, _)| *at == first) else { return (Vec::new(), true) };
    let ending = |path: &'a str| path.rsplit_once('.').map_or("", |(_, ending)| ending);
    let sign = |at: usize| lines[at].trim_start().chars().next();
    // One of another kind in a comment of the same kind, or one without the folders that the first one has.
    let doubtful = |(at, other): &(usize, &'a str)| {
        let kin = ending(path).starts_with(ending(other)) || ending(other).starts_with(ending(path));
        path.contains('/') && !other.contains('/') || !kin && sign(*at) == sign(first)
    };
    let sure = name::separator(lines[first]).is_some() || !begins.iter().any(doubtful);
    let ends = begins.iter().skip(1).map(|(at, _)| *at).chain([lines.len()]);
    (begins.iter().zip(ends).map(|((at, path), end)| (*path, *at, &lines[at + 1..end])).collect(), sure)
}

/// A file of several in one fence: its path, the index of the line that names it, and its lines.
type Several<'a, 'b> = (&'a str, usize, &'b [&'a str]);

/// The language that the info string of a fence names, in small letters.
fn language(info: &str) -> String {
    info.split([' ', ':', ',', '{']).next().unwrap_or_default().to_lowercase()
}

fn is_typed(language: &str) -> bool {
    TYPED.contains(&language)
}

/// What is wrong where only the end of a search block stands.
const ENDS_ONLY: &str = "a search block has an end, and no beginning";

/// A part of a diff as a change. `outside` is the file that is named above it: a diff may name none, or less of its path.
fn one_of_diff(part: unified::Part, outside: Option<&str>, alone: bool, before: usize) -> Read {
    let line = before + part.at + 1;
    let (old, new) = (part.old.as_ref().and_then(Side::file), part.new.as_ref().and_then(Side::file));
    let path = new.or(old).or(part.copied.as_deref()).or(outside);
    let fault = |why| Fault { path: path.map(str::to_owned), line, why };
    let hunks = part.hunks.map_err(|what| fault(Why::Malformed { what: what.to_owned() }))?;
    let Some(name) = path else { return Err(fault(Why::NoPath)) };
    if let Some(what) = part.no_plain {
        return Err(fault(Why::NoPlainFile { what: what.to_owned() }));
    }
    let unrelated = part.renamed.is_none()
        && matches!((old, new), (Some(old), Some(new)) if old != new && old.strip_suffix(".orig") != Some(new));
    if unrelated {
        return Err(fault(Why::TwoPaths { other: old.unwrap_or_default().to_owned() }));
    }
    let name = match outside.filter(|outside| alone && *outside != name && part.renamed.is_none()) {
        Some(outside) if ends_with(outside, name) => outside,
        Some(outside) if !ends_with(name, outside) => {
            let why = Why::TwoPaths { other: name.to_owned() };
            return Err(Fault { path: Some(outside.to_owned()), line, why });
        }
        _ => name,
    };
    let edit = match (&part.old, &part.new) {
        (Some(Side::Nothing), Some(Side::Nothing)) => {
            return Err(fault(Why::Malformed { what: "the diff names no file".to_owned() }));
        }
        (Some(Side::Nothing), _) => Edit::Whole {
            text: of_new(&hunks).ok_or_else(|| {
                fault(Why::Malformed { what: "the diff of a new file has lines of an old one".to_owned() })
            })?,
            new: true,
            comment: None,
        },
        (_, Some(Side::Nothing)) => Edit::Gone(hunks),
        _ if hunks.is_empty() && part.renamed.is_none() && part.executable.is_none() => return Err(fault(Why::NoText)),
        _ if hunks.is_empty() => Edit::Same,
        _ => Edit::Hunks(hunks),
    };
    let from = part.renamed.as_ref().map(|(from, _)| checked(from, line)).transpose()?;
    Ok(FileChange { path: checked(name, line)?, from, edit, executable: part.executable, form: Form::Diff, line })
}

/// The text of a file that a diff says is new.
fn of_new(hunks: &[Hunk]) -> Option<String> {
    if hunks.iter().any(|hunk| hunk.old().next().is_some()) {
        return None;
    }
    let mut text = joined(hunks.iter().flat_map(Hunk::added));
    if hunks.last().is_some_and(|hunk| hunk.open == Some(true)) {
        text.pop();
    }
    Some(text)
}

fn checked(path: &str, line: usize) -> Result<FilePath, Fault> {
    FilePath::new(path).map_err(|fault| Fault { path: Some(path.to_owned()), line, why: Why::BadPath { fault } })
}

/// Whether a path ends with another, at a stroke.
fn ends_with(path: &str, end: &str) -> bool {
    path.strip_suffix(end).is_some_and(|before| before.ends_with('/'))
}

/// Lines as the text of a file. Blank ones at its end are those of whoever wrote the fence.
fn text(lines: &[&str]) -> String {
    let length = lines.iter().rposition(|line| !line.trim().is_empty()).map_or(0, |at| at + 1);
    joined(lines[..length].iter().copied())
}

fn joined<'a>(lines: impl Iterator<Item = &'a str>) -> String {
    lines.fold(String::new(), |text, line| text + line + "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_sections_that_name_one_file_are_one_change_or_none() {
        let whole = |text: &str| format!("### a.py\n\n```python\n{text}\n```\n");
        let (one, two) = (whole("one"), whole("two"));
        assert_eq!(read_all([one.as_str(), one.as_str()]), read(&one));
        let found = read_all([one.as_str(), two.as_str()]);
        assert!(matches!(&found[..], [Err(Fault { why: Why::Twice, .. })]), "{found:?}");
    }
}
