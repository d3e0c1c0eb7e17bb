//! Findings for programs.

use serde::Serialize;

use super::{Diagnostic, Severity};
use crate::source::SourceMap;

/// A finding in the form that `--format json` prints.
///
/// Lines and columns are one-based and absent where the finding lies in no file's text.
#[derive(Debug, Clone, Serialize)]
pub struct Finding {
    /// Such as `M106`.
    pub code: &'static str,
    /// Such as `duplicate-version`.
    pub slug: &'static str,
    /// `error` or `warning`.
    pub severity: &'static str,
    /// What the replay says of the statement: `refuted`; `null` for other findings.
    pub verdict: Option<&'static str>,
    /// The migration's file name without its extension, or the folder's name.
    pub migration: Option<String>,
    /// Path, with the migrations folder before it.
    pub file: Option<String>,
    /// First line.
    pub line: Option<usize>,
    /// First column, in characters.
    pub column: Option<usize>,
    /// Line of the end.
    pub end_line: Option<usize>,
    /// Column of the end, exclusive.
    pub end_column: Option<usize>,
    /// What is wrong.
    pub message: String,
    /// The facts that were compared.
    pub notes: Vec<String>,
    /// Things to do.
    pub help: Vec<String>,
}

impl Finding {
    /// Describes a diagnostic for programs.
    pub fn new(diagnostic: &Diagnostic, sources: &SourceMap) -> Self {
        let path = diagnostic.path(sources);
        let positions = diagnostic.positions(sources);
        Finding {
            code: diagnostic.code.id(),
            slug: diagnostic.code.slug(),
            severity: diagnostic.severity().name(),
            verdict: (diagnostic.code.is_refutation() && diagnostic.severity() == Severity::Error)
                .then_some("refuted"),
            migration: path.and_then(migration_of),
            file: path.map(|path| sources.join(path)),
            line: positions.map(|(start, _)| start.line),
            column: positions.map(|(start, _)| start.column),
            end_line: positions.map(|(_, end)| end.line),
            end_column: positions.map(|(_, end)| end.column),
            message: diagnostic.message.clone(),
            notes: diagnostic.notes.clone(),
            help: diagnostic.help.iter().map(|help| help.message.clone()).collect(),
        }
    }
}

/// The migration that a path belongs to: a folder's name, or a file's without extensions.
fn migration_of(path: &str) -> Option<String> {
    let first = path.split('/').next()?;
    let stem = first.split('.').next()?;
    let version = stem.bytes().next().is_some_and(|byte| byte.is_ascii_digit());
    version.then(|| stem.to_owned())
}
