//! Figures drawn with letters: tables with bars, and lines of blocks. Letters alone, so a pipe and a terminal get the same.

use super::tables::{Cell, Table};
use crate::cli::print::safe;
use std::io::{self, Write};

/// How wide a bar is, in letters.
const BAR: usize = 16;
const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
/// The widest that a text may make its column, in letters.
const TEXT_MAX: usize = 48;
/// How much of a hash people see.
const HASH: usize = 12;

/// A table under its title.
pub(super) fn table(out: &mut dyn Write, table: &Table) -> io::Result<()> {
    writeln!(out, "{}", table.title)?;
    if table.rows.is_empty() {
        return writeln!(out, "  Nothing is recorded for this.");
    }
    let head: Vec<String> = table.head.iter().map(|(_, name)| (*name).to_owned()).collect();
    let rows: Vec<Vec<String>> = table.rows.iter().map(|row| row.iter().map(shown).collect()).collect();
    let width = |at: usize| rows.iter().chain([&head]).map(|row| letters(&row[at])).max().unwrap_or(0);
    let widths: Vec<usize> = (0..head.len()).map(width).collect();
    let is_number: Vec<bool> = table.rows[0].iter().map(|cell| matches!(cell, Cell::Number { .. })).collect();
    for row in std::iter::once(&head).chain(&rows) {
        let mut line = String::new();
        for ((cell, width), number) in row.iter().zip(&widths).zip(&is_number) {
            let gap = " ".repeat(width - letters(cell));
            line += "  ";
            line += &if *number { gap + cell } else { format!("{cell}{gap}") };
        }
        writeln!(out, "{}", line.trim_end())?;
    }
    table.notes.iter().try_for_each(|note| writeln!(out, "  {note}"))
}

fn shown(cell: &Cell) -> String {
    match cell {
        Cell::Text(text) if text.is_empty() => "(none)".to_owned(),
        Cell::Text(text) => {
            let line = safe(text.lines().next().unwrap_or_default()).replace('\t', " ");
            match line.char_indices().nth(TEXT_MAX) {
                Some((at, _)) => format!("{}…", &line[..at]),
                None => line,
            }
        }
        Cell::Hash(hash) => hash.chars().take(HASH).collect(),
        Cell::Number { shown, .. } => shown.clone(),
        Cell::Bar(share) => bar(*share),
    }
}

fn letters(text: &str) -> usize {
    text.chars().count()
}

/// A share of 0 to 1 as a bar.
fn bar(share: f64) -> String {
    let full = (0..BAR).filter(|at| share * 16.0 >= f64::from(u32::try_from(*at).unwrap_or(u32::MAX)) + 0.5).count();
    format!("{}{}", "█".repeat(full), "░".repeat(BAR - full))
}

/// A line of blocks, each as high as its value beside the highest.
pub(super) fn sparkline(values: &[f64]) -> String {
    let most = values.iter().copied().fold(0.0, f64::max);
    let block = |value: &f64| {
        let steps =
            (1..BLOCKS.len()).zip(1_u32..).filter(|(_, step)| most > 0.0 && value / most * 8.0 > f64::from(*step));
        BLOCKS[steps.count()]
    };
    values.iter().map(block).collect()
}

/// A time as people read it; a dash where nothing was measured.
pub(super) fn time(ms: Option<u64>) -> String {
    let tenths = |of: u64, unit: &str, ms: u64| {
        let tenths = (ms + of / 20) / (of / 10);
        format!("{}.{} {unit}", tenths / 10, tenths % 10)
    };
    match ms {
        None => "–".to_owned(),
        Some(ms @ ..59_950) => tenths(1_000, "s", ms),
        Some(ms @ ..3_597_000) => tenths(60_000, "min", ms),
        Some(ms) => tenths(3_600_000, "h", ms),
    }
}

/// A number with its thousands parted.
pub(super) fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let parted = digits.char_indices().flat_map(|(at, digit)| {
        let comma = (at > 0 && (digits.len() - at).is_multiple_of(3)).then_some(',');
        comma.into_iter().chain([digit])
    });
    parted.collect()
}

/// An amount in US dollars; what is less than a cent is not nothing.
pub(super) fn dollars(amount: f64) -> String {
    if amount > 0.0 && amount < 0.1 { format!("${amount:.4}") } else { format!("${amount:.2}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_drawn_as_they_are() {
        assert_eq!([0.0, 0.5, 1.0].map(bar), ["░".repeat(16), "█".repeat(8) + &"░".repeat(8), "█".repeat(16)]);
        assert_eq!(sparkline(&[0.0, 1.0, 4.0, 8.0]), "▁▁▄█");
        assert_eq!(sparkline(&[0.0, 0.0]), "▁▁");
        for (ms, said) in [
            (None, "–"),
            (Some(0), "0.0 s"),
            (Some(12_340), "12.3 s"),
            (Some(59_949), "59.9 s"),
            (Some(59_950), "1.0 min"),
            (Some(3_596_999), "59.9 min"),
            (Some(3_600_000), "1.0 h"),
            (Some(90 * 60_000), "1.5 h"),
        ] {
            assert_eq!(time(ms), said);
        }
        assert_eq!([0, 999, 1_000, 1_234_567].map(thousands), ["0", "999", "1,000", "1,234,567"]);
        assert_eq!([0.0, 0.0042, 0.1, 12.345].map(dollars), ["$0.00", "$0.0042", "$0.10", "$12.35"]);
    }
}
