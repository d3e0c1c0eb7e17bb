//! Sets with Rust migrations: the program that has them compiled in.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use migrate_core::database::Database;
use migrate_tests::command::workspace_root;
use migrate_tests::project::TempProject;
use migrate_tests::server::TestDatabase;

use crate::support::{creates, object, show};

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
    project.write("migrations/0001_comets.rs", FAILING);
    let mut lock = project.command(["lock", "--dir", "migrations", "--database", "sqlite"]);
    assert!(lock.stdout(Stdio::null()).status().unwrap().success());
    let output = project.run(["run", "--dir", "migrations", "--url", "sqlite:app.db"]);
    assert_eq!(output.code, Some(10));
    insta::assert_snapshot!(output.stderr);
}

const MANIFEST: &str = "\
[package]
name = \"named-runner\"
edition = \"2024\"

[package.metadata.migrate]
database = \"sqlite\"
runner = \"migrate\"

[dependencies]
migrate-runtime = { path = \"RUNTIME\", features = [\"sqlite\", \"runner\"] }

[profile.dev]
debug = \"line-tables-only\"

[workspace]
";

const PROGRAM: &str = "\
static MIGRATIONS: migrate_runtime::Migrations = migrate_runtime::embed_migrations!();

fn main() -> std::process::ExitCode {
    migrate_runtime::runner_main(&MIGRATIONS)
}
";

const FAILING: &str = "\
use migrate_runtime::{Db, Result};

pub async fn upgrade(db: &mut Db) -> Result<()> {
    println!(\"what a migration prints\");
    if let Some(started) = std::env::var_os(\"SLOWLY\") {
        std::fs::write(started, \"\").map_err(migrate_runtime::Error::other)?;
        std::thread::sleep(std::time::Duration::from_secs(60));
    }
    db.execute(\"CREATE TABLE comets (id integer NOT NULL); INSERT INTO comets SELECT NULL\").await
}

pub const IRREVERSIBLE: &str = \"it fails\";
";

/// A package at a fixed place: cargo would build it anew at every other one.
fn named_runner() -> PathBuf {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("named-runner");
    let write = |path: &str, text: &str| {
        let path = directory.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    let _ = fs::remove_dir_all(&directory);
    let runtime = workspace_root().join("migrate-runtime");
    write("Cargo.toml", &MANIFEST.replace("RUNTIME", &runtime.display().to_string()));
    write("src/bin/migrate.rs", PROGRAM);
    write("migrations/0001_planets.sql", &creates("planets"));
    write("migrations/0002_comets.rs", FAILING);
    fs::copy(workspace_root().join("Cargo.lock"), directory.join("Cargo.lock")).unwrap();
    directory
}

#[test]
fn a_binary_of_the_package_can_be_the_program() {
    let (project, database) = (TempProject::new(), TestDatabase::create(Database::Sqlite));
    let directory = named_runner();
    // The workspace's own, where the dependencies have been built.
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    let run = |arguments: &str| {
        let mut command = project.command(arguments.split_whitespace());
        command.current_dir(&directory).env("CARGO_TARGET_DIR", target);
        command.env("DATABASE_URL", database.url());
        project.finish(&mut command)
    };
    assert_eq!(run("lock --quiet").code, Some(0));
    insta::assert_snapshot!(show(&run("run")));

    // It ends with the command that started it, however that ends, and does not keep the lock.
    let started = project.path().join("started");
    let mut command = project.command(["run"]);
    command.current_dir(&directory).env("CARGO_TARGET_DIR", target);
    command.env("DATABASE_URL", database.url()).env("SLOWLY", &started);
    let mut killed = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    while !started.exists() {
        assert!(killed.try_wait().unwrap().is_none(), "it waits in its migration");
        std::thread::sleep(Duration::from_millis(50));
    }
    killed.kill().unwrap();
    killed.wait().unwrap();
    assert_eq!(run("run --wait 10s").code, Some(5));
}
