//! A file of the predecessor as text. It wrote in whatever encoding the system had, and people wrote beside it.

use super::File;

/// A file of a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Text {
    /// Its path from the workspace.
    pub(super) path: String,
    /// What it is: `analysis_output` and the like, empty where its name does not say.
    pub(super) kind: String,
    /// Its text.
    pub(super) body: String,
    /// Its encoding, where that is not UTF-8.
    pub(super) encoding: Option<&'static str>,
    /// When it was last written.
    pub(super) modified_ms: Option<i64>,
}

impl Text {
    /// Its name without its folder.
    pub(super) fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }

    pub(super) fn read(file: File, kind: &str) -> Self {
        let (body, encoding) = decode(file.bytes);
        Self { path: file.path, kind: kind.to_owned(), body, encoding, modified_ms: file.modified_ms }
    }
}

/// The text, and its encoding where that is not whole UTF-8. Latin-1 reads anything, and loses nothing: each byte is one character.
fn decode(bytes: Vec<u8>) -> (String, Option<&'static str>) {
    let bytes = match String::from_utf8(bytes) {
        Ok(text) => return (text, None),
        Err(error) => error.into_bytes(),
    };
    if let Some(text) = utf16(&bytes) {
        return (text, Some("UTF-16"));
    }
    let (mut letters, mut faults) = (0, 0);
    for chunk in bytes.utf8_chunks() {
        letters += chunk.valid().chars().filter(|ch| !ch.is_ascii()).count();
        faults += usize::from(!chunk.invalid().is_empty());
    }
    // What has mostly letters that only UTF-8 writes so is UTF-8 that was damaged.
    match letters >= 2 * faults {
        true => (String::from_utf8_lossy(&bytes).into_owned(), Some("UTF-8 with its damaged places marked")),
        false => (bytes.into_iter().map(char::from).collect(), Some("Latin-1")),
    }
}

/// What Windows calls Unicode: it says so in its first two bytes.
fn utf16(bytes: &[u8]) -> Option<String> {
    let (pairs, []) = bytes.as_chunks::<2>() else { return None };
    let (mark, pairs) = pairs.split_first()?;
    let unit = match mark {
        [0xff, 0xfe] => u16::from_le_bytes,
        [0xfe, 0xff] => u16::from_be_bytes,
        _ => return None,
    };
    String::from_utf16(&pairs.iter().map(|pair| unit(*pair)).collect::<Vec<_>>()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_encoding_reads_as_something_and_says_what() {
        for (bytes, text, encoding) in [
            (&b"caf\xc3\xa9"[..], "café", None),
            (b"\xef\xbb\xbfx", "\u{feff}x", None),
            (b"caf\xe9", "café", Some("Latin-1")),
            (b"Gr\xc3\xbc\xc3\x9fe sch\xf6n", "Grüße sch\u{fffd}n", Some("UTF-8 with its damaged places marked")),
            (b"\xff\xfec\0a\0f\0\xe9\0", "café", Some("UTF-16")),
            (b"\xfe\xff\0c\0a\0f\0\xe9", "café", Some("UTF-16")),
            (b"\xff\xfec\0a", "\u{ff}\u{fe}c\0a", Some("Latin-1")),
            (b"", "", None),
        ] {
            assert_eq!(decode(bytes.to_vec()), (text.to_owned(), encoding), "{bytes:?}");
        }
    }
}
