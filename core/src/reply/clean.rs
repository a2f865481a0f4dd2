//! Reads a reply as a file or a command gave it: without the thoughts that some models write before their answer, and, where it cannot
//! be read otherwise, without what a terminal obeys. It also sees to it that no text is changed without a word.

use super::source::Source;
use super::{Expect, Oddity, Reading, SectionState, Trailer, recover};
use crate::markdown::{fence, with_line_ends};
use std::borrow::Cow;

/// Around what stand the thoughts of a model, in small letters: how they begin, and how they end.
const THOUGHTS: [(&str, &str); 17] = [
    ("<think", "</think>"),
    ("<thinking", "</thinking>"),
    ("<thought", "</thought>"),
    ("<thoughts", "</thoughts>"),
    ("<thought_process", "</thought_process>"),
    ("<reasoning", "</reasoning>"),
    ("<reflection", "</reflection>"),
    ("<scratchpad", "</scratchpad>"),
    ("<inner_monologue", "</inner_monologue>"),
    ("<internal_monologue", "</internal_monologue>"),
    ("<antthinking", "</antthinking>"),
    ("<seed:think", "</seed:think>"),
    ("<|begin_of_thought|", "<|end_of_thought|>"),
    ("<|channel|>analysis<|message|", "<|end|>"),
    ("[think]", "[/think]"),
    ("◁think▷", "◁/think▷"),
    ("<unused94", "<unused95>"),
];
/// A cursor that moves on leaves blanks; nobody means more than a line of them.
const WIDTH: usize = 200;

/// Reads a reply as it was written.
pub(super) fn read(markdown: &str, expect: &Expect) -> Reading {
    let mut reading = best(&with_line_ends(markdown), expect);
    if reading.problem().is_some()
        && let Some(text) = without_codes(markdown)
    {
        let mut plain = best(&with_line_ends(&text), expect);
        if worth(&plain) > worth(&reading) {
            plain.note(Oddity::TerminalCodes);
            reading = plain;
        }
    }
    let written: Cow<'_, str> =
        if markdown.contains('\r') { markdown.replace("\r\n", "\n").into() } else { markdown.into() };
    if reading.sections.iter().any(|section| !written.contains(&section.text)) {
        reading.note(Oddity::Rendered);
    }
    reading
}

/// How good a reading is: complete before anything else, then the more whole sections the better.
fn worth(reading: &Reading) -> (bool, usize) {
    let whole = reading.sections.iter().filter(|section| section.state == SectionState::Ok);
    (reading.problem().is_none(), whole.count())
}

/// Reads a text without the thoughts in it.
fn best(text: &str, expect: &Expect) -> Reading {
    let of = |text: String| recover::read(&Source::of_markdown(text), expect);
    let answer = without_thoughts(text);
    let thought = answer.is_some();
    let answer = answer.unwrap_or_else(|| text.to_owned());
    let still_thinks = begins_with_thoughts(&answer);
    // Some prompts begin the thoughts themselves, so that a reply has nothing but their end.
    let parted = after_thoughts(&answer).map(|(before, after)| (before.to_owned(), after.to_owned()));
    let mut reading = of(answer);
    if thought {
        reading.note(Oddity::ThoughtsLeftOut);
    }
    if still_thinks && reading.trailer == Trailer::Proven {
        // What a model drafts it has not answered.
        reading.trailer = Trailer::Absent;
    }
    if let Some((before, after)) = parted {
        // A draft may be whole, and even say that it is proven.
        let drafted = reading.problem().is_none();
        let other = if drafted && of(before).problem().is_some() { None } else { Some(of(after)) };
        if let Some(mut other) = other.filter(|other| drafted || other.problem().is_none()) {
            other.note(Oddity::ThoughtsLeftOut);
            return other;
        }
    }
    reading
}

/// Whether thoughts begin it that have no end.
fn begins_with_thoughts(text: &str) -> bool {
    let small = text.trim_start().to_ascii_lowercase();
    THOUGHTS.iter().any(|(begin, end)| is_tag(&small, begin) && !small.contains(end))
}

