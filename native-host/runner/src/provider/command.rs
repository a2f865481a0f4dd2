//! A command that gets the prompt on standard input and prints the reply: `ollama run MODEL`, `claude -p`, a script. No shell sees
//! either. When nobody waits for it any longer, it is ended with all that it started.

use super::error_text::line;
use super::growth::Growth;
#[cfg(unix)]
use super::interrupt;
#[cfg(target_os = "linux")]
use super::kin::Kin;
use super::{Outcome, Provider, ProviderError, Question, Watch};
use prompt_runner_core::event::Source;
use std::io::{ErrorKind, Read, Write};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

/// How often it is looked whether the command has ended, or must.
const LOOK: Duration = Duration::from_millis(20);
/// How long the pipes of a command that has ended are listened to: what it left running may hold them for ever.
const GRACE: Duration = Duration::from_secs(1);
/// How much is repeated of the end of what it says, on standard error and on standard output.
const TAIL: usize = 2_048;

/// A command as a provider.
#[derive(Clone, Debug)]
pub struct Program {
    words: Vec<String>,
    limit: Duration,
}

impl Program {
    /// A command line, taken apart as a shell would, without any of its other powers.
    ///
    /// # Errors
    /// `Settings`, where it has no words, or a quote without end.
    pub fn new(command: &str, limit: Duration) -> Result<Self, ProviderError> {
        match shlex::split(command) {
            Some(words) if !words.is_empty() => Ok(Self { words, limit }),
            _ => Err(ProviderError::Settings {
                place: "command".into(),
                finding: "it has to be a program and its arguments; a quote may be without its end.".into(),
            }),
        }
    }

    fn failed(&self, finding: String) -> ProviderError {
        ProviderError::Command { command: line(&self.words.join(" ")), finding }
    }

    fn start(&self, question: &Question<'_>) -> Result<Running, ProviderError> {
        let mut command = Command::new(&self.words[0]);
        command.args(&self.words[1..]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        if let Some(folder) = question.folder {
            // Without this, a folder that has gone would be told as a program that is missing.
            if !folder.is_dir() {
                let folder = line(&folder.display().to_string());
                return Err(self.failed(format!("cannot be started: the folder {folder} is not there.")));
            }
            command.current_dir(folder);
        }
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        #[cfg(target_os = "linux")]
        let kin = Kin::of(&mut command);
        let child = command.spawn().map_err(|error| self.failed(format!("cannot be started: {error}.")))?;
        let (send, heard) = sync_channel(16);
        let mut running = Running {
            child,
            heard,
            ended: None,
            over: false,
            #[cfg(target_os = "linux")]
            kin,
        };
        let unheard = |error: std::io::Error| self.failed(format!("cannot be listened to: {error}."));
        if let Some(mut stdin) = running.child.stdin.take() {
            let prompt = question.prompt.to_owned();
            // A command that does not read its prompt to the end may still know the answer.
            thread::Builder::new().spawn(move || stdin.write_all(prompt.as_bytes())).map_err(unheard)?;
        }
        if let Some(stdout) = running.child.stdout.take() {
            listen(stdout, send.clone(), Heard::Out).map_err(unheard)?;
        }
        if let Some(stderr) = running.child.stderr.take() {
            listen(stderr, send, Heard::Err).map_err(unheard)?;
        }
        Ok(running)
    }
}

/// What was heard of a command.
enum Heard {
    Out(Vec<u8>),
    Err(Vec<u8>),
}

/// Passes on what comes out of a pipe, until nobody wants to hear it.
fn listen(
    mut pipe: impl Read + Send + 'static,
    send: SyncSender<Heard>,
    kind: fn(Vec<u8>) -> Heard,
) -> std::io::Result<()> {
    let listen = move || {
        let mut buffer = vec![0; 64 << 10];
        loop {
            match pipe.read(&mut buffer) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Ok(read @ 1..) if send.send(kind(buffer[..read].to_vec())).is_ok() => {}
                _ => break,
            }
        }
    };
    thread::Builder::new().spawn(listen).map(drop)
}

/// A command that was started. Dropped before it was over, it is ended, and with it all that it started.
struct Running {
    child: Child,
    heard: Receiver<Heard>,
    ended: Option<(ExitStatus, Instant)>,
    /// It has ended by itself, and nobody waits for what it left running.
    over: bool,
    #[cfg(target_os = "linux")]
    kin: Kin,
}

impl Running {
    /// How it ended; nothing while it runs.
    fn ended(&mut self) -> std::io::Result<Option<(ExitStatus, Instant)>> {
        if self.ended.is_none() {
            self.ended = self.child.try_wait()?.map(|status| (status, Instant::now()));
        }
        Ok(self.ended)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if self.over {
            return;
        }
        // Once somebody has waited for it, its number may be that of another.
        let alive = self.ended.is_none();
        #[cfg(target_os = "linux")]
        self.kin.end(alive.then(|| self.child.id().cast_signed()));
        if !alive {
            return;
        }
        #[cfg(unix)]
        {
            use rustix::process::{Pid, Signal, kill_process_group};
            let _ = kill_process_group(Pid::from_child(&self.child), Signal::KILL);
        }
        // Both fail only where it is gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Provider for Program {
    fn ask(&mut self, question: &Question<'_>, watch: &mut dyn Watch) -> Result<Outcome, ProviderError> {
        #[cfg(unix)]
        let held = interrupt::Held::begin();
        let mut growth = Growth::begin(watch);
        let mut running = self.start(question)?;
        let (begun, mut closed, mut tail) = (Instant::now(), false, Vec::new());
        let status = loop {
            let heard = running.heard.recv_timeout(LOOK);
            let quiet = heard.is_err();
            match heard {
                Ok(Heard::Out(piece)) => growth.push(&piece)?,
                Ok(Heard::Err(piece)) => {
                    tail.extend_from_slice(&piece);
                    tail.drain(..tail.len().saturating_sub(TAIL));
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) if closed => thread::sleep(LOOK),
                Err(RecvTimeoutError::Disconnected) => closed = true,
            }
            #[cfg(unix)]
            if let Some(signal) = held.caught() {
                drop(running);
                interrupt::follow(signal);
                return Err(self.failed(format!("was ended by signal {signal}.")));
            }
            let ended = running.ended().map_err(|error| self.failed(format!("cannot be waited for: {error}.")))?;
            if let Some((status, at)) = ended
                && (closed || quiet && at.elapsed() >= GRACE)
            {
                running.over = true;
                break status;
            }
            if growth.overtaken() {
                return Ok(Outcome::Stored);
            }
            if begun.elapsed() >= self.limit {
                return Err(ProviderError::TimedOut { limit: self.limit });
            }
        };
        if !status.success() {
            return Err(self.failed(format!("failed ({status}). {}", words(&tail, growth.text()))));
        }
        if growth.is_blank() {
            return Err(self.failed(format!("printed no reply. {}", words(&tail, &[]))));
        }
        growth
            .answer(Source::Command, None, None)
            .ok_or_else(|| self.failed("printed something that is not UTF-8 text.".into()))
    }
}

/// What it said about it: some programs do so on standard output, where the reply would be.
fn words(err: &[u8], out: &[u8]) -> String {
    let end = |bytes: &[u8]| line(&String::from_utf8_lossy(&bytes[bytes.len().saturating_sub(TAIL)..]));
    match (end(err).as_str(), end(out).as_str()) {
        ("", "") => "It said nothing about it.".into(),
        (err, "") => format!("It said: “{err}”."),
        ("", out) => format!("It printed: “{out}”."),
        (err, out) => format!("It said: “{err}”, and printed: “{out}”."),
    }
}
