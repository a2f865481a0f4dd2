//! What has more than one step: how a session finds its conversation, when a page is examined, and that a table of single steps is not
//! all there is.

use super::*;
use crate::protocol::answer::PageJudgement;

/// A new chat with a session that has no conversation yet.
fn new_chat() -> PageState {
    let mut state = PageState::default();
    state.reduce(Signal::Address { conversation: None }, Now::default());
    state.take_view(view(None));
    state
}

fn at(ms: f64) -> Now {
    Now { wall_ms: 1_000_000.0 + ms, monotonic_ms: ms }
}

fn goes_to(state: &mut PageState, conversation: &str) -> String {
    all_said(&state.reduce(Signal::Address { conversation: Some(conversation.into()) }, at(100.0)))
}

fn user(state: &mut PageState) -> String {
    all_said(&state.reduce(Signal::User { text: format!("… {NONCE} …") }, at(10.0)))
}

#[test]
fn an_opened_page_asks_where_it_stands_and_waits_for_rest() {
    let mut state = PageState::default();
    let done = state.reduce(Signal::Address { conversation: None }, Now::default());
    assert_eq!(all_said(&done), "here, ask status, wake rest 1000");
    assert!(!state.has_session() && state.bar(0).is_none());
}

#[test]
fn a_page_is_watched_from_its_session_on_and_once() {
    let mut state = page("chat");
    assert_eq!(all_said(&state.take_view(view(Some(HERE)))), "attend, draw");
    assert_eq!(all_said(&state.take_view(view(Some(HERE)))), "draw");
    goes_to(&mut state, "claude.ai/chat/other");
    assert!(!state.has_session());
    assert_eq!(all_said(&state.take_view(view(Some("claude.ai/chat/other")))), "attend, draw");
}

#[test]
fn what_is_sent_in_a_new_chat_is_told_again_with_its_address() {
    let mut state = new_chat();
    assert_eq!(user(&mut state), "remember, draw, ask sent");
    assert_eq!(goes_to(&mut state, HERE), "wake rest 1000, here, draw, ask sent");
    assert_eq!(state.sent, None, "and not a third time");
}

#[test]
fn a_new_address_waits_for_the_message_that_made_it() {
    let follow = || Signal::Woke(Timer::Follow { conversation: HERE.into() });
    let wait = "wake rest 1000, wake follow 3000";
    let looks = "look for prompt";
    for (what, then) in [("nothing", looks), ("the message", ""), ("the host", ""), ("another address", "")] {
        let mut state = new_chat();
        assert_eq!(goes_to(&mut state, HERE), wait);
        match what {
            "the message" => {
                user(&mut state);
            }
            "the host" => {
                state.take_view(View { seq: 9, ..view(Some(HERE)) });
            }
            "another address" => {
                goes_to(&mut state, "claude.ai/chat/other");
            }
            _ => {}
        }
        assert_eq!(all_said(&state.reduce(follow(), at(3_100.0))), then, "{what}");
    }
}

#[test]
fn a_prompt_that_is_seen_nowhere_was_not_sent_and_its_session_stays_behind() {
    for (sent, done) in [(true, "here, draw, ask sent"), (false, "forget, here, ask status")] {
        let mut state = new_chat();
        goes_to(&mut state, HERE);
        let done_now = state.reduce(Signal::Prompt { conversation: HERE.into(), sent }, at(3_100.0));
        assert_eq!(all_said(&done_now), done);
        if let Some(Action::Ask { request, .. }) = done_now.last()
            && let Request::Sent(ask::Sent { sent_ms, .. }) = request.as_ref()
        {
            assert_eq!(*sent_ms, 1_000_100, "when the address came");
        }
        assert_eq!(state.has_session(), sent);
    }
}

#[test]
fn a_session_that_found_its_conversation_in_another_tab_leaves_this_one() {
    let mut state = new_chat();
    let news = View { seq: 9, ..view(Some(HERE)) };
    assert_eq!(all_said(&state.reduce(Signal::News(Box::new(news.clone())), at(1.0))), "forget, here, ask status");
    let mut state = new_chat();
    user(&mut state);
    assert_eq!(all_said(&state.reduce(Signal::News(Box::new(news)), at(1.0))), "draw", "it was sent here");
}

#[test]
fn a_new_chat_without_a_session_asks_when_anything_changed() {
    let mut state = PageState::default();
    state.reduce(Signal::Address { conversation: None }, Now::default());
    let news = Signal::News(Box::new(view(Some(HERE))));
    assert_eq!(all_said(&state.reduce(news, at(1.0))), "here, ask status");
}

#[test]
fn a_draft_is_replaced_by_the_second_click_alone() {
    let mut state = page("session");
    let replaces = |state: &mut PageState| {
        let done = state.reduce(Signal::Click(Act::Insert(None)), Now::default());
        matches!(done[..], [Action::Ask { question: Question::Place { replace: true }, .. }])
    };
    assert!(!replaces(&mut state));
    state.reduce(Signal::Put { placed: placed(), put: Put::Draft }, Now::default());
    assert!(replaces(&mut state));
    assert!(!replaces(&mut state));
}

