//! `prompt-runner template`: a developer's own prompts, in the place of the built-in ones.

use super::orchestrate::phase;
use super::{input, print, unwritable};
use clap::{Args, Subcommand};
use prompt_runner_core::insight;
use prompt_runner_core::phase::Phase;
use prompt_runner_core::refusal::{Code, Refusal};
use prompt_runner_core::template::built_in;
use runner::hex::hash;
use runner::places::Places;
use runner::project::Project;
use runner::templates::{Layer, Template, Templates, try_out};
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
    /// The phase: planning, analysis, implementation, testing or cleaning
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
        let word = self.kind.as_deref().or(self.name.as_deref()).unwrap_or_default();
        let by_name = || self.name.as_deref().and_then(|name| phase(name).ok());
        phase(match word {
            "orchestrator" => "planning",
            word => word,
        })
        .ok()
        .or_else(by_name)
        .ok_or_else(|| {
            let names: Vec<_> = Phase::ALL.iter().map(|phase| phase.name()).collect();
            Refusal::new(
                Code::TemplateUnknown,
                format!("There is no template “{word}”; the templates are those of the phases: {}.", names.join(", ")),
            )
        })
    }
}

impl Into {
    const fn layer(&self) -> Layer {
        if self.user { Layer::User } else { Layer::Project }
    }
}

/// Where the templates of this user and this project are.
struct Shelf {
    templates: Templates,
    project: Project,
}

impl Shelf {
    fn at(at: &At) -> Result<Self, Refusal> {
        let project = super::orchestrate::project(at.project.as_deref())?;
        Ok(Self { templates: Templates::new(&Places::here()?.config, Some(project.root())), project })
    }

    /// Keeps a template that was tried out.
    fn keep(&self, layer: Layer, phase: Phase, source: &str) -> Result<PathBuf, Refusal> {
        tried(phase, source, "The template")?;
        if layer == Layer::Project {
            self.project.prepare()?;
        }
        Ok(self.templates.write(layer, phase, source)?)
    }
}

/// Carries out a verb.
pub(super) fn run(verb: Verb, out: &mut dyn Write) -> Result<(), Refusal> {
    let json = verb.wants_json();
    let (text, value) = match verb {
        Verb::List(at) => list(&Shelf::at(&at)?)?,
        Verb::Show { name, at } => {
            let (phase, template) = found(&name, &at)?;
            (template.source.clone(), as_json(phase, &template, true))
        }
        Verb::Add { name, file, into, at } => {
            let (phase, shelf) = (name.phase()?, Shelf::at(&at)?);
            let path = shelf.keep(into.layer(), phase, &input::read(&file, input::Kind::Template)?)?;
            kept(phase, &path)
        }
        Verb::Edit { name, into, at } => {
            let (phase, shelf) = (name.phase()?, Shelf::at(&at)?);
            match edited(&shelf, phase, into.layer())? {
                Some(path) => kept(phase, &path),
                None => ("Nothing was changed.\n".to_owned(), json!({ "name": phase.name(), "path": null })),
            }
        }
        Verb::Diff { name, at } => {
            let (phase, template) = found(&name, &at)?;
            let text = difference(built_in(phase), &template.source);
            if text.is_empty() {
                print::talk("It does not differ from the built-in one.");
            }
            (text.clone(), json!({ "name": phase.name(), "layer": template.layer.name(), "diff": text }))
        }
        Verb::Test { name, file, at } => {
            let phase = name.phase()?;
            let (what, source) = match file {
                Some(file) => (file.display().to_string(), input::read(&file, input::Kind::Template)?),
                None => {
                    let template = Shelf::at(&at)?.templates.find(phase)?;
                    (format!("The {} template", template.layer.name()), template.source)
                }
            };
            let prompt = tried(phase, &source, &what)?;
            let (bytes, tokens) = (prompt.len(), insight::tokens(&prompt));
            print::talk(&format!("{what} is sound: {bytes} bytes, ≈{tokens} tokens with sample material."));
            let value = json!({ "name": phase.name(), "prompt": prompt, "bytes": bytes, "tokens_estimated": tokens });
            (prompt, value)
        }
        Verb::Reset { name, into, at } => {
            let (phase, shelf) = (name.phase()?, Shelf::at(&at)?);
            let path = shelf.templates.remove(into.layer(), phase)?;
            let now = shelf.templates.find(phase)?.layer.name();
            let text = match &path {
                Some(path) => format!("{} is gone; the {now} template holds.\n", path.display()),
                None => format!("There was nothing to go back from; the {now} template holds.\n"),
            };
            (text, json!({ "name": phase.name(), "path": path, "layer": now }))
        }
    };
    let written = if json { writeln!(out, "{value}") } else { print::text(out, &text) };
    written.map_err(|error| unwritable(&error))
}

