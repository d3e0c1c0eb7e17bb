//! What is particular to Postgres.

use std::time::Duration;

use migrate_core::database::Database::Postgres;
use migrate_core::settings::Settings;
use migrate_runtime::{Db, Grouping, Left, Runner};

use crate::world::{HISTORY, World, error, halves, ids, set_with};

crate::on_every_server!(Postgres);
crate::scenarios_of! { Postgres; locking: a_run_that_died_is_completed_by_the_next; }

#[tokio::test]
async fn an_enum_value_is_used_right_after_it_was_added() {
    let world = World::new(Postgres);
    let set = world.set(&[
        (
            "0001_mood.sql",
            halves(
                "CREATE TYPE mood AS ENUM ('sad'); CREATE TABLE people (mood mood);",
                "DROP TABLE people; DROP TYPE mood;",
            ),
        ),
        ("0002_happy.sql", halves("ALTER TYPE mood ADD VALUE 'happy';", "SELECT 1;")),
        ("0003_use.sql", halves("INSERT INTO people VALUES ('happy');", "DELETE FROM people;")),
    ]);
    for (grouping, applied) in [(Grouping::Each, 1), (Grouping::Group, 2)] {
        let runner = Runner::new(&set).transaction(grouping);
        let runner = if applied == 1 { runner.to("0001") } else { runner };
        let report = runner.run_on(world.url()).await.expect("the value is committed in time");
        assert_eq!(report.applied.len(), applied);
    }
    assert_eq!(world.texts("SELECT mood::text FROM people").await, ["happy"]);
    assert_eq!(world.events().await, ["applied 0001", "applied 0002", "applied 0003"]);
}

