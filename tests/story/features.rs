//! One feature from plan to done, in each workflow, and what each prompt is made of.

use crate::answer::{self, Fault};
use crate::home::{Home, capture, events, prompt, start};
use prompt_runner_core::event::{Event, PhaseStatus, SessionStatus, Source, Timing};
use prompt_runner_core::phase::Phase;
use prompt_runner_core::protocol::answer::{Captured, SessionFound};
use prompt_runner_core::protocol::{Body, Reply, Request, ask};
use prompt_runner_core::refusal::Code;
use prompt_runner_core::reply::Problem;
use runner::testing::Workflows;
use std::path::Path;

/// Which sections of earlier replies each prompt is built on.
const BUILT_ON: &[(Phase, &[&str])] = &[
    (Phase::PLANNING, &[]),
    (Phase::ANALYSIS, &["ANALYSIS_TEMPLATE of planning", "EXECUTION_NOTES of planning"]),
    (Phase::IMPLEMENTATION, &["IMPLEMENTATION_TEMPLATE of planning", "DESIGN of analysis", "TASKS of analysis"]),
    (Phase::TESTING, &["TASKS of analysis", "FILES of implementation"]),
    (Phase::CLEANING, &["FILES of implementation", "NOTES of testing"]),
];

#[test]
fn every_workflow_goes_from_start_to_complete() {
    for (name, workflow) in Workflows::new(Path::new("/nowhere"), None).list() {
        let phases: Vec<Phase> = workflow.unwrap().definition.phases.iter().map(|phase| phase.outline.name).collect();
        let home = Home::new();
        let mut runner = home.runner();
        let feature = "Dark mode, with {{ nonce }} and {% endraw %} to the letter";
        let session = start(&mut runner, feature, Some(&name)).unwrap().session;
        for &phase in &phases {
            let asked = prompt(&mut runner, &session, None).unwrap();
            assert_eq!(asked.phase, phase);
            assert!(asked.text.contains(feature));
            assert!(asked.text.contains("“shop”"), "the project's name, not its path: {}", asked.text);
            assert!(!asked.text.contains("/home/me"));
            let built_on = BUILT_ON.iter().find(|(of, _)| *of == phase).map_or(&[][..], |(_, pieces)| *pieces);
            for piece in built_on {
                let (section, of) = piece.split_once(" of ").unwrap();
                assert!(
                    asked.text.contains(&format!("The {section} says: written for {of}")),
                    "{phase:?} needs {piece}"
                );
            }
            let reply = capture(&session, phase.name(), &asked, &format!("written for {}", phase.name()), Fault::None);
            let Reply::Captured(Captured { verdict, duplicate, view }) = runner.handle(reply).unwrap() else {
                panic!()
            };
            assert_eq!((verdict.problem, verdict.oddities.as_slice(), duplicate), (None, &[][..], false));
            assert_eq!(
                view.phases.iter().filter(|phase| phase.stand == PhaseStatus::Replied).count(),
                view.phases.iter().position(|of| of.phase == phase).unwrap() + 1
            );
        }
        let Reply::Session(SessionFound { view: Some(view) }) =
            runner.handle(Request::Complete(ask::Complete { session: session.clone() })).unwrap()
        else {
            panic!()
        };
        assert_eq!((view.standing, view.current), (SessionStatus::Complete, None), "{name}");
        let database = home.database();
        let last = events(&database, &session);
        assert_eq!(last.len(), 2 + 2 * phases.len(), "one start, two for each phase, one end");
        assert_eq!(last.last().unwrap().event, Event::SessionCompleted {});
        assert_eq!(prompt(&mut runner, &session, Some(phases[0])).unwrap_err().code, Code::SessionClosed);
    }
}

