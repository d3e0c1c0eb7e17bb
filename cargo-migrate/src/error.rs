//! What stops a command.

use std::fmt::Display;
use std::path::Path;

use migrate_core::source::SourceMap;
use migrate_runtime::protocol::{Failure, FailureKind};

use crate::exit_code::ExitCode;

/// Why a command stopped.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CommandError {
    /// An argument or a setting.
    #[error("{message}")]
    Usage {
        /// What is wrong with it.
        message: String,
        /// What to do.
        help: Vec<String>,
    },
    /// A file that cannot be read or written.
    #[error("cannot {action} `{path}`")]
    File {
        /// `read` or `write`.
        action: &'static str,
        /// Its path.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// `Cargo.toml` does not say what it should.
    #[error("{path}: {message}")]
    Manifest {
        /// Its path.
        path: String,
        /// What is wrong with it.
        message: String,
    },
    /// `cargo metadata` failed.
    #[error("cargo cannot describe the package")]
    Cargo(#[source] cargo_metadata::Error),
    /// The program with the Rust migrations does not build or does not answer.
    #[error("{message}")]
    Runner {
        /// What happened.
        message: String,
        /// What to do.
        help: Vec<String>,
    },
    /// The runtime gave up.
    #[error("{}", .0.failure.message)]
    Runtime(Box<RuntimeError>),
    /// Ctrl-C while something was under way.
    #[error("interrupted")]
    Interrupted,
    /// Ctrl-C before anything was done.
    #[error("interrupted; nothing was changed")]
    InterruptedEarly,
    /// What cannot happen, or only on a broken system.
    #[error("{0}")]
    Internal(String),
}

/// What the runtime said, and the files that it spoke of.
#[derive(Debug)]
pub(crate) struct RuntimeError {
    /// What the runtime said.
    pub(crate) failure: Failure,
    /// The files.
    pub(crate) sources: SourceMap,
}

impl CommandError {
    /// An argument or a setting is wrong.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        CommandError::Usage { message: message.into(), help: Vec::new() }
    }

    /// Says what to do.
    pub(crate) fn help(mut self, text: impl Into<String>) -> Self {
        if let CommandError::Usage { help, .. } | CommandError::Runner { help, .. } = &mut self {
            help.push(text.into());
        }
        self
    }

    /// A file cannot be read.
    pub(crate) fn read(path: &Path, source: std::io::Error) -> Self {
        CommandError::File { action: "read", path: path.display().to_string(), source }
    }

    /// A file cannot be written.
    pub(crate) fn write(path: &Path, source: std::io::Error) -> Self {
        CommandError::File { action: "write", path: path.display().to_string(), source }
    }

    /// `Cargo.toml` is wrong.
    pub(crate) fn manifest(path: &Path, message: impl Display) -> Self {
        let message = message.to_string().trim_end().to_owned();
        CommandError::Manifest { path: path.display().to_string(), message }
    }

    /// The runtime gave up.
    pub(crate) fn runtime(error: migrate_runtime::Error, sources: &SourceMap) -> Self {
        CommandError::failure(Failure::from(error), sources)
    }

    /// The runtime gave up, perhaps in another process.
    pub(crate) fn failure(failure: Failure, sources: &SourceMap) -> Self {
        CommandError::Runtime(Box::new(RuntimeError { failure, sources: sources.clone() }))
    }

    /// Returns the documented code.
    pub(crate) fn exit_code(&self) -> ExitCode {
        match self {
            CommandError::Usage { .. } | CommandError::Manifest { .. } | CommandError::Cargo(_) => {
                ExitCode::Usage
            }
            CommandError::Runner { .. } => ExitCode::RunnerBuild,
            CommandError::Runtime(error) => ExitCode::of(&error.failure),
            CommandError::Interrupted | CommandError::InterruptedEarly => ExitCode::Interrupted,
            CommandError::File { .. } | CommandError::Internal(_) => ExitCode::Internal,
        }
    }

    /// Returns things to do.
    pub(crate) fn hints(&self) -> Vec<String> {
        match self {
            CommandError::Usage { help, .. } | CommandError::Runner { help, .. } => help.clone(),
            CommandError::Interrupted => {
                vec!["`cargo migrate status` shows what was applied; run again to go on".to_owned()]
            }
            CommandError::Runtime(error) => hints(&error.failure),
            _ => Vec::new(),
        }
    }
}

/// Returns things to do: what fits the server's words, else what helps with most failures of the
/// kind.
pub(crate) fn hints(failure: &Failure) -> Vec<String> {
    let general = || hint(failure.kind).map(str::to_owned);
    failure.advice.clone().or_else(general).into_iter().collect()
}

fn hint(kind: FailureKind) -> Option<&'static str> {
    match kind {
        FailureKind::Connect => {
            Some("check that the server runs, and the URL in `--url`, `DATABASE_URL` or `.env`")
        }
        FailureKind::LockHeld => Some("let the other run end, or wait longer with `--wait 5m`"),
        FailureKind::LockLost => Some("see `cargo migrate status`, and run again"),
        _ => None,
    }
}
