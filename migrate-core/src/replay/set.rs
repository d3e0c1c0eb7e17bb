//! Replaying a set: its upgrades in the order of versions, then its repeatable migrations.

use std::collections::HashSet;

use super::Replay;
use super::dialect::dialect_of;
use super::downgrade::{GradedDowngrade, Upgraded};
use super::engine::{Engine, Sending};
use super::rules;
use crate::diagnostics::{Code, Diagnostic};
use crate::lock::LineState;
use crate::rust_file::{RustSql, sql_in};
use crate::script::parse_repeatable;
use crate::set::{Allowed, Directives, Half, Migration, MigrationSet, Script};
use crate::settings::Rules;
use crate::source::{FileId, Span};

/// Tables that tools keep for themselves, which migrations of every layout may refer to: a history
/// outlives the tool that it was written for.
const TOOL_TABLES: [&str; 12] = [
    "_sqlx_migrations",
    "__diesel_schema_migrations",
    "schema_migrations",
    "refinery_schema_history",
    "seaql_migrations",
    "goose_db_version",
    "flyway_schema_history",
    "_prisma_migrations",
    "__drizzle_migrations",
    "atlas_schema_revisions",
    "alembic_version",
    "databasechangelog",
];

/// Replays a set; nothing where this build cannot read the database's SQL.
///
/// `surroundings` are texts of plain SQL that ran before the first migration and are not judged.
/// The schema at the end is judged by `rules`.
pub fn replay(set: &MigrationSet, surroundings: &[&str], rules: &Rules) -> Option<Replay> {
    super::stack::with_deep_stack(|| replay_here(set, surroundings, rules))
}

fn replay_here(set: &MigrationSet, surroundings: &[&str], rules: &Rules) -> Option<Replay> {
    let mut engine = begin(set, surroundings)?;
    let mut waivers = Vec::new();
    let sealed = sealed_files(set);
    let mut in_downgrades = Vec::new();
    let mut downgrades = Vec::new();
    for migration in &set.migrations {
        let before = (engine.catalog.clone(), engine.counts());
        let script = migrate(&mut engine, set, migration, &mut waivers);
        let counts = engine.counts();
        let upgraded = Upgraded {
            set,
            migration,
            downgrade: &script.downgrade,
            directives: &script.directives,
            before: &before.0,
            is_refuted: counts.refuted > before.1.refuted,
            opaque: counts.opaque - before.1.opaque,
            is_sealed: sealed.contains(&migration.file),
        };
        downgrades.push(GradedDowngrade {
            version: migration.version.to_string(),
            name: migration.name.to_string(),
            grade: upgraded.downgrade(&mut engine, &mut in_downgrades),
        });
    }
    repeat(&mut engine, set, &mut waivers);
    let mut broken = rules::judge(&engine, rules);
    // What is sealed was applied, and can get neither a default nor a waiver.
    broken.retain(|finding| {
        let is_sealed = || finding.span().is_some_and(|span| sealed.contains(&span.file));
        finding.code != Code::M603 || !is_sealed()
    });
    let mut replay = engine.finish();
    replay.findings.extend(broken);
    replay.findings.extend(in_downgrades);
    replay.downgrades = downgrades;
    waive(&mut replay, &waivers, |allowed| {
        let is_judged = !allowed.code.is_rule() || rules.on.contains(&allowed.code);
        // A refutation depends on what came before; other findings may end with what comes after.
        is_judged && (allowed.code.is_refutation() || !sealed.contains(&allowed.span.file))
    });
    Some(replay)
}

/// An engine that knows what is there before the first migration.
pub(super) fn begin(set: &MigrationSet, surroundings: &[&str]) -> Option<Engine> {
    let database = set.settings.database;
    let mut engine = Engine::new(database, dialect_of(database)?);
    if !set.layout.sends_whole_files() {
        engine.sending = Sending::Statements;
    }
    engine.surroundings(surroundings);
    for name in TOOL_TABLES {
        engine.assume_name(name);
    }
    engine.assume_name(&set.settings.history.table);
    for assumption in &set.settings.assume {
        engine.take_for_given(assumption);
    }
    Some(engine)
}

