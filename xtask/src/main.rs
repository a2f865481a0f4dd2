//! The toolbox: one program that knows how this house is built, shown, run and tested, so that nobody has to
//! remember a recipe. `cargo xtask` lists the commands; each has a file of its own here.

mod attacks;
mod bench;
mod build;
mod codegen;
mod demo;
mod engine;
mod faults;
mod fidelity;
mod fuzz;
mod house;
mod letters;
mod run;
mod seed_data;
mod setup;
mod test;
mod wasm_file;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", about = "Builds, shows, runs and tests Prompt-Runner")]
struct Cli {
    #[command(subcommand)]
    command: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Get what building and testing need: the wasm target, the npm tools, Chromium
    Setup,
    /// Build the native programs and the page's engine, where something changed
    Build(build::Options),
    /// Play one workflow against the stand-in site, in a real browser with the real extension and host
    Demo(demo::Options),
    /// Open Chromium with the extension and the native host, in a profile of its own
    Run,
    /// Run every check there is and stop at the first failure
    Test(test::Options),
    /// Try everything that is tried against the program, and print what came of it
    Attacks(attacks::Options),
    /// Count how faithfully replies are read and kept, and print the counts
    Fidelity(fidelity::Options),
    /// Feed bytes of any kind into everything that reads what others wrote, and count what they find
    Fuzz(fuzz::Options),
    /// Try the promises of docs/RELIABILITY.md by count, and print one table
    Faults(faults::Options),
    /// Measure the things that have a budget
    Bench(bench::Options),
    /// Fill a data directory with half a year of sessions that look lived
    SeedData(seed_data::Options),
    /// Write the generated files, or check that they are fresh
    Codegen(codegen::Options),
}

fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Task::Setup => setup::all().map(|_| ExitCode::SUCCESS),
        Task::Build(options) => build::run(&options).map(|()| ExitCode::SUCCESS),
        Task::Demo(options) => demo::run(&options),
        Task::Run => run::run(),
        Task::Test(options) => test::run(&options),
        Task::Attacks(options) => attacks::run(&options),
        Task::Fidelity(options) => fidelity::run(&options),
        Task::Fuzz(options) => fuzz::run(&options),
        Task::Faults(options) => faults::run(&options),
        Task::Bench(options) => bench::run(&options),
        Task::SeedData(options) => seed_data::run(&options),
        Task::Codegen(options) => codegen::run(&options).map(|()| ExitCode::SUCCESS),
    };
    done.unwrap_or_else(|error| {
        eprintln!("xtask: {error:#}");
        ExitCode::FAILURE
    })
}
