//! `cargo migrate new`: a new migration, as a draft.

use std::time::SystemTime;

use clap::Args;
use migrate_core::diagnostics::{Code, Diagnostic, has_errors};
use migrate_core::layout::{NewFile, NewHalves, NewMigration};
use migrate_core::lock::LineState;
use migrate_core::name::{self, NameFault};
use migrate_core::replay::{self, DerivedDowngrade, Grade};
use migrate_core::set::{MigrationKind, MigrationSet};
use migrate_core::sql;
use migrate_core::version::{Version, VersionScheme, next_version};

use crate::arguments::TargetArgs;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit_code::ExitCode;
use crate::libraries;
use crate::open_set::OpenSet;
use crate::output::json::new::NewObject;
use crate::output::terminal::{FAINT, GOOD};
use crate::output::{findings, json};
use crate::surroundings;
use crate::target::Target;

/// Write a new migration, as a draft
///
/// It is listed in the lock file as a draft: it may be changed and run again until
/// `cargo migrate lock` seals it.
#[derive(Debug, Args)]
pub(crate) struct NewArgs {
    /// What it does, in a few words; becomes the name in snake case
    #[arg(required = true, num_args = 1.., value_name = "NAME")]
    words: Vec<String>,
    /// Write it in Rust
    #[arg(long)]
    rust: bool,
    /// Write this SQL into it, and the downgrade that follows from it
    #[arg(long, value_name = "SQL", conflicts_with = "rust")]
    from: Option<String>,
    /// Begin a set with sequence numbers instead of timestamps
    #[arg(long)]
    sequence: bool,
    #[command(flatten)]
    target: TargetArgs,
}

pub(crate) fn run(context: &Context, args: &NewArgs) -> Result<ExitCode, CommandError> {
    let words = args.words.join(" ");
    let name = name::normalised(&words).map_err(|fault| {
        let message = match fault {
            NameFault::Character(letter) => format!("names have no `{letter}`, as in `{words}`"),
            _ => format!("`{words}` has no letter that a name could have"),
        };
        CommandError::usage(message).help("names are made of `a` to `z`, `0` to `9` and `_`")
    })?;
    let open = OpenSet::read_offline(Target::find(context, &args.target)?)?;
    refuse_unusable(context, &open)?;
    let set = open.set();
    let version = version(set, args.sequence)?;
    let kind = if args.rust { MigrationKind::Rust } else { MigrationKind::Sql };
    let derived = args.from.as_deref().map(|sql| derived(&open, sql)).transpose()?;
    let upgrade = args.from.as_deref().map(surroundings::ended).unwrap_or_default();
    let halves = derived
        .as_ref()
        .map(|derived| NewHalves { upgrade: &upgrade, downgrade: derived.downgrade() });
    let package = open.target.package.as_ref().filter(|_| args.rust);
    let runtime = libraries::runtime(&package.map(libraries::of).unwrap_or_default());
    let new = NewMigration { version: &version, name: &name, kind, set, halves, runtime: &runtime };
    let Some(files) = set.layout.new_files(&new) else {
        let layout = set.layout.name();
        return Err(CommandError::usage(format!("the layout `{layout}` has no Rust migrations")));
    };
    write(&open, &files)?;
    let mut open = OpenSet::read_offline(open.target)?;
    if open.set().lock.is_none() && !open.lock_is_broken() {
        let lock = open.updated_lock().lock;
        open.replace_lock(lock);
    }
    let found = open.refresh()?;
    let root = &open.set().sources.root;
    for file in &files {
        let path = format!("{root}/{}", file.path);
        context.terminal.say(format_args!("{GOOD}created{GOOD:#} {path} {FAINT}(draft){FAINT:#}"));
    }
    let sources = &open.set().sources;
    let is_new = |finding: &&Diagnostic| {
        finding.path(sources).is_some_and(|path| files.iter().any(|file| file.path == path))
    };
    let (of_new, others): (Vec<_>, Vec<_>) = found.iter().cloned().partition(|one| is_new(&one));
    let refused = has_errors(&of_new);
    // What would be refused has done nothing: that all of it comes back says nothing.
    let says_something = |derived: &&DerivedDowngrade| !refused || derived.grade != Grade::Lossless;
    if let Some(derived) = derived.as_ref().filter(says_something) {
        tell_derived(context, derived);
    }
    tell(context, &open, of_new, derived.is_some());
    if !others.is_empty() {
        let count = findings::count(&others);
        context.terminal.inform(format_args!("elsewhere: {count}, see `cargo migrate check`"));
    }
    let set = open.set();
    context.terminal.json(&NewObject {
        set: set.settings.set.clone(),
        database: set.settings.database.name(),
        version,
        name,
        kind: kind.name(),
        files: files.iter().map(|file| format!("{root}/{}", file.path)).collect(),
        losses: derived.as_ref().map_or_else(Vec::new, |derived| derived.losses.clone()),
        grade: derived.as_ref().map(|derived| derived.grade.name()),
        findings: json::findings(&found, &set.sources),
    });
    Ok(ExitCode::Fine)
}

