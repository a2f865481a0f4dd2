//! A change of one file, as it was read: which file, in which form, and what becomes of its text.

use super::hunk::Hunk;
use super::path::FilePath;
use super::{Form, Why};

/// One change of one file, or why there is none.
pub type Read = Result<FileChange, Fault>;

/// What a reply does to one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileChange {
    /// The file; of one that is renamed, its name afterwards.
    pub path: FilePath,
    /// Its name before, where it is renamed.
    pub from: Option<FilePath>,
    /// What becomes of its text.
    pub edit: Edit,
    /// Whether it may be run afterwards, where the reply says so.
    pub executable: Option<bool>,
    /// In which form it was written.
    pub form: Form,
    /// The line of the section at which it begins, from 1.
    pub line: usize,
}

impl FileChange {
    /// The file that must be there for it.
    #[must_use]
    pub fn source(&self) -> &FilePath {
        self.from.as_ref().unwrap_or(&self.path)
    }

    /// The file that a fault of it is about.
    #[must_use]
    pub fn at_fault(&self, why: &Why) -> &FilePath {
        if *why == Why::NoSuchFile { self.source() } else { &self.path }
    }
}

/// What becomes of the text of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edit {
    /// This is all of it, each line with its end. With `new`, the form says that there is no such file yet.
    Whole {
        /// The text.
        text: String,
        /// There is no such file yet.
        new: bool,
        /// The comment above the text that named the file. It is a line of the file only where that begins with it already.
        comment: Option<String>,
    },
    /// Some of its lines are others.
    Hunks(Vec<Hunk>),
    /// It goes. What the form says that stood in it must be there.
    Gone(Vec<Hunk>),
    /// It stays: only the name or the mode is another.
    Same,
}

/// Why something in a section changes no file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The file as the reply names it; nothing where it names none.
    pub path: Option<String>,
    /// The line of the section that it is about, from 1.
    pub line: usize,
    /// What is wrong.
    pub why: Why,
}
