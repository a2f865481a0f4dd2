//! R4: eight hosts write, a command line goes round, a dashboard reads, all at once. Nobody may hear that the record is busy, and
//! all that was acknowledged is there.

use crate::account::{Account, Scale};
use crate::answer::{self, Fault};
use crate::desk::Desk;
use crate::port::Port;
use crate::record::{self, count};
use crate::server::Server;
use prompt_runner_core::stats::Panel;
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

const HOSTS: u32 = 8;
const PANELS: [Panel; 6] = [Panel::Funnel, Panel::Times, Panel::Success, Panel::Cost, Panel::Errors, Panel::Projects];

/// What one writer did.
#[derive(Default)]
struct Done {
    waits: Vec<Duration>,
    captures: Vec<(String, String)>,
    errors: Vec<String>,
}

/// Writes so many times over one port: begins sessions, renders prompts, stores replies.
fn write(port: &mut Port, writer: u32, writes: u32) -> Done {
    let mut done = Done::default();
    let mut ask = |request: &Value| -> Option<Value> {
        let begun = Instant::now();
        let mut answer = port.ask_any(request);
        done.waits.push(begun.elapsed());
        if !answer["refusal"].is_null() {
            done.errors.push(answer["refusal"].to_string());
            return None;
        }
        Some(answer["reply"].take())
    };
    for round in 0..writes.div_ceil(3) {
        let feature = format!("Feature {round} of {writer}");
        let Some(start) = ask(&json!({ "type": "start", "feature": feature })) else { continue };
        let session = start["view"]["session"].as_str().unwrap().to_owned();
        let Some(prompt) = ask(&json!({ "type": "prompt", "session": session })) else { continue };
        let text = answer::markdown(prompt["text"].as_str().unwrap(), "A line of an answer.\n", Fault::None);
        let capture = format!("{writer}-{round}");
        let stored = ask(&json!({
            "type": "capture", "capture": capture, "session": session, "source": "page",
            "body": { "format": "markdown", "content": text },
        }));
        if stored.is_some() {
            done.captures.push((session, capture));
        }
    }
    done
}

/// A dashboard that was just started, once it listens.
pub(crate) fn listening(mut dashboard: Child) -> Server {
    let mut line = String::new();
    BufReader::new(dashboard.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let (port, token) = line.trim().strip_prefix("http://127.0.0.1:").unwrap().split_once("/#token=").unwrap();
    let mut server = Server::of(dashboard, tempfile::tempdir().unwrap(), port.parse().unwrap());
    token.clone_into(&mut server.token);
    server
}

pub(crate) fn crowded(scale: Scale) -> Account {
    let writes = scale.of(12, 102, 1_000);
    let desk = Desk::new();
    std::fs::create_dir(desk.data()).unwrap();
    let mut calm = write(&mut Port::open(&desk.data()), HOSTS, 60);
    calm.waits.sort_unstable();
    let fair = calm.waits[calm.waits.len() / 2] * HOSTS;

    let mut dashboard = desk.command(&["dashboard", "--no-open"]);
    let server = listening(dashboard.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap());
    let stop = AtomicBool::new(false);
    let errors = Mutex::new(Vec::new());
    let note = |error: String| errors.lock().unwrap().push(error);
    let mut commands = 0_u32;
    let mut panels = 0_u32;
    let written: Vec<Done> = std::thread::scope(|scope| {
        let (desk, server, stop, note) = (&desk, &server, &stop, &note);
        let loops = scope.spawn(move || {
            let mut done = 0;
            while !stop.load(Ordering::Relaxed) {
                for words in [&["plan", "By hand"][..], &["list"], &["status"]] {
                    let said = desk.run(words);
                    if said.code != Some(0) {
                        note(format!("{words:?}: {}", said.err));
                    }
                    done += 1;
                }
            }
            done
        });
        let reader = scope.spawn(move || {
            let mut done = 0;
            while !stop.load(Ordering::Relaxed) {
                for panel in PANELS {
                    let answer = server.ask(&json!({ "type": "panel", "panel": panel, "filter": {} }).to_string());
                    if answer.status != 200 {
                        note(format!("{panel:?}: {} {}", answer.status, answer.body));
                    }
                    done += 1;
                }
            }
            done
        });
        let hosts: Vec<_> = (0..HOSTS)
            .map(|writer| scope.spawn(move || write(&mut Port::open(&desk.data()), writer, writes)))
            .collect();
        let written = hosts.into_iter().map(|host| host.join()).collect::<Vec<_>>();
        // Whatever happened to a host, the two loops have to end.
        stop.store(true, Ordering::Relaxed);
        commands = loops.join().unwrap();
        panels = reader.join().unwrap();
        written.into_iter().map(|done| done.unwrap_or_else(|surprise| std::panic::resume_unwind(surprise))).collect()
    });

    let data = desk.data();
    let mut waits: Vec<_> = written.iter().flat_map(|done| done.waits.clone()).collect();
    waits.sort_unstable();
    let slow = waits[waits.len() * 99 / 100];
    let mut errors = errors.into_inner().unwrap();
    errors.extend(written.iter().flat_map(|done| done.errors.clone()));
    let acknowledged: Vec<_> = written.iter().flat_map(|done| &done.captures).collect();
    let stored = |(session, capture): &&(String, String)| -> i64 {
        count(
            &data,
            &format!(
                "SELECT count(*) FROM event WHERE kind = 'reply_captured' AND session = '{session}'
                    AND data ->> 'capture' = '{capture}'"
            ),
        )
    };
    let times: Vec<_> = acknowledged.iter().map(stored).collect();
    let started = count(
        &data,
        "SELECT count(*) FROM event WHERE kind = 'session_started' AND data ->> 'feature' LIKE 'Feature %'",
    );
    let expected = i64::from(HOSTS * writes.div_ceil(3) + 20);
    let ms = |time: Duration| time.as_secs_f64() * 1e3;
    let mut account = Account {
        unit: "writes of 8 hosts",
        ran: waits.len() as u64,
        promised: 8_000,
        lost: Some(
            times.iter().filter(|times| **times == 0).count() as u64 + expected.saturating_sub(started).unsigned_abs(),
        ),
        doubled: Some(times.iter().filter(|times| **times > 1).count() as u64),
        errors: errors.len() as u64,
        notes: vec![
            format!("beside them {commands} commands and {panels} panels of the dashboard"),
            format!(
                "half waited at most {:.0} ms, 99 of 100 {:.0} ms; the mean was {:.0} ms, and 8 writes of one alone take {:.0} ms",
                ms(waits[waits.len() / 2]),
                ms(slow),
                ms(waits.iter().sum::<Duration>() / u32::try_from(waits.len()).unwrap()),
                ms(fair),
            ),
        ],
        wrong: errors,
    };
    account.hold(started == expected, || format!("{started} sessions, and {expected} were begun"));
    account.wrong.extend(record::flaws(&data));
    account
}
