//! Folders of each layout: which migrations they hold, and what is found in them.

use migrate_core::database::Database;
use migrate_core::diagnostics::{Code, Diagnostic};
use migrate_core::folder::{Content, Entry, Folder};
use migrate_core::layout::{self, Layout};
use migrate_core::set::{Downgrade, Half, Migration, Script};
use migrate_core::source::{SourceMap, SourceText};

const NATIVE: &str = "-- upgrade\nSELECT 1;\n-- downgrade\nSELECT 1;\n";

/// Makes a folder of files; a path that ends in `/` is a sub-folder.
fn folder(files: &[(&str, &str)]) -> Folder {
    let entries = files.iter().map(|(path, text)| match path.strip_suffix('/') {
        Some(folder) => Entry { path: folder.to_owned().into(), content: Content::Folder },
        None => Entry {
            path: (*path).to_owned().into(),
            content: Content::Text(SourceText::new((*text).to_owned())),
        },
    });
    Folder { root: "migrations".to_owned(), entries: entries.collect(), lock: None }
}

struct Read {
    layout: &'static dyn Layout,
    sources: SourceMap,
    migrations: Vec<Migration>,
    repeatables: Vec<String>,
    findings: Vec<Diagnostic>,
}

fn read(layout: &str, files: &[(&str, &str)]) -> Read {
    let layout = layout::by_name(layout).unwrap();
    let mut sources = SourceMap::new("migrations");
    let mut collected = layout.collect(folder(files), &mut sources);
    collected.migrations.sort_by(|a, b| a.version.cmp(&b.version));
    Read {
        layout,
        sources,
        migrations: collected.migrations,
        repeatables: collected.repeatables.iter().map(|it| it.name.to_string()).collect(),
        findings: collected.findings,
    }
}

impl Read {
    fn ids(&self) -> Vec<String> {
        self.migrations.iter().map(Migration::id).collect()
    }

    fn codes(&self) -> Vec<Code> {
        self.findings.iter().map(|finding| finding.code).collect()
    }

    fn script(&self, index: usize) -> (Script, Vec<Diagnostic>) {
        self.layout.parse(&self.migrations[index], &self.sources, Database::Postgres)
    }

    /// The text of both halves; a downgrade that is absent is `None`.
    fn halves(&self, index: usize) -> (String, Option<String>) {
        let (script, findings) = self.script(index);
        assert_eq!(findings, []);
        let text = |half: &Half| match half {
            Half::Sql(span) => self.sources.slice(span).to_owned(),
            Half::Rust => "rust".to_owned(),
        };
        let downgrade = match &script.downgrade {
            Downgrade::Half(half) => Some(text(half)),
            Downgrade::Irreversible(_) | Downgrade::Absent => None,
        };
        (text(&script.upgrade), downgrade)
    }
}

#[test]
fn native() {
    let read = read(
        "native",
        &[
            ("20250130114438_late_beacon.sql", NATIVE),
            ("20250131000000_fill.rs", ""),
            ("archive/", ""),
            ("archive/001_x.sql", NATIVE),
            ("notes.md", ""),
            ("repeatable/", ""),
            ("repeatable/deep/", ""),
            ("repeatable/policies.sql", "SELECT 1;"),
            ("repeatable/seed.rs", ""),
        ],
    );
    assert_eq!(read.ids(), ["20250130114438_late_beacon", "20250131000000_fill"]);
    assert_eq!(read.repeatables, ["policies"]);
    assert_eq!(read.codes(), [Code::M108, Code::M108, Code::M107, Code::M107]);
    assert_eq!(read.halves(0), ("SELECT 1;\n".to_owned(), Some("SELECT 1;\n".to_owned())));
}

#[test]
fn sqlx_simple_and_reversible() {
    let read = read(
        "sqlx",
        &[
            ("1_Init.sql", "SELECT 1;"),
            ("0002_Add-Index v2.up.sql", "-- no-transaction\nSELECT 2;"),
            ("2_other.down.sql", "-- nothing"),
            ("3_lonely.down.sql", ""),
            ("99999999999999999999_too_long.sql", ""),
            ("README.md", ""),
            ("init.sql", ""),
            ("x_y.sql", ""),
        ],
    );
    assert_eq!(read.ids(), ["1_Init", "0002_Add-Index v2"]);
    let expected = [Code::M103, Code::M107, Code::M107, Code::M103, Code::M201];
    assert_eq!(read.codes(), expected);
    assert_eq!(read.halves(0), ("SELECT 1;".to_owned(), None));
    assert!(!read.script(0).0.directives.no_transaction);
    assert!(read.script(1).0.directives.no_transaction);
    // Rolling back over an empty file is recorded, as sqlx does.
    assert_eq!(read.halves(1).1.as_deref(), Some("-- nothing"));
}

#[test]
fn sqlx_marks_at_the_first_byte_only() {
    let read = read("sqlx", &[("1_x.sql", "\n-- no-transaction\nSELECT 1;")]);
    assert!(!read.script(0).0.directives.no_transaction);
}

