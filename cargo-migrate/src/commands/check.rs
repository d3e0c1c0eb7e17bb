//! `cargo migrate check`: everything that `embed_migrations!` checks.

use clap::Args;
use migrate_core::check;
use migrate_core::diagnostics::{Code, Diagnostic, has_errors};
use migrate_core::policy::{Policy, Situation};

use crate::arguments::TargetArgs;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit_code::ExitCode;
use crate::open_set::OpenSet;
use crate::output::findings::{self, plural};
use crate::output::json;
use crate::output::table::{Table, Tone};
use crate::output::terminal::GOOD;
use crate::target::Target;

/// Checks everything that can be checked without a database: file names, both halves of every
/// migration, and the lock file. `embed_migrations!` checks the same when the program compiles.
///
/// Where there is no error, the lock file is stamped, so that the macro need not read the
/// unchanged migrations again.
#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    #[command(flatten)]
    target: TargetArgs,
    /// Change nothing, not even the stamp
    #[arg(long)]
    locked: bool,
    /// Print what a run does in each situation, and check nothing
    #[arg(long, conflicts_with = "explain")]
    policy: bool,
    /// Print the page of a code such as `M304`
    #[arg(long, value_name = "CODE")]
    explain: Option<String>,
}

pub(crate) fn run(context: &Context, args: &CheckArgs) -> Result<ExitCode, CommandError> {
    if let Some(code) = &args.explain {
        return explain(context, code);
    }
    let mut open = OpenSet::read(Target::find(context, &args.target)?, None)?;
    if args.policy {
        print_policy(context, &open.set().settings.policy);
        return Ok(ExitCode::Fine);
    }
    let findings = check::check(&open.loaded);
    let clean = !has_errors(&findings);
    if clean && !args.locked && needs_nothing_but_the_stamp(&open) {
        open.save_lock(true)?;
    }
    print(context, &open, &findings);
    Ok(if clean { ExitCode::Fine } else { ExitCode::Findings })
}

/// Whether every line of the lock file is as a command would write it now.
fn needs_nothing_but_the_stamp(open: &OpenSet) -> bool {
    open.set().lock.as_ref().is_some_and(|lock| open.updated_lock().lock.lines == lock.lines)
}

fn print(context: &Context, open: &OpenSet, findings: &[Diagnostic]) {
    let terminal = &context.terminal;
    let set = open.set();
    if terminal.is_json() {
        terminal.json(&json::check::Checked {
            set: set.settings.set.clone(),
            database: set.settings.database.name(),
            migrations: set.migrations.len(),
            repeatables: set.repeatables.len(),
            findings: json::findings(findings, &set.sources),
        });
        return;
    }
    findings::print(terminal, findings, &set.sources);
    let mut checked = plural(set.migrations.len(), "migration");
    if !set.repeatables.is_empty() {
        checked = format!("{checked} and {}", plural(set.repeatables.len(), "repeatable one"));
    }
    let count = findings::count(findings);
    if findings.is_empty() {
        terminal.say(format_args!("{GOOD}{checked} checked, {count}{GOOD:#}"));
    } else {
        terminal.say(format_args!("{checked} checked, {count}"));
    }
}

fn print_policy(context: &Context, policy: &Policy) {
    if context.terminal.is_json() {
        context.terminal.json(&json::check::PolicyTable::new(policy));
        return;
    }
    let mut table = Table::new(&["situation", "decision", "may be", "meaning"]);
    for situation in Situation::ALL {
        let decision = policy.decide(situation);
        let changed = decision != situation.default_decision();
        let choices: Vec<_> = situation.choices().iter().map(|choice| choice.name()).collect();
        let cells = [
            situation.key().to_owned(),
            decision.name().to_owned(),
            choices.join(", "),
            situation.meaning().to_owned(),
        ];
        table.row(cells, 1, if changed { Tone::Notice } else { Tone::Plain });
    }
    context.terminal.result(table.text());
}

fn explain(context: &Context, word: &str) -> Result<ExitCode, CommandError> {
    let is_meant = |code: &&Code| code.id().eq_ignore_ascii_case(word) || code.slug() == word;
    let Some(code) = Code::ALL.iter().find(is_meant) else {
        return Err(CommandError::usage(format!("there is no code `{word}`"))
            .help(format!("codes are M101 to {}", Code::ALL.last().map_or("", |code| code.id()))));
    };
    context.terminal.result(code.page().trim_end());
    Ok(ExitCode::Fine)
}
