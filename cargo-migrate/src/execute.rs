//! Changing a database: in this process, or in one that has the Rust migrations compiled in.

use migrate_core::database::Database;
use migrate_core::diagnostics::Diagnostic;
use migrate_core::set::MigrationKind;
use migrate_runtime::protocol::{Failure, FailureKind, RunOptions};
use migrate_runtime::{Db, Operation, Outcome, PlannedMigration, Report, RollbackTo, Runner};

use crate::connection::{Link, Opening};
use crate::context::Context;
use crate::error::CommandError;
use crate::exit_code::ExitCode;
use crate::open_set::OpenSet;
use crate::output::json::run::RunObject;
use crate::output::progress::Progress;
use crate::output::{error, report};
use crate::runner_build;

/// What was done, wherever it was done.
#[derive(Debug, Default)]
pub(crate) struct Execution {
    /// What was done, up to the failure.
    pub(crate) report: Report,
    /// Why it stopped.
    pub(crate) failure: Option<Failure>,
}

impl Execution {
    /// A set with errors was not run.
    pub(crate) fn refused(found: &[Diagnostic]) -> Self {
        let failure = Failure {
            kind: FailureKind::InvalidSet,
            message: "the set has errors; nothing was run".to_owned(),
            causes: Vec::new(),
            advice: None,
            findings: found.to_vec(),
            migration: None,
        };
        Execution { report: Report::default(), failure: Some(failure) }
    }

    /// Prints what was done and why it stopped.
    pub(crate) fn conclude(self, context: &Context, open: &OpenSet) -> ExitCode {
        let set = open.set();
        context.terminal.json(&RunObject::new(set, &self.report, self.failure.as_ref()));
        report::print(context.terminal, set, &self.report, self.failure.is_none());
        let Some(failure) = self.failure else { return ExitCode::Fine };
        let code = ExitCode::of(&failure);
        error::print(context, &CommandError::failure(failure, &set.sources));
        code
    }
}

impl From<Outcome> for Execution {
    fn from(outcome: Outcome) -> Self {
        Execution { report: outcome.report, failure: outcome.error.map(Failure::from) }
    }
}

/// Does something to a database and shows how it goes.
///
/// A program with the Rust migrations is built only where one of them would be executed.
pub(crate) fn execute(
    context: &Context,
    open: &OpenSet,
    link: &mut Link,
    operation: &Operation,
    options: &RunOptions,
) -> Result<Execution, CommandError> {
    let progress = Progress::new(context.terminal);
    let here = link.block_on(async |opening| {
        match in_this_process(open, opening, operation, options, &progress).await {
            Ok(execution) => Ok(execution),
            Err(failed) => Ok(Some(Execution {
                report: Report::default(),
                failure: Some(Failure::from(failed)),
            })),
        }
    });
    let execution = match here {
        Ok(None) => {
            let program = runner_build::program(context, open)?;
            runner_build::perform(&program, open, link.url(), operation, options, &progress)
        }
        Ok(Some(execution)) => Ok(execution),
        Err(error) => Err(error),
    };
    progress.finish();
    execution
}

/// Returns `None` when the work needs a Rust migration, which this process does not have.
async fn in_this_process(
    open: &OpenSet,
    opening: Opening<'_>,
    operation: &Operation,
    options: &RunOptions,
    progress: &Progress,
) -> migrate_runtime::Result<Option<Execution>> {
    let runner = options.apply(Runner::new(open.set()));
    let mut db = opening.db().await?;
    if open.has_rust() && needs_rust(&runner, &mut db, operation, options).await? {
        db.close().await?;
        return Ok(None);
    }
    let shown = progress.clone();
    db.observe(move |event| shown.show(event));
    let outcome = runner.perform(&mut db, operation).await;
    let only_read = outcome.error.is_none()
        && outcome.report.is_empty()
        && *operation != Operation::CreateHistory;
    if only_read && open.set().settings.database == Database::Sqlite {
        // Closing frees a schema's thousands of objects one after the
        // other: the file goes with the process.
        drop(db);
        return Ok(Some(outcome.into()));
    }
    let closed = db.close().await;
    if outcome.error.is_none() {
        closed?;
    }
    Ok(Some(outcome.into()))
}

async fn needs_rust(
    runner: &Runner<'_>,
    db: &mut Db,
    operation: &Operation,
    options: &RunOptions,
) -> migrate_runtime::Result<bool> {
    let is_rust = |planned: &PlannedMigration| planned.kind == MigrationKind::Rust;
    let planned = match operation {
        // Which drafts would be redone is known when it is done.
        Operation::Run if options.redo_drafts => return Ok(true),
        Operation::Run => runner.plan(db).await?.migrations,
        Operation::Rollback(to) => runner.plan_rollback(db, to).await?,
        Operation::Redo(count) => {
            let mut planned = runner.plan_rollback(db, &RollbackTo::Count(*count)).await?;
            planned.extend(runner.plan(db).await?.migrations);
            planned
        }
        _ => Vec::new(),
    };
    Ok(planned.iter().any(is_rust))
}
