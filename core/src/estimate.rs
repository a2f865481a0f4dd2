//! What planning estimates: how complex a feature is and how long it takes, read out of the words of EXECUTION_NOTES.
//! A model's estimate is its opinion; it is kept to be compared with what it took.

use crate::event::{Complexity, Estimated};

/// A day of work has this many hours.
const DAY_HOURS: f64 = 8.0;
/// Two years of working days. Whatever is more is no estimate.
const MAX_MINUTES: f64 = 60.0 * DAY_HOURS * 500.0;
/// What a line must say before a number in it counts as the estimate.
const TIME: [&str; 4] = ["time", "effort", "duration", "estimate"];

/// The estimate in these notes, if they have one.
#[must_use]
pub fn estimate(notes: &str) -> Option<Estimated> {
    let lines: Vec<String> = notes.lines().map(str::to_lowercase).collect();
    let minutes =
        lines.iter().filter(|line| TIME.iter().any(|word| line.contains(word))).find_map(|line| minutes(line));
    let (low_minutes, high_minutes) = minutes?;
    Some(Estimated { complexity: lines.iter().find_map(|line| complexity(line)), low_minutes, high_minutes })
}

fn complexity(line: &str) -> Option<Complexity> {
    let (_, after) = line.split_once("complexity")?;
    let words = after.split(|ch: char| !ch.is_alphabetic()).filter(|word| !word.is_empty());
    words.take(3).find_map(|word| match word {
        "low" | "simple" => Some(Complexity::Low),
        "medium" | "moderate" => Some(Complexity::Medium),
        "high" | "complex" => Some(Complexity::High),
        _ => None,
    })
}

/// The first number or range of numbers with a unit of time after it, in whole minutes.
fn minutes(line: &str) -> Option<(u32, u32)> {
    let mut rest = line;
    while let Some(at) = rest.find(|ch: char| ch.is_ascii_digit()) {
        let (low, after) = number(&rest[at..])?;
        // A hyphen, a dash or “to” makes a range of two numbers; each may have its unit.
        let (low_unit, joint) = unit(after).map_or((None, after), |(unit, after)| (Some(unit), after));
        let to = joint.trim_start();
        let second = ["-", "–", "—", "to "].iter().find_map(|joint| to.strip_prefix(joint)).map(str::trim_start);
        let second = second.and_then(number).and_then(|(high, after)| Some((high, unit(after)?.0)));
        let found = match (second, low_unit) {
            (Some((high, high_unit)), low_unit) => Some((low * low_unit.unwrap_or(high_unit), high * high_unit)),
            (None, Some(low_unit)) => Some((low * low_unit, low * low_unit)),
            (None, None) => None,
        };
        if let Some((low, high)) = found {
            // Within the limit a minute fits well into 32 bits.
            return (low <= high && high <= MAX_MINUTES).then_some((low.round() as u32, high.round() as u32));
        }
        rest = after;
    }
    None
}

fn number(text: &str) -> Option<(f64, &str)> {
    let end = text.find(|ch: char| !ch.is_ascii_digit() && ch != '.').unwrap_or(text.len());
    Some((text[..end].trim_end_matches('.').parse().ok()?, &text[end..]))
}

/// How many minutes the unit has that stands next.
fn unit(text: &str) -> Option<(f64, &str)> {
    let text = text.trim_start();
    let end = text.find(|ch: char| !ch.is_ascii_alphabetic()).unwrap_or(text.len());
    let minutes = match &text[..end] {
        "m" | "min" | "mins" | "minute" | "minutes" => 1.0,
        "h" | "hr" | "hrs" | "hour" | "hours" => 60.0,
        "d" | "day" | "days" => 60.0 * DAY_HOURS,
        _ => return None,
    };
    Some((minutes, &text[end..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_estimate_is_read_as_people_write_it() {
        let cases: &[(&str, Option<Complexity>, u32, u32)] = &[
            ("Complexity: High\nEstimated Time: 16-20 hours", Some(Complexity::High), 960, 1_200),
            ("- **Complexity:** Medium\n- **Estimated time:** ~2 h", Some(Complexity::Medium), 120, 120),
            ("Effort: 30 min", None, 30, 30),
            ("Estimate: 1-2 days", None, 480, 960),
            ("Estimated effort: 1.5 – 3 hours (low complexity)", None, 90, 180),
            ("Complexity - low\nDuration: 45 minutes to 2 hours", Some(Complexity::Low), 45, 120),
            ("Estimated time for 3 files: 4 hours", None, 240, 240),
            ("Complexity: simple. Time: 2 to 4 hrs.", Some(Complexity::Low), 120, 240),
        ];
        for (notes, complexity, low_minutes, high_minutes) in cases {
            let expected =
                Estimated { complexity: *complexity, low_minutes: *low_minutes, high_minutes: *high_minutes };
            assert_eq!(estimate(notes), Some(expected), "{notes}");
        }
    }

    #[test]
    fn what_is_no_estimate_is_none() {
        for notes in [
            "",
            "Complexity: High",
            "Run it within 5 minutes.",
            "Estimated time: soon",
            "Estimated time: 99999999999999999999 days",
            "Estimated time: 5-3 hours",
            "Time: 1.2.3 hours",
            "Timeout 30",
        ] {
            assert_eq!(estimate(notes), None, "{notes}");
        }
    }
}
