//! What only Postgres can do to a run.

use migrate_core::database::Database;
use migrate_runtime::{Grouping, Runner};

use crate::world::{World, failure, halves};

/// Applies one migration, alone and in a group, and one after it that must find the
/// session as it was.
async fn check_settings(upgrade: &str) {
    for (fresh, directive) in [(true, ""), (false, ""), (false, "-- migrate: transaction=off\n")] {
        if !directive.is_empty() && upgrade.contains("pg_monitor") {
            // The journal between its statements is written by that role, too, which may not.
            continue;
        }
        let world = World::new(Database::Postgres);
        let first = ("0001_a.sql", halves("CREATE TABLE a (i integer);", "DROP TABLE a;"));
        if !fresh {
            world.apply(&world.set(std::slice::from_ref(&first))).await;
        }
        let hostile = format!("{directive}{}", halves(upgrade, "SELECT 1;"));
        let after =
            halves("CREATE TABLE b (i integer);\nINSERT INTO b VALUES (1);", "DROP TABLE b;");
        let set = world.set(&[first, ("0002_hostile.sql", hostile), ("0003_b.sql", after)]);
        let mut db = world.db().await;
        let query = "SELECT name || '=' || setting FROM pg_settings WHERE name NOT LIKE '%.%' ORDER BY name";
        let before = crate::world::texts(&mut db, query).await;
        if let Err(error) = Runner::new(&set).run(&mut db).await {
            panic!("{upgrade} ({fresh}, {directive}): {error}");
        }
        let mut after = crate::world::texts(&mut db, query).await;
        after.retain(|setting| !before.contains(setting));
        assert_eq!(after, Vec::<String>::new(), "{upgrade} {fresh} {directive}");
        assert_eq!(world.count("public.b").await, 1, "{upgrade}");
        assert!(world.apply(&set).await.is_empty());
    }
}

#[tokio::test]
async fn settings_of_every_spelling_are_brought_back() {
    for upgrade in [
        "SET NAMES 'LATIN1';",
        "SET client_encoding = 'SQL_ASCII';",
        "CREATE SCHEMA other;\nSET SCHEMA 'other';\nCREATE TABLE inside (i integer);",
        "SET TIME ZONE 'Europe/Prague';",
        "SET SESSION TIME ZONE 'Europe/Prague';",
        "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY;",
        "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL SERIALIZABLE;",
        "SET XML OPTION DOCUMENT;",
        "SET SEED TO 0.5;",
        "SET app.user_id = '7';",
        "SET \"search_path\" = '';",
        "SELECT pg_catalog.set_config('search_path', '', false);",
        "SET search_path = ''",
        "SET standard_conforming_strings = off;",
        "SET default_transaction_read_only = on;",
        "SET role = 'pg_monitor';",
        "SET ROLE pg_monitor;",
        "SET SESSION AUTHORIZATION pg_monitor;",
        "SET statement_timeout = 50000; SET lock_timeout = '1min'; RESET lock_timeout;",
        "SET row_security = off;",
        "RESET ALL;",
    ] {
        check_settings(upgrade).await;
    }
}

#[tokio::test]
async fn settings_of_the_transaction_do_not_reach_the_history() {
    for upgrade in [
        "SET LOCAL ROLE pg_monitor;",
        "SET LOCAL search_path = '';",
        "SET LOCAL standard_conforming_strings = off;",
        "SET TRANSACTION READ ONLY;",
        "SELECT set_config('role', 'pg_monitor', true);",
        "SET CONSTRAINTS ALL DEFERRED;",
        "SET LOCAL SESSION AUTHORIZATION pg_monitor;",
    ] {
        for fresh in [true, false] {
            let world = World::new(Database::Postgres);
            let first = ("0001_a.sql", halves("CREATE TABLE a (i integer);", "DROP TABLE a;"));
            if !fresh {
                world.apply(&world.set(std::slice::from_ref(&first))).await;
            }
            let after = halves("CREATE TABLE b (i integer);", "DROP TABLE b;");
            let set = world.set(&[
                first,
                ("0002_hostile.sql", halves(upgrade, "SELECT 'it\\'")),
                ("0003_b.sql", after),
            ]);
            match world.run(&set).await {
                Ok(_) => assert!(world.apply(&set).await.is_empty()),
                // What cannot be written in such a transaction is said so.
                Err(error) if upgrade.contains("READ ONLY") => {
                    assert!(error.to_string().contains("read-only"), "{error}");
                }
                Err(error) => panic!("{upgrade} {fresh}: {error}"),
            }
        }
    }
}

