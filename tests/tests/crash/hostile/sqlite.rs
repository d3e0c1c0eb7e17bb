//! What only `SQLite` can do to a run.

use std::time::Duration;

use migrate_core::database::Database;
use migrate_runtime::Runner;
use sqlx::sqlite::{SqlitePool, SqlitePoolOptions};
use sqlx::{AssertSqlSafe, Executor};

use crate::world::{World, halves, texts};

fn off(upgrade: &str) -> String {
    format!("-- migrate: transaction=off\n{}", halves(upgrade, "SELECT 1;"))
}

async fn pool(world: &World) -> SqlitePool {
    let options =
        SqlitePoolOptions::new().max_connections(3).acquire_timeout(Duration::from_secs(5));
    options.connect(world.url()).await.expect("the file opens")
}

async fn write(pool: &SqlitePool, sql: &str) {
    let written = tokio::time::timeout(
        Duration::from_secs(15),
        pool.execute(sqlx::raw_sql(AssertSqlSafe(sql.to_owned()))),
    );
    written.await.expect("it does not hang").unwrap_or_else(|error| panic!("{sql}: {error}"));
}

#[tokio::test]
async fn the_journal_mode_is_changed_and_others_may_write() {
    let world = World::new(Database::Sqlite);
    let pool = pool(&world).await;
    let set = world.set(&[
        ("0001_a.sql", halves("CREATE TABLE a (i integer);", "DROP TABLE a;")),
        ("0002_wal.sql", off("PRAGMA journal_mode = WAL;")),
        ("0003_b.sql", halves("CREATE TABLE b (i integer);", "DROP TABLE b;")),
    ]);
    Runner::new(&set).run_on(&pool).await.expect("nobody else uses the file");
    let held = pool.acquire().await.expect("there are three");
    write(&pool, "INSERT INTO b VALUES (1)").await;
    drop(held);
    write(&pool, "INSERT INTO b VALUES (2)").await;
    assert_eq!(world.texts("PRAGMA journal_mode").await, ["wal"]);
    assert_eq!(world.count("b").await, 2);
}

#[tokio::test]
async fn vacuum_runs_while_another_connection_is_open() {
    let world = World::new(Database::Sqlite);
    world.execute("CREATE TABLE z (i integer)").await;
    let pool = pool(&world).await;
    let mut other = pool.acquire().await.expect("there are three");
    other.execute(sqlx::raw_sql("SELECT count(*) FROM z")).await.expect("it may read");
    let set = world.set(&[
        ("0001_a.sql", halves("CREATE TABLE a (i integer);", "DROP TABLE a;")),
        ("0002_vacuum.sql", off("VACUUM;\nINSERT INTO a VALUES (1);\nPRAGMA user_version = 7;")),
    ]);
    Runner::new(&set).run_on(&pool).await.expect("the other one is idle");
    other.execute(sqlx::raw_sql("INSERT INTO a VALUES (2)")).await.expect("it may write");
    assert_eq!(world.count("a").await, 2);
}

/// With write-ahead logging every open connection keeps the file's lock from being exclusive.
#[tokio::test]
async fn work_outside_transactions_is_refused_while_others_have_the_log_open() {
    let world = World::new(Database::Sqlite);
    world.execute("PRAGMA journal_mode = WAL; CREATE TABLE z (i integer)").await;
    let mut other = world.db().await;
    other.execute("SELECT count(*) FROM z").await.expect("it may read");
    let set = world.set(&[("0001_vacuum.sql", off("VACUUM;"))]);
    let runner = Runner::new(&set).patience(Duration::from_millis(100));
    let error = runner.run_on(world.url()).await.expect_err("it is open elsewhere").to_string();
    assert!(error.contains("another connection to this file"), "{error}");
    other.execute("INSERT INTO z VALUES (1)").await.expect("it may write");
    other.close().await.expect("nothing is open");
    world.apply(&set).await;
}

#[tokio::test]
async fn triggers_virtual_tables_and_attached_files() {
    let world = World::new(Database::Sqlite);
    let upgrade = "CREATE TABLE a (i integer, t text);\n\
                   CREATE TABLE log (t text);\n\
                   CREATE TRIGGER tr AFTER INSERT ON a BEGIN INSERT INTO log VALUES ('a;b'); \
                   UPDATE a SET t = CASE WHEN i > 1 THEN 'x' ELSE 'y' END; END;\n\
                   INSERT INTO a VALUES (1, NULL);\n\
                   CREATE VIRTUAL TABLE v USING fts5(body);\nINSERT INTO v VALUES ('one two');";
    let attach = "ATTACH ':memory:' AS aux1;\nCREATE TABLE aux1.m (i integer);\nINSERT INTO aux1.m VALUES (3);\n\
                  INSERT INTO a SELECT i, NULL FROM aux1.m;\nDETACH aux1;";
    let set = world.set(&[
        ("0001_a.sql", halves(upgrade, "DROP TABLE v; DROP TABLE a; DROP TABLE log;")),
        ("0002_attach.sql", off(attach)),
    ]);
    world.apply(&set).await;
    assert_eq!(world.count("a").await, 2);
    assert_eq!(world.count("log").await, 2);
    assert!(world.apply(&set).await.is_empty());
}

#[tokio::test]
async fn a_zero_byte_does_not_cut_a_migration_short() {
    let world = World::new(Database::Sqlite);
    let upgrade =
        "CREATE TABLE a (t text);\nINSERT INTO a VALUES ('x\0y');\nINSERT INTO a VALUES ('z');";
    let set = world.set(&[("0001_a.sql", halves(upgrade, "DROP TABLE a;"))]);
    match world.run(&set).await {
        Ok(_) => assert_eq!(
            texts(&mut world.db().await, "SELECT CAST(count(*) AS TEXT) FROM a").await,
            ["2"]
        ),
        Err(_) => assert!(!world.has_table("a").await),
    }
}
