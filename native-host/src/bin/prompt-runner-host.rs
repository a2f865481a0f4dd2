//! The program that browsers start: frames on standard input and output, nothing else.

use std::process::ExitCode;

fn main() -> ExitCode {
    prompt_runner::host::main()
}
