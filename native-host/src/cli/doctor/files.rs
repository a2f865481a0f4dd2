//! Whose is a file, and who else may change or read it? Answered from the mode bits on Unix; Windows' access lists are not looked at.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Whoever writes a file in two steps has done so after this time.
const LEFT_BEHIND: Duration = Duration::from_secs(60);

/// The files with such names that somebody left behind in the directory.
pub(super) fn leftovers(dir: &Path, is_ours: fn(&str) -> bool) -> Vec<PathBuf> {
    let old = |path: &Path| {
        let changed = path.symlink_metadata().and_then(|data| data.modified());
        changed.is_ok_and(|changed| changed.elapsed().is_ok_and(|age| age > LEFT_BEHIND))
    };
    let named = |path: &Path| path.file_name().and_then(|name| name.to_str()).is_some_and(is_ours);
    list(dir).into_iter().filter(|path| named(path) && old(path)).collect()
}

/// What is in the directory, in order; nothing where it cannot be looked into.
pub(super) fn list(dir: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(dir).into_iter().flatten().flatten();
    let mut paths: Vec<_> = entries.map(|entry| entry.path()).collect();
    paths.sort_unstable();
    paths
}

/// Nobody but root and the user whose home this is may change the file, or put another one in its place.
#[cfg(unix)]
pub(super) fn guarded(path: &Path, home: &Path) -> Result<String, String> {
    use std::os::unix::fs::MetadataExt;
    let look =
        |path: &Path| path.metadata().map_err(|error| format!("{} cannot be looked at: {error}.", path.display()));
    let path = path.canonicalize().map_err(|error| format!("{} cannot be looked at: {error}.", path.display()))?;
    let user = look(home)?.uid();
    for part in path.ancestors() {
        let data = look(part)?;
        if data.uid() != 0 && data.uid() != user {
            return Err(format!("{} belongs to another user (uid {}).", part.display(), data.uid()));
        }
        if writable(data.mode(), data.uid(), data.gid(), part == path) {
            let mode = data.mode() & 0o7777;
            return Err(format!("{} can be changed by other users (mode {mode:04o}).", part.display()));
        }
    }
    Ok(format!("Nobody else can change {}.", path.display()))
}

/// A group that has the number of its user holds that user alone, by the custom of Linux; a directory of a group (as Homebrew has it)
/// is the administrators' business; and in a sticky directory nobody replaces the files of others.
#[cfg(unix)]
fn writable(mode: u32, uid: u32, gid: u32, is_file: bool) -> bool {
    let sticky = !is_file && mode & 0o1000 != 0;
    (mode & 0o002 != 0 && !sticky) || (is_file && mode & 0o020 != 0 && gid != 0 && gid != uid)
}

/// It is this user's, and nobody else may read the file, or what is in the directory.
#[cfg(unix)]
pub(super) fn private(path: &Path) -> Result<String, String> {
    use std::os::unix::fs::MetadataExt;
    let data = path.metadata().map_err(|error| format!("{} cannot be looked at: {error}.", path.display()))?;
    if data.uid() != rustix::process::geteuid().as_raw() {
        return Err(format!("{} belongs to another user (uid {}).", path.display(), data.uid()));
    }
    match data.mode() & 0o7777 {
        mode if mode & 0o077 == 0 => Ok(format!("Nobody else can read {}.", path.display())),
        mode => Err(format!("{} is open to other users (mode {mode:04o}).", path.display())),
    }
}

/// A program may be started.
#[cfg(unix)]
pub(super) fn executable(path: &Path) -> Result<String, String> {
    use std::os::unix::fs::MetadataExt;
    match path.metadata() {
        Ok(data) if data.mode() & 0o100 != 0 => Ok(format!("{} may be started.", path.display())),
        Ok(data) => Err(format!("{} may not be started (mode {:04o}).", path.display(), data.mode() & 0o7777)),
        Err(error) => Err(format!("{} cannot be looked at: {error}.", path.display())),
    }
}

#[cfg(not(unix))]
pub(super) fn guarded(path: &Path, _home: &Path) -> Result<String, String> {
    Ok(format!("The access list of {} is not looked at on this system.", path.display()))
}

#[cfg(not(unix))]
pub(super) fn private(path: &Path) -> Result<String, String> {
    Ok(format!("The access list of {} is not looked at on this system.", path.display()))
}

#[cfg(not(unix))]
pub(super) fn executable(path: &Path) -> Result<String, String> {
    Ok(format!("{} is there; on this system its name makes it a program.", path.display()))
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::fs::Permissions;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn who_may_write_follows_the_mode_bits() {
        for (mode, uid, gid, is_file, expected) in [
            (0o755, 1000, 1000, true, false),
            (0o775, 1000, 1000, true, false),
            (0o775, 501, 20, true, true),
            (0o777, 1000, 1000, true, true),
            (0o1777, 0, 0, true, true),
            (0o1777, 0, 0, false, false),
            (0o777, 0, 0, false, true),
            (0o775, 501, 80, false, false),
        ] {
            assert_eq!(writable(mode, uid, gid, is_file), expected, "{mode:o} {uid} {gid} {is_file}");
        }
    }

    #[test]
    fn a_file_is_only_as_guarded_as_the_directory_it_lies_in() {
        let home = tempfile::tempdir().unwrap();
        let dir = home.path().join("bin");
        let file = dir.join("host");
        fs::create_dir(&dir).unwrap();
        fs::write(&file, "").unwrap();
        fs::set_permissions(&file, Permissions::from_mode(0o644)).unwrap();
        fs::set_permissions(&dir, Permissions::from_mode(0o755)).unwrap();
        assert!(guarded(&file, home.path()).is_ok());
        assert!(executable(&file).unwrap_err().contains("0644"));
        fs::set_permissions(&dir, Permissions::from_mode(0o777)).unwrap();
        assert!(guarded(&file, home.path()).unwrap_err().contains("bin can be changed by other users (mode 0777)"));
        assert!(private(&dir).is_err());
        fs::set_permissions(&dir, Permissions::from_mode(0o700)).unwrap();
        assert!(private(&dir).is_ok());
        assert!(guarded(&dir.join("none"), home.path()).is_err());
    }
}
