//! Undoing what was applied.

use migrate_core::set::MigrationSet;
use migrate_runtime::{Report, Result, RollbackTo, Runner};

use crate::world::{World, error, failure, halves, ids};

fn table(name: &str) -> String {
    halves(&format!("CREATE TABLE {name} (id integer);"), &format!("DROP TABLE {name};"))
}

fn three(world: &World) -> MigrationSet {
    world.set(&[("0001_a.sql", table("a")), ("0002_b.sql", table("b")), ("0003_c.sql", table("c"))])
}

async fn rollback(world: &World, set: &MigrationSet, to: RollbackTo) -> Result<Report> {
    Runner::new(set).rollback(&mut world.db().await, to).await
}

pub(crate) async fn the_last_migration_is_rolled_back(world: World) {
    let set = three(&world);
    world.apply(&set).await;
    let report = rollback(&world, &set, RollbackTo::Count(1)).await.expect("it can be undone");

    assert_eq!(ids(&report.reverted), ["0003_c"]);
    assert!(!world.has_table("c").await);
    assert_eq!(world.applied().await, ["0001", "0002"]);
    assert_eq!(world.events().await.last().map(String::as_str), Some("reverted 0003"));
    assert_eq!(ids(&world.apply(&set).await.applied), ["0003_c"]);
}

pub(crate) async fn everything_after_a_version_is_rolled_back(world: World) {
    let set = three(&world);
    world.apply(&set).await;
    let to = |version: &str| RollbackTo::Version(version.to_owned());
    assert!(error(rollback(&world, &set, to("0007")).await).contains("0007"));
    let report = rollback(&world, &set, to("0001")).await.expect("they can be undone");

    assert_eq!(ids(&report.reverted), ["0003_c", "0002_b"]);
    assert_eq!(world.applied().await, ["0001"]);
    assert!(world.has_table("a").await && !world.has_table("b").await);
}

pub(crate) async fn everything_is_rolled_back_and_applied_again(world: World) {
    let set = three(&world);
    world.apply(&set).await;
    let report = rollback(&world, &set, RollbackTo::All).await.expect("they can be undone");
    assert_eq!(report.reverted.len(), 3);
    assert_eq!(world.applied().await, [""; 0]);
    assert!(rollback(&world, &set, RollbackTo::All).await.expect("nothing is left").is_empty());
    assert_eq!(world.apply(&set).await.applied.len(), 3);
}

pub(crate) async fn the_stored_downgrade_is_used_when_the_file_is_gone(world: World) {
    // What the literal must survive: quotes, backslashes and letters beyond ASCII.
    let downgrade = "-- it's \\ n\u{f6}\u{1f980}\nDROP TABLE b;";
    let full = world.set(&[
        ("0001_a.sql", table("a")),
        ("0002_b.sql", halves("CREATE TABLE b (id integer);", downgrade)),
    ]);
    world.apply(&full).await;
    let stored = Runner::new(&full).stored_downgrade(&mut world.db().await, "0002").await;
    let stored = stored.expect("the table can be read").expect("a downgrade is stored");
    assert!(stored.contains(downgrade), "{stored}");

    let without = world.set(&[("0001_a.sql", table("a"))]);
    let report = rollback(&world, &without, RollbackTo::Count(1)).await.expect("it is stored");
    assert_eq!(ids(&report.reverted), ["0002_b"]);
    assert!(!world.has_table("b").await);

    world.apply(&full).await;
    world
        .execute("UPDATE _migrate_history SET downgrade = 'DROP TABLE a' WHERE version = '0002'")
        .await;
    let refusal = error(rollback(&world, &without, RollbackTo::Count(1)).await);
    assert!(refusal.contains("edited by hand"), "{refusal}");
    assert!(world.has_table("a").await && world.has_table("b").await);
}

