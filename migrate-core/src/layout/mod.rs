//! How the files of a set are laid out: ours, and those of the tools people come from.

mod diesel;
mod entries;
mod foreign;
mod golang_migrate;
mod native;
mod pairs;
mod sqlx;
mod template;

use std::borrow::Cow;
use std::fmt;

use crate::database::Database;
use crate::diagnostics::Diagnostic;
use crate::folder::Folder;
use crate::set::{Migration, Repeatable, Script};
use crate::source::SourceMap;
use crate::version::Version;

pub use diesel::Diesel;
pub use golang_migrate::GolangMigrate;
pub use native::Native;
pub use sqlx::Sqlx;
pub use template::{NewFile, NewHalves, NewMigration};

/// Every layout, in the order in which they are tried on a folder.
///
/// Those that no other could be taken for come first. sqlx's simple files are last: any of
/// the others' could be one of them by its name.
pub const ALL: [&dyn Layout; 4] = [&Diesel, &GolangMigrate, &Native, &Sqlx];

/// Returns the layout with the name that settings and the lock file use.
pub fn by_name(name: &str) -> Option<&'static dyn Layout> {
    ALL.into_iter().find(|layout| layout.name() == name)
}

/// Returns the layout that a folder's files are in; `None` for a folder without migrations.
pub fn detect(folder: &Folder) -> Option<&'static dyn Layout> {
    ALL.into_iter().find(|layout| layout.recognises(folder))
}

/// A way to lay out migrations in a folder.
///
/// Implementations hold no state; [`by_name`] and [`detect`] hand out statics.
pub trait Layout: fmt::Debug + Send + Sync {
    /// Returns the name used in settings and the lock file.
    fn name(&self) -> &'static str;

    /// Whether the folder's names look like this layout.
    fn recognises(&self, folder: &Folder) -> bool;

    /// Sorts the folder's entries into migrations, by file names alone.
    ///
    /// Every file that is read is added to `sources`. Every entry that is not becomes a finding.
    fn collect(&self, folder: Folder, sources: &mut SourceMap) -> Collected;

    /// Parses the halves of a migration, with all that is wrong in them.
    fn parse(
        &self,
        migration: &Migration,
        sources: &SourceMap,
        database: Database,
    ) -> (Script, Vec<Diagnostic>);

    /// Makes a version of its text, ordered as the layout's tool orders it.
    fn version(&self, text: Cow<'static, str>) -> Version {
        Version::new(text)
    }

    /// Returns the files of a new migration; `None` where the layout has none of that kind.
    fn new_files(&self, new: &NewMigration<'_>) -> Option<Vec<NewFile>>;

    /// Whether the tool that this layout comes from sends a file to the server as one text.
    fn sends_whole_files(&self) -> bool {
        true
    }

    /// Whether the tool that this layout comes from enforces foreign keys on `SQLite`.
    fn enforces_sqlite_foreign_keys(&self) -> bool {
        true
    }
}

/// What a folder holds.
#[derive(Debug, Default)]
pub struct Collected {
    /// The versioned migrations, in any order.
    pub migrations: Vec<Migration>,
    /// The repeatable ones, in any order.
    pub repeatables: Vec<Repeatable>,
    /// What is wrong with names and files.
    pub findings: Vec<Diagnostic>,
}
