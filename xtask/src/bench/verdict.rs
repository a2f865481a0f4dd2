//! From samples to a figure: medians, the ratio to the yardstick with its 95 % interval, and whether the goal is met. A goal is met
//! when the whole interval is on its good side.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// How often the samples are drawn anew for the interval.
const DRAWS: usize = 2_000;

/// What a bench prints: ours and its yardstick, taken in turns, so that the n-th of one belongs to the n-th of the other.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Samples {
    /// Such as `P11`.
    goal: String,
    what: String,
    unit: String,
    ours: Vec<f64>,
    /// What ours is measured against; empty where the goal is a plain number.
    #[serde(default)]
    yardstick: Vec<f64>,
    /// Ours may be so many times the yardstick, or so much in all where there is none; left out where there is no goal.
    most: Option<f64>,
    /// And so much more, in the unit.
    #[serde(default)]
    spare: f64,
    /// What has to be known with it.
    #[serde(default)]
    note: String,
}

#[derive(Debug, Serialize)]
pub(super) struct Figure {
    bench: String,
    goal: String,
    what: String,
    unit: String,
    figure: f64,
    yardstick: Option<f64>,
    ratio: Option<f64>,
    /// Of the ratio, or of the figure where there is no yardstick.
    interval: Option<(f64, f64)>,
    most: Option<f64>,
    spare: f64,
    met: Option<bool>,
    n: usize,
    pub(super) load: Option<f64>,
    note: String,
}

impl Figure {
    pub(super) fn of(bench: &str, samples: Samples, load: Option<f64>) -> Self {
        let Samples { goal, what, unit, ours, yardstick, most, spare, note } = samples;
        let (figure, beside) = (median(&ours), (!yardstick.is_empty()).then(|| median(&yardstick)));
        let ratio = |ours: f64, beside: f64| (beside > 0.0).then(|| ours / beside);
        // What is left until the line; below zero is beyond it.
        let room =
            |ours: f64, beside: Option<f64>| most.map(|most| beside.map_or(most, |one| most * one) + spare - ours);
        let mut draws = Draws::default();
        let drawn: Vec<(f64, Option<f64>)> =
            (0..if ours.len() > 1 { DRAWS } else { 1 }).map(|_| draws.medians(&ours, &yardstick)).collect();
        let worst = (drawn.iter().filter_map(|&(ours, beside)| room(ours, beside)).collect::<Vec<_>>(), 0.05);
        let interval = (ours.len() > 1).then(|| {
            let of = |&(ours, beside): &(f64, Option<f64>)| beside.map_or(Some(ours), |beside| ratio(ours, beside));
            let found: Vec<f64> = drawn.iter().filter_map(of).collect();
            (quantile(&found, 0.025), quantile(&found, 0.975))
        });
        Self {
            bench: bench.to_owned(),
            n: ours.len(),
            ratio: beside.and_then(|beside| ratio(figure, beside)),
            met: most.map(|_| quantile(&worst.0, worst.1) >= 0.0),
            yardstick: beside,
            interval: interval.filter(|(low, high)| low.is_finite() && high.is_finite()),
            goal,
            what,
            unit,
            figure,
            most,
            spare,
            load,
            note,
        }
    }

    pub(super) fn json(&self) -> Value {
        json!(self)
    }

    /// As people read it.
    pub(super) fn line(&self) -> String {
        let met = match self.met {
            Some(true) => "met",
            Some(false) => "NOT met",
            None => "",
        };
        let ratio = self.ratio.map_or_else(String::new, |ratio| format!("{ratio:.2}x"));
        let interval =
            self.interval.map_or_else(String::new, |(low, high)| format!("[{}, {}]", short(low), short(high)));
        let goal = self.most.map_or_else(String::new, |most| {
            let times = if self.yardstick.is_some() { "x" } else { "" };
            let more = if self.spare > 0.0 { format!(" + {}", short(self.spare)) } else { String::new() };
            format!("<= {}{times}{more}", short(most))
        });
        let beside = self.yardstick.map_or_else(String::new, |beside| format!(" / {}", short(beside)));
        let figure = format!("{}{beside} {}", short(self.figure), self.unit);
        let note = if self.note.is_empty() { String::new() } else { format!("  ({})", self.note) };
        format!(
            "{:<4} {:<58} {figure:<24} {ratio:>8} {interval:<16} {goal:<12} n={:<4} {met}{note}",
            self.goal, self.what, self.n
        )
    }
}

