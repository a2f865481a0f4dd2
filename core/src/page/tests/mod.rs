//! The page's state in a table (`transitions.txt`): each row of it for every status that it names, and what has more than one step in
//! `flows.rs`.

mod flows;

use super::*;
use crate::bar::Act;
use crate::block::Block;
use crate::capture::Action as Watched;
use crate::event::{Event, Limit, Recorded, Timing, fold};
use crate::machine;
use crate::protocol::answer::{Captured, PageJudgement, RenderedPrompt, SessionFound};
use crate::protocol::{Body, Other, Reply, Request, ask};
use crate::refusal::{Code, Refusal};
use crate::reply::{self, Problem};
use crate::session::SessionId;
use crate::workflow::{classic, known};
use std::collections::BTreeSet;
use std::sync::LazyLock;

const TABLE: &str = include_str!("transitions.txt");
const NONCE: &str = "0123456789abcdef";
const HERE: &str = "claude.ai/chat/here";

fn session() -> SessionId {
    SessionId::parse("20261122_141129_1a2b3c4d").unwrap()
}

fn view_of(events: Vec<Event>) -> View {
    let start = machine::start("Dark mode", None, classic("feature").unwrap(), None).unwrap();
    let events = std::iter::once(start).chain(events);
    let log: Vec<_> = (1..).zip(events).map(|(seq, event)| Recorded { seq, at_ms: seq, event }).collect();
    crate::status::view(&fold(&session(), &log).unwrap())
}

fn rendered() -> Vec<Event> {
    let (nonce, text) = (NONCE.to_owned(), "t".to_owned());
    vec![Event::PromptRendered { phase: first(), nonce, text, bytes: 1, part: None, template: None }]
}

/// Folding a log for each of some thousand cases would be most of the time that they take.
static BEGUN: LazyLock<View> = LazyLock::new(|| view_of(Vec::new()));
static RENDERED: LazyLock<View> = LazyLock::new(|| view_of(rendered()));

/// The phase that a session begins with.
fn first() -> Phase {
    BEGUN.current.unwrap()
}

/// A session whose first prompt was rendered, as it lives in a conversation.
fn view(conversation: Option<&str>) -> View {
    View { conversation: conversation.map(str::to_owned), ..RENDERED.clone() }
}

fn next_turn() -> View {
    let skipped = Event::PhaseSkipped { phase: first() };
    let conversation = Some(HERE.to_owned());
    View { conversation, ..view_of(rendered().into_iter().chain([skipped]).collect()) }
}

fn expect() -> Expect {
    view(None).expect.unwrap()
}

fn refusal(code: Code) -> Refusal {
    Refusal::new(code, "It says why.")
}

/// Every status, by the name that it has in the table.
fn statuses() -> Vec<(&'static str, PageStatus)> {
    let phase = first();
    vec![
        ("quiet", PageStatus::Quiet),
        ("streaming", PageStatus::Streaming { phase, sections: 1 }),
        ("recording", PageStatus::Recording { phase }),
        ("stored", PageStatus::Stored { phase }),
        ("queued", PageStatus::Queued { filling: false }),
        ("missing", PageStatus::HostMissing),
        ("placed", PageStatus::Placed { phase }),
        ("sent", PageStatus::Sent { phase }),
        ("draft", PageStatus::Draft),
        ("unplaced", PageStatus::InsertFailed),
        ("attached", PageStatus::Attached),
        ("beside", PageStatus::OffContract { phase }),
        ("artifact", PageStatus::Artifact { phase }),
        ("unread", PageStatus::Unread { phase }),
        ("astray", PageStatus::Astray { phase }),
        ("copied", PageStatus::Copied { phase }),
        ("uncopied", PageStatus::Uncopied),
        ("unselected", PageStatus::Unselected),
        ("withdrawn", PageStatus::Withdrawn { phase }),
        ("approval", PageStatus::Approval { phase }),
        ("obscured", PageStatus::Obscured),
        ("refused", PageStatus::Refused(Box::new(refusal(Code::RequestInvalid)))),
        ("incomplete", PageStatus::Refused(Box::new(refusal(Code::ReplyIncomplete)))),
    ]
}

