//! Replaying a set: its upgrades in the order of versions, then its repeatable migrations.

use super::Replay;
use super::dialect::dialect_of;
use super::engine::{Engine, Sending};
use crate::diagnostics::{Code, Diagnostic};
use crate::rust_file::{RustSql, sql_in};
use crate::script::parse_repeatable;
use crate::set::{Allowed, Directives, Half, Migration, MigrationSet};
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
pub fn replay(set: &MigrationSet, surroundings: &[&str]) -> Option<Replay> {
    super::stack::with_deep_stack(|| replay_here(set, surroundings))
}

fn replay_here(set: &MigrationSet, surroundings: &[&str]) -> Option<Replay> {
    let database = set.settings.database;
    let mut engine = Engine::new(database, dialect_of(database)?);
    if !set.layout.sends_whole_files() {
        engine.sending = Sending::Statements;
    }
    for text in surroundings {
        engine.surroundings(text);
    }
    for name in TOOL_TABLES {
        engine.assume_name(name);
    }
    engine.assume_name(&set.settings.history.table);
    for assumption in &set.settings.assume {
        engine.take_for_given(assumption);
    }
    let mut waivers = Vec::new();
    for migration in &set.migrations {
        let (script, _) = set.script(migration);
        let everywhere = script.directives.only.is_empty();
        upgrade(&mut engine, set, migration, &script.upgrade, everywhere);
        after(&mut engine, migration.file, script.directives, &mut waivers);
    }
    for repeatable in &set.repeatables {
        let (script, _) = parse_repeatable(repeatable.file, &set.sources, database);
        engine.file(repeatable.file, set.sources.text(repeatable.file), 0);
        after(&mut engine, repeatable.file, script.directives, &mut waivers);
    }
    let mut replay = engine.finish();
    waive(&mut replay, &waivers);
    Some(replay)
}

/// Replays an upgrade; one that not every environment runs is uncertain.
fn upgrade(
    engine: &mut Engine,
    set: &MigrationSet,
    migration: &Migration,
    half: &Half,
    everywhere: bool,
) {
    match half {
        Half::Sql(span) if !everywhere => {
            engine.file_perhaps(span.file, set.sources.slice(span), span.start);
        }
        Half::Sql(span) => engine.file(span.file, set.sources.slice(span), span.start),
        Half::Rust => rust(engine, migration.file, set.sources.text(migration.file), everywhere),
    }
}

fn rust(engine: &mut Engine, file: FileId, text: &str, everywhere: bool) {
    for sql in sql_in(text, "upgrade") {
        match sql {
            RustSql::Literal { start, end, conditional } if conditional || !everywhere => {
                engine.file_perhaps(file, &text[start..end], start);
            }
            RustSql::Literal { start, end, .. } => engine.file(file, &text[start..end], start),
            RustSql::Guard(sql) => engine.file_perhaps(file, &sql, 0),
            RustSql::Opaque => engine.opaque_code(file, "Rust code"),
        }
    }
}

/// What the directives say of what a migration leaves behind.
fn after(
    engine: &mut Engine,
    file: FileId,
    directives: Directives,
    waivers: &mut Vec<(FileId, Allowed)>,
) {
    for assumption in &directives.assume {
        engine.take_for_given(assumption);
    }
    waivers.extend(directives.allow.into_iter().map(|allowed| (file, allowed)));
}

/// Leaves out what a migration waives, and reports waivers of replay findings that waive nothing.
fn waive(replay: &mut Replay, waivers: &[(FileId, Allowed)]) {
    for (file, allowed) in waivers {
        if !allowed.code.is_of_replay() {
            continue;
        }
        let before = replay.findings.len();
        replay.findings.retain(|finding| {
            let here = finding.span().is_some_and(|span| span.file == *file);
            !(here && finding.code == allowed.code)
        });
        if replay.findings.len() == before {
            replay.findings.push(idle(allowed.code, allowed.span));
        }
    }
}

fn idle(code: Code, span: Span) -> Diagnostic {
    let message =
        format!("`allow({})` is no longer needed: there is no such finding here", code.id());
    Diagnostic::new(Code::M413, span.into(), message).help("remove it")
}
