//! Migrations that change the ground under the run: settings, roles, schemas, the history itself.

mod mysql;
mod postgres;
mod sqlite;

use std::fmt::Write as _;

use migrate_core::database::Database;

use crate::on_every_server;
use crate::world::{World, failure, halves};

on_every_server! {
    a_statement_of_five_megabytes;
    thousands_of_statements;
    nothing_but_comments;
    parameters_are_no_parameters;
    a_dropped_history_is_no_applied_migration;
    a_half_applied_migration_is_completed_before_others;
}

async fn a_statement_of_five_megabytes(world: World) {
    let long = "x".repeat(5 << 20);
    let kind = if world.kind() == Database::Mysql { "LONGTEXT" } else { "TEXT" };
    let upgrade = format!("CREATE TABLE a (t {kind});\nINSERT INTO a VALUES ('{long}');");
    let set = world.set(&[("0001_a.sql", halves(&upgrade, "DROP TABLE a;"))]);
    world.apply(&set).await;
    let lengths = world.texts(&length_query(&world)).await;
    assert_eq!(lengths, [(5 << 20).to_string()]);
}

fn length_query(world: &World) -> String {
    let cast = if world.kind() == Database::Mysql { "CHAR" } else { "TEXT" };
    format!("SELECT CAST(length(t) AS {cast}) FROM a")
}

async fn thousands_of_statements(world: World) {
    let mut upgrade = "CREATE TABLE a (i integer);\n".to_owned();
    for number in 0..3000 {
        writeln!(upgrade, "INSERT INTO a VALUES ({number});").expect("a string takes it");
    }
    let set = world.set(&[("0001_a.sql", halves(&upgrade, "DROP TABLE a;"))]);
    let start = std::time::Instant::now();
    world.apply(&set).await;
    assert!(start.elapsed().as_secs() < 30, "{:?}", start.elapsed());
    assert_eq!(world.count("a").await, 3000);
}

async fn nothing_but_comments(world: World) {
    let files = [
        ("0001_a.sql", halves("-- nothing\n/* at all */\n;;SELECT 1;;", "SELECT 1 -- nothing")),
        (
            "0002_b.sql",
            halves("CREATE TABLE a (i integer) -- no semicolon", "DROP TABLE a /* none */"),
        ),
    ];
    let set = world.set(&files);
    for grouping in [migrate_runtime::Grouping::Each, migrate_runtime::Grouping::Auto] {
        let runner = migrate_runtime::Runner::new(&set).transaction(grouping);
        let mut db = world.db().await;
        assert_eq!(runner.run(&mut db).await.expect("it is empty").applied.len(), 2);
        let undone = runner.rollback(&mut db, migrate_runtime::RollbackTo::All).await;
        assert_eq!(undone.expect("it is empty").reverted.len(), 2);
        assert!(!world.has_table("a").await);
    }
}

async fn parameters_are_no_parameters(world: World) {
    let upgrade = "CREATE TABLE a (t varchar(80));\n\
                   INSERT INTO a VALUES ('?'), ('$1'), (':name'), ('100 % {} %s'), ('@x'), ('a;b');";
    let set = world.set(&[("0001_a.sql", halves(upgrade, "DROP TABLE a; -- 50% of $1 ? :x"))]);
    world.apply(&set).await;
    assert_eq!(world.count("a").await, 6);
}

async fn a_dropped_history_is_no_applied_migration(world: World) {
    let files = [
        ("0001_a.sql", halves("CREATE TABLE a (i integer);", "DROP TABLE a;")),
        ("0002_b.sql", halves("DROP TABLE _migrate_history;", "SELECT 1;")),
        ("0003_c.sql", halves("CREATE TABLE c (i integer);", "DROP TABLE c;")),
    ];
    let set = world.set(&files);
    world.run(&set).await.expect_err("the history is gone");
    if world.is_transactional() {
        let failed = failure(world.run(&set).await);
        assert_eq!(failed.migration, "0002_b");
        assert_eq!(world.applied().await, ["0001"]);
        assert!(!world.has_table("c").await);
    }
}

/// A migration that was begun takes the next place in the chain: what is merged in between
/// must not take it as well.
async fn a_half_applied_migration_is_completed_before_others(world: World) {
    let begun = "-- migrate: transaction=off\n-- upgrade\nCREATE TABLE b (i integer);\n\
                 INSERT INTO nowhere VALUES (1);\n-- downgrade\nDROP TABLE b;\n";
    let first = ("0001_a.sql", halves("CREATE TABLE a (i integer);", "DROP TABLE a;"));
    let between = ("0002_c.sql", halves("CREATE TABLE c (i integer);", "DROP TABLE c;"));
    failure(world.run(&world.set(&[first.clone(), ("0003_b.sql", begun.to_owned())])).await);
    let corrected = begun.replace("nowhere", "b");
    let set = world.set(&[first, between, ("0003_b.sql", corrected)]);

    let only = migrate_runtime::Runner::new(&set).to("0002").run_on(world.url()).await;
    let error = only.expect_err("0003 comes first").to_string();
    assert!(error.contains("0003_b"), "{error}");
    world.apply(&set).await;
    assert_eq!(world.applied().await, ["0001", "0003", "0002"]);
    assert!(world.apply(&set).await.is_empty());
}
