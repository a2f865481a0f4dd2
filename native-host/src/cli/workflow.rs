//! `prompt-runner workflow`: which phases a feature goes through, as files that a developer can make, change and try out.

use super::{editor, input, print, unwritable};
use clap::{Args, Subcommand};
use prompt_runner_core::refusal::Refusal;
use prompt_runner_core::workflow::DEFAULT;
use runner::places::Places;
use runner::{Layer, TriedPhase, Workflow, WorkflowLibrary};
use serde_json::{Value, json};
use std::io::Write;
use std::path::{Path, PathBuf};

pub(super) const EXAMPLES: &str = "Examples:
  prompt-runner workflow list
  prompt-runner workflow new release --like quick    a copy to change, for this project
  prompt-runner workflow edit release                in your editor; used if it is sound
  prompt-runner workflow check release.toml          what is wrong, with line and column
  prompt-runner workflow try release                 the prompt of each phase, with sample material
  prompt-runner plan \"Version 2\" --workflow release

A session keeps the workflow that it was started with; a later edit does not change it.";

#[derive(Subcommand)]
pub(super) enum Verb {
    /// Which workflows there are, and the phases of each
    List(At),
    /// Print a workflow
    Show {
        /// Its name
        name: String,
        #[command(flatten)]
        at: At,
    },
    /// Make a workflow as a copy of another one
    New {
        /// Its name: small letters, digits, `-` and `_`
        name: String,
        /// The workflow to copy
        #[arg(long, value_name = "NAME", default_value = DEFAULT)]
        like: String,
        #[command(flatten)]
        into: Into,
        #[command(flatten)]
        at: At,
    },
    /// Open a workflow in your editor, and use it if it is sound
    Edit {
        /// Its name
        name: String,
        #[command(flatten)]
        into: Into,
        #[command(flatten)]
        at: At,
    },
    /// Say what is wrong with a workflow: with all of them, or with the one in a file
    Check {
        /// The file; left out, all workflows of yours are examined
        file: Option<PathBuf>,
        #[command(flatten)]
        at: At,
    },
    /// Make the prompt of each phase of sample material, and say how large it is
    Try {
        /// The workflow
        name: String,
        #[command(flatten)]
        at: At,
    },
}

/// Into which layer.
#[derive(Args)]
pub(super) struct Into {
    /// For all of your projects, not for this one
    #[arg(long)]
    user: bool,
}

#[derive(Args)]
pub(super) struct At {
    /// The project's folder; else the one around the current folder
    #[arg(long, value_name = "DIR")]
    project: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Into {
    const fn layer(&self) -> Layer {
        if self.user { Layer::User } else { Layer::Project }
    }
}

impl Verb {
    const fn at(&self) -> &At {
        match self {
            Self::List(at)
            | Self::Show { at, .. }
            | Self::New { at, .. }
            | Self::Edit { at, .. }
            | Self::Check { at, .. }
            | Self::Try { at, .. } => at,
        }
    }

