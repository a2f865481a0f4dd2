//! The predecessor's workspace as it lies in a folder: read without a change, and never out of it, whatever lies there.

use crate::bounded;
use prompt_runner_core::legacy::{File, Left};
use std::fs::{self, DirEntry, Metadata};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

const WORKSPACE: &str = "orchestrator_workspace";
const FOLDERS: [&str; 3] = ["sessions", "outputs", "templates"];
/// More entries of one folder are not looked at.
const ENTRIES_MAX: usize = 10_000;
/// A larger file is no text of a session: no reply of ours is larger.
const FILE_MAX: u64 = 16 << 20;
/// More than this is not read in all.
const ALL_MAX: u64 = 256 << 20;

/// A folder that is no workspace.
#[derive(Debug, thiserror::Error)]
pub enum LegacyError {
    /// Nothing in it looks like one.
    #[error("{0} is no workspace of the predecessor: it has no folder `sessions`")]
    NoWorkspace(PathBuf),
    /// The system does not let us look.
    #[error("{path} cannot be read: {source}")]
    Unreadable {
        /// What.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// A workspace that was read.
#[derive(Debug)]
pub struct Workspace {
    /// Its folder, by its real path.
    pub root: PathBuf,
    /// Its files, by path.
    pub files: Vec<File>,
    /// What is not read, and why.
    pub left: Vec<Left>,
    /// How much may still be read.
    budget: u64,
}

impl Workspace {
    /// Reads the workspace that this folder is or holds.
    ///
    /// # Errors
    /// `NoWorkspace`, and `Unreadable` where the system does not let us look.
    pub fn read(folder: &Path) -> Result<Self, LegacyError> {
        let unreadable = |source| LegacyError::Unreadable { path: folder.to_owned(), source };
        let real = folder.canonicalize().map_err(unreadable)?;
        let inner = real.join(WORKSPACE);
        let is_workspace = real.join(FOLDERS[0]).is_dir() || real.file_name().is_some_and(|name| name == WORKSPACE);
        let root = match inner.is_dir() {
            true => inner.canonicalize().map_err(unreadable)?,
            false if is_workspace => real,
            false => return Err(LegacyError::NoWorkspace(folder.to_owned())),
        };
        let mut workspace = Self { root, files: Vec::new(), left: Vec::new(), budget: ALL_MAX };
        for (name, entry) in workspace.entries("").map_err(unreadable)? {
            if FOLDERS.contains(&name.as_str()) {
                workspace.folder(&name, &entry);
            } else {
                workspace.leave(&name, "It belongs to no session.");
            }
        }
        workspace.files.sort_by(|one, other| one.path.cmp(&other.path));
        workspace.left.sort_by(|one, other| one.path.cmp(&other.path));
        Ok(workspace)
    }

    fn leave(&mut self, path: &str, why: impl Into<String>) {
        self.left.push(Left { path: path.to_owned(), why: why.into() });
    }

    /// The entries of a folder, as many as are looked at.
    fn entries(&mut self, folder: &str) -> io::Result<Vec<(String, DirEntry)>> {
        let mut entries = Vec::new();
        for entry in fs::read_dir(self.root.join(folder))? {
            let entry = entry?;
            if entries.len() == ENTRIES_MAX {
                self.leave(folder, format!("It holds more than {ENTRIES_MAX} files; the others were not looked at."));
                break;
            }
            match entry.file_name().into_string() {
                Ok(name) => entries.push((name, entry)),
                Err(name) => {
                    let path = Path::new(folder).join(name).to_string_lossy().into_owned();
                    self.leave(&path, "Its name is not Unicode.");
                }
            }
        }
        Ok(entries)
    }

    fn folder(&mut self, name: &str, entry: &DirEntry) {
        let metadata = match self.inside(&entry.path()) {
            Ok((_, metadata)) => metadata,
            Err(why) => return self.leave(name, why),
        };
        if !metadata.is_dir() {
            return self.leave(name, "It is no folder.");
        }
        let entries = match self.entries(name) {
            Ok(entries) => entries,
            Err(error) => return self.leave(name, format!("It cannot be read: {error}.")),
        };
        for (file, entry) in entries {
            let path = format!("{name}/{file}");
            match self.file(&path, &entry.path()) {
                Ok(file) => self.files.push(file),
                Err(why) => self.leave(&path, why),
            }
        }
    }

    fn file(&mut self, path: &str, place: &Path) -> Result<File, String> {
        let (real, metadata) = self.inside(place)?;
        if metadata.is_dir() {
            return Err("It is a folder, and was not looked into.".to_owned());
        }
        // A pipe would keep us waiting, and a device never end.
        if !metadata.is_file() {
            return Err("It is no ordinary file.".to_owned());
        }
        let cannot = |error: io::Error| format!("It cannot be read: {error}.");
        let limit = FILE_MAX.min(self.budget);
        let file = bounded::open(&real).map_err(cannot)?;
        // It may have been exchanged meanwhile, for a link out or a pipe: what is open must be what stands there, inside.
        if !same(&file.metadata().map_err(cannot)?, &self.inside(place)?.1) {
            return Err("It was exchanged while it was read.".to_owned());
        }
        let mut bytes = Vec::new();
        file.take(limit + 1).read_to_end(&mut bytes).map_err(cannot)?;
        let length = bytes.len() as u64;
        if length > FILE_MAX {
            return Err("It is larger than 16 MiB.".to_owned());
        }
        if length > self.budget {
            return Err("The files before it have 256 MiB in all; more is not read.".to_owned());
        }
        self.budget -= length;
        let modified = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        let modified_ms = modified.and_then(|since| i64::try_from(since.as_millis()).ok());
        Ok(File { path: path.to_owned(), bytes, modified_ms })
    }

    /// Where a path leads, as long as that is in the workspace.
    fn inside(&self, path: &Path) -> Result<(PathBuf, Metadata), String> {
        let real = path.canonicalize().map_err(|error| format!("It leads nowhere: {error}."))?;
        if !real.starts_with(&self.root) {
            return Err("It leads out of the workspace, and was not followed.".to_owned());
        }
        let metadata = real.metadata().map_err(|error| format!("It cannot be read: {error}."))?;
        Ok((real, metadata))
    }
}

/// Windows numbers its files elsewhere; there it is not looked at.
fn same(one: &Metadata, other: &Metadata) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        (one.dev(), one.ino()) == (other.dev(), other.ino())
    }
    #[cfg(not(unix))]
    {
        one.len() == other.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn left(workspace: &Workspace) -> Vec<(&str, &str)> {
        workspace.left.iter().map(|left| (left.path.as_str(), left.why.as_str())).collect()
    }

    #[test]
    fn a_workspace_is_found_as_itself_and_in_its_folder_and_nowhere_else() {
        let home = tempfile::tempdir().unwrap();
        let root = home.path().join(WORKSPACE);
        assert!(matches!(Workspace::read(home.path()), Err(LegacyError::NoWorkspace(_))));
        assert!(matches!(Workspace::read(&root), Err(LegacyError::Unreadable { .. })));
        fs::create_dir(&root).unwrap();
        for folder in [home.path(), &root] {
            let workspace = Workspace::read(folder).unwrap();
            assert_eq!(workspace.root, root.canonicalize().unwrap());
            assert!(workspace.files.is_empty() && workspace.left.is_empty());
        }
        fs::create_dir(root.join("sessions")).unwrap();
        fs::rename(&root, home.path().join("old")).unwrap();
        assert!(Workspace::read(&home.path().join("old")).is_ok(), "it may have been renamed");
    }

    #[test]
    fn what_is_too_much_is_named_and_not_read() {
        let home = tempfile::tempdir().unwrap();
        let root = home.path().join(WORKSPACE);
        fs::create_dir_all(root.join("outputs/deep")).unwrap();
        fs::write(root.join("outputs/fits.md"), "x").unwrap();
        fs::File::create(root.join("outputs/huge.md")).unwrap().set_len(FILE_MAX + 1).unwrap();
        fs::write(root.join("sessions"), "no folder").unwrap();
        fs::write(root.join("notes.txt"), "").unwrap();
        let workspace = Workspace::read(&root).unwrap();
        assert_eq!(workspace.files.iter().map(|file| file.path.as_str()).collect::<Vec<_>>(), ["outputs/fits.md"]);
        assert_eq!(
            left(&workspace),
            [
                ("notes.txt", "It belongs to no session."),
                ("outputs/deep", "It is a folder, and was not looked into."),
                ("outputs/huge.md", "It is larger than 16 MiB."),
                ("sessions", "It is no folder."),
            ]
        );
    }

    #[test]
    fn a_folder_without_end_is_looked_at_in_part() {
        let home = tempfile::tempdir().unwrap();
        let outputs = home.path().join(WORKSPACE).join("outputs");
        fs::create_dir_all(&outputs).unwrap();
        for at in 0..=ENTRIES_MAX {
            fs::write(outputs.join(format!("{at}.md")), "").unwrap();
        }
        let workspace = Workspace::read(home.path()).unwrap();
        assert_eq!(workspace.files.len(), ENTRIES_MAX);
        assert_eq!(left(&workspace).len(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_followed_only_inside() {
        use std::os::unix::fs::symlink;
        let home = tempfile::tempdir().unwrap();
        let root = home.path().join(WORKSPACE);
        fs::create_dir_all(root.join("outputs")).unwrap();
        fs::create_dir(home.path().join("away")).unwrap();
        fs::write(home.path().join("secret.md"), "secret").unwrap();
        fs::write(root.join("outputs/a.md"), "inside").unwrap();
        symlink("a.md", root.join("outputs/b.md")).unwrap();
        symlink("../../secret.md", root.join("outputs/c.md")).unwrap();
        symlink("/dev/zero", root.join("outputs/d.md")).unwrap();
        symlink("nowhere", root.join("outputs/e.md")).unwrap();
        symlink("../away", root.join("templates")).unwrap();
        let workspace = Workspace::read(&root).unwrap();
        let read: Vec<_> = workspace.files.iter().map(|file| (file.path.as_str(), file.bytes.as_slice())).collect();
        assert_eq!(read, [("outputs/a.md", &b"inside"[..]), ("outputs/b.md", b"inside")]);
        let out = "It leads out of the workspace, and was not followed.";
        let mut left = left(&workspace);
        assert!(left.remove(2).1.starts_with("It leads nowhere"));
        assert_eq!(left, [("outputs/c.md", out), ("outputs/d.md", out), ("templates", out)]);
    }
}