#[tokio::test]
async fn an_old_dump_keeps_its_backslashes() {
    let world = World::new(Postgres);
    let dump = "SET standard_conforming_strings = off;\nSET escape_string_warning = off;\n\
                CREATE TABLE a (t text);\nINSERT INTO a VALUES ('it\\'s; b\\\\');\n";
    let next = "INSERT INTO a VALUES ('next\\');";
    let set = world.set(&[
        ("0001_dump.sql", halves(dump, "DROP TABLE a;")),
        ("0002_next.sql", halves(next, "DELETE FROM a WHERE t LIKE 'next%';")),
        (
            "0003_again.sql",
            halves(&format!("{dump}SELECT nope;").replace(" a ", " b "), "SELECT 1;"),
        ),
    ]);
    for runner in [Runner::new(&set).to("0001"), Runner::new(&set).to("0002")] {
        runner.run_on(world.url()).await.expect("it is applied alone");
    }
    assert_eq!(world.texts("SELECT t FROM a ORDER BY t").await, [r"it's; b\", r"next\"]);
    let failed = world.apply_in_vain(&set).await;
    assert_eq!(failed.position.map(|it| (it.line, it.column)), Some((6, 8)), "{failed:?}");

    let mut db = world.db().await;
    let all = Runner::new(&set).rollback(&mut db, migrate_runtime::RollbackTo::Count(2)).await;
    assert_eq!(all.expect("they have downgrades").reverted.len(), 2);
    Runner::new(&set).to("0002").run_on(world.url()).await.expect("it is applied in a group");
    assert_eq!(world.texts("SELECT t FROM a ORDER BY t").await, [r"it's; b\", r"next\"]);
}

fn concurrently(before: &str) -> (&'static str, String) {
    let upgrade = format!(
        "{before}\nCREATE UNIQUE INDEX CONCURRENTLY a_id ON a (id);\nINSERT INTO a VALUES (100);"
    );
    let text = halves(&upgrade, "DROP INDEX CONCURRENTLY a_id;");
    ("0002_index.sql", format!("-- migrate: transaction=off\n{text}"))
}

#[tokio::test]
async fn an_index_is_built_concurrently() {
    let world = World::new(Postgres);
    let table = ("0001_a.sql", halves("CREATE TABLE a (id integer);", "DROP TABLE a;"));
    let set = world.set(&[table, concurrently("SET lock_timeout = '5s';")]);
    let report = world.apply(&set).await;
    assert_eq!(ids(&report.applied), ["0001_a", "0002_index"]);
    assert_eq!(report.applied[1].statements.len(), 3);

    let mut db = world.db().await;
    let undone = Runner::new(&set).rollback(&mut db, migrate_runtime::RollbackTo::Count(1)).await;
    assert_eq!(ids(&undone.expect("it has a downgrade").reverted), ["0002_index"]);
    assert!(!db.index_exists("a_id").await.expect("the server can tell"));
}

#[tokio::test]
async fn an_index_that_could_not_be_built_is_cleared_away_and_built_again() {
    let world = World::new(Postgres);
    let filled = "CREATE TABLE a (id integer); INSERT INTO a VALUES (1), (1);";
    let table = ("0001_a.sql", halves(filled, "DROP TABLE a;"));
    let set = world.set(&[table, concurrently("INSERT INTO a VALUES (2);")]);
    let failed = world.apply_in_vain(&set).await;
    assert_eq!((failed.statement, failed.left), (Some((2, 3)), Left::Statements(1)), "{failed}");
    assert_eq!(failed.code, "23505");

    world.execute("DELETE FROM a WHERE id = 1").await;
    let report = world.apply(&set).await;
    assert_eq!(report.applied[0].resumed_at, 1);
    let valid = "SELECT indisvalid::text FROM pg_index WHERE indexrelid = 'a_id'::regclass";
    assert_eq!(world.texts(valid).await, ["true"]);
    assert_eq!(world.count("a").await, 2);
}

#[tokio::test]
async fn an_invalid_index_is_not_taken_for_one_that_exists() {
    let world = World::new(Postgres);
    world.execute("CREATE TABLE a (id integer); INSERT INTO a VALUES (1), (1)").await;
    let mut db = world.db().await;
    db.execute("CREATE UNIQUE INDEX CONCURRENTLY a_id ON a (id)").await.expect_err("not unique");
    let text = "-- migrate: transaction=off\n-- upgrade\n\
                CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS a_id ON a (id);\n\
                -- downgrade\nDROP INDEX a_id;\n";
    let set = world.set(&[("0001_index.sql", text)]);
    let failed = world.apply_in_vain(&set).await;
    assert!(failed.message.contains("\"a_id\" is invalid"), "{failed}");
    world.execute("DELETE FROM a").await;
    assert_eq!(ids(&world.apply(&set).await.applied), ["0001_index"]);
}

#[tokio::test]
async fn an_interrupted_statement_that_nobody_can_judge_is_asked_about() {
    let world = World::new(Postgres);
    let text = "-- migrate: transaction=off\n-- upgrade\nCREATE TABLE a (id integer);\n\
                DO $$ BEGIN PERFORM pg_sleep(30); END $$;\n-- downgrade\nDROP TABLE a;\n";
    let set = world.set(&[("0001_a.sql", text)]);
    let running = tokio::spawn({
        let (url, set) = (world.url().to_owned(), set.clone());
        async move { Runner::new(&set).run_on(&url).await }
    });
    let end = "SELECT pg_terminate_backend(pid)::text FROM pg_stat_activity WHERE query LIKE 'DO $$%' \
               AND datname = current_database() AND pid <> pg_backend_pid()";
    while world.texts(end).await.is_empty() {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    running.await.expect("it does not panic").expect_err("its connection was ended");

    let question = error(world.run(&set).await);
    assert!(question.contains("statement 2 of `0001_a` was interrupted"), "{question}");
    let runner = Runner::new(&set).interrupted(migrate_runtime::Interrupted::Done);
    let report = runner.run_on(world.url()).await.expect("the answer is known");
    assert_eq!(report.applied[0].resumed_at, 2);
}

#[tokio::test]
async fn a_dumps_search_path_does_not_reach_the_next_migration() {
    for grouping in [Grouping::Each, Grouping::Group] {
        let world = World::new(Postgres);
        let dump = "SELECT pg_catalog.set_config('search_path', '', false);\n\
                    SET statement_timeout = 0;\nCREATE TABLE public.a (id integer);";
        let set = world.set(&[
            ("0001_dump.sql", halves(dump, "DROP TABLE a;")),
            ("0002_b.sql", halves("CREATE TABLE b (id integer);", "DROP TABLE b;")),
        ]);
        let runner = Runner::new(&set).transaction(grouping);
        let report = runner.run_on(world.url()).await.expect("b has a schema to go to");
        assert_eq!(report.applied.len(), 2);
        let schema = "SELECT schemaname::text FROM pg_tables WHERE tablename = 'b'";
        assert_eq!(world.texts(schema).await, ["public"]);
    }
}

#[tokio::test]
async fn the_history_may_have_a_schema_of_its_own() {
    let world = World::new(Postgres);
    let mut settings = Settings::new(Postgres);
    settings.history.schema = Some("Ops".to_owned());
    let text = halves("CREATE TABLE a (id integer);", "DROP TABLE a;");
    let set = set_with(&settings, &[("0001_a.sql", text)]);
    assert_eq!(world.apply(&set).await.applied.len(), 1);
    assert!(world.apply(&set).await.is_empty());
    assert!(world.has_table(&format!("Ops.{HISTORY}")).await);
    assert!(!world.has_table(HISTORY).await);
}

#[tokio::test]
async fn a_role_that_may_only_read_can_ask_for_the_status() {
    let world = World::new(Postgres);
    let text = halves("CREATE TABLE a (id integer);", "DROP TABLE a;");
    let set = world.set(&[("0001_a.sql", text.clone())]);
    world.apply(&set).await;
    let role = format!("reader_{}", std::process::id());
    world.execute(&format!("CREATE ROLE {role} LOGIN; GRANT SELECT ON {HISTORY} TO {role}")).await;

    let url = world.url().replacen("//postgres@", &format!("//{role}@"), 1);
    let mut db = Db::connect(&url).await.expect("the server trusts us");
    let status = Runner::new(&set).status(&mut db).await.expect("it may read");
    assert_eq!((status.pending(), status.migrations.len()), (0, 1));
    assert!(Runner::new(&set).run(&mut db).await.expect("nothing is to be done").is_empty());
    let more = world.set(&[("0001_a.sql", text), ("0002_b.sql", halves("SELECT 1;", "SELECT 1;"))]);
    let refusal = error(Runner::new(&more).run(&mut db).await);
    assert!(refusal.contains("permission denied"), "{refusal}");
    db.close().await.expect("nothing is open");
    world.execute(&format!("DROP OWNED BY {role}; DROP ROLE {role}")).await;
}

#[tokio::test]
async fn a_pooler_by_transaction_is_no_obstacle() {
    let world = World::new(Postgres);
    let set = world.set(&[
        ("0001_a.sql", halves("CREATE TABLE a (id integer);", "DROP TABLE a;")),
        ("0002_b.sql", halves("CREATE TABLE b (id integer);", "DROP TABLE b;")),
    ]);
    let url = world.database().pooled_url();
    let run = async || Runner::new(&set).transaction(Grouping::Each).run_on(&url).await;
    let (one, other) = tokio::join!(run(), run());
    let applied = [one, other].map(|result| result.expect("it waits its turn").applied.len());
    assert_eq!(applied.iter().sum::<usize>(), 2);
    assert!(run().await.expect("nothing is to be done").is_empty());
}

#[tokio::test]
async fn timeouts_of_a_migration_are_its_own() {
    let world = World::new(Postgres);
    let timed = "-- migrate: lock_timeout=150ms\n-- migrate: statement_timeout=30s\n";
    let show = "CREATE TABLE a AS SELECT current_setting('lock_timeout') AS t;";
    let after = "CREATE TABLE b AS SELECT current_setting('lock_timeout') AS t;";
    let set = world.set(&[
        ("0001_a.sql", format!("{timed}{}", halves(show, "DROP TABLE a;"))),
        ("0002_b.sql", halves(after, "DROP TABLE b;")),
    ]);
    world.apply(&set).await;
    assert_eq!(world.texts("SELECT t FROM a UNION ALL SELECT t FROM b").await, ["150ms", "0"]);
}

#[tokio::test]
async fn a_lock_that_is_not_to_be_had_is_tried_again() {
    let world = World::new(Postgres);
    world.execute("CREATE TABLE a (id integer)").await;
    let mut other = world.db().await;
    other.execute("BEGIN; LOCK TABLE a").await.expect("nobody uses it");
    let text = "-- migrate: lock_timeout=100ms retries=3\n-- upgrade\nALTER TABLE a ADD b integer;\n\
                -- downgrade\nALTER TABLE a DROP b;\n";
    let set = world.set(&[("0001_b.sql", text)]);
    let running = tokio::spawn({
        let (url, set) = (world.url().to_owned(), set.clone());
        async move { Runner::new(&set).run_on(&url).await }
    });
    tokio::time::sleep(Duration::from_millis(400)).await;
    other.execute("ROLLBACK").await.expect("it is open");
    let report = running.await.expect("it does not panic").expect("the lock was given back");
    assert_eq!(ids(&report.applied), ["0001_b"]);
}

#[tokio::test]
async fn settings_of_every_form_are_the_migrations_own() {
    let world = World::new(Postgres);
    let settings = "SET app.tenant = '7'; SET TIME ZONE 'Asia/Tokyo'; SET SESSION lock_timeout = '9s';\n\
                    SET NAMES 'LATIN1'; SET \"work_mem\" TO '1MB'; SET ROLE pg_monitor; RESET ROLE;\n\
                    CREATE FUNCTION f() RETURNS text LANGUAGE sql AS \
                    $$ SELECT set_config('max_connections', '1', false) $$;";
    let show = "CREATE TABLE b AS SELECT concat_ws(' ', current_setting('app.tenant', true), \
                current_setting('timezone') = 'Asia/Tokyo', current_setting('lock_timeout'), \
                current_setting('client_encoding'), current_user) AS t;";
    for (number, grouping) in [Grouping::Each, Grouping::Group].into_iter().enumerate() {
        let world = if number == 0 { &world } else { &World::new(Postgres) };
        let set = world.set(&[
            ("0001_set.sql", halves(settings, "DROP FUNCTION f();")),
            ("0002_show.sql", halves(show, "DROP TABLE b;")),
        ]);
        let runner = Runner::new(&set).transaction(grouping);
        runner.run_on(world.url()).await.expect("every setting can be brought back");
        assert_eq!(world.texts("SELECT trim(t) FROM b").await, ["f 0 UTF8 postgres"]);
    }
}

#[tokio::test]
async fn a_commit_of_the_migrations_own_that_fails_undoes_what_it_was_to_keep() {
    let world = World::new(Postgres);
    let upgrade = "CREATE TABLE p (id integer PRIMARY KEY);\n\
                   CREATE TABLE c (p integer REFERENCES p DEFERRABLE INITIALLY DEFERRED);\nBEGIN;\n\
                   INSERT INTO c VALUES (1);\nCOMMIT;\nBEGIN;\nINSERT INTO c VALUES (1);\nCOMMIT;";
    let set = world.set(&[("0001_p.sql", halves(upgrade, "DROP TABLE c; DROP TABLE p;"))]);
    let failed = world.apply_in_vain(&set).await;
    assert_eq!((failed.statement, failed.left), (Some((5, 8)), Left::Statements(2)), "{failed}");
    assert_eq!(world.count("c").await, 0);

    world.execute("INSERT INTO p VALUES (1)").await;
    assert_eq!(world.apply(&set).await.applied[0].resumed_at, 2);
    assert_eq!(world.count("c").await, 2);
}
