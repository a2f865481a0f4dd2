//! What `install`, `uninstall` and `doctor` share: which browsers they are about, where the host is, and how they speak.

use crate::browsers::{self, Browser, Environment, InstallError};
use clap::Args;
use prompt_runner_core::refusal::{Code, Refusal};
use std::io::Write;
use std::path::PathBuf;

/// Which browsers `install`, `uninstall` and `doctor` are about.
#[derive(Args, Clone, Debug, Default)]
pub(in crate::cli) struct Which {
    /// Only this browser, such as chrome, chromium, edge, brave, vivaldi or firefox; may be repeated
    #[arg(long = "browser", value_name = "NAME")]
    pub(in crate::cli) browsers: Vec<String>,
    /// The browser that runs with this user data directory
    #[arg(long, value_name = "DIR")]
    pub(in crate::cli) user_data_dir: Option<PathBuf>,
}

impl Which {
    /// The words after `prompt-runner doctor` that name the same place.
    pub(in crate::cli) fn words(&self) -> String {
        self.user_data_dir.as_ref().map(|dir| format!(" --user-data-dir '{}'", dir.display())).unwrap_or_default()
    }
}

/// The host of this installation: it lies beside the program that is running.
///
/// # Errors
/// When it does not.
pub(in crate::cli) fn host_beside_this() -> Result<PathBuf, InstallError> {
    let name = PathBuf::from(format!("prompt-runner-host{}", std::env::consts::EXE_SUFFIX));
    let host = std::env::current_exe().ok().map(|program| program.with_file_name(&name));
    host.filter(|host| host.is_file()).ok_or(InstallError::NoHost(name))
}

/// The browsers that the arguments name.
pub(in crate::cli) fn chosen(
    environment: &Environment,
    which: &Which,
    default: fn(&Environment) -> Vec<Browser>,
) -> Result<Vec<Browser>, Refusal> {
    let dir = which.user_data_dir.as_deref().map(std::path::absolute).transpose();
    let dir = dir.map_err(|error| Refusal::new(Code::FileUnreadable, format!("--user-data-dir: {error}")))?;
    browsers::select(environment, &which.browsers, dir.as_deref(), default).map_err(refused)
}

/// An error of the tool as this door says it: wrong words are a usage error, all else is a broken set-up.
pub(in crate::cli) fn refused(error: InstallError) -> Refusal {
    match error {
        InstallError::Unknown { .. } | InstallError::NoDataDir { .. } => Refusal {
            hint: "`prompt-runner install --help` shows what may be named.".into(),
            ..Refusal::new(Code::RequestInvalid, error.to_string())
        },
        _ => Refusal::new(Code::SetupBroken, error.to_string()),
    }
}

/// Everything at once, after it was done: a reader that went away does not stop it half-way.
pub(in crate::cli) fn print(text: &str, out: &mut dyn Write) -> Result<(), Refusal> {
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(|error| crate::cli::unwritable(&error))
}
