//! `prompt-runner dashboard`: opens the door that it is handed, says where it is, and shows it to the browser of whoever sits there.

use super::{print, unwritable};
use clap::Args;
use prompt_runner_core::refusal::Refusal;
use std::convert::Infallible;
use std::io::{self, IsTerminal as _, Write};
use std::process::{Command, ExitCode, Stdio};

/// Serves the dashboard on a port of this machine (0: any free one) until the process ends. Once it listens, it calls back with two
/// addresses: one for people, which stays good, and one for the browser that is started now, which is good once.
pub type Serve = fn(u16, &mut dyn FnMut(&str, &str)) -> Result<Infallible, Refusal>;

/// What shows an address to the desktop's browser; nothing where no such program is known.
const OPENER: Option<&str> = if cfg!(target_os = "macos") {
    Some("open")
} else if cfg!(unix) {
    Some("xdg-open")
} else {
    None
};

#[derive(Args)]
pub(super) struct DashboardArgs {
    /// The port on 127.0.0.1; 0 takes any free one
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Only print the address
    #[arg(long)]
    no_open: bool,
}

/// Serves until Ctrl-C.
pub(super) fn dashboard(args: DashboardArgs, serve: Serve, out: &mut dyn Write) -> Result<ExitCode, Refusal> {
    let opens = !args.no_open && io::stdout().is_terminal();
    let mut said = Ok(());
    let mut ready = |address: &str, once: &str| {
        said = writeln!(out, "{address}").and_then(|()| out.flush());
        print::notify(
            "The dashboard is at this address until you press Ctrl-C. The address lets in whoever has it: keep it.",
        );
        if opens {
            open(once);
        }
    };
    let served = serve(args.port, &mut ready);
    said.map_err(|error| unwritable(&error))?;
    served.map(|never| match never {})
}

/// Other users of the machine may see the words that a program is started with, so these are good once.
fn open(once: &str) {
    let Some(opener) = OPENER else { return };
    let mut command = Command::new(opener);
    command.arg(once).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    if let Err(error) = command.spawn() {
        print::notify(&format!("No browser was opened (`{opener}`: {error}); open the address yourself."));
    }
}
