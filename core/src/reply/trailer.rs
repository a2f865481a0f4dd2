//! What in a reply is a trailer, and what it proves. And what the prompt itself shows, which proves nothing.

use super::Expect;
use super::name::seen;
use crate::block::Block;
use crate::name::is_name;
use crate::parted::parted;
use crate::session::SessionId;

pub(super) const HEADER: &str = "PROMPT-RUNNER/1";
/// What the last line of a proof begins with.
pub const END: &str = "PROMPT-RUNNER/END";
const SECTION: &str = "section:";
/// Before the header stand at most a fence, the marks of a list or quote, and the label that some renderers glue to it.
const LABEL_BYTES: usize = 64;
/// A session is written with so many characters.
const SESSION_BYTES: usize = 24;

/// What the prompt itself shows in place of a body: an echo of the prompt carries the right nonce, and is no answer.
#[must_use]
pub fn placeholder(name: &str) -> String {
    ["(body of ", name, ")"].concat()
}

/// Whether a body begins as the prompt shows it; after the last section the prompt goes on, and so does its echo.
pub(super) fn is_placeholder(block: &Block, name: &str) -> bool {
    matches!(block, Block::Code { text, .. } | Block::Paragraph { text } if text.trim() == placeholder(name))
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
    parse(block.text())
}

/// The trailer that a text begins with.
pub(super) fn parse(text: &str) -> Option<Proof> {
    // Most blocks are told from one by their beginning.
    let beginning = flat(text.get(..text.floor_char_boundary(4 * LABEL_BYTES))?);
    let at = after_header(&beginning)?.0;
    let label = beginning.get(..at)?;
    if label.len() > LABEL_BYTES || !is_label(label) {
        return None;
    }
    let text = flat(text);
    let rest = after_header(&text)?.1;
    let said = in_words(rest);
    // Wrapped at the edge of a window, its words are in pieces.
    match said {
        Some(proof) if proof.ended => Some(proof),
        said => in_pieces(rest).or(said).or(Some(Proof {
            session: String::new(),
            phase: String::new(),
            nonce: String::new(),
            ended: false,
        })),
    }
}

/// A text as it was before a writer made its dashes long or a window broke its lines behind one.
fn flat(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut dash = false;
    for ch in seen(text).chars() {
        if dash && ch == '\n' {
            dash = false;
            continue;
        }
        let ch = if matches!(ch, '–' | '—') { '-' } else { ch };
        dash = ch == '-';
        out.push(ch);
    }
    out
}

/// Where the header begins, and what follows it.
fn after_header(text: &str) -> Option<(usize, &str)> {
    parted(text, HEADER).map(|(before, after)| (before.len(), after))
}

/// The marks that stand before a line of a quote or list, and around code.
fn is_mark(ch: char) -> bool {
    matches!(ch, '>' | '`' | '~' | '*' | '|' | '"')
}

fn in_words(rest: &str) -> Option<Proof> {
    let mut words = rest.split(|ch: char| ch.is_whitespace() || is_mark(ch)).filter(|word| !word.is_empty());
    let (session, phase, nonce) =
        (words.next()?.to_owned(), words.next()?.to_owned(), words.next().unwrap_or_default().to_owned());
    let ended = words.skip_while(|word| *word != END).nth(1) == Some(nonce.as_str()) && !nonce.is_empty();
    Some(Proof { session, phase, nonce, ended })
}

/// The same, of a trailer whose words are broken over lines: only what has a length or an end of its own can be told apart.
fn in_pieces(rest: &str) -> Option<Proof> {
    let whole: String = rest.chars().filter(|ch| !ch.is_whitespace() && !is_mark(*ch)).collect();
    let (session, rest) = whole.split_at_checked(SESSION_BYTES)?;
    SessionId::parse(session)?;
    let (before, after) = parted(rest, END)?;
    // The nonce stands there twice; its second time tells where the name of the phase ends.
    let nonce = after.split(|ch: char| !ch.is_ascii_hexdigit()).next().filter(|nonce| !nonce.is_empty())?;
    let proof = parted(before, SECTION).map_or(before, |(proof, _)| proof);
    // What somebody else wrote is compared, and never kept as a name.
    let phase = proof
        .strip_suffix(nonce)
        .filter(|phase| is_name(phase) && !phase.bytes().any(|byte| byte.is_ascii_uppercase()))?;
    Some(Proof { session: session.to_owned(), phase: phase.to_owned(), nonce: nonce.to_owned(), ended: true })
}

/// What a renderer puts before the first line of a fence: its label and the name of its copy button, in any language.
fn is_label(text: &str) -> bool {
    let label: String = text.chars().filter(|ch| !is_mark(*ch)).collect();
    let label = label.trim_start_matches(|ch: char| ch.is_ascii_digit() || matches!(ch, '-' | '+' | '.' | ')' | ' '));
    let label = label.trim().to_ascii_lowercase();
    label.starts_with("prompt") && !label.contains([':', '.', ','])
        || matches!(
            label.as_str(),
            "" | "text" | "plaintext" | "code" | "copy" | "copy code" | "textcopy" | "plaintextcopy" | "codecopy"
        )
}

/// Whether a line can be one of a trailer.
#[cfg(feature = "native")]
pub(super) fn is_line(line: &str) -> bool {
    let line = flat(line);
    let line =
        line.trim_start_matches(|ch: char| ch.is_whitespace() || is_mark(ch) || ch == '-').trim_end_matches(is_mark);
    line.is_empty()
        || [HEADER, END, SECTION].iter().any(|begin| line.starts_with(begin))
        || line.trim() == "promptrunner"
}

/// Whether a line begins a trailer.
#[cfg(feature = "native")]
pub(super) fn is_header(line: &str) -> bool {
    let begins = line.get(..line.floor_char_boundary(4 * LABEL_BYTES)).unwrap_or_default();
    flat(begins).trim_start_matches(|ch: char| ch.is_whitespace() || is_mark(ch) || ch == '-').starts_with(HEADER)
}
