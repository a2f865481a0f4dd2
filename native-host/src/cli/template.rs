//! `prompt-runner template`: a developer's own prompts, in the place of the built-in ones.

use super::orchestrate::phase;
use super::{editor, input, print, unwritable};
use clap::{Args, Subcommand};
use prompt_runner_core::phase::Phase;
use prompt_runner_core::refusal::{Code, Refusal};
use runner::places::Places;
use runner::{Layer, TemplateLibrary, TemplateRecord, TriedTemplate};
use serde_json::{Value, json};
use std::io::Write;
use std::path::{Path, PathBuf};

pub(super) const EXAMPLES: &str = "Examples:
  prompt-runner template edit planning                       in your editor; used if it is sound
  prompt-runner template add planning --file ours.jinja      for this project, which may share it
  prompt-runner template add planning --file ours.jinja --user
  prompt-runner template diff planning
  prompt-runner template reset planning";

#[derive(Subcommand)]
pub(super) enum Verb {
    /// Which template holds for each phase, and where it comes from
    List(At),
    /// Print the template of a phase
    Show {
        #[command(flatten)]
        name: Name,
        #[command(flatten)]
        at: At,
    },
    /// Use this file as the template of a phase
    #[command(visible_alias = "update")]
    Add {
        #[command(flatten)]
        name: Name,
        /// The template; `-` reads it from standard input
        #[arg(long, short)]
        file: PathBuf,
        #[command(flatten)]
        into: Into,
        #[command(flatten)]
        at: At,
    },
    /// Open the template of a phase in your editor, and use it if it is sound
    Edit {
        #[command(flatten)]
        name: Name,
        #[command(flatten)]
        into: Into,
        #[command(flatten)]
        at: At,
    },
    /// How the template that holds differs from the built-in one
    Diff {
        #[command(flatten)]
        name: Name,
        #[command(flatten)]
        at: At,
    },
    /// Render a template with sample material, and say how large the prompt is
    Test {
        #[command(flatten)]
        name: Name,
        /// Try this file instead of the template that holds; `-` is standard input
        #[arg(long, short)]
        file: Option<PathBuf>,
        #[command(flatten)]
        at: At,
    },
    /// Go back to the template below: the user's own, or the built-in one
    Reset {
        #[command(flatten)]
        name: Name,
        #[command(flatten)]
        into: Into,
        #[command(flatten)]
        at: At,
    },
}

