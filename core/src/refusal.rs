//! Refusals: every way in which a request can be turned down, each with a code that never changes, an exit code and one next step.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Whether the same request may be sent again, unchanged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS, schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Again {
    /// It is refused for ever: the reason lies in the request, or in what is recorded already.
    Never,
    /// It may help, and the reason may lie in this very request: others can get through meanwhile.
    Perhaps,
    /// Once what is outside of every request has passed; until then others are refused as well.
    Later,
}

impl Again {
    /// The name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Never => "never",
            Self::Perhaps => "perhaps",
            Self::Later => "later",
        }
    }
}

/// Defines the codes once: variant, wire name, exit code, whether to send it again, next step. Rows are only ever added.
macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $name:literal, $exit:literal, $again:ident, $hint:literal;)*) => {
        /// The stable code of a refusal.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "types", derive(ts_rs::TS, schemars::JsonSchema))]
        pub enum Code { $($(#[$doc])* #[serde(rename = $name)] $variant,)* }

        impl Code {
            /// Every code, in the order in which they were added.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];
            /// The name on the wire.
            #[must_use] pub const fn name(self) -> &'static str { match self { $(Self::$variant => $name),* } }
            /// The code of that name, if there is one.
            #[must_use] pub fn named(name: &str) -> Option<Self> { Self::ALL.iter().copied().find(|code| code.name() == name) }
            /// The exit code of the command line: 2 usage, 3 not found, 4 not now, 5 reply not usable, 6 storage, 7 browser or host set-up, 8 provider, 9 a fault of the program.
            #[must_use] pub const fn exit(self) -> u8 { match self { $(Self::$variant => $exit),* } }
            /// Whether the same request may be sent again, where the refusal does not say otherwise.
            #[must_use] pub const fn again(self) -> Again { match self { $(Self::$variant => Again::$again),* } }
            /// The one next step.
            #[must_use] pub const fn hint(self) -> &'static str { match self { $(Self::$variant => $hint),* } }
        }
    };
}

codes! {
    /// No session has this id, and none matches it.
    SessionUnknown = "session.unknown", 3, Never, "Run `prompt-runner orchestrate list` to see the sessions there are.";
    /// No session is active here.
    SessionNone = "session.none", 3, Never, "Start one with `prompt-runner orchestrate plan \"FEATURE\"`.";
    /// The session is complete or abandoned.
    SessionClosed = "session.closed", 4, Never, "Start a new one with `prompt-runner orchestrate plan \"FEATURE\"`.";
    /// The short id fits more than one session.
    SessionAmbiguous = "session.ambiguous", 2, Never, "Type more of the id.";
    /// No workflow has this name.
    WorkflowUnknown = "workflow.unknown", 2, Never, "Run `prompt-runner workflow list` to see the workflows there are.";
    /// The workflow of this session has no such phase.
    PhaseUnknown = "phase.unknown", 4, Never, "Run `prompt-runner orchestrate status` to see the phases of this session.";
    /// An earlier phase has no reply yet.
    PhaseOutOfOrder = "phase.out_of_order", 4, Never, "Finish the earlier phase first; `prompt-runner orchestrate status` names it.";
    /// The phase was never prompted, so nothing can answer it.
    PhaseNotPrompted = "phase.not_prompted", 4, Never, "Ask for the prompt first; `prompt-runner orchestrate status` shows the command.";
    /// A later phase was built on this phase's reply already.
    PhaseClosed = "phase.closed", 4, Never, "What is recorded stays. Run `prompt-runner orchestrate redo PHASE` to take the phase up anew.";
    /// The phase has no incomplete reply.
    PhaseNothingToRepair = "phase.nothing_to_repair", 4, Never, "Run `prompt-runner orchestrate status` to see where the session stands.";
    /// The feature text is empty or too long.
    FeatureInvalid = "feature.invalid", 2, Never, "Describe the feature in 1 to 20,000 characters.";
    /// The reply is empty.
    ReplyEmpty = "reply.empty", 5, Never, "Give the complete answer of the model, from its first line to its last.";
    /// The reply is cut or lacks a section.
    ReplyIncomplete = "reply.incomplete", 5, Never, "Ask the model to continue, or to send the answer again, and give the complete answer.";
    /// The reply carries the proof of another prompt.
    ReplyForeign = "reply.foreign", 5, Never, "This answers another prompt. Give the answer to the prompt of this phase.";
    /// The reply is larger than 16 MiB, or has more lines or blocks than one may have.
    ReplyTooLarge = "reply.too_large", 5, Never, "Give only the answer, not the whole conversation.";
    /// The request is not JSON, or not one of the requests of the protocol.
    RequestInvalid = "request.invalid", 2, Never, "Send a request of docs/PROTOCOL.md.";
    /// The request speaks another version of the protocol.
    VersionUnknown = "version.unknown", 2, Later, "Update the extension and the host to the same version.";
    /// A frame announced more bytes than allowed.
    FrameTooLarge = "frame.too_large", 2, Never, "Keep a message to the host below 64 MiB.";
    /// The caller is not the Prompt-Runner extension.
    OriginForeign = "origin.foreign", 7, Later, "Run `prompt-runner install` again; `prompt-runner doctor` shows the extension id that is expected.";
    /// The data directory cannot be written.
    StoreReadOnly = "store.read_only", 6, Later, "Make the data directory writable, or set PROMPT_RUNNER_DATA_DIR to one that is.";
    /// The disk is full.
    StoreFull = "store.full", 6, Later, "Free some disk space and try again; nothing of this request was stored.";
    /// The database was written by a newer program.
    StoreNewer = "store.newer", 6, Later, "Update Prompt-Runner; the database was left as it is.";
    /// The database stayed locked by other processes.
    StoreBusy = "store.busy", 6, Later, "Try again; if it stays, end the program that holds the database.";
    /// Any other trouble with the database.
    StoreBroken = "store.broken", 6, Later, "Run `prompt-runner doctor`; it names the file and what is wrong with it.";
    /// A file given by the user cannot be read.
    FileUnreadable = "file.unreadable", 2, Perhaps, "Check the path and its permissions.";
    /// The project folder cannot be written.
    ProjectReadOnly = "project.read_only", 6, Perhaps, "Make the folder writable, or name the session with --session instead.";
    /// The host is not registered with a browser, or does not answer.
    SetupBroken = "setup.broken", 7, Later, "Run `prompt-runner install`, then `prompt-runner doctor`.";
    /// A template cannot be used.
    TemplateInvalid = "template.invalid", 2, Perhaps, "Run `prompt-runner template test NAME` to see where; `prompt-runner template reset NAME` goes back to the built-in one.";
    /// No template has this name.
    TemplateUnknown = "template.unknown", 3, Perhaps, "Run `prompt-runner template list` to see the templates there are.";
    /// There is no desktop, or its clipboard does not answer.
    ClipboardUnavailable = "clipboard.unavailable", 7, Later, "Give a reply with --file, and take a prompt from standard output.";
    /// The clipboard holds an image, a file or nothing.
    ClipboardNotText = "clipboard.not_text", 5, Later, "Copy the complete answer of the model as text, then try again.";
    /// The text is too large to go through the clipboard.
    ClipboardTooLarge = "clipboard.too_large", 5, Later, "Copy only the answer; a large text goes through --file and standard output.";
    /// No provider has this name.
    ProviderUnknown = "provider.unknown", 2, Later, "Name a built-in provider or one of your config.toml; docs/PROVIDERS.md has them all.";
    /// The provider's server cannot be reached.
    ProviderUnreachable = "provider.unreachable", 8, Later, "Check the network, the proxy and the address, then try again; the prompt stays the same.";
    /// The provider has too much to do, or is out of order.
    ProviderBusy = "provider.busy", 8, Later, "Try again later; the prompt stays the same.";
    /// The provider turns the request down.
    ProviderRefused = "provider.refused", 8, Later, "Change what the provider objects to: the key, the model, the address or the settings.";
    /// There is no key for the provider, or none that can be one.
    ProviderKeyMissing = "provider.key_missing", 8, Later, "Give the key in the environment or in the keyring; docs/PROVIDERS.md says how.";
    /// The reply did not come in time.
    ProviderTimedOut = "provider.timed_out", 8, Later, "Try again, or allow more time with `timeout_s` in config.toml; the prompt stays the same.";
    /// The answer of the provider broke off, or is not one.
    ProviderBroken = "provider.broken", 8, Later, "Try again; nothing of what came was stored.";
    /// The command that should reply cannot be run, or failed.
    ProviderCommandFailed = "provider.command_failed", 8, Later, "Run the command by hand: it gets the prompt on standard input and prints the reply.";
    /// The settings cannot be read, or do not fit together.
    SettingsInvalid = "settings.invalid", 2, Later, "Mend what is named; docs/PROVIDERS.md shows what may stand in config.toml.";
    /// A folder is no workspace of the predecessor, or cannot be read.
    LegacyUnreadable = "legacy.unreadable", 2, Perhaps, "Name the folder `orchestrator_workspace`, or the folder that holds it.";
    /// Nothing of this name is kept beside the session.
    AttachmentUnknown = "attachment.unknown", 3, Never, "Run `prompt-runner orchestrate show` to see what is kept beside it.";
    /// The text was dropped by `db prune`.
    TextPruned = "text.pruned", 3, Never, "Look for it in a backup that is older; `prompt-runner orchestrate status` still says what happened.";
    /// The data directory or the database belongs to another user, or others may read or change it.
    StoreExposed = "store.exposed", 6, Later, "Run `prompt-runner doctor --fix`, which closes what is yours; what is another user's is refused: set PROMPT_RUNNER_DATA_DIR to a directory of your own.";
    /// The file in the place of the database is another program's.
    StoreForeign = "store.foreign", 6, Later, "Move the file away, with those beside it, or set PROMPT_RUNNER_DATA_DIR to another directory; nothing of it was changed.";
    /// Reading the reply takes too long.
    ReplyUnread = "reply.unread", 5, Never, "Send the prompt again; an answer in the shape that it asks for is read at once.";
    /// The words of a command are none that it knows.
    UsageInvalid = "usage.invalid", 2, Never, "Run the same command with --help to see what it takes.";
    /// A fault of the program itself.
    ProgramFault = "program.fault", 9, Perhaps, "Try again; if it stays, tell the makers of Prompt-Runner what was asked for and the place that is named.";
    /// The file of a workflow cannot be used.
    WorkflowInvalid = "workflow.invalid", 2, Never, "Mend what is named, then run `prompt-runner workflow check`.";
    /// The session has no project, so no files could be changed.
    ProjectNone = "project.none", 4, Never, "Start a session in the folder of a project, and take its files from there.";
    /// A file of the project cannot be reached or written.
    ProjectFiles = "project.files", 6, Perhaps, "Mend what is named, then apply again; nothing was changed.";
    /// There is nothing to apply, or nothing that could be taken back.
    ChangesNone = "changes.none", 4, Never, "Run `prompt-runner undo --list` to see what was done, or `prompt-runner status` to see which phase has files.";
    /// The files are not as they were when the changes were shown.
    ChangesMoved = "changes.moved", 4, Later, "Look at the changes again with `prompt-runner apply --dry-run`.";
    /// A change of the reply cannot be read, or cannot be placed.
    ChangesUnclear = "changes.unclear", 5, Never, "Look at all of them with `prompt-runner apply --dry-run`; name the files that you want with --only, or ask the model for the others again.";
    /// The reply changes a file that no reply may change.
    ChangesDenied = "changes.denied", 4, Never, "Leave the file out with --skip, or name it with --allow if you have read what becomes of it.";
    /// Nobody agreed to a change of files.
    ChangesUnagreed = "changes.unagreed", 4, Never, "Type `y` at the question, or say --yes where nobody can be asked.";
    /// A reply that changes too much at once.
    ChangesTooMany = "changes.too_many", 5, Never, "Ask the model for less at once.";
    /// A file was changed since, so it is not put back.
    ChangesSince = "changes.since", 4, Never, "Save what you want to keep of it, then name it with --force to put it back all the same.";
    /// What stood in a file is no longer kept.
    ChangesPruned = "changes.pruned", 3, Never, "Take the file from your version control.";
}

/// A request that was turned down: nothing was changed by it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct Refusal {
    /// The stable code.
    pub code: Code,
    /// What happened, as a sentence.
    pub message: String,
    /// The next step, as a sentence.
    pub hint: String,
    /// Whether the same request may be sent again; what the table of codes says where this is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "types", ts(optional))]
    pub again: Option<Again>,
}

impl Refusal {
    /// A refusal with the usual next step of its code.
    #[must_use]
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), hint: code.hint().to_owned(), again: Some(code.again()) }
    }

    /// The same, where the reason may lie in this very request and not in what every request meets.
    #[must_use]
    pub fn of_this_request(self) -> Self {
        Self { again: Some(Again::Perhaps), ..self }
    }
}

