//! What happens during a run, as it happens: for the caller's observer and for `tracing`.

use std::time::Duration;

/// Something that happened during a run.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "runner", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum Event {
    /// There is work to do, and it begins.
    Started {
        /// How many migrations are pending.
        pending: usize,
    },
    /// Another process holds the lock.
    Waiting {
        /// Who, as far as the server tells.
        holder: String,
    },
    /// A migration begins. Migrations that share a transaction begin together.
    Begun {
        /// `<version>_<name>`.
        migration: String,
    },
    /// A migration reports how far it came.
    Progress {
        /// How much is done.
        done: u64,
        /// Of how much, where it is known.
        total: Option<u64>,
        /// What is counted.
        unit: String,
    },
    /// A migration was applied, and recorded.
    Applied {
        /// `<version>_<name>`.
        migration: String,
        /// How long it took.
        duration: Duration,
    },
    /// A migration was rolled back, and its row removed.
    Reverted {
        /// `<version>_<name>`.
        migration: String,
        /// How long it took.
        duration: Duration,
    },
    /// A migration failed.
    Failed {
        /// `<version>_<name>`.
        migration: String,
        /// What the server or the migration said.
        error: String,
    },
    /// The run came to its end.
    Completed {
        /// How many migrations were applied.
        applied: usize,
        /// How many were rolled back.
        reverted: usize,
        /// How long it took.
        duration: Duration,
    },
}

/// Receives events as they happen.
pub(crate) type Observer = Box<dyn FnMut(&Event) + Send>;

/// Tells the observer and `tracing` about an event.
///
/// The names of the `tracing` events are stable: alerts are written against them.
pub(crate) fn emit(observer: &mut Option<Observer>, event: &Event) {
    if let Some(observer) = observer {
        observer(event);
    }
    match event {
        Event::Started { pending } => tracing::info!(pending, "db_migration_started"),
        Event::Waiting { holder } => tracing::info!(%holder, "db_migration_waiting"),
        Event::Begun { migration } => tracing::debug!(%migration, "db_migration_begun"),
        Event::Progress { done, total, unit } => {
            tracing::info!(done, ?total, %unit, "db_migration_progress");
        }
        Event::Applied { migration, duration } => {
            tracing::info!(%migration, duration_ms = millis(*duration), "db_migration_applied");
        }
        Event::Reverted { migration, duration } => {
            tracing::info!(%migration, duration_ms = millis(*duration), "db_migration_reverted");
        }
        Event::Failed { migration, error } => {
            tracing::error!(%migration, %error, "db_migration_failed");
        }
        Event::Completed { applied, reverted, duration } => tracing::info!(
            applied,
            reverted,
            duration_ms = millis(*duration),
            "db_migration_completed"
        ),
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
