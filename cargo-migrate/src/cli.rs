//! The command line.

use std::ffi::OsString;

use clap::{Parser, Subcommand};

use crate::arguments::OutputArgs;
use crate::commands::{
    check, completions, downgrade, init, lock, log, new, plan, redo, rollback, run, schema, status,
};
use crate::context::Context;
use crate::error::CommandError;
use crate::exit_code::ExitCode;

/// `docs/exit-codes.md` in short.
const EXIT_CODES: &str = "\
Exit codes:
  0  all is well          5  a migration failed     10  the Rust migrations do not build
  1  findings             6  it failed half way     70  the tool itself failed
  2  usage                7  refused by the policy  130  stopped with Ctrl-C
  3  no connection        8  refused by the server
  4  the lock is held     9  it took too long";

/// Database migrations that are checked when the program compiles and proved when they apply.
///
/// Inside a package, `[package.metadata.migrate]` in Cargo.toml says what the set is; outside of
/// one, name it with `--dir`.
#[derive(Debug, Parser)]
#[command(
    name = "cargo-migrate",
    bin_name = "cargo migrate",
    version,
    max_term_width = 100,
    after_long_help = EXIT_CODES
)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) output: OutputArgs,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Every command, in the order in which a project meets them.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Init(init::InitArgs),
    New(new::NewArgs),
    Check(check::CheckArgs),
    Lock(lock::LockArgs),
    Schema(schema::SchemaArgs),
    Downgrade(downgrade::DowngradeArgs),
    Plan(plan::PlanArgs),
    Run(run::RunArgs),
    Status(status::StatusArgs),
    Log(log::LogArgs),
    Rollback(rollback::RollbackArgs),
    Redo(redo::RedoArgs),
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
            Command::Downgrade(args) => downgrade::run(context, &args),
            Command::Schema(args) => schema::run(context, &args),
            Command::Plan(args) => plan::run(context, &args),
            Command::Run(args) => run::run(context, &args),
            Command::Status(args) => status::run(context, &args),
            Command::Log(args) => log::run(context, &args),
            Command::Rollback(args) => rollback::run(context, &args),
            Command::Redo(args) => redo::run(context, &args),
            Command::Completions(args) => Ok(completions::run(context, &args)),
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
