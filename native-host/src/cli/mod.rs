//! The door for terminals: words in, requests to the runner, words or JSON out. Results go to standard output, notices to standard error.

mod changes;
mod dashboard;
mod db;
mod doctor;
mod editor;
mod input;
mod install;
mod migrate;
mod orchestrate;
mod print;
mod read;
mod shell;
mod stats;
mod template;
mod tutorial;
mod workflow;

pub use doctor::manifest_faults;

use clap::builder::Styles;
use clap::error::{ContextKind, ErrorKind};
use clap::{CommandFactory, FromArgMatches as _, Parser, Subcommand};
use prompt_runner_core::refusal::{Code, Refusal};
#[cfg(all(unix, not(target_os = "macos")))]
use runner::clipboard;
use runner::fault;
use runner::terminal::Output;
use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

const AFTER: &str = "Examples:
  prompt-runner flow \"Dark mode\"                 from the idea to its end, in the chat page
  prompt-runner plan \"Dark mode\" --copy-prompt   phase by phase: the prompt is copied,
  prompt-runner process --paste                   and the copied reply is stored
  prompt-runner status                            where it stands and what comes next
  prompt-runner apply                             its files into the project, after your word

The word `orchestrate` may be left out. Each command says more with --help.

Exit codes: 0 done, 1 not complete (`read`), 2 usage, 3 not found, 4 not now, 5 reply not usable,
6 storage, 7 browser, host or clipboard, 8 provider, 9 a fault of the program.";

const COMPLETIONS: &str = "Examples:
  prompt-runner completions bash > ~/.local/share/bash-completion/completions/prompt-runner
  prompt-runner completions zsh > ~/.zfunc/_prompt-runner           where ~/.zfunc is in fpath
  prompt-runner completions fish > ~/.config/fish/completions/prompt-runner.fish";

/// Takes a software feature through its phases with a language model, one click per phase, and keeps the record
#[derive(Parser)]
#[command(name = "prompt-runner", bin_name = "prompt-runner", version, propagate_version = true, disable_help_subcommand = true, after_help = AFTER)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Take a feature through its phases
    #[command(subcommand)]
    Orchestrate(orchestrate::Verb),
    /// Your own prompts in the place of the built-in ones
    #[command(subcommand, after_help = template::EXAMPLES)]
    Template(template::Verb),
    /// Which phases a feature goes through, as files of your own
    #[command(subcommand, after_help = workflow::EXAMPLES)]
    Workflow(workflow::Verb),
    /// Learn it in five minutes, in a sandbox
    Tutorial(tutorial::TutorialArgs),
    /// Figures over the record: how long phases take, how often they succeed, what they cost
    #[command(after_help = stats::EXAMPLES)]
    Stats(stats::StatsArgs),
    /// Try a reply: say what the reader finds in it, and store nothing
    #[command(after_help = read::EXAMPLES)]
    Read(read::ReadArgs),
    /// Bring the sessions of the predecessor over; without `--apply` only say what would be done
    #[command(after_help = migrate::EXAMPLES)]
    Migrate(migrate::MigrateArgs),
    /// Look after the record: copies of it, and the texts of long ago
    #[command(subcommand)]
    Db(db::Verb),
    /// Show the figures of the record in a browser, until Ctrl-C
    Dashboard(dashboard::DashboardArgs),
    /// Tell browsers where the native host is
    #[command(after_help = install::EXAMPLES)]
    Install(install::InstallArgs),
    /// Take back what `install` wrote
    Uninstall(install::InstallArgs),
    /// Say what is wrong with the set-up, and what to do about it
    Doctor(doctor::DoctorArgs),
    /// Print completions for a shell
    #[command(after_help = COMPLETIONS)]
    Completions(shell::CompletionsArgs),
    /// Print the manual page, or write a page for each command
    Man(shell::ManArgs),
}

pub use self::dashboard::Serve;

