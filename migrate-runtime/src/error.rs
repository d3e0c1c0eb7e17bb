//! What can stop a run, and what to do about it.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use migrate_core::diagnostics::Diagnostic;
use migrate_core::source::Position;

use crate::advice::{self, Said};

/// What a migration's halves return, and every function of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a run stopped.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No connection could be had: wrong address, password or database, or no server there.
    #[error("cannot connect to {}: {message}", .url.as_deref().unwrap_or("the database"))]
    Connect {
        /// Where to, without the password; unknown of a caller's pool.
        url: Option<String>,
        /// What the server or the network said, without the password.
        message: String,
        /// A likely cause and a cure.
        advice: Option<&'static str>,
        /// The driver's error.
        #[source]
        source: Option<sqlx::Error>,
    },
    /// The set and the history differ in a way that the policy refuses; nothing was changed.
    #[error("{}", refusal(.findings))]
    Refused {
        /// What was found, errors and warnings.
        findings: Vec<Diagnostic>,
    },
    /// Another process kept the migration lock for too long.
    #[error("the migration lock is held by {holder}; gave up after {}", rounded(*.waited))]
    LockHeld {
        /// Who holds it, as far as the server tells.
        holder: String,
        /// How long was waited.
        waited: Duration,
    },
    /// The lock was lost while work was under way; the work was stopped.
    #[error(
        "the migration lock was lost; the run was stopped before its next statement. Behind a pooler \
         that pools by transaction, run migrations with `transaction=off` on a direct connection"
    )]
    LockLost,
    /// A migration failed.
    #[error(transparent)]
    Migration(Box<MigrationError>),
    /// The run took longer than it was allowed.
    #[error("the run was stopped after {}", humantime::format_duration(*.0))]
    Timeout(Duration),
    /// The set cannot be embedded or read; its findings were reported when it was built.
    #[error("the set of migrations has errors: {}", first_message(.0))]
    InvalidSet(Vec<Diagnostic>),
    /// A setting or environment variable has a wrong value.
    #[error("{0}")]
    Setting(String),
    /// What was asked for cannot be done with this history.
    #[error("{0}")]
    Request(String),
    /// A statement of our own failed.
    #[error("{action}: {}", Said::by(.source))]
    Server {
        /// What was being done.
        action: &'static str,
        /// The driver's error.
        source: sqlx::Error,
    },
    /// A database error inside a Rust migration.
    #[error("{}", Said::by(.0))]
    Database(#[from] sqlx::Error),
    /// Any other error inside a Rust migration.
    #[error(transparent)]
    Other(Box<dyn StdError + Send + Sync>),
}

/// A migration that failed, where, and what the server said.
#[derive(Debug)]
#[cfg_attr(feature = "runner", derive(serde::Serialize, serde::Deserialize))]
pub struct MigrationError {
    /// `<version>_<name>`.
    pub migration: String,
    /// Whether it was being applied or rolled back.
    pub direction: Direction,
    /// Path of the file, as messages show it.
    pub path: String,
    /// Where in the file; unknown for Rust migrations and stored downgrades.
    pub position: Option<Position>,
    /// Which statement, from 1, and of how many; unknown for Rust migrations.
    pub statement: Option<(usize, usize)>,
    /// The failing statement's text.
    pub sql: Option<String>,
    /// SQLSTATE, or the server's own number; empty where no server spoke.
    pub code: String,
    /// What the server said.
    pub message: String,
    /// The server's detail line.
    pub detail: Option<String>,
    /// The server's hint line.
    pub hint: Option<String>,
    /// What is left behind.
    pub left: Left,
    /// A likely cause and a cure.
    pub advice: Option<String>,
    /// The underlying error.
    #[cfg_attr(feature = "runner", serde(skip))]
    pub source: Option<Box<dyn StdError + Send + Sync>>,
}

/// Which half was run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "runner", derive(serde::Serialize, serde::Deserialize))]
pub enum Direction {
    /// The upgrade.
    Upgrade,
    /// The downgrade.
    Downgrade,
}

/// What a failed migration leaves behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "runner", derive(serde::Serialize, serde::Deserialize))]
pub enum Left {
    /// Nothing: the transaction was rolled back.
    Nothing,
    /// The statements before the failed one; the next run resumes there. Zero of a Rust migration
    /// outside a transaction, whose statements nobody counts: it is begun anew.
    Statements(usize),
    /// So many statements, and perhaps a part of the one behind them, which failed: a procedure that
    /// commits in between, or a `DROP` of several objects. The next run begins at it.
    PartOfStatement(usize),
    /// Nobody knows: the connection was lost. The history does, and the next run reads it.
    Unknown,
}

