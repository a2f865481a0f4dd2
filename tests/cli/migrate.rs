//! `prompt-runner migrate`: every workspace of tests/legacy, tried first, brought over, and brought over again.

use crate::answer::{self, Fault};
use crate::desk::{Desk, said};
use jiff::Timestamp;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

const WORKSPACES: [&str; 3] = ["every-status", "misread", "odd"];
/// Two hours before UTC says the same: the stamps of the predecessor have no zone.
const ZONE: &str = "XXX-2";

/// A workspace of the corpus in a project, with the times that its files had.
struct Stage {
    desk: Desk,
    fixture: PathBuf,
    expect: Value,
}

impl Stage {
    fn new(name: &str) -> Self {
        let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/legacy").join(name);
        let expect = std::fs::read_to_string(fixture.join("expect.json")).unwrap();
        let stage = Self { desk: Desk::new(), fixture, expect: serde_json::from_str(&expect).unwrap() };
        copy(&stage.fixture.join("orchestrator_workspace"), &stage.workspace());
        let modified = stage.expect["modified"].as_object().unwrap();
        for (path, _) in stage.desk.tree() {
            let within = path.strip_prefix(stage.workspace()).unwrap().to_str().unwrap();
            let at: Timestamp = modified.get(within).unwrap_or(&modified["*"]).as_str().unwrap().parse().unwrap();
            std::fs::File::options().write(true).open(&path).unwrap().set_modified(at.into()).unwrap();
        }
        for path in modified.keys().filter(|path| *path != "*") {
            assert!(stage.workspace().join(path).is_file(), "{path} is in expect.json and nowhere else");
        }
        stage
    }

    fn workspace(&self) -> PathBuf {
        self.desk.project().join("orchestrator_workspace")
    }

    /// What `migrate` prints with these words, which succeed and leave the workspace as it is.
    fn migrate(&self, words: &[&str]) -> String {
        let before = self.desk.tree();
        let workspace = self.workspace().display().to_string();
        let words = [&["migrate", &workspace], words].concat();
        let out = said(&self.desk.command(&words).env("TZ", ZONE).output().unwrap()).ok(&words);
        assert!(self.desk.tree() == before, "{words:?} changed the project");
        out
    }

    fn report(&self, words: &[&str]) -> Value {
        let mut report = serde_json::from_str(&self.migrate(&[words, &["--json"]].concat())).unwrap();
        spell_times(&mut report);
        report
    }

    /// The sessions that are expected, with this outcome.
    fn expected(&self, outcome: &str) -> Value {
        let mut sessions = self.expect["sessions"].clone();
        sessions.as_array_mut().unwrap().iter_mut().for_each(|session| session["outcome"] = json!(outcome));
        sessions
    }

    /// The text of a file of the workspace, whatever its encoding.
    fn text(&self, path: &str) -> String {
        let bytes = std::fs::read(self.workspace().join(path)).unwrap();
        if let [0xff, 0xfe, units @ ..] = bytes.as_slice() {
            let units: Vec<u16> = units.chunks(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
            return String::from_utf16(&units).unwrap();
        }
        String::from_utf8(bytes.clone()).unwrap_or_else(|_| bytes.into_iter().map(char::from).collect())
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &to);
        } else {
            std::fs::copy(entry.path(), to).unwrap();
        }
    }
}

/// Times as people write them, as they stand in the expectations.
fn spell_times(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(spell_times),
        Value::Object(fields) => {
            for (name, value) in fields {
                match value.as_i64() {
                    Some(ms) if name.ends_with("_ms") => {
                        *value = json!(Timestamp::from_millisecond(ms).unwrap().to_string());
                    }
                    _ => spell_times(value),
                }
            }
        }
        _ => {}
    }
}

fn texts(value: &Value) -> Vec<&str> {
    value.as_array().unwrap().iter().map(|text| text.as_str().unwrap()).collect()
}

#[test]
fn a_dry_run_says_what_would_be_done_and_does_nothing() {
    for name in WORKSPACES {
        let stage = Stage::new(name);
        let report = stage.report(&[]);
        let of = |value: &Value, at: usize| value[at].clone();
        for at in 0..stage.expect["sessions"].as_array().unwrap().len() {
            let expected = of(&stage.expect["sessions"], at);
            assert_eq!(of(&report["sessions"], at), expected, "{name}: {}", expected["old"]);
        }
        assert_eq!(report["sessions"], stage.expected("to_add"), "{name}");
        assert_eq!(report["left"], stage.expect["left"], "{name}");
        assert_eq!(report["applied"], false);
        assert_eq!(report["project"], stage.desk.project().display().to_string());
        assert_eq!(report["workspace"], stage.workspace().display().to_string());
        assert!(!stage.desk.data().exists(), "{name}: nobody asked for a database");
        assert_eq!(stage.desk.json(&["list"])["sessions"], json!([]));
        let empty = stage.desk.record();
        assert_eq!(stage.report(&[]), report, "{name}: an empty database changes nothing");
        assert_eq!(stage.desk.record(), empty);
    }
}

