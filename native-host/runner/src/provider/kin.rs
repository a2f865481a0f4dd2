//! Everything that a command started, found and ended. A process group does not hold who leaves it, and a session leader or a daemon has; so
//! each is known by three things: what it descends from, a word in its environment, and that it came to us when its parent ended.

use crate::bounded;
use rustix::process::{Pid, Signal, WaitOptions, getpid, kill_process, set_child_subreaper, waitpid};
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// The variable with the word. A command of ours within a command of ours adds its own.
const VARIABLE: &str = "PROMPT_RUNNER_COMMAND";
/// How long it is gone on with: who forks faster than it is ended is not waited for.
const LONGEST: Duration = Duration::from_secs(2);
/// How long what was killed may take to be gone, before it is looked again.
const PAUSE: Duration = Duration::from_millis(5);
/// How much is read of what the kernel says of a process, in bytes. Its environment is as large as it was made.
const STAT_MAX: u64 = 4 << 10;
const ENVIRONMENT_MAX: u64 = 4 << 20;

/// What a command starts.
#[derive(Debug)]
pub(super) struct Kin {
    word: String,
    /// Children that this process had before.
    before: BTreeSet<i32>,
}

/// A process, as the kernel has it.
#[derive(Clone, Copy)]
struct Process {
    pid: i32,
    parent: i32,
    group: i32,
    session: i32,
    dead: bool,
}

impl Kin {
    /// Makes a command one whose kin can be found.
    pub(super) fn of(command: &mut Command) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let own = getpid();
        // Whoever loses its parent comes to us instead of to the first process of the system.
        let _ = set_child_subreaper(Some(own));
        // Numbers of processes come again, and what an earlier one left running is none of ours.
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
        let word = format!("{}-{}-{now};", own.as_raw_nonzero(), COUNT.fetch_add(1, Ordering::Relaxed));
        let outer = std::env::var(VARIABLE).unwrap_or_default();
        command.env(VARIABLE, format!("{outer}{word}"));
        let own = own.as_raw_nonzero().get();
        let before =
            processes().into_iter().filter(|process| process.parent == own).map(|process| process.pid).collect();
        Self { word, before }
    }

    /// Ends all of it: the child, as long as nobody has waited for it, and what came of it. Goes on until nothing is left.
    pub(super) fn end(&self, child: Option<i32>) {
        let begun = Instant::now();
        loop {
            let kin = self.find(child);
            if kin.is_empty() || begun.elapsed() > LONGEST {
                return;
            }
            for pid in kin.iter().filter_map(|pid| Pid::from_raw(*pid)) {
                // Gone already, or not ours to end.
                let _ = kill_process(pid, Signal::KILL);
            }
            thread::sleep(PAUSE);
            for pid in kin.iter().filter(|pid| Some(**pid) != child).filter_map(|pid| Pid::from_raw(*pid)) {
                // Where it came to us nobody else takes note of its end; where it did not, this does nothing.
                let _ = waitpid(Some(pid), WaitOptions::NOHANG);
            }
        }
    }

    fn find(&self, child: Option<i32>) -> BTreeSet<i32> {
        let own = getpid().as_raw_nonzero().get();
        // Read as the others are: 0 in a container whose session began outside, which `getsid` of rustix holds for impossible.
        let own_session = process(own).map_or(0, |process| process.session);
        let all: Vec<Process> = processes().into_iter().filter(|process| process.pid != own).collect();
        let is_first = |process: &&Process| {
            // None of our own programs leaves our session, so who came to us from another one was started by a command.
            let adopted =
                process.parent == own && process.session != own_session && !self.before.contains(&process.pid);
            let of_child = child.is_some_and(|child| [process.pid, process.group, process.session].contains(&child));
            of_child || adopted || self.has_word(process.pid)
        };
        let mut kin: BTreeSet<i32> = all.iter().filter(is_first).map(|process| process.pid).collect();
        let mut known = 0;
        while known != kin.len() {
            known = kin.len();
            let more: Vec<i32> =
                all.iter().filter(|process| kin.contains(&process.parent)).map(|process| process.pid).collect();
            kin.extend(more);
        }
        let dead: BTreeSet<i32> = all.iter().filter(|process| process.dead).map(|process| process.pid).collect();
        kin.difference(&dead).copied().collect()
    }

    fn has_word(&self, pid: i32) -> bool {
        let Ok(environment) = bounded::read(Path::new(&format!("/proc/{pid}/environ")), ENVIRONMENT_MAX) else {
            return false;
        };
        environment.split(|byte| *byte == 0).any(|entry| {
            let words = entry.strip_prefix(VARIABLE.as_bytes()).and_then(|words| words.strip_prefix(b"="));
            words.is_some_and(|words| words.windows(self.word.len()).any(|word| word == self.word.as_bytes()))
        })
    }
}

/// Every process of this machine, as far as it can be seen.
fn processes() -> Vec<Process> {
    let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(|entry| process(entry.file_name().to_str()?.parse().ok()?)).collect()
}

fn process(pid: i32) -> Option<Process> {
    let stat = bounded::read(Path::new(&format!("/proc/{pid}/stat")), STAT_MAX).ok()?;
    // The name of its program stands in brackets and may hold anything, brackets too.
    let behind = stat.iter().rposition(|byte| *byte == b')')?;
    let fields = std::str::from_utf8(stat.get(behind + 1..)?).ok()?;
    let mut fields = fields.split_whitespace();
    let dead = matches!(fields.next()?, "Z" | "X");
    let mut number = || fields.next()?.parse().ok();
    Some(Process { pid, parent: number()?, group: number()?, session: number()?, dead })
}
