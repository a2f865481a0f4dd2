//! What in a reply begins a section, and what is a trailer.

use super::Expect;
use crate::block::Block;
use crate::phase::Phase;

const HEADER: &str = "PROMPT-RUNNER/1";
/// What the last line of a proof begins with.
pub const END: &str = "PROMPT-RUNNER/END";
/// Before the header stand at most a fence and the label that some renderers glue to it.
const LABEL_BYTES: usize = 64;

/// What the prompt itself shows in place of a body: an echo of the prompt carries the right nonce, and is no answer.
#[must_use]
pub fn placeholder(name: &str) -> String {
    ["(body of ", name, ")"].concat()
}

/// Whether a body begins as the prompt shows it; after the last section the prompt goes on, and so does its echo.
pub(super) fn is_placeholder(block: &Block, name: &str) -> bool {
    matches!(block, Block::Code { text, .. } | Block::Paragraph { text } if text.trim() == placeholder(name))
}

/// The section that this block begins, and whether it is written as the contract asks.
pub(crate) fn section_start(block: &Block, phase: Phase) -> Option<(&'static str, bool)> {
    let text = block.text().trim();
    if matches!(block, Block::Code { .. }) || text.contains('\n') {
        return None;
    }
    let name = section_named(text, phase)?;
    let exact = text == name;
    let begins = match block {
        Block::Heading { .. } => true,
        // A body may speak of "notes" in a line of its own, bold or not, and list them: without a heading a name is bold or
        // has a bullet, and in a list it stands in capitals.
        Block::Paragraph { .. } => exact || visible(text).next().is_some_and(is_mark),
        _ => exact || (visible(text).next().is_some_and(is_mark) && parted(text, name).is_some()),
    };
    begins.then_some((name, exact && matches!(block, Block::Heading { .. })))
}

/// What stands before a name that is not a heading: emphasis, a bullet, a number.
const fn is_mark(ch: char) -> bool {
    matches!(ch, '*' | '_' | '#' | '-' | '+' | '1'..='9' | '\u{2022}' | '\u{2023}' | '\u{2043}' | '\u{25a0}'..='\u{25ff}')
}

/// The section of a phase that a heading of this text begins.
#[must_use]
pub fn section_named(text: &str, phase: Phase) -> Option<&'static str> {
    // No name with its decoration is longer, and paragraphs are.
    if text.len() > 96 {
        return None;
    }
    let name = normalised(text);
    phase.sections().iter().copied().find(|its| name == *its)
}

/// A heading text without numbering, bullets, emphasis, pictures and invisible characters; words joined by `_`, in capitals.
fn normalised(text: &str) -> String {
    let visible: String = visible(text).collect();
    let core =
        visible.trim_start_matches(is_decoration).trim_end_matches(|ch| is_decoration(ch) && !ch.is_ascii_digit());
    let mut name = String::with_capacity(core.len());
    for word in core.split(|ch: char| ch.is_whitespace() || ch == '_' || ch == '-').filter(|word| !word.is_empty()) {
        if !name.is_empty() {
            name.push('_');
        }
        name.extend(word.chars().map(|ch| ch.to_ascii_uppercase()));
    }
    name
}

/// What is no letter: signs, digits, arrows, boxes, pictures. Ranges, because the tables of Unicode are too big for a page.
const fn is_decoration(ch: char) -> bool {
    matches!(ch, '\0'..='@' | '['..='`' | '{'..='\u{bf}' | '\u{2000}'..='\u{2bff}' | '\u{3000}'..='\u{303f}' | '\u{fe0f}' | '\u{ff01}'..='\u{ff20}' | '\u{1f000}'..='\u{1faff}')
}

/// The characters that can be seen: copies bring zero-width ones along, byte-order marks and changes of direction.
fn visible(text: &str) -> impl Iterator<Item = char> {
    text.chars().filter(|ch| {
        !matches!(ch, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    })
}

/// What a trailer says.
pub(crate) struct Proof {
    session: String,
    phase: String,
    /// The prompt that it says it answers.
    pub(crate) nonce: String,
    /// Its last line is there.
    pub(super) ended: bool,
}

impl Proof {
    pub(super) fn answers(&self, expect: &Expect) -> bool {
        self.is_of_phase(expect) && self.nonce == expect.nonce
    }

    /// It answers a prompt for this phase of this session, whichever that was.
    pub(crate) fn is_of_phase(&self, expect: &Expect) -> bool {
        self.session == expect.session.as_str() && self.phase == expect.phase.name()
    }
}

/// The trailer that this block is. It must begin with the header, at most after the label that some renderers glue to it,
/// so that a trailer quoted inside a longer text never counts.
pub(crate) fn parse_trailer(block: &Block) -> Option<Proof> {
    let text = block.text();
    let (label, _) = parted(text.get(..text.floor_char_boundary(LABEL_BYTES + HEADER.len()))?, HEADER)?;
    if !is_label(label) {
        return None;
    }
    let visible: String = visible(text.get(label.len() + HEADER.len()..)?).collect();
    let mut words = visible.split_whitespace();
    let mut word = || words.next().unwrap_or_default().to_owned();
    let (session, phase, nonce) = (word(), word(), word());
    let ended = words.skip_while(|word| *word != END).nth(1) == Some(nonce.as_str()) && !nonce.is_empty();
    Some(Proof { session, phase, nonce, ended })
}

/// What stands before and after the first `mark`. The standard library's search is made for long needles, and would bring its
/// tables and the texts of its panics into the page: 3 KB of the engine's script.
pub(crate) fn parted<'a>(text: &'a str, mark: &str) -> Option<(&'a str, &'a str)> {
    let first = *mark.as_bytes().first()?;
    let places = text.bytes().enumerate().filter(|(_, byte)| *byte == first);
    places.into_iter().find_map(|(at, _)| Some((text.get(..at)?, text.get(at..)?.strip_prefix(mark)?)))
}

/// What a renderer puts before the first line of a fence: its label and the name of its copy button, in any language.
fn is_label(text: &str) -> bool {
    let label: String = visible(text).filter(|ch| !matches!(ch, '`' | '~')).collect();
    let label = label.trim().to_ascii_lowercase();
    label.starts_with("prompt") && !label.contains([':', '.', ','])
        || matches!(
            label.as_str(),
            "" | "text" | "plaintext" | "code" | "copy" | "copy code" | "textcopy" | "plaintextcopy" | "codecopy"
        )
}
