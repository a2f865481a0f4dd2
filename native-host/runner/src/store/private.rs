//! Whose the files of the database are. They are made for this user alone; what others own, read or may change is refused before it is
//! opened: by then SQLite would have written to it.

use super::StoreError;
use crate::atomic_file::{self, For};
use std::fs::{self, DirBuilder, Metadata};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// What SQLite calls the files that it lays beside a database, after the name of that.
const BESIDE: [&str; 3] = ["-wal", "-shm", "-journal"];

/// Makes the directory 0700 and the file 0600 where they are missing, and looks at whose they are. Gives where the file really lies.
///
/// # Errors
/// [`StoreError::Directory`] where they cannot be made, [`StoreError::Exposed`] where they are not this user's alone,
/// [`StoreError::Left`] where a log lies there whose file is gone.
pub(super) fn make(path: &Path) -> Result<PathBuf, StoreError> {
    let trouble = |path: &Path| {
        let path = path.to_owned();
        move |source| StoreError::Directory { path, source }
    };
    if let Some(directory) = path.parent() {
        let mut builder = DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(directory).map_err(trouble(directory))?;
    }
    let left = beside(path).into_iter().find(|at| fs::metadata(at).is_ok_and(|data| data.len() > 0));
    // Looked at after the log: another process may be making both.
    if let Some(left) = left.filter(|_| matches!(path.try_exists(), Ok(false))) {
        return Err(StoreError::Left(left));
    }
    match atomic_file::new(path, For::Owner) {
        Ok(_) => {}
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
        // A directory that cannot be written may hold a database that can be.
        Err(_) if path.exists() => {}
        Err(error) => return Err(trouble(path)(error)),
    }
    look(path)
}

/// Whether the directory, the file and what lies beside it are this user's alone, where a link leads to. Gives the file behind the links:
/// SQLite lays its own beside that.
///
/// # Errors
/// [`StoreError::Exposed`], or [`StoreError::Directory`] where one cannot be looked at.
pub(super) fn look(path: &Path) -> Result<PathBuf, StoreError> {
    let path = real(path).map_err(|source| StoreError::Directory { path: path.to_owned(), source })?;
    for at in path.parent().into_iter().chain([path.as_path()]) {
        let data = fs::metadata(at).map_err(|source| StoreError::Directory { path: at.to_owned(), source })?;
        judge(at, &data)?;
    }
    // What SQLite has taken away meanwhile is nobody's to read.
    beside(&path).iter().try_for_each(|at| fs::symlink_metadata(at).map_or(Ok(()), |data| judge(at, &data)))?;
    Ok(path)
}

#[cfg(unix)]
fn real(path: &Path) -> io::Result<PathBuf> {
    path.canonicalize()
}

/// Windows writes a path without links in a way that SQLite does not read.
#[cfg(not(unix))]
fn real(path: &Path) -> io::Result<PathBuf> {
    Ok(path.to_owned())
}

/// The files that SQLite takes for parts of this database.
pub(super) fn beside(path: &Path) -> [PathBuf; 3] {
    BESIDE.map(|end| {
        let mut name = path.as_os_str().to_owned();
        name.push(end);
        name.into()
    })
}

/// The database of which SQLite would take a file of this name for a part.
pub(super) fn part_of(path: &Path) -> Option<PathBuf> {
    let name = path.file_name()?.to_str()?;
    BESIDE.iter().find_map(|end| name.strip_suffix(end)).map(|name| path.with_file_name(name))
}

#[cfg(unix)]
fn judge(path: &Path, data: &Metadata) -> Result<(), StoreError> {
    use std::os::unix::fs::MetadataExt as _;
    let (user, mode) = (rustix::process::geteuid().as_raw(), data.mode() & 0o7777);
    // Who may only look into a directory of closed files learns their names; who may write there puts others in their place.
    let open = if data.is_dir() { 0o022 } else { 0o077 };
    let how = if data.uid() != user {
        format!("belongs to another user (uid {})", data.uid())
    } else if mode & open != 0 {
        format!("is open to other users (mode {mode:04o})")
    } else {
        return Ok(());
    };
    Err(StoreError::Exposed { path: path.to_owned(), how })
}

/// Windows' access lists are not looked at.
#[cfg(not(unix))]
fn judge(_: &Path, _: &Metadata) -> Result<(), StoreError> {
    Ok(())
}
