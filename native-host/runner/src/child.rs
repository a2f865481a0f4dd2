//! A program that is started to answer one question: given its input, heard up to a length and a time, and over with all that it
//! started when that is past.

use std::io::{self, Read as _, Write as _};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

/// How often it is looked whether a program that said everything has ended.
const LOOK: Duration = Duration::from_millis(2);

/// What may be taken of an answer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    /// Until when it must be there, and the program be over.
    pub until: Instant,
    /// The most bytes.
    pub most: u64,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Fault {
    /// The system says no.
    #[error("{0}")]
    System(#[from] io::Error),
    /// It did not end in time.
    #[error("it did not end in time")]
    Slow,
    /// It said more than it may.
    #[error("it said too much")]
    Wordy,
}

/// Starts a program, gives it this input, and waits for what it prints and how it ends.
///
/// # Errors
/// Every [`Fault`].
pub(crate) fn ask(mut command: Command, input: Vec<u8>, bounds: Bounds) -> Result<(ExitStatus, Vec<u8>), Fault> {
    let stdin = if input.is_empty() { Stdio::null() } else { Stdio::piped() };
    command.stdin(stdin).stdout(Stdio::piped()).stderr(Stdio::null());
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    let mut running = Running(command.spawn()?);
    if let Some(mut stdin) = running.0.stdin.take() {
        // One that does not want to hear all of it may still have an answer.
        thread::Builder::new().spawn(move || stdin.write_all(&input))?;
    }
    let (send, heard) = mpsc::sync_channel(1);
    if let Some(stdout) = running.0.stdout.take() {
        let listen = move || {
            let mut answer = Vec::new();
            let read = stdout.take(bounds.most + 1).read_to_end(&mut answer);
            // Who asked may have stopped listening.
            let _ = send.send(read.map(|_| answer));
        };
        thread::Builder::new().spawn(listen)?;
    }
    let left = || bounds.until.saturating_duration_since(Instant::now());
    let answer = heard.recv_timeout(left()).map_err(|_| Fault::Slow)??;
    if answer.len() as u64 > bounds.most {
        return Err(Fault::Wordy);
    }
    loop {
        match running.0.try_wait()? {
            Some(status) => return Ok((status, answer)),
            None if left().is_zero() => return Err(Fault::Slow),
            None => thread::sleep(LOOK),
        }
    }
}

/// A program that was started. Dropped, it is over, with all that it started.
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
