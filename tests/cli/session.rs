//! A feature from plan to done, as the README tells it, once in words and once as JSON.

use crate::answer::{self, Fault};
use crate::desk::Desk;
use rusqlite::Connection;
use serde_json::json;

#[test]
fn a_feature_in_words() {
    let desk = Desk::new();
    let plan = desk.run(&["plan", "Dark mode for the settings page"]);
    assert!(
        plan.out.starts_with("# Planning\n") && plan.out.contains("Dark mode for the settings page"),
        "{}",
        plan.out
    );
    assert!(!plan.out.contains("Session "), "a prompt in a pipe is the prompt and nothing else");
    assert!(plan.err.contains("Next: Planning: the prompt is ready."), "{}", plan.err);
    let session = plan.err.split_whitespace().nth(1).unwrap().trim_end_matches('.').to_owned();

    let reply = desk.file("plan.md", answer::markdown(&plan.out, "built with care", Fault::None));
    let stored = desk.ok(&["process", "--file", &reply]);
    assert!(
        stored.starts_with(
            "Stored: 3 of 3 sections, 3 lines.\nNext: Analysis: print its prompt and give it to the model.\n"
        ),
        "{stored}"
    );
    assert!(stored.contains(&format!("prompt-runner orchestrate analyze --session {session}")), "{stored}");
    assert!(desk.ok(&["process", "--file", &reply, "--phase", "planning"]).starts_with("Stored already:"));

    let analysis = desk.ok(&["analyze"]);
    assert!(analysis.contains("The ANALYSIS_TEMPLATE says: built with care"), "{analysis}");
    assert_eq!(desk.ok(&["analyze"]), analysis, "the same prompt until it is answered");
    let stored =
        desk.run_with(&["process", "--file", "-"], answer::markdown(&analysis, "thought through", Fault::None));
    assert!(stored.out.contains("Next: Implementation"), "{} {}", stored.out, stored.err);

    let implementation = desk.ok(&["implement"]);
    assert!(implementation.contains("The DESIGN says: thought through"));
    let status = desk.ok(&["status"]);
    for line in ["✓ Planning", "✓ Analysis", "… Implementation", "active, workflow feature"] {
        assert!(status.contains(line), "{line} is missing in {status}");
    }
    let done = answer::markdown(&implementation, "fn dark() {}", Fault::None);
    let complete = desk.run_with(&["complete", "--file", "-"], &done).ok(&["complete"]);
    assert!(
        complete.contains("complete, workflow feature") && complete.contains("All 3 phases are done and stored."),
        "{complete}"
    );

    let list = desk.ok(&["list"]);
    assert!(list.contains(&session) && list.contains("3/3") && list.contains("Dark mode"), "{list}");
    assert!(desk.ok(&["show"]).contains("──── Implementation: reply ────"));
    assert_eq!(desk.ok(&["show", &session, "--reply", "implementation"]), done, "to the byte");
    assert_eq!(desk.ok(&["show", &session, "--prompt", "analysis"]), analysis, "to the byte");
}

