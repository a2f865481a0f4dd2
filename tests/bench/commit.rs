//! A durable commit of the runner against a bare write with fdatasync, and eight programs that commit at once against as many
//! fdatasyncs one after the other.

use crate::{Pairs, Samples, pairs, timed};
use prompt_runner_core::protocol::{Request, ask};
use runner::Runner;
use runner::places::Places;
use rusqlite::Connection;
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::process::Command;

/// What is written of a page of the database and a little more, and what a small transaction writes.
const WRITTEN: usize = 4_096;
/// Commits in one repeat of the first.
const COMMITS: u32 = 50;
const PROGRAMS: u32 = 8;
const EACH: u32 = 250;
/// Eight programs take long; so many repeats at most.
const ROUNDS: u32 = 9;

pub(crate) fn measure(repeats: u32) -> Vec<Samples> {
    let home = tempfile::tempdir().unwrap();
    let places = Places { data: home.path().join("data"), config: home.path().join("config") };
    let mut runner = Runner::open(&places).unwrap();
    let mut begin = |times: u32| (0..times).for_each(|_| started(&mut runner));
    let mut bare = File::create(home.path().join("bare")).unwrap();
    let mut raw = |times: u32| (0..times).for_each(|_| synced(&mut bare));
    let each = f64::from(COMMITS);
    let alone: Pairs = pairs(repeats, || timed(|| begin(COMMITS)) / each, || timed(|| raw(COMMITS)) / each);
    // Few repeats are for trying out, with few commits.
    let times = if repeats < ROUNDS { EACH / 10 } else { EACH };
    let rounds = repeats.min(ROUNDS);
    let (mut together, mut one_by_one, mut group) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..rounds {
        together.push(timed(|| at_once(&places, times)));
        one_by_one.push(timed(|| raw(PROGRAMS * times)));
        group.push(timed(|| trial(home.path(), times)));
    }
    let what = |what: &str| format!("{what}, 8 x {times}");
    vec![
        Samples::times("P13", "a durable commit, against a write of 4 KiB and fdatasync", "ms", alone, 1.1),
        Samples::times(
            "P13",
            &what("programs that commit at once, against fdatasync in turn"),
            "ms",
            (together, one_by_one.clone()),
            0.4,
        ),
        Samples {
            most: None,
            ..Samples::times(
                "P13",
                &what("the same with the fdatasync behind the lock (a trial)"),
                "ms",
                (group, one_by_one),
                0.4,
            )
        }
        .note("not what the program does; docs/BENCHMARKS.md says why"),
    ]
}

/// A request that is one event in one transaction, whatever was written before.
fn started(runner: &mut Runner) {
    let request =
        Request::Start(ask::Start { feature: "Dark mode".into(), project: None, workflow: None, conversation: None });
    runner.handle(request).unwrap();
}

fn synced(file: &mut File) {
    file.write_all(&[7; WRITTEN]).unwrap();
    file.sync_data().unwrap();
}

/// Commits from another process.
pub(crate) fn write(data: &Path, times: u32) {
    let mut runner = Runner::open(&Places { data: data.to_owned(), config: data.join("config") }).unwrap();
    (0..times).for_each(|_| started(&mut runner));
}

fn at_once(places: &Places, times: u32) {
    let this = std::env::current_exe().unwrap();
    let start =
        |_| Command::new(&this).args(["commit", "--write"]).arg(&places.data).arg(times.to_string()).spawn().unwrap();
    let children: Vec<_> = (0..PROGRAMS).map(start).collect();
    for mut child in children {
        assert!(child.wait().unwrap().success(), "a program was turned away");
    }
}

/// What a shared fdatasync would give: threads that write under the lock without waiting for the disk, and then wait for it together.
fn trial(home: &Path, times: u32) {
    let file = home.join("trial.db");
    let open = || {
        let database = Connection::open(&file).unwrap();
        database.busy_timeout(std::time::Duration::from_secs(30)).unwrap();
        database.pragma_update(None, "journal_mode", "wal").unwrap();
        database.pragma_update(None, "synchronous", "normal").unwrap();
        database
    };
    open().execute_batch("CREATE TABLE IF NOT EXISTS trial (body BLOB)").unwrap();
    std::thread::scope(|scope| {
        for _ in 0..PROGRAMS {
            scope.spawn(|| {
                let database = open();
                let mut log = None;
                for _ in 0..times {
                    database.execute("INSERT INTO trial VALUES (zeroblob(2000))", []).unwrap();
                    let log =
                        log.get_or_insert_with(|| File::options().write(true).open(home.join("trial.db-wal")).unwrap());
                    log.sync_data().unwrap();
                }
            });
        }
    });
}