fn name_of(status: &PageStatus) -> &'static str {
    let found = statuses().into_iter().find(|(_, one)| one == status);
    found.map_or("?", |(name, _)| name)
}

/// A page that was opened, where there is a session or none.
fn page(place: &str) -> PageState {
    let mut state = PageState::default();
    state.reduce(Signal::Address { conversation: Some(HERE.into()) }, Now::default());
    if place == "session" {
        state.take_view(view(Some(HERE)));
        state.asked = true;
    }
    state
}

fn said(action: &Action) -> String {
    let asked = |question: &Question, request: &Request| match (question, request) {
        (Question::Found { .. }, _) => "found",
        (_, Request::Status(_)) => "status",
        (_, Request::Prompt(_)) => "prompt",
        (_, Request::Placed(_)) => "placed",
        (_, Request::Sent(_)) => "sent",
        (_, Request::Capture(_)) => "capture",
        (_, Request::Accept(_)) => "accept",
        (_, Request::Limit(_)) => "limit",
        (_, Request::Rate(_)) => "rate",
        _ => "?",
    };
    let timer = |timer: &Timer| match timer {
        Timer::Watcher => "watcher",
        Timer::Host => "host",
        Timer::Countdown => "countdown",
        Timer::Redraw => "mend",
        Timer::Composer => "composer",
        Timer::Asked => "asked",
        Timer::Follow { .. } => "follow",
        Timer::Rest { .. } => "rest",
    };
    match action {
        Action::Draw => "draw".into(),
        Action::Attend => "attend".into(),
        Action::Forget => "forget".into(),
        Action::Survey => "survey".into(),
        Action::Remember => "remember".into(),
        Action::Here { .. } => "here".into(),
        Action::Ask { question, request } => format!("ask {}", asked(question, request.as_ref())),
        Action::Seek { .. } => "seek".into(),
        Action::Wake { timer: its, after_ms } => format!("wake {} {after_ms}", timer(its)),
        Action::Read { .. } => "read".into(),
        Action::Inspect { .. } => "inspect".into(),
        Action::LookAtWork { .. } => "look at work".into(),
        Action::LookAtComposer => "look at composer".into(),
        Action::LookAtAsked => "look at asked".into(),
        Action::LookForMessage { .. } => "look for message".into(),
        Action::LookForPrompt { .. } => "look for prompt".into(),
        Action::LookAround => "look around".into(),
        Action::LookAtRest => "look at rest".into(),
        Action::Examine { .. } => "examine".into(),
        Action::Put { .. } => "put".into(),
        Action::AskSendOnClick { .. } => "ask option".into(),
        Action::PressSend { .. } => "press send".into(),
        Action::Copy { .. } => "copy".into(),
        Action::OpenPaste => "open paste".into(),
        Action::TakeSelection => "take selection".into(),
        Action::SayOnButton { says, .. } => format!("say {says}"),
    }
}

fn all_said(actions: &[Action]) -> String {
    actions.iter().map(said).collect::<Vec<_>>().join(", ")
}

fn code(text: impl Into<String>) -> Block {
    Block::Code { lang: String::new(), text: text.into() }
}

fn end() -> String {
    format!("PROMPT-RUNNER/END {NONCE}")
}

/// An answer by the contract, whole or without its proof.
fn answer(whole: bool) -> Vec<Block> {
    let sections = known(first()).names().into_iter();
    let mut blocks: Vec<Block> =
        sections.flat_map(|name| [Block::Heading { level: 2, text: (*name).into() }, code("x")]).collect();
    if whole {
        let Expect { session, phase, nonce, .. } = expect();
        let (session, phase) = (session.to_string(), phase.name());
        blocks.push(code(format!("PROMPT-RUNNER/1 {session} {phase} {nonce}\n{}", end())));
    }
    blocks
}

