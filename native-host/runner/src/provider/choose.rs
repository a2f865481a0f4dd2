//! From a name to a provider: what is built in, what `config.toml` says, and what is asked for now, in this order of weight.

use super::key::{Key, Keys};
use super::settings::{Settings, Table};
use super::{
    Address, Anthropic, Api, Board, Kind, Limits, OpenAi, Page, Program, Provider, ProviderError, ReplyFile, Retrying,
};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long a model's API may be silent.
const SILENCE: Duration = Duration::from_secs(120);
/// How long a command may run.
const COMMAND: Duration = Duration::from_secs(1_800);

/// Which provider, and what is to be different this time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProviderChoice {
    /// A built-in kind, or the name of a table of `config.toml`; else the default of the file, else the chat page.
    pub name: Option<String>,
    /// The command to run.
    pub command: Option<String>,
    /// The address of the API.
    pub base_url: Option<String>,
    /// The model to ask.
    pub model: Option<String>,
    /// The file in which the reply will be.
    pub file: Option<PathBuf>,
    /// How long to wait: for the page and a file in all, for a command to end, for an API to say anything.
    pub timeout: Option<Duration>,
    /// How often an API is asked again.
    pub retries: Option<u32>,
    /// How long after the first try an API may be asked again.
    pub total: Option<Duration>,
}

impl ProviderChoice {
    /// The name of each built-in kind.
    pub fn kinds() -> impl Iterator<Item = &'static str> {
        Kind::ALL.iter().map(|(name, _)| *name)
    }
}

/// A provider, and what it is called in the record.
pub struct NamedProvider {
    /// Its name.
    pub name: String,
    /// Itself.
    pub provider: Box<dyn Provider>,
}

/// The provider that is chosen, with the settings in this configuration directory.
///
/// # Errors
/// `Unknown`, `Settings`, `KeyMissing` and `Insecure`.
pub(crate) fn provider(choice: &ProviderChoice, config: &Path) -> Result<NamedProvider, ProviderError> {
    provider_from(choice, &Settings::read(config)?, &Keys::of_system())
}

/// The provider that is chosen from these settings, with its key from here.
///
/// # Errors
/// `Unknown`, `Settings`, `KeyMissing` and `Insecure`.
pub fn provider_from(
    choice: &ProviderChoice,
    settings: &Settings,
    keys: &Keys<'_>,
) -> Result<NamedProvider, ProviderError> {
    let name = choice.name.as_deref().or(settings.default_provider.as_deref()).unwrap_or("page");
    let named = settings.provider.get(name);
    let built_in = Kind::ALL.iter().find(|(known, _)| *known == name).map(|(_, kind)| Table::of(*kind));
    let table = named.cloned().or(built_in).ok_or_else(|| unknown(name, settings))?;
    let builder = ProviderBuilder { choice, settings, keys, name, named: named.is_some(), table: &table };
    let timeout = choice.timeout.or(table.timeout_s.map(|seconds| Duration::from_secs(seconds.get())));
    let provider: Box<dyn Provider> = match table.kind {
        Kind::Page => Box::new(Page { wait: timeout }),
        Kind::Clipboard => Box::new(Board { wait: timeout }),
        Kind::File => {
            let path = choice.file.clone().ok_or_else(|| builder.lacks("a file: name it with --reply-file"))?;
            Box::new(ReplyFile { path, wait: timeout })
        }
        Kind::Command => {
            let command =
                builder.given("command", &choice.command, &table.command, "for example “ollama run MODEL”")?;
            let program = Program::new(command, timeout.unwrap_or(COMMAND));
            Box::new(program.map_err(|error| builder.placed(error, "command", choice.command.is_none()))?)
        }
        Kind::Anthropic => {
            let api = builder.api(Anthropic::BASE_URL, "ANTHROPIC_API_KEY", timeout)?;
            Box::new(Retrying::new(Anthropic::new(api)?, builder.limits()))
        }
        Kind::Openai => {
            let api = builder.api(OpenAi::BASE_URL, "OPENAI_API_KEY", timeout)?;
            Box::new(Retrying::new(OpenAi::new(api)?, builder.limits()))
        }
    };
    Ok(NamedProvider { name: name.to_owned(), provider })
}

/// All that is known when a provider is made.
struct ProviderBuilder<'a> {
    choice: &'a ProviderChoice,
    settings: &'a Settings,
    keys: &'a Keys<'a>,
    name: &'a str,
    named: bool,
    table: &'a Table,
}

impl ProviderBuilder<'_> {
    fn limits(&self) -> Limits {
        let usual = Limits::default();
        Limits {
            retries: self.choice.retries.unwrap_or(usual.retries),
            total: self.choice.total.unwrap_or(usual.total),
        }
    }

    /// What is said now, or in the table.
    fn given<'a>(
        &self,
        key: &str,
        now: &'a Option<String>,
        table: &'a Option<String>,
        what: &str,
    ) -> Result<&'a str, ProviderError> {
        let given = now.as_ref().or(table.as_ref()).map(|text| text.trim()).filter(|text| !text.is_empty());
        given.ok_or_else(|| self.lacks(&format!("a {key}, {what}: give it with --{key} or in config.toml")))
    }

    /// A provider of this kind needs something more.
    fn lacks(&self, what: &str) -> ProviderError {
        let place = format!("The provider “{}”", self.name);
        ProviderError::Settings { place, finding: format!("it needs {what}.") }
    }

    /// An error about a key of the file, with its place there.
    fn placed(&self, error: ProviderError, key: &str, in_file: bool) -> ProviderError {
        match error {
            ProviderError::Settings { finding, .. } if in_file => {
                ProviderError::Settings { place: self.settings.place(self.name, key), finding }
            }
            error => error,
        }
    }

    fn api(&self, usual: &str, variable: &str, silence: Option<Duration>) -> Result<Api, ProviderError> {
        let base_url = self.choice.base_url.as_deref().or(self.table.base_url.as_deref());
        let address = Address::new(base_url.unwrap_or(usual))
            .map_err(|error| self.placed(error, "base_url", self.choice.base_url.is_none()))?;
        let own = address.host() == Address::new(usual)?.host();
        Ok(Api {
            model: self
                .given("model", &self.choice.model, &self.table.model, "by the name that the API has for it")?
                .to_owned(),
            key: self.key(&address, own, variable)?,
            address,
            max_tokens: self.table.max_tokens,
            silence: silence.unwrap_or(SILENCE),
        })
    }

    /// The key for an address. The key of one maker goes to that maker or stays on this machine, unless the settings name it for
    /// somebody else; a server that is neither may need none.
    fn key(&self, address: &Address, own: bool, variable: &str) -> Result<Option<Key>, ProviderError> {
        let told = self.table.key_env.as_deref();
        let variable = told.or((own || address.is_here()).then_some(variable));
        let account = (!address.is_here() && (self.named || own)).then_some(self.name);
        match self.keys.find(variable, account) {
            Err(ProviderError::KeyMissing { .. }) if self.table.kind == Kind::Openai && !own && told.is_none() => {
                Ok(None)
            }
            found => found.map(Some),
        }
    }
}

fn unknown(name: &str, settings: &Settings) -> ProviderError {
    let mut known: Vec<&str> = ProviderChoice::kinds().collect();
    known.extend(settings.provider.keys().map(String::as_str));
    ProviderError::Unknown { name: name.into(), known: known.join(", ") }
}
