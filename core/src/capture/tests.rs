//! The watcher, signal by signal.

use super::*;
use crate::session::SessionId;

const NONCE: &str = "0123456789abcdef";

fn expect() -> Expect {
    Expect::known(SessionId::parse("20261122_141129_1a2b3c4d").unwrap(), Phase::CLEANING, NONCE.into())
}

fn at(ms: f64) -> Now {
    Now { wall_ms: 1_000_000.0 + ms, monotonic_ms: ms }
}

fn blocks(whole: bool) -> Vec<Block> {
    let code = |text: String| Block::Code { lang: String::new(), text };
    let heading = |text: &str| Block::Heading { level: 2, text: text.into() };
    let mut blocks = vec![heading("FILES"), code("x".into()), heading("NOTES"), code("y".into())];
    if whole {
        blocks.push(code(format!(
            "PROMPT-RUNNER/1 20261122_141129_1a2b3c4d cleaning {NONCE}\nPROMPT-RUNNER/END {NONCE}"
        )));
    }
    blocks
}

fn begun() -> Watcher {
    let mut watcher = Watcher::default();
    watcher.observe(Signal::Expecting { expect: Some(expect()), part: false }, at(0.0));
    let sent = watcher.observe(Signal::UserTurn { text: format!("… {NONCE} …"), fresh: true }, at(10.0));
    assert!(matches!(sent.as_slice(), [Action::Sent { .. }]));
    watcher.observe(Signal::Streaming { key: "k".into(), streaming: Some(true) }, at(100.0));
    watcher.observe(Signal::Grew { key: "k".into() }, at(110.0));
    watcher
}

fn ended(watcher: &mut Watcher, ms: f64) -> Vec<Action> {
    watcher.observe(Signal::Streaming { key: "k".into(), streaming: Some(false) }, at(ms))
}

fn read(watcher: &mut Watcher, whole: bool, ms: f64) -> Vec<Action> {
    watcher.observe(Signal::Read { key: "k".into(), blocks: blocks(whole), busy: false, follows: true }, at(ms))
}

#[test]
fn a_whole_answer_is_read_once_at_its_end_and_captured_once() {
    let mut watcher = begun();
    for ms in 0..200 {
        assert_eq!(watcher.observe(Signal::Grew { key: "k".into() }, at(120.0 + f64::from(ms))), []);
    }
    assert_eq!(ended(&mut watcher, 400.0), [Action::Read { key: "k".into() }]);
    let captured = read(&mut watcher, true, 400.0);
    let [Action::Capture { verdict, timing, .. }] = captured.as_slice() else { panic!("{captured:?}") };
    assert_eq!(verdict.problem, None);
    assert_eq!(timing.span_ms, Some(309));
    assert_eq!(ended(&mut watcher, 500.0), []);
    assert_eq!(read(&mut watcher, true, 500.0), []);
}

#[test]
fn an_answer_that_was_gone_when_it_should_be_read_is_read_when_it_is_back() {
    let mut watcher = begun();
    assert_eq!(ended(&mut watcher, 400.0), [Action::Read { key: "k".into() }]);
    // While it is being read nobody asks for it twice.
    assert_eq!(ended(&mut watcher, 410.0), []);
    assert_eq!(watcher.observe(Signal::Unread { key: "k".into() }, at(420.0)), []);
    assert_eq!(ended(&mut watcher, 500.0), [Action::Read { key: "k".into() }]);
    assert!(matches!(read(&mut watcher, true, 500.0).as_slice(), [Action::Capture { .. }]));
}

/// Our prompt was sent, and an answer grows of which the page says nothing.
fn begun_blindly() -> Watcher {
    let mut watcher = begun();
    watcher.observe(Signal::Streaming { key: "k".into(), streaming: None }, at(120.0));
    watcher
}

#[test]
fn where_the_page_says_nothing_the_end_of_the_proof_is_the_end() {
    let mut watcher = begun_blindly();
    watcher.observe(Signal::Grew { key: "k".into() }, at(200.0));
    assert_eq!(watcher.observe(Signal::Proof { key: "k".into() }, at(200.0)), [Action::Wake { after_ms: PROOF_MS }]);
    // Its last line comes in letter by letter.
    assert_eq!(watcher.observe(Signal::Proof { key: "k".into() }, at(210.0)), []);
    assert_eq!(watcher.observe(Signal::Tick, at(300.0)), [Action::Read { key: "k".into() }]);
    assert!(matches!(read(&mut watcher, true, 300.0).as_slice(), [Action::Capture { .. }]));
}

#[test]
fn below_its_proof_an_answer_may_go_on_while_the_model_is_at_work() {
    let mut watcher = begun_blindly();
    watcher.observe(Signal::Proof { key: "k".into() }, at(200.0));
    assert_eq!(watcher.observe(Signal::Tick, at(300.0)), [Action::Read { key: "k".into() }]);
    let busy = Signal::Read { key: "k".into(), blocks: blocks(true), busy: true, follows: true };
    assert_eq!(watcher.observe(busy.clone(), at(300.0)), [Action::Wake { after_ms: PROOF_MS }]);
    assert_eq!(watcher.observe(Signal::Tick, at(400.0)), [Action::Read { key: "k".into() }]);
    // A stop button that never goes is no reason to wait for ever.
    assert!(matches!(watcher.observe(busy, at(2_400.0)).as_slice(), [Action::Capture { .. }]));
}

