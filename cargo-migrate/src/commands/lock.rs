//! `cargo migrate lock`: seals drafts and brings the lock file up to date.

use std::fs;

use clap::Args;
use migrate_core::check;
use migrate_core::diagnostics::{Code, Diagnostic, has_errors};
use migrate_core::lock::{self, LockFile, Rebase, Rename, Update};

use crate::arguments::TargetArgs;
use crate::commands::new::now;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit_code::ExitCode;
use crate::open_set::OpenSet;
use crate::output::findings::{self, plural};
use crate::output::json::lock::LockObject;
use crate::output::terminal::{GOOD, NOTICE};
use crate::target::Target;

/// Seal drafts, and bring the lock file up to date
///
/// A sealed migration never changes again, and release builds accept it.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of its own")]
pub(crate) struct LockArgs {
    /// Change nothing; fail if anything would be changed
    #[arg(long, conflicts_with_all = ["rebase", "draft"])]
    verify: bool,
    /// After a merge: make one chain of both branches' lines, and give drafts that sealed
    /// migrations have overtaken a new version
    #[arg(long)]
    rebase: bool,
    /// List and hash the files, and leave drafts as they are
    #[arg(long)]
    draft: bool,
    /// Rename without asking
    #[arg(short, long, requires = "rebase")]
    yes: bool,
    #[command(flatten)]
    target: TargetArgs,
}

pub(crate) fn run(context: &Context, args: &LockArgs) -> Result<ExitCode, CommandError> {
    let mut open = OpenSet::read_offline(Target::find(context, &args.target)?)?;
    if args.rebase {
        return match rebase(context, open, args.yes)? {
            Some((mut rebased, object)) => finish(context, &mut rebased, false, object),
            None => Ok(ExitCode::Findings),
        };
    }
    if open.lock_is_broken() || open.loaded.findings.iter().any(|one| one.code == Code::M113) {
        stopped(context, &open, &open.loaded.findings);
        return Ok(ExitCode::Findings);
    }
    if args.verify {
        return Ok(verify(context, &open));
    }
    let update = open.updated_lock();
    tell_update(context, &update);
    let object = LockObject::default().updated(&update);
    open.replace_lock(update.lock);
    finish(context, &mut open, !args.draft, object)
}

/// Shows what stands in the way.
fn stopped(context: &Context, open: &OpenSet, found: &[Diagnostic]) {
    findings::print(context.terminal, found, &open.set().sources);
    context.terminal.json(&LockObject::default().of(open.set(), found));
}

/// Checks, seals if that is wanted and nothing is wrong, and writes.
fn finish(
    context: &Context,
    open: &mut OpenSet,
    seal: bool,
    object: LockObject,
) -> Result<ExitCode, CommandError> {
    let found = check::check(&open.loaded);
    let clean = !has_errors(&found);
    findings::print_unasked(context.terminal, &found, &open.set().sources);
    let sealed = match (&open.set().lock, seal && clean) {
        (Some(lock), true) => {
            let mut lock = lock.clone();
            let sealed = lock::seal(&mut lock);
            open.replace_lock(lock);
            sealed
        }
        _ => Vec::new(),
    };
    let changed = open.save_lock(clean)?;
    let terminal = context.terminal;
    let object = LockObject { written: changed, sealed: sealed.clone(), ..object };
    terminal.json(&object.of(open.set(), &found));
    for path in &sealed {
        terminal.say(format_args!("{GOOD}sealed{GOOD:#} {path}"));
    }
    let shown = format!("{}/{}", open.set().sources.root, migrate_core::folder::LOCK_FILE);
    if !clean {
        if seal {
            terminal.say("nothing was sealed: correct the errors first");
        }
        return Ok(ExitCode::Findings);
    }
    terminal.say(if changed {
        format!("wrote {shown}, commit it with the migrations")
    } else {
        format!("{shown} is up to date")
    });
    Ok(ExitCode::Fine)
}

