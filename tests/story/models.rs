//! The read models beside the log: after any story, each row says what the fold over the log says, column by column.

use crate::answer::{self, Fault};
use crate::home::{Home, Prompt, events, folded, prompt, repair, start};
use crate::rollups::assert_counted;
use prompt_runner_core::event::{Event, PhaseStatus, Recorded, Repair, Source, Timing};
use prompt_runner_core::phase::Phase;
use prompt_runner_core::protocol::{Body, Request, ask};
use prompt_runner_core::refusal::Refusal;
use prompt_runner_core::session::SessionId;
use prompt_runner_core::status::view;
use runner::ProviderEvent;
use runner::Runner;
use runner::testing::{Flow, Outcome, Provider, ProviderError, Question, Watch};
use rusqlite::{Connection, types::Value as Sql};
use std::collections::BTreeMap;
use std::time::Duration;

const STORIES: u64 = 320;
const STEPS: u32 = 14;

/// A row by its column names.
type Row = BTreeMap<String, Sql>;

fn rows(database: &Connection, sql: &str, session: &SessionId) -> Vec<Row> {
    let mut statement = database.prepare_cached(sql).unwrap();
    let names: Vec<String> = statement.column_names().map(str::to_owned).collect();
    let rows = statement.query_map([session.as_str()], |row| {
        names.iter().enumerate().map(|(at, name)| Ok((name.clone(), row.get(at)?))).collect::<Result<Row, _>>()
    });
    rows.unwrap().map(Result::unwrap).collect()
}

fn text(text: &str) -> Sql {
    Sql::Text(text.to_owned())
}

fn maybe<T>(value: Option<T>, spell: impl Fn(T) -> Sql) -> Sql {
    value.map_or(Sql::Null, spell)
}

fn count(value: u64) -> Sql {
    Sql::Integer(i64::try_from(value).unwrap())
}

/// The wire name of a unit variant.
fn name(value: impl serde::Serialize) -> Sql {
    text(serde_json::to_value(value).unwrap().as_str().unwrap())
}

fn is_later(phase: Phase, other: Phase) -> bool {
    let place = |phase| Phase::FULL.iter().position(|its| *its == phase);
    place(phase) > place(other)
}

/// What only the log knows of a phase: its first prompt, the bytes of its newest one, and when that was placed last.
fn from_log(log: &[Recorded], of: Phase) -> (Option<i64>, u64, Option<i64>) {
    let (mut started, mut bytes_of, mut placed_at, mut skipped) = (None, 0, None, false);
    for recorded in log {
        match &recorded.event {
            Event::PhaseSkipped { phase } if *phase == of => skipped = true,
            Event::ReplyCaptured { phase, .. } if *phase == of => skipped = false,
            Event::PhaseReopened { phase } if *phase == of || (is_later(of, *phase) && !skipped) => {
                (bytes_of, placed_at, skipped) = (0, None, false);
            }
            Event::PromptRendered { phase, bytes, .. } if *phase == of => {
                started = started.or(Some(recorded.at_ms));
                (bytes_of, placed_at) = (*bytes, None);
            }
            Event::PromptPlaced { phase, .. } if *phase == of => placed_at = Some(recorded.at_ms),
            _ => {}
        }
    }
    (started, bytes_of, placed_at)
}

