//! Names that a sub-query finds around it: a `MariaDB` 10.11 and a `MySQL` 9.7 agree on all.

use super::{accepted, findings, refused};

const TABLES: &str = "CREATE TABLE a (id int, n int); CREATE TABLE b (m int, k int);";

#[test]
fn results_are_seen_by_sub_queries() {
    for text in [
        "SELECT n total, (SELECT max(m) FROM b WHERE k = total) FROM a",
        "SELECT 1 AS q, (SELECT q), (SELECT (SELECT q)) + 2, EXISTS (SELECT 1 FROM b WHERE k = q) FROM a",
        "SELECT 1 AS q, (SELECT max(b.m) FROM b JOIN b c ON q = c.m GROUP BY q ORDER BY q) FROM a",
        "SELECT n q FROM a GROUP BY (SELECT q)",
        "SELECT n q FROM a HAVING (SELECT q) > 1 ORDER BY (SELECT q + 1)",
        "SELECT n q, (SELECT q) FROM a UNION SELECT id r, (SELECT r) FROM a",
        "CREATE VIEW v AS SELECT n q, (SELECT max(m) FROM b WHERE k = q) AS most FROM a; SELECT most FROM v",
    ] {
        accepted(&[TABLES, text]);
    }
}

#[test]
fn results_are_not_seen_elsewhere() {
    let missing = "`a` has no column `q`";
    for text in [
        "SELECT n AS q, q + 1 FROM a",
        "SELECT (SELECT q), n AS q FROM a",
        "SELECT n AS q FROM a WHERE EXISTS (SELECT q)",
        "SELECT n AS q FROM a WHERE n IN (SELECT k FROM b WHERE k = a.q)",
    ] {
        refused(&[TABLES, text], missing);
    }
    refused(
        &[TABLES, "SELECT n AS q, (SELECT m FROM b WHERE k = r) FROM a"],
        "`b` has no column `r`",
    );
}

#[test]
fn a_table_further_out_may_be_meant() {
    accepted(&[TABLES, "SELECT (SELECT x.n FROM b x LIMIT 1) FROM a x"]);
    accepted(&[
        TABLES,
        "SELECT x.q FROM (SELECT 1 q) x WHERE EXISTS (SELECT 1 FROM b x WHERE x.q = x.m)",
    ]);
    let text = "SELECT (SELECT x.nope FROM b x LIMIT 1) FROM a x";
    refused(&[TABLES, text], "`b` has no column `nope`");
}

#[test]
fn what_a_natural_join_makes_is_one_column() {
    for text in [
        "SELECT id FROM (SELECT * FROM a x NATURAL JOIN a) y GROUP BY id",
        "CREATE VIEW v AS SELECT * FROM a x NATURAL LEFT JOIN a; SELECT id FROM v WHERE n = 1",
        "SELECT * FROM (SELECT * FROM a x NATURAL JOIN a) y NATURAL JOIN a WHERE n = 1",
    ] {
        accepted(&[TABLES, text]);
    }
    let text = "SELECT id FROM (SELECT x.id, a.id FROM a x JOIN a) y";
    refused(&[TABLES, text], "`id` is ambiguous: two columns are called so");
}

#[test]
fn rows_are_compared_with_queries_of_their_width() {
    for text in [
        "SELECT ROW(1, 2) = (SELECT id, n FROM a LIMIT 1), row(1, 2) < (SELECT 3, 4)",
        "DELETE FROM a WHERE ROW(id, n) IN (SELECT m, k FROM b)",
        "SELECT id FROM a WHERE row(id, n) = ANY (SELECT * FROM b)",
    ] {
        accepted(&[TABLES, text]);
    }
    let text = "SELECT id FROM a WHERE abs(id) = (SELECT m, k FROM b)";
    refused(&[TABLES, text], "a query of 2 columns stands for one value");
    refused(&[TABLES, "SELECT ROW(1, nope) = (SELECT 1, 2) FROM a"], "`a` has no column `nope`");
}

/// A `MariaDB` 10.11 took the first ones, a `MySQL` 9.7 the last only.
#[test]
fn windows_are_ordered_by_results() {
    for text in [
        "SELECT id, sum(n) AS s, rank() OVER (ORDER BY s DESC) FROM a GROUP BY id",
        "SELECT rank() OVER (ORDER BY s), n + 1 AS s FROM a",
        "SELECT n + 1 AS s, sum(id) OVER (ORDER BY s + 1) FROM a",
    ] {
        accepted(&[TABLES, text]);
    }
    for text in
        ["SELECT n AS s, rank() OVER (ORDER BY q) FROM a", "SELECT n AS s, sum(q) OVER () FROM a"]
    {
        refused(&[TABLES, text], "`a` has no column `q`");
    }
    refused(&[TABLES, "SELECT n AS s, sum(s) OVER () FROM a"], "`a` has no column `s`");
}

#[test]
fn values_see_the_table_they_go_to() {
    for text in [
        "INSERT INTO a (id) VALUES (EXISTS (SELECT n)), ((SELECT max(m) FROM b WHERE k = n))",
        "INSERT INTO a SET id = (SELECT n)",
        "REPLACE INTO a VALUES (1, (SELECT a.id))",
    ] {
        accepted(&[TABLES, text]);
    }
    refused(&[TABLES, "INSERT INTO a (id) VALUES ((SELECT nope))"], "`a` has no column `nope`");
    refused(&[TABLES, "INSERT INTO a (id) SELECT (SELECT k)"], "there is no column `k` here");
}

/// Run on a `MariaDB` 10.11, the only one of both that returns anything.
#[test]
fn sub_queries_in_what_is_returned_see_the_source() {
    let before = "CREATE TABLE t (id int, a int); CREATE TABLE s (id int, b int);";
    for (text, faults) in [
        ("INSERT INTO t (id) SELECT b FROM s RETURNING (SELECT b), a + (SELECT s.b)", 0),
        ("INSERT INTO t (id) SELECT x.b FROM s x RETURNING (SELECT x.b)", 0),
        ("INSERT INTO t (id) SELECT b FROM s RETURNING b", 1),
        ("INSERT INTO t (id) VALUES (1) RETURNING (SELECT b)", 1),
    ] {
        assert_eq!(findings(&[before, text]).len(), faults, "{text}");
    }
}
