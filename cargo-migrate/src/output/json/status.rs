//! `status`.

use migrate_core::diagnostics::Finding;
use migrate_core::history::Due;
use migrate_core::set::MigrationSet;
use migrate_runtime::{MigrationStatus, RepeatableStatus, Status};
use serde::Serialize;

use super::stored_milliseconds;

/// The state of a set and a database.
#[derive(Debug, Serialize)]
pub(crate) struct StatusObject {
    pub(crate) set: String,
    pub(crate) database: &'static str,
    pub(crate) migrations: Vec<MigrationObject>,
    pub(crate) repeatables: Vec<RepeatableObject>,
    /// `ok`, or what is wrong with the history.
    pub(crate) history: String,
    pub(crate) findings: Vec<Finding>,
}

/// A versioned migration.
#[derive(Debug, Serialize)]
pub(crate) struct MigrationObject {
    pub(crate) version: String,
    pub(crate) name: String,
    pub(crate) kind: &'static str,
    pub(crate) state: &'static str,
    pub(crate) draft: bool,
    /// Why a run passes over it.
    pub(crate) skipped: Option<String>,
    pub(crate) applied_at: Option<String>,
    pub(crate) duration_ms: Option<f64>,
    pub(crate) checksum: String,
}

/// A repeatable migration.
#[derive(Debug, Serialize)]
pub(crate) struct RepeatableObject {
    pub(crate) name: String,
    pub(crate) due: &'static str,
    pub(crate) applied_at: Option<String>,
    pub(crate) checksum: String,
}

impl StatusObject {
    pub(crate) fn new(set: &MigrationSet, status: &Status) -> Self {
        StatusObject {
            set: set.settings.set.clone(),
            database: set.settings.database.name(),
            migrations: status.migrations.iter().map(MigrationObject::new).collect(),
            repeatables: status.repeatables.iter().map(RepeatableObject::new).collect(),
            history: status.history(),
            findings: super::findings(&status.findings, &set.sources),
        }
    }
}

impl MigrationObject {
    fn new(status: &MigrationStatus) -> Self {
        MigrationObject {
            version: status.version.clone(),
            name: status.name.clone(),
            kind: status.kind.name(),
            state: status.state.name(),
            draft: status.draft,
            skipped: status.skipped.clone(),
            applied_at: status.applied_at.clone(),
            duration_ms: status.duration_us.map(stored_milliseconds),
            checksum: status.checksum.clone(),
        }
    }
}

impl RepeatableObject {
    fn new(status: &RepeatableStatus) -> Self {
        RepeatableObject {
            name: status.name.clone(),
            due: due(status.due),
            applied_at: status.applied_at.clone(),
            checksum: status.checksum.clone(),
        }
    }
}

/// Returns the word for why a repeatable migration is to be run.
pub(crate) fn due(due: Due) -> &'static str {
    match due {
        Due::New => "new",
        Due::Changed => "changed",
        Due::SchemaChanged => "schema-changed",
        Due::Current => "current",
    }
}
