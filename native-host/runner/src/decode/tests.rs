//! Bytes as people have them, and what they are read as.

use super::*;
use proptest::prelude::*;

fn units(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(bytes).collect()
}

#[test]
fn each_encoding_is_known_by_its_bytes() {
    use Encoding::{Utf8, Utf8Marked, Utf16Be, Utf16Le, Windows1252};
    let text = "## PLAN\r\n\tGrüße – “日本” 👩\n";
    let latin = "Süße “Grüße” – 5 € à ÖL\r\n";
    let [le, be] = [u16::to_le_bytes, u16::to_be_bytes];
    let latin_bytes = b"S\xfc\xdfe \x93Gr\xfc\xdfe\x94 \x96 5 \x80 \xe0 \xd6L\r\n".to_vec();
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
        assert_eq!(decode(&bytes), Ok(Decoded { text: expected.to_owned(), encoding, replaced: 0 }), "{bytes:02x?}");
    }
}

#[test]
fn western_texts_are_read_to_the_letter() {
    for (bytes, text) in [
        (&b"S\xfc\xdfe Gr\xfc\xdfe aus K\xf6ln: \x84\xc4rger\x93 \x96 sch\xf6n, 5 \x80 f\xfcr \xd6l."[..], "Süße Grüße aus Köln: „Ärger“ – schön, 5 € für Öl."),
        (&b"\xab O\xf9 est le c\x9cur de l\x92\x9cuvre ? \xbb \xc7a a \xe9t\xe9 cr\xe9\xe9 \xe0 No\xebl\x85 d\xe9j\xe0."[..], "« Où est le cœur de l’œuvre ? » Ça a été créé à Noël… déjà."),
        (&b"\xbfQu\xe9 pas\xf3? \xa1Ma\xf1ana ser\xe1 otro d\xeda! Es el 2\xba a\xf1o."[..], "¿Qué pasó? ¡Mañana será otro día! Es el 2º año."),
        (&b"N\xe3o h\xe1 op\xe7\xf5es; o av\xf4 est\xe1 \xe0 mesa."[..], "Não há opções; o avô está à mesa."),
        (&b"\xc8 cos\xec: perch\xe9 no? La citt\xe0 \xe8 pi\xf9 bella."[..], "È così: perché no? La città è più bella."),
        (&b"\xc5ke \xe4lskar bl\xe5b\xe4r och \xf6l p\xe5 \xf6n."[..], "Åke älskar blåbär och öl på ön."),
        (&b"B\xe5de \xe6bler og s\xf8de kager p\xe5 \xe5en."[..], "Både æbler og søde kager på åen."),
        (&b"\xdea\xf0 er gott ve\xf0ur \xed dag, \xfe\xfa \xe6ttir a\xf0 koma."[..], "Það er gott veður í dag, þú ættir að koma."),
        (&b"\x8aokolaad ja \xf5un on m\xfc\xfcgil. \x8e\xfcrii s\xf5i \xf6\xf6sel."[..], "Šokolaad ja õun on müügil. Žürii sõi öösel."),
        (&b"He said \x93it\x92s na\xefve\x94 \x97 a clich\xe9, isn\x92t it? 20 \xb0C, \xbd, \xa9 2026\x85"[..], "He said “it’s naïve” — a cliché, isn’t it? 20 °C, ½, © 2026…"),
        (&b"L\x92il\xb7lusi\xf3 \xe9s gran: can\xe7\xf3, qu\xe8, aix\xf2."[..], "L’il·lusió és gran: cançó, què, això."),
    ] {
        let expected = Decoded { text: text.to_owned(), encoding: Encoding::Windows1252, replaced: 0 };
        assert_eq!(decode(bytes), Ok(expected), "{text}");
    }
}

