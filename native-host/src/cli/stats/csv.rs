//! Figures as CSV (RFC 4180): lines end in CR LF, and a field is quoted where it has to be. Names in it were written by others, and a
//! spreadsheet takes some texts for formulas, so those get an apostrophe in front; a number is always a number.

use super::tables::{Cell, Table};
use crate::cli::print;
use std::io::{self, Write};

/// With what a text begins that a spreadsheet may carry out.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// A table, its head first. Bars are for people.
pub(super) fn write(out: &mut dyn Write, table: &Table) -> io::Result<()> {
    let names: Vec<String> =
        table.head.iter().map(|(name, _)| *name).filter(|name| !name.is_empty()).map(field).collect();
    write!(out, "{}\r\n", names.join(","))?;
    for row in &table.rows {
        let fields: Vec<String> = row
            .iter()
            .filter_map(|cell| match cell {
                Cell::Text(text) | Cell::Hash(text) => Some(field(&print::shown(&harmless(text)))),
                Cell::Number { exact, .. } => Some(exact.clone()),
                Cell::Bar(_) => None,
            })
            .collect();
        write!(out, "{}\r\n", fields.join(","))?;
    }
    Ok(())
}

fn harmless(text: &str) -> String {
    if text.starts_with(FORMULA) || text.starts_with('\n') { format!("'{text}") } else { text.to_owned() }
}

fn field(text: &str) -> String {
    if text.contains([',', '"', '\r', '\n']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_quoted_where_it_must_be_and_commands_no_spreadsheet() {
        let row = |name: &str| {
            vec![Cell::Text(name.to_owned()), Cell::Bar(0.5), Cell::Number { exact: "-1".into(), shown: "≈1".into() }]
        };
        let rows = ["main", "a,b", "say \"hi\"", "=cmd|' /C calc'!A0", "-1", "@x", "two\nlines"].map(row).into();
        let table = Table {
            title: "Branches",
            head: &[("branch", "Branch"), ("", ""), ("count", "Count")],
            rows,
            notes: Vec::new(),
        };
        let mut out = Vec::new();
        write(&mut out, &table).unwrap();
        let expected = [
            "branch,count",
            "main,-1",
            "\"a,b\",-1",
            "\"say \"\"hi\"\"\",-1",
            "'=cmd|' /C calc'!A0,-1",
            "'-1,-1",
            "'@x,-1",
            "\"two\nlines\",-1",
            "",
        ];
        assert_eq!(String::from_utf8(out).unwrap(), expected.join("\r\n"));
    }
}