#[tokio::test]
async fn a_failed_migration_leaves_no_setting_in_the_session() {
    let world = World::new(Database::Postgres);
    let upgrade = "-- migrate: transaction=off\n-- upgrade\nSET search_path = '';\nSELECT * FROM nowhere;\n\
                   -- downgrade\nSELECT 1;\n";
    let set = world.set(&[("0001_a.sql", upgrade)]);
    let mut db = world.db().await;
    failure(Runner::new(&set).run(&mut db).await);
    assert_eq!(crate::world::texts(&mut db, "SHOW search_path").await, ["\"$user\", public"]);
}

#[tokio::test]
async fn dropping_the_schema_with_the_history_in_it_is_no_success() {
    let world = World::new(Database::Postgres);
    let files = [
        ("0001_a.sql", halves("CREATE TABLE a (i integer);", "DROP TABLE a;")),
        (
            "0002_reset.sql",
            halves("DROP SCHEMA public CASCADE; CREATE SCHEMA public;", "SELECT 1;"),
        ),
    ];
    let set = world.set(&files);
    for _ in 0..2 {
        let failed = failure(world.run(&set).await);
        assert_eq!(failed.migration, "0002_reset");
        assert_eq!(world.applied().await, ["0001"]);
    }
    let off = world.set(&[
        files[0].clone(),
        ("0002_reset.sql", format!("-- migrate: transaction=off\n{}", files[1].1)),
    ]);
    world.run(&off).await.expect_err("the history is gone");
}

/// A schema named as the user comes first in the search path from then on.
#[tokio::test]
async fn the_history_is_found_where_it_is_when_the_search_path_leads_elsewhere_first() {
    let world = World::new(Database::Postgres);
    let files = [
        ("0001_a.sql", halves("CREATE SCHEMA postgres;", "DROP SCHEMA postgres;")),
        ("0002_b.sql", halves("CREATE TABLE b (i integer);", "DROP TABLE b;")),
    ];
    world.apply(&world.set(&files[..1])).await;
    world.apply(&world.set(&files)).await;
    assert_eq!(world.count("public._migrate_history").await, 3);
    assert!(world.apply(&world.set(&files)).await.is_empty());
}

#[tokio::test]
async fn deferred_constraints_fail_the_migration_that_breaks_them() {
    let files = [
        (
            "0001_a.sql",
            halves(
                "CREATE TABLE a (i integer PRIMARY KEY);\nCREATE TABLE b (a integer REFERENCES a \
                 DEFERRABLE INITIALLY DEFERRED);",
                "DROP TABLE b; DROP TABLE a;",
            ),
        ),
        ("0002_b.sql", halves("INSERT INTO b VALUES (1);", "DELETE FROM b;")),
        ("0003_c.sql", halves("CREATE TABLE c (i integer);", "DROP TABLE c;")),
    ];
    for grouping in [Grouping::Auto, Grouping::Each, Grouping::Group] {
        let world = World::new(Database::Postgres);
        let set = world.set(&files);
        let failed = failure(Runner::new(&set).transaction(grouping).run_on(world.url()).await);
        assert_eq!((&*failed.migration, &*failed.code), ("0002_b", "23503"));
        assert_eq!(world.applied().await, ["0001"]);
        assert!(!world.has_table("c").await);
    }
    let world = World::new(Database::Postgres);
    let set = world.set(&files);
    let all = Runner::new(&set).transaction(Grouping::All).run_on(world.url()).await;
    all.expect_err("the commit fails");
    assert!(!world.has_table("a").await);
}

#[tokio::test]
async fn several_transactions_in_one_file() {
    for upgrade in [
        "BEGIN;\nCREATE TABLE b (i integer);\nCOMMIT;\nBEGIN;\nINSERT INTO b VALUES (1);\nCOMMIT;",
        "BEGIN;\nCREATE TABLE b (i integer);\nINSERT INTO b VALUES (1);\nCOMMIT;",
        "CREATE TABLE b (i integer);\nCOMMIT;\nINSERT INTO b VALUES (1);",
        "CREATE TABLE b (i integer);\nSAVEPOINT s;\nINSERT INTO b VALUES (1);\nRELEASE s;",
        "CREATE TABLE b (i integer);\nSAVEPOINT s;\nINSERT INTO b VALUES (7);\nROLLBACK TO s;\n\
         INSERT INTO b VALUES (1);",
        "BEGIN;\nCREATE TABLE b (i integer);\nSAVEPOINT cargo_migrate;\nINSERT INTO b VALUES (1);\nCOMMIT;",
        "CREATE TABLE b (i integer);\nDO $$ BEGIN INSERT INTO b VALUES (1); END $$;",
    ] {
        for (fresh, directive) in
            [(true, ""), (false, ""), (false, "-- migrate: transaction=off\n")]
        {
            if !directive.is_empty() && upgrade.contains("SAVEPOINT s") {
                continue;
            }
            let world = World::new(Database::Postgres);
            let first = ("0001_a.sql", halves("CREATE TABLE a (i integer);", "DROP TABLE a;"));
            if !fresh {
                world.apply(&world.set(std::slice::from_ref(&first))).await;
            }
            let body = format!("{directive}{}", halves(upgrade, "DROP TABLE b;"));
            let set = world.set(&[first, ("0002_b.sql", body)]);
            if let Err(error) = world.run(&set).await {
                panic!("{upgrade} ({fresh}, {directive}): {error}");
            }
            assert_eq!(world.count("b").await, 1, "{upgrade}");
            assert!(world.apply(&set).await.is_empty());
        }
    }
}