#[test]
fn what_may_be_of_several_encodings_is_refused_by_name() {
    for (name, text, bytes) in [
        ("gbk", "你好，世界。这是一个测试，看看它是否有效。", &b"\xc4\xe3\xba\xc3\xa3\xac\xca\xc0\xbd\xe7\xa1\xa3\xd5\xe2\xca\xc7\xd2\xbb\xb8\xf6\xb2\xe2\xca\xd4\xa3\xac\xbf\xb4\xbf\xb4\xcb\xfc\xca\xc7\xb7\xf1\xd3\xd0\xd0\xa7\xa1\xa3"[..]),
        ("gb18030", "发现：导出器和它的调用者。", &b"\xb7\xa2\xcf\xd6\xa3\xba\xb5\xbc\xb3\xf6\xc6\xf7\xba\xcd\xcb\xfc\xb5\xc4\xb5\xf7\xd3\xc3\xd5\xdf\xa1\xa3"[..]),
        ("shift_jis", "テスト用の日本語の文章です。これは返答です。", &b"\x83e\x83X\x83g\x97p\x82\xcc\x93\xfa\x96{\x8c\xea\x82\xcc\x95\xb6\x8f\xcd\x82\xc5\x82\xb7\x81B\x82\xb1\x82\xea\x82\xcd\x95\xd4\x93\x9a\x82\xc5\x82\xb7\x81B"[..]),
        ("shift_jis", "ﾃｽﾄ ｶﾅ", &b"\xc3\xbd\xc4 \xb6\xc5"[..]),
        ("euc_jp", "日本語の文章です。", &b"\xc6\xfc\xcb\xdc\xb8\xec\xa4\xce\xca\xb8\xbe\xcf\xa4\xc7\xa4\xb9\xa1\xa3"[..]),
        ("iso2022_jp", "日本語", &b"\x1b$BF|K\\8l\x1b(B"[..]),
        ("iso2022_kr", "가", &b"\x1b$)C\x0e0!\x0f"[..]),
        ("euc_kr", "안녕하세요, 세계입니다. 시험 문장.", &b"\xbe\xc8\xb3\xe7\xc7\xcf\xbc\xbc\xbf\xe4, \xbc\xbc\xb0\xe8\xc0\xd4\xb4\xcf\xb4\xd9. \xbd\xc3\xc7\xe8 \xb9\xae\xc0\xe5."[..]),
        ("big5", "你好，世界。這是一個測試。", &b"\xa7A\xa6n\xa1A\xa5@\xac\xc9\xa1C\xb3o\xacO\xa4@\xad\xd3\xb4\xfa\xb8\xd5\xa1C"[..]),
        ("cp1251", "Привет, мир. Это ответ, и он полный.", &b"\xcf\xf0\xe8\xe2\xe5\xf2, \xec\xe8\xf0. \xdd\xf2\xee \xee\xf2\xe2\xe5\xf2, \xe8 \xee\xed \xef\xee\xeb\xed\xfb\xe9."[..]),
        ("koi8_r", "Привет, мир. Это ответ.", &b"\xf0\xd2\xc9\xd7\xc5\xd4, \xcd\xc9\xd2. \xfc\xd4\xcf \xcf\xd4\xd7\xc5\xd4."[..]),
        ("cp866", "Привет, мир.", &b"\x8f\xe0\xa8\xa2\xa5\xe2, \xac\xa8\xe0."[..]),
        ("iso8859_5", "Привет, мир.", &b"\xbf\xe0\xd8\xd2\xd5\xe2, \xdc\xd8\xe0."[..]),
        ("mac_cyrillic", "Привет, мир.", &b"\x8f\xf0\xe8\xe2\xe5\xf2, \xec\xe8\xf0."[..]),
        ("cp1250", "Zażółć gęślą jaźń. Był to długi dzień.", &b"Za\xbf\xf3\xb3\xe6 g\xea\x9cl\xb9 ja\x9f\xf1. By\xb3 to d\xb3ugi dzie\xf1."[..]),
        ("iso8859_2", "Zażółć gęślą jaźń.", &b"Za\xbf\xf3\xb3\xe6 g\xea\xb6l\xb1 ja\xbc\xf1."[..]),
        ("cp1250", "Příliš žluťoučký kůň úpěl ďábelské ódy.", &b"P\xf8\xedli\x9a \x9elu\x9dou\xe8k\xfd k\xf9\xf2 \xfap\xecl \xef\xe1belsk\xe9 \xf3dy."[..]),
        ("cp1250", "Árvíztűrő tükörfúrógép, idő és erő.", &b"\xc1rv\xedzt\xfbr\xf5 t\xfck\xf6rf\xfar\xf3g\xe9p, id\xf5 \xe9s er\xf5."[..]),
        ("cp1253", "Καλημέρα κόσμε.", &b"\xca\xe1\xeb\xe7\xec\xdd\xf1\xe1 \xea\xfc\xf3\xec\xe5."[..]),
        ("cp1254", "İyi günler, bugün hava çok güzel değil mi? Şişli ışığı.", &b"\xddyi g\xfcnler, bug\xfcn hava \xe7ok g\xfczel de\xf0il mi? \xdei\xfeli \xfd\xfe\xfd\xf0\xfd."[..]),
        ("cp1255", "שלום עולם, זה מבחן.", &b"\xf9\xec\xe5\xed \xf2\xe5\xec\xed, \xe6\xe4 \xee\xe1\xe7\xef."[..]),
        ("cp1256", "مرحبا بالعالم، هذا اختبار.", &b"\xe3\xd1\xcd\xc8\xc7 \xc8\xc7\xe1\xda\xc7\xe1\xe3\xa1 \xe5\xd0\xc7 \xc7\xce\xca\xc8\xc7\xd1."[..]),
        ("cp1257", "Ačiū, šiandien graži diena, žąsys.", &b"A\xe8i\xfb, \xf0iandien gra\xfei diena, \xfe\xe0sys."[..]),
        ("tis_620", "สวัสดีชาวโลก", &b"\xca\xc7\xd1\xca\xb4\xd5\xaa\xd2\xc7\xe2\xc5\xa1"[..]),
        ("cp850", "Süße Grüße aus Köln.", &b"S\x81\xe1e Gr\x81\xe1e aus K\x94ln."[..]),
        ("cp437", "Süße Grüße", &b"S\x81\xe1e Gr\x81\xe1e"[..]),
        ("mac_roman", "Süße Grüße, café.", &b"S\x9f\xa7e Gr\x9f\xa7e, caf\x8e."[..]),
        ("latin_1", "next lines", &b"one\x85two\x85three"[..]),
        ("latin_1", "controls", &b"a\x9bb \x81"[..]),
    ] {
        assert!(matches!(decode(bytes), Err(DecodeError::Unknown(_))), "{name}, {text}: {:?}", decode(bytes));
    }
}

