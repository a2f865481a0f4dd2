//! The clipboard of the desktop: a prompt goes into it and a reply comes out of it, as text and nothing else.
//! Where the system keeps no text for a program that has ended (X11, Wayland), `owner` leaves one behind that answers for it.
//! arboard knows the systems; only on X11 `x11` does the reading and `selection` the answering, by what `kinds` knows of texts.

#[cfg(all(unix, not(target_os = "macos")))]
mod kinds;
#[cfg(all(unix, not(target_os = "macos")))]
mod owner;
#[cfg(all(unix, not(target_os = "macos")))]
mod selection;
#[cfg(all(unix, not(target_os = "macos")))]
mod x11;

#[cfg(all(unix, not(target_os = "macos")))]
pub use owner::{SERVE, serve};

use prompt_runner_core::machine::REPLY_MAX;
use prompt_runner_core::refusal::{Code, Refusal};
use std::collections::hash_map::DefaultHasher;
use std::fmt::Display;
use std::hash::{Hash, Hasher};
use std::path::Path;

/// How much is copied at once: on Wayland arboard may hand a text to an X server in one request, and none takes 16 MiB or more.
const COPY_MAX: u64 = 15 << 20;

/// Why nothing was copied or pasted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClipboardError {
    /// There is no desktop, or its clipboard does not answer.
    #[error("There is no clipboard here: {0}.")]
    Unavailable(String),
    /// An image, a file, or nothing at all; and what there is, as far as it is known.
    #[error("The clipboard holds no text{0}.")]
    NotText(String),
    /// More text than a reply may have, or a clipboard takes.
    #[error("The text has {bytes} bytes, and at most {most} go through the clipboard.")]
    TooLarge {
        /// How large it is.
        bytes: u64,
        /// How large it may be.
        most: u64,
    },
}

impl From<arboard::Error> for ClipboardError {
    fn from(error: arboard::Error) -> Self {
        match error {
            arboard::Error::ContentNotAvailable | arboard::Error::ConversionFailure => Self::NotText(String::new()),
            error => unavailable(&error),
        }
    }
}

impl From<ClipboardError> for Refusal {
    fn from(error: ClipboardError) -> Self {
        let code = match error {
            ClipboardError::Unavailable(_) => Code::ClipboardUnavailable,
            ClipboardError::NotText(_) => Code::ClipboardNotText,
            ClipboardError::TooLarge { .. } => Code::ClipboardTooLarge,
        };
        Self::new(code, error.to_string())
    }
}

/// The text is in the clipboard, and stays there until another program copies something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Copied {
    /// The process that answers for the text; none where the system keeps it.
    pub owner: Option<u32>,
}

/// Copies a text so that it outlives this program.
///
/// # Errors
/// As [`copy_by`].
pub fn copy(text: &str) -> Result<Copied, ClipboardError> {
    let program = std::env::current_exe()
        .map_err(|error| ClipboardError::Unavailable(format!("the program does not know its own path: {error}")))?;
    copy_by(text, &program)
}

/// Copies a text so that it outlives this program. `program` is who can become its owner: Prompt-Runner, by its own path.
///
/// # Errors
/// When there is no clipboard, or the text is too large for one.
pub fn copy_by(text: &str, program: &Path) -> Result<Copied, ClipboardError> {
    fits(text.len() as u64, COPY_MAX)?;
    hand_over(text, program)
}

#[cfg(all(unix, not(target_os = "macos")))]
fn hand_over(text: &str, program: &Path) -> Result<Copied, ClipboardError> {
    owner::leave(text, program).map(|owner| Copied { owner: Some(owner) })
}

#[cfg(not(all(unix, not(target_os = "macos"))))]
fn hand_over(text: &str, _program: &Path) -> Result<Copied, ClipboardError> {
    open()?.set_text(text)?;
    Ok(Copied { owner: None })
}

/// The text in the clipboard.
///
/// # Errors
/// When there is no clipboard, no text in it, or too much.
pub fn paste() -> Result<String, ClipboardError> {
    #[cfg(all(unix, not(target_os = "macos")))]
    if std::env::var_os("WAYLAND_DISPLAY").is_none() {
        return x11::text();
    }
    let text = open()?.get_text()?;
    fits(text.len() as u64, REPLY_MAX)?;
    Ok(text)
}

/// The clipboard, watched for what is copied next.
#[derive(Debug)]
pub struct Clipboard {
    seen: Option<u64>,
}

impl Clipboard {
    /// Starts to watch. What is in the clipboard already is no news.
    ///
    /// # Errors
    /// When there is no clipboard.
    pub fn watch() -> Result<Self, ClipboardError> {
        let mut clipboard = Self { seen: None };
        match clipboard.changed() {
            Ok(_) | Err(ClipboardError::TooLarge { .. }) => Ok(clipboard),
            Err(error) => Err(error),
        }
    }

    /// The text, if it is another one than was last seen here. What is no text is no news, and what is too large is told once.
    ///
    /// # Errors
    /// When the clipboard has gone, or the new text is too large.
    pub fn changed(&mut self) -> Result<Option<String>, ClipboardError> {
        let found = paste();
        let hash = match &found {
            Ok(text) => hash(text),
            Err(ClipboardError::TooLarge { bytes, .. }) => hash(bytes),
            Err(ClipboardError::NotText(_)) => return Ok(None),
            Err(ClipboardError::Unavailable(_)) => return found.map(Some),
        };
        let news = self.seen != Some(hash);
        self.seen = Some(hash);
        if news { found.map(Some) } else { Ok(None) }
    }
}

fn hash(what: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    what.hash(&mut hasher);
    hasher.finish()
}

/// Whatever is the matter with the desktop's clipboard, it means that there is none here.
fn open() -> Result<arboard::Clipboard, ClipboardError> {
    arboard::Clipboard::new().map_err(|error| unavailable(&error))
}

/// Other people's sentences end as they like.
fn unavailable(why: &dyn Display) -> ClipboardError {
    ClipboardError::Unavailable(why.to_string().trim_end_matches('.').to_owned())
}

fn fits(bytes: u64, most: u64) -> Result<(), ClipboardError> {
    if bytes > most { Err(ClipboardError::TooLarge { bytes, most }) } else { Ok(()) }
}
