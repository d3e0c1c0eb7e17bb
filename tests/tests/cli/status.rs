//! `status` and `log`.

use insta::assert_snapshot;

use crate::support::{command, creates, has_keys, json, sealed, shown};

#[test]
fn every_state_has_its_word() {
    let project = sealed();
    assert_snapshot!(shown(&project, "status"));
    command(&project, "run");
    project.write("migrations/0002_moons.sql", creates("rings"));
    project.write("migrations/0003_stars.sql", creates("stars"));
    std::fs::remove_file(project.path().join("migrations/0001_planets.sql")).unwrap();
    assert_snapshot!(shown(&project, "status"));
    assert_snapshot!(shown(&project, "status --format json"));
}

#[test]
fn the_object_has_these_keys() {
    let status = json(&sealed(), "status");
    let expected = ["set", "database", "migrations", "repeatables", "history", "findings"];
    has_keys(&status, &expected);
    let expected = [
        "version",
        "name",
        "kind",
        "state",
        "draft",
        "skipped",
        "applied_at",
        "duration_ms",
        "checksum",
    ];
    has_keys(&status["migrations"][0], &expected);
}

#[test]
fn a_job_can_ask_whether_all_is_done() {
    let project = sealed();
    assert_eq!(command(&project, "status --check").code, Some(1));
    command(&project, "run");
    assert_eq!(command(&project, "status --check").code, Some(0));
}

#[test]
fn what_is_for_other_environments_is_not_late() {
    let project = sealed();
    let only = format!("-- migrate: only=production\n{}", creates("secrets"));
    project.write("migrations/0003_secrets.sql", only);
    project.write("migrations/0004_stars.sql", creates("stars"));
    assert_eq!(command(&project, "run").code, Some(0));
    assert_snapshot!(shown(&project, "run"));
    assert_snapshot!(shown(&project, "status --check"));
    assert_eq!(command(&project, "status --check --environment production").code, Some(1));
    assert_eq!(command(&project, "run --environment production").code, Some(7));
}

#[test]
fn the_log_tells_what_was_done() {
    let project = sealed();
    assert_snapshot!(shown(&project, "log"));
    command(&project, "run");
    command(&project, "rollback --yes");
    let text = command(&project, "log").stdout;
    let events: Vec<_> =
        text.lines().skip(1).filter_map(|line| line.split_whitespace().nth(1)).collect();
    assert_eq!(events, ["reverted", "applied", "applied"], "{text}");
    let log = json(&project, "log --limit 1");
    has_keys(&log, &["set", "database", "events"]);
    assert_eq!(log["events"].as_array().map(Vec::len), Some(1));
    let expected = [
        "at",
        "event",
        "version",
        "name",
        "duration_ms",
        "checksum",
        "error",
        "client",
        "tool_version",
        "server_version",
    ];
    has_keys(&log["events"][0], &expected);
}
