//! Several runs at once, runs that die, and connections that belong to somebody else.

use std::time::Duration;

use migrate_core::database::Database;
use migrate_core::set::MigrationSet;
use migrate_runtime::{Connect, Db, Error, Report, Result, Runner};
use sqlx::{AssertSqlSafe, Connection, Executor, SqliteConnection};

use crate::world::{World, failure, halves, ids, texts};

fn table(name: &str) -> String {
    halves(&format!("CREATE TABLE {name} (id integer);"), &format!("DROP TABLE {name};"))
}

/// A migration whose second of three statements takes `seconds`.
fn slow(world: &World, seconds: u32) -> MigrationSet {
    world.set(&[("0001_slow.sql", slow_text(world.kind(), seconds))])
}

pub(crate) fn slow_text(kind: Database, seconds: u32) -> String {
    let wait = match kind {
        Database::Postgres => format!("SELECT pg_sleep({seconds});"),
        Database::Mysql => format!("SELECT SLEEP({seconds});"),
        // There is no such function; counting takes about as long.
        Database::Sqlite => format!(
            "WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < {}) \
             SELECT count(*) FROM c;",
            u64::from(seconds) * 4_000_000 + 1
        ),
    };
    let upgrade = format!("CREATE TABLE a (id integer);\n{wait}\nCREATE TABLE b (id integer);");
    let downgrade = "DROP TABLE b; DROP TABLE a;";
    halves(&upgrade, downgrade)
}

/// Runs `set` in a task of its own.
fn spawn(world: &World, set: &MigrationSet) -> tokio::task::JoinHandle<Result<Report>> {
    let (url, set) = (world.url().to_owned(), set.clone());
    tokio::spawn(async move { Runner::new(&set).run_on(&url).await })
}

