//! Bad input for `check --static`: a finding or a bounded refusal.

use migrate_core::database::Database;
use migrate_tests::project::TempProject;
use serde_json::Value;

use crate::support::object;

/// What `check --static` says of one migration with this upgrade.
fn check(database: Database, upgrade: &[u8]) -> Value {
    let project = TempProject::new();
    let text = [b"-- upgrade\n", upgrade, b"\n-- downgrade: irreversible, it is a test\n"].concat();
    std::fs::create_dir_all(project.path().join("migrations")).expect("a folder can be made");
    std::fs::write(project.path().join("migrations/1_a.sql"), text).expect("it can be written");
    let words = ["check", "--static", "--format", "json", "--dir", "migrations", "--database"];
    object(&mut project.command(words.into_iter().chain([database.name()])))
}

/// Its findings but that of the lock file, each `code line:column message`.
fn found(database: Database, upgrade: &[u8]) -> Vec<String> {
    let checked = check(database, upgrade);
    let findings = checked["findings"].as_array().expect("a list").iter();
    let findings = findings.filter(|finding| finding["code"] != "M301");
    let text = |finding: &Value| {
        let message = finding["message"].as_str().unwrap_or_default();
        let code = finding["code"].as_str().unwrap_or_default();
        format!("{code} {}:{} {message}", finding["line"], finding["column"])
    };
    findings.map(text).collect()
}

#[test]
fn syntax_errors_have_a_place_and_what_was_expected() {
    let tables = b"CREATE TABLE a (id int);\nCREATE TABLE b (id int,, c int);";
    assert_eq!(
        found(Database::Postgres, tables),
        ["M401 3:24 this is not SQL of postgres: unexpected comma"]
    );
    assert_eq!(
        found(Database::Sqlite, tables),
        ["M401 3:24 this is not SQL of sqlite: near \",\": syntax error"]
    );
    assert_eq!(
        found(Database::Postgres, b"INSERT INTO a VALUES (1"),
        ["M401 2:24 this is not SQL of postgres: expected `)`"]
    );
}

#[test]
fn what_is_not_closed_is_one_finding() {
    for database in Database::ALL {
        for (text, what) in [("SELECT 'a", "string"), ("SELECT \"a", "")] {
            let found = found(database, text.as_bytes());
            let is_open = |one: &String| one.starts_with("M214 2:8 ") && one.contains(what);
            assert!(found.iter().any(is_open), "{database}: {found:?}");
        }
    }
    let comment = found(Database::Postgres, b"SELECT 1; /* a");
    assert!(comment[0].starts_with("M214 2:11 this block comment is not closed"), "{comment:?}");
}

#[test]
fn bytes_that_are_no_text() {
    for database in Database::ALL {
        let nul = found(database, b"SELECT 1;\0");
        assert_eq!(nul, ["M218 2:10 there is a NUL byte in this migration"], "{database}");
        let wrong = found(database, b"SELECT '\xff';");
        let message = "`1_a.sql` is not UTF-8: the byte at offset 19 is wrong";
        assert_eq!(wrong, [format!("M110 null:null {message}")], "{database}");
    }
}

#[test]
fn what_is_large_or_deep_is_counted() {
    const DEPTH: usize = 100_000;
    let deep = format!("SELECT {}1{};", "(".repeat(DEPTH), ")".repeat(DEPTH));
    let many = "SELECT 1;\n".repeat(10_000);
    for database in Database::ALL {
        assert_eq!(check(database, deep.as_bytes())["statements"]["opaque"], 1, "{database}");
        assert_eq!(check(database, many.as_bytes())["statements"]["proved"], 10_000, "{database}");
    }
    let huge = "SELECT 1;\n".repeat(5 << 20);
    assert_eq!(check(Database::Sqlite, huge.as_bytes())["statements"]["opaque"], 1);
}

#[cfg(unix)]
#[test]
fn devices_are_not_read() {
    let project = TempProject::new();
    let folder = project.path().join("migrations");
    std::fs::create_dir_all(&folder).expect("a folder can be made");
    std::os::unix::fs::symlink("/dev/null", folder.join("1_a.sql")).expect("it can be linked");
    let words = "check --static --format json --dir migrations --database sqlite";
    let checked = object(&mut project.command(words.split(' ')));
    let found = &checked["findings"][0];
    assert_eq!(found["code"], "M111");
    assert_eq!(found["message"], "`1_a.sql` cannot be read: it is a pipe, a socket or a device");
}
