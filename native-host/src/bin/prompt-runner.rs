//! The command line.

use std::process::ExitCode;

fn main() -> ExitCode {
    prompt_runner::cli::main()
}
