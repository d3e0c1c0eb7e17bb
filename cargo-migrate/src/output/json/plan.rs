//! `plan`, and `run --dry-run`.

use migrate_core::diagnostics::Finding;
use migrate_core::replay::Grade;
use migrate_core::set::MigrationSet;
use migrate_runtime::{Plan, PlannedMigration, Skipped};
use serde::Serialize;

use crate::grades::Grades;

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
    pub(crate) resumed_at: usize,
    pub(crate) grade: Option<&'static str>,
}

/// A pending migration that is passed over.
#[derive(Debug, Serialize)]
pub(crate) struct SkippedObject {
    pub(crate) version: String,
    pub(crate) name: String,
    pub(crate) reason: String,
}

impl PlanObject {
    pub(crate) fn new(set: &MigrationSet, plan: &Plan, grades: &Grades) -> Self {
        let planned = |it| PlannedObject::new(it, grades);
        PlanObject {
            set: set.settings.set.clone(),
            database: set.settings.database.name(),
            migrations: plan.migrations.iter().map(planned).collect(),
            repeatables: plan.repeatables.iter().map(planned).collect(),
            skipped: plan.skipped.iter().map(SkippedObject::new).collect(),
            findings: super::findings(&plan.findings, &set.sources),
        }
    }

    /// What a rollback would undo, in its order.
    pub(crate) fn of_rollback(
        set: &MigrationSet,
        planned: &[PlannedMigration],
        grades: &Grades,
    ) -> Self {
        PlanObject {
            set: set.settings.set.clone(),
            database: set.settings.database.name(),
            migrations: planned.iter().map(|it| PlannedObject::new(it, grades)).collect(),
            repeatables: Vec::new(),
            skipped: Vec::new(),
            findings: Vec::new(),
        }
    }
}

impl PlannedObject {
    fn new(planned: &PlannedMigration, grades: &Grades) -> Self {
        PlannedObject {
            version: planned.version.clone(),
            name: planned.name.clone(),
            kind: planned.kind.name(),
            file: planned.path.clone(),
            transaction: planned.transactional,
            statements: planned.statements.clone(),
            resumed_at: planned.resumed_at,
            grade: grades.of(planned).map(Grade::name),
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
