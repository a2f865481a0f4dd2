//! Bytes from a file or a pipe as text: replies are saved by editors and shells that do not all write UTF-8. What was taken for what is
//! reported, and what cannot be told is refused: a guess would put letters into a reply that nobody wrote. Windows-1252 is spelled out
//! here: a crate for it brings 171 KB and the tables of all the world.

mod western;

/// A text is UTF-8 with damaged places where it has at least so many letters for each of them that only UTF-8 writes so.
const LETTERS_FOR_A_FAULT: usize = 2;
/// So few odd bytes, each in so many plain ones, speak for no encoding: they are damage, or nobody can tell from damage what they are.
const FEW_FAULTS: usize = 2;
const PLAIN_FOR_A_FAULT: usize = 128;

/// How ISO 2022 begins to write Japanese, Chinese or Korean, in plain ASCII: no terminal obeys it.
const SHIFTS: [&[u8]; 4] = [b"\x1b$B", b"\x1b$@", b"\x1b$(", b"\x1b$)"];

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
    /// What Windows wrote in the west before. Any bytes could be it, so it is taken only where they look like it.
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
    /// The places where bytes were no UTF-8, and the mark U+FFFD stands now.
    pub replaced: usize,
}

/// Why bytes are no text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// An image, an archive, a program.
    #[error("it is binary data, not text")]
    Binary,
    /// The byte order mark promises what the bytes do not keep.
    #[error("it begins as {} and is none; it may be cut or damaged", .0.name())]
    Broken(Encoding),
    /// Bytes that are no UTF-8, and may be letters of more than one other encoding.
    #[error("it is not UTF-8, and which encoding it is cannot be told: it could be {0}")]
    Unknown(String),
}

impl DecodeError {
    /// What can be done about it, where that is more than saving it again.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        let Self::Unknown(names) = self else { return None };
        let first = names.split([',', ' ']).next().unwrap_or_default();
        Some(format!("Convert it from the encoding that you know it has: `iconv -f {first} -t UTF-8 FILE > NEW`."))
    }
}

/// Reads bytes as text: by the mark that they begin with, else as UTF-8, else as UTF-16 where nothing else can be meant, else as
/// Windows-1252 where they look like it.
///
/// # Errors
/// When they are binary data, not what their mark says, or of an encoding that cannot be told.
pub fn decode(bytes: &[u8]) -> Result<Decoded, DecodeError> {
    let marked = |encoding, text: Option<String>| {
        let whole = |text| Decoded { text, encoding, replaced: 0 };
        text.map(whole).ok_or(DecodeError::Broken(encoding))
    };
    let decoded = match bytes {
        [0xef, 0xbb, 0xbf, rest @ ..] => {
            let (text, replaced) = utf8(rest).ok_or(DecodeError::Broken(Encoding::Utf8Marked))?;
            Decoded { text, encoding: Encoding::Utf8Marked, replaced }
        }
        [0xff, 0xfe, rest @ ..] => marked(Encoding::Utf16Le, utf16(rest, u16::from_le_bytes))?,
        [0xfe, 0xff, rest @ ..] => marked(Encoding::Utf16Be, utf16(rest, u16::from_be_bytes))?,
        _ => unmarked(bytes)?,
    };
    if is_binary(&decoded.text) { Err(DecodeError::Binary) } else { Ok(decoded) }
}

/// Where most letters are Latin, UTF-16 has a zero beside each of them, always on the same side. Nothing else that is text has any.
fn unmarked(bytes: &[u8]) -> Result<Decoded, DecodeError> {
    if SHIFTS.iter().any(|shift| bytes.windows(shift.len()).any(|its| its == *shift)) {
        return Err(DecodeError::Unknown("ISO-2022-JP or another ISO-2022".to_owned()));
    }
    let zeros = |side: usize| bytes.iter().skip(side).step_by(2).filter(|byte| **byte == 0).count();
    let few = (bytes.len() / 4).max(3);
    let whole = |encoding, text| Ok(Decoded { text, encoding, replaced: 0 });
    match (zeros(0), zeros(1)) {
        (0, 0) => match (utf8(bytes), western::text(bytes)) {
            (Some((text, replaced)), _) => Ok(Decoded { text, encoding: Encoding::Utf8, replaced }),
            (None, Some(text)) => whole(Encoding::Windows1252, text),
            (None, None) if is_binary(&String::from_utf8_lossy(bytes)) => Err(DecodeError::Binary),
            (None, None) => Err(DecodeError::Unknown(candidates(bytes))),
        },
        (0, high) if high > few => {
            whole(Encoding::Utf16Le, utf16(bytes, u16::from_le_bytes).ok_or(DecodeError::Binary)?)
        }
        (high, 0) if high > few => {
            whole(Encoding::Utf16Be, utf16(bytes, u16::from_be_bytes).ok_or(DecodeError::Binary)?)
        }
        _ => Err(DecodeError::Binary),
    }
}

/// The text, and how many places of it are damaged. Bytes of another encoding are seldom UTF-8 by chance, and never mostly.
fn utf8(bytes: &[u8]) -> Option<(String, usize)> {
    let (mut text, mut letters, mut faults) = (String::with_capacity(bytes.len()), 0, 0);
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        letters += chunk.valid().chars().filter(|ch| !ch.is_ascii()).count();
        if !chunk.invalid().is_empty() {
            text.push(char::REPLACEMENT_CHARACTER);
            faults += 1;
        }
    }
    let few = faults <= FEW_FAULTS && bytes.len() >= faults * PLAIN_FOR_A_FAULT;
    (few || letters >= faults * LETTERS_FOR_A_FAULT).then_some((text, faults))
}

/// The encodings that the bytes could be: those of two bytes a letter whose pairs come out even, else those of one.
fn candidates(bytes: &[u8]) -> String {
    type Byte = fn(u8) -> bool;
    let pairs: [(&str, Byte, Byte); 4] = [
        ("GBK", |lead| lead >= 0x81, |trail| trail >= 0x40 && trail != 0x7f),
        (
            "Shift_JIS",
            |lead| matches!(lead, 0x81..=0x9f | 0xe0..=0xfc),
            |trail| matches!(trail, 0x40..=0x7e | 0x80..=0xfc),
        ),
        ("EUC-KR", |lead| lead >= 0xa1, |trail| trail >= 0xa1),
        ("BIG5", |lead| lead >= 0xa1, |trail| matches!(trail, 0x40..=0x7e | 0xa1..=0xfe)),
    ];
    let is_even = |lead: Byte, trail: Byte| {
        let mut open = false;
        for byte in bytes {
            if open && !trail(*byte) || !open && !byte.is_ascii() && !lead(*byte) {
                return false;
            }
            open = !open && !byte.is_ascii();
        }
        !open
    };
    let even: Vec<&str> =
        pairs.into_iter().filter(|(_, lead, trail)| is_even(*lead, *trail)).map(|(name, ..)| name).collect();
    [even.as_slice(), &["CP1251", "CP1250", "another"]].concat().join(", ").replace(", another", " or another")
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

#[cfg(test)]
mod tests;
