//! The files of a set in the order in which the lock file lists them.

use crate::checksum::Checksum;
use crate::set::{MigrationKind, MigrationSet};
use crate::source::FileId;
use crate::sql;
use crate::version::Version;

/// A file of a set, as the lock file sees it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ListedFile<'a> {
    /// The file.
    pub(crate) file: FileId,
    /// Its path below the folder.
    pub(crate) path: &'a str,
    /// Its content hash.
    pub(crate) content: Checksum,
    /// Whether it belongs to a versioned migration; otherwise it is a repeatable one.
    pub(crate) versioned: bool,
    is_sql: bool,
}

impl ListedFile<'_> {
    /// Returns the hash of the token stream; of a file that is not SQL the content hash.
    pub(crate) fn tokens(&self, set: &MigrationSet) -> Checksum {
        if self.is_sql {
            sql::token_checksum(set.sources.text(self.file), set.settings.database)
        } else {
            self.content
        }
    }
}

/// Returns the versioned files by version, the upgrade's before the downgrade's, and the
/// repeatable ones after them by path.
pub(crate) fn listed_files(set: &MigrationSet) -> Vec<ListedFile<'_>> {
    let mut files = Vec::with_capacity(set.migrations.len() + set.repeatables.len());
    let listed = |file: FileId, content: Checksum, versioned: bool, is_sql: bool| ListedFile {
        file,
        path: &set.sources.file(file).path,
        content,
        versioned,
        is_sql,
    };
    let hash = |file: FileId| set.sources.file(file).text.checksum();
    for migration in &set.migrations {
        let is_sql = migration.kind == MigrationKind::Sql;
        files.push(listed(migration.file, migration.checksum, true, is_sql));
        if let Some(file) = migration.downgrade_file {
            files.push(listed(file, hash(file), true, is_sql));
        }
        if let Some(file) = migration.settings_file {
            files.push(listed(file, hash(file), true, false));
        }
    }
    let versioned = files.len();
    for repeatable in &set.repeatables {
        files.push(listed(repeatable.file, repeatable.checksum, false, true));
    }
    files[versioned..].sort_by_key(|file| file.path);
    files
}

/// Reads the version from a path of any layout.
///
/// It is what stands before the first `_` of the file or the migration's folder, without
/// the dashes that diesel puts between date and time.
pub(super) fn version_of(path: &str) -> Version {
    let name = path.split('/').next().unwrap_or(path);
    let end = name.find(['_', '.']).unwrap_or(name.len());
    let text = name[..end].replace('-', "");
    // Only diesel keeps a migration in a folder, and diesel compares versions as text.
    if path.contains('/') { Version::textual(text) } else { Version::new(text) }
}

/// Orders the files of one migration: the upgrade, the downgrade, the layout's settings.
pub(super) fn order_in_migration(path: &str) -> u8 {
    if path.ends_with("down.sql") {
        1
    } else if path.rsplit('.').next() == Some("toml") {
        2
    } else {
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_all_layouts() {
        for (path, version) in [
            ("20250130114438_late_beacon.sql", "20250130114438"),
            ("2025-01-30-114438_late_beacon/up.sql", "20250130114438"),
            ("1_a.up.sql", "1"),
            ("0007.sql", "0007"),
        ] {
            assert_eq!(version_of(path).as_str(), version, "{path}");
        }
    }
}