/// Runs the command line of this process. No door knows another: the program hands in the one that shows the dashboard.
#[must_use]
pub fn main(serve: Serve) -> ExitCode {
    if let Some(code) = runner::enter("prompt-runner") {
        return code;
    }
    // Said by the program to itself and by nobody else, so it stands in no help and no completion.
    #[cfg(all(unix, not(target_os = "macos")))]
    if std::env::args_os().nth(1).is_some_and(|word| word == clipboard::SERVE) {
        return clipboard::serve();
    }
    let words: Vec<OsString> = std::env::args_os().collect();
    let terminal = io::stdout().is_terminal();
    let mut out = Output { out: io::stdout().lock(), anything: false, terminal, json: asks_for_json(&words) };
    if orchestrate::is_prompt_line(&words) {
        return orchestrate::prompt_line(&mut out);
    }
    let cli = match parse(words) {
        Ok(cli) => cli,
        Err(error) => return explain(&error, &mut out),
    };
    let json = cli.command.wants_json();
    // A word that looks like the flag may have been a text.
    out.json = json;
    // What these find is their JSON; a refusal after it would be one object too many.
    let finds = matches!(cli.command, Command::Install(_) | Command::Uninstall(_) | Command::Doctor(_));
    let outcome = fault::caught(|| match cli.command {
        Command::Orchestrate(verb) => orchestrate::run(verb, &mut out).map(success),
        Command::Template(verb) => template::run(verb, &mut out).map(success),
        Command::Workflow(verb) => workflow::run(verb, &mut out).map(success),
        Command::Tutorial(args) => tutorial::tutorial(&args, &mut out).map(success),
        Command::Stats(args) => stats::stats(&args, &mut out).map(success),
        Command::Read(args) => read::read(&args, &mut out),
        Command::Migrate(args) => migrate::migrate(&args, &mut out).map(success),
        Command::Db(verb) => db::run(&verb, &mut out),
        Command::Dashboard(args) => dashboard::dashboard(args, serve, &mut out),
        Command::Install(args) => install::install(args, &mut out).map(success),
        Command::Uninstall(args) => install::uninstall(args, &mut out).map(success),
        Command::Doctor(args) => doctor::doctor(args, &mut out).map(success),
        Command::Completions(args) => shell::completions(&args, Cli::command(), &mut out).map(success),
        Command::Man(args) => shell::man(&args, Cli::command(), &mut out).map(success),
    });
    match outcome.and_then(|exit| out.flush().map(|()| exit).map_err(|error| unwritable(&error))) {
        Ok(exit) => exit,
        Err(refusal) => {
            if json && !(finds && out.anything) {
                // A reader that has gone away does not want the refusal either.
                let _ = writeln!(out, "{}", serde_json::json!({ "refusal": refusal }));
            }
            print::notify(&format!("prompt-runner: {refusal}\n{}", refusal.hint));
            ExitCode::from(refusal.code.exit())
        }
    }
}

/// Reads the words; where `orchestrate` was left out, it is put in: `prompt-runner status` is as good.
fn parse(words: Vec<OsString>) -> Result<Cli, clap::Error> {
    read_words(&words).or_else(|error| match error.kind() {
        ErrorKind::InvalidSubcommand => {
            let mut spelled_out = words;
            spelled_out.insert(1, "orchestrate".into());
            read_words(&spelled_out).map_err(|second| match second.kind() {
                // Whichever knows what may have been meant.
                ErrorKind::InvalidSubcommand if second.get(ContextKind::SuggestedSubcommand).is_none() => error,
                ErrorKind::InvalidSubcommand if error.get(ContextKind::SuggestedSubcommand).is_some() => error,
                _ => second,
            })
        }
        _ => Err(error),
    })
}

/// Without colours of clap's: between those and the words of others nobody could tell afterwards.
fn read_words(words: &[OsString]) -> Result<Cli, clap::Error> {
    let matches = Cli::command().styles(Styles::plain()).try_get_matches_from(words)?;
    Cli::from_arg_matches(&matches)
}

/// Whether JSON is wanted, as far as that can be known of words that may be wrong: the flag may stand behind the mistake.
fn asks_for_json(words: &[OsString]) -> bool {
    let flags = words.iter().skip(1).take_while(|word| *word != "--");
    flags.filter_map(|word| word.to_str()).any(|word| word == "--json" || word.starts_with("--json="))
}

/// Says what is wrong with the words, or gives the help that they ask for. They may come from a script that took them from anywhere, and
/// are said again.
fn explain(error: &clap::Error, out: &mut Output<impl Write>) -> ExitCode {
    // What is for a terminal is all of it; as a plain text clap leaves codes out, and they would not be seen.
    let said = error.render().ansi().to_string();
    // A reader that has gone away wants neither.
    if !error.use_stderr() {
        out.json = false;
        let _ = out.write_all(said.as_bytes());
        return ExitCode::SUCCESS;
    }
    if out.json {
        let _ = writeln!(out, "{}", serde_json::json!({ "refusal": misused(&said) }));
    }
    print::notify(said.trim_end());
    ExitCode::from(Code::UsageInvalid.exit())
}

/// The same as a refusal: what is wrong is the first paragraph of what clap says.
fn misused(said: &str) -> Refusal {
    let wrong = said.split("\n\n").next().unwrap_or_default();
    let wrong = wrong.strip_prefix("error: ").unwrap_or(wrong);
    let wrong = wrong.split_whitespace().collect::<Vec<_>>().join(" ");
    Refusal::new(Code::UsageInvalid, format!("The words of the command are wrong: {wrong}."))
}

const fn success((): ()) -> ExitCode {
    ExitCode::SUCCESS
}

impl Command {
    const fn wants_json(&self) -> bool {
        match self {
            Self::Orchestrate(verb) => verb.wants_json(),
            Self::Template(verb) => verb.wants_json(),
            Self::Workflow(verb) => verb.wants_json(),
            Self::Stats(args) => args.wants_json(),
            Self::Read(args) => args.json,
            Self::Migrate(args) => args.json,
            Self::Db(verb) => verb.wants_json(),
            Self::Install(args) | Self::Uninstall(args) => args.json,
            Self::Doctor(args) => args.json,
            Self::Completions(_) | Self::Man(_) | Self::Tutorial(_) | Self::Dashboard(_) => false,
        }
    }
}

/// Standard output is gone or full. A closed pipe (`… | head`) is no fault of anybody.
fn unwritable(error: &io::Error) -> Refusal {
    if error.kind() == io::ErrorKind::BrokenPipe {
        std::process::exit(0);
    }
    Refusal::new(Code::FileUnreadable, format!("Standard output cannot be written: {error}."))
}
