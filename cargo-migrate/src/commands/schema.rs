//! `cargo migrate schema`: the replayed schema as SQL.

use std::path::PathBuf;

use clap::Args;
use migrate_core::replay::{self, WrittenSchema};
use migrate_core::version::Version;

use crate::arguments::TargetArgs;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit_code::ExitCode;
use crate::open_set::OpenSet;
use crate::output::json::schema::SchemaObject;
use crate::surroundings;
use crate::target::Target;

/// Print the schema that the migrations make
///
/// As SQL that makes it at once, worked out without a database. What cannot be known stands in
/// comments. Roles, privileges and rows are not part of it.
#[derive(Debug, Args)]
pub(crate) struct SchemaArgs {
    /// The schema after this version, instead of after all of them
    #[arg(long, value_name = "VERSION")]
    at: Option<String>,
    /// Plain SQL that is there before the first migration; may be given several times
    #[arg(long, value_name = "FILE")]
    surroundings: Vec<PathBuf>,
    #[command(flatten)]
    target: TargetArgs,
}

pub(crate) fn run(context: &Context, args: &SchemaArgs) -> Result<ExitCode, CommandError> {
    let open = OpenSet::read_offline(Target::find(context, &args.target)?)?;
    let at = args.at.as_deref().map(|at| known_version(&open, at)).transpose()?;
    let texts = surroundings::of(&open, &args.surroundings)?;
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let written = replay::write_schema(open.set(), &texts, at.as_ref()).ok_or_else(|| {
        CommandError::Internal("this build cannot read the database's SQL".to_owned())
    })?;
    context.terminal.json(&SchemaObject::new(open.set(), at.as_ref(), &written));
    print(context, &written);
    Ok(ExitCode::Fine)
}

/// A version that the set has.
pub(crate) fn known_version(open: &OpenSet, text: &str) -> Result<Version, CommandError> {
    let version = open.set().version(text.to_owned());
    if open.set().migrations.iter().any(|migration| migration.version == version) {
        return Ok(version);
    }
    Err(CommandError::usage(format!("the set has no version `{text}`")))
}

fn print(context: &Context, written: &WrittenSchema) {
    if !written.is_complete {
        context.terminal.result(
            "-- Some statements of the migrations cannot be read: there may be more than this.\n",
        );
    }
    for statement in &written.statements {
        context.terminal.result(statement.text());
    }
}