fn found(name: &Name, at: &At) -> Result<(Phase, Template), Refusal> {
    let phase = name.phase()?;
    Ok((phase, Shelf::at(at)?.templates.find(phase)?))
}

fn kept(phase: Phase, path: &Path) -> (String, Value) {
    let text = format!("{} is the {} template from now on.\n", path.display(), phase.name());
    (text, json!({ "name": phase.name(), "path": path }))
}

/// The prompt that a template makes, if it can be used.
fn tried(phase: Phase, source: &str, what: &str) -> Result<String, Refusal> {
    try_out(phase, source).map_err(|why| {
        Refusal::new(Code::TemplateInvalid, format!("{what} cannot be used for {}. {why}", phase.name()))
    })
}

fn list(shelf: &Shelf) -> Result<(String, Value), Refusal> {
    let (mut text, mut rows) = (String::new(), Vec::new());
    for phase in Phase::ALL {
        let template = shelf.templates.find(phase)?;
        let place = template.path.as_ref().map(|path| path.display().to_string()).unwrap_or_default();
        let row =
            format!("{:<15} {:<9} {}  {place}", phase.name(), template.layer.name(), &hash(&template.source)[..12]);
        text.push_str(row.trim_end());
        text.push('\n');
        rows.push(as_json(phase, &template, false));
    }
    Ok((text, json!({ "templates": rows })))
}

fn as_json(phase: Phase, template: &Template, whole: bool) -> Value {
    let mut value = json!({
        "name": phase.name(),
        "layer": template.layer.name(),
        "path": template.path,
        "hash": hash(&template.source),
        "bytes": template.source.len(),
    });
    if whole {
        value["source"] = json!(template.source);
    }
    value
}

/// Opens the template in the developer's editor; nothing where it was left as it is.
fn edited(shelf: &Shelf, phase: Phase, layer: Layer) -> Result<Option<PathBuf>, Refusal> {
    let before = shelf.templates.find(phase)?.source;
    let draft = shelf.templates.draft(layer, phase, &before)?;
    let words =
        ["VISUAL", "EDITOR"].iter().find_map(|name| std::env::var(name).ok().filter(|words| !words.trim().is_empty()));
    let words = shlex::split(words.as_deref().unwrap_or("vi")).unwrap_or_default();
    let failed = |finding: String| Refusal {
        hint: "Set EDITOR to an editor that can be started, or use `prompt-runner template add`.".into(),
        ..Refusal::new(Code::TemplateInvalid, format!("The editor {finding}."))
    };
    let Some((program, args)) = words.split_first() else {
        return Err(failed("has no name".into()));
    };
    let status = std::process::Command::new(program).args(args).arg(&draft).status();
    match status {
        Ok(status) if status.success() => {}
        Ok(status) => {
            return Err(failed(format!("“{program}” ended with {status}; what was written is in {}", draft.display())));
        }
        Err(error) => return Err(failed(format!("“{program}” cannot be started: {error}"))),
    }
    let after = input::read(&draft, input::Kind::Template)?;
    if after != before {
        // A draft that is not sound stays, so that no word of it is lost.
        let path = shelf.keep(layer, phase, &after).map_err(|refusal| Refusal {
            hint: format!(
                "Your text is in {}; mend it there, then run `prompt-runner template add {} --file` with it.",
                draft.display(),
                phase.name()
            ),
            ..refusal
        })?;
        input::remove(&draft)?;
        return Ok(Some(path));
    }
    input::remove(&draft)?;
    Ok(None)
}

/// The lines that differ, as a unified diff.
fn difference(before: &str, after: &str) -> String {
    similar::TextDiff::from_lines(before, after)
        .unified_diff()
        .context_radius(3)
        .header("built-in", "yours")
        .to_string()
}
