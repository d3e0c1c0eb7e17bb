//! The schema of a set as SQL.

use super::engine::Engine;
use super::schema::{Schema, SchemaStatement};
use super::{set as replayed, stack, write};
use crate::database::Database;
use crate::set::MigrationSet;
use crate::source::SourceMap;
use crate::version::Version;

/// A schema, as statements that make it.
#[derive(Debug, Clone, Default)]
pub struct WrittenSchema {
    /// Its tables and views.
    pub schema: Schema,
    /// The statements, in an order in which they apply.
    pub statements: Vec<SchemaStatement>,
    /// Everything in the history could be read, so nothing else is there.
    pub is_complete: bool,
}

/// Replays a set up to a version, or all of it with its repeatable migrations, and writes
/// the schema; nothing where this build cannot read the database's SQL.
///
/// What is in `surroundings` is taken for given and not written.
pub fn write_schema(
    set: &MigrationSet,
    surroundings: &[&str],
    at: Option<&Version>,
) -> Option<WrittenSchema> {
    stack::with_deep_stack(|| {
        let mut engine = replayed::begin(set, surroundings)?;
        let assumed = engine.catalog().unknown.names.len();
        for migration in &set.migrations {
            if at.is_none_or(|at| migration.version <= *at) {
                replayed::migrate(&mut engine, set, migration, &mut Vec::new());
            }
        }
        if at.is_none() {
            replayed::repeat(&mut engine, set, &mut Vec::new());
        }
        Some(written(&engine, set.settings.database, assumed))
    })
}

/// Replays the files of `sources` in their order and writes the schema; see [`write_schema`].
pub fn write_schema_of_files(
    database: Database,
    surroundings: &[&str],
    sources: &SourceMap,
) -> Option<WrittenSchema> {
    let dialect = super::dialect::dialect_of(database)?;
    Some(stack::with_deep_stack(|| {
        let mut engine = Engine::new(database, dialect);
        engine.surroundings(surroundings);
        let assumed = engine.catalog().unknown.names.len();
        engine.files(sources);
        written(&engine, database, assumed)
    }))
}

/// The schema; `assumed` names were taken for given before the first migration.
fn written(engine: &Engine, database: Database, assumed: usize) -> WrittenSchema {
    let catalog = engine.catalog();
    let unknown = &catalog.unknown;
    WrittenSchema {
        schema: catalog.schema(),
        statements: write::schema(catalog, database),
        is_complete: !unknown.everything
            && unknown.names.len() == assumed
            && unknown.appeared.is_empty()
            && unknown.gone.is_empty(),
    }
}
