//! Our own layout: one flat folder of `<version>_<name>.sql` and `.rs`, and `repeatable/*.sql`.

use std::borrow::Cow;

use super::entries::{self, Entries};
use super::{Collected, Layout, NewFile, NewMigration, template};
use crate::checks::file_name;
use crate::database::Database;
use crate::diagnostics::Diagnostic;
use crate::folder::{Content, Entry, Folder, REPEATABLE_FOLDER};
use crate::name::{self, MigrationName, ParseNameError};
use crate::rust_file;
use crate::script;
use crate::set::{Migration, MigrationKind, Repeatable, Script};
use crate::source::SourceMap;

/// The layout that `cargo migrate init` makes.
#[derive(Debug)]
pub struct Native;

const READS: &str = "the native layout reads `<version>_<name>.sql`, `<version>_<name>.rs` and \
                     `repeatable/<name>.sql`";

impl Layout for Native {
    fn name(&self) -> &'static str {
        "native"
    }

    fn sends_whole_files(&self) -> bool {
        false
    }

    /// A Rust migration, a repeatable folder, or a section header in any SQL file.
    ///
    /// Names alone would not do: sqlx's simple layout has the same.
    fn recognises(&self, folder: &Folder) -> bool {
        folder.entries.iter().any(|entry| match &entry.content {
            Content::Folder => entry.path == REPEATABLE_FOLDER,
            Content::Text(_) if entry.path.contains('/') => false,
            Content::Text(text) => match MigrationName::parse(&entry.path) {
                Ok(name) if name.kind == MigrationKind::Rust => true,
                Ok(_) => script::has_section(text.as_str()),
                Err(_) => false,
            },
            _ => false,
        })
    }

    fn collect(&self, folder: Folder, sources: &mut SourceMap) -> Collected {
        let mut entries = Entries::of(folder);
        entries.refuse_folders(|folder| folder == REPEATABLE_FOLDER, READS);
        let mut collected = Collected { findings: entries.findings, ..Collected::default() };
        for entry in entries.files {
            let path = entry.path.clone();
            match path.strip_prefix(REPEATABLE_FOLDER).and_then(|rest| rest.strip_prefix('/')) {
                Some(file_name) => {
                    let name = name::parse_repeatable(file_name);
                    collected.add_repeatable(name, entry, sources);
                }
                None => collected.add_migration(MigrationName::parse(&path), entry, sources),
            }
        }
        collected
    }

    fn new_files(&self, new: &NewMigration<'_>) -> Option<Vec<NewFile>> {
        Some(template::native(new))
    }

    fn parse(
        &self,
        migration: &Migration,
        sources: &SourceMap,
        database: Database,
    ) -> (Script, Vec<Diagnostic>) {
        match migration.kind {
            MigrationKind::Sql => script::parse(migration.file, sources, database),
            MigrationKind::Rust => rust_file::parse(migration.file, sources),
        }
    }
}

impl Collected {
    fn add_migration(
        &mut self,
        name: Result<MigrationName, ParseNameError>,
        entry: Entry,
        sources: &mut SourceMap,
    ) {
        let Some(name) = self.good_name(name, &entry) else { return };
        let Some(file) = entries::read(entry, sources, &mut self.findings) else { return };
        self.migrations.push(Migration {
            version: name.version,
            name: Cow::Owned(name.name),
            kind: name.kind,
            file,
            downgrade_file: None,
            settings_file: None,
            checksum: sources.file(file).text.checksum(),
        });
    }

    fn add_repeatable(
        &mut self,
        name: Result<String, ParseNameError>,
        entry: Entry,
        sources: &mut SourceMap,
    ) {
        let Some(name) = self.good_name(name, &entry) else { return };
        let Some(file) = entries::read(entry, sources, &mut self.findings) else { return };
        let checksum = sources.file(file).text.checksum();
        self.repeatables.push(Repeatable { name: Cow::Owned(name), file, checksum });
    }

    fn good_name<T>(&mut self, name: Result<T, ParseNameError>, entry: &Entry) -> Option<T> {
        name.map_err(|error| {
            self.findings.push(file_name::finding(&entry.path, &error, READS));
        })
        .ok()
    }
}
