//! Real commands: small models made of `sh`, and all that they can do wrong.

use crate::listener::{Listener, PROMPT, ask, text};
use prompt_runner_core::event::Source;
use runner::ProviderEvent;
use runner::testing::{Outcome, Program, ProviderError};
use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// Nothing here takes so long unless it hangs.
const BOUND: Duration = Duration::from_secs(30);

fn program(command: &str) -> Program {
    Program::new(command, BOUND).unwrap()
}

fn sh(script: &str) -> Program {
    program(&format!("sh -c {}", shlex(script)))
}

/// As one word.
fn shlex(script: &str) -> String {
    format!("'{}'", script.replace('\'', r"'\''"))
}

fn run(program: &mut Program, prompt: &str) -> Result<String, ProviderError> {
    text(ask(program, prompt, None, &mut Listener::default()))
}

#[test]
fn a_command_gets_the_prompt_and_gives_the_reply_to_the_letter() {
    let mut listener = Listener::default();
    let outcome = ask(&mut program("cat"), PROMPT, None, &mut listener).unwrap();
    let Outcome::Reply(answer) = outcome else { panic!("nobody stored anything") };
    assert_eq!((answer.text.as_str(), answer.source), (PROMPT, Source::Command));
    assert!(answer.timing.span_ms.is_some() && answer.timing.first_token_ms >= answer.timing.sent_ms);
    let bytes = PROMPT.len() as u64;
    assert_eq!(listener.heard, [ProviderEvent::Sent, ProviderEvent::Growing { bytes }]);
    let large = "0123456789abcdef".repeat(100_000);
    assert_eq!(run(&mut program("cat"), &large).as_deref(), Ok(large.as_str()), "both pipes are fuller than they hold");
}

