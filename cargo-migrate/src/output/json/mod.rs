//! What `--format json` prints: one object for each command, documented in `docs/json.md`.
//!
//! Keys are never renamed and never change their meaning; new ones may be added.

pub(crate) mod check;
pub(crate) mod downgrade;
pub(crate) mod error;
pub(crate) mod lock;
pub(crate) mod log;
pub(crate) mod new;
pub(crate) mod plan;
pub(crate) mod run;
pub(crate) mod schema;
pub(crate) mod status;

use std::time::Duration;

use migrate_core::diagnostics::{Diagnostic, Finding};
use migrate_core::source::SourceMap;

/// Describes findings for programs.
pub(crate) fn findings(findings: &[Diagnostic], sources: &SourceMap) -> Vec<Finding> {
    findings.iter().map(|finding| Finding::new(finding, sources)).collect()
}

/// Milliseconds, with three decimal places.
pub(crate) fn milliseconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1e6).round() / 1e3
}

/// Milliseconds of what the history stores in microseconds.
pub(crate) fn stored_milliseconds(microseconds: u64) -> f64 {
    milliseconds(Duration::from_micros(microseconds))
}
