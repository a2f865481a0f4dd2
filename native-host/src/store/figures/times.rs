//! How long phases take. Of up to 2,000 attempts the quantiles are exact, out of the attempts through an index; of more they come out of the
//! histogram, whose buckets are 9 % wide, and are interpolated within one.

use super::super::StoreError;
use super::query::Slice;
use super::{by_phase, count, phase};
use prompt_runner_core::phase::Phase;
use prompt_runner_core::sample::{Bucket, binned, exact};
use prompt_runner_core::stats::{PhaseTimes, Quantiles};

/// So many attempts are sorted within a few milliseconds.
const EXACT: u64 = 2_000;
/// What is measured, in the order of [`PhaseTimes`].
const MEASURES: [&str; 4] = ["total", "model", "human", "idle"];

pub(super) fn phases(slice: &Slice<'_>) -> Result<Vec<PhaseTimes>, StoreError> {
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

fn sorted(slice: &Slice<'_>) -> Result<Measured, StoreError> {
    let rows = slice.measured_attempts("r.phase, r.duration_ms, r.model_ms, r.human_ms, r.idle_ms", "");
    let rows = rows.all(|row| {
        let [total, model, human, idle] = [1, 2, 3, 4].map(|at| row.get::<_, Option<i64>>(at));
        Ok((phase(row)?, [total?, model?, human?, idle?]))
    })?;
    let values = |phase: Phase, measure: usize| {
        let of = rows.iter().filter(move |(its, _)| *its == phase);
        of.filter_map(|(_, measures)| measures[measure]).map(i64::unsigned_abs).collect()
    };
    let each = Phase::ALL.iter().flat_map(|phase| (0..MEASURES.len()).map(|measure| (*phase, measure)));
    Ok(each.map(|(phase, measure)| (phase, MEASURES[measure], exact(values(phase, measure)))).collect())
}

fn histogram(slice: &Slice<'_>) -> Result<Measured, StoreError> {
    let columns = "r.phase, r.measure, (SELECT low FROM bucket WHERE n = r.bucket),
        (SELECT low FROM bucket WHERE n = r.bucket + 1), sum(r.count)";
    let ending = "GROUP BY r.phase, r.measure, r.bucket HAVING sum(r.count) > 0 ORDER BY r.bucket";
    let rows = slice.times(columns, ending).all(|row| {
        let (low, high) = (row.get(2)?, row.get::<_, Option<f64>>(3)?);
        Ok((phase(row)?, row.get::<_, String>(1)?, Bucket { low, high: high.unwrap_or(low), count: count(row, 4)? }))
    })?;
    let buckets = |phase: Phase, measure: &str| {
        let of = rows.iter().filter(|(its, name, _)| *its == phase && name == measure);
        of.map(|(.., bucket)| *bucket).collect::<Vec<_>>()
    };
    let each = Phase::ALL.iter().flat_map(|phase| MEASURES.map(|measure| (*phase, measure)));
    Ok(each.map(|(phase, measure)| (phase, measure, binned(&buckets(phase, measure)))).collect())
}
