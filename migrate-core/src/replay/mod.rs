//! Static replay: executing a history of migrations on a symbolic catalog, without a database.

mod adapter;
mod builtins;
mod catalog;
mod dialect;
mod engine;
mod model;
mod resolve;
mod schema;
mod suggest;

use std::collections::BTreeMap;

use crate::database::Database;
use crate::diagnostics::Diagnostic;
use crate::source::SourceMap;

pub use schema::{ColumnView, Schema, TableView};

/// What a replay found.
#[derive(Debug, Clone, Default)]
pub struct Replay {
    /// What a real server would refuse, in the order of the replay.
    pub findings: Vec<Diagnostic>,
    /// How many statements were judged, and how.
    pub counts: Counts,
    /// Opaque statements by what they are.
    pub opaque: BTreeMap<String, usize>,
    /// The schema at the end.
    pub schema: Schema,
}

/// Statements by verdict.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// All of them.
    pub total: usize,
    /// Everything they name was resolved.
    pub proved: usize,
    /// A real server would refuse them.
    pub refuted: usize,
    /// It cannot be known what they do.
    pub opaque: usize,
}

/// Replays the files of `sources` in their order; nothing where this build cannot read
/// the database's SQL.
///
/// `surroundings` are texts of plain SQL that ran before and are not judged.
pub fn replay_files(
    database: Database,
    surroundings: &[&str],
    sources: &SourceMap,
) -> Option<Replay> {
    let dialect = dialect::dialect_of(database)?;
    let mut engine = engine::Engine::new(database, dialect);
    for text in surroundings {
        engine.surroundings(text);
    }
    for (file, source) in sources.files() {
        engine.file(file, source.text.as_str(), 0);
    }
    Some(engine.finish())
}
