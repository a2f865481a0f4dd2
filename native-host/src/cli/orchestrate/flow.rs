//! The verbs that go from an idea to its end: flow, resume, retry, batch. The runner does the work; here is who is asked, and how the
//! way is told.

use super::desk::Desk;
use super::{At, Shown};
use crate::cli::{input, print, unwritable};
use clap::Args;
use prompt_runner_core::event::Stand;
use prompt_runner_core::phase::Phase;
use prompt_runner_core::protocol::{Handler as _, answer::SessionView, ask};
use prompt_runner_core::refusal::{Code, Refusal};
use prompt_runner_core::session::SessionId;
use prompt_runner_core::status::{View, phase_name};
use prompt_runner_core::words::{Say, although};
use runner::provider::{self, Choice, Chosen, Progress};
use runner::{Flow, Step};
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
    /// The workflow: feature or full
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
    /// The workflow: feature or full
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
    /// page, clipboard, file, command, anthropic, openai, or a name of config.toml; `page` where nobody says
    #[arg(long, value_name = "NAME")]
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

impl Ask {
    fn choice(&self) -> Choice {
        Choice {
            name: self.provider.clone(),
            command: self.command.clone(),
            base_url: self.base_url.clone(),
            model: self.model.clone(),
            file: self.reply_file.clone(),
            timeout: self.timeout.map(Duration::from_secs),
            retries: self.auto_retry,
            total: self.auto_retry_for.map(Duration::from_secs),
        }
    }
}

impl Desk {
    pub(super) fn flow(&mut self, args: FlowArgs) -> Result<Shown, Refusal> {
        let RunArgs { ask, at } = &args.run;
        // Before a session is started: a provider that cannot be had leaves no trace.
        let mut chosen = self.provider(ask)?;
        let session = match args.feature {
            Some(feature) => {
                let feature = super::give::feature(Some(feature), None, false)?.unwrap_or_default();
                self.start(feature, args.workflow, at)?.session
            }
            None => self.session(at)?,
        };
        self.finish(&session, &mut chosen, ask)
    }

    pub(super) fn resume(&mut self, run: &RunArgs) -> Result<Shown, Refusal> {
        let mut chosen = self.provider(&run.ask)?;
        let session = self.session(&run.at)?;
        self.finish(&session, &mut chosen, &run.ask)
    }

    pub(super) fn retry(&mut self, phase: Option<Phase>, run: &RunArgs) -> Result<Shown, Refusal> {
        let mut chosen = self.provider(&run.ask)?;
        let session = self.session(&run.at)?;
        let view = self.view(&session)?;
        let meant = phase.and_then(|phase| view.phases.iter().find(|its| its.phase == phase));
        // A reply that is stored stands in the way of another one.
        if let Some(done) = meant.filter(|its| matches!(its.stand, Stand::Replied | Stand::Skipped)) {
            self.runner.ask(ask::Redo { session: session.clone(), phase: done.phase })?;
        } else if let Some(other) = phase.filter(|phase| view.current != Some(*phase)) {
            // It is the machine that says why not.
            self.runner.ask(ask::Prompt { session: session.clone(), phase: Some(other), repair: None })?;
        }
        self.finish(&session, &mut chosen, &run.ask)
    }

    pub(super) fn batch(&mut self, args: &BatchArgs, out: &mut dyn Write) -> Result<(), Refusal> {
        let features = features(&input::read(&args.file, input::Kind::Features)?);
        if features.is_empty() {
            return Err(Refusal::new(Code::FeatureInvalid, format!("{} names no feature.", args.file.display())));
        }
        let mut chosen = self.provider(&args.ask)?;
        let at = At { project: args.project.clone(), json: args.json, ..At::default() };
        let (mut rows, mut failed) = (Vec::new(), Vec::new());
        for (index, feature) in features.iter().enumerate() {
            let title = feature.lines().next().unwrap_or_default();
            print::talk(&format!("{} of {}: {}", index + 1, features.len(), title));
            let view = self.start(feature.clone(), args.workflow.clone(), &at)?;
            let outcome = self.run(&view.session, &mut chosen, &args.ask);
            if let Err(refusal) = &outcome {
                print::talk(&refusal.to_string());
                failed.push(refusal.clone());
            }
            rows.push((view, outcome));
        }
        let text = if args.json {
            let rows: Vec<_> = rows.iter().map(row_as_json).collect();
            format!("{}\n", json!({ "type": "batch", "rows": rows }))
        } else {
            rows.iter().map(|(view, outcome)| row(view, outcome.as_ref())).collect()
        };
        out.write_all(text.as_bytes()).map_err(|error| unwritable(&error))?;
        match failed.into_iter().next() {
            None => Ok(()),
            Some(first) => Err(Refusal {
                hint: "Go on with each by `prompt-runner orchestrate resume --session ID`.".into(),
                ..first
            }),
        }
    }

