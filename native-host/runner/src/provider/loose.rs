//! JSON of a stranger, one value at a time: nothing in it is read before somebody asks for it, so what is odd in one place (a number
//! out of all measure, `NaN`, half a letter, a nest without bottom) costs nothing that stands elsewhere. Nothing here recurses.

use std::borrow::Cow;

/// A value, as it stands in the bytes that came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Loose<'a>(&'a [u8]);

/// The largest number that a float still counts in steps of one.
const WHOLE_MAX: f64 = 9_007_199_254_740_992.0;

impl<'a> Loose<'a> {
    const NULL: Loose<'static> = Loose(b"null");

    /// The values that stand in these bytes one after another; nothing where they are no values, or the last has no end.
    pub(super) fn all(bytes: &'a [u8]) -> Option<impl Iterator<Item = Self>> {
        let mut rest = bytes.trim_ascii();
        while !rest.is_empty() {
            rest = split(rest)?.1.trim_ascii_start();
        }
        Some(values(bytes))
    }

    /// The field of an object; `null` where it has none of this name, or is no object.
    pub(super) fn get(self, name: &str) -> Self {
        let named = self.fields().filter(|(key, _)| key.inner() == Some(name.as_bytes()));
        named.last().map_or(Loose::NULL, |(_, value)| value)
    }

    /// The fields of an object, each with its name.
    pub(super) fn fields(self) -> impl Iterator<Item = (Self, Self)> {
        let mut rest = self.0.strip_prefix(b"{").unwrap_or_default();
        std::iter::from_fn(move || {
            let (key, after) = next(rest)?;
            let (value, after) = after.trim_ascii_start().strip_prefix(b":").and_then(next)?;
            rest = after;
            Some((key, value))
        })
    }

    /// The elements of an array. Where one value stands in the place of a list, it is the only one.
    pub(super) fn items(self) -> impl Iterator<Item = Self> {
        let list = self.0.strip_prefix(b"[");
        let alone = (list.is_none() && !self.is_null()).then_some(self);
        alone.into_iter().chain(values(list.unwrap_or_default()))
    }

    /// A string, without its escapes. Half of a pair of surrogates is kept as three bytes, for the other half may follow elsewhere.
    pub(super) fn bytes(self) -> Option<Cow<'a, [u8]>> {
        let mut rest = self.inner()?;
        let Some(mut at) = position(rest, b'\\') else { return Some(Cow::Borrowed(rest)) };
        let mut text = Vec::with_capacity(rest.len());
        loop {
            text.extend_from_slice(&rest[..at]);
            let (escape, after) = rest[at + 1..].split_first().unwrap_or((&b'\\', &[]));
            rest = after;
            match escape {
                b'n' => text.push(b'\n'),
                b't' => text.push(b'\t'),
                b'r' => text.push(b'\r'),
                b'b' => text.push(8),
                b'f' => text.push(12),
                b'u' => rest = letter(rest, &mut text),
                other => text.push(*other),
            }
            match position(rest, b'\\') {
                Some(next) => at = next,
                None => {
                    text.extend_from_slice(rest);
                    return Some(Cow::Owned(text));
                }
            }
        }
    }

    /// A string that says something.
    pub(super) fn word(self) -> Option<String> {
        let text = self.bytes()?;
        let text = String::from_utf8_lossy(&text);
        let text = text.trim();
        (!text.is_empty()).then(|| text.to_owned())
    }

    /// A number that can be a count, also where it is written as a float or a string.
    pub(super) fn count(self) -> Option<u64> {
        let digits = std::str::from_utf8(self.inner().unwrap_or(self.0)).ok()?.trim();
        if let Ok(count) = digits.parse() {
            return Some(count);
        }
        let count: f64 = digits.parse().ok()?;
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "it is whole, and within the measure"
        )]
        (count.fract() == 0.0 && (0.0..=WHOLE_MAX).contains(&count)).then_some(count as u64)
    }

    /// Whether it is `null`, or not there.
    pub(super) fn is_null(self) -> bool {
        self.0 == b"null"
    }

    /// Whether it says nothing: `null`, `false`, or an empty string, list or object.
    pub(super) fn is_empty(self) -> bool {
        match self.0 {
            b"null" | b"false" | b"\"\"" => true,
            [b'[' | b'{', within @ .., b']' | b'}'] => within.trim_ascii().is_empty(),
            _ => false,
        }
    }

    /// As it came.
    pub(super) fn raw(self) -> &'a [u8] {
        self.0
    }

    /// What stands between the quotes of a string.
    fn inner(self) -> Option<&'a [u8]> {
        self.0.strip_prefix(b"\"")?.strip_suffix(b"\"")
    }
}

/// Values one after another, as far as they are some.
fn values(mut rest: &[u8]) -> impl Iterator<Item = Loose<'_>> {
    std::iter::from_fn(move || {
        let (value, after) = next(rest)?;
        rest = after;
        Some(value)
    })
}

/// The next value of a list or an object, and what follows it; nothing at the end of either.
fn next(bytes: &[u8]) -> Option<(Loose<'_>, &[u8])> {
    let begin = bytes.iter().position(|byte| !byte.is_ascii_whitespace() && *byte != b',')?;
    split(&bytes[begin..])
}

/// The value at the beginning of these bytes, and what follows it.
fn split(bytes: &[u8]) -> Option<(Loose<'_>, &[u8])> {
    let (mut at, mut depth) = (0, 0_usize);
    loop {
        match bytes.get(at)? {
            b'"' => at = quoted(bytes, at)?,
            b'{' | b'[' => (at, depth) = (at + 1, depth + 1),
            b'}' | b']' => (at, depth) = (at + 1, depth.checked_sub(1)?),
            _ if depth > 0 => at += 1,
            _ => {
                at = bytes.iter().position(|byte| !bare(*byte)).unwrap_or(bytes.len());
                if at == 0 {
                    return None;
                }
            }
        }
        if depth == 0 {
            return Some((Loose(&bytes[..at]), &bytes[at..]));
        }
    }
}

