//! `cargo xtask fidelity` — how faithfully replies are read and kept: the corpus, the stored pages, the nasty behaviours of a chat
//! page, ordinary conversations, and stops and kills while something is captured. The tests count; this runs them and adds up.

use std::io::{self, Write as _};
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use prompt_runner_core::site::SITES;
use serde_json::{Map, Value, json};

use crate::{build, house, setup};

/// Where the tests leave their counts.
const FOLDER: &str = "PROMPT_RUNNER_FIDELITY_DIR";
/// The browser tests that count.
const BROWSER: [&str; 7] = [
    "browser/nasty/",
    "browser/pages",
    "browser/shapes",
    "browser/layouts",
    "browser/replies",
    "browser/ordinary",
    "browser/endurance",
];

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Print one line of JSON on stdout; everything else goes to stderr
    #[arg(long)]
    json: bool,
    /// Every stop, kill and conversation, and not a part of them
    #[arg(long)]
    full: bool,
}

pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    let tools = setup::all()?;
    build::run(&build::Options::default())?;
    let folder = house::target()?.join("fidelity");
    if folder.exists() {
        std::fs::remove_dir_all(&folder).with_context(|| format!("{} cannot be emptied", folder.display()))?;
    }
    std::fs::create_dir_all(&folder).with_context(|| format!("{} cannot be made", folder.display()))?;

    let mut corpus = house::cargo()?;
    corpus.args(["test", "-p", "prompt-runner", "--test", "corpus"]).env(FOLDER, &folder);
    let read = house::run(&mut corpus, "a reply of the corpus is read wrongly; its name stands above");
    let mut browser = house::npm_tool("playwright")?;
    browser.arg("test").args(BROWSER).env(setup::CHROMIUM, tools.chromium).env(FOLDER, &folder);
    if options.full {
        browser.env("PROMPT_RUNNER_FULL", "1");
    }
    let played = house::run(&mut browser, "a browser test failed; its name stands above");

    let counts = counts(&folder);
    let line = if options.json { counts.to_string() } else { format!("{counts:#}") };
    writeln!(io::stdout(), "{line}").context("The counts could not be printed; check where stdout goes")?;
    read.and(played).map(|()| ExitCode::SUCCESS)
}

/// What the tests counted; `null` where one did not come to its end.
fn counts(folder: &Path) -> Value {
    let of = |name: &str| -> Value {
        let text = std::fs::read_to_string(folder.join(name).with_extension("json")).unwrap_or_default();
        serde_json::from_str(&text).unwrap_or(Value::Null)
    };
    let (corpus, nasty) = (of("corpus"), of("nasty"));
    let of_site = |host: &str| of(&format!("shapes-{}", host.split('.').next().unwrap_or(host)));
    let shapes: Map<String, Value> = SITES.into_iter().map(|site| (site.host.to_owned(), of_site(site.host))).collect();
    json!({
        "corpus": { "cases": corpus["cases"], "right": corpus["right"] },
        "grid": corpus["grid"],
        "layouts": of("layouts")["layouts"],
        "shapes": shapes,
        "nasty": { "cases": nasty["cases"], "right": nasty["right"] },
        "false_captures": nasty["false_captures"],
        "ordinary": of("ordinary"),
        "endurance": of("endurance"),
    })
}

#[cfg(test)]
mod tests {
    use super::counts;

    #[test]
    fn what_was_not_counted_is_not_made_up() {
        let counts = counts(std::path::Path::new("no such folder"));
        assert!(counts["corpus"]["right"].is_null() && counts["nasty"]["right"].is_null(), "{counts}");
    }
}
