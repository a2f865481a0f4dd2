//! The panels, each read out of the rollups; attempts themselves are looked at only where they are few.

mod query;
mod times;

use self::query::{RollupQuery, Rows};
use super::{Store, StoreError};
use prompt_runner_core::phase::Phase;
use prompt_runner_core::sample::wilson;
use prompt_runner_core::session::SessionId;
use prompt_runner_core::stats::{
    Count, Day, Estimate, Figures, Filter, FilterOption, FunnelStep, Group, Panel, Rate, RatingDay, Spent,
};
use rusqlite::{Connection, Row};
use std::collections::HashMap;

/// How many sessions are shown beside their estimate.
const ESTIMATES: u32 = 50;
/// How many groups.
const GROUPS: u32 = 100;
/// Sums that make a [`Spent`], in its order.
const SPENT: &str =
    "sum(r.prompt_tokens), sum(r.completion_tokens), sum(r.reported_tokens), sum(r.cost_nano), sum(r.unpriced)";

impl Store {
    /// The figures of a panel. A session has no template, so a template narrows only what is counted by attempts.
    ///
    /// # Errors
    /// Trouble with the database.
    pub(crate) fn figures(&self, panel: Panel, filter: &Filter) -> Result<Figures, StoreError> {
        // All of it is of one moment.
        let reading = self.connection.unchecked_transaction()?;
        let slice = RollupQuery::of(&reading, filter)?;
        match panel {
            Panel::Funnel => funnel(&slice),
            Panel::Times => Ok(Figures::Times { phases: times::phases(&slice)? }),
            Panel::Success => success(&slice),
            Panel::Cost => cost(&slice),
            Panel::Estimates => estimates(&slice),
            Panel::Errors => Ok(Figures::Errors { kinds: errors(&slice)? }),
            Panel::Retries => Ok(Figures::Retries { phases: retries(&slice)? }),
            Panel::Ratings => ratings(&slice),
            Panel::Projects => groups(&slice, "project"),
            Panel::Branches => groups(&slice, "branch"),
            Panel::Models => groups(&slice, "model"),
            Panel::Choices => choices(&reading),
        }
    }
}

/// A sum that counts something.
fn count(row: &Row<'_>, at: usize) -> rusqlite::Result<u64> {
    Ok(row.get::<_, Option<i64>>(at)?.unwrap_or(0).max(0).unsigned_abs())
}

fn spent(row: &Row<'_>, at: usize) -> rusqlite::Result<Spent> {
    Ok(Spent {
        prompt_tokens: count(row, at)?,
        completion_tokens: count(row, at + 1)?,
        reported_tokens: count(row, at + 2)?,
        cost_usd: count(row, at + 3)? as f64 / 1e9,
        unpriced: count(row, at + 4)?,
    })
}

/// Only this program writes phases, so one that it does not know is one of a newer program, which it does not open.
fn phase(row: &Row<'_>) -> rusqlite::Result<Phase> {
    Phase::from_name(row.get_ref(0)?.as_str()?).ok_or(rusqlite::Error::InvalidQuery)
}

/// In the order of a full workflow; those of other workflows by name, behind them.
fn by_phase<T>(mut rows: Vec<T>, phase: impl Fn(&T) -> Phase) -> Vec<T> {
    rows.sort_by_cached_key(|row| (phase(row).rank(), phase(row).name().to_owned()));
    rows
}

fn funnel(slice: &RollupQuery<'_>) -> Result<Figures, StoreError> {
    let sums = slice.sessions("sum(r.started), sum(r.complete), sum(r.abandoned)", "");
    let sums = sums.all(|row| Ok((count(row, 0)?, count(row, 1)?, count(row, 2)?)))?;
    let (started, complete, abandoned) = sums.first().copied().unwrap_or_default();
    let steps = slice.steps("r.phase, sum(r.planned), sum(r.asked), sum(r.done), sum(r.skipped)", "GROUP BY r.phase");
    let steps = steps.all(|row| {
        let (planned, asked) = (count(row, 1)?, count(row, 2)?);
        Ok(FunnelStep { phase: phase(row)?, planned, asked, done: count(row, 3)?, skipped: count(row, 4)? })
    })?;
    let steps = steps.into_iter().filter(|step| step.planned > 0).collect();
    Ok(Figures::Funnel { started, complete, abandoned, steps: by_phase(steps, |step| step.phase) })
}