/// Compares the rows of a session with what its log folds to. Every column is named here, so a new one has to be thought of.
pub(crate) fn compare(database: &Connection, session: &SessionId) {
    let state = folded(database, session);
    let log = events(database, session);
    let view = view(&state);
    let expected = Row::from([
        ("id".into(), text(session.as_str())),
        ("feature".into(), text(&view.feature)),
        ("project".into(), maybe(view.project.as_deref(), text)),
        ("workflow".into(), text(&view.workflow)),
        ("standing".into(), name(view.standing)),
        ("conversation".into(), maybe(view.conversation.as_deref(), text)),
        ("limit_resets_ms".into(), maybe(view.limit.and_then(|limit| limit.resets_ms), Sql::Integer)),
        ("started_ms".into(), Sql::Integer(view.started_ms)),
        ("seq".into(), Sql::Integer(view.seq)),
    ]);
    assert_eq!(rows(database, "SELECT * FROM session WHERE id = ?1", session), [expected], "session {session}");

    let imported = log.iter().rev().find(|recorded| matches!(recorded.event, Event::SessionImported { .. }));
    let expected = view.imported.zip(imported).map(|(imported, recorded)| {
        Row::from([
            ("session".into(), text(session.as_str())),
            ("id".into(), text(&imported.id)),
            ("status".into(), text(&imported.status)),
            ("seq".into(), Sql::Integer(recorded.seq)),
        ])
    });
    assert_eq!(
        rows(database, "SELECT * FROM imported WHERE session = ?1", session),
        expected.into_iter().collect::<Vec<_>>(),
        "session {session}"
    );

    let kept = log.iter().filter(|recorded| matches!(recorded.event, Event::AttachmentKept { .. }));
    let expected: Vec<Row> = kept
        .zip(&state.attachments)
        .map(|(recorded, kept)| {
            Row::from([
                ("seq".into(), Sql::Integer(recorded.seq)),
                ("session".into(), text(session.as_str())),
                ("name".into(), text(&kept.name)),
                ("text".into(), text(&kept.text)),
                ("bytes".into(), count(kept.bytes)),
            ])
        })
        .collect();
    assert_eq!(
        rows(database, "SELECT * FROM attachment WHERE session = ?1 ORDER BY seq", session),
        expected,
        "session {session}"
    );

    let phases = rows(database, "SELECT * FROM phase WHERE session = ?1 ORDER BY position", session);
    assert_eq!(phases.len(), view.phases.len());
    for (position, (row, shown)) in phases.into_iter().zip(&view.phases).enumerate() {
        let (started_ms, prompt_bytes, placed_ms) = from_log(&log, shown.phase);
        let asked = state.phase(shown.phase).and_then(|phase| phase.asked.as_ref());
        let success = match shown.stand {
            PhaseStatus::Replied => Sql::Integer(1),
            PhaseStatus::Failed => Sql::Integer(0),
            _ => Sql::Null,
        };
        let expected = Row::from([
            ("session".into(), text(session.as_str())),
            ("phase".into(), text(shown.phase.name())),
            ("position".into(), count(position as u64)),
            ("nonce".into(), maybe(asked.map(|asked| asked.nonce.as_str()), text)),
            ("retries".into(), count(shown.retries.into())),
            ("started_ms".into(), maybe(started_ms, Sql::Integer)),
            ("prompted_ms".into(), maybe(shown.prompted_ms, Sql::Integer)),
            ("placed_ms".into(), maybe(placed_ms, Sql::Integer)),
            ("sent_ms".into(), maybe(shown.sent_ms, Sql::Integer)),
            ("first_token_ms".into(), maybe(shown.first_token_ms, Sql::Integer)),
            ("last_token_ms".into(), maybe(shown.last_token_ms, Sql::Integer)),
            ("captured_ms".into(), maybe(shown.captured_ms, Sql::Integer)),
            ("duration_ms".into(), maybe(shown.duration_ms, count)),
            ("span_ms".into(), if shown.trusted { maybe(shown.duration_ms, count) } else { Sql::Null }),
            ("trusted".into(), count(shown.trusted.into())),
            ("prompt_bytes".into(), count(prompt_bytes)),
            ("bytes".into(), count(shown.bytes)),
            ("tokens_estimated".into(), count(shown.tokens_estimated)),
            ("accepted".into(), count(shown.accepted.into())),
            ("skipped".into(), count((shown.stand == PhaseStatus::Skipped).into())),
            ("trouble".into(), maybe(shown.trouble, name)),
            ("success".into(), success),
            ("error_kind".into(), maybe(shown.problem, name)),
        ]);
        assert_eq!(row, expected, "{:?} of {session} after {log:?}", shown.phase);
    }
}

/// Random enough to wander, and the same on every machine.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn roll(&mut self, sides: u64) -> u64 {
        // xorshift64*, Vigna 2016.
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) % sides
    }

    pub(crate) fn one_of<T: Copy>(&mut self, from: &[T]) -> T {
        from[usize::try_from(self.roll(from.len() as u64)).unwrap()]
    }

    pub(crate) fn maybe<T>(&mut self, value: T) -> Option<T> {
        (self.roll(2) == 0).then_some(value)
    }

    pub(crate) fn time(&mut self) -> i64 {
        // Around now, and in both directions: clocks jump.
        1_800_000_000_000 + i64::try_from(self.roll(10_000_000_000)).unwrap() - 5_000_000_000
    }
}

/// A provider that never answers.
struct Silent;

impl Provider for Silent {
    fn ask(&mut self, _: &Question<'_>, watch: &mut dyn Watch) -> Result<Outcome, ProviderError> {
        watch.progress(ProviderEvent::Sent);
        Err(ProviderError::TimedOut { limit: Duration::from_secs(1) })
    }
}

/// One session and everything that its client remembers.
struct Story<'a> {
    runner: &'a mut Runner,
    session: SessionId,
    prompts: Vec<Prompt>,
    captures: Vec<Request>,
}

