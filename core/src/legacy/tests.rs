//! Workspaces of a few files, and what becomes of them.

use super::*;
use crate::event::Event;
use crate::event::{PhaseStatus, SessionStatus, State};
use crate::machine::FEATURE_MAX;
use crate::phase::Phase;

const OLD: &str = "dark_mode_20250624_115521";
const BEGAN: i64 = 1_000_000;
const NOW: i64 = 9_000_000;

fn environment() -> Environment<'static> {
    Environment {
        // Not SHA-256, and different for different texts.
        hash: |text| format!("{:064x}", text.bytes().fold(7_u64, |sum, byte| sum.wrapping_mul(31) ^ u64::from(byte))),
        time: |stamp| match stamp {
            "began" | "2025-06-24T11:55:21" => Some(BEGAN),
            "ended" => Some(BEGAN + 600_000),
            _ => None,
        },
        now_ms: NOW,
        project: Some("/shop"),
    }
}

fn file(path: &str, text: &str, modified_ms: i64) -> File {
    File { path: path.to_owned(), bytes: text.as_bytes().to_vec(), modified_ms: Some(modified_ms) }
}

/// The one session of a workspace with this record and these output files, each written so many seconds after the beginning.
fn plan(record: &str, outputs: &[(&str, &str, i64)]) -> Plan {
    let mut files = vec![file(&format!("sessions/{OLD}.json"), record, BEGAN)];
    for (kind, text, seconds) in outputs {
        files.push(file(&format!("outputs/{OLD}_{kind}.md"), text, BEGAN + seconds * 1_000));
    }
    let Survey { mut plans, left } = survey(files, &environment());
    assert_eq!(left, []);
    assert_eq!(plans.len(), 1);
    plans.remove(0)
}

fn stands(state: &State) -> Vec<PhaseStatus> {
    state.phases.iter().map(|phase| phase.stand).collect()
}

