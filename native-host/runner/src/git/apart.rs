//! A repository of our own, for the one question that has git open the project's files. Filters run then, and which of them is a matter
//! of settings: those in `.git`, those that they include, and attributes. So git is shown the project's files and objects beside
//! settings in which nothing stands, its own and the developer's left out. It takes what it writes to a copy of the index.

use crate::atomic_file::{self, For};
use crate::bounded;
use std::ffi::OsStr;
use std::fs::{self, DirBuilder, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// The largest index that is copied, with its other part where it is split, in bytes: half a million files.
const INDEX_MAX: u64 = 64 << 20;
/// As many digits has the name of a commit where SHA-256 makes it.
const SHA256_DIGITS: usize = 64;
/// What an index that is split calls its other part.
const SHARED: &str = "sharedindex.";
/// The signature of the extension that names that part.
const LINK: &[u8] = b"link";
/// The bytes before what is in an extension: its signature and its length.
const HEAD: usize = 8;
/// As many extensions an index has at most. Git knows nine.
const EXTENSIONS_MAX: usize = 16;

/// The folder; gone when this is dropped.
pub(super) struct Apart(PathBuf);

impl Drop for Apart {
    fn drop(&mut self) {
        // What cannot be removed lies in a folder that the system clears.
        let _ = fs::remove_dir_all(&self.0);
    }
}

impl Apart {
    /// Beside a copy of this index, for commits whose names have so many digits.
    pub(super) fn make(index: &Path, digits: usize) -> Option<Self> {
        let mut bytes = [0; 8];
        getrandom::fill(&mut bytes).ok()?;
        let folder = std::env::temp_dir().join(format!("prompt-runner-git-{:016x}", u64::from_be_bytes(bytes)));
        let mut builder = DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&folder).ok()?;
        let apart = Self(folder);
        apart.fill(index, digits).ok()?;
        Some(apart)
    }

    fn fill(&self, index: &Path, digits: usize) -> io::Result<()> {
        let format = if digits == SHA256_DIGITS {
            "[core]\nrepositoryFormatVersion = 1\n[extensions]\nobjectFormat = sha256\n"
        } else {
            "[core]\nrepositoryFormatVersion = 0\n"
        };
        atomic_file::new(&self.0.join("config"), For::Owner)?.write_all(format.as_bytes())?;
        atomic_file::new(&self.0.join("HEAD"), For::Owner)?.write_all(b"ref: refs/heads/none\n")?;
        fs::create_dir(self.0.join("refs"))?;
        fs::create_dir(self.0.join("objects"))?;
        let Some(first) = Part::open(index, INDEX_MAX)? else { return Ok(()) };
        let (bytes, left) = first.read()?;
        first.keep(&bytes, &self.0.join("index"))?;
        let Some(name) = shared(&bytes, digits / 2) else { return Ok(()) };
        if let Some(other) = Part::open(&index.with_file_name(&name), left)? {
            other.keep(&other.read()?.0, &self.0.join(&name))?;
        }
        Ok(())
    }

    /// What shows git the files below `top` and these objects, and no settings but ours.
    pub(super) fn variables<'a>(&'a self, top: &'a Path, objects: &'a Path) -> [(&'static str, &'a OsStr); 9] {
        let (here, none) = (self.0.as_os_str(), OsStr::new("/dev/null"));
        [
            ("GIT_DIR", here),
            ("GIT_WORK_TREE", top.as_os_str()),
            ("GIT_OBJECT_DIRECTORY", objects.as_os_str()),
            ("GIT_CONFIG_NOSYSTEM", OsStr::new("1")),
            ("GIT_CONFIG_GLOBAL", none),
            ("GIT_ATTR_NOSYSTEM", OsStr::new("1")),
            // Before 2.32 git knows no other way to leave out the developer's settings.
            ("HOME", here),
            ("XDG_CONFIG_HOME", here),
            ("GIT_NO_REPLACE_OBJECTS", OsStr::new("1")),
        ]
    }
}

/// A file of the index that is open, and as much of it as may be copied.
struct Part {
    file: File,
    most: u64,
}

impl Part {
    /// Nothing where there is no such file: before the first file is added there is no index.
    fn open(path: &Path, most: u64) -> io::Result<Option<Self>> {
        match bounded::open_itself(path) {
            Ok(file) => Ok(Some(Self { file, most })),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// All of it, and how much may be copied after it.
    fn read(&self) -> io::Result<(Vec<u8>, u64)> {
        let bytes = bounded::all(&self.file, self.most)?;
        let left = self.most.saturating_sub(bytes.len() as u64);
        Ok((bytes, left))
    }

    /// Copied with its time: git tells by it which files it has to look at again.
    fn keep(&self, bytes: &[u8], to: &Path) -> io::Result<()> {
        let mut copy = atomic_file::new(to, For::Owner)?;
        copy.write_all(bytes)?;
        copy.set_modified(self.file.metadata()?.modified()?)
    }
}

/// The name of the file that holds the other part of an index, where it is split; a digest of git has so many bytes. Behind the entries
/// stand extensions, each with a signature of four letters and its length, and a digest is the end. The one that is looked for begins with
/// the digest of that file. What only looks like it leads to no file of ours, or to one that is copied within the same bounds.
fn shared(index: &[u8], digest: usize) -> Option<String> {
    let end = index.len().checked_sub(digest)?;
    let at = (0..end).find(|at| index[*at..end].starts_with(LINK) && leads_to(index, *at, end))?;
    let length = length(index, at)?;
    let name = index.get(at + HEAD..end)?.get(..length)?.get(..digest)?;
    Some(format!("{SHARED}{}", name.iter().map(|byte| format!("{byte:02x}")).collect::<String>()))
}

/// Whether extensions stand from here to the end, one behind the other.
fn leads_to(index: &[u8], mut at: usize, end: usize) -> bool {
    for _ in 0..EXTENSIONS_MAX {
        let Some(length) = length(index, at).filter(|_| index[at..at + 4].iter().all(u8::is_ascii_alphabetic)) else {
            return false;
        };
        at = at.saturating_add(HEAD + length);
        if at >= end {
            return at == end;
        }
    }
    false
}

/// The length of the extension that stands here.
fn length(index: &[u8], at: usize) -> Option<usize> {
    let bytes = index.get(at + 4..at + HEAD)?.try_into().ok()?;
    usize::try_from(u32::from_be_bytes(bytes)).ok()
}
