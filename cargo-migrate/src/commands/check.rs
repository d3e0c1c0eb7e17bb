//! `cargo migrate check`: everything that `embed_migrations!` checks.

use std::path::PathBuf;

use clap::Args;
use migrate_core::check::{self, Checked, Replayed};
use migrate_core::diagnostics::{Code, has_errors};
use migrate_core::policy::{Policy, Situation};
use migrate_core::replay::Grade;
use migrate_core::settings::{Rules, Settings};

use crate::arguments::TargetArgs;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit_code::ExitCode;
use crate::open_set::OpenSet;
use crate::output::annotations::Annotations;
use crate::output::findings::{self, plural};
use crate::output::json;
use crate::output::table::{Table, Tone};
use crate::output::terminal::GOOD;
use crate::rules;
use crate::surroundings;
use crate::target::Target;

/// Check everything that can be checked without a database
///
/// File names, both halves of every migration, the lock file, and a replay of the SQL of the whole
/// history: what `embed_migrations!` checks when the program compiles. Where there is no error, the lock
/// file is stamped, so that the macro need not read the unchanged migrations again.
#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    /// Change nothing, not even the stamp
    #[arg(long)]
    locked: bool,
    /// Use no database: the default, for now the only way
    #[arg(long = "static")]
    without_database: bool,
    /// Plain SQL that is there before the first migration, such as a hosted platform's roles
    /// and schemas; may be given several times
    #[arg(long, value_name = "FILE")]
    surroundings: Vec<PathBuf>,
    /// Demand this of the schema too, as `rules` of the package does: `tenant-rls`,
    /// `policy-without-rls`, `not-null-without-default`, `foreign-key-without-index`; may be
    /// given several times
    #[arg(long, value_name = "NAME")]
    rule: Vec<String>,
    /// The column by which tables say whose a row is, for the rule `tenant-rls`
    #[arg(long, value_name = "NAME")]
    tenant_column: Option<String>,
    /// Print findings for another program instead
    #[arg(long, value_name = "FORM")]
    annotations: Option<Annotations>,
    /// Print what a run does in each situation, and check nothing
    #[arg(long, conflicts_with = "explain")]
    policy: bool,
    /// Print the page of a code such as `M304`
    #[arg(long, value_name = "CODE")]
    explain: Option<String>,
    #[command(flatten)]
    target: TargetArgs,
}

pub(crate) fn run(context: &Context, args: &CheckArgs) -> Result<ExitCode, CommandError> {
    if let Some(code) = &args.explain {
        return explain(context, code);
    }
    if args.annotations.is_some() && context.terminal.is_json() {
        return Err(CommandError::usage(
            "`--annotations` and `--format json` are two forms of output",
        )
        .help("ask for one of them"));
    }
    let mut open = OpenSet::read_offline(Target::find(context, &args.target)?)?;
    if args.policy {
        print_policy(context, &open.set().settings.policy);
        return Ok(ExitCode::Fine);
    }
    let given = surroundings::read_all(&args.surroundings)?;
    let texts: Vec<&str> = given.iter().map(String::as_str).collect();
    let rules = rules_of(args, &open.set().settings)?;
    let checked = check::check_with(&open.loaded, &texts, &rules);
    let clean = !has_errors(&checked.findings);
    // The macro knows nothing of surroundings that are named here.
    let stamp = clean && !args.locked && given.is_empty();
    if stamp && needs_nothing_but_the_stamp(&open) {
        open.save_lock(true)?;
    }
    match args.annotations {
        None => print(context, &open, &checked),
        Some(form) => {
            context.terminal.result(form.text(&checked.findings, &open.set().sources));
        }
    }
    Ok(if clean { ExitCode::Fine } else { ExitCode::Findings })
}

/// The rules that the arguments switch on.
fn rules_of(args: &CheckArgs, settings: &Settings) -> Result<Rules, CommandError> {
    let tenant_column = args.tenant_column.clone().or(settings.rules.tenant_column.clone());
    let rules = rules::named(&args.rule, tenant_column).map_err(CommandError::usage)?;
    rules::must_fit(&rules, settings.database)?;
    Ok(rules)
}

/// Whether every line of the lock file is as a command would write it now.
fn needs_nothing_but_the_stamp(open: &OpenSet) -> bool {
    open.set().lock.as_ref().is_some_and(|lock| open.updated_lock().lock.lines == lock.lines)
}

fn print(context: &Context, open: &OpenSet, checked: &Checked) {
    let findings = &checked.findings;
    let terminal = context.terminal;
    let set = open.set();
    if terminal.is_json() {
        terminal.json(&json::check::Checked {
            set: set.settings.set.clone(),
            database: set.settings.database.name(),
            migrations: set.migrations.len(),
            repeatables: set.repeatables.len(),
            findings: json::findings(findings, &set.sources),
            statements: checked.replay.as_ref().map(json::check::Statements::new),
            downgrades: checked.replay.as_ref().map(json::check::Downgrades::new),
        });
        return;
    }
    findings::print(terminal, findings, &set.sources);
    let replay = checked.replay.as_ref();
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
    if let Some(replay) = replay.filter(|replay| !replay.downgrades.is_empty()) {
        terminal.say(format_args!("{}", downgrades(replay)));
    }
    let replay = replay.filter(|replay| replay.counts.opaque > 0);
    if let Some(replay) = replay {
        let kinds = replay.opaque.iter().map(|(kind, count)| format!("{kind} ({count})"));
        let kinds: Vec<_> = kinds.collect();
        let (opaque, total) = (replay.counts.opaque, replay.counts.total);
        terminal.say(format_args!(
            "{opaque} of {total} statements could not be read: {}",
            kinds.join(", ")
        ));
    }
}

/// One line on what the downgrades bring back.
fn downgrades(replayed: &Replayed) -> String {
    let grades = [
        (Grade::Lossless, "lossless"),
        (Grade::SchemaOnly, "bring back the schema only"),
        (Grade::Irreversible, "irreversible"),
    ];
    let parts: Vec<_> = grades
        .into_iter()
        .map(|(grade, words)| (replayed.downgrades_of(grade), words))
        .filter(|(count, _)| *count > 0)
        .map(|(count, words)| format!("{count} {words}"))
        .collect();
    format!("downgrades: {}", parts.join(", "))
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
    let page = code.page().trim_end();
    context.terminal.result(page);
    context.terminal.json(&json::check::PageObject { code: code.id(), slug: code.slug(), page });
    Ok(ExitCode::Fine)
}
