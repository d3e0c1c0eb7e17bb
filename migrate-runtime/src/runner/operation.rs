//! What a runner can be asked to do, and what came of it.

use super::RollbackTo;
use crate::error::{Error, Result};
use crate::report::Report;

/// Something that changes a database.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "runner", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum Operation {
    /// Applies what is pending.
    Run,
    /// Rolls back, newest application first.
    Rollback(RollbackTo),
    /// Rolls back the last so many migrations and applies them again.
    Redo(usize),
    /// Creates the history tables where they are missing, and nothing else.
    CreateHistory,
}

/// What was done, and why it stopped if it did not come to its end.
#[derive(Debug)]
pub struct Outcome {
    /// What was done, up to the failure.
    pub report: Report,
    /// The failure.
    pub error: Option<Error>,
}

impl Outcome {
    pub(crate) fn into_result(self) -> Result<Report> {
        match self.error {
            None => Ok(self.report),
            Some(error) => Err(error),
        }
    }
}
