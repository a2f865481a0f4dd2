//! The stand-in for a model: replies by the letter of the contract to any prompt of ours, so that a tutorial needs nobody.

use crate::cli::input;
use prompt_runner_core::refusal::{Code, Refusal};
use runner::atomic_file::{self, For};
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

/// The reply to a prompt, with a line in each section.
pub(super) fn reply(prompt: &str) -> Result<String, Refusal> {
    let nothing =
        || Refusal::new(Code::RequestInvalid, "This is no prompt of Prompt-Runner: nothing in it asks for a proof.");
    let at = prompt.rfind("PROMPT-RUNNER/1 ").ok_or_else(nothing)?;
    let proof = prompt[at..].split("```").next().unwrap_or_default().trim_end();
    let mut names = proof.lines().filter_map(|line| line.strip_prefix("section: ")).peekable();
    names.peek().ok_or_else(nothing)?;
    let mut reply = String::new();
    for name in names {
        // Writing into a text cannot fail.
        let _ = write!(reply, "### {name}\n\n````\n{}\n````\n\n", line(name));
    }
    let _ = writeln!(reply, "```promptrunner\n{proof}\n```");
    Ok(reply)
}

/// What a careful colleague might say.
fn line(section: &str) -> &'static str {
    match section {
        "ANALYSIS_TEMPLATE" => "Find where colours are set today, and how a page learns what a person prefers.",
        "IMPLEMENTATION_TEMPLATE" => "Name the colours once, give each a dark twin, and keep the choice.",
        "EXECUTION_NOTES" => "Complexity: Low\nEstimated Time: 2-3 hours\nKey Risks: pictures with white grounds",
        "FINDINGS" => "Colours stand in one style sheet; nothing asks for the preference yet.",
        "DESIGN" => "Custom properties and one attribute on the root element.",
        "TASKS" => "T001 name the colours\nT002 their dark twins\nT003 the switch",
        "FILES" => "### styles/colours.css\n\n```css\n:root { color-scheme: light dark; }\n```",
        _ => "T001 to T003 are done by the file above.",
    }
}

/// Writes the reply to the planning prompt that waits in this project into a file, whole or cut in its middle.
pub(super) fn write(project: &Path, name: &str, cut: bool) -> Result<(), Refusal> {
    let trouble = |error: std::io::Error| input::unreadable(&project.join(name), &error);
    let program = std::env::current_exe().map_err(trouble)?;
    let folder = project.parent().unwrap_or(project);
    let output = Command::new(program)
        .args(["orchestrate", "show", "--prompt", "planning"])
        .current_dir(project)
        .env("PROMPT_RUNNER_DATA_DIR", folder.join("data"))
        .env("PROMPT_RUNNER_CONFIG_DIR", folder.join("config"))
        .output()
        .map_err(trouble)?;
    let reply = reply(&String::from_utf8_lossy(&output.stdout))?;
    let end = if cut { reply.find("### EXECUTION_NOTES").unwrap_or(reply.len()) } else { reply.len() };
    atomic_file::put(&project.join(name), &reply[..end], For::Owner).map_err(trouble)
}
