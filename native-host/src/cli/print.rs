//! Replies as words for a person at a terminal.

pub(super) use runner::terminal::{notify, safe};

use super::changes;
use anstyle::AnsiColor;
use prompt_runner_core::event::{PhaseStatus, SessionStatus};
use prompt_runner_core::phase::Phase;
use prompt_runner_core::protocol::Reply;
use prompt_runner_core::protocol::answer::{
    Captured, PageJudgement, Pong, RenderedPrompt, SessionFound, SessionList, SessionRecord, WorkflowList,
};
use prompt_runner_core::reply::{SectionState, Verdict};
use prompt_runner_core::status::{NextStep, PhaseView, View};
use prompt_runner_core::words::{UiMessage, although, value};
use runner::project;
use std::borrow::Cow;
use std::io::{self, IsTerminal, Write};

/// A stored text as standard output gets it: to the byte into a pipe or file, safely onto a terminal.
pub(super) fn shown(text: &str) -> Cow<'_, str> {
    if io::stdout().is_terminal() { safe(text) } else { Cow::Borrowed(text) }
}

/// A stored text, with a line end.
pub(super) fn text(out: &mut dyn Write, text: &str) -> io::Result<()> {
    let shown = shown(text);
    out.write_all(shown.as_bytes())?;
    if shown.is_empty() || shown.ends_with('\n') { Ok(()) } else { out.write_all(b"\n") }
}

/// A reply of the runner.
pub(super) fn reply(out: &mut dyn Write, reply: &Reply) -> io::Result<()> {
    match reply {
        Reply::Pong(Pong { version, .. }) => writeln!(out, "{version}"),
        Reply::Session(SessionFound { view: Some(view) }) => session(out, view),
        Reply::Session(SessionFound { view: None }) => writeln!(out, "There is no session here."),
        Reply::Sessions(SessionList { sessions }) => list(out, sessions),
        Reply::Prompt(RenderedPrompt { view, text: prompt, .. }) => {
            text(out, prompt)?;
            notify(&format!("\nSession {}. {}", view.session, after(view)));
            Ok(())
        }
        Reply::Captured(Captured { verdict, duplicate, view }) => {
            let stored = if *duplicate { "Stored already" } else { "Stored" };
            writeln!(out, "{stored}: {}.", found(verdict))?;
            if let (None, Some(although)) = (verdict.problem, although(&verdict.oddities)) {
                writeln!(out, "{although}")?;
            }
            writeln!(out, "{}", after(view))
        }
        Reply::Workflows(WorkflowList { workflows }) => {
            let names = |phases: &[Phase]| phases.iter().map(Phase::name).collect::<Vec<_>>().join(", ");
            workflows.iter().try_for_each(|entry| writeln!(out, "{:<12} {}", entry.name, names(&entry.phases)))
        }
        Reply::Page(PageJudgement { drift }) => drift.iter().try_for_each(|say| writeln!(out, "{}.", say.english())),
        Reply::Record(SessionRecord { view, phases, attachments }) => {
            session(out, view)?;
            for record in phases {
                let title = value(&view.title(record.phase)).to_owned();
                for (kind, body) in [("prompt", &record.prompt), ("reply", &record.reply)] {
                    if let Some(body) = body {
                        writeln!(out, "\n──── {title}: {kind} ────")?;
                        text(out, body)?;
                    }
                }
            }
            for kept in attachments {
                writeln!(out, "\n──── Kept beside: {} ────", safe(&kept.name))?;
                text(out, &kept.text)?;
            }
            Ok(())
        }
        Reply::Plan(plan) => changes::plan(out, plan),
        Reply::Files(done) => changes::done(out, done),
        Reply::Outcome(outcome) => changes::outcome(out, outcome),
        Reply::Steps(steps) => changes::steps(out, steps),
        // An answer that has no words of its own here: figures and timelines have tables in `stats`.
        other => text(out, &serde_json::to_string(other)?),
    }
}

fn session(out: &mut dyn Write, view: &View) -> io::Result<()> {
    writeln!(out, "{}  {}", view.session, safe(first_line(&view.feature)))?;
    writeln!(
        out,
        "{}, workflow {}{}\n",
        standing(view.standing),
        view.workflow,
        match &view.project {
            Some(project) => format!(", {}", safe(&project::folder(project).display().to_string())),
            None => String::new(),
        }
    )?;
    if let Some(imported) = &view.imported {
        let (id, status) = (safe(&imported.id), safe(&imported.status));
        writeln!(out, "Brought over from the predecessor: {id}, status {status} there.\n")?;
    }
    for phase in &view.phases {
        writeln!(out, "  {}", row(phase).trim_end())?;
        if let Some(although) = although(phase.although()) {
            writeln!(out, "      {although}")?;
        }
    }
    let (done, of) = progress(view);
    let rated = view.rating.map_or(String::new(), |rating| {
        format!(", {}", UiMessage::new("session_rated", [rating.to_string()]).english())
    });
    writeln!(out, "\n  {} {done} of {of} phases{rated}", bar(done, of))?;
    if let Some(limit) = view.limit {
        let until = limit.resets_ms.and_then(|ms| jiff::Timestamp::from_millisecond(ms).ok());
        let until = until
            .map(|until| until.to_zoned(jiff::tz::TimeZone::system()).strftime(" until %Y-%m-%d %H:%M").to_string());
        writeln!(out, "\nThe usage limit of the site is reached{}.", until.unwrap_or_default())?;
    }
    writeln!(out, "\n{}", after(view))
}