/// Which template.
#[derive(Args)]
pub(super) struct Name {
    /// The phase, such as planning, or one of a workflow of yours
    name: Option<String>,
    /// The predecessor's word for the phase
    #[arg(long = "type", value_name = "TYPE", hide = true)]
    kind: Option<String>,
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

impl Verb {
    pub(super) const fn wants_json(&self) -> bool {
        let (Self::List(at) | Self::Show { at, .. } | Self::Add { at, .. } | Self::Edit { at, .. }) = self else {
            let (Self::Diff { at, .. } | Self::Test { at, .. } | Self::Reset { at, .. }) = self else { return false };
            return at.json;
        };
        at.json
    }
}

impl Name {
    /// The phase. The predecessor's kinds are understood; its names were free, so there the kind counts.
    fn phase(&self) -> Result<Phase, Refusal> {
        let kind = self.kind.as_deref().map(|kind| if kind == "orchestrator" { "planning" } else { kind });
        let of_kind = kind.and_then(|kind| phase(kind).ok()).filter(|phase| Phase::FULL.contains(phase));
        let word = self.name.as_deref().or(kind).unwrap_or_default();
        let word = if word == "orchestrator" { "planning" } else { word };
        of_kind
            .map_or_else(|| phase(word), Ok)
            .map_err(|why| Refusal::new(Code::TemplateUnknown, format!("There is no template “{word}”: {why}.")))
    }
}

impl Into {
    const fn layer(&self) -> Layer {
        if self.user { Layer::User } else { Layer::Project }
    }
}

/// The templates of this user and of the project that is meant.
fn library(at: &At) -> Result<TemplateLibrary, Refusal> {
    TemplateLibrary::open(&Places::here()?, at.project.as_deref())
}

/// Carries out a verb.
pub(super) fn run(verb: Verb, out: &mut dyn Write) -> Result<(), Refusal> {
    let json = verb.wants_json();
    let (text, value) = match verb {
        Verb::List(at) => {
            let library = library(&at)?;
            list(&library.list()?)
        }
        Verb::Show { name, at } => {
            let (phase, library) = (name.phase()?, library(&at)?);
            let template = library.show(phase)?;
            let value = as_json(&template, true);
            (template.source, value)
        }
        Verb::Add { name, file, into, at } => {
            let (phase, library) = (name.phase()?, library(&at)?);
            let path = library.add(into.layer(), phase, &input::read(&file, input::Kind::Template)?)?;
            kept(phase, &path)
        }
        Verb::Edit { name, into, at } => {
            let (phase, library) = (name.phase()?, library(&at)?);
            match library.edit(into.layer(), phase, |draft| editor::edited(draft, "prompt-runner template add"))? {
                Some(path) => kept(phase, &path),
                None => ("Nothing was changed.\n".to_owned(), json!({ "name": phase.name(), "path": null })),
            }
        }
        Verb::Diff { name, at } => {
            let (phase, library) = (name.phase()?, library(&at)?);
            let (layer, text) = library.diff(phase)?;
            if text.is_empty() {
                print::notify("It does not differ from the built-in one.");
            }
            (text.clone(), json!({ "name": phase.name(), "layer": layer.name(), "diff": text }))
        }
        Verb::Test { name, file, at } => {
            let phase = name.phase()?;
            let (what, source) = match file {
                Some(file) => (file.display().to_string(), input::read(&file, input::Kind::Template)?),
                None => {
                    let library = library(&at)?;
                    let template = library.show(phase)?;
                    (format!("The {} template", template.layer.name()), template.source)
                }
            };
            let TriedTemplate { prompt, bytes, tokens } = library(&at)?.try_out(phase, &source, &what)?;
            print::notify(&format!("{what} is sound: {bytes} bytes, ≈{tokens} tokens with sample material."));
            let value = json!({ "name": phase.name(), "prompt": prompt, "bytes": bytes, "tokens_estimated": tokens });
            (prompt, value)
        }
        Verb::Reset { name, into, at } => {
            let (phase, library) = (name.phase()?, library(&at)?);
            let reset = library.reset(into.layer(), phase)?;
            let now = reset.now.name();
            let text = match &reset.removed {
                Some(path) => format!("{} is gone; the {now} template holds.\n", path.display()),
                None => format!("There was nothing to go back from; the {now} template holds.\n"),
            };
            (text, json!({ "name": phase.name(), "path": reset.removed, "layer": now }))
        }
    };
    let written = if json { writeln!(out, "{value}") } else { print::text(out, &text) };
    written.map_err(|error| unwritable(&error))
}

fn kept(phase: Phase, path: &Path) -> (String, Value) {
    let text = format!("{} is the {} template from now on.\n", path.display(), phase.name());
    (text, json!({ "name": phase.name(), "path": path }))
}

fn list(templates: &[TemplateRecord]) -> (String, Value) {
    let mut text = String::new();
    for TemplateRecord { phase, layer, path, hash, .. } in templates {
        let place = path.as_ref().map(|path| path.display().to_string()).unwrap_or_default();
        let row = format!("{:<15} {:<9} {}  {place}", phase.name(), layer.name(), &hash[..12]);
        text.push_str(row.trim_end());
        text.push('\n');
    }
    let rows: Vec<_> = templates.iter().map(|template| as_json(template, false)).collect();
    (text, json!({ "templates": rows }))
}

fn as_json(template: &TemplateRecord, whole: bool) -> Value {
    let mut value = json!({
        "name": template.phase.name(),
        "layer": template.layer.name(),
        "path": template.path,
        "hash": template.hash,
        "bytes": template.source.len(),
    });
    if whole {
        value["source"] = json!(template.source);
    }
    value
}
