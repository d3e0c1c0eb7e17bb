//! `cargo migrate run`: applies what is pending.

use clap::{Args, ValueEnum};
use migrate_core::diagnostics::{Code, Severity, has_errors};
use migrate_runtime::protocol::{FailureKind, RunOptions};
use migrate_runtime::{Grouping, Interrupted, Operation};

use crate::arguments::ChangeArgs;
use crate::commands::plan;
use crate::context::Context;
use crate::error::CommandError;
use crate::execute::{Execution, execute};
use crate::exit_code::ExitCode;
use crate::open_set::OpenSet;
use crate::output::{error, findings};
use crate::target::Target;

/// Apply what is pending
///
/// In the order of versions, each migration together with its history row in one transaction where the
/// server can. Takes the migration lock, so that any number of processes may start at once.
#[derive(Debug, Args)]
pub(crate) struct RunArgs {
    /// Apply nothing that is newer than this version
    #[arg(long, value_name = "VERSION")]
    to: Option<String>,
    /// Apply this version alone
    #[arg(long, value_name = "VERSION", conflicts_with = "to")]
    only: Option<String>,
    /// Show what would be done, and do nothing
    #[arg(long)]
    dry_run: bool,
    /// How migrations share transactions
    #[arg(long, value_name = "HOW", default_value = "auto")]
    transaction: Transaction,
    /// What became of a statement that was interrupted, where the database cannot tell
    #[arg(long, value_name = "WHAT")]
    interrupted: Option<Effect>,
    #[command(flatten)]
    change: ChangeArgs,
}

/// How migrations share transactions.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Transaction {
    /// In groups where nobody else can be using the database, else one by one
    Auto,
    /// Each is one
    Each,
    /// In groups, with a savepoint each
    Group,
    /// The whole run is one: all or nothing
    All,
}

/// What became of an interrupted statement.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Effect {
    /// It took no effect: run it again
    Retry,
    /// It took effect: go on with the next
    Done,
}

pub(crate) fn run(context: &Context, args: &RunArgs) -> Result<ExitCode, CommandError> {
    let (mut open, mut link) = args.change.open(context)?;
    let mut options = options(args, &open.target);
    if args.dry_run {
        return plan::show(context, &mut open, &mut link, &options);
    }
    let found = open.refresh()?;
    if has_errors(&found) {
        return Ok(refuse(context, &open, &found));
    }
    let mut execution = execute(context, &open, &mut link, &Operation::Run, &options)?;
    if context.can_ask() && stopped_at_a_changed_draft(&execution) {
        if let Some(failure) = execution.failure.take() {
            error::print(context, &CommandError::failure(failure, &open.set().sources));
        }
        context.confirm("Roll the changed drafts back and apply them anew?")?;
        options.redo_drafts = true;
        execution = execute(context, &open, &mut link, &Operation::Run, &options)?;
    }
    Ok(execution.conclude(context, &open))
}

fn options(args: &RunArgs, target: &Target) -> RunOptions {
    RunOptions {
        grouping: match args.transaction {
            Transaction::Auto => Grouping::Auto,
            Transaction::Each => Grouping::Each,
            Transaction::Group => Grouping::Group,
            Transaction::All => Grouping::All,
        },
        patience: args.change.wait,
        to: args.to.clone(),
        only: args.only.clone(),
        environment: args.change.connection.environment(target),
        interrupted: args.interrupted.map(|effect| match effect {
            Effect::Retry => Interrupted::Retry,
            Effect::Done => Interrupted::Done,
        }),
        redo_drafts: false,
    }
}

/// Says that a set with errors is not run.
pub(crate) fn refuse(
    context: &Context,
    open: &OpenSet,
    found: &[migrate_core::diagnostics::Diagnostic],
) -> ExitCode {
    let execution = Execution::refused(found);
    if context.terminal.is_json() {
        return execution.conclude(context, open);
    }
    findings::print(context.terminal, found, &open.set().sources);
    let count = findings::count(found);
    context.terminal.error(format_args!("error: the set has {count}; nothing was run"));
    ExitCode::Findings
}

/// Whether changed drafts are all that is in the way.
fn stopped_at_a_changed_draft(execution: &Execution) -> bool {
    let Some(failure) = &execution.failure else { return false };
    let mut errors =
        failure.findings.iter().filter(|finding| finding.severity() == Severity::Error).peekable();
    failure.kind == FailureKind::Refused
        && errors.peek().is_some()
        && errors.all(|finding| finding.code == Code::M509)
}