fn success(slice: &RollupQuery<'_>) -> Result<Figures, StoreError> {
    let rate = |name: String, label: String, of: u64, good: u64| {
        let (low, high) = wilson(good, of);
        Rate { name, label, of, good, low, high }
    };
    let phases = slice.attempts("r.phase, sum(r.ended), sum(r.good)", "GROUP BY r.phase HAVING sum(r.ended) > 0");
    let phases = phases.all(|row| Ok((phase(row)?, count(row, 1)?, count(row, 2)?)))?;
    let phases = by_phase(phases, |row| row.0).into_iter();
    let phases = phases.map(|(phase, of, good)| rate(phase.name().to_owned(), phase.name().to_owned(), of, good));
    let templates = slice.attempts(
        "(SELECT name FROM dimension WHERE id = r.template), r.phase, sum(r.ended), sum(r.good)",
        // The predecessor's prompts, and those of the first versions, have no template on record.
        "AND (SELECT name FROM dimension WHERE id = r.template) <> ''
        GROUP BY r.template, r.phase HAVING sum(r.ended) > 0 ORDER BY 3 DESC, 1",
    );
    let templates = templates.all(|row| Ok(rate(row.get(0)?, row.get(1)?, count(row, 2)?, count(row, 3)?)))?;
    Ok(Figures::Success { phases: phases.collect(), templates })
}

fn cost(slice: &RollupQuery<'_>) -> Result<Figures, StoreError> {
    let sums = format!("r.period, sum(r.attempts), {SPENT}");
    let days = slice.by_day().attempts(&sums, "GROUP BY r.period HAVING sum(r.attempts) > 0 ORDER BY r.period");
    let days = days.all(|row| Ok(Day { day: row.get(0)?, attempts: count(row, 1)?, spent: spent(row, 2)? }))?;
    let total = slice.attempts(SPENT, "").all(|row| spent(row, 0))?.first().copied().unwrap_or_default();
    Ok(Figures::Cost { days, total })
}

fn estimates(slice: &RollupQuery<'_>) -> Result<Figures, StoreError> {
    let rows = slice.measured_sessions(
        "r.session, (SELECT feature FROM session WHERE id = r.session), r.estimated_low_hours, r.estimated_high_hours,
            r.actual_hours, nullif(r.active_seconds, 0) / 3600.0",
        &format!(
            "AND r.low_minutes IS NOT NULL AND r.ended_ms IS NOT NULL AND r.ended_ms > r.started_ms
            ORDER BY r.day DESC, r.started_ms DESC LIMIT {ESTIMATES}"
        ),
    );
    let rows = rows.all(|row| {
        let session = SessionId::parse(&row.get::<_, String>(0)?).ok_or(rusqlite::Error::InvalidQuery)?;
        let (low_hours, high_hours) = (row.get(2)?, row.get(3)?);
        let (actual_hours, active_hours) = (row.get(4)?, row.get(5)?);
        Ok(Estimate { session, feature: row.get(1)?, low_hours, high_hours, actual_hours, active_hours })
    })?;
    Ok(Figures::Estimates { rows })
}

fn counted(rows: Rows<'_>) -> Result<Vec<Count>, StoreError> {
    rows.all(|row| Ok(Count { name: row.get(0)?, count: count(row, 1)? }))
}

fn errors(slice: &RollupQuery<'_>) -> Result<Vec<Count>, StoreError> {
    counted(slice.errors("r.kind, sum(r.count)", "GROUP BY r.kind HAVING sum(r.count) > 0 ORDER BY 2 DESC, 1"))
}

fn retries(slice: &RollupQuery<'_>) -> Result<Vec<Count>, StoreError> {
    let rows = slice.attempts("r.phase, sum(r.retries)", "GROUP BY r.phase");
    let rows = by_phase(rows.all(|row| Ok((phase(row)?, count(row, 1)?)))?, |row| row.0);
    Ok(rows.into_iter().map(|(phase, count)| Count { name: phase.name().to_owned(), count }).collect())
}

