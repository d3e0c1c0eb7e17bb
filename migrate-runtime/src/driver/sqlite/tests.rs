use sqlx::{Connection, Executor};

use super::*;

#[tokio::test]
async fn a_lock_that_a_reader_is_in_the_way_of_is_left_and_taken_later() {
    let folder = tempfile::tempdir().expect("it can be created");
    let url = format!("sqlite:{}?mode=rwc", folder.path().join("db").display());
    let open = async || SqliteConnection::connect(&url).await.expect("the file opens");
    let mut reader = open().await;
    reader.execute("CREATE TABLE a (i)").await.expect("it is new");
    reader.execute("BEGIN; SELECT * FROM a").await.expect("it is there");

    let mut driver = SqliteDriver::from(open().await);
    let names = HistoryNames { schema: None, table: "history".to_owned() };
    let tables = driver.resolve(&names).await.expect("it is SQLite");
    for _ in 0..2 {
        let locked = driver.try_lock(&tables, LockScope::Session, Duration::ZERO).await;
        assert!(!locked.expect("it is an answer"));
        let mut writer = open().await;
        writer.execute("PRAGMA busy_timeout = 0").await.expect("it is a pragma");
        writer.execute("BEGIN IMMEDIATE; ROLLBACK").await.expect("nothing is left locked");
    }
    reader.execute("COMMIT").await.expect("it is open");
    let locked = driver.try_lock(&tables, LockScope::Session, Duration::ZERO).await;
    assert!(locked.expect("it is an answer"));
    reader.execute("PRAGMA busy_timeout = 0").await.expect("it is a pragma");
    reader.execute("SELECT * FROM a").await.expect_err("the file is locked");
    assert!(driver.unlock(&tables).await.expect("it is an answer"));
    reader.execute("SELECT * FROM a").await.expect("the lock is gone");
}
