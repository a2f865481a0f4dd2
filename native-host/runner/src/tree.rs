//! The files of a project, reached so that nothing outside of it can be: from its open folder, name by name, and through no link. The kernel holds
//! that, not a look beforehand, so what is exchanged meanwhile leads nowhere. Only ordinary files are read, replaced or removed.

use cap_fs_ext::{DirExt as _, FollowSymlinks, OpenOptionsFollowExt as _};
use cap_std::ambient_authority;
use cap_std::fs::{Dir, File, Metadata, OpenOptions};
use prompt_runner_core::changes::FilePath;
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::path::Path;

/// The largest file that is changed, in bytes. A larger one is nobody's answer.
pub(crate) const FILE_MAX: u64 = 16 << 20;

/// The folder of a project.
#[derive(Debug)]
pub(crate) struct Tree {
    root: Dir,
}

/// A file as it stands there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    /// What is in it.
    pub bytes: Vec<u8>,
    /// Its permissions; those of everybody's file on a system without any.
    pub mode: u32,
}

/// Why a file cannot be reached.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TreeError {
    /// A link stands on the way or in its place.
    #[error("{0} is a link, or a link leads there")]
    Link(FilePath),
    /// Something else than an ordinary file stands there.
    #[error("{0} is no ordinary file")]
    NoFile(FilePath),
    /// It has a second name: what is written under one of them would not be seen under the other, and could not be put back as it was.
    #[error("{0} has a second name (a hard link)")]
    Linked(FilePath),
    /// It is larger than any file that is changed.
    #[error("{0} is larger than 16 MiB")]
    Large(FilePath),
    /// The system says no.
    #[error("{0}: {1}")]
    Io(FilePath, io::Error),
}

impl Tree {
    /// Opens the folder of a project.
    ///
    /// # Errors
    /// It is not there, or is no folder that may be read.
    pub(crate) fn open(root: &Path) -> io::Result<Self> {
        Ok(Self { root: Dir::open_ambient_dir(root, ambient_authority())? })
    }

    /// A file with all that is in it; nothing where there is none.
    pub(crate) fn read(&self, path: &FilePath) -> Result<Option<Found>, TreeError> {
        let Some((folder, name)) = self.folder(path)? else { return Ok(None) };
        let Some(looked) = present(folder.symlink_metadata(name)).map_err(|error| io_error(path, error))? else {
            return Ok(None);
        };
        ordinary(path, &looked)?;
        let mut options = OpenOptions::new();
        options.read(true).follow(FollowSymlinks::No);
        // A pipe that was put there meanwhile must not keep us waiting.
        #[cfg(unix)]
        cap_std::fs::OpenOptionsExt::custom_flags(&mut options, rustix::fs::OFlags::NONBLOCK.bits().cast_signed());
        let file = folder.open_with(name, &options).map_err(|error| io_error(path, error))?;
        let data = file.metadata().map_err(|error| io_error(path, error))?;
        ordinary(path, &data)?;
        let mut bytes = Vec::new();
        file.take(FILE_MAX + 1).read_to_end(&mut bytes).map_err(|error| io_error(path, error))?;
        if bytes.len() as u64 > FILE_MAX {
            return Err(TreeError::Large(path.clone()));
        }
        Ok(Some(Found { bytes, mode: mode(&data) }))
    }

    /// The permissions that a new file gets: those of its folder, without the right to run it. So it is for whom the other files there are.
    pub(crate) fn mode_of_new(&self, path: &FilePath) -> Result<u32, TreeError> {
        let mut folder = self.root.try_clone().map_err(|error| io_error(path, error))?;
        for name in folders(path) {
            match present(folder.open_dir_nofollow(name)).map_err(|error| io_error(path, error))? {
                Some(inner) => folder = inner,
                None => break,
            }
        }
        let data = folder.dir_metadata().map_err(|error| io_error(path, error))?;
        Ok(mode(&data) & 0o666 | 0o600)
    }

    /// Makes the folders that a file is to stand in.
    pub(crate) fn make_folders(&self, path: &FilePath) -> Result<(), TreeError> {
        let mut folder = self.root.try_clone().map_err(|error| io_error(path, error))?;
        for name in folders(path) {
            match folder.create_dir(name) {
                Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(io_error(path, error)),
                _ => folder = folder.open_dir_nofollow(name).map_err(|error| io_error(path, error))?,
            }
        }
        Ok(())
    }

    /// The folders on the way to a file that are not there, the outermost first.
    pub(crate) fn missing_folders(&self, path: &FilePath) -> Result<Vec<String>, TreeError> {
        let mut folder = Some(self.root.try_clone().map_err(|error| io_error(path, error))?);
        let (mut way, mut missing) = (String::new(), Vec::new());
        for name in folders(path) {
            if !way.is_empty() {
                way.push('/');
            }
            way.push_str(name);
            folder = match folder {
                Some(above) => present(above.open_dir_nofollow(name)).map_err(|error| io_error(path, error))?,
                None => None,
            };
            if folder.is_none() {
                missing.push(way.clone());
            }
        }
        Ok(missing)
    }

