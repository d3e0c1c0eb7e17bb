//! How a run is done, where that is not the set's to say.

use std::time::Duration;

use migrate_core::version::Version;

/// How migrations share transactions, on servers with transactional DDL.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[cfg_attr(feature = "runner", derive(serde::Serialize, serde::Deserialize))]
pub enum Grouping {
    /// Groups where nobody else can be using the database (`SQLite`, and an empty history), else
    /// one by one.
    #[default]
    Auto,
    /// Every migration is a transaction of its own.
    Each,
    /// Consecutive migrations share bounded transactions, with a savepoint each.
    Group,
    /// The whole run is one transaction: all or nothing.
    All,
}

/// What becomes of a statement of which nobody knows whether it took effect before the
/// connection was lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "runner", derive(serde::Serialize, serde::Deserialize))]
pub enum Interrupted {
    /// It did not; run it again.
    Retry,
    /// It did; go on with the next.
    Done,
}

/// How a run is done.
#[derive(Debug, Clone)]
pub(crate) struct Options {
    pub(crate) grouping: Grouping,
    pub(crate) patience: Duration,
    pub(crate) to: Option<Version>,
    pub(crate) only: Option<Version>,
    pub(crate) environment: Option<String>,
    pub(crate) interrupted: Option<Interrupted>,
    pub(crate) redo_drafts: bool,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            grouping: Grouping::Auto,
            // Longer than a rolling deploy's start-up, shorter than its patience.
            patience: Duration::from_mins(1),
            to: None,
            only: None,
            environment: None,
            interrupted: None,
            redo_drafts: false,
        }
    }
}