    fn provider(&self, ask: &Ask) -> Result<Chosen, Refusal> {
        Ok(provider::provider(&ask.choice(), &self.places.config)?)
    }

    fn finish(&mut self, session: &SessionId, chosen: &mut Chosen, ask: &Ask) -> Result<Shown, Refusal> {
        self.run(session, chosen, ask).map(|view| Shown::of(SessionView { view }))
    }

    fn run(&mut self, session: &SessionId, chosen: &mut Chosen, ask: &Ask) -> Result<View, Refusal> {
        let live = std::io::stderr().is_terminal();
        let mut flow = Flow { provider: chosen.provider.as_mut(), name: &chosen.name, attempts: ask.attempts.max(1) };
        let outcome = self.runner.flow(session, &mut flow, &mut |step| tell(&step, live));
        outcome.map_err(|refusal| match refusal.code {
            Code::SessionClosed | Code::SessionUnknown | Code::ReplyIncomplete => refusal,
            _ => {
                let go_on = format!("prompt-runner orchestrate resume --session {session}");
                Refusal { hint: format!("{} Then go on with `{go_on}`.", refusal.hint), ..refusal }
            }
        })
    }
}

/// The features of a file: parted by lines of `---` where there are any, else one a line.
fn features(text: &str) -> Vec<String> {
    let parted = text.lines().any(|line| line.trim_end() == "---");
    let mut features = vec![String::new()];
    for line in text.lines() {
        if !parted || line.trim_end() == "---" {
            features.push(String::new());
        }
        if line.trim_end() != "---"
            && let Some(feature) = features.last_mut()
        {
            feature.push_str(line);
            feature.push('\n');
        }
    }
    features.iter().map(|feature| feature.trim().to_owned()).filter(|feature| !feature.is_empty()).collect()
}

/// Says on standard error how far it is. What changes many times a second is said only to a terminal, in one line.
fn tell(step: &Step<'_>, live: bool) {
    match step {
        Step::Prompted { phase, text } => {
            print::talk(&format!("{}: the prompt is ready, {} bytes.", name(*phase), text.len()));
        }
        Step::Stored { phase, verdict: None } => print::talk(&format!("{}: stored by another program.", name(*phase))),
        Step::Stored { phase, verdict: Some(verdict) } => {
            let whole = if verdict.problem.is_none() { "stored" } else { "stored, and not complete" };
            print::talk(&format!("{}: {whole}, {}.", name(*phase), print::found(verdict)));
            if let (None, Some(although)) = (verdict.problem, although(&verdict.oddities)) {
                print::talk(&format!("  {although}"));
            }
        }
        Step::Progress(Progress::Waiting) => {
            print::talk("  Waiting for the reply: by a click in your chat, or by `prompt-runner process`.");
        }
        Step::Progress(Progress::Sent) => print::talk("  Asked. Waiting for the reply."),
        Step::Progress(Progress::Copied) => {
            print::talk("  The prompt is in the clipboard. Give it to the model, then copy its whole reply.");
        }
        Step::Progress(Progress::Looked { why: text } | Progress::Remark { what: text }) => {
            print::talk(&format!("  {text}"));
        }
        Step::Progress(Progress::Again { attempt, of, wait, why }) => {
            print::talk(&format!("  {} Trying again in {:.0} s ({attempt} of {of}).", why, wait.as_secs_f64()));
        }
        Step::Progress(Progress::Growing { bytes }) if live => {
            // Nobody may be listening, which is no fault.
            let _ = write!(std::io::stderr(), "\r  {bytes} bytes so far\r");
        }
        Step::Progress(Progress::Growing { .. }) => {}
    }
}

fn name(phase: Phase) -> String {
    Say::new(&phase_name(phase)[1..], []).english()
}

fn row(view: &View, outcome: Result<&View, &Refusal>) -> String {
    let stand = match outcome {
        Ok(_) => "complete".to_owned(),
        Err(refusal) => refusal.code.name().to_owned(),
    };
    let title = view.feature.lines().next().unwrap_or_default();
    format!("{}  {stand:<24}  {}\n", view.session, print::safe(title))
}

fn row_as_json((view, outcome): &(View, Result<View, Refusal>)) -> serde_json::Value {
    match outcome {
        Ok(view) => json!({ "session": view.session, "view": view }),
        Err(refusal) => json!({ "session": view.session, "refusal": refusal }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn features_stand_one_a_line_or_between_rules() {
        assert_eq!(features("Dark mode\n\n  Login \n"), ["Dark mode", "Login"]);
        assert_eq!(features("Dark mode\nfor all pages\n---\nLogin\n---\n\n"), ["Dark mode\nfor all pages", "Login"]);
        assert!(features("\n---\n").is_empty());
    }
}
