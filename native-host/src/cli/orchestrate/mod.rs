//! `prompt-runner orchestrate`: the verbs of the main job, as words.

mod apply;
mod flow;
mod give;
mod legacy;
mod session_context;
mod short;
mod watch;

use super::{print, template, unwritable};
use apply::{ApplyArgs, RestoreArgs, UndoArgs};
use clap::{Args, Subcommand};
use flow::{BatchArgs, FlowArgs, RunArgs};
use give::{PromptOutput, ReplyInput};
use legacy::Old;
use prompt_runner_core::phase::Phase;
use prompt_runner_core::protocol::Reply;
use prompt_runner_core::refusal::Refusal;
use runner::StoredText;
use session_context::SessionContext;
pub(super) use short::{is_prompt_line, prompt_line};
use std::io::Write;
use std::path::PathBuf;

#[derive(Subcommand)]
pub(super) enum Verb {
    /// Take a feature through all its phases, from the idea to the last reply
    #[command(after_help = flow::EXAMPLES)]
    Flow(FlowArgs),
    /// Go on with a session where it stopped, to its end
    Resume(RunArgs),
    /// Ask for a phase anew, and go on to the end
    Retry {
        /// The phase, where it is not the current one; those after it are done anew, too
        #[arg(long, value_parser = phase)]
        phase: Option<Phase>,
        #[command(flatten)]
        run: RunArgs,
    },
    /// Take many features through all their phases, one after the other
    #[command(after_help = flow::BATCH)]
    Batch(BatchArgs),
    /// Start a session for a feature and print its planning prompt
    Plan {
        /// What you want to build; `-` reads it from standard input; left out with --session, the prompt is printed again
        #[arg(
            required_unless_present_any = ["session", "session_file", "file", "interactive"],
            conflicts_with_all = ["session", "session_file"],
        )]
        feature: Option<String>,
        /// Read the feature from this file
        #[arg(long, short, conflicts_with_all = ["feature", "session", "session_file"])]
        file: Option<PathBuf>,
        /// Type the feature at the terminal
        #[arg(long, short, conflicts_with_all = ["feature", "file", "session", "session_file"])]
        interactive: bool,
        /// The workflow, such as full or bugfix; `prompt-runner workflow list` names them
        #[arg(long)]
        workflow: Option<String>,
        #[command(flatten)]
        output: PromptOutput,
        #[command(flatten)]
        at: At,
    },
    /// Store the model's reply to the current phase
    #[command(after_help = give::EXAMPLES)]
    Process {
        /// The phase, where it is not the current one
        #[arg(long, value_parser = phase)]
        phase: Option<Phase>,
        #[command(flatten)]
        input: ReplyInput,
        #[command(flatten)]
        at: At,
    },
    /// Print the analysis prompt
    Analyze(Asking),
    /// Print the implementation prompt
    Implement(Asking),
    /// Print the testing prompt
    Test(Asking),
    /// Print the cleaning prompt
    Clean(Asking),
    /// Print the prompt of a phase, whichever workflow it is of
    Phase {
        /// The phase, by its name
        #[arg(value_parser = phase)]
        phase: Phase,
        #[command(flatten)]
        asking: Asking,
    },
    /// Print a prompt that asks only for the rest of an incomplete reply
    Repair(Asking),
    /// Take the incomplete reply of the current phase as it is
    Accept(At),
    /// Leave a phase out
    Skip {
        /// The phase, where it is not the current one
        #[arg(value_parser = phase)]
        phase: Option<Phase>,
        #[command(flatten)]
        at: At,
    },
    /// Take a phase and those after it up anew; what was recorded of them stays in the log
    Redo {
        /// The phase
        #[arg(value_parser = phase)]
        phase: Phase,
        #[command(flatten)]
        at: At,
    },
    /// Give the session up; what was recorded of it stays
    Abandon(At),
    /// Say how the session went; what you leave out stays as you said it before
    Rate {
        /// 1 (badly) to 5 (well)
        #[arg(value_parser = clap::value_parser!(u8).range(1..=5), value_name = "1-5")]
        rating: u8,
        /// In your words, at most 2,000 characters; an empty one takes back the one before
        word: Option<String>,
        /// How much time it saved you, if you can tell
        #[arg(long, value_name = "MINUTES")]
        saved: Option<u32>,
        #[command(flatten)]
        at: At,
    },
    /// Change the files of the project as the reply says, after showing what becomes of them
    #[command(after_help = apply::EXAMPLES)]
    Apply(ApplyArgs),
    /// Take a change of files back, to the byte
    Undo(UndoArgs),
    /// Take back every change of files after a step
    Restore(RestoreArgs),
    /// Say what is left of the files that the session changed
    Outcome(At),
    /// Close the session, with the reply to its last phase if there is one to give
    Complete {
        #[command(flatten)]
        input: ReplyInput,
        #[command(flatten)]
        at: At,
    },
    /// Where the session stands and what comes next
    #[command(after_help = short::EXAMPLES)]
    Status {
        /// One short line for a shell prompt; nothing where no session is active
        #[arg(long, conflicts_with_all = ["watch", "json"])]
        short: bool,
        /// Stay, and show every change until the session ends
        #[arg(long)]
        watch: bool,
        #[command(flatten)]
        at: At,
    },
    /// The newest sessions
    #[command(visible_alias = "list-sessions")]
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
        /// The session, by its id, the beginning or end of it, or words of its feature
        id: Option<String>,
        /// Print nothing but the prompt of this phase
        #[arg(long, value_parser = phase, value_name = "PHASE", conflicts_with = "reply")]
        prompt: Option<Phase>,
        /// Print nothing but the reply of this phase
        #[arg(long, value_parser = phase, value_name = "PHASE")]
        reply: Option<Phase>,
        /// Print nothing but this text, which is kept beside the session
        #[arg(long, value_name = "NAME", conflicts_with_all = ["prompt", "reply"])]
        attachment: Option<String>,
        #[command(flatten)]
        at: At,
    },
    /// Make a session the active one of the project
    #[command(after_help = give::CHOOSING)]
    UseSession {
        /// The session, by its id, the beginning or end of it, or words of its feature; left out, you choose from a list
        words: Vec<String>,
        #[command(flatten)]
        at: At,
    },
    /// The spelling of the predecessor for `prompt-runner template`
    #[command(subcommand, hide = true)]
    Template(template::Verb),
    #[command(flatten)]
    Old(Old),
}

