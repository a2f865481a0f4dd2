//! What git says of a project: the branch, the commit, whose name it has, and what changed since a commit. The `git` program is
//! asked, without a shell, and given two seconds in all; where there is none, no repository, or no answer, nothing is known, and
//! nothing fails. A project is whatever somebody cloned or unpacked: what its settings say is read, and nothing that they name is run.

mod apart;
mod kinds;
mod program;

use self::apart::Apart;
use self::kinds::{is_test, language};
use self::program::Git;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// The longest name of a branch or a person that is kept, in characters.
const NAME_MAX: usize = 200;

/// Where the work stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Work {
    /// The branch; nothing where none is checked out.
    pub branch: Option<String>,
    /// The commit; nothing before the first one.
    pub commit: Option<String>,
    /// The name that git has for the developer.
    pub user: Option<String>,
}

/// What changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Change {
    /// Files.
    pub files: u32,
    /// Lines that are new.
    pub added: u64,
    /// Lines that are gone.
    pub removed: u64,
    /// Of the files those that hold tests, by their names.
    pub tests: u32,
    /// Files by language, most of them first.
    pub languages: Vec<(&'static str, u32)>,
}

/// Where the work in this folder stands, and, where a commit is given, what changed since then in the files that git knows.
/// Nothing where the folder is in no work tree, or git does not answer in time.
#[must_use]
pub(crate) fn look(folder: &Path, since: Option<&str>) -> Option<(Work, Option<Change>)> {
    let git = Git::new(folder)?;
    let repository = Repository::around(&git)?;
    let settings = Settings::of(&git);
    let line = |words: &[&str]| first_line(&git.ask(words)?);
    let work = Work {
        branch: line(&["symbolic-ref", "--quiet", "--short", "HEAD"]),
        commit: line(&["rev-parse", "--quiet", "--verify", "HEAD"]),
        user: settings.user.as_deref().and_then(|name| first_line(name.as_bytes())),
    };
    Some((work, since.and_then(|commit| change(&git, &repository, &settings, commit))))
}

/// The first line of an answer, if there is a word in it.
fn first_line(answer: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(answer);
    let line: String = text.lines().next()?.trim().chars().take(NAME_MAX).collect();
    (!line.is_empty()).then_some(line)
}

/// Where a repository keeps what is needed to compare a commit with the files.
struct Repository {
    top: PathBuf,
    index: PathBuf,
    objects: PathBuf,
}

impl Repository {
    /// The repository whose work tree holds the folder that is asked about.
    fn around(git: &Git<'_>) -> Option<Self> {
        let words =
            ["rev-parse", "--is-inside-work-tree", "--show-toplevel", "--git-path", "index", "--git-path", "objects"];
        let answer = git.ask(&words)?;
        let mut lines = answer.strip_suffix(b"\n")?.split(|byte| *byte == b'\n');
        if lines.next()? != b"true" {
            return None;
        }
        let mut path = || Some(git.folder().join(as_path(lines.next()?)?));
        let found = Self { top: path()?, index: path()?, objects: path()? };
        // Settings may call any folder their work tree, and a folder that came with a project may be laid out as a repository.
        let ours = lines.next().is_none() && found.top.join(".git").symlink_metadata().is_ok();
        ours.then_some(found)
    }
}

#[cfg(unix)]
#[allow(clippy::unnecessary_wraps, reason = "elsewhere a path is text")]
fn as_path(bytes: &[u8]) -> Option<OsString> {
    use std::os::unix::ffi::OsStringExt as _;
    Some(OsString::from_vec(bytes.to_vec()))
}

#[cfg(not(unix))]
fn as_path(bytes: &[u8]) -> Option<OsString> {
    String::from_utf8(bytes.to_vec()).ok().map(OsString::from)
}

/// What counts of the settings that hold in a project: a name, and how files stand on its disk. Each is a word, none a command.
#[derive(Default)]
struct Settings {
    user: Option<String>,
    files: Vec<String>,
}

impl Settings {
    fn of(git: &Git<'_>) -> Self {
        let pattern = "^(user\\.name|core\\.(autocrlf|eol|filemode|ignorecase|precomposeunicode|symlinks|trustctime))$";
        let answer = git.ask(&["config", "--null", "--get-regexp", pattern]).unwrap_or_default();
        let mut settings = Self::default();
        // The last word on a key holds.
        for entry in String::from_utf8_lossy(&answer).split_terminator('\0') {
            match entry.split_once('\n') {
                Some(("user.name", name)) => settings.user = Some(name.to_owned()),
                Some((key, word)) if word.bytes().all(|byte| byte.is_ascii_alphanumeric()) => {
                    settings.files.push(format!("{key}={word}"));
                }
                _ => {}
            }
        }
        settings
    }
}

/// What git counts between a commit and the work tree, below the folder that is asked about.
fn change(git: &Git<'_>, repository: &Repository, settings: &Settings, commit: &str) -> Option<Change> {
    // A commit is a name in hex, so it can be taken for no option.
    if commit.is_empty() || !commit.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let apart = Apart::make(&repository.index, commit.len())?;
    let set = settings.files.iter().flat_map(|setting| ["-c", setting.as_str()]);
    let words = ["diff", "--numstat", "-z", "-M", "--no-ext-diff", "--no-textconv", "--ignore-submodules=all", commit];
    let words: Vec<&str> = set.chain(words).chain(["--", "."]).collect();
    let answer = git.ask_in(&apart.variables(&repository.top, &repository.objects), &words)?;
    Some(counted(&String::from_utf8_lossy(&answer)))
}

/// What `--numstat -z` says: `added TAB removed TAB path NUL`, with dashes for what is no text, and of what was renamed
/// `added TAB removed TAB NUL old NUL new NUL`.
fn counted(answer: &str) -> Change {
    let mut change = Change::default();
    let mut languages: BTreeMap<&'static str, u32> = BTreeMap::new();
    let mut parts = answer.split_terminator('\0');
    while let Some(part) = parts.next() {
        let mut fields = part.splitn(3, '\t');
        let mut lines = || fields.next().and_then(|count| count.parse::<u64>().ok()).unwrap_or(0);
        let (added, removed) = (lines(), lines());
        let path = match fields.next() {
            Some("") => parts.nth(1),
            path => path,
        };
        let Some(path) = path else { continue };
        change.files += 1;
        change.added = change.added.saturating_add(added);
        change.removed = change.removed.saturating_add(removed);
        change.tests += u32::from(is_test(path));
        if let Some(language) = language(path) {
            *languages.entry(language).or_default() += 1;
        }
    }
    change.languages = languages.into_iter().collect();
    change.languages.sort_by_key(|(_, files)| std::cmp::Reverse(*files));
    change
}

#[cfg(test)]
mod tests;
