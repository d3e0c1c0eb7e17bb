//! Temporary tables beside tables that stay, as a `MariaDB` 10.11 keeps them apart.

use super::{accepted, findings, refused};

const LASTING: &str = "CREATE TABLE t (a int);";
const BOTH: &str = "CREATE TABLE t (a int); CREATE TEMPORARY TABLE t (b int);";

#[test]
fn a_table_that_is_made_anew_takes_the_place_of_its_own_kind() {
    for text in [
        "CREATE OR REPLACE TEMPORARY TABLE t (b int); SELECT b FROM t; DROP TABLE t; SELECT a FROM t",
        "CREATE OR REPLACE TEMPORARY TABLE t (b int); DROP TEMPORARY TABLE t; DROP TABLE t",
        "CREATE OR REPLACE TEMPORARY TABLE t AS SELECT a, 1 AS c FROM t; SELECT c FROM t",
    ] {
        accepted(&[&format!("{LASTING} {text}")]);
    }
    for text in [
        "CREATE OR REPLACE TABLE t (c int); SELECT b FROM t; DROP TABLE t; SELECT c FROM t",
        "CREATE OR REPLACE TEMPORARY TABLE t (c int); SELECT c FROM t; DROP TABLE t; SELECT a FROM t",
    ] {
        accepted(&[&format!("{BOTH} {text}")]);
    }
    let copied = "CREATE TEMPORARY TABLE t (b int); CREATE OR REPLACE TABLE t AS SELECT * FROM t;";
    accepted(&[&format!("{copied} SELECT b FROM t; DROP TABLE t; DROP TABLE t")]);
}

/// On a `MySQL` 9.7 too.
#[test]
fn a_temporary_table_hides_no_view_that_is_dropped() {
    let view = "CREATE VIEW v AS SELECT 1 AS a; CREATE TEMPORARY TABLE v (b int); SELECT b FROM v;";
    accepted(&[&format!("{view} DROP VIEW v; SELECT b FROM v; CREATE VIEW v AS SELECT 2 AS a")]);
}

#[test]
fn what_a_temporary_table_hides_is_not_seen() {
    for (before, text, message) in [
        (
            LASTING,
            "CREATE OR REPLACE TEMPORARY TABLE t (b int); SELECT a FROM t",
            "`t` has no column `a`",
        ),
        (BOTH, "CREATE OR REPLACE TABLE t (c int); SELECT c FROM t", "`t` has no column `c`"),
        (
            BOTH,
            "CREATE OR REPLACE TABLE t (c int); DROP TABLE t; SELECT a FROM t",
            "`t` has no column `a`",
        ),
        (BOTH, "DROP TABLE t; DROP TABLE t; DROP TABLE t", "no earlier migration creates `t`"),
        (
            LASTING,
            "CREATE OR REPLACE TABLE t AS SELECT * FROM t",
            "no earlier migration creates `t`",
        ),
    ] {
        refused(&[&format!("{before} {text}")], message);
    }
}

/// Run on a `MariaDB` 10.11 with a database `other`, and one with another name at hand.
#[test]
fn a_temporary_table_of_another_database_hides_nothing() {
    let before = "CREATE TABLE t (id int, a int);";
    for text in [
        "CREATE TEMPORARY TABLE other.t (c int); SELECT a FROM t; SELECT c FROM other.t",
        "CREATE TEMPORARY TABLE other.t (c int); ALTER TABLE t ADD b int; SELECT a, b FROM t",
        "CREATE TEMPORARY TABLE other.t (c int); DROP TEMPORARY TABLE other.t; SELECT a FROM t",
    ] {
        assert_eq!(findings(&[before, text]), Vec::<String>::new(), "{text}");
    }
}
