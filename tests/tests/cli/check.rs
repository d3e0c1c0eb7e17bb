//! `check`.

use insta::assert_snapshot;

use crate::support::{creates, drafts, has_keys, json, sealed, shown, shown_plain};

const MISNAMED: &str = "-- upgrade\nSELECT 1;\n-- rollback\nSELECT 1;\n";

#[test]
fn a_clean_set() {
    assert_snapshot!(shown(&sealed(), "check"));
}

#[test]
fn findings_are_shown_in_their_files() {
    let project = sealed();
    project.write("migrations/0001_planets.sql", creates("stars"));
    project.write("migrations/0003_bad.sql", MISNAMED);
    project.write("migrations/notes.txt", "");
    assert_snapshot!(shown(&project, "check"));
    assert_snapshot!(shown(&project, "check --format json"));
}

#[test]
fn the_object_has_these_keys() {
    let checked = json(&sealed(), "check");
    let expected =
        ["set", "database", "migrations", "repeatables", "findings", "statements", "downgrades"];
    has_keys(&checked, &expected);
    let project = sealed();
    project.write("migrations/0003_bad.sql", MISNAMED);
    let checked = json(&project, "check");
    let expected = [
        "code",
        "slug",
        "severity",
        "verdict",
        "migration",
        "file",
        "line",
        "column",
        "end_line",
        "end_column",
        "message",
        "notes",
        "help",
    ];
    has_keys(&checked["findings"][0], &expected);
}

#[test]
fn a_clean_set_is_stamped_unless_nothing_may_change() {
    let project = drafts();
    let lock = || project.read("migrations/migrate.lock");
    let without_stamp = lock().split("checked ").next().unwrap().to_owned();
    project.write("migrations/migrate.lock", &without_stamp);
    assert_eq!(shown(&project, "check --locked --quiet"), "exit code: 0\n");
    assert_eq!(lock(), without_stamp);
    assert_eq!(shown(&project, "check --quiet"), "exit code: 0\n");
    assert!(lock().contains("\nchecked sha256:"));
}

#[test]
fn line_endings_and_a_byte_order_mark_are_no_finding() {
    let project = sealed();
    let windows = format!("\u{feff}{}", creates("planets").replace('\n', "\r\n"));
    project.write("migrations/0001_planets.sql", windows);
    assert_eq!(shown(&project, "check --quiet"), "exit code: 0\n");
}

#[test]
fn a_missing_folder_is_a_finding() {
    assert_snapshot!(shown_plain(&sealed(), "check --dir nowhere"));
}

#[test]
fn the_policy_is_one_table() {
    assert_snapshot!(shown(&sealed(), "check --policy"));
    let policy = json(&sealed(), "check --policy");
    let expected = ["situation", "meaning", "decision", "default", "choices", "code"];
    has_keys(&policy["policy"][0], &expected);
}

#[test]
fn a_code_is_explained() {
    assert_snapshot!(shown(&sealed(), "check --explain m203"));
    assert_eq!(
        shown(&sealed(), "check --explain M203"),
        shown(&sealed(), "check --explain empty-half")
    );
    assert_snapshot!(shown(&sealed(), "check --explain M999"));
}

#[test]
fn one_form_of_output_is_printed() {
    assert_snapshot!(shown(&sealed(), "check --annotations sarif --format json"));
}
