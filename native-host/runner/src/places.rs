//! Where things of this user are kept: the XDG base directories, or the ones that the environment names.

use etcetera::BaseStrategy as _;
use prompt_runner_core::refusal::{Code, Refusal};
use std::path::PathBuf;

/// The directories of this user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Places {
    /// Of the database: `PROMPT_RUNNER_DATA_DIR`, or `prompt-runner` in the XDG data directory.
    pub data: PathBuf,
    /// Of settings and templates: `PROMPT_RUNNER_CONFIG_DIR`, or `prompt-runner` in the XDG configuration directory.
    pub config: PathBuf,
}

impl Places {
    /// As the environment and the system say.
    ///
    /// # Errors
    /// `store.broken` where the system knows no home directory.
    pub fn here() -> Result<Self, Refusal> {
        let named = |variable| std::env::var_os(variable).filter(|directory| !directory.is_empty()).map(PathBuf::from);
        let (data, config) = (named("PROMPT_RUNNER_DATA_DIR"), named("PROMPT_RUNNER_CONFIG_DIR"));
        if let (Some(data), Some(config)) = (&data, &config) {
            return Ok(Self { data: data.clone(), config: config.clone() });
        }
        let base = etcetera::choose_base_strategy()
            .map_err(|error| Refusal::new(Code::StoreBroken, format!("There is no home directory: {error}.")))?;
        Ok(Self {
            data: data.unwrap_or_else(|| base.data_dir().join("prompt-runner")),
            config: config.unwrap_or_else(|| base.config_dir().join("prompt-runner")),
        })
    }
}
