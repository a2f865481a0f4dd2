//! The door for terminals: words in, requests to the runner, words or JSON out. Results go to standard output, talk to standard error.

mod dashboard;
mod doctor;
mod input;
mod install;
mod migrate;
mod orchestrate;
mod print;
mod read;
mod template;

#[cfg(all(unix, not(target_os = "macos")))]
use crate::clipboard;
use clap::{CommandFactory, Parser, Subcommand};
use prompt_runner_core::refusal::{Code, Refusal};
use std::ffi::OsString;
use std::io::{self, ErrorKind, Write};
use std::process::ExitCode;

/// Takes a software feature through its phases with a language model, one click per phase, and keeps the record
#[derive(Parser)]
#[command(name = "prompt-runner", version, propagate_version = true, disable_help_subcommand = true)]
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
    #[command(subcommand)]
    Template(template::Verb),
    /// Try a reply: say what the reader finds in it, and store nothing
    Read(read::ReadArgs),
    /// Bring the sessions of the predecessor over; without `--apply` only say what would be done
    Migrate(migrate::MigrateArgs),
    /// Show the figures of the record in a browser, until Ctrl-C
    Dashboard(dashboard::DashboardArgs),
    /// Tell browsers where the native host is
    Install(install::InstallArgs),
    /// Take back what `install` wrote
    Uninstall(install::InstallArgs),
    /// Say what is wrong with the set-up, and what to do about it
    Doctor(doctor::DoctorArgs),
    /// Print completions for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

pub use self::dashboard::Serve;

/// Runs the command line of this process. No door knows another: the program hands in the one that shows the dashboard.
#[must_use]
pub fn main(serve: Serve) -> ExitCode {
    // Said by the program to itself and by nobody else, so it stands in no help and no completion.
    #[cfg(all(unix, not(target_os = "macos")))]
    if std::env::args_os().nth(1).is_some_and(|word| word == clipboard::SERVE) {
        return clipboard::serve();
    }
    let cli = parse(std::env::args_os().collect()).unwrap_or_else(|error| error.exit());
    let json = cli.command.wants_json();
    let mut out = io::stdout().lock();
    let outcome = match cli.command {
        Command::Orchestrate(verb) => orchestrate::run(verb, &mut out).map(success),
        Command::Template(verb) => template::run(verb, &mut out).map(success),
        Command::Read(args) => read::read(&args, &mut out),
        Command::Migrate(args) => migrate::migrate(&args, &mut out).map(success),
        Command::Dashboard(args) => dashboard::dashboard(args, serve, &mut out),
        Command::Install(args) => install::install(args, &mut out).map(success),
        Command::Uninstall(args) => install::uninstall(args, &mut out).map(success),
        Command::Doctor(args) => doctor::doctor(args, &mut out).map(success),
        Command::Completions { shell } => {
            clap_complete::generate(shell, &mut Cli::command(), "prompt-runner", &mut out);
            Ok(ExitCode::SUCCESS)
        }
    };
    match outcome.and_then(|exit| out.flush().map(|()| exit).map_err(|error| unwritable(&error))) {
        Ok(exit) => exit,
        Err(refusal) => {
            if json {
                // A reader that has gone away does not want the refusal either.
                let _ = writeln!(out, "{}", serde_json::json!({ "refusal": refusal }));
            }
            print::talk(&format!(
                "prompt-runner: {}\n{}",
                print::safe(&refusal.to_string()),
                print::safe(&refusal.hint)
            ));
            ExitCode::from(refusal.code.exit())
        }
    }
}

/// Reads the words; where `orchestrate` was left out, it is put in: `prompt-runner status` is as good.
fn parse(words: Vec<OsString>) -> Result<Cli, clap::Error> {
    Cli::try_parse_from(&words).or_else(|error| match error.kind() {
        clap::error::ErrorKind::InvalidSubcommand => {
            let mut spelled_out = words;
            spelled_out.insert(1, "orchestrate".into());
            Cli::try_parse_from(spelled_out).map_err(|second| match second.kind() {
                clap::error::ErrorKind::InvalidSubcommand => error,
                _ => second,
            })
        }
        _ => Err(error),
    })
}

const fn success((): ()) -> ExitCode {
    ExitCode::SUCCESS
}

impl Command {
    const fn wants_json(&self) -> bool {
        match self {
            Self::Orchestrate(verb) => verb.wants_json(),
            Self::Template(verb) => verb.wants_json(),
            Self::Read(args) => args.json,
            Self::Migrate(args) => args.json,
            Self::Dashboard(_) => false,
            // Their findings are the JSON; a second object would be one too many.
            Self::Install(_) | Self::Uninstall(_) | Self::Doctor(_) | Self::Completions { .. } => false,
        }
    }
}

/// Standard output is gone or full. A closed pipe (`… | head`) is no fault of anybody.
fn unwritable(error: &io::Error) -> Refusal {
    if error.kind() == ErrorKind::BrokenPipe {
        std::process::exit(0);
    }
    Refusal::new(Code::FileUnreadable, format!("Standard output cannot be written: {error}."))
}
