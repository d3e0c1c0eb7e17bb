//! `rollback` and `redo`.

use insta::assert_snapshot;

use crate::support::{command, json, sealed, shown};

#[test]
fn without_a_terminal_yes_is_needed() {
    let project = sealed();
    command(&project, "run");
    assert_snapshot!(shown(&project, "rollback"));
    assert_snapshot!(shown(&project, "redo"));
    assert_eq!(json(&project, "status")["migrations"][1]["state"], "applied");
}

#[test]
fn the_last_one_goes_first() {
    let project = sealed();
    command(&project, "run");
    assert_snapshot!(shown(&project, "rollback --all --dry-run"));
    assert_snapshot!(shown(&project, "rollback 2 --yes"));
    assert_snapshot!(shown(&project, "rollback --yes"));
    assert_snapshot!(shown(&project, "rollback"));
}

#[test]
fn back_to_a_version() {
    let project = sealed();
    command(&project, "run");
    assert_snapshot!(shown(&project, "rollback --to 0009 --yes"));
    let report = json(&project, "rollback --to 0001 --yes");
    assert_eq!(report["reverted"][0]["version"], "0002");
    assert_eq!(report["reverted"].as_array().map(Vec::len), Some(1));
}

#[test]
fn a_file_that_is_gone_is_undone_by_what_was_stored() {
    let project = sealed();
    command(&project, "run");
    std::fs::remove_file(project.path().join("migrations/0002_moons.sql")).unwrap();
    assert_snapshot!(shown(&project, "rollback --yes"));
}

#[test]
fn redo_runs_both_halves() {
    let project = sealed();
    command(&project, "run");
    assert_snapshot!(shown(&project, "redo --yes"));
    let report = json(&project, "redo 2 --yes");
    assert_eq!(report["applied"].as_array().map(Vec::len), Some(2));
}

#[test]
fn what_is_irreversible_says_why() {
    let project = sealed();
    let text = "-- upgrade\nDELETE FROM planets;\n-- downgrade: irreversible, the rows are gone\n";
    project.write("migrations/0003_purge.sql", text);
    command(&project, "run");
    assert_snapshot!(shown(&project, "rollback --yes"));
}