/// Whether it can stand in a number or a word such as `true`.
fn bare(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"+-._".contains(&byte)
}

/// Where the string ends that begins here.
fn quoted(bytes: &[u8], begin: usize) -> Option<usize> {
    let mut at = begin + 1;
    loop {
        match bytes.get(at)? {
            b'"' => return Some(at + 1),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

/// The letter of a `\u` escape; what are no four digits is no letter. Gives what follows.
fn letter<'a>(rest: &'a [u8], text: &mut Vec<u8>) -> &'a [u8] {
    let digits = |rest: &'a [u8]| {
        let (digits, after) = rest.split_at_checked(4)?;
        let digits =
            std::str::from_utf8(digits).ok().filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
        Some((u32::from_str_radix(digits?, 16).ok()?, after))
    };
    let Some((unit, after)) = digits(rest) else {
        text.extend_from_slice("\u{fffd}".as_bytes());
        return rest;
    };
    if let Some(letter) = char::from_u32(unit) {
        text.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
    } else {
        let half = |shift: u32| 0x80 | (unit >> shift & 0x3f).to_le_bytes()[0];
        text.extend_from_slice(&[0xed, half(6), half(0)]);
    }
    after
}

fn position(bytes: &[u8], wanted: u8) -> Option<usize> {
    bytes.iter().position(|byte| *byte == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str) -> Loose<'_> {
        Loose::all(text.as_bytes()).unwrap().next().unwrap()
    }

    #[test]
    fn a_field_is_found_whatever_stands_beside_it() {
        let deep = format!("{{\"deep\":{}{},\"x\":7}}", "[".repeat(100_000), "]".repeat(100_000));
        for text in [
            r#"{"x":7}"#,
            r#" { "a" : "}" , "x" : 7 } "#,
            r#"{"a":"\"x\":1","b":["x",{"x":2}],"x":7,}"#,
            r#"{"n":NaN,"i":-Infinity,"e":1e99999,"d":00012.5.6,"x":7}"#,
            r#"{"half":"\ud83d","odd":"\u12","x":7}"#,
            r#"{"x":1,"x":7}"#,
            "{\"raw\":\"a\nb\t\u{1}\",\"x\":7}",
            &deep,
        ] {
            assert_eq!(one(text).get("x").count(), Some(7), "{text:.60}");
            assert!(one(text).get("y").is_null());
        }
        for text in ["7", "[1]", "\"x\"", "null", "{}", "{x}", "{\"x\"}", "{\"x\":}"] {
            assert!(one(text).get("x").is_null(), "{text}");
        }
    }

    #[test]
    fn values_stand_one_after_another_and_each_has_an_end() {
        for (text, count) in [("", 0), (" {} ", 1), ("{}{}", 2), ("{}\n[1,2]\n3", 3)] {
            assert_eq!(Loose::all(text.as_bytes()).map(Iterator::count), Some(count), "{text}");
        }
        for text in ["{", "[1", "{\"a\":\"b}", "}", "{} }", ",", "\"", "\"\\\"", "{\"a\":\"\\"] {
            assert!(Loose::all(text.as_bytes()).is_none(), "{text}");
        }
    }

    #[test]
    fn a_string_is_read_to_the_letter() {
        for (json, text) in [
            (r#""""#, "".as_bytes()),
            (r#""plain ü""#, "plain ü".as_bytes()),
            (r#""\n\t\r\b\f\/\\\"\u00fc""#, "\n\t\r\u{8}\u{c}/\\\"ü".as_bytes()),
            (r#""\q\u12""#, "q\u{fffd}12".as_bytes()),
            (r#""\ud83e""#, b"\xed\xa0\xbe"),
            (r#""\udd80""#, b"\xed\xb6\x80"),
        ] {
            assert_eq!(one(json).bytes().as_deref(), Some(text), "{json}");
        }
        for json in ["7", "null", "{}", "[\"a\"]"] {
            assert_eq!(one(json).bytes(), None);
        }
    }

    #[test]
    fn a_count_is_a_whole_number_however_it_is_written() {
        for (json, count) in [
            ("15", Some(15)),
            ("15.0", Some(15)),
            ("1.5e1", Some(15)),
            ("\"15\"", Some(15)),
            ("\" 15 \"", Some(15)),
            ("0", Some(0)),
            ("18446744073709551615", Some(u64::MAX)),
            ("-1", None),
            ("1.5", None),
            ("NaN", None),
            ("Infinity", None),
            ("1e400", None),
            ("\"many\"", None),
            ("null", None),
            ("true", None),
            ("[15]", None),
            ("{}", None),
        ] {
            assert_eq!(one(json).count(), count, "{json}");
        }
    }

    #[test]
    fn a_list_may_be_missing_or_be_one_value() {
        for (json, count) in
            [("[]", 0), ("null", 0), ("[1,[2],{\"a\":3}]", 3), ("{\"a\":1}", 1), ("\"a\"", 1), ("[,1,]", 1)]
        {
            assert_eq!(one(json).items().count(), count, "{json}");
        }
        for (json, empty) in
            [("null", true), ("false", true), ("\"\"", true), ("[ ]", true), ("{}", true), ("0", false)]
        {
            assert_eq!(one(json).is_empty(), empty, "{json}");
        }
    }
}
