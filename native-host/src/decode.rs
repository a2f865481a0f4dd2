//! Bytes from a file or a pipe as text: replies are saved by editors and shells that do not all write UTF-8. What was taken for what is
//! reported, because the last resort is a guess. Windows-1252 is spelled out here: a crate for it brings 171 KB and the tables of all the world.

/// How the bytes were read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// What everything should be.
    Utf8,
    /// The same after a byte order mark, which is no part of the text.
    Utf8Marked,
    /// UTF-16, low byte first.
    Utf16Le,
    /// UTF-16, high byte first.
    Utf16Be,
    /// What Windows wrote in the west before. Any bytes could be it, so it is the last resort.
    Windows1252,
}

impl Encoding {
    /// The name that people know.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Utf8Marked => "UTF-8 with a byte order mark",
            Self::Utf16Le => "UTF-16 (little-endian)",
            Self::Utf16Be => "UTF-16 (big-endian)",
            Self::Windows1252 => "Windows-1252",
        }
    }
}

/// A text, and how it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decoded {
    /// The text, without a byte order mark.
    pub text: String,
    /// How it was read.
    pub encoding: Encoding,
}

/// Why bytes are no text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// An image, an archive, a program.
    #[error("it is binary data, not text")]
    Binary,
    /// The byte order mark promises what the bytes do not keep.
    #[error("it begins as {} and is none; it may be cut or damaged", .0.name())]
    Broken(Encoding),
}

/// Reads bytes as text: by the mark that they begin with, else as UTF-8, else as UTF-16 where nothing else can be meant, else as Windows-1252.
///
/// # Errors
/// When they are binary data, or not what their mark says.
pub fn decode(bytes: &[u8]) -> Result<Decoded, DecodeError> {
    let marked =
        |encoding, text: Option<String>| text.map(|text| (encoding, text)).ok_or(DecodeError::Broken(encoding));
    let (encoding, text) = match bytes {
        [0xef, 0xbb, 0xbf, rest @ ..] => marked(Encoding::Utf8Marked, utf8(rest))?,
        [0xff, 0xfe, rest @ ..] => marked(Encoding::Utf16Le, utf16(rest, u16::from_le_bytes))?,
        [0xfe, 0xff, rest @ ..] => marked(Encoding::Utf16Be, utf16(rest, u16::from_be_bytes))?,
        _ => guess(bytes).ok_or(DecodeError::Binary)?,
    };
    if is_binary(&text) { Err(DecodeError::Binary) } else { Ok(Decoded { text, encoding }) }
}

/// Where most letters are Latin, UTF-16 has a zero beside each of them, always on the same side. Nothing else that is text has any.
fn guess(bytes: &[u8]) -> Option<(Encoding, String)> {
    let zeros = |side: usize| bytes.iter().skip(side).step_by(2).filter(|byte| **byte == 0).count();
    let few = (bytes.len() / 4).max(3);
    match (zeros(0), zeros(1)) {
        (0, 0) => Some(match utf8(bytes) {
            Some(text) => (Encoding::Utf8, text),
            None => (Encoding::Windows1252, bytes.iter().map(|byte| windows_1252(*byte)).collect()),
        }),
        (0, high) if high > few => Some((Encoding::Utf16Le, utf16(bytes, u16::from_le_bytes)?)),
        (high, 0) if high > few => Some((Encoding::Utf16Be, utf16(bytes, u16::from_be_bytes)?)),
        _ => None,
    }
}

