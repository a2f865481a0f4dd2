//! `prompt-runner orchestrate`: the verbs of the main job.

use super::{print, unwritable};
use crate::project::Project;
use crate::runner::{Runner, data_directory};
use clap::{Args, Subcommand};
use prompt_runner_core::event::{Repair, Source, Timing};
use prompt_runner_core::phase::Phase;
use prompt_runner_core::protocol::{Body, Reply, Request};
use prompt_runner_core::refusal::{Code, Refusal};
use prompt_runner_core::session::SessionId;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

#[derive(Subcommand)]
pub(super) enum Verb {
    /// Start a session for a feature and print its planning prompt
    Plan {
        /// What you want to build; `-` reads it from standard input; left out with --session, the prompt is printed again
        #[arg(required_unless_present = "session")]
        feature: Option<String>,
        /// The workflow: feature or full
        #[arg(long)]
        workflow: Option<String>,
        #[command(flatten)]
        at: At,
    },
    /// Store the model's reply to the current phase
    Process {
        /// The phase, where it is not the current one
        #[arg(long, value_parser = phase)]
        phase: Option<Phase>,
        /// The reply: a file, or `-` for standard input
        #[arg(long, short)]
        file: PathBuf,
        #[command(flatten)]
        at: At,
    },
    /// Print the analysis prompt
    Analyze(At),
    /// Print the implementation prompt
    Implement(At),
    /// Print the testing prompt
    Test(At),
    /// Print the cleaning prompt
    Clean(At),
    /// Print a prompt that asks only for the rest of an incomplete reply
    Repair(At),
    /// Take the incomplete reply of the current phase as it is
    Accept(At),
    /// Close the session, with the reply to its last phase if there is one to give
    Complete {
        /// The last reply: a file, or `-` for standard input
        #[arg(long, short)]
        file: Option<PathBuf>,
        #[command(flatten)]
        at: At,
    },
    /// Where the session stands and what comes next
    Status(At),
    /// The newest sessions
    List {
        /// Only those of this project
        #[arg(long, value_name = "DIR")]
        project: Option<PathBuf>,
        /// How many
        #[arg(long, default_value_t = 20)]
        limit: u32,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// The stored prompts and replies of a session
    Show {
        /// The session, by its id or the beginning or end of it
        id: Option<String>,
        /// Print nothing but the prompt of this phase
        #[arg(long, value_parser = phase, value_name = "PHASE", conflicts_with = "reply")]
        prompt: Option<Phase>,
        /// Print nothing but the reply of this phase
        #[arg(long, value_parser = phase, value_name = "PHASE")]
        reply: Option<Phase>,
        #[command(flatten)]
        at: At,
    },
    /// Make a session the active one of the project
    UseSession {
        /// The session, by its id or the beginning or end of it
        id: String,
        #[command(flatten)]
        at: At,
    },
}

/// Which session, and how to print.
#[derive(Args)]
pub(super) struct At {
    /// The session, by its id or the beginning or end of it; else the active one of the project
    #[arg(long)]
    session: Option<String>,
    /// The project's folder; else the one around the current folder
    #[arg(long, value_name = "DIR")]
    project: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Verb {
    pub(super) const fn wants_json(&self) -> bool {
        match self {
            Self::Analyze(at) | Self::Implement(at) | Self::Test(at) | Self::Clean(at) | Self::Status(at) => at.json,
            Self::Repair(at) | Self::Accept(at) => at.json,
            Self::Plan { at, .. } | Self::Process { at, .. } | Self::Complete { at, .. } => at.json,
            Self::Show { at, .. } | Self::UseSession { at, .. } => at.json,
            Self::List { json, .. } => *json,
        }
    }
}

pub(super) fn phase(name: &str) -> Result<Phase, String> {
    Phase::from_name(name).ok_or_else(|| {
        let names: Vec<_> = Phase::ALL.iter().map(|phase| phase.name()).collect();
        format!("the phases are {}", names.join(", "))
    })
}

/// Carries out a verb.
pub(super) fn run(verb: Verb, out: &mut dyn Write) -> Result<(), Refusal> {
    let json = verb.wants_json();
    let mut desk = Desk { runner: Runner::open(&data_directory()?)? };
    let shown = match verb {
        Verb::Plan { feature: Some(feature), workflow, at } => desk.plan(feature, workflow, &at),
        Verb::Plan { feature: None, at, .. } => desk.prompt(Phase::Planning, &at),
        Verb::Process { phase, file, at } => desk.capture(phase, &file, &at),
        Verb::Analyze(at) => desk.prompt(Phase::Analysis, &at),
        Verb::Implement(at) => desk.prompt(Phase::Implementation, &at),
        Verb::Test(at) => desk.prompt(Phase::Testing, &at),
        Verb::Clean(at) => desk.prompt(Phase::Cleaning, &at),
        Verb::Repair(at) => desk.repair(&at),
        Verb::Accept(at) => desk.accept(&at),
        Verb::Complete { file, at } => desk.complete(file.as_deref(), &at),
        Verb::Status(at) => desk.status(&at),
        Verb::List { project, limit, .. } => desk.list(project.as_deref(), limit),
        Verb::Show { id, prompt, reply, at } => desk.show(id, prompt, reply, &at),
        Verb::UseSession { id, at } => desk.use_session(&id, &at),
    }?;
    let written = match (json, shown) {
        (true, Shown::Reply(reply)) => {
            serde_json::to_string(&reply).map_err(Into::into).and_then(|json| writeln!(out, "{json}"))
        }
        (true, Shown::Text(text)) => writeln!(out, "{}", serde_json::json!({ "text": text })),
        (false, Shown::Reply(reply)) => print::reply(out, &reply),
        (false, Shown::Text(text)) => print::text(out, &text),
    };
    written.map_err(|error| unwritable(&error))
}

/// What a verb has to show.
enum Shown {
    Reply(Box<Reply>),
    Text(String),
}

impl From<Reply> for Shown {
    fn from(reply: Reply) -> Self {
        Self::Reply(Box::new(reply))
    }
}

/// Where the verbs work.
struct Desk {
    runner: Runner,
}

impl Desk {
    fn plan(&mut self, feature: String, workflow: Option<String>, at: &At) -> Result<Shown, Refusal> {
        let feature = if feature == "-" { read(Path::new("-"))? } else { feature };
        let project = project(at.project.as_deref())?;
        project.check_writable()?;
        let request = Request::Start {
            feature,
            workflow,
            project: Some(project.root().display().to_string()),
            conversation: None,
        };
        let Reply::Session { view: Some(view) } = self.runner.handle(request)? else {
            return Err(Refusal::new(Code::SessionNone, "The session did not start."));
        };
        project.activate(&view.session)?;
        Ok(self
            .runner
            .handle(Request::Prompt { session: view.session, phase: Some(Phase::Planning), repair: None })?
            .into())
    }

