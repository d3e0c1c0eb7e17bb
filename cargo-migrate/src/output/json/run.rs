//! `run`, `rollback` and `redo`.

use migrate_core::diagnostics::Finding;
use migrate_core::set::MigrationSet;
use migrate_runtime::protocol::Failure;
use migrate_runtime::{Report, Step};
use serde::Serialize;

use super::error::ErrorObject;
use super::milliseconds;
use super::plan::SkippedObject;

/// What was done.
#[derive(Debug, Serialize)]
pub(crate) struct RunObject {
    pub(crate) set: String,
    pub(crate) database: &'static str,
    pub(crate) applied: Vec<StepObject>,
    pub(crate) reverted: Vec<StepObject>,
    /// Repeatable migrations that were run.
    pub(crate) repeated: Vec<StepObject>,
    pub(crate) skipped: Vec<SkippedObject>,
    pub(crate) duration_ms: f64,
    /// What the policy lets pass with a warning.
    pub(crate) findings: Vec<Finding>,
    /// Why it stopped, unless it came to its end.
    pub(crate) error: Option<ErrorObject>,
}

/// A migration that was run.
#[derive(Debug, Serialize)]
pub(crate) struct StepObject {
    pub(crate) version: String,
    pub(crate) name: String,
    pub(crate) kind: &'static str,
    pub(crate) duration_ms: f64,
    /// How long each statement took, where that is known.
    pub(crate) statements_ms: Vec<f64>,
    /// How many statements an earlier run had executed.
    pub(crate) resumed_at: usize,
}

impl RunObject {
    pub(crate) fn new(set: &MigrationSet, report: &Report, failure: Option<&Failure>) -> Self {
        let steps = |steps: &[Step]| steps.iter().map(StepObject::new).collect();
        RunObject {
            set: set.settings.set.clone(),
            database: set.settings.database.name(),
            applied: steps(&report.applied),
            reverted: steps(&report.reverted),
            repeated: steps(&report.repeated),
            skipped: report.skipped.iter().map(SkippedObject::new).collect(),
            duration_ms: milliseconds(report.duration),
            findings: super::findings(&report.warnings, &set.sources),
            error: failure.map(|failure| ErrorObject::new(failure, &set.sources)),
        }
    }
}

impl StepObject {
    fn new(step: &Step) -> Self {
        StepObject {
            version: step.version.clone(),
            name: step.name.clone(),
            kind: step.kind.name(),
            duration_ms: milliseconds(step.duration),
            statements_ms: step.statements.iter().copied().map(milliseconds).collect(),
            resumed_at: step.resumed_at,
        }
    }
}