#[test]
fn where_the_page_says_that_an_answer_grows_its_proof_is_not_its_end() {
    let mut watcher = begun();
    watcher.observe(Signal::Proof { key: "k".into() }, at(200.0));
    assert_eq!(watcher.observe(Signal::Tick, at(300.0)), [Action::Wake { after_ms: QUIET_MS - 190.0 }]);
    assert!(matches!(ended(&mut watcher, 400.0).as_slice(), [Action::Read { .. }]));
}

#[test]
fn an_answer_that_stops_early_is_kept_as_cut_only_after_it_stayed_quiet() {
    let mut watcher = begun();
    assert_eq!(ended(&mut watcher, 200.0), [Action::Read { key: "k".into() }]);
    assert_eq!(read(&mut watcher, false, 210.0), [], "the tick that is under way does for this too");
    assert_eq!(watcher.observe(Signal::Tick, at(2_300.0)), [Action::Read { key: "k".into() }]);
    let captured = read(&mut watcher, false, 2_310.0);
    let [Action::Capture { verdict, .. }] = captured.as_slice() else { panic!("{captured:?}") };
    assert_eq!(verdict.problem, Some(Problem::Cut));
}

#[test]
fn an_answer_that_was_kept_as_cut_and_goes_on_is_captured_again_and_only_if_something_came() {
    let mut watcher = begun();
    ended(&mut watcher, 200.0);
    assert!(matches!(read(&mut watcher, false, 2_300.0).as_slice(), [Action::Capture { .. }]));
    // Its toolbar comes, and what is read is the same.
    let grown = watcher.observe(Signal::Grew { key: "k".into() }, at(2_400.0));
    assert_eq!(grown, [], "it is looked after already");
    assert_eq!(watcher.observe(Signal::Tick, at(4_500.0)), [Action::Read { key: "k".into() }]);
    assert!(!matches!(read(&mut watcher, false, 4_500.0).as_slice(), [Action::Capture { .. }]));
    // It goes on, says so, and is whole.
    assert_eq!(watcher.observe(Signal::Streaming { key: "k".into(), streaming: Some(true) }, at(5_000.0)), Vec::new());
    let grown = watcher.observe(Signal::Grew { key: "k".into() }, at(5_010.0));
    assert!(matches!(grown.as_slice(), [Action::Progress { .. }, ..]));
    assert_eq!(ended(&mut watcher, 6_000.0), [Action::Read { key: "k".into() }]);
    let whole = read(&mut watcher, true, 6_000.0);
    let [Action::Capture { verdict, .. }] = whole.as_slice() else { panic!("{whole:?}") };
    assert_eq!(verdict.problem, None);
    assert_eq!(ended(&mut watcher, 6_100.0), []);
}

#[test]
fn an_answer_that_goes_on_after_a_pause_is_not_cut() {
    let mut watcher = begun();
    ended(&mut watcher, 200.0);
    read(&mut watcher, false, 210.0);
    watcher.observe(Signal::Streaming { key: "k".into(), streaming: Some(true) }, at(900.0));
    watcher.observe(Signal::Grew { key: "k".into() }, at(901.0));
    assert!(matches!(watcher.observe(Signal::Tick, at(2_300.0)).as_slice(), [Action::Wake { .. }]));
    ended(&mut watcher, 3_000.0);
    assert!(matches!(read(&mut watcher, true, 3_000.0).as_slice(), [Action::Capture { .. }]));
}

#[test]
fn an_answer_that_stalls_is_looked_after_and_never_read_before_its_end() {
    let mut watcher = begun();
    let stalled = Action::Stalled { key: "k".into() };
    assert_eq!(watcher.observe(Signal::Tick, at(2_300.0)).first(), Some(&stalled));
    assert_eq!(watcher.observe(Signal::Tick, at(9_300.0)).first(), Some(&stalled), "for as long as it takes");
    let grew = watcher.observe(Signal::Grew { key: "k".into() }, at(9_400.0));
    assert_eq!(grew, [Action::Progress { phase: Phase::CLEANING, sections: 0 }], "it comes in again");
}

#[test]
fn however_many_answers_grow_or_stall_one_tick_is_under_way_for_all() {
    let mut watcher = begun();
    let mut ticks = vec![2_110.0];
    let mut heard = 0;
    for key in 0..20 {
        let key = format!("answer {key}");
        watcher.observe(Signal::Streaming { key: key.clone(), streaming: Some(true) }, at(120.0));
        assert!(
            !watcher
                .observe(Signal::Grew { key }, at(120.0))
                .iter()
                .any(|action| matches!(action, Action::Wake { .. }))
        );
    }
    while let Some(ms) = ticks.pop().filter(|ms| *ms < 60_000.0) {
        heard += 1;
        for action in watcher.observe(Signal::Tick, at(ms)) {
            if let Action::Wake { after_ms } = action {
                ticks.push(ms + after_ms);
            }
        }
        ticks.sort_by(|one, other| other.total_cmp(one));
    }
    assert!((50..=120).contains(&heard), "once a second for those that began together: {heard}");
}

