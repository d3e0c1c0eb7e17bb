//! `cargo migrate log`: what was done to a database.

use std::time::Duration;

use clap::Args;
use migrate_runtime::EventEntry;

use crate::arguments::{ConnectionArgs, TargetArgs};
use crate::commands::status::seconds;
use crate::connection;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit_code::ExitCode;
use crate::output::json::log::LogObject;
use crate::output::report::duration;
use crate::output::table::{Table, Tone};
use crate::target::Target;

/// Show what was done to this database, newest first
///
/// The event log: what was applied, rolled back or failed, when, how long it took and who did it.
#[derive(Debug, Args)]
pub(crate) struct LogArgs {
    /// How many events to show
    #[arg(short = 'n', long, value_name = "N", default_value_t = 50)]
    limit: u32,
    #[command(flatten)]
    target: TargetArgs,
    #[command(flatten)]
    connection: ConnectionArgs,
}

pub(crate) fn run(context: &Context, args: &LogArgs) -> Result<ExitCode, CommandError> {
    let target = Target::find(context, &args.target)?;
    let mut link = args.connection.link(&target)?;
    let open = link.read(target)?;
    let events = connection::ask(context, &open, &mut link, None, async |runner, db| {
        runner.log(db, args.limit).await
    })?;
    context.terminal.json(&LogObject::new(open.set(), &events));
    if context.terminal.is_json() {
        return Ok(ExitCode::Fine);
    }
    if events.is_empty() {
        context.terminal.result("no events");
        return Ok(ExitCode::Fine);
    }
    print(context, &events);
    Ok(ExitCode::Fine)
}

fn print(context: &Context, events: &[EventEntry]) {
    let mut table = Table::new(&["when", "event", "migration", "took", "by"]);
    for entry in events {
        let tone = if entry.event == "failed" { Tone::Bad } else { Tone::Plain };
        let id = if entry.name.is_empty() {
            entry.version.clone()
        } else {
            format!("{}_{}", entry.version, entry.name)
        };
        let took = entry.duration_us.map(|us| duration(Duration::from_micros(us)));
        let took = took.unwrap_or_default();
        table.row(
            [seconds(&entry.at), entry.event.clone(), id, took, entry.client.clone()],
            1,
            tone,
        );
        if let Some(error) = &entry.error {
            let line = error.lines().next().unwrap_or_default().to_owned();
            // In the last column, where it makes no other one wider.
            let [a, b, c, d] = [const { String::new() }; 4];
            table.row([a, b, c, d, line], 4, Tone::Bad);
        }
    }
    context.terminal.result(table.text());
}
