//! The planning reply out of the pieces that the predecessor kept of it. Its reader took list items for section numbers and missed
//! indented headings, so a piece may be too short, or hold the complete reply.

use crate::block::{Block, to_markdown};
use crate::markdown::{ends_in_fence, fence};
use crate::phase::Phase;
use crate::reply::{self, Expect, SectionState};
use crate::session::SessionId;
use crate::workflow;

/// A piece of the planning reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct LegacySection<'a> {
    /// What the file is called, which is the section in small letters.
    pub(super) kind: &'a str,
    /// Its text.
    pub(super) text: &'a str,
}

/// A reply, and what it is made of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Composed {
    pub(super) text: String,
    /// The kinds that are in it.
    pub(super) of: Vec<String>,
    /// What is odd about it, in sentences.
    pub(super) notes: Vec<String>,
}

/// The reply that these pieces were. One that holds at least two sections by itself was the reply, and the others are bad cuts of it; and
/// so was one that holds another section of which there is no piece.
pub(super) fn compose(pieces: &[LegacySection<'_>], session: &SessionId) -> Composed {
    let found = |text: &str| sections(text, session);
    let given = |name: &str| pieces.iter().any(|piece| piece.section() == name && !piece.text.trim().is_empty());
    let whole = pieces.iter().filter_map(|piece| Some((piece, swallowed(piece, given, found)?)));
    let most = whole.rev().max_by_key(|(_, text)| found(text).len());
    let mut composed = Composed::default();
    if let Some((piece, text)) = most {
        let count = match found(&text).len() {
            3 => "all three".to_owned(),
            fewer => format!("{fewer} of the 3"),
        };
        composed.notes.push(format!("The {} holds {count} sections; they were taken apart again.", piece.said()));
        composed.of.push(piece.kind.to_owned());
        composed.text = text;
    }
    for piece in pieces {
        let missing = !piece.text.trim().is_empty() && !found(&composed.text).contains(&piece.section());
        let section = piece.markdown();
        let joined = if composed.text.is_empty() { section } else { format!("{}\n{section}", composed.text) };
        if missing && found(&joined).contains(&piece.section()) {
            composed.notes.extend(piece.cut().map(|how| format!("The {} looks cut: it ends {how}.", piece.said())));
            composed.of.push(piece.kind.to_owned());
            composed.text = joined;
        }
    }
    composed
}

/// The sections that are found in a text.
fn sections(text: &str, session: &SessionId) -> Vec<String> {
    let expect = Expect::known(session.clone(), Phase::PLANNING, String::new());
    let read = reply::read_markdown(text, &expect).sections.into_iter();
    read.filter(|section| section.state != SectionState::Missing).map(|section| section.name.into()).collect()
}

/// The complete reply, where the old reader took all of it for this piece.
fn swallowed(
    piece: &LegacySection<'_>,
    given: impl Fn(&str) -> bool,
    found: impl Fn(&str) -> Vec<String>,
) -> Option<String> {
    // The old reader took the first fence away, and left its end.
    let refenced = format!("```\n{}", piece.text);
    let holds = [refenced, piece.text.to_owned()].map(|text| (found(&text), text)).into_iter();
    let runs_on =
        |names: &[String]| names.len() >= 2 || names.iter().any(|name| *name != piece.section() && !given(name));
    let (names, text) = holds.filter(|(names, _)| runs_on(names)).max_by_key(|(names, _)| names.len())?;
    Some(if names.contains(&piece.section()) { text } else { format!("### {}\n\n{text}", piece.section()) })
}

impl LegacySection<'_> {
    fn section(&self) -> String {
        self.kind.to_uppercase()
    }

    fn said(&self) -> String {
        self.kind.replace('_', " ")
    }

    /// The section as a reply would have it.
    fn markdown(&self) -> String {
        let heading = Block::Heading { level: 3, text: self.section() };
        to_markdown(&[heading, Block::Code { lang: String::new(), text: self.text.to_owned() }])
    }

    /// How the old reader seems to have ended it too early.
    fn cut(&self) -> Option<String> {
        let last = self.text.trim_end().lines().next_back()?;
        // A fence alone in the last line may be the end of one whose beginning is gone.
        if ends_in_fence(self.text) && fence(last).is_none_or(|(_, _, label)| !label.is_empty()) {
            return Some("in the middle of a fence".to_owned());
        }
        if last.ends_with(':') {
            return Some("with a colon".to_owned());
        }
        // It took the item with the number of the next section for that section.
        let names = workflow::known(Phase::PLANNING).names();
        let at = names.iter().position(|name| *name == self.section().as_str())?;
        let next = Some(at + 2).filter(|next| *next <= names.len())?;
        ends_before(self.text, next).then(|| format!("just before item {next} of a list"))
    }
}

/// Whether a text ends where the item of this number would follow: its last numbered line has the number before, and what comes
/// after that line belongs to it.
fn ends_before(text: &str, next: usize) -> bool {
    let lines: Vec<&str> = text.lines().collect();
    let Some((at, number)) = lines.iter().enumerate().rev().find_map(|(at, line)| Some((at, number(line)?))) else {
        return false;
    };
    let is_heading = |line: &str| line.trim_start().starts_with('#');
    let belongs = |line: &&str| match line.trim_start_matches(['#', '*']).trim() {
        "" => true,
        _ if is_heading(line) => false,
        _ => is_heading(lines[at]) || line.starts_with([' ', '\t', '-', '*', '+', '\u{2022}']),
    };
    number + 1 == next && lines[at + 1..].iter().all(belongs)
}

