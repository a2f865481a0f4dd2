//! Trying a template out before it is used: with sample material, and with the question whether a reply to it could prove itself.

use super::{Material, SOURCE_MAX, holds, render};
use crate::name::Name;
use crate::phase::Phase;
use crate::reply::{Expect, Section, SectionState};
use crate::session::SessionId;
use crate::workflow::PhaseOutline;
use std::error::Error as _;
use std::fmt;

/// A feature that everybody understands.
const FEATURE: &str = "Let people switch the settings page to dark colours.";

/// Why a template cannot be used.
#[derive(Debug)]
pub enum Flaw {
    /// It has more bytes than [`SOURCE_MAX`].
    Large(usize),
    /// It cannot be rendered.
    Broken(minijinja::Error),
    /// The prompt does not ask for the proof, so no reply to it could be told from a cut one.
    Unproven,
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Large(bytes) => write!(f, "It has {bytes} bytes, and {SOURCE_MAX} are the most."),
            Self::Broken(error) => {
                // A template that includes another one says where; what was wrong is said by the last.
                let mut error = error;
                while let Some(cause) = error.source().and_then(|source| source.downcast_ref()) {
                    error = cause;
                }
                let detail = error.detail().map_or_else(|| error.kind().to_string(), str::to_owned);
                match error.line() {
                    Some(line) => write!(f, "Line {line}: {detail}."),
                    None => write!(f, "{detail}."),
                }
            }
            Self::Unproven => f.write_str(
                "It does not ask for the proof of the reply. End it with a line {% include \"contract\" %}.",
            ),
        }
    }
}

/// The proof that a sample asks for.
pub(super) fn expect(outline: &PhaseOutline) -> Expect {
    // A sample has to have an id of the right shape; this one is taken by nobody, for there is no month 0.
    let session =
        SessionId::parse("20000000_000000_00000000").unwrap_or_else(|| unreachable!("it has the shape of an id"));
    Expect { session, phase: outline.name, nonce: "0000000000000000".to_owned(), sections: outline.names() }
}

/// The prompt that a template makes of sample material, with a reply in every phase before it.
///
/// # Errors
/// Every [`Flaw`].
pub fn try_out(earlier: &[PhaseOutline], outline: &PhaseOutline, source: &str) -> Result<String, Flaw> {
    if source.len() as u64 > SOURCE_MAX {
        return Err(Flaw::Large(source.len()));
    }
    let expect = expect(outline);
    let so_far: Vec<(Phase, Vec<Section>)> = earlier.iter().map(|earlier| (earlier.name, sections(earlier))).collect();
    let material = Material { feature: FEATURE, project: Some("shop"), expect: &expect, sections: &so_far };
    let prompt = render(&material, source).map_err(Flaw::Broken)?;
    let proof = [
        format!("PROMPT-RUNNER/1 {} {} {}", expect.session, outline.name.name(), expect.nonce),
        format!("PROMPT-RUNNER/END {}", expect.nonce),
    ];
    let asks = proof.iter().all(|line| prompt.contains(line.as_str()))
        && expect.sections.iter().all(|name| prompt.contains(&format!("section: {name}")));
    if asks { Ok(prompt) } else { Err(Flaw::Unproven) }
}

/// Whether a condition holds for sample material, with a reply in every phase before it.
///
/// # Errors
/// An expression that cannot be read, or names what is not there.
pub fn try_condition(earlier: &[PhaseOutline], condition: &str) -> Result<bool, minijinja::Error> {
    let so_far: Vec<(Phase, Vec<Section>)> = earlier.iter().map(|earlier| (earlier.name, sections(earlier))).collect();
    holds(condition, FEATURE, &so_far)
}

fn sections(outline: &PhaseOutline) -> Vec<Section> {
    let text = |name: Name| format!("What the {} phase said under {name}.", outline.name.name());
    let section = |name| Section { name, text: text(name), state: SectionState::Ok };
    outline.names().into_iter().map(section).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::built_in;
    use crate::workflow::known;

    #[test]
    fn a_template_that_cannot_be_used_says_why() {
        for phase in Phase::FULL {
            let earlier: Vec<_> = Phase::FULL.into_iter().take_while(|its| *its != phase).map(known).collect();
            assert!(try_out(&earlier, &known(phase), built_in(phase).unwrap()).is_ok(), "{phase:?}");
        }
        let (planning, analysis) = (known(Phase::PLANNING), known(Phase::ANALYSIS));
        let flaw = |source: &str| try_out(std::slice::from_ref(&planning), &analysis, source).unwrap_err().to_string();
        for (source, says) in [
            ("Do it.", "It does not ask for the proof"),
            ("One\n{{ featur }}\n{% include 'contract' %}", "Line 2: "),
            ("{% for x in names %}", "Line 1: "),
            ("{% for a in range(1000) %}{% for b in range(1000) %}x{% endfor %}{% endfor %}", "fuel"),
            ("{{ reply.testing.NOTES }}{% include 'contract' %}", "Line 1: "),
            ("{% include '/etc/passwd' %}", "Line 1: "),
        ] {
            assert!(flaw(source).contains(says), "{source}: {}", flaw(source));
        }
        assert!(flaw(&"x".repeat(300 << 10)).contains("307200 bytes"));
    }
}
