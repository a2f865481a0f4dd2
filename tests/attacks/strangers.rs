//! T9: another user of the same machine, as the system's nobody: tries to read the record in every way that a user has, and to
//! connect to what listens.

use crate::answer::{self, Fault};
use crate::desk::Desk;
use crate::port::Port;
use crate::report::tell;
use serde_json::json;
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Output, Stdio};

const NOBODY: &str = "65534";
/// In the feature, the reply and nowhere else.
const SECRET: &str = "nobody-may-read-this";

/// Whether another user can be played here: that takes root's rights, those of this test or those that `sudo` gives unasked.
fn may_be_nobody() -> bool {
    let sudo = || Command::new("sudo").args(["-n", "true"]).output().is_ok_and(|output| output.status.success());
    rustix::process::geteuid().is_root() || sudo()
}

/// A shell of the other user.
fn as_nobody(script: &str, words: &[&str]) -> Output {
    let mut command = if rustix::process::geteuid().is_root() {
        Command::new("setpriv")
    } else {
        let mut sudo = Command::new("sudo");
        sudo.args(["-n", "setpriv"]);
        sudo
    };
    command.args(["--reuid", NOBODY, "--regid", NOBODY, "--clear-groups", "sh", "-c", script, "sh"]).args(words);
    command.current_dir("/").stdin(Stdio::null()).output().expect("`setpriv` of util-linux")
}

#[test]
#[allow(clippy::print_stderr, reason = "whoever runs the test learns that it tried nothing")]
fn another_user_of_the_machine_reads_nothing_and_is_let_in_nowhere() {
    if !may_be_nobody() {
        eprintln!("T9 is not tried: this test has to become another user; run it as root, or allow `sudo -n`.");
        return;
    }
    let desk = Desk::new();
    // Temporary folders are closed themselves; here only what is ours may stand in the way.
    let top = desk.project().parent().unwrap().to_owned();
    for open in [&top, &desk.project()] {
        std::fs::set_permissions(open, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    let prompt = desk.ok(&["plan", SECRET]);
    desk.ok(&["process", "--file", &desk.file("reply.md", answer::markdown(&prompt, SECRET, Fault::None))]);
    std::fs::remove_file(top.join("reply.md")).unwrap();
    let copy = top.join("copy.db").display().to_string();
    assert!(desk.command(&["db", "backup", &copy]).output().unwrap().status.success());
    // The host holds the database open, so that the files beside it are there too.
    let data = desk.data().display().to_string();
    let mut port = Port::open(&desk.data());
    assert_eq!(port.ask(&json!({ "type": "ping" }))["type"], "pong");
    let host = port.pid().to_string();
    let mut board = desk.command(&["dashboard", "--no-open"]).stdout(Stdio::piped()).spawn().unwrap();
    let mut address = String::new();
    BufReader::new(board.stdout.as_mut().unwrap()).read_line(&mut address).unwrap();
    let token = address.trim().split_once("#token=").unwrap().1.to_owned();
    let at = address.trim().strip_prefix("http://127.0.0.1:").unwrap().split('/').next().unwrap().to_owned();
    let board_pid = board.id().to_string();

    let files: Vec<String> = ["prompt-runner.db", "prompt-runner.db-wal", "prompt-runner.db-shm"]
        .map(|name| desk.data().join(name).display().to_string())
        .into();
    assert!(files.iter().all(|file| std::path::Path::new(file).exists()));
    let program = env!("CARGO_BIN_EXE_prompt-runner");
    let mut tries: Vec<(&str, Vec<&str>)> = vec![
        ("ls \"$1\"", vec![&data]),
        ("cd \"$1\"", vec![&data]),
        ("touch \"$1/new\"", vec![&data]),
        ("chmod 777 \"$1\"", vec![&data]),
        ("mv \"$1\" \"$1.away\"", vec![&data]),
        (
            "ln -s \"$1\" /tmp/prompt-runner-link-$$ && ls /tmp/prompt-runner-link-$$/; code=$?; rm -f /tmp/prompt-runner-link-$$; exit $code",
            vec![&data],
        ),
        ("cat \"$1\"", vec![&copy]),
        ("echo x >>\"$1\"", vec![&copy]),
    ];
    // Where the program itself lies in a folder that is closed, it cannot be tried.
    if as_nobody("\"$1\" --version", &[program]).status.success() {
        tries.push(("PROMPT_RUNNER_DATA_DIR=\"$1\" \"$2\" list", vec![&data, program]));
        tries.push(("PROMPT_RUNNER_DATA_DIR=\"$1\" \"$2\" plan evil --project /tmp", vec![&data, program]));
    }
    for file in &files {
        tries.extend(
            ["cat \"$1\"", "head -c 1 \"$1\"", "echo x >>\"$1\"", "rm -f \"$1\"", "ln \"$1\" /tmp/prompt-runner-$$"]
                .map(|script| (script, vec![file.as_str()])),
        );
    }
    for pid in [&host, &board_pid] {
        tries.extend(
            [
                "cat /proc/$1/environ",
                "head -c 1 /proc/$1/mem",
                "ls /proc/$1/fd",
                "ls /proc/$1/cwd/",
                "cat /proc/$1/maps",
                "echo x >/proc/$1/fd/0",
                "kill -0 $1",
                "kill -9 $1",
                "cat /proc/$1/io",
            ]
            .map(|script| (script, vec![pid.as_str()])),
        );
    }
    let mut let_through = Vec::new();
    for (script, words) in &tries {
        let output = as_nobody(script, words);
        let said = [output.stdout.as_slice(), &output.stderr].concat();
        let said = String::from_utf8_lossy(&said);
        assert!(!said.contains(SECRET) && !said.contains(&token), "{script} {words:?}: {said}");
        // A permission that is denied or a file that is not to be seen; anything else would be luck.
        if output.status.success() {
            let_through.push(format!("{script} {words:?}: {said}"));
        }
    }
    assert!(let_through.is_empty(), "{}", let_through.join("\n"));
    // What everybody may see of a process says nothing.
    for pid in [&host, &board_pid] {
        let words = as_nobody("cat /proc/$1/cmdline", &[pid]).stdout;
        assert!(!String::from_utf8_lossy(&words).contains(&token));
    }
    // Everybody may connect to a port of the machine; whoever has no token is turned down.
    let ask = "exec 3<>/dev/tcp/127.0.0.1/$1 && printf \"$2\" >&3 && cat <&3";
    let guess = "0".repeat(64);
    let requests = ["", &guess, "Bearer"].map(|guess| {
        let body = r#"{"type":"list"}"#;
        format!(
            "POST /api/v1/request HTTP/1.1\\r\\nHost: 127.0.0.1:{at}\\r\\nAuthorization: Bearer {guess}\\r\\nContent-Type: application/json\\r\\nContent-Length: {}\\r\\nConnection: close\\r\\n\\r\\n{body}",
            body.len()
        )
    });
    for request in &requests {
        let output = as_nobody("exec bash -c \"$1\" bash \"$2\" \"$3\"", &[ask, &at, request]);
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(said.starts_with("HTTP/1.1 401"), "{said}{}", String::from_utf8_lossy(&output.stderr));
        assert!(!said.contains(SECRET));
    }
    board.kill().unwrap();
    board.wait().unwrap();
    assert!(port.end().status.success(), "the host is as it was");
    tell(
        "T9",
        tries.len() + requests.len(),
        "ways of another user (uid 65534) to read, change or connect",
        "all refused",
    );
}
