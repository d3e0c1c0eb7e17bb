//! `run` and `plan`.

use insta::assert_snapshot;

use crate::support::{command, creates, drafts, has_keys, json, sealed, shown};

#[test]
fn what_is_pending_is_applied_once() {
    let project = sealed();
    assert_snapshot!(shown(&project, "plan"));
    assert_snapshot!(shown(&project, "run"));
    assert_snapshot!(shown(&project, "run"));
    assert_snapshot!(shown(&project, "plan"));
}

#[test]
fn a_dry_run_changes_nothing() {
    let project = sealed();
    assert_eq!(shown(&project, "run --dry-run"), shown(&project, "plan"));
    assert_eq!(json(&project, "status")["migrations"][0]["state"], "pending");
}

#[test]
fn a_part_of_the_set() {
    let project = sealed();
    assert_snapshot!(shown(&project, "run --to 0001"));
    assert_snapshot!(shown(&project, "run --only 9"));
    assert_snapshot!(shown(&project, "run --only 0002 --transaction each"));
}

#[test]
fn the_object_has_these_keys() {
    let report = json(&sealed(), "run");
    let expected = [
        "set",
        "database",
        "applied",
        "reverted",
        "repeated",
        "skipped",
        "duration_ms",
        "findings",
        "error",
    ];
    has_keys(&report, &expected);
    let step = ["version", "name", "kind", "duration_ms", "statements_ms", "resumed_at"];
    has_keys(&report["applied"][0], &step);
    let plan = json(&sealed(), "plan");
    let expected = ["set", "database", "migrations", "repeatables", "skipped", "findings"];
    has_keys(&plan, &expected);
    let planned =
        ["version", "name", "kind", "file", "transaction", "statements", "resumed_at", "grade"];
    has_keys(&plan["migrations"][0], &planned);
}

#[test]
fn a_plan_says_what_does_not_come_back() {
    let project = sealed();
    let purge = "-- upgrade\nDELETE FROM planets;\n-- downgrade: irreversible, the rows are gone\n";
    project.write("migrations/0003_purge.sql", purge);
    let moonless = "-- upgrade\nDROP TABLE moons;\n\
                    -- downgrade\nCREATE TABLE moons (id integer);\n";
    project.write("migrations/0004_moonless.sql", moonless);
    assert_snapshot!(shown(&project, "plan --only 0003"));
    assert_snapshot!(shown(&project, "plan --only 0004"));
    let plan = json(&project, "plan");
    let grades: Vec<_> =
        plan["migrations"].as_array().unwrap().iter().map(|it| &it["grade"]).collect();
    assert_eq!(grades, ["lossless", "lossless", "irreversible", "schema_only"]);
}

#[test]
fn a_statement_that_fails_is_shown_in_its_file() {
    let project = sealed();
    // What the replay cannot know: it reads no rows.
    let text = "-- upgrade\nCREATE TABLE stars (id integer NOT NULL);\nINSERT INTO stars SELECT NULL;\n\
                -- downgrade\nDROP TABLE stars;\n";
    project.write("migrations/0003_stars.sql", text);
    assert_snapshot!(shown(&project, "run"));
    assert_snapshot!(shown(&project, "run --format json"));
    assert_eq!(json(&project, "status")["migrations"][2]["state"], "failed");
}

#[test]
fn a_set_with_errors_is_not_run() {
    let project = sealed();
    project.write("migrations/0002_moons.sql", creates("rings"));
    assert_snapshot!(shown(&project, "run"));
    assert_eq!(command(&project, "run --format json").code, Some(1));
    let report = json(&project, "run");
    assert_eq!(report["error"]["findings"][0]["code"], "M304");
    assert_snapshot!(shown(&project, "plan"));
    let plan = json(&project, "run --dry-run");
    assert_eq!(plan["findings"][0]["code"], "M304");
    assert_eq!(plan["migrations"].as_array().map(Vec::len), Some(0));
    assert_eq!(json(&project, "status")["migrations"][0]["state"], "pending");
}

#[test]
fn a_draft_that_changed_is_done_again_only_when_asked() {
    let project = drafts();
    command(&project, "run");
    project.write("migrations/0002_moons.sql", creates("rings"));
    assert_snapshot!(shown(&project, "run"));
    assert_snapshot!(shown(&project, "redo --yes"));
    assert_snapshot!(shown(&project, "run"));
}

#[test]
fn new_files_are_listed_before_they_are_run() {
    let project = sealed();
    project.write("migrations/0003_stars.sql", creates("stars"));
    assert_eq!(command(&project, "run").code, Some(0));
    let lock = project.read("migrations/migrate.lock");
    assert!(lock.lines().any(|line| line.starts_with("draft ")), "{lock}");
    assert!(lock.contains("\nchecked "), "{lock}");
}

#[test]
fn repeatables_and_environments() {
    let project = sealed();
    let only = format!("-- migrate: only=production\n{}", creates("secrets"));
    project.write("migrations/0003_secrets.sql", only);
    let view = "DROP VIEW IF EXISTS worlds;\nCREATE VIEW worlds AS SELECT id FROM planets;\n";
    project.write("migrations/repeatable/worlds.sql", view);
    assert_snapshot!(shown(&project, "run"));
    assert_snapshot!(shown(&project, "run --environment production"));
}
