//! Sets in, what is said of their downgrades out.

use super::Grade::{self, Irreversible, Lossless, SchemaOnly};
use crate::check::{Checked, check_with};
use crate::database::Database;
use crate::load::load;
use crate::settings::{Rules, Settings};
use crate::testing::{folder, loaded_with_lock, sealed};

fn checked(database: Database, layout: &str, files: &[(&str, &str)]) -> (Checked, Vec<String>) {
    let mut settings = Settings::new(database);
    layout.clone_into(&mut settings.layout);
    let loaded = load(folder(files.iter().copied()), &settings);
    let checked = check_with(&loaded, &[], &Rules::default());
    let found = checked.findings.iter().filter(|finding| finding.code.is_of_replay());
    let found = found.map(|finding| {
        let (start, _) = finding.positions(&loaded.set.sources).expect("in a text");
        let (severity, code) = (finding.severity().name(), finding.code.id());
        format!("{}:{} {severity} {code} {}", start.line, start.column, finding.message)
    });
    let found = found.collect();
    (checked, found)
}

fn check(layout: &str, files: &[(&str, &str)], expected: &[&str]) {
    assert_eq!(checked(Database::Postgres, layout, files).1, expected, "{files:?}");
}

fn native(files: &[&str], expected: &[&str]) {
    let names = ["1_a.sql", "2_b.sql", "3_c.sql"];
    let files: Vec<_> = names.into_iter().zip(files.iter().copied()).collect();
    check("native", &files, expected);
}

#[test]
fn a_downgrade_that_undoes_its_upgrade_is_no_finding() {
    native(
        &[
            "-- upgrade\nCREATE TABLE t (a int);\n-- downgrade\nDROP TABLE t;\n",
            "-- upgrade\nALTER TABLE t ADD COLUMN b int;\n-- downgrade\nALTER TABLE t DROP COLUMN b;\n",
        ],
        &[],
    );
}

#[test]
fn what_is_forgotten_is_listed() {
    native(
        &[
            "-- upgrade\nCREATE TABLE t (a int);\nCREATE TABLE u (a int);\n-- downgrade\nDROP TABLE t;\n",
        ],
        &["5:1 warning M414 the downgrade does not undo the upgrade: table `u` is left behind"],
    );
    let text =
        "-- upgrade\nCREATE TABLE t (a int);\nCREATE TABLE u (a int);\n-- downgrade\nSELECT 1;\n";
    let (checked, _) = checked(Database::Postgres, "native", &[("1_a.sql", text)]);
    let finding = checked.findings.iter().find(|finding| finding.code.id() == "M414");
    let finding = finding.expect("it forgets both");
    assert_eq!(finding.notes, ["table `t` is left behind", "table `u` is left behind"]);
    assert_eq!(finding.labels.len(), 2);
}

#[test]
fn a_fault_in_a_downgrade_does_not_disturb_the_next_upgrade() {
    native(
        &[
            "-- upgrade\nCREATE TABLE t (a int);\n-- downgrade\nALTER TABLE t DROP COLUMN b;\nDROP TABLE t;\n",
            "-- upgrade\nALTER TABLE t ADD COLUMN b int;\n-- downgrade\nALTER TABLE t DROP COLUMN b;\n",
        ],
        &["4:27 error M403 the downgrade would be refused: `t` has no column `b`"],
    );
}

#[test]
fn a_fault_is_waived_like_any_other() {
    native(
        &[
            "-- migrate: allow(M414) it is kept\n-- upgrade\nCREATE TABLE t (a int);\n-- downgrade\nSELECT 1;\n",
            "-- migrate: allow(M402) as we know\n-- upgrade\nSELECT 1;\n-- downgrade\nDROP TABLE x;\n",
        ],
        &[],
    );
}

#[test]
fn a_migration_may_use_what_it_assumes() {
    let uses = |assumption: &str| {
        format!(
            "-- migrate: assume({assumption})\n-- upgrade\nINSERT INTO audit (a) VALUES (1);\n\
             -- downgrade: irreversible, rows\n"
        )
    };
    native(&[&uses("table audit")], &[]);
    native(&[&uses("CREATE TABLE audit (a int)")], &[]);
    native(
        &["-- upgrade\nINSERT INTO audit (a) VALUES (1);\n-- downgrade: irreversible, rows\n"],
        &["2:13 error M402 no earlier migration creates `audit`"],
    );
}

#[test]
fn an_assumed_extension_brings_what_it_is_known_to_bring() {
    let uses = |directive: &str| {
        format!(
            "{directive}-- upgrade\nCREATE TABLE t (a text);\n\
             CREATE INDEX i ON t USING gin (a gin_trgm_ops);\nSELECT similarity('a', 'b');\n\
             -- downgrade\nDROP TABLE t;\n"
        )
    };
    native(&[&uses("-- migrate: assume(extension pg_trgm)\n")], &[]);
    native(
        &[
            &uses(""),
            "-- upgrade\nCREATE EXTENSION pg_trgm;\n-- downgrade\nDROP EXTENSION pg_trgm;\n",
        ],
        &[
            "3:34 error M409 no earlier migration creates an operator class `gin_trgm_ops` for `gin`",
            "4:8 error M404 no earlier migration creates the function `similarity`",
        ],
    );
    let creates = "-- migrate: assume(extension pg_trgm)\n-- upgrade\nCREATE EXTENSION pg_trgm;\n\
                   -- downgrade\nDROP EXTENSION pg_trgm;\n";
    native(&[creates], &[]);
}

