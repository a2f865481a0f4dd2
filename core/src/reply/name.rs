//! What in a reply begins a section: a heading with its name, or what a model writes in place of one.

use crate::block::Block;
use crate::name::Name;
use crate::parted::{holds, pieces};

/// No name with all that may stand around it is longer, and paragraphs are.
const LONGEST: usize = 160;
/// Beyond the six levels of headings: a line that is marked as one, and a line that is not.
const MARKED: u8 = 7;
const PLAIN: u8 = 8;

/// What stands before the number of a section, in some languages.
const COUNTED: [&str; 16] = [
    "SECTION",
    "PART",
    "PHASE",
    "STEP",
    "CHAPTER",
    "ITEM",
    "NO",
    "NR",
    "NUMBER",
    "ABSCHNITT",
    "TEIL",
    "SCHRITT",
    "KAPITEL",
    "PARTIE",
    "PARTE",
    "ETAPE",
];
/// What stands between a number and how many there are.
const OF: [&str; 5] = ["OF", "VON", "DE", "SUR", "DI"];

/// A block that begins a section.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Start {
    /// The section.
    pub(super) name: Name,
    /// It is written as the contract asks.
    pub(super) exact: bool,
    /// Its name stands there in capitals, as the contract has it.
    pub(super) capital: bool,
    /// 1 to 6 for a heading; a bold or numbered line and a plain one are deeper.
    pub(super) level: u8,
}

impl Start {
    /// Whether a heading was meant to be one.
    pub(super) const fn is_heading(self) -> bool {
        self.level < MARKED
    }
}

/// A name that was found in a text.
#[derive(Clone, Copy)]
struct Found {
    name: Name,
    capital: bool,
    /// Other words stand beside it: what it means in another language.
    glossed: bool,
}

/// The section that this block begins, and whether it is written as the contract asks.
#[cfg(feature = "native")]
pub(crate) fn section_start(block: &Block, names: &[Name]) -> Option<(Name, bool)> {
    start(block, names).map(|start| (start.name, start.exact))
}

/// The section that this block begins.
pub(super) fn start(block: &Block, names: &[Name]) -> Option<Start> {
    let text = block.text().trim();
    if text.len() > LONGEST || text.contains('\n') {
        return None;
    }
    let Found { name, capital, glossed } = found(text, names)?;
    let exact = text == name.as_str();
    let level = match block {
        Block::Code { .. } => return None,
        Block::Heading { level, .. } => *level,
        _ => tagged(text).unwrap_or(if exact { PLAIN } else { MARKED }),
    };
    let first = seen(text).chars().next();
    let begins = match block {
        // What a heading says besides is taken for a gloss only where the name cannot be a word of the language.
        Block::Heading { .. } => true,
        _ if level < MARKED => true,
        // Without a heading a body may speak of "notes" in a line of its own, bold or not, and list them.
        Block::Paragraph { .. } if glossed => first.is_some_and(is_mark) && is_one_line_of_its_own(text, names),
        Block::Paragraph { .. } if says_a_number(text, names) => false,
        Block::Paragraph { .. } => {
            exact || first.is_some_and(is_mark) || (capital && first.is_some_and(|ch| !matches!(ch, '`' | '>' | '|')))
        }
        _ => exact || (capital && !glossed && first.is_some_and(is_mark)),
    };
    (begins && (capital || !glossed)).then_some(Start {
        name,
        exact: exact && matches!(block, Block::Heading { .. }),
        capital,
        level,
    })
}

/// Whether what stands beside a name explains it, and does not begin the text: `**NAME (gloss)**` and no `**NAME:** text`.
fn is_one_line_of_its_own(text: &str, names: &[Name]) -> bool {
    let bold = text.strip_prefix("**").and_then(|text| text.strip_suffix("**"));
    let in_brackets = || {
        let (before, _) = text.split_once(['(', '（', '[', '【'])?;
        found(before, names).filter(|found| !found.glossed && text.ends_with([')', '）', ']', '】']))
    };
    bold.is_some_and(|inner| !holds(inner, "**")) || in_brackets().is_some()
}

/// Whether a number stands behind the colon of a name: then it is what the section says.
fn says_a_number(text: &str, names: &[Name]) -> bool {
    let text = seen(text);
    text.split_once(':')
        .is_some_and(|(before, after)| found(before, names).is_some() && after.contains(|ch: char| ch.is_ascii_digit()))
}

/// The level of a heading that is written as HTML.
fn tagged(text: &str) -> Option<u8> {
    let mut signs = text.strip_prefix('<')?.chars();
    let is_heading = matches!(signs.next(), Some('h' | 'H'));
    let level = signs.next()?.to_digit(10).and_then(|level| u8::try_from(level).ok())?;
    (is_heading && (1..=6).contains(&level)).then_some(level)
}