#[test]
fn diesel() {
    let read = read(
        "diesel",
        &[
            ("00000000000000_diesel_initial_setup/", ""),
            ("00000000000000_diesel_initial_setup/down.sql", "SELECT 0;"),
            ("00000000000000_diesel_initial_setup/up.sql", "SELECT 1;"),
            ("2023-10-08-174636_models/", ""),
            ("2023-10-08-174636_models/metadata.toml", "run_in_transaction = false # index\n"),
            ("2023-10-08-174636_models/notes.txt", ""),
            ("2023-10-08-174636_models/up.sql", "SELECT 2;"),
            ("2024_no_upgrade/", ""),
            ("2024_no_upgrade/down.sql", ""),
            ("2025_bad/", ""),
            ("2025_bad/metadata.toml", "run_in_transaction: false"),
            ("2025_bad/up.sql", "SELECT 3;"),
            ("2026_default/metadata.toml", ""),
            ("2026_default/up.sql", "SELECT 3;"),
            ("schema.rs", ""),
        ],
    );
    let expected = [
        "00000000000000_diesel_initial_setup",
        // diesel compares versions as text.
        "20231008174636_models",
        "2025_bad",
        "2026_default",
    ];
    assert_eq!(read.ids(), expected);
    assert_eq!(read.codes(), [Code::M107, Code::M107, Code::M201]);
    assert_eq!(read.halves(0), ("SELECT 1;".to_owned(), Some("SELECT 0;".to_owned())));
    assert!(!read.script(0).0.directives.no_transaction);
    let (script, findings) = read.script(2);
    assert!(!script.directives.no_transaction);
    assert_eq!(findings[0].code, Code::M211);
    // diesel reads a file without the key as `false`.
    assert!(read.script(3).0.directives.no_transaction);
    assert!(read.script(1).0.directives.no_transaction);
    assert_eq!(read.halves(1), ("SELECT 2;".to_owned(), None));
    assert!(!read.layout.enforces_sqlite_foreign_keys());
}

#[test]
fn golang_migrate() {
    let read = read(
        "golang-migrate",
        &[
            ("000001_init.up.sql", "SELECT 1;"),
            ("000001_init.down.sql", "SELECT 0;"),
            ("000002_lonely.down.sql", "SELECT 2;"),
            ("000003_index.up.sql", "CREATE UNIQUE INDEX CONCURRENTLY i ON a (b);"),
            ("000004_own.up.sql", "BEGIN;\nSELECT 1;\nCOMMIT;"),
            ("000005_two.up.sql", "BEGIN; SELECT 1; COMMIT; BEGIN; SELECT 2; COMMIT;"),
            ("000006_plain.sql", ""),
            ("init.up.sql", ""),
        ],
    );
    let expected = ["000001_init", "000002_lonely", "000003_index", "000004_own", "000005_two"];
    assert_eq!(read.ids(), expected);
    assert_eq!(read.codes(), [Code::M107, Code::M103]);
    assert_eq!(read.halves(0), ("SELECT 1;".to_owned(), Some("SELECT 0;".to_owned())));
    assert_eq!(read.halves(1), (String::new(), Some("SELECT 2;".to_owned())));
    let no_transaction: Vec<bool> =
        (0..5).map(|index| read.script(index).0.directives.no_transaction).collect();
    assert_eq!(no_transaction, [false, false, true, false, true]);
    assert!(!read.layout.enforces_sqlite_foreign_keys());
}

#[test]
fn an_open_quote_is_found_in_any_layout() {
    let read = read("sqlx", &[("1_x.up.sql", "SELECT 'a"), ("1_x.down.sql", "/* b")]);
    let codes: Vec<Code> = read.script(0).1.iter().map(|finding| finding.code).collect();
    assert_eq!(codes, [Code::M214, Code::M214]);
}

#[test]
fn two_downgrades_of_one_version() {
    let files = [("1_a.up.sql", "SELECT 1"), ("1_b.down.sql", ""), ("01_c.down.sql", "")];
    assert_eq!(read("sqlx", &files).codes(), [Code::M209]);
}

#[test]
fn detection() {
    for (files, expected) in [
        (&[("2023-10-08-174636_models/up.sql", "")][..], Some("diesel")),
        (&[("000001_init.up.sql", ""), ("000001_init.down.sql", "")], Some("golang-migrate")),
        (&[("20250130114438_x.up.sql", ""), ("20250130114438_x.down.sql", "")], Some("sqlx")),
        (&[("000001_init.up.sql", ""), ("000002_more.sql", "")], Some("sqlx")),
        (&[("20250130114438_x.sql", NATIVE)], Some("native")),
        (&[("20250130114438_x.rs", "")], Some("native")),
        (&[("20250130114438_x.sql", "SELECT 1;")], Some("sqlx")),
        (&[("notes.md", "")], None),
        (&[], None),
    ] {
        let found = layout::detect(&folder(files)).map(Layout::name);
        assert_eq!(found, expected, "{files:?}");
    }
    for layout in layout::ALL {
        assert_eq!(layout::by_name(layout.name()).map(Layout::name), Some(layout.name()));
    }
    assert!(layout::by_name("flyway").is_none());
}
