//! Proxies of the environment, in processes of their own: these tests start themselves again, because an environment belongs to a process.

use crate::listener::{Listener, PROMPT, ask, text};
use crate::replies::{Dialect, KEY, REPLY};
use crate::server::{Server, response, stream};
use runner::testing::ProviderError;
use std::process::Command;
use std::time::Duration;

const URL: &str = "PROMPT_RUNNER_TEST_URL";
const PATIENT: Duration = Duration::from_secs(20);

/// Runs one test of this program again, with this address to ask and this proxy.
fn again(test: &str, url: &str, proxy: &str) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    for name in ["ALL_PROXY", "all_proxy", "https_proxy", "http_proxy", "NO_PROXY", "no_proxy"] {
        command.env_remove(name);
    }
    let output = command
        .args(["--exact", &format!("proxies::{test}"), "--nocapture"])
        .envs([(URL, url), ("HTTPS_PROXY", proxy), ("HTTP_PROXY", proxy)])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn a_server_on_this_machine_is_not_asked_through_a_proxy() {
    let dialect = Dialect::OpenAi;
    if let Ok(url) = std::env::var(URL) {
        let outcome = ask(&mut *dialect.provider(&url, PATIENT), PROMPT, None, &mut Listener::default());
        assert_eq!(text(outcome).as_deref(), Ok(REPLY));
        return;
    }
    let proxy = Server::new(vec![response("502 Bad Gateway", "", "")]);
    let server = Server::new(vec![stream(&dialect.whole())]);
    again("a_server_on_this_machine_is_not_asked_through_a_proxy", &server.url, &proxy.url);
    assert_eq!((server.asked().len(), proxy.asked().len()), (1, 0));
}

#[test]
fn a_proxy_is_asked_for_a_way_and_told_no_key() {
    if let Ok(url) = std::env::var(URL) {
        let provider = &mut *Dialect::Anthropic.provider(&url, PATIENT);
        let error = ask(provider, PROMPT, None, &mut Listener::default()).unwrap_err();
        assert!(matches!(error, ProviderError::Unreachable { .. }), "{error:?}");
        assert!(!error.to_string().contains(KEY));
        return;
    }
    let proxy = Server::new(vec![response("403 Forbidden", "", "")]);
    again("a_proxy_is_asked_for_a_way_and_told_no_key", "https://api.example", &proxy.url);
    let [asked] = proxy.asked().try_into().unwrap();
    assert!(asked.head.starts_with("connect api.example:443 "), "{}", asked.head);
    assert!(!asked.head.contains(KEY));
}
