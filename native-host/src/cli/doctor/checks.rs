//! A check is data: what was looked at, how it stands, what was found and what to do. Text and JSON are two ways to print the same list.

use serde::Serialize;

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum State {
    /// As it must be.
    Ok,
    /// Not as it must be.
    Failed,
    /// Could not be looked at, or does not matter here.
    Skipped,
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Check {
    /// The browser it is about; nothing where it is about the host or the data.
    pub(super) browser: Option<String>,
    /// Its stable name.
    pub(super) name: &'static str,
    /// How it ended.
    pub(super) state: State,
    /// What was found, as a sentence.
    pub(super) finding: String,
    /// What to do, as a sentence, where there is something to do.
    pub(super) next_step: Option<String>,
}

/// The list as it grows.
#[derive(Debug, Default)]
pub(super) struct Report {
    pub(super) checks: Vec<Check>,
    pub(super) about: Option<String>,
}

impl Report {
    pub(super) fn ok(&mut self, name: &'static str, finding: impl Into<String>) {
        self.push(name, State::Ok, finding.into(), None);
    }

    pub(super) fn failed(&mut self, name: &'static str, finding: impl Into<String>, next: &str) {
        self.push(name, State::Failed, finding.into(), Some(next.to_owned()));
    }

    pub(super) fn skipped(&mut self, name: &'static str, finding: impl Into<String>) {
        self.push(name, State::Skipped, finding.into(), None);
    }

    /// Whether a check of this name failed.
    pub(super) fn has_failed(&self, name: &str) -> bool {
        self.checks.iter().any(|check| check.name == name && check.state == State::Failed)
    }

    /// Adds the check with what was found, good or bad; true when it was good.
    pub(super) fn take(&mut self, name: &'static str, result: Result<String, String>, next: &str) -> bool {
        let good = result.is_ok();
        match result {
            Ok(finding) => self.ok(name, finding),
            Err(finding) => self.failed(name, finding, next),
        }
        good
    }

    fn push(&mut self, name: &'static str, state: State, finding: String, next_step: Option<String>) {
        self.checks.push(Check { browser: self.about.clone(), name, state, finding, next_step });
    }
}

/// The list for people, and how many there are of each kind.
pub(super) fn text(checks: &[Check]) -> String {
    let count = |state| checks.iter().filter(|check| check.state == state).count();
    let (ok, failed, skipped) = (count(State::Ok), count(State::Failed), count(State::Skipped));
    format!("{}{ok} ok, {failed} failed, {skipped} skipped.\n", lines(checks))
}

/// The list alone.
pub(super) fn lines(checks: &[Check]) -> String {
    let mut text = String::new();
    let mut heading = None;
    for check in checks {
        let about = check.browser.as_deref().unwrap_or("host and data");
        if heading != Some(about) {
            text.push_str(&format!("{about}\n"));
            heading = Some(about);
        }
        let state = match check.state {
            State::Ok => "ok",
            State::Failed => "FAILED",
            State::Skipped => "skipped",
        };
        text.push_str(&format!("  {state:<8}{:<22}{}\n", check.name, check.finding));
        if let Some(next) = &check.next_step {
            text.push_str(&format!("{:32}-> {next}\n", ""));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_says_state_name_finding_and_next_step() {
        let mut report = Report { about: Some("chromium".into()), ..Report::default() };
        report.ok("manifest.json", "Good.");
        report.about = None;
        report.failed("host.answer", "It is silent.", "Install it again.");
        let text = text(&report.checks);
        assert!(text.starts_with("chromium\n  ok      manifest.json"), "{text}");
        assert!(text.contains("FAILED  host.answer") && text.contains("-> Install it again.\n"));
        assert!(text.ends_with("1 ok, 1 failed, 0 skipped.\n"));
    }
}
