//! Replies as editors and shells save them: whatever the encoding, what is stored is the text, and what it was taken for is said.

use crate::answer::{self, Fault};
use crate::desk::Desk;

const BODY: &str = "Grüße – “quotes”, 5 €";

type Encode = fn(&str) -> Vec<u8>;

/// The letters of `BODY` that Windows-1252 has in other places than Latin-1.
fn windows_1252(text: &str) -> Vec<u8> {
    let byte = |ch| match ch {
        '–' => 0x96,
        '“' => 0x93,
        '”' => 0x94,
        '€' => 0x80,
        ch => u8::try_from(ch).unwrap(),
    };
    text.chars().map(byte).collect()
}

fn utf_16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(bytes).collect()
}

#[test]
fn a_reply_is_stored_as_text_whatever_it_was_saved_as() {
    let cases: [(&str, Encode); 7] = [
        ("", |text| text.into()),
        ("UTF-8 with a byte order mark", |text| format!("\u{feff}{text}").into()),
        ("UTF-16 (little-endian)", |text| utf_16(&format!("\u{feff}{text}"), u16::to_le_bytes)),
        ("UTF-16 (big-endian)", |text| utf_16(&format!("\u{feff}{text}"), u16::to_be_bytes)),
        ("UTF-16 (little-endian)", |text| utf_16(text, u16::to_le_bytes)),
        ("UTF-16 (big-endian)", |text| utf_16(text, u16::to_be_bytes)),
        ("Windows-1252", windows_1252),
    ];
    for (name, encode) in cases {
        for file in [true, false] {
            let desk = Desk::new();
            let prompt = desk.ok(&["plan", "Dark mode"]);
            let reply = answer::markdown(&prompt, BODY, Fault::None).replace('\n', "\r\n");
            let path = desk.file("reply.md", encode(&reply));
            let (path, said) = if file {
                let said = desk.run(&["process", "--file", &path]);
                (path, said)
            } else {
                ("Standard input".to_owned(), desk.run_with(&["process", "--file", "-"], encode(&reply)))
            };
            assert_eq!(said.code, Some(0), "{name}: {}", said.err);
            let expected = if name.is_empty() { String::new() } else { format!("{path} was read as {name}.\n") };
            assert_eq!(said.err, expected);
            let stored = desk.ok(&["show", "--reply", "planning"]);
            assert_eq!(stored.trim_end(), reply.trim_end(), "{name}");
        }
    }
}

#[test]
fn a_feature_is_read_from_a_pipe_of_the_old_kind() {
    let desk = Desk::new();
    let said = desk.run_with(&["plan", "-", "--json"], b"Ein Caf\xe9 suchen");
    assert_eq!((said.code, said.err.as_str()), (Some(0), "Standard input was read as Windows-1252.\n"));
    assert_eq!(desk.json(&["status"])["view"]["feature"], "Ein Café suchen");
}