/// Which session, and how to print.
#[derive(Args, Clone, Default)]
pub(super) struct At {
    /// The session, by its id, the beginning or end of it, or words of its feature; else the active one of the project
    #[arg(long)]
    session: Option<String>,
    /// The predecessor's session file; its name is the session
    #[arg(long, value_name = "FILE", conflicts_with = "session", hide = true)]
    session_file: Option<PathBuf>,
    /// The project's folder; else the one around the current folder
    #[arg(long, value_name = "DIR")]
    project: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// A verb that hands a prompt over.
#[derive(Args)]
pub(super) struct Asking {
    #[command(flatten)]
    output: PromptOutput,
    #[command(flatten)]
    at: At,
}

impl Verb {
    pub(super) const fn wants_json(&self) -> bool {
        match self {
            Self::Flow(args) => args.run.at.json,
            Self::Resume(run) | Self::Retry { run, .. } => run.at.json,
            Self::Batch(args) => args.json,
            Self::Analyze(asking) | Self::Implement(asking) | Self::Test(asking) => asking.at.json,
            Self::Clean(asking) | Self::Repair(asking) | Self::Phase { asking, .. } => asking.at.json,
            Self::Accept(at) | Self::Abandon(at) | Self::Outcome(at) => at.json,
            Self::Plan { at, .. } | Self::Process { at, .. } | Self::Complete { at, .. } => at.json,
            Self::Skip { at, .. } | Self::Redo { at, .. } | Self::Status { at, .. } => at.json,
            Self::Show { at, .. } | Self::UseSession { at, .. } | Self::Rate { at, .. } => at.json,
            Self::Apply(args) => args.at.json,
            Self::Undo(args) => args.at.json,
            Self::Restore(args) => args.which.json,
            Self::List { json, .. } => *json,
            Self::Template(verb) => verb.wants_json(),
            Self::Old(old) => old.wants_json(),
        }
    }
}

/// A phase by its name, or by the verb that asks for it. Which phases there are, a session's workflow says.
pub(super) fn phase(name: &str) -> Result<Phase, String> {
    Phase::of_verb(name).or_else(|| Phase::from_name(name)).ok_or_else(|| {
        format!(
            "a phase is named in small letters, as `prompt-runner workflow show` lists them; “{name}” is no such name"
        )
    })
}

/// Carries out a verb.
pub(super) fn run(verb: Verb, out: &mut dyn Write) -> Result<(), Refusal> {
    let json = verb.wants_json();
    let verb = match verb {
        // Before anything is opened: a shell prompt waits for it.
        Verb::Status { short: true, at, .. } => return short::status(&at, out),
        Verb::Template(verb) => return template::run(verb, out),
        verb => verb,
    };
    let mut context = SessionContext::open()?;
    let output = match verb {
        Verb::Flow(args) => context.flow(args),
        Verb::Resume(run) => context.resume(&run),
        Verb::Retry { phase, run } => context.retry(phase, &run),
        Verb::Batch(args) => return context.batch(&args, out),
        Verb::Plan { feature, file, interactive, workflow, output, at } => {
            match give::feature(feature, file.as_deref(), interactive)? {
                Some(feature) => context.plan(feature, workflow, &output, &at),
                None => context.prompt(Phase::PLANNING, &output, &at),
            }
        }
        Verb::Process { phase, input, at } => context.process(phase, &input, &at),
        Verb::Analyze(Asking { output, at }) => context.prompt(Phase::ANALYSIS, &output, &at),
        Verb::Implement(Asking { output, at }) => context.prompt(Phase::IMPLEMENTATION, &output, &at),
        Verb::Test(Asking { output, at }) => context.prompt(Phase::TESTING, &output, &at),
        Verb::Clean(Asking { output, at }) => context.prompt(Phase::CLEANING, &output, &at),
        Verb::Phase { phase, asking: Asking { output, at } } => context.prompt(phase, &output, &at),
        Verb::Repair(Asking { output, at }) => context.repair(&output, &at),
        Verb::Accept(at) => context.accept(&at),
        Verb::Skip { phase, at } => context.skip(phase, &at),
        Verb::Redo { phase, at } => context.redo(phase, &at),
        Verb::Abandon(at) => context.abandon(&at),
        Verb::Rate { rating, word, saved, at } => context.rate(rating, word, saved, &at),
        Verb::Apply(args) => context.apply(&args, out),
        Verb::Undo(args) => context.undo(args),
        Verb::Restore(args) => context.restore(args),
        Verb::Outcome(at) => context.outcome(&at),
        Verb::Complete { input, at } => context.complete(&input, &at),
        Verb::Status { watch: true, at, .. } => return context.watch(&at, out),
        Verb::Status { at, .. } => context.status(&at),
        Verb::List { project, limit, .. } => context.list(project.as_deref(), limit),
        Verb::Show { id, prompt, reply, attachment, at } => {
            let prompt = prompt.map(StoredText::Prompt);
            let text = prompt.or(reply.map(StoredText::Reply)).or(attachment.map(StoredText::Attachment));
            context.show(id, text.as_ref(), &at)
        }
        Verb::UseSession { words, at } => context.use_session(&words, &at),
        Verb::Old(old) => old.run(&mut context),
        Verb::Template(_) => return Ok(()),
    }?;
    print(output, json, out)
}

/// What a verb prints.
enum Output {
    Reply(Box<Reply>),
    Text(String),
}

impl Output {
    /// An answer of the runner.
    fn of(answer: impl Into<Reply>) -> Self {
        Self::Reply(Box::new(answer.into()))
    }
}

fn print(output: Output, json: bool, out: &mut dyn Write) -> Result<(), Refusal> {
    let written = match (json, output) {
        (true, Output::Reply(reply)) => {
            serde_json::to_string(&reply).map_err(Into::into).and_then(|json| writeln!(out, "{json}"))
        }
        (true, Output::Text(text)) => writeln!(out, "{}", serde_json::json!({ "text": text })),
        (false, Output::Reply(reply)) => print::reply(out, &reply),
        (false, Output::Text(text)) => print::text(out, &text),
    };
    written.map_err(|error| unwritable(&error))
}
