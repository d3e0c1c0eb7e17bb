//! The files of a new migration, before anything is written into them.

use crate::set::{MigrationKind, MigrationSet};

/// A migration that is to be written.
#[derive(Debug, Clone, Copy)]
pub struct NewMigration<'a> {
    /// Its version: fourteen digits, or a sequence number.
    pub version: &'a str,
    /// Its name in snake case.
    pub name: &'a str,
    /// The language it will be written in.
    pub kind: MigrationKind,
    /// The set that it will be part of.
    pub set: &'a MigrationSet,
    /// Its SQL, where that is known already.
    pub halves: Option<NewHalves<'a>>,
    /// What the package's code calls `migrate-runtime`.
    pub runtime: &'a str,
}

/// The SQL of a migration that is to be written.
#[derive(Debug, Clone, Copy)]
pub struct NewHalves<'a> {
    /// What it does.
    pub upgrade: &'a str,
    /// What undoes it: SQL, or the reason why nothing does.
    pub downgrade: Result<&'a str, &'a str>,
}

impl NewHalves<'_> {
    /// The downgrade of a file that holds nothing else.
    fn downgrade_file(&self) -> String {
        match self.downgrade {
            Ok(sql) => ended(sql),
            Err(reason) => format!("-- irreversible: {reason}\n"),
        }
    }
}

/// A text that ends with a line end.
fn ended(text: &str) -> String {
    format!("{}\n", text.trim_end())
}

/// A file that is to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFile {
    /// Path below the migrations folder, with `/` between parts.
    pub path: String,
    /// Its text.
    pub text: String,
}

impl NewFile {
    fn new(path: String, text: impl Into<String>) -> Self {
        NewFile { path, text: text.into() }
    }
}

const NATIVE_SQL: &str = "\
-- upgrade
-- Write the SQL that makes the change below this line.

-- downgrade
-- Write the SQL that undoes it below this line. What cannot be undone says why, in the header:
-- `-- downgrade: irreversible, <reason>`
";

/// Below the line that imports from the runtime.
const NATIVE_RUST: &str = "\
pub async fn upgrade(db: &mut Db) -> Result<()> {
    // db.execute(\"UPDATE …\").await
}

// What cannot be undone says why instead: pub const IRREVERSIBLE: &str = \"<reason>\";
pub async fn downgrade(db: &mut Db) -> Result<()> {
    // db.execute(\"UPDATE …\").await
}
";

const UPGRADE: &str = "-- Write the SQL that makes the change below this line.\n";
const DOWNGRADE: &str = "-- Write the SQL that undoes the change below this line.\n";

/// The native layout: one file with both halves.
pub(super) fn native(new: &NewMigration<'_>) -> Vec<NewFile> {
    let (extension, text) = match (new.kind, &new.halves) {
        (MigrationKind::Sql, None) => ("sql", NATIVE_SQL.to_owned()),
        (MigrationKind::Sql, Some(halves)) => ("sql", native_text(halves)),
        (MigrationKind::Rust, _) => ("rs", native_rust(new.runtime)),
    };
    vec![NewFile::new(format!("{}_{}.{extension}", new.version, new.name), text)]
}

fn native_rust(runtime: &str) -> String {
    format!("use {runtime}::{{Db, Result}};\n\n{NATIVE_RUST}")
}

fn native_text(halves: &NewHalves<'_>) -> String {
    let upgrade = ended(halves.upgrade);
    match halves.downgrade {
        Ok(downgrade) => format!("-- upgrade\n{upgrade}\n-- downgrade\n{}", ended(downgrade)),
        Err(reason) => format!("-- upgrade\n{upgrade}\n-- downgrade: irreversible, {reason}\n"),
    }
}

/// The texts of an upgrade's and a downgrade's own file.
fn texts(new: &NewMigration<'_>) -> (String, String) {
    match &new.halves {
        Some(halves) => (ended(halves.upgrade), halves.downgrade_file()),
        None => (UPGRADE.to_owned(), DOWNGRADE.to_owned()),
    }
}

