//! An answer as a page shows it and a selection brings it: no fences, no marks before the headings, and what the page writes over its code
//! glued in between. It is read as far as it proves itself; where it does not, nothing comes of it.

use crate::block::Block;
use crate::name::Name;
use crate::reply::{self, Expect, Oddity, Verdict, section_named};

const HEADER: &str = "PROMPT-RUNNER/1";
const END: &str = "PROMPT-RUNNER/END";
/// What the fence of the proof is labelled with.
const LABEL: &str = "promptrunner";
/// More than this is no label, and no name of a button beside one, in bytes.
const FRAME_MAX: usize = 64;
/// What pages call code of which they do not know the language, and the one in which answers are written.
const UNNAMED: [&str; 6] = ["text", "plaintext", "plain", "code", "markdown", "md"];

/// The blocks of a text that is a complete answer to this prompt, and what was found in it.
#[must_use]
pub fn read(text: &str, expect: &Expect) -> Option<(Vec<Block>, Verdict)> {
    let mut end = text.len();
    // What was selected may begin with the prompt, and end with the next one; both show a proof as well.
    text.rmatch_indices(HEADER).find_map(|(at, _)| {
        let proof = &text[at..std::mem::replace(&mut end, at)];
        one(&text[..at], proof, expect)
    })
}

fn one(before: &str, proof: &str, expect: &Expect) -> Option<(Vec<Block>, Verdict)> {
    let nonce = expect.nonce.as_str();
    let (proof, last) = proof.split_at(proof.find(END)? + END.len());
    proof.split_whitespace().nth(3).filter(|its| *its == nonce)?;
    // The name of a button may be glued to it.
    last.trim_start().strip_prefix(nonce).filter(|rest| !rest.starts_with(|ch: char| ch.is_ascii_digit()))?;
    // Up to here it is another answer, or the prompt.
    let begin = before.rfind(END).map_or(0, |at| before[at..].find('\n').map_or(before.len(), |end| at + end));
    let (text, frame) = Frame::split(&before[begin..]);
    let mut blocks = Vec::new();
    for (name, body) in sections(text, expect)? {
        let level = 3;
        blocks.push(Block::Heading { level, text: name.into() });
        blocks.push(Block::Code { lang: String::new(), text: frame.body(&body) });
    }
    blocks.push(Block::Code { lang: LABEL.to_owned(), text: format!("{proof} {nonce}") });
    let mut verdict = reply::read(&blocks, expect).verdict();
    verdict.oddities.push(Oddity::Rendered);
    verdict.problem.is_none().then_some((blocks, verdict))
}

/// Each section with the lines of its body, in the order of the contract. A name that stands in a second line of its own may be a part of
/// a body, and then nobody can say where that ends.
fn sections<'a>(text: &'a str, expect: &Expect) -> Option<Vec<(Name, Vec<&'a str>)>> {
    let mut found: Vec<(Name, Vec<&str>)> = Vec::new();
    for line in text.lines() {
        let named = section_named(line.trim(), &expect.sections).filter(|name| line.contains(name.as_str()));
        match (named, found.last_mut()) {
            (Some(name), _) => found.push((name, Vec::new())),
            (None, Some((_, body))) => body.push(line),
            (None, None) => {}
        }
    }
    found.iter().map(|(name, _)| *name).eq(expect.sections.iter().copied()).then_some(found)
}

/// What a page writes over its code, as the proof shows it: there it is known what else stands in the fence.
struct Frame {
    /// The page names the language.
    labels: bool,
    /// What it writes behind that, such as the name of its copy button, without the gaps in it.
    behind: String,
    /// It does so in the line in which the code begins.
    glued: bool,
}

impl Frame {
    /// What stands before the proof without its frame, and that frame.
    fn split(before: &str) -> (&str, Self) {
        let near = before.len() - before.len().min(FRAME_MAX + LABEL.len());
        let near = before.ceil_char_boundary(near);
        let label = before[near..].rfind(LABEL).map(|at| near + at);
        let begins = |at: &usize| before[..*at].rsplit('\n').next().is_some_and(|line| line.trim().is_empty());
        match label.filter(begins) {
            Some(at) => {
                let behind = squeezed(&before[at + LABEL.len()..]);
                (&before[..at], Self { labels: true, behind, glued: !before[at..].contains('\n') })
            }
            None => (before, Self { labels: false, behind: String::new(), glued: false }),
        }
    }

