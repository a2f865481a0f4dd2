//! What a terminal may get of texts that others wrote. A terminal obeys some characters, turns the direction of what follows others, and
//! shows nothing at all for more of them; a person has judged only what could be seen. So all of these become visible, on every way out:
//! results, words beside them, wrong words of a command, and the last words of a program that breaks.

pub use prompt_runner_core::unseen::is_unseen;

use std::borrow::Cow;
use std::io::{self, Write};

/// What we write ourselves: a colour, and its end.
const OURS: [&str; 4] = ["\u{1b}[31m", "\u{1b}[32m", "\u{1b}[33m", "\u{1b}[0m"];

/// A text that is seen as what it is.
#[must_use]
pub fn safe(text: &str) -> Cow<'_, str> {
    if text.contains(is_unseen) { Cow::Owned(spelled(text, by_number)) } else { Cow::Borrowed(text) }
}

fn spelled(text: &str, unseen: fn(char, &mut String)) -> String {
    let mut seen = String::with_capacity(text.len() + 64);
    for ch in text.chars() {
        if is_unseen(ch) { unseen(ch, &mut seen) } else { seen.push(ch) }
    }
    seen
}

fn by_number(ch: char, seen: &mut String) {
    seen.extend(ch.escape_unicode());
}

/// As JSON spells it: it stays the same text.
fn in_json(ch: char, seen: &mut String) {
    for unit in ch.encode_utf16(&mut [0; 2]) {
        seen.push_str(&format!("\\u{unit:04x}"));
    }
}

/// Says something on standard error. Nobody may be listening, which is no fault.
pub fn notify(words: &str) {
    let _ = writeln!(io::stderr(), "{}", safe(words));
}

/// Has a program that breaks say why in the same way: its last words may quote a text of others.
pub fn guard_last_words(program: &'static str) {
    std::panic::set_hook(Box::new(move |last| notify(&format!("{program}: this is a fault of the program: {last}"))));
}

/// Standard output, and whether anything was written to it. Into a pipe or a file goes every byte; a terminal gets what is seen.
#[derive(Debug)]
pub struct Output<W> {
    /// Where it goes.
    pub out: W,
    /// Whether anything was written.
    pub anything: bool,
    /// Whether that is a terminal.
    pub terminal: bool,
    /// Whether all of it is JSON.
    pub json: bool,
}

impl<W: Write> Output<W> {
    /// The net under all that is judged where it is printed: colours of ours pass, and a line end of CSV.
    fn seen(&self, mut text: &str) -> String {
        let unseen = if self.json { in_json } else { by_number };
        let mut seen = String::with_capacity(text.len());
        while let Some(at) = text.find(is_unseen) {
            let (before, rest) = text.split_at(at);
            seen.push_str(before);
            let ours = OURS.iter().copied().chain(["\r\n"]).find(|ours| !self.json && rest.starts_with(ours));
            let length = ours.map_or_else(|| rest.chars().next().map_or(0, char::len_utf8), str::len);
            let (this, rest) = rest.split_at(length);
            seen.push_str(&if ours.is_some() { this.to_owned() } else { spelled(this, unseen) });
            text = rest;
        }
        seen + text
    }
}

impl<W: Write> Write for Output<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.anything |= !bytes.is_empty();
        if !self.terminal {
            return self.out.write(bytes);
        }
        // Who prints text prints whole letters of it; what is none is not for a terminal.
        self.out.write_all(self.seen(&String::from_utf8_lossy(bytes)).as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &[u8], terminal: bool, json: bool) -> Vec<u8> {
        let mut told = Output { out: Vec::new(), anything: false, terminal, json };
        told.write_all(text).unwrap();
        told.out
    }

    #[test]
    fn what_is_not_seen_is_spelled_and_everything_else_is_left() {
        for seen in ["a\tb\nc", "ü 漢字 🦀 ⚠\u{fe0f} ✔\u{fe0e}", "שלום عربى", "e\u{301}", "\u{a0}\u{3000}"]
        {
            assert_eq!(safe(seen), seen);
        }
        let unseen = "\0\u{1b}\r\u{7f}\u{85}\u{9b}\u{9d}\u{ad}\u{34f}\u{61c}\u{115f}\u{180e}\u{200b}\u{200c}\u{200d}\u{200e}\u{200f}\
                      \u{2028}\u{2029}\u{202a}\u{202e}\u{2060}\u{2063}\u{2066}\u{2069}\u{206f}\u{3164}\u{fe00}\u{feff}\u{fff9}\u{1d173}\
                      \u{e0001}\u{e0041}\u{e007f}\u{e0100}";
        for ch in unseen.chars() {
            assert_eq!(safe(&format!("a{ch}b")), format!("a{}b", ch.escape_unicode()));
        }
    }

    #[test]
    fn a_pipe_gets_every_byte_and_a_terminal_gets_colours_of_ours_alone() {
        let raw = b"\x1b[31mred\x1b[0m \x1b[2J\x1b]52;c;eA==\x07 \xe2\x80\x8f\xff,\r\n\r";
        assert_eq!(told(raw, false, false), raw);
        let seen = told(raw, true, false);
        let expected = "\u{1b}[31mred\u{1b}[0m \\u{1b}[2J\\u{1b}]52;c;eA==\\u{7} \\u{200f}\u{fffd},\r\n\\u{d}";
        assert_eq!(String::from_utf8(seen).unwrap(), expected);
    }

    #[test]
    fn json_on_a_terminal_is_the_same_json() {
        let text = "\u{1b}[31m\u{9b}\u{61c}\u{200b}\u{e0041}\u{1d173}é";
        let json = serde_json::to_string(text).unwrap();
        let seen = String::from_utf8(told(json.as_bytes(), true, true)).unwrap();
        assert!(!seen.contains(is_unseen), "{seen}");
        assert_eq!(serde_json::from_str::<String>(&seen).unwrap(), text);
    }
}
