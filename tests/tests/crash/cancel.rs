//! Runs whose future is dropped before its end, at every point where it waits.

use std::future::Future;
use std::task::Poll;
use std::time::{Duration, Instant};

use migrate_core::database::Database;
use migrate_core::set::MigrationSet;
use migrate_runtime::{Report, Result, RollbackTo, Runner};
use sqlx::pool::PoolOptions;
use sqlx::{AssertSqlSafe, Executor};

use crate::on_every_server;
use crate::world::{World, halves, ids};

on_every_server! {
    a_dropped_run_leaves_a_pool_that_works;
    a_dropped_rollback_leaves_a_pool_that_works;
}

/// Polls `future` at most `polls` times, and drops it.
async fn cut<T>(future: impl Future<Output = T>, mut polls: usize) -> Option<T> {
    let mut future = Box::pin(future);
    std::future::poll_fn(move |context| {
        if polls == 0 {
            return Poll::Ready(None);
        }
        polls -= 1;
        future.as_mut().poll(context).map(Some)
    })
    .await
}

/// Inserts without keys: what is applied twice is seen.
fn set(world: &World) -> MigrationSet {
    let off = |text: String| format!("-- migrate: transaction=off\n{text}");
    let rebuild = "CREATE TABLE new_a (i integer, j integer);\nINSERT INTO new_a SELECT i, 1 FROM a;\n\
                   DROP TABLE a;\nALTER TABLE new_a RENAME TO a;";
    world.set(&[
        (
            "0001_a.sql",
            halves("CREATE TABLE a (i integer);\nINSERT INTO a VALUES (1);", "DROP TABLE a;"),
        ),
        (
            "0002_b.sql",
            off(halves(
                "INSERT INTO a VALUES (2);\nINSERT INTO a VALUES (3);",
                "DELETE FROM a WHERE i > 1;",
            )),
        ),
        ("0003_rebuild.sql", halves(rebuild, "ALTER TABLE a DROP COLUMN j;")),
        ("0004_d.sql", halves("INSERT INTO a VALUES (4, 4);", "DELETE FROM a WHERE i = 4;")),
    ])
}

/// Runs on a pool of one connection, cut off after `polls`; says whether it came to its end.
async fn on_pool(
    world: &World,
    set: &MigrationSet,
    polls: usize,
    undo: bool,
) -> Option<Result<Report>> {
    macro_rules! run {
        ($pool:ty, $settings:literal) => {{
            let options =
                PoolOptions::new().max_connections(1).acquire_timeout(Duration::from_secs(10));
            let pool: $pool = options.connect(world.url()).await.expect("the server lets us in");
            let runner = Runner::new(set);
            let result = if undo {
                let work = async {
                    let mut db = migrate_runtime::Connect::connect(&pool).await?;
                    let report = runner.rollback(&mut db, RollbackTo::All).await;
                    db.close().await?;
                    report
                };
                cut(work, polls).await
            } else {
                cut(runner.run_on(&pool), polls).await
            };
            let mut connection = pool.acquire().await.expect("the pool is not poisoned");
            let statement = sqlx::raw_sql(AssertSqlSafe(
                "CREATE TABLE used (i integer); DROP TABLE used".to_owned(),
            ));
            connection.execute(statement).await.expect("no transaction is open in it");
            let found: String = sqlx::query_scalar(AssertSqlSafe($settings.to_owned()))
                .fetch_one(&mut *connection)
                .await
                .expect("it answers");
            assert_eq!(found, "ok", "after {polls} polls");
            drop(connection);
            pool.close().await;
            result
        }};
    }
    match world.kind() {
        Database::Postgres => run!(
            sqlx::PgPool,
            "SELECT CASE WHEN EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND pid = \
             pg_backend_pid()) THEN 'locked' ELSE 'ok' END"
        ),
        Database::Mysql => run!(sqlx::MySqlPool, "SELECT IF(@@autocommit = 1, 'ok', 'altered')"),
        Database::Sqlite => run!(
            sqlx::SqlitePool,
            "SELECT CASE WHEN foreign_keys = 1 THEN 'ok' ELSE 'altered' END FROM pragma_foreign_keys"
        ),
    }
}

async fn complete(world: &World, set: &MigrationSet) {
    let start = Instant::now();
    match Runner::new(set).run_on(world.url()).await {
        Ok(_) => {}
        // A dropped run cannot say whether a statement took effect.
        Err(error) => panic!("{error}"),
    }
    assert!(start.elapsed() < Duration::from_secs(5), "the lock was not free");
    assert_eq!(world.applied().await, ["0001", "0002", "0003", "0004"]);
    assert_eq!(world.count("a").await, 4);
}

async fn a_dropped_run_leaves_a_pool_that_works(world: World) {
    for polls in 1..400 {
        let world = World::new(world.kind());
        let set = set(&world);
        let result = on_pool(&world, &set, polls, false).await;
        complete(&world, &set).await;
        if let Some(result) = result {
            assert_eq!(ids(&result.expect("it came to its end").applied).len(), 4);
            return;
        }
    }
}

async fn a_dropped_rollback_leaves_a_pool_that_works(world: World) {
    for polls in 1..400 {
        let world = World::new(world.kind());
        let set = set(&world);
        world.apply(&set).await;
        let result = on_pool(&world, &set, polls, true).await;
        let mut db = world.db().await;
        let undone = Runner::new(&set).rollback(&mut db, RollbackTo::All).await;
        undone.unwrap_or_else(|error| panic!("after {polls}: {error}"));
        assert!(!world.has_table("a").await);
        complete(&world, &set).await;
        if let Some(result) = result {
            assert_eq!(result.expect("it came to its end").reverted.len(), 4);
            return;
        }
    }
}

/// What `MIGRATION_TIMEOUT` promises: the run is stopped, not only left alone.
#[tokio::test]
async fn a_dropped_run_is_stopped_inside_a_long_statement() {
    for directive in ["", "-- migrate: transaction=off\n"] {
        let world = World::new(Database::Postgres);
        let slow = format!(
            "{directive}{}",
            halves("SELECT pg_sleep(20);\nCREATE TABLE a (i integer);", "DROP TABLE a;")
        );
        let set = world.set(&[("0001_a.sql", slow)]);
        let runner = Runner::new(&set);
        let cut =
            tokio::time::timeout(Duration::from_millis(800), runner.run_on(world.url())).await;
        cut.expect_err("it takes longer");
        let start = Instant::now();
        let quick = format!(
            "{directive}{}",
            halves("SELECT pg_sleep(0);\nCREATE TABLE a (i integer);", "DROP TABLE a;")
        );
        world.apply(&world.set(&[("0001_a.sql", quick)])).await;
        assert!(start.elapsed() < Duration::from_secs(4), "{:?}", start.elapsed());
    }
}
