//! Views, functions and policies that are run again.

use migrate_core::set::MigrationSet;

use crate::world::{World, halves, ids};

fn view(column: &str) -> String {
    format!("DROP VIEW IF EXISTS v;\nCREATE VIEW v AS SELECT {column} AS x FROM a;\n")
}

fn set(world: &World, view: &str, tables: usize) -> MigrationSet {
    let table = |name: &str| {
        halves(&format!("CREATE TABLE {name} (id integer);"), &format!("DROP TABLE {name};"))
    };
    let mut files = vec![("0001_a.sql", table("a")), ("0002_b.sql", table("b"))];
    files.truncate(tables);
    files.push(("repeatable/v.sql", view.to_owned()));
    world.set(&files)
}

pub(crate) async fn repeatables_run_when_they_or_the_schema_changed(world: World) {
    let report = world.apply(&set(&world, &view("id"), 1)).await;
    assert_eq!(
        (ids(&report.applied), ids(&report.repeated)),
        (vec!["0001_a".into()], vec!["v".into()])
    );

    let unchanged = world.apply(&set(&world, &view("id"), 1)).await;
    assert!(unchanged.is_empty(), "{unchanged:?}");

    let changed = world.apply(&set(&world, &view("id + 1"), 1)).await;
    assert_eq!((changed.applied.len(), ids(&changed.repeated)), (0, vec!["v".into()]));

    let schema_changed = world.apply(&set(&world, &view("id + 1"), 2)).await;
    assert_eq!(ids(&schema_changed.repeated), ["v"]);
    assert!(world.apply(&set(&world, &view("id + 1"), 2)).await.is_empty());
    let expected = ["applied 0001", "repeated v", "repeated v", "applied 0002", "repeated v"];
    assert_eq!(world.events().await, expected);
}

pub(crate) async fn a_repeatable_that_fails_is_run_again(world: World) {
    let failed = world.apply_in_vain(&set(&world, &view("nothing"), 1)).await;
    assert_eq!((failed.migration.as_str(), failed.statement), ("v", Some((2, 2))), "{failed}");
    assert_eq!(failed.position.map(|position| position.line), Some(2), "{failed}");
    assert_eq!(world.applied().await, ["0001"]);

    let report = world.apply(&set(&world, &view("id"), 1)).await;
    assert_eq!(ids(&report.repeated), ["v"]);
    assert_eq!(world.count("v").await, 0);
}
