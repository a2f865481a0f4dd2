//! `strace` stands between a program and its kernel: it lists the calls that concern the record, makes the n-th of them fail, or kills the
//! program there.

use crate::account::{Account, Scale};
use crate::record::DATABASE;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

/// A call of a list: its name, and the how-many-th of that name it is.
pub(crate) type Call = (String, u32);

/// What is done to a program at a call.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Deed {
    /// Only listed.
    Watch,
    /// The call gives this error, and is not made.
    Fail(&'static str),
    /// `kill -9`, before the call is made.
    Kill,
}

/// The calls by which a file or a folder is looked at or changed, and which may give the error of a disk. `fcntl` is none of them: a lock
/// is refused by other errors, and giving one back never fails on a disk.
const CALLS: &str = "openat,mkdir,pread64,pwrite64,read,write,fsync,fdatasync,ftruncate,fallocate,unlink,rename,newfstatat,statx,fchown,fchmod,close";

/// The same command under strace, which sees only what concerns the record in `data` and writes it into `trace`.
pub(crate) fn under(command: &Command, data: &Path, trace: &Path, deed: Deed, call: &Call) -> Command {
    let mut watched = Vec::new();
    for end in ["", "-wal", "-shm", "-journal"] {
        watched.extend(["-P".into(), data.join(format!("{DATABASE}{end}")).into_os_string()]);
    }
    watched.extend(["-P".into(), data.as_os_str().to_owned()]);
    traced(command, CALLS, &watched, trace, deed, call)
}

/// The same, which sees these calls whatever they are about.
pub(crate) fn all(command: &Command, calls: &str, trace: &Path, deed: Deed, call: &Call) -> Command {
    traced(command, calls, &[], trace, deed, call)
}

fn traced(command: &Command, calls: &str, watched: &[OsString], trace: &Path, deed: Deed, call: &Call) -> Command {
    let mut strace = Command::new("strace");
    strace.args(["-f", "-qq", "-o"]).arg(trace);
    strace.args(["-e", &format!("trace={calls}")]);
    strace.args(watched);
    let (name, nth) = call;
    match deed {
        Deed::Watch => {}
        Deed::Fail(error) => drop(strace.args(["-e", &format!("inject={name}:error={error}:when={nth}")])),
        Deed::Kill => drop(strace.args(["-e", &format!("inject={name}:signal=SIGKILL:when={nth}")])),
    }
    strace.arg("--").arg(command.get_program()).args(command.get_args());
    if let Some(folder) = command.get_current_dir() {
        strace.current_dir(folder);
    }
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => strace.env(name, value),
            None => strace.env_remove(name),
        };
    }
    strace
}

/// The calls of a trace in their order, each with its number among those of its name and thread, as strace counts.
pub(crate) fn calls(trace: &Path) -> Vec<Call> {
    let text = std::fs::read_to_string(trace).unwrap();
    let mut seen: BTreeMap<(&str, &str), u32> = BTreeMap::new();
    let mut calls = Vec::new();
    for line in text.lines() {
        // "PID name(…"; what another thread interrupted goes on as "PID <... name resumed>".
        let Some((thread, call)) = line.split_once(' ') else { continue };
        let Some((name, _)) = call.trim_start().split_once('(') else { continue };
        if name.starts_with(|ch: char| ch.is_ascii_lowercase()) {
            let nth = seen.entry((thread, name)).or_default();
            *nth += 1;
            calls.push((name.to_owned(), *nth));
        }
    }
    assert!(!calls.is_empty(), "strace saw nothing of the record");
    calls
}

/// The account of a suite that strace cannot do its work for. Beside all other tests that is said and passed over, because some systems let
/// no program look at another one; whoever asks for the suite gets a failure, so that nobody takes it for passed.
pub(crate) fn cannot(scale: Scale) -> Option<Account> {
    let output = Command::new("strace").args(["-f", "-qq", "-e", "trace=none", "true"]).output();
    if output.as_ref().is_ok_and(|output| output.status.success()) {
        return None;
    }
    let said =
        output.map_or_else(|error| error.to_string(), |output| String::from_utf8_lossy(&output.stderr).into_owned());
    let why = format!(
        "not tried: strace is needed (`cargo xtask faults` installs it) and must be allowed to trace: {}",
        said.trim_end()
    );
    Some(match scale {
        Scale::Few => Account { unit: "tries", notes: vec![why], ..Account::default() },
        Scale::Some | Scale::Full => Account { unit: "tries", wrong: vec![why], ..Account::default() },
    })
}
