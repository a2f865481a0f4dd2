//! On X11 and Wayland a copied text lives in the program that copied it. So a second process of ours stays behind, answers every
//! program that pastes, and ends by itself when another one copies or the desktop goes away.

use super::{ClipboardError, open, selection, unavailable};
use crate::bounded;
use arboard::SetExtLinux as _;
use prompt_runner_core::machine::REPLY_MAX;
use std::io::{self, BufRead, BufReader, Read as _, Write as _};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

/// The hidden argument that makes the program an owner: it then calls `serve`.
pub const SERVE: &str = "__clipboard-serve";

/// What an owner says when the text is in the clipboard. Anything else is why it is not.
const OK: &str = "OK";

/// How long what it says may be, in bytes.
const LINE_MAX: u64 = 4 << 10;

/// How long an owner may take to say it.
const LIMIT: Duration = Duration::from_secs(10);

/// How often an owner looks whether there still is a desktop.
const PULSE: Duration = Duration::from_secs(1);

/// Starts an owner with this text and waits until it has the clipboard: its process id.
pub(super) fn leave(text: &str, program: &Path) -> Result<u32, ClipboardError> {
    let mut owner = start(program)?;
    let said = hand_over(&mut owner, text.to_owned());
    if said.is_err() {
        let _ = owner.kill();
    }
    let id = owner.id();
    // Somebody has to take note of its end, or it stays in the table of processes as long as this program runs.
    let waits = thread::Builder::new().spawn(move || owner.wait()).map_err(|error| unavailable(&error));
    said.and(waits).map(|_| id)
}

/// Nothing of this process is left in it: no terminal, no pipe of a browser, no folder that could not be unmounted.
fn start(program: &Path) -> Result<Child, ClipboardError> {
    let mut command = Command::new(program);
    command.arg(SERVE).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let started = command.current_dir("/").process_group(0).spawn();
    started
        .map_err(|error| unavailable(&format!("{} could not be started to keep the text: {error}", program.display())))
}

fn hand_over(owner: &mut Child, text: String) -> Result<(), ClipboardError> {
    let (Some(mut stdin), Some(stdout)) = (owner.stdin.take(), owner.stdout.take()) else {
        return Err(unavailable(&"the process that keeps the text has no pipes"));
    };
    let (send, receive) = channel();
    let give = move || {
        let mut line = String::new();
        // An owner that does not take the text says why.
        let _ = stdin.write_all(text.as_bytes());
        drop(stdin);
        let _ = send.send(BufReader::new(stdout).take(LINE_MAX).read_line(&mut line).map(|_| line));
    };
    thread::Builder::new().spawn(give).map_err(|error| unavailable(&error))?;
    match receive.recv_timeout(LIMIT) {
        Ok(Ok(line)) if line.trim_end() == OK => Ok(()),
        Ok(Ok(line)) if !line.is_empty() => Err(unavailable(&line.trim_end())),
        Ok(_) | Err(RecvTimeoutError::Disconnected) => Err(unavailable(&"the process that keeps the text ended")),
        Err(RecvTimeoutError::Timeout) => Err(unavailable(&"the process that keeps the text does not answer")),
    }
}

/// The owner itself: takes a text from standard input and keeps it in the clipboard until another program copies.
#[must_use]
pub fn serve() -> ExitCode {
    match keep() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let why = match error {
                ClipboardError::Unavailable(why) => why,
                other => other.to_string(),
            };
            // Who started this may have gone, and then nobody wants to know.
            let _ = writeln!(io::stdout(), "{why}");
            ExitCode::FAILURE
        }
    }
}

fn keep() -> Result<(), ClipboardError> {
    let text =
        bounded::all(io::stdin().lock(), REPLY_MAX).and_then(bounded::utf8).map_err(|error| unavailable(&error))?;
    // The text is in the clipboard, whether or not anybody still listens.
    let there = || drop(writeln!(io::stdout(), "{OK}").and_then(|()| io::stdout().flush()));
    if std::env::var_os("WAYLAND_DISPLAY").is_none() {
        return selection::keep(&text, there);
    }
    let mut desktop = open()?;
    let pulse = open()?;
    thread::Builder::new().spawn(move || end_with(pulse)).map_err(|error| unavailable(&error))?;
    desktop.set_text(text.as_str())?;
    there();
    Ok(desktop.set().wait().text(text)?)
}

/// arboard waits for ever on a desktop that has gone. Asked for a kind of content that is never here, it says so at once.
fn end_with(mut desktop: arboard::Clipboard) {
    let mut alive = true;
    while alive {
        thread::sleep(PULSE);
        alive = matches!(desktop.get().html(), Ok(_) | Err(arboard::Error::ContentNotAvailable));
    }
    std::process::exit(0);
}
