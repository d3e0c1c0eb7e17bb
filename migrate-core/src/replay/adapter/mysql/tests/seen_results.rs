//! Names that a sub-query finds around it: a `MariaDB` 10.11 and a `MySQL` 9.7 agree on all.

use super::{accepted, refused};

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
