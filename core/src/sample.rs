//! What a sample says: quantiles of durations, exact or out of a histogram, and how sure a share of successes is.

use crate::stats::Quantiles;

/// The 95 % point of the normal distribution, both tails.
const Z: f64 = 1.959_963_984_540_054;

/// A bucket of a histogram.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bucket {
    /// Where it begins.
    pub low: f64,
    /// Where the next one begins.
    pub high: f64,
    /// How many are in it.
    pub count: u64,
}

/// The place of a quantile, from 1: the nearest rank, so it is always a value that was measured.
const fn rank(count: u64, tenths: u64) -> u64 {
    (count * tenths).div_ceil(10)
}

/// Median and 90th percentile of these durations, by nearest rank.
#[must_use]
pub fn exact(mut values: Vec<u64>) -> Quantiles {
    values.sort_unstable();
    let at = |tenths| {
        let place = usize::try_from(rank(values.len() as u64, tenths)).ok()?;
        values.get(place.checked_sub(1)?).copied()
    };
    Quantiles { median_ms: at(5), p90_ms: at(9) }
}

/// The same out of a histogram whose buckets are in order. Within a bucket the values are taken to lie evenly, so the error is less
/// than the bucket is wide.
#[must_use]
pub fn binned(buckets: &[Bucket]) -> Quantiles {
    let total: u64 = buckets.iter().map(|bucket| bucket.count).sum();
    let at = |tenths| {
        let rank = rank(total, tenths);
        let mut before = 0;
        let bucket = buckets.iter().find(|bucket| {
            before += bucket.count;
            before >= rank && bucket.count > 0
        })?;
        let inside = (rank + bucket.count - before) as f64 - 0.5;
        let value = bucket.low + (bucket.high - bucket.low) * inside / bucket.count as f64;
        // A duration is far below 2^53, where floats are whole.
        Some(value.round() as u64)
    };
    Quantiles { median_ms: at(5), p90_ms: at(9) }
}

/// The 95 % interval of Wilson (1927) for a share: unlike the usual one it stays within 0 and 1, and is honest about small samples.
#[must_use]
pub fn wilson(good: u64, of: u64) -> (f64, f64) {
    if of == 0 {
        return (0.0, 1.0);
    }
    let (n, share) = (of as f64, good as f64 / of as f64);
    let centre = share + Z * Z / (2.0 * n);
    let spread = Z * (share * (1.0 - share) / n + Z * Z / (4.0 * n * n)).sqrt();
    let scale = 1.0 + Z * Z / n;
    (((centre - spread) / scale).max(0.0), ((centre + spread) / scale).min(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quantiles(median: u64, p90: u64) -> Quantiles {
        Quantiles { median_ms: Some(median), p90_ms: Some(p90) }
    }

    #[test]
    fn quantiles_are_values_that_were_measured() {
        assert_eq!(exact(Vec::new()), Quantiles::default());
        assert_eq!(exact(vec![7]), quantiles(7, 7));
        assert_eq!(exact((1..=10).rev().collect()), quantiles(5, 9));
        assert_eq!(exact((1..=11).collect()), quantiles(6, 10));
    }

    #[test]
    fn a_histogram_gives_them_to_the_width_of_a_bucket() {
        assert_eq!(binned(&[]), Quantiles::default());
        // Rank 5 of 10 is the fifth of eight in the first bucket: 100 + 8 * 4.5 / 8. Rank 9 is the first of two: 108 + 10 * 0.5 / 2.
        let buckets = [Bucket { low: 100.0, high: 108.0, count: 8 }, Bucket { low: 108.0, high: 118.0, count: 2 }];
        assert_eq!(binned(&buckets), quantiles(105, 111));
    }

    /// Newcombe, Statistics in Medicine 17 (1998), table I: 81 of 263, 15 of 148, 0 of 20 and 1 of 29.
    #[test]
    fn the_interval_is_that_of_the_literature() {
        for (good, of, low, high) in
            [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)]
        {
            let (its_low, its_high) = wilson(good, of);
            assert!(
                (its_low - low).abs() < 5e-5 && (its_high - high).abs() < 5e-5,
                "{good} of {of}: {its_low} {its_high}"
            );
        }
        assert_eq!(wilson(0, 0), (0.0, 1.0));
    }
}
