//! The rows of `cargo xtask faults` as one table for people.

use serde_json::Value;

const HEAD: [&str; 7] = ["promise", "what", "ran of promised", "lost", "doubled", "errors", "outcome"];

/// A line for each promise; a dash where something was not the question, or was not counted.
pub(super) fn of(rows: &[Value]) -> String {
    let mut lines = vec![HEAD.map(str::to_owned)];
    lines.extend(rows.iter().map(line));
    let width = |column: usize| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or_default();
    let widths: Vec<_> = (0..HEAD.len()).map(width).collect();
    let padded = |line: &[String; 7]| {
        let cells: Vec<_> = line.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
        cells.join("  ").trim_end().to_owned()
    };
    lines.iter().map(padded).collect::<Vec<_>>().join("\n")
}

fn line(row: &Value) -> [String; 7] {
    let text = |key: &str| row[key].as_str().unwrap_or_default().to_owned();
    let number = |key: &str| row[key].as_u64().map_or_else(|| "-".to_owned(), |number| number.to_string());
    let seconds = row["seconds"].as_f64().unwrap_or_default();
    let outcome = match row["kept"].as_bool() {
        Some(true) => format!("kept ({seconds:.0} s)"),
        Some(false) => format!("BROKEN ({seconds:.0} s)"),
        None => row["notes"][0].as_str().unwrap_or("not run").to_owned(),
    };
    let ran = match row["ran"].as_u64() {
        Some(ran) => format!("{ran} of {} {}", number("promised"), text("unit")),
        None => "-".to_owned(),
    };
    [text("promise"), text("what"), ran, number("lost"), number("doubled"), number("errors"), outcome]
}

#[cfg(test)]
mod tests {
    use super::of;
    use serde_json::json;

    #[test]
    fn what_ran_and_what_did_not_stand_side_by_side() {
        let rows = [
            json!({ "promise": "R1", "what": "kills", "ran": 200, "promised": 2000, "unit": "kills", "lost": 0, "doubled": 1,
                "errors": 0, "kept": false, "seconds": 3.4 }),
            json!({ "promise": "R10", "what": "fuzzing", "promised": 0, "notes": ["run by another"] }),
        ];
        let table = of(&rows);
        let lines: Vec<_> = table.lines().collect();
        assert_eq!(lines[1], "R1       kills    200 of 2000 kills  0     1        0       BROKEN (3 s)");
        assert_eq!(lines[2], "R10      fuzzing  -                  -     -        -       run by another");
    }
}