/// The text without its thoughts, if it has any. What stands in a fence is not one.
fn without_thoughts(text: &str) -> Option<String> {
    // As long as the text, so that places are the same in both.
    let small = text.to_ascii_lowercase();
    let last = THOUGHTS.map(|(_, end)| small.rfind(end).unwrap_or(0));
    let mut out = String::new();
    let mut open: Option<(char, usize)> = None;
    let (mut kept, mut at) = (0, 0);
    while at < text.len() {
        let line = small[at..].split_inclusive('\n').next().unwrap_or_default();
        let bare = line.trim_start();
        let begins = THOUGHTS.iter().zip(last).find(|((begin, _), last)| *last > at && is_tag(bare, begin));
        let fence = fence(line.trim_end());
        match (open, fence, begins) {
            (None, None, Some(((_, end), _))) => {
                let begins = at + line.len() - bare.len();
                let ends = begins + small[begins..].find(end)? + end.len();
                out.push_str(&text[kept..begins]);
                out.push('\n');
                (kept, at) = (ends, ends);
                continue;
            }
            (None, Some((mark, run, _)), _) => open = Some((mark, run)),
            (Some((mark, run)), Some((its, length, "")), _) if its == mark && length >= run => open = None,
            _ => {}
        }
        at += line.len();
    }
    (kept > 0).then(|| out + &text[kept..])
}

fn is_tag(line: &str, begin: &str) -> bool {
    let closed = |rest: &str| begin.ends_with([']', '▷']) || rest.starts_with(['>', ' ', '/']);
    line.strip_prefix(begin).is_some_and(closed)
}

/// What stands before the end of thoughts that have no beginning, and what follows it.
fn after_thoughts(text: &str) -> Option<(&str, &str)> {
    let small = text.to_ascii_lowercase();
    let ends = THOUGHTS.iter().filter_map(|(_, end)| small.find(end).map(|at| at..at + end.len()));
    ends.min_by_key(|place| place.end).and_then(|place| Some((text.get(..place.start)?, text.get(place.end..)?)))
}

/// The text as a terminal shows it, if there is anything in it that a terminal obeys. A line that was written over is kept as a line.
fn without_codes(text: &str) -> Option<String> {
    let is_code = |ch: char| ch.is_control() && !matches!(ch, '\n' | '\r' | '\t');
    if !text.contains(is_code) {
        return None;
    }
    let mut out = String::with_capacity(text.len());
    let mut signs = text.chars().peekable();
    let mut blanks = text.len();
    while let Some(ch) = signs.next() {
        match ch {
            '\u{1b}' => match signs.next() {
                Some('[') => sequence(&mut signs, &mut out, &mut blanks),
                Some(']' | 'P' | 'X' | '^' | '_') => skip_string(&mut signs),
                Some(' '..='/') => {
                    while signs.next_if(|ch| matches!(ch, ' '..='/')).is_some() {}
                    signs.next();
                }
                Some('\n') => out.push('\n'),
                _ => {}
            },
            '\u{9b}' => sequence(&mut signs, &mut out, &mut blanks),
            '\u{90}' | '\u{98}' | '\u{9d}'..='\u{9f}' => skip_string(&mut signs),
            '\u{85}' => out.push('\n'),
            '\u{8}' => {
                if !out.ends_with('\n') {
                    out.pop();
                }
            }
            _ if is_code(ch) => {}
            _ => out.push(ch),
        }
    }
    Some(out)
}

type Signs<'a> = std::iter::Peekable<std::str::Chars<'a>>;

/// A control sequence: what moves the cursor to another line or over blanks leaves them, so many of these in all.
fn sequence(signs: &mut Signs<'_>, out: &mut String, blanks: &mut usize) {
    let mut number = String::new();
    while let Some(ch) = signs.next_if(|ch| matches!(ch, ' '..='?')) {
        number.push(ch);
    }
    let count = || number.parse().unwrap_or(1_usize);
    match signs.next_if(|ch| matches!(ch, '@'..='~')) {
        Some('C') => {
            let left = count().min(WIDTH).min(*blanks);
            *blanks -= left;
            out.extend(std::iter::repeat_n(' ', left));
        }
        Some('G') if count() != 1 => {}
        Some('K') if number != "2" => {}
        Some('E' | 'F' | 'G' | 'H' | 'f' | 'K') if !out.ends_with('\n') => out.push('\n'),
        _ => {}
    }
}

/// A string for the terminal, up to its end or that of the line.
fn skip_string(signs: &mut Signs<'_>) {
    while let Some(ch) = signs.next_if(|ch| *ch != '\n') {
        match ch {
            '\u{7}' | '\u{9c}' => return,
            '\u{1b}' => {
                signs.next_if_eq(&'\\');
                return;
            }
            _ => {}
        }
    }
}
