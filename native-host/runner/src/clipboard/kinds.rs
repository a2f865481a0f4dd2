//! The names under which programs offer a text on X11 (ICCCM, section 2.6.2, and the media types of later desktops), which of them is
//! read first, and how its bytes become text. A text that does not fit its name is none; nothing is guessed.

/// How a text is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Coding {
    Utf8,
    Utf16(Option<Order>),
    Latin1,
    /// `STRING`, which is Latin-1 by the rules; but some programs put UTF-8 there.
    String,
    Compound,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    Little,
    Big,
}

/// What a name says about the text; nothing where it is no name of a text.
fn coding(name: &str) -> Option<Coding> {
    let name = name.to_ascii_lowercase();
    let mut parts = name.split(';').map(str::trim);
    match parts.next()? {
        "utf8_string" => Some(Coding::Utf8),
        "compound_text" => Some(Coding::Compound),
        "string" | "text" => Some(Coding::String),
        "text/plain" => match parts.find_map(|part| part.strip_prefix("charset=")).map(|name| name.trim_matches('"')) {
            None | Some("utf-8" | "utf8" | "us-ascii" | "ascii") => Some(Coding::Utf8),
            Some("utf-16") => Some(Coding::Utf16(None)),
            Some("utf-16le") => Some(Coding::Utf16(Some(Order::Little))),
            Some("utf-16be") => Some(Coding::Utf16(Some(Order::Big))),
            Some("iso-8859-1" | "latin1") => Some(Coding::Latin1),
            Some(_) => None,
        },
        _ => None,
    }
}

/// Whether a text under this name is UTF-8.
pub(super) fn is_utf8(name: &str) -> bool {
    coding(name) == Some(Coding::Utf8)
}

/// How gladly a text is taken under this name, the smaller the better; nothing where it is no name of a text.
pub(super) fn rank(name: &str) -> Option<u8> {
    Some(match coding(name)? {
        Coding::Utf8 if name.eq_ignore_ascii_case("UTF8_STRING") => 0,
        Coding::Utf8 if name.contains(';') => 1,
        Coding::Utf16(_) => 2,
        Coding::Utf8 => 3,
        Coding::Compound => 4,
        Coding::Latin1 => 5,
        Coding::String => 6,
    })
}

/// The text in bytes that came under this name. A zero at the end is the end of a string of C, and no part of it.
pub(super) fn decode(name: &str, bytes: &[u8]) -> Option<String> {
    let utf8 = |bytes: &[u8]| std::str::from_utf8(bytes).ok().map(str::to_owned);
    let text = match coding(name)? {
        Coding::Utf8 => utf8(bytes),
        Coding::Utf16(order) => utf16(bytes, order),
        Coding::Latin1 => latin1(bytes),
        Coding::String => utf8(bytes).or_else(|| latin1(bytes)),
        Coding::Compound => compound(bytes),
    }?;
    Some(text.trim_end_matches('\0').to_owned())
}

/// The bytes of a text in Latin-1; nothing where it has letters that are not there.
pub(super) fn to_latin1(text: &str) -> Option<Vec<u8>> {
    text.chars().map(|ch| u8::try_from(ch).ok().filter(|byte| !matches!(byte, 0x80..=0x9f))).collect()
}

/// Latin-1 has no letters from 0x80 to 0x9f; who uses them writes something else.
fn latin1(bytes: &[u8]) -> Option<String> {
    bytes.iter().map(|byte| Some(char::from(*byte)).filter(|_| !matches!(byte, 0x80..=0x9f))).collect()
}

/// By its mark, else by its name, else as this machine orders bytes: a clipboard seldom leaves it.
fn utf16(bytes: &[u8], order: Option<Order>) -> Option<String> {
    let (order, bytes) = match bytes {
        [0xff, 0xfe, rest @ ..] => (Order::Little, rest),
        [0xfe, 0xff, rest @ ..] => (Order::Big, rest),
        _ => (order.unwrap_or(if cfg!(target_endian = "big") { Order::Big } else { Order::Little }), bytes),
    };
    let (pairs, rest) = bytes.as_chunks::<2>();
    let units = pairs.iter().map(|pair| match order {
        Order::Little => u16::from_le_bytes(*pair),
        Order::Big => u16::from_be_bytes(*pair),
    });
    char::decode_utf16(units).collect::<Result<String, _>>().ok().filter(|_| rest.is_empty())
}

