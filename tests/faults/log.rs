//! R6: the write-ahead log is cut at every frame and at random bytes, and its index deleted, as an unlucky end of the machine may leave
//! them. What opens then is a prefix of what was acknowledged: nothing torn, nothing out of order.

use crate::account::{Account, Scale};
use crate::answer::{self, Fault};
use crate::port::Port;
use crate::record::{self, DATABASE, Row, log};
use crate::seed::Dice;
use serde_json::json;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// Bytes of the header of a write-ahead log, and of the header of each of its frames (<https://sqlite.org/fileformat2.html#walformat>).
const HEADER: usize = 32;
const FRAME_HEADER: usize = 24;
/// Below the thousand pages at which SQLite writes the log back and begins it anew.
const FRAMES: usize = 900;

/// A record whose log was never written back, and the length of the log and the number of events at each answer.
struct Torn {
    database: Vec<u8>,
    wal: Vec<u8>,
    log: Vec<Row>,
    /// At each acknowledged commit: bytes of the write-ahead log, events in the log.
    commits: Vec<(usize, usize)>,
    page: usize,
}

fn torn() -> Torn {
    let home = tempfile::tempdir().unwrap();
    let data = home.path();
    // The schema has to be in the file itself, so that any cut leaves one.
    drop(Port::open(data).end());
    let (file, wal) = (data.join(DATABASE), data.join(format!("{DATABASE}-wal")));
    let database = fs::read(&file).unwrap();
    let page = usize::from(u16::from_be_bytes([database[16], database[17]]));
    let mut port = Port::open(data);
    let mut commits = vec![(0, 0)];
    let note = |commits: &mut Vec<(usize, usize)>| {
        commits.push((usize::try_from(fs::metadata(&wal).unwrap().len()).unwrap(), log(data).len()));
    };
    for round in 0.. {
        let start = port.ask(&json!({ "type": "start", "feature": format!("Feature {round}") }));
        note(&mut commits);
        let session = start["view"]["session"].as_str().unwrap().to_owned();
        let prompt = port.ask(&json!({ "type": "prompt", "session": session }));
        note(&mut commits);
        let text = answer::markdown(prompt["text"].as_str().unwrap(), "A line of an answer.\n", Fault::None);
        let body = json!({ "format": "markdown", "content": text });
        port.ask(&json!({ "type": "capture", "capture": "c", "session": session, "source": "page", "body": body }));
        note(&mut commits);
        if commits.last().unwrap().0 > (FRAMES - 150) * (page + FRAME_HEADER) {
            break;
        }
    }
    let torn = Torn { wal: fs::read(&wal).unwrap(), log: log(data), commits, page, database };
    assert_eq!(fs::read(&file).unwrap(), torn.database, "the log was written back before its time");
    port.kill();
    torn
}

impl Torn {
    /// Opens the record with so much of its log; what is not as promised.
    fn opened(&self, bytes: usize, account: &mut Account) {
        let home = tempfile::tempdir().unwrap();
        let data = home.path();
        for (name, bytes) in
            [(DATABASE.to_owned(), &self.database[..]), (format!("{DATABASE}-wal"), &self.wal[..bytes])]
        {
            fs::write(data.join(&name), bytes).unwrap();
            fs::set_permissions(data.join(name), fs::Permissions::from_mode(0o600)).unwrap();
        }
        account.ran += 1;
        let flaws = record::flaws(data);
        account.hold(flaws.is_empty(), || format!("cut at byte {bytes}: {flaws:?}"));
        let found = log(data);
        let whole = self.commits.iter().rev().find(|(length, _)| *length <= bytes).unwrap().1;
        if found.len() < whole {
            *account.lost.get_or_insert_default() += 1;
        }
        account.hold(found == self.log[..whole], || {
            format!("cut at byte {bytes}: {} events, and {whole} were acknowledged before", found.len())
        });
        self.goes_on(data, bytes, account);
    }

    fn goes_on(&self, data: &Path, bytes: usize, account: &mut Account) {
        let mut runner = runner::Runner::open(&record::places(data)).unwrap();
        let request = serde_json::from_value(json!({ "type": "start", "feature": "The next" })).unwrap();
        account.hold(runner.handle(request).is_ok(), || format!("cut at byte {bytes}: nothing can be added"));
    }
}

pub(crate) fn cut(scale: Scale) -> Account {
    let torn = torn();
    let frame = torn.page + FRAME_HEADER;
    let frames = (torn.wal.len() - HEADER) / frame;
    let every = usize::try_from(scale.of(40, 5, 1)).unwrap();
    let bytes = scale.of(10, 100, 500);
    let mut account = Account { unit: "cuts", promised: frames as u64 + 2 + 500, lost: Some(0), ..Account::default() };
    // Nothing cut, and nothing left.
    for bytes in [torn.wal.len(), 0] {
        torn.opened(bytes, &mut account);
    }
    let mut bounds = 0;
    for at in (0..frames).step_by(every) {
        torn.opened(HEADER + at * frame, &mut account);
        bounds += 1;
    }
    let mut dice = Dice::new(6);
    for _ in 0..bytes {
        torn.opened(usize::try_from(dice.roll(torn.wal.len() as u64)).unwrap(), &mut account);
    }
    account.notes.push(format!(
        "{} commits in {frames} frames; cut at {bounds} bounds of frames and at {bytes} random bytes; the index was gone each time",
        torn.commits.len() - 1
    ));
    account
}