/// What stands before a name that is not a heading: emphasis, a bullet, a number.
const fn is_mark(ch: char) -> bool {
    matches!(ch, '*' | '_' | '#' | '-' | '+' | '1'..='9' | '\u{2022}' | '\u{2023}' | '\u{2043}' | '\u{23f4}'..='\u{23fa}' | '\u{25a0}'..='\u{25ff}')
}

/// The section of a phase that a heading of this text begins.
#[must_use]
pub fn section_named(text: &str, names: &[Name]) -> Option<Name> {
    found(text, names).filter(|found| found.capital || !found.glossed).map(|found| found.name)
}

fn found(text: &str, names: &[Name]) -> Option<Found> {
    if text.len() > LONGEST {
        return None;
    }
    let seen = seen(text);
    let text = without_count(&seen);
    if let Some((name, capital)) = is_name(text, names) {
        return Some(Found { name, capital, glossed: false });
    }
    // A name among what numbers it, or says it in another language.
    let mut found: Option<Found> = None;
    let (mut glossed, mut repeats) = (false, false);
    for part in parts(text) {
        match (is_name(part, names), found) {
            (Some((name, capital)), None) => found = Some(Found { name, capital, glossed: false }),
            // What explains a name may repeat it as a word; of two in capitals nobody knows which is meant.
            (Some((name, true)), Some(Found { capital: false, .. })) => {
                (found, glossed, repeats) = (Some(Found { name, capital: true, glossed: false }), true, true);
            }
            (Some((_, false)), Some(_)) => (glossed, repeats) = (true, true),
            (Some(_), Some(_)) => return None,
            // Behind a name a single letter is a text.
            (None, _) if is_number(part) && (found.is_none() || part.contains(|ch: char| ch.is_ascii_digit())) => {}
            (None, _) => {
                if holds_a_name(part, names) {
                    if holds_a_capital_name(part, names) {
                        return None;
                    }
                    repeats = true;
                }
                glossed = true;
            }
        }
    }
    found.filter(|found| found.capital || !repeats).map(|found| Found { glossed, ..found })
}

/// The section whose name this is, and whether it is written in capitals; words may be parted by blanks or any dash.
fn is_name(text: &str, names: &[Name]) -> Option<(Name, bool)> {
    let text = without_decoration(text);
    let text = counted(text).map_or(text, without_decoration);
    let is_joint = |ch: char| ch.is_whitespace() || matches!(ch, '_' | '-' | '–');
    let same = |name: &&Name| {
        let mut words = text.split(is_joint).filter(|word| !word.is_empty());
        name.split('_').all(|its| words.next().is_some_and(|word| word.eq_ignore_ascii_case(its)))
            && words.next().is_none()
    };
    let name = names.iter().find(same)?;
    Some((*name, !text.bytes().any(|byte| byte.is_ascii_lowercase())))
}

/// Without numbering, bullets, emphasis and pictures. A number behind it makes it another name.
fn without_decoration(text: &str) -> &str {
    text.trim_start_matches(is_decoration).trim_end_matches(|ch| is_decoration(ch) && !ch.is_ascii_digit())
}

/// What follows a word that counts and its number: `Section 1 NAME`.
fn counted(text: &str) -> Option<&str> {
    let (word, rest) = text.split_once(char::is_whitespace)?;
    let (number, rest) = rest.trim_start().split_once(char::is_whitespace)?;
    (is_counting(word) && is_ordinal(number)).then_some(rest)
}

fn is_counting(word: &str) -> bool {
    let word = word.trim_end_matches('.');
    COUNTED.iter().any(|its| its.eq_ignore_ascii_case(word))
}

/// Without `1/3` or `1 of 3` at its end.
fn without_count(text: &str) -> &str {
    let is_digit = |ch: char| ch.is_ascii_digit();
    let text = text.trim_end();
    let without = |text: &str| -> Option<usize> {
        let rest = text.trim_end_matches(is_digit);
        let above = rest.trim_end();
        let above = above.strip_suffix('/').or_else(|| {
            let word = above.rsplit(char::is_whitespace).next()?;
            OF.iter().any(|of| of.eq_ignore_ascii_case(word)).then(|| above.strip_suffix(word))?
        })?;
        let above = above.trim_end();
        let name = above.trim_end_matches(is_digit);
        (rest.len() < text.len() && name.len() < above.len()).then_some(name.len())
    };
    without(text).map_or(text, |end| text.get(..end).unwrap_or(text))
}

/// The parts of a line that brackets, slashes, colons and dashes make.
fn parts(text: &str) -> impl Iterator<Item = &str> {
    let parts = text.split(|ch: char| {
        matches!(ch, '(' | ')' | '[' | ']' | '{' | '}' | '/' | '|' | ':' | ';' | ',' | '–' | '—' | '=' | '~')
            || matches!(ch, '\u{3001}'..='\u{3003}' | '\u{3008}'..='\u{3011}' | '\u{3014}'..='\u{301b}')
            || matches!(ch, '\u{b7}' | '\u{ab}' | '\u{bb}' | '\u{2022}' | '\u{2190}'..='\u{21ff}' | '\u{30fb}')
    });
    parts
        .flat_map(|part| pieces(part, " -"))
        .flat_map(|part| pieces(part, "- "))
        .flat_map(|part| pieces(part, ". "))
        .filter(|part| !without_decoration(part).is_empty() || part.contains(|ch: char| ch.is_ascii_digit()))
}