    /// Writes a file beside the place where it is to stand, on the disk before this returns.
    pub(crate) fn stage(&self, path: &FilePath, draft: &str, bytes: &[u8], mode: u32) -> Result<(), TreeError> {
        let (folder, _) = self.folder(path)?.ok_or_else(|| io_error(path, ErrorKind::NotFound.into()))?;
        let mut options = OpenOptions::new();
        options.write(true).create_new(true).follow(FollowSymlinks::No);
        let write = || -> io::Result<()> {
            let mut file = folder.open_with(draft, &options)?;
            file.write_all(bytes)?;
            set_mode(&file, mode)?;
            file.sync_all()
        };
        write().map_err(|error| io_error(path, error))
    }

    /// Puts what was written beside it in the place of a file.
    pub(crate) fn put(&self, path: &FilePath, draft: &str) -> Result<(), TreeError> {
        let (folder, name) = self.folder(path)?.ok_or_else(|| io_error(path, ErrorKind::NotFound.into()))?;
        folder.rename(draft, &folder, name).map_err(|error| io_error(path, error))
    }

    /// Removes a file. One that is gone already is as good.
    pub(crate) fn remove(&self, path: &FilePath) -> Result<(), TreeError> {
        let Some((folder, name)) = self.folder(path)? else { return Ok(()) };
        present(folder.remove_file(name)).map(drop).map_err(|error| io_error(path, error))
    }

    /// Removes what was written beside a file, if it is there.
    pub(crate) fn discard(&self, path: &FilePath, draft: &str) -> Result<(), TreeError> {
        let Some((folder, _)) = self.folder(path)? else { return Ok(()) };
        present(folder.remove_file(draft)).map(drop).map_err(|error| io_error(path, error))
    }

    /// Removes a folder that was made for a file, if nothing is in it.
    pub(crate) fn remove_folder(&self, folder: &FilePath) -> Result<(), TreeError> {
        let Some((above, name)) = self.folder(folder)? else { return Ok(()) };
        match above.remove_dir(name) {
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::DirectoryNotEmpty) => Ok(()),
            other => other.map_err(|error| io_error(folder, error)),
        }
    }

    /// Has what was done in the folder of a file reach the disk. A folder that is gone has nothing to lose.
    pub(crate) fn settle(&self, path: &FilePath) -> Result<(), TreeError> {
        let Some((folder, _)) = self.folder(path)? else { return Ok(()) };
        sync(&folder).map_err(|error| io_error(path, error))
    }

    /// The folder that a file is in, and its name there; nothing where the folder is not there.
    fn folder<'a>(&self, path: &'a FilePath) -> Result<Option<(Dir, &'a str)>, TreeError> {
        let mut folder = self.root.try_clone().map_err(|error| io_error(path, error))?;
        let mut names = path.names();
        let Some(last) = names.next_back() else { return Ok(None) };
        for name in names {
            match present(folder.open_dir_nofollow(name)).map_err(|error| io_error(path, error))? {
                Some(inner) => folder = inner,
                None => return Ok(None),
            }
        }
        Ok(Some((folder, last)))
    }
}

/// The names of the folders that a file is in.
fn folders(path: &FilePath) -> impl Iterator<Item = &str> {
    let mut names = path.names();
    names.next_back();
    names
}

/// What is there; nothing where the system says that it is not.
fn present<T>(found: io::Result<T>) -> io::Result<Option<T>> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn ordinary(path: &FilePath, data: &Metadata) -> Result<(), TreeError> {
    if data.is_symlink() {
        Err(TreeError::Link(path.clone()))
    } else if !data.is_file() {
        Err(TreeError::NoFile(path.clone()))
    } else if links(data) > 1 {
        Err(TreeError::Linked(path.clone()))
    } else {
        Ok(())
    }
}

/// A link on the way is what the system calls too many links, or no folder.
fn io_error(path: &FilePath, error: io::Error) -> TreeError {
    #[cfg(unix)]
    if error.raw_os_error() == Some(rustix::io::Errno::LOOP.raw_os_error()) {
        return TreeError::Link(path.clone());
    }
    if matches!(error.kind(), ErrorKind::NotADirectory | ErrorKind::IsADirectory) {
        return TreeError::NoFile(path.clone());
    }
    TreeError::Io(path.clone(), error)
}

/// A folder that is open is only a place to start from on some systems, so it is opened once more to be read.
#[cfg(unix)]
fn sync(folder: &Dir) -> io::Result<()> {
    use rustix::fs::{Mode, OFlags};
    let opened = rustix::fs::openat(folder, ".", OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())?;
    Ok(rustix::fs::fsync(opened)?)
}

/// Windows has no such thing for a folder.
#[cfg(not(unix))]
fn sync(_: &Dir) -> io::Result<()> {
    Ok(())
}

#[cfg(unix)]
fn mode(data: &Metadata) -> u32 {
    cap_std::fs::MetadataExt::mode(data) & 0o7777
}

#[cfg(unix)]
fn links(data: &Metadata) -> u64 {
    cap_std::fs::MetadataExt::nlink(data)
}

#[cfg(unix)]
fn set_mode(file: &File, mode: u32) -> io::Result<()> {
    use cap_std::fs::PermissionsExt as _;
    file.set_permissions(cap_std::fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn mode(_: &Metadata) -> u32 {
    0o644
}

#[cfg(not(unix))]
fn links(_: &Metadata) -> u64 {
    1
}

#[cfg(not(unix))]
fn set_mode(_: &File, _: u32) -> io::Result<()> {
    Ok(())
}