fn placed() -> Placed {
    Placed { session: session(), phase: first(), nonce: NONCE.into() }
}

fn reply(reply: Reply) -> Box<HostAnswer> {
    Box::new(HostAnswer { reply: Some(reply), ..HostAnswer::default() })
}

fn refused(code: Code) -> Box<HostAnswer> {
    Box::new(HostAnswer { refusal: Some(refusal(code)), ..HostAnswer::default() })
}

fn told(view: View) -> Box<HostAnswer> {
    reply(Reply::Session(SessionFound { view: Some(view) }))
}

fn captured(duplicate: bool) -> Box<HostAnswer> {
    let verdict = reply::read(&answer(true), &expect()).verdict();
    reply(Reply::Captured(Captured { verdict, duplicate, view: view(Some(HERE)) }))
}

fn prompt() -> Box<HostAnswer> {
    let view = view(Some(HERE));
    reply(Reply::Prompt(RenderedPrompt { view, phase: first(), nonce: NONCE.into(), text: "The prompt.".into() }))
}

fn case(beside: bool, blocks: Vec<Block>) -> Box<Case> {
    Box::new(Case { expect: expect(), blocks, timing: Timing::default(), beside, id: "id".into() })
}

fn capture_question() -> Question {
    Question::Capture { id: "id".into(), key: "k".into(), phase: first() }
}

fn found_question(otherwise: PageStatus) -> Question {
    Question::Found { key: "k".into(), phase: first(), otherwise }
}

fn capture_request() -> Box<Request> {
    Box::new(Request::Capture(ask::Capture {
        capture: "id".into(),
        session: session(),
        phase: Some(first()),
        body: Body::Blocks(Vec::new()),
        source: crate::event::Source::Page,
        timing: Timing::default(),
        conversation: None,
        others: Vec::new(),
        by: None,
    }))
}

fn other() -> Other {
    Other { source: crate::event::Source::Selection, text: "## FILES".into() }
}

fn inspected(case: Box<Case>, text: &str, hidden: &str, artifact: bool) -> Signal {
    Signal::Inspected { key: "k".into(), case, text: text.into(), hidden: hidden.into(), artifact }
}

fn read(follows: bool, latest: bool, asks: bool, blocks: Vec<Block>) -> Signal {
    let work = Work { busy: false, asks };
    Signal::Read { key: "k".into(), blocks, follows, latest, work, id: "id".into() }
}

/// The watcher says this.
fn watched(state: &mut PageState, action: Watched) -> Vec<Action> {
    state.watched(vec![action], "id")
}

