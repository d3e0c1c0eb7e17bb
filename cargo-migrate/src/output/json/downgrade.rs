//! `downgrade`.

use migrate_core::replay::DerivedDowngrade;
use migrate_core::set::{Migration, MigrationSet};
use serde::Serialize;

/// The downgrade that follows from an upgrade.
#[derive(Debug, Serialize)]
pub(crate) struct DowngradeObject {
    pub(crate) set: String,
    pub(crate) database: &'static str,
    pub(crate) version: String,
    pub(crate) name: String,
    pub(crate) sql: String,
    pub(crate) losses: Vec<String>,
    pub(crate) grade: &'static str,
    pub(crate) written: bool,
}

impl DowngradeObject {
    pub(crate) fn new(
        set: &MigrationSet,
        migration: &Migration,
        derived: &DerivedDowngrade,
        written: bool,
    ) -> Self {
        DowngradeObject {
            set: set.settings.set.clone(),
            database: set.settings.database.name(),
            version: migration.version.to_string(),
            name: migration.name.to_string(),
            sql: derived.sql.clone(),
            losses: derived.losses.clone(),
            grade: derived.grade.name(),
            written,
        }
    }
}
