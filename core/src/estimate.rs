//! What planning estimates: how complex a feature is and how long it takes, read out of the words of EXECUTION_NOTES.
//! A model's estimate is its opinion; it is kept to be compared with what it took.

use crate::event::{Complexity, Estimated};

/// A day of work has this many hours.
const DAY_HOURS: f64 = 8.0;
/// And a week so many of them.
const WEEK_DAYS: f64 = 5.0;
/// Two years of working days. Whatever is more is no estimate.
const MAX_MINUTES: f64 = 60.0 * DAY_HOURS * 500.0;
/// What a line must say before a number in it counts as the estimate; the surer words first.
const TIME: [&[&str]; 2] =
    [&["estimat", "schätz", "schaetz"], &["time", "effort", "duration", "zeit", "aufwand", "dauer"]];
/// Numbers in words.
const NUMBERS: [(&str, f64); 17] = [
    ("half an ", 0.5),
    ("half a ", 0.5),
    ("half ", 0.5),
    ("a half ", 0.5),
    ("one and a half ", 1.5),
    ("one ", 1.0),
    ("two ", 2.0),
    ("three ", 3.0),
    ("four ", 4.0),
    ("five ", 5.0),
    ("six ", 6.0),
    ("eight ", 8.0),
    ("ten ", 10.0),
    ("an ", 1.0),
    ("a ", 1.0),
    ("ein halber ", 0.5),
    ("eine halbe ", 0.5),
];
/// What may stand between a number and its unit.
const WORKING: [&str; 6] = ["working ", "work ", "business ", "full ", "person-", "developer-"];

/// The estimate in these notes, if they have one.
#[must_use]
pub fn estimate(notes: &str) -> Option<Estimated> {
    let lines: Vec<String> = notes
        .lines()
        .map(|line| line.to_lowercase().replace(['*', '_', '`'], ""))
        .filter(|line| !line.trim().is_empty())
        .collect();
    let says = |words: &[&str], line: &str| words.iter().any(|word| line.contains(word));
    let (low_minutes, high_minutes) = TIME.iter().find_map(|words| {
        let own = lines.iter().enumerate().filter(|(_, line)| says(words, line));
        own.into_iter().find_map(|(at, line)| {
            // A heading, and the time below it.
            let below = || lines.get(at + 1).filter(|_| line.trim_end().ends_with(':') || line.starts_with('#'));
            minutes(line).or_else(|| minutes(below()?))
        })
    })?;
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
    loop {
        // Not in a word, nor in a number that is none.
        let starts = |at: usize| {
            let before = rest[..at].trim_end_matches(['.', ',']);
            !rest[..at].ends_with(char::is_alphanumeric)
                && (before.len() == at || !before.ends_with(|ch: char| ch.is_ascii_digit()))
        };
        let is_number =
            |at: &usize| !rest[*at..].starts_with(['.', ',']) && starts(*at) && number(&rest[*at..]).is_some();
        let at = rest.char_indices().map(|(at, _)| at).find(is_number)?;
        let (low, after) = number(&rest[at..])?;
        // A hyphen, a dash or “to” makes a range of two numbers; each may have its unit.
        let (low_unit, joint) = unit(after).map_or((None, after), |(unit, after)| (Some(unit), after));
        let to = joint.trim_start();
        let joints = ["-", "–", "—", "to ", "and ", "or ", "bis "];
        let second = joints.iter().find_map(|joint| to.strip_prefix(joint)).map(str::trim_start);
        let second = second.and_then(number).and_then(|(high, after)| Some((high, unit(after)?.0)));
        let found = match (second, low_unit) {
            // “1 hour and 30 minutes” is a sum.
            (Some((high, high_unit)), Some(low_unit)) if to.starts_with("and ") && high_unit < low_unit => {
                Some((low * low_unit + high * high_unit, low * low_unit + high * high_unit))
            }
            (Some((high, high_unit)), low_unit) => Some((low * low_unit.unwrap_or(high_unit), high * high_unit)),
            (None, Some(low_unit)) => Some(low * low_unit + smaller(to, low_unit)).map(|sum| (sum, sum)),
            (None, None) => None,
        };
        if let Some((low, high)) = found {
            // Within the limit a minute fits well into 32 bits.
            return (low <= high && high <= MAX_MINUTES).then_some((low.round() as u32, high.round() as u32));
        }
        rest = after;
    }
}