#[test]
fn what_was_said_is_brought_over_once() {
    for name in WORKSPACES {
        let stage = Stage::new(name);
        let report = stage.report(&["--apply"]);
        assert_eq!((&report["sessions"], &report["left"]), (&stage.expected("added"), &stage.expect["left"]), "{name}");
        let record = stage.desk.record();
        for words in [&["--apply"][..], &[], &["--apply"]] {
            assert_eq!(stage.report(words)["sessions"], stage.expected("already_here"), "{name}");
            assert_eq!(stage.desk.record(), record, "{name}: nothing is there twice");
        }
    }
}

#[test]
fn what_was_pruned_here_is_not_taken_for_new_there() {
    let stage = Stage::new("every-status");
    stage.migrate(&["--apply"]);
    // Coming over is the last thing that happened in them.
    let words = ["db", "prune", "--older-than", "0", "--yes", "--json"];
    let pruned: Value = serde_json::from_str(&said(&stage.desk.command(&words).output().unwrap()).ok(&words)).unwrap();
    assert!(pruned["texts"].as_u64() > Some(0), "{pruned}");
    assert_eq!(stage.report(&["--apply"])["sessions"], stage.expected("already_here"));
}

#[test]
fn each_session_stands_where_it_stood_and_is_found_by_its_old_id() {
    for name in WORKSPACES {
        let stage = Stage::new(name);
        stage.migrate(&["--apply"]);
        for expected in stage.expect["sessions"].as_array().unwrap() {
            let (old, id) = (expected["old"].as_str().unwrap(), expected["id"].as_str().unwrap());
            let mut view = stage.desk.json(&["status", "--session", old])["view"].take();
            spell_times(&mut view);
            assert_eq!(view["session"], id);
            assert_eq!(view["imported"], json!({ "id": old, "status": expected["status"] }), "{old}");
            for field in ["feature", "standing", "started_ms"] {
                assert_eq!(view[field], expected[field], "{old}: {field}");
            }
            assert_eq!(view["project"], stage.desk.project().display().to_string());
            for (phase, expected) in
                view["phases"].as_array().unwrap().iter().zip(expected["phases"].as_array().unwrap())
            {
                for field in ["phase", "stand", "prompted_ms", "captured_ms", "bytes"] {
                    assert_eq!(phase[field], expected[field], "{old}: {field}");
                }
                assert_eq!(
                    (&phase["trusted"], &phase["accepted"]),
                    (&json!(false), &json!(phase["stand"] == "replied"))
                );
                assert_eq!(phase["problem"], expected["reads"]["problem"], "{old}");
            }
            // It is no news in a chat before somebody goes on with it.
            assert_eq!(view["expect"], Value::Null, "{old}");
            let words = stage.desk.ok(&["status", "--session", old]);
            let from = format!(
                "Brought over from the predecessor: {old}, status {} there.",
                expected["status"].as_str().unwrap()
            );
            assert!(words.contains(&from), "{words}");
        }
    }
}

#[test]
fn texts_come_back_to_the_byte() {
    for name in WORKSPACES {
        let stage = Stage::new(name);
        stage.migrate(&["--apply"]);
        for expected in stage.expect["sessions"].as_array().unwrap() {
            let old = expected["old"].as_str().unwrap();
            let show = |words: &[&str]| stage.desk.json(&[&["show", old], words].concat())["text"].take();
            for (phase, prompt, answer) in [
                ("planning", "orchestrator_prompt", None),
                ("analysis", "analysis_prompt", Some("analysis_output")),
                ("implementation", "implementation_prompt", Some("implementation_output")),
            ] {
                let file = |kind: &str| {
                    let path = format!("outputs/{old}_{kind}.md");
                    if stage.workspace().join(&path).exists() { stage.text(&path) } else { String::new() }
                };
                let at = expected["phases"].as_array().unwrap().iter().find(|row| row["phase"] == phase).unwrap();
                if at["stand"] != "pending" {
                    assert_eq!(show(&["--prompt", phase]), file(prompt), "{old}: the {phase} prompt");
                }
                if at["stand"] == "replied" {
                    let made = || std::fs::read_to_string(stage.fixture.join(format!("planning/{old}.md")));
                    let reply = answer.map_or_else(|| made().unwrap_or_default(), file);
                    assert_eq!(show(&["--reply", phase]), reply, "{old}: the {phase} reply");
                }
            }
            for path in texts(&expected["beside"]) {
                assert_eq!(show(&["--attachment", path]), stage.text(path), "{old}: {path}");
            }
        }
    }
}