/// The number of a line that has one: `2.`, `2)`, `## 2.`, `**2.**`.
fn number(line: &str) -> Option<usize> {
    let bare = line.trim_start_matches([' ', '#', '*']);
    let digits = &bare[..bare.len() - bare.trim_start_matches(|ch: char| ch.is_ascii_digit()).len()];
    let rest = bare[digits.len()..].strip_prefix(['.', ')'])?;
    (rest.is_empty() || rest.starts_with([' ', '*'])).then(|| digits.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(pieces: &[(&str, &str)]) -> Composed {
        let pieces: Vec<_> = pieces.iter().map(|(kind, text)| LegacySection { kind, text }).collect();
        compose(&pieces, &SessionId::parse("20250624_115521_1a2b3c4d").unwrap())
    }

    #[test]
    fn whole_pieces_make_a_reply_with_their_text_to_the_byte() {
        let fenced = "Run:\n\n````sh\nls\n````\nand look.";
        let composed = made(&[("analysis_template", fenced), ("execution_notes", "Complexity: Low\n")]);
        assert_eq!(
            composed.text,
            format!(
                "### ANALYSIS_TEMPLATE\n\n`````\n{fenced}\n`````\n\n### EXECUTION_NOTES\n\n```\nComplexity: Low\n\n```\n"
            )
        );
        assert_eq!(composed.of, ["analysis_template", "execution_notes"]);
        assert_eq!(composed.notes, [""; 0]);
        assert_eq!(made(&[("analysis_template", "\n")]), Composed::default(), "of nothing comes nothing");
    }

    #[test]
    fn a_piece_that_swallowed_the_reply_is_the_reply() {
        let indented = "Look at it.\n\n  2. IMPLEMENTATION_TEMPLATE\n  ```\n  Build it.\n  ```\n\n  ### 3. EXECUTION_NOTES\n  ```\n  Complexity: Low\n  ```\n";
        let bullets = "Look at it.\n```\n\n● IMPLEMENTATION_TEMPLATE\n```\nBuild it.\n```\n\n● EXECUTION_NOTES\n```\nComplexity: Low\n```\n";
        let with_its_own = format!("### 1. ANALYSIS_TEMPLATE\n{indented}");
        for (text, first) in
            [(indented, "### ANALYSIS_TEMPLATE"), (bullets, "### ANALYSIS_TEMPLATE"), (&with_its_own, "### 1.")]
        {
            let composed = made(&[("analysis_template", text), ("execution_notes", "a bad cut")]);
            assert!(composed.text.starts_with(first) && composed.text.ends_with(text), "{}", composed.text);
            assert_eq!(composed.of, ["analysis_template"]);
            assert_eq!(
                composed.notes,
                ["The analysis template holds all three sections; they were taken apart again."]
            );
        }
    }

    #[test]
    fn a_piece_that_runs_on_into_a_section_without_a_piece_ends_before_it() {
        let runs_on = "Look at it.\n```\n\n● IMPLEMENTATION_TEMPLATE\n```\nBuild it.\n```\n";
        let notes = "Complexity: Low";
        let composed = made(&[("analysis_template", runs_on), ("execution_notes", notes)]);
        assert_eq!(composed.of, ["analysis_template", "execution_notes"]);
        assert!(composed.notes[0].contains("holds 2 of the 3 sections"), "{:?}", composed.notes);
        let session = SessionId::parse("20250624_115521_1a2b3c4d").unwrap();
        let names: Vec<String> = workflow::known(Phase::PLANNING).names().into_iter().map(String::from).collect();
        assert_eq!(sections(&composed.text, &session), names);
        // Where there is a piece for it, the first one only speaks of it.
        let speaks = made(&[
            ("analysis_template", "Look.\n\n### IMPLEMENTATION_TEMPLATE\n\nIt follows."),
            ("implementation_template", "Build it."),
        ]);
        assert!(!speaks.notes.iter().any(|note| note.contains("taken apart")), "{:?}", speaks.notes);
    }

    #[test]
    fn what_a_swallowed_reply_lacks_comes_from_the_other_pieces() {
        let text = "### ANALYSIS_TEMPLATE\nLook.\n\n### IMPLEMENTATION_TEMPLATE\nBuild.\n";
        let composed = made(&[("analysis_template", text), ("execution_notes", "Complexity: Low")]);
        assert_eq!(composed.text, format!("{text}\n### EXECUTION_NOTES\n\n```\nComplexity: Low\n```\n"));
        assert_eq!(composed.of, ["analysis_template", "execution_notes"]);
        assert!(composed.notes[0].contains("holds 2 of the 3 sections"), "{:?}", composed.notes);
    }

    #[test]
    fn a_piece_that_was_cut_says_how() {
        for (kind, text, how) in [
            ("analysis_template", "Do this:\n1. Look.\n   - here\n", Some("just before item 2 of a list")),
            ("analysis_template", "### 1. Look\n\nEverywhere.\n\n### ", Some("just before item 2 of a list")),
            ("analysis_template", "1. Look.\n\nThat is all.", None),
            ("analysis_template", "### 1. Look\n\n### Then\n", None),
            ("analysis_template", "1. Look.\n2. Think.\n", None),
            ("implementation_template", "1. Look.\n2. Build.\n", Some("just before item 3 of a list")),
            ("execution_notes", "1. a\n2. b\n3. c\n", None),
            ("analysis_template", "Run\n```sh\nls\n", Some("in the middle of a fence")),
            ("analysis_template", "Run ls.\n```\n", None),
            ("implementation_template", "Write this:\n", Some("with a colon")),
            ("analysis_template", "Version 1.5 of it", None),
            ("analysis_template", "", None),
        ] {
            assert_eq!(LegacySection { kind, text }.cut().as_deref(), how, "{text:?}");
        }
    }
}
