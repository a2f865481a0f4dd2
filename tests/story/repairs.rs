//! An incomplete reply out of a page and the ways on from it: its rest, what it lacks, all of it again, or as it is.

use crate::answer::{self, Fault};
use crate::home::{Home, Prompt, capture, events, prompt, repair, start};
use prompt_runner_core::block::Block;
use prompt_runner_core::event::{Event, PhaseStatus, Repair, SessionStatus, Source, Timing};
use prompt_runner_core::phase::Phase;
use prompt_runner_core::protocol::answer::{Captured, SessionFound, SessionRecord};
use prompt_runner_core::protocol::{Body, Other, Reply, Request, ask};
use prompt_runner_core::refusal::Code;
use prompt_runner_core::reply::{Problem, SectionState, Verdict};
use prompt_runner_core::session::SessionId;
use prompt_runner_core::status::View;
use runner::Runner;

const LINES: &str = "first line of many\nsecond line, with a number: 2\nthird line, and it is the last one";

fn kept(runner: &mut Runner, request: Request) -> (Verdict, bool, View) {
    match runner.handle(request).unwrap() {
        Reply::Captured(Captured { verdict, duplicate, view }) => (verdict, duplicate, view),
        other => panic!("{other:?}"),
    }
}

fn page(session: &SessionId, name: &str, asked: &Prompt, blocks: Vec<Block>) -> Request {
    let Request::Capture(ask::Capture { capture, session, phase, source, timing, conversation, others, .. }) =
        capture(session, name, asked, "", Fault::None)
    else {
        unreachable!()
    };
    Request::Capture(ask::Capture {
        capture,
        session,
        phase,
        body: Body::Blocks(blocks),
        source,
        timing,
        conversation,
        others,
        by: None,
    })
}

fn blocks(asked: &Prompt, body: &str, fault: Fault) -> Vec<Block> {
    serde_json::from_value(answer::blocks(&asked.text, body, fault)).unwrap()
}

fn reply(runner: &mut Runner, session: &SessionId, phase: Phase) -> String {
    let Reply::Record(SessionRecord { phases, .. }) =
        runner.handle(Request::Show(ask::Show { session: session.clone() })).unwrap()
    else {
        panic!()
    };
    phases.into_iter().find(|record| record.phase == phase).unwrap().reply.unwrap()
}

/// A planning reply that stops in the middle of its second section, stored as what it is.
fn cut(runner: &mut Runner) -> (SessionId, Prompt) {
    let session = start(runner, "Dark mode", None).unwrap().session;
    let asked = prompt(runner, &session, None).unwrap();
    let mut half = blocks(&asked, LINES, Fault::Cut);
    half.truncate(4);
    half.push(Block::Code {
        lang: String::new(),
        text: "The IMPLEMENTATION_TEMPLATE says: first line of many\nsecond line, wi".into(),
    });
    let (verdict, _, view) = kept(runner, page(&session, "half", &asked, half));
    assert_eq!(verdict.problem, Some(Problem::Cut));
    assert_eq!(view.next.repairs, [Repair::Continue]);
    assert!(view.part, "the rest of it need not begin with a section");
    (session, asked)
}

#[test]
fn the_rest_of_a_cut_reply_is_joined_to_what_came() {
    let home = Home::new();
    let mut runner = home.runner();
    let (session, _) = cut(&mut runner);
    let asked = repair(&mut runner, &session, Repair::Continue).unwrap();
    assert!(
        asked.text.contains("second line, wi") && !asked.text.contains("section: ANALYSIS_TEMPLATE"),
        "{}",
        asked.text
    );
    assert_eq!(
        repair(&mut runner, &session, Repair::Continue).unwrap().nonce,
        asked.nonce,
        "one prompt until it is answered"
    );

    let mut rest = blocks(&asked, LINES, Fault::None);
    let Some(Block::Code { text, .. }) = rest.get_mut(2) else { panic!("{rest:?}") };
    *text = text.replace("The IMPLEMENTATION_TEMPLATE says: ", "");
    *text = text.replacen("first line of many", "The IMPLEMENTATION_TEMPLATE says: first line of many", 1);
    let (verdict, _, view) = kept(&mut runner, page(&session, "rest", &asked, rest.clone()));
    assert_eq!(verdict.problem, None, "{verdict:?}");
    assert_eq!(view.current, Some(Phase::ANALYSIS));
    let whole = reply(&mut runner, &session, Phase::PLANNING);
    for section in ["ANALYSIS_TEMPLATE", "IMPLEMENTATION_TEMPLATE", "EXECUTION_NOTES"] {
        assert_eq!(
            whole.matches(&format!("The {section} says: {LINES}")).count(),
            1,
            "{section} once, and whole: {whole}"
        );
    }

    let log = events(&home.database(), &session);
    let captured = log.iter().filter_map(|recorded| match &recorded.event {
        Event::ReplyCaptured { text, piece, .. } => Some((text.clone(), piece.clone())),
        _ => None,
    });
    let pieces: Vec<_> = captured.collect();
    assert!(
        matches!(pieces.as_slice(), [(_, None), (text, Some(piece))] if text != piece),
        "what came is kept as well: {pieces:?}"
    );
    let before = log.len();
    assert!(kept(&mut runner, page(&session, "rest again", &asked, rest)).1, "stored once");
    assert_eq!(events(&home.database(), &session).len(), before);
}

