//! A reply that is not read in time: it is kept to the letter, called what it is, and stands in nobody's way.

use crate::answer::Fault;
use crate::home::{Home, capture, prompt, start};
use prompt_runner_core::event::{PhaseStatus, Source, Timing};
use prompt_runner_core::phase::Phase;
use prompt_runner_core::protocol::answer::{Captured, SessionRecord};
use prompt_runner_core::protocol::{Body, Reply, Request, ask};
use prompt_runner_core::refusal::Code;
use prompt_runner_core::reply::{Oddity, Problem, SectionState};
use runner::Runner;
use std::time::Duration;

/// It takes far longer to read than to look whether it is read.
fn long() -> String {
    "A line of an answer, **bold** and `code`.\n".repeat(50_000)
}

fn hurried(home: &Home) -> Runner {
    home.runner().with_patience(Duration::ZERO)
}

#[test]
fn a_capture_that_is_not_read_in_time_is_kept_as_it_came() {
    for in_blocks in [true, false] {
        let home = Home::new();
        let mut runner = hurried(&home);
        let session = start(&mut runner, "Dark mode", None).unwrap().session;
        let asked = prompt(&mut runner, &session, None).unwrap();
        let mut request = capture(&session, "slow", &asked, &long(), Fault::None);
        let Request::Capture(ask::Capture { body, .. }) = &mut request else { unreachable!() };
        if !in_blocks {
            *body = Body::Markdown(crate::answer::markdown(&asked.text, &long(), Fault::None));
        }
        let came = body.clone();
        let Reply::Captured(Captured { verdict, duplicate, view }) = runner.handle(request.clone()).unwrap() else {
            panic!()
        };
        assert_eq!((verdict.problem, duplicate), (Some(Problem::SectionMissing), false));
        assert_eq!(verdict.oddities, [Oddity::Unread]);
        assert!(verdict.sections.iter().all(|mark| mark.state == SectionState::Missing));
        assert_eq!(view.phases[0].stand, PhaseStatus::Failed);
        // Sent again it is the one that is there, and the next request is answered.
        let Reply::Captured(Captured { duplicate, .. }) = runner.handle(request).unwrap() else { panic!() };
        assert!(duplicate);
        let Reply::Record(SessionRecord { phases, .. }) =
            runner.handle(Request::Show(ask::Show { session: session.clone() })).unwrap()
        else {
            panic!()
        };
        let kept = phases[0].reply.clone().unwrap();
        match came {
            Body::Markdown(text) => assert_eq!(kept, text, "to the letter"),
            Body::Blocks(blocks) => assert_eq!(kept, prompt_runner_core::block::to_markdown(&blocks)),
        }
        // Taken as it is, all of it stands in the next prompt, and nobody reads it for that.
        runner.handle(Request::Accept(ask::Accept { session: session.clone(), phase: None })).unwrap();
        let next = prompt(&mut runner, &session, None).unwrap();
        assert!(next.text.contains(kept.trim()), "what was accepted goes on");
    }
}

#[test]
fn whoever_has_the_text_in_a_file_is_refused_and_may_give_a_whole_one_later() {
    let home = Home::new();
    let mut runner = hurried(&home);
    let session = start(&mut runner, "Dark mode", None).unwrap().session;
    let asked = prompt(&mut runner, &session, None).unwrap();
    let text = crate::answer::markdown(&asked.text, &long(), Fault::None);
    for source in [Source::File, Source::Clipboard, Source::Paste, Source::Selection] {
        let request = Request::Capture(ask::Capture {
            capture: format!("{source:?}"),
            session: session.clone(),
            phase: Some(Phase::PLANNING),
            body: Body::Markdown(text.clone()),
            source,
            timing: Timing::default(),
            conversation: None,
            others: Vec::new(),
            by: None,
        });
        assert_eq!(runner.handle(request).unwrap_err().code, Code::ReplyUnread, "{source:?}");
    }
    let read =
        Request::Read(ask::Read { session: session.clone(), phase: None, text: text.clone(), source: Source::File });
    assert_eq!(runner.handle(read).unwrap_err().code, Code::ReplyUnread);
    // With time enough it is whole.
    let mut runner = home.runner();
    let whole = capture(&session, "whole", &asked, &long(), Fault::None);
    let Reply::Captured(Captured { verdict, .. }) = runner.handle(whole).unwrap() else { panic!() };
    assert_eq!(verdict.problem, None);
}
