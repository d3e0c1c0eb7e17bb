//! `new`.

use insta::assert_snapshot;
use migrate_tests::project::TempProject;

use crate::support::{command, creates, drafts, sealed, show, shown, shown_plain};

/// A folder that was set up, without a migration.
fn empty() -> TempProject {
    let project = TempProject::new();
    assert_eq!(command(&project, "init --database sqlite --quiet").code, Some(0));
    project
}

/// Paths of the files in the folder, without the lock file.
fn files(project: &TempProject) -> Vec<String> {
    let entries =
        std::fs::read_dir(project.path().join("migrations")).expect("the folder is there");
    let names = entries.map(|entry| entry.expect("it can be read").file_name());
    let mut names: Vec<_> = names.filter_map(|name| name.into_string().ok()).collect();
    names.retain(|name| name != "migrate.lock");
    names.sort();
    names
}

#[test]
fn a_timestamp_and_a_template() {
    let project = empty();
    let output = shown(&project, "new Add users");
    let [file] = &files(&project)[..] else { panic!("one file was to be written") };
    let (version, name) = file.split_once('_').expect("a version and a name");
    assert_eq!((version.len(), name), (14, "add_users.sql"));
    assert_snapshot!(output.replace(version, "[version]"));
    assert_snapshot!(project.read(format!("migrations/{file}")));
    let lock = project.read("migrations/migrate.lock");
    assert!(lock.lines().any(|line| line.starts_with("draft ") && line.ends_with(file)), "{lock}");
    // The empty halves are findings until they are filled.
    assert_eq!(command(&project, "check").code, Some(1));
}

#[test]
fn a_rust_migration_calls_the_runtime_by_its_name() {
    let project = TempProject::new();
    project.write(
        "Cargo.toml",
        "[package]\nname = \"app\"\nedition = \"2024\"\n\n[dependencies]\n\
         store = { package = \"migrate-runtime\", version = \"0.1\", features = [\"sqlite\"] }\n",
    );
    project.write("src/main.rs", "fn main() {}\n");
    shown_plain(&project, "init --quiet");
    shown_plain(&project, "new --rust fill");
    let [file] = &files(&project)[..] else { panic!("one file was to be written") };
    let text = project.read(format!("migrations/{file}"));
    assert!(text.starts_with("use store::{Db, Result};\n"), "{text}");
}

#[test]
fn a_rust_migration() {
    let project = empty();
    command(&project, "new --rust FillSlugs");
    let [file] = &files(&project)[..] else { panic!("one file was to be written") };
    assert!(file.ends_with("_fill_slugs.rs"));
    assert_snapshot!(project.read(format!("migrations/{file}")));
}

#[test]
fn two_in_one_second_have_two_versions() {
    let project = empty();
    for name in ["b", "a"] {
        assert_eq!(command(&project, &format!("new {name}")).code, Some(0));
    }
    let files = files(&project);
    assert!(files[0].ends_with("_b.sql") && files[1].ends_with("_a.sql"), "{files:?}");
}

#[test]
fn a_sequence_goes_on() {
    assert_snapshot!(shown(&drafts(), "new stars"));
    let project = empty();
    command(&project, "new --sequence a");
    command(&project, "new b");
    assert_eq!(files(&project), ["0001_a.sql", "0002_b.sql"]);
}

#[test]
fn what_is_found_in_other_migrations_is_counted() {
    let project = drafts();
    project.write("migrations/0002_moons.sql", "-- upgrade\nSELECT a FROM b;\n");
    assert_snapshot!(shown(&project, "new stars"));
}

#[test]
fn another_tools_layout_has_its_own_files() {
    let project = TempProject::new();
    project.write("migrations/0001_a.up.sql", "CREATE TABLE a (id integer);\n");
    project.write("migrations/0001_a.down.sql", "DROP TABLE a;\n");
    assert_eq!(command(&project, "new b --database sqlite").code, Some(0));
    let expected = ["0001_a.down.sql", "0001_a.up.sql", "0002_b.down.sql", "0002_b.up.sql"];
    assert_eq!(files(&project), expected);
    assert_snapshot!(shown(&project, "new c --rust --database sqlite"));
}

#[test]
fn what_cannot_be_a_migration_is_refused() {
    assert_snapshot!(shown(&empty(), "new ¿?"));
    let foreign = shown(&empty(), "new Übersicht");
    assert!(foreign.contains("names have no `Ü`, as in `Übersicht`"), "{foreign}");
    let project = drafts();
    project.write("migrations/migrate.lock", "<<<<<<< ours\n");
    assert_snapshot!(shown(&project, "new stars --database sqlite"));
    project.write("stamps/20250101000000_a.sql", creates("a"));
    assert_snapshot!(show_stamps(&project));
}

/// Asks for a sequence number in a set of timestamps.
fn show_stamps(project: &TempProject) -> String {
    crate::support::shown_plain(project, "new b --sequence --dir stamps --database sqlite")
}

#[test]
fn of_what_would_be_refused_nothing_is_derived() {
    let project = sealed();
    let new = |sql| {
        let words = ["new", "rings", "--dir", "migrations", "--sequence", "--from", sql];
        show(&project.run(words))
    };
    assert_snapshot!(new(" -- nothing"));
    assert_snapshot!(new("ALTERR TABLE rings DROP COLUMN id"));
}
