//! `prompt-runner read`: what the contract reader makes of a reply, so that anyone can try one. Nothing is stored.

use super::{input, orchestrate, print, unwritable};
use clap::Args;
use prompt_runner_core::names::Named;
use prompt_runner_core::phase::Phase;
use prompt_runner_core::refusal::Refusal;
use prompt_runner_core::reply::{Expect, Problem, Reading, SectionState, Trailer};
use prompt_runner_core::session::SessionId;
use prompt_runner_core::words::of_oddities;
use runner::places::Places;
use runner::{Proof, ReplyFormat, WorkflowLibrary, read_reply};
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
    let format = if args.blocks { ReplyFormat::Blocks } else { ReplyFormat::Markdown };
    let library = WorkflowLibrary::open(&Places::here()?, None)?;
    let sections = library.sections(args.phase)?;
    let proof = match (&args.session, &args.nonce) {
        (Some(session), Some(nonce)) => {
            Proof::Expected(Expect { session: session.clone(), phase: args.phase, nonce: nonce.clone(), sections })
        }
        _ => Proof::Unknown(args.phase, sections),
    };
    let reading = read_reply(text, format, &proof)?;
    let written = if args.json { writeln!(out, "{}", as_json(&reading)) } else { show(out, &reading) };
    written.map_err(|error| unwritable(&error))?;
    Ok(if reading.problem().is_none() { ExitCode::SUCCESS } else { ExitCode::from(1) })
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
                print::notify("Give --session and --nonce as the prompt has them, and the trailer is checked.");
            }
            Ok(())
        }
    }
}

/// The name of a state on the wire.
pub(super) fn name<T: Named + PartialEq>(state: T) -> &'static str {
    T::NAMES.iter().find(|(its, _)| *its == state).map_or("", |(_, name)| name)
}
