//! Wrong input, as a table: each row is refused with its own exit code, its stable code, one next step, and no trace.

use crate::answer::{self, Fault};
use crate::desk::Desk;

/// Words, standard input, exit code, stable code.
struct Row<'a>(&'a str, Vec<&'a str>, &'a [u8], i32, &'a str);

#[test]
fn wrong_input_is_refused_by_name_and_changes_nothing() {
    let desk = Desk::new();
    desk.ok(&["plan", "Another feature"]);
    let prompt = desk.ok(&["plan", "Dark mode"]);
    let file = |fault| desk.file(&format!("{fault:?}.md"), answer::markdown(&prompt, "body", fault));
    let [whole, cut, half, foreign, missing, doubled] =
        [Fault::None, Fault::Cut, Fault::HalfProof, Fault::Foreign, Fault::Missing, Fault::Doubled].map(file);
    let blank = desk.file("blank.md", " \n\t\n");
    let binary = desk.file("binary.md", b"PK\x03\x04\xff\xfe\x00");
    let latin = desk.file("latin.md", b"caf\xe9");
    let half_letter = desk.file("half-letter.md", b"\xff\xfea\0b");
    let huge = desk.file("huge.md", "x".repeat((16 << 20) + 1));
    let long = "x".repeat(20_001);
    let nobody = "20200101_000000_00000000";
    let rows = [
        Row("unknown session", vec!["status", "--session", nobody], b"", 3, "session.unknown"),
        Row("unknown short id", vec!["show", "zzzz"], b"", 3, "session.unknown"),
        Row("no id at all", vec!["use-session", ""], b"", 3, "session.unknown"),
        Row("a pattern is no id", vec!["use-session", "%"], b"", 3, "session.unknown"),
        Row("ambiguous short id", vec!["use-session", "2"], b"", 2, "session.ambiguous"),
        Row("a later phase first", vec!["analyze"], b"", 4, "phase.out_of_order"),
        Row("a phase that is not in the workflow", vec!["test"], b"", 4, "phase.unknown"),
        Row(
            "a reply to a phase that was not asked",
            vec!["process", "--phase", "analysis", "--file", &whole],
            b"",
            4,
            "phase.not_prompted",
        ),
        Row("complete too early", vec!["complete"], b"", 4, "phase.out_of_order"),
        Row("a prompt that is not there", vec!["show", "--prompt", "analysis"], b"", 4, "phase.not_prompted"),
        Row("empty reply", vec!["process", "--file", "-"], b"", 5, "reply.empty"),
        Row("blank reply", vec!["process", "--file", &blank], b"", 5, "reply.empty"),
        Row("truncated reply", vec!["process", "--file", &cut], b"", 5, "reply.incomplete"),
        Row("reply truncated in its proof", vec!["process", "--file", &half], b"", 5, "reply.incomplete"),
        Row("a section is missing", vec!["process", "--file", &missing], b"", 5, "reply.incomplete"),
        Row("a section came twice", vec!["complete", "--file", &doubled], b"", 5, "reply.incomplete"),
        Row("the prompt itself", vec!["process", "--file", "-"], prompt.as_bytes(), 5, "reply.incomplete"),
        Row("foreign nonce", vec!["process", "--file", &foreign], b"", 5, "reply.foreign"),
        Row("too large", vec!["process", "--file", &huge], b"", 5, "reply.too_large"),
        Row("missing file", vec!["process", "--file", "/nowhere/at/all.md"], b"", 2, "file.unreadable"),
        Row("a folder as file", vec!["process", "--file", "."], b"", 2, "file.unreadable"),
        Row("binary file", vec!["process", "--file", &binary], b"", 2, "file.unreadable"),
        Row("text in another encoding", vec!["process", "--file", &latin], b"", 5, "reply.incomplete"),
        Row("text that breaks off within a letter", vec!["process", "--file", &half_letter], b"", 2, "file.unreadable"),
        Row("binary data on standard input", vec!["plan", "-"], b"GIF89a\x01\0\x01\0", 2, "file.unreadable"),
        Row("missing project", vec!["status", "--project", "/nowhere/at/all"], b"", 2, "file.unreadable"),
        Row("a file as project", vec!["status", "--project", &whole], b"", 2, "file.unreadable"),
        Row("unknown workflow", vec!["plan", "x", "--workflow", "dance"], b"", 2, "workflow.unknown"),
        Row("empty feature", vec!["plan", " "], b"", 2, "feature.invalid"),
        Row("empty feature on standard input", vec!["plan", "-"], b"\n", 2, "feature.invalid"),
        Row("a book as feature", vec!["plan", &long], b"", 2, "feature.invalid"),
    ];
    let (record, tree) = (desk.record(), desk.tree());
    for Row(what, words, input, exit, code) in rows {
        for json in [false, true] {
            let words = if json { [words.as_slice(), &["--json"]].concat() } else { words.clone() };
            let said = desk.run_with(&words, input);
            assert_eq!(said.code, Some(exit), "{what}: {said:?}");
            let lines: Vec<&str> = said.err.lines().collect();
            let [talk @ .., first, hint] = lines.as_slice() else {
                panic!("{what}: a sentence and a step: {}", said.err)
            };
            let read_as: &[_] =
                if words.contains(&latin.as_str()) { &[format!("{latin} was read as Windows-1252.")] } else { &[] };
            assert_eq!(talk, read_as, "{what}: only the sentence and the step");
            assert!(first.starts_with("prompt-runner: ") && first.ends_with(&format!("[{code}]")), "{what}: {first}");
            assert!(hint.ends_with('.'), "{what}: {hint}");
            if json {
                let refusal: serde_json::Value = serde_json::from_str(&said.out).unwrap();
                assert_eq!(
                    (refusal["refusal"]["code"].as_str(), refusal["refusal"]["hint"].as_str()),
                    (Some(code), Some(*hint))
                );
            } else {
                assert_eq!(said.out, "", "{what}: nothing on standard output");
            }
            assert_eq!(desk.record(), record, "{what} changed the record");
            assert!(desk.tree() == tree, "{what} changed the project");
        }
    }
}

