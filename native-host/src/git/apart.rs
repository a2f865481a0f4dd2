//! A repository of our own, for the one question that has git open the project's files. Filters run then, and which of them is a matter
//! of settings: those in `.git`, those that they include, and attributes. So git is shown the project's files and objects beside
//! settings in which nothing stands, its own and the developer's left out. It takes what it writes to a copy of the index.

use crate::bounded;
use crate::whole::{self, For};
use std::ffi::OsStr;
use std::fs::{self, DirBuilder};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// The largest index that is copied, in bytes: half a million files.
const INDEX_MAX: u64 = 64 << 20;
/// As many digits has the name of a commit where SHA-256 makes it.
const SHA256_DIGITS: usize = 64;
/// What an index that is split calls its other part.
const SHARED: &str = "sharedindex.";

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
        whole::new(&self.0.join("config"), For::Owner)?.write_all(format.as_bytes())?;
        whole::new(&self.0.join("HEAD"), For::Owner)?.write_all(b"ref: refs/heads/none\n")?;
        fs::create_dir(self.0.join("refs"))?;
        fs::create_dir(self.0.join("objects"))?;
        copy(index, &self.0.join("index"))?;
        for entry in index.parent().map(fs::read_dir).transpose()?.into_iter().flatten() {
            let entry = entry?;
            if entry.file_name().as_encoded_bytes().starts_with(SHARED.as_bytes()) {
                copy(&entry.path(), &self.0.join(entry.file_name()))?;
            }
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

/// Copies an ordinary file with its time: git tells by it which files it has to look at again.
fn copy(from: &Path, to: &Path) -> io::Result<()> {
    let data = match fs::metadata(from) {
        // Before the first file is added there is no index.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        data => data?,
    };
    if !data.is_file() || data.len() > INDEX_MAX {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    let changed: SystemTime = data.modified()?;
    let mut copy = whole::new(to, For::Owner)?;
    io::copy(&mut bounded::open(from)?.take(INDEX_MAX), &mut copy)?;
    copy.set_modified(changed)
}
