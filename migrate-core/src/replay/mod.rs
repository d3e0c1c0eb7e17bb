//! Static replay: executing a history of migrations on a symbolic catalog, without a database.
//!
//! A statement goes through four parts, and each knows only the next:
//!
//! | part | knows |
//! | --- | --- |
//! | `adapter` | one server's parser; turns text into the model |
//! | `model` | what statements say, with the bytes of every name; no server, no parser |
//! | `engine` | what a statement does to the catalog; asks `resolve` for the names in it |
//! | `resolve` | scopes of queries; reads the catalog, writes faults and what is needed |
//!
//! Statements take effect in order, but `reading` has the texts parsed ahead of them, on the other
//! processors. `catalog` holds what would be there; copies are cheap. `dialect` has the rules by which
//! servers differ, `builtins` the names that each server brings.
//!
//! # The rule above all
//!
//! A statement is refuted only where a real server certainly refuses it. So a lookup has
//! three answers (`Found`), objects carry `is_certain`, relations carry
//! `is_open` (there may be more in it than is listed), and
//! `Unknown` holds names, kinds and columns that may have come or gone.
//! Before reporting, ask all of them. After reporting, what was missing is assumed to be
//! there (`Subject`), so that each fault is reported once.
//!
//! # How to add a server
//!
//! 1. `adapter/<server>/`: `fn parse(&str, &Origin) -> Statement` for one statement; the
//!    splitting, the bound on depth and the opaque fallback are `adapter::parse_all`'s.
//!    Fold names as the server compares them (Postgres: lower case unless quoted; where
//!    the server ignores case, lower case always). What is not read becomes
//!    `adapter::opaque`; text that is certainly no SQL `StatementKind::Invalid`.
//!    `Origin::place` gives the place of a range of the text.
//!    A parser without spans needs a scan of `sql::Lexer`'s tokens for its names.
//! 2. Enter it in `adapter::parser_of`, and in `adapter::parse_code` if its routines run
//!    SQL when called.
//! 3. `builtins/<server>/`: a unit struct that implements `Dialect`, with a generated
//!    table of names; enter it in `dialect::dialect_of`. Methods of `Dialect` with a
//!    default answer are rules: override them (`restricts_drops`, `checks_views`…).
//!    A rule that is missing becomes a method there, never a test for a server in the engine.
//! 4. A server without schemas answers `default_path` with one name, such as `main`; every
//!    bare name goes there.
//!
//! Constraints of a column are given as the column's; the engine makes up names as
//! Postgres does (`engine/names.rs`). `tests/corpus` judges an adapter on real
//! histories: no false refusal on what applies, and how many faults are found.

mod adapter;
mod beside;
mod builtins;
mod catalog;
mod compare;
#[cfg(feature = "write")]
mod derive;
mod dialect;
mod downgrade;
mod engine;
mod model;
mod reading;
mod resolve;
mod rules;
mod schema;
mod set;
mod stack;
mod suggest;
#[cfg(all(test, feature = "postgres"))]
mod tests;
mod tokens;
mod unread;
#[cfg(feature = "write")]
mod write;
#[cfg(feature = "write")]
mod written;

use crate::database::Database;
use crate::diagnostics::Diagnostic;
use crate::source::{SourceMap, Span};

#[cfg(feature = "write")]
pub use derive::{DerivedDowngrade, derive_downgrade, derive_downgrade_of};
pub use downgrade::{Grade, GradedDowngrade};
pub use rules::databases_of_rule;
pub use schema::{ColumnView, Schema, TableView};
pub use set::replay;
pub use stack::with_deep_stack;
#[cfg(feature = "write")]
pub use written::{SchemaStatement, WrittenSchema, write_schema, write_schema_of_files};

/// Counts the changes to what the replay finds; part of the stamp.
pub const REPLAY_VERSION: u32 = 14;

/// Whether this build can replay a database's SQL.
pub fn is_available(database: Database) -> bool {
    dialect::dialect_of(database).is_some()
}

/// What a replay found.
#[derive(Debug, Clone, Default)]
pub struct Replay {
    /// What a real server would refuse, in the order of the replay.
    pub findings: Vec<Diagnostic>,
    /// How many statements were judged, and how.
    pub counts: Counts,
    /// Statements of which it cannot be known what they do.
    pub opaque: Vec<OpaqueStatement>,
    /// The schema at the end.
    pub schema: Schema,
    /// How much the downgrade of each migration brings back, by version.
    pub downgrades: Vec<GradedDowngrade>,
}

/// A statement that was not understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpaqueStatement {
    /// What kind of statement it is, or what in it cannot be read.
    pub what: String,
    /// Where it stands.
    pub span: Span,
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
/// `surroundings` are texts of plain SQL that ran before and are not judged. Each file is
/// taken to be sent to the server as one text.
pub fn replay_files(
    database: Database,
    surroundings: &[&str],
    sources: &SourceMap,
) -> Option<Replay> {
    let dialect = dialect::dialect_of(database)?;
    let reading = reading::Reading::of_files(sources, database);
    Some(reading.during(|| {
        let mut engine = engine::Engine::new(database, dialect);
        engine.surroundings(surroundings);
        reading.replay(&mut engine);
        engine.finish()
    }))
}