#[test]
fn a_damaged_place_is_marked_and_counted_and_the_rest_stays_what_it_was() {
    for (bytes, text, replaced) in [
        (&b"\xe6\x9c\xac\xe6\x96\x87\xe3\xe6\x9c\xac"[..], "本文\u{fffd}本", 1),
        (b"Gr\xc3\xbc\xc3\x9fe, sch\xf6n", "Grüße, sch\u{fffd}n", 1),
        (b"Gr\xc3\xbc\xc3\x9fe \xc3", "Grüße \u{fffd}", 1),
        ("“a” – “b”\n".as_bytes(), "“a” – “b”\n", 0),
        (b"\xe2\x80\x9ca\xe2\x80\x9d \x96 \xe2\x80\x9cb\xe2\x80\x9d \xff", "“a” \u{fffd} “b” \u{fffd}", 2),
        (b"\xc3\xa4\xc3\xb6\xed\xa0\x80\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc", "äö\u{fffd}\u{fffd}\u{fffd}üüüü", 3),
    ] {
        assert_eq!(decode(bytes), Ok(Decoded { text: text.to_owned(), encoding: Encoding::Utf8, replaced }));
    }
    // One byte does not make a long plain text one of another encoding, wherever it stands.
    let plain = b"The list of the tasks has no button, and nobody finds it. ".repeat(3);
    for at in 0..plain.len() {
        for byte in 0x80..=0xff {
            let mut bytes = plain.clone();
            bytes[at] = byte;
            let expected = String::from_utf8_lossy(&bytes).into_owned();
            let marked = Decoded { text: expected, encoding: Encoding::Utf8, replaced: 1 };
            assert_eq!(decode(&bytes), Ok(marked), "{byte:02x} at {at}");
        }
    }
    let marked = decode(b"\xef\xbb\xbf\xc3\xa4\xc3\xb6\xff").unwrap();
    assert_eq!((marked.encoding, marked.replaced), (Encoding::Utf8Marked, 1));
    assert!(
        matches!(decode(b"\xc3\xa4 sch\xf6n \xdf"), Err(DecodeError::Unknown(_))),
        "as much of one as of the other"
    );
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
