//! Where things stand in this repository and how its commands start other programs. Progress goes to stderr, so
//! that stdout stays free for an answer that somebody may want to pipe.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, ExitStatus, Stdio};
use std::{env, fs, io};

use anyhow::{Context as _, Result, bail};

/// The top of the repository. Cargo tells where xtask is; a copied binary looks upwards from where it was started.
pub(crate) fn root() -> Result<PathBuf> {
    if let Some(xtask) = env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from)
        && let Some(root) = xtask.parent()
        && is_root(root)
    {
        return Ok(root.to_path_buf());
    }
    let here = env::current_dir().context("The current directory cannot be read; change to the repository")?;
    match here.ancestors().find(|dir| is_root(dir)) {
        Some(root) => Ok(root.to_path_buf()),
        None => bail!("{} is not inside the Prompt-Runner repository; change to it and try again", here.display()),
    }
}

fn is_root(dir: &Path) -> bool {
    dir.join("xtask/Cargo.toml").is_file() && dir.join("Cargo.toml").is_file()
}

/// Where cargo puts what it builds.
pub(crate) fn target() -> Result<PathBuf> {
    let root = root()?;
    Ok(match env::var_os("CARGO_TARGET_DIR") {
        Some(dir) if !dir.is_empty() => root.join(dir),
        _ => root.join("target"),
    })
}

/// Says what is being done, on stderr.
pub(crate) fn say(line: &str) {
    eprintln!("==> {line}");
}

/// A command that starts at the top of the repository.
pub(crate) fn command(program: impl AsRef<OsStr>) -> Result<Command> {
    let mut command = Command::new(program);
    command.current_dir(root()?);
    Ok(command)
}

/// The cargo that runs this program, or the one on the path. What cargo says of xtask itself is not for it: some packages are built
/// anew when that changes, and would be each time that somebody builds by hand and then by this.
pub(crate) fn cargo() -> Result<Command> {
    let mut cargo = command(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))?;
    for (name, _) in env::vars_os() {
        let of_xtask =
            name.to_str().is_some_and(|name| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_"));
        if of_xtask {
            cargo.env_remove(name);
        }
    }
    Ok(cargo)
}

/// A tool that npm installed.
pub(crate) fn npm_tool(name: &str) -> Result<Command> {
    let file = if cfg!(windows) { format!("{name}.cmd") } else { name.to_owned() };
    let path = root()?.join("node_modules/.bin").join(file);
    if !path.exists() {
        bail!("The npm tool {name} is not installed; run `cargo xtask setup`");
    }
    command(path)
}

/// Runs to the end with the child's stdout on our stderr; a failure is a sentence that ends in `next`.
pub(crate) fn run(command: &mut Command, next: &str) -> Result<()> {
    command.stdout(Stdio::from(io::stderr()));
    let status = wait(command)?;
    if !status.success() {
        bail!("`{}` failed ({status}); {next}", spelled(command));
    }
    Ok(())
}

/// Runs to the end with the caller's own stdin, stdout and stderr.
pub(crate) fn wait(command: &mut Command) -> Result<ExitStatus> {
    command.status().with_context(|| format!("`{}` could not be started", spelled(command)))
}

/// What a program prints on stdout. Its stderr is shown as it comes.
pub(crate) fn output(command: &mut Command, next: &str) -> Result<String> {
    command.stderr(Stdio::inherit());
    let out = command.output().with_context(|| format!("`{}` could not be started; {next}", spelled(command)))?;
    if !out.status.success() {
        bail!("`{}` failed ({}); {next}", spelled(command), out.status);
    }
    Ok(String::from_utf8_lossy(&out.stdout).trim().to_owned())
}

/// Hands a child's exit code on; one that a signal ended counts as 1.
pub(crate) fn exit_code(status: ExitStatus) -> ExitCode {
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    code.map_or(ExitCode::FAILURE, ExitCode::from)
}

/// The first program of that name on the path.
pub(crate) fn on_path(name: &str) -> Option<PathBuf> {
    let file = format!("{name}{}", env::consts::EXE_SUFFIX);
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|dir| dir.join(&file)).find(|file| file.is_file())
}

pub(crate) fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("{} cannot be read", path.display()))
}

pub(crate) fn read_text(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("{} cannot be read as text", path.display()))
}

/// Writes a file whole or not at all, and makes its directory first.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    let because = || format!("{} cannot be written; check that its directory is yours", path.display());
    let dir = path.parent().with_context(because)?;
    fs::create_dir_all(dir).with_context(because)?;
    let mut name = path.file_name().with_context(because)?.to_owned();
    name.push(".new");
    let fresh = dir.join(name);
    fs::write(&fresh, bytes).with_context(because)?;
    fs::rename(&fresh, path).with_context(because)
}

/// The command as one would type it, with the program's name alone.
fn spelled(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_stem().unwrap_or(command.get_program());
    let words = std::iter::once(program).chain(command.get_args()).map(OsStr::to_string_lossy);
    let mut line = words.collect::<Vec<_>>().join(" ");
    if let Some((cut, _)) = line.char_indices().nth(120) {
        line.truncate(cut);
        line.push('…');
    }
    line
}
