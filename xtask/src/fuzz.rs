//! `cargo xtask fuzz` — bytes that libFuzzer makes up, led by the coverage that they reach, into everything that reads what others
//! wrote. The targets are fuzz/src/targets/; what grows stays in target/fuzz/. docs/FUZZING.md is the guide.

mod said;
#[path = "../../fuzz/src/table.rs"]
mod table;

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use serde_json::json;

use self::said::Said;
use self::table::{TARGETS, Target};
use crate::{house, setup};

/// Says to the program which target it is to play.
const NAMED: &str = "PROMPT_RUNNER_FUZZ_TARGET";
/// What cargo-fuzz hands to a stable compiler: no sanitizer, but counters on every edge, which libFuzzer reads, and comparisons.
const FLAGS: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
     -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
     -Cllvm-args=-sanitizer-coverage-trace-compares -Ccodegen-units=1 --cfg fuzzing";
/// A longer run of one input counts as a hang. What is right takes milliseconds, but the clock is the wall's: on a machine that starved
/// the fuzzer for its other work, 5 s were a false alarm.
const HANG: Duration = Duration::from_secs(20);
/// More memory than this, in MiB, is a finding.
const MEMORY: u32 = 1_024;

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Run this target alone
    target: Option<String>,
    /// How long each target runs
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..))]
    minutes: u64,
    /// Print one JSON object on stdout
    #[arg(long)]
    json: bool,
    /// Play this one input, as a finding is played again
    #[arg(long, value_name = "FILE", requires = "target", conflicts_with_all = ["minutes", "json"])]
    input: Option<PathBuf>,
}

pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    let targets = chosen(options.target.as_deref())?;
    let program = build()?;
    if let ([target], Some(input)) = (targets, &options.input) {
        let input = input.canonicalize().with_context(|| format!("{} cannot be found", input.display()))?;
        return play(&program, target, &input);
    }
    let mut lines = Vec::new();
    let mut rows = Vec::new();
    let mut findings = 0;
    for target in targets {
        house::say(&format!("{}: {}", target.name, target.what));
        let said = explore(&program, target, options.minutes)?;
        findings += said.findings.len();
        lines.push(said.line(target.name));
        rows.push(said.json(target.name));
        if !options.json {
            print(&said.line(target.name))?;
        }
    }
    if options.json {
        print(&json!({ "minutes": options.minutes, "targets": rows, "findings": findings }).to_string())?;
    } else {
        print(&format!("targets: {}, findings: {findings}", lines.len()))?;
    }
    Ok(if findings == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn chosen(name: Option<&str>) -> Result<&'static [Target]> {
    let Some(name) = name else { return Ok(&TARGETS) };
    match TARGETS.iter().find(|target| target.name == name) {
        Some(target) => Ok(std::slice::from_ref(target)),
        None => {
            let names: Vec<_> = TARGETS.iter().map(|target| target.name).collect();
            bail!("There is no target “{name}”; there are {}", names.join(", "))
        }
    }
}

/// Builds the program for libFuzzer, apart from everything that ships.
fn build() -> Result<PathBuf> {
    setup::ensure_fuzz_tools()?;
    let triple = triple()?;
    let folder = home()?.join("build");
    let mut cargo = house::cargo()?;
    // With a target named, the flags are not for build scripts and macros.
    cargo.args(["build", "--release", "--locked", "--manifest-path", "fuzz/Cargo.toml", "--target", &triple]);
    cargo.arg("--target-dir").arg(&folder).env("RUSTFLAGS", FLAGS);
    house::say("building the fuzzer");
    house::run(&mut cargo, "correct what the compiler names above")?;
    Ok(folder.join(triple).join("release/prompt-runner-fuzz"))
}

fn triple() -> Result<String> {
    let said = house::output(house::command("rustc")?.arg("-vV"), "install Rust from https://rustup.rs")?;
    let triple = said.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(triple.context("rustc does not say for which system it is")?.to_owned())
}

/// Where everything of a run stays.
fn home() -> Result<PathBuf> {
    Ok(house::target()?.join("fuzz"))
}

/// A folder, made anew where it is to be empty.
fn folder(path: PathBuf, empty: bool) -> Result<PathBuf> {
    let because = || format!("{} cannot be made; check that target is yours", path.display());
    if empty && path.exists() {
        fs::remove_dir_all(&path).with_context(because)?;
    }
    fs::create_dir_all(&path).with_context(because)?;
    Ok(path)
}

