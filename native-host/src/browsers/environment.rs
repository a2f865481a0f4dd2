//! One machine and one user: the table's places become paths here, and a command's choice becomes browsers.

use super::{Family, InstallError, Row, rows};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// The systems that differ in where things are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Os {
    /// Linux and its like.
    Linux,
    /// macOS.
    Macos,
    /// Windows.
    Windows,
}

impl Os {
    /// The system that this program was built for.
    #[must_use]
    pub const fn here() -> Self {
        if cfg!(windows) {
            Self::Windows
        } else if cfg!(target_os = "macos") {
            Self::Macos
        } else {
            Self::Linux
        }
    }
}

/// All that has to be known of a machine to say where its browsers look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Environment {
    /// The user's home directory.
    pub home: PathBuf,
    /// Where configuration is, if not in `~/.config`.
    pub config_home: Option<PathBuf>,
    /// The system.
    pub os: Os,
}

impl Environment {
    /// This machine and this user: `CHROME_CONFIG_HOME` goes before `XDG_CONFIG_HOME`, as in Chromium's `chrome_paths_linux.cc`.
    ///
    /// # Errors
    /// When nothing names a home directory.
    pub fn here() -> Result<Self, InstallError> {
        let home = etcetera::home_dir().map_err(|_| InstallError::NoHome)?;
        let config_home = ["CHROME_CONFIG_HOME", "XDG_CONFIG_HOME"]
            .into_iter()
            .filter_map(std::env::var_os)
            .map(PathBuf::from)
            .find(|path| path.is_absolute());
        Ok(Self { home, config_home, os: Os::here() })
    }

    /// The path that a place of the table means here.
    fn resolve(&self, place: &str) -> PathBuf {
        place.split('/').fold(PathBuf::new(), |path, part| match part {
            "$home" => self.home.clone(),
            "$config" => self.config_home.clone().unwrap_or_else(|| self.home.join(".config")),
            part => path.join(part),
        })
    }
}

/// One browser of one user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Browser {
    /// The name that `--browser` takes.
    pub id: String,
    /// The name that people know.
    pub name: String,
    /// Which kind of manifest it reads.
    pub family: Family,
    /// The directories that show that it is here, as far as they exist.
    pub profiles: Vec<PathBuf>,
    /// The directories in which it looks for manifests; none where it cannot start a program outside its sandbox.
    pub manifests: Vec<PathBuf>,
    /// On Windows the registry key that names the manifest.
    pub key: Option<String>,
    /// What has to be known about it besides, as sentences.
    pub note: Option<String>,
}

impl Browser {
    /// Whether it cannot start a program outside its sandbox. Then the note says what to do instead.
    #[must_use]
    pub const fn sandboxed(&self) -> bool {
        self.manifests.is_empty()
    }
}

/// Every browser that has a row for this system, here or not.
#[must_use]
pub fn known(environment: &Environment) -> Vec<Browser> {
    let browser = |row: Row| Browser {
        profiles: row.profile.iter().map(|place| environment.resolve(place)).filter(|path| path.is_dir()).collect(),
        manifests: row.manifests.iter().map(|place| environment.resolve(place)).collect(),
        id: row.id,
        name: row.name,
        family: row.family,
        key: row.key,
        note: row.note,
    };
    rows(environment.os).into_iter().map(browser).collect()
}

/// The browsers that were used here at least once.
#[must_use]
pub fn installed(environment: &Environment) -> Vec<Browser> {
    known(environment).into_iter().filter(|browser| !browser.profiles.is_empty()).collect()
}

/// The browsers that a command is about: those named; or the one with its profile in `data_dir`; or else every one of `default`.
///
/// # Errors
/// When a name is unknown, or the browser does not look into `data_dir`.
pub fn select(
    environment: &Environment,
    names: &[String],
    data_dir: Option<&Path>,
    default: fn(&Environment) -> Vec<Browser>,
) -> Result<Vec<Browser>, InstallError> {
    let all = known(environment);
    let named = |name: &String| match all.iter().find(|browser| browser.id == *name) {
        Some(browser) => Ok(browser.clone()),
        None => Err(InstallError::Unknown { name: name.clone(), known: ids(&all) }),
    };
    let Some(data_dir) = data_dir else {
        return if names.is_empty() { Ok(default(environment)) } else { names.iter().map(named).collect() };
    };
    let names = if names.is_empty() { &["chromium".to_owned()][..] } else { names };
    let mut chosen: Vec<_> = names.iter().map(named).collect::<Result<_, _>>()?;
    for browser in &mut chosen {
        // Brave asks its default directory whatever the switch says, and Windows asks the registry.
        if browser.family == Family::Firefox || browser.key.is_some() || browser.id.starts_with("brave") {
            return Err(InstallError::NoDataDir { name: browser.name.clone() });
        }
        browser.profiles = Vec::from_iter(data_dir.is_dir().then(|| data_dir.to_owned()));
        browser.manifests = vec![data_dir.join("NativeMessagingHosts")];
        browser.note = None;
    }
    Ok(chosen)
}

fn ids(browsers: &[Browser]) -> String {
    browsers.iter().map(|browser| browser.id.as_str()).collect::<Vec<_>>().join(", ")
}
