//! Replies as editors and shells save them: whatever the encoding, what is stored is the text, and what it was taken for is said.

use crate::answer::{self, Fault};
use crate::desk::{Desk, said};

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

#[test]
fn a_damaged_place_is_marked_and_said_where_it_is_read() {
    let desk = Desk::new();
    let prompt = desk.ok(&["plan", "Dark mode"]);
    let mut reply = answer::markdown(&prompt, BODY, Fault::None).into_bytes();
    let at = reply.windows(2).position(|two| two == "ü".as_bytes()).unwrap();
    reply.remove(at + 1);
    let line = reply[..at].iter().filter(|byte| **byte == b'\n').count() + 1;
    let path = desk.file("reply.md", &reply);
    let notice = format!(
        "{path} is damaged. One place in it is no UTF-8, the first in line {line}, and “\u{fffd}” stands there now. Save it again to have it whole.\n"
    );
    let stored = desk.run(&["process", "--file", &path]);
    assert_eq!((stored.code, &stored.err), (Some(0), &notice));
    assert!(desk.ok(&["show", "--reply", "planning"]).contains("Gr\u{fffd}ße – “quotes”"));
    let said = said(&desk.command(&["read", &path, "--phase", "planning"]).output().unwrap());
    assert!(said.err.starts_with(&notice) && said.out.contains("damaged characters are marked"), "{said:?}");
}

#[test]
fn a_reply_of_an_encoding_that_cannot_be_told_is_refused_and_not_stored() {
    // The same words in GBK, Shift-JIS, EUC-KR, Big5 and Windows-1251.
    for (name, body) in [
        ("GBK", &b"\xc4\xe3\xba\xc3\xa3\xac\xca\xc0\xbd\xe7"[..]),
        ("Shift_JIS", b"\x83e\x83X\x83g\x97p\x82\xcc\x93\xfa\x96{"),
        ("EUC-KR", b"\xbe\xc8\xb3\xe7\xc7\xcf\xbc\xbc\xbf\xe4"),
        ("BIG5", b"\xa7A\xa6n\xa1A\xa5@\xac\xc9"),
        ("CP1251", b"\xcf\xf0\xe8\xe2\xe5\xf2, \xec\xe8\xf0"),
    ] {
        let desk = Desk::new();
        let prompt = desk.ok(&["plan", "Dark mode"]);
        let reply = answer::markdown(&prompt, "BODY", Fault::None);
        let parts: Vec<&[u8]> = reply.split("BODY").map(str::as_bytes).collect();
        let path = desk.file("reply.md", parts.join(body));
        let said = desk.run(&["process", "--file", &path]);
        assert_eq!(said.code, Some(2), "{said:?}");
        assert!(
            said.err.contains("cannot be told") && said.err.contains(name) && said.err.contains("iconv -f"),
            "{said:?}"
        );
        assert_eq!(desk.json(&["status"])["view"]["phases"][0]["stand"], "prompted");
    }
}
