//! Runs through `PgBouncer`, which pools by transaction.

use std::time::Duration;

use migrate_core::database::Database;
use migrate_runtime::{Db, RollbackTo, Runner};

use crate::many::{COUNT, at_once, set};
use crate::world::{World, failure, halves};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_but_sessions_works() {
    let world = World::new(Database::Postgres);
    let url = world.database().pooled_url();
    let files = [
        ("0001_a.sql", halves("CREATE TABLE a (i integer);", "DROP TABLE a;")),
        ("0002_b.sql", halves("SET search_path = ''; CREATE TABLE public.b (i integer);", "DROP TABLE b;")),
        ("0003_c.sql", "-- migrate: lock_timeout=1s\n-- upgrade\nINSERT INTO a VALUES (1);\n-- downgrade\nDELETE FROM a;\n".to_owned()),
    ];
    let set = world.set(&files);
    let report = Runner::new(&set).run_on(&url).await.expect("it is no obstacle");
    assert_eq!(report.applied.len(), 3);
    assert!(Runner::new(&set).run_on(&url).await.expect("nothing is to do").is_empty());
    let mut db = Db::connect(&url).await.expect("it lets us in");
    let undone = Runner::new(&set).rollback(&mut db, RollbackTo::All).await;
    assert_eq!(undone.expect("it can be undone").reverted.len(), 3);
    db.close().await.expect("nothing is open");
    let mut broken = files.to_vec();
    broken.push((
        "0004_d.sql",
        halves("CREATE TABLE d (i integer);\nSELECT * FROM nowhere;", "DROP TABLE d;"),
    ));
    let broken = world.set(&broken);
    for _ in 0..2 {
        let failed = failure(Runner::new(&broken).run_on(&url).await);
        assert_eq!(failed.migration, "0004_d");
        assert!(!world.has_table("d").await);
        assert_eq!(world.applied().await.len(), 3);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn eight_runs_at_once_apply_everything_once() {
    let world = World::new(Database::Postgres);
    let url = world.database().pooled_url();
    let set = set(&world, false);
    let (applied, failed) = at_once(&url, &set, 8).await;
    assert_eq!((applied, failed), (COUNT, Vec::new()));
    assert_eq!(world.count("log").await, COUNT - 1);
}

/// The session's lock may be left in a server process that serves others by then: such a run may
/// stop, but nothing may be applied twice, and the lock must be free in the end.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn work_outside_transactions_is_done_once_or_stopped() {
    for _ in 0..3 {
        let world = World::new(Database::Postgres);
        let url = world.database().pooled_url();
        let set = set(&world, true);
        let busy = {
            let url = url.clone();
            tokio::spawn(async move {
                loop {
                    let mut db = Db::connect(&url).await.expect("it lets us in");
                    for _ in 0..5 {
                        let _ = db.execute("BEGIN; SELECT pg_sleep(0.001); COMMIT").await;
                    }
                    let _ = db.close().await;
                }
            })
        };
        let (_, failed) = at_once(&url, &set, 4).await;
        busy.abort();
        for error in &failed {
            assert!(error.contains("lock was lost") || error.contains("is held by"), "{error}");
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
        let runner = Runner::new(&set).patience(Duration::from_secs(5));
        runner.run_on(world.url()).await.expect("the lock is free");
        assert_eq!(world.count("log").await, COUNT - 1);
        assert_eq!(world.applied().await.len(), COUNT);
    }
}
