//! E96 and E97: what no program expects. Words that are no text, clocks that were never set, a system that gives no thread, and plans
//! that are refused late. Nothing breaks, each is answered, and what was refused has left nothing behind.

use crate::desk::{Desk, PROGRAM};
use crate::port::{CALLER, Port};
use crate::report::tell;
use serde_json::json;
use std::ffi::OsString;
use std::fs::{self, Permissions};
use std::io::Write as _;
use std::os::unix::ffi::OsStringExt as _;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

const HOST: &str = env!("CARGO_BIN_EXE_prompt-runner-host");

/// It ended by itself, and not by a fault of its own.
fn whole(output: &Output, what: &str) {
    let err = String::from_utf8_lossy(&output.stderr);
    let code = output.status.code().unwrap_or_else(|| panic!("{what}: {}: {err}", output.status));
    assert!(code < 9, "{what}: {code}: {err}");
    assert!(!err.contains("panicked") && !err.contains("program.fault"), "{what}: {err}");
}

#[test]
fn whatever_the_words_no_program_breaks() {
    let odd: Vec<OsString> = [
        &b""[..],
        b" ",
        b"-",
        b"--",
        b"---",
        b"--=",
        b"-\xff",
        b"\xff\xfe",
        b"a\xffb",
        b"--project=\xff",
        b"--session=\xff",
        b"\x1b]52;c;ZXZpbA==\x07",
        b"\n",
        b"\r\n",
        "\u{202e}".as_bytes(),
        "\u{feff}".as_bytes(),
        "\u{0}é".trim_start_matches('\0').as_bytes(),
        b"18446744073709551616",
        b"-9223372036854775809",
        b"1e999",
        b"NaN",
        b"*",
        b"%s%n",
        b"../../..",
        b"/proc/self/mem",
        b"--json",
        b"--help",
        b"--version",
        b"@x",
        b"\xed\xa0\x80",
        b"\xf4\x90\x80\x80",
    ]
    .into_iter()
    .map(|bytes| OsString::from_vec(bytes.to_vec()))
    .chain([OsString::from("x".repeat(131_000)), OsString::from_vec(vec![0xff; 131_000]), "ä".repeat(65_000).into()])
    .collect();
    let before: [&[&str]; 14] = [
        &[],
        &["plan"],
        &["status"],
        &["status", "--session"],
        &["show"],
        &["process", "--file"],
        &["list", "--limit"],
        &["stats"],
        &["stats", "--since"],
        &["template", "show"],
        &["db", "backup"],
        &["db", "prune", "--older-than"],
        &["rate"],
        &["read"],
    ];
    let desk = Desk::new();
    let mut tried = 0;
    for first in before {
        for word in &odd {
            let output = desk.command(first).arg(word).output().unwrap();
            whole(&output, &format!("{first:?} {:?}", word.to_string_lossy().chars().take(40).collect::<String>()));
            tried += 1;
        }
    }
    for word in &odd {
        for second in &odd[..12] {
            let mut host = Command::new(HOST);
            host.arg(word).arg(second).env("PROMPT_RUNNER_DATA_DIR", desk.data()).stdin(Stdio::null());
            whole(&host.output().unwrap(), "the host");
            tried += 1;
        }
    }
    // Times that end after the clock does.
    for seconds in ["0", "18446744073709551615", "9223372036854775807", "9223372036854775808"] {
        for option in ["--timeout", "--auto-retry-for"] {
            let words = [
                "flow",
                "Dark mode",
                "--provider",
                "command",
                "--command",
                "false",
                option,
                seconds,
                "--auto-retry",
                "0",
            ];
            whole(&desk.command(&words).output().unwrap(), &format!("{option} {seconds}"));
            tried += 1;
        }
    }
    // What else a program is handed: variables, and no words at all.
    let bad = OsString::from_vec(b"/tmp/\xff\xfe/none".to_vec());
    for name in [
        "HOME",
        "XDG_DATA_HOME",
        "XDG_CONFIG_HOME",
        "TZ",
        "LANG",
        "PATH",
        "COLUMNS",
        "NO_COLOR",
        "EDITOR",
        "DISPLAY",
        "\u{e9}",
    ] {
        for words in [&["status"][..], &["list"], &["plan", "x"], &["stats"]] {
            whole(&desk.command(words).env(name, &bad).output().unwrap(), name);
            tried += 1;
        }
    }
    use std::os::unix::process::CommandExt as _;
    for program in [PROGRAM, HOST] {
        let mut nameless = Command::new(program);
        nameless.arg0("").env("PROMPT_RUNNER_DATA_DIR", desk.data()).stdin(Stdio::null());
        whole(&nameless.output().unwrap(), "no name");
        tried += 1;
    }
    tell("E97", tried, "words, times and variables", "each done or refused, no program broke");
}

