//! `cargo xtask demo` — from a clean checkout to one workflow played through, in one command. The play itself is
//! tests/browser/demo.mjs; this gets the tools, builds, and hands its answer and exit code on.

use std::io::{self, BufReader, Write};
use std::path::PathBuf;
use std::process::{ExitCode, Stdio};

use anyhow::{Context as _, Result};
use clap::ValueEnum;

use crate::{build, house, setup};

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Print one line of JSON on stdout; everything else goes to stderr
    #[arg(long)]
    json: bool,
    /// The content security policy that the stand-in site sends
    #[arg(long, value_enum)]
    csp: Option<Csp>,
    /// The workflow to play: a built-in one by its name, or your own by its file
    #[arg(long, value_name = "NAME|FILE")]
    workflow: Option<PathBuf>,
    /// Show the browser; needs a display
    #[arg(long)]
    headed: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Csp {
    /// No policy at all
    None,
    /// A strict policy that forbids WebAssembly
    Strict,
    /// A strict policy that allows WebAssembly
    Wasm,
    /// Trusted types are required
    Tt,
}

pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    let tools = setup::all()?;
    build::run(&build::Options::default())?;
    let mut demo = house::command("node")?;
    demo.arg("tests/browser/demo.mjs").args(words(options)).env(setup::CHROMIUM, tools.chromium);
    if !options.json {
        return Ok(house::exit_code(house::wait(&mut demo)?));
    }
    let starting = "The demo could not be started; check that `node` runs";
    let mut child = demo.stdout(Stdio::piped()).spawn().context(starting)?;
    let lines = BufReader::new(child.stdout.take().context(starting)?);
    let answer =
        last_line(lines, &mut io::stderr()).context("The demo's output cannot be read; run it without --json")?;
    let status = child.wait().context("The demo's end was not seen; run it again")?;
    if let Some(answer) = answer {
        writeln!(io::stdout(), "{answer}").context("The answer could not be printed; check where stdout goes")?;
    }
    Ok(house::exit_code(status))
}

fn words(options: &Options) -> Vec<String> {
    let mut words = Vec::new();
    if let Some(csp) = options.csp.and_then(|csp| csp.to_possible_value()) {
        words.extend(["--csp".to_owned(), csp.get_name().to_owned()]);
    }
    if let Some(workflow) = &options.workflow {
        // The play starts in the top folder, wherever this was started.
        let file = std::path::absolute(workflow).ok().filter(|file| file.is_file());
        words.extend(["--workflow".to_owned(), file.as_ref().unwrap_or(workflow).display().to_string()]);
    }
    words.extend(options.json.then(|| "--json".to_owned()));
    words.extend(options.headed.then(|| "--headed".to_owned()));
    words
}

/// Gives back the last line that is not blank, and passes all others on as they come.
fn last_line(lines: impl io::BufRead, others: &mut impl Write) -> io::Result<Option<String>> {
    let mut last: Option<String> = None;
    for line in lines.lines() {
        let line = line?;
        if line.trim().is_empty() {
            continue;
        }
        if let Some(earlier) = last.replace(line) {
            writeln!(others, "{earlier}")?;
        }
    }
    Ok(last)
}

#[cfg(test)]
mod tests {
    use super::{Csp, Options, Result, last_line, words};

    #[test]
    fn options_are_passed_through() {
        let none = Options { json: false, csp: None, workflow: None, headed: false };
        assert!(words(&none).is_empty());
        let all = Options { json: true, csp: Some(Csp::Tt), workflow: Some("full".into()), headed: true };
        assert_eq!(words(&all).join(" "), "--csp tt --workflow full --json --headed");
    }

    #[test]
    fn only_the_last_line_is_the_answer() -> Result<()> {
        let mut others = Vec::new();
        let answer = last_line("one\n\ntwo\n{\"ok\":true}\n\n".as_bytes(), &mut others)?;
        assert_eq!(answer.as_deref(), Some("{\"ok\":true}"));
        assert_eq!(others, b"one\ntwo\n");
        assert_eq!(last_line("".as_bytes(), &mut others)?, None);
        Ok(())
    }
}
