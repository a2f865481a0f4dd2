//! F95 to F97: the file of the record and its copies. Names that mean something to SQLite, files that are another program's, and files
//! and directories that others own or may read. None is written to, and each is refused by every program.

use crate::desk::{Desk, Said, said};
use crate::port::Port;
use crate::report::tell;
use rusqlite::Connection;
use serde_json::json;
use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::path::Path;
use std::process::{Command, Stdio};

fn backup(desk: &Desk, name: &str) -> Said {
    said(&desk.command(&["db", "backup", "--", name]).output().unwrap())
}

/// Everything in a folder by its name, with its size.
fn listed(folder: &Path) -> Vec<(String, u64)> {
    let entry = |entry: fs::DirEntry| {
        (entry.file_name().to_string_lossy().into_owned(), entry.path().symlink_metadata().unwrap().len())
    };
    let mut all: Vec<_> = fs::read_dir(folder).unwrap().map(|found| entry(found.unwrap())).collect();
    all.sort();
    all
}

#[test]
fn a_copy_is_made_under_the_name_that_was_said_or_not_at_all() {
    let desk = Desk::new();
    desk.ok(&["plan", "Dark mode"]);
    let (project, data) = (desk.project(), desk.data());
    let live = data.join("prompt-runner.db").display().to_string();
    let names = [
        ":memory:",
        ":memory:?cache=shared",
        "file:copy",
        "file:copy.db?mode=memory",
        "file::memory:",
        "file:copy?vfs=none",
        "a?mode=memory",
        "a#b",
        "a%2e%2e%2fb",
        "a b",
        "ä.db",
        "\u{1b}[31m.db",
        "C:copy",
        "--help",
        "'; DROP TABLE event; --",
        "a\nb",
    ];
    for name in names {
        let made = backup(&desk, name);
        assert_eq!(made.code, Some(0), "{name:?}: {made:?}");
        let file = project.join(name);
        let meta = file.symlink_metadata().unwrap();
        assert_eq!((meta.mode() & 0o7777, meta.is_file()), (0o600, true), "{name:?}");
        assert!(made.out.contains(&format!("{} bytes", meta.len())) && meta.len() > 4_096, "{name:?}: {}", made.out);
        assert!(fs::read(&file).unwrap().starts_with(b"SQLite format 3\0"), "{name:?}");
        // Told once, it is there and stays as it is.
        let before = fs::read(&file).unwrap();
        assert_eq!(backup(&desk, name).code, Some(2), "{name:?} twice");
        assert_eq!(fs::read(&file).unwrap(), before, "{name:?}");
    }
    let long = "x".repeat(300);
    fs::create_dir(project.join("folder")).unwrap();
    fs::write(project.join("words.txt"), "mine").unwrap();
    fs::write(project.join("old.db-wal"), "mine").unwrap();
    fs::write(project.join("old.db"), "mine").unwrap();
    fs::write(project.join("left.db-journal"), "mine").unwrap();
    fs::hard_link(&live, project.join("hard.db")).unwrap();
    symlink("nowhere", project.join("dangling.db")).unwrap();
    symlink(&live, project.join("soft.db")).unwrap();
    symlink("/dev/null", project.join("null.db")).unwrap();
    assert!(Command::new("mkfifo").arg(project.join("pipe")).status().unwrap().success());
    let _open = Connection::open(&live).unwrap();
    let [wal, shm, journal] = ["-wal", "-shm", "-journal"].map(|end| format!("{live}{end}"));
    let refused = [
        "",
        "-",
        ".",
        "..",
        "/",
        "folder",
        "folder/",
        "words.txt",
        "old.db",
        "old.db-shm",
        "old.db-wal",
        "left.db",
        "hard.db",
        "dangling.db",
        "soft.db",
        "null.db",
        "pipe",
        "missing/copy.db",
        "words.txt/copy.db",
        "/dev/null",
        "/dev/full",
        "/dev/stdout",
        "/proc/self/mem",
        "/proc/x",
        &long,
        &live,
        &wal,
        &shm,
        &journal,
    ];
    let before = (listed(&project), listed(&data));
    for name in refused {
        let made = backup(&desk, name);
        assert_eq!(made.code, Some(2), "{name:?}: {made:?}");
        // A value that is none is refused before it is looked at.
        let named = name.is_empty() || made.err.contains("[file.unreadable]");
        assert!(made.out.is_empty() && named, "{name:?}: {made:?}");
        assert_eq!((listed(&project), listed(&data)), before, "{name:?}");
    }
    assert!(!project.join("nowhere").exists());
    tell(
        "F95",
        names.len() + refused.len(),
        "names for a copy of the record, with a meaning to SQLite, a shell or the disk",
        &format!(
            "{} copies under the name that was said, 0600, sound; {} refused, nothing changed",
            names.len(),
            refused.len()
        ),
    );
}

