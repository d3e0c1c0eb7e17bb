//! `cargo migrate downgrade`: the downgrade that follows from an upgrade.

use std::path::PathBuf;

use clap::Args;
use migrate_core::lock::LineState;
use migrate_core::replay;
use migrate_core::set::{Downgrade, Half, Migration};
use migrate_core::source::FileId;
use migrate_core::sql::split;

use crate::arguments::TargetArgs;
use crate::commands::{new, schema};
use crate::context::Context;
use crate::error::CommandError;
use crate::exit_code::ExitCode;
use crate::open_set::{OpenSet, write_atomically};
use crate::output::findings;
use crate::output::json::downgrade::DowngradeObject;
use crate::output::terminal::GOOD;
use crate::surroundings;
use crate::target::Target;

/// Print the downgrade that follows from an upgrade
///
/// Worked out from the schema before and after it, without a database. What does not come back
/// stands in comments.
#[derive(Debug, Args)]
pub(crate) struct DowngradeArgs {
    /// Version of the migration
    #[arg(value_name = "VERSION")]
    version: String,
    /// Put it into the migration: a draft without a downgrade
    #[arg(long)]
    write: bool,
    /// Plain SQL that is there before the first migration; may be given several times
    #[arg(long, value_name = "FILE")]
    surroundings: Vec<PathBuf>,
    #[command(flatten)]
    target: TargetArgs,
}

pub(crate) fn run(context: &Context, args: &DowngradeArgs) -> Result<ExitCode, CommandError> {
    let mut open = OpenSet::read_offline(Target::find(context, &args.target)?)?;
    let version = schema::known_version(&open, &args.version)?;
    let texts = surroundings::of(&open, &args.surroundings)?;
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let derived = replay::derive_downgrade(open.set(), &texts, &version)
        .ok_or_else(surroundings::no_replay)?;
    let found = open.set().migrations.iter().find(|migration| migration.version == version);
    let migration = found.cloned().ok_or_else(surroundings::no_replay)?;
    if args.write {
        let path = write(&open, &migration, derived.downgrade())?;
        open = OpenSet::read_offline(open.target)?;
        let found = open.refresh()?;
        findings::print(context.terminal, &found, &open.set().sources);
        new::tell_derived(context, &derived);
        context.terminal.say(format_args!("{GOOD}wrote{GOOD:#} the downgrade into {path}"));
    } else {
        context.terminal.result(derived.sql.trim_end());
        new::tell_derived(context, &derived);
    }
    context.terminal.json(&DowngradeObject::new(open.set(), &migration, &derived, args.write));
    Ok(ExitCode::Fine)
}

/// Puts a downgrade into a draft that has none; returns the path as messages call it.
fn write(
    open: &OpenSet,
    migration: &Migration,
    downgrade: Result<&str, &str>,
) -> Result<String, CommandError> {
    refuse_sealed(open, migration)?;
    let (path, text) = filled(open, migration, downgrade)?;
    write_atomically(&open.target.folder.join(&path), &text)?;
    Ok(format!("{}/{path}", open.set().sources.root))
}

/// A sealed migration never changes.
fn refuse_sealed(open: &OpenSet, migration: &Migration) -> Result<(), CommandError> {
    let set = open.set();
    let files = [Some(migration.file), migration.downgrade_file];
    let paths: Vec<_> =
        files.into_iter().flatten().map(|file| &*set.sources.file(file).path).collect();
    let lines = set.lock.iter().flat_map(|lock| &lock.lines);
    let is_sealed =
        |path: &str| lines.clone().any(|line| line.path == path && line.state == LineState::Sealed);
    if paths.iter().any(|path| is_sealed(path)) {
        return Err(CommandError::usage(format!("`{}` is sealed", migration.id()))
            .help("what is sealed never changes: write a new migration"));
    }
    Ok(())
}

/// The file that the downgrade belongs into, and its text with it.
fn filled(
    open: &OpenSet,
    migration: &Migration,
    downgrade: Result<&str, &str>,
) -> Result<(String, String), CommandError> {
    let set = open.set();
    let (script, _) = set.script(migration);
    let path_of = |file: FileId| set.sources.file(file).path.to_string();
    let refused = |message: String| Err(CommandError::usage(message));
    let is_native = set.layout.name() == "native";
    match script.downgrade {
        Downgrade::Half(Half::Sql(span)) => {
            if !split(set.sources.slice(&span), set.settings.database).statements.is_empty() {
                return refused(format!("`{}` has a downgrade already", migration.id()));
            }
            let text = set.sources.text(span.file);
            let body = match (downgrade, is_native) {
                (Ok(sql), _) => sql.to_owned(),
                (Err(reason), false) => format!("-- irreversible: {reason}\n"),
                (Err(reason), true) => {
                    let id = migration.id();
                    return refused(format!("`{id}` has nothing to undo: {reason}"));
                }
            };
            let gap = if text[span.end..].is_empty() { "" } else { "\n" };
            let text = format!("{}{body}{gap}{}", &text[..span.start], &text[span.end..]);
            Ok((path_of(span.file), text))
        }
        Downgrade::Absent if is_native => {
            let text = set.sources.text(migration.file).trim_end();
            let section = match downgrade {
                Ok(sql) => format!("-- downgrade\n{sql}"),
                Err(reason) => format!("-- downgrade: irreversible, {reason}\n"),
            };
            Ok((path_of(migration.file), format!("{text}\n\n{section}")))
        }
        Downgrade::Absent => {
            let upgrade = path_of(migration.file);
            let stem = |end: &str| upgrade.strip_suffix(end).map(str::to_owned);
            let path = stem(".up.sql")
                .map(|stem| format!("{stem}.down.sql"))
                .or_else(|| stem("/up.sql").map(|folder| format!("{folder}/down.sql")));
            let Some(path) = path else {
                return refused(format!("the layout of `{upgrade}` has no downgrades"));
            };
            let text = downgrade
                .map_or_else(|reason| format!("-- irreversible: {reason}\n"), str::to_owned);
            Ok((path, text))
        }
        Downgrade::Irreversible(reason) => {
            refused(format!("`{}` says that it is irreversible: {reason}", migration.id()))
        }
        Downgrade::Half(Half::Rust) => refused(format!("`{}` is in Rust", migration.id())),
    }
}
