//! Why a command stopped.

use migrate_core::diagnostics::Finding;
use migrate_core::source::SourceMap;
use migrate_runtime::protocol::Failure;
use migrate_runtime::{Left, MigrationError};
use serde::Serialize;

use crate::error::{CommandError, hints};
use crate::exit_code::ExitCode;
use crate::output::error::causes;

/// What a command prints that stopped before it had a result.
#[derive(Debug, Serialize)]
pub(crate) struct Failed {
    pub(crate) error: ErrorObject,
}

/// Why something stopped.
#[derive(Debug, Default, Serialize)]
pub(crate) struct ErrorObject {
    pub(crate) exit_code: u8,
    pub(crate) message: String,
    pub(crate) causes: Vec<String>,
    pub(crate) help: Vec<String>,
    pub(crate) findings: Vec<Finding>,
    pub(crate) migration: Option<String>,
    pub(crate) file: Option<String>,
    pub(crate) line: Option<usize>,
    pub(crate) column: Option<usize>,
    /// Which statement failed, from 1.
    pub(crate) statement: Option<usize>,
    /// Of how many.
    pub(crate) statements: Option<usize>,
    /// What the migration left behind: `nothing`, `statements` or `unknown`.
    pub(crate) left: Option<&'static str>,
    /// How many statements took effect, where some are left behind.
    pub(crate) statements_done: Option<usize>,
    /// SQLSTATE, or the server's own number.
    pub(crate) code: Option<String>,
    pub(crate) detail: Option<String>,
    pub(crate) hint: Option<String>,
}

impl Failed {
    pub(crate) fn new(error: &CommandError) -> Self {
        let error = match error {
            CommandError::Runtime(error) => ErrorObject::new(&error.failure, &error.sources),
            other => ErrorObject {
                exit_code: other.exit_code() as u8,
                message: other.to_string(),
                causes: causes(other),
                help: other.hints(),
                ..ErrorObject::default()
            },
        };
        Failed { error }
    }
}

impl ErrorObject {
    pub(crate) fn new(failure: &Failure, sources: &SourceMap) -> Self {
        let object = ErrorObject {
            exit_code: ExitCode::of(failure) as u8,
            message: failure.message.clone(),
            causes: failure.causes.clone(),
            help: hints(failure),
            findings: super::findings(&failure.findings, sources),
            ..ErrorObject::default()
        };
        match &failure.migration {
            Some(error) => object.of_migration(error),
            None => object,
        }
    }

    fn of_migration(self, error: &MigrationError) -> Self {
        ErrorObject {
            message: error.message.clone(),
            help: error.advice.clone().into_iter().collect(),
            migration: Some(error.migration.clone()),
            file: Some(error.path.clone()),
            line: error.position.map(|position| position.line),
            column: error.position.map(|position| position.column),
            statement: error.statement.map(|(statement, _)| statement),
            statements: error.statement.map(|(_, count)| count),
            left: Some(match error.left {
                Left::Nothing => "nothing",
                Left::Statements(_) => "statements",
                Left::PartOfStatement(_) => "part",
                Left::Unknown => "unknown",
            }),
            statements_done: match error.left {
                Left::Statements(done) | Left::PartOfStatement(done) => Some(done),
                Left::Nothing | Left::Unknown => None,
            },
            code: Some(error.code.clone()).filter(|code| !code.is_empty()),
            detail: error.detail.clone(),
            hint: error.hint.clone(),
            ..self
        }
    }
}