    fn prompt(&mut self, phase: Phase, at: &At) -> Result<Shown, Refusal> {
        let session = self.session(at)?;
        Ok(self.runner.handle(Request::Prompt { session, phase: Some(phase), repair: None })?.into())
    }

    fn repair(&mut self, at: &At) -> Result<Shown, Refusal> {
        let session = self.session(at)?;
        let status = self.runner.handle(Request::Status { session: Some(session.clone()), conversation: None })?;
        let fitting = match status {
            Reply::Session { view: Some(view) } => view.next.repairs.first().copied(),
            _ => None,
        };
        // Where nothing is to be repaired, it is the machine that says so.
        let repair = Some(fitting.unwrap_or(Repair::Continue));
        Ok(self.runner.handle(Request::Prompt { session, phase: None, repair })?.into())
    }

    fn accept(&mut self, at: &At) -> Result<Shown, Refusal> {
        let session = self.session(at)?;
        Ok(self.runner.handle(Request::Accept { session, phase: None })?.into())
    }

    fn capture(&mut self, phase: Option<Phase>, file: &Path, at: &At) -> Result<Shown, Refusal> {
        let session = self.session(at)?;
        let text = read(file)?;
        let source = if file == Path::new("-") { Source::Stdin } else { Source::File };
        // The store knows the same text again by its hash, so the name of the capture only has to be this process's own.
        let capture = format!("cli-{}-{}", std::process::id(), jiff::Timestamp::now().as_nanosecond());
        let body = Body::Markdown(text);
        let request = Request::Capture {
            capture,
            session,
            phase,
            body,
            source,
            timing: Timing::default(),
            conversation: None,
            others: Vec::new(),
        };
        Ok(self.runner.handle(request)?.into())
    }