fn utf8(bytes: &[u8]) -> Option<String> {
    String::from_utf8(bytes.to_owned()).ok()
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Option<String> {
    let (units, rest) = bytes.as_chunks::<2>();
    let text = char::decode_utf16(units.iter().map(|pair| unit(*pair))).collect::<Result<_, _>>().ok();
    text.filter(|_| rest.is_empty())
}

/// A zero, or more than one control character in twenty, is in no text. Line ends, tabs, page breaks and colours are.
fn is_binary(text: &str) -> bool {
    let controls = |ch: &char| ch.is_control() && !matches!(ch, '\t' | '\n' | '\r' | '\u{c}' | '\u{1b}');
    text.contains('\0') || text.chars().filter(controls).count() * 20 > text.chars().count()
}

/// Latin-1, but for these 32 places.
fn windows_1252(byte: u8) -> char {
    const FROM_80: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}', '‘',
        '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
    ];
    match byte {
        0x80..=0x9f => FROM_80[usize::from(byte - 0x80)],
        byte => char::from(byte),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn units(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(bytes).collect()
    }

    #[test]
    fn each_encoding_is_known_by_its_bytes() {
        use Encoding::{Utf8, Utf8Marked, Utf16Be, Utf16Le, Windows1252};
        let text = "## PLAN\r\n\tGrüße – “日本” 👩\n";
        let latin = "Naïve “Grüße” – 5 € ŒŸ\r\n";
        let [le, be] = [u16::to_le_bytes, u16::to_be_bytes];
        let latin_bytes = b"Na\xefve \x93Gr\xfc\xdfe\x94 \x96 5 \x80 \x8c\x9f\r\n".to_vec();
        for (bytes, expected, encoding) in [
            (Vec::new(), "", Utf8),
            (text.into(), text, Utf8),
            (b"\x1b[31mred\x1b[0m\x0c".to_vec(), "\u{1b}[31mred\u{1b}[0m\u{c}", Utf8),
            (format!("\u{feff}{text}").into(), text, Utf8Marked),
            (b"\xef\xbb\xbf".to_vec(), "", Utf8Marked),
            (units(&format!("\u{feff}{text}"), le), text, Utf16Le),
            (units(&format!("\u{feff}{text}"), be), text, Utf16Be),
            (units("\u{feff}日本", be), "日本", Utf16Be),
            (units(text, le), text, Utf16Le),
            (units(text, be), text, Utf16Be),
            (latin_bytes, latin, Windows1252),
            (b"caf\xe9".to_vec(), "café", Windows1252),
        ] {
            assert_eq!(decode(&bytes), Ok(Decoded { text: expected.to_owned(), encoding }), "{bytes:02x?}");
        }
    }

    #[test]
    fn what_is_no_text_is_refused() {
        let broken = |encoding| Err(DecodeError::Broken(encoding));
        for (bytes, expected) in [
            (&b"PK\x03\x04\xff\xfe\x00"[..], Err(DecodeError::Binary)),
            (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", Err(DecodeError::Binary)),
            (b"\x7fELF\x02\x01\x01\0\0\0\0\0", Err(DecodeError::Binary)),
            (b"a text with one \0 in it", Err(DecodeError::Binary)),
            (b"\x01\x02\x03 bell \x07\x08", Err(DecodeError::Binary)),
            (b"\xe5e\x2cg\n\0", Err(DecodeError::Binary)),
            (b"a\0", Err(DecodeError::Binary)),
            (b"\xff\xfe\0\0a\0\0\0", Err(DecodeError::Binary)),
            (b"\xff\xfea\0b", broken(Encoding::Utf16Le)),
            (b"\xfe\xff\xd8\0", broken(Encoding::Utf16Be)),
            (b"\xef\xbb\xbfcaf\xe9", broken(Encoding::Utf8Marked)),
        ] {
            assert_eq!(decode(bytes), expected, "{bytes:02x?}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_text_without_zeros_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            if let Ok(Decoded { text, .. }) = decode(&bytes) {
                prop_assert!(!text.contains('\0'));
            }
        }

        #[test]
        fn a_latin_text_survives_utf_16_and_any_text_survives_utf_8(text in "[a-zA-Zäöü ,.\n]{4,80}", any in "\\PC{0,80}") {
            let decoded = decode(&units(&text, u16::to_le_bytes)).map(|decoded| decoded.text);
            prop_assert_eq!(decoded, Ok(text));
            // A mark of its own is the one thing that is taken away.
            let decoded = decode(any.as_bytes()).map(|decoded| decoded.text);
            prop_assert_eq!(decoded, Ok(any.strip_prefix('\u{feff}').unwrap_or(&any).to_owned()));
        }
    }
}
