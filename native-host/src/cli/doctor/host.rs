//! The checks of the host: is it there, is it safe to start, and does it answer as a browser would have it?
//! It is only started when nobody else can have changed it.

use super::checks::Report;
use super::files;
use super::ping::{Fault, LIMIT, arguments, ask};
use crate::browsers::{Environment, Family, InstallError};
use prompt_runner_core::protocol::answer::Pong;
use prompt_runner_core::refusal::Refusal;
use std::path::PathBuf;

/// What the host answered, if it answered at all.
pub(super) fn inspect(
    report: &mut Report,
    environment: &Environment,
    host: Result<PathBuf, InstallError>,
    caller: Family,
) -> Option<Result<Pong, Refusal>> {
    let again = "Install Prompt-Runner again, both programs into one directory that only you can change.";
    let host = match host {
        Ok(host) => host,
        Err(error) => {
            report.failed("host.present", error.to_string(), again);
            return None;
        }
    };
    report.ok("host.present", format!("The host is {}.", host.display()));
    let started = report.take("host.executable", files::executable(&host), again);
    let guarded = report.take("host.guarded", files::guarded(&host, &environment.home), again);
    if !(started && guarded) {
        report.skipped("host.answer", "The host was not started, because a check before this one failed.");
        return None;
    }
    let pong = match ask(&host, &arguments(caller), LIMIT) {
        Ok(pong) => pong,
        Err(Fault::Refused(refusal)) if refusal.code.name().starts_with("store.") => {
            report.ok("host.answer", "The host answers, but cannot use its database.");
            return Some(Err(refusal));
        }
        Err(Fault::Refused(refusal)) => {
            report.failed("host.answer", format!("It refuses: {refusal}"), &refusal.hint);
            return None;
        }
        Err(Fault::Mute(finding)) => {
            report.failed("host.answer", finding, again);
            return None;
        }
    };
    report.ok("host.answer", "The host answers.");
    let own = env!("CARGO_PKG_VERSION");
    let version = match pong.version.as_str() {
        version if version == own => Ok(format!("Its version is {own}, as this program's.")),
        version => Err(format!("Its version is {version:?}, but this program's is {own}.")),
    };
    report.take("host.version", version, again);
    Some(Ok(pong))
}
