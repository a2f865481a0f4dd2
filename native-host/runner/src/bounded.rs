//! Files that anybody may have put there, read up to a length. What is no ordinary file is refused at once: a pipe would keep us waiting, and
//! a device never end. Nothing else in the house opens a file to read it; tests/tidy sees to that.

use std::fs::{File, FileType, OpenOptions};
use std::io::{self, ErrorKind, Read};
use std::path::Path;

/// Opens an ordinary file, and waits for nobody.
///
/// # Errors
/// Whatever opening gives, and `InvalidInput` where it is anything else.
pub fn open(path: &Path) -> io::Result<File> {
    // Looked at before it is opened, because opening alone does something to some devices; and again afterwards, because it may have been
    // exchanged meanwhile.
    allowed(path.metadata()?.file_type())?;
    ordinary(options(true).open(path)?)
}

/// The same, where a link is no ordinary file either.
///
/// # Errors
/// As [`open`].
pub fn open_itself(path: &Path) -> io::Result<File> {
    allowed(path.symlink_metadata()?.file_type())?;
    ordinary(options(false).open(path)?)
}

fn options(follows: bool) -> OpenOptions {
    let mut options = File::options();
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        let flags = OFlags::NONBLOCK | OFlags::NOCTTY | if follows { OFlags::empty() } else { OFlags::NOFOLLOW };
        std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, flags.bits().cast_signed());
    }
    #[cfg(not(unix))]
    let _ = follows;
    options.read(true);
    options
}

/// A file that is open, if it is an ordinary one.
///
/// # Errors
/// As [`open`].
pub fn ordinary(file: File) -> io::Result<File> {
    allowed(file.metadata()?.file_type())?;
    Ok(file)
}

fn allowed(kind: FileType) -> io::Result<()> {
    // What reads a folder is told by the system that it is one.
    if kind.is_file() || kind.is_dir() {
        return Ok(());
    }
    Err(io::Error::new(ErrorKind::InvalidInput, "it is no ordinary file"))
}

/// All that comes, up to so many bytes.
///
/// # Errors
/// Whatever reading gives, and `FileTooLarge` where more comes.
pub fn all(from: impl Read, max: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(max.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > max {
        return Err(io::Error::new(ErrorKind::FileTooLarge, format!("it is larger than {max} bytes")));
    }
    Ok(bytes)
}

/// An ordinary file of at most so many bytes.
///
/// # Errors
/// As [`open`] and [`all`].
pub fn read(path: &Path, max: u64) -> io::Result<Vec<u8>> {
    all(open(path)?, max)
}

/// The same as text.
///
/// # Errors
/// As [`read`], and `InvalidData` where it is no UTF-8.
pub fn text(path: &Path, max: u64) -> io::Result<String> {
    utf8(read(path, max)?)
}

/// Bytes as text.
///
/// # Errors
/// `InvalidData` where they are no UTF-8.
pub fn utf8(bytes: Vec<u8>) -> io::Result<String> {
    String::from_utf8(bytes).map_err(|_| io::Error::new(ErrorKind::InvalidData, "it is not UTF-8 text"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_up_to_its_length_and_not_a_byte_further() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("file");
        std::fs::write(&file, "12345").unwrap();
        assert_eq!(text(&file, 5).unwrap(), "12345");
        assert_eq!(read(&file, 4).unwrap_err().kind(), ErrorKind::FileTooLarge);
        assert_eq!(read(home.path(), 4).unwrap_err().kind(), ErrorKind::IsADirectory);
        assert_eq!(read(&home.path().join("none"), 4).unwrap_err().kind(), ErrorKind::NotFound);
        std::fs::write(&file, b"\xff").unwrap();
        assert_eq!(text(&file, 5).unwrap_err().kind(), ErrorKind::InvalidData);
    }

    /// None of these is waited for, and none is read.
    #[cfg(target_os = "linux")]
    #[test]
    fn what_is_no_ordinary_file_is_refused_at_once() {
        let home = tempfile::tempdir().unwrap();
        let (fifo, socket, link) = (home.path().join("fifo"), home.path().join("socket"), home.path().join("link"));
        rustix::fs::mknodat(rustix::fs::CWD, &fifo, rustix::fs::FileType::Fifo, 0o600.into(), 0).unwrap();
        let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
        std::os::unix::fs::symlink("/dev/zero", &link).unwrap();
        let devices = ["/dev/zero", "/dev/full", "/dev/tty", "/dev/null", "/dev/ptmx"].map(Path::new);
        for path in devices.into_iter().chain([fifo.as_path(), &socket, &link]) {
            let error = read(path, 16).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidInput, "{}: {error}", path.display());
        }
        let [file, other] = ["file", "other"].map(|name| home.path().join(name));
        std::fs::write(&file, "").unwrap();
        std::os::unix::fs::symlink(&file, &other).unwrap();
        assert!(open(&other).is_ok() && open_itself(&file).is_ok());
        assert_eq!(open_itself(&other).unwrap_err().kind(), ErrorKind::InvalidInput);
    }
}
