//! `cargo migrate plan`: what a run would do.

use clap::Args;
use migrate_core::diagnostics::{Diagnostic, has_errors};
use migrate_core::replay::Grade;
use migrate_core::set::MigrationKind;
use migrate_runtime::protocol::RunOptions;
use migrate_runtime::{Plan, PlannedMigration};

use crate::arguments::{ConnectionArgs, TargetArgs};
use crate::connection::{self, Link};
use crate::context::Context;
use crate::error::CommandError;
use crate::exit_code::ExitCode;
use crate::grades::{self, Grades};
use crate::open_set::OpenSet;
use crate::output::findings::{self, plural};
use crate::output::json::plan::PlanObject;
use crate::output::terminal::{BAD, FAINT, GOOD, NAME};
use crate::target::Target;

/// Show what `run` would do
///
/// Prints the migrations in order and with their SQL, and changes nothing.
#[derive(Debug, Args)]
pub(crate) struct PlanArgs {
    /// Plan nothing that is newer than this version
    #[arg(long, value_name = "VERSION")]
    to: Option<String>,
    /// Plan this version alone
    #[arg(long, value_name = "VERSION", conflicts_with = "to")]
    only: Option<String>,
    #[command(flatten)]
    target: TargetArgs,
    #[command(flatten)]
    connection: ConnectionArgs,
}

pub(crate) fn run(context: &Context, args: &PlanArgs) -> Result<ExitCode, CommandError> {
    let target = Target::find(context, &args.target)?;
    let mut link = args.connection.link(&target)?;
    let environment = args.connection.environment(&target);
    let mut open = link.read(target)?;
    let (to, only) = (args.to.clone(), args.only.clone());
    let options = RunOptions { to, only, environment, ..RunOptions::default() };
    show(context, &mut open, &mut link, &options)
}

/// Shows what a run with these options would do.
pub(crate) fn show(
    context: &Context,
    open: &mut OpenSet,
    link: &mut Link,
    options: &RunOptions,
) -> Result<ExitCode, CommandError> {
    let mut plan = connection::ask(context, open, link, None, async |runner, db| {
        options.apply(runner.clone()).plan(db).await
    })?;
    let (mut found, _) = open.judge();
    let is_invalid = has_errors(&found);
    if is_invalid {
        // Of such a set nothing is run.
        plan.migrations.clear();
        plan.repeatables.clear();
        found.append(&mut plan.findings);
        plan.findings = found;
    }
    let open = &*open;
    let grades = Grades::for_plan(open, &plan.migrations);
    context.terminal.json(&PlanObject::new(open.set(), &plan, &grades));
    if !context.terminal.is_json() {
        print(context, open, &plan, &grades);
    }
    Ok(match (is_invalid, has_errors(&plan.findings)) {
        (true, _) => ExitCode::Findings,
        (false, true) => ExitCode::Refused,
        (false, false) => ExitCode::Fine,
    })
}

fn print(context: &Context, open: &OpenSet, plan: &Plan, grades: &Grades) {
    let terminal = context.terminal;
    findings::print(terminal, &plan.findings, &open.set().sources);
    if has_errors(&plan.findings) {
        let count =
            plan.findings.iter().filter(|one| has_errors(std::slice::from_ref::<Diagnostic>(*one)));
        let count = plural(count.count(), "reason");
        terminal.result(format_args!("{BAD}a run would be refused for {count}{BAD:#}"));
        return;
    }
    for planned in plan.migrations.iter().chain(&plan.repeatables) {
        print_migration(context, planned, grades.of(planned));
    }
    for skipped in &plan.skipped {
        let (version, name) = (&skipped.version, &skipped.name);
        terminal.result(format_args!("-- skipped {version}_{name}: {}\n", skipped.reason));
    }
    if plan.migrations.is_empty() && plan.repeatables.is_empty() {
        terminal.say(format_args!("{GOOD}nothing to do{GOOD:#}"));
        return;
    }
    let mut pending = plural(plan.migrations.len(), "migration");
    if !plan.repeatables.is_empty() {
        pending = format!("{pending} and {}", plural(plan.repeatables.len(), "repeatable one"));
    }
    terminal.say(format_args!("-- {pending} would be run"));
}

/// Prints a migration as SQL that could be run.
pub(crate) fn print_migration(
    context: &Context,
    planned: &PlannedMigration,
    downgrade: Option<Grade>,
) {
    let terminal = context.terminal;
    let how = match (planned.kind, planned.transactional) {
        (MigrationKind::Rust, _) => "written in Rust",
        (MigrationKind::Sql, true) => "one transaction",
        (MigrationKind::Sql, false) => "statement by statement",
    };
    let resumed = planned.resumed_at;
    let how = match resumed {
        0 => how.to_owned(),
        _ => format!(
            "{how}, from statement {} of {}",
            resumed + 1,
            resumed + planned.statements.len()
        ),
    };
    let id = planned.id();
    terminal
        .result(format_args!("{NAME}-- {id}{NAME:#} {FAINT}({}, {how}){FAINT:#}", planned.path));
    if let Some(warning) = downgrade.and_then(grades::warning) {
        terminal.result(format_args!("{FAINT}-- {warning}{FAINT:#}"));
    }
    for statement in &planned.statements {
        terminal.result(format_args!("{statement};"));
    }
    terminal.result("");
}
