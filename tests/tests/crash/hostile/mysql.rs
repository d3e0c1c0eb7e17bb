//! What only `MySQL` and `MariaDB` can do to a run.

use migrate_core::database::Database;
use migrate_runtime::{RollbackTo, Runner};

use crate::world::{World, failure, halves, texts};

#[tokio::test]
async fn every_sql_mode_keeps_the_history_whole() {
    for mode in ["NO_BACKSLASH_ESCAPES", "ANSI_QUOTES", "ANSI", "TRADITIONAL", "ORACLE", ""] {
        let world = World::new(Database::Mysql);
        let downgrade = "DROP TABLE a; -- it's \\' \"quoted\" `so` \\\\ é";
        let files = [
            (
                "0001_a.sql",
                halves(
                    &format!("SET sql_mode = '{mode}';\nCREATE TABLE a (i integer);"),
                    downgrade,
                ),
            ),
            ("0002_b.sql", halves("CREATE TABLE b (i integer);", "DROP TABLE b;")),
        ];
        let set = world.set(&files);
        world.apply(&set).await;
        assert!(world.apply(&set).await.is_empty(), "{mode}");
        let mut db = world.db().await;
        let gone = world.set(&files[1..]);
        let runner = Runner::new(&gone);
        let stored = runner.stored_downgrade(&mut db, "0001").await.expect("it can be read");
        assert_eq!(stored.as_deref().map(str::trim), Some(downgrade), "{mode}");
        runner.rollback(&mut db, RollbackTo::All).await.expect("the stored one is used");
        assert!(!world.has_table("a").await);
    }
}

/// What `mysqldump` writes.
#[tokio::test]
async fn locked_tables_do_not_keep_the_journal_out() {
    let world = World::new(Database::Mysql);
    let upgrade = "/*!40101 SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='NO_AUTO_VALUE_ON_ZERO' */;\n\
                   CREATE TABLE a (i integer);\nLOCK TABLES `a` WRITE;\n\
                   /*!40000 ALTER TABLE `a` DISABLE KEYS */;\nINSERT INTO `a` VALUES (1);\n\
                   /*!40000 ALTER TABLE `a` ENABLE KEYS */;\nUNLOCK TABLES;\n\
                   LOCK TABLES a READ;\n\
                   /*!40101 SET SQL_MODE=@OLD_SQL_MODE */;";
    let set = world.set(&[("0001_a.sql", halves(upgrade, "DROP TABLE a;"))]);
    world.apply(&set).await;
    assert_eq!(world.count("a").await, 1);
    assert!(world.apply(&set).await.is_empty());
}

#[tokio::test]
async fn a_call_that_answers_often_does_not_shift_the_journal() {
    let world = World::new(Database::Mysql);
    let upgrade = "CREATE TABLE a (i integer);\n\
                   CREATE PROCEDURE p() BEGIN SELECT 1; SELECT 2; SELECT 3; INSERT INTO a VALUES (1); END;\n\
                   CALL p();\nINSERT INTO nowhere VALUES (1);\nINSERT INTO a VALUES (2);\n\
                   INSERT INTO a VALUES (3);";
    let broken = world.set(&[("0001_a.sql", halves(upgrade, "DROP TABLE a;"))]);
    let failed = failure(world.run(&broken).await);
    assert_eq!(failed.statement, Some((4, 6)));
    let corrected = upgrade.replace("nowhere", "a");
    world.apply(&world.set(&[("0001_a.sql", halves(&corrected, "DROP TABLE a;"))])).await;
    assert_eq!(world.count("a").await, 4);
}

#[tokio::test]
async fn a_failed_migration_leaves_no_setting_in_the_session() {
    let world = World::new(Database::Mysql);
    let upgrade =
        "SET FOREIGN_KEY_CHECKS = 0;\nSET autocommit = 0;\nUSE mysql;\nSELECT * FROM nowhere;";
    let set = world.set(&[("0001_a.sql", halves(upgrade, "SELECT 1;"))]);
    let mut db = world.db().await;
    failure(Runner::new(&set).run(&mut db).await);
    let found = texts(
        &mut db,
        "SELECT CONCAT(@@foreign_key_checks + 0, @@autocommit + 0, IF(DATABASE() = 'mysql', 'x', ''), \
         IFNULL(IS_USED_LOCK('x'), ''))",
    )
    .await;
    assert_eq!(found, ["11"]);
}

#[tokio::test]
async fn a_downgrade_that_fails_twice_leaves_the_chain_whole() {
    let world = World::new(Database::Mysql);
    let set = world.set(&[(
        "0001_a.sql",
        halves("CREATE TABLE a (i integer);", "DROP TABLE nowhere;\nDROP TABLE a;"),
    )]);
    world.apply(&set).await;
    for _ in 0..3 {
        let mut db = world.db().await;
        failure(Runner::new(&set).rollback(&mut db, RollbackTo::All).await);
        let status = Runner::new(&set).status(&mut db).await.expect("the history holds");
        assert!(
            status.findings.iter().all(|finding| finding.code.id() == "M510"),
            "{:?}",
            status.findings
        );
    }
    world.execute("CREATE TABLE nowhere (i integer)").await;
    let mut db = world.db().await;
    Runner::new(&set).rollback(&mut db, RollbackTo::All).await.expect("it can be undone now");
    assert!(!world.has_table("a").await);
}

#[tokio::test]
async fn compound_statements_and_transactions() {
    let world = World::new(Database::Mysql);
    let upgrade = "BEGIN;\nCREATE TABLE a (i integer);\nINSERT INTO a VALUES (1);\nCOMMIT;\n\
                   START TRANSACTION;\nINSERT INTO a VALUES (2);\nCOMMIT;\n\
                   INSERT INTO a VALUES (3);";
    let set = world.set(&[("0001_a.sql", halves(upgrade, "DROP TABLE a;"))]);
    world.apply(&set).await;
    assert_eq!(world.count("a").await, 3);
    assert!(world.apply(&set).await.is_empty());
}