#[test]
fn histories_of_other_tools_are_warned_of() {
    check(
        "sqlx",
        &[
            ("1_a.up.sql", "CREATE TABLE t (a int);"),
            ("1_a.down.sql", "DROP TABLE x;"),
            ("2_b.up.sql", "CREATE TABLE u (a int);"),
            ("2_b.down.sql", "-- nothing\n"),
            ("3_c.up.sql", "CREATE TABLE v (a int); CREATE TABLE w (a int);"),
            ("3_c.down.sql", "DROP TABLE v;"),
        ],
        &[
            "1:12 warning M402 the downgrade would be refused: no earlier migration creates `x`",
            "1:1 warning M414 the downgrade does not undo the upgrade: table `w` is left behind",
        ],
    );
}

#[test]
fn what_is_sealed_is_not_nagged_about() {
    let text = "-- upgrade\nCREATE TABLE t (a int);\n-- downgrade\nSELECT 1;\n";
    let files = [("1_a.sql", text)];
    let loaded = loaded_with_lock(files, &sealed(files));
    assert!(crate::check::check(&loaded).is_empty());
}

#[test]
fn rust_downgrades_are_replayed_too() {
    let text = "pub async fn upgrade(db: &mut Db) -> Result<()> {
    db.execute(\"CREATE TABLE t (a int)\").await?;
    Ok(())
}
pub async fn downgrade(db: &mut Db) -> Result<()> {
    db.execute(\"DROP TABLE u\").await?;
    Ok(())
}
";
    check(
        "native",
        &[("1_a.rs", text)],
        &["6:28 error M402 the downgrade would be refused: no earlier migration creates `u`"],
    );
}

fn grade(database: Database, before: &str, upgrade: &str, downgrade: &str) -> Grade {
    let first = format!("-- upgrade\n{before}\n-- downgrade: irreversible, first\n");
    let second = format!("-- upgrade\n{upgrade}\n{downgrade}\n");
    let files = [("1_a.sql", first.as_str()), ("2_b.sql", second.as_str())];
    let (checked, found) = checked(database, "native", &files);
    let replayed = checked.replay.unwrap_or_else(|| panic!("{found:?}"));
    assert_eq!(replayed.downgrades[0].grade, Irreversible);
    replayed.downgrades[1].grade
}

#[test]
fn downgrades_are_graded_by_the_data_that_is_lost() {
    let before = "CREATE TABLE t (a int, b text);";
    let cases = [
        ("CREATE TABLE u (a int); INSERT INTO u SELECT a FROM t;", Lossless),
        ("ALTER TABLE t ADD COLUMN c int; UPDATE t SET c = a;", Lossless),
        ("ALTER TABLE t RENAME TO u;", Lossless),
        ("CREATE INDEX i ON t (a);", Lossless),
        ("ALTER TABLE t DROP COLUMN a;", SchemaOnly),
        ("DROP TABLE t;", SchemaOnly),
        ("DELETE FROM t;", SchemaOnly),
        ("UPDATE t SET a = 1;", SchemaOnly),
    ];
    for database in Database::ALL {
        for (upgrade, expected) in cases {
            let found = grade(database, before, upgrade, "-- downgrade\nSELECT 1;");
            assert_eq!(found, expected, "{database}: {upgrade}");
        }
    }
    let more = [
        ("TRUNCATE t;", SchemaOnly),
        ("WITH gone AS (DELETE FROM t RETURNING a) SELECT a FROM gone;", SchemaOnly),
        ("ALTER TABLE t ALTER a TYPE bigint;", Lossless),
        ("ALTER TABLE t ALTER a TYPE smallint;", SchemaOnly),
        ("DO $$ BEGIN EXECUTE (SELECT b FROM t); END $$;", SchemaOnly),
    ];
    for (upgrade, expected) in more {
        let found = grade(Database::Postgres, before, upgrade, "-- downgrade\nSELECT 1;");
        assert_eq!(found, expected, "{upgrade}");
    }
    let rebuilt = "CREATE TABLE n (a int, b text); INSERT INTO n SELECT a, b FROM t;
                   DROP TABLE t; ALTER TABLE n RENAME TO t;";
    assert_eq!(grade(Database::Sqlite, before, rebuilt, "-- downgrade\nSELECT 1;"), Lossless);
    let none = "-- downgrade: irreversible, it cannot be";
    assert_eq!(grade(Database::Sqlite, before, "SELECT 1;", none), Irreversible);
}