#[test]
fn a_feature_as_json() {
    let desk = Desk::new();
    let plan = desk.json(&["plan", "Dark mode", "--workflow", "full"]);
    let session = plan["view"]["session"].as_str().unwrap().to_owned();
    assert_eq!(
        (&plan["type"], &plan["phase"], &plan["view"]["workflow"]),
        (&json!("prompt"), &json!("planning"), &json!("full"))
    );
    assert_eq!(desk.json(&["plan", "--session", &session])["text"], plan["text"]);
    let mut prompt = plan;
    for (verb, next) in [
        ("analyze", "analysis"),
        ("implement", "implementation"),
        ("test", "testing"),
        ("clean", "cleaning"),
        ("complete", ""),
    ] {
        let reply = desk.file("reply.md", answer::markdown(prompt["text"].as_str().unwrap(), "x", Fault::None));
        let stored = desk.json(&["process", "--file", &reply]);
        assert_eq!(
            (&stored["type"], &stored["duplicate"], &stored["verdict"]["problem"]),
            (&json!("captured"), &json!(false), &json!(null))
        );
        prompt = desk.json(&[verb]);
        if verb == "complete" {
            assert_eq!((&prompt["type"], &prompt["view"]["standing"]), (&json!("session"), &json!("complete")));
        } else {
            assert_eq!((&prompt["type"], &prompt["phase"]), (&json!("prompt"), &json!(next)));
        }
    }
    assert_eq!(desk.json(&["status"])["view"]["next"]["step"], "done");
    assert_eq!(desk.json(&["list"])["sessions"][0]["session"], session);
    assert_eq!(desk.json(&["list", "--project", "."])["sessions"].as_array().unwrap().len(), 1);
    assert_eq!(desk.json(&["list", "--project", ".."])["sessions"], json!([]));
    assert_eq!(desk.json(&["show"])["phases"].as_array().unwrap().len(), 5);
    assert!(desk.json(&["show", "--reply", "testing"])["text"].as_str().unwrap().starts_with("Here it is."));
    for part in [&session[..20], &session[17..], &session] {
        assert_eq!(desk.json(&["use-session", part])["view"]["session"], session, "{part}");
    }
    let refused = desk.run(&["analyze", "--json"]);
    let refusal: serde_json::Value = serde_json::from_str(&refused.out).unwrap();
    assert_eq!(
        (refusal["refusal"]["code"].as_str(), refused.code),
        (Some("session.closed"), Some(4)),
        "a refusal is JSON too"
    );
}

#[test]
fn a_session_is_rated_in_words_and_numbers() {
    let desk = Desk::new();
    desk.ok(&["plan", "Dark mode"]);
    assert_eq!(desk.json(&["status"])["view"]["rating"], json!(null));
    assert!(!desk.ok(&["status"]).contains("rated"));
    assert!(desk.ok(&["rate", "4", "Went well.", "--saved", "30"]).contains("0 of 3 phases, rated 4 of 5\n"));
    let record = desk.record();
    desk.ok(&["rate", "4"]);
    assert_eq!(desk.record(), record, "nothing new was said");
    desk.ok(&["rate", "5"]);
    assert_eq!(desk.json(&["status"])["view"]["rating"], json!(5));
    for words in [&["rate"][..], &["rate", "0"], &["rate", "6"], &["rate", "well"], &["rate", "4", &"x".repeat(2_001)]]
    {
        assert_eq!(desk.run(words).code, Some(2), "{words:?}");
    }
}

/// A shell prompt asks again and again, so a glance is kept; and it is never one of before.
#[test]
fn a_glance_is_of_now_whoever_has_the_record_open() {
    let desk = Desk::new();
    let glance = || desk.run(&["status", "--short"]).out;
    assert_eq!(glance(), "", "without a session there is nothing to see");
    let mut prompt = desk.ok(&["plan", "Dark mode"]);
    let mut others = Vec::new();
    for (seen, verb, then) in
        [("P 1/3 …", "analyze", "A 2/3 ·"), ("A 2/3 …", "implement", "I 3/3 ·"), ("I 3/3 …", "", "✓ 3/3")]
    {
        for look in ["first", "kept"] {
            assert_eq!(glance(), format!("{seen}\n"), "the {look}");
        }
        desk.run_with(&["process"], answer::markdown(&prompt, "x", Fault::None)).ok(&["process"]);
        for look in ["first", "kept"] {
            assert_eq!(glance(), format!("{then}\n"), "the {look}");
        }
        if !verb.is_empty() {
            prompt = desk.ok(&[verb]);
        }
        // From here on somebody else has it open too, as a browser's host would.
        others.push(Connection::open(desk.data().join("prompt-runner.db")).unwrap());
        others.last().unwrap().query_row("SELECT count(*) FROM event", [], |row| row.get::<_, i64>(0)).unwrap();
    }
}
