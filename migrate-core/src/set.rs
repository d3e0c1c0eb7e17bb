//! A set of migrations: one folder for one kind of database.

use std::borrow::Cow;
use std::time::Duration;

use crate::checksum::Checksum;
use crate::diagnostics::{Code, Diagnostic};
use crate::layout::Layout;
use crate::lock::LockFile;
use crate::settings::Settings;
use crate::source::{FileId, SourceMap, Span};
use crate::version::Version;

/// A set of migrations, in the order of versions.
///
/// File names and the lock file have been read; the halves of a migration are parsed when
/// asked for, so that a start-up with nothing to do parses none.
#[derive(Debug, Clone)]
pub struct MigrationSet {
    /// What the set is, beyond its files.
    pub settings: Settings,
    /// How its files are laid out.
    pub layout: &'static dyn Layout,
    /// The files.
    pub sources: SourceMap,
    /// The versioned migrations, by version.
    pub migrations: Vec<Migration>,
    /// The repeatable ones, by name.
    pub repeatables: Vec<Repeatable>,
    /// What is there before the first migration, as plain SQL: a hosted platform's roles and
    /// schemas, say. It is replayed, and never run.
    pub surroundings: Option<FileId>,
    /// The lock file, where there is one that can be read.
    pub lock: Option<LockFile>,
}

/// A versioned migration.
#[derive(Debug, Clone)]
pub struct Migration {
    /// What orders it.
    pub version: Version,
    /// Its name, without the version.
    pub name: Cow<'static, str>,
    /// The language it is written in.
    pub kind: MigrationKind,
    /// The file with the upgrade; in the native layout the downgrade too.
    pub file: FileId,
    /// The file with the downgrade, where that is another one.
    pub downgrade_file: Option<FileId>,
    /// A file with the layout's own settings, such as diesel's `metadata.toml`.
    pub settings_file: Option<FileId>,
    /// Content hash of [`file`](Self::file).
    pub checksum: Checksum,
}

/// The language of a migration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "json", derive(serde::Serialize, serde::Deserialize))]
pub enum MigrationKind {
    /// SQL.
    Sql,
    /// Rust: `pub async fn upgrade(db: &mut Db) -> Result<()>`.
    Rust,
}

impl MigrationKind {
    /// Returns the word used in the history and in JSON.
    pub fn name(self) -> &'static str {
        match self {
            MigrationKind::Sql => "sql",
            MigrationKind::Rust => "rust",
        }
    }
}

/// A repeatable migration: run again whenever it, or the schema below it, changed.
#[derive(Debug, Clone)]
pub struct Repeatable {
    /// The file's name without its extension.
    pub name: Cow<'static, str>,
    /// The file.
    pub file: FileId,
    /// Content hash.
    pub checksum: Checksum,
}

/// The parsed halves of a migration.
#[derive(Debug, Clone)]
pub struct Script {
    /// What it does.
    pub upgrade: Half,
    /// What undoes it.
    pub downgrade: Downgrade,
    /// How it is run.
    pub directives: Directives,
}

/// A half that can be run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Half {
    /// SQL: the bytes between the section's header and its end.
    Sql(Span),
    /// A Rust function.
    Rust,
}

/// What undoes a migration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Downgrade {
    /// A half that can be run.
    Half(Half),
    /// Declared impossible, with the reason.
    Irreversible(String),
    /// Nothing; only foreign layouts allow it.
    Absent,
}

/// How a migration is run, from its `-- migrate:` lines or its `MIGRATE` constant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Directives {
    /// `transaction=off`: statement by statement, with a journal.
    pub no_transaction: bool,
    /// How long a statement waits for a lock of the server.
    pub lock_timeout: Option<Duration>,
    /// How long a statement may take.
    pub statement_timeout: Option<Duration>,
    /// How often a run that met a lock timeout is tried again; nothing committed is.
    pub retries: u32,
    /// Environments in which alone it is run; empty is everywhere.
    pub only: Vec<String>,
    /// Versions that must have been applied before.
    pub requires: Vec<String>,
    /// Findings that are waived.
    pub allow: Vec<Allowed>,
    /// What an opaque statement creates.
    pub assume: Vec<String>,
}

/// A finding that is waived in a migration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allowed {
    /// The code.
    pub code: Code,
    /// Why.
    pub reason: String,
    /// Where it is said.
    pub span: Span,
}

impl Migration {
    /// Returns `<version>_<name>`, as messages call a migration.
    pub fn id(&self) -> String {
        if self.name.is_empty() {
            self.version.to_string()
        } else {
            format!("{}_{}", self.version, self.name)
        }
    }
}

impl MigrationSet {
    /// Makes a version of its text, ordered as the set's layout orders them.
    pub fn version(&self, text: impl Into<Cow<'static, str>>) -> Version {
        self.layout.version(text.into())
    }

    /// Parses the halves of a migration, with all that is wrong in them.
    pub fn script(&self, migration: &Migration) -> (Script, Vec<Diagnostic>) {
        self.layout.parse(migration, &self.sources, self.settings.database)
    }

    /// Parses the halves of all migrations, in their order.
    pub fn scripts(&self) -> Vec<Script> {
        self.migrations.iter().map(|migration| self.script(migration).0).collect()
    }
}
