//! What the histories are about: projects, features, models, and the texts that events name. All of it is made up, and nobody in it is a person.

use super::dice::Dice;
use prompt_runner_core::event::Source;
use prompt_runner_core::name::Name;
use prompt_runner_core::phase::Phase;
use prompt_runner_core::template;
use prompt_runner_core::workflow::known;
use sha2::{Digest, Sha256};

/// A project, and the languages in it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Project {
    pub(crate) path: &'static str,
    pub(crate) languages: &'static [&'static str],
    pub(crate) in_git: bool,
}

const fn project(path: &'static str, languages: &'static [&'static str]) -> Project {
    Project { path, languages, in_git: true }
}

pub(crate) const PROJECTS: &[(u64, Project)] = &[
    (30, project("/home/me/shop", &["TypeScript", "CSS", "SQL"])),
    (20, project("/home/me/ledger", &["Rust", "SQL"])),
    (15, project("/home/me/fieldnotes", &["Kotlin", "Java"])),
    (12, project("/home/me/parcel-tracker", &["Python", "HTML"])),
    (10, project("/home/me/tide-tables", &["Go", "TypeScript"])),
    (8, project("/home/me/design-system", &["TypeScript", "CSS"])),
    (5, Project { path: "/home/me/scratch", languages: &["Python"], in_git: false }),
];

pub(crate) const USERS: &[(u64, &str)] = &[(60, "developer-1"), (25, "developer-2"), (15, "developer-3")];

const FEATURES: &[&str] = &[
    "Filter {} by date and keep the filter when the page is left",
    "Export {} as CSV, with the columns that are shown",
    "Import {} from a spreadsheet and show which rows were turned down",
    "Undo for the last change to {}",
    "Search in {} that forgives a typing error",
    "Show {} in pages of fifty instead of all at once",
    "A dark mode for the page of {}",
    "Send a mail when {} change, at most once an hour",
    "Let {} be sorted by several columns",
    "Keep {} for offline use and merge what changed meanwhile",
    "Check {} for duplicates before they are stored",
    "Print {} on A4 without cutting a row in two",
    "Ask before {} are deleted, and keep them for thirty days",
    "Make {} readable by a screen reader",
    "Cache {} so that the start page needs one query",
    "Move {} to the new API without a break for old clients",
    "Log who changed {} and when",
    "Limit how many {} one account can create in a minute",
    "Show the history of {} as a timeline",
    "Translate the labels of {} into German",
    "Replace polling by server-sent events for {}",
    "Archive {} that are older than two years",
];

const THINGS: &[&str] = &[
    "orders",
    "invoices",
    "customers",
    "products",
    "shipments",
    "payments",
    "notes",
    "photos",
    "stations",
    "readings",
    "bookings",
    "accounts",
    "reports",
    "tags",
    "comments",
    "drafts",
    "alerts",
    "refunds",
    "labels",
    "subscriptions",
];

/// What somebody may want.
pub(crate) fn feature(dice: &mut Dice) -> String {
    dice.one_of(FEATURES).replace("{}", dice.one_of(THINGS))
}

/// The branch that somebody would make for it.
pub(crate) fn branch(feature: &str, dice: &mut Dice) -> String {
    let words: Vec<_> = feature.split(' ').take(3).map(|word| word.trim_matches(',').to_lowercase()).collect();
    dice.weighted(&[(70, "feature/"), (15, "fix/"), (15, "")]).to_owned() + &words.join("-")
}

/// Where replies come from in a session.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Giver {
    /// As the log has it; nothing for a chat page and a file.
    pub(crate) provider: Option<&'static str>,
    pub(crate) model: Option<&'static str>,
    pub(crate) source: Source,
    /// The site of the conversation, where there is one.
    pub(crate) site: Option<&'static str>,
}

const fn chat(site: &'static str, source: Source) -> Giver {
    Giver { provider: None, model: None, source, site: Some(site) }
}

const fn api(provider: &'static str, model: &'static str) -> Giver {
    Giver { provider: Some(provider), model: Some(model), source: Source::Api, site: None }
}

pub(crate) const GIVERS: &[(u64, Giver)] = &[
    (40, chat("claude.ai/chat", Source::Page)),
    (6, chat("claude.ai/chat", Source::Copy)),
    (2, chat("claude.ai/chat", Source::Record)),
    (7, chat("chatgpt.com/c", Source::Page)),
    (3, chat("gemini.google.com/app", Source::Page)),
    (16, api("anthropic", "claude-sonnet-5")),
    (6, api("anthropic", "claude-opus-4-7")),
    (3, api("anthropic", "claude-4.5-haiku")),
    (7, api("openai", "gpt-5.6-terra")),
    (2, api("openai", "gpt-5-mini")),
    (2, api("local", "a-model-without-a-price")),
    (3, Giver { provider: Some("command"), model: None, source: Source::Command, site: None }),
    (3, Giver { provider: None, model: None, source: Source::File, site: None }),
];

/// What a phase is like: median milliseconds of the model, bytes of its prompt, bytes of its reply.
pub(crate) fn measure(phase: Phase) -> (u64, u64, u64) {
    match phase {
        Phase::PLANNING => (75_000, 2_600, 5_400),
        Phase::ANALYSIS => (140_000, 5_200, 8_300),
        Phase::IMPLEMENTATION => (260_000, 9_400, 27_000),
        Phase::TESTING => (190_000, 24_000, 19_000),
        Phase::CLEANING => (150_000, 26_000, 16_000),
        other => unreachable!("no history has {other:?}"),
    }
}

pub(crate) const WORDS: &[&str] = &[
    "Read like our own code.",
    "Right at the first try.",
    "Needed a second round for the edge cases.",
    "The plan was better than the code.",
    "Too many files touched.",
    "Good tests.",
];

/// A text that events name by its hash.
#[derive(Clone, Debug)]
pub(crate) struct Kept {
    pub(crate) hash: String,
    pub(crate) format: &'static str,
    pub(crate) body: String,
}

/// The texts of a phase. A few stand for all: an event has the size that its text would have, not the size of these.
#[derive(Debug)]
pub(crate) struct Texts {
    pub(crate) prompts: Vec<Kept>,
    pub(crate) replies: Vec<Kept>,
    /// The built-in template, and one of the developer's own.
    pub(crate) templates: [Kept; 2],
}

impl Texts {
    pub(crate) fn of(phase: Phase) -> Self {
        let name = phase.name();
        let sections = |way: usize| {
            let section = |name: Name| format!("### {name}\n\n```\nWay {way} to do it.\n```\n\n");
            known(phase).names().into_iter().map(section).collect::<String>()
        };
        Self {
            prompts: (1..=8)
                .map(|way| kept("prompt", format!("Write the {name} of this feature. Think of way {way}.\n")))
                .collect(),
            replies: (1..=8).map(|way| kept("markdown", sections(way))).collect(),
            templates: [
                template::built_in(phase).unwrap().to_owned(),
                format!("# Our {name}\n\n{{{{ feature }}}}\n\n{{{{ contract }}}}\n"),
            ]
            .map(|body| kept("markdown", body)),
        }
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &Kept> {
        self.prompts.iter().chain(&self.replies).chain(&self.templates)
    }
}

fn kept(format: &'static str, body: String) -> Kept {
    let hash = Sha256::digest(body.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
    Kept { hash, format, body }
}
