//! The kinds of text at a clipboard of X11: whatever is listed is given, and a text is read from whichever its owner offers.

use crate::display::Display;
use crate::foreign::Act::{Give, Lie, Other, Pieces, Refuse, Silence, Stuck};
use crate::foreign::{Reader, Script, own};
use serde_json::{Value, json};

#[test]
fn whatever_is_listed_is_given() {
    let display = Display::new();
    let large = "Zeile ünï\r\n".repeat(100_000);
    for (text, latin1) in
        [("plain", true), ("café\tü\n", true), ("“quotes” \u{1f980}", false), ("", true), (&large, true)]
    {
        display.copy(text);
        let reader = Reader::new(&display);
        let targets = reader.targets();
        for target in ["UTF8_STRING", "TEXT", "text/plain", "text/plain;charset=utf-8", "text/plain;charset=UTF-8"] {
            assert!(targets.iter().any(|listed| listed == target), "{target} in {targets:?}");
        }
        assert_eq!(targets.iter().any(|listed| listed == "STRING"), latin1, "{targets:?}");
        for target in targets.iter().filter(|target| !["MULTIPLE", "TARGETS", "TIMESTAMP"].contains(&target.as_str())) {
            let (kind, bytes) = reader.asks(target).unwrap_or_else(|| panic!("{target} is listed, and not given"));
            let read = match kind.as_str() {
                "STRING" => bytes.iter().copied().map(char::from).collect(),
                _ => String::from_utf8(bytes).unwrap(),
            };
            assert!(read == text, "{target} as {kind}: {read:.60}");
            assert!(kind == *target || target == "TEXT", "{target} as {kind}");
        }
        let (kind, time) = reader.asks("TIMESTAMP").unwrap();
        assert!(kind == "INTEGER" && time.len() == 4 && time != [0; 4], "{kind} {time:?}");
        for spelling in ["TEXT/PLAIN; Charset=\"utf8\"", "text/plain;charset=us-ascii", "utf8_string"] {
            let (kind, bytes) = reader.asks(spelling).unwrap_or_else(|| panic!("{spelling} is not given"));
            assert!(kind == spelling && bytes == text.as_bytes(), "{spelling} as {kind}");
        }
        assert_eq!(reader.asks("text/plain;charset=koi8-r"), None);
        assert_eq!(reader.asks("image/png"), None);
        assert_eq!(reader.asks("text/html"), None);
    }
}

#[test]
fn several_kinds_are_given_at_once() {
    let display = Display::new();
    display.copy("café");
    let given = Reader::new(&display).asks_for_many(&["STRING", "image/png", "UTF8_STRING", "text/plain"]);
    let utf8 = Some("café".as_bytes().to_vec());
    assert_eq!(given, [Some(b"caf\xe9".to_vec()), None, utf8.clone(), utf8]);
}

#[test]
fn a_large_text_is_given_to_many_readers_and_to_the_end_when_another_program_copies() {
    let display = Display::new();
    let large = "0123456789abcdef".repeat(200_000);
    display.copy(&large);
    std::thread::scope(|scope| {
        let read = || Reader::new(&display).asks("UTF8_STRING").unwrap().1 == large.as_bytes();
        let readers: Vec<_> = (0..4).map(|_| scope.spawn(read)).collect();
        assert!(readers.into_iter().all(|reader| reader.join().unwrap()));
    });
    let copies = || own(&display, &[("UTF8_STRING", Give("UTF8_STRING", b"another"))]);
    let (_, read) = Reader::new(&display).asks_while("UTF8_STRING", copies).unwrap();
    assert!(read == large.as_bytes(), "{} bytes", read.len());
    assert_eq!(display.act("paste", ""), json!({ "text": "another" }));
}

#[test]
fn a_reader_that_begins_anew_gets_the_text_from_its_beginning() {
    let display = Display::new();
    let large = "0123456789abcdef".repeat(100_000);
    display.copy(&large);
    let reader = Reader::new(&display);
    for pieces in [0, 1, 3] {
        reader.leaves_after(pieces, "UTF8_STRING");
        let (_, read) = reader.asks("UTF8_STRING").unwrap();
        assert!(read == large.as_bytes(), "after {pieces} pieces: {} bytes", read.len());
    }
}

fn pasted(script: Script) -> Value {
    let display = Display::new();
    own(&display, script);
    display.act("paste", "")
}

