//! The door for browsers: frames in, frames out. Standard output belongs to the frames alone, and the end of input is the end.

use crate::browsers::{ADDON_ID, origin};
use crate::frame::{self, Incoming};
use crate::wire;
use prompt_runner_core::protocol::{Message, Notice, VERSION};
use prompt_runner_core::refusal::{Code, Refusal};
use runner::ReconnectingRunner;
use runner::fault;
use runner::places::Places;
use runner::terminal;
use std::io::{self, BufWriter, Write};
use std::ops::ControlFlow;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How long a word to standard error may take.
const PATIENCE: Duration = Duration::from_millis(200);

type Out = Arc<Mutex<Box<dyn Write + Send>>>;

/// Serves one port until the browser closes it.
#[must_use]
pub fn main() -> ExitCode {
    if let Some(code) = runner::enter("prompt-runner-host") {
        return code;
    }
    match serve() {
        Ok(code) => code,
        Err(error) => {
            notify(&format!("the port broke: {error}."));
            ExitCode::from(Code::SetupBroken.exit())
        }
    }
}

fn serve() -> io::Result<ExitCode> {
    let out: Out = Arc::new(Mutex::new(own_stdout()?));
    let turned_down = |refusal: Refusal| {
        notify(&format!("{refusal} {}", refusal.hint));
        let code = ExitCode::from(refusal.code.exit());
        send(&out, &Message::Refused { v: VERSION, id: String::new(), refusal })?;
        Ok(code)
    };
    if let Err(refusal) = admit(std::env::args_os().skip(1).map(|word| word.to_string_lossy().into_owned())) {
        return turned_down(refusal);
    }
    let places = match Places::here() {
        Ok(places) => places,
        Err(refusal) => return turned_down(refusal),
    };
    // A database that cannot be opened now may be usable later; until then each request says what is wrong with it.
    let mut runner = ReconnectingRunner::new(places);
    let _ = runner.open();
    follow(runner.follower(), Arc::clone(&out));
    let mut stdin = io::stdin().lock();
    loop {
        let message = match frame::read(&mut stdin) {
            Ok(Incoming::Message(body)) => answer(&mut runner, body),
            Ok(Incoming::TooLarge(length)) => refused(
                String::new(),
                Refusal::new(
                    Code::FrameTooLarge,
                    format!("A frame announced {length} bytes, which is more than 64 MiB."),
                ),
            ),
            Ok(Incoming::End) => return Ok(ExitCode::SUCCESS),
            Err(error) => return Err(error),
        };
        send(&out, &message)?;
    }
}

/// Only our own extension may come in. Browsers name the caller themselves: Chromium as the first argument,
/// Firefox as the second, after the path of the manifest.
fn admit(mut args: impl Iterator<Item = String>) -> Result<(), Refusal> {
    let first = args.next().unwrap_or_default();
    let second = args.next().unwrap_or_default();
    if first == origin() || second == ADDON_ID {
        return Ok(());
    }
    Err(Refusal::new(
        Code::OriginForeign,
        format!("The caller is “{first}”, which is not the Prompt-Runner extension."),
    ))
}

/// What the host answers to the body of one frame, whatever is in it. Public because fuzz/ brings bodies of any kind in here, with no
/// browser and no pipe around them.
pub fn answer(runner: &mut ReconnectingRunner, body: Vec<u8>) -> Message {
    let envelope = match fault::caught(|| Ok(wire::envelope(&body))) {
        Ok(Ok(envelope)) => envelope,
        Ok(Err((id, refusal))) => return refused(id, refusal),
        Err(fault) => return refused(String::new(), fault),
    };
    // It may be as large as all that comes of it.
    drop(body);
    match runner.handle(envelope.request) {
        Ok(reply) => Message::Answer { v: VERSION, id: envelope.id, reply },
        Err(refusal) => refused(envelope.id, refusal),
    }
}

fn refused(id: String, refusal: Refusal) -> Message {
    Message::Refused { v: VERSION, id, refusal }
}

fn send(out: &Out, message: &Message) -> io::Result<()> {
    let mut out = out.lock().unwrap_or_else(PoisonError::into_inner);
    frame::write(&mut *out, message)
}

/// A word to whoever started the browser. Its terminal may be gone, or a pipe that nobody reads, which is no fault and no reason to wait.
fn notify(words: &str) {
    let line = format!("prompt-runner-host: {}\n", terminal::safe(words));
    let (said, heard) = std::sync::mpsc::channel();
    let speak = move || {
        let _ = io::stderr().write_all(line.as_bytes());
        let _ = said.send(());
    };
    // Where no thread can be had, nothing is said: the port matters more.
    let _ = std::thread::Builder::new().spawn(speak);
    let _ = heard.recv_timeout(PATIENCE);
}

/// Tells the browser what any program writes. The record is opened for that a moment later, so that the first request need not wait for it.
fn follow(mut follower: ReconnectingRunner, out: Out) {
    let tell = move || {
        follower.follow(|news| match news {
            Ok(views) => {
                let mut news =
                    views.into_iter().map(|view| Message::News { v: VERSION, notice: Notice::Changed { view } });
                // The port is gone: the reading thread sees the same and ends the program.
                if news.all(|news| send(&out, &news).is_ok()) {
                    ControlFlow::Continue(())
                } else {
                    ControlFlow::Break(())
                }
            }
            Err(refusal) => {
                notify(&format!("the log cannot be followed: {refusal}"));
                ControlFlow::Continue(())
            }
        });
    };
    if let Err(error) = std::thread::Builder::new().spawn(tell) {
        notify(&format!("the log cannot be followed: {error}"));
    }
}

/// Takes standard output for the frames and points everybody else's at standard error, so that a stray print of any
/// library cannot break the port.
#[cfg(unix)]
fn own_stdout() -> io::Result<Box<dyn Write + Send>> {
    let own = rustix::io::dup(rustix::stdio::stdout())?;
    rustix::stdio::dup2_stdout(rustix::stdio::stderr())?;
    // Length and body go out in one write, or the browser would wake up twice for each message.
    Ok(Box::new(BufWriter::new(std::fs::File::from(own))))
}

/// Windows has no such guard yet: standard output is used as it is.
#[cfg(not(unix))]
fn own_stdout() -> io::Result<Box<dyn Write + Send>> {
    Ok(Box::new(io::stdout()))
}
