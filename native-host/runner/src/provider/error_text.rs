//! What a stranger said, fit to stand in a sentence of ours: one line, not long, nothing that commands a terminal, and no key.

use super::key::Key;
use crate::terminal::is_unseen;

/// How much of it is repeated.
const LETTERS: usize = 300;

/// The beginning of a text. A server may quote the key that it did not like.
pub(super) fn error_text(text: &str, key: Option<&Key>) -> String {
    let text = line(&key.map_or_else(|| text.to_owned(), |key| key.taken_out_of(text)));
    match text.char_indices().nth(LETTERS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// The same as a sentence.
pub(super) fn sentence(text: &str, key: Option<&Key>) -> String {
    let text = error_text(text, key);
    if text.is_empty() {
        return "It does not say why.".into();
    }
    if text.ends_with(['.', '!', '?', '…']) { text } else { format!("{text}.") }
}

/// A text as one line, without what is not for reading.
pub(super) fn line(text: &str) -> String {
    text.split(|ch: char| ch.is_whitespace() || is_unseen(ch))
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_repeated_is_one_harmless_line() {
        let long = "ü".repeat(400);
        let cut = format!("{}…", "ü".repeat(300));
        for (text, repeated) in [
            ("plain", "plain."),
            ("two\r\n  lines\t", "two lines."),
            ("\u{1b}[31mred\u{7}\u{202e}\u{200e}\u{200f}\u{61c}\u{2066}", "[31mred."),
            ("Done!", "Done!"),
            ("", "It does not say why."),
            (&long, &cut),
        ] {
            assert_eq!(sentence(text, None), repeated, "{text:?}");
        }
    }

    #[test]
    fn a_key_is_not_repeated_even_where_the_cut_would_part_it() {
        let key = Key::new("sk-secret-0123456789").unwrap();
        let text = format!("{}sk-secret-0123456789 is wrong", "x".repeat(290));
        let repeated = error_text(&text, Some(&key));
        assert!(!repeated.contains("sk-"), "{repeated}");
    }
}
