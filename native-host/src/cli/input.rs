//! What a user gives as text: a file, or standard input, in whichever encoding it was saved, and no more of it than it may have.

use super::print;
use prompt_runner_core::machine::{FEATURE_MAX, REPLY_MAX};
use prompt_runner_core::refusal::{Code, Refusal};
use prompt_runner_core::template::SOURCE_MAX;
use runner::bounded;
use runner::decode::{DecodeError, Decoded, Encoding, decode};
use std::fmt::Display;
use std::io::{self, ErrorKind};
use std::path::Path;

/// What a text is to be.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    Reply,
    Feature,
    /// A file with a feature behind each other.
    Features,
    Template,
    Workflow,
}

impl Kind {
    /// What it is called, how many bytes it has at most in UTF-8, and with which code it is refused where it has more. Whoever takes it
    /// counts once more.
    const fn limit(self) -> (&'static str, u64, Code) {
        match self {
            Self::Reply => ("The reply", REPLY_MAX, Code::ReplyTooLarge),
            Self::Feature => ("The feature", 4 * FEATURE_MAX as u64, Code::FeatureInvalid),
            Self::Features => ("The list of features", REPLY_MAX, Code::FeatureInvalid),
            Self::Template => ("The template", SOURCE_MAX, Code::TemplateInvalid),
            Self::Workflow => ("The workflow", SOURCE_MAX, Code::WorkflowInvalid),
        }
    }
}

/// A text from a file, or from standard input for `-`. What is not plain UTF-8 is said.
pub(super) fn read(file: &Path, kind: Kind) -> Result<String, Refusal> {
    let (what, max, code) = kind.limit();
    // In UTF-16 a text of ASCII is twice as long, behind its mark.
    let bytes = 2 * max + 4;
    let read = if is_stdin(file) { bounded::all(io::stdin().lock(), bytes) } else { bounded::read(file, bytes) };
    let bytes = read.map_err(|error| match error.kind() {
        ErrorKind::FileTooLarge => Refusal::new(code, format!("{what} is larger than {}.", size(max))),
        ErrorKind::InvalidInput => Refusal {
            hint: "Name an ordinary file; what comes out of a pipe is read from standard input, with `-`.".into(),
            ..unreadable(file, &error)
        },
        _ => unreadable(file, &error),
    })?;
    let no_text = |error: DecodeError| Refusal {
        hint: error.hint().unwrap_or_else(|| "Save it again as text in UTF-8, and give that.".to_owned()),
        ..unreadable(file, &error)
    };
    let Decoded { text, encoding, replaced } = decode(&bytes).map_err(no_text)?;
    if encoding != Encoding::Utf8 {
        print::notify(&format!("{} was read as {}.", named(file), encoding.name()));
    }
    if replaced > 0 {
        let line = text.split(char::REPLACEMENT_CHARACTER).next().map_or(1, |before| before.matches('\n').count() + 1);
        let places = if replaced == 1 { "One place in it is" } else { &format!("{replaced} places in it are") };
        print::notify(&format!(
            "{} is damaged. {places} no UTF-8, the first in line {line}, and “\u{fffd}” stands there now. Save it again to have it whole.",
            named(file)
        ));
    }
    Ok(text)
}

fn size(bytes: u64) -> String {
    let units = [(20, "MiB"), (10, "KiB")];
    let whole = units.iter().find(|(bits, _)| bytes.trailing_zeros() >= *bits);
    whole.map_or_else(|| format!("{bytes} bytes"), |(bits, unit)| format!("{} {unit}", bytes >> bits))
}

fn is_stdin(file: &Path) -> bool {
    file == Path::new("-")
}

fn named(file: &Path) -> String {
    if is_stdin(file) { "Standard input".to_owned() } else { file.display().to_string() }
}

/// The file cannot be read.
pub(super) fn unreadable(file: &Path, error: &impl Display) -> Refusal {
    Refusal::new(Code::FileUnreadable, format!("{} cannot be read: {error}.", named(file)))
}