#[test]
fn work_that_went_on_there_is_named_and_left() {
    let stage = Stage::new("every-status");
    stage.migrate(&["--apply"]);
    let record = stage.desk.record();
    let old = "20250303_110000_0a1b2c3d";
    let (output, session) = (format!("outputs/{old}_analysis_output.md"), format!("sessions/{old}.json"));
    std::fs::write(stage.workspace().join(&output), "It is simple.\n").unwrap();
    let json = stage.text(&session).replace("analyzing", "analysis_complete");
    std::fs::write(stage.workspace().join(&session), json).unwrap();
    for words in [&[][..], &["--apply"]] {
        let report = stage.report(words);
        let outcomes: Vec<_> =
            report["sessions"].as_array().unwrap().iter().map(|one| one["outcome"].as_str().unwrap()).collect();
        assert_eq!(outcomes[0], "newer_there", "{words:?}");
        assert!(outcomes[1..].iter().all(|outcome| *outcome == "already_here"), "{words:?}: {outcomes:?}");
        assert_eq!(texts(&report["sessions"][0]["newer"]), [output.as_str(), &session]);
        assert_eq!(stage.desk.record(), record);
    }
    let words = stage.migrate(&["--apply"]);
    assert!(
        words.contains(&format!("already here; newer in the workspace, and left there: {output}, {session}\n")),
        "{words}"
    );
}

#[test]
fn a_session_goes_on_here_where_it_stood() {
    let stage = Stage::new("every-status");
    stage.migrate(&["--apply"]);
    // The predecessor's prompt asked for no proof, so there is a new one; and it stands on what came over.
    let prompt = stage.desk.ok(&["analyze", "--session", "20250303_110000_0a1b2c3d"]);
    assert!(
        prompt.contains("1. Find where tables are drawn.") && prompt.contains("PROMPT-RUNNER/1 20250303"),
        "{prompt}"
    );
    assert_eq!(
        stage.desk.ok(&["analyze", "--session", "20250303_110000_0a1b2c3d"]),
        prompt,
        "the same until it is answered"
    );
    let reply = stage.desk.file("reply.md", answer::markdown(&prompt, "thought through", Fault::None));
    let stored = stage.desk.ok(&["process", "--session", "20250303_110000_0a1b2c3d", "--file", &reply]);
    assert!(stored.starts_with("Stored: 3 of 3 sections"), "{stored}");
    assert_eq!(stage.report(&[])["sessions"][0]["outcome"], "already_here", "what happens here is no change there");
    // An answer without our sections goes on as a whole.
    let prompt = stage.desk.ok(&["implement", "--session", "undo_stack"]);
    assert!(prompt.contains("- `document.py` changes in eleven places."), "{prompt}");
    let closed = stage.desk.run(&["implement", "--session", "rate_limit"]);
    assert_eq!(closed.code, Some(4), "{closed:?}");
}

#[test]
fn old_ids_and_their_beginnings_name_sessions() {
    let stage = Stage::new("every-status");
    stage.migrate(&["--apply"]);
    for (part, old) in [
        ("dark_mode", "dark_mode_20250302_100000"),
        ("rate_limit_20250306_140000", "rate_limit_20250306_140000"),
        ("0a1b2c3d", "20250303_110000_0a1b2c3d"),
    ] {
        assert_eq!(stage.desk.json(&["use-session", part])["view"]["imported"]["id"], old);
    }
    assert_eq!(stage.desk.run(&["status", "--session", "mode_20250302"]).code, Some(3), "not from the middle");
    assert_eq!(stage.desk.run(&["status", "--session", "2025"]).code, Some(2), "ambiguous");
}

#[test]
fn sessions_go_to_the_project_that_is_named() {
    let stage = Stage::new("misread");
    let other = stage.desk.project().parent().unwrap().join("other");
    std::fs::create_dir_all(other.join(".git")).unwrap();
    let other = other.canonicalize().unwrap().display().to_string();
    // The folder that holds the workspace will do as well.
    let words = ["migrate", ".", "--apply", "--json", "--project", &other];
    let out = said(&stage.desk.command(&words).output().unwrap()).ok(&words);
    assert_eq!(serde_json::from_str::<Value>(&out).unwrap()["project"], other);
    assert_eq!(stage.desk.json(&["list", "--project", &other])["sessions"].as_array().unwrap().len(), 6);
    assert_eq!(stage.desk.json(&["list", "--project", "."])["sessions"], json!([]));
}