fn clockwork() -> Option<PathBuf> {
    let folders = fs::read_dir("/usr/lib").ok()?.flatten().map(|entry| entry.path().join("faketime/libfaketime.so.1"));
    folders.chain(["/usr/lib64/faketime/libfaketime.so.1".into()]).find(|path| path.is_file())
}

#[test]
#[allow(clippy::print_stderr, reason = "whoever runs the test learns that it tried nothing")]
fn whatever_the_clock_says_a_session_goes_on() {
    let Some(library) = clockwork() else {
        eprintln!("Clocks are not tried: libfaketime is not here; `cargo xtask faults` installs it.");
        return;
    };
    let clocks = [
        "-57y",
        "-80y",
        "-120y",
        "@1970-01-01 00:00:00",
        "@1969-12-31 23:59:59",
        "+12y",
        "+100y",
        "+200y",
        "@2038-01-19 03:14:08",
        "@9999-12-31 23:59:59",
        "+9000y",
        "+20000y",
    ];
    let mut tried = 0;
    for clock in clocks {
        for zone in ["UTC", "Asia/Tokyo", "America/Los_Angeles", "Nowhere/None"] {
            let desk = Desk::new();
            let odd = |command: &mut Command| {
                command
                    .env("LD_PRELOAD", &library)
                    .env("FAKETIME", clock)
                    .env("FAKETIME_DONT_FAKE_MONOTONIC", "1")
                    .env("TZ", zone);
            };
            for words in [
                &["plan", "Dark mode"][..],
                &["status"],
                &["list"],
                &["stats"],
                &["db", "prune", "--older-than", "30"],
                &["status", "--short"],
            ] {
                let mut command = desk.command(words);
                odd(&mut command);
                let output = command.output().unwrap();
                whole(&output, &format!("{clock} {zone} {words:?}"));
                tried += 1;
            }
            // The host answers, then the clock is mended.
            let mut host = Command::new(HOST);
            host.arg(format!("{}/", CALLER.trim_end())).env("PROMPT_RUNNER_DATA_DIR", desk.data());
            odd(&mut host);
            let logs = tempfile::tempdir().unwrap();
            let mut port = Port::start(&mut host, logs.path());
            assert_eq!(port.ask(&json!({ "type": "list" }))["type"], "sessions", "{clock} {zone}");
            assert!(port.end().status.success(), "{clock} {zone}");
            desk.ok(&["plan", "Light mode"]);
            desk.ok(&["status"]);
        }
    }
    tell("E97", tried, "commands at odd clocks", "each done or refused, the record goes on when the clock is right");
}

