//! What a reply does to files: every form in which models write that down, read into one list of changes, and each change worked out
//! against the file that it is for. Nothing is guessed: what cannot be read or placed with certainty is a fault with a name, and the
//! other changes stay as they are. Forms and faults: docs/CHANGES.md.

#[cfg(feature = "native")]
mod change;
#[cfg(feature = "native")]
mod denied;
#[cfg(feature = "native")]
mod elision;
#[cfg(feature = "native")]
mod fence;
#[cfg(feature = "native")]
mod hunk;
#[cfg(feature = "native")]
mod merge;
#[cfg(feature = "native")]
mod name;
mod path;
#[cfg(feature = "native")]
mod place;
#[cfg(feature = "native")]
mod result;
#[cfg(feature = "native")]
mod search;
#[cfg(feature = "native")]
mod section;
#[cfg(feature = "native")]
mod unified;
#[cfg(feature = "native")]
mod v4a;

#[cfg(feature = "native")]
pub use change::{Edit, Fault, FileChange, Read};
#[cfg(feature = "native")]
pub use denied::denied;
#[cfg(feature = "native")]
pub use hunk::{Hunk, Mark, Row};
pub use path::{FilePath, PathFault};
#[cfg(feature = "native")]
pub use result::{Applied, apply};
#[cfg(feature = "native")]
pub use section::{read, read_all};

use serde::{Deserialize, Serialize};

/// So many bytes are kept of what stood in files. A change whose files are no longer among them cannot be taken back.
pub const KEPT_MAX: u64 = 512 << 20;

/// The forms of changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS, schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// The whole file, under its path.
    Whole,
    /// Lines to look for, and others to put in their place.
    Search,
    /// A diff, as `diff -u` or git writes it.
    Diff,
    /// A patch between `*** Begin Patch` and `*** End Patch`.
    Patch,
    /// A heading that says so: a file is deleted or renamed.
    Heading,
}

/// How the lines of a change were found in the file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS, schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Grade {
    /// To the letter.
    #[default]
    Exact,
    /// But for blanks at the ends of lines.
    Blanks,
    /// But for the indentation, by which all of them differ in the same way.
    Indentation,
}

/// Something about a result that its reader should know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS, schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Note {
    /// The file has line ends of both kinds; lines that come have those of most.
    MixedLineEnds,
    /// It is much shorter than before.
    MuchShorter,
    /// Nothing but blanks differs.
    BlanksOnly,
}

/// What a denied file has power over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS, schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Danger {
    /// The history of the project, and what git runs.
    VersionControl,
    /// Programs that run before or after a commit.
    Hooks,
    /// What a build machine runs.
    BuildMachine,
    /// What an editor runs or trusts when it opens the folder.
    Editor,
    /// What an agent may do, and what it is told.
    Agent,
    /// What a shell runs when it starts or enters the folder.
    Shell,
    /// Where packages come from, and programs that a build starts in the place of others.
    Packages,
    /// Keys, and who may come in with them.
    Keys,
    /// What this program keeps.
    Ours,
    /// The developer said so.
    Yours,
}

impl Danger {
    /// Why it is denied, as the end of a sentence that begins with the file.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::VersionControl => "it belongs to version control",
            Self::Hooks => "it runs at each commit",
            Self::BuildMachine => "it says what a build machine runs",
            Self::Editor => "it says what an editor runs",
            Self::Agent => "it says what an agent may do",
            Self::Shell => "it runs when a shell starts",
            Self::Packages => "it says where packages come from, or what a build runs",
            Self::Keys => "it holds keys, or says who comes in",
            Self::Ours => "it belongs to Prompt-Runner",
            Self::Yours => "you denied it",
        }
    }
}

/// What can be wrong with a change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS, schemars::JsonSchema))]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Why {
    /// Text in a fence, or a patch, that no file is named for.
    NoPath,
    /// A file is named, and nothing is said of it.
    NoText,
    /// Two different files are named for one text.
    TwoPaths {
        /// The other one.
        other: String,
    },
    /// The path leads out of the project, or is none on some system.
    BadPath {
        /// What is wrong with it.
        fault: PathFault,
    },
    /// It cannot be told where the fence ends.
    FenceUnclear,
    /// Something was left out of the text, and a few words or dots stand for it.
    Elided {
        /// The line that stands for it.
        text: String,
    },
    /// A diff, patch or search block that is not as its form asks.
    Malformed {
        /// What is wrong, in a few words.
        what: String,
    },
    /// It is no text: a binary patch, a link, or a submodule.
    NoPlainFile {
        /// What it is.
        what: String,
    },
    /// The same file is changed twice in ways that do not go together.
    Twice,
    /// The lines to look for do not stand in the file.
    NotFound {
        /// The first of them.
        text: String,
        /// The line of the file that is most like it, from 1.
        nearest: Option<usize>,
    },
    /// The lines to look for stand in the file more than once.
    Ambiguous {
        /// The first of them.
        text: String,
        /// The lines of the file at which they stand, from 1.
        at: Vec<usize>,
    },
    /// Lines are only added, and nothing says where.
    NoPlace,
    /// Two changes of one file are about the same lines.
    Overlap,
    /// It is to be changed, deleted or renamed, and is not there.
    NoSuchFile,
    /// It is said to be new, and is there.
    FileExists,
    /// The file is there and is no text in UTF-8.
    NotText,
    /// A file with something in it would be empty.
    WouldBeEmpty,
}

impl Why {
    /// What is wrong, as the end of a sentence that begins with the file.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::NoPath => "no file is named for this text".to_owned(),
            Self::NoText => "nothing is said of what becomes of it".to_owned(),
            Self::TwoPaths { other } => format!("another file is named for the same text: {other}"),
            Self::BadPath { fault } => fault.text().to_owned(),
            Self::FenceUnclear => {
                "nobody can say where its text ends: a fence has no end (then nothing behind it was read), or one without a name follows".to_owned()
            }
            Self::Elided { text } => format!("something was left out of it: “{}”", short(text)),
            Self::Malformed { what } => what.clone(),
            Self::NoPlainFile { what } => format!("it is {what}, and only text files are changed"),
            Self::Twice => "it is changed twice, in ways that do not go together".to_owned(),
            Self::NotFound { text, nearest: Some(line) } => {
                format!("it does not have “{}”; the nearest place is line {line}", short(text))
            }
            Self::NotFound { text, nearest: None } => {
                format!("it does not have “{}”, or anything like it", short(text))
            }
            Self::Ambiguous { text, at } => {
                let lines: Vec<String> = at.iter().take(5).map(usize::to_string).collect();
                let more = if at.len() > 5 { ", …" } else { "" };
                format!("“{}” stands in it more than once: lines {}{more}", short(text), lines.join(", "))
            }
            Self::NoPlace => "lines are added to it, and nothing says where".to_owned(),
            Self::Overlap => "two changes are about the same lines".to_owned(),
            Self::NoSuchFile => "it is to be changed, and is not there".to_owned(),
            Self::FileExists => "it is said to be new, and is there already".to_owned(),
            Self::NotText => "what is there is no text in UTF-8".to_owned(),
            Self::WouldBeEmpty => "nothing would be left in it".to_owned(),
        }
    }
}

/// A line as it is quoted in a sentence.
fn short(text: &str) -> String {
    const LETTERS: usize = 60;
    let text = text.trim();
    if text.chars().count() <= LETTERS {
        text.to_owned()
    } else {
        text.chars().take(LETTERS).collect::<String>() + "…"
    }
}