fn ratings(slice: &RollupQuery<'_>) -> Result<Figures, StoreError> {
    let days = slice.by_day().sessions(
        "r.period, sum(r.ratings), sum(r.rating_sum), sum(r.saved_minutes)",
        "GROUP BY r.period HAVING sum(r.ratings) > 0 ORDER BY r.period",
    );
    let days = days.all(|row| {
        let (ratings, sum) = (count(row, 1)?, count(row, 2)?);
        Ok(RatingDay {
            day: row.get(0)?,
            count: ratings,
            mean: sum as f64 / ratings as f64,
            saved_minutes: count(row, 3)?,
        })
    })?;
    Ok(Figures::Ratings { days })
}

/// Sums that make a [`Group`], after its name and before its sessions.
const GROUP: &str = "sum(r.attempts), sum(r.good), sum(r.model_ms)";

fn group(row: &Row<'_>) -> rusqlite::Result<Group> {
    Ok(Group {
        name: row.get(0)?,
        sessions: None,
        complete: None,
        attempts: count(row, 1)?,
        good: count(row, 2)?,
        model_ms: count(row, 3)?,
        spent: spent(row, 4)?,
    })
}

/// How many sessions, and how many of them complete.
type Sessions = (Option<u64>, Option<u64>);

fn sessions(row: &Row<'_>, at: usize) -> rusqlite::Result<Sessions> {
    Ok((Some(count(row, at)?), Some(count(row, at + 1)?)))
}

/// By `project`, `branch` or `model`: the sums of attempts, and beside them those of sessions where these have one such group alone.
fn groups(slice: &RollupQuery<'_>, kind: &'static str) -> Result<Figures, StoreError> {
    let sums = format!("(SELECT name FROM dimension WHERE id = r.{kind}), {GROUP}, {SPENT}, r.{kind}");
    let ending = format!("GROUP BY r.{kind} HAVING sum(r.attempts) > 0 ORDER BY 2 DESC, 1 LIMIT {GROUPS}");
    if kind == "branch" && !slice.of_template() {
        // Both at once, in one walk.
        let sums = format!("{sums}, sum(r.started), sum(r.complete)");
        let rows = slice.branches(&sums, &ending).all(|row| {
            let (sessions, complete) = sessions(row, 10)?;
            Ok(Group { sessions, complete, ..group(row)? })
        })?;
        return Ok(Figures::Groups { rows });
    }
    let rows = match kind {
        "branch" => slice.branches(&sums, &ending),
        "project" => slice.by_each(kind).attempts(&sums, &ending),
        _ => slice.attempts(&sums, &ending),
    };
    let rows = rows.all(|row| Ok((row.get::<_, i64>(9)?, group(row)?)))?;
    if kind == "model" {
        return Ok(Figures::Groups { rows: rows.into_iter().map(|(_, group)| group).collect() });
    }
    let slice = slice.by_each_of(kind, rows.iter().map(|(id, _)| *id).collect());
    let sums = slice.sessions(&format!("r.{kind}, sum(r.started), sum(r.complete)"), &format!("GROUP BY r.{kind}"));
    let sums = sums.all(|row| Ok((row.get::<_, i64>(0)?, sessions(row, 1)?)))?;
    let sums: HashMap<i64, Sessions> = sums.into_iter().collect();
    let rows = rows.into_iter().map(|(id, group)| {
        let (sessions, complete) = sums.get(&id).copied().unwrap_or((Some(0), Some(0)));
        Group { sessions, complete, ..group }
    });
    Ok(Figures::Groups { rows: rows.collect() })
}

fn choices(connection: &Connection) -> Result<Figures, StoreError> {
    let mut statement =
        connection.prepare_cached("SELECT name, label FROM dimension WHERE kind = ?1 AND name <> '' ORDER BY name")?;
    let mut of = |kind: &str| {
        let rows = statement.query_map([kind], |row| Ok(FilterOption { name: row.get(0)?, label: row.get(1)? }))?;
        rows.collect::<Result<Vec<_>, _>>()
    };
    let names = |choices: Vec<FilterOption>| choices.into_iter().map(|choice| choice.name).collect();
    let (projects, workflows, branches) = (names(of("project")?), names(of("workflow")?), names(of("branch")?));
    let days = "SELECT min(period), max(period) FROM rollup_session WHERE grain = 'day' AND project = 0 AND branch = 0";
    let days = connection.query_row(days, [], |row| Ok((row.get::<_, Option<String>>(0)?, row.get(1)?)))?;
    Ok(Figures::Choices { projects, workflows, templates: of("template")?, branches, days: days.0.zip(days.1) })
}

#[cfg(test)]
mod tests;