impl Story<'_> {
    /// Does one thing, sensible or not; a refusal is fine as long as it is not about the store.
    fn step(&mut self, dice: &mut Dice) -> Result<(), Refusal> {
        let session = self.session.clone();
        let known = (!self.prompts.is_empty()).then(|| {
            // Mostly the newest, sometimes one of long ago.
            let back = if dice.roll(5) == 0 { dice.roll(self.prompts.len() as u64) } else { 0 };
            self.prompts[self.prompts.len() - 1 - usize::try_from(back).unwrap()].clone()
        });
        let conversation = (dice.roll(3) == 0).then(|| format!("claude.ai/chat/{}", dice.roll(4)));
        let request = match (dice.roll(15), known) {
            (13, Some(_)) => match dice.roll(8) {
                0 | 1 => Request::Skip(ask::Skip { session, phase: dice.maybe(Phase::TESTING) }),
                2..=4 => Request::Redo(ask::Redo { session, phase: dice.one_of(&Phase::FULL) }),
                5 => Request::Abandon(ask::Abandon { session }),
                _ => return Ok(()),
            },
            (14, Some(_)) => {
                let mut flow = Flow { provider: &mut Silent, name: "nobody", attempts: 1 };
                return self.runner.run_flow(&session, &mut flow, &mut |_| {}).map(drop);
            }
            (10, Some(_)) => {
                let way = dice.one_of(&[Repair::Continue, Repair::Sections]);
                self.prompts.push(repair(self.runner, &session, way)?);
                return Ok(());
            }
            (11, Some(_)) if dice.roll(4) == 0 => Request::Accept(ask::Accept { session, phase: None }),
            (12, Some(_)) if dice.roll(4) == 0 => Request::Limit(ask::Limit {
                session,
                text: dice.one_of(&["until 3 PM", "in 2 hours", "later"]).to_owned(),
            }),
            (0..=2, _) | (_, None) => {
                let phase = if dice.roll(6) == 0 { Some(dice.one_of(&Phase::FULL)) } else { None };
                let asked = prompt(self.runner, &session, phase)?;
                self.prompts.push(asked);
                return Ok(());
            }
            (3, Some(Prompt { phase, nonce, .. })) => Request::Placed(ask::Placed { session, phase, nonce }),
            (4, Some(Prompt { phase, nonce, .. })) => {
                Request::Sent(ask::Sent { session, phase, nonce, sent_ms: dice.time(), conversation })
            }
            (5, Some(_)) if !self.captures.is_empty() => dice.one_of(&self.captures.iter().collect::<Vec<_>>()).clone(),
            (6, Some(_)) => Request::Complete(ask::Complete { session }),
            (_, Some(asked)) => {
                let fault = if dice.roll(2) == 0 { Fault::None } else { dice.one_of(FAULTS) };
                let body = format!("body {}", dice.roll(3));
                let body = if dice.roll(2) == 0 {
                    Body::Markdown(answer::markdown(&asked.text, &body, fault))
                } else {
                    Body::Blocks(serde_json::from_value(answer::blocks(&asked.text, &body, fault)).unwrap())
                };
                let (sent, first, last, span) = (dice.time(), dice.time(), dice.time(), dice.roll(600_000));
                let timing = Timing {
                    sent_ms: dice.maybe(sent),
                    first_token_ms: dice.maybe(first),
                    last_token_ms: dice.maybe(last),
                    span_ms: dice.maybe(span),
                };
                let request = Request::Capture(ask::Capture {
                    capture: format!("c{}", self.captures.len()),
                    session,
                    phase: dice.maybe(asked.phase),
                    body,
                    source: dice.one_of(&[Source::Page, Source::Page, Source::File, Source::Stdin]),
                    timing,
                    conversation,
                    others: Vec::new(),
                    by: None,
                });
                self.captures.push(request.clone());
                request
            }
        };
        self.runner.handle(request).map(drop)
    }
}

const FAULTS: &[Fault] = &[Fault::Cut, Fault::HalfProof, Fault::Foreign, Fault::Missing, Fault::Doubled, Fault::Empty];

#[test]
fn after_any_story_the_read_models_say_what_the_log_says() {
    let home = Home::new();
    let mut runner = home.runner();
    let database = home.database();
    let (mut done, mut refused, mut kinds) = (0, BTreeMap::<&str, u32>::new(), BTreeMap::<String, u32>::new());
    let mut dice = Dice(0x5eed_0f57_0f1e_5000);
    for story in 0..STORIES {
        let workflow = dice.one_of(&["feature", "full"]);
        let session = start(&mut runner, &format!("Story {story}: ünïcödé, \"quotes\" and 'more'"), Some(workflow))
            .unwrap()
            .session;
        let mut story =
            Story { runner: &mut runner, session: session.clone(), prompts: Vec::new(), captures: Vec::new() };
        for _ in 0..STEPS {
            let before = events(&database, &session).len();
            match story.step(&mut dice) {
                Ok(()) => done += 1,
                Err(refusal) => {
                    let code = refusal.code.name();
                    assert!(!code.starts_with("store."), "{refusal}");
                    // A flow has asked by then, and that it got no reply is on record.
                    let asked = code.starts_with("provider.");
                    assert!(
                        asked || events(&database, &session).len() == before,
                        "a refusal changes nothing: {refusal}"
                    );
                    *refused.entry(code).or_default() += 1;
                }
            }
            compare(&database, &session);
        }
        for recorded in events(&database, &session) {
            let kind = serde_json::to_value(&recorded.event).unwrap()["kind"].as_str().unwrap().to_owned();
            *kinds.entry(kind).or_default() += 1;
        }
    }
    assert_eq!(runner.verify().unwrap(), []);
    assert_counted(&database);
    println!("{STORIES} stories, {done} steps taken; events: {kinds:?}; refusals: {refused:?}");
    assert_eq!(kinds.len(), 13, "every kind of event happens: {kinds:?}");
    for code in
        ["reply.incomplete", "reply.foreign", "reply.empty", "phase.out_of_order", "phase.closed", "session.closed"]
    {
        assert!(refused.contains_key(code), "the stories never meet {code}: {refused:?}");
    }
}
