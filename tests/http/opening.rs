//! On a terminal a browser is opened, by a program whose words others can see: what it is given is good once.
#![cfg(target_os = "linux")]

use crate::server::{Answer, LIMIT, Server};
use serde_json::json;
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Stands in for the program that opens a browser: keeps the address that it is given. It comes whole or not at all.
const OPENER: &str = "#!/bin/sh\nprintf %s \"$1\" > opened.new && mv opened.new opened\n";

fn enter(server: &Server, ticket: &str) -> Answer {
    server.send(
        server.good("/api/v1/enter", &json!({ "ticket": ticket }).to_string()).replace("Authorization", "X").as_bytes(),
    )
}

#[test]
fn the_address_that_a_browser_is_started_with_is_good_once() {
    let home = tempfile::tempdir().unwrap();
    let opener = home.path().join("xdg-open");
    std::fs::write(&opener, OPENER).unwrap();
    std::fs::set_permissions(&opener, std::fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:{}", home.path().display(), std::env::var("PATH").unwrap());
    let child = Command::new("script")
        .args(["-qec", concat!("'", env!("CARGO_BIN_EXE_prompt-runner"), "' dashboard"), "/dev/null"])
        .env("PATH", path)
        .env("PROMPT_RUNNER_DATA_DIR", home.path().join("data"))
        .env("PROMPT_RUNNER_CONFIG_DIR", home.path().join("config"))
        .current_dir(home.path())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn()
        .expect("`script` of util-linux is needed: it is the terminal of this test");
    let opened = home.path().join("opened");
    let end = Instant::now() + LIMIT;
    while !opened.exists() {
        assert!(Instant::now() < end, "no browser was opened");
        std::thread::sleep(Duration::from_millis(20));
    }
    let address = std::fs::read_to_string(opened).unwrap();
    let (port, ticket) =
        address.strip_prefix("http://127.0.0.1:").unwrap().split_once("/#ticket=").expect("a ticket, no token");
    let mut server = Server::of(child, home, port.parse().unwrap());

    assert_eq!(enter(&server, "another").status, 401);
    let entered = enter(&server, ticket);
    assert_eq!(entered.status, 200, "{entered:?}");
    assert_eq!(enter(&server, ticket).status, 401);
    entered.json()["token"].as_str().unwrap().clone_into(&mut server.token);
    assert_ne!(server.token, ticket);
    assert_eq!(server.ask(r#"{"type":"list"}"#).status, 200);
}
