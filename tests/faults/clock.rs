//! R24: the clock jumps between any two steps of a session: by years, over the ends of summer time, over a leap day and a leap second.
//! The order is that of the log, and no time is negative. libfaketime tells a program another time; its monotonic clock stays true.

use crate::account::{Account, Scale};
use crate::answer::{self, Fault};
use crate::desk::{Desk, Said, said};
use crate::record::{self, database};
use serde_json::Value;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// A jump: its name, the time zone, the clock before and after it as libfaketime spells it.
const JUMPS: [(&str, &str, &str, &str); 8] = [
    ("back by a year", "UTC", "+0", "-1y"),
    ("ahead by a year", "UTC", "+0", "+1y"),
    ("summer time begins", "Europe/Berlin", "@2026-03-29 01:59:58", "@2026-03-29 03:00:01"),
    ("summer time ends", "Europe/Berlin", "@2026-10-25 02:59:58", "@2026-10-25 02:00:01"),
    ("onto a leap day", "UTC", "@2028-02-28 23:59:58", "@2028-02-29 00:00:01"),
    ("back off a leap day", "UTC", "@2028-02-29 23:59:58", "@2027-03-01 00:00:00"),
    ("a leap second", "UTC", "@2016-12-31 23:59:59", "@2016-12-31 23:59:59"),
    ("back to where the battery left it", "UTC", "+0", "@2000-01-01 00:00:00"),
];
/// Ask, answer, ask, answer, ask, answer.
const STEPS: usize = 6;

fn library() -> PathBuf {
    let folders =
        std::fs::read_dir("/usr/lib").unwrap().flatten().map(|entry| entry.path().join("faketime/libfaketime.so.1"));
    let mut found =
        folders.chain(["/usr/lib/faketime/libfaketime.so.1".into(), "/usr/lib64/faketime/libfaketime.so.1".into()]);
    found.find(|path| path.is_file()).expect("libfaketime is needed; `cargo xtask faults` installs it")
}

fn run(desk: &Desk, words: &[&str], input: &str, zone: &str, clock: &str) -> Said {
    let mut command: Command = desk.command(&[&["orchestrate"], words].concat());
    command.env("LD_PRELOAD", library()).env("FAKETIME", clock).env("TZ", zone);
    command.env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // Who needs no input may have ended already.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    said(&child.wait_with_output().unwrap())
}

/// Plays a session to its end; from the step `at` on the other clock holds. Its id.
fn play(
    desk: &Desk,
    at: usize,
    (jump, zone, before, after): (&str, &str, &str, &str),
    account: &mut Account,
) -> Option<String> {
    let clock = |step: usize| if step < at { before } else { after };
    let mut session = String::new();
    for (phase, verb) in ["plan", "analyze", "implement"].into_iter().enumerate() {
        let words =
            if phase == 0 { vec![verb, "Dark mode", "--json"] } else { vec![verb, "--session", &session, "--json"] };
        let asked = run(desk, &words, "", zone, clock(2 * phase));
        account.hold(asked.code == Some(0), || format!("{jump} before step {at}: {verb}: {}", asked.err));
        let plan: Value = serde_json::from_str(&asked.out).ok()?;
        let reply = answer::markdown(plan["text"].as_str()?, "A line of an answer.", Fault::None);
        plan["view"]["session"].as_str()?.clone_into(&mut session);
        let words = ["process", "--file", "-", "--session", &session];
        let kept = run(desk, &words, &reply, zone, clock(2 * phase + 1));
        account.hold(kept.code == Some(0), || format!("{jump} before step {at}: the reply to {verb}: {}", kept.err));
    }
    Some(session)
}

/// The columns of durations, which may be empty but not negative.
fn negative(desk: &Desk) -> i64 {
    let database = database(&desk.data());
    let mut negative = 0;
    for (table, columns) in [
        ("phase", &["duration_ms", "span_ms"][..]),
        ("orchestration_metrics", &["duration_ms", "model_ms", "human_ms", "idle_ms"]),
        ("orchestration_sessions", &["active_ms", "idle_ms"]),
    ] {
        for column in columns {
            let sql = format!("SELECT count(*) FROM {table} WHERE {column} < 0");
            negative += database.query_row(&sql, [], |row| row.get::<_, i64>(0)).unwrap();
        }
    }
    negative
}

pub(crate) fn jumped(scale: Scale) -> Account {
    let mut account = Account {
        unit: "sessions with a jump in them",
        promised: (JUMPS.len() * (STEPS - 1)) as u64,
        ..Account::default()
    };
    let desk = Desk::new();
    for (number, jump) in JUMPS.into_iter().enumerate() {
        let steps = if scale == Scale::Few { vec![1 + number % (STEPS - 1)] } else { (1..STEPS).collect() };
        for at in steps {
            account.ran += 1;
            let Some(session) = play(&desk, at, jump, &mut account) else { continue };
            let view = desk.json(&["status", "--session", &session])["view"].take();
            account.hold(view["standing"] == "complete", || format!("{} before step {at}: {view}", jump.0));
            for words in
                [&["stats", "--json"][..], &["stats", "--by", "phase", "--json"], &["stats", "--by", "day", "--json"]]
            {
                let figures = said(&desk.command(words).output().unwrap());
                account.hold(figures.code == Some(0), || format!("{}: {words:?}: {}", jump.0, figures.err));
            }
        }
    }
    let negative = negative(&desk);
    account.hold(negative == 0, || format!("{negative} times are negative"));
    let backwards = record::count(
        &desk.data(),
        "SELECT count(*) FROM event AS one JOIN event AS next ON next.seq = one.seq + 1 AND next.session = one.session WHERE next.at_ms < one.at_ms",
    );
    account.hold(backwards > 0, || "no clock went back".to_owned());
    account.notes.push(format!(
        "the clock went back {backwards} times between two events; {negative} negative times in the read models"
    ));
    account.wrong.extend(record::flaws(&desk.data()));
    account
}
