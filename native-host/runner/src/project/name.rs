//! A folder as the record names it, which is text; and the folder that such a name means. On Unix a path is any bytes: those that are
//! no text are written as letters of the private use, U+EF80 to U+EFFF, one for each byte, so that two folders never get one name.

use std::path::{Path, PathBuf};

/// What is added to a byte that is no text.
#[cfg(unix)]
const RAW: u32 = 0xef00;

/// The name of a folder in the record.
#[cfg(unix)]
#[must_use]
pub fn named(folder: &Path) -> String {
    use std::os::unix::ffi::OsStrExt as _;
    let raw = |bytes: &[u8]| bytes.iter().filter_map(|byte| char::from_u32(RAW + u32::from(*byte))).collect::<String>();
    let mut name = String::new();
    for chunk in folder.as_os_str().as_bytes().utf8_chunks() {
        for letter in chunk.valid().chars() {
            // One of those letters that stands there itself is not taken for a byte.
            if byte(letter).is_some() {
                name += &raw(letter.encode_utf8(&mut [0; 4]).as_bytes());
            } else {
                name.push(letter);
            }
        }
        name += &raw(chunk.invalid());
    }
    name
}

/// The folder with this name.
#[cfg(unix)]
#[must_use]
pub fn folder(name: &str) -> PathBuf {
    use std::os::unix::ffi::OsStringExt as _;
    let mut bytes = Vec::with_capacity(name.len());
    for letter in name.chars() {
        match byte(letter) {
            Some(byte) => bytes.push(byte),
            None => bytes.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    std::ffi::OsString::from_vec(bytes).into()
}

#[cfg(unix)]
fn byte(letter: char) -> Option<u8> {
    u32::from(letter).checked_sub(RAW).and_then(|byte| u8::try_from(byte).ok()).filter(|byte| !byte.is_ascii())
}

/// The name of a folder in the record.
#[cfg(not(unix))]
#[must_use]
pub fn named(folder: &Path) -> String {
    folder.display().to_string()
}

/// The folder with this name.
#[cfg(not(unix))]
#[must_use]
pub fn folder(name: &str) -> PathBuf {
    name.into()
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;

    #[test]
    fn every_folder_has_a_name_of_its_own_that_leads_back_to_it() {
        for (bytes, name) in [
            (&b"/home/ada/shop"[..], "/home/ada/shop"),
            ("/home/ü/\u{1f980} \u{fffd}".as_bytes(), "/home/ü/\u{1f980} \u{fffd}"),
            (b"/pr\xff\xfe", "/pr\u{efff}\u{effe}"),
            (b"/caf\xe9/a", "/caf\u{efe9}/a"),
            (b"/\xf0\x9f\xa6", "/\u{eff0}\u{ef9f}\u{efa6}"),
            (b"/\xed\xa0\xbe", "/\u{efed}\u{efa0}\u{efbe}"),
            (b"\x80", "\u{ef80}"),
            ("/\u{ef80}".as_bytes(), "/\u{efee}\u{efbe}\u{ef80}"),
            ("/\u{ef7f}\u{f000}".as_bytes(), "/\u{ef7f}\u{f000}"),
            (b"/new\nline", "/new\nline"),
        ] {
            let path = Path::new(OsStr::from_bytes(bytes));
            assert_eq!(named(path), name, "{bytes:?}");
            assert_eq!(folder(name), path, "{name:?}");
        }
    }
}
