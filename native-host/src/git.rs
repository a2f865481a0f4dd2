//! What git says of a project: the branch, the commit, whose name it has, and what changed since a commit. The `git` program is
//! asked, without a shell, and given two seconds in all; where there is none, no repository, or no answer, nothing is known, and
//! nothing fails.

mod kinds;

use self::kinds::{is_test, language};
use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

/// How long all questions of one look may take together.
const PATIENCE: Duration = Duration::from_secs(2);
/// How often it is looked whether a git that said everything has ended.
const LOOK: Duration = Duration::from_millis(2);
/// The most that is read of an answer, in bytes: some 100,000 changed files.
const ANSWER_MAX: u64 = 8 << 20;
/// The longest name of a branch or a person that is kept, in characters.
const NAME_MAX: usize = 200;
/// What is switched off for every question: programs that a repository's settings name, and locks that would be in others' way.
const QUIET: [&str; 6] =
    ["--no-optional-locks", "--no-pager", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null"];

/// Where the work stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Work {
    /// The branch; nothing where none is checked out.
    pub branch: Option<String>,
    /// The commit; nothing before the first one.
    pub commit: Option<String>,
    /// The name that git has for the developer.
    pub user: Option<String>,
}

/// What changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Change {
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
pub fn look(folder: &Path, since: Option<&str>) -> Option<(Work, Option<Change>)> {
    let git = Git { folder, until: Instant::now() + PATIENCE };
    if git.line(&["rev-parse", "--is-inside-work-tree"])? != "true" {
        return None;
    }
    let work = Work {
        branch: git.line(&["symbolic-ref", "--quiet", "--short", "HEAD"]),
        commit: git.line(&["rev-parse", "--quiet", "--verify", "HEAD"]),
        user: git.line(&["config", "--get", "user.name"]),
    };
    Some((work, since.and_then(|commit| git.change(commit))))
}

struct Git<'a> {
    folder: &'a Path,
    until: Instant,
}

impl Git<'_> {
    /// The first line of an answer, if there is a word in it.
    fn line(&self, words: &[&str]) -> Option<String> {
        let answer = self.ask(words)?;
        let text = String::from_utf8_lossy(&answer);
        let line: String = text.lines().next()?.trim().chars().take(NAME_MAX).collect();
        (!line.is_empty()).then_some(line)
    }

    /// What git counts between a commit and the work tree, below this folder.
    fn change(&self, commit: &str) -> Option<Change> {
        // A commit is a name in hex, so it can be taken for no option.
        if commit.is_empty() || !commit.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let words = ["diff", "--numstat", "-z", "-M", "--no-ext-diff", "--no-textconv", "--ignore-submodules", commit];
        let answer = self.ask(&[&words[..], &["--", "."]].concat())?;
        Some(counted(&String::from_utf8_lossy(&answer)))
    }

    /// What git prints to these words; nothing where it fails or is too slow.
    fn ask(&self, words: &[&str]) -> Option<Vec<u8>> {
        let mut command = Command::new("git");
        command.args(QUIET).args(words).current_dir(self.folder);
        // Variables of git name another repository than that of the folder, if we were started by one of its hooks.
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("GIT_")) {
            command.env_remove(name);
        }
        // Nothing is asked of a person or of a server.
        command.envs([("GIT_OPTIONAL_LOCKS", "0"), ("GIT_TERMINAL_PROMPT", "0"), ("GIT_NO_LAZY_FETCH", "1")]);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut running = Running(command.spawn().ok()?);
        let stdout = running.0.stdout.take()?;
        let (send, heard) = mpsc::sync_channel(1);
        thread::spawn(move || {
            let mut answer = Vec::new();
            let whole = stdout.take(ANSWER_MAX + 1).read_to_end(&mut answer).is_ok();
            // Who asked may have stopped listening.
            let _ = send.send((whole && answer.len() as u64 <= ANSWER_MAX).then_some(answer));
        });
        let answer = heard.recv_timeout(self.left()).ok()??;
        loop {
            match running.0.try_wait().ok()? {
                Some(status) => return status.success().then_some(answer),
                None if self.left().is_zero() => return None,
                None => thread::sleep(LOOK),
            }
        }
    }

    fn left(&self) -> Duration {
        self.until.saturating_duration_since(Instant::now())
    }
}

/// A git that was started. Dropped, it is over, with all that it started.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        if matches!(self.0.try_wait(), Ok(Some(_))) {
            return;
        }
        #[cfg(unix)]
        {
            use rustix::process::{Pid, Signal, kill_process_group};
            let _ = kill_process_group(Pid::from_child(&self.0), Signal::KILL);
        }
        // Both fail only where it is gone already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
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
