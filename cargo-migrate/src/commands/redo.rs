//! `cargo migrate redo`: undoes the last migrations and applies them again.

use clap::Args;
use migrate_core::diagnostics::has_errors;
use migrate_runtime::protocol::RunOptions;
use migrate_runtime::{Operation, RollbackTo};

use crate::arguments::ChangeArgs;
use crate::commands::plan::print_migration;
use crate::commands::run::refuse;
use crate::connection;
use crate::context::Context;
use crate::error::CommandError;
use crate::execute::{Execution, execute};
use crate::exit_code::ExitCode;
use crate::grades::Grades;

/// Undo the last migrations and apply them again
///
/// What a draft needs that was changed after it was applied: what was applied is undone by the downgrade
/// that was stored with it. Shows what it would undo and asks; without a terminal `--yes` is needed.
#[derive(Debug, Args)]
pub(crate) struct RedoArgs {
    /// How many migrations
    #[arg(value_name = "N", default_value_t = 1)]
    count: usize,
    /// Do it without asking
    #[arg(short, long)]
    yes: bool,
    #[command(flatten)]
    change: ChangeArgs,
}

pub(crate) fn run(context: &Context, args: &RedoArgs) -> Result<ExitCode, CommandError> {
    let (mut open, mut link) = args.change.open(context)?;
    let found = open.refresh()?;
    if has_errors(&found) {
        return Ok(refuse(context, &open, &found));
    }
    if !args.yes {
        let to = RollbackTo::Count(args.count);
        let planned = connection::ask(context, &open, &mut link, None, async |runner, db| {
            runner.plan_rollback(db, &to).await
        })?;
        if planned.is_empty() {
            return Ok(Execution::default().conclude(context, &open));
        }
        let grades = Grades::for_plan(&open, &planned);
        for migration in &planned {
            print_migration(context, migration, grades.of(migration));
        }
        context.confirm("Roll this back and apply it again?")?;
    }
    let options = RunOptions {
        patience: args.change.wait,
        environment: args.change.connection.environment(&open.target),
        ..RunOptions::default()
    };
    let execution = execute(context, &open, &mut link, &Operation::Redo(args.count), &options)?;
    Ok(execution.conclude(context, &open))
}
