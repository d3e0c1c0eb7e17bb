//! The command line.

use std::ffi::OsString;

use clap::{Parser, Subcommand};

use crate::arguments::OutputArgs;
use crate::commands::{
    check, completions, init, lock, log, new, plan, redo, rollback, run, status,
};
use crate::context::Context;
use crate::error::CommandError;
use crate::exit_code::ExitCode;

/// Database migrations that are checked when the program compiles and proved when they apply.
///
/// Inside a package, `[package.metadata.migrate]` in Cargo.toml says what the set is; outside of
/// one, name it with `--dir`.
#[derive(Debug, Parser)]
#[command(name = "cargo-migrate", bin_name = "cargo migrate", version, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) output: OutputArgs,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Every command, in the order in which a project meets them.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Set up migrations in a package: folder, lock file, build script, settings
    Init(init::InitArgs),
    /// Write a new migration, as a draft
    New(new::NewArgs),
    /// Check everything that can be checked without a database
    Check(check::CheckArgs),
    /// Seal drafts, and bring the lock file up to date
    Lock(lock::LockArgs),
    /// Show what `run` would do
    Plan(plan::PlanArgs),
    /// Apply what is pending
    Run(run::RunArgs),
    /// Show the state of every migration
    Status(status::StatusArgs),
    /// Show what was done to this database, newest first
    Log(log::LogArgs),
    /// Undo migrations, the last one applied first
    Rollback(rollback::RollbackArgs),
    /// Undo the last migrations and apply them again
    Redo(redo::RedoArgs),
    /// Write a completion script for a shell to standard output
    Completions(completions::CompletionsArgs),
}

impl Command {
    /// Does what was asked for.
    pub(crate) fn run(self, context: &Context) -> Result<ExitCode, CommandError> {
        match self {
            Command::Init(args) => init::run(context, &args),
            Command::New(args) => new::run(context, &args),
            Command::Check(args) => check::run(context, &args),
            Command::Lock(args) => lock::run(context, &args),
            Command::Plan(args) => plan::run(context, &args),
            Command::Run(args) => run::run(context, &args),
            Command::Status(args) => status::run(context, &args),
            Command::Log(args) => log::run(context, &args),
            Command::Rollback(args) => rollback::run(context, &args),
            Command::Redo(args) => redo::run(context, &args),
            Command::Completions(args) => Ok(completions::run(&args)),
        }
    }
}

/// Returns the arguments, without the word `migrate` that cargo puts first.
pub(crate) fn arguments() -> Vec<OsString> {
    let mut arguments: Vec<OsString> = std::env::args_os().collect();
    if arguments.get(1).is_some_and(|first| first == "migrate") {
        arguments.remove(1);
    }
    arguments
}