/// What the table calls by this name happens.
fn happens(state: &mut PageState, what: &str) -> Vec<Action> {
    let (key, phase, view) = ("k".to_owned(), first(), view(Some(HERE)));
    let verdict = |whole| reply::read(&answer(whole), &expect()).verdict();
    let capture = |whole: bool| Watched::Capture {
        key: "k".into(),
        expect: expect(),
        blocks: answer(whole),
        verdict: verdict(whole),
        timing: Timing::default(),
    };
    let prose = vec![Block::Paragraph { text: "Sunny.".into() }];
    let ask = |question, answer| Signal::Answer { question, answer };
    let status = |conversation: &str| Question::Status { conversation: Some(conversation.into()) };
    let rest = |message, works, empty, chat| Signal::Rest { message, works, empty, chat };
    let round = state.examination.round;
    let drifted = || reply(Reply::Page(PageJudgement { drift: vec![UiMessage::new("drift_rows", [])] }));
    let limited = View { limit: Some(Limit { resets_ms: None }), ..view.clone() };
    let elsewhere =
        View { session: SessionId::parse("20261122_141129_ffffffff").unwrap(), conversation: None, ..view.clone() };
    let unknown = Box::new(HostAnswer { cached: Some(view.clone()), ..*refused(Code::SetupBroken) });
    let message = format!("… {NONCE} …");
    let signal = match what {
        "the answer comes in" => return watched(state, Watched::Progress { phase, sections: 1 }),
        "it is over" => return watched(state, Watched::Over),
        "it is complete" => return watched(state, capture(true)),
        "it is cut" => return watched(state, capture(false)),
        "it is beside the point" => return watched(state, Watched::OffContract { key, phase, blocks: prose }),
        "it stalls" => return watched(state, Watched::Stalled { key }),
        "the watcher wakes" => Signal::Woke(Timer::Watcher),
        "read, older and unasked" => read(false, false, true, prose),
        "read, latest, model asks" => read(false, true, true, prose),
        "the model asks" => Signal::Work(Work { busy: false, asks: true }),
        "the model is at work" => Signal::Work(Work { busy: true, asks: false }),
        "inspected: beside" => inspected(case(true, prose), "Sunny.", "", false),
        "inspected: a card" => inspected(case(true, prose), "Sunny.", "", true),
        "inspected: a card, with end" => inspected(case(true, prose), &end(), "", true),
        "inspected: cut" => inspected(case(false, answer(false)), "x", "", false),
        "inspected: ends in its text" => inspected(case(false, answer(false)), &end(), "", false),
        "inspected: quotes the end" => inspected(case(false, vec![code(end())]), &end(), "", false),
        "inspected: text in a shadow" => inspected(case(true, Vec::new()), "", "hidden", false),
        "inspected: end in a shadow" => inspected(case(false, answer(false)), "x", &end(), false),
        "found nowhere else" => Signal::Sought {
            question: found_question(PageStatus::Astray { phase }),
            request: capture_request(),
            others: Vec::new(),
        },
        "found elsewhere" => Signal::Sought {
            question: found_question(PageStatus::Astray { phase }),
            request: capture_request(),
            others: vec![other()],
        },
        "sought for a capture" => {
            Signal::Sought { question: capture_question(), request: capture_request(), others: Vec::new() }
        }
        "a message with the prompt" => Signal::User { text: message },
        "the same message again" => {
            let status = state.status.clone();
            state.reduce(Signal::User { text: message.clone() }, Now::default());
            state.status = status;
            Signal::User { text: message }
        }
        "another message" => Signal::User { text: "Hello.".into() },
        "the page was scrolled" => Signal::Scrolled,
        "something was removed" => Signal::Removed,
        "removed, and mended soon" => {
            state.reduce(Signal::Removed, Now::default());
            Signal::Removed
        }
        "the frame to mend" => Signal::Woke(Timer::Redraw),
        "the time for the composer" => Signal::Woke(Timer::Composer),
        "the composer is empty" => Signal::Composer { empty: true },
        "the composer is not empty" => Signal::Composer { empty: false },
        "the message is gone" => Signal::Asked { gone: true },
        "the message is there" => Signal::Asked { gone: false },
        "the time for the message" => Signal::Woke(Timer::Asked),
        "no message is left" => Signal::Message { left: false },
        "a message is left" => Signal::Message { left: true },
        "click: place" => Signal::Click(Act::Insert(None)),
        "click: accept" => Signal::Click(Act::Accept),
        "click: rate" => Signal::Click(Act::Rate(4)),
        "click: copy" => Signal::Click(Act::Copy),
        "click: paste" => Signal::Click(Act::Paste),
        "click: selection" => Signal::Click(Act::Selection),
        "click on what is covered" => Signal::Obscured,
        "put: placed" => Signal::Put { placed: placed(), put: Put::Placed },
        "put: draft" => Signal::Put { placed: placed(), put: Put::Draft },
        "put: attached" => Signal::Put { placed: placed(), put: Put::Attached },
        "put: failed" => Signal::Put { placed: placed(), put: Put::Failed },
        "the click does not send" => Signal::SendOnClick { placed: placed(), wanted: false },
        "the click sends" => Signal::SendOnClick { placed: placed(), wanted: true },
        "send was pressed" => Signal::Pressed { placed: placed(), pressed: true },
        "send was not pressed" => Signal::Pressed { placed: placed(), pressed: false },
        "the clipboard took it" => Signal::Copied { phase, took: true },
        "the clipboard did not" => Signal::Copied { phase, took: false },
        "a complete answer is sent" => Signal::Send { key, blocks: answer(true), id: "id".into() },
        "a part of one is sent" => Signal::Send { key, blocks: answer(false), id: "id".into() },
        "text is selected" => Signal::Selection { text: "Some text.".into(), id: "id".into() },
        "nothing is selected" => Signal::Selection { text: " \n".into(), id: "id".into() },
        "pointed at nothing" => Signal::PointedNowhere,
        "answer: sent" => ask(Question::Sent { phase }, told(view)),
        "answer: note" => ask(Question::Note, told(view)),
        "answer: older than known" => ask(Question::Note, told(View { seq: 0, ..view })),
        "answer: refused" => ask(Question::Note, refused(Code::RequestInvalid)),
        "answer: no host" => ask(Question::Note, refused(Code::SetupBroken)),
        "no host, looked for already" => {
            state.looks_again = true;
            ask(Question::Note, refused(Code::SetupBroken))
        }
        "the time for the host" => Signal::Woke(Timer::Host),
        "answer: status" => ask(status(HERE), told(view)),
        "answer: status, nothing" => ask(status(HERE), reply(Reply::Session(SessionFound { view: None }))),
        "answer: status, elsewhere" => ask(status("claude.ai/chat/other"), told(view)),
        "answer: no host, as known" => ask(status(HERE), unknown),
        "answer: captured" => ask(capture_question(), captured(false)),
        "answer: captured before" => ask(capture_question(), captured(true)),
        "answer: waits in the browser" => {
            ask(capture_question(), Box::new(HostAnswer { queued: Some(1), ..HostAnswer::default() }))
        }
        "answer: found is stored" => ask(found_question(PageStatus::Unread { phase }), captured(false)),
        "answer: found is refused" => ask(found_question(PageStatus::Unread { phase }), refused(Code::RequestInvalid)),
        "answer: accepted" => ask(Question::Accept { phase }, told(view)),
        "answer: accept refused" => ask(Question::Accept { phase }, refused(Code::RequestInvalid)),
        "answer: prompt" => ask(Question::Place { replace: false }, prompt()),
        "answer: prompt refused" => ask(Question::Place { replace: false }, refused(Code::RequestInvalid)),
        "answer: prompt to copy" => ask(Question::Copy, prompt()),
        "answer: copy refused" => ask(Question::Copy, refused(Code::RequestInvalid)),
        "news: the same turn" => Signal::News(Box::new(view)),
        "news: the next turn" => Signal::News(Box::new(next_turn())),
        "news: a limit" => Signal::News(Box::new(limited)),
        "news: another session" => Signal::News(Box::new(elsewhere)),
        "the outbox: ours" => {
            state.queued = Some(("mine".into(), key, phase));
            Signal::Outbox(vec![("other".into(), HostAnswer::default()), ("mine".into(), *captured(false))])
        }
        "the outbox: others" => Signal::Outbox(vec![("other".into(), HostAnswer::default())]),
        "a notice of the limit" => Signal::Limit { text: "until 5 pm".into() },
        "the countdown, no limit" => Signal::Woke(Timer::Countdown),
        "the countdown, a limit" => {
            state.view = Some(limited);
            Signal::Woke(Timer::Countdown)
        }
        "the same address" => Signal::Address { conversation: Some(HERE.into()) },
        "another conversation" => Signal::Address { conversation: Some("claude.ai/chat/other".into()) },
        "a new chat" => Signal::Address { conversation: None },
        "a look: at rest" | "a look: the composer is left" | "a look: no chat" => {
            state.examination.at_rest = address::AT_REST - 1;
            rest(true, false, what.ends_with("left"), !what.ends_with("no chat"))
        }
        "a look: the model works" => rest(true, true, true, true),
        "a look: no message yet" => rest(false, false, true, true),
        "the time to look" => Signal::Woke(Timer::Rest { round }),
        "the time of an older look" => Signal::Woke(Timer::Rest { round: round - 1 }),
        "answer: the page has drifted" => ask(Question::Report { round }, drifted()),
        "answer: of an older look" => ask(Question::Report { round: round - 1 }, drifted()),
        _ => panic!("nobody knows how this happens: {what}"),
    };
    state.reduce(signal, Now::default())
}