#[test]
fn a_cut_reply_is_kept_and_asked_for_again_until_it_is_whole() {
    let home = Home::new();
    let mut runner = home.runner();
    let session = start(&mut runner, "Dark mode", None).unwrap().session;
    let first = prompt(&mut runner, &session, None).unwrap();
    runner.handle(capture(&session, "cut", &first, "half", Fault::Cut)).unwrap();
    let Reply::Session(SessionFound { view: Some(view) }) =
        runner.handle(Request::Status(ask::Status { session: Some(session.clone()), conversation: None })).unwrap()
    else {
        panic!()
    };
    assert_eq!((view.phases[0].stand, view.phases[0].problem), (PhaseStatus::Failed, Some(Problem::Cut)));

    let second = prompt(&mut runner, &session, None).unwrap();
    assert_ne!(second.nonce, first.nonce, "each asking has its own proof");
    let phase = &second.view.phases[0];
    assert_eq!(
        (phase.stand, phase.retries, phase.problem, phase.duration_ms, phase.lines),
        (PhaseStatus::Prompted, 1, None, None, 0),
        "nothing of the first try is shown as the second's"
    );
    // The answer to the first prompt comes late: it proves the wrong thing.
    assert_eq!(
        runner.handle(capture(&session, "late", &first, "whole", Fault::None)).unwrap_err().code,
        Code::ReplyForeign
    );
    let text = answer::markdown(&second.text, "whole", Fault::None);
    let whole = Request::Capture(ask::Capture {
        capture: "whole".into(),
        session: session.clone(),
        phase: None,
        body: Body::Markdown(text),
        source: Source::Stdin,
        timing: Timing::default(),
        conversation: None,
        others: Vec::new(),
        by: None,
    });
    let Reply::Captured(Captured { view, .. }) = runner.handle(whole).unwrap() else { panic!() };
    assert_eq!((view.phases[0].stand, view.current), (PhaseStatus::Replied, Some(Phase::ANALYSIS)));
}

/// A lost answer makes a client send again, in whatever state the session is by then.
#[test]
fn a_capture_sent_again_is_stored_once_however_late() {
    let home = Home::new();
    let mut runner = home.runner();
    let session = start(&mut runner, "Dark mode", None).unwrap().session;
    let first = prompt(&mut runner, &session, None).unwrap();
    let cut = capture(&session, "one", &first, "half", Fault::Cut);
    let mut sent = vec![cut.clone()];
    runner.handle(cut).unwrap();
    // A second cut reply to the same prompt, then a third to the next one.
    let other = capture(&session, "two", &first, "another half", Fault::Cut);
    runner.handle(other.clone()).unwrap();
    sent.push(other);
    let second = prompt(&mut runner, &session, None).unwrap();
    let whole = capture(&session, "three", &second, "whole", Fault::None);
    runner.handle(whole.clone()).unwrap();
    sent.push(whole);
    let analysis = prompt(&mut runner, &session, None).unwrap();
    assert_eq!(analysis.phase, Phase::ANALYSIS);
    let before = events(&home.database(), &session);
    for request in sent {
        let Request::Capture(ask::Capture { capture: name, .. }) = &request else { panic!() };
        let name = name.clone();
        let outcome = runner.handle(request);
        assert!(matches!(outcome, Ok(Reply::Captured(Captured { duplicate: true, .. }))), "{name}: {outcome:?}");
        assert_eq!(events(&home.database(), &session), before, "{name}");
    }
    // Even where it brings the conversation along, it was stored before.
    let mut bound = capture(&session, "three", &second, "whole", Fault::None);
    if let Request::Capture(ask::Capture { conversation, .. }) = &mut bound {
        *conversation = Some("claude.ai/chat/x".into());
    }
    assert!(
        matches!(runner.handle(bound), Ok(Reply::Captured(Captured { duplicate: true, view, .. })) if view.conversation.is_some())
    );
}

/// A page's clock may say anything.
#[test]
fn no_time_breaks_the_record() {
    let wild = [i64::MIN, -1, 0, 1_700_000_000_000, 1 << 53, i64::MAX];
    let home = Home::new();
    let mut runner = home.runner();
    for sent_ms in wild {
        for last in wild {
            let session = start(&mut runner, "Dark mode", None).unwrap().session;
            let asked = prompt(&mut runner, &session, None).unwrap();
            // Refused or taken, and nothing else.
            let sent = Request::Sent(ask::Sent {
                session: session.clone(),
                phase: asked.phase,
                nonce: asked.nonce.clone(),
                sent_ms,
                conversation: None,
            });
            if let Err(refusal) = runner.handle(sent) {
                assert_eq!(refusal.code, Code::RequestInvalid, "{sent_ms}");
            }
            let mut reply = capture(&session, "c", &asked, "whole", Fault::None);
            if let Request::Capture(ask::Capture { timing, .. }) = &mut reply {
                *timing = Timing {
                    sent_ms: Some(sent_ms),
                    first_token_ms: Some(last),
                    last_token_ms: Some(last),
                    span_ms: None,
                };
                if last == i64::MAX {
                    timing.span_ms = Some(u64::MAX);
                }
            }
            let Reply::Captured(Captured { view, .. }) = runner.handle(reply).unwrap() else { panic!() };
            assert_eq!(
                view.phases[0].stand,
                PhaseStatus::Replied,
                "a reply is never lost over its times: {sent_ms} {last}"
            );
            crate::models::compare(&home.database(), &session);
        }
    }
}
