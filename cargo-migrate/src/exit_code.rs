//! The documented exit codes; `docs/exit-codes.md` is the same table.

use migrate_runtime::protocol::{Failure, FailureKind};
use migrate_runtime::{Left, MigrationError};

/// How a command ended. Codes are never given another meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ExitCode {
    /// All is well.
    Fine = 0,
    /// The set has errors, or the lock file is not what it should be.
    Findings = 1,
    /// The command cannot be understood: an argument, a setting, a version that does not exist.
    Usage = 2,
    /// No connection to the database.
    Unreachable = 3,
    /// Another process holds the migration lock, or took it away.
    Locked = 4,
    /// A migration failed, and nothing of it is left behind.
    Failed = 5,
    /// A migration failed half way, or the connection was lost; the next run goes on from there.
    HalfApplied = 6,
    /// The policy table or a broken history forbids the run; nothing was changed.
    Refused = 7,
    /// The database refused a statement of the tool's own: a missing right, a full disk.
    ServerRefused = 8,
    /// The run took longer than it was allowed.
    TimedOut = 9,
    /// The program with the Rust migrations does not build or does not answer.
    RunnerBuild = 10,
    /// The tool itself failed: a file that cannot be written, or a bug.
    Internal = 70,
    /// Stopped with Ctrl-C.
    Interrupted = 130,
}

impl ExitCode {
    /// Returns the code of a failed run.
    pub(crate) fn of(failure: &Failure) -> Self {
        match failure.kind {
            FailureKind::Connect => ExitCode::Unreachable,
            FailureKind::Refused => ExitCode::Refused,
            FailureKind::LockHeld | FailureKind::LockLost => ExitCode::Locked,
            FailureKind::Migration => match failure.migration.as_deref() {
                Some(MigrationError {
                    left: Left::Statements(_) | Left::PartOfStatement(_) | Left::Unknown,
                    ..
                }) => ExitCode::HalfApplied,
                _ => ExitCode::Failed,
            },
            FailureKind::Timeout => ExitCode::TimedOut,
            FailureKind::InvalidSet => ExitCode::Findings,
            FailureKind::Setting | FailureKind::Request => ExitCode::Usage,
            FailureKind::Server => ExitCode::ServerRefused,
            _ => ExitCode::Internal,
        }
    }
}

impl From<ExitCode> for std::process::ExitCode {
    fn from(code: ExitCode) -> Self {
        std::process::ExitCode::from(code as u8)
    }
}
