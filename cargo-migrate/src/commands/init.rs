//! `cargo migrate init`: sets a package up.

use std::fmt::Display;
use std::fs;

use clap::Args;
use migrate_core::checks::lock_settings::lock_settings;
use migrate_core::database::Database;
use migrate_core::diagnostics::{Code, Diagnostic, has_errors};
use migrate_core::folder::LOCK_FILE;
use migrate_core::lock;
use migrate_runtime::protocol::RunOptions;
use migrate_runtime::{Operation, redacted};

use crate::arguments::{ConnectionArgs, TargetArgs};
use crate::connection::Link;
use crate::context::Context;
use crate::error::CommandError;
use crate::execute::execute;
use crate::exit_code::ExitCode;
use crate::init::{build_script, manifest};
use crate::libraries;
use crate::open_set::{OpenSet, unknown_database};
use crate::output::json::new::InitObject;
use crate::output::terminal::{GOOD, NAME};
use crate::output::{findings, json};
use crate::target::Target;

/// Set up migrations in a package
///
/// Creates the folder, the lock file, the build script line that notices new files, and
/// `[package.metadata.migrate]` in Cargo.toml. What is there already stays as it is, so it can be run
/// again.
#[derive(Debug, Args)]
pub(crate) struct InitArgs {
    /// Create the history tables too, in the database that the URL names
    #[arg(long)]
    history: bool,
    #[command(flatten)]
    target: TargetArgs,
    #[command(flatten)]
    connection: ConnectionArgs,
}

pub(crate) fn run(context: &Context, args: &InitArgs) -> Result<ExitCode, CommandError> {
    let mut target = Target::find(context, &args.target)?;
    must_agree(&target, &args.target)?;
    // The URL is wanted for its scheme alone, unless the history is.
    let url = match args.connection.url(&target) {
        Ok(url) => Some(url),
        Err(error) if args.history => return Err(error),
        Err(_) => None,
    };
    let mut done = Done { context, lines: Vec::new() };
    // A folder that is there may tell by its lock file, a package by its libraries.
    let of_url = url.as_deref().and_then(Database::from_url);
    let known = target.declared.database.or(of_url).is_some();
    if !known && !target.folder.join(LOCK_FILE).exists() {
        let libraries = target.package.as_ref().map(libraries::of).unwrap_or_default();
        let of_libraries = libraries::database(&libraries);
        target.declared.database = Some(of_libraries.ok_or_else(unknown_database)?);
    }
    if fs::exists(&target.folder).unwrap_or(false) {
        done.say(format_args!("{} is there already", target.root));
    } else {
        fs::create_dir_all(&target.folder)
            .map_err(|error| CommandError::write(&target.folder, error))?;
        done.created(&target.root);
    }
    let mut open = OpenSet::read(target, url.as_deref())?;
    let found = write_lock(&mut done, &mut open)?;
    if let Some(package) = &open.target.package {
        let settings = &open.set().settings;
        done.say(manifest::describe(context, package, settings)?);
        let folder = open.target.folder.strip_prefix(&package.directory);
        let folder = folder.unwrap_or(&open.target.folder).to_string_lossy().replace('\\', "/");
        done.say(build_script::write(context, package, folder.trim_end_matches('/'))?);
    }
    if let (true, Some(url)) = (args.history, url) {
        let mut link = Link::new(url)?;
        let options = RunOptions::default();
        let execution = execute(context, &open, &mut link, &Operation::CreateHistory, &options)?;
        if execution.failure.is_some() {
            return Ok(execution.conclude(context, &open));
        }
        done.say(format_args!("the history tables are in {}", redacted(link.url())));
    }
    let set = open.set();
    context.terminal.json(&InitObject {
        set: set.settings.set.clone(),
        database: set.settings.database.name(),
        layout: set.settings.layout.clone(),
        folder: set.sources.root.clone(),
        done: done.lines,
        findings: json::findings(&found, &set.sources),
    });
    next(context, &open, &args.target);
    Ok(ExitCode::Fine)
}

/// What is there stays as it is: it must not be for another kind of database.
fn must_agree(target: &Target, args: &TargetArgs) -> Result<(), CommandError> {
    let table =
        target.package.as_ref().and_then(|package| Some((package, package.table.as_ref()?)));
    let (Some(wanted), Some((package, table))) = (args.database, table) else { return Ok(()) };
    match table.choose(args.set.as_deref(), &package.manifest)?.1.database {
        Some(there) if there != wanted => {
            let message = format!("the set is for {there} already, as Cargo.toml says");
            Err(CommandError::usage(message)
                .help("change `database` there, or leave `--database` out"))
        }
        _ => Ok(()),
    }
}

/// Writes a lock file where there is none, with what is in the folder as drafts.
fn write_lock(done: &mut Done<'_>, open: &mut OpenSet) -> Result<Vec<Diagnostic>, CommandError> {
    let shown = format!("{}/{LOCK_FILE}", open.set().sources.root);
    if open.loaded.lock_file.is_some() || open.lock_is_broken() {
        done.say(format_args!("{shown} is there already"));
        // It may be another kind of database's.
        let found: Vec<_> = lock_settings(open.set()).into_iter().collect();
        findings::print(done.context.terminal, &found, &open.set().sources);
        return Ok(found);
    }
    let found = open.loaded.findings.iter();
    let found: Vec<_> =
        found.filter(|finding| !matches!(finding.code, Code::M112 | Code::M301)).cloned().collect();
    if has_errors(&found) {
        findings::print(done.context.terminal, &found, &open.set().sources);
    }
    let lock = lock::update(open.set(), None).lock;
    open.replace_lock(lock);
    open.save_lock(false)?;
    done.created(&shown);
    Ok(found)
}

/// What was done, said as it happens and kept for programs.
struct Done<'c> {
    context: &'c Context,
    lines: Vec<String>,
}

impl Done<'_> {
    fn say(&mut self, line: impl Display) {
        self.context.terminal.say(&line);
        self.lines.push(line.to_string());
    }

    fn created(&mut self, path: &str) {
        self.context.terminal.say(format_args!("{GOOD}created{GOOD:#} {path}"));
        self.lines.push(format!("created {path}"));
    }
}

fn next(context: &Context, open: &OpenSet, args: &TargetArgs) {
    let mut arguments = match (&open.target.package, &args.package) {
        (None, _) => format!(" --dir {}", open.target.root),
        (Some(_), Some(package)) => format!(" -p {package}"),
        (Some(_), None) => String::new(),
    };
    if let (Some(_), Some(set)) = (&open.target.package, &args.set) {
        arguments = format!("{arguments} --set {set}");
    }
    let say = |command: &str, does: &str| {
        context
            .terminal
            .say(format_args!("  {NAME}cargo migrate {command}{arguments}{NAME:#}  {does}"));
    };
    context.terminal.say("next:");
    say("new create_users", "writes the first migration");
    say("run", "applies it to the database of DATABASE_URL");
    say("lock", "seals it, when it is right");
}