/// Two files, `.up.sql` and `.down.sql`.
pub(super) fn pair(new: &NewMigration<'_>) -> Vec<NewFile> {
    let stem = format!("{}_{}", new.version, new.name);
    let (upgrade, downgrade) = texts(new);
    vec![
        NewFile::new(format!("{stem}.up.sql"), upgrade),
        NewFile::new(format!("{stem}.down.sql"), downgrade),
    ]
}

/// One file without a downgrade.
pub(super) fn single(new: &NewMigration<'_>) -> Vec<NewFile> {
    vec![NewFile::new(format!("{}_{}.sql", new.version, new.name), texts(new).0)]
}

/// A folder with `up.sql` and `down.sql`, dashes in its timestamp.
pub(super) fn folder(new: &NewMigration<'_>) -> Vec<NewFile> {
    let version = match new.version {
        version if version.len() == 14 => {
            format!("{}-{}-{}-{}", &version[..4], &version[4..6], &version[6..8], &version[8..])
        }
        version => version.to_owned(),
    };
    let stem = format!("{version}_{}", new.name);
    let (upgrade, downgrade) = texts(new);
    vec![
        NewFile::new(format!("{stem}/up.sql"), upgrade),
        NewFile::new(format!("{stem}/down.sql"), downgrade),
    ]
}

#[cfg(test)]
mod tests {
    use crate::database::Database;
    use crate::folder::Folder;
    use crate::layout::{Layout, by_name};
    use crate::load::load;
    use crate::settings::Settings;

    use super::*;

    fn paths(layout: &str, version: &str) -> Vec<String> {
        let settings = Settings { layout: layout.to_owned(), ..Settings::new(Database::Sqlite) };
        let set = load(Folder::default(), &settings).set;
        let layout: &dyn Layout = by_name(layout).unwrap();
        let new = of(&set, version, MigrationKind::Sql);
        layout.new_files(&new).unwrap().into_iter().map(|file| file.path).collect()
    }

    fn of<'a>(set: &'a MigrationSet, version: &'a str, kind: MigrationKind) -> NewMigration<'a> {
        NewMigration {
            version,
            name: "late_beacon",
            kind,
            set,
            halves: None,
            runtime: "migrate_runtime",
        }
    }

    #[test]
    fn sql_that_is_known_is_in_the_files() {
        let set = load(Folder::default(), &Settings::new(Database::Sqlite)).set;
        let texts = |layout: &str, downgrade| {
            let halves = Some(NewHalves { upgrade: "SELECT 1;", downgrade });
            let new = NewMigration { halves, ..of(&set, "1", MigrationKind::Sql) };
            let files = by_name(layout).unwrap().new_files(&new).unwrap();
            files.into_iter().map(|file| file.text).collect::<Vec<_>>()
        };
        assert_eq!(
            texts("native", Ok("SELECT 2;\n")),
            ["-- upgrade\nSELECT 1;\n\n-- downgrade\nSELECT 2;\n"]
        );
        assert_eq!(
            texts("native", Err("rows go")),
            ["-- upgrade\nSELECT 1;\n\n-- downgrade: irreversible, rows go\n"]
        );
        assert_eq!(texts("diesel", Ok("SELECT 2;")), ["SELECT 1;\n", "SELECT 2;\n"]);
    }

    #[test]
    fn every_layout_has_its_own_files() {
        let version = "20250130114438";
        assert_eq!(paths("native", version), ["20250130114438_late_beacon.sql"]);
        assert_eq!(
            paths("sqlx", version),
            ["20250130114438_late_beacon.up.sql", "20250130114438_late_beacon.down.sql"]
        );
        assert_eq!(
            paths("diesel", version),
            ["2025-01-30-114438_late_beacon/up.sql", "2025-01-30-114438_late_beacon/down.sql"]
        );
        assert_eq!(
            paths("golang-migrate", "000004"),
            ["000004_late_beacon.up.sql", "000004_late_beacon.down.sql"]
        );
    }

    #[test]
    fn only_the_native_layout_has_rust_migrations() {
        let set = load(Folder::default(), &Settings::new(Database::Sqlite)).set;
        let new = of(&set, "1", MigrationKind::Rust);
        let has = |name| by_name(name).unwrap().new_files(&new).is_some();
        assert!(has("native"));
        assert!(!has("sqlx") && !has("diesel") && !has("golang-migrate"));
    }
}
