//! The set in a program and the set in its folder are one set.

use std::path::Path;

use migrate_core::database::Database;
use migrate_core::folder::Folder;
use migrate_core::history::State;
use migrate_core::load::load;
use migrate_core::settings::Settings;
use migrate_runtime::{Db, Migrations, RollbackTo, embed_migrations};

static MIGRATIONS: Migrations = embed_migrations!("fixtures/embedded");

#[test]
fn the_embedded_set_is_the_folders() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/embedded");
    let folder = Folder::read(&path, "fixtures/embedded").unwrap();
    let from_folder = load(folder, &Settings::new(Database::Sqlite)).set;
    let embedded = MIGRATIONS.set().unwrap();
    assert_eq!(format!("{embedded:#?}"), format!("{from_folder:#?}"));
}

#[tokio::test]
async fn it_runs_from_a_program() {
    let mut db = Db::connect("sqlite::memory:").await.unwrap();
    let runner = MIGRATIONS.runner().unwrap();
    let report = runner.run(&mut db).await.unwrap();
    let applied: Vec<_> = report.applied.iter().map(migrate_runtime::Step::id).collect();
    assert_eq!(applied, ["0001_users", "0002_admin"]);
    assert_eq!(report.repeated.len(), 1);
    let status = runner.status(&mut db).await.unwrap();
    assert!(status.migrations.iter().all(|migration| migration.state == State::Applied));
    assert!(runner.run(&mut db).await.unwrap().is_empty());
}

#[tokio::test]
async fn what_is_irreversible_says_why() {
    let mut db = Db::connect("sqlite::memory:").await.unwrap();
    let runner = MIGRATIONS.runner().unwrap();
    runner.run(&mut db).await.unwrap();
    let error = runner.rollback(&mut db, RollbackTo::Count(1)).await.unwrap_err();
    let expected = "`0002_admin` is irreversible: nobody remembers who was there before";
    assert_eq!(error.to_string(), expected);
}