#[test]
#[allow(clippy::print_stderr, reason = "whoever runs the test learns that it tried nothing")]
fn without_another_thread_there_is_a_refusal() {
    if !rustix::process::geteuid().is_root() {
        eprintln!("Limits of threads are not tried: this test has to become a user who has none.");
        return;
    }
    // Nobody else runs as this user, so that the limit counts what is started here alone.
    const USER: &str = "61234";
    let mut tried = 0;
    let home = tempfile::tempdir().unwrap();
    for program in [PROGRAM, HOST] {
        let name = std::path::Path::new(program).file_name().unwrap();
        fs::copy(program, home.path().join(name)).unwrap();
    }
    for folder in ["shop", "shop/.git", "data"] {
        fs::create_dir(home.path().join(folder)).unwrap();
    }
    for path in ["", "shop", "shop/.git", "data"] {
        std::os::unix::fs::chown(home.path().join(path), Some(61_234), Some(61_234)).unwrap();
    }
    fs::set_permissions(home.path().join("data"), Permissions::from_mode(0o700)).unwrap();
    for threads in 1..=4 {
        let limited = |words: &[&str], input: &[u8]| {
            let mut command = Command::new("setpriv");
            command.args([
                "--reuid",
                USER,
                "--regid",
                USER,
                "--clear-groups",
                "prlimit",
                &format!("--nproc={threads}:{threads}"),
            ]);
            command.arg(home.path().join(words[0])).args(&words[1..]).current_dir(home.path().join("shop"));
            command.env("HOME", home.path()).env("PROMPT_RUNNER_DATA_DIR", home.path().join("data"));
            command.env("PROMPT_RUNNER_CONFIG_DIR", home.path().join("config"));
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
            let mut child = command.spawn().unwrap();
            let _ = child.stdin.take().unwrap().write_all(input);
            let output = child.wait_with_output().unwrap();
            whole(&output, &format!("{threads}: {words:?}"));
            output
        };
        for words in [
            &["prompt-runner", "plan", "Dark mode", "--copy-prompt"][..],
            &["prompt-runner", "status"],
            &[
                "prompt-runner",
                "flow",
                "Dark mode",
                "--provider",
                "command",
                "--command",
                "cat",
                "--timeout",
                "2",
                "--auto-retry",
                "0",
            ],
            &["prompt-runner", "doctor"],
            &["prompt-runner", "stats"],
        ] {
            limited(words, b"");
            tried += 1;
        }
        let ping = json!({ "v": 1, "id": "a", "request": { "type": "ping" } }).to_string();
        let frame = [&u32::try_from(ping.len()).unwrap().to_ne_bytes()[..], ping.as_bytes()].concat();
        let answered = limited(&["prompt-runner-host", &format!("{}/", CALLER.trim_end())], &frame);
        assert!(answered.stdout.len() > 4, "{threads}: the host answers all the same");
        tried += 1;
    }
    tell("E97", tried, "commands without threads", "each done or refused, no program broke");
}

/// What this command says where no file may grow.
fn without_room(command: &Command) -> Command {
    let mut limited = Command::new("prlimit");
    limited.arg("--fsize=0:0").arg(command.get_program()).args(command.get_args());
    limited.current_dir(command.get_current_dir().unwrap_or(std::path::Path::new("/")));
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => limited.env(name, value),
            None => limited.env_remove(name),
        };
    }
    limited
}

#[test]
fn where_no_file_may_grow_there_is_a_refusal() {
    let mut tried = 0;
    for there in [false, true] {
        let desk = Desk::new();
        if there {
            desk.ok(&["plan", "Dark mode"]);
        }
        let before = there.then(|| desk.record());
        for words in [
            &["plan", "Light mode"][..],
            &["status"],
            &["status", "--short"],
            &["list"],
            &["stats"],
            &["show"],
            &["skip"],
            &["rate", "5"],
            &["abandon"],
            &["db", "verify"],
            &["doctor"],
            &["template", "list"],
        ] {
            let output = without_room(&desk.command(words)).output().unwrap();
            whole(&output, &format!("{there} {words:?}"));
            let said = String::from_utf8_lossy(&output.stderr);
            // The others have no need of the record: the glance shows nothing where it cannot be read, and the doctor says what is wrong.
            if !["doctor", "template"].contains(&words[0]) && !words.contains(&"--short") {
                assert!(said.contains("store.full") && output.status.code() == Some(6), "{there} {words:?}: {said}");
            }
            // The same where what is printed goes into a file.
            let out = fs::File::create(desk.data().with_file_name("out")).unwrap();
            let output = without_room(&desk.command(words)).stdout(out).output().unwrap();
            whole(&output, &format!("{there} {words:?} into a file"));
            tried += 2;
        }
        let mut host = Command::new(HOST);
        host.arg(format!("{}/", CALLER.trim_end())).env("PROMPT_RUNNER_DATA_DIR", desk.data());
        let logs = tempfile::tempdir().unwrap();
        let mut port = Port::start(&mut without_room(&host), logs.path());
        let answer = port.ask_any(&json!({ "type": "start", "feature": "Light mode" }));
        assert_eq!(answer["refusal"]["code"], "store.full", "{there}: {answer}");
        assert!(port.end().status.success());
        if let Some(before) = before {
            assert_eq!(desk.record(), before);
        }
        tried += 1;
    }
    tell("E97", tried, "commands where no file may grow", "each done or refused, no program was ended by the system");
}

