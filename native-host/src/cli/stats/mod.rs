//! `prompt-runner stats`: the figures of the dashboard at a terminal, as a table for people, as CSV for spreadsheets, as JSON for
//! programs. The runner counts; here it is only asked and written down.

mod csv;
mod draw;
mod tables;
mod timeline;

use super::{print, unwritable};
use clap::{Args, Subcommand, ValueEnum};
use jiff::civil::Date;
use jiff::{ToSpan, tz::TimeZone};
use prompt_runner_core::protocol::{Handler as _, Reply, answer::SessionView, ask};
use prompt_runner_core::refusal::Refusal;
use prompt_runner_core::stats::{Figures, Filter, Panel};
use runner::Runner;
use runner::places::Places;
use runner::project::Project;
use std::io::Write;
use std::path::PathBuf;
use tables::Table;

pub(super) const EXAMPLES: &str = "Examples:
  prompt-runner stats                          how far sessions got, how long phases take, what it cost
  prompt-runner stats --by phase --since 30d   the last 30 days, today among them
  prompt-runner stats --by day --csv >days.csv
  prompt-runner stats session 1a2b3c4d         one session drawn over time

Days are those of UTC. A number after ≈ is estimated. In CSV a text that a spreadsheet would take for a formula (it begins with
= + - @, a tab or a line break) gets an apostrophe in front; numbers stay numbers.";

#[derive(Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct StatsArgs {
    #[command(subcommand)]
    one: Option<One>,
    /// One row for each of these; left out, an overview
    #[arg(long, value_enum)]
    by: Option<By>,
    /// From this day on, such as 2026-11-22; or the last so many days, such as 30d
    #[arg(long, value_name = "DAY|Nd", value_parser = day)]
    since: Option<String>,
    /// Up to and with this day
    #[arg(long, value_name = "DAY|Nd", value_parser = day)]
    until: Option<String>,
    /// Only what was done in the project of this folder
    #[arg(long, value_name = "DIR")]
    project: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// Print CSV
    #[arg(long, requires = "by", conflicts_with = "json")]
    csv: bool,
}

#[derive(Subcommand)]
enum One {
    /// One session drawn over time
    Session {
        /// The session, by its id, the beginning or end of it, or words of its feature
        id: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum By {
    Phase,
    Day,
    Branch,
    Project,
    Template,
    Model,
}

impl By {
    /// What is asked for it.
    const fn panels(self) -> &'static [Panel] {
        match self {
            Self::Phase => &[Panel::Times, Panel::Success],
            Self::Day => &[Panel::Cost],
            Self::Branch => &[Panel::Branches],
            Self::Project => &[Panel::Projects],
            Self::Template => &[Panel::Success],
            Self::Model => &[Panel::Models],
        }
    }

    fn table(self, figures: &[Figures]) -> Table {
        match self {
            Self::Phase => tables::phases(figures),
            Self::Day => tables::days(figures),
            Self::Branch => tables::groups("Branch", figures),
            Self::Project => tables::groups("Project", figures),
            Self::Template => tables::templates(figures),
            Self::Model => tables::groups("Model", figures),
        }
    }
}

/// What an overview is made of.
const OVERVIEW: &[Panel] = &[Panel::Funnel, Panel::Times, Panel::Success, Panel::Errors, Panel::Cost];

impl StatsArgs {
    pub(super) const fn wants_json(&self) -> bool {
        match &self.one {
            Some(One::Session { json, .. }) => *json,
            None => self.json,
        }
    }
}

/// Asks and writes down.
pub(super) fn stats(args: &StatsArgs, out: &mut dyn Write) -> Result<(), Refusal> {
    let mut runner = Runner::open(&Places::here()?)?;
    if let Some(One::Session { id, json }) = &args.one {
        return one(&mut runner, id, *json, out);
    }
    let project = args.project.as_deref().map(|folder| Project::at(Some(folder))).transpose()?;
    let filter = Filter {
        since: args.since.clone(),
        until: args.until.clone(),
        project: project.map(|project| project.root().display().to_string()),
        ..Filter::default()
    };
    let panels = args.by.map_or(OVERVIEW, By::panels);
    let figures = runner.panels(panels, &filter)?;
    let written = match args.by {
        _ if args.json => writeln!(out, "{}", serde_json::json!({ "figures": figures })),
        Some(by) if args.csv => csv::write(out, &by.table(&figures)),
        Some(by) => draw::table(out, &by.table(&figures)),
        None => tables::overview(&figures).iter().enumerate().try_for_each(|(at, table)| {
            if at > 0 {
                writeln!(out)?;
            }
            draw::table(out, table)
        }),
    };
    written.map_err(|error| unwritable(&error))
}

fn one(runner: &mut Runner, id: &str, json: bool, out: &mut dyn Write) -> Result<(), Refusal> {
    let session = runner.resolve(id)?;
    let answer = runner.ask(ask::Timeline { session })?;
    let written = if json {
        serde_json::to_string(&Reply::from(answer)).map_err(Into::into).and_then(|json| writeln!(out, "{json}"))
    } else {
        let view = answer.timeline.view.clone();
        print::reply(out, &SessionView { view }.into()).and_then(|()| timeline::draw(out, &answer.timeline))
    };
    written.map_err(|error| unwritable(&error))
}

/// A day as it is written, or the first of the last so many.
fn day(text: &str) -> Result<String, String> {
    let today = runner::clock::now().to_zoned(TimeZone::UTC).date();
    day_from(text, today)
        .map(|day| day.to_string())
        .ok_or_else(|| "write a day as 2026-11-22, or a number of days as 30d; the last 1d is today".to_owned())
}

fn day_from(text: &str, today: Date) -> Option<Date> {
    match text.strip_suffix('d') {
        Some(count) => today
            .checked_sub(count.parse::<i64>().ok()?.checked_sub(1).filter(|days| (0..=36_500).contains(days))?.days())
            .ok(),
        None => text.parse().ok().filter(|_| text.len() == 10),
    }
}

#[cfg(test)]
mod tests;