#[test]
fn a_page_at_rest_twice_in_a_row_is_examined_once() {
    let mut state = page("chat");
    let mut look = |message, works| {
        let rest = Signal::Rest { message, works, empty: true, chat: true };
        all_said(&state.reduce(rest, Now::default()))
    };
    let (waits, examines) = ("wake rest 1000", "examine");
    let looks = [(true, false, waits), (true, true, waits), (true, false, waits), (true, false, examines)];
    for (message, works, done) in looks {
        assert_eq!(look(message, works), done);
    }
}

#[test]
fn a_conversation_that_shows_no_message_is_examined_in_the_end() {
    let mut state = page("chat");
    let rest = || Signal::Rest { message: false, works: false, empty: true, chat: true };
    let mut looks = 0;
    while all_said(&state.reduce(rest(), Now::default())) != "examine" {
        looks += 1;
        assert!(looks < 20);
    }
    assert_eq!(looks, address::EMPTY);
}

#[test]
fn the_bar_says_that_the_page_has_drifted_where_nothing_else_is_to_be_said() {
    let mut state = page("session");
    let round = state.examination.round;
    let answer = reply(Reply::Page(PageJudgement { drift: vec![UiMessage::new("drift_rows", [])] }));
    state.reduce(Signal::Answer { question: Question::Report { round }, answer }, Now::default());
    let says = |state: &PageState| match state.bar(0).unwrap().1.say {
        crate::bar::BarText::Words(say) => say.key,
        crate::bar::BarText::Text(text) => text,
    };
    assert_eq!(says(&state), "bar_drifted");
    assert!(state.has_drifted());
    state.status = PageStatus::Obscured;
    assert_eq!(says(&state), "bar_obscured");
    goes_to(&mut state, "claude.ai/chat/other");
    assert!(!state.has_drifted(), "another page may be in order");
}

#[test]
fn a_reply_that_waits_is_said_stored_when_the_outbox_is_done_with_it() {
    let mut state = page("session");
    happens(&mut state, "answer: waits in the browser");
    let other = Signal::Outbox(vec![("other".into(), *captured(false))]);
    assert_eq!(all_said(&state.reduce(other, Now::default())), "here, ask status");
    let mine = || Signal::Outbox(vec![("id".into(), *captured(false))]);
    assert_eq!(all_said(&state.reduce(mine(), Now::default())), "say button_sent, draw, draw");
    assert_eq!(all_said(&state.reduce(mine(), Now::default())), "here, ask status", "once");
}

#[test]
fn an_answer_is_followed_from_its_first_word_to_the_disk() {
    let mut state = page("session");
    let mut hear = |signal: Signal, ms| all_said(&state.reduce(signal, at(ms)));
    let key = || "k".to_owned();
    assert_eq!(hear(Signal::User { text: format!("… {NONCE} …") }, 10.0), "remember, here, draw, ask sent");
    let streaming = |streaming| Signal::Page(capture::Signal::Streaming { key: key(), streaming: Some(streaming) });
    assert_eq!(hear(streaming(true), 100.0), "");
    assert_eq!(hear(Signal::Page(capture::Signal::Grew { key: key() }), 110.0), "draw, wake watcher 2000");
    let heading = capture::Signal::Heading { key: key(), text: known(first()).names()[0].to_string() };
    assert_eq!(hear(Signal::Page(heading), 200.0), "draw");
    assert_eq!(hear(streaming(false), 300.0), "read");
    assert_eq!(hear(read(true, true, false, answer(true)), 300.0), "ask capture, draw");
    let done = Signal::Answer { question: capture_question(), answer: captured(false) };
    assert_eq!(hear(done, 350.0), "say button_sent, draw, draw");
    assert_eq!(hear(streaming(false), 400.0), "", "and not again");
    assert_eq!(name_of(&state.status), "stored");
}

#[test]
fn an_answer_that_stops_early_is_looked_at_more_closely_before_it_is_kept_as_cut() {
    let mut state = page("session");
    user(&mut state);
    state.reduce(Signal::Page(capture::Signal::Grew { key: "k".into() }), at(110.0));
    let streaming = capture::Signal::Streaming { key: "k".into(), streaming: Some(false) };
    state.reduce(Signal::Page(streaming), at(200.0));
    let cut = || read(true, true, false, answer(false));
    assert_eq!(all_said(&state.reduce(cut(), at(210.0))), "", "a tick is under way");
    assert_eq!(all_said(&state.reduce(Signal::Woke(Timer::Watcher), at(2_300.0))), "read");
    let done = state.reduce(cut(), at(2_310.0));
    let [Action::Inspect { case, .. }] = &done[..] else { panic!("{done:?}") };
    assert_eq!(case.id, "id");
    assert_eq!(reply::read(&case.blocks, &case.expect).problem(), Some(Problem::Cut));
}

#[test]
fn what_was_scrolled_to_while_an_answer_came_in_is_looked_at_when_it_has_ended() {
    let mut state = page("session");
    user(&mut state);
    assert_eq!(all_said(&state.reduce(Signal::Scrolled, at(20.0))), "");
    state.reduce(Signal::Page(capture::Signal::Grew { key: "k".into() }), at(110.0));
    let streaming = capture::Signal::Streaming { key: "k".into(), streaming: Some(false) };
    assert_eq!(all_said(&state.reduce(Signal::Page(streaming), at(200.0))), "read");
    let done = state.reduce(read(true, true, false, answer(true)), at(210.0));
    assert_eq!(all_said(&done), "ask capture, draw, look around");
    assert_eq!(all_said(&state.reduce(Signal::Page(capture::Signal::Tick), at(220.0))), "", "once");
}
