//! `cargo migrate completions`: a completion script for a shell.

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use crate::cli::Cli;
use crate::exit_code::ExitCode;

/// Writes a completion script to standard output.
///
/// The script completes `cargo-migrate`; cargo's own completion knows of the sub-command.
#[derive(Debug, Args)]
pub(crate) struct CompletionsArgs {
    /// The shell
    shell: Shell,
}

pub(crate) fn run(args: &CompletionsArgs) -> ExitCode {
    let mut command = Cli::command().bin_name("cargo-migrate");
    clap_complete::generate(args.shell, &mut command, "cargo-migrate", &mut std::io::stdout());
    ExitCode::Fine
}
