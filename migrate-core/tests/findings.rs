//! Every finding about names and files, as people see it.
//!
//! One snapshot per code, under `tests/snapshots/`: bad input, then the rendered text.

#![cfg(feature = "render")]

use insta::assert_snapshot;
use migrate_core::checks;
use migrate_core::database::Database;
use migrate_core::diagnostics::{Code, Diagnostic, Style, render, sort};
use migrate_core::folder::{Content, Entry, Folder};
use migrate_core::layout::{Layout, Native};
use migrate_core::script;
use migrate_core::source::{SourceMap, SourceText};

fn folder(entries: &[(&str, Content)]) -> Folder {
    let entries = entries
        .iter()
        .map(|(path, content)| Entry { path: (*path).to_owned().into(), content: content.clone() })
        .collect();
    Folder { root: "migrations".to_owned(), entries, lock: None }
}

fn text(text: &str) -> Content {
    Content::Text(SourceText::new(text.to_owned()))
}

/// Collects and parses a native folder on Postgres, and renders all that is wrong.
fn findings(entries: &[(&str, Content)]) -> (Vec<Code>, String) {
    let mut sources = SourceMap::new("migrations");
    let collected = Native.collect(folder(entries), &mut sources);
    let mut findings = collected.findings;
    for migration in &collected.migrations {
        findings.extend(Native.parse(migration, &sources, Database::Postgres).1);
    }
    for repeatable in &collected.repeatables {
        findings.extend(script::parse_repeatable(repeatable.file, &sources, Database::Postgres).1);
    }
    sort(&mut findings, &sources);
    (findings.iter().map(|finding| finding.code).collect(), show(&findings, &sources))
}

fn show(findings: &[Diagnostic], sources: &SourceMap) -> String {
    let texts: Vec<_> = findings.iter().map(|it| render(it, sources, Style::Plain)).collect();
    texts.join("\n\n")
}

/// Expects exactly one finding in a migration, and compares its text with the snapshot of
/// its code.
fn check(code: Code, path: &str, content: &str) {
    check_as(code.id(), code, &[(path, text(content))]);
}

fn check_as(snapshot: &str, code: Code, entries: &[(&str, Content)]) {
    let (codes, rendered) = findings(entries);
    assert_eq!(codes, [code], "{rendered}");
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
        assert_snapshot!(snapshot, rendered);
    });
}

const SQL: &str = "-- upgrade\nSELECT 1;\n-- downgrade\nSELECT 1;\n";

#[test]
fn malformed_names() {
    check(Code::M101, "1738237478_late_beacon.sql", SQL);
    check_as("M101_separator", Code::M101, &[("2025-01-30-114438_late_beacon.sql", text(SQL))]);
    check_as("M101_repeatable", Code::M101, &[("repeatable/row policies.sql", text(SQL))]);
    check(Code::M102, "004_AppId.sql", SQL);
    check(Code::M103, "app_id.sql", SQL);
    check(Code::M105, "20250230114438_late_beacon.sql", SQL);
}

#[test]
fn stray_entries() {
    check(Code::M107, "notes.txt", "");
    let archive = [("archive", Content::Folder), ("archive/001_x.sql", text(SQL))];
    check_as("M108", Code::M108, &archive);
}

#[test]
fn unreadable_entries() {
    check_as("M109", Code::M109, &[("004_caf\u{fffd}.sql", Content::NameNotUtf8)]);
    check_as("M110", Code::M110, &[("004_x.sql", Content::NotUtf8 { valid_up_to: 12 })]);
    let denied = Content::Unreadable("Permission denied (os error 13)".to_owned());
    check_as("M111", Code::M111, &[("004_x.sql", denied)]);
}

