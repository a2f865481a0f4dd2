//! When a usage limit ends, out of what the site says: a time stamp, a time of day, or a number of hours and minutes.
//! Sites word it as they like and in many languages, so not to understand it is ordinary, and the bar then says so.

use jiff::{Timestamp, ToSpan as _, Zoned, civil};

/// More than this of a page's text is not read, in characters.
const TEXT_MAX: usize = 1_000;

/// Milliseconds since 1970 at which the limit ends, by this clock and in its time zone.
pub(super) fn resets_ms(text: &str, now: &Zoned) -> Option<i64> {
    let text: String = text.chars().take(TEXT_MAX).collect::<String>().to_lowercase();
    let words: Vec<&str> = text.split(|ch: char| ch.is_whitespace() || "()[],;".contains(ch)).collect();
    let stamp = words.iter().find_map(|word| word.to_uppercase().parse::<Timestamp>().ok());
    let at = stamp.or_else(|| time_of_day(&words, now)).or_else(|| span(&words, now))?;
    Some(at.as_millisecond())
}

/// The next time that a clock on the wall shows this: `3:00 pm`, `3pm`, `15:30`.
fn time_of_day(words: &[&str], now: &Zoned) -> Option<Timestamp> {
    let time = words.iter().enumerate().find_map(|(at, word)| {
        let word = word.trim_end_matches('.');
        let digits = word.trim_end_matches(|ch: char| ch.is_ascii_alphabetic() || ch == '.');
        let suffix = if digits.len() < word.len() {
            &word[digits.len()..]
        } else {
            words.get(at + 1).copied().unwrap_or_default()
        };
        let half = match suffix.replace('.', "").as_str() {
            "am" => Some(0),
            "pm" => Some(12),
            _ => None,
        };
        let (hour, minute) = digits.split_once(':').or_else(|| half.map(|_| (digits, "0")))?;
        let (hour, minute): (i8, i8) = (hour.parse().ok()?, minute.parse().ok()?);
        let hour = match half {
            Some(half) if (1..=12).contains(&hour) => hour % 12 + half,
            Some(_) => return None,
            None => hour,
        };
        civil::Time::new(hour, minute, 0, 0).ok()
    })?;
    let today = now.with().time(time).build().ok()?;
    let next = if today > *now { today } else { today.checked_add(1.day()).ok()? };
    Some(next.timestamp())
}

/// So long from now: `2 hours`, `1 h 20 min`.
fn span(words: &[&str], now: &Zoned) -> Option<Timestamp> {
    let minutes = words.windows(2).filter_map(|pair| {
        let count: i64 = pair[0].parse().ok().filter(|count| (0..10_000).contains(count))?;
        match pair[1].trim_end_matches('.') {
            "h" | "hour" | "hours" => Some(count * 60),
            "min" | "minute" | "minutes" => Some(count),
            _ => None,
        }
    });
    let minutes: i64 = minutes.sum();
    (minutes > 0).then(|| now.timestamp().checked_add(minutes.minutes()).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_ends_when_the_site_says_so() {
        let now: Zoned = "2026-11-22T14:20:00+01:00[+01:00]".parse().unwrap();
        for (text, at) in [
            ("You are out of free messages until 3:00 PM", "2026-11-22T14:00:00Z"),
            ("Usage limit reached ∙ resets 2am", "2026-11-23T01:00:00Z"),
            ("limit reached. Resets at 12:30 a.m.", "2026-11-22T23:30:00Z"),
            ("Limit erreicht, wieder ab 15:45.", "2026-11-22T14:45:00Z"),
            ("2026-11-22T16:05:00.000Z", "2026-11-22T16:05:00Z"),
            ("Try again in 1 hour 20 minutes.", "2026-11-22T14:40:00Z"),
        ] {
            let at: Timestamp = at.parse().unwrap();
            assert_eq!(resets_ms(text, &now), Some(at.as_millisecond()), "{text}");
        }
        for text in
            ["", "You have 5 messages left", "25:99", "13 pm", "99999999999999999999 hours", "利用制限に達しました"]
        {
            assert_eq!(resets_ms(text, &now), None, "{text}");
        }
    }
}