fn list(out: &mut dyn Write, sessions: &[View]) -> io::Result<()> {
    if sessions.is_empty() {
        return writeln!(
            out,
            "There are no sessions yet. Start one with `prompt-runner orchestrate plan \"FEATURE\"`."
        );
    }
    for view in sessions {
        let (done, of) = progress(view);
        let (stand, feature) = (standing(view.standing), safe(first_line(&view.feature)));
        writeln!(out, "{}  {stand:<9}  {done}/{of}  {feature}", view.session)?;
    }
    Ok(())
}

/// How many phases are done, and how many there are.
fn progress(view: &View) -> (usize, usize) {
    let done =
        view.phases.iter().filter(|phase| matches!(phase.stand, PhaseStatus::Replied | PhaseStatus::Skipped)).count();
    (done, view.phases.len())
}

/// How wide the progress bar is, in letters.
const BAR: usize = 24;

fn bar(done: usize, of: usize) -> String {
    let full = (BAR * done).checked_div(of).unwrap_or(BAR);
    format!("{}{}", paint(AnsiColor::Green, &"█".repeat(full)), "░".repeat(BAR - full))
}

/// A word of ours in colour, where standard output is a terminal that shows colours and nobody said NO_COLOR.
pub(super) fn paint(colour: AnsiColor, word: &str) -> String {
    match anstream::AutoStream::choice(&io::stdout()) {
        anstream::ColorChoice::Never => word.to_owned(),
        _ if word.is_empty() => String::new(),
        _ => format!("{}{word}{}", colour.on_default().render(), anstyle::Reset.render()),
    }
}

/// One phase in one line.
pub(super) fn row(phase: &PhaseView) -> String {
    let mark = match (phase.stand, phase.trouble) {
        (PhaseStatus::Replied, _) => paint(AnsiColor::Green, "✓"),
        (PhaseStatus::Failed, _) | (_, Some(_)) => paint(AnsiColor::Red, "!"),
        (PhaseStatus::Prompted | PhaseStatus::Awaiting, _) => paint(AnsiColor::Yellow, "…"),
        (PhaseStatus::Skipped, _) => "–".to_owned(),
        (PhaseStatus::Pending, _) => " ".to_owned(),
    };
    let name = safe(value(&phase.title));
    let stand = match phase.trouble {
        Some(code) => UiMessage::new("stand_trouble", [code.name().to_owned()]).english(),
        None => english(if phase.accepted { "stand_accepted" } else { stand_key(phase.stand) }),
    };
    let time = phase.duration_ms.map_or(String::new(), |ms| {
        let key = if phase.trusted { "popup_time_seconds" } else { "popup_time_about" };
        let tenths = (ms + 50) / 100;
        let seconds = format!("{}.{}", tenths / 10, tenths % 10);
        UiMessage::new(key, [seconds]).english()
    });
    let size = match phase.lines {
        0 => String::new(),
        lines => format!("{lines} lines, ≈{} tokens", phase.tokens_estimated),
    };
    format!("{mark} {name:<15} {stand:<24} {time:<14} {size}")
}

const fn stand_key(stand: PhaseStatus) -> &'static str {
    match stand {
        PhaseStatus::Pending => "stand_pending",
        PhaseStatus::Prompted => "stand_prompted",
        PhaseStatus::Awaiting => "stand_awaiting",
        PhaseStatus::Replied => "stand_replied",
        PhaseStatus::Failed => "stand_failed",
        PhaseStatus::Skipped => "stand_skipped",
    }
}

fn standing(standing: SessionStatus) -> String {
    english(match standing {
        SessionStatus::Active => "session_active",
        SessionStatus::Complete => "session_complete",
        SessionStatus::Abandoned => "session_abandoned",
    })
}

fn english(key: &str) -> String {
    UiMessage::new(key, []).english()
}

pub(super) fn after(view: &View) -> String {
    let say = match (view.next.step, view.current) {
        // In a terminal there is no composer: the command below prints the prompt.
        (NextStep::Insert, Some(phase)) => UiMessage::new("next_print", [view.title(phase)]).english(),
        _ => view.next.say.english(),
    };
    match &view.next.command {
        Some(command) => format!("Next: {say}\n      {command}"),
        None => say,
    }
}

pub(super) fn found(verdict: &Verdict) -> String {
    let whole = verdict.sections.iter().filter(|section| section.state == SectionState::Ok).count();
    let lines: u64 = verdict.sections.iter().map(|section| u64::from(section.lines)).sum();
    format!("{whole} of {} sections, {lines} lines", verdict.sections.len())
}

pub(super) fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}