/// Ends the connection that sleeps, as a lost network or a killed process would.
async fn kill_the_sleeper(world: &World) {
    let mut db = world.db().await;
    let (find, kill) = match world.kind() {
        Database::Postgres => (
            "SELECT pid::text FROM pg_stat_activity WHERE query LIKE '%pg_sleep(%' \
             AND datname = current_database() AND pid <> pg_backend_pid()",
            "SELECT pg_terminate_backend(",
        ),
        _ => (
            "SELECT CAST(id AS CHAR) FROM information_schema.processlist WHERE info LIKE '%SLEEP(%' \
             AND db = DATABASE() AND id <> CONNECTION_ID()",
            "KILL (",
        ),
    };
    for _ in 0..100 {
        if let Some(id) = texts(&mut db, find).await.pop() {
            db.execute(&format!("{kill}{id})")).await.expect("we may end it");
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("nobody sleeps");
}

pub(crate) async fn two_runs_at_once_apply_everything_once(world: World) {
    let names = ["a", "b", "c", "d", "e", "f"];
    let paths =
        ["0001_a.sql", "0002_b.sql", "0003_c.sql", "0004_d.sql", "0005_e.sql", "0006_f.sql"];
    let files: Vec<_> = paths.into_iter().zip(names.map(table)).collect();
    let set = world.set(&files);
    let (one, other) = (spawn(&world, &set), spawn(&world, &set));
    let one = one.await.expect("it does not panic").expect("it waits its turn");
    let other = other.await.expect("it does not panic").expect("it waits its turn");

    let mut applied = [ids(&one.applied), ids(&other.applied)].concat();
    applied.sort();
    assert_eq!(applied, ["0001_a", "0002_b", "0003_c", "0004_d", "0005_e", "0006_f"]);
    assert_eq!(world.applied().await.len(), 6);
    assert_eq!(world.events().await.len(), 6);
}

pub(crate) async fn many_starters_wait_for_one_another(world: World) {
    let (a, b) = (("0001_a.sql", table("a")), ("0002_b.sql", table("b")));
    world.apply(&world.set(std::slice::from_ref(&a))).await;
    let set = world.set(&[a, b, ("repeatable/c.sql", "DELETE FROM b;\n".to_owned())]);
    let starters: Vec<_> = (0..8).map(|_| spawn(&world, &set)).collect();
    let mut applied = 0;
    for starter in starters {
        let report = starter.await.expect("it does not panic").expect("it waits its turn");
        applied += report.applied.len();
    }
    assert_eq!(applied, 1);
    assert!(world.apply(&set).await.is_empty());
}

pub(crate) async fn a_lock_held_for_too_long_is_an_error(world: World) {
    let hurried = async || {
        let set = world.set(&[("0001_slow.sql", table("a"))]);
        let runner = Runner::new(&set).patience(Duration::from_millis(200));
        runner.run_on(world.url()).await
    };
    let result = if world.kind() == Database::Sqlite {
        let mut other = SqliteConnection::connect(world.url()).await.expect("the file opens");
        other.execute("BEGIN IMMEDIATE").await.expect("nobody else writes");
        let result = hurried().await;
        other.execute("ROLLBACK").await.expect("it is open");
        result
    } else {
        let running = spawn(&world, &slow(&world, 30));
        tokio::time::sleep(Duration::from_millis(700)).await;
        let result = hurried().await;
        kill_the_sleeper(&world).await;
        running.await.expect("it does not panic").expect_err("its connection was ended");
        result
    };
    match result {
        Err(Error::LockHeld { holder, waited }) => {
            assert!(!holder.is_empty());
            assert!(
                waited >= Duration::from_millis(200) && waited < Duration::from_secs(4),
                "{waited:?}"
            );
        }
        other => panic!("the lock was not held: {other:?}"),
    }
}

pub(crate) async fn a_run_that_died_is_completed_by_the_next(world: World) {
    let running = spawn(&world, &slow(&world, 30));
    kill_the_sleeper(&world).await;
    running.await.expect("it does not panic").expect_err("its connection was ended");
    assert_eq!(world.has_table("a").await, !world.is_transactional());

    let report = world.apply(&slow(&world, 0)).await;
    assert_eq!(ids(&report.applied), ["0001_slow"]);
    assert_eq!(report.applied[0].resumed_at, usize::from(!world.is_transactional()));
    assert!(world.has_table("b").await);
    assert!(world.apply(&slow(&world, 0)).await.is_empty());
}

pub(crate) async fn a_run_that_was_cut_off_leaves_a_usable_connection(world: World) {
    let mut db = world.db().await;
    let set = slow(&world, 1);
    let runner = Runner::new(&set);
    let hasty = tokio::time::timeout(Duration::from_millis(300), runner.run(&mut db));
    hasty.await.expect_err("the statement takes longer");

    // Whether the server completed the message or the next run does: it is applied once.
    runner.run(&mut db).await.expect("what was left open is ended first");
    assert_eq!(world.applied().await, ["0001"]);
    assert!(world.has_table("b").await);
    let more =
        world.set(&[("0001_slow.sql", slow_text(world.kind(), 1)), ("0002_c.sql", table("c"))]);
    assert_eq!(ids(&world.apply(&more).await.applied), ["0002_c"], "the lock is free");
    assert!(Runner::new(&more).run(&mut db).await.expect("it is applied").is_empty());
}

/// Runs `set` on a pool of one connection, and uses that connection afterwards.
async fn run_on_pool(world: &World, set: &MigrationSet) -> Result<Report> {
    macro_rules! run {
        ($pool:ty) => {{
            let options = sqlx::pool::PoolOptions::new().max_connections(1);
            let pool: $pool = options.connect(world.url()).await.expect("the server lets us in");
            let result = Runner::new(set).run_on(&pool).await;
            let statement = sqlx::raw_sql(AssertSqlSafe("CREATE TABLE after_run (id integer)"));
            pool.execute(statement).await.expect("the connection is free and as it was");
            let db = (&pool).connect().await.expect("the connection is free again");
            drop(db);
            pool.close().await;
            result
        }};
    }
    match world.kind() {
        Database::Postgres => run!(sqlx::PgPool),
        Database::Mysql => run!(sqlx::MySqlPool),
        Database::Sqlite => run!(sqlx::SqlitePool),
    }
}

pub(crate) async fn a_pool_of_one_connection_gets_it_back(world: World) {
    let set = world.set(&[("0001_a.sql", table("a")), ("0002_b.sql", table("b"))]);
    let report = run_on_pool(&world, &set).await.expect("one connection is enough");
    assert_eq!(report.applied.len(), 2);
    assert!(world.has_table("after_run").await, "what followed was committed");
    assert!(world.apply(&set).await.is_empty(), "the lock is free");
}

pub(crate) async fn a_failed_run_gives_the_connection_back(world: World) {
    let broken = halves("CREATE TABLE a (id integer);\nSELECT * FROM nowhere;", "DROP TABLE a;");
    let failed = failure(run_on_pool(&world, &world.set(&[("0001_a.sql", broken.clone())])).await);
    assert_eq!(failed.migration, "0001_a");
    assert!(world.has_table("after_run").await, "what followed was committed");
    let corrected = broken.replace("nowhere", "after_run");
    let mut db: Db = world.db().await;
    let report = Runner::new(&world.set(&[("0001_a.sql", corrected)])).run(&mut db).await;
    assert_eq!(ids(&report.expect("the lock is free").applied), ["0001_a"]);
    db.close().await.expect("nothing is open");
}
