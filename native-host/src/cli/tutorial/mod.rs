//! `prompt-runner tutorial`: one feature from plan to done in five minutes, in a sandbox of its own. It can be left at any time and is
//! taken up where it was left.

mod lessons;
mod practice;

use super::{input, print, unwritable};
use clap::Args;
use lessons::{LESSONS, Lesson};
use prompt_runner_core::refusal::{Code, Refusal};
use runner::atomic_file::{self, For};
use runner::bounded;
use runner::places::Places;
use std::io::{BufRead, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// More than this is read of no line, in bytes.
const LINE_MAX: u64 = 256;
/// And of what a command of a lesson prints.
const SAID_MAX: u64 = 16 << 20;

#[derive(Args)]
pub(super) struct TutorialArgs {
    /// Begin again
    #[arg(long)]
    restart: bool,
    /// Stand in for a model: read a prompt and print a reply to it
    #[arg(long, hide = true, conflicts_with = "restart")]
    answer: bool,
}

/// Goes through the lessons.
pub(super) fn tutorial(args: &TutorialArgs, out: &mut dyn Write) -> Result<(), Refusal> {
    if args.answer {
        let reply = practice::reply(&input::read(Path::new("-"), input::Kind::Reply)?)?;
        return out.write_all(reply.as_bytes()).map_err(|error| unwritable(&error));
    }
    let sandbox = Sandbox::open(args.restart)?;
    let begun = sandbox.step();
    if begun > 0 && begun < LESSONS.len() {
        print(out, &format!("You were at step {}.\n", begun + 1))?;
    }
    for (at, lesson) in LESSONS.iter().enumerate().skip(begun) {
        if !taught(&sandbox, at, lesson, out)? {
            return print(out, "\nLeft. `prompt-runner tutorial` goes on from here.\n");
        }
        sandbox.keep(at + 1)?;
    }
    print(out, lessons::END)
}

/// Teaches one lesson; false where the developer leaves.
fn taught(sandbox: &Sandbox, at: usize, lesson: &Lesson, out: &mut dyn Write) -> Result<bool, Refusal> {
    print(out, &format!("\n── {} of {}: {} ──\n\n{}\n", at + 1, LESSONS.len(), lesson.title, lesson.text))?;
    (lesson.prepare)(&sandbox.project())?;
    print(
        out,
        &format!("\n$ prompt-runner {}\n\nPress Enter to run it, or type q to leave. ", shlex_join(lesson.words)),
    )?;
    let mut line = String::new();
    let read = std::io::stdin().lock().take(LINE_MAX).read_line(&mut line);
    if matches!(read, Ok(0) | Err(_)) || line.trim().eq_ignore_ascii_case("q") {
        return Ok(false);
    }
    print(out, "\n")?;
    let output = sandbox.run(lesson.words)?;
    print(out, &print::safe(&output))?;
    print(out, &format!("\n{}\n", lesson.after))?;
    Ok(true)
}

fn shlex_join(words: &[&str]) -> String {
    words
        .iter()
        .map(|word| shlex::try_quote(word).map_or((*word).into(), |word| word.into_owned()))
        .collect::<Vec<_>>()
        .join(" ")
}

fn print(out: &mut dyn Write, text: &str) -> Result<(), Refusal> {
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(|error| unwritable(&error))
}

/// Where the tutorial plays: a project and a record of its own, which touch nothing else.
struct Sandbox {
    folder: PathBuf,
}

impl Sandbox {
    fn open(restart: bool) -> Result<Self, Refusal> {
        let sandbox = Self { folder: Places::here()?.data.join("tutorial") };
        if restart && sandbox.folder.exists() {
            std::fs::remove_dir_all(&sandbox.folder).map_err(|error| sandbox.unusable(&error))?;
        }
        std::fs::create_dir_all(sandbox.project().join(".prompt-runner")).map_err(|error| sandbox.unusable(&error))?;
        Ok(sandbox)
    }

    fn project(&self) -> PathBuf {
        self.folder.join("shop")
    }

    /// The lesson that comes next; a file that says nothing of use means the first.
    fn step(&self) -> usize {
        let step = bounded::text(&self.folder.join("step"), LINE_MAX).ok().and_then(|text| text.trim().parse().ok());
        step.filter(|step| *step < LESSONS.len()).unwrap_or(0)
    }

    fn keep(&self, step: usize) -> Result<(), Refusal> {
        atomic_file::put(&self.folder.join("step"), format!("{step}\n"), For::Owner)
            .map_err(|error| self.unusable(&error))
    }

    /// What the program itself says to these words in here, results and talk together.
    fn run(&self, words: &[&str]) -> Result<String, Refusal> {
        let program = std::env::current_exe().map_err(|error| self.unusable(&error))?;
        // `prompt-runner` as a word means this program, be it installed or not.
        let own = program.display().to_string();
        let words = words
            .iter()
            .map(|word| word.replace("prompt-runner tutorial --answer", &format!("'{own}' tutorial --answer")));
        // One pipe for both, so that what is said comes in its order.
        let (mut reader, writer) = std::io::pipe().map_err(|error| self.unusable(&error))?;
        let both = writer.try_clone().map_err(|error| self.unusable(&error))?;
        let mut command = Command::new(&program);
        command
            .args(words)
            .current_dir(self.project())
            .env("PROMPT_RUNNER_DATA_DIR", self.folder.join("data"))
            .env("PROMPT_RUNNER_CONFIG_DIR", self.folder.join("config"))
            .stdin(Stdio::null())
            .stdout(writer)
            .stderr(both);
        let mut child = command.spawn().map_err(|error| self.unusable(&error))?;
        // It holds the writing end, and as long as it does the pipe has no end.
        drop(command);
        let said = bounded::all(&mut reader, SAID_MAX).map_err(|error| self.unusable(&error))?;
        drop(reader);
        child.wait().map_err(|error| self.unusable(&error))?;
        Ok(String::from_utf8_lossy(&said).into_owned())
    }

    fn unusable(&self, error: &std::io::Error) -> Refusal {
        Refusal::new(Code::StoreReadOnly, format!("The sandbox {} cannot be used: {error}.", self.folder.display()))
    }
}