/// What every program says of a record: the command line, the dashboard, the host.
fn everybody(desk: &Desk, code: &str, what: &str) {
    let shown = format!("[{code}]");
    for words in [&["status"][..], &["plan", "Light mode"], &["list"], &["db", "verify"], &["stats"]] {
        let said = said(&desk.command(words).output().unwrap());
        assert!(said.code == Some(6) && said.err.contains(&shown), "{what}: {words:?}: {said:?}");
    }
    let short = said(&desk.command(&["status", "--short"]).output().unwrap());
    assert_eq!(short.out, "", "{what}: {short:?}");
    let dashboard =
        desk.command(&["dashboard", "--no-open"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let dashboard = said(&dashboard.wait_with_output().unwrap());
    assert!(dashboard.code == Some(6) && dashboard.err.contains(&shown), "{what}: {dashboard:?}");
    let mut host = Command::new(env!("CARGO_BIN_EXE_prompt-runner-host"));
    host.arg(format!("{}/", crate::port::CALLER.trim_end())).env("PROMPT_RUNNER_DATA_DIR", desk.data());
    let logs = tempfile::tempdir().unwrap();
    let mut port = Port::start(&mut host, logs.path());
    assert_eq!(port.refused(&json!({ "type": "list" })), code, "{what}");
    assert_eq!(port.refused(&json!({ "type": "start", "feature": "x" })), code, "{what}");
    assert!(port.end().status.success(), "{what}");
}

#[test]
fn a_file_of_another_program_is_not_taken_for_the_record() {
    let tables = |sql: &'static str| move |file: &Path| Connection::open(file).unwrap().execute_batch(sql).unwrap();
    type Make = Box<dyn Fn(&Path)>;
    let ours = Desk::new();
    ours.ok(&["plan", "Dark mode"]);
    let record = ours.data().join("prompt-runner.db");
    let makers: Vec<(&str, &str, Make)> = vec![
        (
            "a table",
            "store.foreign",
            Box::new(tables("CREATE TABLE moz_places (id INTEGER PRIMARY KEY); INSERT INTO moz_places VALUES (1)")),
        ),
        (
            "a table and a version",
            "store.foreign",
            Box::new(tables("CREATE TABLE event (seq INTEGER PRIMARY KEY); PRAGMA user_version = 9")),
        ),
        (
            "no table and a version",
            "store.foreign",
            Box::new(tables("CREATE TABLE x (y); DROP TABLE x; PRAGMA user_version = 3")),
        ),
        ("another application", "store.foreign", Box::new(tables("PRAGMA application_id = 252006673"))),
        ("another application in our clothes", "store.foreign", {
            let record = record.clone();
            Box::new(move |file| {
                Connection::open(&record).unwrap().execute("VACUUM INTO ?1", [file.to_str()]).unwrap();
                Connection::open(file).unwrap().execute_batch("PRAGMA application_id = 7").unwrap();
            })
        }),
        ("ours of old, with a table more", "store.foreign", {
            let record = record.clone();
            Box::new(move |file| {
                Connection::open(&record).unwrap().execute("VACUUM INTO ?1", [file.to_str()]).unwrap();
                Connection::open(file)
                    .unwrap()
                    .execute_batch("PRAGMA application_id = 0; CREATE TABLE more (x)")
                    .unwrap();
            })
        }),
        ("ours of old, with a trigger less", "store.foreign", {
            let record = record.clone();
            Box::new(move |file| {
                Connection::open(&record).unwrap().execute("VACUUM INTO ?1", [file.to_str()]).unwrap();
                let connection = Connection::open(file).unwrap();
                let sql = "SELECT name FROM sqlite_schema WHERE type = 'trigger' LIMIT 1";
                let trigger: String = connection.query_row(sql, [], |row| row.get(0)).unwrap();
                connection.execute_batch(&format!("PRAGMA application_id = 0; DROP TRIGGER \"{trigger}\"")).unwrap();
            })
        }),
        ("a log of another database", "store.foreign", {
            let record = record.clone();
            Box::new(move |file| {
                fs::copy(&record, file).unwrap();
                let away = file.with_file_name("away.db");
                let other = Connection::open(&away).unwrap();
                other
                    .execute_batch("PRAGMA journal_mode = wal; CREATE TABLE other (x); INSERT INTO other VALUES (1)")
                    .unwrap();
                fs::copy(file.with_file_name("away.db-wal"), file.with_file_name("prompt-runner.db-wal")).unwrap();
            })
        }),
        ("words", "store.broken", Box::new(|file| fs::write(file, "This is no database. ".repeat(99)).unwrap())),
        (
            "a picture",
            "store.broken",
            Box::new(|file| fs::write(file, [b"\x89PNG\r\n\x1a\n".as_slice(), &[7; 9_000]].concat()).unwrap()),
        ),
    ];
    for (what, code, make) in &makers {
        let desk = Desk::new();
        fs::create_dir(desk.data()).unwrap();
        fs::set_permissions(desk.data(), Permissions::from_mode(0o700)).unwrap();
        let file = desk.data().join("prompt-runner.db");
        make(&file);
        for name in listed(&desk.data()) {
            fs::set_permissions(desk.data().join(name.0), Permissions::from_mode(0o600)).unwrap();
        }
        let before = fs::read(&file).unwrap();
        everybody(&desk, code, what);
        assert_eq!(fs::read(&file).unwrap(), before, "{what}: the file is as it was");
    }
    // What older programs made says nothing of whose it is; it is ours by what stands in it.
    let connection = Connection::open(&record).unwrap();
    connection.execute_batch("PRAGMA application_id = 0").unwrap();
    ours.ok(&["status"]);
    let said: i32 = connection.pragma_query_value(None, "application_id", |row| row.get(0)).unwrap();
    assert_eq!(said.to_be_bytes(), *b"PRnr");
    tell(
        "F96",
        makers.len() * 11,
        "questions about files of other programs in the place of the record",
        "each refused, no byte changed",
    );
}

#[test]
fn a_log_whose_database_is_gone_is_not_thrown_away() {
    let desk = Desk::new();
    // As long as somebody reads, the log stays.
    desk.ok(&["plan", "Dark mode"]);
    let (file, log) = (desk.data().join("prompt-runner.db"), desk.data().join("prompt-runner.db-wal"));
    let reader = Connection::open(&file).unwrap();
    let _: i64 = reader.query_row("SELECT count(*) FROM event", [], |row| row.get(0)).unwrap();
    desk.ok(&["plan", "Light mode"]);
    let (record, left) = (fs::read(&file).unwrap(), fs::read(&log).unwrap());
    drop(reader);
    fs::remove_file(&file).unwrap();
    let write = |path: &Path, bytes: &[u8]| {
        fs::write(path, bytes).unwrap();
        fs::set_permissions(path, Permissions::from_mode(0o600)).unwrap();
    };
    write(&log, &left);
    let refused = desk.run(&["status"]);
    assert!(refused.code == Some(6) && refused.err.contains("store.foreign"), "{refused:?}");
    assert!(!file.exists() && fs::read(&log).unwrap() == left, "nothing was made and nothing was taken away");
    write(&file, &record);
    assert_eq!(desk.json(&["list"])["sessions"].as_array().map(Vec::len), Some(2));
}

#[test]
fn a_record_that_others_own_or_may_reach_is_refused_by_every_program() {
    type Open = fn(&Path);
    let mode = |path: &Path, mode| fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
    let mut ways: Vec<(&str, Open)> = vec![
        ("a directory for all to write", |data| fs::set_permissions(data, Permissions::from_mode(0o777)).unwrap()),
        ("a directory for all to write, sticky", |data| {
            fs::set_permissions(data, Permissions::from_mode(0o1777)).unwrap()
        }),
        ("a directory for a group to write", |data| fs::set_permissions(data, Permissions::from_mode(0o770)).unwrap()),
        ("a file for all to read", |data| {
            fs::set_permissions(data.join("prompt-runner.db"), Permissions::from_mode(0o644)).unwrap()
        }),
        ("a file for a group to read", |data| {
            fs::set_permissions(data.join("prompt-runner.db"), Permissions::from_mode(0o640)).unwrap()
        }),
        ("a file for all to write", |data| {
            fs::set_permissions(data.join("prompt-runner.db"), Permissions::from_mode(0o666)).unwrap()
        }),
        ("a log for all to read", |data| {
            fs::write(data.join("prompt-runner.db-wal"), "").unwrap();
            fs::set_permissions(data.join("prompt-runner.db-wal"), Permissions::from_mode(0o644)).unwrap();
        }),
        ("a link to a file that all may read", |data| {
            let (file, away) = (data.join("prompt-runner.db"), data.with_file_name("away"));
            fs::create_dir(&away).unwrap();
            fs::copy(&file, away.join("real.db")).unwrap();
            fs::set_permissions(away.join("real.db"), Permissions::from_mode(0o644)).unwrap();
            fs::remove_file(&file).unwrap();
            symlink(away.join("real.db"), file).unwrap();
        }),
        ("a link in the place of the log", |data| symlink("/etc/passwd", data.join("prompt-runner.db-wal")).unwrap()),
    ];
    if rustix::process::geteuid().is_root() {
        ways.push(("a directory of another user", |data| std::os::unix::fs::chown(data, Some(65_534), None).unwrap()));
        ways.push(("a file of another user", |data| {
            std::os::unix::fs::chown(data.join("prompt-runner.db"), Some(65_534), None).unwrap()
        }));
    }
    for (what, open) in &ways {
        let desk = Desk::new();
        desk.ok(&["plan", "Dark mode"]);
        let file = desk.data().join("prompt-runner.db");
        let before = fs::read(&file).unwrap();
        open(&desk.data());
        everybody(&desk, "store.exposed", what);
        assert_eq!(fs::read(&file).unwrap(), before, "{what}");
        // What is closed again is used again.
        std::os::unix::fs::chown(desk.data(), Some(rustix::process::geteuid().as_raw()), None).unwrap();
        std::os::unix::fs::chown(&file, Some(rustix::process::geteuid().as_raw()), None).unwrap();
        let _ = fs::remove_file(desk.data().join("prompt-runner.db-wal"));
        mode(&desk.data(), 0o700);
        mode(&file, 0o600);
        desk.ok(&["status"]);
    }
    tell("F97", ways.len() * 11, "questions about records that others own or may reach", "each refused");
}
