//! Sets with Rust migrations: the program that has them compiled in.

use std::process::Stdio;

use migrate_core::database::Database;
use migrate_tests::command::workspace_root;
use migrate_tests::project::TempProject;
use migrate_tests::server::TestDatabase;

use crate::support::object;

#[test]
fn rust_migrations_run_in_a_program_of_their_own() {
    let (project, database) = (TempProject::new(), TestDatabase::create(Database::Sqlite));
    // Its runner is built below the workspace's target directory.
    let run = |arguments: &str| {
        let words = arguments.split_whitespace();
        let mut command =
            project.command(words.chain(["--package", "quickstart", "--format", "json"]));
        command.current_dir(workspace_root()).env("DATABASE_URL", database.url());
        object(&mut command)
    };
    let applied = run("run");
    let kinds: Vec<_> =
        applied["applied"].as_array().unwrap().iter().map(|step| &step["kind"]).collect();
    assert_eq!(kinds, ["sql", "sql", "sql", "rust"]);
    assert_eq!(run("run")["applied"].as_array().map(Vec::len), Some(0));
    assert_eq!(run("redo 2 --yes")["applied"].as_array().map(Vec::len), Some(2));
    assert_eq!(run("rollback --all --yes")["reverted"].as_array().map(Vec::len), Some(4));
    assert_eq!(run("plan")["migrations"][3]["statements"].as_array().map(Vec::len), Some(0));
}

#[test]
fn rust_migrations_belong_to_a_package() {
    let project = TempProject::new();
    let file =
        workspace_root().join("examples/quickstart/migrations/20260120103000_fill_guest_slug.rs");
    project.write("migrations/0001_fill.rs", std::fs::read(file).unwrap());
    let mut lock = project.command(["lock", "--dir", "migrations", "--database", "sqlite"]);
    assert!(lock.stdout(Stdio::null()).status().unwrap().success());
    let output = project.run(["run", "--dir", "migrations", "--url", "sqlite:app.db"]);
    assert_eq!(output.code, Some(10));
    insta::assert_snapshot!(output.stderr);
}