/// Says what would change.
fn verify(context: &Context, open: &OpenSet) -> ExitCode {
    let found = check::check(&open.loaded);
    findings::print_unasked(context.terminal, &found, &open.set().sources);
    let update = open.updated_lock();
    let drafts: Vec<_> = update.lock.drafts().map(|line| line.path.clone()).collect();
    tell_update(context, &update);
    let object = LockObject::default().updated(&update).of(open.set(), &found);
    context.terminal.json(&LockObject { drafts: drafts.clone(), ..object });
    for path in &drafts {
        context.terminal.say(format_args!("{NOTICE}draft{NOTICE:#} {path} is not sealed"));
    }
    let lines = open.set().lock.as_ref().map(|lock| &lock.lines);
    if lines == Some(&update.lock.lines) && drafts.is_empty() && !has_errors(&found) {
        context.terminal.say("the lock file is up to date and every migration is sealed");
        return ExitCode::Fine;
    }
    context
        .terminal
        .error("error: the lock file is not up to date\n  help: run `cargo migrate lock`");
    ExitCode::Findings
}

fn tell_update(context: &Context, update: &Update) {
    for (act, paths) in
        [("new", &update.added), ("changed", &update.refreshed), ("gone", &update.removed)]
    {
        for path in paths {
            context.terminal.say(format_args!("{NOTICE}{act}{NOTICE:#} {path}"));
        }
    }
}

/// Makes one chain of the lines of two branches; `None` when that is refused.
fn rebase(
    context: &Context,
    mut open: OpenSet,
    yes: bool,
) -> Result<Option<(OpenSet, LockObject)>, CommandError> {
    let Some(file) = open.loaded.lock_file else {
        if open.lock_is_broken() {
            stopped(context, &open, &open.loaded.findings);
            return Ok(None);
        }
        return Err(CommandError::usage("there is no lock file to rebase")
            .help("write one with `cargo migrate lock`"));
    };
    let (lock, overtaken) = match lock::rebase(open.set(), file) {
        Rebase::Done { lock, overtaken } => (lock, overtaken),
        Rebase::Refused(found) => {
            stopped(context, &open, &found);
            context.terminal.error("error: the lock file cannot be rebased while this is so");
            return Ok(None);
        }
    };
    let renames = lock::renames(&lock, &overtaken, &now());
    open.loaded.findings.retain(|finding| !is_of_the_lock(finding));
    if renames.is_empty() {
        open.replace_lock(lock);
        return Ok(Some((open, LockObject::default())));
    }
    ask(context, &renames, yes)?;
    for Rename { from, to } in &renames {
        let path = open.target.folder.join(to);
        fs::rename(open.target.folder.join(from), &path)
            .map_err(|error| CommandError::write(&path, error))?;
        context.terminal.say(format_args!("{GOOD}renamed{GOOD:#} {from} to {to}"));
    }
    let object = LockObject::default().renamed(&renames);
    renamed(open, &lock).map(|open| Some((open, object)))
}

/// Reads the folder again, with the lines of the lock file that was rebased.
fn renamed(open: OpenSet, lock: &LockFile) -> Result<OpenSet, CommandError> {
    let mut open = OpenSet::read_offline(open.target)?;
    open.loaded.findings.retain(|finding| !is_of_the_lock(finding));
    let update = lock::update(open.set(), Some(lock));
    open.replace_lock(update.lock);
    Ok(open)
}

/// Whether a finding is about the lock file that was just put right.
fn is_of_the_lock(finding: &Diagnostic) -> bool {
    let codes = [Code::M307, Code::M308, Code::M309, Code::M310, Code::M312];
    codes.contains(&finding.code)
}

fn ask(context: &Context, renames: &[Rename], yes: bool) -> Result<(), CommandError> {
    context
        .terminal
        .inform("these drafts are older than a sealed migration and get a new version:");
    for Rename { from, to } in renames {
        context.terminal.inform(format_args!("  {from} -> {to}"));
    }
    if yes {
        return Ok(());
    }
    let question = format!("Rename {}?", plural(renames.len(), "file"));
    context.confirm(&question)
}