/// The minutes of “1h 30m”: a number with a smaller unit right behind.
fn smaller(text: &str, than: f64) -> f64 {
    let more = number(text).and_then(|(number, after)| Some((number, unit(after)?.0)));
    more.filter(|(_, unit)| *unit < than).map_or(0.0, |(number, unit)| number * unit)
}

/// A number in digits, with a point or a comma before its parts, as a fraction, or in a word.
fn number(text: &str) -> Option<(f64, &str)> {
    if let Some((word, number)) = NUMBERS.iter().find(|(word, _)| text.starts_with(word)) {
        return Some((*number, &text[word.len()..]));
    }
    if let Some(rest) = text.strip_prefix('½') {
        return Some((0.5, rest));
    }
    let (value, after) = digits(text)?;
    if let Some(rest) = after.strip_prefix('½') {
        return Some((value + 0.5, rest));
    }
    match after.strip_prefix('/').and_then(digits).filter(|(below, _)| *below > 0.0) {
        Some((below, rest)) => Some((value / below, rest)),
        None => Some((value, after)),
    }
}

/// A number in digits.
fn digits(text: &str) -> Option<(f64, &str)> {
    text.starts_with(|ch: char| ch.is_ascii_digit()).then_some(())?;
    let end = text.find(|ch: char| !ch.is_ascii_digit() && !matches!(ch, '.' | ',')).unwrap_or(text.len());
    let digits = text[..end].trim_end_matches(['.', ',']);
    Some((digits.replace(',', ".").parse().ok()?, &text[digits.len()..]))
}

/// How many minutes the unit has that stands next.
fn unit(text: &str) -> Option<(f64, &str)> {
    let text = text.trim_start().trim_start_matches('-');
    let text = WORKING.iter().find_map(|word| text.strip_prefix(word)).unwrap_or(text);
    let end = text.find(|ch: char| !ch.is_ascii_alphabetic()).unwrap_or(text.len());
    let minutes = match &text[..end] {
        "m" | "min" | "mins" | "minute" | "minutes" | "minuten" => 1.0,
        "h" | "hr" | "hrs" | "hour" | "hours" | "std" | "stunde" | "stunden" => 60.0,
        "d" | "day" | "days" | "tag" | "tage" => 60.0 * DAY_HOURS,
        "w" | "wk" | "wks" | "week" | "weeks" | "woche" | "wochen" => 60.0 * DAY_HOURS * WEEK_DAYS,
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
            ("Estimated Time: [16-20 hours]", None, 960, 1_200),
            ("Estimated time: 2-3 days", None, 960, 1_440),
            ("Estimated time: ca. 45 min", None, 45, 45),
            ("Estimated time: 1.5h", None, 90, 90),
            ("Estimated time: 1,5 h", None, 90, 90),
            ("Estimated time: half a day", None, 240, 240),
            ("Estimated time: half an hour", None, 30, 30),
            ("Estimated time: a day", None, 480, 480),
            ("Estimated time: two to three hours", None, 120, 180),
            ("Estimated time: 1h 30m", None, 90, 90),
            ("Estimated time: 1 hour and 30 minutes", None, 90, 90),
            ("Estimated time: between 2 and 4 hours", None, 120, 240),
            ("Estimated time: 1/2 day", None, 240, 240),
            ("Estimated time: 2½ hours", None, 150, 150),
            ("Estimated time: 1-2 weeks", None, 2_400, 4_800),
            ("Estimated time: 3 working days", None, 1_440, 1_440),
            ("Estimated time: 8-hour day", None, 480, 480),
            ("Estimated time: 90 minutes – 2 hours", None, 90, 120),
            ("## Estimated Time\n\n16–20 hours", None, 960, 1_200),
            ("**Estimated Time:**\n- 16-20 hours", None, 960, 1_200),
            ("**Estimated** **Time**: 4h", None, 240, 240),
            ("Geschätzter Aufwand: 2 bis 3 Tage", None, 960, 1_440),
            ("Response time must stay below 5 minutes.\nEstimated time: 4 hours", None, 240, 240),
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