#[test]
fn a_text_is_read_from_whichever_its_owner_offers() {
    const ROWS: &[(Script, &str)] = &[
        (&[("STRING", Give("STRING", b"caf\xe9"))], "café"),
        (&[("STRING", Give("STRING", "café".as_bytes()))], "café"),
        (&[("TEXT", Give("STRING", b"caf\xe9"))], "café"),
        (&[("TEXT", Give("UTF8_STRING", "ü\u{1f980}".as_bytes()))], "ü\u{1f980}"),
        (&[("TEXT", Give("COMPOUND_TEXT", b"a\x1b%G\xf0\x9f\xa6\x80\x1b%@b"))], "a\u{1f980}b"),
        (&[("COMPOUND_TEXT", Give("COMPOUND_TEXT", b"caf\xe9"))], "café"),
        (&[("text/plain", Give("text/plain", "ü".as_bytes()))], "ü"),
        (&[("text/plain", Give("UTF8_STRING", "ü".as_bytes()))], "ü"),
        (&[("text/plain;charset=utf-8", Give("text/plain;charset=utf-8", "ü".as_bytes()))], "ü"),
        (&[("TEXT/PLAIN;Charset=Utf-8", Give("TEXT/PLAIN;Charset=Utf-8", "ü".as_bytes()))], "ü"),
        (&[("text/plain; charset=\"utf-8\"", Give("text/plain", "ü".as_bytes()))], "ü"),
        (&[("text/plain;charset=utf-16", Give("text/plain;charset=utf-16", b"\xff\xfea\0\xfc\0"))], "aü"),
        (&[("text/plain;charset=utf-16le", Give("text/plain;charset=utf-16le", b"a\0\xfc\0"))], "aü"),
        (&[("UTF8_STRING", Pieces(3, "UTF8_STRING", "pieces of ünï".as_bytes()))], "pieces of ünï"),
        (&[("UTF8_STRING", Pieces(3, "UTF8_STRING", b""))], ""),
        (&[("STRING", Pieces(1, "STRING", b"caf\xe9"))], "café"),
        (&[("UTF8_STRING", Give("UTF8_STRING", b""))], ""),
        (&[("UTF8_STRING", Give("UTF8_STRING", b"of C\0"))], "of C"),
        // The better kind is taken, and the next where it is not given or is not what it says.
        (&[("STRING", Give("STRING", b"?")), ("UTF8_STRING", Give("UTF8_STRING", "ü".as_bytes()))], "ü"),
        (&[("text/html", Give("text/html", b"<b>")), ("text/plain", Give("text/plain", b"b"))], "b"),
        (&[("UTF8_STRING", Refuse), ("STRING", Give("STRING", b"caf\xe9"))], "café"),
        (&[("UTF8_STRING", Lie), ("STRING", Give("STRING", b"caf\xe9"))], "café"),
        (&[("UTF8_STRING", Give("UTF8_STRING", b"caf\xe9")), ("STRING", Give("STRING", b"caf\xe9"))], "café"),
        (&[("UTF8_STRING", Give("image/png", b"\x89PNG")), ("text/plain", Give("text/plain", b"x"))], "x"),
        // Owners that do not know what they are asked first.
        (&[("TARGETS", Refuse), ("UTF8_STRING", Give("UTF8_STRING", "ü".as_bytes()))], "ü"),
        (&[("TARGETS", Refuse), ("STRING", Give("STRING", b"caf\xe9"))], "café"),
        (&[("TARGETS", Lie), ("TEXT", Give("STRING", b"caf\xe9"))], "café"),
        (&[("TARGETS", Give("STRING", b"UTF8_STRING")), ("UTF8_STRING", Give("UTF8_STRING", b"x"))], "x"),
    ];
    for (script, text) in ROWS {
        assert_eq!(pasted(script), json!({ "text": text }), "{script:?}");
    }
}

#[test]
fn what_is_no_text_is_named() {
    const ROWS: &[(Script, &str)] = &[
        (&[("text/html", Give("text/html", b"<b>x</b>"))], "no text, but text/html."),
        (&[("image/png", Give("image/png", b"x")), ("image/bmp", Refuse)], "no text, but image/png, image/bmp."),
        (&[("UTF8_STRING", Give("UTF8_STRING", b"caf\xe9"))], "no text that can be read in UTF8_STRING."),
        (&[("UTF8_STRING", Give("image/png", b"x"))], "no text that can be read in UTF8_STRING."),
        (&[("STRING", Give("STRING", b"\x93x\x94"))], "no text that can be read in STRING."),
        (&[("text/plain;charset=utf-16", Give("text/plain;charset=utf-16", b"abc"))], "charset=utf-16."),
        (&[("UTF8_STRING", Lie), ("TEXT", Refuse)], "UTF8_STRING, TEXT."),
        (&[("TARGETS", Refuse)], "no text that can be read"),
        (&[("TARGETS", Give("ATOM", b"xyz"))], "holds no text."),
        (&[("a\u{1b}]52;c;x", Refuse)], "but a]52;c;x."),
    ];
    for (script, says) in ROWS {
        let refusal = &pasted(script)["refusal"];
        assert_eq!(refusal["code"], "clipboard.not_text", "{script:?}: {refusal}");
        assert!(refusal["message"].as_str().unwrap().contains(says), "{script:?}: {refusal}");
    }
}

#[test]
fn an_owner_that_hangs_or_answers_something_else_is_not_waited_for() {
    const ROWS: &[Script] =
        &[&[("TARGETS", Silence)], &[("UTF8_STRING", Silence)], &[("UTF8_STRING", Stuck)], &[("UTF8_STRING", Other)]];
    std::thread::scope(|scope| {
        for script in ROWS {
            scope.spawn(move || {
                let refusal = &pasted(script)["refusal"];
                assert_eq!(refusal["code"], "clipboard.unavailable", "{script:?}: {refusal}");
                assert!(refusal["message"].as_str().unwrap().contains("does not answer"), "{script:?}: {refusal}");
            });
        }
    });
}