/// ISO 2022 as X uses it: Latin-1 until an escape says otherwise. Of what an escape may bring, UTF-8 and Latin-1 are read.
fn compound(mut bytes: &[u8]) -> Option<String> {
    let mut text = String::new();
    while !bytes.is_empty() {
        let utf8 = bytes.strip_prefix(b"\x1b%G");
        let after = utf8.or_else(|| bytes.strip_prefix(b"\x1b(B")).or_else(|| bytes.strip_prefix(b"\x1b-A"));
        let begun = after.or_else(|| bytes.strip_prefix(b"\x1b%@")).unwrap_or(bytes);
        let end = begun.iter().position(|byte| *byte == 0x1b).unwrap_or(begun.len());
        if begun.len() == bytes.len() && end == 0 {
            return None;
        }
        let piece = &begun[..end];
        text += &if utf8.is_some() { std::str::from_utf8(piece).ok()?.to_owned() } else { latin1(piece)? };
        bytes = &begun[end..];
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_read_by_the_name_that_they_have() {
        for (name, bytes, text) in [
            ("UTF8_STRING", "ü\u{1f980}".as_bytes(), Some("ü\u{1f980}")),
            ("UTF8_STRING", b"caf\xe9", None),
            ("UTF8_STRING", b"c string\0", Some("c string")),
            ("text/plain;charset=utf-8", "ü".as_bytes(), Some("ü")),
            ("TEXT/Plain; Charset=\"UTF-8\"", "ü".as_bytes(), Some("ü")),
            ("text/plain; class=java.lang.String; charset=UTF-8", "ü".as_bytes(), Some("ü")),
            ("text/plain", "ü".as_bytes(), Some("ü")),
            ("text/plain", b"caf\xe9", None),
            ("text/plain;charset=utf-16", b"\xff\xfea\0\xfc\0", Some("aü")),
            ("text/plain;charset=utf-16", b"\xfe\xff\0a\0\xfc", Some("aü")),
            ("text/plain;charset=utf-16le", b"a\0\x3e\xd8\x80\xdd", Some("a\u{1f980}")),
            ("text/plain;charset=utf-16be", b"\0a", Some("a")),
            ("text/plain;charset=utf-16le", b"a\0b", None),
            ("text/plain;charset=utf-16le", b"\x3e\xd8", None),
            ("text/plain;charset=iso-8859-1", b"caf\xe9", Some("café")),
            ("text/plain;charset=iso-8859-1", b"\xc3\xa9", Some("Ã©")),
            ("text/plain;charset=koi8-r", b"a", None),
            ("STRING", b"caf\xe9", Some("café")),
            ("STRING", "café".as_bytes(), Some("café")),
            ("STRING", b"\x93quoted\x94", None),
            ("TEXT", b"caf\xe9", Some("café")),
            ("COMPOUND_TEXT", b"caf\xe9\n", Some("café\n")),
            ("COMPOUND_TEXT", b"a\x1b%G\xf0\x9f\xa6\x80\x1b%@b\xe9", Some("a\u{1f980}bé")),
            ("COMPOUND_TEXT", b"\x1b-Aa\x1b(Bb", Some("ab")),
            ("COMPOUND_TEXT", b"a\x1b$(B\x30\x21", None),
            ("COMPOUND_TEXT", b"a\x1b", None),
            ("text/html", b"a", None),
            ("image/png", b"a", None),
        ] {
            assert_eq!(decode(name, bytes).as_deref(), text, "{name} {bytes:?}");
        }
    }

    #[test]
    fn what_keeps_every_letter_is_read_first() {
        let mut names = [
            "STRING",
            "text/html",
            "COMPOUND_TEXT",
            "text/plain",
            "text/plain;charset=utf-16",
            "TIMESTAMP",
            "text/plain;charset=UTF-8",
            "UTF8_STRING",
        ];
        names.sort_by_key(|name| rank(name).unwrap_or(u8::MAX));
        let best =
            ["UTF8_STRING", "text/plain;charset=UTF-8", "text/plain;charset=utf-16", "text/plain", "COMPOUND_TEXT"];
        assert_eq!(names[..5], best);
    }

    #[test]
    fn only_what_is_in_latin_1_is_written_in_it() {
        assert_eq!(to_latin1("café\r\n").as_deref(), Some(&b"caf\xe9\r\n"[..]));
        assert_eq!(to_latin1("“a”"), None);
        assert_eq!(to_latin1("\u{85}"), None);
    }
}