/// The downgrade of SQL that was given.
fn derived(open: &OpenSet, sql: &str) -> Result<DerivedDowngrade, CommandError> {
    if sql::split(sql, open.set().settings.database).statements.is_empty() {
        return Err(CommandError::usage("what `--from` is given has no statement")
            .help("give it the SQL of the upgrade, or leave it out"));
    }
    let texts = surroundings::of(open, &[])?;
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    replay::derive_downgrade_of(open.set(), &texts, sql).ok_or_else(surroundings::no_replay)
}

/// A lock file that cannot be read has to be put right first: a line could not be added.
fn refuse_unusable(context: &Context, open: &OpenSet) -> Result<(), CommandError> {
    let missing = open.loaded.findings.iter().any(|finding| finding.code == Code::M113);
    if open.lock_is_broken() || missing {
        findings::print(context.terminal, &open.loaded.findings, &open.set().sources);
        let root = &open.set().sources.root;
        return Err(CommandError::usage(format!("no migration can be added to `{root}`")));
    }
    Ok(())
}

/// Returns a version behind all that the folder and the lock file know.
fn version(set: &MigrationSet, sequence: bool) -> Result<String, CommandError> {
    let listed = set.lock.iter().flat_map(|lock| &lock.lines);
    let listed = listed.filter(|line| line.state == LineState::Sealed);
    let listed = listed.filter_map(|line| {
        let digits = line.path.bytes().take_while(u8::is_ascii_digit).count();
        (digits > 0).then(|| Version::new(line.path[..digits].to_owned()))
    });
    let newest =
        set.migrations.iter().map(|migration| migration.version.clone()).chain(listed).max();
    match (&newest, sequence) {
        (None, true) => Ok("0001".to_owned()),
        (Some(newest), true) if newest.scheme() == VersionScheme::Timestamp => {
            Err(CommandError::usage("the set uses timestamps, and one set uses one scheme"))
        }
        _ => Ok(next_version(newest.as_ref(), &now())),
    }
}

/// Returns the time in UTC as fourteen digits.
pub(crate) fn now() -> String {
    let time = humantime::format_rfc3339_seconds(SystemTime::now()).to_string();
    time.chars().filter(char::is_ascii_digit).take(14).collect()
}

fn write(open: &OpenSet, files: &[NewFile]) -> Result<(), CommandError> {
    for file in files {
        let path = open.target.folder.join(&file.path);
        let written = path.parent().map_or(Ok(()), std::fs::create_dir_all);
        written
            .and_then(|()| std::fs::write(&path, &file.text))
            .map_err(|error| CommandError::write(&path, error))?;
    }
    Ok(())
}

/// Says how much a derived downgrade brings back.
pub(crate) fn tell_derived(context: &Context, derived: &DerivedDowngrade) {
    let grade = match derived.grade {
        Grade::Lossless => "the downgrade brings everything back",
        Grade::SchemaOnly => "the downgrade brings the schema back, and not all data",
        Grade::Irreversible => "the downgrade does not bring everything back",
    };
    context.terminal.inform(grade);
    for loss in &derived.losses {
        context.terminal.inform(format_args!("  {loss}"));
    }
}

/// Says that the new files are empty in a line, and shows what else is found in them.
fn tell(context: &Context, open: &OpenSet, of_new: Vec<Diagnostic>, is_filled: bool) {
    let is_empty = |finding: &Diagnostic| finding.code == Code::M203;
    let (empty, others): (Vec<_>, Vec<_>) = of_new.into_iter().partition(is_empty);
    findings::print_unasked(context.terminal, &others, &open.set().sources);
    if is_filled {
        context.terminal.say("read the downgrade, then `cargo migrate run`");
    } else if empty.is_empty() {
        context.terminal.say("write the SQL into it, then `cargo migrate run`");
    } else {
        context.terminal.say(
            "both halves are empty: until they are filled, `cargo migrate check` and the build \
             report M203",
        );
    }
}