#[test]
fn a_page_that_lets_the_answer_go_on_by_itself_needs_no_prompt_for_it() {
    let home = Home::new();
    let mut runner = home.runner();
    let (session, asked) = cut(&mut runner);
    let whole = blocks(&asked, LINES, Fault::None);
    let (verdict, _, view) = kept(&mut runner, page(&session, "whole", &asked, whole));
    assert_eq!((verdict.problem, view.current), (None, Some(Phase::ANALYSIS)));

    let (session, asked) = cut(&mut runner);
    let mut rest = blocks(&asked, LINES, Fault::None);
    rest.drain(..3);
    let (verdict, _, view) = kept(&mut runner, page(&session, "rest", &asked, rest));
    assert_eq!(
        (verdict.problem, view.current),
        (None, Some(Phase::ANALYSIS)),
        "a second message that begins the open section anew"
    );
}

#[test]
fn a_section_that_is_missing_or_came_twice_is_sent_again_alone() {
    for fault in [Fault::Missing, Fault::Doubled] {
        let home = Home::new();
        let mut runner = home.runner();
        let session = start(&mut runner, "Dark mode", None).unwrap().session;
        let asked = prompt(&mut runner, &session, None).unwrap();
        let (_, _, view) = kept(&mut runner, capture(&session, "one", &asked, LINES, fault));
        assert_eq!(view.next.repairs, [Repair::Sections], "{fault:?}");
        assert_eq!(repair(&mut runner, &session, Repair::Continue).unwrap_err().code, Code::PhaseNothingToRepair);
        let asked = repair(&mut runner, &session, Repair::Sections).unwrap();
        assert!(asked.text.contains("section: ANALYSIS_TEMPLATE\nPROMPT-RUNNER/END"), "{}", asked.text);
        let (verdict, _, view) = kept(&mut runner, capture(&session, "two", &asked, "anew", Fault::None));
        assert_eq!((verdict.problem, view.current), (None, Some(Phase::ANALYSIS)), "{fault:?}");
        let whole = reply(&mut runner, &session, Phase::PLANNING);
        assert!(
            whole.contains("The ANALYSIS_TEMPLATE says: anew")
                && whole.contains(&format!("The EXECUTION_NOTES says: {LINES}"))
        );
    }
}

#[test]
fn a_rest_that_does_not_fit_completes_nothing() {
    let home = Home::new();
    let mut runner = home.runner();
    let (session, _) = cut(&mut runner);
    let asked = repair(&mut runner, &session, Repair::Continue).unwrap();
    let mut rest = blocks(&asked, "nothing of this was there before, and it repeats no line", Fault::None);
    rest.drain(..2);
    rest.insert(0, Block::Heading { level: 3, text: "IMPLEMENTATION_TEMPLATE".into() });
    let (verdict, _, view) = kept(&mut runner, page(&session, "rest", &asked, rest));
    assert!(verdict.problem.is_some(), "a seam that nobody vouches for: {verdict:?}");
    assert_eq!(view.phases[0].stand, PhaseStatus::Failed);
}

/// The page of a first message does not show whether its last fence was closed, and the second says nothing of that section.
#[test]
fn a_section_that_was_cut_is_not_whole_because_the_next_one_or_the_trailer_came() {
    for blocks_before in [5, 7] {
        let home = Home::new();
        let mut runner = home.runner();
        let (session, asked) = cut(&mut runner);
        let mut rest = blocks(&asked, LINES, Fault::None);
        rest.drain(..blocks_before);
        let (verdict, _, view) = kept(&mut runner, page(&session, "rest", &asked, rest));
        assert!(verdict.problem.is_some(), "{verdict:?}");
        assert_eq!(verdict.sections[1].state, SectionState::Cut, "{verdict:?}");
        assert_eq!(
            (view.phases[0].stand, view.next.repairs.as_slice()),
            (PhaseStatus::Failed, &[Repair::Sections][..])
        );
        let asked = repair(&mut runner, &session, Repair::Sections).unwrap();
        let (verdict, ..) = kept(&mut runner, capture(&session, "anew", &asked, LINES, Fault::None));
        assert_eq!(verdict.problem, None, "{verdict:?}");
    }
}

