//! `cargo migrate rollback`: undoes migrations.

use clap::Args;
use migrate_runtime::protocol::RunOptions;
use migrate_runtime::{Operation, PlannedMigration, RollbackTo};

use crate::arguments::ChangeArgs;
use crate::commands::plan::print_migration;
use crate::connection;
use crate::context::Context;
use crate::error::CommandError;
use crate::execute::{Execution, execute};
use crate::exit_code::ExitCode;
use crate::grades::Grades;
use crate::output::findings::plural;
use crate::output::json::plan::PlanObject;

/// Undo migrations, the last one applied first
///
/// With the downgrade in the file, or with the one that was stored when it was applied if the file
/// changed or is gone. Shows what it would undo and asks; without a terminal `--yes` is needed.
#[derive(Debug, Args)]
pub(crate) struct RollbackArgs {
    /// How many migrations to undo; 1 unless given
    #[arg(value_name = "N", conflicts_with_all = ["to", "all"])]
    count: Option<usize>,
    /// Undo everything that was applied after this version
    #[arg(long, value_name = "VERSION", conflicts_with = "all")]
    to: Option<String>,
    /// Undo everything
    #[arg(long)]
    all: bool,
    /// Show what would be undone, and do nothing
    #[arg(long)]
    dry_run: bool,
    /// Undo without asking
    #[arg(short, long)]
    yes: bool,
    #[command(flatten)]
    change: ChangeArgs,
}

pub(crate) fn run(context: &Context, args: &RollbackArgs) -> Result<ExitCode, CommandError> {
    let (open, mut link) = args.change.open(context)?;
    let to = match (&args.to, args.all) {
        (Some(version), _) => RollbackTo::Version(version.clone()),
        (None, true) => RollbackTo::All,
        (None, false) => RollbackTo::Count(args.count.unwrap_or(1)),
    };
    if args.dry_run || !args.yes {
        let planned = connection::ask(context, &open, &mut link, None, async |runner, db| {
            runner.plan_rollback(db, &to).await
        })?;
        if planned.is_empty() && !args.dry_run {
            return Ok(Execution::default().conclude(context, &open));
        }
        let grades = Grades::for_plan(&open, &planned);
        show(context, &planned, &grades);
        if args.dry_run {
            context.terminal.json(&PlanObject::of_rollback(open.set(), &planned, &grades));
            return Ok(ExitCode::Fine);
        }
        context.confirm("Roll back?")?;
    }
    let options = RunOptions { patience: args.change.wait, ..RunOptions::default() };
    let execution = execute(context, &open, &mut link, &Operation::Rollback(to), &options)?;
    Ok(execution.conclude(context, &open))
}

fn show(context: &Context, planned: &[PlannedMigration], grades: &Grades) {
    for migration in planned {
        print_migration(context, migration, grades.of(migration));
    }
    let count = plural(planned.len(), "migration");
    context.terminal.say(format_args!("-- {count} would be rolled back"));
}