#[test]
fn a_person_reads_the_same_and_no_text_commands_the_terminal() {
    let stage = Stage::new("odd");
    let words = stage.migrate(&[]);
    for line in [
        "caf_menu_20250501_080000 → 20250501_080000_",
        ": would be brought over\n  Menu for the café\n  status there: analysis_complete\n  ✓ Planning",
        "      reads: FINDINGS cut, DESIGN missing, TASKS missing; trailer absent\n",
        "  kept beside: sessions/easy_reader_20250503_080000.json\n",
        "  odd: “paused” is no status of the predecessor; its files say “analyzing”.\n",
        "Left where it is:\n  README.txt: It belongs to no session.\n",
        "Sessions: 5. To be brought over: 5. Nothing was changed; --apply does it.\n",
    ] {
        assert!(words.contains(line), "{line} is missing in {words}");
    }
    let applied = stage.migrate(&["--apply"]);
    assert!(
        applied.contains(": brought over\n") && applied.ends_with("Sessions: 5. Brought over: 5. Not touched: 0.\n"),
        "{applied}"
    );
    let again = stage.migrate(&["--apply"]);
    assert!(
        again.contains(": already here\n") && again.ends_with("Sessions: 5. Brought over: 0. Not touched: 5.\n"),
        "{again}"
    );
    let evil = stage.desk.ok(&["status", "--session", "evil"]);
    for shown in [words, applied, again, evil] {
        assert!(!shown.chars().any(|ch| (ch.is_control() && ch != '\n') || ch == '\u{202e}'), "{shown:?}");
    }
}

#[test]
fn an_id_that_the_record_has_otherwise_stays_there() {
    let stage = Stage::new("every-status");
    stage.desk.ok(&["plan", "Dark mode"]);
    let ours = stage.desk.json(&["status"])["view"]["session"].as_str().unwrap().to_owned();
    let json =
        json!({ "id": ours, "status": "planned", "feature_request": "Another", "timestamp": "2025-03-01T09:00:00" });
    std::fs::write(stage.workspace().join(format!("sessions/{ours}.json")), json.to_string()).unwrap();
    let report = stage.report(&["--apply"]);
    let taken = report["sessions"].as_array().unwrap().iter().find(|session| session["id"] == ours).unwrap();
    assert_eq!(taken["outcome"], "id_taken");
    assert_eq!(stage.desk.json(&["status", "--session", &ours])["view"]["feature"], "Dark mode");
}

#[test]
fn a_workspace_without_sessions_is_said_to_have_none() {
    let stage = Stage::new("misread");
    std::fs::remove_dir_all(stage.workspace()).unwrap();
    for folder in ["", "sessions", "outputs", "templates"] {
        std::fs::create_dir_all(stage.workspace().join(folder)).unwrap();
        assert_eq!(stage.migrate(&[]), "There are no sessions in this workspace.\n");
        let report = stage.report(&["--apply"]);
        assert_eq!((&report["sessions"], &report["left"]), (&json!([]), &json!([])));
    }
}

#[test]
fn what_is_no_workspace_is_refused_by_name() {
    let desk = Desk::new();
    let file = desk.file("file", "");
    for dir in [".", "/nowhere/at/all", &file] {
        for json in [&[][..], &["--json"]] {
            let refused = said(&desk.command(&[&["migrate", dir, "--apply"], json].concat()).output().unwrap());
            assert_eq!(refused.code, Some(2), "{dir}: {refused:?}");
            assert!(refused.err.lines().next().unwrap().ends_with("[legacy.unreadable]"), "{dir}: {}", refused.err);
            assert_eq!(refused.out.contains("\"legacy.unreadable\""), !json.is_empty(), "{dir}: {}", refused.out);
        }
    }
    assert!(!desk.data().exists(), "nothing was opened for it");
}

#[cfg(unix)]
#[test]
fn a_link_out_of_the_workspace_is_named_and_not_followed() {
    let stage = Stage::new("every-status");
    let secret = stage.desk.file("secret.md", "the secret");
    let link = "outputs/rate_limit_20250306_140000_secret.md";
    std::os::unix::fs::symlink(&secret, stage.workspace().join(link)).unwrap();
    let report = stage.report(&["--apply"]);
    assert_eq!(
        report["left"],
        json!([{ "path": link, "why": "It leads out of the workspace, and was not followed." }])
    );
    assert_eq!(report["sessions"], stage.expected("added"));
    assert!(!stage.desk.ok(&["show", "rate_limit"]).contains("the secret"));
}
