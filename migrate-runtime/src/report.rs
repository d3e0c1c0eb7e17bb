//! What a run did.

use std::time::Duration;

use migrate_core::diagnostics::Diagnostic;
use migrate_core::set::MigrationKind;

/// What a run, rollback or redo did.
#[derive(Debug, Clone, Default)]
#[cfg_attr(feature = "runner", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Report {
    /// What was applied, in order.
    pub applied: Vec<Step>,
    /// What was rolled back, in order.
    pub reverted: Vec<Step>,
    /// Repeatable migrations that were run.
    pub repeated: Vec<Step>,
    /// Pending migrations that were passed over, and why.
    pub skipped: Vec<Skipped>,
    /// Differences that the policy lets pass with a warning.
    #[cfg_attr(feature = "runner", serde(with = "crate::protocol::findings"))]
    pub warnings: Vec<Diagnostic>,
    /// From the first query to the last, connecting left out.
    pub duration: Duration,
    /// Why the run stopped, where it was allowed to stop without an error.
    pub failure: Option<String>,
}

/// A migration that was run.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "runner", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Step {
    /// Its version, or a repeatable migration's name.
    pub version: String,
    /// Its name without the version.
    pub name: String,
    /// Its language.
    pub kind: MigrationKind,
    /// How long it took.
    pub duration: Duration,
    /// How long each statement took; empty for Rust migrations, and for migrations that shared a
    /// transaction.
    pub statements: Vec<Duration>,
    /// How many statements had been executed by an earlier run that stopped half way.
    pub resumed_at: usize,
}

/// A pending migration that was passed over.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "runner", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Skipped {
    /// Its version.
    pub version: String,
    /// Its name without the version.
    pub name: String,
    /// Why.
    pub reason: String,
}

impl Step {
    /// Returns `<version>_<name>`.
    pub fn id(&self) -> String {
        if self.name.is_empty() {
            self.version.clone()
        } else {
            format!("{}_{}", self.version, self.name)
        }
    }
}

impl Report {
    /// Whether the database was left as it was found.
    pub fn is_empty(&self) -> bool {
        self.applied.is_empty() && self.reverted.is_empty() && self.repeated.is_empty()
    }
}
