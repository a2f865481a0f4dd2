//! How long phases take. Of up to 2,000 attempts the quantiles are exact, out of the attempts through an index; of more they come out of the
//! histogram, whose buckets are 9 % wide, and are interpolated within one.

use super::super::StoreError;
use super::query::RollupQuery;
use super::{by_phase, count, phase};
use prompt_runner_core::phase::Phase;
use prompt_runner_core::sample::{Bucket, binned, exact};
use prompt_runner_core::stats::{PhaseTimes, Quantiles};
use std::collections::{HashMap, HashSet};

/// So many attempts are sorted within a few milliseconds.
const EXACT: u64 = 2_000;
/// What is measured, in the order of [`PhaseTimes`].
const MEASURES: [&str; 4] = ["total", "model", "human", "idle"];

pub(super) fn phases(slice: &RollupQuery<'_>) -> Result<Vec<PhaseTimes>, StoreError> {
    let sums = "r.phase, sum(r.timed), sum(r.trusted), sum(r.attempts)";
    let sums = slice.attempts(sums, "GROUP BY r.phase");
    let sums = sums.all(|row| Ok((phase(row)?, count(row, 1)?, count(row, 2)?, count(row, 3)?)))?;
    let all: u64 = sums.iter().map(|(.., attempts)| attempts).sum();
    let quantiles = if all <= EXACT { sorted(slice)? } else { histogram(slice)? };
    let of = |phase: Phase, measure: &str| {
        let found = quantiles.iter().find(|(its, name, _)| *its == phase && *name == measure);
        found.map(|(.., quantiles)| *quantiles).unwrap_or_default()
    };
    let timed = sums.into_iter().filter(|(_, timed, ..)| *timed > 0);
    let phases = timed.map(|(phase, attempts, trusted, _)| {
        let [total, model, human, idle] = MEASURES.map(|measure| of(phase, measure));
        PhaseTimes { phase, attempts, trusted, total, model, human, idle }
    });
    Ok(by_phase(phases.collect(), |times| times.phase))
}

type Measured = Vec<(Phase, &'static str, Quantiles)>;

fn sorted(slice: &RollupQuery<'_>) -> Result<Measured, StoreError> {
    let rows = slice.measured_attempts("r.phase, r.duration_ms, r.model_ms, r.human_ms, r.idle_ms", "");
    let rows = rows.all(|row| {
        let [total, model, human, idle] = [1, 2, 3, 4].map(|at| row.get::<_, Option<i64>>(at));
        Ok((phase(row)?, [total?, model?, human?, idle?]))
    })?;
    let values = |phase: Phase, measure: usize| {
        let of = rows.iter().filter(move |(its, _)| *its == phase);
        of.filter_map(|(_, measures)| measures[measure]).map(i64::unsigned_abs).collect()
    };
    let phases: HashSet<Phase> = rows.iter().map(|(phase, _)| *phase).collect();
    let each = phases.iter().flat_map(|phase| (0..MEASURES.len()).map(|measure| (*phase, measure)));
    Ok(each.map(|(phase, measure)| (phase, MEASURES[measure], exact(values(phase, measure)))).collect())
}

fn histogram(slice: &RollupQuery<'_>) -> Result<Measured, StoreError> {
    let bounds = slice.bounds()?;
    // Added up here: SQLite would sort the rows first, and that took longer than reading them.
    let rows = slice.times("r.phase, r.measure, r.bucket, r.count", "").all(|row| {
        let measure = row.get_ref(1)?.as_str()?;
        let measure = MEASURES.iter().position(|name| *name == measure).ok_or(rusqlite::Error::InvalidQuery)?;
        Ok((phase(row)?, measure, usize::from(row.get::<_, u16>(2)?), row.get::<_, i64>(3)?))
    })?;
    let mut counts: HashMap<(Phase, usize), Vec<i64>> = HashMap::new();
    for (phase, measure, bucket, count) in rows {
        let counts = counts.entry((phase, measure)).or_insert_with(|| vec![0; bounds.len()]);
        *counts.get_mut(bucket).ok_or(rusqlite::Error::InvalidQuery)? += count;
    }
    let quantiles = |counts: &[i64]| {
        let highs = bounds.iter().skip(1).chain(bounds.last());
        let buckets = counts.iter().zip(bounds.iter().zip(highs));
        let buckets =
            buckets.map(|(count, (low, high))| Bucket { low: *low, high: *high, count: count.max(&0).unsigned_abs() });
        binned(&buckets.collect::<Vec<_>>())
    };
    Ok(counts.iter().map(|((phase, measure), counts)| (*phase, MEASURES[*measure], quantiles(counts))).collect())
}
