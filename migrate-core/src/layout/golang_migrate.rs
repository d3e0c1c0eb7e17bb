//! golang-migrate: `<version>_<title>.up.sql` and `.down.sql`, either of which may be missing.
//!
//! The tool opens no transaction of its own. A file that controls transactions in several
//! places, or holds one statement that a transaction refuses, is run without one here too.
//!
//! Source: golang-migrate, `MIGRATIONS.md` and `source/parse.go`.

use super::entries;
use super::pairs::{self, Direction, HalfFile, direction_of};
use super::{Collected, Layout, NewFile, NewMigration, foreign, template};
use crate::checks::file_name;
use crate::database::Database;
use crate::diagnostics::Diagnostic;
use crate::folder::{Content, Entry, Folder};
use crate::script;
use crate::set::{Directives, Half, Migration, MigrationKind, Script};
use crate::source::{SourceMap, Span};
use crate::sql::{Words, split};
use crate::version::Version;

/// The layout of golang-migrate's `migrate`.
#[derive(Debug)]
pub struct GolangMigrate;

const READS: &str = "golang-migrate reads `<version>_<title>.up.sql` and \
                     `<version>_<title>.down.sql`, in the folder itself";

impl Layout for GolangMigrate {
    fn name(&self) -> &'static str {
        "golang-migrate"
    }

    /// Every file has a direction, and a version is written as sqlx never writes one.
    ///
    /// sqlx's reversible files have the same names. Its command writes four or fourteen
    /// digits, golang-migrate's six or fourteen; in a Rust project fourteen are sqlx's.
    fn recognises(&self, folder: &Folder) -> bool {
        let mut versions = Vec::new();
        for entry in &folder.entries {
            if !matches!(entry.content, Content::Text(_)) || !entry.path.ends_with(".sql") {
                continue;
            }
            match split_name(&entry.path) {
                Some((version, _, _)) => versions.push(version),
                None => return false,
            }
        }
        versions.iter().any(|version| ![4, 14].contains(&version.len()))
    }

    fn collect(&self, folder: Folder, sources: &mut SourceMap) -> Collected {
        let (mut collected, alone) = pairs::collect(folder, READS, sources, half_file);
        for downgrade in alone {
            // Going up past it changes nothing, but is recorded.
            let file = downgrade.file;
            let mut migration = pairs::migration(downgrade, sources);
            migration.downgrade_file = Some(file);
            collected.migrations.push(migration);
        }
        collected
    }

    fn new_files(&self, new: &NewMigration<'_>) -> Option<Vec<NewFile>> {
        (new.kind == MigrationKind::Sql).then(|| template::pair(new))
    }

    fn parse(
        &self,
        migration: &Migration,
        sources: &SourceMap,
        database: Database,
    ) -> (Script, Vec<Diagnostic>) {
        let files = [Some(migration.file), migration.downgrade_file];
        let no_transaction = files
            .into_iter()
            .flatten()
            .any(|file| refuses_transaction(sources.text(file), database));
        let directives = Directives { no_transaction, ..Directives::default() };
        let (mut script, findings) = foreign::parse(migration, directives, sources, database);
        if migration.downgrade_file == Some(migration.file) {
            script.upgrade = Half::Sql(Span::new(migration.file, 0..0));
        }
        (script, findings)
    }

    fn enforces_sqlite_foreign_keys(&self) -> bool {
        false
    }
}

fn half_file(
    entry: Entry,
    sources: &mut SourceMap,
    findings: &mut Vec<Diagnostic>,
) -> Option<HalfFile> {
    let path = &entry.path;
    let Some((version, direction, title)) = split_name(path) else {
        let is_directed = path.ends_with(".up.sql") || path.ends_with(".down.sql");
        let has_digits = path.starts_with(|c: char| c.is_ascii_digit());
        findings.push(if is_directed && !has_digits {
            let length = path.find('_').unwrap_or(path.len()).max(1);
            foreign::missing_version(path, length, READS)
        } else {
            file_name::stray(path, READS)
        });
        return None;
    };
    let (version, name) = (Version::new(version.to_owned()), title.to_owned());
    let file = entries::read(entry, sources, findings)?;
    Some(HalfFile { version, name, direction, file })
}

/// Whether a file would fail, or commit too early, inside a transaction.
///
/// Only a file of one statement is looked at: the others reach Postgres as one message, in
/// which such a statement fails as it would in a transaction.
fn refuses_transaction(text: &str, database: Database) -> bool {
    let split = split(text, database);
    if script::controls_transactions(text, &split, database) {
        return true;
    }
    let [only] = &split.statements[..] else { return false };
    let mut words = Words::new(only.text(text), database);
    let Some(first) = words.next() else { return false };
    let mut words = words.take(4);
    let second = words.next().unwrap_or_default();
    // CREATE DATABASE, ALTER SYSTEM, DROP TABLESPACE; CREATE UNIQUE INDEX CONCURRENTLY.
    first.eq_ignore_ascii_case("vacuum")
        || ["database", "tablespace", "system"].iter().any(|it| second.eq_ignore_ascii_case(it))
        || words.any(|word| word.eq_ignore_ascii_case("concurrently"))
}

/// Version, direction and title of a file in the folder itself.
fn split_name(path: &str) -> Option<(&str, Direction, &str)> {
    let (version, rest) = path.split_once('_')?;
    let is_number = !version.is_empty() && version.bytes().all(|b| b.is_ascii_digit());
    let is_directed = rest.ends_with(".up.sql") || rest.ends_with(".down.sql");
    if path.contains('/') || !is_number || !is_directed {
        return None;
    }
    let (direction, title) = direction_of(rest)?;
    Some((version, direction, title))
}
