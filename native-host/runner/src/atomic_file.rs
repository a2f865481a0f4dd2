//! Files that we write: new, of the mode that was meant, and in their place whole or not at all. Whoever may write into the folder can
//! lay a link under any name that we are going to use, so no link is followed, and rights are changed of what was opened and nothing
//! else. Nothing else in the house makes a file; tests/tidy sees to that.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

/// Who may read a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum For {
    /// Its owner alone (0600).
    Owner,
    /// Everybody (0644): what browsers, git or colleagues are to read.
    All,
}

/// How the name of a file ends that is being written.
const DRAFT: &str = ".tmp";

/// Makes an empty file, whatever the umask, and never takes what is there.
///
/// # Errors
/// It is there already, be it a link to nowhere, or cannot be made.
pub fn new(path: &Path, readers: For) -> io::Result<File> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path)?;
    let mode = match readers {
        For::Owner => 0o600,
        For::All => 0o644,
    };
    #[cfg(unix)]
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(mode))?;
    #[cfg(not(unix))]
    let _ = mode;
    Ok(file)
}

/// Puts bytes in the place of a file, on the disk before they are seen under its name. What stood there, be it a link, is gone.
///
/// # Errors
/// A folder that cannot be written, or a folder in the place of the file; nothing is changed then.
pub fn put(path: &Path, bytes: impl AsRef<[u8]>, readers: For) -> io::Result<()> {
    swap(path, bytes.as_ref(), readers, File::sync_all)
}

/// The same for what may be lost with the power, and is written too often to wait for the disk.
///
/// # Errors
/// As [`put`].
pub fn note(path: &Path, bytes: impl AsRef<[u8]>, readers: For) -> io::Result<()> {
    swap(path, bytes.as_ref(), readers, |_| Ok(()))
}

fn swap(path: &Path, bytes: &[u8], readers: For, settle: fn(&File) -> io::Result<()>) -> io::Result<()> {
    let draft = beside(path)?;
    let mut file = new(&draft, readers)?;
    let written =
        file.write_all(bytes).and_then(|()| settle(&file)).map(|()| drop(file)).and_then(|()| fs::rename(&draft, path));
    written.inspect_err(|_| {
        // The reason why it failed is what is told.
        let _ = fs::remove_file(&draft);
    })
}

/// A name beside a file that nobody can know before.
///
/// # Errors
/// The path names no file, or the system gives no random numbers.
pub fn beside(path: &Path) -> io::Result<PathBuf> {
    let name = path.file_name().ok_or(ErrorKind::InvalidInput)?;
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).map_err(io::Error::other)?;
    let mut draft = std::ffi::OsString::from(".");
    draft.push(name);
    draft.push(format!(".{:016x}{DRAFT}", u64::from_be_bytes(bytes)));
    Ok(path.with_file_name(draft))
}

/// Whether a file of this name is one of that name which is being written.
#[must_use]
pub fn is_draft(name: &str, of: &str) -> bool {
    name.strip_prefix('.').and_then(|name| name.strip_prefix(of)).is_some_and(|rest| rest.ends_with(DRAFT))
}

/// Changes the mode of a file or folder of this user; false where it has it already. Windows has no modes.
///
/// # Errors
/// It is a link or has a second name, so that something else would be changed too; it is another user's; or it cannot be opened.
#[cfg(unix)]
pub fn set_mode(path: &Path, change: fn(u32) -> u32) -> io::Result<bool> {
    use rustix::fs::OFlags;
    use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
    let refused = |why: &str| Err(io::Error::new(ErrorKind::PermissionDenied, why));
    if path.symlink_metadata()?.is_symlink() {
        return refused("it is a link");
    }
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY;
    let file = File::options().read(true).custom_flags(flags.bits().cast_signed()).open(path)?;
    let data = file.metadata()?;
    let mode = data.mode() & 0o7777;
    if change(mode) == mode {
        return Ok(false);
    }
    if !data.is_file() && !data.is_dir() {
        return refused("it is no ordinary file");
    }
    if data.uid() != rustix::process::geteuid().as_raw() {
        return refused("it belongs to another user");
    }
    if data.is_file() && data.nlink() > 1 {
        return refused("it has another name, too");
    }
    file.set_permissions(fs::Permissions::from_mode(change(mode))).map(|()| true)
}

