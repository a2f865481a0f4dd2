//! The command line, and the door that it may open: neither knows the other, so they are put together here.

use std::process::ExitCode;

fn main() -> ExitCode {
    prompt_runner::cli::main(prompt_runner::http::serve)
}