#[test]
fn an_answer_that_left_the_page_is_looked_after_no_longer() {
    let mut watcher = begun();
    let gone = Signal::Unread { key: "k".into() };
    assert!(matches!(
        watcher.observe(Signal::Tick, at(2_110.0)).as_slice(),
        [Action::Stalled { .. }, Action::Wake { .. }]
    ));
    assert_eq!(watcher.observe(gone, at(2_120.0)), []);
    assert_eq!(watcher.observe(Signal::Tick, at(3_110.0)), []);
    assert!(matches!(ended(&mut watcher, 9_000.0).as_slice(), [Action::Read { .. }]), "until it is back");
}

#[test]
fn a_chat_that_is_not_ours_is_left_alone() {
    let mut watcher = Watcher::default();
    watcher.observe(Signal::Grew { key: "k".into() }, at(0.0));
    assert_eq!(ended(&mut watcher, 1.0), []);
    watcher.observe(Signal::Expecting { expect: Some(expect()), part: false }, at(2.0));
    assert_eq!(ended(&mut watcher, 3.0), [Action::Read { key: "k".into() }]);
    let weather = vec![Block::Paragraph { text: "Sunny.".into() }];
    assert_eq!(
        watcher.observe(Signal::Read { key: "k".into(), blocks: weather, busy: false, follows: true }, at(9_000.0)),
        []
    );
}

#[test]
fn what_turns_out_not_to_be_the_answer_is_not_said_to_come_in() {
    let mut watcher = begun();
    ended(&mut watcher, 200.0);
    let weather = vec![Block::Paragraph { text: "Sunny.".into() }];
    let read = Signal::Read { key: "k".into(), blocks: weather.clone(), busy: false, follows: true };
    assert_eq!(watcher.observe(read.clone(), at(201.0)), []);
    let beside = Action::OffContract { key: "k".into(), phase: Phase::CLEANING, blocks: weather };
    assert_eq!(watcher.observe(read.clone(), at(2_500.0)), [beside]);
    assert_eq!(watcher.observe(read, at(2_501.0)), [], "once");
    let grow = |watcher: &mut Watcher, ms| watcher.observe(Signal::Grew { key: "k".into() }, at(ms));
    assert!(!grow(&mut watcher, 300.0).iter().any(|action| matches!(action, Action::Progress { .. })), "its toolbar");
    watcher.observe(Signal::Streaming { key: "k".into(), streaming: Some(true) }, at(400.0));
    let grew = grow(&mut watcher, 401.0);
    assert_eq!(grew.first(), Some(&Action::Progress { phase: Phase::CLEANING, sections: 0 }), "it went on");
}

#[test]
fn a_cut_answer_that_goes_on_is_captured_again_and_an_older_one_never_is() {
    let mut watcher = begun();
    ended(&mut watcher, 200.0);
    assert!(matches!(read(&mut watcher, false, 2_500.0).as_slice(), [Action::Capture { .. }]));
    assert_eq!(read(&mut watcher, false, 2_600.0), [], "the same text is kept already");
    watcher.observe(Signal::Streaming { key: "k".into(), streaming: Some(true) }, at(3_000.0));
    ended(&mut watcher, 3_100.0);
    assert!(matches!(read(&mut watcher, true, 3_100.0).as_slice(), [Action::Capture { .. }]));
    let older = Signal::Read { key: "o".into(), blocks: blocks(false), busy: false, follows: false };
    assert_eq!(watcher.observe(older, at(90_000.0)), []);
}

#[test]
fn the_rest_of_an_answer_need_not_begin_with_a_section() {
    let rest = || vec![Block::Paragraph { text: "and so on".into() }];
    for (part, captured) in [(true, true), (false, false)] {
        let mut watcher = Watcher::default();
        watcher.observe(Signal::Expecting { expect: Some(expect()), part }, at(0.0));
        watcher.observe(Signal::UserTurn { text: format!("… {NONCE} …"), fresh: true }, at(10.0));
        let read = Signal::Read { key: "k".into(), blocks: rest(), busy: false, follows: true };
        let actions = watcher.observe(read, at(90_000.0));
        assert_eq!(matches!(actions.as_slice(), [Action::Capture { .. }]), captured, "{actions:?}");
    }
}

#[test]
fn sections_are_counted_as_they_come() {
    let mut watcher = begun();
    let seen = |watcher: &mut Watcher, text: &str| {
        watcher.observe(Signal::Heading { key: "k".into(), text: text.into() }, at(150.0))
    };
    assert_eq!(seen(&mut watcher, "1. Files"), [Action::Progress { phase: Phase::CLEANING, sections: 1 }]);
    assert_eq!(seen(&mut watcher, "1. Files"), []);
    assert_eq!(seen(&mut watcher, "src/main.rs"), []);
}
