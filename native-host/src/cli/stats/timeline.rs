//! One session over time: whose time each phase was, as a track of letters, and every event below.

use super::draw::time;
use crate::cli::print::safe;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use prompt_runner_core::phase::Phase;
use prompt_runner_core::stats::{Span, Timeline, Who};
use prompt_runner_core::status::phase_name;
use prompt_runner_core::words::{although, value};
use std::io::{self, Write};

/// How wide a track is, in letters.
const TRACK: usize = 48;
/// Who worked, in the order in which the later hides the earlier where they share a letter.
const WHO: [(Who, char, &str); 3] =
    [(Who::Idle, '·', "nobody"), (Who::Human, '▒', "you"), (Who::Model, '█', "the model")];

/// Draws the spans and lists the events, in the time zone of the machine.
pub(super) fn draw(out: &mut dyn Write, timeline: &Timeline) -> io::Result<()> {
    let spans = &timeline.spans;
    let ends = spans.iter().map(|span| span.from_ms).min().zip(spans.iter().map(|span| span.to_ms).max());
    if let Some((from, to)) = ends {
        writeln!(out)?;
        for view in &timeline.view.phases {
            let its: Vec<&Span> = spans.iter().filter(|span| span.phase == view.phase).collect();
            if its.is_empty() {
                continue;
            }
            let sums = WHO.iter().rev().filter_map(|(who, letter, name)| {
                let sum = its.iter().filter(|span| span.who == *who).map(|span| length(span)).sum::<u64>();
                (sum > 0).then(|| format!("{letter} {name} {}", time(Some(sum))))
            });
            writeln!(
                out,
                "  {:<15} {}  {}",
                english(view.phase),
                track(&its, from, to),
                sums.collect::<Vec<_>>().join(", ")
            )?;
        }
    }
    writeln!(out)?;
    for mark in &timeline.marks {
        let at = Timestamp::from_millisecond(mark.at_ms).map(|at| at.to_zoned(TimeZone::system()));
        let at = at.map_or(String::new(), |at| at.strftime("%Y-%m-%d %H:%M:%S").to_string());
        let phase = mark.phase.map(english).unwrap_or_default();
        writeln!(out, "{}", format!("  {at}  {:<20} {phase}", safe(&mark.kind)).trim_end())?;
        if let Some(although) = although(&mark.oddities) {
            writeln!(out, "      {although}")?;
        }
    }
    Ok(())
}

fn length(span: &Span) -> u64 {
    u64::try_from(span.to_ms.saturating_sub(span.from_ms)).unwrap_or(0)
}

/// The spans on a line of the whole session. What happened is seen, be it ever so short.
fn track(spans: &[&Span], from: i64, to: i64) -> String {
    let whole = i128::from(to - from).max(1);
    let last = TRACK - 1;
    let place = |ms: i64| usize::try_from(i128::from(ms - from) * (TRACK as i128) / whole).unwrap_or(0).min(last);
    let mut track = [' '; TRACK];
    for (who, letter, _) in WHO {
        for span in spans.iter().filter(|span| span.who == who) {
            let (first, end) = (place(span.from_ms), place(span.to_ms.saturating_sub(1).max(span.from_ms)));
            track[first..=end.max(first)].fill(letter);
        }
    }
    track.iter().collect()
}

fn english(phase: Phase) -> String {
    value(&phase_name(phase)).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_track_shows_whose_time_it_was() {
        let span = |who, from_ms, to_ms| Span { phase: Phase::PLANNING, who, from_ms, to_ms };
        let spans = [span(Who::Human, 0, 24), span(Who::Model, 24, 72), span(Who::Idle, 72, 96)];
        let all: Vec<&Span> = spans.iter().collect();
        assert_eq!(track(&all, 0, 96), "▒".repeat(12) + &"█".repeat(24) + &"·".repeat(12));
        let short = span(Who::Model, 0, 0);
        assert_eq!(track(&[&short], 0, 1_000_000).trim_end(), "█");
        assert_eq!(track(&[&span(Who::Idle, 5, 5)], 5, 5).chars().count(), TRACK);
    }
}