#[test]
fn every_status_becomes_the_phases_that_it_means() {
    use PhaseStatus::{Pending, Prompted, Replied};
    for (status, expected) in [
        ("planned", [Prompted, Pending, Pending]),
        ("templates_ready", [Replied, Pending, Pending]),
        ("analyzing", [Replied, Prompted, Pending]),
        ("analysis_complete", [Replied, Replied, Pending]),
        ("implementing", [Replied, Replied, Prompted]),
        ("complete", [Replied, Replied, Replied]),
    ] {
        let plan = plan(&format!(r#"{{"timestamp": "began", "status": "{status}"}}"#), &[]);
        let state = plan.state().unwrap();
        assert_eq!(stands(&state), expected, "{status}");
        assert_eq!(state.standing == SessionStatus::Complete, status == "complete", "{status}");
        assert_eq!(state.imported.map(|imported| (imported.id, imported.status)), Some((OLD.into(), status.into())));
        assert_eq!((state.feature.as_str(), state.project.as_deref()), ("dark mode", Some("/shop")));
    }
}

#[test]
fn times_are_those_of_the_session_and_its_files() {
    let plan = plan(
        r#"{"feature_request": "Dark mode", "timestamp": "began", "status": "complete", "completed_at": "ended"}"#,
        &[
            ("orchestrator_prompt", "Plan it.", 1),
            ("execution_notes", "Low", 60),
            ("analysis_template", "Look.", 61),
            ("analysis_output", "Seen.", 90_000),
            ("summary", "Done.", -5),
        ],
    );
    let at = |kind: &str| -> Vec<i64> {
        let json = |event: &Event| serde_json::to_value(event).unwrap();
        let of_kind = plan.events.iter().filter(|(_, event)| json(event)["kind"] == kind);
        of_kind.map(|(at_ms, _)| (at_ms - BEGAN) / 1_000).collect()
    };
    assert_eq!(at("session_started"), [0]);
    // A prompt without a file has the time of its answer, for how long that took is not known; what was written after the end was written at the end.
    assert_eq!(at("prompt_rendered"), [1, 600, 600]);
    assert_eq!(at("reply_captured"), [61, 600, 600]);
    assert_eq!(at("reply_accepted"), at("reply_captured"));
    assert_eq!(at("session_completed"), [600]);
    assert_eq!(at("attachment_kept"), [0, 0]);
    assert_eq!(plan.events.last().map(|(at_ms, _)| *at_ms), Some(NOW), "it was brought over now");
    assert!(plan.notes.iter().any(|note| note.contains("after it ended")), "{:?}", plan.notes);
    assert!(plan.notes.contains(&"No prompt was kept of: analysis, implementation.".to_owned()), "{:?}", plan.notes);
    assert!(plan.notes.iter().any(|note| note.starts_with("There is no answer to implementation")), "{:?}", plan.notes);
}

#[test]
fn the_times_of_a_copy_are_not_used() {
    let copied = BEGAN + 100 * 86_400_000;
    let record = r#"{"timestamp": "began", "status": "templates_ready"}"#;
    let mut files = vec![file(&format!("sessions/{OLD}.json"), record, copied)];
    files.push(file(&format!("outputs/{OLD}_analysis_template.md"), "Look.", copied + 5));
    let late = Environment { now_ms: copied + 1_000, ..environment() };
    let plan = survey(files.clone(), &late).plans.remove(0);
    assert!(plan.events.iter().rev().skip(1).all(|(at_ms, _)| *at_ms == BEGAN), "{:?}", plan.events);
    assert!(plan.notes.iter().any(|note| note.contains("as copies are")), "{:?}", plan.notes);
    // One that was written long before the others was not copied with them.
    files.push(file(&format!("outputs/{OLD}_orchestrator_prompt.md"), "Plan.", BEGAN));
    let plan = survey(files, &late).plans.remove(0);
    assert!(!plan.notes.iter().any(|note| note.contains("as copies are")), "{:?}", plan.notes);
}

#[test]
fn no_answer_is_proven_whatever_it_says_of_itself() {
    let answer = "### FINDINGS\n\n````\na\n````\n\n### DESIGN\n\n````\nb\n````\n\n### TASKS\n\n````\nc\n````\n\n```promptrunner\nPROMPT-RUNNER/1 20250624_115521_00000000 analysis \nsection: FINDINGS\nPROMPT-RUNNER/END \n```\n";
    let plan = plan(r#"{"timestamp": "began", "status": "analysis_complete"}"#, &[("analysis_output", answer, 5)]);
    let state = plan.state().unwrap();
    let answered = state.phase(Phase::ANALYSIS).and_then(|phase| phase.answered.as_ref()).unwrap();
    assert!(answered.problem.is_some() && answered.accepted, "{answered:?}");
    assert_eq!(plan.texts.iter().find(|kept| kept.hash == answered.text).map(|kept| kept.body.as_str()), Some(answer));
}

#[test]
fn what_a_status_does_not_reach_is_kept_beside() {
    let plan = plan(
        r#"{"timestamp": "began", "status": "analyzing"}"#,
        &[("analysis_template", "Look.", 1), ("analysis_prompt", "Look!", 2), ("analysis_output", "Seen.", 3)],
    );
    let state = plan.state().unwrap();
    assert_eq!(stands(&state), [PhaseStatus::Replied, PhaseStatus::Prompted, PhaseStatus::Pending]);
    let kept: Vec<&str> = state.attachments.iter().map(|kept| kept.name.as_str()).collect();
    assert_eq!(kept, [format!("sessions/{OLD}.json"), format!("outputs/{OLD}_analysis_output.md")]);
    assert!(plan.notes.iter().any(|note| note.contains("_analysis_output.md” is of a step")), "{:?}", plan.notes);
}

#[test]
fn a_session_that_says_little_is_brought_over_with_what_is_known() {
    let unsaid = plan("{}", &[("analysis_prompt", "Look!", 2)]);
    assert_eq!((unsaid.status.as_str(), unsaid.events[0].0), ("analyzing", BEGAN));
    assert_eq!(unsaid.notes.len(), 5, "{:?}", unsaid.notes);
    let unknown = plan(r#"{"status": "dancing", "timestamp": "noon", "completed_at": "night"}"#, &[]);
    assert_eq!((unknown.status.as_str(), stands(&unknown.state().unwrap())[0]), ("dancing", PhaseStatus::Prompted));
    let long = plan(&format!(r#"{{"feature_request": "{}", "status": "planned"}}"#, "ü".repeat(20_001)), &[]);
    assert_eq!(long.state().unwrap().feature.chars().count(), FEATURE_MAX);
}

#[test]
fn files_find_their_session_and_the_others_say_why_not() {
    let other = "dark_mode_20250624_115521_more_20250101_000000";
    let files = vec![
        file(&format!("sessions/{OLD}.json"), r#"{"status": "planned"}"#, BEGAN),
        file(&format!("sessions/{other}.json"), r#"{"status": "planned"}"#, BEGAN),
        file("sessions/broken_20250624_115521.json", "{", BEGAN),
        file("sessions/a_copy.json", &format!(r#"{{"id": "{OLD}"}}"#), BEGAN),
        file(&format!("outputs/{OLD}_summary.md"), "s", BEGAN),
        file(&format!("outputs/{OLD}.bak"), "b", BEGAN),
        file(&format!("templates/{other}_notes.txt"), "n", BEGAN),
        file("outputs/broken_20250624_115521_summary.md", "s", BEGAN),
        file(&format!("outputs/{OLD}x_summary.md"), "s", BEGAN),
        file("outputs/readme.md", "r", BEGAN),
    ];
    let Survey { plans, left } = survey(files, &environment());
    let kept = |plan: &Plan| plan.state().unwrap().attachments.into_iter().map(|kept| kept.name).collect::<Vec<_>>();
    assert_eq!(plans.iter().map(|plan| plan.old.as_str()).collect::<Vec<_>>(), [OLD, other]);
    assert_eq!(
        kept(&plans[0]),
        [format!("sessions/{OLD}.json"), format!("outputs/{OLD}_summary.md"), format!("outputs/{OLD}.bak")]
    );
    assert_eq!(kept(&plans[1]), [format!("sessions/{other}.json"), format!("templates/{other}_notes.txt")]);
    let left: Vec<_> = left.iter().map(|left| (left.path.as_str(), left.why.split(':').next().unwrap())).collect();
    assert_eq!(
        left,
        [
            ("sessions/broken_20250624_115521.json", "It is no JSON"),
            ("sessions/a_copy.json", format!("It is another file of the session “{OLD}”.").as_str()),
            (
                "outputs/broken_20250624_115521_summary.md",
                "It belongs to the session “broken_20250624_115521”, which cannot be read."
            ),
            (&format!("outputs/{OLD}x_summary.md"), "It belongs to no session."),
            ("outputs/readme.md", "It belongs to no session."),
        ]
    );
}

/// What stands in the session's own file, what there is besides, the analysis answer that comes of it, and what is said.
#[test]
fn a_text_in_the_sessions_own_file_comes_over_and_a_name_is_only_a_name() {
    let name = format!("{OLD}_analysis_output.md");
    let path = format!("/old/work space/outputs/{name}");
    let taken = "Taken out of";
    let cases: &[(&str, Option<&str>, &str, Option<&str>)] = &[
        (r"Seen.\nAll of it.", None, "Seen.\nAll of it.", Some(taken)),
        (r"Seen.\r\nAll of it.\r\n", None, "Seen.\r\nAll of it.\r\n", Some(taken)),
        (r"\ufeffSeen.\nAll.", None, "\u{feff}Seen.\nAll.", Some(taken)),
        ("Seen.", None, "Seen.", Some(taken)),
        ("Use a/b tests, and/or none.", None, "Use a/b tests, and/or none.", Some(taken)),
        ("See src/main.rs", None, "See src/main.rs", Some(taken)),
        ("README.md", None, "README.md", Some("which is no file of it")),
        (&name, None, "", Some("should be in")),
        (&path, None, "", Some("should be in")),
        ("../outputs/gone.md", None, "", Some("should be in")),
        ("outputs/gone.md", None, "", Some("should be in")),
        (r"C:\\work\\gone.md", None, "", Some("should be in")),
        ("analysis_output.md", None, "", Some("should be in")),
        (&name, Some("Seen."), "Seen.", None),
        (&path, Some("Seen."), "Seen.", None),
        (r"Seen.\nAll.", Some("Seen.\r\nAll.\r\n"), "Seen.\r\nAll.\r\n", None),
        ("Seen otherwise.", Some("Seen."), "Seen.", Some("is one text in")),
        ("Seen.", Some(" \n"), "Seen.", Some(taken)),
        ("", Some("Seen."), "Seen.", None),
        ("", None, "", None),
    ];
    for (said, beside, expected, note) in cases {
        let record = format!(
            r#"{{"feature_request": "Dark mode", "timestamp": "began", "status": "analysis_complete", "files": {{"analysis_output": "{said}"}}}}"#
        );
        let outputs: Vec<_> = beside.iter().map(|text| ("analysis_output", *text, 5)).collect();
        let plan = plan(&record, &outputs);
        let state = plan.state().unwrap();
        let answered = state.phase(Phase::ANALYSIS).and_then(|phase| phase.answered.as_ref()).unwrap();
        let text = plan.texts.iter().find(|kept| kept.hash == answered.text).map(|kept| kept.body.as_str());
        assert_eq!(text, Some(*expected), "{said}");
        let said_so = |word: &str| plan.notes.iter().any(|note| note.contains(word));
        assert!(note.is_none_or(said_so), "{said}: {:?}", plan.notes);
        let words = ["Taken out of", "should be in", "is one text in", "no file of it"];
        assert!(note.is_some() || !words.into_iter().any(said_so), "{said}: {:?}", plan.notes);
        assert!(plan.notes.iter().all(|note| note.lines().count() == 1), "{said}: {:?}", plan.notes);
    }
}

#[test]
fn what_stands_under_the_files_and_is_no_text_is_named() {
    for (files, word) in [
        (r#""outputs""#, "cannot be read"),
        (r#"["a.md"]"#, "cannot be read"),
        (r#"{"analysis_output": 7}"#, "Its analysis output is no text."),
        (r#"{"analysis_output": {"content": "x"}}"#, "Its analysis output is no text."),
        (r#"{"analysis_output": ["x"]}"#, "Its analysis output is no text."),
    ] {
        let plan = plan(&format!(r#"{{"timestamp": "began", "status": "analysis_complete", "files": {files}}}"#), &[]);
        assert!(plan.notes.iter().any(|note| note.contains(word)), "{files}: {:?}", plan.notes);
    }
}

#[test]
fn what_planning_estimated_comes_over_from_the_notes_or_from_the_sessions_file() {
    let estimate = |record: &str, notes: &str| {
        let record = format!(r#"{{"timestamp": "began", "status": "templates_ready", {record}}}"#);
        let plan = plan(&record, &[("execution_notes", notes, 5)]);
        let estimate = plan.events.iter().find_map(|(_, event)| match event {
            Event::ReplyCaptured { estimate, .. } => Some(estimate.map(|its| (its.low_minutes, its.high_minutes))),
            _ => None,
        });
        (estimate.unwrap(), plan.notes.iter().filter(|note| note.contains("estimate")).count())
    };
    let notes = "Complexity: High\nEstimated Time: 16-20 hours";
    assert_eq!(estimate(r#""time_estimate": null"#, notes), (Some((960, 1_200)), 0));
    assert_eq!(estimate(r#""time_estimate": "16-20 hours""#, notes), (Some((960, 1_200)), 0));
    assert_eq!(estimate(r#""time_estimate": "2 days""#, notes), (Some((960, 1_200)), 1), "they differ");
    assert_eq!(estimate(r#""time_estimate": "half a day""#, "Risks: none"), (Some((240, 240)), 0));
    assert_eq!(estimate(r#""time_estimate": "soon""#, "Risks: none"), (None, 1), "it is said");
    assert_eq!(estimate(r#""time_estimate": 4"#, "Risks: none"), (None, 1), "four of what?");
    let inside = r#""files": {"execution_notes": "Complexity: Low\nEstimated time: ca. 45 min"}"#;
    assert_eq!(estimate(inside, ""), (Some((45, 45)), 0));
}

#[test]
fn how_long_a_step_took_is_known_only_where_both_of_its_times_are() {
    let record = r#"{"timestamp": "began", "status": "templates_ready", "completed_at": "ended"}"#;
    let prompt = ("orchestrator_prompt", "Plan it.", 1);
    let answer = ("execution_notes", "Low", 60);
    for (outputs, expected) in [
        (&[prompt, answer][..], Some(59_000)),
        (&[answer], None),
        (&[prompt], None),
        (&[], None),
        (&[prompt, ("execution_notes", "Low", 90_000)], None),
        (&[("orchestrator_prompt", "Plan it.", -90_000), answer], None),
        (&[("orchestrator_prompt", "Plan it.", 70), answer], None),
        (&[prompt, ("execution_notes", "Low", 1)], None),
    ] {
        let state = plan(record, outputs).state().unwrap();
        assert_eq!(crate::status::view(&state).phases[0].duration_ms, expected, "{outputs:?}");
    }
}