#[test]
fn a_plan_that_is_refused_leaves_no_session() {
    type Spoil = fn(&Desk);
    fn template(desk: &Desk, text: &[u8]) {
        let folder = desk.project().join(".prompt-runner/templates");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("planning.md.jinja"), text).unwrap();
    }
    fn folder(desk: &Desk) -> PathBuf {
        let folder = desk.project().join(".prompt-runner");
        fs::create_dir_all(&folder).unwrap();
        folder
    }
    let plain: &[&str] = &["plan", "Light mode"];
    let kept: &[&str] = &["plan", "Light mode", "--save-to-file"];
    let spoilt: [(&str, &[&str], Spoil); 15] = [
        ("a template that is none", plain, |desk| template(desk, b"{{ ")),
        ("one that names what is not there", plain, |desk| template(desk, b"{{ nothing.of.this }}")),
        ("one without end", plain, |desk| {
            template(desk, b"{% for x in range(99999999) %}{% for y in range(99999) %}x{% endfor %}{% endfor %}")
        }),
        ("one that is no text", plain, |desk| template(desk, b"\xff\xfe\x00\xd8")),
        ("one that is a folder", plain, |desk| {
            fs::create_dir_all(folder(desk).join("templates/planning.md.jinja")).unwrap()
        }),
        ("one that leads out of the project", plain, |desk| {
            fs::create_dir_all(folder(desk).join("templates")).unwrap();
            symlink("/etc/passwd", folder(desk).join("templates/planning.md.jinja")).unwrap();
        }),
        ("a folder in the place of the active session", plain, |desk| {
            fs::create_dir(folder(desk).join("active-session")).unwrap()
        }),
        ("a file in the place of our folder", plain, |desk| {
            fs::write(desk.project().join(".prompt-runner"), "").unwrap()
        }),
        ("our folder leads out of the project", plain, |desk| {
            symlink("/var", desk.project().join(".prompt-runner")).unwrap()
        }),
        ("a file in the place of the prompts", kept, |desk| fs::write(folder(desk).join("prompts"), "").unwrap()),
        ("prompts that lead out of the project", kept, |desk| symlink("/var", folder(desk).join("prompts")).unwrap()),
        ("prompts that lead nowhere", kept, |desk| symlink("nowhere", folder(desk).join("prompts")).unwrap()),
        ("no such workflow", &["plan", "Light mode", "--workflow", "none"], |_| {}),
        ("no feature", &["plan", " "], |_| {}),
        ("no such project", &["plan", "Light mode", "--project", "nowhere"], |_| {}),
    ];
    for (what, words, spoil) in spoilt {
        let desk = Desk::new();
        // A session of another project: what was there stays, and is all that is there.
        let other = desk.data().with_file_name("other");
        fs::create_dir_all(other.join(".git")).unwrap();
        desk.ok(&["plan", "Dark mode", "--project", other.to_str().unwrap()]);
        let before = desk.record();
        spoil(&desk);
        let refused = desk.run(words);
        assert!(refused.code.is_some_and(|code| code != 0) && refused.out.is_empty(), "{what}: {refused:?}");
        assert_eq!(desk.record(), before, "{what}: {refused:?}");
        assert!(!desk.project().join(".prompt-runner/active-session").is_file(), "{what}");
    }
    tell("E96", spoilt.len(), "plans that are refused", "none left a session");
}
