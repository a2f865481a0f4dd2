//! Figures as CSV (RFC 4180): lines end in CR LF, and a field is quoted where it has to be. Names in it were written by others, and a
//! spreadsheet takes some texts for formulas, so those get an apostrophe in front; a number is always a number.

use super::tables::{Cell, Table};
use crate::cli::print;
use runner::terminal::is_unseen;
use std::io::{self, Write};

/// With what a formula begins, also in its wide and small forms, which some spreadsheets take for the same.
const FORMULA: [char; 13] = ['=', '+', '-', '@', '＝', '＋', '－', '＠', '﹦', '﹢', '﹣', '﹫', '−'];
/// What some spreadsheets take for the end of a cell, whatever stands around it.
const PARTS: [char; 5] = [';', '\t', '\r', '\n', '；'];

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

/// A spreadsheet passes over blanks, quotes and what is not seen before a formula, and may find one in the middle of a text.
fn harmless(text: &str) -> String {
    let before = |ch: char| ch.is_whitespace() || is_unseen(ch) || matches!(ch, '"' | '\'');
    let mut safe = String::with_capacity(text.len() + 1);
    for part in text.split_inclusive(PARTS) {
        let begins = part.trim_start_matches(before).starts_with(FORMULA);
        if begins || safe.is_empty() && part.starts_with(PARTS) {
            safe.push('\'');
        }
        safe.push_str(part);
    }
    safe
}

fn field(text: &str) -> String {
    if text.contains([',', '"', ';', '；', '\t', '\r', '\n']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(names: &[&str]) -> String {
        let row = |name: &&str| {
            vec![Cell::Text((*name).into()), Cell::Bar(0.5), Cell::Number { exact: "-1".into(), shown: "≈1".into() }]
        };
        let rows = names.iter().map(row).collect();
        let head = &[("branch", "Branch"), ("", ""), ("count", "Count")];
        let mut out = Vec::new();
        write(&mut out, &Table { title: "Branches", head, rows, notes: Vec::new() }).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_text_is_quoted_where_it_must_be() {
        let names = ["main", "a,b", "say \"hi\"", "two\nlines", "a;b", "50% of a|b", "a-b=c@d+e", "it's"];
        let expected = [
            "branch,count",
            "main,-1",
            "\"a,b\",-1",
            "\"say \"\"hi\"\"\",-1",
            "\"two\nlines\",-1",
            "\"a;b\",-1",
            "50% of a|b,-1",
            "a-b=c@d+e,-1",
            "it's,-1",
            "",
        ];
        assert_eq!(written(&names), expected.join("\r\n"));
    }

    #[test]
    fn a_text_commands_no_spreadsheet() {
        for (name, field) in [
            ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
            ("-1", "'-1"),
            ("@x", "'@x"),
            ("＝1+1", "'＝1+1"),
            ("＋1", "'＋1"),
            ("－1", "'－1"),
            ("＠x", "'＠x"),
            ("﹦1", "'﹦1"),
            ("−1", "'−1"),
            (" =1", "' =1"),
            ("\u{a0}\u{3000}=1", "'\u{a0}\u{3000}=1"),
            ("\u{200b}=1", "'\u{200b}=1"),
            ("\u{feff}+1", "'\u{feff}+1"),
            ("\u{0}=1", "'\u{0}=1"),
            ("\"=1", "\"'\"\"=1\""),
            ("'=1", "''=1"),
            (";=1", "\"';'=1\""),
            ("；=1", "\"'；'=1\""),
            ("a;=1", "\"a;'=1\""),
            ("a; =1", "\"a;' =1\""),
            ("a\t=1", "\"a\t'=1\""),
            ("a\r=1", "\"a\r'=1\""),
            ("a\n@x", "\"a\n'@x\""),
            ("\tx", "\"'\tx\""),
            ("\rx", "\"'\rx\""),
            ("\nx", "\"'\nx\""),
        ] {
            assert_eq!(written(&[name]), format!("branch,count\r\n{field},-1\r\n"), "{name:?}");
        }
    }
}