#[test]
fn words_that_are_no_command_are_explained() {
    let desk = Desk::new();
    for words in [
        &["dance"][..],
        &["plan"],
        &["process", "--paste", "--watch"],
        &["process", "--phase", "Dancing", "--file", "x"],
        &["status", "--loud"],
    ] {
        let said = desk.run(words);
        assert_eq!((said.code, said.out.as_str()), (Some(2), ""), "{words:?}");
        assert!(said.err.contains("error:"), "{words:?}: {}", said.err);
    }
    assert!(!desk.data().exists(), "nothing was opened for it");
}

#[test]
fn a_text_in_the_record_cannot_command_the_terminal() {
    let desk = Desk::new();
    let evil = "Dark \u{1b}]52;c;ZXZpbA==\u{7}\u{9b}31m mode \u{202e}";
    let prompt = desk.ok(&["plan", evil]);
    assert!(prompt.contains(evil), "in a pipe the prompt is to the letter");
    for words in [
        &["status"][..],
        &["list"],
        &["use-session", "20"],
        &["show", "\u{1b}[31m"],
        &["status", "--session", "\u{1b}[2J"],
    ] {
        let said = desk.run(words);
        let all = said.out + &said.err;
        assert!(!all.chars().any(|ch| ch.is_control() && ch != '\n'), "{words:?}: {all:?}");
        assert!(!all.contains('\u{202e}'), "{words:?}: {all:?}");
    }
    let json = desk.run(&["show", "--json"]).out;
    assert!(!json.chars().any(|ch| ch.is_ascii_control() && ch != '\n'), "JSON escapes them itself");
}
