//! Paths of files as a reply may name them: from the project's root, of names that every system can hold. The kernel confines what is
//! opened; this table says beforehand, and on every system alike, what could never be meant.

use crate::unseen::is_unseen;
use serde::{Deserialize, Serialize};
use std::fmt;
#[cfg(feature = "native")]
use unicode_normalization::UnicodeNormalization as _;

/// The longest name of a file or folder, in bytes: what ext4, NTFS and APFS hold.
const NAME_MAX: usize = 255;
/// The longest path, in bytes. Linux holds 4,096 with the folder that the project is in.
const PATH_MAX: usize = 1_024;

/// A path from the project's root: names parted by `/`, none of them `.` or `..`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(schemars::JsonSchema), schemars(with = "String"))]
#[serde(try_from = "String", into = "String")]
pub struct FilePath(String);

/// Why a path is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS, schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum PathFault {
    /// There is nothing in it, or it ends with `/`.
    NoFile,
    /// It begins at the root of the disk, a drive, a share, or someone's home.
    Absolute,
    /// `..` leads up.
    Up,
    /// It has a backslash, which is a letter on one system and parts names on another.
    Backslash,
    /// It has a letter that is not shown, or turns the reading direction.
    Unseen,
    /// It has a letter that a system keeps for itself: `< > : " | ? *`.
    Reserved,
    /// A name that Windows keeps for a device, or that ends with a dot or a blank, which Windows drops.
    Device,
    /// A name or the whole is too long.
    Long,
}

impl PathFault {
    /// What is wrong, as the end of a sentence that begins with the path.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::NoFile => "it names no file",
            Self::Absolute => "it does not begin at the project's root",
            Self::Up => "it leads upwards",
            Self::Backslash => "it has a backslash; write paths with “/”",
            Self::Unseen => "it has a letter that cannot be seen",
            Self::Reserved => "it has a letter that not every system can hold in a name",
            Self::Device => "it has a name that Windows cannot hold",
            Self::Long => "it is too long",
        }
    }
}

impl FilePath {
    /// A path, without `./` and doubled strokes.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn new(text: &str) -> Result<Self, PathFault> {
        let drive = text.as_bytes().get(1) == Some(&b':') && text.as_bytes()[0].is_ascii_alphabetic();
        if text.starts_with(['/', '~']) || drive || text.starts_with("\\\\") {
            return Err(PathFault::Absolute);
        }
        if text.contains(is_unseen) || text.contains(['\n', '\t']) {
            return Err(PathFault::Unseen);
        }
        if text.split(['/', '\\']).any(|name| name == "..") {
            return Err(PathFault::Up);
        }
        if text.contains('\\') {
            return Err(PathFault::Backslash);
        }
        if text.contains(['<', '>', ':', '"', '|', '?', '*']) {
            return Err(PathFault::Reserved);
        }
        let names: Vec<&str> = text.split('/').filter(|name| !name.is_empty() && *name != ".").collect();
        if names.is_empty() || text.ends_with('/') || text.ends_with("/.") {
            return Err(PathFault::NoFile);
        }
        if names.iter().any(|name| is_device(name)) {
            return Err(PathFault::Device);
        }
        if text.len() > PATH_MAX || names.iter().any(|name| name.len() > NAME_MAX) {
            return Err(PathFault::Long);
        }
        Ok(Self(names.join("/")))
    }

    /// The path.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its names, the file's own last.
    pub fn names(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.0.split('/')
    }

    /// The folder that it is in; empty at the root.
    #[must_use]
    pub fn folder(&self) -> &str {
        self.0.rsplit_once('/').map_or("", |(folder, _)| folder)
    }

    /// What is behind the last dot of its name, in small letters.
    #[must_use]
    pub fn ending(&self) -> String {
        let name = self.names().next_back().unwrap_or_default();
        name.rsplit_once('.')
            .filter(|(before, _)| !before.is_empty())
            .map_or_else(String::new, |(_, ending)| ending.to_lowercase())
    }

    /// A text that two paths share where some system takes them for one file.
    #[cfg(feature = "native")]
    #[must_use]
    pub fn folded(&self) -> String {
        fold(&self.0)
    }
}

impl fmt::Display for FilePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for FilePath {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::new(&text).map_err(|fault| fault.text().to_owned())
    }
}

impl From<FilePath> for String {
    fn from(path: FilePath) -> Self {
        path.0
    }
}

/// A name as the most careless system may compare it: without case, and with letters composed and told apart by what they look like.
#[cfg(feature = "native")]
pub(super) fn fold(text: &str) -> String {
    text.nfkc().flat_map(char::to_lowercase).nfkc().collect()
}

/// Names that Windows gives to devices, whatever ending they have, and those whose end it drops.
/// <https://learn.microsoft.com/windows/win32/fileio/naming-a-file>
fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim_end().to_ascii_uppercase();
    let numbered = |begin: &str| {
        stem.strip_prefix(begin).is_some_and(|rest| {
            matches!(rest, "0" | "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9" | "¹" | "²" | "³")
        })
    };
    name.ends_with(['.', ' '])
        || name.starts_with(' ')
        || matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$")
        || numbered("COM")
        || numbered("LPT")
}