#[test]
fn every_transition_is_in_the_table() {
    let lines = TABLE.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let rows: Vec<Vec<&str>> = lines.map(|line| line.split('|').map(str::trim).collect()).collect();
    let (mut cases, mut wrong) = (0, Vec::new());
    let mut used = BTreeSet::new();
    let mut seen = BTreeSet::new();
    for row in &rows {
        let [place, what, ..] = row[..] else { panic!("{row:?} is no row") };
        if !seen.insert((place, what)) {
            continue;
        }
        for (name, status) in statuses() {
            let holds = |row: &&Vec<&str>| {
                row[0] == place && row[1] == what && (row[2] == "*" || row[2].split(", ").any(|one| one == name))
            };
            let Some((at, row)) = rows.iter().enumerate().find(|(_, row)| holds(row)) else {
                // Where there is no session, nothing was seen.
                assert_eq!(place, "chat", "{what}: no row for {name}");
                continue;
            };
            used.insert(at);
            let mut state = page(place);
            state.status = status;
            let done = all_said(&happens(&mut state, what));
            let (after, expected) = (if row[3] == "=" { name } else { row[3] }, row[4]);
            cases += 1;
            if name_of(&state.status) != after || done != expected {
                let after = name_of(&state.status);
                wrong.push(format!("{place} | {what} | {name} | {after} | {done}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {cases} are otherwise:\n{}", wrong.len(), wrong.join("\n"));
    let unused: Vec<_> = rows.iter().enumerate().filter(|(at, _)| !used.contains(at)).map(|(_, row)| row).collect();
    assert!(unused.is_empty(), "these rows name no status that is left: {unused:?}");
    assert!(cases >= 150, "{cases} cases");
}

#[test]
fn no_status_is_forgotten_by_the_table() {
    // Who adds a status has to name it here, and then in `statuses`.
    for (name, status) in statuses() {
        let same = match status {
            PageStatus::Quiet => "quiet",
            PageStatus::Streaming { .. } => "streaming",
            PageStatus::Recording { .. } => "recording",
            PageStatus::Stored { .. } => "stored",
            PageStatus::Queued { .. } => "queued",
            PageStatus::HostMissing => "missing",
            PageStatus::Placed { .. } => "placed",
            PageStatus::Sent { .. } => "sent",
            PageStatus::Draft => "draft",
            PageStatus::InsertFailed => "unplaced",
            PageStatus::Attached => "attached",
            PageStatus::OffContract { .. } => "beside",
            PageStatus::Artifact { .. } => "artifact",
            PageStatus::Unread { .. } => "unread",
            PageStatus::Astray { .. } => "astray",
            PageStatus::Copied { .. } => "copied",
            PageStatus::Uncopied => "uncopied",
            PageStatus::Unselected => "unselected",
            PageStatus::Withdrawn { .. } => "withdrawn",
            PageStatus::Approval { .. } => "approval",
            PageStatus::Obscured => "obscured",
            PageStatus::Refused(refusal) if refusal.code == Code::ReplyIncomplete => "incomplete",
            PageStatus::Refused(_) => "refused",
            // Drawn in the place of what is quiet, and never a status of its own.
            PageStatus::Drifted(_) => "",
        };
        assert_eq!(name, same);
    }
}
