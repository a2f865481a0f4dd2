//! The phase machine, wish by wish.

use super::*;
use crate::event::{Rating, Recorded, Usage, evolve, fold};
use crate::reply::Trailer;
use crate::session::SessionId;
use crate::workflow;

fn id() -> SessionId {
    SessionId::parse("20261122_141129_1a2b3c4d").unwrap()
}

struct Story(State);

impl Story {
    fn begin() -> Self {
        let event = start("Dark mode", None, workflow::classic("feature").unwrap(), None).unwrap();
        Self(fold(&id(), &[Recorded { seq: 1, at_ms: 1_000, event }]).unwrap())
    }

    fn ask(&mut self, command: Command) -> Result<usize, Code> {
        let events = decide(&self.0, command).map_err(|refusal| refusal.code)?;
        let count = events.len();
        for event in events {
            let recorded = Recorded { seq: self.0.seq + 1, at_ms: 2_000 + self.0.seq, event };
            self.0 = evolve(&id(), Some(self.0.clone()), &recorded).unwrap();
        }
        Ok(count)
    }

    fn prompt(&mut self, phase: Phase) -> Result<usize, Code> {
        let nonce = format!("n-{}", phase.name());
        self.ask(Command::Prompt { phase, nonce, text: "t".into(), bytes: 1, part: None, template: "h".into() })
    }

    fn reply(&mut self, phase: Phase, text: &str, problem: Option<Problem>, source: Source) -> Result<usize, Code> {
        self.ask(Command::Capture(Box::new(Capture {
            capture: format!("c-{text}"),
            phase,
            nonce: format!("n-{}", phase.name()),
            text: text.into(),
            piece: None,
            bytes: 10,
            lines: 1,
            tokens_estimated: 3,
            source,
            verdict: Verdict { sections: vec![], trailer: Trailer::Proven, problem, oddities: vec![] },
            timing: Timing::default(),
            conversation: None,
            by: None,
            estimate: None,
        })))
    }
}

#[test]
fn a_feature_goes_through_its_phases_and_is_complete_with_the_last_reply() {
    let mut story = Story::begin();
    for phase in [Phase::PLANNING, Phase::ANALYSIS, Phase::IMPLEMENTATION] {
        assert_eq!(story.0.current().unwrap().phase, phase);
        story.prompt(phase).unwrap();
        story.reply(phase, phase.name(), None, Source::Page).unwrap();
    }
    assert_eq!(story.0.standing, SessionStatus::Complete);
    assert_eq!(story.ask(Command::Complete), Ok(0));
}

#[test]
fn what_comes_too_early_or_too_late_is_refused_and_changes_nothing() {
    let mut story = Story::begin();
    let before = story.0.clone();
    assert_eq!(story.prompt(Phase::ANALYSIS), Err(Code::PhaseOutOfOrder));
    assert_eq!(story.prompt(Phase::TESTING), Err(Code::PhaseUnknown));
    assert_eq!(story.reply(Phase::PLANNING, "r", None, Source::Page), Err(Code::PhaseNotPrompted));
    assert_eq!(story.ask(Command::Complete), Err(Code::PhaseOutOfOrder));
    assert_eq!(story.0, before);
    story.prompt(Phase::PLANNING).unwrap();
    story.reply(Phase::PLANNING, "r", None, Source::Page).unwrap();
    assert_eq!(story.prompt(Phase::PLANNING), Err(Code::PhaseClosed));
    story.prompt(Phase::ANALYSIS).unwrap();
    assert_eq!(story.reply(Phase::PLANNING, "another", None, Source::Page), Err(Code::PhaseClosed));
}

#[test]
fn the_same_reply_twice_is_one() {
    let mut story = Story::begin();
    story.prompt(Phase::PLANNING).unwrap();
    assert_eq!(story.reply(Phase::PLANNING, "r", None, Source::Page), Ok(1));
    assert_eq!(story.reply(Phase::PLANNING, "r", None, Source::Page), Ok(0));
}

