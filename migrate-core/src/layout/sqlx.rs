//! sqlx: `<version>_<name>.sql`, or `.up.sql` and `.down.sql`.
//!
//! Source: sqlx 0.9, `sqlx-core/src/migrate/source.rs`. There other names are passed over in
//! silence; here each is a finding.

use super::entries;
use super::pairs::{self, HalfFile, direction_of};
use super::{Collected, Layout, NewFile, NewMigration, foreign, template};
use crate::checks::file_name;
use crate::database::Database;
use crate::diagnostics::Diagnostic;
use crate::folder::{Content, Entry, Folder};
use crate::set::{Directives, Migration, MigrationKind, Script};
use crate::source::{FileId, SourceMap};
use crate::version::Version;

/// The layout of sqlx's command and its `migrate!`.
#[derive(Debug)]
pub struct Sqlx;

const READS: &str = "sqlx reads `<version>_<name>.sql`, and `<version>_<name>.up.sql` with \
                     `<version>_<name>.down.sql`, in the folder itself";

/// What a file begins with, to the byte, that sqlx runs without a transaction.
const NO_TRANSACTION: &str = "-- no-transaction";

impl Layout for Sqlx {
    fn name(&self) -> &'static str {
        "sqlx"
    }

    fn recognises(&self, folder: &Folder) -> bool {
        folder.entries.iter().any(|entry| {
            let is_text = matches!(entry.content, Content::Text(_));
            is_text && matches!(split_name(&entry.path), Some((Some(_), _)))
        })
    }

    fn collect(&self, folder: Folder, sources: &mut SourceMap) -> Collected {
        let (mut collected, alone) = pairs::collect(folder, READS, sources, half_file);
        for downgrade in alone {
            let path = &sources.file(downgrade.file).path;
            let expected = path.replace(".down.sql", ".up.sql");
            collected.findings.push(foreign::missing_upgrade(path, &expected));
        }
        collected
    }

    /// sqlx refuses a set in which some migrations have a downgrade and others do not; the
    /// first one decides.
    fn new_files(&self, new: &NewMigration<'_>) -> Option<Vec<NewFile>> {
        let first = new.set.migrations.first();
        let simple = first.is_some_and(|first| first.downgrade_file.is_none());
        let files = if simple { template::single(new) } else { template::pair(new) };
        (new.kind == MigrationKind::Sql).then_some(files)
    }

    fn parse(
        &self,
        migration: &Migration,
        sources: &SourceMap,
        database: Database,
    ) -> (Script, Vec<Diagnostic>) {
        let is_marked = |file: FileId| sources.text(file).starts_with(NO_TRANSACTION);
        let directives = Directives {
            no_transaction: is_marked(migration.file)
                || migration.downgrade_file.is_some_and(is_marked),
            ..Directives::default()
        };
        foreign::parse(migration, directives, sources, database)
    }
}

fn half_file(
    entry: Entry,
    sources: &mut SourceMap,
    findings: &mut Vec<Diagnostic>,
) -> Option<HalfFile> {
    let Some((version, rest)) = split_name(&entry.path) else {
        findings.push(file_name::stray(&entry.path, READS));
        return None;
    };
    let Some(version) = version else {
        let length = entry.path.len() - rest.len() - 1;
        findings.push(foreign::missing_version(&entry.path, length.max(1), READS));
        return None;
    };
    let version = Version::new(version.to_owned());
    let (direction, name) = direction_of(rest)?;
    let name = name.to_owned();
    let file = entries::read(entry, sources, findings)?;
    Some(HalfFile { version, name, direction, file })
}

/// Splits a path at its first `_`; the version is `None` if sqlx could not read the number.
fn split_name(path: &str) -> Option<(Option<&str>, &str)> {
    let (version, rest) = path.split_once('_')?;
    if path.contains('/') {
        return None;
    }
    // sqlx compares the extension as it stands, on every system.
    rest.strip_suffix(".sql")?;
    let is_number = version.bytes().all(|b| b.is_ascii_digit()) && version.parse::<i64>().is_ok();
    Some((is_number.then_some(version), rest))
}