/// How much is said of what is wrong, in characters.
const FINDING: usize = 300;

/// What is wrong, as far as a refusal says it: the words may repeat what somebody sent, and that has any length.
#[must_use]
pub fn finding(what: impl fmt::Display) -> String {
    let what = what.to_string();
    match what.char_indices().nth(FINDING) {
        Some((end, _)) => format!("{}…", &what[..end]),
        None => what,
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} [{}]", self.message, self.code.name())
    }
}

impl std::error::Error for Refusal {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_say_a_next_step() {
        let mut names: Vec<_> = Code::ALL.iter().map(|code| code.name()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Code::ALL.len());
        for code in Code::ALL {
            assert!(code.hint().ends_with('.'), "{} needs a sentence as its hint", code.name());
            assert!((2..=9).contains(&code.exit()), "{}", code.name());
            assert_eq!(serde_json::to_string(code).unwrap(), format!("\"{}\"", code.name()));
            let again = code.again();
            assert_eq!(serde_json::to_string(&again).unwrap(), format!("\"{}\"", again.name()));
        }
    }

    #[test]
    fn a_refusal_says_whether_to_send_it_again_and_one_of_an_older_program_may_leave_that_out() {
        let said = serde_json::to_value(Refusal::new(Code::TextPruned, "…")).unwrap();
        assert_eq!(said["again"], "never");
        let old = r#"{"code":"text.pruned","message":"…","hint":"…"}"#;
        let read: Refusal = serde_json::from_str(old).unwrap();
        assert_eq!(read.again, None);
        assert_eq!(serde_json::to_string(&read).unwrap(), old);
    }

    #[test]
    fn a_finding_has_an_end() {
        for (what, said) in [
            (String::new(), String::new()),
            ("ü".repeat(300), "ü".repeat(300)),
            ("🦀".repeat(301), format!("{}…", "🦀".repeat(300))),
            ("x".repeat(1 << 20), format!("{}…", "x".repeat(300))),
        ] {
            assert_eq!(finding(what), said);
        }
    }

    #[test]
    fn what_every_request_meets_is_never_held_against_one() {
        for (name, again) in [
            ("store.full", Again::Later),
            ("store.busy", Again::Later),
            ("store.broken", Again::Later),
            ("setup.broken", Again::Later),
            ("version.unknown", Again::Later),
            ("text.pruned", Again::Never),
            ("reply.too_large", Again::Never),
            ("phase.closed", Again::Never),
            ("session.closed", Again::Never),
            ("frame.too_large", Again::Never),
            ("template.invalid", Again::Perhaps),
        ] {
            assert_eq!(Code::named(name).unwrap().again(), again, "{name}");
        }
        let missing = Refusal::new(Code::StoreBroken, "This text is missing.").of_this_request();
        assert_eq!(missing.again, Some(Again::Perhaps));
    }
}
