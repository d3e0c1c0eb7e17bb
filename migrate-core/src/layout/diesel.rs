//! diesel: a folder per migration, with `up.sql`, and where it can be undone `down.sql`.
//!
//! Source: diesel 2.3, `diesel_migrations/src/file_based_migrations.rs` and
//! `diesel_migrations/migrations_internals/src/lib.rs`.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::entries::{self, Entries};
use super::{Collected, Layout, NewFile, NewMigration, foreign, template};
use crate::checks::file_name;
use crate::database::Database;
use crate::diagnostics::{Code, Diagnostic};
use crate::folder::{Content, Entry, Folder, REPEATABLE_FOLDER};
use crate::set::{Directives, Migration, MigrationKind, Script};
use crate::source::{FileId, SourceMap, Span};
use crate::version::Version;

/// The layout of diesel's command and its `embed_migrations!`.
#[derive(Debug)]
pub struct Diesel;

const READS: &str = "diesel reads `<version>_<name>/up.sql`, `down.sql` and `metadata.toml` \
                     beside it";

const UPGRADE: &str = "up.sql";
const DOWNGRADE: &str = "down.sql";
const SETTINGS: &str = "metadata.toml";

impl Layout for Diesel {
    fn name(&self) -> &'static str {
        "diesel"
    }

    fn recognises(&self, folder: &Folder) -> bool {
        folder.entries.iter().any(|entry| {
            let folder = entry.path.strip_suffix("/up.sql");
            matches!(entry.content, Content::Text(_))
                && folder.is_some_and(|folder| folder != REPEATABLE_FOLDER)
        })
    }

    fn collect(&self, folder: Folder, sources: &mut SourceMap) -> Collected {
        let mut entries = Entries::of(folder);
        entries.refuse_folders(|folder| !folder.contains('/'), READS);
        let mut collected = Collected { findings: entries.findings, ..Collected::default() };
        let (inside, beside): (Vec<_>, Vec<_>) =
            entries.files.into_iter().partition(|file| file.path.contains('/'));
        let strays = beside.iter().map(|file| file_name::stray(&file.path, READS));
        collected.findings.extend(strays);
        let mut by_folder: BTreeMap<String, Vec<Entry>> = BTreeMap::new();
        // A folder without files is a finding too.
        for folder in entries.folders {
            by_folder.entry(folder.into_owned()).or_default();
        }
        for file in inside {
            let folder = file.path.split('/').next().unwrap_or_default().to_owned();
            by_folder.entry(folder).or_default().push(file);
        }
        for (folder, files) in by_folder {
            collected.add_folder(&folder, files, sources);
        }
        collected
    }

    fn new_files(&self, new: &NewMigration<'_>) -> Option<Vec<NewFile>> {
        (new.kind == MigrationKind::Sql).then(|| template::folder(new))
    }

    fn parse(
        &self,
        migration: &Migration,
        sources: &SourceMap,
        database: Database,
    ) -> (Script, Vec<Diagnostic>) {
        let settings = migration.settings_file.map(|file| settings(file, sources));
        let (no_transaction, wrong_line) = match settings {
            None => (false, None),
            Some(Ok(in_transaction)) => (!in_transaction, None),
            Some(Err(wrong_line)) => (false, Some(wrong_line)),
        };
        let directives = Directives { no_transaction, ..Directives::default() };
        let (script, mut findings) = foreign::parse(migration, directives, sources, database);
        findings.extend(wrong_line.map(invalid_settings));
        (script, findings)
    }

    /// diesel reads versions from its table as text and compares them so.
    fn version(&self, text: Cow<'static, str>) -> Version {
        Version::textual(text)
    }

    fn enforces_sqlite_foreign_keys(&self) -> bool {
        false
    }
}

impl Collected {
    /// Adds the migration in a folder, or says what is wrong with it.
    fn add_folder(&mut self, folder: &str, files: Vec<Entry>, sources: &mut SourceMap) {
        let mut halves: [Option<FileId>; 3] = [None; 3];
        let mut has_upgrade = false;
        for entry in files {
            let name = &entry.path[folder.len() + 1..];
            let Some(index) = [UPGRADE, DOWNGRADE, SETTINGS].iter().position(|it| *it == name)
            else {
                self.findings.push(file_name::stray(&entry.path, READS));
                continue;
            };
            has_upgrade |= index == 0;
            halves[index] = entries::read(entry, sources, &mut self.findings);
        }
        let [upgrade, downgrade_file, settings_file] = halves;
        if !has_upgrade {
            let expected = format!("{folder}/{UPGRADE}");
            self.findings.push(foreign::missing_upgrade(folder, &expected));
        }
        let Some(file) = upgrade else { return };
        let (version, name) = folder.split_once('_').unwrap_or((folder, ""));
        let version = version.replace('-', "");
        if version.is_empty() {
            self.findings.push(foreign::missing_version(folder, folder.len(), READS));
            return;
        }
        self.migrations.push(Migration {
            version: Version::textual(version),
            name: Cow::Owned(name.to_owned()),
            kind: MigrationKind::Sql,
            file,
            downgrade_file,
            settings_file,
            checksum: sources.file(file).text.checksum(),
        });
    }
}

/// Reads `run_in_transaction` from `metadata.toml`, or tells the line that cannot be read.
///
/// A file without the key means `false`, as it does to diesel. A file that cannot be read is
/// `true` to diesel, in silence; here it is a finding.
fn settings(file: FileId, sources: &SourceMap) -> Result<bool, Span> {
    let text = sources.text(file);
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let code = line.split('#').next().unwrap_or_default();
        let span = Span::new(file, start..start + code.trim_end().len());
        start += line.len();
        let Some((key, value)) = code.split_once('=') else {
            if code.trim().is_empty() {
                continue;
            }
            return Err(span);
        };
        if key.trim().trim_matches('"') != "run_in_transaction" {
            continue;
        }
        return match value.trim() {
            "true" => Ok(true),
            "false" => Ok(false),
            _ => Err(span),
        };
    }
    Ok(false)
}

fn invalid_settings(line: Span) -> Diagnostic {
    let message = "the settings of this migration cannot be read";
    Diagnostic::new(Code::M211, line.into(), message)
        .label("expected `run_in_transaction = true` or `false`")
        .note("diesel would run the migration in a transaction and say nothing")
}
