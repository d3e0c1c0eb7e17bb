//! What a run does when the set and the history differ.

use migrate_core::history::State;
use migrate_core::policy::{Decision, Situation};
use migrate_core::set::MigrationSet;
use migrate_runtime::Runner;

use crate::world::{HISTORY, World, error, halves, ids};

fn table(name: &str) -> String {
    halves(&format!("CREATE TABLE {name} (id integer);"), &format!("DROP TABLE {name};"))
}

fn applied_and_pending(world: &World) -> (MigrationSet, MigrationSet) {
    let files =
        [("0001_a.sql", table("a")), ("0002_b.sql", table("b")), ("0003_c.sql", table("c"))];
    (world.set(&files[..2]), world.set(&files))
}

/// Changes the history by hand, and expects nothing to be run over it.
async fn check_refused(world: &World, change: &str, named: &str) {
    let (applied, more) = applied_and_pending(world);
    world.apply(&applied).await;
    world.execute(change).await;
    for set in [&applied, &more] {
        let refusal = error(world.run(set).await);
        assert!(refusal.contains(named), "{refusal}");
    }
    assert!(!world.has_table("c").await);
    let status =
        Runner::new(&more).status(&mut world.db().await).await.expect("it can be looked at");
    assert!(status.history().contains(named), "{}", status.history());
}

pub(crate) async fn a_row_that_was_edited_by_hand_is_refused(world: World) {
    let change = format!("UPDATE {HISTORY} SET name = 'x' WHERE version = '0001'");
    check_refused(&world, &change, "row of `0001_x` was edited by hand").await;
}

pub(crate) async fn a_row_that_was_inserted_by_hand_is_refused(world: World) {
    let change = format!(
        "INSERT INTO {HISTORY} (set_name, version, position, name, kind, state, done, statements, \
         checksum, tokens, downgrade_checksum, basis, applied_at, duration_us, tool_version, seal) \
         SELECT set_name, '0003', 3, 'c', kind, state, done, statements, checksum, tokens, \
         downgrade_checksum, basis, applied_at, duration_us, tool_version, seal \
         FROM {HISTORY} WHERE version = '0002'"
    );
    // The seal is another row's, so it might as well have been edited.
    check_refused(&world, &change, "row of `0003_c` was edited by hand").await;
}

pub(crate) async fn a_row_that_was_deleted_by_hand_is_refused(world: World) {
    let change = format!("DELETE FROM {HISTORY} WHERE version = '0002'");
    check_refused(&world, &change, "row of `0002_b` was deleted by hand").await;
}

pub(crate) async fn a_newer_set_is_tolerated_and_a_hole_is_refused(world: World) {
    let one = ("0001_a.sql", table("a"));
    let newer = world.set(&[one.clone(), ("0003_c.sql", table("c"))]);
    world.apply(&newer).await;

    let report = world.apply(&world.set(std::slice::from_ref(&one))).await;
    assert!(report.is_empty());
    assert!(report.warnings[0].message.contains("0003_c"), "{:?}", report.warnings);

    let holed = world.set(&[one, ("0002_b.sql", table("b"))]);
    let refusal = error(world.run(&holed).await);
    assert!(refusal.contains("`0002_b` is pending, but a newer set"), "{refusal}");
    assert!(!world.has_table("b").await);
}

pub(crate) async fn an_edited_migration_is_refused_and_a_reformatted_one_is_not(world: World) {
    let text = table("a");
    world.apply(&world.set(&[("0001_a.sql", text.clone())])).await;

    let reformatted = text.replace("CREATE TABLE a", "CREATE  TABLE a -- the first\n");
    let report = world.apply(&world.set(&[("0001_a.sql", reformatted)])).await;
    assert!(report.warnings[0].message.contains("0001_a"), "{:?}", report.warnings);

    let edited = world.set(&[("0001_a.sql", text.replace("integer", "bigint"))]);
    let refusal = error(world.run(&edited).await);
    assert!(refusal.contains("`0001_a` was changed after it was applied"), "{refusal}");
}

pub(crate) async fn a_migration_out_of_order_is_applied_when_the_policy_says_so(world: World) {
    let (a, b, c) =
        (("0001_a.sql", table("a")), ("0002_b.sql", table("b")), ("0003_c.sql", table("c")));
    world.apply(&world.set(&[a.clone(), c.clone()])).await;
    let set = world.set(&[a, b, c]);
    let refusal = error(world.run(&set).await);
    assert!(refusal.contains("`0002_b` is pending, but newer migrations"), "{refusal}");

    let runner = Runner::new(&set).policy(Situation::OutOfOrder, Decision::Apply);
    let report = runner.expect("the policy has that choice").run_on(world.url()).await;
    assert_eq!(ids(&report.expect("the policy allows it").applied), ["0002_b"]);
    assert_eq!(world.applied().await, ["0001", "0003", "0002"]);
    assert!(world.apply(&set).await.is_empty());
}

pub(crate) async fn the_state_of_every_migration_is_told(world: World) {
    let (applied, more) = applied_and_pending(&world);
    let states = async |set: &MigrationSet| {
        let status = Runner::new(set).status(&mut world.db().await).await.expect("it can be read");
        let states = status.migrations.iter().map(|migration| migration.state);
        (status.initialised, states.collect::<Vec<_>>())
    };
    use State::{Applied, Failed, Partial, Pending};
    assert_eq!(states(&applied).await, (false, vec![Pending, Pending]));
    assert!(!world.has_table(HISTORY).await, "a look creates nothing");
    world.apply(&applied).await;
    assert_eq!(states(&more).await, (true, vec![Applied, Applied, Pending]));

    let plan = Runner::new(&more).plan(&mut world.db().await).await.expect("it can be made");
    assert_eq!(plan.migrations[0].statements, ["CREATE TABLE c (id integer)"]);

    let broken = halves("CREATE TABLE d (id integer);\nSELECT * FROM nowhere;", "DROP TABLE d;");
    let broken = world.set(&[
        ("0001_a.sql", table("a")),
        ("0002_b.sql", table("b")),
        ("0004_d.sql", broken),
    ]);
    world.apply_in_vain(&broken).await;
    let last = if world.is_transactional() { Failed } else { Partial };
    assert_eq!(states(&broken).await, (true, vec![Applied, Applied, last]));

    let log = Runner::new(&broken).log(&mut world.db().await, 10).await.expect("it can be read");
    assert_eq!((log[0].event.as_str(), log[0].version.as_str()), ("failed", "0004"));
    assert!(log[0].error.as_deref().is_some_and(|error| error.contains("nowhere")), "{log:?}");
}
