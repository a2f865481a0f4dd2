//! What a user gives as text: a file, or standard input, in whichever encoding it was saved.

use super::print;
use crate::decode::{DecodeError, Decoded, Encoding, decode};
use prompt_runner_core::refusal::{Code, Refusal};
use std::fmt::Display;
use std::io::Read;
use std::path::Path;

/// A text from a file, or from standard input for `-`. What is not plain UTF-8 is said.
pub(super) fn read(file: &Path) -> Result<String, Refusal> {
    let mut bytes = Vec::new();
    let outcome = if file == Path::new("-") {
        std::io::stdin().lock().read_to_end(&mut bytes)
    } else {
        std::fs::File::open(file).and_then(|mut file| file.read_to_end(&mut bytes))
    };
    outcome.map_err(|error| unreadable(file, &error))?;
    let no_text = |error: DecodeError| Refusal {
        hint: error.hint().unwrap_or_else(|| "Save it again as text in UTF-8, and give that.".to_owned()),
        ..unreadable(file, &error)
    };
    let Decoded { text, encoding, replaced } = decode(&bytes).map_err(no_text)?;
    if encoding != Encoding::Utf8 {
        print::talk(&print::safe(&format!("{} was read as {}.", named(file), encoding.name())));
    }
    if replaced > 0 {
        let line = text.split(char::REPLACEMENT_CHARACTER).next().map_or(1, |before| before.matches('\n').count() + 1);
        let places = if replaced == 1 { "One place in it is" } else { &format!("{replaced} places in it are") };
        print::talk(&print::safe(&format!(
            "{} is damaged. {places} no UTF-8, the first in line {line}, and “\u{fffd}” stands there now. Save it again to have it whole.",
            named(file)
        )));
    }
    Ok(text)
}

fn named(file: &Path) -> String {
    if file == Path::new("-") { "Standard input".to_owned() } else { file.display().to_string() }
}

/// The file cannot be read.
pub(super) fn unreadable(file: &Path, error: &impl Display) -> Refusal {
    Refusal::new(Code::FileUnreadable, format!("{} cannot be read: {error}.", named(file)))
}

/// Takes a file of ours away.
pub(super) fn remove(file: &Path) -> Result<(), Refusal> {
    std::fs::remove_file(file)
        .map_err(|error| Refusal::new(Code::FileUnreadable, format!("{} cannot be removed: {error}.", file.display())))
}
