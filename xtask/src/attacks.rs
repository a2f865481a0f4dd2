//! `cargo xtask attacks` — everything that was tried against the program, and what came of it. tests/attacks/cases*.toml name the
//! cases and the tests that play them; this runs the tests and prints one line per case. `cargo xtask test` runs the same tests.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write as _};
use std::path::Path;
use std::process::{ExitCode, Stdio};

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{build, house, setup};

/// Where the tests leave what they tried and how it ended.
const FOLDER: &str = "PROMPT_RUNNER_ATTACKS_DIR";
/// Has the tests play all of what they play a part of by default.
const FULL: &str = "PROMPT_RUNNER_ATTACKS_FULL";
const CASES: [&str; 2] = ["tests/attacks/cases.toml", "tests/attacks/cases-files.toml"];

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Only the cases whose name begins so, such as T3 or A
    #[arg(long, value_name = "NAME")]
    only: Option<String>,
    /// As often as was promised, where a part is run by default
    #[arg(long)]
    full: bool,
    /// Print one line of JSON on stdout; everything else goes to stderr
    #[arg(long)]
    json: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    case: Vec<Case>,
}

/// An attack: what it is, and either who plays it or why nobody does.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    /// A threat (T1 to T20) or bad inputs (1 to 94, under their letter).
    name: String,
    what: String,
    /// Tests of the native programs: a test program, or `lib`, and the name that `cargo test` has for one of its tests.
    #[serde(default)]
    native: Vec<String>,
    /// Tests in a browser, by the beginnings of their titles.
    #[serde(default)]
    browser: Vec<String>,
    /// Why no test plays it.
    none: Option<String>,
}

/// What a test says that it did.
#[derive(Deserialize)]
struct Told {
    count: u64,
    tried: String,
    happened: String,
}

/// Each test by its name: whether it passed.
type Passed = BTreeMap<String, bool>;

pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    let cases = chosen(cases()?, options.only.as_deref())?;
    let tools = setup::all()?;
    setup::ensure_clipboard_tools()?;
    build::run(&build::Options::default())?;
    let folder = house::target()?.join("attacks");
    if folder.exists() {
        std::fs::remove_dir_all(&folder).with_context(|| format!("{} cannot be emptied", folder.display()))?;
    }
    std::fs::create_dir_all(&folder).with_context(|| format!("{} cannot be made", folder.display()))?;

    let mut native = Passed::new();
    let tests: Vec<(&str, &str)> = cases.iter().flat_map(|case| &case.native).map(|test| parted(test)).collect();
    if !tests.is_empty() {
        house::say("attacks: the native programs");
        let programs: BTreeSet<&str> = tests.iter().map(|(program, _)| *program).collect();
        let mut cargo = house::cargo()?;
        cargo.args(["test", "-p", "prompt-runner", "-p", "prompt-runner-runner", "--no-fail-fast"]);
        for program in programs {
            if program == "lib" {
                cargo.arg("--lib")
            } else {
                cargo.args(["--test", program])
            };
        }
        cargo.args(["--", "--exact"]).args(tests.iter().map(|(_, name)| name));
        if options.full {
            cargo.env(FULL, "1");
        }
        let out = cargo.env(FOLDER, &folder).stderr(Stdio::inherit()).output().context("cargo could not be started")?;
        let out = String::from_utf8_lossy(&out.stdout);
        eprint!("{out}");
        native = said(&out);
    }
    let mut browser = Passed::new();
    let titles: Vec<String> = cases.iter().flat_map(|case| &case.browser).map(|title| escaped(title)).collect();
    if !titles.is_empty() {
        house::say("attacks: the page, in a real browser");
        let mut playwright = house::npm_tool("playwright")?;
        playwright.args(["test", "--grep", &titles.join("|")]);
        playwright.env(setup::CHROMIUM, tools.chromium).env(FOLDER, &folder).stdout(Stdio::from(io::stderr()));
        house::wait(&mut playwright)?;
        let text = std::fs::read_to_string(folder.join("browser.json")).unwrap_or_default();
        browser = serde_json::from_str(&text).unwrap_or_default();
    }

    known(&folder)?;
    let rows = cases.iter().map(|case| Ok((case, outcome(case, &native, &browser), told(&folder, &case.name)?)));
    let rows = rows.collect::<Result<Vec<_>>>()?;
    let text = if options.json { as_json(&rows).to_string() } else { table(&rows) };
    writeln!(io::stdout(), "{text}").context("The table could not be printed; check where stdout goes")?;
    let held = rows.iter().all(|(_, outcome, _)| !matches!(outcome, Outcome::GotThrough(_)));
    Ok(if held { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn cases() -> Result<Vec<Case>> {
    let mut all = Vec::new();
    for file in CASES {
        let text = house::read_text(&house::root()?.join(file))?;
        let list: List = toml::from_str(&text).with_context(|| format!("{file} cannot be read"))?;
        all.extend(list.case);
    }
    Ok(all)
}

/// What a test told of must be a case, or nobody would hear of it.
fn known(folder: &Path) -> Result<()> {
    let cases = cases()?;
    for entry in std::fs::read_dir(folder).with_context(|| format!("{} cannot be read", folder.display()))? {
        let name = entry.context("a report cannot be found")?.file_name().to_string_lossy().into_owned();
        if let Some(told) = name.strip_suffix(".jsonl").filter(|told| cases.iter().all(|case| case.name != *told)) {
            bail!("A test told of \"{told}\", which is no case of tests/attacks");
        }
    }
    Ok(())
}

fn chosen(mut cases: Vec<Case>, only: Option<&str>) -> Result<Vec<Case>> {
    if let Some(only) = only {
        cases.retain(|case| case.name.starts_with(only));
        if cases.is_empty() {
            bail!("No case begins with \"{only}\"; tests/attacks/cases*.toml name them");
        }
    }
    Ok(cases)
}

/// The program of a native test, and its name there.
fn parted(test: &str) -> (&str, &str) {
    test.split_once(' ').unwrap_or(("lib", test))
}

/// A title as the pattern that finds it.
fn escaped(title: &str) -> String {
    let special = |ch: char| ch.is_ascii_punctuation();
    title.chars().flat_map(|ch| special(ch).then_some('\\').into_iter().chain([ch])).collect()
}

/// What `cargo test` printed of each test.
fn said(out: &str) -> Passed {
    let line = |line: &str| {
        let (name, how) = line.strip_prefix("test ")?.rsplit_once(" ... ")?;
        Some((name.to_owned(), how == "ok"))
    };
    out.lines().filter_map(line).collect()
}

enum Outcome {
    Held,
    /// These tests failed or did not run.
    GotThrough(Vec<String>),
    DoesNotApply,
}

/// A case holds when each of its tests ran and passed; what did not run has shown nothing.
fn outcome(case: &Case, native: &Passed, browser: &Passed) -> Outcome {
    if case.none.is_some() && case.native.is_empty() && case.browser.is_empty() {
        return Outcome::DoesNotApply;
    }
    let native = case.native.iter().filter(|name| native.get(parted(name).1) != Some(&true));
    let failed = |title: &&String| {
        let mut its = browser.iter().filter(|(found, _)| found.starts_with(title.as_str())).peekable();
        its.peek().is_none() || its.any(|(_, passed)| !passed)
    };
    let missing: Vec<String> = native.chain(case.browser.iter().filter(failed)).cloned().collect();
    if missing.is_empty() { Outcome::Held } else { Outcome::GotThrough(missing) }
}

fn told(folder: &Path, case: &str) -> Result<Vec<Told>> {
    let text = std::fs::read_to_string(folder.join(format!("{case}.jsonl"))).unwrap_or_default();
    text.lines().map(|line| serde_json::from_str(line).with_context(|| format!("{case} reported {line}"))).collect()
}

type Row<'a> = (&'a Case, Outcome, Vec<Told>);

fn as_json(rows: &[Row<'_>]) -> Value {
    let said = |told: &Told| json!({ "count": told.count, "tried": told.tried, "happened": told.happened });
    let row = |(case, outcome, told): &Row<'_>| {
        let (state, missing) = match outcome {
            Outcome::Held => ("held", &[][..]),
            Outcome::GotThrough(missing) => ("failed", missing.as_slice()),
            Outcome::DoesNotApply => ("not tried", &[][..]),
        };
        json!({
            "case": case.name, "what": case.what, "state": state, "why_not": case.none, "failed": missing,
            "tests": case.native.len() + case.browser.len(), "told": told.iter().map(said).collect::<Vec<_>>(),
        })
    };
    Value::Array(rows.iter().map(row).collect())
}

/// A paragraph per case: what it is, and below it what was tried, how often, and what happened.
fn table(rows: &[Row<'_>]) -> String {
    let mut lines = Vec::new();
    let mut counts = [0; 3];
    for (case, outcome, told) in rows {
        let (at, state) = match outcome {
            Outcome::Held => (0, "held"),
            Outcome::GotThrough(_) => (1, "FAILED"),
            Outcome::DoesNotApply => (2, "-"),
        };
        counts[at] += 1;
        lines.push(format!("{:<8}{state:<8}{}", case.name, case.what));
        let mut below = |text: String| lines.push(format!("{:16}{text}", ""));
        for Told { count, tried, happened } in told {
            below(format!("{count} {tried}: {happened}"));
        }
        let tests = case.native.len() + case.browser.len();
        if told.is_empty() && tests > 0 {
            below(format!("by {tests} {}", if tests == 1 { "test" } else { "tests" }));
        }
        if let Some(why) = &case.none {
            below(why.clone());
        }
        if let Outcome::GotThrough(missing) = outcome {
            missing.iter().for_each(|test| below(format!("failed or did not run: {test}")));
        }
    }
    let [held, failed, not] = counts;
    lines.push(format!("cases: {held} held, {failed} failed, {not} not tried"));
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_case_says_who_plays_it_or_why_nobody_does() -> Result<()> {
        let cases = cases()?;
        for case in &cases {
            assert!(!case.native.is_empty() || !case.browser.is_empty() || case.none.is_some(), "{}", case.name);
            assert_eq!(cases.iter().filter(|other| other.name == case.name).count(), 1, "{}", case.name);
        }
        for number in 1..=94 {
            assert_eq!(cases.iter().filter(|case| covers(&case.name, number)).count(), 1, "bad input {number}");
        }
        Ok(())
    }

    /// Whether a name such as `A2-5` covers a bad input.
    fn covers(name: &str, number: u32) -> bool {
        let Some(range) = name.strip_prefix(|letter: char| letter != 'T' && letter.is_ascii_uppercase()) else {
            return false;
        };
        let (from, to) = range.split_once('-').unwrap_or((range, range));
        let ends = from.parse().ok().zip(to.parse().ok());
        ends.is_some_and(|(from, to): (u32, u32)| (from..=to).contains(&number))
    }

    #[test]
    fn what_did_not_run_has_not_held() -> Result<()> {
        let case = |native: &[&str], browser: &[&str]| Case {
            name: "T0".into(),
            what: "all of it".into(),
            native: native.iter().map(|&name| name.into()).collect(),
            browser: browser.iter().map(|&name| name.into()).collect(),
            none: None,
        };
        let native = said("running 2 tests\ntest a::b ... ok\ntest a::c ... FAILED\n");
        let browser = Passed::from([("a page".to_owned(), true), ("a page is left, part 2".to_owned(), false)]);
        let missing = |case: Case| match outcome(&case, &native, &browser) {
            Outcome::GotThrough(missing) => missing.len(),
            Outcome::Held | Outcome::DoesNotApply => 0,
        };
        assert_eq!(missing(case(&["host a::b"], &[])), 0);
        assert_eq!(missing(case(&["host a::b", "host a::c", "host a::d"], &["nobody"])), 3);
        assert_eq!(missing(case(&[], &["a page is left"])), 1);
        assert!(matches!(outcome(&case(&["host a::b"], &[]), &native, &browser), Outcome::Held));
        Ok(())
    }

    #[test]
    fn a_title_finds_itself() {
        assert_eq!(escaped("a “b” (c), d"), "a “b” \\(c\\)\\, d");
    }
}