#[test]
fn what_goes_on_under_the_heading_of_the_first_section_only_looks_like_a_whole_reply() {
    let home = Home::new();
    let mut runner = home.runner();
    let session = start(&mut runner, "Dark mode", None).unwrap().session;
    let asked = prompt(&mut runner, &session, None).unwrap();
    let mut half = blocks(&asked, LINES, Fault::Cut);
    half.truncate(3);
    let (verdict, ..) = kept(&mut runner, page(&session, "half", &asked, half));
    assert_eq!(verdict.problem, Some(Problem::Cut));
    let asked = repair(&mut runner, &session, Repair::Continue).unwrap();
    let rest = blocks(&asked, "the lines that come after those", Fault::None);
    let (verdict, ..) = kept(&mut runner, page(&session, "rest", &asked, rest));
    assert!(verdict.problem.is_some(), "{verdict:?}");
    assert!(reply(&mut runner, &session, Phase::PLANNING).contains("first line of many"), "what came first is kept");
}

#[test]
fn a_reply_can_be_accepted_as_it_is_and_that_is_on_record() {
    let home = Home::new();
    let mut runner = home.runner();
    let (session, _) = cut(&mut runner);
    let Reply::Session(SessionFound { view: Some(view) }) =
        runner.handle(Request::Accept(ask::Accept { session: session.clone(), phase: None })).unwrap()
    else {
        panic!()
    };
    let planning = &view.phases[0];
    assert_eq!((planning.stand, planning.accepted, planning.problem), (PhaseStatus::Replied, true, Some(Problem::Cut)));
    let asked = prompt(&mut runner, &session, None).unwrap();
    assert!(asked.phase == Phase::ANALYSIS && asked.text.contains("The ANALYSIS_TEMPLATE says: first line"));
    assert!(
        events(&home.database(), &session).iter().any(|recorded| matches!(recorded.event, Event::ReplyAccepted { .. }))
    );

    let (verdict, ..) = kept(&mut runner, capture(&session, "analysis", &asked, LINES, Fault::None));
    assert_eq!(verdict.problem, None);
    let last = prompt(&mut runner, &session, None).unwrap();
    kept(&mut runner, capture(&session, "last", &last, LINES, Fault::Missing));
    let Reply::Session(SessionFound { view: Some(view) }) =
        runner.handle(Request::Accept(ask::Accept { session, phase: None })).unwrap()
    else {
        panic!()
    };
    assert_eq!(view.standing, SessionStatus::Complete, "with the last one the session is done");
}

#[test]
fn the_rest_may_come_as_a_file() {
    let home = Home::new();
    let mut runner = home.runner();
    let (session, _) = cut(&mut runner);
    let asked = repair(&mut runner, &session, Repair::Continue).unwrap();
    let (capture, body) = ("file".to_owned(), Body::Markdown(answer::markdown(&asked.text, LINES, Fault::None)));
    let (phase, source, timing) = (None, Source::File, Timing::default());
    let request = Request::Capture(ask::Capture {
        capture,
        session,
        phase,
        body,
        source,
        timing,
        conversation: None,
        others: Vec::new(),
        by: None,
    });
    assert_eq!(kept(&mut runner, request).0.problem, None);
}

#[test]
fn another_source_is_taken_where_it_proves_itself_and_the_page_does_not() {
    let home = Home::new();
    let mut runner = home.runner();
    let session = start(&mut runner, "Dark mode", None).unwrap().session;
    let asked = prompt(&mut runner, &session, None).unwrap();
    let with = |fault, name: &str| {
        let mut request = capture(&session, name, &asked, LINES, Fault::Cut);
        let Request::Capture(ask::Capture { others, .. }) = &mut request else { unreachable!() };
        let text = answer::markdown(&asked.text, LINES, fault);
        *others = vec![Other { source: Source::Copy, text }];
        request
    };
    let (verdict, ..) = kept(&mut runner, with(Fault::Cut, "both cut"));
    assert_eq!(verdict.problem, Some(Problem::Cut), "that two sources agree on a cut reply does not make it whole");
    let (verdict, _, view) = kept(&mut runner, with(Fault::None, "copy whole"));
    assert_eq!((verdict.problem, view.current), (None, Some(Phase::ANALYSIS)));
    let last = events(&home.database(), &session).pop().unwrap().event;
    assert!(matches!(last, Event::ReplyCaptured { source: Source::Copy, .. }), "{last:?}");
}
