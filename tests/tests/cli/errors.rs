//! What stops a command, and the documented exit codes.

use insta::assert_snapshot;
use sqlx::{Connection, Executor, SqliteConnection};

use crate::support::{command, has_keys, json, sealed, shown};

#[test]
fn a_password_is_never_shown() {
    let project = sealed();
    for url in [
        "postgres://app:s3cret@localhost:1/app",
        "mysql://app:s3cret@localhost:1/app",
        "oracle://app:s3cret@localhost/app",
    ] {
        let text = shown(&project, &format!("status --database postgres --url {url}"));
        assert!(!text.contains("s3cret"), "{text}");
    }
}

#[test]
fn a_server_that_is_not_there() {
    let project = sealed();
    assert_snapshot!(shown(&project, "run --url sqlite:no/such/folder/app.db"));
    assert_snapshot!(shown(&project, "run --url oracle://localhost/app"));
    assert_snapshot!(shown(&project, "run --url postgres://localhost:1/app"));
}

#[test]
fn the_object_of_an_error_has_these_keys() {
    let failed = json(&sealed(), "status --url sqlite:no/such/folder/app.db");
    let expected = [
        "exit_code",
        "message",
        "causes",
        "help",
        "findings",
        "migration",
        "file",
        "line",
        "column",
        "statement",
        "statements",
        "left",
        "statements_done",
        "code",
        "detail",
        "hint",
    ];
    has_keys(&failed["error"], &expected);
    assert_eq!(failed["error"]["exit_code"], 3);
}

#[tokio::test]
async fn a_lock_that_is_held_is_waited_for_in_bounds() {
    let project = sealed();
    command(&project, "run --to 0001");
    let url = format!("sqlite:{}", project.path().join("app.db").display());
    let mut other = SqliteConnection::connect(&url).await.unwrap();
    other.execute("BEGIN IMMEDIATE").await.unwrap();
    let output = command(&project, "run --wait 100ms");
    assert_eq!(output.code, Some(4), "{}", output.stderr);
    assert!(output.stderr.contains("the migration lock is held by"), "{}", output.stderr);
    other.execute("ROLLBACK").await.unwrap();
    assert_eq!(command(&project, "run --wait 100ms").code, Some(0));
}

#[tokio::test]
async fn a_history_that_was_edited_by_hand_is_refused() {
    let project = sealed();
    command(&project, "run --to 0001");
    let url = format!("sqlite:{}", project.path().join("app.db").display());
    let mut other = SqliteConnection::connect(&url).await.unwrap();
    let edit = "UPDATE _migrate_history SET name = 'stars' WHERE version = '0001'";
    other.execute(edit).await.unwrap();
    other.close().await.unwrap();
    assert_snapshot!(shown(&project, "run"));
    assert_snapshot!(shown(&project, "status"));
}

#[test]
fn a_broken_env_file_does_not_give_its_line_away() {
    let project = sealed();
    project.write(".env", "DATABASE_URL=sqlite:s3cret 'x\n");
    assert_snapshot!(shown(&project, "status"));
}

#[test]
fn an_env_file_may_come_from_windows() {
    let project = sealed();
    project.write(".env", "\u{feff}DATABASE_URL=sqlite:app.db\r\n");
    assert_eq!(command(&project, "status").code, Some(0));
}

#[test]
fn a_database_file_that_is_not_there_is_read_as_an_empty_one() {
    let project = sealed();
    let status = json(&project, "status");
    assert_eq!(status["migrations"][0]["state"], "pending");
    assert!(!project.path().join("app.db").exists());
}

#[test]
fn urls_that_cannot_be_read() {
    let project = sealed();
    assert_snapshot!(shown(&project, "run --url sqlite:"));
    assert_snapshot!(shown(&project, "run --url sqlite:nowhere.db?mode=rw"));
    assert_snapshot!(shown(&project, "run --url postgres://app:s3/cret@localhost/app"));
    assert_snapshot!(shown(&project, "run --url app:s3cret@localhost/app"));
    assert!(!project.path().join("nowhere.db").exists());
}
