//! Applying, and what is left when it fails.

use std::time::Duration;

use migrate_core::database::Database;
use migrate_runtime::{Grouping, Left, Runner};

use crate::world::{World, error, failure, halves, ids};

fn planets() -> (&'static str, String) {
    ("0001_planets.sql", halves("CREATE TABLE planets (id integer);", "DROP TABLE planets;"))
}

fn moons() -> (&'static str, String) {
    let upgrade = "CREATE TABLE moons (id integer);\nINSERT INTO moons VALUES (1);";
    ("0002_moons.sql", halves(upgrade, "DROP TABLE moons;"))
}

/// The third of its four statements fails: there is no `moons`.
fn broken(third: &str) -> (&'static str, String) {
    let upgrade = format!(
        "CREATE TABLE stars (id integer);\nINSERT INTO stars VALUES (1);\n{third}\n\
         INSERT INTO stars VALUES (2);"
    );
    ("0003_stars.sql", halves(&upgrade, "DROP TABLE stars;"))
}

const FAILING: &str = "INSERT INTO comets VALUES (1);";

pub(crate) async fn a_fresh_database_gets_everything(world: World) {
    let report = world.apply(&world.set(&[planets(), moons()])).await;

    assert_eq!(ids(&report.applied), ["0001_planets", "0002_moons"]);
    assert!(report.duration > Duration::ZERO);
    assert_eq!(world.applied().await, ["0001", "0002"]);
    assert_eq!(world.events().await, ["applied 0001", "applied 0002"]);
    assert_eq!(world.count("moons").await, 1);
    assert!(world.has_table("planets").await);
}

pub(crate) async fn nothing_to_do_changes_nothing(world: World) {
    let set = world.set(&[planets(), moons()]);
    world.apply(&set).await;
    let report = world.apply(&set).await;

    assert!(report.is_empty(), "{report:?}");
    assert_eq!(report.warnings.len(), 0);
    assert_eq!(world.events().await.len(), 2);
}

pub(crate) async fn a_failed_statement_says_where_and_leaves_what_it_must(world: World) {
    let failed = world.apply_in_vain(&world.set(&[broken(FAILING)])).await;

    assert_eq!(failed.migration, "0003_stars");
    assert_eq!(failed.statement, Some((3, 4)));
    assert_eq!(failed.path, "migrations/0003_stars.sql");
    let position = failed.position.expect("an SQL statement has a place");
    assert_eq!((position.line, position.column), (4, 13), "{failed}");
    assert_eq!(failed.sql.as_deref(), Some("INSERT INTO comets VALUES (1)"));
    let code = match world.kind() {
        Database::Postgres => "42P01",
        Database::Mysql => "1146",
        Database::Sqlite => "1",
    };
    assert_eq!(failed.code, code);
    assert!(failed.advice.is_some(), "{failed}");
    assert_eq!(world.events().await, ["failed 0003"]);
    if world.is_transactional() {
        assert_eq!(failed.left, Left::Nothing);
        assert!(!world.has_table("stars").await);
        assert_eq!(world.applied().await, [""; 0]);
    } else {
        assert_eq!(failed.left, Left::Statements(2));
        assert_eq!(world.count("stars").await, 1);
    }
}

pub(crate) async fn a_half_applied_migration_goes_on_after_the_correction(world: World) {
    world.apply_in_vain(&world.set(&[broken(FAILING)])).await;
    if !world.is_transactional() {
        let set = world.set(&[broken(FAILING)]);
        let status = Runner::new(&set).status(&mut world.db().await).await.expect("it is read");
        let at = "`0003_stars` was applied in part: 2 of 4 statements took effect";
        assert_eq!(status.findings[0].message, at);
        let executed =
            broken(FAILING).1.replace("VALUES (1);\nINSERT INTO c", "VALUES (7);\nINSERT INTO c");
        let changed = world.set(&[("0003_stars.sql", executed)]);
        let planned = Runner::new(&changed).plan(&mut world.db().await).await.expect("it is read");
        assert!(planned.findings[0].message.contains("one of those statements was changed"));
        let refusal = error(world.run(&changed).await);
        assert!(refusal.contains("one of those statements was changed"), "{refusal}");
    }

    let corrected = world.set(&[broken("INSERT INTO stars VALUES (3);")]);
    let planned = Runner::new(&corrected).plan(&mut world.db().await).await.expect("it is read");
    let report = world.apply(&corrected).await;

    let resumed_at = if world.is_transactional() { 0 } else { 2 };
    assert_eq!(planned.migrations[0].resumed_at, resumed_at);
    assert_eq!(planned.migrations[0].statements.len(), 4 - resumed_at);
    assert_eq!(report.applied[0].resumed_at, resumed_at);
    assert_eq!(world.count("stars").await, 3);
    assert_eq!(world.events().await, ["failed 0003", "applied 0003"]);
    assert!(world.apply(&world.set(&[broken("INSERT INTO stars VALUES (3);")])).await.is_empty());
}

pub(crate) async fn a_failure_in_a_group_keeps_what_came_before(world: World) {
    let set = world.set(&[planets(), moons(), broken(FAILING)]);
    let failed = world.apply_in_vain(&set).await;

    assert_eq!(failed.migration, "0003_stars");
    assert_eq!(world.events().await, ["applied 0001", "applied 0002", "failed 0003"]);
    assert_eq!(world.count("moons").await, 1);
    assert_eq!(world.has_table("stars").await, !world.is_transactional());
    let log = Runner::new(&set).log(&mut world.db().await, 1).await.expect("it is read");
    assert!(log[0].event == "failed" && log[0].duration_us > Some(0), "{log:?}");
    let again = failure(world.run(&set).await);
    assert_eq!(again.migration, "0003_stars");
    assert_eq!(world.count("moons").await, 1);
}

pub(crate) async fn a_run_that_is_one_transaction_keeps_nothing(world: World) {
    let set = world.set(&[planets(), moons(), broken(FAILING)]);
    let result = Runner::new(&set).transaction(Grouping::All).run_on(world.url()).await;

    if world.is_transactional() {
        assert_eq!(failure(result).migration, "0003_stars");
        assert_eq!(world.applied().await, [""; 0]);
    } else {
        assert!(error(result).contains("--transaction all"), "it cannot be, and is refused");
    }
    assert!(!world.has_table("planets").await);
}

pub(crate) async fn only_and_to_choose_what_is_applied(world: World) {
    let set = world.set(&[planets(), moons(), broken("SELECT 1;")]);
    let report = Runner::new(&set).to("0001").run_on(world.url()).await.expect("it is pending");
    assert_eq!(ids(&report.applied), ["0001_planets"]);

    let report = Runner::new(&set).only("0002").run_on(world.url()).await.expect("it is pending");
    assert_eq!(ids(&report.applied), ["0002_moons"]);
    assert!(error(Runner::new(&set).to("0009").run_on(world.url()).await).contains("0009"));
}
