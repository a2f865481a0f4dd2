//! R8: files of every released schema are upgraded. The program is killed at each call by which it changes the file: what a statement
//! does is on the disk with the next of these. Eight programs upgrade one file at once. A newer file is left as it is.

use crate::account::{Account, Scale};
use crate::bare::{Row, insert};
use crate::desk::{Desk, PROGRAM, said};
use crate::port::Port;
use crate::record::{self, DATABASE, count, log};
use crate::seed::{END_MS, Entry, History, connect, fill, keep_texts, write};
use crate::strace::{self, Call, Deed};
use serde_json::json;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};

/// Whatever changes a file or a folder.
const CHANGES: [&str; 8] = ["openat", "pwrite64", "write", "ftruncate", "fallocate", "unlink", "fsync", "fdatasync"];
const AT_ONCE: usize = 8;

/// From so many migrations on the program writes the rows that the triggers of a schema made before.
const BY_THE_PROGRAM: usize = 11;

/// The migrations, oldest first.
fn migrations() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("runner/src/store/migrations");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.iter().map(|file| std::fs::read_to_string(file).unwrap()).collect()
}

/// A file as a program with so many migrations left it, with a history in it.
fn old(file: &Path, migrations: &[String]) {
    let mut database = connect(file).unwrap();
    std::fs::set_permissions(file, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    database.pragma_update(None, "journal_mode", "wal").unwrap();
    for migration in migrations {
        database.execute_batch(migration).unwrap();
    }
    database.pragma_update(None, "user_version", migrations.len() as i64).unwrap();
    keep_texts(&database).unwrap();
    let mut history = History::new(8, 60, END_MS);
    if migrations.len() < BY_THE_PROGRAM {
        let rows = |entries: &[Entry]| entries.iter().map(Row::from).collect::<Vec<_>>();
        fill(&mut history, |entries| insert(&mut database, &rows(entries))).unwrap();
    } else {
        fill(&mut history, |entries| write(&mut database, entries)).unwrap();
    }
}

/// What the schema of a file is, to the letter.
fn schema(data: &Path) -> Vec<String> {
    let database = record::database(data);
    let mut statement = database
        .prepare("SELECT type || ' ' || name || ': ' || coalesce(sql, '') FROM sqlite_schema ORDER BY 1")
        .unwrap();
    let rows = statement.query_map([], |row| row.get(0)).unwrap();
    rows.map(Result::unwrap).collect()
}

/// A desk over a copy of this file.
struct Bench {
    desk: Desk,
    old: PathBuf,
}

impl Bench {
    fn new(migrations: &[String]) -> Self {
        let desk = Desk::new();
        let old_file = desk.data().with_file_name("old.db");
        old(&old_file, migrations);
        Self { desk, old: old_file }
    }

    fn reset(&self) -> PathBuf {
        let data = self.desk.data();
        if data.exists() {
            std::fs::remove_dir_all(&data).unwrap();
        }
        std::fs::create_dir(&data).unwrap();
        std::fs::copy(&self.old, data.join(DATABASE)).unwrap();
        data
    }

    /// Opens the record, which upgrades it, with this done to one of the calls.
    fn upgrade(&self, deed: Deed, call: &Call) -> Option<i32> {
        let data = self.reset();
        let command = self.desk.command(&["orchestrate", "list"]);
        strace::under(&command, &data, &self.trace(), deed, call).output().unwrap().status.code()
    }

    fn trace(&self) -> PathBuf {
        self.desk.data().with_file_name("trace")
    }
}

pub(crate) fn upgraded(scale: Scale) -> Account {
    if let Some(account) = strace::cannot(scale) {
        return account;
    }
    let migrations = migrations();
    let every = usize::try_from(scale.of(120, 15, 1)).unwrap();
    let mut account = Account { unit: "kills", lost: Some(0), doubled: Some(0), ..Account::default() };
    let mut at_once = 0;
    // Which one of every so many comes first differs from schema to schema.
    for (first, released) in (1..migrations.len()).enumerate() {
        let bench = Bench::new(&migrations[..released]);
        let data = bench.reset();
        let had = log(&data);
        assert_eq!(bench.upgrade(Deed::Watch, &(String::new(), 0)), Some(0), "schema {released} cannot be upgraded");
        let (whole, version) = (schema(&data), count(&data, "PRAGMA schema_version"));
        let calls: Vec<_> =
            strace::calls(&bench.trace()).into_iter().filter(|(name, _)| CHANGES.contains(&name.as_str())).collect();
        account.promised += calls.len() as u64;
        let check = |what: &str, account: &mut Account| {
            let flaws = record::flaws(&data);
            account.hold(flaws.is_empty(), || format!("{what}: {flaws:?}"));
            account.hold(schema(&data) == whole, || format!("{what}: another schema"));
            let (found, known) = (count(&data, "PRAGMA user_version"), migrations.len());
            account.hold(found == known as i64, || format!("{what}: schema {found}"));
            let log = log(&data);
            *account.lost.get_or_insert_default() += had.iter().filter(|row| !log.contains(row)).count() as u64;
            *account.doubled.get_or_insert_default() += log.len().saturating_sub(had.len()) as u64;
        };
        for call in calls.iter().skip(first * every / migrations.len()).step_by(every) {
            let what = format!("schema {released}, killed at {} of {}", call.1, call.0);
            let ended = bench.upgrade(Deed::Kill, call);
            account.hold(ended.is_none(), || format!("{what}: it was not killed but ended with {ended:?}"));
            account.ran += 1;
            let next = bench.desk.run(&["list"]);
            account.hold(next.code == Some(0), || format!("{what}: the next run says {}", next.err));
            check(&what, &mut account);
        }
        for round in 0..scale.of(1, 3, 10) {
            bench.reset();
            let start = || -> Child {
                let mut command = bench.desk.command(&["orchestrate", "list"]);
                command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
            };
            let children: Vec<_> = (0..AT_ONCE).map(|_| start()).collect();
            let what = format!("schema {released}, {AT_ONCE} at once, round {round}");
            for child in children {
                let said = said(&child.wait_with_output().unwrap());
                if said.code != Some(0) {
                    account.errors += 1;
                    account.wrong.push(format!("{what}: {}", said.err));
                }
            }
            check(&what, &mut account);
            let found = count(&data, "PRAGMA schema_version");
            account.hold(found == version, || format!("{what}: the schema changed {found} times, and {version} alone"));
            at_once += 1;
        }
    }
    account.notes.push(format!(
        "{} schemas; {at_once} times {AT_ONCE} programs at once, and each schema was changed once",
        migrations.len() - 1
    ));
    newer(migrations.len(), &mut account);
    account
}

/// A file of a newer program is refused by both programs and is byte for byte as it was.
fn newer(known: usize, account: &mut Account) {
    let desk = Desk::new();
    desk.ok(&["plan", "Dark mode"]);
    record::database(&desk.data()).pragma_update(None, "user_version", known as i64 + 1).unwrap();
    let files = || -> BTreeMap<PathBuf, Vec<u8>> {
        let entries = std::fs::read_dir(desk.data()).unwrap().map(|entry| entry.unwrap().path());
        let ours =
            entries.filter(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(DATABASE)));
        ours.map(|path| (path.clone(), std::fs::read(path).unwrap())).collect()
    };
    let before = files();
    let (data, copy) = (desk.data(), desk.file("copy.db", ""));
    std::fs::remove_file(&copy).unwrap();
    let mut tried = 0;
    for words in [
        &["orchestrate", "list"][..],
        &["orchestrate", "plan", "x"],
        &["stats"],
        &["db", "verify"],
        &["db", "backup", &copy],
    ] {
        let said = said(&desk.command(words).output().unwrap());
        account.hold(said.code == Some(6) && said.err.contains("[store.newer]"), || {
            format!("{PROGRAM} {words:?} says {}", said.err)
        });
        tried += 1;
    }
    let mut port = Port::open(&data);
    for request in [json!({ "type": "list" }), json!({ "type": "start", "feature": "x" })] {
        let code = port.refused(&request);
        account.hold(code == "store.newer", || format!("the host says {code}"));
        tried += 1;
    }
    port.end();
    account.hold(files() == before, || "a file of a newer program was changed".to_owned());
    account.notes.push(format!("a newer file: {tried} requests refused, and not a byte of it changed"));
}