fn short(value: f64) -> String {
    let digits = match value.abs() {
        0.0 => 0,
        size if size < 0.1 => 4,
        size if size < 10.0 => 2,
        size if size < 1_000.0 => 1,
        _ => 0,
    };
    format!("{value:.digits$}")
}

fn median(values: &[f64]) -> f64 {
    quantile(values, 0.5)
}

/// By nearest rank; not a number where there is nothing.
fn quantile(values: &[f64], share: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a rank is small and not negative")]
    let rank = (sorted.len() as f64 * share).ceil() as usize;
    sorted.get(rank.saturating_sub(1)).copied().unwrap_or(f64::NAN)
}

/// Numbers that are the same in each run: the interval is of the samples, and not of luck.
struct Draws(u64);

impl Default for Draws {
    fn default() -> Self {
        Self(0x9e37_79b9_7f4a_7c15)
    }
}

impl Draws {
    fn next(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % below.max(1) as u64).unwrap_or_default()
    }

    /// The medians of as many samples, drawn with replacement; a pair stays a pair.
    fn medians(&mut self, ours: &[f64], beside: &[f64]) -> (f64, Option<f64>) {
        let at: Vec<usize> = ours.iter().map(|_| self.next(ours.len())).collect();
        let of = |values: &[f64]| median(&at.iter().filter_map(|at| values.get(*at).copied()).collect::<Vec<_>>());
        (of(ours), (!beside.is_empty()).then(|| of(beside)))
    }
}

#[cfg(test)]
mod tests {
    use super::{Figure, Samples};

    fn figure(ours: &[f64], yardstick: &[f64], most: f64, spare: f64) -> Figure {
        let samples = Samples {
            goal: "P0".into(),
            what: String::new(),
            unit: "ms".into(),
            ours: ours.to_vec(),
            yardstick: yardstick.to_vec(),
            most: Some(most),
            spare,
            note: String::new(),
        };
        Figure::of("test", samples, None)
    }

    #[test]
    fn a_goal_is_met_when_the_whole_interval_is_below_the_line() {
        for (ours, yardstick, most, spare, met) in [
            (&[1.0, 1.1, 1.0][..], &[1.0, 1.0, 1.0][..], 1.2, 0.0, true),
            (&[1.3, 1.4, 1.3], &[1.0, 1.0, 1.0], 1.2, 0.0, false),
            // The median would do; its interval would not.
            (&[1.0, 1.0, 9.0], &[1.0, 1.0, 1.0], 1.2, 0.0, false),
            (&[1.3, 1.4, 1.3], &[1.0, 1.0, 1.0], 1.2, 0.3, true),
            (&[7.0], &[], 7.0, 0.0, true),
            (&[8.0], &[], 7.0, 0.0, false),
            // A yardstick that costs nothing leaves no ratio, and the spare decides.
            (&[0.04, 0.04, 0.03], &[0.0, 0.0, 0.0], 1.5, 0.05, true),
        ] {
            let figure = figure(ours, yardstick, most, spare);
            assert_eq!(figure.met, Some(met), "{figure:?}");
        }
    }

    #[test]
    fn a_busy_moment_slows_both_of_a_pair_and_leaves_their_ratio() {
        let figure = figure(&[2.0, 20.0, 2.0, 18.0], &[1.0, 10.0, 1.0, 9.0], 2.0, 0.0);
        assert_eq!((figure.ratio, figure.met), (Some(2.0), Some(true)), "{figure:?}");
    }
}