    /// A body without what the page wrote over it, and without the empty lines around it.
    fn body(&self, lines: &[&str]) -> String {
        let lines = filled(lines);
        let lines = filled(&lines[self.over(lines)..]);
        let Some((first, rest)) = lines.split_first() else { return String::new() };
        let first = if self.glued { self.unglued(first) } else { first };
        std::iter::once(first).chain(rest.iter().copied()).collect::<Vec<_>>().join("\n")
    }

    /// How many lines the page wrote over a body: in up to three of them stands what it wrote over the proof, with another label or none.
    fn over(&self, lines: &[&str]) -> usize {
        if self.behind.is_empty() {
            let unnamed = |line: &&str| UNNAMED.contains(&line.trim().to_lowercase().as_str());
            return usize::from(self.labels && lines.len() > 1 && lines.first().is_some_and(unnamed));
        }
        let is_frame = |count: &usize| {
            let head = lines[..*count].concat();
            let label = squeezed(&head).strip_suffix(self.behind.as_str()).map(str::to_owned);
            label.is_some_and(|label| is_label(&label) && head.trim_start().starts_with(&label))
        };
        (1..=lines.len().min(3)).find(is_frame).unwrap_or(0)
    }

    /// The first line of a body without the frame that is glued to it.
    fn unglued<'a>(&self, line: &'a str) -> &'a str {
        if self.behind.is_empty() {
            return line;
        }
        match line.split_once(self.behind.as_str()) {
            Some((label, rest)) if is_label(label) => rest,
            _ => line,
        }
    }
}

/// Lines without the empty ones around them.
fn filled<'a, 'b>(lines: &'b [&'a str]) -> &'b [&'a str] {
    let is_filled = |line: &&str| !line.trim().is_empty();
    let first = lines.iter().position(is_filled).unwrap_or(lines.len());
    &lines[first..lines.iter().rposition(is_filled).map_or(first, |at| at + 1)]
}

/// A word that may name a language, or none at all.
fn is_label(word: &str) -> bool {
    word.len() <= 20 && word.chars().all(|ch| ch.is_ascii_alphanumeric() || "+#._-".contains(ch))
}

