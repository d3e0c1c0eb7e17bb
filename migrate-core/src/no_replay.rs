//! Stands in for the static replay in builds that need none: running programs.

use crate::database::Database;
use crate::diagnostics::Diagnostic;
use crate::set::{MigrationSet, Script};
use crate::settings::Rules;

/// Part of the stamp where the replay is available, which it is not here.
pub const REPLAY_VERSION: u32 = 0;

/// What a replay would have found.
#[derive(Debug, Clone, Default)]
pub struct Replay {
    /// Nothing.
    pub findings: Vec<Diagnostic>,
    /// Nothing.
    pub counts: Counts,
    /// Nothing.
    pub opaque: Vec<OpaqueStatement>,
    /// Nothing.
    pub downgrades: Vec<GradedDowngrade>,
}

/// How much a downgrade brings back; there is none that was replayed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GradedDowngrade {
    /// How much.
    pub grade: Grade,
}

/// A grade; there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grade {}

/// A statement that cannot be read; there is none.
#[derive(Debug, Clone)]
pub struct OpaqueStatement {
    /// What it is.
    pub what: String,
}

/// Statements by verdict; there are none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts;

/// Whether this build can replay a database's SQL: it cannot.
pub fn is_available(_database: Database) -> bool {
    false
}

/// Replays nothing.
pub fn replay(
    _set: &MigrationSet,
    _scripts: &[Script],
    _surroundings: &[&str],
    _rules: &Rules,
) -> Option<Replay> {
    None
}