/// Replays the upgrade of a migration.
pub(super) fn migrate(
    engine: &mut Engine,
    set: &MigrationSet,
    migration: &Migration,
    waivers: &mut Vec<(FileId, Allowed)>,
) -> Script {
    let (script, _) = set.script(migration);
    let everywhere = script.directives.only.is_empty();
    for assumption in &script.directives.assume {
        engine.take_perhaps_for_given(assumption);
    }
    half(engine, set, (migration.file, &script.upgrade), "upgrade", everywhere);
    after(engine, migration.file, &script.directives, waivers);
    script
}

/// Replays the repeatable migrations.
pub(super) fn repeat(
    engine: &mut Engine,
    set: &MigrationSet,
    waivers: &mut Vec<(FileId, Allowed)>,
) {
    let database = set.settings.database;
    for repeatable in &set.repeatables {
        let (script, _) = parse_repeatable(repeatable.file, &set.sources, database);
        engine.file(repeatable.file, set.sources.text(repeatable.file), 0);
        after(engine, repeatable.file, &script.directives, waivers);
    }
}

/// Files that never change again.
fn sealed_files(set: &MigrationSet) -> HashSet<FileId> {
    let lines = set.lock.iter().flat_map(|lock| &lock.lines);
    let sealed = lines.filter(|line| line.state == LineState::Sealed);
    let paths: HashSet<&str> = sealed.map(|line| line.path.as_str()).collect();
    set.sources.ids().filter(|file| paths.contains(&*set.sources.file(*file).path)).collect()
}

/// Replays a half of a migration; one that not every environment runs is uncertain.
pub(super) fn half(
    engine: &mut Engine,
    set: &MigrationSet,
    (file, half): (FileId, &Half),
    function: &str,
    everywhere: bool,
) {
    match half {
        Half::Sql(span) if !everywhere => {
            engine.file_perhaps(span.file, set.sources.slice(span), span.start);
        }
        Half::Sql(span) => engine.file(span.file, set.sources.slice(span), span.start),
        Half::Rust => rust(engine, file, set.sources.text(file), function, everywhere),
    }
}

fn rust(engine: &mut Engine, file: FileId, text: &str, function: &str, everywhere: bool) {
    for sql in sql_in(text, function) {
        match sql {
            RustSql::Literal { start, text, conditional } if conditional || !everywhere => {
                engine.file_perhaps(file, &text, start);
            }
            RustSql::Literal { start, text, .. } => engine.file(file, &text, start),
            RustSql::Guard { made, place, conditional } => {
                let sql = made.sql(engine.database());
                engine.unless_there(file, &sql, place, conditional || !everywhere);
            }
            RustSql::Opaque => engine.opaque_code(file, "Rust code"),
        }
    }
}

/// What the directives say of what a migration leaves behind.
fn after(
    engine: &mut Engine,
    file: FileId,
    directives: &Directives,
    waivers: &mut Vec<(FileId, Allowed)>,
) {
    for assumption in &directives.assume {
        engine.take_for_given(assumption);
    }
    waivers.extend(directives.allow.iter().cloned().map(|allowed| (file, allowed)));
}

/// Leaves out what a migration waives, and reports waivers of replay findings that waive nothing
/// where `must_waive` says that they have to.
fn waive(
    replay: &mut Replay,
    waivers: &[(FileId, Allowed)],
    must_waive: impl Fn(&Allowed) -> bool,
) {
    for (file, allowed) in waivers {
        if !allowed.code.is_of_replay() {
            continue;
        }
        let before = replay.findings.len();
        replay.findings.retain(|finding| {
            let here = finding.span().is_some_and(|span| span.file == *file);
            !(here && finding.code == allowed.code)
        });
        if replay.findings.len() == before && must_waive(allowed) {
            replay.findings.push(idle(allowed.code, allowed.span));
        }
    }
}

fn idle(code: Code, span: Span) -> Diagnostic {
    let message =
        format!("`allow({})` is no longer needed: there is no such finding here", code.id());
    Diagnostic::new(Code::M413, span.into(), message).help("remove it")
}
