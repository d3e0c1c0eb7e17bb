//! What is particular to `SQLite`.

use migrate_core::database::Database::Sqlite;
use migrate_runtime::{Db, Runner};
use sqlx::{Connection, Executor, SqliteConnection};

use crate::world::{World, error, halves, ids};

crate::on_every_server!(Sqlite);

fn parents() -> (&'static str, String) {
    let upgrade = "CREATE TABLE parents (id INTEGER PRIMARY KEY, name TEXT);\n\
                   CREATE TABLE children (parent INTEGER REFERENCES parents (id) ON DELETE CASCADE);\n\
                   INSERT INTO parents VALUES (1, 'one'), (2, 'two');\n\
                   INSERT INTO children VALUES (1), (2), (2);";
    ("0001_parents.sql", halves(upgrade, "DROP TABLE children; DROP TABLE parents;"))
}

fn rebuild(condition: &str) -> (&'static str, String) {
    let upgrade = format!(
        "CREATE TABLE new (id INTEGER PRIMARY KEY, name TEXT NOT NULL);\n\
         INSERT INTO new SELECT * FROM parents {condition};\nDROP TABLE parents;\n\
         ALTER TABLE new RENAME TO parents;"
    );
    ("0002_rebuild.sql", halves(&upgrade, "SELECT 1;"))
}

#[tokio::test]
async fn rebuilding_a_table_keeps_the_rows_that_refer_to_it() {
    let world = World::new(Sqlite);
    world.apply(&world.set(&[parents()])).await;
    let report = world.apply(&world.set(&[parents(), rebuild("")])).await;
    assert_eq!(ids(&report.applied), ["0002_rebuild"]);
    assert_eq!(world.count("children").await, 3);
}

#[tokio::test]
async fn a_rebuild_that_leaves_orphans_is_refused() {
    let world = World::new(Sqlite);
    let set = world.set(&[parents(), rebuild("WHERE id = 1")]);
    let failed = world.apply_in_vain(&set).await;
    assert_eq!(failed.migration, "0002_rebuild");
    assert!(failed.message.contains("foreign key check failed"), "{failed}");
    assert_eq!((world.count("parents").await, world.count("children").await), (2, 3));
    assert_eq!(world.applied().await, ["0001"]);

    // Foreign keys are enforced again on the connection that was prepared.
    let mut db = world.db().await;
    Runner::new(&set).run(&mut db).await.expect_err("it still fails");
    db.execute("INSERT INTO children VALUES (99)").await.expect_err("there is no such parent");
}

#[tokio::test]
async fn a_pragma_of_the_migration_is_obeyed() {
    let world = World::new(Sqlite);
    let text = halves(
        "PRAGMA foreign_keys = OFF;\nDELETE FROM parents WHERE id = 1;\nDELETE FROM children WHERE parent = 1;\n\
         PRAGMA foreign_keys = ON;",
        "SELECT 1;",
    );
    let report = world.apply(&world.set(&[parents(), ("0002_delete.sql", text)])).await;
    assert_eq!(report.applied.len(), 2);
    assert_eq!(world.count("children").await, 2);
}

#[tokio::test]
async fn vacuum_runs_outside_a_transaction() {
    let world = World::new(Sqlite);
    let text = format!(
        "-- migrate: transaction=off\n{}",
        halves("VACUUM;\nCREATE TABLE a (id);", "DROP TABLE a;")
    );
    let set = world.set(&[("0001_vacuum.sql", text)]);
    assert_eq!(ids(&world.apply(&set).await.applied), ["0001_vacuum"]);
    assert!(world.has_table("a").await);
    assert!(world.apply(&set).await.is_empty());
}

#[tokio::test]
async fn a_script_that_controls_transactions_itself_is_run_statement_by_statement() {
    let world = World::new(Sqlite);
    let text = halves(
        "CREATE TABLE a (id);\nBEGIN;\nINSERT INTO a VALUES (1);\nCOMMIT;\nINSERT INTO a VALUES (2);",
        "DROP TABLE a;",
    );
    let set = world.set(&[("0001_a.sql", text)]);
    assert_eq!(ids(&world.apply(&set).await.applied), ["0001_a"]);
    assert_eq!(world.count("a").await, 2);
}

#[tokio::test]
async fn a_file_that_may_only_be_read_can_be_asked_for_the_status() {
    let world = World::new(Sqlite);
    let set = world.set(&[parents()]);
    world.apply(&set).await;
    let url = world.url().replace("mode=rwc", "mode=ro");
    let mut db = Db::connect(&url).await.expect("the file is there");
    let status = Runner::new(&set).status(&mut db).await.expect("it can be read");
    assert_eq!(status.pending(), 0);
    assert!(Runner::new(&set).run(&mut db).await.expect("nothing is to be done").is_empty());
    let more = world.set(&[parents(), rebuild("")]);
    let refusal = error(Runner::new(&more).run(&mut db).await);
    assert!(refusal.contains("readonly"), "{refusal}");
}

#[tokio::test]
async fn a_reader_in_the_middle_does_not_stop_a_run() {
    let world = World::new(Sqlite);
    world.apply(&world.set(&[parents()])).await;
    let mut reader = SqliteConnection::connect(world.url()).await.expect("the file opens");
    reader.execute("PRAGMA journal_mode = WAL").await.expect("nobody else is there");
    reader.execute("BEGIN; SELECT * FROM parents").await.expect("it is there");
    let report = world.apply(&world.set(&[parents(), rebuild("")])).await;
    assert_eq!(ids(&report.applied), ["0002_rebuild"]);
    reader.execute("COMMIT").await.expect("it is open");
}

#[tokio::test]
async fn a_database_in_memory_is_one_connection() {
    let world = World::new(Sqlite);
    let mut db = Db::connect("sqlite::memory:").await.expect("it needs no file");
    let set = world.set(&[parents()]);
    let report = Runner::new(&set).run(&mut db).await.expect("it applies");
    assert_eq!(ids(&report.applied), ["0001_parents"]);
    assert!(Runner::new(&set).run(&mut db).await.expect("it is applied").is_empty());
}
