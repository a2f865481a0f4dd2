//! The verbs of the predecessor, for scripts and fingers that know them. Each is another spelling of one of ours, so this file can
//! be deleted whole.

use super::give::ReplyInput;
use super::{At, Output, SessionContext};
use crate::cli::print;
use clap::{Args, Subcommand};
use prompt_runner_core::phase::Phase;
use prompt_runner_core::refusal::Refusal;

#[derive(Subcommand)]
pub(in crate::cli) enum Old {
    /// Now: `process`
    #[command(hide = true)]
    ProcessOrchestrator(Processing),
    /// Now: `process`
    #[command(hide = true, alias = "save-analysis")]
    ProcessAnalysis(Processing),
}

/// A verb that stores a reply.
#[derive(Args)]
pub(in crate::cli) struct Processing {
    #[command(flatten)]
    input: ReplyInput,
    #[command(flatten)]
    at: At,
}

impl Old {
    pub(super) const fn wants_json(&self) -> bool {
        let (Self::ProcessOrchestrator(args) | Self::ProcessAnalysis(args)) = self;
        args.at.json
    }

    pub(super) fn run(self, context: &mut SessionContext) -> Result<Output, Refusal> {
        let (phase, args) = match self {
            Self::ProcessOrchestrator(args) => (Phase::PLANNING, args),
            Self::ProcessAnalysis(args) => (Phase::ANALYSIS, args),
        };
        print::notify("This is now `prompt-runner orchestrate process`.");
        context.process(Some(phase), &args.input, &args.at)
    }
}
