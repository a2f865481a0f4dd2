//! F: what can become of the file of the record beside a full disk: a log that is cut anywhere, an index that is gone or garbage, a
//! copy without its log, pages that were overwritten, and many that open it right after a kill. Each time it opens with what was there
//! at some moment, or is refused by name.

use crate::answer::{self, Fault};
use crate::desk::{Desk, said};
use crate::port::Port;
use crate::report::tell;
use prompt_runner_core::protocol::answer::SessionList;
use prompt_runner_core::protocol::{Reply, Request, ask};
use prompt_runner_core::refusal::Code;
use runner::Runner;
use runner::places::Places;
use rusqlite::Connection;
use serde_json::json;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

const NAME: &str = "prompt-runner.db";

/// A record whose newest part is still in its log: the database, the log, and how many events there are.
fn record() -> (Vec<u8>, Vec<u8>, i64) {
    let desk = Desk::new();
    desk.ok(&["plan", "Before"]);
    // Whoever has it open keeps SQLite from clearing the log away.
    let open = Connection::open(desk.data().join(NAME)).unwrap();
    open.query_row("SELECT count(*) FROM event", [], |row| row.get::<_, i64>(0)).unwrap();
    let prompt = desk.ok(&["plan", "Dark mode"]);
    let reply = desk.file("reply.md", answer::markdown(&prompt, &"A line of it.\n".repeat(500), Fault::None));
    desk.ok(&["process", "--file", &reply]);
    desk.ok(&["analyze"]);
    let read = |suffix: &str| fs::read(desk.data().join(format!("{NAME}{suffix}"))).unwrap();
    (read(""), read("-wal"), desk.record().0)
}

/// What became of a file: its events where it opens and SQLite finds it sound, nothing where it opens and is not, else why it does not.
fn opened(folder: &Path) -> Result<Option<i64>, Code> {
    let places = Places { data: folder.to_owned(), config: folder.join("config") };
    let mut runner = Runner::open(&places).map_err(|refusal| refusal.code)?;
    let Reply::Sessions(SessionList { sessions }) =
        runner.handle(Request::List(ask::List { project: None, limit: None })).map_err(|refusal| refusal.code)?
    else {
        panic!("no list")
    };
    for view in sessions {
        runner.handle(Request::Show(ask::Show { session: view.session })).map_err(|refusal| refusal.code)?;
    }
    let database = Connection::open(folder.join(NAME)).unwrap();
    let sound = database.pragma_query_value(None, "integrity_check", |row| row.get::<_, String>(0));
    let events = database.query_row("SELECT count(*) FROM event", [], |row| row.get(0));
    match (sound.as_deref(), events) {
        (Ok("ok"), Ok(events)) => Ok(Some(events)),
        _ => Ok(None),
    }
}

/// Writes a file as the program makes its own: for its owner alone.
fn lay(file: &Path, bytes: &[u8]) {
    fs::write(file, bytes).unwrap();
    fs::set_permissions(file, Permissions::from_mode(0o600)).unwrap();
}

#[test]
fn a_log_that_is_cut_anywhere_opens_with_what_was_committed_by_then() {
    let (database, log, all) = record();
    let page = usize::from(u16::from_be_bytes([database[16], database[17]]));
    let frames = (log.len() - 32) / (page + 24);
    assert!(frames > 20, "{frames} frames");
    let at_frames = (0..=frames).map(|frame| 32 + frame * (page + 24));
    // In the header, in the head of a frame, and in the middle of pages.
    let between = (0..frames).map(|frame| 32 + frame * (page + 24) + (frame * 911) % (page + 24));
    let cuts: Vec<usize> = at_frames.chain(between).chain([0, 1, 31]).collect();
    let mut found: Vec<(usize, i64)> = Vec::new();
    for cut in &cuts {
        let home = tempfile::tempdir().unwrap();
        lay(&home.path().join(NAME), &database);
        lay(&home.path().join(format!("{NAME}-wal")), &log[..*cut]);
        let events = opened(home.path()).unwrap_or_else(|code| panic!("cut at {cut}: {}", code.name()));
        found.push((*cut, events.unwrap_or_else(|| panic!("cut at {cut}: not sound"))));
    }
    found.sort_unstable();
    assert!(found.windows(2).all(|pair| pair[0].1 <= pair[1].1), "more log is never less record: {found:?}");
    assert_eq!(found.last().unwrap().1, all);
    assert!(found[0].1 < all, "without its log it is the record of an earlier moment");
    tell("F75", cuts.len(), "cuts of the log", "each opens, sound, with what was committed by then");
}

