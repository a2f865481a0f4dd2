//! The verbs that go from an idea to its end: flow, resume, retry, batch. The runner does the work; here is who is asked, and how the
//! way is told.

use super::session_context::SessionContext;
use super::{At, Output};
use crate::cli::{input, print, unwritable};
use clap::Args;
use prompt_runner_core::phase::Phase;
use prompt_runner_core::protocol::answer::SessionView;
use prompt_runner_core::refusal::Refusal;
use prompt_runner_core::status::phase_name;
use prompt_runner_core::words::{although, value};
use runner::{
    BatchRow, BatchStep, FlowOptions, FlowStart, FlowStep, NewBatch, NewSession, ProviderChoice, ProviderEvent,
    features,
};
use serde_json::json;
use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::time::Duration;

pub(super) const EXAMPLES: &str = "Examples:
  prompt-runner orchestrate flow \"Dark mode\"                                   in the chat page, with the extension
  prompt-runner orchestrate flow \"Dark mode\" --provider clipboard              copies each prompt, takes each copied reply
  prompt-runner orchestrate flow \"Dark mode\" --provider command --command \"ollama run llama3\"
  prompt-runner orchestrate flow \"Dark mode\" --provider anthropic --model MODEL
  prompt-runner orchestrate flow --continue                                    goes on where it stopped

Every step is stored before the next one begins. Providers can be named in config.toml; docs/PROVIDERS.md shows how.";

pub(super) const BATCH: &str = "Examples:
  prompt-runner orchestrate batch --file features.txt --provider command --command \"ollama run llama3\"
  printf 'Dark mode\\n---\\nLogin\\nby mail\\n' | prompt-runner orchestrate batch --file - --provider claude

One that fails stops no other; it is named, and goes on with `resume`.";

#[derive(Args)]
pub(in crate::cli) struct FlowArgs {
    /// What you want to build; `-` reads it from standard input
    #[arg(required_unless_present = "go_on")]
    feature: Option<String>,
    /// Go on with the session where it stopped
    #[arg(long = "continue", conflicts_with_all = ["feature", "workflow"])]
    go_on: bool,
    /// The workflow, such as full or bugfix; `prompt-runner workflow list` names them
    #[arg(long)]
    workflow: Option<String>,
    #[command(flatten)]
    pub(super) run: RunArgs,
}

/// Who is asked for the replies, and which session is meant.
#[derive(Args)]
pub(in crate::cli) struct RunArgs {
    #[command(flatten)]
    ask: Ask,
    #[command(flatten)]
    pub(super) at: At,
}

#[derive(Args)]
pub(in crate::cli) struct BatchArgs {
    /// The features: one a line, or parted by lines of `---`; `-` is standard input
    #[arg(long, short)]
    file: PathBuf,
    /// The workflow, such as full or bugfix; `prompt-runner workflow list` names them
    #[arg(long)]
    workflow: Option<String>,
    #[command(flatten)]
    ask: Ask,
    /// The project's folder; else the one around the current folder
    #[arg(long, value_name = "DIR")]
    project: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    pub(super) json: bool,
}

/// Who is asked for the replies.
#[derive(Args, Clone)]
#[command(next_help_heading = "Who is asked")]
struct Ask {
    #[arg(long, value_name = "NAME", help = providers())]
    provider: Option<String>,
    /// For `command`: the program that reads the prompt and prints the reply
    #[arg(long, value_name = "COMMAND")]
    command: Option<String>,
    /// For `anthropic` and `openai`: the model
    #[arg(long)]
    model: Option<String>,
    /// For `anthropic` and `openai`: another address, such as that of a local server
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
    /// For `file`: where the reply will be
    #[arg(long, value_name = "FILE")]
    reply_file: Option<PathBuf>,
    /// How long to wait for one reply, in seconds
    #[arg(long, value_name = "SECONDS")]
    timeout: Option<u64>,
    /// How often to try again after a fault that may pass
    #[arg(long, value_name = "N")]
    auto_retry: Option<u32>,
    /// How long to keep trying again, in seconds
    #[arg(long, value_name = "SECONDS")]
    auto_retry_for: Option<u64>,
    /// How often to ask for a phase before an incomplete reply ends the flow
    #[arg(long, value_name = "N", default_value_t = 2)]
    attempts: u32,
}

/// The help of `--provider`: every kind there is.
fn providers() -> String {
    let kinds = ProviderChoice::kinds().collect::<Vec<_>>().join(", ");
    format!("{kinds}, or a name of config.toml; `page` where nobody says")
}

impl Ask {
    fn options(&self) -> FlowOptions {
        let provider = ProviderChoice {
            name: self.provider.clone(),
            command: self.command.clone(),
            base_url: self.base_url.clone(),
            model: self.model.clone(),
            file: self.reply_file.clone(),
            timeout: self.timeout.map(Duration::from_secs),
            retries: self.auto_retry,
            total: self.auto_retry_for.map(Duration::from_secs),
        };
        FlowOptions { provider, attempts: self.attempts }
    }
}