pub(crate) async fn a_downgrade_that_fails_says_where(world: World) {
    let downgrade = "DROP TABLE b;\nDROP TABLE nowhere;";
    let set = world.set(&[("0002_b.sql", halves("CREATE TABLE b (id integer);", downgrade))]);
    world.apply(&set).await;
    let failed = failure(rollback(&world, &set, RollbackTo::Count(1)).await);

    assert_eq!(failed.statement, Some((2, 2)), "{failed}");
    assert_eq!(failed.position.map(|position| position.line), Some(5), "{failed}");
    assert_eq!(world.has_table("b").await, world.is_transactional());
    assert_eq!(world.events().await, ["applied 0002", "failed 0002"]);

    let executed = "DROP TABLE b;\nCREATE TABLE nowhere (id integer);";
    let corrected = world.set(&[("0002_b.sql", halves("CREATE TABLE b (id integer);", executed))]);
    if world.is_transactional() {
        // The stored one is used, as the file is another one now; so the cause must go.
        world.execute("CREATE TABLE nowhere (id integer)").await;
        rollback(&world, &corrected, RollbackTo::Count(1)).await.expect("the cause is gone");
    } else {
        a_run_names_the_rollback_to_complete(&world, &set).await;
        world.execute("CREATE TABLE nowhere (id integer)").await;
        rollback(&world, &set, RollbackTo::Count(1)).await.expect("it goes on at the second");
    }
    assert!(!world.has_table("nowhere").await);
    assert_eq!(world.applied().await, [""; 0]);
}

async fn a_run_names_the_rollback_to_complete(world: &World, set: &MigrationSet) {
    let stopped =
        "the rollback of `0002_b` stopped half way: 1 statement of its downgrade took effect";
    let mut db = world.db().await;
    let status = Runner::new(set).status(&mut db).await.expect("it is read");
    assert_eq!(status.findings[0].message, stopped);
    let planned = Runner::new(set).plan(&mut db).await.expect("it is read");
    assert_eq!(planned.findings[0].message, stopped);
    let refusal = error(world.run(set).await);
    assert!(refusal.contains(stopped), "{refusal}");
}

pub(crate) async fn what_is_irreversible_is_refused_before_anything_is_undone(world: World) {
    let irreversible =
        "-- upgrade\nCREATE TABLE b (id integer);\n-- downgrade: irreversible, the data is gone\n";
    let set = world.set(&[
        ("0001_a.sql", table("a")),
        ("0002_b.sql", irreversible.to_owned()),
        ("0003_c.sql", table("c")),
    ]);
    world.apply(&set).await;
    let refusal = error(rollback(&world, &set, RollbackTo::All).await);
    assert!(refusal.contains("`0002_b` is irreversible: the data is gone"), "{refusal}");
    assert!(world.has_table("c").await);
    rollback(&world, &set, RollbackTo::Count(1)).await.expect("the last one can be undone");
}

pub(crate) async fn redo_runs_both_halves(world: World) {
    let set = three(&world);
    world.apply(&set).await;
    world.execute("INSERT INTO c VALUES (1)").await;
    let report = Runner::new(&set).redo(&mut world.db().await, 1).await.expect("it can be redone");

    assert_eq!(
        (ids(&report.reverted), ids(&report.applied)),
        (vec!["0003_c".into()], vec!["0003_c".into()])
    );
    assert_eq!(world.count("c").await, 0);
    assert!(world.apply(&set).await.is_empty());
}

pub(crate) async fn redo_goes_no_further_than_it_went_back(world: World) {
    let set = three(&world);
    Runner::new(&set).to("0002").run_on(world.url()).await.expect("they are pending");
    let report = Runner::new(&set).redo(&mut world.db().await, 1).await.expect("it can be redone");
    assert_eq!(ids(&report.applied), ["0002_b"]);
    assert!(!world.has_table("c").await);
    rollback(&world, &set, RollbackTo::All).await.expect("all have a downgrade");
    let report = Runner::new(&set).redo(&mut world.db().await, 1).await.expect("there is nothing");
    assert!(report.is_empty() && !world.has_table("a").await);
}

pub(crate) async fn redo_undoes_nothing_that_it_could_not_apply_again(world: World) {
    world.apply(&three(&world)).await;
    let edited = world.set(&[
        ("0001_a.sql", table("other")),
        ("0002_b.sql", table("b")),
        ("0003_c.sql", table("c")),
    ]);
    let refusal = error(Runner::new(&edited).redo(&mut world.db().await, 1).await);
    assert!(refusal.contains("[M501] `0001_a` was changed"), "{refusal}");
    let shorter = world.set(&[("0001_a.sql", table("a")), ("0002_b.sql", table("b"))]);
    let refusal = error(Runner::new(&shorter).redo(&mut world.db().await, 1).await);
    assert!(refusal.contains("`0003_c` cannot be applied again"), "{refusal}");
    assert_eq!(world.applied().await, ["0001", "0002", "0003"]);
}
