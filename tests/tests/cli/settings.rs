//! Where settings come from, and which of them wins.

use insta::assert_snapshot;
use migrate_tests::project::TempProject;

use crate::support::{creates, show, shown, shown_plain};

/// A package with a table `[package.metadata.migrate]` that goes on with `table`.
fn package(table: &str) -> TempProject {
    let project = TempProject::new();
    let manifest = format!(
        "[package]\nname = \"app\"\nedition = \"2024\"\n\n[package.metadata.migrate]\n{table}"
    );
    project.write("Cargo.toml", manifest);
    project.write("src/main.rs", "fn main() {}\n");
    project.write(".env", "DATABASE_URL=sqlite:app.db\n");
    project.write("migrations/0001_planets.sql", creates("planets"));
    project
}

#[test]
fn a_package_says_what_its_set_is() {
    let project = package("database = \"sqlite\"\nhistory-table = \"versions\"\n");
    assert_snapshot!(shown_plain(&project, "lock"));
    assert!(project.read("migrations/migrate.lock").contains("\nhistory versions\n"));
    assert_snapshot!(shown_plain(&project, "run"));
}

#[test]
fn the_package_wins_over_the_lock_file() {
    let project = package("database = \"sqlite\"\n");
    shown_plain(&project, "lock");
    let manifest = project.read("Cargo.toml");
    project.write("Cargo.toml", format!("{manifest}policy = {{ out-of-order = \"apply\" }}\n"));
    assert_snapshot!(shown_plain(&project, "check"));
    shown_plain(&project, "run");
    assert_eq!(shown_plain(&project, "check --quiet"), "exit code: 0\n");
    assert!(project.read("migrations/migrate.lock").contains("\npolicy out-of-order apply\n"));
}

#[test]
fn a_package_with_several_sets() {
    let sets = "[package.metadata.migrate.sets.app]\npath = \"migrations\"\n\
                [package.metadata.migrate.sets.log]\npath = \"log\"\n";
    let project = package(&format!("database = \"sqlite\"\n{sets}"));
    project.write("log/0001_entries.sql", creates("entries"));
    assert_snapshot!(shown_plain(&project, "check"));
    assert_snapshot!(shown_plain(&project, "check --set nope"));
    for set in ["app", "log"] {
        shown_plain(&project, &format!("lock --set {set}"));
        assert!(shown_plain(&project, &format!("run --set {set}")).starts_with("exit code: 0"));
    }
    assert!(project.read("log/migrate.lock").contains("\nset log\n"));
}

#[test]
fn wrong_settings_are_named() {
    for (name, table) in [
        ("unknown_key", "databse = \"sqlite\"\n"),
        ("unknown_layout", "layout = \"rails\"\n"),
        ("unknown_situation", "policy = { late = \"apply\" }\n"),
        ("forbidden_decision", "policy = { broken-history = \"apply\" }\n"),
    ] {
        assert_snapshot!(name, shown_plain(&package(table), "check"));
    }
}

#[test]
fn a_package_of_a_workspace_is_named() {
    let project = package("database = \"sqlite\"\n");
    let manifest = project.read("Cargo.toml");
    project.write("one/Cargo.toml", &manifest);
    project.write("one/src/main.rs", "fn main() {}\n");
    project.write("two/Cargo.toml", manifest.replace("\"app\"", "\"other\""));
    project.write("two/src/main.rs", "fn main() {}\n");
    project.write("two/migrations/0001_a.sql", creates("a"));
    project.write("Cargo.toml", "[workspace]\nresolver = \"3\"\nmembers = [\"one\", \"two\"]\n");
    assert_snapshot!(shown_plain(&project, "check"));
    assert_snapshot!(shown_plain(&project, "lock -p other"));
    assert_snapshot!(shown_plain(&project, "check -p nope"));
}

#[test]
fn the_environment_wins_over_the_file() {
    let project = package("database = \"sqlite\"\n");
    shown_plain(&project, "lock");
    let output = project.finish(project.command(["run"]).env("DATABASE_URL", "sqlite:other.db"));
    assert_eq!(output.code, Some(0), "{}", show(&output));
    assert!(project.path().join("other.db").exists());
    assert!(!project.path().join("app.db").exists());
}

#[test]
fn without_a_url_there_is_nothing_to_connect_to() {
    let project = TempProject::new();
    project.write("migrations/0001_a.sql", creates("a"));
    assert_snapshot!(shown(&project, "status --database sqlite"));
    assert_snapshot!(shown_plain(&project, "status"));
}

#[test]
fn what_is_assumed_is_known_to_the_replay() {
    let table = "database = \"postgres\"\nassume = [\"CREATE TABLE\\n  people (id int)\"]\n";
    let project = package(table);
    project.write(
        "migrations/0002_rings.sql",
        "-- upgrade\nCREATE TABLE rings (owner int);\nINSERT INTO rings SELECT id FROM people;\n\
         -- downgrade\nDROP TABLE rings;\n",
    );
    assert!(shown_plain(&project, "lock --quiet").starts_with("exit code: 0"));
    assert_eq!(shown_plain(&project, "check --quiet"), "exit code: 0\n");
    let lock = project.read("migrations/migrate.lock");
    assert!(lock.contains("\nassume CREATE TABLE people (id int)\n"), "{lock}");
    project.write("migrations/0003_moons.sql", creates("people"));
    let output = shown_plain(&project, "check --locked");
    assert!(output.contains("error[M406]"), "{output}");
}

#[test]
fn rules_are_switched_on_by_the_package_or_the_command() {
    let rules = "rules = [\"tenant-rls\"]\ntenant-column = \"id\"\n";
    let project = package(&format!("database = \"postgres\"\n{rules}"));
    assert_snapshot!(shown_plain(&project, "lock"));
    let lock = project.read("migrations/migrate.lock");
    assert!(lock.contains("\nrule tenant-rls\ntenant-column id\n"), "{lock}");
    let asked = "check --dir migrations --rule tenant-rls --tenant-column id --database postgres";
    let plain = package("database = \"postgres\"\n");
    assert!(shown_plain(&plain, asked).contains("error[M601]"));
    assert_snapshot!(shown_plain(&plain, "check --rule tenant-rls"));
    let sqlite = package(&format!("database = \"sqlite\"\n{rules}"));
    assert_snapshot!(shown_plain(&sqlite, "check"));
    assert_snapshot!(shown_plain(&package("rules = [\"rls\"]\n"), "check"));
}