#[tokio::test]
async fn copy_from_standard_input_is_refused_and_does_no_harm() {
    let world = World::new(Database::Postgres);
    let upgrade = "CREATE TABLE a (i integer);\nCOPY a FROM STDIN;";
    let set = world.set(&[("0001_a.sql", halves(upgrade, "DROP TABLE a;"))]);
    let run = tokio::time::timeout(std::time::Duration::from_secs(10), world.run(&set));
    run.await.expect("it does not hang").expect_err("there is no input");
    assert!(!world.has_table("a").await);
    let corrected =
        world.set(&[("0001_a.sql", halves("CREATE TABLE a (i integer);", "SELECT 1;"))]);
    world.apply(&corrected).await;
}

#[tokio::test]
async fn copy_to_standard_output_is_passed_over() {
    let world = World::new(Database::Postgres);
    let upgrade = "CREATE TABLE a (i integer);\nINSERT INTO a VALUES (1);\nCOPY a TO STDOUT;";
    let set = world.set(&[("0001_a.sql", halves(upgrade, "DROP TABLE a;"))]);
    let run = tokio::time::timeout(std::time::Duration::from_secs(10), world.run(&set));
    match run.await.expect("it does not hang") {
        Ok(_) => assert_eq!(world.count("a").await, 1),
        Err(_) => assert!(!world.has_table("a").await),
    }
}

#[tokio::test]
async fn a_zero_byte_is_refused_and_does_no_harm() {
    let world = World::new(Database::Postgres);
    let upgrade = "CREATE TABLE a (t text);\nINSERT INTO a VALUES ('x\0y');";
    let set = world.set(&[("0001_a.sql", halves(upgrade, "DROP TABLE a;"))]);
    let run = tokio::time::timeout(std::time::Duration::from_secs(10), world.run(&set));
    run.await.expect("it does not hang").expect_err("there is no such text");
    assert!(!world.has_table("a").await);
}

#[tokio::test]
async fn a_migration_that_takes_the_lock_or_ends_the_session() {
    let world = World::new(Database::Postgres);
    let upgrade = "CREATE TABLE a (t text);\nSELECT pg_terminate_backend(pg_backend_pid());";
    for _ in 0..2 {
        let set = world.set(&[("0001_a.sql", halves(upgrade, "DROP TABLE a;"))]);
        world.run(&set).await.expect_err("the session is gone");
        assert!(!world.has_table("a").await);
    }
    let set = world.set(&[("0001_a.sql", halves("SELECT pg_advisory_unlock_all();", "SELECT 1;"))]);
    world.apply(&set).await;
}

#[tokio::test]
async fn a_lock_timeout_is_retried_and_a_deadlock_too() {
    use std::time::Duration;
    let world = World::new(Database::Postgres);
    let first = (
        "0001_a.sql",
        halves("CREATE TABLE a (i integer);\nCREATE TABLE b (i integer);", "DROP TABLE a;"),
    );
    world.apply(&world.set(std::slice::from_ref(&first))).await;
    let alter = halves("ALTER TABLE b ADD x integer;\nALTER TABLE a ADD x integer;", "SELECT 1;");
    let set = world.set(&[
        first,
        (
            "0002_b.sql",
            format!("-- migrate: lock_timeout=3s retries=3 statement_timeout=20s\n{alter}"),
        ),
    ]);
    let mut other = world.db().await;
    other.execute("BEGIN; LOCK TABLE a").await.expect("it is free");
    let running = tokio::spawn({
        let (set, url) = (set.clone(), world.url().to_owned());
        async move { Runner::new(&set).run_on(&url).await }
    });
    tokio::time::sleep(Duration::from_millis(500)).await;
    // A deadlock: the migration has b and waits for a.
    let _ = other.execute("LOCK TABLE b").await;
    let _ = other.execute("ROLLBACK").await;
    running.await.expect("it does not panic").expect("it is tried again");
    assert_eq!(world.applied().await, ["0001", "0002"]);
}
