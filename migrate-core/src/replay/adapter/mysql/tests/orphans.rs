//! Columns that go while the value of another comes from them. Every case was run on a `MariaDB`
//! 10.11 and on a `MySQL` 9.7.

use super::{accepted, findings};

const TABLE: &str = "CREATE TABLE t (a int, b int AS (a + 1), c int DEFAULT (a), d int)";

#[test]
fn what_others_come_from_stays() {
    for drop in [
        "DROP COLUMN a, DROP COLUMN c",
        "DROP a, DROP c, ADD e int, ADD KEY (d)",
        "DROP a, ALTER c DROP DEFAULT, COMMENT 'x'",
    ] {
        let alter = format!("ALTER TABLE t {drop}");
        assert_eq!(findings(&[TABLE, &alter]), ["`b` needs column `a`"], "{drop}");
    }
    let renamed = "ALTER TABLE t DROP c; ALTER TABLE t RENAME TO u; ALTER TABLE u DROP a";
    assert_eq!(findings(&[TABLE, renamed]), ["`b` needs column `a`"]);
}

#[test]
fn both_may_go() {
    for drop in [
        "DROP COLUMN a, DROP COLUMN b, DROP COLUMN c",
        "DROP b, DROP c, DROP a",
        "DROP a, MODIFY b int AS (d), ALTER c SET DEFAULT 1",
        "DROP b, DROP c, ADD b int AS (d), DROP a",
        "DROP a, DROP b, MODIFY c int",
        "DROP a, DROP b, CHANGE c e int DEFAULT 2",
        "DROP b; ALTER TABLE t DROP c; ALTER TABLE t DROP a",
        "DROP d",
        "DROP d, RENAME TO u",
        "RENAME TO u, DROP b, DROP c, DROP a, COMMENT 'x'",
    ] {
        accepted(&[TABLE, &format!("ALTER TABLE t {drop}")]);
    }
}

/// `MariaDB` takes this, and a table that was copied is not known so well.
#[test]
fn what_one_server_takes_is_left_alone() {
    let drop = "ALTER TABLE t DROP c; ALTER TABLE t DROP a, ADD a int";
    accepted(&[TABLE, drop, "ALTER TABLE t DROP d"]);
    accepted(&[TABLE, "ALTER TABLE t DROP c; ALTER TABLE t DROP COLUMN IF EXISTS nope"]);
}

/// Seen on `MariaDB` 10.11.
#[test]
fn what_the_server_makes_up_is_there() {
    accepted(&["CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t SELECT seq FROM seq_1_to_9;
        INSERT INTO t SELECT seq FROM seq_10_to_99_step_3 s; SELECT _rowid, t._rowid FROM t;
        REPLACE INTO t (SELECT 1) UNION (SELECT 2); INSERT INTO t ((SELECT 3) ORDER BY 1) LIMIT 1;
        ALTER TABLE t RENAME TO u, COMMENT 'x'"]);
    let nope = findings(&["SELECT seq FROM seq_1_to_nine"]);
    assert_eq!(nope, ["no earlier migration creates `seq_1_to_nine`"]);
}
