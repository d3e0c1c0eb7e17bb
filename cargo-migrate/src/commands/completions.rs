//! `cargo migrate completions`: a completion script for a shell.

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use crate::cli::Cli;
use crate::context::Context;
use crate::exit_code::ExitCode;

/// Write a completion script for a shell to standard output
///
/// The script completes `cargo-migrate`.
#[derive(Debug, Args)]
pub(crate) struct CompletionsArgs {
    /// The shell
    shell: Shell,
}

pub(crate) fn run(context: &Context, args: &CompletionsArgs) -> ExitCode {
    let mut command = Cli::command().bin_name("cargo-migrate");
    // Into memory first: the generator panics where a reader such as `head` has gone away.
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut command, "cargo-migrate", &mut script);
    context.terminal.raw(&script);
    ExitCode::Fine
}