    pub(super) const fn wants_json(&self) -> bool {
        self.at().json
    }
}

/// Carries out a verb.
pub(super) fn run(verb: Verb, out: &mut dyn Write) -> Result<(), Refusal> {
    let json = verb.wants_json();
    let library = WorkflowLibrary::open(&Places::here()?, verb.at().project.as_deref())?;
    let (text, value) = match verb {
        Verb::List(_) => list(&library.list()),
        Verb::Show { name, .. } => {
            let workflow = library.show(&name)?;
            let mut value = as_json(&workflow);
            value["source"] = json!(workflow.source);
            (workflow.source, value)
        }
        Verb::New { name, like, into, .. } => {
            let path = library.new_workflow(into.layer(), &name, Some(&like))?;
            let text = format!(
                "{} is a copy of {like}. Change it with `prompt-runner workflow edit {name}`.\n",
                path.display()
            );
            (text, json!({ "name": name, "path": path }))
        }
        Verb::Edit { name, into, .. } => {
            let editor = |draft: &Path| editor::edited(draft, "prompt-runner workflow check FILE");
            match library.edit_workflow(into.layer(), &name, editor)? {
                Some(path) => {
                    let text = format!("{} is the workflow {name} from now on.\n", path.display());
                    (text, json!({ "name": name, "path": path }))
                }
                None => ("Nothing was changed.\n".to_owned(), json!({ "name": name, "path": null })),
            }
        }
        Verb::Check { file: Some(file), .. } => {
            let source = input::read(&file, input::Kind::Workflow)?;
            let name = file.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default().to_owned();
            let tried = library.check(&source, &name, &file.display().to_string())?;
            let text = format!("{name} is sound: {}.\n", phases(&tried));
            (
                text,
                json!({ "checked": [{ "name": name, "phases": tried.iter().map(tried_as_json).collect::<Vec<_>>() }] }),
            )
        }
        Verb::Check { file: None, .. } => check_all(&library)?,
        Verb::Try { name, .. } => {
            let tried = library.try_out(&name)?;
            for TriedPhase { phase, layer, prompt, skipped } in &tried {
                let skipped = match skipped {
                    Some(true) => "; its condition would leave it out here",
                    Some(false) => "; its condition would keep it here",
                    None => "",
                };
                print::notify(&format!(
                    "{}: {} bytes, ≈{} tokens, from the {} template{skipped}.",
                    phase.name(),
                    prompt.bytes,
                    prompt.tokens,
                    layer.name()
                ));
            }
            let prompts: Vec<&str> = tried.iter().map(|tried| tried.prompt.prompt.as_str()).collect();
            let value = json!({ "name": name, "phases": tried.iter().map(tried_as_json).collect::<Vec<_>>() });
            (prompts.join("\n"), value)
        }
    };
    let written = if json { writeln!(out, "{value}") } else { print::text(out, &text) };
    written.map_err(|error| unwritable(&error))
}

fn list(workflows: &[(String, Result<Workflow, Refusal>)]) -> (String, Value) {
    let (mut text, mut rows) = (String::new(), Vec::new());
    for (name, workflow) in workflows {
        match workflow {
            Ok(workflow) => {
                let names = workflow.definition.phases.iter().map(|phase| phase.outline.name.name().to_owned());
                let names = names.collect::<Vec<_>>().join(", ");
                text.push_str(&format!("{name:<12} {:<9} {names}\n", workflow.layer.name()));
                rows.push(as_json(workflow));
            }
            Err(refusal) => {
                text.push_str(&format!("{name:<12} unusable  {}\n", refusal.message));
                rows.push(json!({ "name": name, "refusal": refusal }));
            }
        }
    }
    (text, json!({ "workflows": rows }))
}

/// Examines all of them; the first that cannot be used is the refusal, and every other one is said.
fn check_all(library: &WorkflowLibrary) -> Result<(String, Value), Refusal> {
    let (mut text, mut rows, mut first) = (String::new(), Vec::new(), None);
    for (name, workflow) in library.list() {
        match workflow.and_then(|_| library.try_out(&name)) {
            Ok(tried) => {
                text.push_str(&format!("{name} is sound: {}.\n", phases(&tried)));
                rows.push(json!({ "name": name, "phases": tried.iter().map(tried_as_json).collect::<Vec<_>>() }));
            }
            Err(refusal) => {
                print::notify(&refusal.to_string());
                first.get_or_insert(refusal);
            }
        }
    }
    first.map_or_else(|| Ok((text, json!({ "checked": rows }))), Err)
}

fn phases(tried: &[TriedPhase]) -> String {
    tried.iter().map(|tried| tried.phase.name()).collect::<Vec<_>>().join(", ")
}

fn tried_as_json(tried: &TriedPhase) -> Value {
    let TriedPhase { phase, layer, prompt, skipped } = tried;
    json!({
        "phase": phase, "layer": layer.name(), "skipped": skipped,
        "prompt": prompt.prompt, "bytes": prompt.bytes, "tokens_estimated": prompt.tokens,
    })
}

fn as_json(workflow: &Workflow) -> Value {
    let phases: Vec<_> = workflow
        .definition
        .phases
        .iter()
        .map(|phase| {
            let sections: Vec<_> = phase
                .outline
                .sections
                .iter()
                .map(|section| json!({ "name": section.name, "role": section.role }))
                .collect();
            json!({
                "name": phase.outline.name, "title": phase.outline.title, "letter": phase.outline.letter,
                "sections": sections, "skip_if": phase.skip_if,
            })
        })
        .collect();
    json!({
        "name": workflow.definition.name, "title": workflow.definition.title, "layer": workflow.layer.name(),
        "path": workflow.path, "phases": phases,
    })
}
