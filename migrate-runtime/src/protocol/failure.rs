//! An error as plain data, so that it can cross from one process to another.

use std::error::Error as StdError;

use migrate_core::diagnostics::Diagnostic;
use serde::{Deserialize, Serialize};

use crate::advice::Said;
use crate::error::{Error, MigrationError};

/// Why something stopped.
#[derive(Debug, Serialize, Deserialize)]
pub struct Failure {
    /// What kind of failure it is.
    pub kind: FailureKind,
    /// What happened, in one line.
    pub message: String,
    /// Why, each the cause of the one before.
    pub causes: Vec<String>,
    /// A likely cause and a cure; of a migration it stands in `migration`.
    #[serde(default)]
    pub advice: Option<String>,
    /// The findings that stopped it.
    #[serde(with = "super::findings")]
    pub findings: Vec<Diagnostic>,
    /// The migration that failed.
    pub migration: Option<Box<MigrationError>>,
}

/// The kinds of [`Error`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum FailureKind {
    /// No connection could be had.
    Connect,
    /// The policy refused.
    Refused,
    /// Another process kept the lock.
    LockHeld,
    /// The lock was lost.
    LockLost,
    /// A migration failed.
    Migration,
    /// It took too long.
    Timeout,
    /// The set has errors.
    InvalidSet,
    /// A setting is wrong.
    Setting,
    /// What was asked for cannot be done.
    Request,
    /// The server refused a statement of ours.
    Server,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let message = error.to_string();
        let mut causes = Vec::new();
        let mut source = error.source();
        while let Some(cause) = source {
            let of_driver = cause.downcast_ref::<sqlx::Error>();
            let text =
                of_driver.map_or_else(|| cause.to_string(), |error| Said::by(error).to_string());
            // Many errors repeat their cause; it is said once.
            if !message.contains(&text) && causes.last() != Some(&text) {
                causes.push(text);
            }
            // Behind the driver's error is the server's once more.
            source = if of_driver.is_some() { None } else { cause.source() };
        }
        let advice = error.advice().map(str::to_owned);
        let (kind, findings, migration) = match error {
            Error::Connect { .. } => (FailureKind::Connect, Vec::new(), None),
            Error::Refused { findings } => (FailureKind::Refused, findings, None),
            Error::LockHeld { .. } => (FailureKind::LockHeld, Vec::new(), None),
            Error::LockLost => (FailureKind::LockLost, Vec::new(), None),
            Error::Migration(migration) => (FailureKind::Migration, Vec::new(), Some(migration)),
            Error::Timeout(_) => (FailureKind::Timeout, Vec::new(), None),
            Error::InvalidSet(findings) => (FailureKind::InvalidSet, findings, None),
            Error::Setting(_) => (FailureKind::Setting, Vec::new(), None),
            Error::Request(_) => (FailureKind::Request, Vec::new(), None),
            Error::Server { .. } | Error::Database(_) | Error::Other(_) => {
                (FailureKind::Server, Vec::new(), None)
            }
        };
        Failure { kind, message, causes, advice, findings, migration }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cause_that_the_message_repeats_is_left_out() {
        let refused = || sqlx::Error::Protocol("no".to_owned());
        let failure = Failure::from(Error::Server { action: "cannot look", source: refused() });
        assert_eq!(failure.kind, FailureKind::Server);
        assert!(failure.message.starts_with("cannot look: "));
        assert!(failure.causes.is_empty());
        let connect = Error::Connect {
            url: None,
            message: "closed".to_owned(),
            advice: None,
            source: Some(refused()),
        };
        assert_eq!(Failure::from(connect).causes, [refused().to_string()]);
    }

    #[test]
    fn a_failure_survives_the_way_through_json() {
        let failure = Failure::from(Error::Setting("wrong".to_owned()));
        let text = serde_json::to_string(&failure).unwrap();
        let read: Failure = serde_json::from_str(&text).unwrap();
        assert_eq!((read.kind, read.message), (FailureKind::Setting, "wrong".to_owned()));
    }
}