#[test]
fn folders_as_a_whole() {
    let sources = SourceMap::new("migrations");
    let finding = [
        checks::folder::empty_set("migrations"),
        checks::folder::missing_folder("migrations"),
        checks::folder::unreadable_root("migrations", "Permission denied (os error 13)"),
    ];
    assert_snapshot!(show(&finding, &sources), @r"
    error[M112]: the folder `migrations` holds no migration
    --> migrations
     = help: `cargo migrate new <name>` writes the first one

    error[M113]: the folder `migrations` does not exist
    --> migrations
     = help: `cargo migrate init` creates it; or correct the path

    error[M111]: the folder `migrations` cannot be read: Permission denied (os error 13)
    --> migrations
     = help: give the user who builds and runs the permission to read it
    ");
}

#[test]
fn sections() {
    check(Code::M201, "004_x.sql", "CREATE TABLE a (id int);\n-- downgrade\nDROP TABLE a;\n");
    check(Code::M202, "004_x.sql", "-- upgrade\nCREATE TABLE a (id int);\n");
    check(Code::M203, "004_x.sql", "-- upgrade\nSELECT 1;\n-- downgrade\n-- nothing to do\n");
    check(Code::M204, "004_x.sql", "-- upgrade\nSELECT 1;\n-- rollback\nSELECT 1;\n");
    check(
        Code::M209,
        "004_x.sql",
        "-- upgrade\nSELECT 1;\n-- downgrade\nSELECT 1;\n-- upgrade\nSELECT 2;\n",
    );
    check(Code::M212, "004_x.sql", &format!("SELECT 0;\n{SQL}"));
    check(Code::M214, "004_x.sql", "-- upgrade\nSELECT 'it;\n-- downgrade\nSELECT 1;\n");
    check(
        Code::M215,
        "004_x.sql",
        "-- upgrade\nSELECT 1;\n-- downgrade: irreversible, gone\nSELECT 1;\n",
    );
    check(Code::M216, "004_x.sql", "-- upgrade\nSELECT 1;\n-- downgrade: irreversible\n");
    check(
        Code::M217,
        "004_x.sql",
        "-- upgrade\nSELECT 1;\nCOMMIT;\nBEGIN;\n-- downgrade\nSELECT 1;\n",
    );
}

#[test]
fn directives() {
    check(Code::M210, "004_x.sql", &format!("-- migrate: transacton=off\n{SQL}"));
    check(Code::M211, "004_x.sql", &format!("-- migrate: lock_timeout=2\n{SQL}"));
    check_as(
        "M211_idle_waiver",
        Code::M211,
        &[("004_x.sql", text(&format!("-- migrate: allow(M217) once was needed\n{SQL}")))],
    );
}

#[test]
fn a_waived_finding_is_silent() {
    let content = "-- migrate: allow(empty-half) only data\n-- upgrade\nSELECT 1;\n-- downgrade\n";
    assert_eq!(findings(&[("004_x.sql", text(content))]).0, []);
}

#[test]
fn other_tools_headers_are_one_finding_each() {
    for (up, down) in [
        ("up", "down"),
        ("migrate", "rollback"),
        ("run", "revert"),
        ("+goose Up", "+goose Down"),
        ("migrate:up", "migrate:down"),
        ("+migrate Up", "+migrate Down"),
    ] {
        let content = format!("-- {up}\nSELECT 1;\n-- {down}\nSELECT 1;\n");
        let (codes, rendered) = findings(&[("004_x.sql", text(&content))]);
        assert_eq!(codes, [Code::M204, Code::M204], "{rendered}");
    }
}

#[test]
fn good_files_have_no_finding() {
    for content in [
        SQL,
        "-- upgrade\nBEGIN;\nSELECT 1;\nCOMMIT;\n-- downgrade\nSELECT 1;",
        "-- migrate: transaction=off\n\n-- upgrade\nCOMMIT;\n-- downgrade: irreversible, gone\n",
        "\u{feff}-- upgrade\r\nSELECT 1;\r\n-- downgrade\r\nSELECT 1;\r\n",
        "-- a comment\n-- Upgrade:\nSELECT 1\n-- Downgrade:\nSELECT 1",
    ] {
        let (codes, rendered) = findings(&[("004_x.sql", text(content))]);
        assert_eq!(codes, [], "{rendered}");
    }
}

#[cfg(feature = "rust")]
mod rust {
    use super::*;

    const UPGRADE: &str = "pub async fn upgrade(db: &mut Db) -> Result<()> {\n    db.execute(\"SELECT 1\").await\n}\n";
    const DOWNGRADE: &str = "pub async fn downgrade(db: &mut Db) -> Result<()> {\n    db.execute(\"SELECT 1\").await\n}\n";

    /// Checks an `upgrade` with `header` for its signature beside a good `downgrade`.
    fn check_header(code: Code, header: &str) {
        let content = format!("{header} {{\n    db.execute(\"SELECT 1\").await\n}}\n{DOWNGRADE}");
        check_rust(code, &content);
    }

    fn check_rust(code: Code, content: &str) {
        let snapshot = format!("{}_rust", code.id());
        check_as(&snapshot, code, &[("004_x.rs", text(content))]);
    }

    #[test]
    fn halves() {
        check_rust(Code::M201, DOWNGRADE);
        check_rust(Code::M202, UPGRADE);
        check_rust(Code::M209, &format!("{UPGRADE}{DOWNGRADE}{UPGRADE}"));
        check_rust(
            Code::M203,
            &format!(
                "{UPGRADE}pub async fn downgrade(_: &mut Db) -> Result<()> {{\n    Ok(())\n}}\n"
            ),
        );
        check_rust(Code::M204, &format!("{UPGRADE}{}", DOWNGRADE.replace("downgrade", "rollback")));
        check_rust(Code::M213, &format!("{UPGRADE}pub async fn downgrade(db: &mut Db {{\n}}\n"));
    }

    #[test]
    fn signatures() {
        check_header(Code::M205, "async fn upgrade(db: &mut Db) -> Result<()>");
        check_header(Code::M206, "pub fn upgrade(db: &mut Db) -> Result<()>");
        check_header(Code::M207, "pub async fn upgrade(db: &Db) -> Result<()>");
        check_header(Code::M208, "pub async fn upgrade(db: &mut Db) -> Result<u64>");
    }

    #[test]
    fn constants() {
        let both = format!("{UPGRADE}{DOWNGRADE}");
        check_rust(Code::M210, &format!("pub const MIGRATE: &str = \"lock_timout=2s\";\n{both}"));
        check_rust(Code::M211, &format!("pub const MIGRATE: &str = r#\"retries=many\"#;\n{both}"));
        check_rust(Code::M215, &format!("pub const IRREVERSIBLE: &str = \"gone\";\n{both}"));
        check_rust(Code::M216, &format!("pub const IRREVERSIBLE: &str = \"\";\n{UPGRADE}"));
    }

    #[test]
    fn all_faults_of_a_file_are_found_at_once() {
        let content = "fn up(db: Db) {}\n";
        let (codes, rendered) = findings(&[("004_x.rs", text(content))]);
        let expected =
            [Code::M202, Code::M203, Code::M204, Code::M205, Code::M206, Code::M207, Code::M208];
        let mut sorted = codes;
        sorted.sort();
        assert_eq!(sorted, expected, "{rendered}");
    }

    #[test]
    fn good_files_have_no_finding() {
        for content in [
            format!("{UPGRADE}{DOWNGRADE}"),
            format!("pub const IRREVERSIBLE: &str = \"gone\";\n{UPGRADE}"),
            format!(
                "pub const MIGRATE: &str = \"transaction=off\\tretries=3\";\n{UPGRADE}{DOWNGRADE}"
            ),
            format!("{UPGRADE}{DOWNGRADE}").replace("&mut Db", "&mut migrate_runtime::Db"),
            format!("{UPGRADE}{DOWNGRADE}").replace("Result<()>", "anyhow::Result<()>"),
            format!("{UPGRADE}{DOWNGRADE}").replace("Result<()>", "Result<(), Error>"),
            format!("{UPGRADE}{DOWNGRADE}").replace("pub async", "pub(crate) async"),
            format!("#[cfg(unix)]\n{UPGRADE}#[cfg(not(unix))]\n{UPGRADE}{DOWNGRADE}"),
            format!("/// Größe\n{UPGRADE}{DOWNGRADE}async fn helper() {{}}"),
        ] {
            let (codes, rendered) = findings(&[("004_x.rs", text(&content))]);
            assert_eq!(codes, [], "{rendered}");
        }
    }
}
