//! What a shell and a reader of manuals get, made of the command line itself, so that neither can say what it does not do.

use super::unwritable;
use clap::{Args, Command};
use clap_complete::Shell;
use clap_mangen::Man;
use prompt_runner_core::refusal::{Code, Refusal};
use runner::atomic_file::{self, For};
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

#[derive(Args)]
pub(super) struct CompletionsArgs {
    /// The shell
    shell: Shell,
}

#[derive(Args)]
pub(super) struct ManArgs {
    /// Write a page for each command into this folder, which is made when it is missing
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

/// Prints completions.
pub(super) fn completions(args: &CompletionsArgs, mut cli: Command, out: &mut dyn Write) -> Result<(), Refusal> {
    // Into memory first: clap panics where it cannot write.
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut cli, "prompt-runner", &mut script);
    // For bash it spells the hyphen in our name in two ways, so that no verb is ever completed (clap-rs/clap#6421).
    let script = String::from_utf8_lossy(&script).replace("prompt__subcmd__runner", "prompt__runner");
    out.write_all(script.as_bytes()).map_err(|error| unwritable(&error))
}

/// Prints the page of the program, or writes all pages.
pub(super) fn man(args: &ManArgs, cli: Command, out: &mut dyn Write) -> Result<(), Refusal> {
    let Some(dir) = &args.dir else {
        return Man::new(cli).render(out).map_err(|error| unwritable(&error));
    };
    let mut cli = cli.disable_help_subcommand(true);
    cli.build();
    fs::create_dir_all(dir).and_then(|()| pages(&cli, dir)).map_err(|error| {
        let message = format!("The pages cannot be written into {}: {error}.", dir.display());
        Refusal {
            hint: "Name a folder that is yours with --dir.".into(),
            ..Refusal::new(Code::FileUnreadable, message)
        }
    })
}

/// The page of a command, and of each below it that stands in its help.
fn pages(command: &Command, dir: &Path) -> io::Result<()> {
    command.get_subcommands().filter(|below| !below.is_hide_set()).try_for_each(|below| pages(below, dir))?;
    let page = Man::new(command.clone());
    let mut text = Vec::new();
    page.render(&mut text)?;
    atomic_file::put(&dir.join(page.get_filename()), text, For::All)
}
