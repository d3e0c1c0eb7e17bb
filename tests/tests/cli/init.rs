//! `init`.

use insta::assert_snapshot;
use migrate_tests::project::TempProject;

use crate::support::{creates, shown_plain};

const MANIFEST: &str = "\
# The best program.
[package]
name = \"app\" # short
edition = \"2024\"

[dependencies]
";

#[test]
fn a_package_is_set_up() {
    let project = TempProject::new();
    project.write("Cargo.toml", MANIFEST);
    assert_snapshot!(shown_plain(&project, "init --database postgres"));
    assert_snapshot!(project.read("Cargo.toml"));
    assert_snapshot!(project.read("build.rs"));
    assert_snapshot!(project.read("migrations/migrate.lock"));
}

#[test]
fn what_is_there_stays() {
    let project = TempProject::new();
    project.write("Cargo.toml", MANIFEST);
    project.write("build.rs", "fn main() {}\n");
    shown_plain(&project, "init --database sqlite");
    let before = project.read("Cargo.toml");
    assert_snapshot!(shown_plain(&project, "init --database sqlite"));
    assert_eq!(project.read("Cargo.toml"), before);
    assert_eq!(project.read("build.rs"), "fn main() {}\n");
}

#[test]
fn what_is_there_is_for_no_other_database() {
    let project = TempProject::new();
    project.write("Cargo.toml", MANIFEST);
    shown_plain(&project, "init --database sqlite");
    assert_snapshot!(shown_plain(&project, "init --database mysql"));
    shown_plain(&project, "init --dir other --database sqlite");
    assert_snapshot!(shown_plain(&project, "init --dir other --database mysql"));
}

#[test]
fn the_build_script_is_where_the_package_has_it() {
    let project = TempProject::new();
    let with = |build| MANIFEST.replace("edition", &format!("build = {build}\nedition"));
    project.write("Cargo.toml", with("\"src/build.rs\""));
    project.write("src/build.rs", "fn main() {}\n");
    assert_snapshot!(shown_plain(&project, "init --database sqlite"));
    project.write("Cargo.toml", with("false"));
    assert_snapshot!(shown_plain(&project, "init --database sqlite"));
    assert!(!project.path().join("build.rs").exists());
}

#[test]
fn a_folder_needs_no_package() {
    let project = TempProject::new();
    assert_snapshot!(shown_plain(&project, "init --dir db --url sqlite:app.db --history"));
    assert_snapshot!(shown_plain(&project, "status --dir db --url sqlite:app.db"));
}

#[test]
fn another_tools_layout_is_kept() {
    let project = TempProject::new();
    project.write("Cargo.toml", MANIFEST);
    project.write("migrations/2025-01-30-114438_a/up.sql", "CREATE TABLE a (id integer);\n");
    project.write("migrations/2025-01-30-114438_a/down.sql", "DROP TABLE a;\n");
    shown_plain(&project, "init --database sqlite --quiet");
    assert!(project.read("Cargo.toml").contains("layout = \"diesel\""));
    assert!(project.read("migrations/migrate.lock").contains("2025-01-30-114438_a/down.sql"));
}

#[test]
fn the_kind_of_database_must_be_known() {
    let project = TempProject::new();
    project.write("migrations/0001_a.sql", creates("a"));
    assert_snapshot!(shown_plain(&project, "init --dir migrations"));
}

#[test]
fn a_package_tells_its_database_by_its_libraries() {
    let project = TempProject::new();
    let library = "store = { package = \"sqlx\", version = \"0.9\", features = [\"mysql\"] }\n";
    project.write("Cargo.toml", format!("{MANIFEST}{library}"));
    project.write("src/main.rs", "fn main() {}\n");
    shown_plain(&project, "init --quiet");
    assert!(project.read("Cargo.toml").contains("database = \"mysql\""));

    let project = TempProject::new();
    let another = "migrate-runtime = { version = \"0.1\", features = [\"sqlite\"] }\n";
    project.write("Cargo.toml", format!("{MANIFEST}{library}{another}"));
    project.write("src/main.rs", "fn main() {}\n");
    let shown = shown_plain(&project, "init");
    assert!(shown.contains("nothing tells which kind of database"), "{shown}");
}