fn squeezed(text: &str) -> String {
    text.chars().filter(|ch| !ch.is_whitespace()).take(FRAME_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::phase::Phase;
    use crate::session::SessionId;

    const PROOF: &str = "PROMPT-RUNNER/1 20261122_141129_1a2b3c4d analysis 0123456789abcdef\nsection: FINDINGS\nsection: DESIGN\nsection: TASKS\nPROMPT-RUNNER/END 0123456789abcdef";

    fn expect() -> Expect {
        let session = SessionId::parse("20261122_141129_1a2b3c4d").unwrap();
        Expect::known(session, Phase::ANALYSIS, "0123456789abcdef".to_owned())
    }

    /// The bodies that are read in a text.
    fn bodies(text: &str) -> Option<Vec<String>> {
        let (blocks, verdict) = read(text, &expect())?;
        assert_eq!(verdict.problem, None);
        assert!(verdict.oddities.contains(&Oddity::Rendered));
        let sections = reply::read(&blocks, &expect()).sections;
        Some(sections.into_iter().map(|section| section.text).collect())
    }

    /// A selection in a page that writes this over each body and over the proof.
    fn selection(over: &str, over_proof: &str, bodies: [&str; 3]) -> String {
        let sections = ["FINDINGS", "DESIGN", "TASKS"].iter().zip(bodies);
        let sections: String = sections.map(|(name, body)| format!("{name}\n{over}{body}\n")).collect();
        format!("{sections}{over_proof}{PROOF}\n")
    }

    const PLAIN: [&str; 3] =
        ["Two lines\n  of it.", "# A heading\n\n```rust\nfn main() {}\n```", "- [ ] one\n- [x] two"];

    #[test]
    fn what_a_page_writes_over_its_code_is_no_part_of_a_body() {
        for (over, over_proof) in [
            ("", ""),
            ("", "promptrunner\n"),
            ("plaintext\n", "promptrunner\n"),
            ("text\n\n", "promptrunner\n\n"),
            ("Copy\n", "promptrunnerCopy\n"),
            ("plaintextCopy\n", "promptrunnerCopy\n"),
            ("markdownCopy code\n", "promptrunnerCopy code\n"),
            ("python\nCopy code\n", "promptrunner\nCopy code\n"),
            ("Copy code\n", "promptrunner\nCopy code\n"),
            ("Text\nKopieren\nBearbeiten\n", "promptrunner\nKopieren\nBearbeiten\n"),
            ("コピーする\n", "promptrunnerコピーする\n"),
            ("textコピーする編集する\n", "promptrunnerコピーする編集する\n"),
            ("코드 복사\n", "promptrunner\n코드 복사\n"),
            ("c++ Copier le code\n", "promptrunner Copier le code\n"),
            ("Copy", "promptrunnerCopy"),
            ("textCopy", "promptrunnerCopy"),
        ] {
            let read = bodies(&selection(over, over_proof, PLAIN));
            assert_eq!(read, Some(PLAIN.map(str::to_owned).to_vec()), "{over:?} {over_proof:?}");
        }
    }

    #[test]
    fn what_is_no_frame_stays() {
        for (over_proof, body) in [
            ("promptrunner\n", "Done"),
            ("promptrunner\n", "yes\nand no"),
            ("", "text\nmore"),
            ("", "Copy\nmore"),
            ("promptrunnerCopy\n", "Copying is allowed\nhere"),
            ("promptrunnerCopy\n", "Please do not Copy\nthis"),
            ("promptrunnerCopy", "We Copy this"),
            ("promptrunner: no frame\n", "one\ntwo"),
        ] {
            let read = bodies(&selection("", over_proof, [body, "b", "c"]));
            assert_eq!(read.map(|bodies| bodies[0].clone()).as_deref(), Some(body), "{over_proof:?}");
        }
    }

    #[test]
    fn what_was_selected_besides_the_answer_does_no_harm() {
        let answer = selection("", "promptrunner\n", PLAIN);
        let prompt = selection("", "", ["(body of FINDINGS)", "(body of DESIGN)", "(body of TASKS)"]);
        let other = answer.replace("0123456789abcdef", "fedcba9876543210");
        for (before, after) in [
            ("You said:\nWhat now?\nChatGPT said:\n", "\nCopy\nGood response\nBad response"),
            (prompt.as_str(), ""),
            ("", prompt.replace("0123456789abcdef", "fedcba9876543210").as_str()),
            (other.as_str(), other.as_str()),
            ("", "PROMPT-RUNNER/1 and nothing more"),
        ] {
            let read = bodies(&format!("{before}{answer}{after}"));
            assert_eq!(read, Some(PLAIN.map(str::to_owned).to_vec()), "{before:?} {after:?}");
        }
        let decorated =
            answer.replace("FINDINGS\nTwo", "### 1. FINDINGS\nTwo").replacen("DESIGN\n#", "**DESIGN**\n#", 1);
        assert_eq!(bodies(&decorated), Some(PLAIN.map(str::to_owned).to_vec()));
    }

    #[test]
    fn what_does_not_prove_itself_is_not_read() {
        let answer = selection("", "promptrunner\n", PLAIN);
        let cases = [
            String::new(),
            PROOF.to_owned(),
            answer.replace("PROMPT-RUNNER/END", "PROMPT-RUNNER"),
            answer.replace("0123456789abcdef\nsection", "fedcba9876543210\nsection"),
            answer.replace("END 0123456789abcdef", "END fedcba9876543210"),
            answer.replace("END 0123456789abcdef", "END"),
            answer.replace("analysis 0", "planning 0"),
            answer.replace("20261122_141129", "20261122_141130"),
            answer.replacen("FINDINGS\n", "", 1),
            answer.replacen("DESIGN\n", "Design\n", 1),
            answer.replacen("DESIGN\n", "TASKS\n", 1),
            // Nobody can say whether the second one begins the section or is a line of a body.
            answer.replacen("- [ ] one", "TASKS", 1),
            answer.replacen("Two lines", "DESIGN", 1),
            selection("", "", ["(body of FINDINGS)", "(body of DESIGN)", "(body of TASKS)"]),
        ];
        for (at, text) in cases.iter().enumerate() {
            assert_eq!(bodies(text), None, "{at}: {text}");
        }
    }
}