#[test]
fn a_cut_reply_is_kept_from_a_page_and_refused_from_a_file() {
    let mut story = Story::begin();
    story.prompt(Phase::PLANNING).unwrap();
    assert_eq!(story.reply(Phase::PLANNING, "r", Some(Problem::Cut), Source::File), Err(Code::ReplyIncomplete));
    assert_eq!(story.reply(Phase::PLANNING, "r", Some(Problem::Foreign), Source::Page), Err(Code::ReplyForeign));
    assert_eq!(story.reply(Phase::PLANNING, "r", Some(Problem::Cut), Source::Page), Ok(1));
    assert_eq!(story.0.current().unwrap().stand, PhaseStatus::Failed);
    assert_eq!(prompting(&story.0, Phase::PLANNING, None), Ok(Prompting::Fresh));
    story.prompt(Phase::PLANNING).unwrap();
    assert_eq!(story.0.current().unwrap().retries, 1);
    assert_eq!(story.reply(Phase::PLANNING, "whole", None, Source::Page), Ok(1));
    assert_eq!(story.0.current().unwrap().phase, Phase::ANALYSIS);
}

#[test]
fn an_incomplete_reply_can_be_repaired_or_accepted() {
    let mut story = Story::begin();
    assert_eq!(story.ask(Command::Accept { phase: Phase::PLANNING }), Err(Code::PhaseNothingToRepair));
    story.prompt(Phase::PLANNING).unwrap();
    story.reply(Phase::PLANNING, "half", Some(Problem::Cut), Source::Page).unwrap();
    let part = Part { repair: Repair::Continue, text: "half".into() };
    assert_eq!(repairs(story.0.current().unwrap()), [Repair::Continue]);
    assert_eq!(earlier(story.0.current().unwrap()), Some(part.clone()), "the page may let it go on by itself");
    let (phase, nonce) = (Phase::PLANNING, "n-planning".to_owned());
    story
        .ask(Command::Prompt {
            phase,
            nonce,
            text: "c".into(),
            bytes: 1,
            part: Some(part.clone()),
            template: "h".into(),
        })
        .unwrap();
    assert_eq!(earlier(story.0.current().unwrap()), Some(part));
    story.reply(Phase::PLANNING, "still half", Some(Problem::SectionMissing), Source::Page).unwrap();
    assert_eq!(repairs(story.0.current().unwrap()), [Repair::Sections]);
    assert_eq!(story.ask(Command::Accept { phase: Phase::PLANNING }), Ok(1));
    assert_eq!(story.ask(Command::Accept { phase: Phase::PLANNING }), Ok(0));
    let planning = story.0.phase(Phase::PLANNING).unwrap();
    assert!(planning.stand == PhaseStatus::Replied && planning.answered.as_ref().unwrap().accepted);
    assert_eq!(story.0.current().unwrap().phase, Phase::ANALYSIS);
}

#[test]
fn a_limit_is_noted_once_and_over_when_the_next_prompt_goes_off() {
    let mut story = Story::begin();
    story.prompt(Phase::PLANNING).unwrap();
    assert_eq!(story.ask(Command::Limit { resets_ms: Some(9_000) }), Ok(1));
    assert_eq!(story.ask(Command::Limit { resets_ms: Some(9_000) }), Ok(0));
    assert_eq!(story.0.limit.unwrap().resets_ms, Some(9_000));
    let (phase, nonce) = (Phase::PLANNING, "n-planning".to_owned());
    story.ask(Command::Sent { phase, nonce, sent_ms: 5, conversation: None }).unwrap();
    assert_eq!(story.0.limit, None);
}