impl Error {
    /// Wraps any error, for use in Rust migrations.
    pub fn other(error: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Error::Other(error.into())
    }

    /// Takes what a half failed with for what it is.
    pub(crate) fn of_half(error: Box<dyn StdError + Send + Sync>) -> Self {
        let error = match error.downcast() {
            Ok(own) => return *own,
            Err(error) => error,
        };
        match error.downcast() {
            Ok(said) => Error::Database(*said),
            Err(other) => Error::Other(other),
        }
    }

    /// Returns a likely cause and a cure, of what is no migration's fault.
    pub fn advice(&self) -> Option<&'static str> {
        match self {
            Error::Connect { advice, .. } => *advice,
            Error::Server { source, .. } => advice::of_own(source),
            _ => None,
        }
    }

    /// Names what was being done when the server refused.
    pub(crate) fn server(action: &'static str) -> impl FnOnce(sqlx::Error) -> Error {
        move |source| Error::Server { action, source }
    }
}

impl MigrationError {
    /// Says which half failed, and at which statement.
    #[doc(hidden)]
    pub fn title(&self) -> String {
        let half = match self.direction {
            Direction::Upgrade => "upgrade",
            Direction::Downgrade => "downgrade",
        };
        let title = format!("{half} of `{}` failed", self.migration);
        match self.statement {
            Some((statement, count)) => format!("{title} at statement {statement} of {count}"),
            None => title,
        }
    }

    /// Says what is left behind, and what to do with it.
    #[doc(hidden)]
    pub fn left_behind(&self) -> String {
        let (again, next, nothing) = match self.direction {
            Direction::Upgrade => ("run", "run", "nothing of this migration is left behind"),
            Direction::Downgrade => {
                ("roll back", "rollback", "nothing was undone: the migration is applied as before")
            }
        };
        match self.left {
            Left::Nothing => nothing.to_owned(),
            Left::Unknown => {
                format!("the connection was lost: {again} again, the history says how far it came")
            }
            Left::PartOfStatement(done) => format!(
                "the statement that failed may have taken effect in part: look at what it left before \
                 you {again} again, the {next} begins at statement {}",
                done + 1
            ),
            // No statement is counted in a function.
            Left::Statements(0) => format!(
                "it was not run in a transaction, and what it did may have stayed; correct it and \
                 {again} again, the {next} begins it anew"
            ),
            Left::Statements(done) => format!(
                "{done} of its statements took effect; correct the rest and {again} again, the \
                 {next} resumes at statement {}",
                done + 1
            ),
        }
    }
}

impl fmt::Display for MigrationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n  --> {}", self.title(), self.path)?;
        if let Some(position) = self.position {
            write!(f, ":{}:{}", position.line, position.column)?;
        }
        write!(f, "\n  {}", self.message)?;
        if !self.code.is_empty() {
            write!(f, " (code {})", self.code)?;
        }
        let lines = [("detail", &self.detail), ("hint", &self.hint), ("help", &self.advice)];
        for (name, text) in lines {
            if let Some(text) = text {
                write!(f, "\n  {name}: {text}")?;
            }
        }
        write!(f, "\n  {}", self.left_behind())
    }
}

impl StdError for MigrationError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as &(dyn StdError + 'static))
    }
}

/// A duration without the digits that nobody reads.
fn rounded(duration: Duration) -> humantime::FormattedDuration {
    let milliseconds = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
    let step = if milliseconds < 1000 { 1 } else { 100 };
    humantime::format_duration(Duration::from_millis(milliseconds / step * step))
}

fn refusal(findings: &[Diagnostic]) -> String {
    use migrate_core::diagnostics::Severity;
    let errors = findings.iter().filter(|finding| finding.severity() == Severity::Error);
    let lines: Vec<_> =
        errors.map(|finding| format!("[{}] {}", finding.code.id(), finding.message)).collect();
    format!("nothing was changed: {}", lines.join("; "))
}

fn first_message(findings: &[Diagnostic]) -> &str {
    findings.first().map_or("", |finding| &finding.message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_error_of_a_half_is_taken_for_what_it_is() {
        let own = Error::of_half(Error::Setting("no".to_owned()).into());
        assert!(matches!(own, Error::Setting(_)), "{own:?}");
        let said = Error::of_half(sqlx::Error::RowNotFound.into());
        assert!(matches!(said, Error::Database(sqlx::Error::RowNotFound)), "{said:?}");
        let other = Error::of_half("no such file".into());
        assert!(matches!(other, Error::Other(_)), "{other:?}");
        assert_eq!(other.to_string(), "no such file");
    }
}
