//! What a suite counted, how much of each there is to be, and one line for each promise.

use clap::{Parser, ValueEnum};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::panic::{self, AssertUnwindSafe};
use std::process::ExitCode;
use std::time::Instant;

/// How much of what was promised is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Scale {
    /// As much as fits beside all other tests.
    Few,
    /// What ends within minutes.
    Some,
    /// All of it.
    Full,
}

impl Scale {
    /// The count for each scale.
    pub(crate) const fn of(self, few: u32, some: u32, full: u32) -> u32 {
        match self {
            Self::Few => few,
            Self::Some => some,
            Self::Full => full,
        }
    }
}

/// What was tried for a promise, and what happened.
#[derive(Debug, Default)]
pub(crate) struct Account {
    /// What was done so often.
    pub(crate) unit: &'static str,
    pub(crate) ran: u64,
    /// As often as was promised.
    pub(crate) promised: u64,
    /// What was acknowledged and is not there; nothing where that was not the question.
    pub(crate) lost: Option<u64>,
    /// What is there more than once.
    pub(crate) doubled: Option<u64>,
    /// Errors that somebody saw and should not have seen.
    pub(crate) errors: u64,
    /// What else was counted or measured.
    pub(crate) notes: Vec<String>,
    /// What is not as promised.
    pub(crate) wrong: Vec<String>,
}

impl Account {
    /// What does not hold is remembered, so that the counting goes on.
    pub(crate) fn hold(&mut self, holds: bool, what: impl FnOnce() -> String) {
        if !holds {
            self.wrong.push(what());
        }
    }

    fn kept(&self) -> bool {
        self.wrong.is_empty() && self.errors == 0 && self.lost.unwrap_or(0) == 0 && self.doubled.unwrap_or(0) == 0
    }
}

/// The number of a promise, what is done to it, and how.
pub(crate) type Suite = (&'static str, &'static str, fn(Scale) -> Account);

#[derive(Parser)]
struct Options {
    /// How much of each
    #[arg(long, value_enum, default_value_t = Scale::Few)]
    scale: Scale,
    /// These promises alone
    #[arg(long, value_name = "NAME")]
    only: Vec<String>,
    /// One line of JSON for each promise, on standard output
    #[arg(long)]
    json: bool,
    /// As with any test: those with this in their name
    filter: Option<String>,
    /// `cargo test` may say this to every test
    #[arg(long, hide = true)]
    nocapture: bool,
}

pub(crate) fn main(suites: &[Suite]) -> ExitCode {
    let options = Options::parse();
    for only in &options.only {
        if !suites.iter().any(|(name, ..)| name == only) {
            eprintln!("faults: there is no suite {only}");
            return ExitCode::FAILURE;
        }
    }
    let chosen = suites.iter().filter(|(name, what, _)| {
        (options.only.is_empty() || options.only.iter().any(|only| only == name))
            && options.filter.as_deref().is_none_or(|part| format!("faults {name} {what}").contains(part))
    });
    let mut kept = true;
    for &(name, what, run) in chosen {
        let begun = Instant::now();
        let account = panic::catch_unwind(AssertUnwindSafe(|| run(options.scale))).unwrap_or_else(|surprise| {
            let said =
                surprise.downcast_ref::<String>().map(String::as_str).or(surprise.downcast_ref::<&str>().copied());
            Account { wrong: vec![said.unwrap_or("it stopped").to_owned()], ..Account::default() }
        });
        kept &= account.kept();
        let seconds = begun.elapsed().as_secs_f64();
        eprintln!("{}", line(name, what, &account, seconds));
        if options.json {
            println!("{}", as_json(name, what, &account, seconds));
        }
    }
    if kept { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn line(name: &str, what: &str, account: &Account, seconds: f64) -> String {
    let mut line = format!("{name:<4}{what}: {} of {} {}", account.ran, account.promised, account.unit);
    for (count, word) in [(account.lost, "lost"), (account.doubled, "doubled"), (Some(account.errors), "errors shown")]
    {
        if let Some(count) = count {
            let _ = write!(line, ", {count} {word}");
        }
    }
    let _ = write!(line, "; {} ({seconds:.1} s)", if account.kept() { "kept" } else { "BROKEN" });
    for note in &account.notes {
        let _ = write!(line, "\n      {note}");
    }
    for wrong in account.wrong.iter().take(12) {
        let _ = write!(line, "\n      wrong: {wrong}");
    }
    if account.wrong.len() > 12 {
        let _ = write!(line, "\n      and {} more", account.wrong.len() - 12);
    }
    line
}

fn as_json(name: &str, what: &str, account: &Account, seconds: f64) -> Value {
    json!({
        "promise": name, "what": what, "unit": account.unit, "ran": account.ran, "promised": account.promised,
        "lost": account.lost, "doubled": account.doubled, "errors": account.errors, "kept": account.kept(),
        "notes": account.notes, "wrong": account.wrong, "seconds": (seconds * 10.0).round() / 10.0,
    })
}