/// A number of any kind, with or without a word that counts: `2`, `IV`, `b`, `二`, `Part 2`, `1 of 3`.
fn is_number(part: &str) -> bool {
    let words = part
        .split(|ch: char| ch.is_whitespace() || matches!(ch, '.' | '#' | '*' | '_'))
        .filter(|word| !word.is_empty());
    let mut count = 0;
    words.into_iter().all(|word| {
        count += 1;
        is_ordinal(word) || is_counting(word) || OF.iter().any(|of| of.eq_ignore_ascii_case(word))
    }) && count <= 4
}

fn is_ordinal(word: &str) -> bool {
    let word = without_signs(word);
    let all = |is: fn(char) -> bool| !word.is_empty() && word.chars().all(is);
    all(|ch| ch.is_ascii_digit())
        || (word.len() <= 4 && all(|ch| matches!(ch, 'I' | 'V' | 'X' | 'i' | 'v' | 'x')))
        || (word.len() == 1 && all(|ch| ch.is_ascii_alphabetic()))
        || all(|ch| matches!(ch, '一' | '二' | '三' | '四' | '五' | '六' | '第'))
        || word.is_empty()
}

fn without_signs(word: &str) -> &str {
    let is_sign = |ch: char| is_decoration(ch) && !ch.is_ascii_digit();
    word.trim_matches(is_sign)
}

fn holds_a_name(text: &str, names: &[Name]) -> bool {
    let mut words = text.split(|ch: char| !ch.is_ascii_alphanumeric() && ch != '_');
    words.any(|word| names.iter().any(|name| name.eq_ignore_ascii_case(word)))
}

/// The same in capitals, as the contract has them.
fn holds_a_capital_name(text: &str, names: &[Name]) -> bool {
    let mut words = text.split(|ch: char| !ch.is_ascii_alphanumeric() && ch != '_');
    words.any(|word| names.iter().any(|name| *name == word))
}

/// What is no letter: signs, digits, arrows, boxes, pictures. Ranges, because the tables of Unicode are too big for a page.
const fn is_decoration(ch: char) -> bool {
    matches!(ch, '\0'..='@' | '['..='`' | '{'..='\u{bf}' | '\u{2000}'..='\u{2bff}' | '\u{3000}'..='\u{303f}' | '\u{fe0f}' | '\u{1f000}'..='\u{1faff}')
}

/// A text as the eye has it: without invisible characters, codes for a terminal, tags and escapes, wide letters and dashes as plain ones.
pub(super) fn seen(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut signs = text.chars().peekable();
    while let Some(ch) = signs.next() {
        match ch {
            '\u{1b}' => skip_code(&mut signs),
            '\u{9b}' => skip_sequence(&mut signs),
            '\u{ad}'
            | '\u{61c}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}' => {}
            '\u{2010}' | '\u{2011}' | '\u{2012}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}' => out.push('-'),
            '\u{2013}' => out.push('–'),
            '\u{ff01}'..='\u{ff5e}' => out.extend(char::from_u32(u32::from(ch) - 0xfee0)),
            '\\' if signs.peek().is_some_and(char::is_ascii_punctuation) => {}
            '<' if signs.peek().is_some_and(|next| next.is_ascii_alphabetic() || *next == '/') => {
                let rest: String = signs.clone().take_while(|ch| !matches!(ch, '>' | '<' | '\n')).collect();
                let length = rest.chars().count();
                if signs.clone().nth(length) == Some('>') {
                    signs.nth(length);
                } else {
                    out.push(ch);
                }
            }
            _ => out.push(ch),
        }
    }
    out
}

/// A code for a terminal, behind its escape: a sequence, or one sign.
fn skip_code(signs: &mut std::iter::Peekable<std::str::Chars<'_>>) {
    if signs.next_if_eq(&'[').is_some() {
        skip_sequence(signs);
    } else {
        signs.next_if(|ch| ch.is_ascii() && !ch.is_ascii_whitespace());
    }
}

fn skip_sequence(signs: &mut std::iter::Peekable<std::str::Chars<'_>>) {
    while signs.next_if(|ch| matches!(ch, '0'..='?' | ' '..='/')).is_some() {}
    signs.next_if(|ch| matches!(ch, '@'..='~'));
}

/// Whether a text is a section name in capitals and nothing else.
#[cfg(feature = "native")]
pub(super) fn is_alone(text: &str, names: &[Name]) -> bool {
    found(text, names).is_some_and(|found| found.capital && !found.glossed)
}