impl SessionContext {
    pub(super) fn flow(&mut self, args: FlowArgs) -> Result<Output, Refusal> {
        let FlowArgs { feature, workflow, run, .. } = args;
        let start = match feature {
            Some(feature) => {
                let feature = super::give::feature(Some(feature), None, false)?.unwrap_or_default();
                let folder = run.at.project.clone();
                FlowStart::New(NewSession { feature, workflow, folder, keeps_prompts: false })
            }
            None => FlowStart::Session(run.at.choice()),
        };
        self.finish(start, &run.ask)
    }

    pub(super) fn resume(&mut self, run: &RunArgs) -> Result<Output, Refusal> {
        self.finish(FlowStart::Session(run.at.choice()), &run.ask)
    }

    pub(super) fn retry(&mut self, phase: Option<Phase>, run: &RunArgs) -> Result<Output, Refusal> {
        self.finish(FlowStart::Retry(run.at.choice(), phase), &run.ask)
    }

    fn finish(&mut self, start: FlowStart, ask: &Ask) -> Result<Output, Refusal> {
        let live = std::io::stderr().is_terminal();
        let view = self.runner.flow(start, &ask.options(), &mut |step| notify(&step, live))?;
        Ok(Output::of(SessionView { view }))
    }

    pub(super) fn batch(&mut self, args: &BatchArgs, out: &mut dyn Write) -> Result<(), Refusal> {
        let list = input::read(&args.file, input::Kind::Features)?;
        let features = features(&args.file.display().to_string(), &list)?;
        let batch = NewBatch { features, workflow: args.workflow.clone(), folder: args.project.clone() };
        let live = std::io::stderr().is_terminal();
        let outcome = self.runner.batch(&batch, &args.ask.options(), &mut |step| match step {
            BatchStep::Begun { number, of, feature } => {
                print::notify(&format!("{number} of {of}: {}", print::first_line(feature)));
            }
            BatchStep::Flow(step) => notify(&step, live),
            BatchStep::Failed(refusal) => print::notify(&refusal.to_string()),
        })?;
        let text = if args.json {
            let rows: Vec<_> = outcome.rows.iter().map(row_as_json).collect();
            format!("{}\n", json!({ "type": "batch", "rows": rows }))
        } else {
            outcome.rows.iter().map(row).collect()
        };
        out.write_all(text.as_bytes()).map_err(|error| unwritable(&error))?;
        outcome.refusal.map_or(Ok(()), Err)
    }
}

/// Says on standard error how far it is. What changes many times a second is said only to a terminal, in one line.
fn notify(step: &FlowStep<'_>, live: bool) {
    match step {
        FlowStep::Prompted { phase, text } => {
            print::notify(&format!("{}: the prompt is ready, {} bytes.", name(*phase), text.len()));
        }
        FlowStep::Stored { phase, verdict: None } => {
            print::notify(&format!("{}: stored by another program.", name(*phase)))
        }
        FlowStep::Stored { phase, verdict: Some(verdict) } => {
            let whole = if verdict.problem.is_none() { "stored" } else { "stored, and not complete" };
            print::notify(&format!("{}: {whole}, {}.", name(*phase), print::found(verdict)));
            if let (None, Some(although)) = (verdict.problem, although(&verdict.oddities)) {
                print::notify(&format!("  {although}"));
            }
        }
        FlowStep::Provider(ProviderEvent::Waiting) => {
            print::notify("  Waiting for the reply: by a click in your chat, or by `prompt-runner process`.");
        }
        FlowStep::Provider(ProviderEvent::Sent) => print::notify("  Asked. Waiting for the reply."),
        FlowStep::Provider(ProviderEvent::Copied) => {
            print::notify("  The prompt is in the clipboard. Give it to the model, then copy its complete reply.");
        }
        FlowStep::Provider(ProviderEvent::Looked { why: text } | ProviderEvent::Remark { what: text }) => {
            print::notify(&format!("  {text}"));
        }
        FlowStep::Provider(ProviderEvent::Again { attempt, of, wait, why }) => {
            print::notify(&format!("  {} Trying again in {:.0} s ({attempt} of {of}).", why, wait.as_secs_f64()));
        }
        FlowStep::Provider(ProviderEvent::Growing { bytes }) if live => {
            // Nobody may be listening, which is no fault.
            let _ = write!(std::io::stderr(), "\r  {bytes} bytes so far\r");
        }
        FlowStep::Provider(ProviderEvent::Growing { .. }) => {}
    }
}

fn name(phase: Phase) -> String {
    value(&phase_name(phase)).to_owned()
}

fn row(BatchRow { begun, outcome }: &BatchRow) -> String {
    let stand = match outcome {
        Ok(_) => "complete".to_owned(),
        Err(refusal) => refusal.code.name().to_owned(),
    };
    format!("{}  {stand:<24}  {}\n", begun.session, print::safe(print::first_line(&begun.feature)))
}

fn row_as_json(BatchRow { begun, outcome }: &BatchRow) -> serde_json::Value {
    match outcome {
        Ok(view) => json!({ "session": view.session, "view": view }),
        Err(refusal) => json!({ "session": begun.session, "refusal": refusal }),
    }
}