#[test]
fn no_shell_reads_the_command_and_it_runs_in_the_project() {
    let printed = run(&mut program(r#"printf '%s|' '$HOME' "two words" ; '&&' `ls`"#), "").unwrap();
    assert_eq!(printed, "$HOME|two words|;|&&|`ls`|");
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().canonicalize().unwrap();
    let outcome = ask(&mut program("pwd"), PROMPT, Some(&folder), &mut Listener::default());
    assert_eq!(text(outcome).unwrap().trim_end(), folder.to_str().unwrap());
}

#[test]
fn what_a_command_does_wrong_is_said_with_its_own_words() {
    let long = "sh -c 'yes x | head -c 100000 >&2; echo the end >&2; exit 1'";
    for (command, said) in [
        ("sh -c 'echo model not found >&2; exit 3'", &["exit status: 3", "“model not found”"][..]),
        ("sh -c 'cat >/dev/null; exit 1'", &["exit status: 1", "nothing"]),
        ("sh -c 'kill -9 $$'", &["signal: 9"]),
        ("sh -c 'echo half a reply; exit 2'", &["exit status: 2", "It printed: “half a reply”"]),
        ("sh -c 'echo Credit is used up; echo debug >&2; exit 1'", &["said: “debug”", "printed: “Credit is used up”"]),
        ("sh -c 'echo bad token >&2'", &["printed no reply", "“bad token”"]),
        ("sh -c 'echo; echo not logged in >&2'", &["printed no reply", "“not logged in”"]),
        ("true", &["printed no reply", "nothing"]),
        ("sh -c 'printf \"\\033]52;c;eA==\\007red\"; exit 1'", &["“]52;c;eA== red”"]),
        ("sh -c 'printf \"\\377caf\\351\"; exit 1'", &["“\u{fffd}caf\u{fffd}”"]),
        ("sh -c 'yes x | head -c 100000; echo the end; exit 1'", &["exit status: 1", "the end”"]),
        ("sh -c 'kill -9 $$; echo'", &["signal: 9"]),
        ("sh -c 'echo killed by me; kill -9 $$'", &["signal: 9", "“killed by me”"]),
        ("sh -c 'echo reply; exec >&- 2>&-; sleep 0.2; exit 4'", &["exit status: 4"]),
        ("sh -c 'printf \"caf\\351\"'", &["UTF-8"]),
        ("/nowhere/at/all", &["cannot be started"]),
        (long, &["exit status: 1", "the end"]),
    ] {
        let error = run(&mut program(command), PROMPT).unwrap_err();
        let ProviderError::Command { finding, .. } = &error else { panic!("{command}: {error:?}") };
        assert!(said.iter().all(|said| finding.contains(said)), "{said:?} in {error}");
        let words = error.to_string();
        assert!(words.ends_with('.') && !words.contains('\n') && words.len() < 4_500, "{words}");
    }
    for command in ["", "  ", "cat 'without end"] {
        assert!(matches!(Program::new(command, BOUND), Err(ProviderError::Settings { .. })), "{command:?}");
    }
}

#[test]
fn a_command_need_not_read_its_prompt_nor_be_quiet() {
    let large = "x".repeat(1 << 20);
    for script in [
        "exec <&-; echo reply",
        "echo reply",
        "head -c 10 >/dev/null; echo reply",
        "cat >/dev/null; yes noise | head -c 1000000 >&2; echo reply",
    ] {
        assert_eq!(run(&mut sh(script), &large).as_deref(), Ok("reply\n"), "{script}");
    }
}

#[test]
fn a_reply_without_end_is_cut_off() {
    let begun = Instant::now();
    assert_eq!(run(&mut program("yes"), PROMPT), Err(ProviderError::TooLarge));
    assert!(begun.elapsed() < BOUND);
}

#[test]
fn what_a_command_leaves_running_is_not_waited_for() {
    let begun = Instant::now();
    assert_eq!(run(&mut sh("sleep 60 & echo reply"), PROMPT).as_deref(), Ok("reply\n"));
    assert!(begun.elapsed() < BOUND);
}

#[test]
fn a_command_that_hangs_is_ended_in_time() {
    let limit = Duration::from_millis(300);
    for script in
        ["exec sleep 1000", "exec >&- 2>&-; exec sleep 1000", "trap '' TERM INT HUP; while :; do sleep 1; done"]
    {
        let begun = Instant::now();
        let mut program = Program::new(&format!("sh -c {}", shlex(script)), limit).unwrap();
        assert_eq!(run(&mut program, PROMPT), Err(ProviderError::TimedOut { limit }), "{script}");
        assert!(begun.elapsed() < BOUND, "{script}");
    }
}

/// A script whose child holds a named pipe open as long as it lives, and what is read from the pipe: a line, and then its end.
fn family(folder: &Path) -> (String, Receiver<String>) {
    let pipe = folder.join("alive");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let script = format!("(echo up; exec sleep 1000) > {} & wait", pipe.display());
    let (send, receive) = channel();
    std::thread::spawn(move || {
        let mut pipe = File::open(pipe).unwrap();
        let mut line = [0; 3];
        pipe.read_exact(&mut line).unwrap();
        send.send("up".to_owned()).unwrap();
        let mut rest = String::new();
        pipe.read_to_string(&mut rest).unwrap();
        send.send(rest).unwrap();
    });
    (script, receive)
}

#[test]
fn when_another_door_stores_the_reply_the_command_ends_with_all_its_children() {
    let home = tempfile::tempdir().unwrap();
    let (script, alive) = family(home.path());
    let stored = || alive.try_recv().is_ok_and(|line| line == "up");
    let mut listener = Listener { stored: Box::new(stored), ..Listener::default() };
    assert_eq!(ask(&mut sh(&script), PROMPT, None, &mut listener), Ok(Outcome::Stored));
    drop(listener);
    assert_eq!(alive.recv_timeout(BOUND).as_deref(), Ok(""), "the child of the command still lives");
}

/// Ways in which a child leaves the family that it was born into; `@` is what it then does for ever.
#[cfg(target_os = "linux")]
const RUNAWAYS: [&str; 11] = [
    "@",
    "setsid sh -c '@' & sleep 1000",
    "setsid -f sh -c '@'; sleep 1000",
    "setsid setsid -f sh -c '@'; sleep 1000",
    "nohup setsid -f sh -c '@'; sleep 1000",
    "env -i /usr/bin/setsid -f sh -c '@'; sleep 1000",
    "(env -i /usr/bin/setsid sh -c '@' &); sleep 1000",
    "(trap \"\" HUP TERM INT; @) & sleep 1000",
    "(setsid sh -c 'trap \"\" TERM; (setsid sh -c \"@\" &)' &); sleep 1000",
    "bash -c 'set -m; (@) & disown; sleep 1000'",
    "setsid -f sh -c 'while :; do sleep 0.05 & wait; done & @'; sleep 1000",
];

#[cfg(target_os = "linux")]
#[test]
fn nothing_that_a_command_started_outlives_its_time_limit() {
    for (at, runaway) in RUNAWAYS.iter().enumerate() {
        let home = tempfile::tempdir().unwrap();
        let pipe = home.path().join("alive");
        assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let script = runaway.replace('@', &format!("(echo up; exec sleep 1000) > {}", pipe.display()));
        let (send, alive) = channel();
        std::thread::spawn(move || {
            let mut all = String::new();
            File::open(pipe).unwrap().read_to_string(&mut all).unwrap();
            send.send(all).unwrap();
        });
        let limit = Duration::from_secs(2);
        let mut program = Program::new(&format!("sh -c {}", shlex(&script)), limit).unwrap();
        let outcome = run(&mut program, PROMPT);
        assert_eq!(outcome, Err(ProviderError::TimedOut { limit }), "{runaway}");
        // Its end of the pipe is closed by its own end and by nothing else.
        assert_eq!(alive.recv_timeout(BOUND).as_deref(), Ok("up\n"), "{at}: {runaway} still lives");
    }
}

/// In a container our own session began outside, and the kernel names it 0.
#[cfg(target_os = "linux")]
#[test]
fn a_session_that_began_outside_of_the_container_is_one_too() {
    let inside = |command: &str, args: &[&str]| {
        let mut outer = Command::new("unshare");
        outer.args(["--user", "--map-root-user", "--pid", "--fork", "--mount-proc", command]).args(args);
        outer.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
    };
    if !inside("true", &[]) {
        eprintln!("This machine lets nobody make a container: not tried.");
        return;
    }
    let own = std::env::current_exe().unwrap();
    let test = "commands::nothing_that_a_command_started_outlives_its_time_limit";
    assert!(inside(own.to_str().unwrap(), &["--exact", test]), "{test} fails inside of a container");
}

/// In a process of its own, because Ctrl-C ends it: this test starts itself again.
#[test]
fn ctrl_c_ends_the_command_with_all_its_children() {
    const SCRIPT: &str = "PROMPT_RUNNER_TEST_SCRIPT";
    if let Ok(script) = std::env::var(SCRIPT) {
        let _ = run(&mut sh(&script), PROMPT);
        return;
    }
    for signal in ["INT", "TERM", "HUP"] {
        let home = tempfile::tempdir().unwrap();
        let (script, alive) = family(home.path());
        let mut again = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "commands::ctrl_c_ends_the_command_with_all_its_children"])
            .env(SCRIPT, script)
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        assert_eq!(alive.recv_timeout(BOUND).as_deref(), Ok("up"));
        let id = again.id().to_string();
        assert!(Command::new("kill").args(["-s", signal, &id]).status().unwrap().success());
        assert_eq!(alive.recv_timeout(BOUND).as_deref(), Ok(""), "{signal}: the child of the command still lives");
        let status = again.wait().unwrap();
        assert_eq!(status.code(), None, "{signal}: it ended as by the signal, not as after a reply: {status}");
    }
}

#[test]
fn signals_do_what_they_always_do_once_the_command_has_ended() {
    const MARK: &str = "PROMPT_RUNNER_TEST_SIGNAL";
    static ENDED: AtomicBool = AtomicBool::new(false);
    if std::env::var(MARK).is_ok() {
        assert_eq!(run(&mut program("cat"), PROMPT).as_deref(), Ok(PROMPT));
        ENDED.store(true, Ordering::SeqCst);
        let id = std::process::id().to_string();
        assert!(Command::new("kill").args(["-s", "INT", &id]).status().unwrap().success());
        std::thread::sleep(BOUND);
        return;
    }
    let status = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "commands::signals_do_what_they_always_do_once_the_command_has_ended"])
        .env(MARK, "1")
        .stdout(Stdio::null())
        .status()
        .unwrap();
    assert_eq!(status.code(), None, "{status}");
}
