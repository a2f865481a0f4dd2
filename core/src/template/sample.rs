//! Trying a template out before it is used: with sample material, and with the question whether a reply to it could prove itself.

use super::{Material, SOURCE_MAX, render};
use crate::phase::Phase;
use crate::reply::{Expect, Section, SectionState};
use crate::session::SessionId;
use std::error::Error as _;
use std::fmt;

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
pub(super) fn expect(phase: Phase) -> Expect {
    // A sample has to have an id of the right shape; this one is taken by nobody, for there is no month 0.
    let session =
        SessionId::parse("20000000_000000_00000000").unwrap_or_else(|| unreachable!("it has the shape of an id"));
    Expect { session, phase, nonce: "0000000000000000".to_owned() }
}

/// The prompt that a template makes of sample material, with a reply in every phase before it.
///
/// # Errors
/// Every [`Flaw`].
pub fn try_out(phase: Phase, source: &str) -> Result<String, Flaw> {
    if source.len() as u64 > SOURCE_MAX {
        return Err(Flaw::Large(source.len()));
    }
    let expect = expect(phase);
    let so_far: Vec<(Phase, Vec<Section>)> =
        Phase::ALL.into_iter().filter(|earlier| *earlier < phase).map(|earlier| (earlier, sections(earlier))).collect();
    let feature = "Let people switch the settings page to dark colours.";
    let material = Material { feature, project: Some("shop"), expect: &expect, sections: &so_far };
    let prompt = render(&material, source).map_err(Flaw::Broken)?;
    let proof = [
        format!("PROMPT-RUNNER/1 {} {} {}", expect.session, phase.name(), expect.nonce),
        format!("PROMPT-RUNNER/END {}", expect.nonce),
    ];
    let asks = proof.iter().all(|line| prompt.contains(line.as_str()))
        && phase.sections().iter().all(|name| prompt.contains(&format!("section: {name}")));
    if asks { Ok(prompt) } else { Err(Flaw::Unproven) }
}

fn sections(phase: Phase) -> Vec<Section> {
    let text = |name: &str| format!("What the {} phase said under {name}.", phase.name());
    let section = |name: &&'static str| Section { name, text: text(name), state: SectionState::Ok };
    phase.sections().iter().map(section).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::built_in;

    #[test]
    fn a_template_that_cannot_be_used_says_why() {
        for phase in Phase::ALL {
            assert!(try_out(phase, built_in(phase)).is_ok(), "{phase:?}");
        }
        let flaw = |source: &str| try_out(Phase::Analysis, source).unwrap_err().to_string();
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
