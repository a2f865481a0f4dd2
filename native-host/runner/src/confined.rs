//! Work on what somebody else wrote, where no bound inside of a program is sure to hold: a stack that overflows and memory that is
//! gone end the whole program. So a second process of ours does the work, under limits of the system for memory and time, and what
//! ends is that one. Whoever asked is told why.

use crate::bounded;
use crate::child::{self, Bounds, Fault};
use prompt_runner_core::refusal::finding;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::{Command, ExitCode};
use std::thread;
use std::time::{Duration, Instant};

/// The hidden argument that makes a program of ours do confined work.
const WORD: &str = "__confined";
/// How long any work may take, and how much longer for each of its bytes.
const TIME: Duration = Duration::from_secs(3);
const TIME_PER_BYTE: Duration = Duration::from_nanos(200);
/// What any work may be given, in bytes: far above the templates and the sections that go into them.
const INPUT_MAX: u64 = 256 << 20;
/// The memory that any work may have, in bytes, and how many times its input in addition.
const MEMORY: u64 = 256 << 20;
const MEMORY_PER_BYTE: u64 = 16;
/// What any work may answer, in bytes, and how many times its input in addition.
const ANSWER: u64 = 8 << 20;
const ANSWER_PER_BYTE: u64 = 4;
/// The stack of the work, in bytes: part of its memory.
const STACK: usize = 32 << 20;
/// How an answer begins: what was asked for, or why there is none.
const DONE: u8 = b'+';
const REFUSED: u8 = b'-';
/// How the runtime begins to say that a stack is full and that memory is.
const STACK_IS_FULL: &str = "has overflowed its stack";
const MEMORY_IS_FULL: &str = "memory allocation";

/// Whether these arguments of a program ask for confined work.
#[must_use]
pub(crate) fn is_asked(mut args: impl Iterator<Item = std::ffi::OsString>) -> bool {
    args.nth(1).is_some_and(|word| word == WORD)
}

/// Does the work that is asked for on standard input, and prints what came of it.
#[must_use]
pub(crate) fn serve(work: fn(&[u8]) -> Result<String, String>) -> ExitCode {
    // What a worker has to say at its end is said below.
    std::panic::set_hook(Box::new(|_| {}));
    let outcome = confine().and_then(|input| {
        // A thread, because the stack of the first one is as large as whoever started us wants it.
        let worker = thread::Builder::new().stack_size(STACK).spawn(move || work(&input))?;
        Ok(worker.join().unwrap_or_else(|_| Err("It breaks the program that works on it.".to_owned())))
    });
    match outcome {
        Ok(outcome) => {
            let (first, text) = match &outcome {
                Ok(text) => (DONE, text),
                Err(why) => (REFUSED, why),
            };
            let mut out = io::stdout().lock();
            let written =
                out.write_all(&[first]).and_then(|()| out.write_all(text.as_bytes())).and_then(|()| out.flush());
            if written.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(_) => ExitCode::FAILURE,
    }
}

/// Reads the input, and gives up what the work does not need.
fn confine() -> io::Result<Vec<u8>> {
    let input = bounded::all(io::stdin().lock(), INPUT_MAX)?;
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        let length = input.len() as u64;
        let seconds = time(length).as_secs() + 1;
        for (resource, most) in [
            (Resource::As, MEMORY + MEMORY_PER_BYTE * length),
            (Resource::Cpu, seconds),
            // Nothing is written, and no image of the memory is left behind.
            (Resource::Fsize, 0),
            (Resource::Core, 0),
        ] {
            setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) })?;
        }
        // The last words of the runtime say which limit was met.
        rustix::stdio::dup2_stderr(rustix::stdio::stdout())?;
    }
    Ok(input)
}

fn time(length: u64) -> Duration {
    TIME + TIME_PER_BYTE * u32::try_from(length).unwrap_or(u32::MAX)
}

/// Has work done on this input.
///
/// # Errors
/// Why there is no answer, as a sentence.
pub(crate) fn ask(input: Vec<u8>) -> Result<String, String> {
    let length = input.len() as u64;
    let mut command = Command::new(program().map_err(|error| unstarted(&error))?);
    command.arg(WORD).env_remove("RUST_BACKTRACE");
    let bounds = Bounds { until: Instant::now() + time(length), most: ANSWER + ANSWER_PER_BYTE * length };
    match child::ask(command, input, bounds) {
        Ok((status, answer)) if status.success() => match answer.split_first() {
            Some((&DONE, text)) => {
                String::from_utf8(text.to_vec()).map_err(|_| "What came of it is no text.".to_owned())
            }
            // It may quote what it worked on, which has any length.
            Some((&REFUSED, why)) => Err(finding(String::from_utf8_lossy(why))),
            _ => Err("The program that works on it does not understand its task.".to_owned()),
        },
        Ok((status, answer)) => {
            let last = String::from_utf8_lossy(&answer);
            Err(if last.contains(STACK_IS_FULL) {
                "It nests too deeply.".to_owned()
            } else if last.contains(MEMORY_IS_FULL) {
                format!(
                    "It needs more than the {} MiB of memory that it may have.",
                    (MEMORY + MEMORY_PER_BYTE * length) >> 20
                )
            } else {
                format!("The program that works on it broke off ({status}).")
            })
        }
        Err(Fault::Slow) => Err(format!("It takes longer than the {} s that it may.", time(length).as_secs())),
        Err(Fault::Wordy) => Err(format!("It grows beyond {} MiB.", bounds.most >> 20)),
        Err(Fault::System(error)) => Err(unstarted(&error)),
    }
}

fn unstarted(error: &io::Error) -> String {
    format!("The program that works on it cannot be started: {error}.")
}

/// This program. The kernel's own name for it is right even after an update has put another one in its place.
fn program() -> io::Result<PathBuf> {
    let own = PathBuf::from("/proc/self/exe");
    if cfg!(target_os = "linux") && own.exists() { Ok(own) } else { std::env::current_exe() }
}
