//! What is particular to `SQLite`.

use std::process::Command;
use std::time::Duration;

use migrate_core::database::Database::Sqlite;
use migrate_core::settings::Settings;
use migrate_runtime::{Db, Runner};
use sqlx::{Connection, Executor, SqliteConnection};

use crate::scenarios::locking::slow_text;
use crate::world::{World, error, halves, ids, set_with};

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
async fn a_commit_waits_for_readers_as_long_as_the_run_does() {
    let world = World::new(Sqlite);
    world.apply(&world.set(&[parents()])).await;
    let mut reader = SqliteConnection::connect(world.url()).await.expect("the file opens");
    reader.execute("BEGIN; SELECT * FROM parents").await.expect("it is there");
    let mut connection = SqliteConnection::connect(world.url()).await.expect("the file opens");
    connection.execute("PRAGMA busy_timeout = 1").await.expect("it is a pragma");
    let set = world.set(&[parents(), rebuild("")]);
    let run = tokio::spawn(async move {
        let mut db = Db::from(connection);
        let report = Runner::new(&set).patience(Duration::from_secs(30)).run(&mut db).await;
        let query = sqlx::query_as("SELECT timeout FROM pragma_busy_timeout");
        let connection = db.sqlite().expect("it is one");
        let (timeout,): (i64,) = query.fetch_one(connection).await.expect("it is a pragma");
        (report, timeout)
    });
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(!run.is_finished(), "what is read is not changed");
    reader.execute("COMMIT").await.expect("it is open");
    let (report, timeout) = run.await.expect("it does not panic");
    assert_eq!(ids(&report.expect("nobody is in the way now").applied), ["0002_rebuild"]);
    assert_eq!(timeout, 1, "the connection waits as long as before");
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

#[tokio::test]
async fn a_rebuild_that_resumes_keeps_its_pragma() {
    let world = World::new(Sqlite);
    let text = |select: &str| {
        halves(
            &format!(
                "PRAGMA foreign_keys = OFF;\nBEGIN;\n\
                 CREATE TABLE new (id INTEGER PRIMARY KEY, name TEXT NOT NULL);\n\
                 INSERT INTO new SELECT {select} FROM parents;\nDROP TABLE parents;\n\
                 ALTER TABLE new RENAME TO parents;\nCOMMIT;\nPRAGMA foreign_keys = ON;"
            ),
            "SELECT 1;",
        )
    };
    let mut db = world.db().await;
    let broken = world.set(&[parents(), ("0002_rebuild.sql", text("id, nothing"))]);
    Runner::new(&broken).run(&mut db).await.expect_err("there is no such column");
    db.execute("INSERT INTO children VALUES (99)").await.expect_err("keys are enforced again");

    let corrected = world.set(&[parents(), ("0002_rebuild.sql", text("id, name"))]);
    let report = world.apply(&corrected).await;
    assert_eq!(report.applied[0].resumed_at, 1);
    assert_eq!((world.count("parents").await, world.count("children").await), (2, 3));
}

/// Names the database for the process that is killed.
const KILLED: &str = "MIGRATE_TEST_KILLED";

/// The process that is killed: this test does nothing unless the next one starts it.
#[tokio::test]
async fn a_process_to_be_killed() {
    let Ok(url) = std::env::var(KILLED) else { return };
    let files = [("0001_slow.sql", slow_text(Sqlite, 1000))];
    let set = set_with(&Settings::new(Sqlite), &files);
    Runner::new(&set).run_on(&url).await.expect("it is killed before");
}

#[tokio::test]
async fn a_killed_process_leaves_nothing_behind() {
    let world = World::new(Sqlite);
    let mut other = SqliteConnection::connect(world.url()).await.expect("the file opens");
    other.execute("PRAGMA busy_timeout = 0").await.expect("it is a pragma");
    let mut process = Command::new(std::env::current_exe().expect("this test has a file"))
        .args(["--exact", "sqlite::a_process_to_be_killed"])
        .env(KILLED, world.url())
        .spawn()
        .expect("it can be started");
    // The history is created in a transaction of its own, before the migration's.
    while other.execute("SELECT * FROM _migrate_history").await.is_err() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    tokio::time::sleep(Duration::from_millis(200)).await;
    other.execute("BEGIN IMMEDIATE").await.expect_err("the migration is being applied");
    process.kill().expect("it runs");
    process.wait().expect("it ends");

    assert!(!world.has_table("a").await);
    let files = [("0001_slow.sql", slow_text(Sqlite, 0))];
    assert_eq!(ids(&world.apply(&world.set(&files)).await.applied), ["0001_slow"]);
}
