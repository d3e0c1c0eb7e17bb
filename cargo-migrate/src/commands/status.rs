//! `cargo migrate status`: the state of every migration.

use clap::Args;
use migrate_core::diagnostics::has_errors;
use migrate_core::history::{Due, State};
use migrate_runtime::Status;

use crate::arguments::{ConnectionArgs, TargetArgs};
use crate::connection;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit_code::ExitCode;
use crate::open_set::OpenSet;
use crate::output::findings::{self, plural};
use crate::output::json::status::{StatusObject, due};
use crate::output::report::duration;
use crate::output::table::{Table, Tone};
use crate::output::terminal::GOOD;
use crate::target::Target;

/// Show the state of every migration
///
/// Applied, pending, edited, missing or unknown. Reads only: it needs no right but SELECT and takes no
/// lock.
#[derive(Debug, Args)]
pub(crate) struct StatusArgs {
    /// Fail with exit code 1 if anything is pending, or wrong
    #[arg(long)]
    check: bool,
    #[command(flatten)]
    target: TargetArgs,
    #[command(flatten)]
    connection: ConnectionArgs,
}

/// The column that says what state a migration is in.
const STATE: usize = 2;

pub(crate) fn run(context: &Context, args: &StatusArgs) -> Result<ExitCode, CommandError> {
    let target = Target::find(context, &args.target)?;
    let mut link = args.connection.link(&target)?;
    let environment = args.connection.environment(&target);
    let open = link.read(target)?;
    let status = connection::ask(context, &open, &mut link, environment, async |runner, db| {
        runner.status(db).await
    })?;
    context.terminal.json(&StatusObject::new(open.set(), &status));
    if !context.terminal.is_json() {
        print(context, &open, &status);
    }
    let due = status.repeatables.iter().any(|repeatable| repeatable.due != Due::Current);
    let all_done = status.pending() == 0 && !due && !has_errors(&status.findings);
    Ok(if args.check && !all_done { ExitCode::Findings } else { ExitCode::Fine })
}

fn print(context: &Context, open: &OpenSet, status: &Status) {
    let terminal = context.terminal;
    let mut table = Table::new(&["version", "name", "state", "applied at", "took"]);
    for migration in &status.migrations {
        let mut state = migration.state.name().to_owned();
        if migration.draft {
            state.push_str(" (draft)");
        }
        if migration.skipped.is_some() {
            state.push_str(" (skipped)");
        }
        let took = migration.duration_us.map(|us| duration(std::time::Duration::from_micros(us)));
        let cells = [
            migration.version.clone(),
            migration.name.clone(),
            state,
            migration.applied_at.as_deref().map(seconds).unwrap_or_default(),
            took.unwrap_or_default(),
        ];
        table.row(cells, STATE, tone(migration.state));
    }
    for repeatable in &status.repeatables {
        let (state, tone) = match repeatable.due {
            Due::Current => ("applied", Tone::Good),
            other => (due(other), Tone::Notice),
        };
        let cells = [
            "repeatable".to_owned(),
            repeatable.name.clone(),
            state.to_owned(),
            repeatable.applied_at.as_deref().map(seconds).unwrap_or_default(),
            String::new(),
        ];
        table.row(cells, STATE, tone);
    }
    terminal.result(table.text());
    findings::print(terminal, &status.findings, &open.set().sources);
    let applied = status.migrations.iter().filter(|one| one.state == State::Applied).count();
    let summary = format!("{applied} applied, {} pending", status.pending());
    let broken = status.history();
    if broken == "ok" && status.findings.is_empty() {
        terminal.say(format_args!("{GOOD}{summary}{GOOD:#}"));
    } else {
        terminal.say(format_args!("{summary}, {}", plural(status.findings.len(), "finding")));
    }
}

fn tone(state: State) -> Tone {
    match state {
        State::Applied => Tone::Good,
        State::Pending | State::Unknown => Tone::Notice,
        State::Failed | State::Partial | State::Missing | State::Edited => Tone::Bad,
    }
}

/// Cuts the fractions of a second off a time of the form RFC 3339.
pub(crate) fn seconds(time: &str) -> String {
    let digits = time.split_once('.').map_or(time.trim_end_matches('Z'), |(seconds, _)| seconds);
    format!("{}Z", digits.replace('T', " "))
}
