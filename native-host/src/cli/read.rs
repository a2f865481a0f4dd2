//! `prompt-runner read`: what the contract reader makes of a reply, so that anyone can try one. Nothing is stored.

use super::{input, orchestrate, print, unwritable};
use clap::Args;
use prompt_runner_core::block::{Block, to_markdown};
use prompt_runner_core::machine::fits;
use prompt_runner_core::names::Named;
use prompt_runner_core::phase::Phase;
use prompt_runner_core::refusal::{Code, Refusal};
use prompt_runner_core::reply::{self, Expect, Problem, Reading, SectionState, Trailer};
use prompt_runner_core::session::SessionId;
use prompt_runner_core::words::of_oddities;
use serde_json::json;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

pub(super) const EXAMPLES: &str = "Examples:
  prompt-runner read --phase planning reply.md
  xclip -o | prompt-runner read --phase analysis --json

It exits with 0 where the reply is complete, and with 1 where it is not.";

#[derive(Args)]
pub(super) struct ReadArgs {
    /// The reply: a file, or `-` for standard input
    #[arg(default_value = "-")]
    file: PathBuf,
    /// The phase that it answers
    #[arg(long, value_parser = orchestrate::phase)]
    phase: Phase,
    /// The session that its trailer must name
    #[arg(long, requires = "nonce", value_parser = session)]
    session: Option<SessionId>,
    /// The nonce that its trailer must carry; without it a trailer proves nothing and counts as foreign
    #[arg(long, requires = "session")]
    nonce: Option<String>,
    /// The reply is JSON: blocks, as a page sends them
    #[arg(long)]
    blocks: bool,
    /// Print JSON, with the text of each section
    #[arg(long)]
    pub(super) json: bool,
}

fn session(id: &str) -> Result<SessionId, String> {
    SessionId::try_from(id.to_owned()).map_err(str::to_owned)
}

/// Reads the reply and prints what was found; the exit code says whether it is complete.
pub(super) fn read(args: &ReadArgs, out: &mut dyn Write) -> Result<ExitCode, Refusal> {
    let text = input::read(&args.file, input::Kind::Reply)?;
    fits(text.len() as u64)?;
    let reply = Reply::of(text, args.blocks)?;
    let reading = match (&args.session, &args.nonce) {
        (Some(session), Some(nonce)) => {
            reply.read(&Expect { session: session.clone(), phase: args.phase, nonce: nonce.clone() })
        }
        _ => unproven(reply.read(&claimed(&reply.text, args.phase)?)),
    };
    let written = if args.json { writeln!(out, "{}", as_json(&reading)) } else { show(out, &reading) };
    written.map_err(|error| unwritable(&error))?;
    Ok(if reading.problem().is_none() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// A reply as text, and as blocks where a page sent it.
struct Reply {
    text: String,
    blocks: Option<Vec<Block>>,
}

impl Reply {
    fn of(text: String, blocks: bool) -> Result<Self, Refusal> {
        if !blocks {
            return Ok(Self { text, blocks: None });
        }
        let blocks: Vec<Block> = serde_json::from_str(&text).map_err(|error| Refusal {
            hint: "Give a list of blocks, as docs/PROTOCOL.md has them, or leave --blocks out for markdown.".into(),
            ..Refusal::new(Code::RequestInvalid, format!("These are no blocks: {error}."))
        })?;
        Ok(Self { text: to_markdown(&blocks), blocks: Some(blocks) })
    }

    fn read(&self, expect: &Expect) -> Reading {
        match &self.blocks {
            Some(blocks) => reply::read(blocks, expect),
            None => reply::read_markdown(&self.text, expect),
        }
    }
}

/// What the last trailer of this phase says that it proves. Where none says anything, nothing is proven whatever was asked.
fn claimed(text: &str, phase: Phase) -> Result<Expect, Refusal> {
    let says = |trailer: &str| {
        let mut words = trailer.split_whitespace();
        let session = SessionId::parse(words.next()?)?;
        (words.next()? == phase.name()).then_some(())?;
        Some(Expect { session, phase, nonce: words.next()?.to_owned() })
    };
    let nobody =
        || SessionId::new("00000000_000000", [0; 4]).map(|session| Expect { session, phase, nonce: String::new() });
    let found = text.split("PROMPT-RUNNER/1").skip(1).filter_map(says).last();
    found.or_else(nobody).ok_or_else(|| Refusal::new(Code::SessionUnknown, "There is no session to read for."))
}

/// The same reading, without the proof that nobody could check.
fn unproven(reading: Reading) -> Reading {
    match reading.trailer {
        Trailer::Proven => Reading { trailer: Trailer::Foreign, ..reading },
        _ => reading,
    }
}

fn as_json(reading: &Reading) -> serde_json::Value {
    let sections: Vec<_> = reading
        .sections
        .iter()
        .map(|section| {
            json!({
                "name": section.name,
                "state": section.state,
                "lines": section.text.lines().count(),
                "bytes": section.text.len(),
                "text": section.text,
            })
        })
        .collect();
    json!({
        "complete": reading.problem().is_none(),
        "problem": reading.problem(),
        "trailer": reading.trailer,
        "oddities": reading.oddities,
        "sections": sections,
    })
}

fn show(out: &mut dyn Write, reading: &Reading) -> std::io::Result<()> {
    for section in &reading.sections {
        let (lines, bytes) = (section.text.lines().count(), section.text.len());
        writeln!(
            out,
            "{:<24}{:<11}{lines:>6} lines {bytes:>9} bytes",
            section.name,
            name::<SectionState>(section.state)
        )?;
    }
    writeln!(out, "{:<24}{}", "trailer", name::<Trailer>(reading.trailer))?;
    if !reading.oddities.is_empty() {
        writeln!(out, "{:<24}{}", "although", of_oddities(&reading.oddities))?;
    }
    match reading.problem() {
        None => writeln!(out, "Complete."),
        Some(problem) => {
            writeln!(out, "Not complete: {}.", name::<Problem>(problem))?;
            if reading.trailer == Trailer::Foreign {
                print::talk("Give --session and --nonce as the prompt has them, and the trailer is checked.");
            }
            Ok(())
        }
    }
}

/// The name of a state on the wire.
pub(super) fn name<T: Named + PartialEq>(state: T) -> &'static str {
    T::NAMES.iter().find(|(its, _)| *its == state).map_or("", |(_, name)| name)
}
