//! R5: sixteen hosts take the same step of one session at the same moment. One takes it, all see it, and the log plays to the same state.

use crate::account::{Account, Scale};
use crate::answer::{self, Fault};
use crate::desk::{Desk, said};
use crate::port::Port;
use crate::record::{self, count};
use prompt_runner_core::phase::Phase;
use serde_json::{Value, json};

const HOSTS: usize = 16;

/// Hands the request to all before any answer is read, so that they race; the answers.
fn all_at_once(ports: &mut [Port], request: impl Fn(usize) -> Value) -> Vec<Value> {
    let ids: Vec<_> = ports.iter_mut().enumerate().map(|(at, port)| port.send(&request(at))).collect();
    let answers = ports.iter_mut().zip(ids).map(|(port, id)| {
        let answer = port.answer();
        assert_eq!(answer["id"], Value::String(id));
        answer
    });
    answers.collect()
}

pub(crate) fn taken(scale: Scale) -> Account {
    let steps = scale.of(10, 50, 500);
    let desk = Desk::new();
    let data = desk.data();
    std::fs::create_dir(&data).unwrap();
    let mut ports: Vec<_> = (0..HOSTS).map(|_| Port::open(&data)).collect();
    let mut account = Account { unit: "steps that 16 hosts took at once", promised: 500, ..Account::default() };
    let (mut lost, mut doubled) = (0, 0);
    for _ in 0..steps / u32::try_from(Phase::FULL.len()).unwrap() {
        let start = ports[0].ask(&json!({ "type": "start", "feature": "Dark mode", "workflow": "full" }));
        let session = start["view"]["session"].as_str().unwrap().to_owned();
        for phase in Phase::FULL {
            let prompts = all_at_once(&mut ports, |_| json!({ "type": "prompt", "session": session, "phase": phase }));
            account.errors += prompts.iter().filter(|answer| !answer["refusal"].is_null()).count() as u64;
            let nonce = &prompts[0]["reply"]["nonce"];
            account.hold(nonce.is_string() && prompts.iter().all(|answer| answer["reply"]["nonce"] == *nonce), || {
                format!("{session}, {phase:?}: the hosts gave different prompts")
            });
            let Some(prompt) = prompts.iter().find_map(|answer| answer["reply"]["text"].as_str()) else {
                account.wrong.push(format!("{session}, {phase:?}: no host gave a prompt"));
                break;
            };
            let text = answer::markdown(prompt, "the same", Fault::None);
            let captures = all_at_once(&mut ports, |at| {
                json!({
                    "type": "capture", "capture": format!("{phase:?} by {at}"), "session": session, "phase": phase,
                    "source": "page", "body": { "format": "markdown", "content": text },
                })
            });
            account.errors += captures.iter().filter(|answer| !answer["refusal"].is_null()).count() as u64;
            match captures.iter().filter(|answer| answer["reply"]["duplicate"] == false).count() {
                0 => lost += 1,
                1 => {}
                _ => doubled += 1,
            }
            account.ran += 1;
        }
        let views = all_at_once(&mut ports, |_| json!({ "type": "status", "session": session }));
        let view = &views[0]["reply"]["view"];
        account
            .hold(view["standing"] == "complete" && views.iter().all(|other| other["reply"]["view"] == *view), || {
                format!("{session}: the hosts see different states: {view}")
            });
        let sql = format!(
            "SELECT count(*) FROM event WHERE session = '{session}' AND kind IN ('prompt_rendered', 'reply_captured', 'session_completed')"
        );
        let events = count(&data, &sql);
        account.hold(events == 2 * Phase::FULL.len() as i64 + 1, || format!("{session}: {events} events"));
    }
    for port in ports {
        account.hold(port.end().status.success(), || "a host did not end well".to_owned());
    }
    account.lost = Some(lost);
    account.doubled = Some(doubled);
    account.wrong.extend(record::flaws(&data));
    let before = (models(&desk), record::log(&data));
    said(&desk.command(&["db", "rebuild"]).output().unwrap()).ok(&["db", "rebuild"]);
    account
        .hold((models(&desk), record::log(&data)) == before, || "played anew, the log gives another state".to_owned());
    account.notes.push(format!("the log of {} events, played anew, gives the same rows", before.1.len()));
    account
}

/// The sessions and phases as the read models have them.
fn models(desk: &Desk) -> Vec<String> {
    let database = record::database(&desk.data());
    let sql = "SELECT json_array(id, standing, seq) FROM session
        UNION ALL SELECT json_array(session, phase, position, nonce, retries, duration_ms) FROM phase ORDER BY 1";
    let mut statement = database.prepare(sql).unwrap();
    let rows = statement.query_map([], |row| row.get(0)).unwrap();
    rows.map(Result::unwrap).collect()
}