/// Windows has no modes.
///
/// # Errors
/// None.
#[cfg(not(unix))]
pub fn set_mode(_: &Path, _: fn(u32) -> u32) -> io::Result<bool> {
    Ok(false)
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};

    fn mode(path: &Path) -> u32 {
        path.metadata().unwrap().mode() & 0o7777
    }

    fn names(folder: &Path) -> usize {
        fs::read_dir(folder).unwrap().count()
    }

    #[test]
    fn what_is_written_takes_the_place_of_a_link_and_leaves_its_target() {
        let home = tempfile::tempdir().unwrap();
        let [target, file] = ["target", "file"].map(|name| home.path().join(name));
        fs::write(&target, "theirs").unwrap();
        fs::set_permissions(&target, fs::Permissions::from_mode(0o755)).unwrap();
        for (readers, expected) in [(For::Owner, 0o600), (For::All, 0o644)] {
            for leads_to in [target.as_path(), Path::new("nowhere"), Path::new("/dev/null"), Path::new("file")] {
                symlink(leads_to, &file).unwrap();
                assert_eq!(new(&file, readers).unwrap_err().kind(), ErrorKind::AlreadyExists);
                put(&file, "ours", readers).unwrap();
                assert!(file.symlink_metadata().unwrap().is_file(), "{}", leads_to.display());
                assert_eq!((mode(&file), fs::read(&file).unwrap()), (expected, b"ours".to_vec()));
                assert_eq!((mode(&target), fs::read(&target).unwrap()), (0o755, b"theirs".to_vec()));
                assert_eq!(names(home.path()), 2);
                fs::remove_file(&file).unwrap();
            }
        }
        // A second name of a file keeps what it had.
        fs::hard_link(&target, &file).unwrap();
        note(&file, "ours", For::Owner).unwrap();
        assert_eq!(fs::read(&target).unwrap(), b"theirs");
    }

    #[test]
    fn what_cannot_be_written_leaves_nothing_behind() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("folder");
        fs::create_dir(&folder).unwrap();
        let missing = home.path().join("missing/file");
        for path in [folder.as_path(), &missing, Path::new("/"), Path::new(".."), &folder.join("x".repeat(300))] {
            put(path, "ours", For::Owner).unwrap_err();
        }
        assert_eq!((names(home.path()), names(&folder)), (1, 0));
    }

    #[test]
    fn rights_are_changed_of_what_is_named_and_of_nothing_else() {
        let home = tempfile::tempdir().unwrap();
        let [target, soft, hard, folder, pipe] =
            ["target", "soft", "hard", "folder", "pipe"].map(|name| home.path().join(name));
        fs::write(&target, "").unwrap();
        fs::set_permissions(&target, fs::Permissions::from_mode(0o755)).unwrap();
        symlink(&target, &soft).unwrap();
        assert!(set_mode(&soft, |_| 0o600).is_err());
        fs::hard_link(&target, &hard).unwrap();
        assert!(set_mode(&hard, |_| 0o600).is_err());
        assert_eq!(mode(&target), 0o755);
        fs::remove_file(&hard).unwrap();
        assert!(set_mode(&target, |_| 0o600).unwrap() && !set_mode(&target, |_| 0o600).unwrap());
        fs::create_dir(&folder).unwrap();
        assert!(set_mode(&folder, |_| 0o700).unwrap());
        fs::remove_file(&soft).unwrap();
        symlink(&folder, &soft).unwrap();
        assert!(set_mode(&soft, |_| 0o750).is_err());
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        assert!(set_mode(&pipe, |_| 0o600).is_err());
        assert_eq!((mode(&target), mode(&folder)), (0o600, 0o700));
    }
}