/// Runs one target for its time, or until its first finding.
fn explore(program: &Path, target: &Target, minutes: u64) -> Result<Said> {
    let home = home()?;
    let seeds = folder(home.join("seeds").join(target.name), true)?;
    let grown = folder(home.join("corpus").join(target.name), false)?;
    let findings = folder(home.join("findings").join(target.name), false)?;
    gather(target, &seeds)?;
    let before = files(&findings)?;
    let log = home.join(format!("{}.log", target.name));
    let to_log = fs::File::create(&log).with_context(|| format!("{} cannot be written", log.display()))?;
    let mut fuzzer = Command::new(program);
    fuzzer
        .arg(format!("-max_total_time={}", minutes * 60))
        .arg(format!("-max_len={}", target.longest))
        .args(["-print_final_stats=1", "-reload=0"])
        .arg(format!("-artifact_prefix={}/", findings.display()))
        .args([&grown, &seeds])
        .stdout(Stdio::null())
        .stderr(to_log);
    let start = Instant::now();
    let good = alone(&mut fuzzer, target)?;
    let fresh = files(&findings)?.into_iter().filter(|file| !before.contains(file)).collect();
    let said = Said::read(&house::read_text(&log)?, start.elapsed().as_secs(), fresh);
    if !good && said.findings.is_empty() {
        bail!("The fuzzer ended without a finding and without success; {} says why", log.display());
    }
    for finding in &said.findings {
        house::say(&format!("{} found {}", target.name, finding.display()));
        house::say(&format!("to see it again: cargo xtask fuzz {} --input {}", target.name, finding.display()));
    }
    Ok(said)
}

/// Plays one input and shows what it does.
fn play(program: &Path, target: &Target, input: &Path) -> Result<ExitCode> {
    let good = alone(Command::new(program).arg(input), target)?;
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Runs the program with limits, and in a world without other programs, where all that a target writes is gone with it.
fn alone(fuzzer: &mut Command, target: &Target) -> Result<bool> {
    let memory = Path::new("/dev/shm");
    let around = if memory.is_dir() { memory.to_owned() } else { home()? };
    let folder = folder(around.join(format!("prompt-runner-fuzz-{}", std::process::id())), true)?;
    fuzzer
        .arg(format!("-timeout={}", HANG.as_secs()))
        .arg(format!("-rss_limit_mb={MEMORY}"))
        .env_clear()
        .envs([(NAMED, target.name), ("TZ", "UTC"), ("RUST_BACKTRACE", "1")])
        .env("TMPDIR", &folder)
        .env("PATH", &folder)
        .current_dir(&folder);
    let status = house::wait(fuzzer);
    fs::remove_dir_all(&folder).with_context(|| format!("{} cannot be removed", folder.display()))?;
    Ok(status?.success())
}

/// Copies the seeds of a target into one folder: its own, and what the repository has anyway.
fn gather(target: &Target, into: &Path) -> Result<()> {
    let root = house::root()?;
    let own = root.join("fuzz/corpus").join(target.name);
    let mut all = files(&own)?;
    for (path, ending) in target.seeds {
        all.extend(
            files(&root.join(path))?.into_iter().filter(|file| file.extension().is_some_and(|its| its == *ending)),
        );
    }
    for (at, file) in all.iter().enumerate() {
        fs::copy(file, into.join(at.to_string())).with_context(|| format!("{} cannot be copied", file.display()))?;
    }
    Ok(())
}

/// Every file beneath a path, or the file that it is.
fn files(path: &Path) -> Result<Vec<PathBuf>> {
    if path.is_file() {
        return Ok(vec![path.to_owned()]);
    }
    let mut found = Vec::new();
    for entry in fs::read_dir(path).with_context(|| format!("{} cannot be looked into", path.display()))? {
        found.extend(files(&entry?.path())?);
    }
    found.sort();
    Ok(found)
}

fn print(text: &str) -> Result<()> {
    writeln!(io::stdout(), "{text}").context("The counts could not be printed; check where stdout goes")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_can_be_chosen_by_its_name() -> Result<()> {
        assert_eq!(chosen(None)?.len(), TARGETS.len());
        assert_eq!(chosen(Some("reader"))?[0].name, "reader");
        let error = chosen(Some("nothing")).err().map(|error| error.to_string()).unwrap_or_default();
        assert!(error.contains("frame, dispatch"), "{error}");
        Ok(())
    }
}