#[test]
fn a_prompt_asked_for_twice_is_the_same_prompt() {
    let mut story = Story::begin();
    story.prompt(Phase::PLANNING).unwrap();
    assert!(matches!(prompting(&story.0, Phase::PLANNING, None), Ok(Prompting::Again { .. })));
    let rest = prompting(&story.0, Phase::PLANNING, Some(Repair::Continue)).map_err(|refusal| refusal.code);
    assert_eq!(rest, Err(Code::PhaseNothingToRepair), "nor is it a prompt for the rest of a reply");
    let placed = || Command::Placed { phase: Phase::PLANNING, nonce: "n-planning".into() };
    assert_eq!(story.ask(placed()), Ok(1));
    assert_eq!(story.ask(placed()), Ok(0), "a page that got no answer says it again");
    story
        .ask(Command::Sent {
            phase: Phase::PLANNING,
            nonce: "n-planning".into(),
            sent_ms: 5,
            conversation: Some("claude.ai/chat/x".into()),
        })
        .unwrap();
    assert_eq!(story.0.current().unwrap().stand, PhaseStatus::Awaiting);
    assert_eq!(story.0.conversation.as_deref(), Some("claude.ai/chat/x"));
    assert_eq!(
        story.ask(Command::Sent { phase: Phase::PLANNING, nonce: "old".into(), sent_ms: 5, conversation: None }),
        Err(Code::ReplyForeign)
    );
}

#[test]
fn a_phase_left_out_counts_as_done_and_can_be_taken_up_again() {
    let mut story = Story::begin();
    story.prompt(Phase::PLANNING).unwrap();
    assert_eq!(story.ask(Command::Skip { phase: Phase::PLANNING }), Ok(1));
    assert_eq!(story.ask(Command::Skip { phase: Phase::PLANNING }), Ok(0));
    assert_eq!(story.prompt(Phase::PLANNING), Err(Code::PhaseClosed));
    assert_eq!(story.0.current().unwrap().phase, Phase::ANALYSIS);
    assert_eq!(story.reply(Phase::PLANNING, "late", None, Source::Page), Ok(1), "nothing was built without it yet");
    assert_eq!(story.ask(Command::Skip { phase: Phase::PLANNING }), Err(Code::PhaseClosed));
    story.prompt(Phase::ANALYSIS).unwrap();
    story.ask(Command::Skip { phase: Phase::ANALYSIS }).unwrap();
    assert_eq!(
        story.ask(Command::Skip { phase: Phase::IMPLEMENTATION }),
        Ok(2),
        "with the last one the session is complete"
    );
    assert_eq!(story.ask(Command::Redo { phase: Phase::ANALYSIS }), Ok(1));
    assert_eq!(story.0.standing, SessionStatus::Active);
    assert_eq!(story.0.phase(Phase::IMPLEMENTATION).unwrap().stand, PhaseStatus::Skipped, "what was left out stays so");
    assert_eq!(story.0.current().unwrap().stand, PhaseStatus::Pending);
}

#[test]
fn what_is_done_anew_begins_from_there_and_knows_the_old_replies() {
    let mut story = Story::begin();
    assert_eq!(story.ask(Command::Redo { phase: Phase::PLANNING }), Ok(0), "it has not begun");
    for phase in [Phase::PLANNING, Phase::ANALYSIS, Phase::IMPLEMENTATION] {
        story.prompt(phase).unwrap();
        story.reply(phase, phase.name(), None, Source::Page).unwrap();
    }
    assert_eq!(story.ask(Command::Redo { phase: Phase::ANALYSIS }), Ok(1));
    let stands: Vec<_> = story.0.phases.iter().map(|phase| phase.stand).collect();
    assert_eq!(stands, [PhaseStatus::Replied, PhaseStatus::Pending, PhaseStatus::Pending]);
    assert_eq!(story.reply(Phase::ANALYSIS, "analysis", None, Source::Page), Ok(0), "a page sends the old one again");
    story.prompt(Phase::ANALYSIS).unwrap();
    assert_eq!(story.reply(Phase::ANALYSIS, "better", None, Source::Page), Ok(1));
    assert_eq!(story.ask(Command::Redo { phase: Phase::TESTING }), Err(Code::PhaseUnknown));
}