#[test]
fn a_page_that_was_overwritten_is_refused_by_name_or_was_not_needed() {
    let (database, log, all) = record();
    let home = tempfile::tempdir().unwrap();
    lay(&home.path().join(NAME), &database);
    lay(&home.path().join(format!("{NAME}-wal")), &log);
    // The index is made anew where it is gone or garbage.
    for index in [None, Some(vec![0xaa; 32 << 10]), Some(Vec::new())] {
        let place = home.path().join(format!("{NAME}-shm"));
        match &index {
            Some(garbage) => lay(&place, garbage),
            None => drop(fs::remove_file(&place)),
        }
        lay(&home.path().join(format!("{NAME}-wal")), &log);
        lay(&home.path().join(NAME), &database);
        assert_eq!(
            opened(home.path()),
            Ok(Some(all)),
            "{:?} bytes of garbage as index",
            index.map(|garbage| garbage.len())
        );
    }
    Connection::open(home.path().join(NAME)).unwrap().pragma_update(None, "wal_checkpoint", "TRUNCATE").unwrap();
    let whole = fs::read(home.path().join(NAME)).unwrap();
    let page = usize::from(u16::from_be_bytes([whole[16], whole[17]]));
    let (mut refused, mut unsound, mut tried) = (0, 0, 0);
    for at in 0..whole.len() / page {
        for with in [0x00_u8, 0xff, 0x5a] {
            let home = tempfile::tempdir().unwrap();
            let mut damaged = whole.clone();
            damaged[at * page..(at + 1) * page].fill(with);
            lay(&home.path().join(NAME), &damaged);
            tried += 1;
            match opened(home.path()) {
                Ok(Some(events)) => assert_eq!(events, all, "page {at}: its loss is in no examination"),
                Ok(None) => unsound += 1,
                Err(code) => {
                    assert!(code.name().starts_with("store."), "page {at}: {}", code.name());
                    refused += 1;
                }
            }
        }
    }
    assert!(tried > 100 && refused + unsound > tried / 2, "{refused} and {unsound} of {tried}");
    let happened = format!(
        "{refused} refused by name, {unsound} that no request met and SQLite's examination finds, {} without a loss, 0 panics",
        tried - refused - unsound
    );
    tell("F78", tried, "pages overwritten", &happened);
    tell("F76", 3, "indexes gone, empty or garbage", "made anew, nothing is missing");
}

#[test]
fn many_may_open_it_right_after_a_kill() {
    let mut opened = 0;
    for round in 0..4 {
        let desk = Desk::new();
        fs::create_dir(desk.data()).unwrap();
        let mut port = Port::open(&desk.data());
        for at in 0..8 {
            port.ask(&json!({ "type": "start", "feature": format!("Feature {at}") }));
        }
        port.kill();
        let children: Vec<_> = (0..16)
            .map(|at| {
                let words: &[&str] = if at % 2 == 0 { &["list", "--json"] } else { &["plan", "One more"] };
                let mut command = desk.command(words);
                command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped()).spawn().unwrap()
            })
            .collect();
        for child in children {
            let said = said(&child.wait_with_output().unwrap());
            assert_eq!(said.code, Some(0), "round {round}: {}", said.err);
            opened += 1;
        }
        // Eight that were acknowledged before the kill, eight of two events each after it.
        assert_eq!(desk.record().0, 8 + 8 * 2, "round {round}");
    }
    tell("F84", opened, "programs that open the record at once, right after a kill", "each got in, nothing is missing");
}