    fn complete(&mut self, file: Option<&Path>, at: &At) -> Result<Shown, Refusal> {
        if let Some(file) = file {
            self.capture(None, file, at)?;
        }
        let session = self.session(at)?;
        Ok(self.runner.handle(Request::Complete { session })?.into())
    }

    fn status(&mut self, at: &At) -> Result<Shown, Refusal> {
        let session = self.session(at)?;
        Ok(self.runner.handle(Request::Status { session: Some(session), conversation: None })?.into())
    }

    fn list(&mut self, folder: Option<&Path>, limit: u32) -> Result<Shown, Refusal> {
        let project = folder.map(|folder| project(Some(folder))).transpose()?;
        let project = project.map(|project| project.root().display().to_string());
        Ok(self.runner.handle(Request::List { project, limit: Some(limit) })?.into())
    }

    fn show(
        &mut self,
        id: Option<String>,
        prompt: Option<Phase>,
        reply: Option<Phase>,
        at: &At,
    ) -> Result<Shown, Refusal> {
        let session = match id {
            Some(id) => self.runner.resolve(&id)?,
            None => self.session(at)?,
        };
        let record = self.runner.handle(Request::Show { session })?;
        let Some(phase) = prompt.or(reply) else {
            return Ok(record.into());
        };
        let Reply::Record { phases, .. } = record else {
            return Err(Refusal::new(Code::SessionUnknown, "The session has no record."));
        };
        let text = phases
            .into_iter()
            .find(|record| record.phase == phase)
            .and_then(|record| if prompt.is_some() { record.prompt } else { record.reply });
        text.map(Shown::Text).ok_or_else(|| {
            Refusal::new(
                Code::PhaseNotPrompted,
                format!("Nothing of that kind is stored for the {} phase.", phase.name()),
            )
        })
    }

    fn use_session(&mut self, id: &str, at: &At) -> Result<Shown, Refusal> {
        let session = self.runner.resolve(id)?;
        project(at.project.as_deref())?.activate(&session)?;
        Ok(self.runner.handle(Request::Status { session: Some(session), conversation: None })?.into())
    }

    /// The session that is meant: the named one, else the active one of the project.
    fn session(&self, at: &At) -> Result<SessionId, Refusal> {
        if let Some(part) = &at.session {
            return self.runner.resolve(part);
        }
        let project = project(at.project.as_deref())?;
        let active = project.active().ok_or_else(|| {
            Refusal::new(Code::SessionNone, format!("No session is active in {}.", project.root().display()))
        })?;
        self.runner.resolve(active.as_str())
    }
}

/// The project around a folder, by its real path.
fn project(folder: Option<&Path>) -> Result<Project, Refusal> {
    let folder = folder.unwrap_or_else(|| Path::new("."));
    let real = folder.canonicalize().map_err(|error| unreadable(folder, &error))?;
    if !real.is_dir() {
        return Err(Refusal::new(Code::FileUnreadable, format!("{} is not a folder.", folder.display())));
    }
    Ok(Project::around(&real))
}

/// A text from a file, or from standard input for `-`.
pub(super) fn read(file: &Path) -> Result<String, Refusal> {
    let mut text = String::new();
    let outcome = if file == Path::new("-") {
        std::io::stdin().lock().read_to_string(&mut text).map(drop)
    } else {
        std::fs::File::open(file).and_then(|mut file| file.read_to_string(&mut text)).map(drop)
    };
    outcome.map(|()| text).map_err(|error| unreadable(file, &error))
}

fn unreadable(file: &Path, error: &std::io::Error) -> Refusal {
    Refusal::new(Code::FileUnreadable, format!("{} cannot be read: {error}.", file.display()))
}