#[test]
fn a_session_that_was_given_up_takes_nothing_more() {
    let mut story = Story::begin();
    story.prompt(Phase::PLANNING).unwrap();
    assert_eq!(story.ask(Command::Abandon), Ok(1));
    assert_eq!(story.ask(Command::Abandon), Ok(0));
    assert_eq!(story.prompt(Phase::PLANNING), Err(Code::SessionClosed));
    assert_eq!(story.ask(Command::Skip { phase: Phase::PLANNING }), Err(Code::SessionClosed));
    assert_eq!(story.ask(Command::Redo { phase: Phase::PLANNING }), Err(Code::SessionClosed));
    assert_eq!(story.reply(Phase::PLANNING, "r", None, Source::Page), Err(Code::SessionClosed));
}

#[test]
fn a_provider_that_fails_leaves_the_prompt_to_be_asked_again() {
    let mut story = Story::begin();
    story.prompt(Phase::PLANNING).unwrap();
    let sent = || Command::Sent { phase: Phase::PLANNING, nonce: "n-planning".into(), sent_ms: 5, conversation: None };
    let failed = || Command::Failed { phase: Phase::PLANNING, nonce: "n-planning".into(), error: Code::StoreBusy };
    story.ask(sent()).unwrap();
    assert_eq!(story.ask(failed()), Ok(1));
    let planning = story.0.current().unwrap();
    assert_eq!((planning.stand, planning.last_error), (PhaseStatus::Prompted, Some(Code::StoreBusy)));
    assert!(matches!(prompting(&story.0, Phase::PLANNING, None), Ok(Prompting::Again { .. })));
    assert_eq!(story.ask(sent()), Ok(1), "it is sent anew");
    assert_eq!(story.0.current().unwrap().last_error, None);
    story.reply(Phase::PLANNING, "r", None, Source::Api).unwrap();
    assert_eq!(story.ask(failed()), Ok(0), "the reply came all the same");
}

#[test]
fn a_session_is_rated_whenever_its_developer_likes_and_the_same_rating_is_one() {
    let mut story = Story::begin();
    let mut rate = |rating: u8, word: Option<&str>, saved_minutes| {
        story.ask(Command::Rate { rating, word: word.map(str::to_owned), saved_minutes })
    };
    for rating in [0, 6, u8::MAX] {
        assert_eq!(rate(rating, None, None), Err(Code::RequestInvalid), "{rating}");
    }
    assert_eq!(rate(4, Some(&"ö".repeat(WORD_MAX + 1)), None), Err(Code::RequestInvalid));
    assert_eq!(rate(4, Some("  Went well.\n"), None), Ok(1));
    assert_eq!(rate(4, Some("Went well."), None), Ok(0));
    assert_eq!(rate(4, None, None), Ok(0), "what is left out stays as it was said");
    assert_eq!(rate(4, None, Some(30)), Ok(1));
    assert_eq!(rate(2, None, None), Ok(1));
    assert_eq!(story.0.rating, Some(Rating { rating: 2, word: Some("Went well.".into()), saved_minutes: Some(30) }));
    story.ask(Command::Abandon).unwrap();
    assert_eq!(story.ask(Command::Rate { rating: 2, word: Some(String::new()), saved_minutes: None }), Ok(1));
    assert_eq!(story.0.rating, Some(Rating { rating: 2, word: None, saved_minutes: Some(30) }), "taken back");
}

#[test]
fn a_reply_is_kept_without_numbers_of_tokens_that_cannot_be() {
    for (tokens, believed) in [(0, true), (1_000_000_000, true), (1_000_000_001, false), (u64::MAX, false)] {
        let usage = Usage { cache_read_tokens: tokens, ..Usage::default() };
        let by = Origin { provider: "p".into(), model: Some("m".into()), usage: Some(usage) };
        let kept = Origin { usage: believed.then_some(usage), ..by.clone() };
        assert_eq!(by.plausible(), kept, "{tokens}");
    }
}
