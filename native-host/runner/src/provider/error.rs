//! Why no reply came, as a sentence for people, as a kind for the retry, and as a refusal for the doors.

use crate::clipboard::ClipboardError;
use prompt_runner_core::refusal::{Code, Refusal};
use std::path::PathBuf;
use std::time::Duration;

/// Why there is no reply. No message holds a key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs, reason = "the messages say it, and the fields are what they name")]
pub enum ProviderError {
    /// No provider has this name.
    #[error("There is no provider “{name}”; there are {known}.")]
    Unknown { name: String, known: String },
    /// The settings cannot be read, or do not fit together.
    #[error("{place}: {finding}")]
    Settings { place: String, finding: String },
    /// A key would go over the network for everybody to read.
    #[error("A key goes to {host} only over https, not over http.")]
    Insecure { host: String },
    /// There is no key, or none that can be one.
    #[error("{finding}")]
    KeyMissing { finding: String },
    /// The server cannot be reached.
    #[error("{host} cannot be reached: {finding}.")]
    Unreachable { host: String, finding: String },
    /// The server has too much to do, or is out of order.
    #[error("{host} does not answer now ({status}): {finding}")]
    Busy { host: String, status: String, finding: String, after: Option<Duration> },
    /// The server turns the request down, and would do so again.
    #[error("{host} turns this down ({status}): {finding}")]
    Refused { host: String, status: String, finding: String },
    /// The server fell silent.
    #[error("{host} said nothing for {}.", span(*.silent))]
    Stalled { host: String, silent: Duration },
    /// The reply did not come in the time that it was given.
    #[error("No reply came within {}.", span(*.limit))]
    TimedOut { limit: Duration },
    /// The answer broke off, or is not one.
    #[error("The answer of {host} is no reply: {finding}.")]
    Broken { host: String, finding: String },
    /// The server ended its answer, and there was no text in it.
    #[error("{host} sent no text: {finding}")]
    NoText { host: String, finding: String, next: &'static str },
    /// More text came than a reply may have.
    #[error("The reply is larger than 16 MiB.")]
    TooLarge,
    /// The file for the reply cannot be read.
    #[error("{} cannot be read: {finding}.", path.display())]
    File { path: PathBuf, finding: String },
    /// There is no clipboard, or it holds what cannot be taken.
    #[error(transparent)]
    Clipboard(#[from] ClipboardError),
    /// The command cannot be run, or failed.
    #[error("The command “{command}” {finding}")]
    Command { command: String, finding: String },
}

impl ProviderError {
    /// Whether the same request may well succeed a little later.
    #[must_use]
    pub const fn is_transient(&self) -> bool {
        matches!(self, Self::Unreachable { .. } | Self::Busy { .. } | Self::Stalled { .. } | Self::Broken { .. })
    }
}

impl From<ProviderError> for Refusal {
    fn from(error: ProviderError) -> Self {
        let code = match &error {
            ProviderError::Clipboard(error) => return error.clone().into(),
            ProviderError::NoText { next, .. } => {
                return Self { hint: (*next).to_owned(), ..Self::new(Code::ProviderRefused, error.to_string()) };
            }
            ProviderError::Unknown { .. } => Code::ProviderUnknown,
            ProviderError::Settings { .. } | ProviderError::Insecure { .. } => Code::SettingsInvalid,
            ProviderError::KeyMissing { .. } => Code::ProviderKeyMissing,
            ProviderError::Unreachable { .. } => Code::ProviderUnreachable,
            ProviderError::Busy { .. } => Code::ProviderBusy,
            ProviderError::Refused { .. } => Code::ProviderRefused,
            ProviderError::Stalled { .. } | ProviderError::TimedOut { .. } => Code::ProviderTimedOut,
            ProviderError::Broken { .. } => Code::ProviderBroken,
            ProviderError::TooLarge => Code::ReplyTooLarge,
            ProviderError::File { .. } => Code::FileUnreadable,
            ProviderError::Command { .. } => Code::ProviderCommandFailed,
        };
        Self::new(code, error.to_string())
    }
}

/// A time as people say it.
pub(super) fn span(time: Duration) -> String {
    match time.as_secs() {
        0 => format!("{} ms", time.as_millis()),
        seconds if seconds >= 60 && seconds % 60 == 0 => format!("{} min", seconds / 60),
        seconds => format!("{seconds} s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_said_as_people_say_them() {
        for (ms, said) in [(300, "300 ms"), (1_000, "1 s"), (90_000, "90 s"), (120_000, "2 min"), (1_800_000, "30 min")]
        {
            assert_eq!(span(Duration::from_millis(ms)), said);
        }
    }

    #[test]
    fn a_refusal_keeps_the_sentence_and_says_what_to_do() {
        let busy = ProviderError::Busy {
            host: "api.example".into(),
            status: "529".into(),
            finding: "Overloaded.".into(),
            after: None,
        };
        let refusal = Refusal::from(busy);
        assert_eq!(refusal.code, Code::ProviderBusy);
        assert_eq!(refusal.message, "api.example does not answer now (529): Overloaded.");
        assert!(refusal.hint.contains("again"));
    }
}
