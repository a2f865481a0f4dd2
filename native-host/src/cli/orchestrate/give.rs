//! How a prompt leaves the command line and how a reply comes in: a file, a pipe, or the clipboard.

use crate::cli::input::{self, Kind};
use crate::cli::print;
use clap::Args;
use prompt_runner_core::event::Source;
use prompt_runner_core::machine::FEATURE_MAX;
use prompt_runner_core::phase::Phase;
use prompt_runner_core::protocol::answer::RenderedPrompt;
use prompt_runner_core::refusal::{Code, Refusal};
use prompt_runner_core::session::SessionId;
use prompt_runner_core::status::View;
use runner::clipboard::{self, Clipboard};
use runner::{check_reply, keep_prompt};
use std::io::{BufRead, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

pub(super) const EXAMPLES: &str = "Examples:
  prompt-runner orchestrate process --file reply.md
  prompt-runner orchestrate process --paste
  prompt-runner orchestrate process --watch        takes the reply as soon as you copy it
  xclip -o | prompt-runner orchestrate process";

pub(super) const CHOOSING: &str = "Examples:
  prompt-runner orchestrate use-session                  choose from a list
  prompt-runner orchestrate use-session dark mode        by words of the feature, or letters of it in order
  prompt-runner orchestrate use-session 1a2b3c4d         by the end of an id";

/// More than a feature may have is not waited for at a terminal, in bytes.
const TYPED_MAX: u64 = 4 * FEATURE_MAX as u64 + 1;
/// How often the clipboard is looked at: faster than a hand changes windows, and each look costs about a millisecond.
const LOOK: Duration = Duration::from_millis(200);

/// Where a prompt goes besides standard output.
#[derive(Args)]
pub(in crate::cli) struct PromptOutput {
    /// Copy the prompt, too
    #[arg(long)]
    copy_prompt: bool,
    /// Write the prompt into `.prompt-runner/prompts/` of the project, too
    #[arg(long)]
    pub(super) save_to_file: bool,
}

impl PromptOutput {
    /// Does what was asked for. Where there is no clipboard, that is one line, and the prompt is on standard output all the same.
    pub(super) fn deliver(&self, prompt: &RenderedPrompt) -> Result<(), Refusal> {
        if self.copy_prompt {
            match clipboard::copy(&prompt.text) {
                Ok(_) => print::notify("The prompt is in the clipboard."),
                Err(error) => print::notify(&format!("The prompt was not copied. {error}")),
            }
        }
        if self.save_to_file {
            let file = keep_prompt(prompt)?;
            print::notify(&format!("The prompt is in {}.", file.display()));
        }
        Ok(())
    }
}

/// Where a reply comes from.
#[derive(Args, Default)]
pub(in crate::cli) struct ReplyInput {
    /// The reply: a file, or `-` for standard input, which is also read where nothing is named and it is no terminal
    #[arg(long, short, visible_alias = "input")]
    file: Option<PathBuf>,
    /// Take the reply from the clipboard, if it is one
    #[arg(long, conflicts_with_all = ["file", "watch"])]
    paste: bool,
    /// Wait until a complete reply is copied, and take that
    #[arg(long, conflicts_with = "file")]
    watch: bool,
}

impl ReplyInput {
    pub(super) const fn is_any(&self) -> bool {
        self.file.is_some() || self.paste || self.watch
    }

    /// The reply, and where it came from. From the clipboard only what is a complete reply is taken: anything may be in there.
    pub(super) fn read(&self, view: &View, phase: Option<Phase>) -> Result<(String, Source), Refusal> {
        if self.watch {
            return watched(view).map(|text| (text, Source::Clipboard));
        }
        if self.paste {
            let text = clipboard::paste()?;
            // A phase that is not the current one has its own proof; the runner reads for that.
            if phase.is_none_or(|phase| view.current == Some(phase)) {
                check_reply(view, &text).map_err(|why| {
                    Refusal::new(Code::ReplyIncomplete, format!("The clipboard holds no reply to this prompt. {why}"))
                })?;
            }
            return Ok((text, Source::Clipboard));
        }
        match self.file.as_deref() {
            Some(file) if file == Path::new("-") => input::read(file, Kind::Reply).map(|text| (text, Source::Stdin)),
            Some(file) => input::read(file, Kind::Reply).map(|text| (text, Source::File)),
            None if std::io::stdin().is_terminal() => Err(Refusal {
                hint: "Name one with --file FILE, take one from the clipboard with --paste or --watch, or pipe one in."
                    .into(),
                ..Refusal::new(Code::ReplyEmpty, "There is no reply to store.")
            }),
            None => input::read(Path::new("-"), Kind::Reply).map(|text| (text, Source::Stdin)),
        }
    }
}

fn watched(view: &View) -> Result<String, Refusal> {
    let mut clipboard = Clipboard::watch()?;
    print::notify("Waiting for the reply: copy it where it stands, whole. Ctrl-C ends the waiting.");
    loop {
        match clipboard.changed()? {
            Some(text) => match check_reply(view, &text) {
                Ok(()) => return Ok(text),
                Err(why) => print::notify(&format!("Something was copied that is not the reply. {why}")),
            },
            None => std::thread::sleep(LOOK),
        }
    }
}

/// The feature, by whichever way it is given; nothing where an old prompt is asked for again.
pub(super) fn feature(
    feature: Option<String>,
    file: Option<&Path>,
    interactive: bool,
) -> Result<Option<String>, Refusal> {
    if interactive {
        print::notify("What do you want to build? End with an empty line.");
        let typed = std::io::stdin().lock().take(TYPED_MAX);
        let lines = typed.lines().map_while(Result::ok).take_while(|line| !line.trim().is_empty());
        return Ok(Some(lines.collect::<Vec<_>>().join("\n")));
    }
    match (feature.as_deref(), file) {
        (None, Some(file)) => input::read(file, Kind::Feature).map(Some),
        (Some("-"), _) => input::read(Path::new("-"), Kind::Feature).map(Some),
        _ => Ok(feature),
    }
}

/// Lets a person choose one of these sessions by its number.
pub(super) fn chosen(sessions: &[View]) -> Result<SessionId, Refusal> {
    let none = || Refusal::new(Code::SessionNone, "No session was chosen.");
    if sessions.is_empty() || !std::io::stdin().is_terminal() {
        return Err(Refusal { hint: "Name one, as `prompt-runner orchestrate list` shows them.".into(), ..none() });
    }
    for (at, view) in sessions.iter().enumerate() {
        let feature = view.feature.lines().next().unwrap_or_default();
        print::notify(&format!("{:>3}  {}  {}", at + 1, view.session, feature));
    }
    let _ = write!(std::io::stderr(), "Which one? ");
    let mut line = String::new();
    std::io::stdin().lock().take(100).read_line(&mut line).map_err(|_| none())?;
    let at: usize = line.trim().parse().map_err(|_| none())?;
    sessions.get(at.wrapping_sub(1)).map(|view| view.session.clone()).ok_or_else(none)
}
