//! `plan`, and `run --dry-run`.

use migrate_core::diagnostics::Finding;
use migrate_core::set::MigrationSet;
use migrate_runtime::{Plan, PlannedMigration, Skipped};
use serde::Serialize;

/// What a run would do.
#[derive(Debug, Serialize)]
pub(crate) struct PlanObject {
    pub(crate) set: String,
    pub(crate) database: &'static str,
    pub(crate) migrations: Vec<PlannedObject>,
    pub(crate) repeatables: Vec<PlannedObject>,
    pub(crate) skipped: Vec<SkippedObject>,
    pub(crate) findings: Vec<Finding>,
}

/// A migration that would be run.
#[derive(Debug, Serialize)]
pub(crate) struct PlannedObject {
    pub(crate) version: String,
    pub(crate) name: String,
    pub(crate) kind: &'static str,
    pub(crate) file: String,
    pub(crate) transaction: bool,
    pub(crate) statements: Vec<String>,
}

/// A pending migration that is passed over.
#[derive(Debug, Serialize)]
pub(crate) struct SkippedObject {
    pub(crate) version: String,
    pub(crate) name: String,
    pub(crate) reason: String,
}

impl PlanObject {
    pub(crate) fn new(set: &MigrationSet, plan: &Plan) -> Self {
        PlanObject {
            set: set.settings.set.clone(),
            database: set.settings.database.name(),
            migrations: plan.migrations.iter().map(PlannedObject::new).collect(),
            repeatables: plan.repeatables.iter().map(PlannedObject::new).collect(),
            skipped: plan.skipped.iter().map(SkippedObject::new).collect(),
            findings: super::findings(&plan.findings, &set.sources),
        }
    }
}

impl PlannedObject {
    pub(crate) fn new(planned: &PlannedMigration) -> Self {
        PlannedObject {
            version: planned.version.clone(),
            name: planned.name.clone(),
            kind: planned.kind.name(),
            file: planned.path.clone(),
            transaction: planned.transactional,
            statements: planned.statements.clone(),
        }
    }
}

impl SkippedObject {
    pub(crate) fn new(skipped: &Skipped) -> Self {
        SkippedObject {
            version: skipped.version.clone(),
            name: skipped.name.clone(),
            reason: skipped.reason.clone(),
        }
    }
}
